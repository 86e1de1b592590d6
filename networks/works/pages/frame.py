"""What the pages of works have in common: their tab in the room of roads, their templates."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as words
from django.utils.translation import gettext_lazy as _

from gis_core import webmap_build
from gis_core.models import Member
from gis_core.rights import Rights
from networks.core import room
from networks.core.room import Tab, page
from networks.works.layers import COLOURS, DASHES
from networks.works.services.works import may_write

__all__ = ["add_tabs", "page", "show"]

TABS: Final[list[Tab]] = [("works", _("Works"))]
MAP: Final = "src/works/main.ts"


def add_tabs() -> None:
    """Called when the app starts."""
    room.add_tabs(20, TABS, room="roads")


def show(request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    """A page of the room: its template is `works/<template>.html`, on `works/room.html`."""
    return room.show(request, f"works/{template}.html", "works", context, status, room="roads")


def writing_for(rights: Rights) -> list[Member]:
    """The members whose works the asker plans."""
    return [one for one in Member.objects.visible_to(rights).order_by("name") if may_write(one.pk, rights)]


def map_context(**config: Any) -> dict[str, Any]:
    """The build of the maps of works, and what one of them is told."""
    looks = {code: {"colour": colour, "dash": DASHES.get(code)} for code, colour in COLOURS.items()}
    said = {
        "label": words("Map of the works"),
        "closer": words("Closer"),
        "further": words("Further"),
        "whole": words("Whole"),
        "map": words("Open the map"),
        "failed": words("The works could not be read: load the page again."),
        "none": words("No works on the map."),
        "open": words("Open"),
        "follow": words("Follow the road"),
        "draw": words("Draw freely"),
        "clear": words("Take it away"),
        "first": words("Press on the road where the works begin. Escape stops."),
        "last": words("Now press where they end."),
        "drawing": words("Press at each bend, twice at the end. Escape stops."),
        "done": words("%(metres)s m of road are taken."),
        "empty": words("No stretch is given yet."),
        "no_conflict": words("No conflict with other works on these days."),
        "days_first": words("Give the days: conflicts with other works are told here."),
    }
    given = {"language": get_language() or "fr", "looks": looks, "words": said}
    return {"build": webmap_build.read(MAP), "map_config": given | config}
