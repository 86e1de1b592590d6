"""The people of a member: an administrator invites, gives a role, removes; the person accepts."""

import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import DatabaseError, transaction
from django.db.models import Case, F, QuerySet, When
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from gis_core.accounts import mail as account_mail
from gis_core.database import clock as database_clock
from gis_core.database.rows import first_of
from gis_core.database.statements import execute, fetch_one
from gis_core.errors import Conflict, Forbidden, Invalid, NotFound
from gis_core.members.closing import close_access
from gis_core.members.rights import ADMINISTRATORS, Rights, Role, acting_as
from gis_core.models import Commune, Member, Membership, User
from gis_core.tokens import services as tokens
from gis_core.validators import validate_person_name

MOST_DAYS: Final = 3_653


def people_of(member: Member) -> QuerySet[Membership]:
    """Who belongs to a member, with their town halls, by name; then who is invited, by the address typed."""
    people = Membership.objects.filter(member=member).select_related("user").prefetch_related("communes")
    names = (null_until_accepted(name) for name in ("last_name", "first_name", "username"))
    return people.order_by(*names, "invited_email")


def people_in_force(member: Member) -> QuerySet[Membership]:
    """Those of them who have access today."""
    in_force = Membership.objects.accepted().filter(member=member, user__is_active=True)
    return people_of(member).filter(pk__in=in_force.values("pk"))


def null_until_accepted(name: str) -> Case:
    """A column of the account to sort by, null (last) for an invitation: its place must not tell the name behind it."""
    return Case(When(accepted_at__isnull=False, then=F(f"user__{name}")))


def person_of(*, member: Member, membership_id: int) -> Membership:
    """One person of a member. Raises NotFound."""
    return first_of(people_of(member).filter(pk=membership_id))


@transaction.atomic
def invite(
    *,
    rights: Rights,
    member: Member,
    email: str,
    role: str,
    communes: Sequence[str] = (),
    first_name: str = "",
    last_name: str = "",
    last_date: date | None = None,
    site: str,
) -> Membership:
    """Offer somebody a role at a member by mail; it gives no rights until they accept.

    Nothing tells whether the address had an account: a new one accepts by the link that sets its password, an existing
    one by signing in. `communes` are INSEE codes of the member's territory, needed for a town hall and refused
    otherwise; `last_date` is the last day of access; `site` is the platform's address, with its last slash. Raises
    Invalid, Forbidden (a role above the user's), Conflict (already there).
    """
    email, first_name, last_name = clean_email(email), clean_name(first_name), clean_name(last_name)
    check_may_give(rights, member, role)
    check_last_date(last_date)
    wanted = check_communes(member, role, communes)
    lock_people()
    user = User.objects.filter(email__iexact=email).first() or new_account(email, first_name, last_name)
    # A security officer's account is refused in the same words: nothing tells whose address it is.
    if user.kind != User.Kind.PERSON or Membership.objects.filter(user=user, member=member).exists():
        raise Conflict(_("This person already belongs to the member or is invited: change the role instead."))
    reopen(user)
    made = call_as(rights, "offer_membership", user.pk, member.pk, role, wanted, email)
    if last_date is not None:
        call_as(rights, "set_last_date", made, last_date)
    account_mail.post("invitation", membership=made, site=site)
    return person_of(member=member, membership_id=made)


def reopen(user: User) -> None:
    """Open an account that was closed for want of a member; one that the agency closed stays so and accepts nothing."""
    if not user.is_active and not user.memberships.exists():
        user.is_active = True
        user.save(update_fields=["is_active"])


def lock_people() -> None:
    """Until the transaction's end nobody else invites, accepts, changes a role or removes: what is checked stays true.

    Two invitations of one address make one account, and an account is not closed while another member invites it.
    """
    execute("select arpent.lock_people()")


def call_as(rights: Rights, function: str, *values: Any) -> Any:
    """Have PostgreSQL change memberships, which the web role itself may not: it asks the user's role again, now.

    Returns what the function returns. Raises Forbidden where the role no longer suffices.
    """
    call = sql.SQL("select arpent.{}({})").format(
        sql.Identifier(function), sql.SQL(", ").join([sql.Placeholder()] * len(values))
    )
    try:
        with acting_as(rights), transaction.atomic():
            return fetch_one(call, values)[0]
    except DatabaseError as error:
        if isinstance(error.__cause__, InsufficientPrivilege):
            raise Forbidden(_("Your role does not allow this.")) from error
        raise


@transaction.atomic
def accept(*, user: User, membership_id: int) -> Membership:
    """Accept an invitation: from now on it gives its rights. Raises NotFound."""
    if not call_as(rights_of_invited(user), "accept_membership", membership_id):
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return user.memberships.select_related("member").get(pk=membership_id)


def rights_of_invited(user: User) -> Rights:
    """Those of somebody of whom nothing is asked but who they are."""
    return Rights(user_id=user.pk)


def accept_first(user: User) -> None:
    """Accept the invitation that opened the account: its mail's link set the first password. Others wait."""
    oldest = user.memberships.pending().order_by("created_at").first()
    if oldest and user.is_active:
        accept(user=user, membership_id=oldest.pk)


def clean_email(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid(_("This is not an e-mail address.")) from error
    return email


def clean_name(name: str) -> str:
    name = name.strip()
    try:
        validate_person_name(name)
    except ValidationError as error:
        raise Invalid(error.messages[0]) from error
    return name


def new_account(email: str, first_name: str, last_name: str) -> User:
    """An account that nobody can sign in to until its owner sets a password."""
    username = email if not User.objects.filter(username=email).exists() else f"{secrets.token_hex(4)}-{email}"
    return User.objects.create_user(username, email, first_name=first_name, last_name=last_name)


def check_may_give(rights: Rights, member: Member, role: str) -> None:
    """Raise Invalid for an unknown role, Forbidden for one above the user's own."""
    if role not in Role.values:
        raise Invalid(_("Unknown role: %(role)s.") % {"role": role[:40]})
    if Role(role).rank > rights.rank_at(member.pk):
        raise Forbidden(_("Nobody gives a role above their own."))


def check_communes(member: Member, role: str, communes: Sequence[str]) -> list[str]:
    """The communes that a town hall user works for; other roles have none. Raises Invalid."""
    if role != Role.TOWN_HALL:
        if communes:
            raise Invalid(_("Only the town hall role is narrowed to communes."), parameter="communes")
        return []
    wanted = set(communes)
    known = set(Commune.objects.filter(territories__member=member, insee__in=wanted).values_list("insee", flat=True))
    if not wanted or wanted != known:
        message = _("The town hall role needs one or more communes of the member's territory.")
        raise Invalid(message, parameter="communes")
    return sorted(known)


@transaction.atomic
def change_role(*, rights: Rights, membership: Membership, role: str, communes: Sequence[str] = ()) -> Membership:
    """Give a person another role. Raises Invalid, Forbidden, Conflict (the last administrator)."""
    membership = lock_membership(membership)
    check_may_give(rights, membership.member, membership.role)
    check_may_give(rights, membership.member, role)
    wanted = check_communes(membership.member, role, communes)
    if Role(role) not in ADMINISTRATORS:
        check_not_last_administrator(rights, membership)
        check_not_emergency(membership.user, membership.member)
    if role != Role.AGENCY_ADMINISTRATOR:
        check_agency_keeps_administrator(without=[membership])
    call_as(rights, "change_membership", membership.pk, role, wanted)
    return person_of(member=membership.member, membership_id=membership.pk)


@transaction.atomic
def set_last_date(*, rights: Rights, membership: Membership, last_date: date | None) -> Membership:
    """Let a membership end by itself at the end of a day in Paris, or not (None).

    Raises Invalid (a day that has passed), Forbidden, Conflict (the last administrator).
    """
    membership = lock_membership(membership)
    check_may_give(rights, membership.member, membership.role)
    check_last_date(last_date)
    if last_date is not None:
        check_not_last_administrator(rights, membership)
        check_not_emergency(membership.user, membership.member)
        check_agency_keeps_administrator(without=[membership])
    call_as(rights, "set_last_date", membership.pk, last_date)
    return person_of(member=membership.member, membership_id=membership.pk)


def check_last_date(last_date: date | None) -> None:
    """Raise Invalid for a day that has passed, or is more than ten years away."""
    today = database_clock.today()
    if last_date is not None and not today <= last_date <= today + timedelta(days=MOST_DAYS):
        message = _("The last day is today or later, ten years away at most.")
        raise Invalid(message, parameter="last_date")


@transaction.atomic
def remove(*, rights: Rights, membership: Membership, why: str = "removed", colleague: User | None = None) -> None:
    """Take a person out of a member, at once (`close_access`); an account without any member is closed.

    `why` is for the security journal, `colleague` takes over the jobs that the person started for the member. Raises
    Forbidden, Conflict (the last administrator, the emergency account).
    """
    membership = lock_membership(membership)
    check_may_give(rights, membership.member, membership.role)
    check_not_last_administrator(rights, membership)
    check_not_emergency(membership.user, membership.member)
    check_agency_keeps_administrator(without=[membership])
    user, member = membership.user, membership.member
    call_as(rights, "end_membership", membership.pk)
    tokens.pass_on(user, to_id=rights.user_id, member_id=membership.member_id)
    close_after(user, member, why=why, colleague=colleague)


def close_after(user: User, member: Member, *, why: str, colleague: User | None = None) -> None:
    """Shut what a person came in by at a member, once their membership is gone; without another one, their account."""
    close_access(user, member=member, why=why, colleague=colleague)
    if user.kind != User.Kind.SECURITY and not user.memberships.exists():
        # An account that is opened again starts without its old tokens. No rule opens one that was closed by hand.
        close_access(user, why=why)
        SocialAccount.objects.filter(user=user).update(extra_data={})


def lock_membership(membership: Membership) -> Membership:
    """The membership as it is now, and stays: two administrators must not remove each other."""
    lock_people()
    return person_of(member=membership.member, membership_id=membership.pk)


def check_may_close(user: User) -> None:
    """Raise Conflict for the account of the agency's last administrator, and for an emergency account that is needed.

    It stays true until the transaction's end.
    """
    lock_people()
    for member in Member.objects.filter(emergency_account=user):
        check_not_emergency(user, member)
    check_agency_keeps_administrator(without=list(user.memberships.all()))


def check_not_emergency(user: User, member: Member) -> None:
    """Raise Conflict for the emergency account of a member whose passwords are switched off: nothing else opens it
    when its provider does not answer.
    """
    if member.emergency_account_id == user.pk and not member.passwords_open:
        raise Conflict(
            _("This is the emergency account of %(member)s: choose another one, or open its passwords, first.")
            % {"member": member.name}
        )


def check_not_last_administrator(rights: Rights, membership: Membership) -> None:
    """Only the agency may leave a member without an administrator who can sign in, and has no last day."""
    others = Membership.objects.accepted().filter(member=membership.member, role__in=ADMINISTRATORS, last_date=None)
    others = others.filter(user__is_active=True, user__kind=User.Kind.PERSON).exclude(pk=membership.pk)
    is_one = Role(membership.role) in ADMINISTRATORS and membership.user.kind == User.Kind.PERSON
    if is_one and not rights.agency and not others.exists():
        raise Conflict(_("This is the member's last administrator: name another one first."))


def check_agency_keeps_administrator(*, without: Sequence[Membership]) -> None:
    """Somebody must be able to administer the platform, without a last day, once these give no rights. Needs
    `lock_people` before it.
    """
    administrators = Membership.objects.accepted().filter(
        role=Role.AGENCY_ADMINISTRATOR, user__is_active=True, user__kind=User.Kind.PERSON
    )
    going = [membership.pk for membership in without]
    staying = administrators.filter(last_date=None).exclude(pk__in=going)
    if administrators.filter(pk__in=going).exists() and not staying.exists():
        raise Conflict(_("This is the last administrator of the agency: name another one first."))
