"""Works as everybody is told: announced ones alone, whoever asks, without a word that is not for everybody."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from django.contrib.gis.db.models import MultiLineStringField
from django.contrib.gis.db.models.functions import AsGeoJSON, PointOnSurface, Transform
from django.db.models import F, Func, QuerySet, Value
from django.utils.translation import gettext as _

from gis_core.errors import NotFound
from gis_core.models import Commune
from gis_core.rights import ANONYMOUS
from layers.features.display import display_number
from networks.works.models import Work
from networks.works.services import works
from networks.works.services.works import Filter

AHEAD_DAYS: Final = 183
MOST: Final = 2_000
SIMPLE_M: Final = 0.5
DECIMALS: Final = 6
NEVER_TOLD: Final = ("comment", "outage_id", "import_id")


@dataclass(frozen=True, slots=True)
class Current:
    """`works` have no stretch; `places` are what was asked for of them (`lines`, `points`). `more`: some miss."""

    day: date
    works: list[Work]
    communes: dict[str, str]
    more: bool = False
    insee: str = ""
    places: dict[int, Any] = field(default_factory=dict)

    def cut(self) -> str:
        """What is said where works are left out, nothing where none are."""
        if not self.more:
            return ""
        words = _("Only the first %(most)s works are told: choose a commune to read all of its own.")
        if self.insee:
            words = _("Only the first %(most)s works of this commune are told.")
        return words % {"most": display_number(MOST)}

    def commune(self, work: Work) -> str:
        return self.communes.get(work.insee or "", "")


def current(day: date, *, insee: str = "", cancelled: bool = False) -> Current:
    """Works of this day and of the six months that follow; with those cancelled meanwhile for calendars that hold them.

    Raises Invalid.
    """
    # The last night of works that ended yesterday may go on.
    wanted = Filter(first=day - timedelta(days=1), last=day + timedelta(days=AHEAD_DAYS), insee=insee)
    found: list[Work] = []
    more = False
    for state in (Work.State.PLANNED, *([Work.State.CANCELLED] if cancelled else [])):
        rows = list(works.filtered(announced(), wanted.but(state=state))[: MOST + 1])
        more = more or len(rows) > MOST
        found += [one for one in rows[:MOST] if one.ends_on >= day or not works.is_over(one)]
    return Current(day, found, names({one.insee for one in found if one.insee}), more, insee)


def announced() -> QuerySet[Work]:
    """Without the stretches, which lists do not show."""
    return Work.objects.visible_to(ANONYMOUS).defer(*NEVER_TOLD, "geom", "geom_3857")


def one_announced(work_id: int) -> Current:
    """Raises NotFound."""
    found = announced().select_related("owner").filter(pk=min(work_id, works.LARGEST_ID)).first()
    if found is None:
        raise NotFound(_("There are no such works, or they are not announced."))
    return Current(found.starts_on, [found], names({found.insee} if found.insee else set()))


ROUGH: Final = Func(
    F("geom"), Value(SIMPLE_M), Value(True), function="ST_Simplify", output_field=MultiLineStringField(srid=2154)
)


def lines(told: Sequence[Work]) -> dict[int, str]:
    """Their stretches as GeoJSON in degrees, as fine as a map on a page shows them."""
    return placed(told, AsGeoJSON(Transform(ROUGH, 4326), precision=DECIMALS))


def points(told: Sequence[Work]) -> dict[int, Any]:
    """A place on each stretch, in degrees."""
    return placed(told, Transform(PointOnSurface("geom"), 4326))


def placed(told: Sequence[Work], how: Any) -> dict[int, Any]:
    found = Work.objects.visible_to(ANONYMOUS).filter(pk__in=[one.pk for one in told]).annotate(place_4326=how)
    return dict(found.values_list("pk", "place_4326"))


def names(codes: set[str]) -> dict[str, str]:
    return dict(Commune.objects.filter(insee__in=codes).values_list("insee", "name"))


def communes() -> list[tuple[str, Any]]:
    """Those of the platform's members."""
    found = Commune.objects.filter(territories__isnull=False).distinct().order_by("name")
    return list(found.values_list("insee", "name"))
