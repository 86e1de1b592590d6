"""A list of contacts loaded: found at their connection or address, added or brought up to date, in one transaction.

Objections are kept apart, and stay whatever a list says.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import Invalid
from gis_core.jobs.services import start_job
from gis_core.members.rights import Rights, under_policies
from gis_core.models import Job, Member, User
from layers.intake.services.inbox import harmless
from networks.notifications.importers.file import LABELS, ContactList, Row, read_list, rows_of
from networks.notifications.services.contacts import Person, check_may_keep, write_contacts
from networks.notifications.services.places import KEY, connections_at, connections_called, places_of

if TYPE_CHECKING:
    from gis_core.tasks import RunningJob

KIND = "import_contacts"
AT_ONCE = 500
MOST_TOLD = 1_000


def path_of(folder: str, name: str) -> Path:
    return Path(settings.INBOX_DIR) / harmless(folder) / harmless(name)


def start(folder: str, name: str, member: Member, *, only_check: bool, user: User, rights: Rights) -> Job:
    """Queue the import, or the check, of a list. Raises Forbidden, Invalid (no table)."""
    check_may_keep(member, rights)
    read_list(path_of(folder, name))
    parameters = {"folder": folder, "file": name, "only_check": only_check}
    title = _("Check of %(name)s") if only_check else _("Contacts of %(name)s")
    return start_job(kind=KIND, title=title % {"name": name}, owner=member, started_by=user, parameters=parameters,
                     rights=rights)  # fmt: skip


def forget_file(job: Job) -> None:
    """What was sent goes with the job's end."""
    shutil.rmtree(Path(settings.INBOX_DIR) / harmless(str(job.parameters.get("folder", ""))), ignore_errors=True)


def import_contacts(running: RunningJob) -> dict[str, Any]:
    """The report counts and names rows by their place alone: no personal data."""
    given, member = running.parameters, running.job.owner
    assert member is not None
    path = path_of(str(given["folder"]), str(given["file"]))
    if not path.is_file():
        raise Invalid(_("The uploaded files are no longer there: send them again."), parameter="file")
    with under_policies():
        check_may_keep(member, running.rights)
        return load(member, read_list(path), only_check=bool(given["only_check"]), tell=running.tell)


def load(
    member: Member, given: ContactList, *, only_check: bool, tell: Any = lambda share, message="": None
) -> dict[str, Any]:
    """Read the rows, find their places, write them unless it is only a check."""
    untold = untold_by(given)
    rows = list(rows_of(given, database_clock.today()))
    report: dict[str, Any] = dict.fromkeys(("made", "changed", "placed", "sms", "email"), 0)
    good = [(row.place, row.person) for row in rows if row.person]
    for part in placed(member, good, tell):
        report["placed"] += sum(one.place is not None for one in part)
        report["sms"] += sum(one.mobile for one in part)
        report["email"] += sum(bool(one.email) for one in part)
        if not only_check:
            written = write_contacts(member, part, why=_("Imported list"), untold=untold)
            report["made"] += sum(made for _place, _id, made in written)
            report["changed"] += sum(not made for _place, _id, made in written)
    wrong = [row for row in rows if row.person is None]
    return report | {
        "only_check": only_check,
        "rows": len(rows),
        "good": len(good),
        "wrong": len(wrong),
        "lines": [told(row) for row in wrong[:MOST_TOLD]],
        "columns": [[str(LABELS[name]), header] for name, header in given.columns.items()],
    }


def untold_by(given: ContactList) -> list[str]:
    """What no column of a list speaks of."""
    named = {"phone": ("phone", "mobile"), "email": ("email",), "address": ("address",), "connection": ("connection",)}
    return [name for name, columns in named.items() if not given.columns.keys() & columns]


def told(row: Row) -> dict[str, Any]:
    return {"row": row.place, "why": row.why}


def placed(member: Member, good: Sequence[tuple[int, Person]], tell: Any) -> Iterator[list[Person]]:
    """The people, some hundred at a time, each at their connection or address where that is found."""
    done = 0
    for part in batched((person for _place, person in good), AT_ONCE, strict=False):
        people = [keyed(one, names) for names in [called(member, part)] for one in part]
        at = connections_at([one.connection for one in people if one.connection])
        asked = [one.address if one.connection not in at else "" for one in people]
        found = places_of(asked)
        yield [
            replace(one, place=at[one.connection].place, address=one.address or at[one.connection].address)
            if one.connection in at
            else replace(one, place=place)
            for one, place in zip(people, found, strict=True)
        ]
        done += len(part)
        tell(done / len(good), f"{done} / {len(good)}")


def called(member: Member, part: Sequence[Person]) -> dict[str, str]:
    """The keys of the connections that rows name by their reference."""
    references = [one.connection for one in part if one.connection and not KEY.fullmatch(one.connection)]
    return {name: one.key for name, one in connections_called(references, member.pk).items()}


def keyed(person: Person, names: dict[str, str]) -> Person:
    """A connection that there is not is left out: the address leads there."""
    if not person.connection or KEY.fullmatch(person.connection):
        return person
    return replace(person, connection=names.get(person.connection, ""))
