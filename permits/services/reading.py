"""Reading a file: its timeline from its events, and the columns that follow from it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import NotFound
from gis_core.members.rights import Rights
from gis_core.models import Commune
from permits.deadlines import clock
from permits.deadlines import events as legal
from permits.deadlines.following import following
from permits.deadlines.law import Ground, Kind
from permits.models import Event, Permit, SignatureProposal
from permits.numbers import NotANumberError, Number, format_number
from permits.procedure import OPEN, State, What

DERIVED = (
    *("state", "tacit", "complete_date", "notify_by_date", "answer_by_date", "due_date", "ended_date"),
    *("valid_until_date", "next_date", "next_what", "after_date", "after_what"),
)
NOTHING = {"state": State.RECEIVED, "tacit": False, "next_what": "", "after_what": ""}
ENDS = {
    legal.Outcome.GRANTED: State.GRANTED,
    legal.Outcome.REFUSED: State.REFUSED,
    legal.Outcome.REJECTED: State.REJECTED,
    legal.Outcome.WITHDRAWN: State.WITHDRAWN,
    legal.Outcome.DEFERRED: State.DEFERRED,
    legal.Outcome.INADMISSIBLE: State.INADMISSIBLE,
    legal.Outcome.REVOKED: State.REVOKED,
    legal.Outcome.ANNULLED: State.ANNULLED,
}


def format_day(day: date) -> str:
    """A day in a message, as forms are filled in."""
    return f"{day:%d/%m/%Y}"


def permit_seen_by(number: str, rights: Rights) -> Permit:
    """The file of a national number, as people write it, with the name of its commune.

    `was_proposed`: a draft of it was, for signature.

    Raises NotFound.
    """
    try:
        packed = Number.parse(number).packed
    except NotANumberError:
        packed = ""
    rows = (
        Permit.objects.visible_to(rights)
        .select_related("owner", "instructor", "parent", "sheet", "figures")
        .annotate(
            was_proposed=Exists(SignatureProposal.objects.filter(permit=OuterRef("pk"))),
            commune_name=Subquery(Commune.objects.filter(insee=OuterRef("insee")).values("name")[:1]),
        )
        .defer("sheet__content", "sheet__pdf")
    )
    permit = rows.filter(number=packed).first() if packed else None
    if permit is None:
        raise NotFound(_("There is no file of this number, or you may not see it."))
    return permit


# -- the clock --------------------------------------------------------------------------------------------------------


def legal_events(rows: Iterable[Event]) -> list[legal.Event]:
    """The events that the clock counts with; those struck out and those of no legal meaning are left out."""
    return [MADE[What(row.what)](row) for row in rows if row.struck_at is None and What(row.what) in MADE]


type Initials = Mapping[int, legal.Initial]
"""How permits stand that others modify or transfer, by their id."""


def legal_file(permit: Permit, initials: Initials | None = None) -> legal.File:
    initial = (initials or {}).get(permit.parent_id or 0)
    return legal.File(kind=Kind(permit.kind), silence_refuses=frozenset(permit.silence_refuses), initial=initial)


def timeline_of(
    permit: Permit, rows: Sequence[Event], day: date | None = None, initials: Initials | None = None
) -> clock.Timeline | None:
    """The file's timeline; None where the law of its day is not covered (filed before 2007).

    What the file changes is looked up unless `initials` are given.
    """
    day = day or database_clock.today()
    known = initials_of([permit], day) if initials is None else initials
    return clock.read_or_none(legal_file(permit, known), legal_events(rows), day)


def timeline_with_notice(permit: Permit, rows: Sequence[Event], grounds: Iterable[Ground]) -> clock.Timeline | None:
    """The timeline that the notice of a longer delay on these grounds makes, received on the last day for it."""
    events = legal_events(rows)
    timeline = clock.read_or_none(legal_file(permit), events, database_clock.today())
    if timeline is None:
        return None
    last = timeline.notify_by
    notice = legal.LongerNotified(key="notice", on=last, recorded=database_clock.now(), grounds=frozenset(grounds))
    return clock.read_or_none(legal_file(permit), [*events, notice], last)


def revisions_of(permit: Permit, rows: Sequence[Event], initials: Initials | None = None) -> list[clock.Revision]:
    """What each record changed of what was told before it."""
    known = initials_of([permit], database_clock.today()) if initials is None else initials
    return clock.revisions(legal_file(permit, known), legal_events(rows))


def initials_of(permits: Sequence[Permit], day: date) -> Initials:
    """How the permits stand that these files modify or transfer; two queries, none where there is no such file."""
    ids = {one.parent_id for one in permits if one.parent_id}
    if not ids:
        return {}
    parents = Permit.objects.filter(pk__in=ids).only("id", "number", "kind", "silence_refuses")
    rows: defaultdict[int, list[Event]] = defaultdict(list)
    for event in Event.objects.filter(permit_id__in=ids).order_by("on_date", "id"):
        rows[event.permit_id].append(event)
    return {one.pk: read_initial(one, rows[one.pk], day) for one in parents}


def read_initial(permit: Permit, rows: Sequence[Event], day: date) -> legal.Initial:
    """What a modification or a transfer follows of the permit that it changes."""
    timeline = clock.read_or_none(legal_file(permit), legal_events(rows), day)
    number = format_number(permit.number)
    if timeline is None or timeline.outcome is None:
        return legal.Initial(number=number)
    if timeline.outcome != legal.Outcome.GRANTED:
        return legal.Initial(number=number, gone=timeline.outcome, gone_on=timeline.ended_on)
    return legal.Initial(
        number=number,
        granted_on=timeline.ended_on,
        begun=any(row.what == What.WORKS_STARTED and row.struck_at is None for row in rows),
        valid_until=timeline.valid_until,
        lapsed_on=timeline.lapsed_on,
    )


def common(row: Event) -> dict[str, Any]:
    return {"key": str(row.pk), "on": row.on_date, "recorded": row.recorded_at}


def read_sent_date(row: Event) -> date:
    sent = row.detail.get("sent")
    return date.fromisoformat(sent) if sent else row.on_date


def read_day(row: Event, name: str) -> date | None:
    given = row.detail.get(name)
    return date.fromisoformat(given) if given else None


MADE: Mapping[What, Callable[[Event], legal.Event]] = {
    What.FILED: lambda row: legal.Filed(**common(row)),
    What.DOCUMENTS_REQUESTED: lambda row: legal.DocumentsRequested(
        **common(row),
        documents=frozenset(row.detail["pieces"]),
        sent=read_sent_date(row),
        outside_code=bool(row.detail.get("outside_code")),
    ),
    What.DOCUMENTS_RECEIVED: lambda row: legal.DocumentsReceived(
        **common(row), documents=frozenset(row.detail["pieces"])
    ),
    What.LONGER_NOTIFIED: lambda row: legal.LongerNotified(
        **common(row), grounds=frozenset(map(Ground, row.detail["grounds"]))
    ),
    What.BY_HAND: lambda row: legal.EnteredByHand(
        **common(row),
        article=row.detail["article"],
        months=row.detail["months"],
        reason=row.detail["reason"],
        adds=bool(row.detail.get("adds")),
    ),
    What.REPORTED: lambda row: legal.Reported(**common(row)),
    What.ARCHITECT_SAID: lambda row: legal.ArchitectSaid(**common(row), opinion=legal.Opinion(row.detail["opinion"])),
    What.FILING_POSTED: lambda row: legal.FilingPosted(**common(row)),
    What.DECIDED: lambda row: legal.Decided(
        **common(row),
        outcome=legal.Outcome(row.detail["outcome"]),
        signed=read_day(row, "signed"),
        months=row.detail.get("months") or 0,
    ),
    What.WITHDRAWN: lambda row: legal.Withdrawn(**common(row)),
    What.REVOCATION_ANNOUNCED: lambda row: legal.RevocationAnnounced(
        **common(row), remarks_by=read_day(row, "remarks_by")
    ),
    What.REMARKS_RECEIVED: lambda row: legal.RemarksReceived(**common(row)),
    What.REVOKED: lambda row: legal.Revoked(**common(row), cause=legal.Cause(row.detail["cause"])),
    What.APPEAL_LODGED: lambda row: legal.AppealLodged(**common(row), appeal=legal.Appeal(row.detail["appeal"])),
    What.APPEAL_ENDED: lambda row: legal.AppealEnded(
        **common(row),
        outcome=legal.AppealOutcome(row.detail["appeal_outcome"]),
        final=bool(row.detail.get("final")),
    ),
    What.CONFIRMED: lambda row: legal.Confirmed(**common(row)),
    What.EXTENDED: lambda row: legal.Extended(**common(row)),
    What.TRANSMITTED: lambda row: legal.Transmitted(**common(row)),
    What.POSTED_AT_TOWN_HALL: lambda row: legal.PostedAtTownHall(**common(row)),
    What.POSTED_ON_SITE: lambda row: legal.PostedOnSite(**common(row)),
    What.WORKS_STARTED: lambda row: legal.WorksStarted(**common(row)),
    What.WORKS_STOPPED: lambda row: legal.WorksStopped(**common(row)),
    What.WORKS_RESUMED: lambda row: legal.WorksResumed(**common(row)),
    What.WORKS_FINISHED: lambda row: legal.WorksFinished(**common(row), survey=bool(row.detail.get("survey"))),
    What.CONTESTED: lambda row: legal.Contested(**common(row)),
    What.ATTESTED: lambda row: legal.Attested(**common(row)),
}


# -- the columns that follow ------------------------------------------------------------------------------------------


def derive(permit: Permit, rows: Sequence[Event], day: date, initials: Initials | None = None) -> None:
    """Set the file's columns as they follow from its events on a day; what it changes is looked up unless given."""
    initials = initials_of([permit], day) if initials is None else initials
    timeline = timeline_of(permit, rows, day, initials)
    if timeline is None:
        derive_uncovered(permit, rows)
        return
    permit.complete_date, permit.notify_by_date, permit.answer_by_date = (
        timeline.complete_on,
        timeline.notify_by,
        timeline.answer_by,
    )
    permit.due_date, permit.ended_date, permit.valid_until_date = (
        timeline.due_on,
        timeline.ended_on,
        timeline.valid_until,
    )
    permit.tacit = timeline.tacit
    permit.state = state_of(permit, timeline, rows, initials.get(permit.parent_id or 0))
    permit.next_date, permit.next_what = upcoming(permit, timeline, rows, day)
    after = following(timeline, Kind(permit.kind), day)[:1]
    permit.after_date, permit.after_what = (after[0].on, after[0].name) if after else (None, "")


def derive_uncovered(permit: Permit, rows: Sequence[Event]) -> None:
    """What is known of a file that no dated rule covers: how it ended, no deadline."""
    for name in DERIVED:
        setattr(permit, name, NOTHING.get(name))
    ends = [row for row in rows if row.struck_at is None and row.what in (What.DECIDED, What.WITHDRAWN, What.REVOKED)]
    if ends:
        last = max(ends, key=lambda row: row.on_date) if ends[-1].what == What.REVOKED else ends[0]
        permit.ended_date = last.on_date
        permit.state = ENDS[legal.Outcome(last.detail.get("outcome", last.what))]
    elif permit.instructor_id:
        permit.state = State.INSTRUCTION


def state_of(permit: Permit, timeline: clock.Timeline, rows: Sequence[Event], initial: legal.Initial | None) -> State:
    """Where the file stands. A modification or a transfer falls with the permit that it changes."""
    if timeline.outcome is None:
        if timeline.complete_on is None:
            return State.INCOMPLETE
        return State.INSTRUCTION if permit.instructor_id else State.RECEIVED
    if timeline.outcome != legal.Outcome.GRANTED:
        return ENDS[timeline.outcome]
    if initial is not None and initial.gone in legal.GONE:
        return ENDS[initial.gone]
    happened = {row.what for row in rows if row.struck_at is None}
    if What.WORKS_FINISHED in happened:
        return State.FINISHED
    if timeline.lapsed_on is not None:
        return State.EXPIRED
    return State.WORKS if What.WORKS_STARTED in happened else State.GRANTED


def upcoming(permit: Permit, timeline: clock.Timeline, rows: Sequence[Event], day: date) -> tuple[date | None, str]:
    """The next day on which something is due of an open file, and what."""
    if permit.state not in OPEN:
        return None, ""
    if timeline.complete_on is None and timeline.answer_by:
        return timeline.answer_by, "answer_by"
    # No article gives a certificate notices of the first month.
    notified = Kind(permit.kind).certifies or any(
        row.struck_at is None and row.what in (What.DOCUMENTS_REQUESTED, What.LONGER_NOTIFIED) for row in rows
    )
    if not notified and day <= timeline.notify_by and (timeline.due_on is None or timeline.notify_by < timeline.due_on):
        return timeline.notify_by, "notify_by"
    return (timeline.due_on, "due") if timeline.due_on else (None, "")


def refresh(permit: Permit, day: date | None = None) -> bool:
    """Write the columns that follow from the file's events; returns whether one changed."""
    rows = list(Event.objects.filter(permit=permit))
    before = [getattr(permit, name) for name in DERIVED]
    derive(permit, rows, day or database_clock.today())
    changed = before != [getattr(permit, name) for name in DERIVED]
    if changed:
        permit.save(update_fields=list(DERIVED))
    return changed


def refresh_with_changes(permit: Permit) -> None:
    """Write the columns of a file anew, and of its modifications and transfers, which follow it."""
    refresh(permit)
    if permit.parent_id is None:
        for change in Permit.objects.select_for_update().filter(parent=permit).order_by("pk"):
            refresh(change)
