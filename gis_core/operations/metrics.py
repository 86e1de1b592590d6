"""What Prometheus reads at /metrics, added up over all server processes.

Another app counts with `prometheus_client` as usual (see `TILES`), or gives `MEASURES` a function that measures
something at the moment of reading.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from gis_core.http.problem import problem
from gis_core.operations.multiprocess import FOLDER
from gis_core.points import MEASURES

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})

REQUESTS = Histogram(
    "arpent_request_seconds",
    "Time to answer a request, by route.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
TILES = Counter(
    "arpent_tiles_total", "Vector tiles answered, by where they came from (hit or miss of the cache).", ["cache"]
)


@require_safe
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """All measures as Prometheus text, for ARPENT_METRICS_TOKEN and for an agency administrator's token.

    From this machine too: behind a proxy everybody comes from it, or from a socket that has no address.
    """
    if not getattr(request, "opens_metrics", False) and not request.rights.agency:  # type: ignore[attr-defined]
        if not request.user.is_authenticated:
            return problem(401, headers={"WWW-Authenticate": 'Bearer realm="Arpent"'})
        raise PermissionDenied
    return HttpResponse(
        generate_latest(live_registry()) + generate_latest(collect_measures()), content_type=CONTENT_TYPE_LATEST
    )


def live_registry() -> CollectorRegistry:
    if FOLDER not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def collect_measures() -> CollectorRegistry:
    """A registry of what is measured now."""
    registry = CollectorRegistry()
    for measure in MEASURES.all():
        gauge = Gauge(measure.name, measure.description, measure.labels, registry=registry)
        value = measure.read()
        if isinstance(value, Mapping):
            for labels, figure in value.items():
                gauge.labels(*labels).set(figure)
        else:
            gauge.set(value)
    return registry


def oldest_waiting_job() -> float:
    """Seconds since the oldest job that should run and does not yet, 0 without any."""
    with connection.cursor() as cursor:
        cursor.execute("""
            select coalesce(extract(epoch from now() - min(coalesce(job.scheduled_at, event.at))), 0)
            from procrastinate_jobs job
            join lateral (select min(at) as at from procrastinate_events where job_id = job.id) event on true
            where job.status = 'todo' and coalesce(job.scheduled_at, event.at) <= now()
        """)
        return float(cursor.fetchone()[0])


def time_routes(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: how long each route takes."""

    def middleware(request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = get_response(request)
        match = request.resolver_match
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(method, match.route if match else "", f"{response.status_code // 100}xx").observe(
            time.perf_counter() - begun
        )
        return response

    return middleware
