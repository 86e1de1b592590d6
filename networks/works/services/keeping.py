"""Detours kept on works: computed anew for a vehicle, dropped, told in words though they were changed by hand."""

from collections.abc import Sequence
from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from gis_core.errors import Forbidden, Invalid, NotFound
from gis_core.rights import Rights
from layers.catalogue.models import Layer
from layers.features.services.origin import Origin, event
from networks.core.rights import TECHNICIANS
from networks.works.gauges import Gauge
from networks.works.models import Work, WorkDetour
from networks.works.services.detours import Closure, Found, Step, detours, every_row, in_words, steps_over

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


def may_keep(work: Work, rights: Rights) -> bool:
    return rights.has_role(work.owner_id, TECHNICIANS)


def around_work(work: Work, gauge: Gauge) -> Found:
    """The ways around works, on their days. Raises Invalid."""
    closure = Closure(stretch=work.geom, starts_on=work.starts_on, ends_on=work.ends_on, work=work.pk)
    return detours(closure, gauge)


@transaction.atomic
def keep(work: Work, gauge: Gauge, label: str, *, rights: Rights) -> tuple[list[WorkDetour], Found]:
    """The ways around works take the place of those that were kept. Raises Forbidden, Invalid (there is none)."""
    check_may_keep(work, rights)
    Work.objects.select_for_update().get(pk=work.pk)
    # Orders are in French, and everybody reads what is kept.
    with override("fr"):
        found = around_work(work, gauge)
    if not found.ways:
        raise Invalid(" ".join(f"{one.direction} : {one.why}" for one in found.missing), parameter="gauge")
    with event(layer(), "edit", Origin("web")):
        WorkDetour.objects.filter(work=work).delete()
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
            for way in found.ways
        ]
        tell_layer()
    return made, found


@transaction.atomic
def drop(work: Work, detour_id: int, *, rights: Rights) -> None:
    """Raises Forbidden, NotFound."""
    check_may_keep(work, rights)
    found = WorkDetour.objects.filter(work=work, pk=detour_id).first()
    if found is None:
        raise NotFound(_("This detour is no longer there."))
    with event(layer(), "edit", Origin("web")):
        found.delete()
        tell_layer()


def check_may_keep(work: Work, rights: Rights) -> None:
    if not may_keep(work, rights):
        raise Forbidden(_("Network technicians and GIS administrators of this member keep detours."))


def layer() -> Layer:
    return Layer.objects.get(slug=SLUG)


def tell_layer() -> None:
    """The layer gets its next version, for caches."""
    with connection.cursor() as cursor:
        cursor.execute("select arpent.announce_edited(%s, null)", [layer().pk])


def steps_of(one: WorkDetour) -> Sequence[Step]:
    """The roads in order: as computed, or read from the line where it was changed or drawn by hand."""
    if one.steps and one.computed_m is not None and abs(one.computed_m - one.length_m) < SAME_M:
        return [Step(step["name"], step["metres"]) for step in one.steps]
    return steps_over([pk for pk, _share in every_row(ALONG, id=one.pk)])


def sheet_of(one: WorkDetour) -> str:
    return told(steps_of(one))


def told(steps: Sequence[Step]) -> str:
    return in_words(steps) or _("Follow the signs.")
