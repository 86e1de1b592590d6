"""/fiches/: the frozen sheets that somebody sees, to be found again."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gis_core.desk.parameters import Page
from gis_core.desk.signed_in import page
from gis_core.http.middleware import rights_of_request
from layers.parcels.models import FrozenSheet

LONGEST_SEARCH = 100


@require_safe
@page
def frozen_sheets(request: HttpRequest) -> HttpResponse:
    """The latest first; those that a number, a title, a parcel or a fingerprint finds."""
    wanted, text = Page.parse(request.GET), request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    rows = FrozenSheet.objects.visible_to(rights_of_request(request)).matching(text)
    total = rows.count()
    context = {
        "section": "sheets",
        "sheets": rows.select_related("started_by").defer("content", "pdf")[wanted.stretch()],
        "text": text,
        "before": max(wanted.offset - wanted.limit, 0) if wanted.offset else None,
        "after": wanted.offset + wanted.limit if wanted.offset + wanted.limit < total else None,
    }
    return render(request, "parcels/frozen_sheets.html", context)
