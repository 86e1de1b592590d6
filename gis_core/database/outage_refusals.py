"""While the database is known to be away, an answer at once instead of one more thread that waits for it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis_core.database.outages import outage
from gis_core.http.problem import problem, wants_problem
from gis_core.pages import failure_page


def refuse_in_outage(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: in front of everything that asks the database."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path == reverse("health_live") or not outage.refuses():
            return get_response(request)
        return refusal(request)

    return middleware


def refusal(request: HttpRequest) -> HttpResponse:
    """The same answer as when the database is found to be away in the middle of a request."""
    answer = problem(503, _("The database does not answer."))
    if wants_problem(request):
        return answer
    kept = {name: answer[name] for name in ("Cache-Control", "Retry-After")}
    return HttpResponse(failure_page(503, get_language() or "fr", detail=""), status=503, headers=kept)
