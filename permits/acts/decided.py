"""What an act says of the decision that a file has already: its day, and the hearing before it is withdrawn."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import override

from gis_core.letters.document import format_day
from gis_core.letters.kinds import Value
from permits.deadlines.clock import Timeline
from permits.deadlines.events import Outcome
from permits.labels import outcome_label, tacit_label
from permits.models import Event, Permit
from permits.procedure import What
from permits.services.reading import read_day, timeline_of

DECISIONS = frozenset({Outcome.GRANTED, Outcome.REFUSED, Outcome.REJECTED, Outcome.DEFERRED, Outcome.INADMISSIBLE})
"""What is decided by an authority or its silence, and may be withdrawn."""


def withdrawal_values(permit: Permit) -> dict[str, Value]:
    """The decision that is withdrawn, and when its holder was asked for remarks and made them; empty where unknown."""
    rows = list(Event.objects.filter(permit=permit).current().order_by("on_date", "id"))
    timeline = timeline_of(permit, rows)
    if timeline is None or timeline.outcome not in DECISIONS or timeline.dated_on is None:
        return dict.fromkeys(("decision_prise", "date_lettre", "date_reception_lettre", "date_observations"), "")
    since = timeline.ended_on or timeline.dated_on
    letter = last_of(rows, What.REVOCATION_ANNOUNCED, since)
    remarks = last_of(rows, What.REMARKS_RECEIVED, letter.on_date) if letter else None
    letter_day = read_day(letter, "sent") if letter and letter.detail.get("channel") != "hand" else None
    return {
        "decision_prise": f"décision {'tacite ' if timeline.tacit else ''}du {format_day(timeline.dated_on)}",
        "date_lettre": format_day(letter_day) if letter_day else "",
        "date_reception_lettre": format_day(letter.on_date) if letter else "",
        "date_observations": format_day(remarks.on_date) if remarks else "",
    }


def following_values(permit: Permit) -> dict[str, Value]:
    """The decision in force, the extension and the end that it gives, the works declared finished;
    empty where the file does not know.
    """
    rows = list(Event.objects.filter(permit=permit).current().order_by("on_date", "id"))
    timeline = timeline_of(permit, rows)
    if timeline is None:
        return dict.fromkeys(("sens_decision", "date_prorogation", "nouveau_terme", "date_achevement"), "")
    extension, finished = last_of(rows, What.EXTENDED, date.min), last_of(rows, What.WORKS_FINISHED, date.min)
    extends = extension is not None and any(one.event == str(extension.pk) and one.effective for one in timeline.steps)
    return {
        "sens_decision": describe_decision(permit, timeline),
        "date_prorogation": format_day(extension.on_date) if extension else "",
        "nouveau_terme": format_day(timeline.valid_until) if extends and timeline.valid_until else "",
        "date_achevement": format_day(finished.on_date) if finished else "",
    }


def describe_decision(permit: Permit, timeline: Timeline) -> str:
    """« Accordé, 2 février 2026 », « Permis tacite, 11 juin 2026 »; empty where none is in force."""
    if timeline.outcome not in DECISIONS or timeline.dated_on is None:
        return ""
    label = tacit_label if timeline.tacit else outcome_label
    with override("fr"):
        return f"{label(timeline.outcome, permit.kind)}, {format_day(timeline.dated_on)}"


def last_of(rows: Sequence[Event], what: What, since: date) -> Event | None:
    """The last event of a kind that happened since a day."""
    return next((row for row in reversed(rows) if row.what == what and row.on_date >= since), None)


def day_of_grant(permit: Permit) -> str:
    """« du 13 janvier 2025 », « tacite du 11 juin 2026 », after the name of a permit; empty where none is in force."""
    rows = list(Event.objects.filter(permit=permit).current())
    timeline = timeline_of(permit, rows)
    if timeline is None or timeline.outcome != Outcome.GRANTED or timeline.dated_on is None:
        return ""
    return f"{'tacite ' if timeline.tacit else ''}du {format_day(timeline.dated_on)}"
