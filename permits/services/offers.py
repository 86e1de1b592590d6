"""Which events a file's page offers next: those that the clock gives an effect today, the others one step away.

What comes too late stays recordable, because an act is recorded after it was received: it is only no longer offered
first, and the page says why.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.long_dates import format_long_date
from permits.deadlines import clock
from permits.deadlines import events as legal
from permits.deadlines.law import Ground, Kind, rules_of
from permits.explanations import distance, explain
from permits.models import Event, Permit
from permits.procedure import POSTINGS, What
from permits.services.reading import legal_events, legal_file

TRIED = "tried"
"""The key of an event that only the clock is asked about."""
FIRST_MONTH = (What.DOCUMENTS_REQUESTED, What.LONGER_NOTIFIED)
NEVER_OF_CERTIFICATES = frozenset({*FIRST_MONTH, What.REPORTED, What.WORKS_STARTED, What.WORKS_FINISHED})
"""What no article gives a certificate: longer delays, requests with an effect, inquiries, works."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What is offered first, what is one more step away, and sentences: what may still be done, what no longer."""

    likely: Sequence[What]
    others: Sequence[What]
    notes: Sequence[str]


def offers_of(
    permit: Permit, rows: Sequence[Event], allowed: Sequence[What], usual: Sequence[What], today: date
) -> Offers:
    """What of `usual` has an effect today, of what the asker is `allowed` to record."""
    certifies = Kind(permit.kind).certifies
    possible = [one for one in allowed if not (certifies and one in NEVER_OF_CERTIFICATES)]
    timeline = clock.read_or_none(legal_file(permit), legal_events(rows), today)
    if timeline is None:
        likely = [one for one in usual if one in possible]
        return Offers(likely, [one for one in possible if one not in likely], [])
    steps = {one: try_today(permit, rows, one, today) for one in TRIALS if one in possible}
    recorded = [*(one for one in FIRST_MONTH if has(rows, one)), *(one for one in POSTINGS if is_over(rows, one))]
    likely = [one for one in usual if one in possible and one not in recorded and counts(steps.get(one))]
    notes = first_month_notes(permit, rows, timeline, possible, today)
    if What.EXTENDED in usual and (step := steps.get(What.EXTENDED)) is not None and not step.effective:
        notes.append(f"{What.EXTENDED.label} — {explain(step, permit.kind).why}")
    return Offers(likely, [one for one in possible if one not in likely], notes)


def counts(step: clock.Step | None) -> bool:
    """Whether an event that was tried has an effect; those that are not tried have."""
    return step is None or step.effective


def has(rows: Sequence[Event], what: What) -> bool:
    """Whether the file has such an event that stands."""
    return any(row.what == what and row.struck_at is None for row in rows)


def is_over(rows: Sequence[Event], what: What) -> bool:
    """Whether such a posting is recorded with its last day."""
    return any(row.what == what and row.struck_at is None and row.detail.get("posted_until") for row in rows)


# -- asking the clock -------------------------------------------------------------------------------------------------


def try_today(permit: Permit, rows: Sequence[Event], what: What, today: date) -> clock.Step | None:
    """What the clock says of such an event if it counted today."""
    common = {"key": TRIED, "on": today, "recorded": database_clock.now()}
    tried = TRIALS[what](permit, common)
    timeline = clock.read_or_none(legal_file(permit), [*legal_events(rows), tried], today)
    return next((step for step in timeline.steps if step.event == TRIED), None) if timeline else None


def any_request(_permit: Permit, common: Mapping[str, Any]) -> legal.Event:
    return legal.DocumentsRequested(**common, documents=frozenset({TRIED}), sent=common["on"])


def longest_notice(permit: Permit, common: Mapping[str, Any]) -> legal.Event:
    """A notice on every ground that makes the delay of such a file longer in the first month."""
    rules = (rule for effect in clock.LENGTHENING for rule in rules_of(effect, Kind(permit.kind), permit.filed_date))
    grounds: frozenset[Ground] = frozenset().union(*(rule.grounds for rule in rules))
    return legal.LongerNotified(**common, grounds=grounds)


def bad_opinion(_permit: Permit, common: Mapping[str, Any]) -> legal.Event:
    return legal.ArchitectSaid(**common, opinion=legal.Opinion.UNFAVOURABLE)


def any_extension(_permit: Permit, common: Mapping[str, Any]) -> legal.Event:
    return legal.Extended(**common)


TRIALS: Mapping[What, Callable[[Permit, Mapping[str, Any]], legal.Event]] = {
    What.DOCUMENTS_REQUESTED: any_request,
    What.LONGER_NOTIFIED: longest_notice,
    What.ARCHITECT_SAID: bad_opinion,
    What.EXTENDED: any_extension,
}
"""Events whose effect depends on the day: how the clock is asked about each."""


# -- in words ---------------------------------------------------------------------------------------------------------


def first_month_notes(
    permit: Permit, rows: Sequence[Event], timeline: clock.Timeline, possible: Sequence[What], today: date
) -> list[str]:
    """What of the first month's notices may still be sent, or that its last day has passed."""
    if timeline.outcome is not None:
        return []
    if Kind(permit.kind).certifies:
        return [_("A certificate: no article gives it a longer delay, nor a request for missing pieces an effect.")]
    if not set(FIRST_MONTH) & set(possible):
        return []
    last = {"day": format_long_date(timeline.notify_by), "distance": distance(timeline.notify_by, today)}
    if today > timeline.notify_by:
        message = _(
            "The first month ended on %(day)s: missing pieces asked for or a longer delay notified after it have no "
            "effect (R.423-18, R.423-41). What the applicant received by then is recorded under “Another event”."
        )
        return [message % last]
    match has(rows, What.DOCUMENTS_REQUESTED), has(rows, What.LONGER_NOTIFIED):
        case True, False:
            return [_("Until %(day)s (%(distance)s), a longer delay may still be notified.") % last]
        case False, True:
            return [_("Until %(day)s (%(distance)s), missing pieces may still be asked for.") % last]
        case False, False if permit.next_what != "notify_by":
            message = _("Until %(day)s (%(distance)s), missing pieces may be asked for and a longer delay notified.")
            return [message % last]
        case _:
            return []
