"""/membres/<member>/connexion/annuaire/ and /plateforme/connexion/annuaire/: a directory's settings and state.

One page of each: what its last reading did and who waits to be let go, a trial, the rules of its groups, its settings.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gis_core.accounts.directory import reports, synchronising
from gis_core.accounts.directory.forms import DirectoryChangeForm, DirectoryForm, values_of
from gis_core.accounts.directory.settings import save_directory
from gis_core.accounts.directory.trial import try_directory
from gis_core.accounts.providers import methods
from gis_core.accounts.providers.forms import split
from gis_core.accounts.providers.method_pages import back, whose
from gis_core.accounts.providers.rules import address, rules_context
from gis_core.database.rows import first_of
from gis_core.desk.forms import blame
from gis_core.desk.signed_in import page
from gis_core.errors import ArpentError
from gis_core.http.middleware import rights_of_request
from gis_core.models import Member, SignInMethod, User


def directory_of(request: HttpRequest, slug: str | None, number: int) -> SignInMethod:
    """A directory of a member that the user administers, or of the platform for the agency. Raises NotFound."""
    return first_of(methods.methods_of(whose(request, slug)).filter(kind=SignInMethod.Kind.DIRECTORY, pk=number))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def add_page(request: HttpRequest, slug: str | None = None) -> HttpResponse:
    """A new directory; it is tried from its own page."""
    member = whose(request, slug)
    method = SignInMethod(member=member, kind=SignInMethod.Kind.DIRECTORY)
    form = DirectoryForm(request.POST or None, method=method)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid() and (status := save(request, form, method)) == 200:
            messages.success(request, _("“%(method)s” is kept: try it now.") % {"method": method})
            return redirect(address("directory", member, method.pk))
    context = {"section": "members", "member": member, "method": method, "form": form, "back": back(member)}
    return render(request, "account/method_add.html", context, status=status)


def save(request: HttpRequest, form: DirectoryForm, method: SignInMethod) -> int:
    """Keep what the form says; a refusal becomes its error, and the answer's status."""
    values = form.cleaned_data
    try:
        save_directory(
            rights=rights_of_request(request),
            method=method,
            name=values["name"],
            options=form.options(),
            domains=split(values["domains"]),
            secret=values["secret"],
        )
    except ArpentError as error:
        return blame(form, error)
    return 200


@require_http_methods(["GET", "HEAD", "POST"])
@page
def directory_page(request: HttpRequest, number: int, slug: str | None = None) -> HttpResponse:
    """Its state, its rules and its settings, which a POST changes."""
    method = directory_of(request, slug, number)
    if request.method != "POST":
        return render_directory(request, method)
    form = change_form(request, method)
    status = 400
    if form.is_valid() and (status := save(request, form, method)) == 200:
        messages.success(request, _("“%(method)s” is kept.") % {"method": method})
        return to_page(method)
    return render_directory(request, method, status, form=form)


def change_form(request: HttpRequest, method: SignInMethod, bound: bool | None = None) -> DirectoryChangeForm:
    return DirectoryChangeForm(request, row=method, read=values_of, bound=bound, method=method)


def to_page(method: SignInMethod) -> HttpResponse:
    return redirect(address("directory", method.member, method.pk))


def render_directory(request: HttpRequest, method: SignInMethod, status: int = 200, **more: Any) -> HttpResponse:
    report = reports.last(method)
    waiting = User.objects.filter(pk__in=report.waiting).order_by("last_name", "first_name") if report else ()
    member: Member | None = method.member
    context = {
        "section": "members",
        "method": method,
        "member": member,
        "back": back(member),
        "report": report,
        "waiting": waiting,
        "digest": synchronising.digest_of(report.waiting) if report else "",
        "form": more.get("form") or change_form(request, method, bound=False),
        **rules_context(request, method, more.pop("rule_form", None)),
        "urls": {name: address(f"directory_{name}", member, method.pk) for name in ("try", "read", "confirm")},
        "switch": address("sign_in_switch", member, method.pk),
    }
    return render(request, "membres/directory.html", context | more, status=status)


@transaction.non_atomic_requests
@require_POST
@page
def try_page(request: HttpRequest, number: int, slug: str | None = None) -> HttpResponse:
    """Ask each server now. No transaction waits for their answers."""
    method = directory_of(request, slug, number)
    return render_directory(request, method, trial=try_directory(method))


@require_POST
@page
def read_page(request: HttpRequest, number: int, slug: str | None = None) -> HttpResponse:
    """Have it read now."""
    method = directory_of(request, slug, number)
    synchronising.queue(method)
    messages.success(request, _("The directory is being read: reload this page in a few seconds."))
    return to_page(method)


@require_POST
@page
def confirm_page(request: HttpRequest, number: int, slug: str | None = None) -> HttpResponse:
    """Let those go who are on the list that the page showed (`list`)."""
    method = directory_of(request, slug, number)
    try:
        synchronising.confirm(method, request.POST.get("list", ""))
    except ArpentError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("They are closed as soon as the directory has been read once more."))
    return to_page(method)


def patterns(prefix: str) -> list[Any]:
    return [
        path("", add_page, name=f"{prefix}directory_add"),
        path("<int:number>/", directory_page, name=f"{prefix}directory"),
        path("<int:number>/essayer/", try_page, name=f"{prefix}directory_try"),
        path("<int:number>/lire/", read_page, name=f"{prefix}directory_read"),
        path("<int:number>/confirmer/", confirm_page, name=f"{prefix}directory_confirm"),
    ]


member_patterns = patterns("")
platform_patterns = patterns("platform_")
