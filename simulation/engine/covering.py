"""Constraints about the ground that is covered: emprise au sol, open ground."""

from collections.abc import Sequence
from dataclasses import replace

from shapely.ops import unary_union

from simulation.engine.accuracy import area_accuracy
from simulation.engine.conditions import joined
from simulation.engine.plots import Body, Plot
from simulation.engine.sru import Element, Rule
from simulation.engine.verdicts import Measure, Reason, Status, compare, doubt, to_judge

OPEN_GROUND = {"proportionEspacePleineTerre": 100.0, "proportionEspaceVert": 100.0, "coeffPleineTerre": 1.0}

SEALED = "surfaceImpermeableMax"
"""Ours, as `empriseMax`, `pleineTerreParArbre` and `placesParArbre`: regulations say them, the standard does not."""


def covered_area(plot: Plot, bodies: Sequence[Body]) -> float:
    """The emprise in m²: volumes and buildings that stay, as far as they stand on the terrain."""
    return float(unary_union([joined(bodies), plot.built]).intersection(plot.terrain).area)


def judge_ces(
    constraint: Element, rule: Rule, plot: Plot, bodies: Sequence[Body], every: Sequence[Body]
) -> list[Measure]:
    """The emprise of all that stands on the terrain, whatever part a condition is about, over its area."""
    measures = []
    if (limit := constraint.get("ratioMax")) is not None:
        value = covered_area(plot, every) / plot.terrain.area
        accuracy = value * area_accuracy(plot.terrain, plot.accuracy.plan) / plot.terrain.area
        measures.append(
            compare(
                "ratioMax", value=value, limit=limit, margin=limit - value, accuracy=accuracy, unit="ratio",
                where=joined(every),
            )
        )  # fmt: skip
    if (most := constraint.get("empriseMax")) is not None:
        measures.append(area_measure("empriseMax", most, plot, every))
    return measures or [to_judge("ratioMax", "no_value")]


def area_measure(name: str, limit: float, plot: Plot, every: Sequence[Body]) -> Measure:
    """The emprise in m²; only buildings of the plan are not exactly known."""
    value = covered_area(plot, every)
    accuracy = area_accuracy(plot.built, plot.accuracy.plan)
    return compare(
        name, value=value, limit=limit, margin=limit - value, accuracy=accuracy, unit="m²", where=joined(every)
    )


def judge_open_ground(
    constraint: Element, rule: Rule, plot: Plot, bodies: Sequence[Body], every: Sequence[Body]
) -> list[Measure]:
    """What buildings leave is the most that can be open: too little is broken, enough is for a person to say."""
    measures = []
    for name, whole in OPEN_GROUND.items():
        if limit := constraint.get(name):
            measures.append(open_measure(name, limit, whole, plot, every))
    if (sealed := constraint.get(SEALED)) is not None:
        made = area_measure(SEALED, sealed, plot, every)
        # What buildings cover is the least that is sealed.
        enough = made.status == Status.RESPECTED
        measures.append(replace(doubt(made, Reason("ways_not_drawn")), where=None) if enough else made)
    if set(constraint.values) - {*OPEN_GROUND, SEALED} or not measures:
        measures.append(to_judge("CoefficientBiotope", "not_drawn", category="CoefficientBiotope"))
    return measures


def open_measure(name: str, limit: float, whole: float, plot: Plot, every: Sequence[Body]) -> Measure:
    left = whole * (1 - covered_area(plot, every) / plot.terrain.area)
    accuracy = (whole - left) * area_accuracy(plot.terrain, plot.accuracy.plan) / plot.terrain.area
    made = compare(
        name, value=left, limit=limit, margin=left - limit, accuracy=accuracy, unit="%" if whole > 1 else "ratio",
        where=plot.terrain,
    )  # fmt: skip
    if made.status == Status.RESPECTED:
        return replace(doubt(made, Reason("ways_not_drawn")), where=None)
    return made
