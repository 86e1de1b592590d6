"""/permis/: the files that one follows, in a table and on a map with the same filters."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gis_core.database import clock as database_clock
from gis_core.desk.list_pages import ListView, answer_list, collection_of
from gis_core.desk.small_map import SmallMap
from gis_core.http.files import NO_STORE
from gis_core.http.middleware import rights_of_request
from gis_core.long_dates import format_long_date
from gis_core.members.rights import Rights
from gis_core.members.territories import extent_4326
from gis_core.models import Member
from permits.layers import STATES
from permits.models import Permit
from permits.pages.bulk import choosing_context
from permits.pages.frame import page
from permits.services.filing import may_file
from permits.services.listing import OPENED, PERMITS, PermitQuery, files, order_permits
from permits.services.overview import urgent
from permits.services.signing import drafts_to_sign

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

    def show(context: dict[str, Any], status: int) -> HttpResponse:
        return render(request, "permits/board.html", context, status=status)

    return answer_list(request, PERMITS, show, defaults={"state": OPENED}, around=around_board)


def around_board(view: ListView[PermitQuery]) -> dict[str, Any]:
    """What is urgent, and the small map."""
    query, rights = view.query, view.rights
    figures = [
        {
            "label": URGENT[one.name],
            "count": one.count,
            "query": one.wanted.query(),
            "alarm": one.name == "overdue" and one.count > 0,
            "current": one.wanted == query,
        }
        for one in urgent(query, rights, database_clock.today())
    ]
    around = {"section": "permits", "may_file": may_file(rights), "urgent": figures, "to_sign": drafts_to_sign(rights)}
    around["any_state"] = bool(query.numbers_in_any_state)
    around["everything"] = "?state="
    if query.text and query.only_open:
        around["everything"] = f"?{query.but(states=(), deadline='').query()}"
        around["everything_label"] = _("Search among closed files too")
    return around | choosing_context(rights, query) | {"small_map": board_map(query, rights)}


@require_safe
@page
def shapes(request: HttpRequest) -> HttpResponse:
    """The files of a filter as GeoJSON, the first of them when there are many: `more` says so."""
    rights = rights_of_request(request)
    wanted = PermitQuery.parse(request.GET.dict(), state=OPENED)
    rows = order_permits(files(wanted, rights), wanted).only("number", "state", "kind", "next_date")

    def describe_all(permits: Sequence[Permit]) -> list[dict[str, Any]]:
        return [describe_permit(one) for one in permits]

    answer = collection_of(rows, "geom", PERMITS.key, describe_all)
    return JsonResponse(answer, headers=NO_STORE)


def describe_permit(permit: Permit) -> dict[str, Any]:
    """What the map says of a file."""
    return {
        "number": permit.number,
        "title": str(permit),
        "kind": permit.kind,
        "state": permit.state,
        "label": permit.get_state_display(),
        "due": permit.next_date and format_long_date(permit.next_date, "j N Y"),
    }


def board_map(wanted: PermitQuery, rights: Rights) -> SmallMap:
    """The map of the files of the table."""
    members = list(Member.objects.visible_to(rights).order_by("name")[:2])
    return SmallMap(
        name="permit-map",
        kind="permits",
        label=_("Map of these files"),
        extent_4326=extent_4326(members[0] if len(members) == 1 else None),
        texts={
            "none": _("None of these files has a parcel on the map."),
            "open": _("Open the file"),
            "until": _("until {date}"),
        },
        more={
            "url": f"{reverse('permits_map')}?{wanted.query()}",
            "page": reverse("permit", args=["NUMBER"]),
            "states": {state: {"colour": colour, "dash": dash} for state, _fr, _en, colour, dash in STATES},
        },
        style="board-map",
        folded=True,
    )
