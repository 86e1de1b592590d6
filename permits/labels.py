"""Labels of the codes of a procedure, in the language of whoever reads: grounds, opinions, outcomes, delays, values."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gis_core.long_dates import format_long_date
from permits.deadlines.clock import LENGTHENING, PROLONGING, Change
from permits.deadlines.events import Opinion, Outcome
from permits.deadlines.following import LastDay
from permits.deadlines.law import Effect, Ground, Kind, Rule, rules_of
from permits.procedure import describe_state

GROUNDS: Mapping[Ground, Any] = {
    Ground.OTHER_REGIME: gettext_lazy("Another authorisation or regime applies to the works as well"),
    Ground.DEROGATION: gettext_lazy("Derogation from the rules of the plan"),
    Ground.PROTECTED_SURROUNDINGS: gettext_lazy("Surroundings of a historic monument or remarkable heritage site"),
    Ground.FARMLAND_COMMISSION: gettext_lazy("Opinion of the commission for farmland (CDPENAF)"),
    Ground.PUBLIC_PARTICIPATION: gettext_lazy("Participation of the public"),
    Ground.COMMISSION: gettext_lazy("Opinion of a departmental or regional commission"),
    Ground.AGRICULTURE_MINISTER: gettext_lazy("Opinion of the minister of agriculture"),
    Ground.RURAL_DEROGATION: gettext_lazy("Derogation in a rural commune (L.111-3)"),
    Ground.BUILDING_CODE_DEROGATION: gettext_lazy("Derogation from the building code"),
    Ground.COMMERCIAL_OPERATION: gettext_lazy("Authorisation of a commercial operation"),
    Ground.ELECTRONIC_PARTICIPATION: gettext_lazy("Electronic participation of the public"),
    Ground.REGISTERED_MONUMENT: gettext_lazy("Works on a building inscribed as a historic monument"),
    Ground.PUBLIC_BUILDING: gettext_lazy("Building open to the public (ERP)"),
    Ground.TALL_BUILDING: gettext_lazy("Tall building (IGH)"),
    Ground.PUBLIC_INQUIRY: gettext_lazy("Public inquiry"),
    Ground.NATIONAL_PARK: gettext_lazy("Heart of a national park"),
    Ground.NATIONAL_COMMISSION: gettext_lazy("Opinion of a national commission"),
    Ground.NATURE_RESERVE: gettext_lazy("National nature reserve, opinion of the prefect"),
    Ground.CLEARING: gettext_lazy("Clearing of woodland, without a survey of the ground"),
    Ground.CLEARING_SURVEYED: gettext_lazy("Clearing of woodland, with a survey of the ground"),
    Ground.CLEARING_INQUIRY: gettext_lazy("Clearing of woodland, with a public inquiry"),
    Ground.CLEARING_PROLONGED: gettext_lazy("The prefect prolongs the authorisation to clear woodland"),
    Ground.ARCHITECT_APPEAL: gettext_lazy(
        "Appeal to the prefect against the opinion of the architect of French buildings"
    ),
    Ground.NATIONAL_RETAIL_COMMISSION: gettext_lazy("Opinion of the national commission for retail (CNAC)"),
    Ground.CALLED_IN: gettext_lazy("A minister takes the file over"),
}
AFTER: Mapping[str, Any] = {
    LastDay.POST: gettext_lazy("last day to post the decision at the town hall"),
    LastDay.TRANSMIT: gettext_lazy("last day to send the decision to the prefect"),
    LastDay.REVOKE: gettext_lazy("last day to withdraw the decision if it is illegal"),
    LastDay.REMARKS: gettext_lazy("last day for the holder’s remarks"),
    LastDay.THIRD_PARTIES: gettext_lazy("last day for third parties to contest the decision"),
    LastDay.EXTEND: gettext_lazy("last day for the holder to ask for an extension"),
    LastDay.LAPSE: gettext_lazy("last day to begin the works: then the permit lapses"),
    LastDay.INTERRUPTION: gettext_lazy("last day to take up the works again: then the permit lapses"),
    LastDay.CONTEST: gettext_lazy("last day to contest the conformity of the works"),
    LastDay.DEFERRAL: gettext_lazy("end of the time for which the decision is put off"),
    LastDay.CONFIRM: gettext_lazy("last day for the applicant to confirm"),
}
"""What ends on a last day that follows a decision."""
OPINIONS: Mapping[str, Any] = {
    Opinion.FAVOURABLE: gettext_lazy("favourable"),
    Opinion.WITH_PRESCRIPTIONS: gettext_lazy("favourable with prescriptions"),
    Opinion.UNFAVOURABLE: gettext_lazy("unfavourable"),
}
OF_A_DECLARATION: Mapping[str, Any] = {
    Outcome.GRANTED: gettext_lazy("No opposition"),
    Outcome.REFUSED: gettext_lazy("Opposition"),
}
TACIT: Mapping[Outcome, Any] = {
    Outcome.GRANTED: gettext_lazy("Tacit permit"),
    Outcome.REFUSED: gettext_lazy("Implicit refusal"),
    Outcome.REJECTED: gettext_lazy("Tacit rejection"),
}
TACIT_DECLARATION: Mapping[Outcome, Any] = {
    Outcome.GRANTED: gettext_lazy("Tacit decision not to oppose"),
    Outcome.REFUSED: gettext_lazy("Implicit opposition"),
    Outcome.REJECTED: gettext_lazy("Tacit opposition, pieces missing"),
}
TACIT_CERTIFICATE = gettext_lazy("Tacit certificate")
CHANGED: Mapping[str, Any] = {
    "filed_on": gettext_lazy("filing"),
    "notify_by": gettext_lazy("last day for notices"),
    "complete_on": gettext_lazy("file complete since"),
    "answer_by": gettext_lazy("last day for the missing pieces"),
    "months": gettext_lazy("months of the delay"),
    "due_on": gettext_lazy("last day to notify the decision"),
    "silence": gettext_lazy("what silence means"),
    "outcome": gettext_lazy("outcome"),
    "tacit": gettext_lazy("tacit"),
    "ended_on": gettext_lazy("end of the file"),
    "revocable_until": gettext_lazy("last day to withdraw the decision as illegal"),
    "valid_until": gettext_lazy("valid until"),
    "lapsed_on": gettext_lazy("lapsed on"),
}


def outcome_label(outcome: str, kind: str) -> str:
    """How such a file ends: in the words of the state that it then has, of a declaration whether it is opposed."""
    opposed = OF_A_DECLARATION.get(outcome) if Kind(kind) == Kind.DP else None
    return str(opposed or describe_state(kind, outcome))


def tacit_label(outcome: str, kind: str) -> str:
    """What such a file becomes when nobody answers."""
    if Kind(kind).certifies and outcome == Outcome.GRANTED:
        return str(TACIT_CERTIFICATE)
    labels = TACIT_DECLARATION if Kind(kind) == Kind.DP else TACIT
    return str(labels.get(Outcome(outcome)) or outcome_label(outcome, kind))


def effect_label(ground: Ground, kind: str, filed: date) -> tuple[str, str] | None:
    """What a ground does to the delay of such a file, and its article; None where no article knows it for the kind."""
    for effect in (*LENGTHENING, *PROLONGING):
        for rule in rules_of(effect, Kind(kind), filed):
            if ground in rule.grounds:
                return delay_label(rule), rule.article
    return None


def delay_label(rule: Rule) -> str:
    delay = format_months(rule.months)
    match rule.effect:
        case Effect.MORE | Effect.PROLONGS:
            return _("+ %(months)s") % {"months": delay}
        case Effect.AFTER_REPORT:
            return _("%(months)s from the report") % {"months": delay}
        case _:
            return _("%(months)s in all") % {"months": delay}


def describe_changes(changes: Iterable[Change], kind: str) -> list[str]:
    """What a record changed, a sentence for each: “last day to notify the decision: 5 April 2026 → 5 May 2026”."""
    return [
        _("%(name)s: from %(was)s to %(now)s") % {"name": CHANGED[one.name], "was": was, "now": now}
        for one in changes
        if one.name in CHANGED
        and (was := value_label(one.name, one.was, kind)) != (now := value_label(one.name, one.now, kind))
    ]


def value_label(name: str, value: Any, kind: str) -> str:
    if value is None:
        return _("not known")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return format_long_date(value)
    if name == "silence":
        return tacit_label(value, kind)
    return outcome_label(value, kind) if name == "outcome" else str(value)


def format_months(count: int) -> str:
    return ngettext("%(count)s month", "%(count)s months", count) % {"count": count}
