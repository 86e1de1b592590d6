"""Lines of the security journal as rows: what they are about and of which kind they are.

The files come first (`gis_core.operations.security_journal`): the rows are added once a request is over or a
transaction committed, and every night from the files what is missing (a process killed meanwhile, a database away).
"""

import json
import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.db import transaction

from gis_core.database.statements import fetch_one
from gis_core.members.rights import only_reads
from gis_core.models import SecurityEvent
from gis_core.operations.security_journal import path_of

log = logging.getLogger("arpent.security")
Kind = SecurityEvent.Kind
BATCH: Final = 1_000
SILENT_S: Final = 30.0
"""For how long nothing is kept here after the database did not take a line: the night finds it in the files."""

EVENTS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("emergency_sign_in", "password_refused", "password_reset_asked"), Kind.SIGN_IN),
    **dict.fromkeys(("identity_joined", "identity_removed", "identities_forgotten"), Kind.SIGN_IN),
    **dict.fromkeys(("directory_refused", "sessions_ended", "address_followed", "address_not_followed"), Kind.SIGN_IN),
    **dict.fromkeys(("access_closed", "closed_by_directory", "directory_confirmed", "work_handed_over"), Kind.RIGHTS),
    **dict.fromkeys(("account_made_by_rule", "role_by_rule", "reopened_by_directory"), Kind.RIGHTS),
    **dict.fromkeys(("owners_read", "applicants_read", "retention_applied"), Kind.PERSONAL),
    "refused": Kind.REFUSAL,
    "export": Kind.EXPORT,
    "member_removed": Kind.OTHER,
}
BEGINNINGS: Final = (
    *(("sign_", Kind.SIGN_IN), ("factor_", Kind.SIGN_IN), ("join_", Kind.SIGN_IN), ("review_", Kind.RIGHTS)),
    *(("export_", Kind.EXPORT), ("member_export", Kind.EXPORT), ("token_", Kind.TOKEN)),
    *(("person_", Kind.PERSONAL), ("my_data", Kind.PERSONAL)),
)
RIGHTS: Final = frozenset(
    {
        *("gis_core_membership", "gis_core_townhall", "gis_core_user", "gis_core_territory", "gis_core_accessrule"),
        *("gis_core_signinmethod", "owners_owneraccess", "permits_team_people"),
    }
)
SHARES: Final = frozenset({"gis_core_sharedlink", "permits_consultationlink"})
SHARING: Final = frozenset({"visibility", "shared_with", "owner_id"})
SAID: Final = ("id", "at", "event", "user", "name", "address", "request")
ABOUT: Final = (
    *("reference", "table", "layer", "layers", "member", "file", "path", "parcels", "numbers", "account", "method"),
    "line",
)

_silent_until = 0.0


def kind_of(line: Mapping[str, Any]) -> str:
    """Under which kind a line is searched and forgotten."""
    event = str(line["event"])
    if event == "changed":
        return kind_of_change(line)
    return kind_of_event(event) or str(Kind.OTHER)


def kind_of_event(event: str) -> str | None:
    """The kind of an event that is known here."""
    result = EVENTS.get(event) or next((kind for beginning, kind in BEGINNINGS if event.startswith(beginning)), None)
    return str(result) if result else None


def kind_of_change(line: Mapping[str, Any]) -> str:
    table = str(line.get("table", ""))
    if table == "gis_core_apitoken":
        return str(Kind.TOKEN)
    if table in SHARES:
        return str(Kind.SHARE)
    if table in RIGHTS:
        return str(Kind.RIGHTS)
    changed = {name for row in line.get("detail") or () for name in (row.get("changed") or row)}
    return str(Kind.SHARE if table == "catalogue_layer" and SHARING & changed else Kind.SETTINGS)


def about(line: Mapping[str, Any]) -> str:
    """What a line is about, in one text that is searched: a table and its rows, layers, a member, an address."""
    parts = [part for name in ABOUT for part in texts_of(line.get(name))]
    if line["event"] == "changed":
        for row in line.get("detail") or ():
            parts += texts_of(row.get("id"))
            parts += [text for name in ("called", "slug", "username", "name") for text in texts_of(row.get(name))]
    return " ".join(dict.fromkeys(parts))[:300].replace("\0", "")


def texts_of(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for one in value[:20] for text in texts_of(one)]
    return [] if value in (None, "") or isinstance(value, dict) else [str(value)]


def row_of(line: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a line; a line of a former version, without a number of its own, has always the same."""
    number = line.get("id")
    known = UUID(str(number)) if number else uuid5(NAMESPACE_URL, json.dumps(line, sort_keys=True))
    user = line.get("user")
    return {
        "reference": str(known),
        "at": line["at"],
        "kind": kind_of(line),
        "event": str(line["event"])[:40],
        "user": user if isinstance(user, int) else None,
        "name": clean(line.get("name") or line.get("process"), 150),
        "address": clean(line.get("address"), 45),
        "request": clean(line.get("request"), 64),
        "about": about(line),
        "detail": clean_values({name: value for name, value in line.items() if name not in SAID}),
    }


def clean(value: Any, longest: int) -> str:
    """A text that PostgreSQL keeps: no NUL, no half of a character."""
    return str(value or "").replace("\0", "�").encode("utf-8", "replace").decode()[:longest]


def clean_values(value: Any) -> Any:
    if isinstance(value, dict):
        return {clean(name, 300): clean_values(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [clean_values(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float) else clean(value, 32_000)


def keep(lines: Sequence[Mapping[str, Any]]) -> None:
    """Add lines to the database. It never fails its caller, and leaves a database that does not answer alone."""
    global _silent_until
    if not lines or only_reads.get() or time.monotonic() < _silent_until:
        return
    try:
        add(lines)
    except Exception:
        # Whatever it is: the line stands in its file, and the night adds it here.
        _silent_until = time.monotonic() + SILENT_S
        log.warning("the security journal was not kept in the database; its file has it")


def add(lines: Iterable[Mapping[str, Any]]) -> int:
    """Add lines, each once; how many were new. Raises DatabaseError."""
    rows = json.dumps([row_of(line) for line in lines], default=str)
    with transaction.atomic():
        (added,) = fetch_one("select arpent.keep_security_events(%s::jsonb)", [rows])
    return int(added)


def fill_from_files(since: date) -> int:
    """Add from the files of this day (UTC) and the later ones what the database lacks; how many lines."""
    added, today = 0, datetime.now(UTC).date()
    for days in range((today - since).days + 1):
        batch: list[Mapping[str, Any]] = []
        for line in lines_of(since + timedelta(days=days)):
            batch.append(line)
            if len(batch) == BATCH:
                added, batch = added + add(batch), []
        added += add(batch) if batch else 0
    return added


def lines_of(day: date) -> Iterator[Mapping[str, Any]]:
    """The lines of a day's file; what is no line of ours is left out."""
    try:
        with path_of(day).open(encoding="ascii", errors="replace") as file:
            for text in file:
                try:
                    line = json.loads(text)
                    datetime.fromisoformat(line["at"])
                    line["event"]
                except (ValueError, TypeError, KeyError):
                    continue
                yield line
    except FileNotFoundError:
        return


def forget_before(kind: str, before: datetime) -> int:
    """Lines of a kind (`SecurityEvent.Kind`) from before an instant go from the database, as the worker; how many."""
    (gone,) = fetch_one("select arpent.forget_security_events(%s, %s)", [kind, before])
    return int(gone)


def forget_old_lines(now: datetime) -> int:
    """Every night: what is older than its kind is kept (`SECURITY_LOG_DAYS_BY_KIND`, else `SECURITY_LOG_DAYS`)."""
    gone = 0
    for kind in Kind.values:
        days = settings.SECURITY_LOG_DAYS_BY_KIND.get(kind, settings.SECURITY_LOG_DAYS)
        gone += forget_before(kind, now - timedelta(days=days))
    return gone
