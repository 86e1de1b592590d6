"""/permis/reglages/: what a member chooses for its files, and its teams."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis_core.desk.edit_forms import EditForm
from gis_core.desk.forms import AccessibleForm, blame
from gis_core.errors import ArpentError
from gis_core.http.middleware import rights_of_request
from gis_core.members.organisations import get_administered_member
from gis_core.members.rights import Role
from gis_core.models import Member
from permits.acts.authorities import communes_of
from permits.acts.numbering import next_number_of, pattern_of
from permits.models import Team
from permits.pages.frame import page
from permits.services.filing import instructors_of
from permits.services.settings import (
    LONGEST_NAME,
    MOST_YEARS,
    Choice,
    change_team,
    choose,
    make_team,
    remove_team,
    settings_of,
    team_of,
)

POST_TOO = ["GET", "HEAD", "POST"]
MOST_COMMUNES = 3
"""Of which the next numbers are shown."""
LETTERS = ("PC", "DP", "PA", "PD", "CU")


class SettingsForm(EditForm):
    series = forms.RegexField(
        r"^[A-Z0-9]$",
        label=gettext_lazy("Series of the numbers"),
        max_length=1,
        help_text=gettext_lazy("The first of the five characters at the end of a number that the platform gives."),
        error_messages={"invalid": gettext_lazy("A series is one digit or capital letter.")},
    )
    applicant_roles = forms.MultipleChoiceField(
        label=gettext_lazy("Who reads applicants"),
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Every reading is written in the journal. A town hall reads those of its own communes."),
    )
    applicant_years = forms.IntegerField(
        label=gettext_lazy("Years that applicants are kept"),
        min_value=0,
        max_value=MOST_YEARS,
        help_text=gettext_lazy("After the end of their file; then they are forgotten."),
    )
    act_pattern = forms.CharField(
        label=gettext_lazy("Numbers of acts"),
        required=False,
        max_length=60,
        help_text=gettext_lazy(
            "Empty: with the letters (ADS-2026-000123). Otherwise text with {numero}, or {numero:4} for four digits, "
            "and {annee}, {type}, {commune}: {annee}-{numero:4} gives 2026-0001. It begins again each year with "
            "{annee}, and counts each kind or commune apart with {type} or {commune}."
        ),
    )
    public_register = forms.BooleanField(label=gettext_lazy("Show decisions in the public register"), required=False)


class NameForm(AccessibleForm):
    name = forms.CharField(label=gettext_lazy("Name of the team"), max_length=LONGEST_NAME)


class TeamForm(EditForm, NameForm):
    people = forms.MultipleChoiceField(
        label=gettext_lazy("People"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        people = [(str(one.user_id), str(one.user)) for one in instructors_of(member)]
        self.fields["people"].choices = people  # type: ignore[attr-defined]


@require_safe
@page
def settings_list(request: HttpRequest) -> HttpResponse:
    """The members that the asker administers."""
    rights = rights_of_request(request)
    if not rights.administers:
        raise PermissionDenied
    members = list(Member.objects.administered_by(rights).order_by("name"))
    if len(members) == 1:
        return redirect("permit_settings", members[0].slug)
    return render_settings(request, "settings_list", {"members": members})


@require_http_methods(POST_TOO)
@page
def settings_page(request: HttpRequest, slug: str) -> HttpResponse:
    """A member's choices, and its teams."""
    rights = rights_of_request(request)
    member = get_administered_member(rights=rights, slug=slug)
    form = form_of(request, member)
    if request.method == "POST" and form.is_valid():
        refused = attempt(form, lambda: choose(slug, Choice(**form.cleaned_data), rights))
        if refused is None:
            messages.success(request, _("The settings are saved."))
            return redirect("permit_settings", slug)
    return show_settings(request, member, form=form, status=400 if request.method == "POST" else 200)


def form_of(request: HttpRequest, member: Member, *, bound: bool | None = None) -> SettingsForm:
    def read(_name: str) -> dict[str, Any]:
        now = settings_of(member)
        return {name: getattr(now, name) for name in SettingsForm.base_fields}

    return SettingsForm(request, row=f"permit settings {member.pk}", read=read, bound=bound)


def show_settings(request: HttpRequest, member: Member, status: int = 200, **forms_: Any) -> HttpResponse:
    context = {
        "member": member,
        "form": forms_.get("form") or form_of(request, member, bound=False),
        "next_numbers": next_act_numbers(member),
        "team_form": NameForm(),
        "teams": Team.objects.filter(member=member).prefetch_related("people"),
    }
    return render_settings(request, "settings", context | forms_, status)


def next_act_numbers(member: Member) -> list[tuple[str, str]]:
    """What the next acts would be numbered: of what, and its number; one for each commune or kind counted apart."""
    pattern = pattern_of(member.pk)
    names = pattern.names if pattern else ()
    communes = list(communes_of(member).items())[:MOST_COMMUNES] or [("", "")]
    kinds = LETTERS if "type" in names else LETTERS[:1]
    places = communes if "commune" in names else communes[:1]
    numbers = []
    for kind in kinds:
        for insee, name in places:
            about = [kind if "type" in names else "", name if "commune" in names else ""]
            numbers.append((", ".join(filter(None, about)), next_number_of(member, kind=kind, insee=insee)))
    return numbers


@require_POST
@page
def teams(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a team."""
    rights = rights_of_request(request)
    member = get_administered_member(rights=rights, slug=slug)
    form = NameForm(request.POST)
    if form.is_valid():
        made = attempt(form, lambda: make_team(slug, form.cleaned_data["name"], rights))
        if isinstance(made, Team):
            return redirect("permit_team", slug, made.pk)
    return show_settings(request, member, 400, team_form=form)


@require_http_methods(POST_TOO)
@page
def team_page(request: HttpRequest, slug: str, team_id: int) -> HttpResponse:
    """A team's name and people."""
    rights = rights_of_request(request)
    team = team_of(slug, team_id, rights)
    form = TeamForm(request, row=team, read=team_values, member=team.member)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        refused = attempt(form, lambda: change_team(slug, team_id, given["name"], given["people"], rights))
        if refused is None:
            messages.success(request, _("The team is saved."))
            return redirect("permit_settings", slug)
    context = {"member": team.member, "team": team, "form": form}
    return render_settings(request, "team", context, 400 if form.is_bound else 200)


def team_values(team: Team) -> dict[str, Any]:
    return {"name": team.name, "people": [str(one.pk) for one in team.people.all()]}


@require_POST
@page
def team_remove(request: HttpRequest, slug: str, team_id: int) -> HttpResponse:
    """Its files stay with who instructs them."""
    remove_team(slug, team_id, rights_of_request(request))
    messages.success(request, _("The team is removed."))
    return redirect("permit_settings", slug)


def attempt(form: forms.Form, act: Callable[[], Any]) -> Any:
    """What the act gives; an error is put into the form, and stands for it."""
    try:
        return act()
    except ArpentError as error:
        blame(form, error)
        return error


def render_settings(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, f"permits/{template}.html", {"section": "permits", **context}, status=status)
