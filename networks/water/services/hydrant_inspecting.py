"""What is recorded of hydrants: inspections, struck out where they were wrong, and when they give no water.

What the last inspection measured is written into the hydrant's row through the shared editing, so that the map, the
history and every export have it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import Conflict, Forbidden, Invalid
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.catalogue.services import visible_layer
from layers.features.display import code_label
from layers.features.services.origin import Origin
from layers.features.services.write import Edit, apply_edits
from networks.water import code_lists
from networks.water.models import FireSettings, HydrantInspection, HydrantUnavailability, WaterNode
from networks.water.services.hydrants import hydrant_seen_by
from networks.water.services.inspections import (
    LONGEST_NAME,
    LONGEST_REMARK,
    about,
    check_between,
    check_day,
    may_record,
    member_to_set,
    strike_inspection,
)

SLUG = "water-nodes"
MOST_FLOW_M3H, MOST_BAR = 1000.0, 25.0
LONGEST_REASON = 300
MOST_MONTHS, MOST_DISTANCE_M = 120, 2000
Kind = HydrantInspection.Kind
Verdict = HydrantInspection.Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What somebody found. Of a hydrant that is unavailable: who was `informed`, whether it works again (`back`)."""

    kind: str
    done_date: date
    done_by: str
    verdict: str
    flow_m3h: float | None = None
    static_bar: float | None = None
    dynamic_bar: float | None = None
    anomalies: Sequence[str] = ()
    remark: str = ""
    informed: str = ""
    back: bool = False


def writable(pk: int, rights: Rights) -> Any:
    """The hydrant, for whoever may record something of it. Raises NotFound, Forbidden."""
    hydrant = hydrant_seen_by(pk, rights)
    if not may_record(hydrant.owner_id, rights):
        raise Forbidden(_("Your role does not let you record inspections of this hydrant."))
    return hydrant


@transaction.atomic
def inspect(pk: int, inspection: Inspection, *, rights: Rights, origin: Origin) -> HydrantInspection:
    """Record an inspection; the hydrant's measures, and its being unavailable, follow.

    Raises NotFound, Forbidden, Invalid, Conflict.
    """
    hydrant = writable(pk, rights)
    check_inspection(inspection)
    stated = {"kind", "done_date", "verdict", "flow_m3h", "static_bar", "dynamic_bar"}
    made = HydrantInspection.objects.create(
        **about(hydrant, rights),
        hydrant=hydrant.pk,
        **{name: getattr(inspection, name) for name in sorted(stated)},
        done_by=inspection.done_by.strip()[:LONGEST_NAME],
        anomalies=list(dict.fromkeys(inspection.anomalies)),
        remark=inspection.remark.strip()[:LONGEST_REMARK],
    )
    follow(hydrant, made, inspection, rights)
    measure(hydrant.pk, rights=rights, origin=origin)
    return made


def check_inspection(inspection: Inspection) -> None:
    """Refuse an inspection of a hydrant that does not say what, who or when, or with impossible measures.

    Raises Invalid at the field that is wrong.
    """
    if inspection.kind not in Kind.values:
        raise Invalid(_("Say which kind of inspection it was."), parameter="kind")
    if inspection.verdict not in Verdict.values:
        raise Invalid(_("Say what the inspection concludes."), parameter="verdict")
    if not inspection.done_by.strip():
        raise Invalid(_("Say who inspected the hydrant."), parameter="done_by")
    check_day(inspection.done_date, "done_date")
    if unknown := set(inspection.anomalies) - code_lists.ANOMALIES.keys():
        raise Invalid(_("“%(name)s” is no anomaly of the list.") % {"name": unknown.pop()[:40]}, parameter="anomalies")
    check_measures(inspection)


def check_measures(inspection: Inspection) -> None:
    measures = {"flow_m3h": MOST_FLOW_M3H, "static_bar": MOST_BAR, "dynamic_bar": MOST_BAR}
    for name, most in measures.items():
        value = getattr(inspection, name)
        if value is not None and inspection.kind == Kind.VISUAL:
            raise Invalid(
                _("A working inspection measures nothing: choose “technical inspection”, or empty this."),
                parameter=name,
            )
        check_between(value, 0, most, name)
    if inspection.kind == Kind.TECHNICAL and inspection.flow_m3h is None and inspection.verdict != Verdict.UNAVAILABLE:
        raise Invalid(_("A technical inspection gives the flow at 1 bar, 0 where there is none."), parameter="flow_m3h")
    if None not in (inspection.static_bar, inspection.dynamic_bar) and inspection.dynamic_bar > inspection.static_bar:  # type: ignore[operator]
        raise Invalid(_("The dynamic pressure cannot exceed the static one: check both."), parameter="dynamic_bar")


def follow(hydrant: Any, made: HydrantInspection, inspection: Inspection, rights: Rights) -> None:
    """What the verdict says of its being available."""
    if inspection.verdict == Verdict.UNAVAILABLE and hydrant.out is None:
        reason = ", ".join(code_label(code_lists.ANOMALIES, one) for one in made.anomalies) or inspection.remark
        begin(
            hydrant,
            rights,
            from_at=instant_of(inspection.done_date),
            reason=reason or _("Found by an inspection"),
            described=inspection.informed,
            inspection=made,
        )
    elif inspection.verdict != Verdict.UNAVAILABLE and inspection.back and hydrant.out is not None:
        end(hydrant, rights, informed_on_return=inspection.informed)


def instant_of(day: date) -> datetime:
    """Now where the day is today; else its beginning."""
    if day == database_clock.today():
        return database_clock.now()
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def measure(pk: int, *, rights: Rights, origin: Origin) -> None:
    """Give the hydrant's row the flow and the static pressure of its last technical inspection that stands."""
    last = (
        HydrantInspection.objects.filter(hydrant=pk, kind=Kind.TECHNICAL, struck_at=None)
        .exclude(flow_m3h=None, static_bar=None)
        .order_by("-done_date", "-id")
        .first()
    )
    node = WaterNode.objects.get(pk=pk)
    values = {"flow_m3h": last.flow_m3h if last else None, "pressure_bar": last.static_bar if last else None}
    if all(getattr(node, name) == value for name, value in values.items()):
        return
    layer = visible_layer(SLUG, rights)
    apply_edits(
        layer, [Edit(action="update", id=pk, version=node.version, properties=values)], rights=rights, origin=origin
    )


@transaction.atomic
def strike(pk: int, inspection: int, reason: str, *, rights: Rights, origin: Origin) -> None:
    """Strike out a wrong inspection: it counts no more, and what it alone said is undone.

    Raises NotFound, Forbidden, Invalid, Conflict.
    """
    hydrant = writable(pk, rights)
    inspected = strike_inspection(HydrantInspection, inspection, reason, rights, hydrant=hydrant.pk)
    HydrantUnavailability.objects.filter(inspection=inspected, until_at=None).update(
        until_at=database_clock.now(), ended_by_id=rights.user_id, informed_on_return=inspected.strike_reason
    )
    measure(hydrant.pk, rights=rights, origin=origin)


# -- unavailable ------------------------------------------------------------------------------------------------------


@transaction.atomic
def make_unavailable(pk: int, *, reason: str, informed: str, from_date: date | None, rights: Rights) -> None:
    """Say that a hydrant gives no water. Raises NotFound, Forbidden, Invalid, Conflict (it is said already)."""
    hydrant = writable(pk, rights)
    if not reason.strip():
        raise Invalid(_("Say why the hydrant is unavailable."), parameter="reason")
    if from_date:
        check_day(from_date, "from_date")
    begin(hydrant, rights, from_at=instant_of(from_date or database_clock.today()), reason=reason, described=informed)


def begin(
    hydrant: Any,
    rights: Rights,
    *,
    from_at: datetime,
    reason: str,
    described: str,
    inspection: HydrantInspection | None = None,
) -> None:
    try:
        with transaction.atomic():
            HydrantUnavailability.objects.create(
                **about(hydrant, rights),
                hydrant=hydrant.pk,
                from_at=from_at,
                reason=reason.strip()[:LONGEST_REASON],
                informed=described.strip()[:LONGEST_REASON],
                inspection=inspection,
            )
    except IntegrityError as error:
        raise Conflict(_("The hydrant is said to be unavailable already.")) from error


@transaction.atomic
def make_available(pk: int, *, informed_on_return: str, rights: Rights) -> None:
    """Say that a hydrant gives water again. Raises NotFound, Forbidden, Conflict."""
    end(writable(pk, rights), rights, informed_on_return=informed_on_return)


def end(hydrant: Any, rights: Rights, *, informed_on_return: str) -> None:
    changed = HydrantUnavailability.objects.filter(hydrant=hydrant.pk, until_at=None).update(
        until_at=database_clock.now(),
        ended_by_id=rights.user_id,
        informed_on_return=informed_on_return.strip()[:LONGEST_REASON],
    )
    if not changed:
        raise Conflict(_("The hydrant is not said to be unavailable."))


# -- settings ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    technical_months: int
    visual_months: int
    flow_m3h: int
    distance_m: int


def choose(slug: str, choice: Choice, *, rights: Rights) -> None:
    """Keep what a member chose about its hydrants: months between inspections, flow in m³/h, metres.

    Raises NotFound, Forbidden, Invalid.
    """
    member = member_to_set(slug, rights)
    limits = {
        "technical_months": MOST_MONTHS,
        "visual_months": MOST_MONTHS,
        "flow_m3h": round(MOST_FLOW_M3H),
        "distance_m": MOST_DISTANCE_M,
    }
    given = {name: getattr(choice, name) for name in limits}
    for name, most in limits.items():
        check_between(given[name], 0 if name == "visual_months" else 1, most, name)
    FireSettings.objects.update_or_create(member=member, defaults=given)


def hydrant_layer(rights: Rights) -> Layer:
    """The layer that hydrants are features of. Raises NotFound."""
    return visible_layer(SLUG, rights)
