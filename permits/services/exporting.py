"""The files of a filter as a table for spreadsheets, without applicants."""

from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.files.writing.csvtext import Csv, Dialect
from gis_core.files.writing.rows import Column
from gis_core.members.rights import Rights
from gis_core.models import Commune
from permits.numbers import format_number, format_parcel
from permits.procedure import State
from permits.services.listing import Filter, files, ordered

MOST_ROWS = 20_000
WORKBOOK = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
WIDTHS = {"text": 22, "integer": 12, "boolean": 10, "date": 12}
FIELDS = (
    *("number", "kind", "owner__name", "insee", "idus", "description", "address", "state", "tacit", "filed_date"),
    *("complete_date", "next_date", "due_date", "ended_date", "valid_until_date"),
    *("instructor__first_name", "instructor__last_name", "instructor__username"),
)


def columns() -> list[Column]:
    return [
        Column("number", _("Number"), "text"),
        Column("kind", _("Kind"), "text"),
        Column("member", _("Member"), "text"),
        Column("insee", "INSEE", "text"),
        Column("commune", _("Commune"), "text"),
        Column("parcels", _("Parcels"), "text"),
        Column("works", _("Works"), "text"),
        Column("address", _("Address of the ground"), "text"),
        Column("state", _("State"), "text"),
        Column("tacit", _("Tacit"), "boolean"),
        Column("filed", _("Filed on"), "date"),
        Column("complete", _("Complete on"), "date"),
        Column("next", _("Next deadline"), "date"),
        Column("due", _("Decision until"), "date"),
        Column("ended", _("Ended on"), "date"),
        Column("valid", _("Valid until"), "date"),
        Column("instructor", _("Instructor"), "text"),
    ]


def permit_table(wanted: Filter, rights: Rights) -> list[list[Any]]:
    """The rows, in the order of the list. Raises Invalid where there are too many."""
    rows = list(ordered(files(wanted, rights), wanted).values_list(*FIELDS)[: MOST_ROWS + 1])
    if len(rows) > MOST_ROWS:
        message = _("A table holds %(most)s files at most: narrow the filters, by the year for example.")
        raise Invalid(message % {"most": f"{MOST_ROWS:_}".replace("_", " ")})
    names = dict(Commune.objects.filter(insee__in={row[3] for row in rows}).values_list("insee", "name"))
    return [table_row(row, names) for row in rows]


def table_row(row: Sequence[Any], communes: dict[str, str]) -> list[Any]:
    number, kind, member, insee, idus, works, address, state, tacit, *days, first, last, username = row
    parcels = ", ".join(format_parcel(idu) for idu in idus)
    place = [insee, communes.get(insee, ""), parcels, works, address]
    instructor = f"{first or ''} {last or ''}".strip() or username
    return [format_number(number), kind, member, *place, str(State(state).label), tacit, *days, instructor]


def as_csv(rows: Sequence[Sequence[Any]]) -> bytes:
    writer = Csv(columns(), "none", Dialect(labels=True, yes_and_no=(_("yes"), _("no"))))
    return writer.begin() + writer.rows(rows) + writer.end()


def as_workbook(rows: Iterable[Sequence[Any]]) -> bytes:
    """A text is never a formula."""
    import xlsxwriter

    content = BytesIO()
    book = xlsxwriter.Workbook(content, WORKBOOK)
    day, heading = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"bold": True, "bottom": 1})
    sheet = book.add_worksheet(_("Applications"))
    for place, column in enumerate(columns()):
        sheet.set_column(place, place, WIDTHS[column.kind])
        sheet.write_string(0, place, column.label, heading)
    sheet.freeze_panes(1, 1)
    for at, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            write_cell(sheet, at, place, value, day)
    book.close()
    return content.getvalue()


def write_cell(sheet: Any, row: int, place: int, value: Any, day: Any) -> None:
    match value:
        case None:
            pass
        case bool():
            sheet.write_boolean(row, place, value)
        case date():
            sheet.write_datetime(row, place, value, day)
        case _:
            sheet.write_string(row, place, str(value))
