"""Pages of desks that have a row of tabs, which apps give to `DESKS` and `TABS`."""

from collections.abc import Callable
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from gis_core.desk.signed_in import page as page
from gis_core.http.middleware import rights_of_request
from gis_core.members.rights import Rights
from gis_core.members.technicians import works_on_networks
from gis_core.points import DESKS, TABS, Label

type Show = Callable[[HttpRequest, str, str, dict[str, Any], int], HttpResponse]
"""Answers with a page of a desk: the request, template, tab, context, status."""


class ShowPage(Protocol):
    """The same, of which the context and the status may be left out."""

    def __call__(
        self, request: HttpRequest, template: str, tab: str, context: dict[str, Any] | None = None, status: int = 200
    ) -> HttpResponse: ...


def tabs(desk: str, rights: Rights) -> list[tuple[str, Label, str]]:
    """Name, label and address of every tab of a desk that the user sees."""
    visible_tabs = [tab for tab in TABS.all() if tab.desk == desk and (tab.open_to is None or tab.open_to(rights))]
    return [(tab.name, tab.label, reverse(tab.name)) for tab in visible_tabs]


def show(
    request: HttpRequest,
    template: str,
    desk: str,
    tab: str,
    context: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """A page of a desk, on `desk/tabs.html`."""
    rights = rights_of_request(request)
    works = works_on_networks(rights)
    label, visible_tabs = DESKS.get(desk).label, tabs(desk, rights)
    tab_label = next((tab_label for name, tab_label, _url in visible_tabs if name == tab), label)
    around = {"section": desk, "desk": label, "tabs": visible_tabs, "tab": tab, "tab_label": tab_label, "works": works}
    return render(request, template, around | (context or {}), status=status)


def show_in(desk: str, folder: str = "") -> ShowPage:
    """Shows pages in this desk; with the `folder` of an app's templates, they are given by their name in it alone."""

    def show_page(
        request: HttpRequest, template: str, tab: str, context: dict[str, Any] | None = None, status: int = 200
    ) -> HttpResponse:
        return show(request, f"{folder}/{template}.html" if folder else template, desk, tab, context, status)

    return show_page
