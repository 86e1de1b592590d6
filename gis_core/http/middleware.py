"""Around every request: who asks, absurd input refused, errors in one shape."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import SimpleTemplateResponse, TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from gis_core.accounts.session import HEADER, person_id, session_label
from gis_core.desk.alerts import Alerts, read_alerts
from gis_core.desk.edit_forms import FormConflict, conflict_page
from gis_core.errors import ArpentError, Forbidden
from gis_core.http.admission import Actor, on_behalf_of
from gis_core.http.hosts import is_known_host
from gis_core.http.problem import RETRY_SECONDS, as_problem, problem, status_of, wants_problem
from gis_core.http.reading import keep_reading_alone
from gis_core.journal import officers
from gis_core.members.rights import Rights, acting_as, rights_of
from gis_core.models import User
from gis_core.operations import security_journal as security
from gis_core.operations.watch.presence import note_presence
from gis_core.tokens import scopes
from gis_core.tokens.authentication import user_of_authorization

Handler = Callable[[HttpRequest], HttpResponse]
LONGEST_URL = 8_000


# What a page of ours needs of the browser: where one stands, the whole screen, the clipboard. Nothing else.
PERMISSIONS = ", ".join(
    (
        *(f"{name}=(self)" for name in ("clipboard-write", "fullscreen", "geolocation")),
        *(f"publickey-credentials-{act}=(self)" for act in ("create", "get")),
        *(
            f"{name}=()"
            for name in (
                *("accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read", "display-capture"),
                *("gyroscope", "hid", "idle-detection", "magnetometer", "microphone", "midi", "payment"),
                *("screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
            )
        ),
    )
)
# Images and data that pages of other sites may show; a session's cookie does not travel with such a request.
FOR_OTHER_SITES = ("/tiles/", "/ortho/", "/ogc")


def request_of_journal(get_response: Handler) -> Handler:
    """A number for each request, which answers and logs say, and a line in the security journal for a refusal."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with security.under(request) as here:
            response = get_response(request)
            refused = response.status_code in (403, 429) or (
                response.status_code == 401 and "Authorization" in request.headers
            )
            if refused:
                security.record(
                    "refused", status=response.status_code, method=str(request.method)[:10], path=request.path[:300]
                )
        response["X-Request-ID"] = here.request
        return response

    return middleware


def browser_policies(get_response: Handler) -> Handler:
    """What a browser may do with an answer, beyond Django's headers: which of its powers, and on which sites."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        shared = request.path.startswith(FOR_OTHER_SITES) or "Access-Control-Allow-Origin" in response
        response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if shared else "same-origin")
        return response

    return middleware


def refuse_strange_hosts(get_response: Handler) -> Handler:
    """A `Host` that is not the site's, by its name or its port, reaches no view: links are made of it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not is_known_host(request.headers.get("Host") or request.get_host()):
            return problem(400, _("The site is not reached under this name and port."))
        return get_response(request)

    return middleware


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
    """Resolve the user once: an API token (Bearer, or the password of Basic) before the session."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.by_token = False  # type: ignore[attr-defined]
        authorization = request.headers.get("Authorization")
        if authorization and not opens_metrics(request, authorization):
            address = security.address_of(request)
            user = user_of_authorization(authorization, address)
            if user is None:
                return unknown_token()
            request.user, request.by_token = user, True  # type: ignore[attr-defined]
            if why := scopes.why_refused(
                user.token, method=str(request.method), path=request.path_info, address=address
            ):
                note_person(request)
                return problem(403, why, reason="token")
        rights = rights_of(request.user)
        if request.user.is_authenticated and not rights.signed_in:
            # The account is closed, or the last day of all its memberships is over.
            if request.by_token:  # type: ignore[attr-defined]
                return unknown_token()
            logout(request)
        note_person(request)
        if not request.by_token and is_for_another(request):  # type: ignore[attr-defined]
            return problem(
                401,
                _("Sign in: nobody is, or the session has ended."),
                headers={HEADER: session_label(request)},
                reason="session",
            )
        if request.user.is_authenticated and not request.by_token:  # type: ignore[attr-defined]
            note_presence(request.user.pk)
        token = getattr(request.user, "token", None)
        rights = scopes.narrowed(rights, token)
        request.rights = rights  # type: ignore[attr-defined]
        actor = Actor.of(rights, security.address_of(request))
        with acting_as(rights), on_behalf_of(actor), scopes.writing_as(token):
            kept_out = officers.is_kept_out(request)
            response = refuse_officer(request) if kept_out else get_response(request)
        if token and not token.may_write:
            keep_reading_alone(response)
        if request.path.startswith("/api/") and "Cache-Control" not in response:
            patch_cache_control(response, private=True, no_cache=True)
            patch_vary_headers(response, ("Cookie", "Authorization"))
        if not request.by_token and request.path.startswith("/api/") and is_never_kept(response):  # type: ignore[attr-defined]
            response[HEADER] = session_label(request)
        return response

    return middleware


def unknown_token() -> HttpResponse:
    return problem(
        401,
        _("This API token is unknown, revoked, or belongs to a closed account."),
        headers={"WWW-Authenticate": 'Basic realm="Arpent"'},
    )


def refuse_officer(request: HttpRequest) -> HttpResponse:
    """The security officer reads the journal and no data of anybody."""
    error = Forbidden(_("This account reads the security journal, and nothing else."), reason="security_officer")
    return officers.lead_to_journal(request) or refusal(request, error)


def opens_metrics(request: HttpRequest, authorization: str) -> bool:
    """Whether this is the secret that reads /metrics and nothing else."""
    expected = f"Bearer {settings.METRICS_TOKEN}".encode()
    right = bool(settings.METRICS_TOKEN) and constant_time_compare(authorization.encode(), expected)
    request.opens_metrics = right and request.path == reverse("metrics")  # type: ignore[attr-defined]
    return bool(request.opens_metrics)  # type: ignore[attr-defined]


def note_person(request: HttpRequest) -> None:
    """The journal's lines of this request name who asks."""
    if (here := security.circumstances()) and request.user.is_authenticated:
        here.user, here.name = request.user.pk, request.user.get_username()
        here.token = request.user.token_name


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


def signed_in_user(request: Any) -> User:
    """The user of a request that only who has signed in may make: Django's request, or that of the API."""
    user = request.user
    assert isinstance(user, User)
    return user


def their_language(get_response: Handler) -> Handler:
    """A signed-in person's chosen language; programs say theirs with Accept-Language."""

    def middleware(request: HttpRequest) -> HttpResponse:
        says_so = request.by_token and "Accept-Language" in request.headers  # type: ignore[attr-defined]
        if request.user.is_authenticated and not says_so:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return get_response(request)

    return middleware


def refused_method_page(get_response: Handler) -> Handler:
    """An address that takes a form alone, opened by hand or after signing in: Django's answer would be a blank page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        blank = response.status_code == 405 and not response.streaming and not response.content
        if not blank or request.method != "GET" or wants_problem(request):
            return response
        detail = _("This address takes what a form sends: it does not open by itself. Go back to the page before.")
        page = render(request, "400.html", {"detail": detail, "status": 405}, status=405)
        page["Allow"] = response.get("Allow", "POST")
        return page

    return middleware


class PagesInTransaction:
    """A page that is rendered after its view asks the database in a transaction too: there it says who asks.

    ATOMIC_REQUESTS covers the view alone, and the administration's and the account's pages read while they render.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_template_response(
        self, request: HttpRequest, response: SimpleTemplateResponse
    ) -> SimpleTemplateResponse:
        if isinstance(response, TemplateResponse):
            with transaction.atomic():
                response.render()
        return response


def refusal_page(request: HttpRequest, error: ArpentError) -> HttpResponse:
    """A page for a domain error that a page's view did not put in its form."""
    status = status_of(error)
    template = {404: "404.html", 403: "403.html", 503: "failure.html"}.get(status, "400.html")
    page = render(request, template, {"detail": error.message, "status": status}, status=status)
    if status == 503:
        page["Retry-After"] = str(RETRY_SECONDS)
    return page


def refusal(request: HttpRequest, error: ArpentError) -> HttpResponse:
    """A domain error in the form that suits whoever asks."""
    return as_problem(error) if wants_problem(request) else refusal_page(request, error)


def as_problem_document(response: HttpResponse) -> HttpResponse:
    """The refusal of a page for a program, in the page's words."""
    html = "html" in response.get("Content-Type", "") and not response.streaming
    alerts = read_alerts(response.text) if html else Alerts()
    kept = {name: response[name] for name in ("Allow", "WWW-Authenticate", "Retry-After") if name in response}
    extra = {"errors": alerts.fields} if alerts.fields else {}
    return problem(response.status_code, " ".join(alerts.sentences), headers=kept, **extra)


def problem_pages(get_response: Handler) -> Handler:
    """Programs never get an HTML error page; a browser that is told to come back does so by itself."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method == "GET" and "Retry-After" in response and "text/html" in request.headers.get("Accept", ""):
            response["Refresh"] = response["Retry-After"]
        if response.status_code >= 400 and wants_problem(request) and "json" not in response.get("Content-Type", ""):
            return as_problem_document(response)
        return response

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if wants_problem(request):
            return as_problem(error)
        if isinstance(error, FormConflict):
            return conflict_page(request, error)
        return refusal_page(request, error) if isinstance(error, ArpentError) else None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware
