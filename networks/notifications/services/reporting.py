"""Delivery reports of the gateway: in any order, said twice, or before its own answer, they come to the same."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from gis_core.database.statements import fetch_one
from networks.notifications.models import Message
from networks.notifications.services.stopping import stop_by_reply

MOST_AT_ONCE = 1_000
STATES_BY_WORD: Mapping[str, Message.State] = {
    **dict.fromkeys(("delivered", "delivrd", "received", "read", "ok"), Message.State.DELIVERED),
    **dict.fromkeys(
        ("failed", "undelivered", "undeliv", "undeliverable", "rejected", "rejectd", "expired", "deleted", "blocked"),
        Message.State.FAILED,
    ),
    **dict.fromkeys(
        ("sent", "accepted", "acceptd", "queued", "enroute", "buffered", "submitted", "pending"), Message.State.HANDED
    ),
    "unknown": Message.State.UNKNOWN,
}
"""What providers call the states of a message (those of SMPP among them); others are left out."""


@transaction.atomic
def take_reports(reports: Sequence[Mapping[str, Any]], replies: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """How many reports were of messages of ours, and how many answers stopped somebody."""
    given = [one for one in map(read_report, reports) if one]
    known = 0
    if given:
        (known,) = fetch_one("select arpent.report_messages(%s)", [json.dumps(given)])
    stopped = sum(stop_by_reply(str(one.get("from", "")), str(one.get("text", ""))) for one in replies)
    return known, stopped


def read_report(report: Mapping[str, Any]) -> dict[str, Any] | None:
    """A report as PostgreSQL takes it; None for a state that is none."""
    state = STATES_BY_WORD.get(str(report.get("status", "")).strip().lower())
    if state is None:
        return None
    try:
        key = str(UUID(str(report.get("reference") or "")))
    except ValueError:
        key = None
    return {"key": key, "provider_id": str(report.get("id") or "")[:120], "state": state.value,
            "why": str(report.get("reason") or "")[:200]}  # fmt: skip
