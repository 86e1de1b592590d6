"""Service accounts: a member's programs, each with a role and a person who answers for it. They have no password."""

import secrets
from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gis_core.database.rows import first_of
from gis_core.errors import Conflict, Invalid
from gis_core.members import people
from gis_core.members.rights import ADMINISTRATORS, Rights
from gis_core.models import Member, Membership, User
from gis_core.tokens.services import shorten_tokens, tokens_of

MOST_PROGRAMS = 100
LONGEST_NAME = 80


def programs_of(member: Member) -> QuerySet[Membership]:
    """The service accounts of a member, by name."""
    result = people.people_of(member).filter(user__kind=User.Kind.PROGRAM)
    return result.select_related("user__responsible").order_by("user__last_name", "pk")


def program_of(*, member: Member, membership_id: int) -> Membership:
    """One of them. Raises NotFound."""
    return first_of(programs_of(member).filter(pk=membership_id))


@transaction.atomic
def create_program(
    *, rights: Rights, member: Member, user: User, name: str, role: str, communes: Sequence[str] = ()
) -> Membership:
    """A new service account, for which `user` answers. Raises Invalid, Forbidden (role above theirs), Conflict."""
    name = people.clean_name(name)
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(_("A service account needs a name of at most %(limit)s characters.") % {"limit": LONGEST_NAME})
    people.check_may_give(rights, member, role)
    wanted = people.check_communes(member, role, communes)
    people.lock_people()
    if programs_of(member).filter(user__last_name=name).exists():
        raise Conflict(_("The member has a service account of this name already."))
    if programs_of(member).count() >= MOST_PROGRAMS:
        raise Conflict(_("A member has %(most)s service accounts at most.") % {"most": MOST_PROGRAMS})
    program = User.objects.create_user(
        f"programme-{secrets.token_hex(6)}", last_name=name, kind=User.Kind.PROGRAM, responsible=user
    )
    made = people.call_as(rights, "offer_membership", program.pk, member.pk, role, wanted, "")
    people.accept(user=program, membership_id=made)
    return program_of(member=member, membership_id=made)


@transaction.atomic
def close_program(*, rights: Rights, program: Membership) -> None:
    """The account and its tokens open nothing any more. Raises Forbidden, Conflict."""
    people.remove(rights=rights, membership=program)


def take_over(program: Membership, user: User) -> None:
    """From now on this person answers for it."""
    User.objects.filter(pk=program.user_id).update(responsible=user)


@transaction.atomic
def find_responsible_people() -> list[User]:
    """Programs whose person left the member, or whose account is closed, go to one of its administrators; the programs.

    Their tokens end within a week, as when somebody is taken out of a member.

    As the worker, every night: whoever takes a person out of a member takes their programs over at once
    (`gis_core.tokens.services.pass_on`), but people also leave by a directory, by an end date, or with their account.
    """
    passed = []
    accepted = Membership.objects.accepted().filter(user__kind=User.Kind.PROGRAM, user__is_active=True)
    for membership in accepted.select_related("user__responsible", "member").order_by("pk"):
        program = membership.user
        answering = Membership.objects.accepted().filter(
            member=membership.member, user__is_active=True, user__kind=User.Kind.PERSON
        )
        of_agency = program.responsible and program.responsible.is_superuser
        if program.responsible and (of_agency or answering.filter(user=program.responsible).exists()):
            continue
        heir = answering.filter(role__in=ADMINISTRATORS).order_by("pk").select_related("user").first()
        if heir and heir.user != program.responsible:
            take_over(membership, heir.user)
            program.responsible = heir.user
            passed.append(program)
    shorten_tokens(passed)
    return passed


def has_open_tokens(program: Membership) -> bool:
    return tokens_of(program.user).valid().exists()
