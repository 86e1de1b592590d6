"""Whether the conditions of a rule hold: yes, no, or it is for a person to say; and of which part of the volumes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from simulation.engine.accuracy import area_accuracy
from simulation.engine.catalogue import fold
from simulation.engine.plots import KINDS, Body, Plot
from simulation.engine.sides import Kind
from simulation.engine.sru import Element, Rule
from simulation.engine.verdicts import Reason

ZONE = re.compile(
    r"(?:r[eè]gles? applicables? )?(?:dans |en |[aà] )?(?:la |le )?(?:zone|secteur)s? ([\w'.-]+)", re.IGNORECASE
)


class Holds(StrEnum):
    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether conditions hold and of which volumes, with what is against it or unsure."""

    holds: Holds
    bodies: Sequence[Body]
    reasons: tuple[Reason, ...] = ()


def apply_conditions(rule: Rule, plot: Plot, bodies: Sequence[Body]) -> Answer:
    """The first alternative that holds, else the first that may, else why none does."""
    answers = [all_of(conditions, plot, bodies) for conditions in rule.alternatives]
    if not answers:
        return Answer(Holds.YES, bodies)
    for wanted in (Holds.YES, Holds.UNSURE):
        if chosen := [one for one in answers if one.holds == wanted]:
            return chosen[0]
    return Answer(Holds.NO, bodies, tuple(reason for one in answers for reason in one.reasons))


def all_of(conditions: Sequence[Element], plot: Plot, bodies: Sequence[Body]) -> Answer:
    holds = Holds.YES
    reasons: list[Reason] = []
    for condition in conditions:
        answer = check_condition(condition, plot, bodies)
        if answer.holds == Holds.NO:
            return answer
        if answer.holds == Holds.UNSURE:
            holds = Holds.UNSURE
            reasons += answer.reasons
        bodies = answer.bodies
    return Answer(holds, bodies, tuple(reasons))


def check_condition(condition: Element, plot: Plot, bodies: Sequence[Body]) -> Answer:
    match condition.category:
        case "BandeConstructibilite":
            return in_band(condition, plot, bodies)
        case "DimensionParcelle":
            return by_dimensions(condition, plot, bodies)
        case "ChampApplication" | "ConditionSpecifique" if zone := ZONE.fullmatch(condition.libelle.strip()):
            return in_zone(zone[1], plot, bodies)
    return unsure(condition, bodies)


def unsure(condition: Element, bodies: Sequence[Body], code: str = "condition") -> Answer:
    label = condition.libelle or condition.commentaire or condition.category
    return Answer(Holds.UNSURE, bodies, (Reason(code, {"label": label, "category": condition.category}),))


def in_zone(zone: str, plot: Plot, bodies: Sequence[Body]) -> Answer:
    """A draft regulation may be tried on a plot of another zone: it is then tried."""
    if not plot.zone or fold(zone) == fold(plot.zone):
        return Answer(Holds.YES, bodies)
    return Answer(Holds.NO, bodies, (Reason("other_zone", {"zone": zone}),))


def in_band(condition: Element, plot: Plot, bodies: Sequence[Body]) -> Answer:
    """The part of the volumes between two depths from an alignment (or another limit)."""
    start, end = condition.get("profondeurDebut"), condition.get("profondeurFin")
    kinds = [KINDS[name] for name in condition.get("reference") or () if name in KINDS] or [Kind.ALIGNMENT]
    line = plot.lines(*kinds)
    if start is None or end is None or end <= start or line.is_empty:
        return unsure(condition, bodies, "band_unknown")
    inside = [part for body in bodies if (part := body.clip(band(line, start, end)))]
    if not inside:
        return Answer(Holds.NO, bodies, (Reason("outside_band", {"start": start, "end": end}),))
    return Answer(Holds.YES, inside)


def band(line: BaseGeometry, start: float, end: float) -> BaseGeometry:
    outer: BaseGeometry = line.buffer(end)
    return outer.difference(line.buffer(start)) if start > 0 else outer


def by_dimensions(condition: Element, plot: Plot, bodies: Sequence[Body]) -> Answer:
    """The area of the terrain and the street; widths and depths are for a person to say."""
    area, accuracy = plot.terrain.area, area_accuracy(plot.terrain, plot.accuracy.plan)
    least, most = condition.get("aireMin"), condition.get("aireMax")
    margins = [area - least] if least is not None else []
    margins += [most - area] if most is not None else []
    if any(margin <= -accuracy for margin in margins):
        return Answer(Holds.NO, bodies, (Reason("other_area", {"area": round(area, 1)}),))
    if street := condition.get("nomVoie"):
        names = {fold(name) for side in plot.sides.sides if side.kind == Kind.ALIGNMENT for name in side.names}
        if fold(street) not in names:
            return unsure(condition, bodies)
    measured = {"aireMin", "aireMax", "nomVoie"}
    if set(condition.values) - measured or any(margin < accuracy for margin in margins) or not condition.values:
        return unsure(condition, bodies)
    return Answer(Holds.YES, bodies)


def joined(bodies: Sequence[Body]) -> BaseGeometry:
    """The ground that volumes cover."""
    whole: BaseGeometry = unary_union([body.shape for body in bodies])
    return whole
