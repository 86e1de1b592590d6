"""The sewer manholes that somebody sees, with their last inspections and when the next are due."""

from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models.functions import Transform
from django.db import models
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Least
from django.db.models.lookups import Exact
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.database import clock as database_clock
from gis_core.desk.list_query import choice
from gis_core.errors import NotFound
from gis_core.members.rights import Rights
from networks.water.code_lists import IN_SERVICE
from networks.water.models import ManholeInspection, ManholeSettings, SewerNode
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

MANHOLE = "manhole"
Verdict = ManholeInspection.Verdict
TO_REPAIR = (Verdict.REPAIR, Verdict.URGENT)
NO_SETTINGS = ManholeSettings()
MONTHS_AFTER = {Verdict.WATCH: "watch_months", Verdict.REPAIR: "repair_months", Verdict.URGENT: "urgent_months"}
LAST = ("id", "done_date", "done_by", "verdict", "deposit_mm", "depth_m", "cover", "frame", "ladder", "channel",
        "infiltration", "defects")  # fmt: skip


class State(models.TextChoices):
    """What is to be done about manholes."""

    DUE = "due", gettext_lazy("To be inspected now")
    SOON = "soon", gettext_lazy("To be inspected within 60 days")
    URGENT = "urgent", gettext_lazy("Dangerous")
    REPAIR = "repair", gettext_lazy("To be repaired")
    UNSEEN = "unseen", gettext_lazy("Out of reach at the last visit")
    NEVER = "never", gettext_lazy("Not inspected yet")


@dataclass(frozen=True, slots=True, kw_only=True)
class ManholeQuery(NodeQuery):
    """Which manholes; empty fields do not restrict."""

    member: str = choice(
        gettext_lazy("Member"),
        lambda rights: owner_options(manholes(rights)),
        every=gettext_lazy("All members"),
        fewest=2,
    )
    state: str = choice(
        gettext_lazy("To do"),
        lambda _rights: State.choices,
        every=gettext_lazy("All manholes"),
        allowed=lambda: State.values,
    )


def manholes(rights: Rights) -> QuerySet[Any]:
    """The manholes that the user sees."""
    nodes: Any = SewerNode.objects
    rows: QuerySet[Any] = nodes.visible_to(rights).filter(kind=MANHOLE)
    return rows


def current_inspections(rights: Rights) -> QuerySet[Any]:
    """Inspections of what the user sees that were not struck out, the last first."""
    return ManholeInspection.objects.visible_to(rights).current()


def with_state(rows: Any, rights: Rights) -> Any:
    """Each with `commune_insee`, `last` (visit), `inspected` (the last that was one), `seen` (its day), `due`."""
    inspected = current_inspections(rights).exclude(verdict=Verdict.UNSEEN)
    of_this = inspected.filter(manhole=OuterRef("pk"))
    return rows.annotate(
        commune_insee=commune_of(),
        last=first_as_json(current_inspections(rights), *LAST, of="manhole"),
        inspected=first_as_json(inspected, *LAST, of="manhole"),
        seen=Subquery(of_this.values("done_date")[:1]),
        next_date=Subquery(of_this.values("next_date")[:1]),
        months=months_after(Subquery(of_this.values("verdict")[:1])),
    ).annotate(due=Coalesce(F("next_date"), Later(F("seen"), Months(F("months")))))


def months_after(verdict: Any) -> Case:
    """The months that the owner lets pass after an inspection of that verdict, never more than the usual ones."""
    chosen = ManholeSettings.objects.filter(member=OuterRef("owner"))
    usual = Coalesce(
        Subquery(chosen.values("inspection_months")[:1], output_field=IntegerField()), NO_SETTINGS.inspection_months
    )
    own = {
        state: Case(
            When(Exists(chosen), then=Subquery(chosen.values(name)[:1], output_field=IntegerField())),
            default=getattr(NO_SETTINGS, name),
        )
        for state, name in MONTHS_AFTER.items()
    }
    return Case(
        *(When(Exact(verdict, Value(state.value)), then=Least(usual, own[state])) for state in own), default=usual
    )


def register(wanted: ManholeQuery, rights: Rights) -> Any:
    """The manholes of a filter, in the order of their references; those that are no more in service as well."""
    return filter_nodes(with_state(manholes(rights), rights), wanted, in_state)


def in_state(state: str) -> Q:
    """Which manholes something is to be done about, those in service alone."""
    working = Q(service_state=IN_SERVICE)
    match state:
        case State.DUE:
            return working & (Q(due__lt=database_clock.today()) | Q(seen=None))
        case State.SOON:
            return working & is_soon()
        case State.URGENT:
            return working & Q(inspected__verdict=Verdict.URGENT)
        case State.REPAIR:
            return working & Q(inspected__verdict__in=TO_REPAIR)
        case State.UNSEEN:
            return working & Q(last__verdict=Verdict.UNSEEN)
    return working & Q(seen=None)


def counts(wanted: ManholeQuery, rights: Rights) -> dict[str, int]:
    """How many manholes each state has, of the filter but for its own state."""
    return count_each(register(wanted.but(state=""), rights), {state.value: in_state(state) for state in State})


def manhole_seen_by(pk: int, rights: Rights) -> Any:
    """One manhole with its state, and its `place` in EPSG:4326. Raises NotFound."""
    manhole = with_state(manholes(rights), rights).filter(pk=pk).annotate(place=Transform("geom", 4326)).first()
    if manhole is None:
        raise NotFound(_("There is no such manhole, or you may not see it."))
    return manhole


def verdict_of(manhole: Any) -> str:
    """The verdict of the last inspection; `unknown` where there was none."""
    return manhole.inspected["verdict"] if manhole.inspected else "unknown"


def verdict_label(verdict: str) -> str:
    return str(Verdict(verdict).label) if verdict in Verdict.values else _("Not inspected yet")


def title_of(manhole: Any) -> str:
    return str(manhole.reference or manhole.name or _("Manhole no. %(id)s") % {"id": manhole.pk})


def settings_of(member_id: int) -> ManholeSettings:
    """What the member chose for its manholes, the usual values where it has not."""
    return ManholeSettings.objects.filter(member=member_id).first() or NO_SETTINGS


def inspections_of(pk: int, rights: Rights) -> list[ManholeInspection]:
    """Every inspection of a manhole, the last first; those that were struck out, too."""
    rows = ManholeInspection.objects.visible_to(rights).filter(manhole=pk)
    return list(rows.select_related("recorded_by", "struck_by").latest_first())
