"""A list of contacts loaded: found at their connection or address, added or brought up to date, in one transaction.

Objections are kept apart, and stay whatever a list says.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import batched

from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.members.rights import ANONYMOUS, Rights, current_rights, under_policies
from gis_core.models import Member
from layers.intake.findings import Finding
from layers.intake.models import FileImport
from layers.intake.source import Plan, Progress, Report, nothing
from layers.intake.table import TableMapping
from layers.intake.tables import Table
from networks.notifications.importers.rows import contact_rows
from networks.notifications.services.contacts import (
    Person,
    check_may_keep,
    members_changed_by,
    members_with_contacts,
    read_by,
    write_contacts,
)
from networks.notifications.services.places import KEY, connections_at, connections_called, places_of

AT_ONCE = 500
UNSAID = {"phone": ("phone", "mobile"), "email": ("email",), "address": ("address",), "connection": ("connection",)}


def members_keeping(rights: Rights) -> list[Member]:
    """The members of which the asker changes contacts."""
    return members_changed_by(read_by(members_with_contacts(rights)), rights)


def plan_contacts(made: FileImport, table: Table, mapping: TableMapping, progress: Progress) -> Plan:
    """What would come in; nothing is written. Raises Forbidden."""
    counts, findings = work_on(made, table, mapping, progress, only_check=True)
    return Plan(plan=counts, findings=findings)


def load_contacts(made: FileImport, table: Table, mapping: TableMapping, progress: Progress) -> Report:
    """Write the contacts that come in. Raises Forbidden, Interrupted."""
    counts, findings = work_on(made, table, mapping, progress, only_check=False)
    return Report(report=counts, findings=findings)


def work_on(
    made: FileImport, table: Table, mapping: TableMapping, progress: Progress, *, only_check: bool
) -> tuple[dict[str, int], list[Finding]]:
    with under_policies():
        check_may_keep(made.owner, current_rights() or ANONYMOUS)
        return load_rows(made.owner, table, mapping, only_check=only_check, progress=progress)


def load_rows(
    member: Member, table: Table, mapping: TableMapping, *, only_check: bool, progress: Progress = nothing
) -> tuple[dict[str, int], list[Finding]]:
    """Read the rows, find their places, write them unless it is only a check.

    Returns counts, and the rows that stay out by their place alone: no personal data.
    """
    rows = list(contact_rows(table, mapping, database_clock.today()))
    counts = dict.fromkeys(("made", "changed", "placed", "sms", "email"), 0)
    good = [(row.place, row.person) for row in rows if row.person]
    for part in locate_people(member, good, progress):
        counts["placed"] += sum(one.place is not None for one in part)
        counts["sms"] += sum(one.mobile for one in part)
        counts["email"] += sum(bool(one.email) for one in part)
        if not only_check:
            saved = write_contacts(member, part, why=_("Imported list"), untold=unsaid_by(mapping))
            counts["made"] += sum(made for _place, _id, made in saved)
            counts["changed"] += sum(not made for _place, _id, made in saved)
    wrong = [Finding(code=row.code, params=row.params, row=row.place) for row in rows if row.person is None]
    return counts | {"rows": len(rows), "good": len(good), "wrong": len(wrong)}, wrong


def unsaid_by(mapping: TableMapping) -> list[str]:
    """What no column of a list speaks of: it stays as it was."""
    return [name for name, columns in UNSAID.items() if not mapping.columns.keys() & set(columns)]


def locate_people(member: Member, good: Sequence[tuple[int, Person]], progress: Progress) -> Iterator[list[Person]]:
    """The people, some hundred at a time, each at their connection or address where that is found."""
    done = 0
    for part in batched((person for _place, person in good), AT_ONCE, strict=False):
        people = [with_connection_key(one, names) for names in [keys_of_references(member, part)] for one in part]
        at = connections_at([one.connection for one in people if one.connection])
        addresses = [one.address if one.connection not in at else "" for one in people]
        places = places_of(addresses)
        yield [
            replace(one, place=at[one.connection].place, address=one.address or at[one.connection].address)
            if one.connection in at
            else replace(one, place=place)
            for one, place in zip(people, places, strict=True)
        ]
        done += len(part)
        progress(done / len(good), f"{done} / {len(good)}")


def keys_of_references(member: Member, part: Sequence[Person]) -> dict[str, str]:
    """The keys of the connections that rows name by their reference."""
    references = [one.connection for one in part if one.connection and not KEY.fullmatch(one.connection)]
    return {name: one.key for name, one in connections_called(references, member.pk).items()}


def with_connection_key(person: Person, names: dict[str, str]) -> Person:
    """A connection that there is not is left out: the address leads there."""
    if not person.connection or KEY.fullmatch(person.connection):
        return person
    return replace(person, connection=names.get(person.connection, ""))
