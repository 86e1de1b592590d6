"""/permis/<number>/: what happened to a file, and every date that follows, with its reasons."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from permits.pages.frame import page, permit_of, show_file


@require_safe
@page
def procedure(request: HttpRequest, permit: str) -> HttpResponse:
    """The timeline of a file."""
    return show_file(request, permit_of(request, permit), "permit")
