"""A list of a desk, declared once: its page, its keyboard table, its map, its files and its API are made of it.

STATIONS = Listing(
    name="stations", title=_("Charging stations"), query=StationQuery, rows=stations,
    columns=(Column("name", _("Station"), cell=name_cell), Column("power_kw", _("Power"), "number", unit="kW")),
    files=("csv", "xlsx", "ods", "gpkg", "geojson"), geometry="geom",
)
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import batched
from typing import Any, Final, Protocol

from django.contrib.gis.db.models.functions import AsWKB
from django.core.exceptions import ImproperlyConfigured
from django.db.models import F, Model, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.desk.cells import Cell, display
from gis_core.desk.list_query import Given, ListQuery
from gis_core.desk.parameters import integer
from gis_core.errors import Invalid
from gis_core.files.writing.rows import Column as FileColumn
from gis_core.files.writing.rows import Kind
from gis_core.members.rights import Rights

MOST_IN_FILES: Final = 20_000
AT_A_TIME: Final = 2_000
"""Rows of a file whose related rows are asked for at once."""
NONE_MATCH: Final = gettext_lazy("Nothing fits these filters.")
type Label = str | Promise
type Related = Any
"""What rows of a page need beside themselves, asked for all of them at once."""


class Rows[R](Protocol):
    """The rows of a query, in their order; a `QuerySet` is made into one (`QueryRows`)."""

    def between(self, first: int, last: int) -> Sequence[R]:
        """Rows `first` to `last`, that one not among them."""
        ...

    def count(self, most: int) -> int:
        """How many there are, at most `most` + 1: nobody waits for more."""
        ...


@dataclass(frozen=True, slots=True)
class QueryRows[R]:
    """The rows of a `QuerySet`."""

    rows: QuerySet[Any, R]

    def between(self, first: int, last: int) -> Sequence[R]:
        return list(self.rows[first:last])

    def count(self, most: int) -> int:
        return self.rows.order_by()[: most + 1].count()


@dataclass(frozen=True, slots=True)
class Column[R]:
    """A column: its value for files and programs, what stands in its cell on the page, what orders it."""

    name: str
    label: Label
    kind: Kind = "text"
    value: str | Callable[[R, Related], Any] = ""
    """The attribute, with dots (empty: that of the name), or what gives the value of a row."""
    heading: Label = ""
    """On the page, where it is another than the label in files: “Cost”, not “Cost (€)”."""
    cell: Callable[[R, Related], Cell] | None = None
    """What the page shows; without it the value, written for people."""
    unit: str = ""
    labels: Mapping[str, Label] | None = None
    """The label of each code of the value."""
    sort: str = ""
    """The field of the database that orders by this column; empty: it does not."""
    needed: Callable[[Sequence[R]], bool] | None = None
    """Whether a page of these rows shows it: nobody needs the member where all are of one."""
    in_files: bool = True

    def code_of(self, row: R, related: Related) -> Any:
        """The value of a row as programs get it, a code as such."""
        return self.value(row, related) if callable(self.value) else attribute(row, self.value or self.name)

    def value_of(self, row: R, related: Related) -> Any:
        """The value of a row, a code as its label."""
        value = self.code_of(row, related)
        return str(self.labels.get(str(value), value)) if self.labels and value not in (None, "") else value

    def cell_of(self, row: R, related: Related) -> Cell:
        """What stands in the cell of a row."""
        if self.cell is not None:
            return self.cell(row, related)
        return display(self.value_of(row, related), self.unit)

    def for_files(self) -> FileColumn:
        return FileColumn(self.name, str(self.label), self.kind)


def attribute(row: Any, path: str) -> Any:
    """`owner.name` of a row; None where a part of the way is None. Raises AttributeError for a name that no row has."""
    for name in path.split("."):
        if row is None:
            return None
        row = getattr(row, name)
    return row


def local_time(value: Any) -> Any:
    """An instant in the platform's time zone; any other value as it is."""
    return localtime(value) if isinstance(value, datetime) else value


def wkb_of(row: Any) -> bytes | None:
    """The geometry of a row that `rows_of` gave with its place."""
    return None if row.list_wkb is None else bytes(row.list_wkb)


def on_web_map(layer: str, row: Any, geometry: str) -> str:
    """The address of the web map, on a row of a layer, with its sheet open."""
    address, place = f"{reverse('map')}#v=1", getattr(row, geometry) if geometry else None
    if place is not None:
        middle = place.point_on_surface.transform(4326, clone=True)
        address += f"&c={middle.x:.6f},{middle.y:.6f}&z=18"
    return f"{address}&l={layer}&s={layer}.{row.pk}"


def no_related(_rows: Sequence[Any], _rights: Rights) -> Related:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """How many rows a page has, how far one may page, up to how many are counted on the first page."""

    rows: int = 50
    farthest: int = 10_000
    count_limit: int = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing[Q: ListQuery, R]:
    """A list. `rows` are those that the asker sees, in the usual order."""

    name: str
    """Its URL's name."""
    title: Label
    query: type[Q]
    rows: Callable[[Q, Rights], QuerySet[Any, R] | Rows[R]]
    columns: Sequence[Column[R]]
    """In the order of files."""
    on_page: tuple[str, ...] = ()
    """The names of the columns that the page shows, in its order; empty: all of them."""
    related: Callable[[Sequence[R], Rights], Related] = no_related
    key: Callable[[R], str] = field(default=lambda row: str(getattr(row, "pk", "")))
    pager: Pager = Pager()
    cursor: Callable[[R], str] | None = None
    """Of lists too long for numbers of pages: where the page after a row begins, for the query's `after`."""
    caption: Label = ""
    """Of the table, for who does not see it: what it holds, in which order."""
    count: Callable[[int], str] | None = None
    """“3 files”, in words; without it rows are not counted."""
    nothing: Label
    """What the page says where there is no row at all, and how the first one comes."""
    none_match: Label = NONE_MATCH
    exists: Callable[[Rights], bool] | None = None
    """Whether there are rows without any filter, for lists that filter from the start."""
    files: tuple[str, ...] = ()
    """The suffixes that are offered: csv, xlsx, ods; where there is a geometry gpkg, and geojson for the map."""
    file_name: str = ""
    """How the files are called; the day follows."""
    most_in_files: int = MOST_IN_FILES
    saved: bool = False
    """Whether people may keep filters of it under a name."""
    geometry: str = ""
    """The field of a row's place (EPSG:2154), for the map beside the table and for GeoPackages."""
    on_map: Callable[[R, Related], dict[str, Any]] | None = None
    """What the map tells of a row beside its name: `label`, `detail`, `colour`, `dash`."""
    layer: str = ""
    """The layer whose features the rows are, where they have no page: their first cells lead to them on the web map."""

    def __post_init__(self) -> None:
        if not self.geometry and {"gpkg", "geojson"} & set(self.files):
            raise ImproperlyConfigured(f"{self.name}: gpkg and geojson are files of lists with a geometry.")

    def page_columns(self, rows: Sequence[R] = ()) -> list[Column[R]]:
        """The columns that a page of these rows shows."""
        by_name = {column.name: column for column in self.columns}
        chosen = [by_name[name] for name in self.on_page or by_name]
        return [column for column in chosen if column.needed is None or column.needed(rows)]

    def file_columns(self) -> list[Column[R]]:
        return [column for column in self.columns if column.in_files]

    def list_stored_fields(self, model: type[Model]) -> list[str]:
        """The fields of the model that columns show as they are."""
        fields = {one.name for one in model._meta.concrete_fields}
        sources = [one.value or one.name for one in self.columns if isinstance(one.value, str)]
        return [source for source in sources if source in fields]

    def cells_of(self, row: R, columns: Sequence[Column[R]], related: Related) -> list[Cell]:
        """What stands in the cells of a row; the first leads to it, on its page or on the web map."""
        cells = [column.cell_of(row, related) for column in columns]
        if self.layer and cells and not cells[0].href:
            cells[0] = replace(cells[0], href=on_web_map(self.layer, row, self.geometry))
        return cells

    def rows_of(self, query: Q, rights: Rights, order: str = "", *, places: bool = False) -> Rows[R]:
        """The rows of a query, in the order of a column (`name`, `-name`) or in the usual one.

        `places`: their geometries as WKB too (`list_wkb`).
        """
        rows = self.rows(query, rights)
        if not isinstance(rows, QuerySet):
            return rows
        if places:
            rows = rows.annotate(list_wkb=AsWKB(self.geometry))
        return QueryRows(rows.order_by(*self.ordering(order, rows)) if order else rows)

    def ordering(self, order: str, rows: QuerySet[Any, R]) -> list[Any]:
        """By a column, those without a value last; then in the usual order."""
        descending, name = order.startswith("-"), order.removeprefix("-")
        key = F(next(column.sort for column in self.columns if column.name == name))
        first = key.desc(nulls_last=True) if descending else key.asc(nulls_last=True)
        usual: Sequence[Any] = rows.query.order_by or rows.model._meta.ordering or ()
        return [first, *usual, "pk"]

    def read_order(self, given: Given) -> str:
        """The parameter `sort`. Raises Invalid for what is no column that orders."""
        order = given.get("sort", "")
        if order and order.removeprefix("-") not in {column.name for column in self.columns if column.sort}:
            raise Invalid(_("“%(name)s” has no such value.") % {"name": "sort"}, parameter="sort")
        return order

    def table(
        self, query: Q, rights: Rights, order: str = "", *, places: bool = False
    ) -> tuple[list[FileColumn], list[list[Any]]]:
        """All rows for a file: their values, instants as clocks here show them; behind them (`places`) WKB or None.

        Raises Invalid where there are too many.
        """
        rows = self.rows_of(query, rights, order, places=places).between(0, self.most_in_files + 1)
        if len(rows) > self.most_in_files:
            message = _("A table holds %(most)s rows at most: narrow the filters.")
            raise Invalid(message % {"most": f"{self.most_in_files:_}".replace("_", "\u202f")})
        columns, values = self.file_columns(), []
        for some in batched(rows, AT_A_TIME, strict=False):
            related = self.related(some, rights)
            for row in some:
                cells = [local_time(column.value_of(row, related)) for column in columns]
                values.append([*cells, wkb_of(row)] if places else cells)
        return [column.for_files() for column in columns], values

    def page(self, query: Q, rights: Rights, *, order: str = "", offset: int = 0) -> "ListPage":
        """One page of rows."""
        rows, pager = self.rows_of(query, rights, order), self.pager
        count = rows.count(max(pager.farthest if offset else 0, pager.count_limit)) if self.count else None
        results = rows.between(offset, offset + pager.rows + 1)
        chosen = results[: pager.rows]
        related, columns = self.related(chosen, rights), self.page_columns(chosen)
        lines = [
            Row(self.key(row), list(zip(columns, self.cells_of(row, columns, related), strict=True))) for row in chosen
        ]
        page = ListPage(lines, columns, count, offset, pager.rows)
        if len(results) > pager.rows and self.cursor is not None:
            page.after = self.cursor(chosen[-1])
        elif len(results) > pager.rows and offset + pager.rows <= pager.farthest:
            page.after = str(offset + pager.rows)
        page.cut_short = len(results) > pager.rows and not page.after
        return page


@dataclass(frozen=True, slots=True)
class Row:
    """A row as the page shows it."""

    key: str
    cells: list[tuple[Column[Any], Cell]]


@dataclass(slots=True)
class ListPage:
    """A page of a list, and where the next one begins: an offset, or what `cursor` says."""

    rows: list[Row]
    columns: list[Column[Any]]
    count: int | None
    offset: int
    size: int
    after: str = ""
    cut_short: bool = False
    """Whether there are more rows than one may page to."""

    @property
    def before(self) -> str:
        return str(max(self.offset - self.size, 0)) if self.offset else ""

    @property
    def first(self) -> int:
        return self.offset + 1

    @property
    def last(self) -> int:
        return self.offset + len(self.rows)


def read_offset(given: Given, pager: Pager) -> int:
    """The parameter `offset`. Raises Invalid."""
    return integer(given, "offset", 0, 0, pager.farthest)
