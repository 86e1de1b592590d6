"""What a person is in charge of at a member, taken over by a colleague: found and given desk by desk (`WORK`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import ArpentError, Invalid
from gis_core.members.rights import Rights, acting_as
from gis_core.models import Member, Membership, User
from gis_core.operations import security_journal as security
from gis_core.points import MEMBER_WORK, WORK, MemberWork, Work, WorkItem

MOST_TITLES: Final = 200
"""So many titles of one kind are read on the page; the others are counted."""


@dataclass(frozen=True, slots=True)
class Part:
    """The work of one kind, and why the colleague cannot take it over ("": they can, or nobody was chosen yet)."""

    work: Work
    items: Sequence[WorkItem]
    refusal: str = ""

    @property
    def numbers(self) -> list[int]:
        return [one.number for one in self.items]

    @property
    def first_items(self) -> Sequence[WorkItem]:
        return self.items[:MOST_TITLES]

    @property
    def others(self) -> int:
        return max(len(self.items) - MOST_TITLES, 0)


def colleagues_of(membership: Membership) -> list[User]:
    """Who may take over: the member's other people who have access and no last day, by name."""
    others = Membership.objects.accepted().filter(member=membership.member, user__is_active=True, last_date=None)
    others = (
        others.filter(user__kind=User.Kind.PERSON)
        .exclude(user=membership.user)
        .select_related("user")
        .order_by("user__last_name", "user__username")
    )
    return [one.user for one in others]


def colleague_of(membership: Membership, user_id: int | None) -> User | None:
    """The colleague of this id; None where nobody was chosen. Raises Invalid for anybody else."""
    if user_id is None:
        return None
    chosen = next((one for one in colleagues_of(membership) if one.pk == user_id), None)
    if chosen is None:
        message = _("Choose somebody of the member who has access and no last day.")
        raise Invalid(message, parameter="colleague")
    return chosen


def work_of(person: User, member: Member, colleague: User | None, rights: Rights) -> list[Part]:
    """What the person is in charge of, kind by kind, and what the colleague cannot take over of it; nothing changes."""
    with acting_as(rights):
        parts = [(work, work.find(person, member)) for work in WORK.all()]
        return [
            Part(work, items, work.why_not(colleague, member) if colleague else "") for work, items in parts if items
        ]


@dataclass(frozen=True, slots=True)
class Begun:
    """What a person began of one kind, and leaves where it is."""

    work: MemberWork
    items: Sequence[WorkItem]

    @property
    def first_items(self) -> Sequence[WorkItem]:
        return self.items[:MOST_TITLES]

    @property
    def others(self) -> int:
        return max(len(self.items) - MOST_TITLES, 0)


def begun_by(person: User, member: Member, rights: Rights) -> list[Begun]:
    """What the person began at a member and nobody takes over, kind by kind: it is the member's, or its file's."""
    with acting_as(rights):
        parts = [Begun(work, work.find(person, member)) for work in MEMBER_WORK.all()]
        return [one for one in parts if one.items]


@transaction.atomic
def hand_over(
    *, person: User, member: Member, colleague: User, rights: Rights, only: Mapping[str, Sequence[int]] | None = None
) -> list[Part]:
    """Give a colleague what the person is in charge of (or `only` some of it, numbers by kind), as each desk does it.

    The caller has asked for the right. What the colleague's role does not allow stays as it is, and says why in the
    parts that are returned. One kind is given whole or not at all.
    """
    done = []
    with acting_as(rights):
        for part in work_of(person, member, colleague, rights):
            items = [one for one in part.items if only is None or one.number in only.get(part.work.name, ())]
            if not items:
                continue
            refusal = part.refusal
            if not refusal:
                try:
                    with transaction.atomic():
                        part.work.give([one.number for one in items], colleague, rights)
                except ArpentError as error:
                    refusal = str(error.message)
            done.append(Part(part.work, items, refusal))
    security.record_committed(
        "work_handed_over",
        account=person.pk,
        to=colleague.pk,
        member=member.pk,
        work={one.work.name: len(one.items) for one in done if not one.refusal},
    )
    return done
