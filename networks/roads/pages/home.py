"""Numbered roads as they are measured, with what is amiss."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from networks.roads.pages.frame import page, show
from networks.roads.services.overview import routes


@require_safe
@page
def home(request: HttpRequest) -> HttpResponse:
    return show(request, "home", "roads", {"routes": routes()})
