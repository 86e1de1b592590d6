"""API tokens of a person: create, list, revoke."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from ipaddress import ip_network

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.accounts import mail
from gis_core.database import clock as database_clock
from gis_core.errors import Conflict, Invalid, NotFound
from gis_core.members.rights import Rights, Role, acting_as, rights_of
from gis_core.models import ApiToken, ApiTokenQuerySet, Membership, User
from gis_core.tokens import authentication as identity
from gis_core.tokens.points import TOKEN_DESKS, TOKEN_LAYERS

MOST_TOKENS = 50
LONGEST_NAME = 80
USUAL_DAYS = 365
MOST_DAYS = 731
MOST_NETWORKS = 20
DAYS_AFTER_DEPARTURE = 7
"""So long tokens of a program outlive the departure of the person who answered for it, and may know their secrets."""


def tokens_of(user: User) -> ApiTokenQuerySet:
    """The person's tokens that were not revoked, newest first; those whose end has passed open nothing any more."""
    return ApiToken.objects.filter(user=user, user__is_active=True, revoked_at=None)


@transaction.atomic
def create_token(
    *,
    user: User,
    name: str,
    last_date: date | None = None,
    may_write: bool = False,
    desks: Sequence[str] = (),
    layers: Sequence[str] = (),
    networks: Sequence[str] = (),
) -> tuple[ApiToken, str]:
    """A new token and its secret, which is shown this once.

    It is good until the end of `last_date` in Paris (in a year unless told otherwise). It reads what the user sees,
    on these `desks` or `layers` (their slugs) where there are any, from these `networks` (addresses or CIDR) where
    there are any; `may_write` is for whoever has a role that writes. Raises Invalid (no name, a date that has passed or
    is more than two years away, a scope that is beyond the user or that is none), Conflict (50 tokens already).
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or "\0" in name:
        raise Invalid(_("A token needs a name of at most %(limit)s characters.") % {"limit": LONGEST_NAME})
    end = end_of(last_date or usual_last_date())
    if tokens_of(user).valid().count() >= MOST_TOKENS:
        raise Conflict(_("You have %(limit)s tokens: revoke one first.") % {"limit": MOST_TOKENS})
    rights = rights_of(user)
    if may_write and not writes(rights):
        message = _("Your role only reads: a token may not write either.")
        raise Invalid(message, parameter="may_write")
    if layers and set(desks) - {desk.slug for desk in TOKEN_DESKS.all() if desk.by_layer}:
        message = _("A token of some layers opens no other part of the platform: choose the layers, or the parts.")
        raise Invalid(message, parameter="desks")
    scopes = {
        "may_write": may_write,
        "desks": known_desks(desks),
        "layers": known_layers(rights, layers),
        "networks": known_networks(networks),
    }
    return identity.create_token(user=user, name=name, expires_at=end, **scopes)


def writes(rights: Rights) -> bool:
    """Whether somebody has a role by which anything may be changed."""
    return rights.agency or any(role != Role.READER for role in rights.roles.values())


def known_desks(desks: Sequence[str]) -> list[str]:
    """The desks, without repetition. Raises Invalid."""
    known = {desk.slug for desk in TOKEN_DESKS.all()}
    if unknown := sorted(set(desks) - known):
        message = _("There is no part of the platform called %(desk)s.")
        raise Invalid(message % {"desk": unknown[0][:40]}, parameter="desks")
    return [desk.slug for desk in TOKEN_DESKS.all() if desk.slug in desks]


def layer_choices(rights: Rights) -> list[tuple[int, str, str]]:
    """Id, slug and title of the layers that somebody's token may be made for."""
    return [layer for give in TOKEN_LAYERS.all() for layer in give(rights)]


def known_layers(rights: Rights, slugs: Sequence[str]) -> list[int]:
    """The ids of layers that the user sees. Raises Invalid."""
    if not slugs:
        return []
    with acting_as(rights):
        ids = {slug: layer for layer, slug, _title in layer_choices(rights)}
    if unknown := sorted(set(slugs) - ids.keys()):
        message = _("There is no layer called %(layer)s, or it is not seen by whoever the token is for.")
        raise Invalid(message % {"layer": unknown[0][:80]}, parameter="layers")
    return sorted({ids[slug] for slug in slugs})


def known_networks(networks: Sequence[str]) -> list[str]:
    """Addresses and networks as PostgreSQL and people write them (`192.0.2.0/24`). Raises Invalid."""
    result = []
    for text in networks:
        try:
            result.append(str(ip_network(text.strip(), strict=False)))
        except ValueError as error:
            message = _("“%(text)s” is no network address: write 192.0.2.7 or 192.0.2.0/24.")
            raise Invalid(message % {"text": text[:50]}, parameter="networks") from error
    if len(result) > MOST_NETWORKS:
        message = _("A token has %(most)s network addresses at most.")
        raise Invalid(message % {"most": MOST_NETWORKS}, parameter="networks")
    return list(dict.fromkeys(result))


@dataclass(frozen=True, slots=True)
class TokenLine:
    """A token as pages show it: what it is made for, in words."""

    token: ApiToken
    scope: str


def describe_tokens(tokens: ApiTokenQuerySet, rights: Rights) -> list[TokenLine]:
    """Tokens with what they are made for; layers that the asker no longer sees are called by their number."""
    result = list(tokens)
    titles = {pk: title for pk, _slug, title in layer_choices(rights)} if any(one.layers for one in result) else {}
    labels = {desk.slug: str(desk.label) for desk in TOKEN_DESKS.all()}
    return [TokenLine(one, scope_of(one, labels, titles)) for one in result]


def scope_of(token: ApiToken, desks: Mapping[str, str], titles: Mapping[int, str]) -> str:
    parts = [_("reads and writes") if token.may_write else _("reads only")]
    parts += [titles.get(pk, str(pk)) for pk in token.layers]
    parts += [desks.get(slug, slug) for slug in token.desks]
    parts += [_("from %(network)s") % {"network": one} for one in token.networks]
    return " · ".join(parts)


def usual_last_date() -> date:
    return database_clock.today() + timedelta(days=USUAL_DAYS)


def latest_last_date() -> date:
    return database_clock.today() + timedelta(days=MOST_DAYS)


def end_of(last_date: date) -> datetime:
    """When the day after begins in Paris. Raises Invalid."""
    if not database_clock.today() <= last_date <= latest_last_date():
        message = _("The end date of a token is a day from today on, two years away at most.")
        raise Invalid(message, parameter="last_date")
    return timezone.make_aware(datetime.combine(last_date + timedelta(days=1), time.min))


@transaction.atomic
def revoke_token(*, user: User, token_id: int) -> None:
    """Take a token's power away at once. Raises NotFound when the person has no such usable token."""
    if not tokens_of(user).filter(pk=token_id).update(revoked_at=database_clock.now()):
        raise NotFound(_("There is nothing at this address, or you may not see it."))


def end_tokens(user: User) -> int:
    """Revoke all of the person's tokens; how many there were."""
    return ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=database_clock.now())


def programs_of_person(user: User, member_id: int | None = None) -> list[User]:
    """The service accounts for which a person answers (at a member, or all), by name."""
    programs = User.objects.filter(kind=User.Kind.PROGRAM, responsible=user)
    if member_id is not None:
        programs = programs.filter(pk__in=Membership.objects.filter(member_id=member_id).values("user_id"))
    return list(programs.order_by("last_name", "pk"))


def pass_on(user: User, *, to_id: int | None, member_id: int | None = None) -> int:
    """Somebody else answers for the service accounts of a person who leaves (a member, or altogether); how many.

    Who leaves may have kept their secrets: tokens end soon (`shorten_tokens`), and the heir is told by mail.
    """
    programs = programs_of_person(user, member_id)
    to_id = None if to_id == user.pk else to_id
    User.objects.filter(pk__in=[program.pk for program in programs]).update(responsible_id=to_id)
    shorten_tokens(programs)
    for program in programs if to_id else ():
        mail.post("program_passed_on", program=program.pk)
    return len(programs)


def shorten_tokens(programs: Sequence[User]) -> int:
    """The tokens of programs whose person has left end within `DAYS_AFTER_DEPARTURE`; how many were to last longer."""
    end = database_clock.now() + timedelta(days=DAYS_AFTER_DEPARTURE)
    return ApiToken.objects.valid().filter(user__in=programs, expires_at__gt=end).update(expires_at=end)
