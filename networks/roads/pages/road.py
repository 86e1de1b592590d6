"""/voirie/routes/<road>/: a numbered road, its markers, what stands and what is done along it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_core.desk.tables import answer_table
from gis_core.desk.tabs import page
from gis_core.http.middleware import rights_of_request
from gis_core.members.rights import Rights
from layers.features.display import code_label
from networks.roads.along import parts_of
from networks.roads.pages.frame import show
from networks.roads.references import Road
from networks.roads.services import assets
from networks.roads.services.whole import Marker, marker_table, road_of_request, road_sheet

ON_MAP = "/#v=1&l=road-markers,road-sections,communes"


@require_safe
@page
def road(request: HttpRequest, road: str) -> HttpResponse:
    """The page of a numbered road; `format=` csv, xlsx or ods: its markers to take away."""
    rights = rights_of_request(request)
    query = road_of_request(road, rights)
    result = road_sheet(query)
    if suffix := request.GET.get("format", ""):
        return answer_table(marker_table(result), suffix, _("Markers"), f"pr-{query.slug}")
    context = {
        "sheet": result,
        "map": f"{ON_MAP}&r={query.slug}",
        "markers": [(one, where(one)) for one in result.markers],
        "kinds": [group for what in assets.KINDS if (group := along(what, query, rights))],
        "parts": parts_of(query, rights),
    }
    return show(request, "road", "road_routes", context)


def where(marker: Marker) -> str:
    """The marker on the map, its sheet open."""
    return f"{ON_MAP}&c={marker.lon:.6f},{marker.lat:.6f}&z=17&s=road-markers.{marker.id}"


def along(what: str, road: Road, rights: Rights) -> dict[str, Any] | None:
    """How many assets of each kind stand along it, of the asker's members, each with its list."""
    wanted = assets.QUERIES[what](road=str(road))
    counts = assets.counts(wanted, rights)
    if not counts:
        return None
    english = (get_language() or "fr").startswith("en")
    address = reverse("road_assets")
    return {
        "what": what,
        "total": sum(counts.values()),
        "list": f"{address}?{wanted.query()}",
        "lines": [
            (code_label(assets.KINDS[what], kind, english=english), count, f"{address}?{wanted.but(kind=kind).query()}")
            for kind, count in counts.items()
        ],
    }
