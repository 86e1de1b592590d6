"""/membres/: a member's own administrator invites people, gives roles, removes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.accounts.ways import ways_of
from gis_core.database import clock as database_clock
from gis_core.desk.forms import InvitationForm
from gis_core.desk.signed_in import page, rights_of_page
from gis_core.errors import ArpentError, Invalid
from gis_core.http.middleware import rights_of_request
from gis_core.members import absences, people, person_pages, review_pages, roster
from gis_core.members import organisations as members
from gis_core.models import Member
from gis_core.points import MEMBER_LINKS


@require_safe
@page
def members_page(request: HttpRequest) -> HttpResponse:
    """The members whose people the user manages."""
    chosen = Member.objects.administered_by(rights_of_page(request))
    return render(
        request,
        "membres/members.html",
        {
            "members": chosen.annotate(people_count=Count("memberships__accepted_at")),
            "section": "members",
            "links": MEMBER_LINKS.all(),
            "rights": rights_of_request(request),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def people_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The people of a member, and a form to invite one."""
    rights = rights_of_request(request)
    member = members.get_administered_member(rights=rights, slug=slug)
    form = InvitationForm(request.POST or None, member=member, rights=rights)
    status = 200
    if request.method == "POST":
        if form.is_valid() and attempt(
            form,
            lambda: people.invite(
                rights=rights, member=member, site=request.build_absolute_uri("/"), **form.cleaned_data
            ),
        ):
            messages.success(
                request, _("The invitation has been sent to %(email)s.") % {"email": form.cleaned_data["email"]}
            )
            return redirect("people", slug=slug)
        status = 400
    context = {"section": "members", "member": member, "form": form, "agency": rights.agency}
    return render(request, "membres/people.html", context | list_people(member), status=status)


def list_people(member: Member) -> dict[str, Any]:
    """Everybody of a member with what their administrator asks about them."""
    memberships = list(people.people_of(member))
    accounts = [one.account for one in memberships if one.account]
    ways, away = ways_of(accounts), absences.absences_of(member)
    today = database_clock.today()
    rows: list[dict[str, Any]] = [
        {
            "person": one,
            "ways": ways[one.user_id] if one.account else None,
            "absence": away.get(one.user_id) if one.account else None,
            "over": one.last_date is not None and one.last_date < today,
        }
        for one in memberships
    ]
    with_access = sum(bool(row["person"].account) and not row["over"] for row in rows)
    return {"people": rows, "with_access": with_access}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def list_page(request: HttpRequest, slug: str) -> HttpResponse:
    """People invited from a CSV file, which is tried out first."""
    rights = rights_of_request(request)
    member = members.get_administered_member(rights=rights, slug=slug)
    context: dict[str, Any] = {"section": "members", "member": member, "most": roster.MOST_PEOPLE}
    status = 200
    if request.method == "POST":
        action = request.POST.get("action")
        invites = action in ("invite", "change")
        try:
            sent_people = people_sent(request)
            outcomes = roster.invite_people(
                sent_people, rights=rights, member=member, site=request.build_absolute_uri("/"), dry_run=not invites,
                changes=action == "change",
            )  # fmt: skip
        except ArpentError as error:
            context, status = context | {"fault": error.message}, 400
        else:
            counts = Counter(one.state for one in outcomes)
            if invites and not counts["refused"]:
                count = counts["invited"]
                text = ngettext("%(n)s invitation has been sent.", "%(n)s invitations have been sent.", count)
                messages.success(request, text % {"n": count})
                if count := counts["changed"]:
                    text = ngettext("%(n)s person has been changed.", "%(n)s people have been changed.", count)
                    messages.success(request, text % {"n": count})
                return redirect("people", slug=slug)
            kept = json.dumps([one.as_json() for one in sent_people])
            context |= {"outcomes": outcomes, "counts": counts, "kept": kept}
    return render(request, "membres/list.html", context, status=status)


def people_sent(request: HttpRequest) -> list[roster.Person]:
    """The rows of the file, or those that a trial kept in the page. Raises Invalid."""
    if file := request.FILES.get("file"):
        return roster.read_people(file)
    try:
        kept = json.loads(request.POST.get("rows") or "[]")
        people_kept = [roster.Person.from_json(one) for one in kept[: roster.MOST_PEOPLE]]
    except (ValueError, TypeError, KeyError) as error:
        raise Invalid(_("Send the list again.")) from error
    if not people_kept:
        raise Invalid(_("Choose a file."), parameter="file")
    return people_kept


def attempt(form: Any, act: Callable[[], Any]) -> bool:
    """Do it; a refusal becomes the form's error."""
    try:
        act()
    except ArpentError as error:
        form.add_error(None, str(error.message))
        return False
    return True


urlpatterns = [
    path("", members_page, name="members"),
    path("<slug:slug>/", people_page, name="people"),
    path("<slug:slug>/liste/", list_page, name="people_list"),
    *person_pages.urlpatterns,
    *review_pages.urlpatterns,
]
