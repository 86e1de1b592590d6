"""/compte/second-facteur/: keys, an application, recovery codes (allauth's views at French addresses, our pages)."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base import views as base
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from gis_core.accounts.factor import recovery
from gis_core.accounts.factor.adapter import takes_keys
from gis_core.accounts.factor.confirming import confirm
from gis_core.accounts.factor.forms import (
    LAST_STEP,
    KeyName,
    NewApplication,
    NewKey,
    SecondStepCode,
    SecondStepKey,
    step_of,
)
from gis_core.accounts.factor.requirement import DUE, is_due, is_needed
from gis_core.desk.resending import FIELD, resend_page, resending_context, unpack
from gis_core.desk.signed_in import sign_in_required
from gis_core.http.middleware import signed_in_user


def mine[View: type](view: View) -> View:
    """A view of allauth's for who is signed in, never kept by anybody."""
    for decorate in (sign_in_required, never_cache):
        view = method_decorator(decorate, name="dispatch")(view)  # type: ignore[arg-type]
    return view


@mine
class Index(base.IndexView):
    """What second factors one has, and what is wanted of one."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = signed_in_user(self.request)
        context: dict[str, Any] = super().get_context_data(**kwargs)
        factors = context["authenticators"]
        spare = factors.get(Authenticator.Type.RECOVERY_CODES)
        return {
            **context,
            "section": "account",
            "keys": factors.get(Authenticator.Type.WEBAUTHN, []),
            "application": factors.get(Authenticator.Type.TOTP),
            "codes": len(spare.get_unused_codes()) if spare else None,
            "is_due": is_due(self.request),
            "is_needed": is_needed(user),
            "takes_keys": takes_keys(self.request),
            "recovery": recovery.pending_of(user),
        }


class Kept:
    """A form that sets a second factor up: it is no longer missing, and who set it up has just answered by it."""

    request: Any

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        self.request.session.pop(DUE, None)
        record_authentication(self.request, self.request.user, "mfa", reauthenticated=True)
        return response


@mine
class AddApplication(Kept, totp.ActivateTOTPView):
    form_class = NewApplication

    def form_valid(self, form: Any) -> HttpResponse:
        """The code that proved it has served."""
        response = super().form_valid(form)
        step = step_of(form.secret, form.cleaned_data["code"])
        for one in Authenticator.objects.filter(user=self.request.user.pk, type=Authenticator.Type.TOTP):
            one.data[LAST_STEP] = step
            one.save(update_fields=["data"])
        return response


@mine
class RemoveApplication(totp.DeactivateTOTPView):
    """As allauth's."""


@mine
class AddKey(Kept, keys.AddWebAuthnView):
    form_class = NewKey

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not takes_keys(request):
            messages.error(request, _("Browsers take keys under a name and by HTTPS alone: use an application here."))
            return redirect("mfa_index")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """A key that can keep who it is for does: it then signs in alone (`key_sign_in`)."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        wanted = context["js_data"]["creation_options"]["publicKey"]["authenticatorSelection"]
        wanted |= {"residentKey": "preferred", "requireResidentKey": False}
        return context


@mine
class RemoveKey(keys.RemoveWebAuthnView):
    """As allauth's."""


@mine
class RenameKey(keys.EditWebAuthnView):
    form_class = KeyName


@mine
class Codes(codes.ViewRecoveryCodesView):
    """As allauth's."""


@mine
class NewCodes(codes.GenerateRecoveryCodesView):
    """As allauth's."""


@mine
class CodesFile(codes.DownloadRecoveryCodesView):
    """As allauth's."""


@method_decorator(never_cache, name="dispatch")
class SecondStep(base.AuthenticateView):
    """The second step of signing in: a page, or the window over a page; what was posted too late travels on."""

    form_class = SecondStepCode
    webauthn_form_class = SecondStepKey

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Signed in meanwhile, in another tab.
        if request.method == "POST" and request.user.is_authenticated and (posted := unpack(packed_in(request))):
            return resend_page(request, posted)
        return super().dispatch(request, *args, **kwargs)

    def _build_forms(self) -> Any:
        """The form that was posted; none where the first step leads here within its own request."""
        sent = {"code", "credential"} & set(self.request.POST)
        if self.request.method == "POST" and not sent:
            user = self.stage.login.user
            self.auth_form, self.webauthn_form = SecondStepCode(user=user), SecondStepKey(user=user)
            return None
        return super()._build_forms()  # type: ignore[no-untyped-call]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.form is None:
            return self.get(request)
        response = super().post(request, *args, **kwargs)
        posted = unpack(packed_in(request)) if request.user.is_authenticated else None
        if posted:
            return resend_page(request, posted)
        if is_over_a_page(request) and response.status_code == 302:
            answer = JsonResponse({"location": response["Location"]})
            answer.cookies = response.cookies
            return answer
        return response

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        status = 400 if self.form is not None else 200
        if is_over_a_page(self.request):
            html = render_to_string("mfa/second_step_again.html", context, self.request)
            return JsonResponse({"html": html}, status=status)
        response: HttpResponse = super().render_to_response(context, status=status, **options)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.stage.login.user
        types = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
        context: dict[str, Any] = super().get_context_data(**kwargs)
        self.auth_form.fields["code"].help_text = code_help(Authenticator.Type.TOTP in types)
        with_key = Authenticator.Type.WEBAUTHN in types and takes_keys(self.request)
        return {
            **context,
            **resending_context(unpack(packed_in(self.request))),
            "with_key": with_key,
            "name": user.get_username(),
        }


def code_help(with_application: bool) -> str:
    """Which codes are taken."""
    if with_application:
        return _("The six figures that your application shows, or one of your recovery codes.")
    return _("One of your recovery codes.")


def packed_in(request: HttpRequest) -> str:
    return request.POST.get(FIELD, "")


def is_over_a_page(request: HttpRequest) -> bool:
    """Whether the window over a page asks."""
    return request.headers.get("X-Requested-With") == "XMLHttpRequest"


def leads_to_second_step(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether the first step was taken and the second one follows."""
    return response.status_code == 302 and response["Location"] == reverse("mfa_authenticate")


urlpatterns = [
    path("confirmer/", confirm, name="account_reauthenticate"),
    path("second-facteur/", Index.as_view(), name="mfa_index"),
    path("second-facteur/connexion/", SecondStep.as_view(), name="mfa_authenticate"),
    path("second-facteur/application/", AddApplication.as_view(), name="mfa_activate_totp"),
    path("second-facteur/application/retirer/", RemoveApplication.as_view(), name="mfa_deactivate_totp"),
    path("second-facteur/codes/", Codes.as_view(), name="mfa_view_recovery_codes"),
    path("second-facteur/codes/nouveaux/", NewCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("second-facteur/codes/fichier/", CodesFile.as_view(), name="mfa_download_recovery_codes"),
    path("second-facteur/cles/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path("second-facteur/cles/ajouter/", AddKey.as_view(), name="mfa_add_webauthn"),
    path("second-facteur/cles/<int:pk>/retirer/", RemoveKey.as_view(), name="mfa_remove_webauthn"),
    path("second-facteur/cles/<int:pk>/renommer/", RenameKey.as_view(), name="mfa_edit_webauthn"),
]
