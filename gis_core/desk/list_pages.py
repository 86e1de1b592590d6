"""The page of a list, and its files and places at the same address (`format=csv`, `xlsx`, `ods`, `geojson`)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.gis.db.models.functions import AsGeoJSON, Transform
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.desk import tables
from gis_core.desk.forms import blame
from gis_core.desk.list_query import Given, ListQuery, QueryForm, read_query
from gis_core.desk.listing import Label, Listing, ListPage, read_offset
from gis_core.desk.saved_filters import SavedFilter, filters_of
from gis_core.desk.small_map import SmallMap, list_map
from gis_core.errors import Invalid
from gis_core.http.admission import FILTER, TABLE, Kind, limited
from gis_core.http.middleware import rights_of_request
from gis_core.members.rights import Rights
from gis_core.models import User

MOST_PLACES: Final = 2_000
FILE_LABELS: Final = {"csv": "CSV", "xlsx": "Excel", "ods": "LibreOffice"}
NO_STORE: Final = {"Cache-Control": "private, no-store"}
type View = Callable[..., HttpResponse]
type Show = Callable[[dict[str, Any], int], HttpResponse]
"""Renders the desk's own template with a context and a status."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the table; of a column that orders, where it leads and how it orders now."""

    label: Label
    number: bool
    href: str = ""
    sorted: str = ""


@dataclass(frozen=True, slots=True)
class ListView[Q: ListQuery]:
    """A list as `desk/list.html` shows it."""

    listing: Listing[Q, Any]
    query: Q
    form: QueryForm
    order: str
    page: ListPage
    rights: Rights
    kept: list[SavedFilter]

    @property
    def address(self) -> str:
        """The query string of this list, without its page."""
        return self.with_parameters(**({"sort": self.order} if self.order else {}))

    def with_parameters(self, **pairs: str) -> str:
        """The query string of this list's query, and these."""
        return "&".join(filter(None, (self.query.query(), urlencode(pairs))))

    def page_address(self, name: str, value: str) -> str:
        """The address of a page; empty where there is none."""
        return f"?{'&'.join(filter(None, (self.address, urlencode({name: value}))))}" if value else ""

    @property
    def previous(self) -> str:
        """The address of the page before; empty where there is none."""
        return self.page_address("offset", self.page.before)

    @property
    def next(self) -> str:
        """The address of the page after; empty at the end."""
        return self.page_address("offset" if self.listing.cursor is None else "after", self.page.after)

    @property
    def is_filtered(self) -> bool:
        """Whether somebody chose a filter: the form stays open on a phone."""
        return bool(self.form.is_filtered)

    @property
    def headings(self) -> list[Heading]:
        return [self.heading(column) for column in self.page.columns]

    def heading(self, column: Any) -> Heading:
        label, number = column.heading or column.label, column.kind in ("integer", "number")
        if not column.sort:
            return Heading(label, number)
        ascending = self.order == column.name
        now = "ascending" if ascending else "descending" if self.order == f"-{column.name}" else "none"
        following = f"-{column.name}" if ascending else column.name
        return Heading(label, number, f"?{self.with_parameters(sort=following)}", now)

    @property
    def orders(self) -> list[tuple[str, str]]:
        """The orders that may be chosen in the form, where headings are out of sight; empty where there is but one."""
        ascending, descending = _("%(column)s, ascending"), _("%(column)s, descending")
        orders = [("", _("Usual order"))]
        for column in self.page.columns:
            if column.sort:
                names = {"column": column.heading or column.label}
                orders += [(column.name, ascending % names), (f"-{column.name}", descending % names)]
        return orders if len(orders) > 1 else []

    @property
    def files(self) -> list[tuple[str, str]]:
        """Label and address of each file that is offered."""
        offered = [suffix for suffix in self.listing.files if suffix in FILE_LABELS] if self.page.rows else []
        pairs = {"sort": self.order} if self.order else {}
        return [(FILE_LABELS[suffix], f"?{self.with_parameters(**pairs, format=suffix)}") for suffix in offered]

    @property
    def small_map(self) -> SmallMap | None:
        """The map beside the list; none for a list without places, or without rows."""
        if not self.listing.geometry or not self.page.rows:
            return None
        made = list_map(f"?{self.with_parameters(format='geojson')}")
        return made if made.build else None

    @property
    def count(self) -> str:
        """How many rows there are, in words; empty where nothing is counted."""
        pager, count = self.listing.pager, self.page.count
        if count is None or self.listing.count is None:
            return ""
        most = max(pager.farthest if self.page.offset else 0, pager.count_limit)
        text = self.listing.count(min(count, most))
        return _("More than %(count)s") % {"count": text} if count > most else text

    @property
    def restricted(self) -> bool:
        """Whether the filters leave something out."""
        return self.query != type(self.query)() and (self.listing.exists is None or self.listing.exists(self.rights))


def answer_list[Q: ListQuery](
    request: HttpRequest,
    listing: Listing[Q, Any],
    show: Show,
    *,
    defaults: Mapping[str, str] | None = None,
    around: Callable[[ListView[Q]], dict[str, Any]] | None = None,
    cost: Kind = FILTER,
) -> HttpResponse:
    """The page of a list, its filters in the address; or (`format`) a file of it.

    `defaults` stand for parameters that the address lacks, `around` gives what else the page shows. A filter that
    makes no sense is said at its field (400); a file of such a filter raises Invalid.
    """
    rights = rights_of_request(request)
    given = {name: value for name, value in request.GET.items() if isinstance(value, str)}
    if "format" in given:
        return list_file(listing, listing.query.parse(given, **defaults or {}), rights, given)
    with limited(cost):
        kept = filters_of(request.user, listing.name) if listing.saved and isinstance(request.user, User) else []
        view, status = view_list(listing, rights, given, defaults or {}, kept)
        return show({"list": view, **(around(view) if around else {})}, status)


def view_list[Q: ListQuery](
    listing: Listing[Q, Any], rights: Rights, given: Given, defaults: Mapping[str, str], kept: list[SavedFilter]
) -> tuple[ListView[Q], int]:
    """A page of a list and the status of the answer."""
    query, form = read_query(listing.query, given, rights, **defaults)
    order, offset = "", 0
    try:
        order, offset = listing.read_order(given), read_offset(given, listing.pager)
        page = listing.page(query, rights, order=order, offset=offset)
    except Invalid as error:
        form = QueryForm(listing.query, rights, {**defaults, **given}, kept={})
        blame(form, error)
        query = listing.query.parse(defaults)
        page = listing.page(query, rights)
    return ListView(listing, query, form, order, page, rights, kept), 400 if form.errors else 200


def list_file[Q: ListQuery](listing: Listing[Q, Any], query: Q, rights: Rights, given: Given) -> HttpResponse:
    """All rows of a query as a file. Raises Invalid for a suffix that the list does not offer."""
    suffix = given["format"]
    if suffix not in listing.files:
        offered = ", ".join(one.upper() for one in listing.files)
        raise Invalid(_("This list is offered as: %(formats)s.") % {"formats": offered or "—"}, parameter="format")
    if suffix == "geojson":
        with limited(FILTER):
            return JsonResponse(places_of(listing, query, rights), headers=NO_STORE)
    with limited(TABLE):
        table = listing.table(query, rights, listing.read_order(given))
        name = f"{listing.file_name or listing.name}-{database_clock.today():%Y-%m-%d}"
        return tables.answered(table, suffix, str(listing.title), name)


def places_of[Q: ListQuery](listing: Listing[Q, Any], query: Q, rights: Rights) -> dict[str, Any]:
    """Where the first rows of a query are, as GeoJSON (EPSG:4326); `more` says that there are others."""
    rows = listing.rows(query, rights)
    assert isinstance(rows, QuerySet)
    shape = AsGeoJSON(Transform(listing.geometry, 4326), precision=6)
    placed = rows.exclude(**{listing.geometry: None}).annotate(list_shape=shape)
    results = list(placed[: MOST_PLACES + 1])
    related = listing.related(results[:MOST_PLACES], rights)
    features = [feature_of(listing, row, related) for row in results[:MOST_PLACES]]
    return {"type": "FeatureCollection", "features": features, "more": len(results) > MOST_PLACES}


def feature_of(listing: Listing[Any, Any], row: Any, related: Any) -> dict[str, Any]:
    """A row on the map: its first cell names it and leads to its page."""
    first = listing.page_columns()[0].cell_of(row, related)
    properties = {"title": first.text, "href": first.href}
    if listing.on_map is not None:
        properties |= listing.on_map(row, related)
    return {
        "type": "Feature", "id": listing.key(row), "geometry": json.loads(row.list_shape), "properties": properties
    }  # fmt: skip
