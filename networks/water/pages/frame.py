"""What the pages of water and sewer networks have in common: their tabs, their templates."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_core.desk import tabs as room
from gis_core.desk.tabs import Tab, page

__all__ = ["add_tabs", "page", "show"]

FIRST: list[Tab] = [("networks", _("Overview")), ("outages", _("Outages"))]
OTHERS: list[Tab] = [
    ("network_anomalies", _("Anomalies")),
    ("network_repairs", _("Repairs")),
    ("hydrants", _("Defence against fire")),
    ("network_profile", _("Longitudinal profile")),
    ("network_import", pgettext_lazy("tab", "Import")),
    ("network_exchange", pgettext_lazy("tab", "Export")),
]


def add_tabs() -> None:
    """Called when the app starts."""
    room.add_tabs(10, FIRST)
    room.add_tabs(90, OTHERS, for_technicians={"network_import"})


def show(
    request: HttpRequest, template: str, tab: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """A page of the room: its template is `water/<template>.html`, on `water/room.html`."""
    return room.show(request, f"water/{template}.html", tab, context, status)
