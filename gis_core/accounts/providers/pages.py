"""/compte/connexion/<method>/: to the provider and back; joining an identity to an account; out of ProConnect."""

from __future__ import annotations

from typing import Any

from allauth.account import views as allauth
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.internal import statekit
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis_core.accounts import joined
from gis_core.accounts import mail as account_mail
from gis_core.accounts.adapter import limit
from gis_core.accounts.joining import (
    PENDING_KEY,
    Identity,
    Pending,
    ProofNeeded,
    join,
    join_by_proof,
    keep_for_proof,
    may_come_back,
    pending_of,
    provider_of,
    sign_in,
)
from gis_core.accounts.providers import proofs, sign_out, social
from gis_core.accounts.providers.configuration import is_proconnect
from gis_core.accounts.providers.errors import Untrusted
from gis_core.accounts.providers.exchange import prove
from gis_core.desk.signed_in import page
from gis_core.errors import ArpentError, Conflict
from gis_core.http.middleware import signed_in_user
from gis_core.http.problem import status_of
from gis_core.models import SignInMethod, User
from gis_core.operations import security_journal as security


def method_at(number: int) -> SignInMethod:
    method: SignInMethod | None = social.providers().filter(pk=number).first()
    if method is None:
        raise Http404
    return method


@require_safe
@never_cache
@transaction.non_atomic_requests
def begin(request: HttpRequest, number: int) -> HttpResponse:
    """To the provider; `courriel` fills its form, `next` is a path of ours to come back to."""
    method = method_at(number)
    hint = request.GET.get("courriel", "").strip()[:150]
    try:
        validate_email(hint)
    except ValidationError:
        hint = ""
    try:
        return social.begin(request, method, get_next_redirect_url(request), hint)
    except ArpentError as error:
        return refused(request, method, error)


@require_safe
@never_cache
@transaction.non_atomic_requests
def callback(request: HttpRequest, number: int) -> HttpResponse:
    """What the provider sends back. The state is spent first, whatever follows."""
    method = method_at(number)
    state = statekit.unstash_state(request, state_id=request.GET.get("state", ""), provider_id=provider_of(method))
    if state is None:
        message = _("This sign-in began elsewhere, took too long or was used before: begin again.")
        return refused(request, method, Untrusted(message, "state"))
    if "code" not in request.GET:
        stopped = request.GET.get("error") == "access_denied"
        message = (
            _("You stopped the sign-in at “%(method)s”.") if stopped else _("“%(method)s” did not let you sign in.")
        )
        return refused(request, method, Untrusted(message % {"method": method}, "stopped" if stopped else "error"))
    try:
        identity, token = prove(request, method, state)
        with transaction.atomic():
            return opened(request, method, identity, token, state.get("next"))
    except ArpentError as error:
        return refused(request, method, error)


def opened(
    request: HttpRequest, method: SignInMethod, identity: Identity, token: str, next_url: str | None
) -> HttpResponse:
    """A session for whom the identity is joined to; otherwise the page where its owner joins it."""
    try:
        user = join(method=method, identity=identity)
    except ProofNeeded:
        response = keep_for_proof(request, method, identity, next_url)
    except ArpentError as error:
        return refused(request, method, error)
    else:
        response = sign_in(request, user, method, identity, next_url)
    if is_proconnect(method):
        sign_out.keep_token(request, token)
    return response


def refused(request: HttpRequest, method: SignInMethod, error: ArpentError) -> HttpResponse:
    """Nothing was opened: why, and how to begin again. The journal says which check failed."""
    if isinstance(error, Untrusted):
        security.record("sign_in_refused", method=method.pk, fault=error.fault)
    context = {"method": method, "detail": error.message, "again": social.begin_url(provider_of(method))}
    return render(request, "account/provider_refused.html", context, status=status_of(error))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def join_page(request: HttpRequest) -> HttpResponse:
    """Join the identity that this session keeps to an account: who signs in, or opens the mail's link, confirms it."""
    pending = pending_of(request)
    if pending is None:
        return render(request, "account/join.html", {"pending": None}, status=200)
    owner = owner_of(request, pending)
    if request.method == "POST" and owner is not None:
        try:
            user = join_by_proof(user=owner, method=pending.method, identity=pending.identity)
        except ArpentError as error:
            context = {"pending": pending, "owner": owner, "detail": error.message}
            return render(request, "account/join.html", context, status=status_of(error))
        return sign_in(request, user, pending.method, pending.identity, pending.next_url or None)
    return render(request, "account/join.html", {"pending": pending, "owner": owner})


def owner_of(request: HttpRequest, pending: Pending) -> User | None:
    """Whose account it is proved to be: that of who is signed in, or of the mail's link."""
    if isinstance(request.user, User):
        return request.user
    owner = User.objects.filter(pk=pending.proved).first() if pending.proved else None
    return owner if owner and (owner.is_active or may_come_back(owner, pending.method)) else None


@require_POST
@never_cache
def send_link(request: HttpRequest) -> HttpResponse:
    """A link to the address that the provider gives, if an account or an invitation bears it; the page hides it."""
    pending = pending_of(request)
    if pending and pending.identity.email and limit(request, "join", pending.identity.email.lower()):
        account_mail.post(
            "join",
            email=pending.identity.email,
            method=pending.method.pk,
            mark=proofs.mark_of(pending),
            site=request.build_absolute_uri("/"),
        )
        security.record("join_link_asked", method=pending.method.pk)
    context: dict[str, Any] = {"pending": pending, "sent": pending is not None}
    return render(request, "account/join.html", context)


@require_safe
@never_cache
def open_link(request: HttpRequest, key: str) -> HttpResponse:
    """The mail's link, in the session that asked for it: its reader may now confirm."""
    pending = pending_of(request)
    try:
        user = proofs.read_key(key, pending) if pending else None
    except signing.BadSignature:
        user = None
    if user is None:
        return render(request, "account/join.html", {"pending": pending, "wrong_link": True}, status=400)
    request.session[PENDING_KEY] = {**request.session[PENDING_KEY], "proved": user}
    return redirect("identity_join")


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class SignOut(allauth.LogoutView):
    """allauth's; from a session of ProConnect one is led to its end there, too. No transaction waits for its answer."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        request = self.request
        end = sign_out.end_of(request)
        with transaction.atomic():
            response: HttpResponse = super().post(*args, **kwargs)
        if end is None:
            return response
        method, url, state = end
        request.session[sign_out.STATE_KEY] = state
        return render(request, "account/leave.html", {"method": method, "url": url})


@require_safe
@never_cache
def signed_out(request: HttpRequest) -> HttpResponse:
    """Back from the end of the session at the provider."""
    expected = request.session.pop(sign_out.STATE_KEY, None)
    known = expected is not None and request.GET.get("state") == expected
    if not known:
        security.record("sign_in_refused", fault="signed_out_state")
    return redirect("map")


@require_POST
@page
def remove_identity(request: HttpRequest, number: int) -> HttpResponse:
    """One of one's identities opens the account no longer. Raises NotFound."""
    try:
        method = joined.remove_joined(signed_in_user(request), number, keep=request.session.session_key or "")
    except Conflict as error:
        messages.error(request, str(error.message))
    else:
        text = _("Your identity of %(method)s no longer opens this account.")
        messages.success(request, text % {"method": method})
    return redirect(reverse("account") + "#identities")


urlpatterns = [
    path("connexion/rattacher/", join_page, name="identity_join"),
    path("connexion/rattacher/lien/", send_link, name="identity_join_link"),
    path("connexion/rattacher/<str:key>/", open_link, name="identity_join_open"),
    path("identites/<int:number>/retirer/", remove_identity, name="identity_remove"),
    path("connexion/<int:number>/", begin, name="provider_begin"),
    path("connexion/<int:number>/retour/", callback, name="provider_callback"),
    path("deconnexion/retour/", signed_out, name="provider_signed_out"),
]
