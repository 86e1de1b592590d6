"""/compte/connexion/annuaire/<n>/: a sign-in by a directory.

/annuaires/<n>/: what its last reading did, a trial of its settings, and who waits to be let go.
"""

from __future__ import annotations

from allauth.account.utils import get_next_redirect_url
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from gis_core.accounts.directory import reports, signing_in, synchronising
from gis_core.accounts.directory.trial import Trial, try_directory
from gis_core.accounts.providers.choosing import open_methods
from gis_core.database.rows import first_of
from gis_core.desk.forms import AccessibleForm
from gis_core.desk.signed_in import page, rights_of_page
from gis_core.errors import ArpentError, Conflict
from gis_core.http.problem import status_of
from gis_core.members.rights import Rights
from gis_core.models import SignInMethod, User


class DirectorySignInForm(AccessibleForm):
    login = forms.CharField(
        label=gettext_lazy("E-mail address"),
        max_length=signing_in.LONGEST_LOGIN,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=signing_in.LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=gettext_lazy("The one of your workstation: Arpent does not keep it."),
    )


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@transaction.non_atomic_requests
def sign_in_page(request: HttpRequest, method_id: int) -> HttpResponse:
    """Sign in by a directory; `courriel` fills the form, `next` is a path of ours to come back to."""
    method = first_of(open_methods().filter(kind=SignInMethod.Kind.DIRECTORY, pk=method_id))
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


@require_http_methods(["GET", "HEAD", "POST"])
@page
def directory_page(request: HttpRequest, method_id: int) -> HttpResponse:
    """The state of a directory; its buttons try its settings, have it read, or confirm who leaves."""
    method = get_administered_directory(rights_of_page(request), method_id)
    trial, status = None, 200
    match request.POST.get("action") if request.method == "POST" else None:
        case "try":
            trial = try_directory(method)
        case "read":
            synchronising.queue(method)
            messages.success(request, _("The directory is being read: reload this page in a few seconds."))
            return redirect("directory", method.pk)
        case "confirm":
            try:
                synchronising.confirm(method, request.POST.get("list", ""))
            except Conflict as error:
                messages.error(request, str(error.message))
            else:
                messages.success(request, _("They are closed as soon as the directory has been read once more."))
            return redirect("directory", method.pk)
        case None:
            pass
        case _:
            status = 400
    return render(request, "membres/directory.html", context_of(method, trial), status=status)


def context_of(method: SignInMethod, trial: Trial | None) -> dict[str, object]:
    report = reports.last(method)
    waiting = User.objects.filter(pk__in=report.waiting).order_by("last_name", "first_name") if report else ()
    digest = synchronising.digest_of(report.waiting) if report else ""
    return {
        "section": "members",
        "method": method,
        "member": method.member,
        "report": report,
        "waiting": waiting,
        "digest": digest,
        "trial": trial,
    }


def get_administered_directory(rights: Rights, method_id: int) -> SignInMethod:
    """A directory of a member that the user administers; the platform's is the agency's. Raises NotFound."""
    directories = SignInMethod.objects.filter(kind=SignInMethod.Kind.DIRECTORY).select_related("member")
    if not rights.agency:
        directories = directories.filter(member__in=rights.list_administered_ids())
    return first_of(directories.filter(pk=method_id))


urlpatterns = [
    path("annuaires/<int:method_id>/", directory_page, name="directory"),
    path("compte/connexion/annuaire/<int:method_id>/", sign_in_page, name="directory_sign_in"),
]
