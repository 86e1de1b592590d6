"""How a date of the timeline lies to a day: to come, past, or dead because something else took its effect away."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from gis_core.long_dates import format_long_date
from permits.deadlines.clock import Step, Timeline
from permits.deadlines.clock import What as Said
from permits.deadlines.law import Kind
from permits.explanations import COMPUTED_DATES

REPLACED = frozenset({Said.REPLACED})
ENDED_WITH_THE_FILE = frozenset({Said.NOTIFY_BY, Said.ANSWER_BY, Said.DUE})
"""Deadlines that nobody has to keep once the file has ended."""


@dataclass(frozen=True, slots=True)
class DateStatus:
    """`ahead` of the day; `dead` where the date has no effect (any more), `passed` where a deadline is over.

    `label` says it in a word, `why` in a sentence where the step itself does not.
    """

    ahead: bool
    passed: bool = False
    dead: bool = False
    label: str = ""
    why: str = ""


def status_of_date(step: Step, timeline: Timeline, kind: str, today: date) -> DateStatus:
    """What has become of a step's date on a day."""
    ahead = step.on > today
    if not step.effective:
        label = _("replaced") if step.what in REPLACED else _("without effect")
        return DateStatus(ahead, dead=True, label=label)
    if step.what == Said.NOTIFY_BY and Kind(kind).certifies:
        why = _("A certificate: no article gives it a longer delay, nor a request for missing pieces an effect.")
        return DateStatus(ahead, dead=True, label=_("without object"), why=why)
    ended = timeline.ended_on
    if step.what in ENDED_WITH_THE_FILE and ended is not None and ended < step.on:
        why = _("The file ended on %(day)s, before this date.") % {"day": format_long_date(ended)}
        return DateStatus(ahead, dead=True, label=_("without object"), why=why)
    if step.what in COMPUTED_DATES and step.on < today:
        return DateStatus(ahead, passed=True, label=_("past"))
    return DateStatus(ahead)
