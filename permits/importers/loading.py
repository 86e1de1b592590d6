"""From the entries of a register to files of a member: checked against what is there, then written, all or nothing.

What the old register recorded is taken to have been recorded at the end of its day: recorded now, it would look as if
the platform had told a tacit permit for years and changed its mind today. Who imported it and when, the file says.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import batched
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gis_core.database import clock as database_clock
from gis_core.members.rights import Rights, codes
from gis_core.models import Member, Territory
from layers.catalogue.models import Layer
from layers.intake.findings import UnfitError
from layers.intake.params import day_param
from layers.intake.source import Progress
from layers.intake.table import TableMapping
from layers.intake.tables import Table
from permits.deadlines.calendar import after_months
from permits.deadlines.law import Effect, Kind, rules_of
from permits.folding import fold_terms
from permits.importers.columns import Ending
from permits.importers.register import Entry, Remark, entry_of
from permits.importers.report import (
    END_DIFFERS,
    FILED_DIFFERS,
    KIND_DIFFERS,
    NOT_ENDED,
    PARCELS_DIFFER,
    Report,
)
from permits.models import Event, Permit
from permits.procedure import What
from permits.services.applicants import may_read_applicant, write_applicants
from permits.services.filing import as_multi, instructors_of
from permits.services.reading import derive
from permits.services.recording import announce, instant_of

BATCH = 500
PARCELS_AT_ONCE = 5_000
LONGEST_DELAY = 240
GROUNDS = """
    select place, array_agg(c.idu), st_asewkb(st_multi(st_collectionextract(st_union(c.geom), 3)))
    from unnest(%s::int[], %s::text[]) as asked(place, wanted) join cadastre_parcel c on c.idu = wanted group by place
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to import: a table and how it is read, for which member, as whom."""

    name: str
    table: Table
    mapping: TableMapping
    member: Member
    rights: Rights


@dataclass(slots=True)
class Plan:
    """What would be written, with what is not."""

    report: Report
    files: list[tuple[Entry, Permit, list[Event]]] = field(default_factory=list)


def plan_import(order: Order, limit: int | None = None) -> Plan:
    """What an import would do; nothing is written. Raises Invalid for a file that cannot be read.

    With `limit` the plan holds so many files, beside those whose dates are to be told of: enough for a preview.
    """
    report = Report(order.name)
    fresh = unknown_here(order, own_entries(order, fit_entries(order, report), report), report)
    people = instructors_by_name(order.member)
    plan = Plan(report)
    day = database_clock.today()
    for place, entry in enumerate(sorted(fresh, key=lambda one: (bool(one.number.change), one.row))):
        instructor = people.get(" ".join(fold_terms(entry.instructor)))
        if entry.instructor and instructor is None:
            report.instructors[entry.instructor] += 1
        for code, params in entry.remarks:
            report.add(entry.row, entry.number.packed, code, params)
        if limit is None or place < limit or entry.ending == Ending.OPEN:
            permit, events = build_permit(entry, order, instructor, day)
            plan.files.append((entry, permit, events))
            note(report, entry, permit)
    report.made = len(fresh)
    readable = may_read_applicant(Permit(owner=order.member, insee=first_commune(order.member)))
    with_applicant = sum(1 for entry in fresh if entry.person)
    report.applicants, report.dropped_applicants = (with_applicant, 0) if readable else (0, with_applicant)
    return plan


def load(order: Order, progress: Progress = lambda share, message: None) -> Report:
    """Import: to be called in a transaction. Raises Invalid, Interrupted (by `progress`)."""
    progress(None, _("Checking the rows"))
    plan = plan_import(order)
    parents: dict[str, Permit] = {}
    plan_date = Layer.objects.filter(slug="parcels").values_list("source_date", flat=True).first()
    done = 0
    for changes in (False, True):
        chosen = [one for one in plan.files if bool(one[0].number.change) == changes]
        if changes:
            parents = parents_of(chosen, order.member)
        for batch in batched(chosen, BATCH, strict=False):
            write_batch(batch, parents, plan_date, plan.report)
            done += len(batch)
            progress(done / len(plan.files), _("%(done)s files of %(all)s") % {"done": done, "all": len(plan.files)})
    if plan.files:
        announce()
    return plan.report


# -- what may come in -------------------------------------------------------------------------------------------------


def fit_entries(order: Order, report: Report) -> Iterator[Entry]:
    """The rows that make sense; the others are refused, each with its reason."""
    day = database_clock.today()
    for row in order.table.rows:
        report.rows += 1
        try:
            yield entry_of(row, order.mapping, day)
        except UnfitError as error:
            number = order.mapping.cells(row.cells or {}).get("number", "")
            report.refuse(row.number, number, error.code, error.params)


def own_entries(order: Order, entries: Iterator[Entry], report: Report) -> list[Entry]:
    """Those of the member's communes, each number once."""
    communes = codes(Territory.objects.filter(member=order.member).values_list("commune_id", flat=True))
    seen: dict[str, int] = {}
    kept: list[Entry] = []
    for entry in entries:
        packed = entry.number.packed
        if entry.number.insee not in communes:
            code = gettext_noop("The commune %(insee)s is not one of %(member)s.")
            report.refuse(entry.row, packed, code, {"insee": entry.number.insee, "member": str(order.member)})
        elif packed in seen:
            code = gettext_noop("The number is that of row %(row)s already.")
            report.refuse(entry.row, packed, code, {"row": seen[packed]})
        else:
            seen[packed] = entry.row
            kept.append(entry)
    return kept


def unknown_here(order: Order, entries: Sequence[Entry], report: Report) -> list[Entry]:
    """Those whose number no file has yet; files that are there stay as they are, and what differs is told."""
    fresh = []
    for batch in batched(entries, PARCELS_AT_ONCE, strict=False):
        numbers = [one.number.packed for one in batch]
        known = {one.number: one for one in Permit.objects.filter(number__in=numbers)}
        taken = existing(numbers)
        for entry in batch:
            permit = known.get(entry.number.packed)
            if permit is not None and permit.owner_id == order.member.pk:
                if differs := differences(permit, entry, order.mapping):
                    report.differ(entry.row, permit.number, differs)
                else:
                    report.same += 1
            elif entry.number.packed in taken:
                code = gettext_noop("Another member has a file of this number.")
                report.refuse(entry.row, entry.number.packed, code, {})
            else:
                fresh.append(entry)
    return fresh


def existing(numbers: Sequence[str]) -> set[str]:
    """Those that a file of any member has."""
    with connection.cursor() as cursor:
        cursor.execute("select one from unnest(%s::text[]) one where arpent.permit_exists(one)", [list(numbers)])
        return {row[0] for row in cursor.fetchall()}


def differences(permit: Permit, entry: Entry, mapping: TableMapping) -> list[Remark]:
    """What a file that is there says otherwise."""
    pairs: dict[str, tuple[Any, Any]] = {
        FILED_DIFFERS: (day_param(permit.filed_date), day_param(entry.filed)),
        KIND_DIFFERS: (permit.kind, entry.kind),
    }
    if "parcels" in mapping.columns:
        pairs[PARCELS_DIFFER] = (", ".join(permit.idus), ", ".join(entry.parcels))
    if entry.decided and entry.ending != Ending.TACIT:
        ended = day_param(permit.ended_date) if permit.ended_date else ""
        pairs[END_DIFFERS if ended else NOT_ENDED] = (ended, day_param(entry.decided))
    return [
        (code, {"here": here or "—", "there": there or "—"}) for code, (here, there) in pairs.items() if here != there
    ]


# -- a file and what happened to it -----------------------------------------------------------------------------------


def build_permit(entry: Entry, order: Order, instructor: int | None, day: date) -> tuple[Permit, list[Event]]:
    """The file of an entry, its columns as they follow from its events, and these; not saved."""
    permit = Permit(
        owner=order.member,
        insee=entry.number.insee,
        number=entry.number.packed,
        kind=entry.kind,
        filed_date=entry.filed,
        description=entry.description,
        address=entry.address,
        idus=list(entry.parcels),
        instructor_id=instructor,
        recorded_by_id=order.rights.user_id,
    )
    events = [event(permit, order.rights, *one) for one in history_of(entry, order.name)]
    derive(permit, events, day)
    return permit, events


def event(permit: Permit, rights: Rights, what: What, on: date, detail: Mapping[str, Any]) -> Event:
    return Event(permit=permit, what=what, on_date=on, detail=dict(detail), recorded_at=instant_of(on),
                 recorded_by_id=rights.user_id)  # fmt: skip


def history_of(entry: Entry, source: str) -> Iterator[tuple[What, date, Mapping[str, Any]]]:
    """What a register tells of a file: its filing, a longer delay that must have been, its end, its works."""
    yield What.FILED, entry.filed, {}
    if months := longer_delay(entry):
        reason = _("taken from the register “%(name)s”, which does not say what made the delay longer")
        detail = {"article": _("former register"), "months": months, "reason": reason % {"name": source[:80]}}
        yield What.BY_HAND, entry.filed, {**detail, "adds": False}
    if entry.decided and entry.ending == Ending.WITHDRAWN:
        yield What.WITHDRAWN, entry.decided, {}
    elif entry.decided and entry.ending not in (Ending.OPEN, Ending.TACIT):
        signed = entry.signed.isoformat() if entry.signed else None
        yield What.DECIDED, entry.decided, {"outcome": entry.ending, "signed": signed, "reference": ""}
    for what, on in ((What.WORKS_STARTED, entry.started), (What.WORKS_FINISHED, entry.finished)):
        if on:
            yield what, on, {}


def longer_delay(entry: Entry) -> int | None:
    """The months that the delay must have had for the register to be right, where they are more than the usual ones.

    A decision after the usual delay would be without effect; the register says that it had one. A last day that is no
    whole number of months from the filing is told as the month before: never too late.
    """
    usual = next(rules_of(Effect.USUAL, Kind(entry.kind), entry.filed), None)
    if usual is None:
        return None
    needed = entry.decided
    if needed and entry.ending == Ending.TACIT:
        needed -= timedelta(days=1)
    months = usual.months
    while months < LONGEST_DELAY and needed and after_months(entry.filed, months) < needed:
        months += 1
    while months < LONGEST_DELAY and entry.due and after_months(entry.filed, months + 1) <= entry.due:
        months += 1
    return months if months > usual.months else None


def note(report: Report, entry: Entry, permit: Permit) -> None:
    """What the reader of the report should look at."""
    if entry.ending == Ending.OPEN and permit.ended_date:
        code = gettext_noop(
            "Without a decision in the register, and the delay ended on %(day)s: told as a tacit decision."
        )
        report.add(entry.row, permit.number, code, {"day": day_param(permit.ended_date)})
        report.tacit += 1
    if entry.ending == Ending.OPEN and entry.due and permit.due_date and entry.due != permit.due_date:
        code = gettext_noop("The register says %(there)s as the last day, the platform counts %(here)s.")
        days = {"there": day_param(entry.due), "here": day_param(permit.due_date)}
        report.add(entry.row, permit.number, code, days)


def instructors_by_name(member: Member) -> dict[str, int]:
    """Who instructs for the member, by the names that a register may call them."""
    users: dict[str, int] = {}
    for membership in instructors_of(member):
        user = membership.user
        names = (user.username, user.email, str(user), f"{user.last_name} {user.first_name}", user.last_name)
        users |= {" ".join(fold_terms(name)): user.pk for name in names if name.strip()}
    return users


def first_commune(member: Member) -> str:
    return str(Territory.objects.filter(member=member).values_list("commune_id", flat=True).first() or "")


# -- writing ----------------------------------------------------------------------------------------------------------


def parents_of(chosen: Sequence[tuple[Entry, Permit, list[Event]]], member: Member) -> dict[str, Permit]:
    """The files that modifications and transfers change, those that were just written among them."""
    numbers = {entry.number.initial for entry, _permit, _events in chosen}
    return {one.number: one for one in Permit.objects.filter(owner=member, number__in=numbers)}


def write_batch(
    batch: Sequence[tuple[Entry, Permit, list[Event]]],
    parents: Mapping[str, Permit],
    plan_date: date | None,
    report: Report,
) -> None:
    """Write some files with their grounds, events and applicants, in few statements."""
    grounds = grounds_of([permit for _entry, permit, _events in batch])
    for place, (entry, permit, _events) in enumerate(batch):
        known, permit.geom = grounds.get(place, ((), None))
        permit.plan_date = plan_date
        report.unknown_parcels += len(set(permit.idus) - set(known))
        if entry.number.change:
            permit.parent = parents.get(entry.number.initial)
            if permit.parent is None:
                code = gettext_noop("The file that it changes is not in the register.")
                report.add(entry.row, permit.number, code, {})
    Permit.objects.bulk_create([permit for _entry, permit, _events in batch])
    Event.objects.bulk_create([of_saved(one, permit) for _entry, permit, events in batch for one in events])
    people = {permit.pk: entry.person for entry, permit, _events in batch if entry.person}
    if people and report.applicants:
        write_applicants(people, why=_("Import of the register “%(name)s”") % {"name": report.name[:80]})


def of_saved(one: Event, permit: Permit) -> Event:
    """The event of a file that has its id by now."""
    one.permit = permit
    return one


def grounds_of(permits: Sequence[Permit]) -> dict[int, tuple[Sequence[str], Any]]:
    """By their place, the parcels of files that the plan has, and their shape."""
    pairs = [(place, idu) for place, permit in enumerate(permits) for idu in permit.idus]
    if not pairs:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(GROUNDS, [[place for place, _idu in pairs], [idu for _place, idu in pairs]])
        rows = cursor.fetchall()
    return {place: (idus, as_multi(GEOSGeometry(memoryview(bytes(ewkb))))) for place, idus, ewkb in rows}
