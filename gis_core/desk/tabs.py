"""The rooms of networks and of roads: who their pages are for, and their tabs, which each app adds when it starts."""

from collections.abc import Iterable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_core.desk.signed_in import page as page
from gis_core.http.middleware import rights_of_request
from gis_core.members.technicians import works_on_networks

type Tab = tuple[str, Any]
"""The name of a page's address, and the words of its tab."""
ROOMS: Final = {"networks": _("Water and sewer networks"), "roads": pgettext_lazy("room", "Roads")}
_tabs: dict[str, dict[int, list[Tab]]] = {room: {} for room in ROOMS}
_for_technicians: set[str] = set()


def add_tabs(place: int, tabs: Iterable[Tab], *, for_technicians: Iterable[str] = (), room: str = "networks") -> None:
    """Make the tabs of an app known in a room, in their order; those of a smaller `place` stand before.

    Those named in `for_technicians` are shown to people who work on a network alone.
    """
    _tabs[room][place] = list(tabs)
    _for_technicians.update(for_technicians)


def tabs(works: bool, room: str = "networks") -> list[tuple[str, Any, str]]:
    """Name, words and address of every tab."""
    return [
        (name, words, reverse(name))
        for place in sorted(_tabs[room])
        for name, words in _tabs[room][place]
        if works or name not in _for_technicians
    ]


def show(
    request: HttpRequest,
    template: str,
    tab: str,
    context: dict[str, Any] | None = None,
    status: int = 200,
    room: str = "networks",
) -> HttpResponse:
    """A page of a room, on `networks/room.html`."""
    works = works_on_networks(rights_of_request(request))
    shown = tabs(works, room)
    words = next((label for name, label, _url in shown if name == tab), ROOMS[room])
    around = {"section": room, "room": ROOMS[room], "tabs": shown, "tab": tab, "tab_words": words, "works": works}
    return render(request, template, around | (context or {}), status=status)
