"""What an import of a file does or did, row by row: counts are exact, lists stop somewhere. Serialises to JSON."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gis_core.files.reader import Problem
from layers.intake.import_loss import ScopeDifference, describe_difference
from layers.intake.messages import words
from layers.intake.report import Entry

# They are kept in one row of a table and shown to people.
LISTED = 5000


@dataclass(slots=True)
class Outcome:
    """`rows` came in or would; `refused_keys` are the references of refused rows, which must not count as removed.

    `compared` counts what changes of a layer that exists (`layers.intake.import_loss`). `places` and `outside_places`
    are [x, y, …] (EPSG:2154) of some rows that come in and of some that lie outside.
    """

    rows: int = 0
    repaired: int = 0
    refused: int = 0
    outside: int = 0
    refusals: list[Entry] = field(default_factory=list)
    repairs: list[Entry] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    refused_keys: set[str] = field(default_factory=set)
    difference: dict[str, Any] | None = None
    compared: ScopeDifference | None = None
    places: list[int] = field(default_factory=list)
    outside_places: list[int] = field(default_factory=list)

    def came_in(self, count: int, repairs: Iterable[Problem]) -> None:
        """Count rows that were loaded, some after a repair."""
        self.rows += count
        for repair in repairs:
            self.repaired += 1
            if len(self.repairs) < LISTED:
                self.repairs.append(told(repair.index, repair.identifier, repair.code, repair.params))

    def left_out(self, problems: Iterable[Problem]) -> None:
        """Count rows that could not be read."""
        for problem in problems:
            self.refuse(problem.index, problem.identifier, problem.code, problem.params)

    def refuse(self, index: int | None, identifier: str | None, code: str, params: Mapping[str, Any]) -> None:
        """Count a row that is left out."""
        self.refused += 1
        if identifier is not None:
            self.refused_keys.add(identifier)
        if len(self.refusals) < LISTED:
            self.refusals.append(told(index, identifier, code, params))

    def take_out(self, index: int, identifier: str | None, code: str, params: Mapping[str, Any]) -> None:
        """Count as left out a row that had been loaded."""
        self.rows -= 1
        self.refuse(index, identifier, code, params)

    def as_json(self) -> dict[str, Any]:
        """Counts, then the lists, refused rows in the order of the file."""
        return {
            "rows": self.rows,
            "repaired": self.repaired,
            "refused": self.refused,
            "outside": self.outside,
            "refusals": sorted(self.refusals, key=lambda one: one["index"] or 0),
            "repairs": self.repairs,
            "remarks": self.remarks,
            "difference": self.difference,
            "compared": self.compared and describe_difference([self.compared]),
            "places": self.places,
            "outside_places": self.outside_places,
        }


def told(index: int | None, identifier: str | None, code: str, params: Mapping[str, Any]) -> Entry:
    """One line of the report, with its words."""
    return {"index": index, "identifier": identifier, "code": code, "words": words(code, params)}
