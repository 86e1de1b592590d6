"""/compte/: signing in and out, one's password (allauth at French addresses), one's account."""

from __future__ import annotations

from typing import Any

from allauth.account import views as allauth
from allauth.account.utils import get_next_redirect_url
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, re_path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gis_core.accounts import sessions
from gis_core.accounts.factor import pages as factor_pages
from gis_core.accounts.factor import rule_pages
from gis_core.accounts.factor.adapter import takes_keys
from gis_core.accounts.factor.key_sign_in import SignInByKey
from gis_core.accounts.factor.requirement import note_missing
from gis_core.accounts.joined import joined_by
from gis_core.accounts.providers import pages as provider_pages
from gis_core.accounts.providers.choosing import entry_of, for_everybody, methods_for, open_methods
from gis_core.accounts.session import session_now
from gis_core.desk.form_keys import lead_to
from gis_core.desk.forms import TokenForm, blame
from gis_core.desk.resending import FIELD, resend_page, resending_context, unpack
from gis_core.desk.signed_in import page
from gis_core.errors import ArpentError
from gis_core.http.middleware import rights_of_request, signed_in_user
from gis_core.members import people
from gis_core.models import User
from gis_core.tokens import services as tokens


class SignIn(allauth.LoginView):
    """allauth's. A script gets its form as a window over a page; what was posted too late is offered again.

    Where there are other ways in than a password, the address comes first (`courriel`) and leads to those of its
    domain; `mot-de-passe` asks for the password's form.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Signed in meanwhile, in another tab.
        if request.method == "POST" and request.user.is_authenticated and (posted := unpack(self.packed)):
            return resend_page(request, posted)
        return super().dispatch(request, *args, **kwargs)

    @property
    def packed(self) -> str:
        return self.request.POST.get(FIELD, "")

    def get_template_names(self) -> list[str]:
        over = self.request.headers.get("X-Requested-With") == "XMLHttpRequest"
        return ["account/sign_in_again.html"] if over else [self.template_name]

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        if factor_pages.leads_to_second_step(self.request, response) and unpack(self.packed):
            return factor_pages.SecondStep.as_view()(self.request)
        posted = unpack(self.packed) if self.request.user.is_authenticated else None
        return resend_page(self.request, posted) if posted else response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, **resending_context(unpack(self.packed)), **self.ways_in()}

    def ways_in(self) -> dict[str, Any]:
        """The methods that an address leads to, or those for everybody; `steps` while the password's form waits."""
        email = self.request.GET.get("courriel", "").strip()[:150]
        next_url = get_next_redirect_url(self.request) or ""
        given = urlencode({name: value for name, value in (("courriel", email), ("next", next_url)) if value})
        methods = methods_for(email) if email else list(for_everybody())
        ways = [(one, address) for one in methods if (address := entry_of(one, email=email, next_url=next_url))]
        by_password = self.request.method == "POST" or "mot-de-passe" in self.request.GET or (email and not ways)
        others = open_methods().exists()
        return {
            "email": email,
            "next_url": next_url,
            "ways": ways,
            "by_key": takes_keys(self.request),
            "ways_exist": others,
            "steps": others and not by_password,
            "leads_on": email and len(ways) == 1 and not by_password,
            "by_password_url": f"{reverse('account_login')}?mot-de-passe=1&{given}".rstrip("&"),
        }

    def get_initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_initial()
        return {**initial, "login": self.request.GET.get("courriel", "").strip()[:150]}


@require_safe
@never_cache
def session(request: HttpRequest) -> HttpResponse:
    """Whose session this is, for pages that were made for somebody (static/gis_core/session.js)."""
    return JsonResponse(session_now(request))


@require_safe
@page
def account(request: HttpRequest) -> HttpResponse:
    """My roles, my invitations, my API tokens."""
    return account_page(request)


def account_page(request: HttpRequest, status: int = 200, **more: object) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    rights = rights_of_request(request)
    memberships = user.memberships.select_related("member").prefetch_related("communes").order_by("member__name")
    context = {
        "section": "account",
        "memberships": memberships.accepted(),
        "invitations": memberships.pending(),
        "identities": joined_by(user),
        "tokens": tokens.describe_tokens(tokens.tokens_of(user), rights),
        "form": TokenForm(rights=rights),
        **more,
    }
    return render(request, "account/account.html", context, status=status)


@require_POST
@page
def accept_invitation(request: HttpRequest, membership_id: int) -> HttpResponse:
    assert isinstance(request.user, User)
    membership = people.accept(user=request.user, membership_id=membership_id)
    if not request.by_token:  # type: ignore[attr-defined]
        note_missing(request, request.user)
    messages.success(request, _("You now belong to %(member)s.") % {"member": membership.member})
    return redirect("account")


@require_POST
@page
def choose_alert_mails(request: HttpRequest) -> HttpResponse:
    """Whether what the platform needs comes by mail (`wanted`). Raises PermissionDenied for others than the agency."""
    if not rights_of_request(request).agency:
        raise PermissionDenied
    wanted = request.POST.get("wanted") == "1"
    User.objects.filter(pk=signed_in_user(request).pk).update(alert_mails=wanted)
    messages.success(request, _("You receive alerts by mail.") if wanted else _("You receive no alert by mail."))
    return redirect("account")


@require_POST
@page
def create_token(request: HttpRequest) -> HttpResponse:
    """Make an API token; this page is the only one that shows its secret. A token may not make another one."""
    assert isinstance(request.user, User)
    if request.by_token:  # type: ignore[attr-defined]
        raise PermissionDenied
    form = TokenForm(request.POST, rights=rights_of_request(request))
    if not form.is_valid():
        return account_page(request, status=400, form=form)
    try:
        token, secret = tokens.create_token(user=request.user, **form.cleaned_data)
    except ArpentError as error:
        return account_page(request, status=blame(form, error), form=form)
    return lead_to(account_page(request, new_token=token, secret=secret), reverse("account"))


@require_safe
@page
def sessions_page(request: HttpRequest) -> HttpResponse:
    """Where the person is signed in. A token has no session."""
    key = request.session.session_key or ""
    context = {"section": "account", "sessions": sessions.sessions_of(signed_in_user(request), key)}
    return render(request, "account/sessions.html", context)


@require_POST
@page
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End one of one's sessions (`number`), or all the others."""
    user, number = signed_in_user(request), request.POST.get("number", "")
    if number:
        sessions.end_session(user, int(number) if number.isdecimal() and len(number) < 19 else 0)
        messages.success(request, _("The session has ended."))
    else:
        count = sessions.end_sessions(user, keep=request.session.session_key or "")
        text = ngettext("%(n)s session has ended.", "%(n)s sessions have ended.", count)
        messages.success(request, text % {"n": count})
    return redirect("sessions")


@require_POST
@page
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    assert isinstance(request.user, User)
    tokens.revoke_token(user=request.user, token_id=token_id)
    messages.success(request, _("The token no longer opens anything."))
    return redirect("account")


urlpatterns = [
    path("", account, name="account"),
    *factor_pages.urlpatterns,
    *rule_pages.account_patterns,
    path("invitations/<int:membership_id>/accepter/", accept_invitation, name="invitation_accept"),
    path("alertes/", choose_alert_mails, name="alert_mails"),
    path("jetons/", create_token, name="token_create"),
    path("jetons/<int:token_id>/revoquer/", revoke_token, name="token_revoke"),
    path("session/", session, name="session"),
    path("sessions/", sessions_page, name="sessions"),
    path("sessions/terminer/", end_sessions, name="sessions_end"),
    path("connexion/", SignIn.as_view(), name="account_login"),
    path("connexion/cle/", SignInByKey.as_view(), name="key_sign_in"),
    *provider_pages.urlpatterns,
    path("deconnexion/", provider_pages.SignOut.as_view(), name="account_logout"),
    path("ferme/", allauth.account_inactive, name="account_inactive"),
    path("inscription/", allauth.signup, name="account_signup"),
    path("mot-de-passe/", allauth.password_change, name="account_change_password"),
    path("mot-de-passe/definir/", allauth.password_set, name="account_set_password"),
    path("mot-de-passe/oublie/", allauth.password_reset, name="account_reset_password"),
    path("mot-de-passe/oublie/envoye/", allauth.password_reset_done, name="account_reset_password_done"),
    path(
        "mot-de-passe/nouveau/fait/", allauth.password_reset_from_key_done, name="account_reset_password_from_key_done"
    ),
    re_path(
        r"^mot-de-passe/nouveau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]
