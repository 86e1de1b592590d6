"""What becomes of a decision, in words: withdrawals, appeals, validity, posting, works. Pure; see `explanations`."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gis_core.long_dates import format_long_date
from permits.deadlines.clock import Step, Timeline
from permits.deadlines.clock import What as Said
from permits.deadlines.events import Cause, Initial, Outcome
from permits.deadlines.law import Kind
from permits.labels import outcome_label, tacit_label
from permits.procedure import Appeal, AppealOutcome, RevocationCause

TITLES: Mapping[Said, Any] = {
    Said.REVOCABLE_UNTIL: gettext_lazy("Last day to withdraw the decision if it is illegal"),
    Said.REVOCATION_ANNOUNCED: gettext_lazy("Withdrawal announced to the holder"),
    Said.REMARKS_BY: gettext_lazy("Last day for the holder’s remarks"),
    Said.REMARKS: gettext_lazy("Remarks of the holder received"),
    Said.REFUSAL_REVOKED: gettext_lazy("Refusal withdrawn"),
    Said.NOTHING_TO_REVOKE: gettext_lazy("Withdrawal without a decision to withdraw"),
    Said.ANNULLED: gettext_lazy("Decision annulled"),
    Said.NOTHING_TO_ANNUL: gettext_lazy("Annulment without a decision to annul"),
    Said.DEFERRED_UNTIL: gettext_lazy("End of the time for which the decision is put off"),
    Said.CONFIRM_BY: gettext_lazy("Last day to confirm the application"),
    Said.CONFIRMED: gettext_lazy("Application confirmed: a new delay runs"),
    Said.CONFIRMED_LATE: gettext_lazy("Application confirmed too late"),
    Said.CONFIRMED_IN_VAIN: gettext_lazy("Application confirmed"),
    Said.TRANSMIT_BY: gettext_lazy("Last day to send the decision to the prefect"),
    Said.TRANSMITTED: gettext_lazy("Decision sent to the prefect"),
    Said.ENFORCEABLE: gettext_lazy("Decision enforceable"),
    Said.POST_BY: gettext_lazy("Last day to post the decision at the town hall"),
    Said.POSTED_AT_TOWN_HALL: gettext_lazy("Posted at the town hall"),
    Said.POSTED_ON_SITE: gettext_lazy("Posted on the ground"),
    Said.THIRD_PARTIES_UNTIL: gettext_lazy("End of the two months of third parties"),
    Said.INITIAL_ENDED: gettext_lazy("The permit that it changes is no more"),
    Said.SUSPENDED: gettext_lazy("Validity suspended by an appeal"),
    Said.WORKS_STARTED: gettext_lazy("Works declared begun (DOC)"),
    Said.WORKS_STOPPED: gettext_lazy("Works interrupted"),
    Said.WORKS_RESUMED: gettext_lazy("Works resumed"),
    Said.LAPSED: gettext_lazy("Permit lapsed"),
    Said.WORKS_FINISHED: gettext_lazy("Works declared finished (DAACT)"),
    Said.CONTEST_BY: gettext_lazy("Last day to contest the conformity of the works"),
    Said.CONTESTED: gettext_lazy("Conformity of the works contested"),
    Said.CONTESTED_LATE: gettext_lazy("Conformity of the works contested too late"),
    Said.ATTESTED: gettext_lazy("Attestation that conformity is not contested"),
}
ENDS_OF_MONTHS = frozenset(
    {Said.REVOCABLE_UNTIL, Said.DEFERRED_UNTIL, Said.CONFIRM_BY, Said.THIRD_PARTIES_UNTIL, Said.CONTEST_BY}
)
REASONS: Mapping[Said, Any] = {
    Said.REVOCABLE_UNTIL: gettext_lazy(
        "%(months)s from %(from)s, the day of the decision. Within them its holder must have received the withdrawal, "
        "after a contradictory procedure; later it is withdrawn only at its holder’s request, or for fraud."
    ),
    Said.REVOCATION_ANNOUNCED: gettext_lazy(
        "The holder is heard before a permit is withdrawn: remarks in writing, and by word of mouth where asked for. "
        "The time for them lies inside the time to withdraw (CE, 12 June 2023, n° 465241)."
    ),
    Said.REMARKS_BY: gettext_lazy(
        "Given to the holder in the letter received on %(from)s. The withdrawal is notified after this day."
    ),
    Said.REMARKS: gettext_lazy(
        "The contradictory procedure holds them; the withdrawal says why they are not followed."
    ),
    Said.REFUSAL_REVOKED: gettext_lazy(
        "The decision of %(ended)s is withdrawn and is taken never to have been. No tacit permit follows: the "
        "application is before the authority again, and a new delay runs once the applicant confirms it."
    ),
    Said.NOTHING_TO_REVOKE: gettext_lazy("Without effect: no decision was in force on this day."),
    Said.ANNULLED: gettext_lazy(
        "The decision of %(ended)s is taken never to have been. The application is before the authority again; a new "
        "delay runs once the applicant confirms it."
    ),
    Said.NOTHING_TO_ANNUL: gettext_lazy("Without effect: no decision was in force on this day."),
    Said.DEFERRED_UNTIL: gettext_lazy("%(months)s from %(from)s, the day of the decision; two years at most."),
    Said.CONFIRM_BY: gettext_lazy(
        "%(months)s from %(from)s, the end of the time for which the decision was put off. The applicant confirms the "
        "application until then; a plan that is approved earlier ends that time, and the applicant may confirm since."
    ),
    Said.CONFIRMED_LATE: gettext_lazy("Without effect: it had to be confirmed until %(until)s."),
    Said.CONFIRMED_IN_VAIN: gettext_lazy(
        "Without effect: the decision was neither put off, nor withdrawn, nor annulled."
    ),
    Said.TRANSMIT_BY: gettext_lazy(
        "%(days)s from %(from)s, the day of the decision, where the mayor decides for the commune or the president for "
        "the public body."
    ),
    Said.ENFORCEABLE: gettext_lazy("Notified on %(notified)s, sent to the prefect on %(sent)s: the later of both."),
    Said.POST_BY: gettext_lazy("%(days)s from %(from)s, when it was granted; it stays posted for two months."),
    Said.POSTED_ON_SITE: gettext_lazy(
        "The holder put up the board. The time of third parties runs from its first day, if it is not interrupted for "
        "two months and says what the code asks."
    ),
    Said.THIRD_PARTIES_UNTIL: gettext_lazy(
        "%(months)s from %(from)s, the first day of the board on the ground. Whether the court counts one day more is "
        "to be checked before one relies on it."
    ),
    Said.SUSPENDED: gettext_lazy(
        "The holder was told of an appeal to the court: the validity, which ended on %(until)s, stands still until a "
        "decision against which nothing can be brought; what was left of it then runs."
    ),
    Said.WORKS_STOPPED: gettext_lazy(
        "A year without works makes the permit lapse, counted from the end of its validity at the earliest: works must "
        "go on by %(until)s."
    ),
    Said.WORKS_RESUMED: gettext_lazy("The year without works is no longer counted."),
    Said.WORKS_FINISHED: gettext_lazy("The town hall received the declaration on this day."),
    Said.CONTEST_BY: gettext_lazy(
        "%(months)s from %(from)s, when the town hall received the declaration. Later, conformity is contested no more."
    ),
    Said.CONTESTED: gettext_lazy("The holder received it in time (until %(until)s)."),
    Said.CONTESTED_LATE: gettext_lazy("Without effect: the holder had to receive it until %(until)s."),
    Said.ATTESTED: gettext_lazy("Given to the holder: the time to contest has passed."),
}
REASONS_IN_SENTENCES = frozenset(
    {
        *(Said.REVOKED, Said.REFUSED_AFTER_GRANT, Said.TRANSMITTED, Said.POSTED_AT_TOWN_HALL, Said.WORKS_STARTED),
        *(Said.FOLLOWS_INITIAL, Said.INITIAL_ENDED, Said.APPEALED, Said.APPEAL_ENDED, Said.CONFIRMED, Said.REVIVED),
        *(Said.CONFIRMS, Said.GRANTED_AFTER_REFUSAL, Said.LAPSED),
    }
)
"""Steps whose reason depends on their values."""
FLAWS: Mapping[str, Any] = {
    "late": gettext_lazy("it is illegal, as it was notified after %(until)s, the last day"),
    "not_allowed": gettext_lazy("it is illegal, as the law of the day of the decision allowed no withdrawal"),
    "unheard": gettext_lazy("no contradictory procedure is recorded (CRPA, L.121-1 and L.122-1)"),
    "before_remarks": gettext_lazy("it was notified before the time for remarks had passed"),
}
"""What a withdrawal lacks."""
SUSPENSION = gettext_lazy(
    "Its validity is counted from that day; whether it stood still meanwhile is to be checked (CE, 30 July 2003, n° "
    "255368)."
)


def title(step: Step, kind: Kind) -> str:
    """What a step about acts is called where its values say it; empty for others."""
    values = step.values
    match step.what:
        case Said.REVOKED:
            cause = str(RevocationCause(values["cause"]).label)
            return _("Decision withdrawn: %(cause)s") % {"cause": cause[:1].lower() + cause[1:]}
        case Said.REFUSED_AFTER_GRANT:
            tacit, express = _("%(outcome)s after a tacit decision: withdrawal"), _("%(outcome)s: withdrawal")
            return (tacit if values["tacit"] else express) % {"outcome": outcome_label(values["outcome"], kind)}
        case Said.GRANTED_AFTER_REFUSAL | Said.CONFIRMS:
            return _("Decision notified: %(outcome)s") % {"outcome": outcome_label(values["outcome"], kind)}
        case Said.REVIVED:
            outcome = tacit_label(Outcome.GRANTED, kind) if values["tacit"] else outcome_label(Outcome.GRANTED, kind)
            return _("%(outcome)s: in force again") % {"outcome": outcome}
        case Said.APPEALED:
            return str(Appeal(values["appeal"]).label)
        case Said.APPEAL_ENDED:
            return _("Outcome of the appeal: %(outcome)s") % {"outcome": AppealOutcome(values["outcome"]).label}
        case Said.FOLLOWS_INITIAL:
            return _("Validity of the permit that it changes")
    return ""


def sentences(step: Step, kind: Kind, values: Mapping[str, str]) -> Iterator[str]:
    """What is said of a step about acts where its values say it, beside its reason."""
    known = step.values
    match step.what:
        case Said.REVOKED | Said.REFUSED_AFTER_GRANT:
            yield from explain_withdrawal(step, values)
        case Said.CONFIRMS | Said.GRANTED_AFTER_REFUSAL | Said.REVIVED | Said.CONFIRMED:
            yield explain_replacing(step, values)
        case Said.APPEALED | Said.APPEAL_ENDED:
            yield explain_appeal(step)
        case Said.TRANSMITTED | Said.POSTED_AT_TOWN_HALL:
            yield (_("After %(until)s, the last day.") if step.irregular else _("By the last day, %(until)s.")) % values
        case Said.WORKS_STARTED:
            late = _("After the end of the validity (%(until)s): the permit had lapsed.")
            yield late % values if step.irregular else _("A declaration alone does not prove that works have begun.")
        case Said.LAPSED:
            yield explain_lapse(known, values)
        case Said.FOLLOWS_INITIAL:
            yield explain_initial(known, values)
        case Said.INITIAL_ENDED:
            message = _("%(number)s: %(outcome)s. What changes it has nothing left to change.")
            yield message % {**values, "outcome": outcome_label(known["outcome"], kind)}
        case Said.VALID_UNTIL if known.get("suspended"):
            yield _("An appeal suspended it for %(suspended)s.") % {"suspended": format_days(known["suspended"])}
    if known.get("same_day"):
        yield _(
            "Two decisions count on this day: the one that was signed last, else recorded last, is taken for the "
            "later. Check which one the applicant received last, and strike out the one that does not count."
        )


def explain_withdrawal(step: Step, values: Mapping[str, str]) -> Iterator[str]:
    """What a withdrawal ends, and what it lacks: it stands all the same."""
    if step.what == Said.REFUSED_AFTER_GRANT:
        message = _(
            "There was a decision in favour since %(ended)s: this one withdraws it (CAA Nantes, 5 April 2013, n° "
            "11NT03035)."
        )
        yield message % values
    else:
        yield _("It ends the decision of %(ended)s, which is taken never to have been.") % values
    match step.values["cause"]:
        case Cause.REQUESTED:
            yield _("At the holder’s express request there is no last day.")
        case Cause.FRAUD:
            yield _("What was obtained by fraud may be withdrawn at any time.")
        case _ if step.values["until"]:
            yield _("It had to be received until %(until)s, counted from %(dated)s, the day of the decision.") % values
    if flaws := [str(FLAWS[one]) % values for one in step.values["flaws"]]:
        message = _("Irregular: %(flaws)s. It stands as long as it is neither withdrawn nor annulled.")
        yield message % {"flaws": _("; ").join(flaws)}


def explain_replacing(step: Step, values: Mapping[str, str]) -> str:
    """How a decision stands to the one before it."""
    match step.what:
        case Said.CONFIRMS if step.values["outcome"] == Outcome.GRANTED:
            message = _(
                "Without effect on the dates: a decision in favour stands since %(ended)s, which this one confirms. "
                "Prescriptions that it adds withdraw a part of it, within the time to withdraw."
            )
        case Said.CONFIRMS:
            message = _("Without effect on the dates: a refusal stands since %(ended)s, which this one confirms.")
        case Said.GRANTED_AFTER_REFUSAL:
            message = _("It takes the place of the decision of %(ended)s, which it withdraws.")
        case Said.CONFIRMED:
            message = _(
                "The application is before the authority again: %(months)s from this day, until %(until)s; then "
                "silence decides."
            )
        case _ if step.values["annulled"]:
            message = f"{_('What had ended it is annulled: the decision of %(since)s is in force again.')} {SUSPENSION}"
        case _:
            message = (
                f"{_('What had ended it is withdrawn: the decision of %(since)s is in force again.')} {SUSPENSION}"
            )
    return message % values


def explain_appeal(step: Step) -> str:
    """What an appeal does to the dates."""
    if step.what == Said.APPEALED:
        if step.values["suspends"]:
            return _("Until it is decided for good, the validity of the decision stands still (R.424-19).")
        return _("It moves no date of the decision.")
    if step.values["final"]:
        return _("The decision stands; nothing more can be brought against this outcome.")
    return _("The decision stands; this outcome can still be contested.")


def explain_lapse(known: Mapping[str, Any], values: Mapping[str, str]) -> str:
    if "after" in known:
        return _("No works were declared begun until %(after)s, the last day.") % values
    return _("A year without works has passed since the end of the validity (%(until)s).") % values


def explain_initial(known: Mapping[str, Any], values: Mapping[str, str]) -> str:
    """What a modification or a transfer holds by."""
    if known["from"] is None:
        return _("%(number)s is not in force: there is no validity to follow.") % values
    if known["begun"]:
        return _("A change has no validity of its own: it follows %(number)s, whose works have begun.") % values
    if known["until"] is None:
        return _("A change has no validity of its own: it follows %(number)s, whose last day is not known.") % values
    message = _(
        "A change has no validity of its own: it follows %(number)s, granted on %(from)s, with its extensions, its "
        "lapse and its withdrawal."
    )
    return message % values


def describe_unfit_initial(initial: Initial | None, *, finished: bool, kind: str) -> list[str]:
    """Why an undecided change may have nothing to change: its permit is gone, lapsed, or its works are finished."""
    if initial is None:
        return []
    known = {"number": initial.number}
    if initial.gone:
        message = _("%(number)s: %(outcome)s. What changes it has nothing left to change.")
        return [message % (known | {"outcome": outcome_label(initial.gone, kind)})]
    if initial.granted_on is None:
        return [_("%(number)s is not in force: there is no validity to follow.") % known]
    if initial.lapsed_on:
        known["day"] = format_long_date(initial.lapsed_on)
        return [_("%(number)s lapsed on %(day)s: only a permit that is valid is modified or transferred.") % known]
    if finished:
        message = _(
            "The works of %(number)s are declared finished (DAACT): it is modified no more, unless their conformity "
            "was contested."
        )
        return [message % known]
    return []


def describe_current_act(timeline: Timeline, today: date) -> list[str]:
    """What the decision in force lacks, and until when it may be withdrawn."""
    acts = [step for step in timeline.steps if step.what in (Said.REVOKED, Said.REFUSED_AFTER_GRANT)]
    lines = []
    if timeline.outcome != Outcome.GRANTED and acts and acts[-1].irregular and acts[-1].on == timeline.ended_on:
        lines.append(
            _("This withdrawal is irregular, and stands until it is withdrawn or annulled: see its date below.")
        )
    if timeline.revocable_until and timeline.revocable_until >= today:
        unsure = any(step.uncertain for step in timeline.steps if step.what == Said.REVOCABLE_UNTIL)
        message = _("If it is illegal, it may be withdrawn until %(day)s.")
        if unsure:
            message = _("If it is illegal, it may be withdrawn until %(day)s (to be confirmed).")
        lines.append(message % {"day": format_long_date(timeline.revocable_until)})
    return lines


def facts(detail: Mapping[str, Any]) -> list[str]:
    """What an event about acts holds, a line for each fact."""
    lines = []
    if "cause" in detail:
        lines.append(str(RevocationCause(detail["cause"]).label))
    if "appeal" in detail:
        lines.append(str(Appeal(detail["appeal"]).label))
    if "appeal_outcome" in detail:
        lines.append(str(AppealOutcome(detail["appeal_outcome"]).label))
        lines.append(
            _("nothing more can be brought against it") if detail.get("final") else _("can still be contested")
        )
    if detail.get("outcome") == Outcome.DEFERRED and detail.get("months"):
        message = ngettext("for %(count)s month", "for %(count)s months", detail["months"])
        lines.append(message % {"count": detail["months"]})
    if detail.get("remarks_by"):
        day = format_long_date(date.fromisoformat(detail["remarks_by"]))
        lines.append(_("remarks until %(day)s") % {"day": day})
    if "posted_until" in detail:
        day = detail["posted_until"]
        ended = _("posted until %(day)s") % {"day": format_long_date(date.fromisoformat(day))} if day else ""
        lines.append(ended or _("last day of the posting not recorded yet"))
    if detail.get("survey"):
        lines.append(_("a check of the works is due (R.462-7)"))
    return lines


def format_days(count: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}
