"""/compte/connexion/annuaire/<n>/: a sign-in with the password of a directory."""

from __future__ import annotations

from allauth.account.utils import get_next_redirect_url
from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from gis_core.accounts.directory import signing_in
from gis_core.accounts.providers.choosing import open_methods
from gis_core.database.rows import first_of
from gis_core.desk.forms import AccessibleForm
from gis_core.errors import ArpentError
from gis_core.http.problem import status_of
from gis_core.models import SignInMethod


class DirectorySignInForm(AccessibleForm):
    login = forms.CharField(
        label=_("E-mail address"),
        max_length=signing_in.LONGEST_LOGIN,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=signing_in.LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("The one of your workstation: Arpent does not keep it."),
    )


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@transaction.non_atomic_requests
def sign_in_page(request: HttpRequest, number: int) -> HttpResponse:
    """Sign in by a directory; `courriel` fills the form, `next` is a path of ours to come back to."""
    method = first_of(open_methods().filter(kind=SignInMethod.Kind.DIRECTORY, pk=number))
    next_url = get_next_redirect_url(request)
    form = DirectorySignInForm(request.POST or None, initial={"login": request.GET.get("courriel", "")[:150]})
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                return signing_in.sign_in(request, method=method, next_url=next_url, **form.cleaned_data)
            except ArpentError as error:
                form.add_error(None, str(error.message))
                status = status_of(error)
    context = {"form": form, "method": method, "next_url": next_url or ""}
    return render(request, "account/directory.html", context, status=status)
