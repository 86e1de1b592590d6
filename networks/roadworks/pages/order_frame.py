"""What the pages of requests and orders have in common: their tab in the room of roads, their templates."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from gis_core.desk import tabs as room
from gis_core.desk.tabs import page

__all__ = ["add_request_tabs", "page", "show"]


def add_request_tabs() -> None:
    """Called when the app starts."""
    room.add_tabs(30, [("road_requests", _("Requests and orders"))], room="roads")


def show(request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    """A page of the room: its template is `works/<template>.html`, on `works/order_room.html`."""
    return room.show(request, f"roadworks/{template}.html", "road_requests", context, status, room="roads")
