"""/membres/<member>/programmes/: the service accounts of a member and their tokens, for its administrators."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis_core.desk.form_keys import lead_to
from gis_core.desk.forms import RoleForm, TokenForm, blame
from gis_core.desk.signed_in import page
from gis_core.errors import ArpentError
from gis_core.http.middleware import rights_of_request, signed_in_user
from gis_core.members import organisations, people
from gis_core.members.rights import rights_of
from gis_core.models import Member, Membership
from gis_core.tokens import programs, services


class ProgramForm(RoleForm):
    name = forms.CharField(
        label=gettext_lazy("Name of the program"),
        max_length=programs.LONGEST_NAME,
        help_text=gettext_lazy("What it does and where: “QGIS Server of the agency”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ["name", "role", "communes"]


def administered(request: HttpRequest, slug: str) -> Member:
    """The member. Raises NotFound, Forbidden; PermissionDenied for a token, which makes no account and no token."""
    member = organisations.get_administered_member(rights=rights_of_request(request), slug=slug)
    if request.method == "POST" and request.by_token:  # type: ignore[attr-defined]
        raise PermissionDenied
    return member


@require_http_methods(["GET", "HEAD", "POST"])
@page
def programs_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The service accounts of a member, and a form for another one."""
    member, rights = administered(request, slug), rights_of_request(request)
    form, status = ProgramForm(request.POST or None, member=member, rights=rights), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                made = programs.create_program(
                    rights=rights, member=member, user=signed_in_user(request), **form.cleaned_data
                )
            except ArpentError as error:
                status = blame(form, error)
            else:
                messages.success(request, _("The service account is there: give it a token."))
                return redirect("program", slug, made.pk)
    context = {"section": "members", "member": member, "programs": programs.programs_of(member), "form": form}
    return render(request, "tokens/programs.html", context, status=status)


@require_safe
@page
def program_page(request: HttpRequest, slug: str, membership_id: int) -> HttpResponse:
    """A service account: its role, who answers for it, its tokens."""
    member = administered(request, slug)
    return page_of(request, member, programs.program_of(member=member, membership_id=membership_id))


def page_of(request: HttpRequest, member: Member, program: Membership, status: int = 200, **more: Any) -> HttpResponse:
    rights = rights_of(program.user)
    context = {
        "section": "members",
        "member": member,
        "program": program,
        "tokens": services.describe_tokens(services.tokens_of(program.user), rights_of_request(request)),
        "form": TokenForm(rights=rights),
        **more,
    }
    return render(request, "tokens/program.html", context, status=status)


@require_POST
@page
def create_token(request: HttpRequest, slug: str, membership_id: int) -> HttpResponse:
    """Make a token of a service account, whose secret this page alone shows."""
    member = administered(request, slug)
    program = programs.program_of(member=member, membership_id=membership_id)
    people.check_may_give(rights_of_request(request), member, program.role)
    form = TokenForm(request.POST, rights=rights_of(program.user))
    if not form.is_valid():
        return page_of(request, member, program, status=400, form=form)
    try:
        token, secret = services.create_token(user=program.user, **form.cleaned_data)
    except ArpentError as error:
        return page_of(request, member, program, status=blame(form, error), form=form)
    made = page_of(request, member, program, new_token=token, secret=secret)
    return lead_to(made, reverse("program", args=[slug, membership_id]))


@require_POST
@page
def revoke_token(request: HttpRequest, slug: str, membership_id: int, token_id: int) -> HttpResponse:
    member = administered(request, slug)
    program = programs.program_of(member=member, membership_id=membership_id)
    services.revoke_token(user=program.user, token_id=token_id)
    messages.success(request, _("The token no longer opens anything."))
    return redirect("program", slug, membership_id)


@require_POST
@page
def take_over(request: HttpRequest, slug: str, membership_id: int) -> HttpResponse:
    """The asker answers for the service account from now on."""
    member = administered(request, slug)
    programs.take_over(programs.program_of(member=member, membership_id=membership_id), signed_in_user(request))
    messages.success(request, _("You answer for this service account from now on."))
    return redirect("program", slug, membership_id)


@require_POST
@page
def close(request: HttpRequest, slug: str, membership_id: int) -> HttpResponse:
    """The account is closed, and its tokens with it."""
    member = administered(request, slug)
    program = programs.program_of(member=member, membership_id=membership_id)
    programs.close_program(rights=rights_of_request(request), program=program)
    messages.success(request, _("The service account is closed: its tokens open nothing any more."))
    return redirect("programs", slug)


urlpatterns = [
    path("", programs_page, name="programs"),
    path("<int:membership_id>/", program_page, name="program"),
    path("<int:membership_id>/jetons/", create_token, name="program_token_create"),
    path("<int:membership_id>/jetons/<int:token_id>/revoquer/", revoke_token, name="program_token_revoke"),
    path("<int:membership_id>/reprendre/", take_over, name="program_take_over"),
    path("<int:membership_id>/fermer/", close, name="program_close"),
]
