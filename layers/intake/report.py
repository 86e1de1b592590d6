"""What an import did, per file and row: came in, repaired, refused and why.

It is kept as JSON in which findings are codes with their parameters (`kept`); whoever reads it is given words
(`word_import_report`), in the form that scripts know.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from gis_core.errors import Invalid
from gis_core.files.reader import ReadRefused
from layers.intake.exit_codes import ExitCode, exit_code_of
from layers.intake.findings import Finding, json_of
from layers.intake.import_loss import LossRefused, ScopeDifference, check_loss, describe_difference, word_differences
from layers.intake.messages import OF_ROWS, format_message
from layers.intake.rows import Refused, Remark

# A report is read by people and kept in one row of a table: counts are exact, lists stop here.
MOST_ENTRIES = 1000

type Entry = dict[str, Any]


@dataclass(slots=True)
class Difference:
    """What changed from one vintage to the next: exact counts, and lists that stop at MOST_ENTRIES."""

    born: int = 0
    gone: int = 0
    changed: int = 0
    unchanged: int = 0
    entries: dict[str, list[Finding]] = field(default_factory=lambda: {"born": [], "gone": [], "changed": []})

    def take(self, what: str, identifier: str, remark: Remark) -> None:
        """Count one object that was `born`, is `gone` or `changed`."""
        setattr(self, what, getattr(self, what) + 1)
        self._list(what, Finding(code=remark.code, params=remark.params, severity="warning", identifier=identifier))

    def add(self, other: "Difference") -> None:
        """Count what another file changed."""
        for what, findings in other.entries.items():
            setattr(self, what, getattr(self, what) + getattr(other, what))
            for one in findings:
                self._list(what, one)
        self.unchanged += other.unchanged

    def _list(self, what: str, one: Finding) -> None:
        if len(self.entries[what]) < MOST_ENTRIES:
            self.entries[what].append(one)

    def kept(self) -> Entry:
        """Counts, then the lists."""
        counts = {what: getattr(self, what) for what in ("born", "gone", "changed", "unchanged")}
        return {
            **counts,
            "listed": {what: list(map(entry_as_json, findings)) for what, findings in self.entries.items()},
        }


@dataclass(slots=True)
class FileReport:
    """One file of an import. `problem` is set when the file as a whole was refused; lists stop at MOST_ENTRIES.

    `difference` is known where the file brings a new vintage of what was there. `has_rows` is false of a delivery whose
    files have reports of their own.
    """

    name: str
    kind: str = ""
    loaded: int = 0
    repaired_rows: int = 0
    refused_rows: int = 0
    remark_count: int = 0
    repaired: list[Finding] = field(default_factory=list)
    refused: list[Finding] = field(default_factory=list)
    remarks: list[Finding] = field(default_factory=list)
    problem: Finding | None = None
    difference: Difference | None = None
    has_rows: bool = True

    def row_loaded(self, index: int, identifier: str | None, repairs: Iterable[Remark | Refused] = ()) -> None:
        """Count a row that came in, with what was repaired in it."""
        self.loaded += 1
        findings = [self.finding(repair, index, identifier) for repair in repairs]
        self.repaired_rows += bool(findings)
        self.repaired += findings[: max(0, MOST_ENTRIES - len(self.repaired))]

    def row_refused(self, refused: Refused) -> None:
        """Count a row that was left out."""
        self.refused_rows += 1
        if len(self.refused) < MOST_ENTRIES:
            self.refused.append(
                Finding(
                    code=refused.code,
                    params=refused.params,
                    file=self.name,
                    row=refused.index,
                    identifier=refused.identifier,
                )
            )

    def add_remark(
        self, remark: Remark | Refused, index: int | None = None, identifier: str | None = None, times: int = 1
    ) -> None:
        """Note something that refuses nothing; where it holds for several rows, `index` is the first of them."""
        self.remark_count += 1
        if len(self.remarks) < MOST_ENTRIES:
            self.remarks.append(self.finding(remark, index, identifier, times))

    def finding(self, remark: Remark | Refused, index: int | None, identifier: str | None, times: int = 1) -> Finding:
        """A remark about a row, or about so many of them."""
        code, params = remark.code, remark.params
        if times > 1:
            params = {**params, OF_ROWS: times}
        return Finding(code=code, params=params, severity="warning", file=self.name, row=index, identifier=identifier)

    def nothing_came_in(self) -> None:
        """What the file had given counts no more."""
        self.loaded = self.repaired_rows = 0
        self.repaired.clear()
        self.difference = None

    def file_refused(self, error: Invalid) -> None:
        """The file as a whole was refused."""
        self.nothing_came_in()
        code, params = refusal(error)
        self.problem = Finding(code=code, params=params, file=self.name)

    def findings(self) -> Iterator[Finding]:
        """All that is listed: what was refused, repaired, told."""
        for one in ([self.problem] if self.problem else [], self.refused, self.repaired, self.remarks):
            yield from one

    def kept(self) -> Entry:
        """Counts, then the lists."""
        lists = {"repaired": self.repaired, "refused": self.refused, "remarks": self.remarks}
        return {
            "file": self.name,
            "kind": self.kind,
            "loaded": self.loaded,
            "repaired": self.repaired_rows,
            "refused": self.refused_rows,
            "remarks": self.remark_count,
            "problem": self.problem and entry_as_json(self.problem),
            "difference": self.difference and self.difference.kept(),
            "rows": {name: list(map(entry_as_json, findings)) for name, findings in lists.items()},
            **({} if self.has_rows else {"has_rows": False}),
        }


def refusal(error: Invalid) -> tuple[str, Mapping[str, Any]]:
    """The code and the parameters of what refused a file."""
    if isinstance(error, ReadRefused):
        return error.problem.code, error.problem.params
    return (error.code, error.params) if error.code else ("invalid", {"message": str(error.message)})


@dataclass(slots=True)
class ImportReport:
    """A whole import.

    `compared` is what it changes of each scope, None until that is known. `loss` is what was refused because too much
    would go (`layers.intake.import_loss`). `written` is false where nothing was kept: a dry run, or such a refusal.
    `number` is the one by which it can be taken back, None where it changed nothing.
    """

    source: str
    member: str | None = None
    source_date: date | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    files: list[FileReport] = field(default_factory=list)
    compared: list[ScopeDifference] | None = None
    is_saved: bool = True
    loss: LossRefused | None = None
    number: int | None = None

    def check_loss(self, differences: Iterable[ScopeDifference], accepted: int | None) -> None:
        """Keep what would change. Raises LossRefused, with this report, where more would go than may."""
        self.compared = list(differences)
        try:
            check_loss(self.compared, accepted)
        except LossRefused as error:
            self.is_saved, self.loss = False, error
            error.extra["report"] = self.kept()
            raise

    def keep_nothing(self) -> None:
        """The end of a dry run: what this transaction did is undone."""
        self.is_saved = False
        transaction.set_rollback(True)

    def file(self, name: str, kind: str = "") -> FileReport:
        """Start the report of one more file."""
        report = FileReport(name, kind)
        self.files.append(report)
        return report

    @property
    def loaded(self) -> int:
        """Rows that came in, all files together."""
        return sum(report.loaded for report in self.files)

    @property
    def refused(self) -> int:
        """Rows left out, a file refused as a whole counting as one more."""
        return sum(report.refused_rows + (report.problem is not None) for report in self.files)

    @property
    def repaired(self) -> int:
        """Rows that came in after a repair."""
        return sum(report.repaired_rows for report in self.files)

    @property
    def difference(self) -> Difference | None:
        """What changed, all files together; None where no file knows."""
        known = [report.difference for report in self.files if report.difference]
        whole = Difference()
        for one in known:
            whole.add(one)
        return whole if known else None

    @property
    def exit_code(self) -> int:
        """How the command that imports ends (`layers.intake.exit_codes`)."""
        return ExitCode.LOSS.value if self.loss else exit_code_of(loaded=self.loaded, refused=self.refused).value

    def findings(self) -> list[Finding]:
        """All that is listed of its files."""
        return [one for report in self.files for one in report.findings()]

    def as_json(self) -> Entry:
        """The report as scripts know it, in the current language."""
        return word_import_report(self.kept())

    def kept(self) -> Entry:
        """The report as it is kept: JSON without words."""
        difference = self.difference
        return {
            "source": self.source,
            "member": self.member,
            "source_date": self.source_date and self.source_date.isoformat(),
            "started_at": self.started_at and self.started_at.isoformat(),
            "ended_at": self.ended_at and self.ended_at.isoformat(),
            "loaded": self.loaded,
            "repaired": self.repaired,
            "refused": self.refused,
            "exit_code": self.exit_code,
            "written": self.is_saved,
            "number": self.number,
            "compared": None if self.compared is None else describe_difference(self.compared),
            "loss": self.loss and self.loss.loss,
            "difference": difference and difference.kept(),
            "files": [report.kept() for report in self.files],
        }


# -- as it is kept, and as it is read ----------------------------------------------------------------------------------


def entry_as_json(one: Finding) -> Entry:
    """One line of a report as it is kept."""
    return {"index": one.row, "identifier": one.identifier, "code": one.code, "params": json_of(one.params)}


def word_entry(kept: Mapping[str, Any]) -> Entry:
    """The same line in the current language."""
    return {
        "index": kept["index"],
        "identifier": kept["identifier"],
        "code": kept["code"],
        "words": format_message(kept["code"], kept["params"]),
    }


def word_import_report(report: Mapping[str, Any]) -> Entry:
    """A report that was kept, as people and scripts read it: each line with its words in the current language."""
    return {**word_differences(report), "difference": word_difference(report.get("difference")),
            "files": list(map(word_file, report["files"]))}  # fmt: skip


def word_file(file: Mapping[str, Any]) -> Entry:
    return {
        **file,
        "problem": file["problem"] and word_entry(file["problem"]),
        "difference": word_difference(file["difference"]),
        "rows": {name: list(map(word_entry, entries)) for name, entries in file["rows"].items()},
    }


def word_difference(kept: Mapping[str, Any] | None) -> Entry | None:
    if kept is None:
        return None
    return {**kept, "listed": {what: list(map(word_entry, entries)) for what, entries in kept["listed"].items()}}
