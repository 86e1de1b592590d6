"""Judging volumes by the rules of a zone: a verdict for each constraint of each rule.

What the measures mean:
- a setback is the shortest distance from the footprint to the limit; a volume that crosses it has none left;
- a height is measured from the natural ground before works at the rule's low point (`Plot.low_point`);
- the emprise is the vertical projection of the volumes and of the buildings that stay, the CES its share of the
  terrain in the zone;
- a gabarit lets a point rise to `distance x slope + base` from a limit, above the natural ground under it;
- a façade's setback (prospect) asks `distance >= (height - from) / slope`, and a least distance.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from simulation.engine.catalogue import FOLDER, classes, match_attribute
from simulation.engine.conditions import Answer, Holds, apply_conditions
from simulation.engine.covering import judge_ces, judge_open_ground
from simulation.engine.distances import (
    judge_alignment,
    judge_gabarit,
    judge_prospect,
    judge_setback,
    judge_setback_or_alignment,
)
from simulation.engine.heights import judge_heights, judge_roof
from simulation.engine.plots import Body, Plot
from simulation.engine.sru import Element, Rule, read_rule
from simulation.engine.verdicts import Measure, Reason, Status, Verdict, doubt, to_judge, worst

EXCEPTION = re.compile(
    r"\b(sauf|except|except[eé]e?s?|hormis|hors|toutefois|l['’]exception|d[eé]rog\w*|pourr\w+|peut|peuvent)\b",
    re.IGNORECASE,
)


type Judge = Callable[[Element, Rule, Plot, Sequence[Body], Sequence[Body]], list[Measure]]
"""Measures of a constraint of a rule; the volumes that it concerns, then all of the project."""

JUDGES: Mapping[str, Judge] = {
    "Retrait": judge_setback,
    "RetraitAlignement": judge_setback_or_alignment,
    "Alignement": judge_alignment,
    "RetraitFacadeHauteur": judge_prospect,
    "Gabarit": judge_gabarit,
    "Hauteur": judge_heights,
    "CES": judge_ces,
    "CoefficientBiotope": judge_open_ground,
    "AspectExterieur": judge_roof,
}
LABELS = {"Interdiction", "Autorisation", "AspectExterieur"}


def judge(rules: Sequence[Rule], plot: Plot, bodies: Sequence[Body]) -> list[Verdict]:
    """A verdict for each constraint, in the order of the rules; `bodies` are the volumes as far as they are on it."""
    return [verdict for place, rule in enumerate(rules, 1) for verdict in judge_rule(rule, str(place), plot, bodies)]


def judge_rule(rule: Rule, place: str, plot: Plot, bodies: Sequence[Body]) -> Iterator[Verdict]:
    answer = apply_conditions(rule, plot, bodies)
    for number, constraint in enumerate(rule.constraints, 1):
        name = constraint.identifier or rule.identifier or place
        if len(rule.constraints) > 1 and not constraint.identifier:
            name = f"{name}.{number}"
        measures = [] if answer.holds == Holds.NO else judge_constraint(constraint, rule, plot, answer, bodies)
        yield verdict_of(name, constraint, rule, plot, answer, measures)


def judge_constraint(
    constraint: Element, rule: Rule, plot: Plot, answer: Answer, bodies: Sequence[Body]
) -> list[Measure]:
    measures = measure_constraint(constraint, rule, plot, answer.bodies, bodies)
    if answer.holds == Holds.UNSURE:
        measures = [doubt(one, *answer.reasons) for one in measures]
    return worst(except_where_excepted(constraint, measures))


def measure_constraint(
    constraint: Element, rule: Rule, plot: Plot, bodies: Sequence[Body], every: Sequence[Body]
) -> list[Measure]:
    if not constraint.known:
        return [to_judge(constraint.category, "unknown_class", category=constraint.category)]
    known = JUDGES.get(constraint.category)
    if known is None:
        code = "label" if constraint.category in LABELS else "not_drawn"
        return [to_judge(constraint.category, code, category=constraint.category)]
    measures = known(constraint, rule, plot, bodies, every)
    return [*unread(constraint), *measures] or [to_judge(constraint.category, "no_value")]


def unread(constraint: Element) -> list[Measure]:
    """What the catalogue has and whose value could not be read. What it has not changes no verdict, and is said."""
    known = classes()[constraint.category]
    pairs = [(match_attribute(known, name), value) for name, value in constraint.kept.items()]
    return [to_judge(one.name, "unread", name=one.name, value=str(value)[:80]) for one, value in pairs if one]


def unknown_attributes(constraint: Element) -> list[Reason]:
    known = classes().get(constraint.category)
    return [
        Reason("unknown_attribute", {"name": name})
        for name in constraint.kept
        if known and constraint.known and not match_attribute(known, name)
    ]


def except_where_excepted(constraint: Element, measures: Sequence[Measure]) -> list[Measure]:
    """What is broken may be allowed by an exception of the remark: a person says so."""
    if not EXCEPTION.search(constraint.commentaire):
        return list(measures)
    reason = Reason("exception", {"label": constraint.commentaire})
    return [doubt(one, reason) if one.status == Status.BROKEN else one for one in measures]


def verdict_of(
    name: str, constraint: Element, rule: Rule, plot: Plot, answer: Answer, measures: Sequence[Measure]
) -> Verdict:
    decisive = min(measures, key=lambda one: one.badness, default=None)
    return Verdict(
        rule=name,
        category=constraint.category,
        status=decisive.status if decisive else Status.NOT_APPLICABLE,
        measures=measures,
        reasons=[*(decisive.reasons if decisive else answer.reasons), *unknown_attributes(constraint)],
        libelle=constraint.libelle or str(constraint.get("reserve") or ""),
        remark=constraint.commentaire,
        content=rule.content,
        zone=plot.zone,
    )


# -- national rules ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalRule:
    """An article of the Code de l'urbanisme in force where there is no plan, or a communal map.

    `source` is where its text was read, None while nobody did, `confirmed` whether that is an official one; a
    `discretionary` one may be imposed, and obliges nobody by itself.
    """

    article: str
    source: str | None
    confirmed: bool
    text: str
    discretionary: bool
    rule: Rule


@cache
def national_rules() -> Sequence[NationalRule]:
    rows = json.loads((FOLDER / "national_rules.json").read_text(encoding="utf-8"))
    return [
        NationalRule(
            article=row["article"], source=row["source"], confirmed=row.get("confirmed", row["source"] is not None),
            text=row["text"], discretionary=row["discretionary"],
            rule=read_rule(row["rule"]),
        )
        for row in rows
    ]  # fmt: skip


def judge_national(plot: Plot, bodies: Sequence[Body]) -> list[Verdict]:
    """Their verdicts. Heights count from the limit; what has no source is measured, and left to be judged."""
    at_limits = replace(plot, heights_from_limits=True)
    return [
        national_verdict(one, verdict) for one in national_rules() for verdict in judge([one.rule], at_limits, bodies)
    ]


def national_verdict(national: NationalRule, verdict: Verdict) -> Verdict:
    own = replace(verdict, rule=national.article, article=national.article)
    if not national.confirmed:
        return leave_open(own, Reason("unconfirmed", {"article": own.article}))
    if national.discretionary and own.status == Status.BROKEN:
        return leave_open(own, Reason("may_be_imposed", {"article": own.article}))
    return own


def leave_open(verdict: Verdict, reason: Reason) -> Verdict:
    """The same, to be judged for a reason, unless it does not apply."""
    if verdict.status == Status.NOT_APPLICABLE:
        return verdict
    measures = [doubt(one, reason) for one in verdict.measures]
    return replace(verdict, status=Status.TO_JUDGE, measures=measures, reasons=(*verdict.reasons, reason))
