"""/aide/: the guides, one of them, a picture of theirs. They are the same for everybody."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from gis_core.help.guides import MEDIA_TYPES, guides, images
from gis_core.help.rendering import render_contents, render_guide
from gis_core.help.searching import LONGEST_QUERY, search_guides
from gis_core.http.files import file_response

KEPT_BY_BROWSERS = "public, max-age=3600"


@require_safe
def help_index(request: HttpRequest) -> HttpResponse:
    """The list of the guides, or those that have the words of `q`."""
    query = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    results = search_guides(query) if query else None
    return render(
        request, "help/index.html", {"section": "help", "query": query, "results": results, "list": render_contents()}
    )


@require_safe
def guide(request: HttpRequest, folder: str, name: str) -> HttpResponse:
    """One guide."""
    one = guides().get(f"{folder}/{name}")
    if one is None:
        raise Http404
    return render(request, "help/guide.html", {"section": "help", "guide": one, "body": render_guide(one.path)})


@require_safe
def guide_image(request: HttpRequest, name: str) -> HttpResponse:
    """A picture or a document that guides show."""
    file = images().get(name)
    if file is None:
        raise Http404
    media_type = MEDIA_TYPES[file.suffix]
    return file_response(file.read_bytes(), media_type, name, inline=True, cache=KEPT_BY_BROWSERS)


urlpatterns = [
    path("", help_index, name="help"),
    path("images/<str:name>", guide_image, name="guide_image"),
    path("<slug:folder>/<slug:name>/", guide, name="guide"),
]
