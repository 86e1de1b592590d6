"""What the pages of requests and orders have in common: their tab of the desk of roads, their templates."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from gis_core.desk import tabs
from gis_core.desk.tabs import page

__all__ = ["page", "show_orders"]


def show_orders(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """A page of the desk: its template is `roadworks/<template>.html`, on `roadworks/order_desk.html`."""
    return tabs.show(request, f"roadworks/{template}.html", "roads", "road_requests", context, status)
