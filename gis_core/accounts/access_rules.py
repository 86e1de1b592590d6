"""…/connexion/<method>/regles/: rules of access are added and removed here, of providers and of directories."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from gis_core.accounts.directory.pages import render_directory
from gis_core.accounts.providers import methods
from gis_core.accounts.providers.forms import split
from gis_core.accounts.providers.method_pages import method_of, render_method, whose
from gis_core.accounts.providers.rules import RuleForm, address_of
from gis_core.desk.forms import blame
from gis_core.desk.signed_in import page
from gis_core.errors import ArpentError
from gis_core.http.middleware import rights_of_request
from gis_core.models import SignInMethod


def is_directory(method: SignInMethod) -> bool:
    return method.kind == SignInMethod.Kind.DIRECTORY


def to_page(method: SignInMethod) -> HttpResponse:
    """The method's own page."""
    return redirect(address_of("directory" if is_directory(method) else "sign_in_method", method))


@require_POST
@page
def add_rule(request: HttpRequest, number: int, slug: str | None = None) -> HttpResponse:
    """Another rule of access."""
    method = method_of(whose(request, slug), number)
    rights = rights_of_request(request)
    form = RuleForm(request.POST, method=method, rights=rights)
    status = 400
    if form.is_valid():
        values = {**form.cleaned_data, "communes": split(form.cleaned_data["communes"])}
        try:
            methods.add_rule(rights=rights, method=method, **values)
        except ArpentError as error:
            status = blame(form, error)
        else:
            messages.success(request, kept_message(method))
            return to_page(method)
    if is_directory(method):
        return render_directory(request, method, status, rule_form=form)
    return render_method(request, method.member, method, status=status, rule_form=form)


def kept_message(method: SignInMethod) -> str:
    if is_directory(method):
        return _("The rule holds as soon as the directory has been read once more.")
    return _("The rule holds from the next sign-in on.")


@require_POST
@page
def remove_rule(request: HttpRequest, number: int, rule: int, slug: str | None = None) -> HttpResponse:
    """One rule less; who loses the role that it alone gave loses it now."""
    method = method_of(whose(request, slug), number)
    ended = methods.remove_rule(rights=rights_of_request(request), method=method, rule=rule)
    if not ended:
        messages.success(request, _("The rule no longer gives anything; nobody lost a role."))
        return to_page(method)
    text = ngettext(
        "The rule no longer gives anything: %(n)s person lost the role.",
        "The rule no longer gives anything: %(n)s people lost the role.",
        ended,
    )
    messages.success(request, text % {"n": ended})
    return to_page(method)


def patterns(prefix: str) -> list[Any]:
    return [
        path("<int:number>/regles/", add_rule, name=f"{prefix}sign_in_rules"),
        path("<int:number>/regles/<int:rule>/retirer/", remove_rule, name=f"{prefix}sign_in_rule_remove"),
    ]


member_patterns = patterns("")
platform_patterns = patterns("platform_")
