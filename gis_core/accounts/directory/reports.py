"""What the last reading of each directory did, for its page; and the mail to administrators when it needs them.

Kept in the cache alone: five minutes later it is known again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from gis_core.accounts import mail
from gis_core.accounts.directory.asking import MESSAGES, Trouble, message_of
from gis_core.database import clock
from gis_core.members.rights import ADMINISTRATORS, Role
from gis_core.models import Membership, SignInMethod, User

DAY_S = 86_400
CONFIRMED_S = 3_600
# A directory that was away for so long is said once a day.
SILENT_S = 3_600
# The `trouble` of a directory that answers, and not what it should.
WRONG = "wrong"
# How long it is left alone after any other trouble, the first and the next ones; a bit less, for the queue's clock.
REST_S = (15 * 60 - 60, 60 * 60 - 60)


@dataclass(slots=True)
class Report:
    """How many people and groups the directory has, how many of them are known here, and what was done.

    `closed` counts accounts, `ended` the people who lost their roles at the directory's member alone.

    `waiting` are the accounts that would lose their access, where nothing was done for they are too many; `kept` those
    that could not be changed; `error` in French words, where the reading failed, and `trouble` its code, `server` and
    `detail` with what makes those words again in another language (`asking.Trouble`).
    """

    people: int = 0
    groups: int = 0
    known: int = 0
    closed: int = 0
    ended: int = 0
    changed: int = 0
    waiting: list[int] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    error: str = ""
    trouble: str = ""
    server: str = ""
    detail: str = ""
    at: str = ""

    @property
    def instant(self) -> datetime:
        return datetime.fromisoformat(self.at)

    @property
    def trouble_text(self) -> str:
        """What went wrong and what to do, in the reader's language; "" where `error` alone says it."""
        known = self.server and self.trouble in MESSAGES
        return message_of(Trouble(self.trouble, self.detail, self.server)) if known else ""


def key(method: SignInMethod, what: str) -> str:
    return f"arpent:directory:{method.pk}:{what}"


def last(method: SignInMethod) -> Report | None:
    kept: dict[str, Any] | None = cache.get(key(method, "report"))
    return Report(**kept) if kept else None


def keep(method: SignInMethod, report: Report) -> Report:
    """Keep a report, and tell administrators once a day of one that needs them."""
    report.at = clock.now().isoformat()
    former = last(method)
    cache.set(key(method, "report"), asdict(report), None)
    if report.trouble and report.trouble != WRONG:
        cache.set(key(method, "rests"), True, REST_S[bool(former and former.trouble)])
    else:
        end_rest(method)
    if not report.error:
        cache.set(key(method, "answered"), report.at, None)
        cache.delete(key(method, "told-silent"))
    if not report.waiting:
        cache.delete(key(method, "told-waiting"))
        if not report.error:
            cache.delete(key(method, "confirmed"))
    if report.waiting and cache.add(key(method, "told-waiting"), True, DAY_S):
        notify(method, partial(waiting_text, len(report.waiting)))
    if report.error and silent_for(method) > SILENT_S and cache.add(key(method, "told-silent"), True, DAY_S):
        notify(method, silent_text)
    return report


def rests(method: SignInMethod) -> bool:
    """Whether the directory is left alone for a while, after trouble."""
    return bool(cache.get(key(method, "rests")))


def end_rest(method: SignInMethod) -> None:
    """Have it read again in five minutes at most, whatever trouble there was."""
    cache.delete(key(method, "rests"))


def silent_for(method: SignInMethod) -> float:
    """Seconds since the directory was last read well."""
    since = cache.get_or_set(key(method, "answered"), clock.now().isoformat(), None)
    return (clock.now() - datetime.fromisoformat(str(since))).total_seconds()


def list_confirmed(method: SignInMethod) -> set[int]:
    """The accounts that an administrator has let go, within the hour."""
    return set(cache.get(key(method, "confirmed"), ()))


def keep_confirmed(method: SignInMethod, accounts: Sequence[int]) -> None:
    cache.set(key(method, "confirmed"), list(accounts), CONFIRMED_S)


def waiting_text(count: int) -> str:
    text = _("After the last reading %(n)s people would lose their access, which is a lot: nothing was changed.")
    return text % {"n": count}


def silent_text() -> str:
    return _("This directory has not been read for more than an hour: who left it is still let in here.")


def address_of(method: SignInMethod) -> str:
    """The directory's page."""
    if method.member is None:
        return reverse("platform_directory", args=[method.pk])
    return reverse("directory", args=[method.member.slug, method.pk])


def administrators_of(method: SignInMethod) -> list[User]:
    """Those of the member whose directory it is; of the agency where it is the platform's."""
    roles = ADMINISTRATORS if method.member_id else {Role.AGENCY_ADMINISTRATOR}
    today = Membership.objects.accepted().filter(role__in=roles)
    if method.member_id:
        today = today.filter(member=method.member_id)
    return list(User.objects.filter(is_active=True, pk__in=today.values("user")).exclude(email=""))


def notify(method: SignInMethod, text: Callable[[], str]) -> None:
    """Write to each of its administrators, in their language."""
    for user in administrators_of(method):
        with translation.override(user.language):
            subject = _("The directory “%(name)s” needs you") % {"name": method.name}
            page = settings.SITE_URL + address_of(method)
            mail.post("written", to=user.email, subject=subject, body=f"{text()}\n\n{page}\n")
