"""/compte/confirmer/: who acts says again who they are, by password, code or key; then what they wanted goes on."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gis_core.accounts.factor.adapter import factors_here
from gis_core.accounts.factor.forms import CodeAgain, KeyAgain, PasswordAgain
from gis_core.desk.resending import FIELD, Posted, read_posted, resend_page, sign_in_page, unpack
from gis_core.desk.signed_in import sign_in_required
from gis_core.http.middleware import signed_in_user
from gis_core.http.problem import problem, wants_problem

STEP_UP = {"WWW-Authenticate": 'Bearer realm="Arpent", error="insufficient_user_authentication", max_age="300"'}
"""RFC 9470."""


def ask_again(request: HttpRequest) -> HttpResponse:
    """The page that asks who acts, on which what a page of ours posted waits; a program is told (RFC 9470)."""
    if wants_problem(request):
        message = _("This asks who you are again: sign in anew, or confirm it on the page that the link names.")
        return problem(401, message, headers=STEP_UP, reason="confirm", confirm=reverse("account_reauthenticate"))
    if posted := read_posted(request):
        return confirm_page(request, forms_of(request), posted, status=401)
    address = request.get_full_path()
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({REDIRECT_FIELD_NAME: address})}")


def forms_of(request: HttpRequest) -> dict[str, Any]:
    """By what this person can say here who they are: `code`, `credential` (a key); `password` for want of those."""
    user = signed_in_user(request)
    types = factors_here(request, user)
    forms: dict[str, Any] = {}
    if Authenticator.Type.WEBAUTHN in types:
        forms["credential"] = KeyAgain(user=user)
    if types - {Authenticator.Type.WEBAUTHN}:
        forms["code"] = CodeAgain(user=user)
    if not forms and user.has_usable_password():
        forms["password"] = PasswordAgain(user=user)
    return forms


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sign_in_required
def confirm(request: HttpRequest) -> HttpResponse:
    """The page, and what it posts."""
    user = signed_in_user(request)
    forms, posted = forms_of(request), unpack(request.POST.get(FIELD, ""))
    if request.method != "POST":
        return confirm_page(request, forms, None)
    if limited := ratelimit.consume_or_429(request, app="allauth.account", action="reauthenticate", user=user):
        return limited
    if "out" in request.POST:
        logout(request)
        return sign_in_page(request, posted, status=200)
    way = next((name for name in forms if name in request.POST), None)
    if way is None:
        return confirm_page(request, forms, posted)
    form = forms[way] = type(forms[way])(user=user, data=request.POST)
    if not form.is_valid():
        return confirm_page(request, forms, posted, status=400)
    if way == "password":
        reauthenticate_by_password(request)
    else:
        form.save()
    return resend_page(request, posted) if posted else redirect(destination(request))


def confirm_page(request: HttpRequest, forms: dict[str, Any], posted: Posted | None, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"forms": forms, "next": destination(request), "posted": posted}
    if posted:
        context["packed"] = posted.pack()
    if "credential" in forms:
        context["request_options"] = begin_authentication(signed_in_user(request))
    response = render(request, "mfa/confirm.html", context, status=status)
    if status == 401:
        response["WWW-Authenticate"] = STEP_UP["WWW-Authenticate"]
    add_never_cache_headers(response)
    return response


def destination(request: HttpRequest) -> str:
    """Where to go on: an address of this site alone, one's account else."""
    address = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME) or ""
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if ours else reverse("account")
