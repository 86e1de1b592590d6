"""Every night: the columns that follow from events and the day are written anew, where the day may change them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from psycopg.sql import SQL, Identifier

from gis_core.database import clock as database_clock
from permits.models import Event, Permit
from permits.procedure import GONE, OPEN, State, What
from permits.services.reading import DERIVED, derive, initials_of
from permits.services.recording import announce

BATCH = 500
TYPES = {"state": "text", "tacit": "boolean", "next_what": "text", "after_what": "text"}
UPDATES = SQL(
    "update permits_permit p set {values} from unnest({arrays}) as given (id, {names}) where p.id = given.id"
).format(
    values=SQL(", ").join(SQL("{0} = given.{0}").format(Identifier(name)) for name in DERIVED),
    arrays=SQL(", ").join([SQL("%s::bigint[]"), *(SQL("%s::" + TYPES.get(name, "date") + "[]") for name in DERIVED)]),
    names=SQL(", ").join(map(Identifier, DERIVED)),
)
READ = ("kind", "silence_refuses", "instructor_id", "parent_id", *DERIVED)
STOPPED = Event.objects.current().filter(permit=OuterRef("pk"), what=What.WORKS_STOPPED)


@dataclass(frozen=True, slots=True)
class Swept:
    """How many files were read, and of how many a column changed."""

    read: int
    changed: int


def sweep(day: date | None = None, *, again: bool = False, every: bool = False) -> Swept:
    """Derive open files, those that may have lapsed and those whose last day has passed; announce the layer once.

    Safe to repeat and to run twice at once: a batch is locked, derived and written in a transaction of its own. With
    `again` a former run was stopped after some batches, and the layer is announced whatever this one finds. `every`
    takes ended files too, as after a version whose rules say otherwise of them.
    """
    day = day or database_clock.today()
    last, read, changed = 0, 0, 0
    try:
        while batch := sweep_batch(day, last, every=every):
            last, read, changed = batch[0], read + batch[1], changed + batch[2]
    finally:
        if changed or again:
            with transaction.atomic():
                announce()
    return Swept(read, changed)


@transaction.atomic
def sweep_batch(day: date, last: int, *, every: bool = False) -> tuple[int, int, int] | None:
    """The files after the id `last`: the last id, how many, how many that changed; None where there is none.

    Whoever records an event of one of them meanwhile waits, and derives it after us.
    """
    wanted = Q() if every else Q(state__in=OPEN) | may_lapse(day) | Q(after_date__lt=day)
    rows = Permit.objects.filter(wanted, pk__gt=last).order_by("pk")
    ids = list(rows.values_list("pk", flat=True)[:BATCH])
    if not ids:
        return None
    # Locked apart: what another sweep has just closed would make a batch look like the end.
    permits = list(Permit.objects.select_for_update().filter(pk__in=ids).order_by("pk").only("id", *READ))
    events, initials = events_of(ids), initials_of(permits, day)
    changed = []
    for permit in permits:
        before = [getattr(permit, name) for name in DERIVED]
        derive(permit, events[permit.pk], day, initials)
        if before != [getattr(permit, name) for name in DERIVED]:
            changed.append(permit)
    if changed:
        update_permits(changed)
    return ids[-1], len(permits), len(changed)


def may_lapse(day: date) -> Q:
    """Which granted files may have lapsed: the day has come, works stand still, or what they change is no more."""
    passed = Q(state=State.GRANTED, valid_until_date__lt=day)
    stopped = Q(state=State.WORKS, valid_until_date__lt=day) & Exists(STOPPED)
    fallen = Q(state__in=(State.GRANTED, State.WORKS), parent__state__in=(*GONE, State.EXPIRED))
    return passed | stopped | fallen


def update_permits(permits: Sequence[Permit]) -> None:
    """One statement of one array for each column: Django's own takes six milliseconds a row to compose."""
    columns = [[permit.pk for permit in permits], *([getattr(one, name) for one in permits] for name in DERIVED)]
    with connection.cursor() as cursor:
        cursor.execute(UPDATES, columns)


def events_of(ids: list[int]) -> Mapping[int, list[Event]]:
    """Of each file, in their order; one query."""
    grouped: defaultdict[int, list[Event]] = defaultdict(list)
    for event in Event.objects.filter(permit_id__in=ids).order_by("on_date", "id"):
        grouped[event.permit_id].append(event)
    return grouped
