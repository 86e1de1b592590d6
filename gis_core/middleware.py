"""Around every request: who asks, absurd input refused, errors in one shape."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _

from gis_core.errors import ArpentError
from gis_core.identity import user_of_authorization
from gis_core.problem import as_problem, problem, status_of, wants_problem
from gis_core.rights import Rights, acting_as, rights_of
from gis_core.session import HEADER, person_id, session_label

Handler = Callable[[HttpRequest], HttpResponse]
LONGEST_URL = 8_000


def refuse_absurd_requests(get_response: Handler) -> Handler:
    """A NUL character or an endless query never reaches a view (PostgreSQL refuses NUL)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if len(query) + len(request.path) > LONGEST_URL:
            return problem(414, _("The address is longer than %(limit)s characters.") % {"limit": LONGEST_URL})
        if "\0" in request.path or "%00" in query or "\0" in query:
            return problem(400, _("The request contains a NUL character."))
        return get_response(request)

    return middleware


def who_asks(get_response: Handler) -> Handler:
    """Resolve the asker once: an API token (Bearer, or the password of Basic) before the session."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.by_token = False  # type: ignore[attr-defined]
        if authorization := request.headers.get("Authorization"):
            user = user_of_authorization(authorization)
            if user is None:
                return problem(
                    401,
                    _("This API token is unknown, revoked, or belongs to a closed account."),
                    headers={"WWW-Authenticate": 'Basic realm="Arpent"'},
                )
            request.user, request.by_token = user, True  # type: ignore[attr-defined]
        elif request.user.is_authenticated and not request.user.is_active:
            logout(request)
        if not request.by_token and is_for_another(request):  # type: ignore[attr-defined]
            return problem(
                401,
                _("Sign in: nobody is, or the session has ended."),
                headers={HEADER: session_label(request)},
                reason="session",
            )
        rights = rights_of(request.user)
        request.rights = rights  # type: ignore[attr-defined]
        with acting_as(rights):
            response = get_response(request)
        if request.path.startswith("/api/") and "Cache-Control" not in response:
            patch_cache_control(response, private=True, no_cache=True)
            patch_vary_headers(response, ("Cookie", "Authorization"))
        if not request.by_token and request.path.startswith("/api/") and is_never_kept(response):  # type: ignore[attr-defined]
            response[HEADER] = session_label(request)
        return response

    return middleware


def is_for_another(request: HttpRequest) -> bool:
    """Whether a page asks that was made for somebody else than the person who is signed in now, if anybody is.

    Nothing must be written in another one's name, nor silently read with less or other rights.
    """
    expected = request.headers.get(HEADER)
    return expected is not None and expected != person_id(request.user)


def is_never_kept(response: HttpResponse) -> bool:
    """Whether no cache gives this answer to anybody without asking: only then does it say who asked."""
    said = response.get("Cache-Control", "")
    return "no-store" in said or "no-cache" in said


def rights_of_request(request: Any) -> Rights:
    """Who asks, as `who_asks` found out: of Django's request, or of the one that stands for it in the API."""
    rights: Rights = request.rights
    return rights


def their_language(get_response: Handler) -> Handler:
    """A signed-in person's chosen language; programs say theirs with Accept-Language."""

    def middleware(request: HttpRequest) -> HttpResponse:
        says_so = request.by_token and "Accept-Language" in request.headers  # type: ignore[attr-defined]
        if request.user.is_authenticated and not says_so:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return get_response(request)

    return middleware


def refusal_page(request: HttpRequest, error: ArpentError) -> HttpResponse:
    """A page for a domain error that a page's view did not put in its form."""
    status = status_of(error)
    template = {404: "404.html", 403: "403.html", 503: "failure.html"}.get(status, "400.html")
    return render(request, template, {"detail": error.message, "status": status}, status=status)


def problem_pages(get_response: Handler) -> Handler:
    """Programs never get an HTML error page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code >= 400 and wants_problem(request) and "json" not in response.get("Content-Type", ""):
            kept = ("Allow", "WWW-Authenticate", "Retry-After")
            return problem(response.status_code, headers={name: response[name] for name in kept if name in response})
        return response

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if wants_problem(request):
            return as_problem(error)
        return refusal_page(request, error) if isinstance(error, ArpentError) else None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware
