"""Kilometres of road, and numbered roads as they are measured, with what is amiss."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_core.database import clock as database_clock
from gis_core.desk.list_query import answer_query
from gis_core.desk.tables import answer_table
from gis_core.desk.tabs import page
from gis_core.errors import Invalid, NotFound
from gis_core.http.middleware import rights_of_request
from networks.roads.pages.frame import show
from networks.roads.services.lengths import LengthQuery, Lengths, Line, as_table, lengths, titles
from networks.roads.services.overview import routes

MOST_ROWS = 12


@require_safe
@page
def home(request: HttpRequest) -> HttpResponse:
    """Kilometres of the sections of a filter; `format=` csv, xlsx or ods to take away."""
    rights = rights_of_request(request)
    given = {name: value for name, value in request.GET.items() if isinstance(value, str) and value}
    if suffix := given.get("format"):
        name = f"voirie-{database_clock.today():%Y-%m-%d}"
        return answer_table(as_table(lengths(LengthQuery.parse(given))), suffix, _("Kilometres"), name)

    def answer(query: LengthQuery, _given: Mapping[str, str]) -> Lengths:
        try:
            return lengths(query)
        except NotFound as error:
            raise Invalid(error.message, parameter="member") from error

    query, form, result = answer_query(LengthQuery, given, rights, answer)
    context = {
        "list": {"form": form},
        "action": request.path,
        "found": result,
        "query": query.query(),
        "filtered": form.is_filtered,
        "tables": length_tables(result),
    }
    return show(request, "home", "roads", context, 400 if form.errors else 200)


def length_tables(lengths: Lengths) -> Sequence[dict[str, Any]]:
    """Each table: the lines at first sight, and those that unfold."""
    return [
        {"name": name, "title": title, "lines": cut(lengths.tables[name])[0], "more": cut(lengths.tables[name])[1]}
        for name, title in titles().items()
    ]


def cut(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """One line alone is not folded away."""
    return (lines, []) if len(lines) <= MOST_ROWS + 1 else (lines[:MOST_ROWS], lines[MOST_ROWS:])


@require_safe
@page
def route_list(request: HttpRequest) -> HttpResponse:
    """Numbered roads with their markers and what their calibration found."""
    return show(request, "routes", "road_routes", {"routes": routes()})
