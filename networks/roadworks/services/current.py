"""Works as everybody is told: announced ones alone, whoever asks, without a word that is not for everybody."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final

from django.contrib.gis.db.models import LineStringField, MultiLineStringField
from django.contrib.gis.db.models.functions import AsGeoJSON, PointOnSurface, Transform
from django.db.models import F, Func, QuerySet, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.desk.list_query import ListQuery, choice, parameter
from gis_core.desk.options import member_commune_options
from gis_core.errors import NotFound
from gis_core.members.rights import ANONYMOUS
from gis_core.models import Commune
from layers.features.display import display_number
from networks.roadworks.models import Work, WorkDetour, WorkOrder
from networks.roadworks.services import works
from networks.roadworks.services.publication import orders_something, readable_for
from networks.roadworks.services.works import WorkQuery

AHEAD_DAYS: Final = 183
MOST: Final = 2_000
SIMPLE_M: Final = 0.5
WAY_M: Final = 2.0
DECIMALS: Final = 6
NEVER_PUBLISHED: Final = ("comment", "outage_id", "import_id")


@dataclass(frozen=True, slots=True)
class Current:
    """`works` have no stretch; `places` are what was asked for of them (`stretches_as_geojson`, `points`).
    `more`: some miss.

    `detours` (without their lines) and `orders` are those to follow, by works.
    """

    day: date
    works: list[Work]
    communes: dict[str, str]
    more: bool = False
    insee: str = ""
    places: dict[int, Any] = field(default_factory=dict)
    detours: Mapping[int, Sequence[WorkDetour]] = field(default_factory=dict)
    orders: Mapping[int, Sequence[WorkOrder]] = field(default_factory=dict)

    def cut(self) -> str:
        """What is said where works are left out, nothing where none are."""
        if not self.more:
            return ""
        message = _("Only the first %(most)s works are told: choose a commune to read all of its own.")
        if self.insee:
            message = _("Only the first %(most)s works of this commune are told.")
        return message % {"most": display_number(MOST)}

    def commune(self, work: Work) -> str:
        return self.communes.get(work.insee or "", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentQuery(ListQuery):
    """Which works: of one commune, whose title, reference or place say every word."""

    text: str = parameter(label=gettext_lazy("Street, road or words"), read=works.read_text, default="")
    insee: str = choice(
        gettext_lazy("Commune"),
        member_commune_options,
        every=gettext_lazy("All communes"),
        name="commune",
        longest=5,
    )


def current(day: date, *, insee: str = "", text: str = "", cancelled: bool = False) -> Current:
    """Works of this day and of the six months that follow; with those cancelled meanwhile for calendars that hold them.

    Raises Invalid.
    """
    # The last night of works that ended yesterday may go on.
    wanted = WorkQuery(first=day - timedelta(days=1), last=day + timedelta(days=AHEAD_DAYS), insee=insee, text=text)
    chosen: list[Work] = []
    more = False
    for state in (Work.State.PLANNED, *([Work.State.CANCELLED] if cancelled else [])):
        rows = list(works.filter_works(works_without_stretches(), wanted.but(state=state))[: MOST + 1])
        more = more or len(rows) > MOST
        chosen += [one for one in rows[:MOST] if one.ends_on >= day or not works.is_over(one)]
    return Current(day, chosen, names({one.insee for one in chosen if one.insee}), more, insee)


def works_without_stretches() -> QuerySet[Work]:
    """Without the stretches, which lists do not show."""
    return Work.objects.visible_to(ANONYMOUS).defer(*NEVER_PUBLISHED, "geom", "geom_3857")


def one_announced(work_id: int) -> Current:
    """Works that are announced, with the name of their commune. Raises NotFound."""
    work = works_without_stretches().select_related("owner").filter(pk=min(work_id, works.LARGEST_ID)).first()
    if work is None:
        raise NotFound(_("There are no such works, or they are not announced."))
    return Current(work.starts_on, [work], names({work.insee} if work.insee else set()))


ROUGH: Final = Func(
    F("geom"), Value(SIMPLE_M), Value(True), function="ST_Simplify", output_field=MultiLineStringField(srid=2154)
)


def stretches_as_geojson(announced_works: Sequence[Work]) -> dict[int, str]:
    """Their stretches as GeoJSON in degrees, as fine as a map on a page shows them."""
    return geometries_by_work(announced_works, AsGeoJSON(Transform(ROUGH, 4326), precision=DECIMALS))


def points(announced_works: Sequence[Work]) -> dict[int, Any]:
    """A place on each stretch, in degrees."""
    return geometries_by_work(announced_works, Transform(PointOnSurface("geom"), 4326))


def geometries_by_work(announced_works: Sequence[Work], how: Any) -> dict[int, Any]:
    rows = (
        Work.objects.visible_to(ANONYMOUS).filter(pk__in=[one.pk for one in announced_works]).annotate(place_4326=how)
    )
    return dict(rows.values_list("pk", "place_4326"))


def with_ways(announced: Current) -> Current:
    """The same with the detours and the orders that hold: what is to be computed again leads nobody."""
    planned = [one.pk for one in announced.works if one.state == Work.State.PLANNED]
    detours: dict[int, list[WorkDetour]] = defaultdict(list)
    for way in WorkDetour.objects.filter(work_id__in=planned, work__announced=True, starts_on__isnull=False).defer(
        "geom", "geom_3857", "import_id"
    ):
        detours[way.work_id].append(way)
    orders: dict[int, list[WorkOrder]] = defaultdict(list)
    for order in readable_for(planned):
        if orders_something(order) and order.work_id is not None:
            orders[order.work_id].append(order)
    return replace(announced, detours=detours, orders=orders)


def way_lines(announced: Current) -> dict[int, str]:
    """The lines of its detours as GeoJSON in degrees."""
    rough = Func(F("geom"), Value(WAY_M), Value(True), function="ST_Simplify", output_field=LineStringField(srid=2154))
    keys = [one.pk for ways in announced.detours.values() for one in ways]
    detours = WorkDetour.objects.filter(pk__in=keys).annotate(
        line_4326=AsGeoJSON(Transform(rough, 4326), precision=DECIMALS)
    )
    return dict(detours.values_list("pk", "line_4326"))


def names(codes: set[str]) -> dict[str, str]:
    return dict(Commune.objects.filter(insee__in=codes).values_list("insee", "name"))
