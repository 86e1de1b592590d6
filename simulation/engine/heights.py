"""Constraints about heights: ridge, eaves, acroterion, façade, levels; the slope of roofs."""

from collections.abc import Iterator, Sequence

from simulation.engine.plots import Body, Plot
from simulation.engine.sru import Element, Rule
from simulation.engine.verdicts import Measure, Reason, Status, compare, doubt, not_applicable, to_judge
from simulation.engine.volumes import Roof

RIDGE, EAVES = "hauteurFaitageMaxBatimentToiturePente", "hauteurMaxEgoutBatimentToiturePente"
ACROTERION, FACADE = "hauteurMaxAcrotereBatiment", "hauteurMaxFacade"
LEVELS = ("nbMaxNivSupplAttique", "nbMaxNivSupplAttiqueComble", "combleHabitableInterdits")
BUILDING = "pointPlusBasBatiment"
SLOPES = ("penteToitureMin", "penteToitureMax")


def judge_heights(
    constraint: Element, rule: Rule, plot: Plot, bodies: Sequence[Body], every: Sequence[Body]
) -> list[Measure]:
    """Every limit that the constraint has, of every volume."""
    return [measure for body in bodies for measure in heights_of(constraint, plot, body)]


def heights_of(constraint: Element, plot: Plot, body: Body) -> Iterator[Measure]:
    for name in (RIDGE, EAVES, ACROTERION, FACADE):
        if (limit := constraint.get(name)) is not None:
            yield height_measure(name, limit, constraint.get("pointBas") or BUILDING, plot, body)
    if (levels := constraint.get("nbMaxNivDroits")) is not None:
        yield level_measure(levels, body)
    for name in LEVELS:
        if constraint.get(name) is not None:
            yield to_judge(name, "roof_levels_unknown")


def height_measure(name: str, limit: float, low_point: str, plot: Plot, body: Body) -> Measure:
    above = height_at(name, body)
    if above is None:
        return not_applicable(name, "flat_roof" if body.flat else "pitched_roof")
    value = above_low_point(above, low_point, plot, body)
    if value is None:
        return to_judge(name, "ground_unknown")
    made = compare(
        name, value=value, limit=limit, margin=limit - value, accuracy=plot.accuracy.heights, where=body.shape,
        volume=body.number,
    )  # fmt: skip
    if plot.ground is None and low_point != BUILDING:
        return doubt(made, Reason("low_point_unknown", {"point": low_point}))
    return made


def height_at(name: str, body: Body) -> float | None:
    """The height above the foot that an attribute is about; None where the roof has no such thing."""
    eaves, top = body.volume.eaves, body.top
    if name == FACADE:
        return top if body.flat or body.volume.roof == Roof.MONO else eaves
    if name == ACROTERION:
        return top if body.flat else None
    if body.flat:
        return None
    return top if name == RIDGE else eaves


def above_low_point(above: float, low_point: str, plot: Plot, body: Body) -> float | None:
    """The height above the rule's low point. Where no ground is known it is level, and a volume stands on it."""
    if plot.ground is None:
        return above if body.volume.base is None else None
    foot, low = plot.foot(body), plot.low_point(body, low_point)
    return None if foot is None or low is None else foot + above - low


def level_measure(limit: float, body: Body) -> Measure:
    if body.levels is None:
        return to_judge("nbMaxNivDroits", "levels_unknown")
    return compare(
        "nbMaxNivDroits", value=body.levels, limit=limit, margin=limit - body.levels, accuracy=0.0, unit="levels",
        where=body.shape, volume=body.number,
    )  # fmt: skip


def judge_roof(
    constraint: Element, rule: Rule, plot: Plot, bodies: Sequence[Body], every: Sequence[Body]
) -> list[Measure]:
    """Slopes of roofs are measured; the rest of their look is for a person to say."""
    measures = [
        measure
        for body in bodies
        for name in SLOPES
        if (limit := constraint.get(name)) is not None
        for measure in [slope_measure(name, limit, body)]
    ]
    if set(constraint.values) - set(SLOPES) or not measures:
        measures.append(to_judge("AspectExterieur", "label"))
    return measures


def slope_measure(name: str, limit: float, body: Body) -> Measure:
    slope = roof_slope(body)
    made = compare(
        name, value=slope, limit=limit, margin=slope - limit if name == "penteToitureMin" else limit - slope,
        accuracy=0.0, unit="%", where=body.shape, volume=body.number,
    )  # fmt: skip
    if body.flat and made.status == Status.BROKEN:
        return doubt(made, Reason("flat_roof"))
    return made


def roof_slope(body: Body) -> float:
    """In percent."""
    _first, _last, left, right = body.volume.spans
    run = right - left if body.volume.roof == Roof.MONO else (right - left) / 2
    return 0.0 if body.flat else 100 * (body.volume.ridge - body.volume.eaves) / run
