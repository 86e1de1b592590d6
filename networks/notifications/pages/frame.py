"""What the pages of notices and contacts have in common: their desk."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from gis_core.desk import tabs
from gis_core.desk.tabs import page

__all__ = ["page", "show"]


def show(
    request: HttpRequest, template: str, tab: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """A page of the desk of networks."""
    return tabs.show(request, template, "networks", tab, context, status)
