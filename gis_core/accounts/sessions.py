"""The sessions of a person: where they are signed in, since when, and how each of them ends.

Django keeps sessions, allauth a line for each sign-in beside them (`UserSession`): nothing more is written when a page
is asked for. A session is over once Django's row of it is gone, for pages, maps and tiles alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from gis_core.errors import NotFound
from gis_core.models import User
from gis_core.operations import security_journal as security

NOWHERE: Final = "0.0.0.0"  # noqa: S104 - what allauth keeps for an address that nobody knows, not one to listen on
# The first that is found: Edge and Opera name Chrome as well, Chrome names Safari.
BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("QGIS", "QGIS"),
)
SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A session as its owner knows it again; `number` is allauth's, `address` is empty where nobody knows it."""

    number: int
    device: str
    address: str
    since: datetime
    current: bool


def sessions_of(user: User, current: str = "") -> list[OpenSession]:
    """Those that are open, the one in use (`current`, its key) first, then the latest."""
    alive = Session.objects.filter(expire_date__gt=Now()).values("session_key")
    rows = UserSession.objects.filter(user=user, session_key__in=alive).order_by("-created_at")
    made = [
        OpenSession(
            number=one.pk,
            device=name_device(one.user_agent),
            address="" if one.ip == NOWHERE else one.ip,
            since=one.created_at,
            current=one.session_key == current,
        )
        for one in rows
    ]
    return sorted(made, key=lambda one: not one.current)


def name_device(user_agent: str) -> str:
    """« Firefox, Windows » of what a browser says of itself; that itself, shortened, where it is none that we know."""
    names = [
        next((name for sign, name in known if re.search(rf"\b{re.escape(sign)}", user_agent)), "")
        for known in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, names)) or user_agent[:60] or _("unknown device")


@transaction.atomic
def end_session(user: User, number: int) -> None:
    """End one of a person's sessions. Raises NotFound."""
    one = UserSession.objects.filter(user=user, pk=number).first()
    if one is None:
        raise NotFound(_("This session has ended already."))
    one.end()
    security.record_committed("sessions_ended", account=user.pk, sessions=1)


@transaction.atomic
def end_sessions(user: User, *, keep: str = "") -> int:
    """End all of a person's sessions but one (`keep`, its key); how many there were.

    Sessions of which allauth knows nothing are looked through themselves: they end too.
    """
    open_ones = Session.objects.filter(expire_date__gt=Now()).exclude(session_key=keep)
    known = UserSession.objects.filter(session_key=OuterRef("session_key"))
    keys = list(open_ones.filter(Exists(known.filter(user=user))).values_list("session_key", flat=True))
    store = SessionStore()
    for one in open_ones.filter(~Exists(known)).iterator():
        if is_of(store.decode(one.session_data), user):
            keys.append(one.session_key)
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(user=user).exclude(session_key=keep).delete()
    if keys:
        security.record_committed("sessions_ended", account=user.pk, sessions=len(keys))
    return len(keys)


def is_of(content: dict[str, Any], user: User) -> bool:
    return content.get(SESSION_KEY) == str(user.pk)
