"""What was done, to be read by people: journals of who read personal data, and records that are struck out.

READINGS = Journal(columns=(DATE, PERSON, ACTION, Column("purpose", _("Purpose"))), nothing=_("Nobody read it yet."))
page = READINGS.page(ApplicantReading.objects.all(), request.GET)        # for `desk/journal.html`

Nobody changes a line of a journal, nor removes a record: PostgreSQL writes the ones (`security = "journal"`), and who
made a mistake strikes the others out (`strike_out`, `desk/strike.html`): they count no more, and stay to be seen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy

from gis_core.database import clock as database_clock
from gis_core.desk.cells import Cell
from gis_core.desk.listing import Column, Label
from gis_core.desk.pager import PageLinks, page_links
from gis_core.desk.parameters import Page, Parameters
from gis_core.errors import Conflict, Invalid
from gis_core.members.rights import Rights

DATE: Final = Column[Any]("at", gettext_lazy("Date"))
PERSON: Final = Column[Any]("by_name", gettext_lazy("Person"))
ACTION: Final = Column[Any]("action", gettext_lazy("Action"), value=lambda line, _: line.get_action_display())


@dataclass(frozen=True, slots=True)
class JournalPage:
    """Some lines of a journal, and the links to the newer and the older ones."""

    columns: Sequence[Column[Any]]
    lines: list[list[tuple[Column[Any], Cell]]]
    nothing: Label
    pages: PageLinks = field(default_factory=PageLinks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """A journal of readings: its columns, and what is said where nobody has read anything."""

    columns: Sequence[Column[Any]]
    nothing: Label

    def page(self, rows: QuerySet[Any], given: Parameters) -> JournalPage:
        """The lines that `limit` and `offset` ask for, of rows in their order. Raises Invalid."""
        wanted = Page.parse(given)
        pages = page_links(wanted, rows.count())
        return JournalPage(self.columns, self.lines(rows[wanted.stretch()]), self.nothing, pages)

    def first_lines(self, rows: QuerySet[Any], most: int) -> JournalPage:
        """The first lines, for a page about something else."""
        return JournalPage(self.columns, self.lines(rows[:most]), self.nothing)

    def lines(self, rows: Iterable[Any]) -> list[list[tuple[Column[Any], Cell]]]:
        return [[(column, column.cell_of(line, None)) for column in self.columns] for line in rows]


def strike_out(
    record: Model, reason: str, rights: Rights, *, struck_already: str, unexplained: str, reason_field: str
) -> None:
    """Strike out a record that is locked: it counts no more, and keeps by whom, when and why.

    `struck_already` and `unexplained` say, in the desk's words, what is refused. Raises Conflict, Invalid.
    """
    row: Any = record
    if row.struck_at:
        raise Conflict(struck_already)
    longest: int = record._meta.get_field(reason_field).max_length  # type: ignore[assignment, union-attr]
    explained = reason.replace("\x00", "").strip()[:longest]
    if not explained:
        raise Invalid(unexplained, parameter="reason")
    row.struck_at, row.struck_by_id = database_clock.now(), rights.user_id
    setattr(row, reason_field, explained)
    row.save(update_fields=["struck_at", "struck_by", reason_field])
