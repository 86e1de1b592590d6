"""/travaux/<id>/: one of the announced works for everybody, with the way around it and its orders."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis_core.members.territories import extent_4326
from networks.roadworks import feeds
from networks.roadworks.listings.orders import state_label, state_of
from networks.roadworks.models import Work
from networks.roadworks.pages import public
from networks.roadworks.pages.frame import works_map
from networks.roadworks.pages.order_parts import detour_row
from networks.roadworks.services import current, publication
from networks.roadworks.services.current import Current
from networks.roadworks.services.works import is_over


@require_safe
@never_cache
def work(request: HttpRequest, work_id: int) -> HttpResponse:
    announced = current.one_announced(work_id)
    (work,) = announced.works
    announced = replace(announced, places=current.stretches_as_geojson([work]))
    if not is_over(work):
        announced = current.with_ways(announced)
    detours = [detour_row(one, rank) for rank, one in enumerate(announced.detours.get(work.pk, ()), 1)]
    context = {
        "section": "public_works",
        **public.row(work, announced),
        "over": is_over(work),
        "detours": detours,
        "orders": orders_of(work),
        "small_map": works_map(extent_4326(work.owner), features=shapes(request, work, announced, detours)),
    }
    return render(request, "roadworks/public_work.html", context)


def shapes(request: HttpRequest, work: Work, announced: Current, detours: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The ways around, and the works over them."""
    lines = current.way_lines(announced)
    ways = [feeds.detour_feature(one["detour"], one["rank"], lines[one["detour"].pk]) for one in detours]
    return [*ways, feeds.feature(work, announced, {}, request.build_absolute_uri)]


def orders_of(work: Work) -> list[dict[str, Any]]:
    """Those that everybody reads, with what became of them."""
    cancelled = {work.pk} if work.state == Work.State.CANCELLED else set()
    readable = [(one, state_of(one, cancelled)) for one in publication.readable_for([work.pk])]
    return [{"order": one, "state": state, "words": state_label(one, state)} for one, state in readable]
