"""/membres/<member>/connexion/ and /plateforme/connexion/: how people sign in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from gis_core.accounts.joining import joined_to, provider_of
from gis_core.accounts.providers import methods
from gis_core.accounts.providers.configuration import PROCONNECT_SCOPES
from gis_core.accounts.providers.forms import (
    CHANGE_FORMS,
    FORMS,
    PasswordsForm,
    configuration_from,
    split,
    values_of,
)
from gis_core.accounts.providers.rules import address, rules_context
from gis_core.accounts.providers.social import callback_url
from gis_core.database.rows import first_of
from gis_core.desk.forms import blame
from gis_core.desk.signed_in import page
from gis_core.errors import ArpentError
from gis_core.http.middleware import rights_of_request
from gis_core.members import organisations as members
from gis_core.models import Member, SignInMethod


def whose(request: HttpRequest, slug: str | None) -> Member | None:
    """The member whose methods these are, None for the platform's; who may not set them gets no further."""
    rights = rights_of_request(request)
    if slug is not None:
        return members.get_administered_member(rights=rights, slug=slug)
    if not rights.agency:
        raise PermissionDenied
    return None


def method_of(member: Member | None, number: int) -> SignInMethod:
    return first_of(methods.methods_of(member).filter(pk=number))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def methods_page(request: HttpRequest, slug: str | None = None) -> HttpResponse:
    """The methods, and whether passwords open the member's accounts."""
    member = whose(request, slug)
    form = passwords_form(request, member) if member else None
    status = 200
    if request.method == "POST":
        if form is None or member is None:
            raise Http404
        status = 400
        if form.is_valid():
            try:
                methods.set_passwords(rights=rights_of_request(request), member=member, **form.cleaned_data)
            except ArpentError as error:
                status = blame(form, error)
            else:
                messages.success(request, _("How people sign in is kept."))
                return redirect(address("sign_in_methods", member))
    context = {
        "section": "members",
        "member": member,
        "rows": [(one, edit_address(one, member)) for one in methods.methods_of(member)],
        "platform": methods.methods_of(None) if member else (),
        "additions": [(one.label, address("sign_in_method_add", member, one.value)) for one in KINDS],
        "directory_add": directory_address("directory_add", member),
        "form": form,
    }
    return render(request, "account/methods.html", context, status=status)


KINDS = (SignInMethod.Kind.PROCONNECT, SignInMethod.Kind.OPENID_CONNECT)


def edit_address(method: SignInMethod, member: Member | None) -> str:
    """A directory has its own page, where this version has one."""
    if method.kind == SignInMethod.Kind.DIRECTORY:
        return directory_address("directory", member, method.pk)
    return address("sign_in_method", member, method.pk)


def directory_address(name: str, member: Member | None, *more: Any) -> str:
    try:
        return address(name, member, *more)
    except NoReverseMatch:
        return ""


def passwords_form(request: HttpRequest, member: Member) -> PasswordsForm:
    def read(row: Member) -> dict[str, Any]:
        return {"passwords_open": row.passwords_open, "emergency": row.emergency_account_id or ""}

    return PasswordsForm(request, row=member, read=read, member=member)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def add_page(request: HttpRequest, kind: str, slug: str | None = None) -> HttpResponse:
    """A new provider; it is tried from its own page."""
    member = whose(request, slug)
    if kind not in FORMS:
        raise Http404
    method = SignInMethod(member=member, kind=kind)
    form = FORMS[kind](request.POST or None, initial=first_values(kind))
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid() and (status := save(request, form, method)) == 200:
            messages.success(request, _("“%(method)s” is kept: try it now.") % {"method": method})
            return redirect(address("sign_in_method", member, method.pk))
    context = {"section": "members", "member": member, "method": method, "form": form, "back": back(member)}
    return render(request, "account/method_add.html", context, status=status)


def first_values(kind: str) -> dict[str, str]:
    if kind != SignInMethod.Kind.PROCONNECT:
        return {}
    return {
        "name": "ProConnect",
        "issuer": "https://auth.agentconnect.gouv.fr/api/v2",
        "scopes": PROCONNECT_SCOPES,
    }


def save(request: HttpRequest, form: Any, method: SignInMethod) -> int:
    """Keep what the form says; a refusal becomes its error, and the answer's status."""
    values = form.cleaned_data
    try:
        methods.save_method(
            rights=rights_of_request(request),
            method=method,
            name=values["name"],
            configuration=configuration_from(values),
            domains=split(values["domains"]),
            secret=values["secret"],
            join_again=values.get("join_again", False),
        )
    except ArpentError as error:
        return blame(form, error)
    return 200


def back(member: Member | None) -> str:
    return address("sign_in_methods", member)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def method_page(request: HttpRequest, number: int, slug: str | None = None) -> HttpResponse:
    """One provider: its settings, its rules, a trial."""
    member = whose(request, slug)
    method = edited_method(member, number)
    form = change_form(request, method)
    if request.method != "POST":
        return render_method(request, member, method, form=form)
    status = 400
    before = joined_to(method).count()
    if form.is_valid() and (status := save(request, form, method)) == 200:
        messages.success(request, _("“%(method)s” is kept.") % {"method": method})
        if forgotten := before - joined_to(method).count():
            text = ngettext("%(n)s account must join again.", "%(n)s accounts must join again.", forgotten)
            messages.warning(request, text % {"n": forgotten})
        return redirect(address("sign_in_method", member, method.pk))
    return render_method(request, member, method, status=status, form=form)


def change_form(request: HttpRequest, method: SignInMethod, **options: Any) -> Any:
    joined, roles = joined_to(method).count(), methods.given_by(method, rights_of_request(request)).count()
    return CHANGE_FORMS[method.kind](request, row=method, read=values_of, joined=joined, roles=roles, **options)


def edited_method(member: Member | None, number: int) -> SignInMethod:
    """A provider; directories have their own page. Raises NotFound, Http404."""
    method = method_of(member, number)
    if method.kind not in FORMS:
        raise Http404
    return method


def render_method(
    request: HttpRequest, member: Member | None, method: SignInMethod, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "section": "members",
        "member": member,
        "method": method,
        "form": change_form(request, method, bound=False),
        **rules_context(request, method, more.pop("rule_form", None)),
        "callback": callback_url(request, provider_of(method)),
        "signed_out": request.build_absolute_uri(reverse("provider_signed_out")),
        "back": back(member),
        "urls": {name: address(f"sign_in_{name}", member, method.pk) for name in ("try", "switch")},
        **more,
    }
    return render(request, "account/method.html", context, status=status)


@transaction.non_atomic_requests
@require_POST
@page
def try_page(request: HttpRequest, number: int, slug: str | None = None) -> HttpResponse:
    """Ask the provider now. No transaction waits for its answers."""
    member = whose(request, slug)
    method = edited_method(member, number)
    return render_method(request, member, method, outcomes=methods.try_method(method))


@require_POST
@page
def switch(request: HttpRequest, number: int, slug: str | None = None) -> HttpResponse:
    """On (`active` is 1) or off."""
    member = whose(request, slug)
    method = method_of(member, number)
    active = request.POST.get("active") == "1"
    try:
        keep = request.session.session_key or ""
        methods.switch_method(rights=rights_of_request(request), method=method, active=active, keep=keep)
    except ArpentError as error:
        messages.error(request, str(error.message))
    else:
        text = _("“%(method)s” is switched on.") if active else _("“%(method)s” is switched off.")
        messages.success(request, text % {"method": method})
    return redirect(back(member) if method.kind not in FORMS else address("sign_in_method", member, method.pk))


def patterns(prefix: str) -> list[Any]:
    return [
        path("", methods_page, name=f"{prefix}sign_in_methods"),
        path("ajouter/<slug:kind>/", add_page, name=f"{prefix}sign_in_method_add"),
        path("<int:number>/", method_page, name=f"{prefix}sign_in_method"),
        path("<int:number>/essayer/", try_page, name=f"{prefix}sign_in_try"),
        path("<int:number>/etat/", switch, name=f"{prefix}sign_in_switch"),
    ]


member_patterns = patterns("")
platform_patterns = patterns("platform_")
