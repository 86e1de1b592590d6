"""Constraints that measure from limits: setbacks, alignments, gabarits, setbacks by height."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from math import hypot

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from simulation.engine.catalogue import fold, value_lists
from simulation.engine.plots import EVERY_LIMIT, Body, Plot, Target, nearest_line, point_line
from simulation.engine.sru import Element, Rule
from simulation.engine.verdicts import (
    Measure,
    Reason,
    Status,
    compare,
    doubt,
    not_applicable,
    to_judge,
)

NUMBER = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:m\b|m[eè]tres?)?", re.IGNORECASE)
BOTH = "alignementEtRetraitPossibles"
EAVES = re.compile(r"[eé]gout|sabl|fa[cç]ade", re.IGNORECASE)
PARTS_OF_FACADE = ("lMinRetrait", "lMaxRetrait", "pMinRetrait", "pMaxRetrait")
PARTS_OF_ALIGNMENT = ("pMinAlignement", "pMaxAlignement", "lMinAlignement", "lMaxAlignement")


def references_of(constraint: Element, rule: Rule) -> Sequence[str]:
    """Its own references, else those that its `parRapport` names, else those of the rule's RetraitAlignement."""
    if own := constraint.get("reference"):
        return list(own)
    if worded := references_in(str(constraint.get("parRapport") or "")):
        return worded
    for one in rule.constraints:
        if one.category == "RetraitAlignement" and (shared := one.get("reference")):
            return list(shared)
    return []


def references_in(text: str) -> list[str]:
    """References that a free text names: « axe de la voie », « limiteLaterale »."""
    plain = fold(text)
    by_hint = {"axe": "axeVoie", "fond": "fond", "lateral": "limiteLaterale", "berge": "bergesCoursEau"}
    by_hint |= {"emprisepublique": "emprisePublique", "alignementoppose": "alignementOppose"}
    by_hint |= {fold(name): name for name in value_lists()["TypeReference"]}
    return list(dict.fromkeys(name for hint, name in by_hint.items() if hint in plain))


def may_align(constraint: Element, rule: Rule) -> bool:
    """Whether the rule lets a building stand on the limit too."""
    return any(one.get("alignement") == BOTH for one in (constraint, *rule.constraints))


# -- targets ----------------------------------------------------------------------------------------------------------


def each_target(
    name: str, references: Sequence[str], plot: Plot, bodies: Sequence[Body], every: Sequence[Body]
) -> Iterator[tuple[Body, Target, Measure | None]]:
    """Every volume with every limit, and the measure that says why there is nothing to measure from."""
    for body in bodies:
        for target in plot.targets(references or EVERY_LIMIT, body, every):
            yield body, target, nothing_at(name, target)


def nothing_at(name: str, target: Target) -> Measure | None:
    if not target.line.is_empty or not target.doubtful.is_empty:
        return None
    made = to_judge(name, target.missing) if target.missing else not_applicable(name, target.absent)
    return replace(made, reference=target.name)


def over_doubt(certain: Measure | None, doubtful: Measure | None, code: str) -> Measure | None:
    """What is measured from the sure limits, unless those that are doubtful would change the status."""
    if doubtful is None or (certain is not None and doubtful.badness[0] >= certain.badness[0]):
        return certain
    if certain is None and doubtful.status == Status.RESPECTED:
        return doubtful
    return doubt(doubtful, Reason(code))


def lines_of(target: Target) -> tuple[BaseGeometry | None, BaseGeometry | None]:
    return tuple(None if line.is_empty else line for line in (target.line, target.doubtful))  # type: ignore[return-value]


# -- setbacks ---------------------------------------------------------------------------------------------------------


def judge_setback(
    constraint: Element, rule: Rule, plot: Plot, bodies: Sequence[Body], every: Sequence[Body]
) -> list[Measure]:
    """The least distance, and the greatest where one is said."""
    least, most = constraint.get("vMinRetrait"), constraint.get("vMaxRetrait")
    if least is None and not most:
        return [to_judge("vMinRetrait", "no_value")]
    aligned = may_align(constraint, rule)
    measures = []
    for body, target, nothing in each_target("vMinRetrait", references_of(constraint, rule), plot, bodies, every):
        if nothing:
            measures.append(nothing)
            continue
        if least is not None:
            measures.append(measure_both(target, partial(least_setback, body, target, least, aligned)))
        if most and most > (least or 0):
            measures.append(measure_both(target, partial(greatest_setback, body, target, most)))
    return partly(constraint, measures, "retraitTotal", PARTS_OF_FACADE)


def measure_both(target: Target, measure: Callable[[BaseGeometry], Measure]) -> Measure:
    sure, doubtful = lines_of(target)
    made = over_doubt(sure and measure(sure), doubtful and measure(doubtful), target.doubt)
    assert made is not None
    return made


def least_setback(body: Body, target: Target, least: float, aligned: bool, line: BaseGeometry) -> Measure:
    distance = body.shape.distance(line)
    margin = distance - least
    if aligned and distance < least:
        margin = -min(distance, least - distance)
    where = nearest_line(body.shape, line)
    made = compare(
        "vMinRetrait", value=distance, limit=least, margin=margin, accuracy=target.accuracy, where=where,
        volume=body.number, reference=target.name,
    )  # fmt: skip
    if made.status != Status.BROKEN:
        return made
    inside = body.shape.intersection(line.buffer(least))
    return made if inside.is_empty else replace(made, where=inside)


def greatest_setback(body: Body, target: Target, most: float, line: BaseGeometry) -> Measure:
    distance = body.shape.distance(line)
    return compare(
        "vMaxRetrait", value=distance, limit=most, margin=most - distance, accuracy=target.accuracy,
        where=nearest_line(body.shape, line), volume=body.number, reference=target.name,
    )  # fmt: skip


def partly(constraint: Element, measures: list[Measure], total: str, names: Sequence[str]) -> list[Measure]:
    """Of a rule about a part of the façades only, how much of them is for a person to say."""
    if constraint.get(total) is not False and not any(constraint.get(name) for name in names):
        return measures
    return [doubt(one, Reason("part_of_facade")) for one in measures]


def has_setback(constraint: Element) -> bool:
    """Whether a constraint says a distance: that of an alignment may do so itself."""
    return constraint.get("vMinRetrait") is not None or bool(constraint.get("vMaxRetrait"))


def judge_setback_or_alignment(
    constraint: Element, rule: Rule, plot: Plot, bodies: Sequence[Body], every: Sequence[Body]
) -> list[Measure]:
    known = judge_setback if has_setback(constraint) else judge_alignment
    return known(constraint, rule, plot, bodies, every)


def judge_alignment(
    constraint: Element, rule: Rule, plot: Plot, bodies: Sequence[Body], every: Sequence[Body]
) -> list[Measure]:
    """Whether volumes stand on the limit: imposed, forbidden, or both allowed."""
    wanted = wanted_alignment(constraint)
    if wanted == "both":
        return [not_applicable("alignement", "both_allowed")]
    if not wanted:
        carried = any(one.category in ("Retrait", "RetraitFacadeHauteur") for one in rule.constraints)
        return [not_applicable("alignement", "carried") if carried else to_judge("alignement", "no_value")]
    references = references_of(constraint, rule) or ["emprisePublique"]
    measures = []
    for body, target, nothing in each_target("alignement", references, plot, bodies, every):
        measures.append(nothing or measure_both(target, partial(on_limit, body, target, wanted)))
    return partly(constraint, measures, "alignementTotal", PARTS_OF_ALIGNMENT)


def wanted_alignment(constraint: Element) -> str:
    natures = set(constraint.get("nature") or ())
    if constraint.get("alignement") == BOTH or "autorise" in natures:
        return "both"
    if constraint.get("alignement") == "alignementObligatoire" or natures == {"impose"}:
        return "imposed"
    if constraint.get("alignement") == "retraitObligatoire" or natures == {"interdit"}:
        return "forbidden"
    return ""


def on_limit(body: Body, target: Target, wanted: str, line: BaseGeometry) -> Measure:
    distance = body.shape.distance(line)
    return compare(
        "alignement", value=distance, limit=0.0, margin=distance if wanted == "forbidden" else -distance,
        accuracy=target.accuracy, where=nearest_line(body.shape, line), volume=body.number, reference=target.name,
    )  # fmt: skip


# -- heights by distance ----------------------------------------------------------------------------------------------


def judge_gabarit(
    constraint: Element, rule: Rule, plot: Plot, bodies: Sequence[Body], every: Sequence[Body]
) -> list[Measure]:
    """No point rises above `distance x slope + base`."""
    base, hanging = hanging_point(constraint, rule)
    if not constraint.get("pente") or base is None:
        return [to_judge("pente", "no_value" if not constraint.get("pente") else "hanging_point", label=hanging)]
    references = constraint.get("reference") or references_in(hanging) or references_of(constraint, rule)
    slope = constraint.get("pente") / 100
    measures = []
    for body, target, nothing in each_target("pente", references, plot, bodies, every):
        if nothing or plot.heights_above_ground(body, *body.crest) is None:
            measures.append(nothing or to_judge("pente", "ground_unknown"))
            continue
        measures.append(measure_both(target, partial(under_slope, body, target, plot, slope, base)))
    return measures


def hanging_point(constraint: Element, rule: Rule) -> tuple[float | None, str]:
    """(the height in metres where a gabarit hangs, the text that says it): 0 where nothing does.

    One that hangs at the eaves hangs as high as the rule's limit of them; None where the text says no height.
    """
    text = str(constraint.get("pointAccrochage") or "")
    if match := NUMBER.search(text):
        return float(match[1].replace(",", ".")), text
    if EAVES.search(text):
        limits = [
            value
            for one in rule.constraints
            for name in ("hauteurMaxEgoutBatimentToiturePente", "hauteurMaxFacade")
            if (value := one.get(name)) is not None
        ]
        return (limits[0] if limits else None), text
    return (0.0 if not text or references_in(text) else None), text


def under_slope(body: Body, target: Target, plot: Plot, slope: float, base: float, line: BaseGeometry) -> Measure:
    points, heights, level = roof_before(line, body, plot)
    distances = distances_to(line, points)
    highest = distances * slope + base
    place = int(np.argmin(highest - heights))
    made = compare(
        "pente", value=float(heights[place]), limit=float(highest[place]), margin=float((highest - heights)[place]),
        accuracy=hypot(slope * target.accuracy, plot.accuracy.heights), where=point_line(points[place], line),
        volume=body.number, reference=target.name,
    )  # fmt: skip
    return doubt(made, Reason("level_ground")) if level else made


def roof_before(line: BaseGeometry, body: Body, plot: Plot) -> tuple[NDArray[np.float64], NDArray[np.float64], bool]:
    """Points of the roof (n, 2), their heights (n) above the ground from where the rule counts, and whether that ground
    was taken as level because it is not known.
    """
    points, above = body.crest_over(line)
    heights = plot.heights_above_ground(body, points, above)
    if heights is None:
        points, above = body.crest
        heights = plot.heights_above_ground(body, points, above)
        assert heights is not None
    drop = plot.drop_to(line, points)
    return points, heights if drop is None else heights + drop, drop is None


def distances_to(line: BaseGeometry, points: NDArray[np.float64]) -> NDArray[np.float64]:
    shapely.prepare(line)
    distances: NDArray[np.float64] = shapely.distance(shapely.points(points), line)
    return distances


def judge_prospect(
    constraint: Element, rule: Rule, plot: Plot, bodies: Sequence[Body], every: Sequence[Body]
) -> list[Measure]:
    """Setback by height: `distance >= (height - from) / slope`, and a least distance of what is higher than `from`."""
    slope, least = (constraint.get("pente") or 0) / 100, constraint.get("retraitMin")
    if not slope and least is None:
        return [to_judge("retraitMin", "no_value")]
    aligned, start = may_align(constraint, rule), constraint.get("referenceVerticaleMetres") or 0.0
    measures = []
    for body, target, nothing in each_target("retraitMin", references_of(constraint, rule), plot, bodies, every):
        heights = plot.heights_above_ground(body, *body.crest)
        if nothing or heights is None:
            measures.append(nothing or to_judge("pente", "ground_unknown"))
        elif heights.max() <= start and start:
            measures.append(not_applicable("retraitMin", "below_reference", height=start))
        else:
            measures.append(measure_both(target, partial(prospect, body, target, plot, start, slope, least, aligned)))
    return by_openings(constraint, measures)


def prospect(
    body: Body, target: Target, plot: Plot, start: float, slope: float, least: float | None, aligned: bool,
    line: BaseGeometry,
) -> Measure:  # fmt: skip
    """The point of the roof that lacks the most distance, or has the least to spare."""
    points, heights, level = roof_before(line, body, plot)
    distances, heights = distances_to(line, points), np.maximum(heights - start, 0)
    needed = np.maximum(heights / slope if slope else 0.0, np.where(heights > 0, least or 0.0, 0.0))
    place = int(np.argmin(distances - needed))
    margin = float((distances - needed)[place])
    nearest = float(distances.min())
    if aligned and margin < 0:
        margin = -min(nearest, -margin)
    by_slope = bool(slope and heights[place] / slope >= (least or 0.0))
    accuracy = hypot(target.accuracy, plot.accuracy.heights / slope) if by_slope else target.accuracy
    made = compare(
        "pente" if by_slope else "retraitMin", value=float(distances[place]), limit=float(needed[place]),
        margin=margin, accuracy=accuracy, where=point_line(points[place], line), volume=body.number,
        reference=target.name,
    )  # fmt: skip
    return doubt(made, Reason("level_ground")) if by_slope and level else made


def by_openings(constraint: Element, measures: list[Measure]) -> list[Measure]:
    """A volume says nothing of its openings, nor of its storeys' heights: what all façades respect is respected."""
    natures = set(constraint.get("nature") or ("toutes",))
    reasons = [] if natures & {"toutes"} or natures == {"avecVue", "sansVue"} else [Reason("openings")]
    reasons += [Reason("storeys")] if constraint.get("referenceVerticaleEtage") else []
    return [doubt(one, *reasons) if reasons and one.status != Status.RESPECTED else one for one in measures]
