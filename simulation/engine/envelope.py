"""What fits on a plot: the ground and the heights that the rules with figures leave, as a stepped volume.

Each step is the ground on which everything may rise to its top: setbacks, gabarits, setbacks by height. The CES bounds
the sum of what is built, not where. Rules in words, and those whose conditions a person must say, are left out and
told: an envelope is no right to build.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from simulation.engine.conditions import Holds, apply_conditions
from simulation.engine.distances import hanging_point, has_setback, may_align, references_in, references_of
from simulation.engine.heights import ACROTERION, EAVES, FACADE, RIDGE
from simulation.engine.plots import EVERY_LIMIT, Body, Plot
from simulation.engine.sru import Element, Rule
from simulation.engine.volumes import Volume

LEAST_STEP_M = 0.5
MOST_STEPS = 40
HIGHEST_M = 200.0
SETBACKS = {"Retrait", "RetraitAlignement"}
COVERED = {"RetraitFacadeHauteur", "Gabarit", "Hauteur", "CES"}
WITHOUT_EFFECT = {"RetraitAlignement", "Alignement"}


@dataclass(frozen=True, slots=True)
class Distance:
    """How far from a line something `z` high stands at least: `least`, and what is above `start` by `slope`."""

    line: BaseGeometry
    least: float = 0.0
    slope: float = 0.0
    start: float = 0.0
    within: BaseGeometry | None = None

    def at(self, height: float) -> float:
        by_height = max(height - self.start, 0.0) / self.slope if self.slope else 0.0
        return max(self.least, by_height)

    def forbidden(self, height: float) -> BaseGeometry:
        area = self.line.buffer(self.at(height)) if self.at(height) > 0 else Polygon()
        return area if self.within is None else area.intersection(self.within)


@dataclass(frozen=True, slots=True)
class Step:
    """From `bottom` to `top` above the natural ground, the ground on which all of it may stand."""

    bottom: float
    top: float
    shape: BaseGeometry

    @property
    def volume(self) -> float:
        return float(self.shape.area * (self.top - self.bottom))


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """`top` is None where no rule limits heights by figures: there is then a single step of no height.

    `ces` is how much more ground may be built over (m²), None where no rule says. `left_out` are the categories of the
    rules that count for nothing here.
    """

    steps: Sequence[Step]
    top: float | None
    eaves: float | None
    ces: float | None
    left_out: Sequence[str]

    @property
    def footprint(self) -> BaseGeometry:
        return self.steps[0].shape if self.steps else Polygon()

    @property
    def area(self) -> float:
        return float(self.footprint.area)

    @property
    def volume(self) -> float | None:
        """In cubic metres, without the bound of the CES."""
        return None if self.top is None else sum(step.volume for step in self.steps)

    @property
    def bounded_volume(self) -> float | None:
        """The same where no step covers more ground than the CES leaves."""
        if self.top is None:
            return None
        most = float("inf") if self.ces is None else self.ces
        return sum((min(float(step.shape.area), most) * (step.top - step.bottom) for step in self.steps), 0.0)


def buildable(rules: Sequence[Rule], plot: Plot) -> Envelope:
    """The envelope of a plot under rules."""
    whole = Volume(footprint=plot.terrain.envelope, eaves=0.0, ridge=0.0)
    body = Body(volume=whole, number=0, shape=plot.terrain)
    distances: list[Distance] = []
    limits: list[Element] = []
    left_out: list[str] = []
    for rule in rules:
        answer = apply_conditions(rule, plot, [body])
        if answer.holds == Holds.NO:
            continue
        for constraint in rule.constraints:
            covered = constraint.category in COVERED or (constraint.category in SETBACKS and has_setback(constraint))
            if answer.holds == Holds.UNSURE or not covered:
                left_out += [constraint.category] if constraint.category not in WITHOUT_EFFECT else []
            elif constraint.category in ("Hauteur", "CES"):
                limits.append(constraint)
            else:
                within = None if answer.bodies == [body] else unary_union([one.shape for one in answer.bodies])
                distances += distances_of(constraint, rule, plot, body, within)
    top, eaves, ces = bounds_of(limits, plot)
    return Envelope(
        steps=list(steps_of(distances, plot, top)), top=top, eaves=eaves, ces=ces,
        left_out=list(dict.fromkeys(left_out)),
    )  # fmt: skip


def distances_of(
    constraint: Element, rule: Rule, plot: Plot, body: Body, within: BaseGeometry | None
) -> Iterator[Distance]:
    """From every limit that a constraint names, doubtful ones too; none where one may stand on the limit."""
    slope, least, start = (constraint.get("pente") or 0.0) / 100, 0.0, 0.0
    references = references_of(constraint, rule)
    if constraint.category == "Gabarit":
        base, hanging = hanging_point(constraint, rule)
        if base is None or not slope:
            return
        start, references = base, constraint.get("reference") or references_in(hanging) or references
    elif may_align(constraint, rule):
        return
    elif constraint.category in SETBACKS:
        slope, least = 0.0, constraint.get("vMinRetrait") or 0.0
    else:
        least, start = constraint.get("retraitMin") or 0.0, constraint.get("referenceVerticaleMetres") or 0.0
    for target in plot.targets(references or EVERY_LIMIT, Body(volume=body.volume, number=0, shape=Polygon()), []):
        line = unary_union([target.line, target.doubtful])
        if not line.is_empty:
            yield Distance(line, least, slope, start, within)


def bounds_of(limits: Sequence[Element], plot: Plot) -> tuple[float | None, float | None, float | None]:
    """(highest point, highest eaves, square metres that may still be built over), each None where no rule says."""
    tops, eaves, areas = [], [], []
    for one in limits:
        if one.category == "CES":
            built = plot.built.intersection(plot.terrain).area
            ratio, most = one.get("ratioMax"), one.get("empriseMax")
            wholes = [None if ratio is None else ratio * plot.terrain.area, most]
            areas += [max(whole - built, 0.0) for whole in wholes if whole is not None]
            continue
        roofs = [value for name in (RIDGE, ACROTERION) if (value := one.get(name)) is not None]
        walls = [value for name in (EAVES, FACADE) if (value := one.get(name)) is not None]
        tops += [max(roofs)] if roofs else walls[:1]
        eaves += walls
    return (
        min(min(tops), HIGHEST_M) if tops else None,
        min(eaves, default=None),
        min(areas, default=None),
    )


def steps_of(distances: Sequence[Distance], plot: Plot, top: float | None) -> Iterator[Step]:
    ground = plot.terrain.difference(plot.built)
    if top is None:
        yield Step(0.0, 0.0, free(ground, distances, 0.0))
        return
    height = max(LEAST_STEP_M, ceil(top / MOST_STEPS * 10) / 10)
    tops = [top] if not any(one.slope for one in distances) else each_top(height, top)
    bottom = 0.0
    for step_top in tops:
        shape = free(ground, distances, step_top)
        if shape.is_empty:
            return
        yield Step(bottom, step_top, shape)
        bottom = step_top


def each_top(height: float, top: float) -> list[float]:
    count = int(top / height)
    tops = [round(height * number, 3) for number in range(1, count + 1)]
    return tops if tops and abs(tops[-1] - top) < 1e-6 else [*tops, top]


def free(ground: BaseGeometry, distances: Sequence[Distance], height: float) -> BaseGeometry:
    """The ground on which something so high may stand."""
    left: BaseGeometry = ground.difference(unary_union([one.forbidden(height) for one in distances]))
    return left
