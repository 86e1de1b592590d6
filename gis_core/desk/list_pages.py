"""The page of a list, and its files and places at the same address (`format=csv`, `xlsx`, `ods`, `gpkg`, `geojson`)."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.gis.db.models.functions import AsGeoJSON, Transform
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.desk import tables
from gis_core.desk.list_query import Given, ListQuery, QueryForm, answer_query
from gis_core.desk.listing import Label, Listing, ListPage, read_offset
from gis_core.desk.pager import PageLinks
from gis_core.desk.saved_filters import SavedFilter, filters_of
from gis_core.desk.small_map import SmallMap, list_map
from gis_core.errors import Invalid
from gis_core.files.writing.process import geopackage_file
from gis_core.files.writing.rows import columns_by_label, convert_values
from gis_core.files.writing.wire import MEDIA_TYPES, FileLayer
from gis_core.http.admission import FILTER, TABLE, Kind, limit_concurrency
from gis_core.http.files import NO_STORE, file_response
from gis_core.http.middleware import rights_of_request
from gis_core.members.rights import Rights
from gis_core.models import User

MOST_PLACES: Final = 2_000
FILE_LABELS: Final = {"csv": "CSV", "xlsx": "Excel", "ods": "LibreOffice", "gpkg": "GeoPackage"}
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
    def pages(self) -> PageLinks:
        """The pages beside this one."""
        page, numbered = self.page, self.listing.cursor is None
        return PageLinks(
            first=page.first if numbered else 0,
            last=page.last,
            previous=self.page_address("offset", page.before),
            next=self.page_address("offset" if numbered else "after", page.after),
        )

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
        """The map beside the list; none for a list that gives no places, or without rows."""
        if "geojson" not in self.listing.files or not self.page.rows:
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
    with limit_concurrency(cost):
        kept = filters_of(request.user, listing.name) if listing.saved and isinstance(request.user, User) else []
        view, status = view_list(listing, rights, given, defaults or {}, kept)
        return show({"list": view, "action": request.path, **(around(view) if around else {})}, status)


def view_list[Q: ListQuery](
    listing: Listing[Q, Any], rights: Rights, given: Given, defaults: Mapping[str, str], kept: list[SavedFilter]
) -> tuple[ListView[Q], int]:
    """A page of a list and the status of the answer."""

    def read_page(query: Q, given: Given) -> tuple[str, ListPage]:
        order, offset = listing.read_order(given), read_offset(given, listing.pager)
        return order, listing.page(query, rights, order=order, offset=offset)

    query, form, (order, page) = answer_query(listing.query, given, rights, read_page, defaults)
    return ListView(listing, query, form, order, page, rights, kept), 400 if form.errors else 200


def list_file[Q: ListQuery](listing: Listing[Q, Any], query: Q, rights: Rights, given: Given) -> HttpResponse:
    """All rows of a query as a file. Raises Invalid for a suffix that the list does not offer."""
    suffix = given["format"]
    if suffix not in listing.files:
        offered = ", ".join(one.upper() for one in listing.files)
        raise Invalid(_("This list is offered as: %(formats)s.") % {"formats": offered or "—"}, parameter="format")
    if suffix == "geojson":
        with limit_concurrency(FILTER):
            return JsonResponse(places_of(listing, query, rights), headers=NO_STORE)
    order, stem = listing.read_order(given), listing.file_name or listing.name
    name = f"{stem}-{database_clock.today():%Y-%m-%d}"
    with limit_concurrency(TABLE):
        if suffix == "gpkg":
            content = geopackage_of(listing, query, rights, order)
            return file_response(content, MEDIA_TYPES["gpkg"], f"{name}.gpkg")
        return tables.answer_table(listing.table(query, rights, order), suffix, str(listing.title), name)


def geopackage_of[Q: ListQuery](listing: Listing[Q, Any], query: Q, rights: Rights, order: str) -> bytes:
    """The rows of a query as a GeoPackage: a layer, numbered from 1, whose columns are called as in the other files.

    In the system of the rows' places, EPSG:2154. Raises Invalid (too many rows), Unavailable.
    """
    columns, rows = listing.table(query, rights, order, places=True)
    unread = listing.rows(query, rights)
    assert isinstance(unread, QuerySet)
    place: Any = unread.model._meta.get_field(listing.geometry)
    layer = FileLayer(
        name=listing.file_name or listing.name,
        title=str(listing.title),
        columns=columns_by_label(columns),
        geometry_type=place.geom_class.__name__ if place.geom_class else "Unknown",
        srid=place.srid,
        count=len(rows),
    )
    return geopackage_file(layer, ((at, *convert_values(columns, row), row[-1]) for at, row in enumerate(rows, 1)))


def places_of[Q: ListQuery](listing: Listing[Q, Any], query: Q, rights: Rights) -> dict[str, Any]:
    """Where the first rows of a query are, as GeoJSON (EPSG:4326); `more` says that there are others."""
    rows = listing.rows(query, rights)
    assert isinstance(rows, QuerySet)

    def describe_all(placed: Sequence[Any]) -> list[dict[str, Any]]:
        related = listing.related(placed, rights)
        return [describe_place(listing, row, related) for row in placed]

    return collection_of(rows, listing.geometry, listing.key, describe_all)


def describe_place(listing: Listing[Any, Any], row: Any, related: Any) -> dict[str, Any]:
    """What the map says of a row: its first cell names it and leads to its page."""
    first = listing.cells_of(row, listing.page_columns()[:1], related)[0]
    return {"title": first.text, "href": first.href, **(listing.on_map(row, related) if listing.on_map else {})}


def collection_of[R: Model](
    rows: QuerySet[R], geometry: str, key: Callable[[R], str], describe: Callable[[Sequence[R]], list[dict[str, Any]]]
) -> dict[str, Any]:
    """The first rows that have a place as GeoJSON (EPSG:4326), with what `describe` says of each; `more`: there are
    others.
    """
    shape = AsGeoJSON(Transform(geometry, 4326), precision=6)
    results: list[Any] = list(rows.exclude(**{geometry: None}).annotate(list_shape=shape)[: MOST_PLACES + 1])
    placed = results[:MOST_PLACES]
    features = [
        {"type": "Feature", "id": key(row), "geometry": json.loads(row.list_shape), "properties": properties}
        for row, properties in zip(placed, describe(placed), strict=True)
    ]
    return {"type": "FeatureCollection", "features": features, "more": len(results) > MOST_PLACES}
