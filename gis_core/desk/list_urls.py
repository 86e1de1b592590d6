"""The addresses of lists whose pages and APIs the kit makes (`gis_core.points.LISTINGS`)."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from gis_core.api.lists import list_view
from gis_core.desk import tabs
from gis_core.desk.list_pages import View, answer_list
from gis_core.desk.listing import Listing
from gis_core.desk.signed_in import page
from gis_core.points import LISTINGS, DeskList


def list_patterns() -> list[URLPattern]:
    """A page for each list, and its API where it has one."""
    patterns = []
    for one in LISTINGS.all():
        patterns.append(path(one.path, list_page(one), name=one.name))
        if one.api:
            view: Any = list_view(listing_of(one), one.name)
            patterns.append(path(f"api/v1/{one.api}/", view.as_view(), name=f"{one.name}_api"))
    return patterns


def listing_of(one: DeskList) -> Listing[Any, Any]:
    return cast("Listing[Any, Any]", one.listing.target)


def list_page(one: DeskList) -> View:
    """The page of a list, in its tab."""

    def view(request: HttpRequest) -> HttpResponse:
        def show(context: dict[str, Any], status: int) -> HttpResponse:
            return tabs.show(request, "desk/list_page.html", one.desk, one.name, context, status)

        return answer_list(request, listing_of(one), show)

    return require_safe(page(view))
