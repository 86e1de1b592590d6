"""The journal of owners: written before anything is read, in a transaction of its own that nothing undoes."""

import json
import logging
from dataclasses import asdict, dataclass
from typing import Any

from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gis_core.errors import Forbidden, Unavailable
from gis_core.members.rights import Rights
from gis_core.models import Territory, User
from gis_core.operations import security_journal
from layers.owners.models import JournalLine

log = logging.getLogger("arpent.owners")
STATEMENT = "select line_id, is_flagged from arpent.write_owner_journal(%s::jsonb)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is about to be read, by whom and why; `refusal` says why it is not."""

    action: JournalLine.Action
    purpose: JournalLine.Purpose
    reference: str
    parcels: list[str]
    members: list[int]
    by_name: str
    by_token: str
    owners: int = 0
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class JournalRecord:
    """A line of the journal. `flagged`: the person has read a lot in a short time."""

    id: int
    flagged: bool


def write_entry(entry: Entry) -> JournalRecord:
    """Write a line and commit it, whatever becomes of the open transaction. Raises Unavailable: then show nothing."""
    apart = connections["default"].copy()
    try:
        record = commit_entry(apart, json.dumps(asdict(entry)))
        security_journal.record("owners_read", action=str(entry.action), line=record.id, count=len(entry.parcels))
        return record
    except DatabaseError as error:
        log.exception("the journal of owners cannot be written")
        message = _("The journal of consultations cannot be written: no owner is shown. Tell an administrator.")
        raise Unavailable(message) from error
    finally:
        apart.close()


def commit_entry(apart: BaseDatabaseWrapper, entry: str) -> JournalRecord:
    """Write through a connection of its own; turning off its autocommit tells it who asks."""
    apart.set_autocommit(False)
    with apart.cursor() as cursor:
        cursor.execute(STATEMENT, [entry])
        line, flagged = cursor.fetchone()
    apart.commit()
    return JournalRecord(line, flagged)


def members_concerned(rights: Rights, insee: set[str]) -> list[int]:
    """The asker's members in whose communes something is asked; all of the asker's where none is concerned."""
    own = list(rights.roles)
    concerned = Territory.objects.filter(member_id__in=own, commune_id__in=insee).values_list("member_id", flat=True)
    return sorted(set(concerned)) or sorted(own)


def who(user: User) -> dict[str, Any]:
    """How the journal calls a person."""
    name = f"{user} ({user.username})" if str(user) != user.username else user.username
    return {"by_name": name, "by_token": user.token_name}


def lines_for(rights: Rights) -> QuerySet[JournalLine]:
    """The lines that the asker administers, the newest first. Raises Forbidden for whoever administers nothing."""
    if not rights.administers:
        raise Forbidden(_("Only an administrator reads the journal of consultations."))
    rows = JournalLine.objects.all()
    return rows if rights.agency else rows.filter(members__overlap=rights.list_administered_ids())
