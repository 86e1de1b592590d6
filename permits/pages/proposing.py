"""/permis/<number>/propositions/: what the land proposes. The page of the file fetches it, because it reads the land;
POST confirms a proposal or sets it aside."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gis_core.errors import Conflict, Invalid
from gis_core.http.middleware import rights_of_request
from gis_core.members.rights import Rights
from permits.letters import LONGER
from permits.models import Event, Permit, ProposalReview
from permits.pages.consulting import with_measure_label
from permits.pages.frame import page, permit_of, show_file
from permits.procedure import INSTRUCTS, OPEN, What
from permits.services import proposing
from permits.services.proposing import Proposal, Proposals
from permits.services.recording import may_write

Kind = ProposalReview.Kind
TO_DO = (Kind.LONGER, Kind.BY_HAND, Kind.SILENCE, Kind.CONSULTATION)
SHORT = 3


def proposals_context(permit: Permit, rows: Sequence[Event], rights: Rights) -> dict[str, Any]:
    """What the page of a file shows of them: to those who instruct an open file, what there is to do with each."""
    may_review = permit.state in OPEN and may_write(permit, rights, INSTRUCTS)
    proposals = proposing.proposals_of(permit, rows, rights) if may_review else proposing.former_proposals(permit)
    return {
        "may_review": may_review,
        "proposals": cards(permit, proposals, *TO_DO),
        "act_reasons": cards(permit, proposals, Kind.REASON),
        "proposal_notes": proposals.notes,
        "waiting_proposals": sum(one.waits for one in proposals.items if one.kind in TO_DO),
    }


def shows_proposals(permit: Permit, rights: Rights) -> bool:
    """Whether the page of a file has a part for them: it is instructed by the asker, or something was reviewed."""
    may_review = permit.state in OPEN and may_write(permit, rights, INSTRUCTS)
    return may_review or ProposalReview.objects.filter(permit=permit).exists()


def cards(permit: Permit, proposals: Proposals, *kinds: ProposalReview.Kind) -> list[dict[str, Any]]:
    """What waits first, then what was confirmed, what is done, what was set aside."""
    return [card(permit, one) for one in sorted(proposals.of(*kinds), key=rank)]


def rank(one: Proposal) -> int:
    if one.waits:
        return 0
    return 2 if one.set_aside else 1


def card(permit: Permit, one: Proposal) -> dict[str, Any]:
    """A proposal as the page shows it: what covers most of the land first."""
    widest = sorted(one.reasons, key=lambda reason: reason.area_m2 or 0, reverse=True)
    reasons = [with_measure_label(asdict(reason)) for reason in widest]
    return {
        "one": one,
        "kind": str(one.kind.label),
        "whys": list(dict.fromkeys(reason.why for reason in one.reasons if reason.why and reason.why != one.effect)),
        "reasons": reasons[:SHORT],
        "others": reasons[SHORT:],
        "steps": next_steps(permit, one) if one.confirmed and not (one.done or one.closed) else [],
        "former": one.reviews[:-1] if one.review else one.reviews,
    }


def next_steps(permit: Permit, one: Proposal) -> list[tuple[str, str]]:
    """Where one goes on from a proposal that was confirmed: addresses and what they are called."""
    match one.kind:
        case Kind.LONGER:
            notice = f"{reverse('permit_letters', args=[permit.number])}?{urlencode({'kind': LONGER})}#begin"
            event = reverse("permit_event", args=[permit.number, What.LONGER_NOTIFIED.value])
            return [(notice, _("Write the notice")), (event, _("Record that it was notified"))]
        case Kind.BY_HAND:
            event = reverse("permit_event", args=[permit.number, What.BY_HAND.value])
            return [(event, _("Enter the delay"))]
        case Kind.SILENCE:
            change = f"{reverse('permit_change', args=[permit.number])}#id_silence_refuses"
            return [(change, _("Say that silence refuses"))]
        case Kind.CONSULTATION:
            return [(consultation_form(permit, one), _("Ask for this opinion"))]
        case _:
            return []


def consultation_form(permit: Permit, one: Proposal) -> str:
    """The address of the form that asks for an opinion, filled with whom the proposal names."""
    given = {"body": one.key.split(":")[1], "name": one.name}
    return f"{reverse('consultations', args=[permit.number])}?{urlencode(given)}#ask"


@require_http_methods(["GET", "HEAD", "POST"])
@page
def review(request: HttpRequest, permit: str) -> HttpResponse:
    """The proposals of a file; confirm one or set it aside. A confirmed opinion leads to its form."""
    application, rights = permit_of(request, permit), rights_of_request(request)
    if request.method != "POST":
        rows = list(Event.objects.filter(permit=application))
        return show_file(request, application, "permit_proposals", proposals_context(application, rows, rights))
    given = {name: request.POST.get(name, "") for name in ("key", "verdict", "note")}
    try:
        one = proposing.review_proposal(application, **given, rights=rights)
    except (Conflict, Invalid) as error:
        typed = _("Your note: “%(note)s”.") % {"note": given["note"]} if given["note"] else ""
        messages.error(request, f"{error.message} {typed}".rstrip())
        return redirect("permit", application.number)
    if one.confirmed:
        messages.success(request, _("Confirmed: %(proposal)s.") % {"proposal": one.title})
    else:
        messages.success(request, _("Set aside: %(proposal)s. It stays to be seen.") % {"proposal": one.title})
    if one.confirmed and one.kind == Kind.CONSULTATION and not one.done:
        return redirect(consultation_form(application, one))
    return redirect(f"{reverse('permit', args=[application.number])}#proposals")
