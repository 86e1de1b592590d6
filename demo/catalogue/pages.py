"""/aide/composants/: the kit's parts in their states, for who administers a demo."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from demo.catalogue.parts import PARTS, Part, State, part_of
from gis_core.desk.signed_in import page
from gis_core.http.middleware import rights_of_request

type View = Callable[..., HttpResponse]


def for_staff_of_a_demo(view: View) -> View:
    """Elsewhere the page does not exist; here others than the agency's administrators are refused."""

    @page
    def staff_view(request: HttpRequest, **given: str) -> HttpResponse:
        if not rights_of_request(request).agency:
            raise PermissionDenied
        return view(request, **given)

    @wraps(view)
    def demo_view(request: HttpRequest, **given: str) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return staff_view(request, **given)

    return demo_view


@require_safe
@for_staff_of_a_demo
def index(request: HttpRequest) -> HttpResponse:
    """Every part with its states."""
    parts = [(one, [(state, address(one, state)) for state in one.states]) for one in PARTS]
    return render(request, "catalogue/index.html", around(None) | {"parts": parts})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff_of_a_demo
def state_page(request: HttpRequest, part: str, state: str) -> HttpResponse:
    """A part in one of its states; what a form sends is checked and kept nowhere."""
    found = part_of(part)
    chosen = found.state(state) if found else None
    if found is None or chosen is None:
        raise Http404
    specimen = chosen.show(request)
    if isinstance(specimen, HttpResponse):
        return specimen
    states = [(one, address(found, one)) for one in found.states]
    context = around(found) | {"part": found, "state": chosen, "states": states, "specimen": specimen.template}
    return render(request, "catalogue/state.html", context | specimen.context, status=specimen.status)


def around(part: Part | None) -> dict[str, Any]:
    """The tabs of the catalogue: one for each part."""
    tabs = [("", "Tous", reverse("catalogue")), *((one.slug, one.label, address(one, one.states[0])) for one in PARTS)]
    here = part.slug if part else ""
    return {"desk": "Composants", "tabs": tabs, "tab": here, "tab_label": part.label if part else "Composants"}


def address(part: Part, state: State) -> str:
    return reverse("catalogue_state", kwargs={"part": part.slug, "state": state.slug})
