"""Who is on now: an empty file for each person, touched at most once a minute; no query, and no history.

The files of `<data>/run/present` name people by their number and go after a day.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import User

PRESENT_S = 15 * 60
KEPT_S = 86_400
TOUCH_S = 60.0
MOST_NAMES = 100

_touched: dict[int, float] = {}


@dataclass(frozen=True)
class Present:
    """A person, and for how long they have asked nothing."""

    user: User
    idle: timedelta

    @property
    def minutes(self) -> int:
        return int(self.idle.total_seconds() // 60)


def folder() -> Path:
    return Path(settings.DATA_DIR, "run", "present")


def note_presence(user_id: int) -> None:
    """This person has just asked for something; a disk that refuses it changes nothing for them."""
    now = time.monotonic()
    if now - _touched.get(user_id, -TOUCH_S) < TOUCH_S:
        return
    _touched[user_id] = now
    with suppress(OSError):
        folder().mkdir(parents=True, exist_ok=True)
        (folder() / str(user_id)).touch()


def present_ids() -> dict[int, float]:
    """By id of a person, for how many seconds they have asked nothing."""
    now = time.time()
    with suppress(OSError):
        ages = {int(one.name): now - one.stat().st_mtime for one in folder().iterdir() if one.name.isdigit()}
        return {user_id: age for user_id, age in ages.items() if age < PRESENT_S}
    return {}


def people_present() -> list[Present]:
    """Those who asked for something in the last quarter of an hour, the latest first."""
    ages = present_ids()
    with acting_as(SYSTEM):
        users = User.objects.filter(pk__in=sorted(ages, key=lambda one: ages[one])[:MOST_NAMES])
        present = [Present(user, timedelta(seconds=ages[user.pk])) for user in users]
    return sorted(present, key=lambda one: one.idle)


def count_present() -> float:
    return len(present_ids())


def forget_presence() -> None:
    """Files of a day ago go."""
    limit = time.time() - KEPT_S
    with suppress(OSError):
        for path in folder().iterdir():
            if path.stat().st_mtime < limit:
                path.unlink(missing_ok=True)
