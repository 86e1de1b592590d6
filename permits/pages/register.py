"""/permis/registre/: decisions, for everybody."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis_core.desk.list_pages import answer_list
from gis_core.http.admission import LIST
from permits.services.register import REGISTER


@require_safe
@never_cache
def register(request: HttpRequest) -> HttpResponse:
    """The decisions of the members that show theirs, the last first."""

    def show(context: dict[str, Any], status: int) -> HttpResponse:
        return render(request, "permits/register.html", {"section": "register", **context}, status=status)

    return answer_list(request, REGISTER, show, cost=LIST)
