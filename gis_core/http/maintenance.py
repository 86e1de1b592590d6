"""During a maintenance: every page and every program gets the message, the hour, and when to ask again.

One that only lets read refuses what asks to write so: every method but GET, where the view does not say that it keeps
nothing (`keeps_nothing = True`). PostgreSQL refuses what would write all the same, in every transaction of such a
request, those of its session and of an answer that is streamed too (`gis_core.database.backend`): a reading of personal
data whose journal cannot be written is refused in words, and so is a link that a session must remember. The last use of
a token is not recorded meanwhile. People still sign in and out, and a closed account's session ends.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis_core.http.problem import problem, wants_problem
from gis_core.http.reading import READING, keep_reading_alone, keeps_nothing, reading_alone
from gis_core.long_dates import format_long_date
from gis_core.operations.maintenance import Maintenance, Reader
from gis_core.pages import failure_page

Handler = Callable[[HttpRequest], HttpResponseBase]
# Supervisors ask them, during a maintenance above all.
OPEN = ("/health/", "/metrics")
RETRY_S, LONGEST_RETRY_S = 60, 3600
SIGNING = ("account_login", "account_logout")


def refuse_in_maintenance(get_response: Handler) -> Handler:
    """Middleware: in front of everything that asks the database."""
    reader = Reader()

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(OPEN):
            return get_response(request)
        maintenance = reader.read(settings.DATA_DIR / "run")
        if maintenance is None:
            return get_response(request)
        signs = request.path in [reverse(name) for name in SIGNING]
        may_write = request.method not in READING and not keeps_nothing(request.path_info)
        if not maintenance.read_only or (may_write and not signs):
            return refusal(request, maintenance)
        request.maintenance = describe(maintenance)  # type: ignore[attr-defined]
        if signs:
            return get_response(request)
        with reading_alone():
            response = get_response(request)
        keep_reading_alone(response)
        return response

    return middleware


def refusal(request: HttpRequest, maintenance: Maintenance) -> HttpResponse:
    """503 with what people read, and `Retry-After` in seconds."""
    detail = describe(maintenance)
    wait = min(max(maintenance.seconds_left(), RETRY_S), LONGEST_RETRY_S)
    answer = problem(503, detail, headers={"Retry-After": str(wait)}, reason="maintenance")
    if wants_problem(request):
        return answer
    kept = {name: answer[name] for name in ("Cache-Control", "Retry-After")}
    return HttpResponse(failure_page(503, get_language() or "fr", detail=detail), status=503, headers=kept)


def describe(maintenance: Maintenance) -> str:
    """The operator's message, when it should be over, and what becomes of what is open."""
    parts = [maintenance.message or _("Maintenance is under way.")]
    if maintenance.read_only:
        parts.append(_("The site can be read; nothing is recorded."))
    ends_at = maintenance.ends_at
    if ends_at and maintenance.seconds_left():
        local = timezone.localtime(ends_at)
        hour = date_format(local, "TIME_FORMAT")
        back = _("Back at about %(hour)s.") % {"hour": hour}
        if not maintenance.ends_today():
            back = _("Back on %(day)s at about %(hour)s.") % {"day": format_long_date(local), "hour": hour}
        parts.append(back)
    parts.append(_("Leave the pages where you are typing open: nothing of them is lost, record them afterwards."))
    return " ".join(parts)
