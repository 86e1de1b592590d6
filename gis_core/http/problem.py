"""One error shape: domain errors and framework errors become RFC 9457 problem details here and nowhere else."""

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, DataError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from gis_core import errors
from gis_core.database.failures import in_domain_terms, sqlstate
from gis_core.database.outages import database_is_gone

log = logging.getLogger("arpent.problem")

STATUS: dict[type[errors.ArpentError], int] = {
    errors.NotFound: 404,
    errors.Invalid: 400,
    errors.Conflict: 409,
    errors.Stale: 412,
    errors.VersionRequired: 428,
    errors.NotOffered: 406,
    errors.NotTaken: 415,
    errors.Forbidden: 403,
    errors.Unavailable: 503,
}
INSUFFICIENT_PRIVILEGE = "42501"
LOCK_NOT_AVAILABLE = "55P03"
RETRY_SECONDS = 5
HEADERS = {"Cache-Control": "no-store"}


def problem(status: int, detail: str = "", *, headers: dict[str, str] | None = None, **extra: Any) -> JsonResponse:
    """A problem-details answer; `title` is the translated reason phrase. Whoever cannot be served now may try again."""
    body = {"type": "about:blank", "title": title(status), "status": status, "detail": detail or title(status), **extra}
    again = {"Retry-After": str(RETRY_SECONDS)} if status == 503 else {}
    return JsonResponse(
        body, status=status, content_type="application/problem+json", headers={**HEADERS, **again, **(headers or {})}
    )


def title(status: int) -> str:
    titles = {
        400: _("Invalid request"),
        401: _("Sign-in required"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("Method not allowed"),
        406: _("Format not available"),
        409: _("Conflict"),
        412: _("Changed meanwhile"),
        413: _("Too large"),
        414: _("Address too long"),
        415: _("Unsupported content type"),
        428: _("Version required"),
        429: _("Too many requests"),
        500: _("Unexpected error"),
        503: _("Unavailable"),
    }
    return titles.get(status) or HTTPStatus(status).phrase


def as_problem(error: Exception) -> JsonResponse:
    """Any exception as problem details; an unexpected one never sends its text."""
    if database_is_gone(error) and not isinstance(error, errors.Unavailable):
        log.warning("the database does not answer: %s", error)
        return problem(503, _("The database does not answer."))
    match error:
        case errors.ArpentError():
            return problem(status_of(error), str(error.message), **error.extra)
        case Http404():
            return problem(404, _("There is nothing at this address, or you may not see it."))
        case PermissionDenied():
            return problem(403, _("Your role does not allow this."))
        case RequestDataTooBig():
            return problem(413, _("The request is too large."))
        case SuspiciousOperation() | BadRequest() | MultiPartParserError():
            return problem(400)
        case exceptions.APIException():
            return api_problem(error)
        case DataError():
            # A value that no column takes (NUL, a number out of range) and that no form refused before.
            return problem(400, _("The request contains a value that cannot be kept."))
        case _ if known := as_domain_error(error):
            answer = as_problem(known)
            answer.lock_timed_out = sqlstate(error) == LOCK_NOT_AVAILABLE  # type: ignore[attr-defined]
            return answer
        case OperationalError():
            log.error("the database does not answer", exc_info=error)
            return problem(503, _("The database does not answer."))
        case DatabaseError() if sqlstate(error) == INSUFFICIENT_PRIVILEGE:
            return problem(403, _("Your role does not allow this."))
        case _:
            log.error("unexpected error", exc_info=error)
            return problem(500, _("The platform met an unexpected error; it has been recorded."))


def lock_timed_out(response: Any) -> bool:
    """Whether this answer says that a lock did not come in time."""
    return getattr(response, "lock_timed_out", False)


def status_of(error: errors.ArpentError) -> int:
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def as_domain_error(error: BaseException) -> errors.ArpentError | None:
    """The domain error that an exception of the machine's stands for; what the disk did is recorded."""
    known = in_domain_terms(error)
    if isinstance(known, errors.StorageUnavailable) and known is not error:
        log.error("the server's files cannot be written or read", exc_info=error)
    return known


def api_problem(error: exceptions.APIException) -> JsonResponse:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    if isinstance(error, exceptions.ValidationError):
        return problem(400, _("Some values are missing or wrong."), headers=headers, errors=error.detail)
    if isinstance(error, exceptions.NotAuthenticated):
        return problem(401, _("Sign in: nobody is, or the session has ended."), headers=headers)
    more = {"reason": reason} if (reason := getattr(error, "reason", "")) else {}
    return problem(error.status_code, str(error.detail), headers=headers, **more)


def exception_handler(error: Exception, context: dict[str, Any]) -> HttpResponse | Response:
    """DRF's hook: answer, and roll the request's transaction back."""
    set_rollback()
    return as_problem(error)


def wants_problem(request: HttpRequest) -> bool:
    """Programs get problem details; people get a page."""
    return request.path.startswith(
        ("/api/", "/ogc/", "/tiles/", "/health/", "/metrics")
    ) or "text/html" not in request.headers.get("Accept", "")
