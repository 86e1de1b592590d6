"""/permis/registre/: decisions on a list and a map, filings under instruction; for everybody."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis_core.desk.list_pages import ListView, answer_list
from gis_core.desk.small_map import list_map
from gis_core.http.admission import LIST, limit_concurrency
from gis_core.http.files import NO_STORE
from permits.services.register import FILINGS, REGISTER, RegisterQuery, places_of


@require_safe
@never_cache
def register(request: HttpRequest) -> HttpResponse:
    """The decisions of the members that show theirs, the last first."""

    def show(context: dict[str, Any], status: int) -> HttpResponse:
        return render(request, "permits/register.html", {"section": "register", **context}, status=status)

    return answer_list(request, REGISTER, show, around=around_register, cost=LIST)


def around_register(view: ListView[RegisterQuery]) -> dict[str, Any]:
    """The small map beside the decisions; none without any."""
    made = list_map(f"{reverse('permit_register_map')}?{view.query.query()}")
    return {"small_map": made if view.page.rows and made.build else None}


@require_safe
@never_cache
@limit_concurrency(LIST)
def places(request: HttpRequest) -> HttpResponse:
    """The grounds of the decisions of a filter, the first of them when there are many."""
    return JsonResponse(places_of(RegisterQuery.parse(request.GET.dict())), headers=NO_STORE)


@require_safe
@never_cache
def filings(request: HttpRequest) -> HttpResponse:
    """What is under instruction, which is posted within fifteen days of the filing (R.423-6)."""

    def show(context: dict[str, Any], status: int) -> HttpResponse:
        return render(request, "permits/filings.html", {"section": "register", **context}, status=status)

    return answer_list(request, FILINGS, show, cost=LIST)
