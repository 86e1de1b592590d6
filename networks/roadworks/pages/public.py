"""/travaux/: current works for everybody, on a map and in a list; and as other programs read them."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from http import HTTPStatus
from itertools import groupby
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis_core.database import clock as database_clock
from gis_core.desk.list_query import answer_query
from gis_core.http.admission import LIST, limit_concurrency
from gis_core.http.files import file_response
from gis_core.http.middleware import rights_of_request
from gis_core.long_dates import format_long_date
from gis_core.members.territories import extent_4326
from networks.roadworks import feeds
from networks.roadworks.days import format_days
from networks.roadworks.models import Work
from networks.roadworks.pages.frame import works_map
from networks.roadworks.services import current
from networks.roadworks.services.current import Current, CurrentQuery
from networks.roadworks.services.works import is_over

FRESH_S: Final = 300
LANGUAGES: Final = ("fr", "en")
type FeedWriter = Callable[[Current, feeds.Address, str], bytes]
type Places = Callable[[Sequence[Work]], dict[int, Any]]
FEEDS: Final[dict[str, tuple[str, bool, Places, FeedWriter]]] = {
    "travaux.geojson": (
        "application/geo+json", False, current.stretches_as_geojson, lambda now, at, _path: feeds.geojson(now, at)
    ),
    "flux.xml": ("application/atom+xml; charset=utf-8", True, current.points, feeds.atom),
    "calendrier.ics": (
        "text/calendar; charset=utf-8", True, current.points, lambda now, at, _path: feeds.calendar(now, at)
    ),
}  # fmt: skip
"""By name: the media type, whether cancelled works are told, where they lie, how it is written."""


@require_safe
@never_cache
@limit_concurrency(LIST)
def works(request: HttpRequest) -> HttpResponse:
    """Today's and the coming works."""
    day = database_clock.today()
    query, form, announced = answer_query(
        CurrentQuery,
        request.GET.dict(),
        rights_of_request(request),
        lambda query, _given: current.current(day, insee=query.insee, text=query.text),
    )
    rows = [row(one, announced) for one in announced.works]
    address = f"?{query.query()}" if query.query() else ""
    context = {
        "section": "public_works",
        "groups": group_by_week(rows, announced.day),
        "list": {"form": form},
        "action": request.path,
        "cut": announced.cut(),
        "feeds": {name.partition(".")[2]: reverse("public_works_feed", args=[name]) + address for name in FEEDS},
        "small_map": works_map(extent_4326(), url=reverse("public_works_feed", args=["travaux.geojson"]) + address),
    }
    return render(request, "roadworks/public_works.html", context, status=400 if form.errors else 200)


def row(work: Work, announced: Current) -> dict[str, Any]:
    return {
        "work": work,
        "commune": announced.commune(work),
        "days": format_days(work.starts_on, work.ends_on),
        "traffic": feeds.traffic_of(work),
        "now": work.starts_on <= announced.day and not is_over(work),
    }


def group_by_week(rows: list[dict[str, Any]], day: date) -> list[dict[str, Any]]:
    """Those of today, what stops traffic most first; then those that begin this week, then week by week."""
    severity = Work.Measure.values.index
    now = sorted((one for one in rows if one["now"]), key=lambda one: severity(one["work"].measure))
    groups = [{"title": _("Under way today"), "now": True, "rows": now}] if now else []
    coming = groupby((one for one in rows if not one["now"]), key=lambda one: monday_of(one["work"].starts_on))
    return groups + [
        {"title": week_said(monday, day), "now": False, "rows": list(in_week)} for monday, in_week in coming
    ]


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week_said(monday: date, day: date) -> str:
    if monday == monday_of(day):
        return _("This week")
    return _("Week of %(day)s") % {"day": format_long_date(monday, "j F" if monday.year == day.year else "j F Y")}


@require_safe
@limit_concurrency(LIST)
def feed(request: HttpRequest, name: str) -> HttpResponse:
    """Current works as a program reads them, `commune` for those of one alone; in French unless `langue` is en."""
    if name not in FEEDS:
        raise Http404
    media_type, cancelled, places, write_feed = FEEDS[name]
    language = request.GET.get("langue", "fr")
    language = language if language in LANGUAGES else "fr"
    query = CurrentQuery.parse(request.GET.dict())
    announced = current.current(database_clock.today(), insee=query.insee, text=query.text, cancelled=cancelled)
    announced = current.with_ways(announced)
    etag = etag_of(request, announced, language)
    # Where works lie is only read for who has not read it yet.
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None and unchanged.status_code == HTTPStatus.NOT_MODIFIED:
        return with_headers(unchanged, etag)
    with translation.override(language):
        places_of_works = places(announced.works)
        # One that went meanwhile is told by nobody.
        announced = replace(
            announced, works=[one for one in announced.works if one.pk in places_of_works], places=places_of_works
        )
        content = write_feed(announced, request.build_absolute_uri, request.get_full_path())
    return with_headers(file_response(content, media_type, name, inline=True), etag)


def with_headers(answer: HttpResponse, etag: str) -> HttpResponse:
    answer["ETag"] = etag
    answer["Cache-Control"] = f"public, max-age={FRESH_S}"
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def etag_of(request: HttpRequest, announced: Current, language: str) -> str:
    """Of all that a feed is written from: works, detours and orders with their versions, names that stand beside them,
    the day.
    """
    work_versions = [(one.pk, one.version, one.owner.name) for one in announced.works]
    beside = [
        (one.pk, one.version)
        for by_work in (announced.detours, announced.orders)
        for some in by_work.values()
        for one in some
    ]
    other_parts = (announced.day.isoformat(), announced.more, sorted(announced.communes.items()), work_versions, beside)
    text = repr((request.build_absolute_uri(), language, other_parts))
    return quote_etag(hashlib.sha256(text.encode()).hexdigest())
