"""What becomes of what people of the planning desk have, when they leave or are away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import ngettext

from gis_core.database import clock as database_clock
from gis_core.errors import Invalid
from gis_core.members.rights import Rights
from gis_core.models import Letter, Member, User
from gis_core.points import WorkItem
from permits.letters import ABOUT
from permits.models import ConsultationLink, ConsultationReply, Permit, SignatureProposal, Team
from permits.numbers import format_number
from permits.procedure import OPEN
from permits.services.filing import change_permit, check_instructor
from permits.services.reminding import close_feed

# -- access -----------------------------------------------------------------------------------------------------------


def close_calendar(user: User, member: Member | None) -> int:
    """The address of a person's calendar, once they are of no member any more: at a member its entries end alone."""
    return close_feed(user) if member is None else 0


def leave_teams(user: User, member: Member | None) -> int:
    """Take a person out of the teams of the member that they leave (None: of all)."""
    rows = Team.people.through.objects.filter(user_id=user.pk)
    if member is not None:
        rows = rows.filter(team__member=member)
    return rows.delete()[0]


def close_consultations(user: User, member: Member | None) -> int:
    """Links of consultations that were sent to the person's own address; those of the bodies consulted stay open."""
    links = ConsultationLink.objects.filter(revoked_at=None, email__iexact=user.email)
    if not user.email:
        return 0
    if member is not None:
        links = links.filter(permit__owner=member)
    return links.update(revoked_at=database_clock.now())


# -- files ------------------------------------------------------------------------------------------------------------


def find_files(user: User, member: Member) -> list[WorkItem]:
    """The files that the person instructs, open or with last days after their decision, the first due first; with what
    waits of each.
    """
    goes_on = Q(state__in=OPEN) | Q(after_date__isnull=False)
    permits = list(Permit.objects.filter(goes_on, owner=member, instructor=user).order_by("next_date", "number"))
    ids, numbers = [one.pk for one in permits], [one.number for one in permits]
    waiting = SignatureProposal.State.WAITING
    signatures = Counter(
        SignatureProposal.objects.filter(permit__in=ids, state=waiting).values_list("permit_id", flat=True)
    )
    received = ConsultationReply.State.RECEIVED
    answers = Counter(
        ConsultationReply.objects.filter(permit__in=ids, state=received).values_list("permit_id", flat=True)
    )
    letters = Letter.objects.filter(owner=member, about_kind=ABOUT, about_key__in=numbers, state=Letter.State.DRAFT)
    drafts = Counter(letters.values_list("about_key", flat=True))
    return [
        WorkItem(
            number=one.pk,
            title=format_number(one.number),
            detail=describe_waiting(signatures[one.pk], answers[one.pk], drafts[one.number]),
            url=reverse("permit", args=[one.number]),
        )
        for one in permits
    ]


def find_proposals(user: User, member: Member) -> list[WorkItem]:
    """The signatures that the person asked for and that nobody has given, the latest first."""
    waiting = SignatureProposal.objects.filter(
        permit__owner=member, proposed_by=user, state=SignatureProposal.State.WAITING
    )
    rows = waiting.order_by("-pk").values_list("pk", "permit__number")
    return [
        WorkItem(number=one, title=format_number(number), url=reverse("permit_letters", args=[number]))
        for one, number in rows
    ]


def describe_waiting(signatures: int, answers: int, drafts: int) -> str:
    """What hangs on a file and follows it: "2 drafts · 1 waits for a signature"."""
    parts = []
    if drafts:
        parts.append(ngettext("%(n)s draft", "%(n)s drafts", drafts) % {"n": drafts})
    if signatures:
        text = ngettext("%(n)s waits for a signature", "%(n)s wait for a signature", signatures)
        parts.append(text % {"n": signatures})
    if answers:
        text = ngettext("%(n)s answer to take over", "%(n)s answers to take over", answers)
        parts.append(text % {"n": answers})
    return " · ".join(parts)


def why_no_files(colleague: User, member: Member) -> str:
    """Why somebody may not instruct the member's files, "" where they may."""
    try:
        check_instructor(colleague.pk, member)
    except Invalid as error:
        return str(error.message)
    return ""


def give_files(ids: Sequence[int], colleague: User, rights: Rights) -> None:
    """Give files another instructor, each as on its own page. Raises Forbidden, Invalid."""
    for permit in Permit.objects.filter(pk__in=ids).order_by("pk"):
        change_permit(permit, {"instructor": colleague.pk}, rights)
