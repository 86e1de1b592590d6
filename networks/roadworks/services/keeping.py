"""Detours kept on works: computed anew for a vehicle, dropped, told in words though they were changed by hand."""

from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from gis_core.errors import Invalid, NotFound
from gis_core.members.rights import Rights
from layers.features.services.origin import Origin, event
from networks.roadworks.gauges import Gauge
from networks.roadworks.models import Work, WorkDetour
from networks.roadworks.services import works
from networks.roadworks.services.closures import Closure, every_row
from networks.roadworks.services.detours import (
    DetourResult,
    Step,
    describe_missing,
    describe_steps,
    detours,
    steps_over,
)

SLUG: Final = "works-detours"
SAME_M: Final = 0.5
"""A line whose length differs by less was not changed by hand."""
ALONG: Final = """
    with asked as materialized (
        select d.geom, st_expand(d.geom, 3) as box, st_buffer(d.geom, 3, 'endcap=flat') as near
        from road_detour d where d.id = %(id)s)
    select s.id, st_linelocatepoint(a.geom, st_lineinterpolatepoint(s.geom, 0.5)) as share
    from asked a join road_section s on s.geom && a.box
    where arpent.road_takes_traffic(s.nature, s.status, s.manager, s.traffic_way)
        and st_length(st_intersection(s.geom, a.near)) >= least(20, 0.55 * st_length(s.geom))
    order by share, s.id limit 2000
"""


@transaction.atomic
def keep_detours(work: Work, gauge: Gauge, label: str, *, rights: Rights) -> tuple[list[WorkDetour], DetourResult]:
    """The ways around works, as they are now, take the place of those kept for the same vehicle, and of all that led
    around something else.

    Raises Forbidden, NotFound, Conflict (cancelled meanwhile), Invalid (there is none).
    """
    work = works.lock_work(work, None, rights)
    # Orders are in French, and everybody reads what is kept.
    with override("fr"):
        result = detours(Closure.of(work), gauge)
    if not result.ways:
        with override("fr"):
            message = "\n".join(describe_missing(result.missing))
        blocking = sorted({one.blocking for one in result.missing if one.blocking})
        raise Invalid(message, parameter="gauge", offered=result.offered, blocking=blocking)
    with event(works.layer(SLUG), "edit", Origin("web")):
        WorkDetour.objects.filter(Q(gauge__iexact=label[:80]) | Q(starts_on=None), work=work).delete()
        made = [
            WorkDetour.objects.create(
                owner=work.owner,
                work=work,
                direction=way.direction,
                gauge=label[:80],
                steps=[{"name": one.name, "metres": round(one.metres, 1)} for one in way.steps],
                computed_m=way.length_m,
                seconds=round(way.seconds),
                geom=way.line,
            )
            for way in result.ways
        ]
        works.announce_layer(SLUG)
    return made, result


@transaction.atomic
def confirm(work: Work, detour_id: int, *, rights: Rights) -> None:
    """A detour that was kept before the works changed leads around them still.

    Raises Forbidden, NotFound, Conflict (cancelled meanwhile).
    """
    work = works.lock_work(work, None, rights)
    with event(works.layer(SLUG), "edit", Origin("web")):
        of_works = WorkDetour.objects.filter(work=work, pk=detour_id)
        if not of_works.update(starts_on=work.starts_on, ends_on=work.ends_on):
            raise NotFound(_("This detour is no longer there."))
        works.announce_layer(SLUG)


@transaction.atomic
def drop(work: Work, detour_id: int, *, rights: Rights) -> None:
    """Delete a detour of works, as an event of the history. Raises Forbidden, NotFound."""
    works.check_may_write(work.owner_id, rights)
    detour = WorkDetour.objects.filter(work=work, pk=detour_id).first()
    if detour is None:
        raise NotFound(_("This detour is no longer there."))
    with event(works.layer(SLUG), "edit", Origin("web")):
        detour.delete()
        works.announce_layer(SLUG)


def steps_of(one: WorkDetour) -> Sequence[Step]:
    """The roads in order: as computed, or read from the line where it was changed or drawn by hand."""
    return list_computed_steps(one) or steps_over([pk for pk, _share in every_row(ALONG, id=one.pk)])


def list_computed_steps(one: WorkDetour) -> Sequence[Step]:
    """The roads as computed; none where the line was changed or drawn by hand."""
    if one.computed_m is None or abs(one.computed_m - one.length_m) >= SAME_M:
        return []
    return [Step(step["name"], step["metres"]) for step in one.steps]


def sheet_of(one: WorkDetour) -> str:
    return directions_text(steps_of(one))


def directions_text(steps: Sequence[Step]) -> str:
    return describe_steps(steps) or _("Follow the signs.")
