"""Findings as people read them: alike ones together on a page, all of them as a table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gis_core.files.writing.csvtext import csv_file
from gis_core.files.writing.rows import Column
from gis_core.http.admission import TABLE, limit_concurrency
from layers.intake.findings import Finding, from_json
from layers.intake.messages import MESSAGES, MORE_ALIKE, format_message, format_param

MOST_GROUPS: Final = 40
MOST_ROWS: Final = 12
MOST_VALUES: Final = 4
ELIDED: Final = "…"


@dataclass(slots=True)
class Group:
    """Findings of one file that say the same of several rows but for the values that they name."""

    file: str
    severity: str
    code: str
    findings: list[Finding] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.findings)

    @property
    def rows(self) -> list[int]:
        return sorted({one.row for one in self.findings if one.row})

    @property
    def row_numbers(self) -> str:
        numbers = ", ".join(str(row) for row in self.rows[:MOST_ROWS])
        return f"{numbers} …" if len(self.rows) > MOST_ROWS else numbers

    @property
    def spare_row(self) -> int | None:
        """The row that may be left out, of a group that is of such a row alone."""
        first = self.findings[0]
        return first.row if first.spare and first.severity == "error" else None

    @property
    def differing(self) -> list[str]:
        """The parameters that are not the same in all of them, in the order in which their words name them."""
        first = self.findings[0].params
        differing = [name for name in first if any(one.params.get(name) != first[name] for one in self.findings)]
        return sorted(differing, key=self.place_in_sentence)

    def place_in_sentence(self, name: str) -> tuple[bool, int]:
        """Where its words name a parameter: JSON keeps no order. Rows are listed beside, and come last."""
        sentence = str(MESSAGES.get(self.code, self.code))
        return name == "row", sentence.find(f"%({name})") % (len(sentence) + 1)

    @property
    def message(self) -> str:
        """One message for all, in which what differs is left out."""
        params: dict[str, Any] = dict(self.findings[0].params)
        return format_message(self.code, params | dict.fromkeys(self.differing, ELIDED))

    @property
    def values(self) -> list[str]:
        """Some of what differs, of the parameter that differs first."""
        name = next(iter(self.differing), None)
        values = dict.fromkeys(str(format_param(one.params.get(name))) for one in self.findings) if name else {}
        return [*list(values)[:MOST_VALUES], *([ELIDED] if len(values) > MOST_VALUES else [])]

    @property
    def place(self) -> tuple[float, float] | None:
        """Where the first of them lies that lies anywhere, in EPSG:2154."""
        return next((one.place for one in self.findings if one.place), None)

    @property
    def on_map(self) -> str:
        """The address of the map there, "" where none of them lies anywhere."""
        if self.place is None:
            return ""
        lon, lat = to_degrees().transform(*self.place)
        return f"/#v=1&c={lon:.6f},{lat:.6f}&z=18"


@cache
def to_degrees() -> Any:
    from pyproj import Transformer

    return Transformer.from_crs(2154, 4326, always_xy=True)


def group_findings(findings: Sequence[Finding]) -> list[Group]:
    """Alike ones together, the most frequent first; those that may be left out one by one stay apart."""
    groups: dict[Any, Group] = {}
    for one in findings:
        apart = one.row if one.spare and one.severity == "error" else None
        alike = f"{one.params}" if one.code == MORE_ALIKE else ""
        key = one.file, one.severity, one.code, apart, alike
        groups.setdefault(key, Group(one.file, one.severity, one.code)).findings.append(one)
    return sorted(groups.values(), key=lambda one: -one.count)


def findings_context(kept: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """For `intake/findings.html`: what stays out, what was done with the rest, how many groups are not listed."""
    groups = group_findings(from_json(kept))
    errors = [one for one in groups if one.severity == "error"]
    warnings = [one for one in groups if one.severity != "error"]
    return {
        "left_out": errors[:MOST_GROUPS],
        "to_check": warnings[:MOST_GROUPS],
        "more_groups": max(0, len(errors) - MOST_GROUPS) + max(0, len(warnings) - MOST_GROUPS),
        "several_files": len({one.file for one in groups}) > 1,
    }


@limit_concurrency(TABLE)
def findings_csv(kept: Sequence[Mapping[str, Any]]) -> bytes:
    """A row for each finding, as a spreadsheet opens it; places in EPSG:2154."""
    columns = [
        Column("file", _("File"), "text"),
        Column("row", _("Row"), "integer"),
        Column("identifier", _("Reference"), "text"),
        Column("severity", _("Gravity"), "text"),
        Column("message", _("What is told"), "text"),
        Column("x", "X", "number"),
        Column("y", "Y", "number"),
    ]
    return csv_file(columns, findings_rows(kept))


def findings_rows(kept: Sequence[Mapping[str, Any]]) -> Iterator[list[Any]]:
    labels = {"error": pgettext("row", "Left out"), "warning": _("Remark")}
    for one in from_json(kept):
        x, y = one.place or (None, None)
        yield [one.file, one.row, one.identifier, labels[one.severity], one.message, x, y]
