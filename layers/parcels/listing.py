"""The list of frozen sheets: the latest first."""

from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.desk.cells import Cell, Line
from gis_core.desk.list_query import ListQuery, text
from gis_core.desk.listing import Column, Listing, Pager
from gis_core.members.rights import Rights
from layers.parcels.models import FrozenSheet, FrozenSheetQuerySet


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetQuery(ListQuery):
    """Those that a number, a title, a parcel or a fingerprint finds."""

    text: str = text(gettext_lazy("Number, parcel or fingerprint"), name="q")


def sheets(query: SheetQuery, rights: Rights) -> FrozenSheetQuerySet:
    rows = FrozenSheet.objects.visible_to(rights).matching(query.text)
    return rows.select_related("started_by").defer("content", "pdf")


def place_cell(sheet: FrozenSheet, _related: Any) -> Cell:
    return Cell(sheet.title, lines=(Line(f"SHA-256 {sheet.content_sha256}", tone="fingerprint"),))


def day_cell(sheet: FrozenSheet, _related: Any) -> Cell:
    return Cell(day=sheet.made_at, lines=(Line(str(sheet.started_by)),) if sheet.started_by else ())


def file_cell(sheet: FrozenSheet, _related: Any) -> Cell:
    aloud = _("Open the PDF of %(number)s") % {"number": sheet.number}
    return Cell("PDF", href=reverse("frozen_sheet_file", args=[sheet.number]), tone="button", title=aloud)


FROZEN_SHEETS: Final = Listing(
    name="frozen_sheets",
    title=gettext_lazy("Frozen sheets"),
    query=SheetQuery,
    rows=sheets,
    columns=(
        Column(
            "number", gettext_lazy("Number"), cell=lambda one, _none: Cell(one.number, tone="number"), sort="number"
        ),
        Column("place", gettext_lazy("Place"), value="title", cell=place_cell, sort="title"),
        Column("day", gettext_lazy("Rules of"), "date", sort="day"),
        Column("made_at", gettext_lazy("Frozen"), "datetime", cell=day_cell, sort="made_at"),
        Column("file", gettext_lazy("File"), value="number", cell=file_cell),
    ),
    pager=Pager(rows=100),
    caption=gettext_lazy("Frozen sheets"),
    nothing=gettext_lazy(
        "Nothing is frozen yet. In the map, open the sheet of a parcel and choose “Freeze the sheet”."
    ),
)
