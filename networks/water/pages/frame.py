"""What the pages of water and sewer networks have in common: their tabs, their templates."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from gis_core.desk import tabs
from gis_core.desk.tabs import page

__all__ = ["page", "show"]


def show(
    request: HttpRequest, template: str, tab: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """A page of the desk: its template is `water/<template>.html`, on `water/desk.html`."""
    return tabs.show(request, f"water/{template}.html", "networks", tab, context, status)
