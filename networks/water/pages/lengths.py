"""/reseaux/patrimoine/: kilometres of the networks by material, diameter, decade of laying, age and failures."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_core.desk.list_query import answer_query
from gis_core.desk.tabs import page
from gis_core.http.admission import TABLE, limit_concurrency
from gis_core.http.middleware import rights_of_request
from layers.features.display import THIN, display_number
from networks.water.charts import Bar, bars
from networks.water.listings.anomalies import CONTEXT_LAYERS
from networks.water.pages.frame import show
from networks.water.pages.repairs import export_table
from networks.water.services.lengths import Breakdown, LengthsQuery, breakdowns, lengths_table, pipes_in_service
from networks.water.thematic_legends import legends


@require_safe
@page
@limit_concurrency(TABLE)
def lengths(request: HttpRequest) -> HttpResponse:
    """Tables and charts; `format=csv` or `format=xlsx` to take away."""
    rights = rights_of_request(request)
    given = {name: value for name, value in request.GET.items() if isinstance(value, str) and value}
    if suffix := given.get("format"):
        parts = breakdowns(pipes_in_service(LengthsQuery.parse(given), rights))
        return export_table(lengths_table(parts), suffix, _("Lengths"), "longueurs-reseaux")
    wanted, form, pipes = answer_query(
        LengthsQuery, given, rights, lambda query, _given: pipes_in_service(query, rights)
    )
    context = {
        "list": {"form": form},
        "action": request.path,
        "query": wanted.query(),
        "km": sum(one.metres for one in pipes) / 1000,
        "count": sum(one.number for one in pipes),
        "parts": [
            {"part": one, "chart": draw(one), "map": map_address(wanted.network, one)} for one in breakdowns(pipes)
        ],
    }
    return show(request, "lengths", "networks", context, status=400 if form.errors else 200)


def map_address(network: str, part: Breakdown) -> str:
    """The map with the pipes drawn by that; empty where it draws none so."""
    known = {one.name for one in legends(network)}
    layers = f"{network}-pipes@{part.name},{CONTEXT_LAYERS}"
    return f"{reverse('map')}#v=1&l={layers}&p=layers" if part.name in known else ""


def draw(part: Breakdown) -> str:
    items = [Bar(one.label, one.km, display_number(one.km, 1), apart=not one.key) for one in part.groups]
    return bars(part.name, f"{part.title}{THIN}: " + _("kilometres"), items)
