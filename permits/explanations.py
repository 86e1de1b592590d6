"""The timeline in words: what each date is, and why it is that day. Pure, in the language of whoever reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gis_core.long_dates import format_long_date
from permits import act_explanations as acts
from permits.deadlines.clock import Step, Timeline
from permits.deadlines.clock import What as Said
from permits.deadlines.events import Opinion, Outcome
from permits.deadlines.law import Ground, Kind
from permits.labels import GROUNDS, OPINIONS, format_months, outcome_label, tacit_label
from permits.procedure import State, What

if TYPE_CHECKING:
    from permits.models import Permit

PLANNING_CODE = re.compile(r"[LRA]\.\d")


class Recorded(Protocol):
    """The record that a step comes from (`permits.models.Event`)."""

    what: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A date in words. `title` says what it is, `why` why it is that day, or why it has no effect."""

    title: str
    why: str
    articles: tuple[str, ...]

    @property
    def of_planning_code(self) -> list[str]:
        """The articles that are of the planning code."""
        return [one for one in self.articles if PLANNING_CODE.match(one)]

    @property
    def of_other_texts(self) -> list[str]:
        """Articles of other codes, decrees and judgments."""
        return [one for one in self.articles if not PLANNING_CODE.match(one)]


def explain(step: Step, kind: str, record: Recorded | None = None) -> Explanation:
    """A step of the timeline of such a file; `record` is the event that made it, which says how an act was sent."""
    nature = Kind(kind)
    sentences = [*explain_sending(record), *reason(step, nature, record)]
    articles = step.articles
    if record is not None and (article := CHANNEL_ARTICLES.get(record.detail.get("channel", ""))):
        articles = (*articles, article)
    if step.uncertain:
        sentences.append(str(TO_CONFIRM))
    return Explanation(title(step, nature, record), " ".join(sentences), articles)


# -- titles -----------------------------------------------------------------------------------------------------------

TITLES: Mapping[Said, Any] = {
    Said.FILED: gettext_lazy("Filing"),
    Said.DEEMED_COMPLETE: gettext_lazy("File complete since its filing"),
    Said.REQUESTED: gettext_lazy("Missing pieces asked for"),
    Said.REQUESTED_LATE: gettext_lazy("Missing pieces asked for too late"),
    Said.REQUESTED_OUTSIDE_CODE: gettext_lazy("Pieces asked for that the code does not list"),
    Said.REQUESTED_OF_CERTIFICATE: gettext_lazy("Pieces asked for of a certificate"),
    Said.REPLACED: gettext_lazy("Request for pieces, replaced by a later one"),
    Said.CAME: gettext_lazy("Pieces received, others still missing"),
    Said.COMPLETE: gettext_lazy("File complete"),
    Said.ANSWER_BY: gettext_lazy("Last day for the missing pieces"),
    Said.LONGER: gettext_lazy("Longer delay notified"),
    Said.LONGER_LATE: gettext_lazy("Longer delay notified too late"),
    Said.PROLONGED: gettext_lazy("Delay prolonged"),
    Said.PROLONGED_LATE: gettext_lazy("Delay prolonged too late"),
    Said.BY_HAND: gettext_lazy("Delay entered by hand"),
    Said.BY_HAND_LATE: gettext_lazy("Delay entered by hand, too late"),
    Said.REPORT: gettext_lazy("Report of the public inquiry received"),
    Said.FILING_POSTED: gettext_lazy("Notice of filing posted at the town hall"),
    Said.NOTIFY_BY: gettext_lazy("End of the first month: last day for notices"),
    Said.DUE: gettext_lazy("Last day to notify the decision"),
    Said.WITHDRAWN: gettext_lazy("Application withdrawn"),
    Said.EXTENDED: gettext_lazy("Validity extended"),
    Said.NOT_EXTENDED: gettext_lazy("Extension of validity asked for in vain"),
    **acts.TITLES,
}


def title(step: Step, kind: Kind, record: Recorded | None) -> str:
    if title := acts.title(step, kind):
        return title
    match step.what:
        case Said.TACIT | Said.REJECTED:
            return tacit_label(step.values["outcome"], kind)
        case Said.DECIDED:
            return _("Decision notified: %(outcome)s") % {"outcome": outcome_label(step.values["outcome"], kind)}
        case Said.OPINION:
            opinion = OPINIONS[Opinion(step.values["opinion"])]
            return _("Opinion of the architect of French buildings: %(opinion)s") % {"opinion": opinion}
        case Said.VALID_UNTIL:
            return _("End of the certificate") if kind.certifies else _("Last day to begin the works")
        case Said.AFTER_THE_END | Said.NOTED:
            return str(What(record.what).label) if record else _("Event without effect on the dates")
        case _:
            return str(TITLES[step.what])


# -- reasons ----------------------------------------------------------------------------------------------------------

CHANNEL_ARTICLES = {"registered": "R.423-47", "electronic": "R.423-48"}
HAND = gettext_lazy("Given by hand: it counts from that day.")
REGISTERED = gettext_lazy(
    "Sent on %(sent)s by registered letter, first presented on %(presented)s: it counts from that first presentation, "
    "whether the letter was collected or not."
)
CONSULTED = gettext_lazy(
    "Sent electronically on %(sent)s, consulted on %(consulted)s: it counts from its consultation, and at the latest "
    "eight days after sending."
)
NOT_CONSULTED = gettext_lazy("Sent electronically on %(sent)s, not consulted: it counts eight days after sending.")
DATE_TO_DATE = gettext_lazy(
    "Months are counted from date to date (to the last day of a shorter month); Sundays and holidays count."
)
COMPUTED_DATES = frozenset({Said.NOTIFY_BY, Said.ANSWER_BY, Said.DUE, Said.VALID_UNTIL, *acts.ENDS_OF_MONTHS})
"""Dates that months were counted to."""
TO_CONFIRM = gettext_lazy("This value was not read in a source: confirm it before you rely on it.")
REASONS: Mapping[Said, Any] = {
    Said.FILING_POSTED: gettext_lazy("The town hall recorded it; it moves no date of the file."),
    Said.FILED: gettext_lazy(
        "The town hall received the application on this day. The delays of the law are those of this day."
    ),
    Said.DEEMED_COMPLETE: gettext_lazy(
        "No missing piece was asked for with effect: the file is complete since its filing. Only a request that the "
        "applicant receives until %(until)s changes this."
    ),
    Said.REQUESTED: gettext_lazy(
        "The applicant received the request in the first month: the delay begins on the day on which the last of these "
        "pieces comes: %(missing)s."
    ),
    Said.REQUESTED_LATE: gettext_lazy(
        "Without effect: a request must be received until %(until)s, one month from the filing. The delay goes on as "
        "if nothing had been asked for."
    ),
    Said.REQUESTED_OUTSIDE_CODE: gettext_lazy(
        "Without effect: a piece that the code does not list may not be asked for. The delay goes on as if nothing had "
        "been asked for."
    ),
    Said.REQUESTED_OF_CERTIFICATE: gettext_lazy("Without effect on the delay of a certificate."),
    Said.REPLACED: gettext_lazy("Without effect: the request received on %(by)s replaces it."),
    Said.CAME: gettext_lazy("The delay does not begin yet: these pieces are still missing: %(missing)s."),
    Said.COMPLETE: gettext_lazy("The last missing piece came on this day: the delay begins."),
    Said.ANSWER_BY: gettext_lazy(
        "%(months)s from %(from)s, when the request was received. If pieces are still missing at the end of this day, "
        "the file is rejected the next day."
    ),
    Said.REJECTED: gettext_lazy(
        "The missing pieces did not all come until %(after)s, and nothing was decided before: the file is rejected."
    ),
    Said.LONGER: gettext_lazy(
        "Received in the first month (until %(until)s): the delay is longer. Grounds: %(grounds)s. Longer delays are "
        "not added up: the longest one counts."
    ),
    Said.LONGER_LATE: gettext_lazy(
        "Without effect: a longer delay must be received until %(until)s, one month from the filing. Grounds: "
        "%(grounds)s."
    ),
    Said.PROLONGED: gettext_lazy(
        "Received before the delay had passed (on %(until)s): the delay is prolonged. Grounds: %(grounds)s."
    ),
    Said.PROLONGED_LATE: gettext_lazy(
        "Without effect: a prolongation must be received before the delay has passed, on %(until)s. Grounds: "
        "%(grounds)s."
    ),
    Said.BY_HAND: gettext_lazy(
        "Entered by hand: %(months)s in all, where no other delay is longer, because: %(reason)s. The instructor "
        "answers for this value."
    ),
    Said.BY_HAND_LATE: gettext_lazy(
        "Without effect: it came after %(until)s. It was entered by hand: %(months)s, because: %(reason)s."
    ),
    Said.REPORT: gettext_lazy(
        "The town hall received the commissioner’s report: where a public inquiry was notified, the delay begins."
    ),
    Said.NOTIFY_BY: gettext_lazy(
        "%(months)s from %(from)s, the filing. A request for missing pieces or a longer delay counts when the "
        "applicant has received it until this day."
    ),
    Said.DUE: gettext_lazy(
        "%(months)s from %(from)s. The applicant must have received the decision until midnight, in Paris; the next "
        "day, silence decides."
    ),
    Said.DECIDED: gettext_lazy("The applicant received the decision on this day: the file ends."),
    Said.WITHDRAWN: gettext_lazy("The applicant gave up on this day: the file ends."),
    Said.AFTER_THE_END: gettext_lazy("Without effect: the file had ended on %(ended)s."),
    Said.VALID_UNTIL: gettext_lazy("%(months)s from %(from)s, when it was granted."),
    Said.EXTENDED: gettext_lazy("Asked for in time (until %(until)s): the validity is one year longer."),
    **acts.REASONS,
}
BY_HAND_MORE = gettext_lazy(
    "Entered by hand: %(months)s more, because: %(reason)s. The instructor answers for this value."
)
NO_ARTICLE = gettext_lazy(
    "Without effect: no article gives a longer delay to such a file on these grounds: %(grounds)s."
)


def explain_sending(record: Recorded | None) -> Iterator[str]:
    """How an act was sent, and so on which day it counts."""
    detail = record.detail if record else {}
    days = {
        name: format_long_date(date.fromisoformat(detail[name]))
        for name in ("sent", "presented", "consulted")
        if detail.get(name)
    }
    match detail.get("channel"):
        case "registered":
            yield str(REGISTERED) % days
        case "electronic":
            yield str(CONSULTED if "consulted" in days else NOT_CONSULTED) % days
        case "hand" if record and record.what != What.ARCHITECT_SAID:
            yield str(HAND)


def readable_values(values: Mapping[str, Any]) -> dict[str, str]:
    """The values that a step was counted with, as they are read."""
    texts = {name: format_long_date(value) if isinstance(value, date) else str(value) for name, value in values.items()}
    if values.get("months"):
        texts["months"] = format_months(values["months"])
    if "missing" in values:
        texts["missing"] = ", ".join(values["missing"])
    if "grounds" in values:
        texts["grounds"] = ", ".join(str(GROUNDS[Ground(one)]) for one in values["grounds"])
    if "days" in values:
        texts["days"] = acts.format_days(values["days"])
    return texts


def reason(step: Step, kind: Kind, record: Recorded | None) -> Iterator[str]:
    """Why the step is on that day, or why it changes nothing."""
    values = readable_values(step.values)
    match step.what:
        case Said.DEEMED_COMPLETE if kind.certifies:
            yield _("The delay of a certificate runs from its filing.")
        case Said.NOTIFY_BY if kind.certifies:
            yield _("%(months)s from %(from)s, the filing.") % values
        case Said.ANSWER_BY if not step.effective:
            yield _("Without effect: all the pieces had come on %(complete)s.") % values
        case Said.LONGER if not step.effective:
            yield str(NO_ARTICLE) % values
        case Said.BY_HAND if step.values["adds"]:
            yield str(BY_HAND_MORE) % values
        case Said.TACIT:
            yield _("No decision was received until %(after)s, the last day.") % values
            yield silence(step.values["outcome"], kind)
        case Said.OPINION:
            yield opinion(step, values)
        case Said.NOT_EXTENDED:
            yield not_extended(step, values)
        case Said.NOTED:
            yield explain_note(record)
        case _ if step.what not in acts.REASONS_IN_SENTENCES:
            yield str(REASONS[step.what]) % values
    yield from acts.sentences(step, kind, values)
    if count := step.values.get("extensions"):
        yield ngettext("It was extended once, by a year.", "It was extended %(count)s times, by a year.", count) % {
            "count": count
        }
    if step.what in COMPUTED_DATES and step.effective:
        yield str(DATE_TO_DATE)


def silence(outcome: str, kind: Kind) -> str:
    """What nobody's answer means, and why."""
    if kind.certifies:
        return _("Silence gives a certificate that has the effects of a CUa only.")
    if outcome == Outcome.GRANTED:
        return _("Silence is consent: no case of the law makes it a refusal.")
    return _("Silence is a refusal here: the architect of French buildings, or a case of R.424-2, makes it one.")


def opinion(step: Step, values: Mapping[str, str]) -> str:
    if step.effective:
        return _("It came in time and is not simply favourable: silence becomes a refusal.")
    until = step.values["until"]
    if until is None or step.on <= until:
        return _("This opinion does not change what silence means.")
    return _("Without effect on what silence means: it came after %(until)s.") % values


def not_extended(step: Step, values: Mapping[str, str]) -> str:
    if "initial" in step.values:
        return _("Without effect here: the validity is that of %(initial)s, whose extension is asked for.") % values
    if step.values["never"]:
        return _("Without effect: this validity is not extended.")
    if step.on < step.values["from"]:
        return _("Without effect: it was asked for before the file was granted.")
    if step.on > step.values["until"]:
        message = _(
            "Without effect: it had to be asked for until %(until)s, two months before the end of the validity."
        )
        return message % values
    return _("Without effect: a validity is extended twice at most.")


def explain_note(record: Recorded | None) -> str:
    match What(record.what) if record else None:
        case What.DOCUMENTS_RECEIVED:
            return _("Without effect on the dates: none of these pieces was asked for and missing on this day.")
        case What.EXTENDED:
            return _("Without effect: the file is not granted.")
        case _:
            return _("Kept in the history; it changes no date.")


# -- what is recorded, and what comes next ----------------------------------------------------------------------------


def facts(record: Recorded, kind: str) -> list[str]:
    """What an event holds, a line for each fact."""
    detail = record.detail
    lines = [*detail.get("pieces", ()), *(str(GROUNDS[Ground(one)]) for one in detail.get("grounds", ()))]
    if "outcome" in detail:
        lines.append(outcome_label(detail["outcome"], kind))
    if "opinion" in detail:
        lines.append(str(OPINIONS[Opinion(detail["opinion"])]))
    if detail.get("outside_code"):
        lines.append(_("one of them is not listed by the code"))
    lines += acts.facts(detail)
    if "article" in detail:
        template = _("%(months)s more (%(article)s)") if detail.get("adds") else _("%(months)s in all (%(article)s)")
        lines.append(template % {"months": format_months(detail["months"]), "article": detail["article"]})
    if detail.get("signed"):
        lines.append(_("signed on %(day)s") % {"day": format_long_date(date.fromisoformat(detail["signed"]))})
    if detail.get("reference"):
        lines.append(_("reference %(reference)s") % {"reference": detail["reference"]})
    return [*lines, *filter(None, (detail.get("reason"), detail.get("note")))]


def distance(on: date, today: date) -> str:
    """How far a day is: “in 12 days”, “today”, “3 days ago”."""
    days = (on - today).days
    if years := abs(days) // 365:
        ahead = ngettext("in over %(count)s year", "in over %(count)s years", years)
        ago = ngettext("over %(count)s year ago", "over %(count)s years ago", years)
        return (ahead if days > 0 else ago) % {"count": years}
    match days:
        case 0:
            return _("today")
        case 1:
            return _("tomorrow")
        case _ if days > 0:
            return ngettext("in %(count)s day", "in %(count)s days", days) % {"count": days}
        case _:
            return ngettext("%(count)s day ago", "%(count)s days ago", -days) % {"count": -days}


NEXT: Mapping[str, Any] = {
    "notify_by": gettext_lazy(
        "Until %(day)s (%(distance)s), missing pieces may be asked for and a longer delay notified. After that day "
        "neither has effect."
    ),
    "answer_by": gettext_lazy("The applicant has until %(day)s (%(distance)s) to bring what is missing: %(missing)s."),
    "due": gettext_lazy("The decision is to be notified by %(day)s (%(distance)s)."),
}
SINCE: Mapping[str, Any] = {
    "tacit": gettext_lazy("%(outcome)s since %(day)s."),
    "decided": gettext_lazy("%(outcome)s on %(day)s."),
}


def ahead(timeline: Timeline | None, permit: Permit, today: date) -> list[str]:
    """What to do next, and what silence will mean; or how the file ended."""
    if timeline is None:
        return [_("The deadlines of this file are not computed: it was filed before the planning code of 2007.")]
    kind, on = permit.kind, permit.next_date
    if timeline.outcome is not None:
        return explain_end(timeline, permit, today)
    if on is None:
        return [_("The delay begins when the report of the public inquiry is received.")]
    missing = next((step.values["missing"] for step in reversed(timeline.steps) if "missing" in step.values), ())
    known = {"day": format_long_date(on), "distance": distance(on, today), "missing": ", ".join(missing)}
    return [str(NEXT[permit.next_what]) % known, explain_silence(timeline, kind)]


def explain_silence(timeline: Timeline, kind: str) -> str:
    """What happens if nobody does anything."""
    outcome, last = (
        (Outcome.REJECTED, timeline.answer_by) if timeline.complete_on is None else (timeline.silence, timeline.due_on)
    )
    if last is None:
        return _("The delay begins when the report of the public inquiry is received.")
    message = _("Without a decision: %(outcome)s on %(day)s.")
    if outcome == Outcome.REJECTED:
        message = _("Without these pieces: %(outcome)s on %(day)s.")
    return message % {"outcome": tacit_label(outcome, kind).lower(), "day": format_long_date(last + timedelta(days=1))}


def explain_end(timeline: Timeline, permit: Permit, today: date) -> list[str]:
    """How and when the file ended, and until when what it gave holds."""
    if timeline.outcome is None or timeline.ended_on is None:
        return []
    word = (
        tacit_label(timeline.outcome, permit.kind) if timeline.tacit else outcome_label(timeline.outcome, permit.kind)
    )
    template = str(SINCE["tacit" if timeline.tacit else "decided"])
    lines = [template % {"outcome": word, "day": format_long_date(timeline.ended_on)}]
    lines += acts.describe_current_act(timeline, today)
    if timeline.valid_until is None or permit.state in (State.WORKS, State.FINISHED):
        return lines
    until = {"day": format_long_date(timeline.valid_until), "distance": distance(timeline.valid_until, today)}
    if timeline.lapsed_on and timeline.lapsed_on > timeline.valid_until + timedelta(days=1):
        return [
            *lines,
            _("It lapsed on %(day)s: works stood still for a year.") % {"day": format_long_date(timeline.lapsed_on)},
        ]
    if permit.state == State.EXPIRED:
        return [*lines, _("Its validity ended on %(day)s (%(distance)s).") % until]
    if Kind(permit.kind).certifies:
        return [*lines, _("It holds until %(day)s (%(distance)s).") % until]
    return [*lines, _("Works must begin by %(day)s (%(distance)s).") % until]
