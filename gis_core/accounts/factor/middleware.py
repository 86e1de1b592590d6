"""Before every view: a second factor that is missing is set up first, and dangerous acts ask again who acts.

Both are read from the session, which was loaded to know who asks: it costs no statement.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from gis_core.accounts.factor.confirming import ask_again
from gis_core.accounts.factor.dangerous import FACTORS, FOR_PROGRAMS, is_dangerous, is_fresh
from gis_core.accounts.factor.requirement import is_due
from gis_core.desk.resending import read_posted, resend_page
from gis_core.http.problem import problem, wants_problem

Handler = Callable[[HttpRequest], HttpResponse]

OPEN: Final = frozenset(
    {
        *FACTORS,
        *("mfa_index", "mfa_list_webauthn", "mfa_edit_webauthn", "mfa_authenticate", "account_reauthenticate"),
        *(
            "account_login",
            "account_logout",
            "provider_signed_out",
            "session",
            "set_language",
            "icon",
            "help",
            "guide",
            "guide_image",
        ),
        *("factor_recovery_stop", "factor_recovery_link", "health_live", "health_ready"),
    }
)
"""Addresses that are open while a second factor is missing."""


def second_factor(get_response: Handler) -> Handler:
    """See the module."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, view: Any, given: Any, options: Any) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        dangerous = is_dangerous(name, request.method)
        if request.by_token:  # type: ignore[attr-defined]
            return refuse_token() if dangerous and name not in FOR_PROGRAMS else None
        if is_due(request) and name not in OPEN:
            return set_up_first(request)
        return ask_again(request) if dangerous and not is_fresh(request) else None

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


def refuse_token() -> HttpResponse:
    """Nobody sits behind a token who could say again who they are."""
    return problem(403, _("An API token does not do this: sign in with a browser."), reason="token")


def set_up_first(request: HttpRequest) -> HttpResponse:
    """To the pages where a second factor is set up; what was posted waits in the answer, a program is told."""
    message = _("Your role, or your member, needs a second factor: set one up on the page of your account, then go on.")
    if wants_problem(request):
        return problem(403, message, reason="second_factor")
    if posted := read_posted(request):
        return resend_page(request, posted, status=403, second_factor=True)
    if request.path != "/":
        messages.info(request, message)
    return redirect("mfa_index")
