"""Links that end: made once for one thing of a member, kept as a digest, revoked at any time.

Who holds one acts as a reader of that member inside the block of `open_link` alone, whose code looks at the one thing.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import Conflict, Invalid, NotFound
from gis_core.members.rights import Rights, Role, acting_as
from gis_core.models import SharedLink, User
from gis_core.models.links import SharedLinkQuerySet
from gis_core.tokens.authentication import digest

MOST_LINKS = 20
MOST_DAYS = 366
USUAL_DAYS = 30


@transaction.atomic
def make_link(*, owner_id: int, about_kind: str, about_id: int, last_date: date, user: User) -> tuple[SharedLink, str]:
    """A new link and its secret, which is given this once; good until the end of `last_date` in Paris.

    The caller asks for the right. Raises Invalid (a day that has passed or is too far), Conflict (too many links).
    """
    today = database_clock.today()
    if not today <= last_date <= today + timedelta(days=MOST_DAYS):
        message = _("The last day of a link is a day from today on, %(most)s days away at most.")
        raise Invalid(message % {"most": MOST_DAYS}, parameter="last_date")
    if links_about(about_kind, about_id).count() >= MOST_LINKS:
        raise Conflict(_("There are %(most)s links already: revoke one first.") % {"most": MOST_LINKS})
    secret = secrets.token_urlsafe(32)
    end = timezone.make_aware(datetime.combine(last_date + timedelta(days=1), time.min))
    link = SharedLink.objects.create(
        owner_id=owner_id, about_kind=about_kind, about_id=about_id, digest=digest(secret), made_by=user,
        expires_at=end,
    )  # fmt: skip
    return link, secret


def links_about(about_kind: str, about_id: int) -> SharedLinkQuerySet:
    """The links of a thing that open it now, the first to end first."""
    return SharedLink.objects.valid().filter(about_kind=about_kind, about_id=about_id)


@transaction.atomic
def revoke_link(link_id: int, *, about_kind: str, about_id: int) -> None:
    """Close a link at once. Raises NotFound: the thing has no such open link."""
    if not links_about(about_kind, about_id).filter(pk=link_id).update(revoked_at=database_clock.now()):
        raise NotFound(_("There is nothing at this address, or you may not see it."))


@contextmanager
def open_link(secret: str, about_kind: str) -> Iterator[int]:
    """The id of the thing that a link opens; what the block reads, its holder reads. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute("select owner_id, about_kind, about_id from arpent.shared_link(%s)", [digest(secret)])
        row = cursor.fetchone()
    if row is None or row[1] != about_kind:
        raise NotFound(_("This link leads nowhere: it is not whole, has ended, or was closed."))
    with acting_as(Rights(roles={row[0]: Role.READER})):
        yield int(row[2])
