"""The security journal: who came in, who was refused, what changed of rights and settings. One JSON object a line.

`record` is its only writer. Changes of rights and settings come from PostgreSQL, whoever makes them
(`arpent.report_changes`), once their transaction is committed. Each day (UTC) has one file,
`<data>/log/security-<day>.jsonl`, which its owner writes and its group reads. A line is one `write` to a file opened
for appending, so that the lines of several processes never mix. No line holds a password or a token. The database keeps
the same lines (`gis_core.journal.keeping`), once the request that wrote them is over.
"""

import json
import logging
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.http import HttpRequest
from psycopg import errors

from gis_core.members.rights import current_rights

log = logging.getLogger("arpent.security")
MODE = 0o640
LONGEST_LINE = 32_000
LONGEST_VALUE = 300
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
# SQLSTATE of the notice by which `arpent.report_changes` says what a statement changed.
CHANGED = "AR100"
# What anybody can cause from outside has so many lines a minute and address, in each process; then it is only counted.
FROM_OUTSIDE = frozenset(
    {"sign_in_failed", "sign_in_slowed", "sign_in_refused", "refused", "password_reset_asked", "join_link_asked"}
)
MOST_A_MINUTE = 60


@dataclass(slots=True)
class Circumstances:
    """Under which request something happens: its id, the address it comes from, and who it is once that is known."""

    request: str
    address: str
    user: int | None = None
    name: str = ""
    token: str = ""
    lines: list[dict[str, Any]] = field(default_factory=list)


_current: ContextVar[Circumstances | None] = ContextVar("arpent_circumstances", default=None)
_nameless: ContextVar[bool] = ContextVar("arpent_nameless", default=False)
_hearing: ContextVar[bool] = ContextVar("arpent_hearing", default=False)
_counts: dict[tuple[str, str], tuple[int, int]] = {}


def circumstances() -> Circumstances | None:
    """Those of the request that this thread answers, None outside any."""
    return _current.get()


@contextmanager
def under(request: HttpRequest) -> Iterator[Circumstances]:
    """Answer a request: what is recorded meanwhile says which."""
    made = Circumstances(request_id(request), address_of(request))
    token = _current.set(made)
    try:
        yield made
    finally:
        _current.reset(token)
        if made.lines:
            from gis_core.journal.keeping import keep

            keep(made.lines)


def request_id(request: HttpRequest) -> str:
    """The id that a trusted proxy gave, otherwise one of our own."""
    given = request.headers.get("X-Request-ID", "") if settings.ALLAUTH_TRUSTED_PROXY_COUNT else ""
    return given if REQUEST_ID.fullmatch(given) else uuid4().hex


def address_of(request: HttpRequest) -> str:
    """The visitor's address, as far as the trusted proxies tell; empty where nothing does (a local socket)."""
    from allauth.core.internal.httpkit import get_client_ip

    try:
        return get_client_ip(request) or ""
    except (ImproperlyConfigured, ValueError):
        return str(request.META.get("REMOTE_ADDR", ""))


def record(event: str, **fields: Any) -> None:
    """Write one line: what happened, who did it, from where, under which request. It never fails its caller."""
    here = circumstances()
    left_out = surplus(event, here.address if here else "")
    if left_out is None:
        return
    line = {
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "id": uuid4().hex,
        "event": event,
        **who(here),
        **fields,
    }
    if left_out:
        line["left_out_before"] = left_out
    try:
        append(as_line(line))
    except OSError:
        log.exception("the security journal cannot be written", extra={"fields": {"event": event}})
    if here is not None:
        here.lines.append(line)
    else:
        keep_alone(line)


def keep_alone(line: dict[str, Any]) -> None:
    """Keep a line of a command or a job in the database, once its transaction is committed.

    What PostgreSQL says of a statement outside any transaction is heard while the connection is taken: the night finds
    that line in its file.
    """
    from gis_core.journal.keeping import keep

    if _hearing.get():
        return
    try:
        transaction.on_commit(partial(keep, [line]), robust=True)
    except Exception:
        # A command whose database is away, or that has none.
        log.warning("the security journal was not kept in the database; its file has it")


def record_committed(event: str, **fields: Any) -> None:
    """The same once the open transaction is committed; at once where there is none."""
    transaction.on_commit(partial(record, event, **fields))


def who(here: Circumstances | None) -> dict[str, Any]:
    """The person, address and request; a command or a job has its process, and perhaps the person it acts for."""
    if here is None:
        rights = current_rights()
        process = " ".join(Path(word).name if place == 0 else word for place, word in enumerate(sys.argv[:2]))
        return {"user": rights.user_id if rights else None, "process": process[:LONGEST_VALUE]}
    facts = {"user": here.user, "name": here.name, "address": here.address, "request": here.request}
    return facts | ({"token": here.token} if here.token else {})


def as_line(line: dict[str, Any]) -> bytes:
    """One line of ASCII JSON: no value can begin another line. A line too long loses its detail."""
    text = json.dumps(line, default=str)
    if len(text) > LONGEST_LINE:
        kept = {name: value for name, value in line.items() if len(json.dumps(value, default=str)) <= LONGEST_VALUE}
        text = json.dumps(kept | {"cut": True}, default=str)
    return (text + "\n").encode()


def append(line: bytes) -> None:
    path = path_of(datetime.now(UTC).date())
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, MODE)
    try:
        os.write(descriptor, line)
    finally:
        os.close(descriptor)


def path_of(day: date) -> Path:
    return Path(settings.DATA_DIR, "log", f"security-{day}.jsonl")


def surplus(event: str, address: str) -> int | None:
    """How many lines of this kind were left out in an earlier minute; None when this one is left out itself."""
    if event not in FROM_OUTSIDE:
        return 0
    minute = int(time.monotonic() // 60)
    if len(_counts) > 10_000:
        _counts.clear()
    since, count = _counts.get((event, address), (minute, 0))
    now = (minute, 1) if since != minute else (since, count + 1)
    _counts[event, address] = now
    if now[1] > MOST_A_MINUTE:
        return None
    return max(0, count - MOST_A_MINUTE) if since != minute else 0


def forget_old_days() -> int:
    """Remove the files of days longer ago than the journal is kept; how many went."""
    oldest = datetime.now(UTC).date() - timedelta(days=settings.SECURITY_LOG_DAYS)
    gone = [path for path in path_of(oldest).parent.glob("security-*.jsonl") if path.name < path_of(oldest).name]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


@contextmanager
def without_values() -> Iterator[None]:
    """What changes in this block is recorded without its values: whose name is erased is not named by that."""
    token = _nameless.set(True)
    try:
        yield
    finally:
        _nameless.reset(token)


def names_alone(detail: Any) -> list[dict[str, Any]]:
    """Of the rows of a change: the number of each, and which columns changed."""
    return [{"id": row.get("id"), "changed": sorted(row.get("changed") or {})} for row in detail or []]


def hear(notice: errors.Diagnostic) -> None:
    """What PostgreSQL says meanwhile: a change of rights or settings is recorded once it is committed."""
    if notice.sqlstate == CHANGED and notice.message_detail:
        change = json.loads(notice.message_detail)
        if _nameless.get():
            change["detail"] = names_alone(change["detail"])
        facts = who(circumstances()) | change
        mark = _hearing.set(True)
        try:
            transaction.on_commit(partial(record, "changed", **facts), robust=True)
        finally:
            _hearing.reset(mark)
