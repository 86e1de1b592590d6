"""Pages of administrators: who needs a second factor, and the recovery of somebody's who lost theirs."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gis_core.accounts.factor import recovery, requirement
from gis_core.desk.signed_in import page
from gis_core.errors import ArpentError, Invalid
from gis_core.http.middleware import rights_of_request, signed_in_user
from gis_core.members import organisations as members
from gis_core.members import people
from gis_core.models import User
from gis_core.points import FACTOR_NEEDS


@require_http_methods(["GET", "HEAD", "POST"])
@page
def by_role(request: HttpRequest) -> HttpResponse:
    """Whether roles need a second factor (`wanted`). Raises PermissionDenied for others than the agency."""
    if not rights_of_request(request).agency:
        raise PermissionDenied
    if request.method == "POST":
        wanted = request.POST.get("wanted") == "1"
        requirement.want_by_role(wanted)
        messages.success(
            request,
            _("From their next sign-in on, these roles need a second factor.")
            if wanted
            else _("No role needs a second factor any more; members may still want it."),
        )
        return redirect("second_factor_by_role")
    count, without = requirement.count_people()
    context = {"needs": FACTOR_NEEDS.all(), "count": count, "without": without, "wanted": requirement.is_by_role()}
    return render(request, "mfa/by_role.html", {**context, "section": "getting_started"})


@require_http_methods(["GET", "HEAD", "POST"])
@page
def of_member(request: HttpRequest, slug: str) -> HttpResponse:
    """Whether everybody of a member needs a second factor (`wanted`), and who has one."""
    member = members.get_administered_member(rights=rights_of_request(request), slug=slug)
    if request.method == "POST":
        wanted = request.POST.get("wanted") == "1"
        requirement.want_of_member(member, wanted)
        messages.success(
            request,
            _("From their next sign-in on, everybody of the member needs a second factor.")
            if wanted
            else _("The member wants no second factor any more; some roles may still need it."),
        )
        return redirect("second_factor_of_member", slug=slug)
    accepted = [one for one in people.people_of(member) if one.account]
    having = requirement.people_with_factor(one.user_id for one in accepted)
    rows = [(one, one.user_id in having) for one in accepted]
    context = {"section": "members", "member": member, "rows": rows, "without": len(rows) - len(having)}
    return render(request, "mfa/of_member.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def recover(request: HttpRequest, slug: str, membership_id: int) -> HttpResponse:
    """Begin, confirm or stop the recovery of a person's second factor (`act`)."""
    rights = rights_of_request(request)
    member = members.get_administered_member(rights=rights, slug=slug)
    person = people.person_of(member=member, membership_id=membership_id)
    if request.method == "POST":
        try:
            messages.success(request, act(request, person.account))
        except ArpentError as error:
            messages.error(request, str(error.message))
        return redirect("factor_recovery", slug=slug, membership_id=membership_id)
    under_way = recovery.pending_of(person.account) if person.account else None
    context = {
        "section": "members",
        "member": member,
        "person": person,
        "has_factor": person.account is not None and requirement.has_factor(person.account),
        "under_way": under_way,
        "is_own": under_way is not None and under_way.started_by_id == rights.user_id,
    }
    return render(request, "mfa/recover.html", context)


def act(request: HttpRequest, user: User | None) -> str:
    """What the form asks for; what to say. Raises Forbidden, Invalid, Conflict, NotFound."""
    if user is None:
        raise Invalid(_("This person has not accepted the invitation yet: there is nothing to recover."))
    rights, site = rights_of_request(request), request.build_absolute_uri("/")
    match request.POST.get("act"):
        case "start":
            recovery.start(rights=rights, user=user, site=site)
            return _("The recovery has begun: the person and the agency are informed by mail.")
        case "confirm":
            recovery.confirm(rights=rights, user=user, site=site)
            return _("The second factor is taken off: the password alone opens until another one is set up.")
        case "stop":
            recovery.check_may_recover(rights, user)
            recovery.stop(user=user, site=site)
            return _("The recovery is stopped: nothing changes.")
    raise Invalid(_("Choose what to do."), parameter="act")


@require_POST
@page
def stop_own(request: HttpRequest) -> HttpResponse:
    """The person stops the recovery of their own second factor."""
    recovery.stop(user=signed_in_user(request), site=request.build_absolute_uri("/"))
    messages.success(request, _("The recovery is stopped: nothing changes."))
    return redirect("mfa_index")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_by_link(request: HttpRequest, key: str) -> HttpResponse:
    """The same by the link of the mail, without signing in."""
    one = recovery.of_link(key)
    if request.method == "POST":
        recovery.stop(user=one.user, site=request.build_absolute_uri("/"))
        one.ended_at = one.effective_at
    return render(request, "mfa/stop_by_link.html", {"recovery": one})


account_patterns = [
    path("second-facteur/recuperation/arreter/", stop_own, name="factor_recovery_stop"),
    path("second-facteur/recuperation/<str:key>/", stop_by_link, name="factor_recovery_link"),
]
member_patterns = [
    path("<slug:slug>/second-facteur/", of_member, name="second_factor_of_member"),
    path("<slug:slug>/<int:membership_id>/second-facteur/", recover, name="factor_recovery"),
]
