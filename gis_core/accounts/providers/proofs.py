"""The link by mail that proves an account: it opens nothing by itself, and nothing outside the session it is for.

Somebody who is sent a link that they did not ask for can open it: it is refused, because the identity that waits to be
joined is in another browser's session.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from gis_core.models import User

if TYPE_CHECKING:
    from gis_core.accounts.joining import Pending

SALT = "arpent.join"
PENDING_S = 15 * 60


def mark_of(pending: Pending) -> str:
    """What tells this waiting identity apart; its secret stays in the session."""
    return salted_hmac(SALT, f"{pending.nonce} {pending.method.pk}", algorithm="sha256").hexdigest()


def make_key(user: User, mark: str) -> str:
    return signing.dumps([user.pk, mark], salt=SALT)


def read_key(key: str, pending: Pending) -> int:
    """The account that the link was sent to. Raises BadSignature, also for another session's."""
    user, mark = signing.loads(key, salt=SALT, max_age=PENDING_S)
    if not constant_time_compare(str(mark), mark_of(pending)):
        raise signing.BadSignature
    return int(user)
