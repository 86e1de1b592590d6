"""What the pages of roads have in common: their desk, their templates."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from gis_core.desk import tabs
from gis_core.desk.tabs import page

__all__ = ["page", "show", "show_template"]


def show(
    request: HttpRequest, template: str, tab: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """A page of the desk: its template is `roads/<template>.html`, on `roads/desk.html`."""
    return show_template(request, f"roads/{template}.html", tab, context, status)


def show_template(
    request: HttpRequest, template: str, tab: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """A page of the desk from a template of whatever app."""
    return tabs.show(request, template, "roads", tab, context, status)
