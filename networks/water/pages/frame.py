"""What the pages of the networks have in common: who they are for, the tabs of the room."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from networks.core import room
from networks.core.room import TECHNICIANS, page, works_on_networks

__all__ = ["TABS", "TECHNICIANS", "page", "show", "works_on_networks"]

TABS: list[tuple[str, Any]] = [
    ("networks", _("Overview")),
    ("outages", _("Outages")),
    ("network_anomalies", _("Anomalies")),
    ("hydrants", _("Defence against fire")),
    ("network_profile", _("Longitudinal profile")),
    ("network_repairs", _("Repairs")),
    ("network_exchange", _("Exchange")),
]
"""The name of each tab's address, and its words, in their order; the app adds them to the room when it starts."""
    ("network_import", _("Import")),
]
"""The name of each tab's address, and its words, in their order."""
FOR_TECHNICIANS = frozenset({"network_import"})
"""Tabs that are shown to those who work on a network alone."""
TECHNICIANS = frozenset({Role.NETWORK_TECHNICIAN, Role.GIS_ADMINISTRATOR})


def page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For people who are signed in; never kept by anybody."""
    return never_cache(login_required(view))


def works_on_networks(rights: Rights) -> bool:
    """Whether the asker edits the networks of some member."""
    return rights.agency or not TECHNICIANS.isdisjoint(rights.roles.values())


def show(
    request: HttpRequest, template: str, tab: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """A page of the room: its template is `water/<template>.html`, on `water/room.html`."""
    return room.show(request, f"water/{template}.html", tab, context, status)
    works = works_on_networks(rights_of_request(request))
    around = {
        "section": "networks",
        "tabs": [(name, label, reverse(name)) for name, label in TABS if works or name not in FOR_TECHNICIANS],
        "tab": tab,
        "works": works,
    }
    return render(request, f"water/{template}.html", around | (context or {}), status=status)
