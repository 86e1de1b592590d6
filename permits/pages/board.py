"""/permis/: the files that one follows, in a table and on a map with the same filters."""

import json
from datetime import date
from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON, Transform
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_core import webmap_build
from gis_core.database import clock as database_clock
from gis_core.desk.parameters import integer
from gis_core.http.middleware import rights_of_request
from gis_core.members.rights import Rights
from gis_core.members.territories import extent_4326
from gis_core.models import Commune, Member
from permits.layers import STATES
from permits.models import Permit
from permits.pages.filters import read_filter
from permits.pages.frame import NEXT, page
from permits.procedure import State
from permits.services.filing import may_file
from permits.services.listing import MOST_OFFSET, OPENED, SOON_DAYS, Filter, count_up_to, files, ordered
from permits.services.overview import urgent

BOARD_MAP = "src/permits/main.ts"
ROWS = 50
MOST_SHAPES = 2_000
HEAVY = ("geom", "geom_3857", "folded_text")
URGENT = {
    "overdue": gettext_lazy("overdue"),
    "week": gettext_lazy("due within 7 days"),
    "tacit": gettext_lazy("tacit within 15 days"),
    "incomplete": gettext_lazy("waiting for pieces"),
    "free": gettext_lazy("without an instructor"),
    "open": gettext_lazy("open files"),
}


@require_safe
@page
def board(request: HttpRequest) -> HttpResponse:
    """What is urgent, the filters, the files."""
    rights = rights_of_request(request)
    wanted, form = read_filter(request, rights, state=OPENED)
    offset = integer(request.GET, "offset", 0, 0, MOST_OFFSET)
    rows_wanted = files(wanted, rights)
    count, more = count_up_to(rows_wanted, max(MOST_OFFSET if offset else 0, 1000))
    rows = ordered(rows_wanted, wanted).select_related("instructor").defer(*HEAVY)[offset : offset + ROWS]
    day = database_clock.today()
    context = {
        "section": "permits",
        "form": form,
        "may_file": may_file(rights),
        "urgent": [
            {
                "label": URGENT[one.name],
                "count": one.count,
                "query": one.wanted.query(),
                "alarm": one.name == "overdue" and one.count > 0,
                "current": one.wanted == wanted,
            }
            for one in urgent(wanted, rights, day)
        ],
        "rows": board_rows(list(rows), day),
        "count": count,
        "more": more,
        "empty": not count and not Permit.objects.visible_to(rights).exists(),
        "query": wanted.query(),
        "first": offset + 1,
        "last": min(offset + ROWS, count),
        "before": max(offset - ROWS, 0) if offset else None,
        "after": offset + ROWS if offset + ROWS < count and offset + ROWS <= MOST_OFFSET else None,
        "build": webmap_build.read(BOARD_MAP),
        "config": map_config(wanted, rights),
    }
    return render(request, "permits/board.html", context, status=400 if form.errors else 200)


@require_safe
@page
def shapes(request: HttpRequest) -> HttpResponse:
    """The files of a filter as GeoJSON, the first of them when there are many: `more` says so."""
    rights = rights_of_request(request)
    wanted = Filter.parse(request.GET.dict(), state=OPENED)
    rows = (
        ordered(files(wanted, rights).exclude(geom=None), wanted)
        .annotate(shape=AsGeoJSON(Transform("geom", 4326), precision=6))
        .values("number", "state", "kind", "next_date", "shape")[: MOST_SHAPES + 1]
    )
    permits: list[Any] = list(rows)
    answer = {
        "type": "FeatureCollection",
        "features": [shape_of(row) for row in permits[:MOST_SHAPES]],
        "more": len(permits) > MOST_SHAPES,
    }
    return JsonResponse(answer, headers={"Cache-Control": "private, no-store"})


def shape_of(row: dict[str, Any]) -> dict[str, Any]:
    properties = {"number": row["number"], "title": str(Permit(number=row["number"])), "kind": row["kind"]}
    properties |= {"state": row["state"], "label": str(State(row["state"]).label)}
    properties["due"] = row["next_date"] and date_format(row["next_date"], "j N Y")
    return {"type": "Feature", "id": row["number"], "geometry": json.loads(row["shape"]), "properties": properties}


def map_config(wanted: Filter, rights: Rights) -> dict[str, Any]:
    """What the small map needs: where its shapes are, their colours, its words, where it begins."""
    members = list(Member.objects.visible_to(rights).order_by("name")[:2])
    return {
        "url": f"{reverse('permits_map')}?{wanted.query()}",
        "page": reverse("permit", args=["NUMBER"]),
        "extent_4326": extent_4326(members[0] if len(members) == 1 else None),
        "language": get_language(),
        "states": {state: {"colour": colour, "dash": dash} for state, _fr, _en, colour, dash in STATES},
        "words": {
            "label": _("Map of these files"),
            "closer": _("Zoom in"),
            "further": _("Zoom out"),
            "whole": _("All of them"),
            "more": _("The first {count} are on the map: narrow the filters."),
            "none": _("None of these files has a parcel on the map."),
            "failed": _("The map could not be loaded: the table holds everything."),
            "open": _("Open the file"),
            "until": _("until {date}"),
            "elsewhere": _("on another page of the table"),
            "map": _("Full map"),
        },
    }


# -- lines of the table -----------------------------------------------------------------------------------------------


def board_rows(rows: list[Permit], day: date) -> list[dict[str, Any]]:
    names = dict(Commune.objects.filter(insee__in={one.insee for one in rows}).values_list("insee", "name"))
    return [
        {
            "permit": one,
            "commune": names.get(one.insee, one.insee),
            "next_label": NEXT.get(one.next_what, "") if one.next_date else "",
            "left": days_left(one.next_date, day),
            "urgency": urgency(one.next_date, day),
        }
        for one in rows
    ]


def days_left(due: date | None, day: date) -> str:
    """How far a day is, in words."""
    if due is None:
        return ""
    days = (due - day).days
    if days < 0:
        return ngettext("%(days)s day late", "%(days)s days late", -days) % {"days": -days}
    if days < 2:
        return _("tomorrow") if days else _("today")
    return ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}


def urgency(due: date | None, day: date) -> str:
    if due is None:
        return ""
    days = (due - day).days
    return "late" if days < 0 else "soon" if days <= SOON_DAYS else ""
