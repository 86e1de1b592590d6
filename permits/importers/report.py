"""What an import of a register did, or would do: counts, and each row that did not come in as it stands."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from gis_core.files.writing.csvtext import Csv, Dialect
from gis_core.files.writing.rows import Column

LONGEST_NUMBER = 40


@dataclass(slots=True)
class Line:
    """A row of the file and what is said of it."""

    row: int
    number: str
    why: str

    def as_json(self) -> dict[str, Any]:
        return {"row": self.row, "number": self.number, "why": self.why}


@dataclass(slots=True)
class Report:
    """`rows` of the file; `made` files; `same` were there already. `tacit` are told as such for want of a decision."""

    name: str
    rows: int = 0
    made: int = 0
    same: int = 0
    tacit: int = 0
    unknown_parcels: int = 0
    applicants: int = 0
    dropped_applicants: int = 0
    instructors: Counter[str] = field(default_factory=Counter)
    refused: list[Line] = field(default_factory=list)
    different: list[Line] = field(default_factory=list)
    remarks: list[Line] = field(default_factory=list)

    def refuse(self, row: int, number: str, why: str) -> None:
        self.refused.append(Line(row, number[:LONGEST_NUMBER], why))

    def differ(self, row: int, number: str, why: str) -> None:
        self.different.append(Line(row, number, why))

    def remark(self, row: int, number: str, why: str) -> None:
        self.remarks.append(Line(row, number, why))

    def as_json(self) -> dict[str, Any]:
        counts = {name: getattr(self, name) for name in COUNTS}
        lists = {name: [line.as_json() for line in getattr(self, name)] for name in LISTS}
        return {"name": self.name, **counts, "instructors": dict(self.instructors.most_common()), **lists}


COUNTS = ("rows", "made", "same", "tacit", "unknown_parcels", "applicants", "dropped_applicants")
LISTS = ("refused", "different", "remarks")


def as_csv(told: dict[str, Any]) -> str:
    """The rows of a report as spreadsheets open it, by their place in the file."""
    words = {"refused": _("refused"), "different": _("there already, otherwise"), "remarks": _("to be checked")}
    lines = sorted((one["row"], one["number"], words[name], one["why"]) for name in LISTS for one in told[name])
    columns = [
        Column("row", _("row"), "integer"),
        Column("number", _("number"), "text"),
        Column("what", _("what"), "text"),
        Column("why", _("why"), "text"),
    ]
    writer = Csv(columns, "none", Dialect(labels=True))
    return (writer.begin() + writer.rows(lines) + writer.end()).decode()
