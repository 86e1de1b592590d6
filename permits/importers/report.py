"""What an import of a register did, or would do: counts, and each row that did not come in as it stands."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gis_core.files.writing.csvtext import csv_file
from gis_core.files.writing.rows import Column
from layers.intake.findings import Finding, Severity
from permits.importers.register import Remark

LONGEST_NUMBER = 40
FILED_DIFFERS = gettext_noop("filed on: %(here)s here, %(there)s in the file")
KIND_DIFFERS = gettext_noop("kind: %(here)s here, %(there)s in the file")
PARCELS_DIFFER = gettext_noop("parcels: %(here)s here, %(there)s in the file")
END_DIFFERS = gettext_noop("ended on: %(here)s here, %(there)s in the file")
NOT_ENDED = gettext_noop("ended on: not yet here, %(there)s in the file")
DIFFERENT = frozenset({FILED_DIFFERS, KIND_DIFFERS, PARCELS_DIFFER, END_DIFFERS, NOT_ENDED})
"""What is said of files that are there, and otherwise."""
COUNTS = (
    "rows", "made", "same", "different", "refused", "tacit", "unknown_parcels", "applicants", "dropped_applicants",
)  # fmt: skip


@dataclass(slots=True)
class Report:
    """`rows` of the file; `made` files; `same` were there already, `different` ones are left as they are; `refused`
    rows stay out. `tacit` files are taken for such for want of a decision.

    Each finding keeps the number that its row gives, among its parameters.
    """

    name: str
    rows: int = 0
    made: int = 0
    same: int = 0
    different: int = 0
    refused: int = 0
    tacit: int = 0
    unknown_parcels: int = 0
    applicants: int = 0
    dropped_applicants: int = 0
    instructors: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def refuse(self, row: int, number: str, code: str, params: Mapping[str, Any]) -> None:
        self.refused += 1
        self.add(row, number, code, params, "error")

    def differ(self, row: int, number: str, differences: Sequence[Remark]) -> None:
        self.different += 1
        for code, params in differences:
            self.add(row, number, code, params)

    def add(self, row: int, number: str, code: str, params: Mapping[str, Any], severity: Severity = "warning") -> None:
        """Say something of a row."""
        given = {**params, "number": number[:LONGEST_NUMBER]}
        self.findings.append(
            Finding(code=code, params=given, severity=severity, file=self.name, row=row, identifier=given["number"])
        )

    def as_json(self) -> dict[str, Any]:
        """Its counts; the findings are kept beside them."""
        counts = {name: getattr(self, name) for name in COUNTS}
        return {"name": self.name, **counts, "instructors": dict(self.instructors.most_common())}


def as_csv(findings: Sequence[Finding]) -> str:
    """The rows of a report as spreadsheets open it, by their place in the file."""
    columns = [
        Column("row", _("row"), "integer"),
        Column("number", _("number"), "text"),
        Column("what", _("what"), "text"),
        Column("why", _("why"), "text"),
    ]
    return csv_file(columns, csv_lines(findings)).decode()


def csv_lines(findings: Sequence[Finding]) -> list[tuple[int, str, str, str]]:
    """Row, number, what, why; of a file that is there otherwise all differences together."""
    labels = (_("refused"), _("there already, otherwise"), _("to be checked"))
    lines: dict[tuple[int, str, str, str], list[str]] = {}
    for one in findings:
        differs = one.code in DIFFERENT
        label = labels[0 if one.severity == "error" else 1 if differs else 2]
        key = (one.row or 0, str(one.params["number"]), label, "" if differs else one.message)
        lines.setdefault(key, []).append(one.message)
    return sorted((row, number, what, why or "; ".join(said)) for (row, number, what, why), said in lines.items())
