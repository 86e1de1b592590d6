"""How often pipes break: repairs per kilometre and year, by material, by decade of laying, by age, by cause, by year.

The rate of a group is the number of repairs of its pipes in the period, divided by the kilometres of that group in
service today, and by the years of the period. By age it is divided by the kilometres that were of that age, year after
year. What has no material or no year is a group of its own; repairs of fittings and structures are counted apart.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.contrib.gis.db.models.functions import Length
from django.db.models import Count, Max, QuerySet, Sum
from django.db.models.functions import Coalesce, ExtractYear
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.database import clock as database_clock
from gis_core.desk.list_query import ListQuery, choice, parameter
from gis_core.desk.options import member_options
from gis_core.desk.parameters import integer
from gis_core.errors import Invalid
from gis_core.members.rights import Rights
from layers.features.display import code_label
from networks.water import code_lists
from networks.water.models import Repair
from networks.water.services.repairs import FIRST_YEAR, LAST_YEAR, NETWORKS, PIPES
from networks.water.services.visible import visible

USUAL_YEARS = 10
LEAST_KM = 0.1
"""Below this length a rate says nothing."""
WORST = 20
DAYS = 365.25
type Decade = int | None
type Material = str | None


def read_first(given: Mapping[str, str], name: str) -> int:
    """The first year of the last ten ones, unless told otherwise. Raises Invalid."""
    last = read_last(given, "to")
    first = integer(given, name, last - USUAL_YEARS + 1, FIRST_YEAR, LAST_YEAR)
    if first > last or first > database_clock.today().year:
        raise Invalid(_("The period ends before it begins, or lies in the future."), parameter=name)
    return first


def read_last(given: Mapping[str, str], name: str) -> int:
    return integer(given, name, database_clock.today().year, FIRST_YEAR, LAST_YEAR)


def read_network(given: Mapping[str, str], name: str) -> str:
    """Drinking water unless told otherwise. Raises Invalid."""
    network = given.get(name) or "water"
    if network not in PIPES:
        raise Invalid(_("“%(name)s” has no such value.") % {"name": name}, parameter=name)
    return network


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsQuery(ListQuery):
    """A network, whole years from the first to the last one, and a member (none: all that the asker sees)."""

    member: str = choice(gettext_lazy("Member"), member_options, every=gettext_lazy("All members"), fewest=2)
    network: str = parameter(
        label=gettext_lazy("Network"), read=read_network, options=lambda _rights: NETWORKS, default="water"
    )
    first: int = parameter(
        name="from",
        label=gettext_lazy("From year"),
        read=read_first,
        type=int,
        low=FIRST_YEAR,
        high=LAST_YEAR,
        default=FIRST_YEAR,
    )
    last: int = parameter(
        name="to",
        label=gettext_lazy("To year"),
        read=read_last,
        type=int,
        low=FIRST_YEAR,
        high=LAST_YEAR,
        default=LAST_YEAR,
    )

    def years(self) -> dict[int, float]:
        """The share of each year that is over: one, but for this year."""
        today = database_clock.today()
        over = dict.fromkeys(range(self.first, min(self.last, today.year - 1) + 1), 1.0)
        if self.first <= today.year <= self.last:
            over[today.year] = (today - date(today.year, 1, 1)).days / DAYS
        return over


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Repairs of a group of pipes; `rate` per kilometre and year, None where there is too little to divide by."""

    key: str
    label: str
    repairs: int
    km: float | None = None
    pipes: int | None = None
    rate: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cross:
    """Materials by decades of laying."""

    decades: Sequence[Group]
    rows: Sequence[tuple[Group, Sequence[Group]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """A pipe that was repaired more than once."""

    id: int
    reference: str | None
    material: str | None
    diameter_mm: int | None
    laid_year: int | None
    length_m: float
    repairs: int
    last_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    whole: Group
    material: Sequence[Group]
    decade: Sequence[Group]
    cross: Cross
    age: Sequence[Group]
    cause: Sequence[Group]
    year: Sequence[Group]
    worst: Sequence[Worst]
    years: float
    others: int
    """Repairs of fittings and structures in the period."""
    undated: int
    ageless: int
    """Repairs of pipes whose year of laying nobody knows, or that are older than their pipe."""


class Pipes(NamedTuple):
    material: Material
    laid: int | None
    km: float
    number: int


class Repaired(NamedTuple):
    material: Material
    laid: int | None
    cause: str | None
    year: int
    number: int


def statistics(query: StatisticsQuery, rights: Rights) -> Statistics:
    pipes = pipes_in_service(query, rights)
    rows = repairs_in_period(query, rights)
    repaired = list(repairs_of_pipes(rows))
    years = sum(query.years().values())
    return Statistics(
        whole=total_group(pipes, repaired, years),
        material=by_material(pipes, repaired, years),
        decade=by_decade(pipes, repaired, years),
        cross=cross_tabulate(pipes, repaired, years),
        age=by_age(pipes, repaired, query.years()),
        cause=by_cause(repaired),
        year=by_year(pipes, repaired, query.years()),
        worst=worst(query, rows, rights),
        years=years,
        others=rows.filter(repaired__in=("02", "03")).count(),
        undated=of_network(visible(Repair, rights), query).filter(repaired_date=None).count(),
        ageless=sum(one.number for one in repaired if age_of(one) is None),
    )


# -- what there is ----------------------------------------------------------------------------------------------------


def of_network(rows: QuerySet[Any], query: StatisticsQuery) -> QuerySet[Any]:
    rows = rows.filter(network=query.network)
    return rows.filter(owner__slug=query.member) if query.member else rows


def pipes_in_service(query: StatisticsQuery, rights: Rights) -> list[Pipes]:
    """Kilometres (in EPSG:2154) by material and year of laying."""
    pipes = visible(PIPES[query.network], rights).filter(service_state=code_lists.IN_SERVICE)
    if query.member:
        pipes = pipes.filter(owner__slug=query.member)
    laid = Coalesce("laid_to_year", "laid_from_year")
    rows = pipes.order_by().values("material", laid=laid).annotate(metres=Sum(Length("geom")), count=Count("pk"))
    return [Pipes(material_or_none(row["material"]), row["laid"], row["metres"].km, row["count"]) for row in rows]


def repairs_in_period(query: StatisticsQuery, rights: Rights) -> QuerySet[Any]:
    period = (date(query.first, 1, 1), date(query.last, 12, 31))
    return of_network(visible(Repair, rights), query).filter(repaired_date__range=period)


def repairs_of_pipes(repairs: QuerySet[Any]) -> Iterable[Repaired]:
    """Without those of fittings and structures."""
    rows = repairs.exclude(repaired__in=("02", "03")).order_by()
    grouped = rows.values("material", "laid_year", "cause", year=ExtractYear("repaired_date"))
    for row in grouped.annotate(count=Count("pk")):
        yield Repaired(material_or_none(row["material"]), row["laid_year"], row["cause"], row["year"], row["count"])


def material_or_none(material: Material) -> Material:
    """The material, None where the register says that nobody knows it."""
    return None if material == "inc" else material


# -- groups -----------------------------------------------------------------------------------------------------------


def rate_of(repairs: int, km: float, years: float) -> float | None:
    return repairs / (km * years) if km >= LEAST_KM and years > 0 else None


def total_group(pipes: Sequence[Pipes], repaired: Sequence[Repaired], years: float) -> Group:
    km, count = sum(one.km for one in pipes), sum(one.number for one in repaired)
    total = sum(one.number for one in pipes)
    return Group(key="", label=_("All pipes"), repairs=count, km=km, pipes=total, rate=rate_of(count, km, years))


def sums(pipes: Sequence[Pipes], repaired: Sequence[Repaired], key: Any) -> dict[Any, tuple[float, int, int]]:
    """Kilometres, pipes and repairs by a key of both."""
    km: dict[Any, float] = defaultdict(float)
    count, repairs = Counter[Any](), Counter[Any]()
    for pipe in pipes:
        km[key(pipe)] += pipe.km
        count[key(pipe)] += pipe.number
    for one in repaired:
        repairs[key(one)] += one.number
    return {each: (km[each], count[each], repairs[each]) for each in {*km, *repairs}}


def groups(measures: Mapping[Any, tuple[float, int, int]], years: float, label: Any) -> list[Group]:
    return [
        Group(
            key="" if key is None else str(key),
            label=label(key),
            repairs=repairs,
            km=km,
            pipes=count,
            rate=rate_of(repairs, km, years),
        )
        for key, (km, count, repairs) in measures.items()
    ]


def by_material(pipes: Sequence[Pipes], repaired: Sequence[Repaired], years: float) -> list[Group]:
    """The longest first, what has no material at the end."""
    made = groups(sums(pipes, repaired, lambda one: one.material), years, material_label)
    return sorted(made, key=lambda one: (not one.key, -(one.km or 0), one.label))


def by_decade(pipes: Sequence[Pipes], repaired: Sequence[Repaired], years: float) -> list[Group]:
    made = groups(sums(pipes, repaired, lambda one: decade(one.laid)), years, decade_label)
    return sorted(made, key=lambda one: (not one.key, one.key))


def cross_tabulate(pipes: Sequence[Pipes], repaired: Sequence[Repaired], years: float) -> Cross:
    decades = by_decade(pipes, repaired, years)
    cells = sums(pipes, repaired, lambda one: (one.material, decade(one.laid)))
    rows = []
    for material in by_material(pipes, repaired, years):
        keys = [(material.key or None, int(column.key) if column.key else None) for column in decades]
        filled = {key: cells.get(key, (0.0, 0, 0)) for key in keys}
        rows.append((material, groups(filled, years, lambda key: decade_label(key[1]))))
    return Cross(decades=decades, rows=rows)


def by_age(pipes: Sequence[Pipes], repaired: Sequence[Repaired], years: Mapping[int, float]) -> list[Group]:
    """By tens of years at the repair; kilometres are those that were of that age, as a mean over the period."""
    exposed: dict[int, float] = defaultdict(float)
    for one in pipes:
        for year, share in years.items():
            if one.laid is not None and year >= one.laid:
                exposed[(year - one.laid) // 10 * 10] += one.km * share
    counts = Counter[int]()
    for each in repaired:
        if (age := age_of(each)) is not None:
            counts[age] += each.number
    whole_years = sum(years.values())
    return [
        Group(
            key=str(age),
            label=_("%(from)s to %(to)s years") % {"from": age, "to": age + 9},
            repairs=counts[age],
            km=exposed[age] / whole_years if whole_years else None,
            rate=rate_of(counts[age], exposed[age], 1.0),
        )
        for age in sorted({*exposed, *counts})
    ]


def age_of(one: Repaired) -> int | None:
    """The first year of its tens; None where it is not known, or less than nothing."""
    return None if one.laid is None or one.year < one.laid else (one.year - one.laid) // 10 * 10


def by_cause(repaired: Sequence[Repaired]) -> list[Group]:
    counts = Counter[str | None]()
    for one in repaired:
        counts[one.cause] += one.number
    made = [Group(key=cause or "", label=cause_label(cause), repairs=count) for cause, count in counts.items()]
    return sorted(made, key=lambda one: (not one.key, -one.repairs, one.label))


def by_year(pipes: Sequence[Pipes], repaired: Sequence[Repaired], years: Mapping[int, float]) -> list[Group]:
    counts = Counter[int]()
    for one in repaired:
        counts[one.year] += one.number
    km = sum(one.km for one in pipes)
    return [
        Group(key=str(year), label=str(year), repairs=counts[year], km=km, rate=rate_of(counts[year], km, share))
        for year, share in years.items()
    ]


def worst(query: StatisticsQuery, repairs: QuerySet[Any], rights: Rights) -> list[Worst]:
    """The pipes with the most repairs, from two on."""
    rows = (
        repairs.exclude(pipe_id=None)
        .order_by()
        .values("pipe_id")
        .annotate(count=Count("pk"), last=Max("repaired_date"))
    )
    most = list(rows.filter(count__gte=2).order_by("-count", "-last", "pipe_id")[:WORST])
    here = visible(PIPES[query.network], rights).filter(pk__in=[row["pipe_id"] for row in most])
    pipes = {one.pk: one for one in here.annotate(metres=Length("geom"))}
    return [
        Worst(
            id=one.pk,
            reference=one.reference,
            material=one.material,
            diameter_mm=one.diameter_mm,
            laid_year=one.laid_to_year or one.laid_from_year,
            length_m=one.metres.m,
            repairs=row["count"],
            last_date=row["last"],
        )
        for row in most
        if (one := pipes.get(row["pipe_id"]))
    ]


# -- words ------------------------------------------------------------------------------------------------------------


def decade(laid: int | None) -> Decade:
    return None if laid is None else laid // 10 * 10


def decade_label(key: Decade) -> str:
    return _("year not known") if key is None else f"{key}–{key + 9}"


def material_label(key: Material) -> str:
    return _("material not known") if key is None else code_label(code_lists.MATERIALS, str(key))


def cause_label(key: str | None) -> str:
    return _("cause not recorded") if key is None else code_label(code_lists.CAUSES, key)
