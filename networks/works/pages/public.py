"""/travaux/: current works for everybody, on a map and in a list; and as other programs read them."""

import hashlib
from collections.abc import Callable
from itertools import groupby
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis_core.errors import Invalid
from gis_core.services.territories import extent_4326
from networks.works import feeds
from networks.works.days import said, today
from networks.works.models import Work
from networks.works.pages.frame import map_context
from networks.works.services import current
from networks.works.services.current import Current
from networks.works.services.works import is_over

FRESH_S: Final = 300
LANGUAGES: Final = ("fr", "en")
type Written = Callable[[Current, feeds.Address, str], bytes]
FEEDS: Final[dict[str, tuple[str, bool, Written]]] = {
    "travaux.geojson": ("application/geo+json", False, lambda told, at, _path: feeds.geojson(told, at)),
    "flux.xml": ("application/atom+xml; charset=utf-8", False, feeds.atom),
    "calendrier.ics": ("text/calendar; charset=utf-8", True, lambda told, at, _path: feeds.calendar(told, at)),
}
"""By name: the media type, whether cancelled works are told, how it is written."""


@require_safe
@never_cache
def works(request: HttpRequest) -> HttpResponse:
    """Today's and the coming works."""
    insee, refused, status = request.GET.get("commune", "")[:5], "", 200
    try:
        told = current.current(today(), insee=insee, shapes=False)
    except Invalid as error:
        refused, status, insee = error.message, 400, ""
        told = current.current(today(), shapes=False)
    rows = [row(one, told) for one in told.works]
    query = "?" + urlencode({"commune": insee}) if insee else ""
    context = {
        "section": "public_works",
        "groups": grouped(rows),
        "count": len(rows),
        "communes": current.communes(),
        "insee": insee,
        "refused": refused,
        "cut": told.cut(),
        "query": query,
        "feeds": {name.partition(".")[2]: reverse("public_works_feed", args=[name]) + query for name in FEEDS},
        **map_context(
            url=reverse("public_works_feed", args=["travaux.geojson"]) + query,
            extent_4326=extent_4326(),
        ),
    }
    return render(request, "works/public_works.html", context, status=status)


def row(work: Work, told: Current) -> dict[str, Any]:
    return {
        "work": work,
        "commune": told.commune(work),
        "days": said(work.starts_on, work.ends_on),
        "traffic": feeds.traffic_of(work),
        "now": work.starts_on <= told.day and not is_over(work),
    }


def grouped(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By commune, those of today first."""

    def commune(one: dict[str, Any]) -> str:
        return str(one["commune"])

    ordered = sorted(rows, key=lambda one: (commune(one) == "", commune(one), not one["now"], one["work"].starts_on))
    return [{"commune": name or _("Elsewhere"), "rows": list(found)} for name, found in groupby(ordered, key=commune)]


@require_safe
@never_cache
def work(request: HttpRequest, work_id: int) -> HttpResponse:
    """One of them."""
    told = current.one_announced(work_id)
    (found,) = told.works
    shape = feeds.feature(found, told.commune(found), request.build_absolute_uri)
    context = {
        "section": "public_works",
        **row(found, told),
        "over": is_over(found),
        **map_context(features=[shape], extent_4326=extent_4326(found.owner)),
    }
    return render(request, "works/public_work.html", context)


@require_safe
def feed(request: HttpRequest, name: str) -> HttpResponse:
    """Current works as a program reads them, `commune` for those of one alone; in French unless `langue` is en."""
    if name not in FEEDS:
        raise Http404
    media_type, cancelled, written = FEEDS[name]
    language = request.GET.get("langue", "fr")
    with translation.override(language if language in LANGUAGES else "fr"):
        told = current.current(today(), insee=request.GET.get("commune", "")[:5], cancelled=cancelled)
        content = written(told, request.build_absolute_uri, request.get_full_path())
    answer = HttpResponse(content, content_type=media_type)
    answer["ETag"] = etag = quote_etag(hashlib.sha256(content).hexdigest())
    answer["Cache-Control"] = f"public, max-age={FRESH_S}"
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return get_conditional_response(request, etag=etag, response=answer) or answer
