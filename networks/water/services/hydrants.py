"""The hydrants that somebody sees, with their last inspections, whether they may be used, when they are due."""

from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models.functions import Transform
from django.db import models
from django.db.models import Case, F, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.database import clock as database_clock
from gis_core.desk.list_query import choice
from gis_core.errors import NotFound
from gis_core.members.rights import Rights
from gis_core.models import Member
from networks.water.code_lists import IN_SERVICE
from networks.water.models import FireSettings, HydrantInspection, HydrantUnavailability, WaterNode
from networks.water.services.inspected_nodes import (
    Later,
    Months,
    NodeQuery,
    commune_of,
    count_each,
    filter_nodes,
    first_as_json,
    is_soon,
    owner_options,
)

HYDRANT = "hydrant"
BAD = (HydrantInspection.Verdict.NOT_COMPLIANT, HydrantInspection.Verdict.UNAVAILABLE)
NO_SETTINGS = FireSettings()


class State(models.TextChoices):
    """What is to be done about hydrants."""

    DUE = "due", gettext_lazy("To be inspected now")
    SOON = "soon", gettext_lazy("To be inspected within 60 days")
    FAILING = "failing", gettext_lazy("Failing")
    UNAVAILABLE = "unavailable", gettext_lazy("Not available now")
    NEVER = "never", gettext_lazy("Never measured")


@dataclass(frozen=True, slots=True, kw_only=True)
class HydrantQuery(NodeQuery):
    """Which hydrants; empty fields do not restrict."""

    member: str = choice(
        gettext_lazy("Member"),
        lambda rights: owner_options(hydrants(rights)),
        every=gettext_lazy("All members"),
        fewest=2,
    )
    state: str = choice(
        gettext_lazy("To do"),
        lambda _rights: State.choices,
        every=gettext_lazy("All hydrants"),
        allowed=lambda: State.values,
    )


def hydrants(rights: Rights) -> QuerySet[Any]:
    """The hydrants that the user sees."""
    nodes: Any = WaterNode.objects
    rows: QuerySet[Any] = nodes.visible_to(rights).filter(kind=HYDRANT)
    return rows


def current_inspections(rights: Rights) -> QuerySet[Any]:
    """Inspections of what the user sees that were not struck out, the last first."""
    return HydrantInspection.objects.visible_to(rights).current()


def unavailabilities(rights: Rights) -> QuerySet[Any]:
    """Those that last now."""
    return HydrantUnavailability.objects.visible_to(rights).filter(from_at__lte=database_clock.now(), until_at=None)


def with_state(rows: Any, rights: Rights) -> Any:
    """Each with `commune_insee`, `technical` and `last` (inspections), `out` (why it is unavailable), `due`."""
    technical = current_inspections(rights).filter(kind=HydrantInspection.Kind.TECHNICAL)
    measures = ("id", "kind", "done_date", "done_by", "flow_m3h", "static_bar", "dynamic_bar", "verdict", "anomalies")
    own = FireSettings.objects.filter(member=OuterRef("owner"))
    chosen = {
        name: Coalesce(Subquery(own.values(name)[:1], output_field=IntegerField()), getattr(NO_SETTINGS, name))
        for name in ("technical_months", "visual_months")
    }
    return (
        with_out(rows, rights)
        .annotate(
            commune_insee=commune_of(),
            last=first_as_json(current_inspections(rights), *measures, of="hydrant"),
            technical=first_as_json(technical, *measures, of="hydrant"),
            seen=Subquery(current_inspections(rights).filter(hydrant=OuterRef("pk")).values("done_date")[:1]),
            measured=Subquery(technical.filter(hydrant=OuterRef("pk")).values("done_date")[:1]),
            **chosen,
        )
        .annotate(
            due=Least(
                Later(F("measured"), Months(F("technical_months"))),
                Case(When(visual_months__gt=0, then=Later(F("seen"), Months(F("visual_months"))))),
            )
        )
    )


def with_out(rows: Any, rights: Rights) -> Any:
    """Each with `out`, why it is unavailable."""
    names = ("id", "from_at", "reason", "informed")
    return rows.annotate(out=first_as_json(unavailabilities(rights), *names, of="hydrant"))


def register(wanted: HydrantQuery, rights: Rights) -> Any:
    """The hydrants of a filter, in the order of their references; those that are no more in service as well."""
    return filter_nodes(with_state(hydrants(rights), rights), wanted, in_state)


def in_state(state: str) -> Q:
    """Which hydrants something is to be done about; those in service alone, but for the unavailable ones."""
    working = Q(service_state=IN_SERVICE)
    match state:
        case State.DUE:
            return working & (Q(due__lt=database_clock.today()) | Q(measured=None))
        case State.SOON:
            return working & is_soon()
        case State.FAILING:
            return working & (Q(last__verdict__in=BAD) | Q(technical__verdict__in=BAD))
        case State.NEVER:
            return working & Q(measured=None)
    return Q(out__isnull=False) | ~working


def counts(wanted: HydrantQuery, rights: Rights) -> dict[str, int]:
    """How many hydrants each state has, of the filter but for its own state."""
    rows = register(wanted.but(state=""), rights)
    return count_each(rows, {state.value: in_state(state) for state in State} | {"all": Q()})


def hydrant_seen_by(pk: int, rights: Rights) -> Any:
    """One hydrant with its state, and its `place` in EPSG:4326. Raises NotFound."""
    hydrant = with_state(hydrants(rights), rights).filter(pk=pk).annotate(place=Transform("geom", 4326)).first()
    if hydrant is None:
        raise NotFound(_("There is no such hydrant, or you may not see it."))
    return hydrant


def availability_of(hydrant: Any) -> str:
    """`unavailable`, `failing`, `compliant`, or `unknown` where nothing was inspected: the register's verdict."""
    if hydrant.out or hydrant.service_state != IN_SERVICE:
        return "unavailable"
    known = [one["verdict"] for one in (hydrant.last, hydrant.technical) if one]
    if any(verdict in BAD for verdict in known):
        return "failing"
    return "compliant" if known else "unknown"


def title_of(hydrant: Any) -> str:
    return str(hydrant.reference or hydrant.name or _("Hydrant no. %(id)s") % {"id": hydrant.pk})


def settings_for(member: Member | int) -> FireSettings:
    """The member's settings, the usual ones where it has not chosen."""
    pk = member if isinstance(member, int) else member.pk
    return FireSettings.objects.filter(member=pk).first() or FireSettings(member_id=pk)
