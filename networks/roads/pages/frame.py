"""What the pages of roads have in common: their room, their tabs, their templates."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from gis_core.desk import tabs as room
from gis_core.desk.tabs import Tab, page

__all__ = ["add_tabs", "page", "show"]

TABS: list[Tab] = [("roads", _("Overview")), ("road_routes", _("Numbered roads")), ("road_assets", _("Assets"))]
LAST: list[Tab] = [("coverage_studies", _("Coverage studies")), ("road_import", _("Import roads"))]


def add_tabs() -> None:
    """Called when the app starts."""
    room.add_tabs(10, TABS, room="roads")
    room.add_tabs(80, LAST, for_technicians={"road_import"}, room="roads")


def show(
    request: HttpRequest, template: str, tab: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """A page of the room: its template is `roads/<template>.html`, on `roads/room.html`."""
    return room.show(request, f"roads/{template}.html", tab, context, status, room="roads")
