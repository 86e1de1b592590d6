"""/membres/<member>/<number>/: one person of a member, their role, last day, absence, work, sessions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from gis_core.accounts import sessions
from gis_core.accounts.ways import ways_of
from gis_core.desk.edit_forms import EditForm
from gis_core.desk.forms import RoleForm, blame
from gis_core.desk.signed_in import page
from gis_core.errors import ArpentError, Forbidden, NotFound
from gis_core.http.middleware import rights_of_request
from gis_core.members import absences, handover, leaving, people
from gis_core.members import organisations as members
from gis_core.members.forms import AWAY, LEAVES, HandoverForm, LastDateForm
from gis_core.members.rights import Rights, Role, rights_of
from gis_core.models import Membership, User
from gis_core.tokens import services as tokens


def person_on_page(request: HttpRequest, slug: str, membership_id: int) -> tuple[Rights, Membership]:
    """Who asks, and the person of one of their members that the page is about. Raises NotFound, Forbidden."""
    rights = rights_of_request(request)
    member = members.get_administered_member(rights=rights, slug=slug)
    return rights, people.person_of(member=member, membership_id=membership_id)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def person_page(request: HttpRequest, slug: str, membership_id: int) -> HttpResponse:
    """One person of a member; a form for the role."""
    rights, person = person_on_page(request, slug, membership_id)
    member = person.member

    def read(_name: str) -> dict[str, Any]:
        return role_of(people.person_of(member=member, membership_id=membership_id))

    # By name: the site's role may not lock what it changes through a function alone.
    row = f"membership {membership_id}"
    form = RoleChangeForm(request, row=row, read=read, member=member, rights=rights)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                people.change_role(rights=rights, membership=person, **form.cleaned_data)
            except ArpentError as error:
                form.add_error(None, str(error.message))
            else:
                messages.success(request, _("%(name)s has a new role.") % {"name": person.name})
                return redirect("people", slug=slug)
        status = 400
    return show_person(request, rights, person, form=form, status=status)


def show_person(
    request: HttpRequest, rights: Rights, person: Membership, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The page; `more` are forms that were sent and refused."""
    account, member = person.account, person.member
    context: dict[str, Any] = {"section": "members", "member": member, "person": person, "account": account}
    context["last_date_form"] = LastDateForm(initial={"last_date": person.last_date})
    if account:
        context["ways"] = ways_of([account])[account.pk]
        context["absence"] = absences.absences_of(member).get(account.pk)
        context["work"] = handover.work_of(account, member, None, rights)
        context["may_end_sessions"] = may_end_sessions(rights, person)
        context["sessions"] = sessions.sessions_of(account) if context["may_end_sessions"] else []
    return render(request, "membres/person.html", context | more, status=status)


class RoleChangeForm(EditForm, RoleForm):
    """The role and the communes mean something together."""

    together = (("role", "communes"),)


def role_of(person: Membership) -> dict[str, Any]:
    return {"role": person.role, "communes": [commune.insee for commune in person.communes.all()]}


@require_POST
@page
def set_last_date(request: HttpRequest, slug: str, membership_id: int) -> HttpResponse:
    """When a person's access ends by itself."""
    rights, person = person_on_page(request, slug, membership_id)
    form = LastDateForm(request.POST)
    status = 400
    if form.is_valid():
        try:
            people.set_last_date(rights=rights, membership=person, last_date=form.cleaned_data["last_date"])
        except ArpentError as error:
            status = blame(form, error)
        else:
            messages.success(request, _("The last day of %(name)s is kept.") % {"name": person.name})
            return redirect("person", slug=slug, membership_id=membership_id)
    role = {"form": RoleForm(member=person.member, rights=rights, initial=role_of(person))}
    return show_person(request, rights, person, status=status, **role, last_date_form=form)


@require_POST
@page
def remove_person(request: HttpRequest, slug: str, membership_id: int) -> HttpResponse:
    """Take a person out of a member."""
    rights, person = person_on_page(request, slug, membership_id)
    try:
        people.remove(rights=rights, membership=person)
    except ArpentError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("%(name)s no longer belongs to the member.") % {"name": person.name})
    return redirect("people", slug=slug)


# -- work -------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@page
def handover_page(request: HttpRequest, slug: str, membership_id: int) -> HttpResponse:
    """Who takes over: what would change is read first, then done."""
    rights, person = person_on_page(request, slug, membership_id)
    if person.account is None:
        raise NotFound(_("This person has not accepted yet: there is nothing to take over."))
    form = HandoverForm(request.POST if request.method == "POST" else None, membership=person)
    context: dict[str, Any] = {"section": "members", "member": person.member, "person": person, "form": form}
    context["work"] = handover.work_of(person.user, person.member, None, rights)
    context["begun"] = handover.begun_by(person.user, person.member, rights)
    context["programs"] = tokens.programs_of_person(person.user, person.member_id)
    context["program_days"] = tokens.DAYS_AFTER_DEPARTURE
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                colleague = handover.colleague_of(person, form.cleaned_data["colleague"])
                if request.POST.get("action") == "do":
                    return hand_over(request, rights, person, colleague, form.cleaned_data)
                check_days(form.cleaned_data)
                work = handover.work_of(person.user, person.member, colleague, rights)
            except ArpentError as error:
                status = blame(form, error)
            else:
                status = 200
                kept = [(name, request.POST.get(name, "")) for name in form.fields]
                context |= {
                    "tried": True,
                    "colleague": colleague,
                    "work": work,
                    "given": form.cleaned_data,
                    "kept": kept,
                }
    return render(request, "membres/handover.html", context, status=status)


def check_days(given: dict[str, Any]) -> None:
    """What is shown before it is done has days that doing it takes. Raises Invalid."""
    if given["purpose"] == AWAY:
        absences.check_days(given["first_date"], given["last_date"])
    elif given["purpose"] == LEAVES:
        people.check_last_date(given["last_date"])


def hand_over(
    request: HttpRequest, rights: Rights, person: Membership, colleague: Any, given: dict[str, Any]
) -> HttpResponse:
    """Do what was seen. Raises what the services raise."""
    name, here = person.name, redirect("person", slug=person.member.slug, membership_id=person.pk)
    if given["purpose"] == AWAY:
        days = {"first_date": given["first_date"], "last_date": given["last_date"]}
        absences.record_absence(rights=rights, membership=person, colleague=colleague, **days)
        messages.success(request, _("The absence of %(name)s is kept.") % {"name": name})
        return here
    if given["purpose"] == LEAVES:
        parts = leaving.leave(rights=rights, membership=person, colleague=colleague, last_date=given["last_date"])
        later = _("%(name)s leaves: access ends after the last day.")
        text = later if given["last_date"] else _("%(name)s has left: all access is closed.")
        messages.success(request, text % {"name": name})
        here = here if given["last_date"] else redirect("people", slug=person.member.slug)
    else:
        people.check_may_give(rights, person.member, person.role)
        parts = handover.hand_over(person=person.user, member=person.member, colleague=colleague, rights=rights)
    report_parts(request, parts, colleague)
    return here


def report_parts(request: HttpRequest, parts: list[handover.Part], colleague: Any) -> None:
    for part in parts:
        if part.refusal:
            messages.warning(request, f"{part.work.label} : {part.refusal}")
        else:
            count = len(part.items)
            text = ngettext("%(what)s: %(n)s is now %(name)s’s.", "%(what)s: %(n)s are now %(name)s’s.", count)
            messages.success(request, text % {"what": part.work.label, "n": count, "name": colleague})


@require_POST
@page
def end_absence(request: HttpRequest, slug: str, membership_id: int) -> HttpResponse:
    """The person is back."""
    rights, person = person_on_page(request, slug, membership_id)
    absences.end_absence(rights=rights, membership=person)
    messages.success(request, _("%(name)s is back, and has their work again.") % {"name": person.name})
    return redirect("person", slug=slug, membership_id=membership_id)


# -- sessions ---------------------------------------------------------------------------------------------------------


def may_end_sessions(rights: Rights, person: Membership) -> bool:
    """Whoever may take all the person's roles away ends their sessions too: they are those of all their members."""
    theirs = {person.member_id: person.role, **rights_of(person.user).roles}
    of_person = rights.agency or person.user.kind == User.Kind.PERSON
    return of_person and all(Role(role).rank <= rights.rank_at(member) for member, role in theirs.items())


@require_POST
@page
def end_sessions(request: HttpRequest, slug: str, membership_id: int) -> HttpResponse:
    """End one of a person's sessions (`number`), or all of them. Raises NotFound, Forbidden."""
    rights, person = person_on_page(request, slug, membership_id)
    if person.account is None or not may_end_sessions(rights, person):
        raise Forbidden(_("Nobody gives a role above their own."))
    if number := request.POST.get("number", ""):
        sessions.end_session(person.account, int(number) if number.isdecimal() and len(number) < 19 else 0)
        messages.success(request, _("The session has ended."))
    else:
        count = sessions.end_sessions(person.account)
        text = ngettext("%(n)s session has ended.", "%(n)s sessions have ended.", count)
        messages.success(request, text % {"n": count})
    return redirect(reverse("person", args=[slug, membership_id]) + "#sessions")


PERSON = "<slug:slug>/<int:membership_id>/"
urlpatterns = [
    path(PERSON, person_page, name="person"),
    path(f"{PERSON}dernier-jour/", set_last_date, name="person_last_date"),
    path(f"{PERSON}passation/", handover_page, name="person_handover"),
    path(f"{PERSON}retour/", end_absence, name="person_back"),
    path(f"{PERSON}sessions/", end_sessions, name="person_sessions"),
    path(f"{PERSON}retirer/", remove_person, name="person_remove"),
]
