"""/fiches/: the frozen sheets that somebody sees, to be found again."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_core.desk.list_pages import ListView, answer_list
from gis_core.desk.signed_in import page
from layers.parcels.listing import FROZEN_SHEETS, SheetQuery


@require_safe
@page
def list_frozen_sheets(request: HttpRequest) -> HttpResponse:
    """The latest first; those that a number, a title, a parcel or a fingerprint finds."""

    def show(context: dict[str, Any], status: int) -> HttpResponse:
        return render(request, "parcels/frozen_sheets.html", {"section": "sheets", **context}, status=status)

    def around(view: ListView[SheetQuery]) -> dict[str, Any]:
        message = _("No frozen sheet that you may see answers to “%(text)s”.")
        return {"none_match": message % {"text": view.query.text}}

    return answer_list(request, FROZEN_SHEETS, show, around=around)
