"""What an import of a file does or did, row by row: counts are exact, lists stop somewhere.

It is kept as JSON in which findings are codes with their parameters, and worded when somebody reads it (`word_result`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gis_core.files.reader import Problem
from layers.intake.findings import Finding, Severity
from layers.intake.import_loss import ScopeDifference, describe_difference, word_differences
from layers.intake.report import entry_as_json, word_entry

# They are kept in one row of a table and shown to people.
MOST_ENTRIES = 5000

type About = Literal[
    "left_out", "lost", "kept", "empty", "heights", "heights_missing", "style", "style_left", "style_refused"
]


class ColumnsRemark(TypedDict):
    """Fields of a file, or columns of a layer, and what becomes of them."""

    about: About
    names: list[str]


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
    refusals: list[Finding] = field(default_factory=list)
    repairs: list[Finding] = field(default_factory=list)
    remarks: list[ColumnsRemark] = field(default_factory=list)
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
            if len(self.repairs) < MOST_ENTRIES:
                self.repairs.append(finding(repair.index, repair.identifier, repair.code, repair.params, "warning"))

    def left_out(self, problems: Iterable[Problem]) -> None:
        """Count rows that could not be read."""
        for problem in problems:
            self.refuse(problem.index, problem.identifier, problem.code, problem.params)

    def refuse(self, index: int | None, identifier: str | None, code: str, params: Mapping[str, Any]) -> None:
        """Count a row that is left out."""
        self.refused += 1
        if identifier is not None:
            self.refused_keys.add(identifier)
        if len(self.refusals) < MOST_ENTRIES:
            self.refusals.append(finding(index, identifier, code, params))

    def take_out(self, index: int, identifier: str | None, code: str, params: Mapping[str, Any]) -> None:
        """Count as left out a row that had been loaded."""
        self.rows -= 1
        self.refuse(index, identifier, code, params)

    def as_json(self) -> dict[str, Any]:
        """Counts, then the lists without words, refused rows in the order of the file."""
        return {
            "rows": self.rows,
            "repaired": self.repaired,
            "refused": self.refused,
            "outside": self.outside,
            "refusals": [entry_as_json(one) for one in sorted(self.refusals, key=lambda one: one.row or 0)],
            "repairs": list(map(entry_as_json, self.repairs)),
            "remarks": self.remarks,
            "difference": self.difference,
            "compared": self.compared and describe_difference([self.compared]),
            "places": self.places,
            "outside_places": self.outside_places,
        }


def finding(
    index: int | None, identifier: str | None, code: str, params: Mapping[str, Any], severity: Severity = "error"
) -> Finding:
    return Finding(code=code, params=params, severity=severity, row=index, identifier=identifier)


def word_result(kept: Mapping[str, Any]) -> dict[str, Any]:
    """A plan or a report that was kept, as people and scripts read it: each line in the current language."""
    lists: dict[str, list[Any]] = {
        name: list(map(word_entry, kept[name])) for name in ("refusals", "repairs") if name in kept
    }
    if "remarks" in kept:
        lists["remarks"] = list(map(describe_remark, kept["remarks"]))
    return {**word_differences(kept), **lists}


def describe_remark(kept: ColumnsRemark | str) -> str:
    """What becomes of some columns; those of before were kept as sentences."""
    if isinstance(kept, str):
        return kept
    count = len(kept["names"])
    sentences = {
        "heights": _("The heights (Z) of the file are not kept: the places of this layer are flat."),
        "heights_missing": _(
            "The file has no heights (Z), the layer has: a place that changes keeps those of before, a new one gets 0."
        ),
        "style": _("The style of the file is taken up."),
        "style_left": _("What is left out of the style of the file: %(names)s"),
        "style_refused": _("The style of the file is not taken up: %(names)s"),
        "left_out": ngettext("Field left out: %(names)s.", "Fields left out: %(names)s.", count),
        "lost": ngettext("Column that the layer loses: %(names)s.", "Columns that the layer loses: %(names)s.", count),
        "kept": ngettext(
            "Column that the file does not hold, which keeps its values: %(names)s.",
            "Columns that the file does not hold, which keep their values: %(names)s.",
            count,
        ),
        "empty": ngettext(
            "Column that stays empty in the new rows: %(names)s.",
            "Columns that stay empty in the new rows: %(names)s.",
            count,
        ),
    }
    return sentences[kept["about"]] % {"names": ", ".join(kept["names"])}


def word_result_report(report: Any) -> Any:
    """The report of a job, in which a plan may lie."""
    if isinstance(report, dict) and isinstance(report.get("plan"), dict):
        return {**report, "plan": word_result(report["plan"])}
    return word_result(report) if isinstance(report, dict) else report
