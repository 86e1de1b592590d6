"""API tokens of a person: create, list, revoke."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import Conflict, Invalid, NotFound
from gis_core.models import ApiToken, ApiTokenQuerySet, User
from gis_core.tokens import authentication as identity

MOST_TOKENS = 50
LONGEST_NAME = 80
USUAL_DAYS = 365
MOST_DAYS = 731


def tokens_of(user: User) -> ApiTokenQuerySet:
    """The person's tokens that were not revoked, newest first; those whose end has passed open nothing any more."""
    return ApiToken.objects.filter(user=user, user__is_active=True, revoked_at=None)


@transaction.atomic
def create_token(*, user: User, name: str, last_date: date | None = None) -> tuple[ApiToken, str]:
    """A new token and its secret, which is shown this once.

    It is good until the end of `last_date` in Paris (in a year unless told otherwise). Raises Invalid (no name, a date
    that has passed or is more than two years away), Conflict (50 tokens already).
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or "\0" in name:
        raise Invalid(_("A token needs a name of at most %(limit)s characters.") % {"limit": LONGEST_NAME})
    end = end_of(last_date or usual_last_date())
    if tokens_of(user).valid().count() >= MOST_TOKENS:
        raise Conflict(_("You have %(limit)s tokens: revoke one first.") % {"limit": MOST_TOKENS})
    return identity.create_token(user=user, name=name, expires_at=end)


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
