"""The parts of the page of works: the way around them, and the requests and orders that they answer."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import override

from gis_core.members.rights import Rights
from networks.roadworks.gauges import GAUGES, USUAL
from networks.roadworks.models import Work, WorkDetour, WorkRequest
from networks.roadworks.pages.detour_drawing import drawing_of
from networks.roadworks.points import RenderedPart
from networks.roadworks.services import works
from networks.roadworks.services.detours import distance
from networks.roadworks.services.keeping import directions_text, steps_of
from networks.roadworks.services.publication import readable_for


def detour_part(request: HttpRequest, work: Work, rights: Rights) -> RenderedPart | None:
    """The detours of works that traffic cannot pass, or that has some."""
    kept = list(WorkDetour.objects.filter(work=work))
    may = works.may_write(work.owner_id, rights)
    closes = work.measure in (Work.Measure.CLOSED, Work.Measure.ONE_WAY) and work.state != Work.State.CANCELLED
    if not kept and not (may and closes):
        return None
    return "roadworks/detour.html", {"part": detour_context(work, kept, may)}


def detour_context(
    work: Work, kept: list[WorkDetour], may: bool, *, chosen: str = "", blocking: Sequence[tuple[int, str]] = ()
) -> dict[str, Any]:
    """`chosen` among the vehicles, else those of the last detour kept; `blocking`: sections with the limits that stop
    them.
    """
    return {
        "work": work,
        "kept": [detour_row(one, rank) for rank, one in enumerate(kept, 1)],
        "several": len({one.gauge for one in kept}) > 1,
        "may_keep": may,
        "vehicles": [(code, label) for code, (label, _gauge) in GAUGES.items()],
        "usual": chosen or gauge_of_detours(kept),
        "drawing": drawing_of(work, kept, blocking),
        "blocking": bool(blocking),
        "on_map": on_map(work),
        "over": work.state == Work.State.CANCELLED,
    }


def gauge_of_detours(kept: list[WorkDetour]) -> str:
    with override("fr"):
        codes = {str(label): code for code, (label, _gauge) in GAUGES.items()}
    return codes.get((kept[-1].gauge or "") if kept else "", USUAL)


def detour_row(one: WorkDetour, rank: int) -> dict[str, Any]:
    steps = steps_of(one)
    return {
        "detour": one,
        "rank": rank,
        "key": (rank - 1) % 4 + 1,
        "sheet": directions_text(steps),
        "steps": [(step.name, distance(step.metres)) for step in steps],
        "length": distance(one.length_m),
        "minutes": max(1, round(one.seconds / 60)) if one.seconds and one.steps else None,
        "changed": one.computed_m is None or abs(one.computed_m - one.length_m) >= 0.5,
    }


def on_map(work: Work) -> str:
    """The map, on the works, with the detours shown."""
    middle = work.geom.envelope.centroid
    middle.transform(4326)
    return f"{reverse('map')}#v=1&c={middle.x:.6f},{middle.y:.6f}&z=15&l=works-detours,works,road-sections"


def orders_part(request: HttpRequest, work: Work, rights: Rights) -> RenderedPart | None:
    """The requests, for those who see them; the published orders, for everybody."""
    work_requests = list(WorkRequest.objects.visible_to(rights).filter(work=work))
    orders = list(readable_for([work.pk]))
    if not work_requests and not orders:
        return None
    return "roadworks/work_orders.html", {"requests": work_requests, "orders": orders}
