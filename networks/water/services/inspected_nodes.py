"""Nodes that are inspected (hydrants, manholes): which ones a list asks for, their last inspection, where they are."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, DateField, DurationField, Func, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy

from gis_core.database import clock as database_clock
from gis_core.database.statements import fetch_all
from gis_core.desk.list_query import ListQuery, choice, text
from gis_core.desk.options import commune_options
from gis_core.desk.parameters import whole_number
from gis_core.models import Commune, Member

ADDRESS_WITHIN_M = 150
SOON_DAYS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeQuery(ListQuery):
    """Which nodes; empty fields do not restrict. Lists of a kind offer their own members and states."""

    text: str = text(gettext_lazy("Search"), name="q", placeholder=gettext_lazy("number, name"))
    member: str = ""
    insee: str = choice(gettext_lazy("Commune"), commune_options, every=gettext_lazy("All communes"), longest=5)
    state: str = ""


def owner_options(nodes: QuerySet[Any]) -> list[tuple[str, str]]:
    """Slug and name of the members that nodes belong to."""
    owners = nodes.order_by().values("owner").distinct()
    return list(Member.objects.filter(pk__in=owners).order_by("name").values_list("slug", "name"))


def filter_nodes(rows: Any, wanted: NodeQuery, in_state: Callable[[str], Q]) -> Any:
    """Those that are asked for of nodes with `commune_insee`, by member and reference."""
    if wanted.text:
        condition = Q(reference__icontains=wanted.text) | Q(name__icontains=wanted.text)
        pk = whole_number(wanted.text)
        rows = rows.filter(condition | Q(pk__in=[] if pk is None else [pk]))
    if wanted.member:
        rows = rows.filter(owner__slug=wanted.member)
    if wanted.insee:
        rows = rows.filter(commune_insee=wanted.insee)
    if wanted.state:
        rows = rows.filter(in_state(wanted.state))
    return rows.select_related("owner").order_by("owner__name", "reference", "pk")


def count_each(rows: Any, conditions: Mapping[str, Q]) -> dict[str, int]:
    """How many rows fit each condition, by its name."""
    # The sums have names that no annotation has: a filter would take the sum for it.
    sums = {f"count_{name}": Count("pk", filter=condition) for name, condition in conditions.items()}
    return {name.removeprefix("count_"): count for name, count in rows.order_by().aggregate(**sums).items()}


# -- their last inspection, and the next ------------------------------------------------------------------------------


class Months(Func):
    """So many months, as PostgreSQL counts them."""

    template = "make_interval(months => %(expressions)s)"
    output_field = DurationField()


class Later(Func):
    """A day some months after another."""

    template = "(%(expressions)s)::date"
    arg_joiner = " + "
    output_field = DateField()


def is_soon() -> Q:
    """Nodes whose next inspection is due within `SOON_DAYS`."""
    today = database_clock.today()
    return Q(due__range=(today, today + timedelta(days=SOON_DAYS)))


def is_late(node: Any) -> bool:
    """Whether the next inspection should have been done."""
    return node.due is not None and node.due < database_clock.today()


def first_as_json(rows: QuerySet[Any], *names: str, of: str) -> Subquery:
    """The first of the rows about a node (the column `of` has its id), as one value."""
    return Subquery(
        rows.filter(**{of: OuterRef("pk")}).values(row=JSONObject(**dict(zip(names, names, strict=True))))[:1]
    )


def day_of(row: Mapping[str, Any] | None, name: str = "done_date") -> date | None:
    """A day of an annotated row, which comes as text."""
    return date.fromisoformat(row[name][:10]) if row and row.get(name) else None


# -- where they are ---------------------------------------------------------------------------------------------------

NEAREST = """
    select given.id, near.label from unnest(%(ids)s::bigint[], %(x)s::float8[], %(y)s::float8[]) as given (id, x, y),
        lateral (select st_setsrid(st_makepoint(given.x, given.y), 2154) as place) asked,
        lateral (select label from cadastre_address a
                 where a.geom && st_expand(place, %(within)s) and st_dwithin(a.geom, place, %(within)s)
                 order by a.geom <-> place limit 1) near
"""


def commune_of() -> Subquery:
    """The INSEE code of the commune where a node is."""
    return Subquery(Commune.objects.filter(geom__intersects=OuterRef("geom")).order_by("insee").values("insee")[:1])


def addresses_near(places: Iterable[tuple[int, float, float]], within_m: float = ADDRESS_WITHIN_M) -> dict[int, str]:
    """The nearest address of each place (id, x, y), where there is one so near."""
    given = list(places)
    if not given:
        return {}
    ids, xs, ys = map(list, zip(*given, strict=True))
    return dict(fetch_all(NEAREST, {"ids": ids, "x": xs, "y": ys, "within": within_m}))


def addresses_of(rows: Sequence[Any]) -> dict[int, str]:
    return addresses_near((one.pk, one.geom.x, one.geom.y) for one in rows)


def communes_of(rows: Sequence[Any]) -> dict[str, str]:
    names = Commune.objects.filter(insee__in={one.commune_insee for one in rows if one.commune_insee})
    return dict(names.values_list("insee", "name"))
