"""The people of a member: an administrator invites, gives a role, removes; the person accepts."""

import secrets
from collections.abc import Sequence

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Case, F, QuerySet, When
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from gis_core.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from gis_core.models import Commune, Member, Membership, User, validate_written_name
from gis_core.rights import ADMINISTRATORS, Rights, Role


def people_of(member: Member) -> QuerySet[Membership]:
    """Who belongs to a member, with their town halls, by name; then who is invited, by the address typed."""
    people = Membership.objects.filter(member=member).select_related("user").prefetch_related("communes")
    names = (shown_once_accepted(name) for name in ("last_name", "first_name", "username"))
    return people.order_by(*names, "invited_email")


def shown_once_accepted(name: str) -> Case:
    """A column of the account to sort by, null (last) for an invitation: its place must not tell the name behind it."""
    return Case(When(accepted_at__isnull=False, then=F(f"user__{name}")))


def person_of(*, member: Member, membership_id: int) -> Membership:
    """One person of a member. Raises NotFound."""
    membership = people_of(member).filter(pk=membership_id).first()
    if membership is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return membership


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
    site: str,
) -> Membership:
    """Offer somebody a role at a member by mail; it gives no rights until they accept.

    Nothing tells whether the address had an account: a new one accepts by the link that sets its password, an existing
    one by signing in. `communes` are INSEE codes of the member's territory, needed for a town hall and refused
    otherwise; `site` is the platform's address, with its last slash. Raises Invalid, Forbidden (a role above the
    asker's), Conflict (already there), Unavailable (no mail).
    """
    email, first_name, last_name = checked_email(email), checked_name(first_name), checked_name(last_name)
    check_may_give(rights, member, role)
    user = User.objects.filter(email__iexact=email).first() or new_account(email, first_name, last_name)
    if Membership.objects.filter(user=user, member=member).exists():
        raise Conflict(_("This person already belongs to the member or is invited: change the role instead."))
    reopen(user)
    membership = Membership.objects.create(user=user, member=member, role=role, accepted_at=None, invited_email=email)
    set_town_halls(membership, communes)
    send_invitation(user, member, site)
    return membership


def reopen(user: User) -> None:
    """Open an account that was closed for want of a member; one that the agency closed stays so and accepts nothing."""
    if not user.is_active and not user.memberships.exists():
        user.is_active = True
        user.save(update_fields=["is_active"])


@transaction.atomic
def accept(*, user: User, membership_id: int) -> Membership:
    """Accept an invitation: from now on it gives its rights. Raises NotFound."""
    membership = user.memberships.pending().select_for_update().filter(pk=membership_id).first()
    if membership is None or not user.is_active:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    membership.accepted_at = timezone.now()
    membership.save(update_fields=["accepted_at"])
    return membership


def accept_first(user: User) -> None:
    """Accept the invitation that opened the account: its mail's link set the first password. Others wait."""
    oldest = user.memberships.pending().order_by("created_at").first()
    if oldest and user.is_active:
        accept(user=user, membership_id=oldest.pk)


def checked_email(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid(_("This is not an e-mail address.")) from error
    return email


def checked_name(name: str) -> str:
    name = name.strip()
    try:
        validate_written_name(name)
    except ValidationError as error:
        raise Invalid(error.messages[0]) from error
    return name


def new_account(email: str, first_name: str, last_name: str) -> User:
    """An account that nobody can sign in to until its owner sets a password."""
    username = email if not User.objects.filter(username=email).exists() else f"{secrets.token_hex(4)}-{email}"
    return User.objects.create_user(username, email, first_name=first_name, last_name=last_name)


def check_may_give(rights: Rights, member: Member, role: str) -> None:
    """Raise Invalid for an unknown role, Forbidden for one above the asker's own."""
    if role not in Role.values:
        raise Invalid(_("Unknown role: %(role)s.") % {"role": role[:40]})
    if Role(role).rank > rights.rank_at(member.pk):
        raise Forbidden(_("Nobody gives a role above their own."))


def set_town_halls(membership: Membership, communes: Sequence[str]) -> None:
    """Set the communes a town hall user works for; other roles have none."""
    if membership.role != Role.TOWN_HALL:
        if communes:
            raise Invalid(_("Only the town hall role is narrowed to communes."))
        membership.communes.clear()
        return
    wanted = set(communes)
    known = set(
        Commune.objects.filter(territories__member=membership.member, insee__in=wanted).values_list("insee", flat=True)
    )
    if not wanted or wanted != known:
        raise Invalid(_("The town hall role needs one or more communes of the member's territory."))
    membership.communes.set(Commune.objects.filter(insee__in=known))


@transaction.atomic
def change_role(*, rights: Rights, membership: Membership, role: str, communes: Sequence[str] = ()) -> Membership:
    """Give a person another role. Raises Invalid, Forbidden, Conflict (the last administrator)."""
    membership = locked(membership)
    check_may_give(rights, membership.member, membership.role)
    check_may_give(rights, membership.member, role)
    if Role(role) not in ADMINISTRATORS:
        check_not_last_administrator(rights, membership)
    if role != Role.AGENCY_ADMINISTRATOR:
        check_not_last_of_agency(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    set_town_halls(membership, communes)
    return membership


@transaction.atomic
def remove(*, rights: Rights, membership: Membership) -> None:
    """Take a person out of a member; an account without any member is closed. Raises Forbidden, Conflict."""
    membership = locked(membership)
    check_may_give(rights, membership.member, membership.role)
    check_not_last_administrator(rights, membership)
    check_not_last_of_agency(membership)
    user = membership.user
    membership.delete()
    if not user.memberships.exists():
        user.is_active = False
        user.save(update_fields=["is_active"])
        # An account that is opened again starts without its old tokens.
        user.api_tokens.filter(revoked_at=None).update(revoked_at=timezone.now())


def locked(membership: Membership) -> Membership:
    """The membership as it is now, with its member locked: two administrators must not remove each other."""
    Member.objects.select_for_update().get(pk=membership.member_id)
    return person_of(member=membership.member, membership_id=membership.pk)


def check_not_last_administrator(rights: Rights, membership: Membership) -> None:
    """Only the agency may leave a member without an administrator."""
    others = Membership.objects.accepted().filter(member=membership.member, role__in=ADMINISTRATORS)
    others = others.exclude(pk=membership.pk)
    if Role(membership.role) in ADMINISTRATORS and not rights.agency and not others.exists():
        raise Conflict(_("This is the member's last administrator: name another one first."))


def check_not_last_of_agency(membership: Membership) -> None:
    """Somebody must be able to administer the platform."""
    if membership.role != Role.AGENCY_ADMINISTRATOR or not membership.accepted_at:
        return
    others = (
        Membership.objects.accepted().select_for_update().filter(role=Role.AGENCY_ADMINISTRATOR, user__is_active=True)
    )
    if not any(other.pk != membership.pk for other in others):
        raise Conflict(_("This is the last administrator of the agency: name another one first."))


def send_invitation(user: User, member: Member, site: str) -> None:
    """The mail that says who invites, and where to accept: by a first password, or signed in on one's account page."""
    with translation.override(user.language):
        context = {
            "user": user,
            "member": member,
            "account": site.rstrip("/") + reverse("account"),
            "link": None if user.has_usable_password() else password_link(user, site),
        }
        subject = _("Your access to %(member)s on Arpent") % {"member": member.name}
        try:
            send_mail(
                subject, render_to_string("mail/invitation.txt", context), settings.DEFAULT_FROM_EMAIL, [user.email]
            )
        except OSError as error:
            raise Unavailable(_("The mail could not be sent; nothing was changed. Try again later.")) from error


def password_link(user: User, site: str) -> str:
    """Where the account's owner sets a password, once, within three days."""
    key = default_token_generator.make_token(user)
    return site.rstrip("/") + reverse(
        "account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key}
    )
