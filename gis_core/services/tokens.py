"""API tokens of a person: create, list, revoke."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core import identity
from gis_core.errors import Conflict, Invalid, NotFound
from gis_core.models import ApiToken, ApiTokenQuerySet, User

MOST_TOKENS = 50
LONGEST_NAME = 80


def tokens_of(user: User) -> ApiTokenQuerySet:
    """The person's usable tokens, newest first."""
    return ApiToken.objects.valid().filter(user=user)


@transaction.atomic
def create_token(*, user: User, name: str) -> tuple[ApiToken, str]:
    """A new token and its secret, which is shown this once. Raises Invalid (no name), Conflict (50 tokens already)."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or "\0" in name:
        raise Invalid(_("A token needs a name of at most %(limit)s characters.") % {"limit": LONGEST_NAME})
    if tokens_of(user).count() >= MOST_TOKENS:
        raise Conflict(_("You have %(limit)s tokens: revoke one first.") % {"limit": MOST_TOKENS})
    return identity.create_token(user=user, name=name)


@transaction.atomic
def revoke_token(*, user: User, token_id: int) -> None:
    """Take a token's power away at once. Raises NotFound when the person has no such usable token."""
    if not tokens_of(user).filter(pk=token_id).update(revoked_at=timezone.now()):
        raise NotFound(_("There is nothing at this address, or you may not see it."))
