"""How long the networks are, in kilometres on the ground (geodesic): by material, diameter, decade, age, failures."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, FloatField, Func, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gis_core.database import clock as database_clock
from gis_core.desk.list_query import ListQuery, choice, parameter
from gis_core.desk.options import member_options
from gis_core.desk.tables import Table
from gis_core.files.writing.rows import Column
from gis_core.members.rights import Rights
from layers.features.display import display_number
from networks.water import code_lists
from networks.water.models import Repair
from networks.water.services.repair_statistics import (
    decade,
    decade_label,
    material_label,
    material_or_none,
    read_network,
)
from networks.water.services.repairs import NETWORKS, PIPES
from networks.water.services.visible import visible

AGE_STEP = 20
"""Years of a class of ages."""


class GroundLength(Func):
    """Metres on the ellipsoid of a line in EPSG:2154."""

    template = "ST_Length(ST_Transform(%(expressions)s, 4326)::geography)"
    output_field = FloatField()


@dataclass(frozen=True, slots=True, kw_only=True)
class LengthsQuery(ListQuery):
    """A network, and a member (none: all that the user sees)."""

    member: str = choice(gettext_lazy("Member"), member_options, every=gettext_lazy("All members"), fewest=2)
    network: str = parameter(
        label=gettext_lazy("Network"), read=read_network, options=lambda _rights: NETWORKS, default="water"
    )


class Pipes(NamedTuple):
    """Pipes in service that are alike: their length in metres, how often each was repaired, and how many they are."""

    material: str | None
    diameter_mm: int | None
    laid: int | None
    failures: int
    metres: float
    number: int


@dataclass(frozen=True, slots=True)
class Group:
    """Kilometres and number of pipes of a group, and its share of the whole; an empty `key`: not known."""

    key: str
    label: str
    km: float
    pipes: int
    share: float


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The groups of a network by one of its properties."""

    name: str
    title: str
    groups: Sequence[Group]


def pipes_in_service(query: LengthsQuery, rights: Rights) -> list[Pipes]:
    rows = visible(PIPES[query.network], rights).filter(service_state=code_lists.IN_SERVICE)
    if query.member:
        rows = rows.filter(owner__slug=query.member)
    laid = Coalesce("laid_to_year", "laid_from_year")
    rows = rows.annotate(failures=count_repairs(query.network, rights))
    rows = rows.order_by().values("material", "diameter_mm", "failures", laid=laid)
    return [
        Pipes(material_or_none(row["material"]), row["diameter_mm"], row["laid"], row["failures"], row["metres"],
              row["count"])
        for row in rows.annotate(metres=Sum(GroundLength("geom")), count=Count("pk"))
    ]  # fmt: skip


def count_repairs(network: str, rights: Rights) -> Coalesce:
    """How many repairs of a pipe the user sees."""
    repairs = visible(Repair, rights).filter(network=network, pipe_id=OuterRef("pk")).order_by().values("pipe_id")
    return Coalesce(Subquery(repairs.annotate(number=Count("pk")).values("number")), 0)


def breakdowns(pipes: Sequence[Pipes]) -> list[Breakdown]:
    """By material (the longest first), diameter, decade of laying, age, failures; what is not known ends each."""
    today = database_clock.today().year

    def age(one: Pipes) -> int | None:
        return None if one.laid is None or one.laid > today else (today - one.laid) // AGE_STEP * AGE_STEP

    materials = group_pipes(pipes, lambda one: one.material, material_label)
    longest = sorted(materials, key=lambda one: (not one.key, -one.km, one.label))
    by_diameter = group_pipes(pipes, lambda one: one.diameter_mm or None, diameter_label)
    by_failures = group_pipes(pipes, lambda one: one.failures, failures_label)
    by_decade = group_pipes(pipes, lambda one: decade(one.laid), decade_label)
    return [
        Breakdown("material", _("By material"), longest),
        Breakdown("diameter", _("By diameter"), sort_by_number(by_diameter)),
        Breakdown("decade", _("By decade of laying"), sort_by_number(by_decade)),
        Breakdown("age", _("By age"), sort_by_number(group_pipes(pipes, age, age_label))),
        Breakdown("failures", _("By number of failures"), sort_by_number(by_failures)),
    ]


def group_pipes(pipes: Sequence[Pipes], key_of: Callable[[Pipes], Any], label_of: Callable[[Any], str]) -> list[Group]:
    metres: dict[Any, float] = defaultdict(float)
    number: dict[Any, int] = defaultdict(int)
    for one in pipes:
        metres[key_of(one)] += one.metres
        number[key_of(one)] += one.number
    whole = sum(metres.values()) or 1.0
    return [
        Group("" if key is None else str(key), label_of(key), length / 1000, number[key], length / whole)
        for key, length in metres.items()
    ]


def sort_by_number(groups: Sequence[Group]) -> list[Group]:
    return sorted(groups, key=lambda one: (not one.key, int(one.key or 0)))


def diameter_label(diameter_mm: int | None) -> str:
    return _("Not recorded") if diameter_mm is None else f"{display_number(diameter_mm, 0)}\u00a0mm"


def age_label(first: int | None) -> str:
    if first is None:
        return _("Not recorded")
    return _("%(from)s to %(to)s years") % {"from": first, "to": first + AGE_STEP - 1}


def failures_label(failures: int) -> str:
    if not failures:
        return _("No failure")
    return ngettext("%(count)s failure", "%(count)s failures", failures) % {"count": failures}


def lengths_table(parts: Sequence[Breakdown]) -> Table:
    """Every group of every breakdown, one below the other."""
    columns = [
        Column("table", _("Table"), "text"),
        Column("group", _("Group"), "text"),
        Column("km", _("Kilometres"), "number"),
        Column("share", _("Share"), "number"),
        Column("pipes", _("Pipes"), "integer"),
    ]
    rows = [
        [part.title, one.label, round(one.km, 3), round(one.share, 4), one.pipes]
        for part in parts
        for one in part.groups
    ]
    return columns, rows
