"""What an import did, per file and row: came in, repaired, refused and why. Serialises to JSON."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import ngettext

from gis_core.errors import Invalid
from layers.intake.import_loss import EXIT_LOSS, LossRefused, ScopeDifference, check_loss, describe_difference
from layers.intake.rows import Refused, Remark

# A report is read by people and kept in one row of a table: counts are exact, lists stop here.
LISTED = 1000

type Entry = dict[str, Any]


@dataclass(slots=True)
class Difference:
    """What changed from one vintage to the next: exact counts, and lists that stop at LISTED."""

    born: int = 0
    gone: int = 0
    changed: int = 0
    unchanged: int = 0
    listed: dict[str, list[Entry]] = field(default_factory=lambda: {"born": [], "gone": [], "changed": []})

    def take(self, what: str, identifier: str, remark: Remark) -> None:
        """Count one object that was `born`, is `gone` or `changed`."""
        setattr(self, what, getattr(self, what) + 1)
        self._list(what, entry(None, identifier, remark.code, remark.words))

    def add(self, other: "Difference") -> None:
        """Count what another file changed."""
        for what, entries in other.listed.items():
            setattr(self, what, getattr(self, what) + getattr(other, what))
            for one in entries:
                self._list(what, one)
        self.unchanged += other.unchanged

    def _list(self, what: str, one: Entry) -> None:
        if len(self.listed[what]) < LISTED:
            self.listed[what].append(one)

    def as_json(self) -> Entry:
        """Counts, then the lists."""
        counts = {what: getattr(self, what) for what in ("born", "gone", "changed", "unchanged")}
        return {**counts, "listed": self.listed}


@dataclass(slots=True)
class FileReport:
    """One file of an import. `problem` is set when the file as a whole was refused.

    `difference` is known where the file brings a new vintage of what was there.
    """

    name: str
    kind: str = ""
    loaded: int = 0
    repaired_rows: int = 0
    refused_rows: int = 0
    told: int = 0
    repaired: list[Entry] = field(default_factory=list)
    refused: list[Entry] = field(default_factory=list)
    remarks: list[Entry] = field(default_factory=list)
    problem: Entry | None = None
    difference: Difference | None = None

    def row_loaded(self, index: int, identifier: str | None, repairs: Iterable[Remark | Refused] = ()) -> None:
        """Count a row that came in, with what was repaired in it."""
        self.loaded += 1
        entries = [entry(index, identifier, repair.code, repair.words) for repair in repairs]
        self.repaired_rows += bool(entries)
        self.repaired += entries[: max(0, LISTED - len(self.repaired))]

    def row_refused(self, refused: Refused) -> None:
        """Count a row that was left out."""
        self.refused_rows += 1
        if len(self.refused) < LISTED:
            self.refused.append(entry(refused.index, refused.identifier, refused.code, refused.words))

    def tell(
        self, remark: Remark | Refused, index: int | None = None, identifier: str | None = None, times: int = 1
    ) -> None:
        """Note something that refuses nothing; where it holds for several rows, `index` is the first of them."""
        self.told += 1
        more = ngettext("%(count)s row", "%(count)s rows", times) % {"count": times}
        if len(self.remarks) < LISTED:
            words = f"{remark.words} ({more})" if times > 1 else remark.words
            self.remarks.append(entry(index, identifier, remark.code, words))

    def nothing_came_in(self) -> None:
        """What the file had given counts no more."""
        self.loaded = self.repaired_rows = 0
        self.repaired.clear()
        self.difference = None

    def file_refused(self, error: Invalid) -> None:
        """The file as a whole was refused."""
        self.nothing_came_in()
        self.problem = entry(None, None, str(error.extra.get("code", "invalid")), error.message)

    def as_json(self) -> Entry:
        """Counts, then the lists (each at most LISTED long)."""
        return {
            "file": self.name,
            "kind": self.kind,
            "loaded": self.loaded,
            "repaired": self.repaired_rows,
            "refused": self.refused_rows,
            "remarks": self.told,
            "problem": self.problem,
            "difference": self.difference and self.difference.as_json(),
            "rows": {"repaired": self.repaired, "refused": self.refused, "remarks": self.remarks},
        }


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
    written: bool = True
    loss: LossRefused | None = None
    number: int | None = None

    def check_loss(self, differences: Iterable[ScopeDifference], accepted: int | None) -> None:
        """Keep what would change. Raises LossRefused, with this report, where more would go than may."""
        self.compared = list(differences)
        try:
            check_loss(self.compared, accepted)
        except LossRefused as error:
            self.written, self.loss = False, error
            error.extra["report"] = self.as_json()
            raise

    def keep_nothing(self) -> None:
        """The end of a dry run: what this transaction did is undone."""
        self.written = False
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
        """0 nothing was refused, 1 loaded with refusals, 2 nothing was loaded, 3 too much would have gone."""
        if self.loss:
            return EXIT_LOSS
        if not self.loaded:
            return 2
        return 1 if self.refused else 0

    def as_json(self) -> Entry:
        """The report as plain JSON values."""
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
            "written": self.written,
            "number": self.number,
            "compared": None if self.compared is None else describe_difference(self.compared),
            "loss": self.loss and self.loss.loss | {"message": self.loss.message},
            "difference": difference and difference.as_json(),
            "files": [report.as_json() for report in self.files],
        }


def entry(index: int | None, identifier: str | None, code: str, words: str) -> Entry:
    """One line of a report."""
    return {"index": index, "identifier": identifier, "code": code, "words": words}
