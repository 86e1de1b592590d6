"""What is judged: volumes on a plot, and the limits from which rules measure. Metres, EPSG:2154."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, MultiLineString, MultiPoint
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points, unary_union

from simulation.engine.accuracy import Accuracy
from simulation.engine.sides import Axis, Kind, Sides
from simulation.engine.volumes import Heights, Roof, Volume

type Ground = Callable[[Heights], NDArray[np.float64]]
"""Heights (NGF) of the natural ground at points (n, 2), NaN where they are not known."""

MOST_STEPS = 400
TOUCHING_M = 0.01
STEPS_M = (0.05, 0.25)
SEPARATIVE = (Kind.SIDE, Kind.REAR)
KINDS: Mapping[str, Kind] = {
    "emprisePublique": Kind.ALIGNMENT,
    "limitePublique": Kind.ALIGNMENT,
    "limiteLaterale": Kind.SIDE,
    "fond": Kind.REAR,
}
BANKS = ("bergesCoursEau", "litCoursEau")
EVERY_LIMIT = ("emprisePublique", "limiteLaterale", "fond")


@dataclass(frozen=True, kw_only=True)
class Body:
    """A volume of the project, or the part of it in one zone or band (`shape`); `number` is its place from 0."""

    volume: Volume
    number: int
    shape: BaseGeometry
    levels: int | None = None

    @property
    def flat(self) -> bool:
        return self.volume.roof == Roof.FLAT

    @cached_property
    def crest(self) -> tuple[Heights, NDArray[np.float64]]:
        """Points of the edges of the roof, the lowest and the highest of each slope among them: (n, 2), heights (n)
        above the foot.
        """
        lines = [self.shape.boundary, self.roof_lines.intersection(self.shape)]
        step = float(np.clip(self.shape.length / MOST_STEPS, *STEPS_M))
        points = shapely.get_coordinates(shapely.segmentize([one for one in lines if not one.is_empty], step))
        return points, self.volume.heights_at(points)

    def crest_over(self, line: BaseGeometry) -> tuple[Heights, NDArray[np.float64]]:
        """The crest, and the points of the roof straight above a limit that the volume crosses."""
        if not self.shape.intersects(line):
            return self.crest
        above = [line.intersection(self.shape), line.intersection(self.roof_lines)]
        points: Heights = np.concatenate([self.crest[0], shapely.get_coordinates(above)])
        return points, self.volume.heights_at(points)

    @property
    def roof_lines(self) -> BaseGeometry:
        """Ridge and hips, as far as they may run."""
        if self.volume.roof not in (Roof.GABLE, Roof.HIP):
            return MultiLineString()
        first, last, left, right = self.volume.spans
        across, along, reach = (left + right) / 2, (first + last) / 2, max(right - left, last - first)
        lines = [[(first, across), (last, across)]]
        if self.volume.roof == Roof.HIP:
            lines += [[(along, left), (along, right)]]
            lines += [[(first, one), (first + reach, one + sign * reach)] for one, sign in ((left, 1), (right, -1))]
            lines += [[(last, one), (last - reach, one + sign * reach)] for one, sign in ((left, 1), (right, -1))]
        x, y = self.volume.along
        turned = np.array([[x, y], [y, -x]])
        return MultiLineString([LineString(np.array(line) @ turned) for line in lines])

    @property
    def top(self) -> float:
        """The highest point of this part, above the foot."""
        return float(self.crest[1].max())

    def clip(self, shape: BaseGeometry) -> "Body | None":
        """The part inside a shape, None where there is none."""
        part = self.shape.intersection(shape)
        return None if part.area <= 0 else replace(self, shape=shapely.make_valid(part))


@dataclass(frozen=True, kw_only=True)
class Target:
    """Limits from which a distance is measured: `name` is the reference's, `doubtful` are limits that may be of it.

    `missing` says which data are not known, `absent` why the plot has none.
    """

    name: str
    line: BaseGeometry
    accuracy: float
    doubtful: BaseGeometry = field(default_factory=MultiLineString)
    doubt: str = ""
    missing: str = ""
    absent: str = ""


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A terrain, or the part of it in one zone, and what stands on it before the works.

    `buildings` are those that stay. Without `ground` nothing is known of the natural ground: it is taken as level.
    `heights_from_limits`: distances to a limit go with altitudes above it, not above the ground under a volume.
    """

    terrain: BaseGeometry
    sides: Sides
    accuracy: Accuracy
    buildings: Sequence[BaseGeometry] = ()
    ground: Ground | None = None
    zone: str = ""
    heights_from_limits: bool = False

    @cached_property
    def built(self) -> BaseGeometry:
        whole: BaseGeometry = unary_union(list(self.buildings))
        return whole

    def lines(self, *kinds: Kind) -> BaseGeometry:
        """The sides of these kinds of which nothing is doubtful."""
        return MultiLineString([one.line for one in self.sides.sides if one.kind in kinds and not one.uncertain])

    def doubtful(self, *codes: str) -> BaseGeometry:
        return MultiLineString([one.line for one in self.sides.sides if one.uncertain in codes])

    @property
    def axes(self) -> Sequence[Axis]:
        return self.sides.around.axes

    def targets(self, references: Sequence[str], body: Body, others: Sequence[Body]) -> Iterator[Target]:
        """From where each reference measures. `others` are all volumes of the project."""
        separative = {"limiteLaterale", "fond"} <= set(references)
        for name in references:
            yield self.target(name, body, others, separative=separative)

    def target(self, name: str, body: Body, others: Sequence[Body], *, separative: bool) -> Target:
        limits = self.accuracy.limits
        if kind := KINDS.get(name):
            return self.limit_target(name, kind, separative=separative)
        if name == "axeVoie":
            return Target(name=name, line=self.sides.axis, accuracy=self.accuracy.axis, missing="no_axis")
        if name == "alignementOppose":
            missing, absent = ("", "no_alignment") if self.lines(Kind.ALIGNMENT).is_empty else ("no_opposite", "")
            return Target(name=name, line=self.sides.opposite, accuracy=limits, missing=missing, absent=absent)
        if name == "batimentMitoyen":
            drawn = [one.volume.footprint for one in others if one.number != body.number]
            line = buildings_apart([*drawn, *self.buildings], body.shape)
            return Target(name=name, line=line, accuracy=limits, absent="no_building")
        if name in BANKS:
            return Target(name=name, line=self.sides.around.water, accuracy=limits, absent="no_water")
        return Target(name=name, line=MultiLineString(), accuracy=limits, missing="reference_unknown")

    def limit_target(self, name: str, kind: Kind, *, separative: bool) -> Target:
        """Sides of one kind. Where no way is known, side and rear limits cannot be told from each other."""
        codes = ["nothing_known"] if separative or kind == Kind.ALIGNMENT else ["nothing_known", "no_way"]
        line = self.lines(kind)
        if separative and kind == Kind.SIDE:
            line = unary_union([line, self.doubtful("no_way")])
        absent = {Kind.ALIGNMENT: "no_alignment", Kind.SIDE: "no_side", Kind.REAR: "no_rear"}[kind]
        doubt = "side_doubtful" if "no_way" not in codes or self.lines(Kind.ALIGNMENT) else "no_way_known"
        return Target(
            name=name, line=line, accuracy=self.accuracy.limits, doubtful=self.doubtful(*codes), doubt=doubt,
            absent=absent,
        )  # fmt: skip

    # -- the natural ground -------------------------------------------------------------------------------------------

    def ground_at(self, points: Heights) -> NDArray[np.float64] | None:
        """Heights of the natural ground at points, None where they are not known."""
        return known_heights(self.ground, points)

    def foot(self, body: Body) -> float | None:
        """The height (NGF) of a volume's foot: its base or, on the natural ground, the lowest point under it."""
        return foot_of(body.volume, self.ground)

    def low_point(self, body: Body, code: str) -> float | None:
        """The height (NGF) of the rule's low point, None where the ground is not known there."""
        if code == "pointRueOuEmprisePubliqueJouxtantUniteFonciere":
            front = self.lines(Kind.ALIGNMENT)
            if front.is_empty:
                return None
            near = nearest_points(front, body.shape)[0]
            heights = self.ground_at(np.array([[near.x, near.y]]))
        else:
            shape = self.terrain if code.endswith("Terrain") else body.shape
            heights = self.ground_at(outline(shape))
        if heights is None:
            return None
        return float(heights.max() if code == "pointLePlusHautTerrain" else heights.min())

    def heights_above_ground(
        self, body: Body, points: Heights, heights: NDArray[np.float64]
    ) -> NDArray[np.float64] | None:
        """Of points of the roof at heights above its foot, each above the natural ground under it; None: not known."""
        if self.ground is None:
            return heights if body.volume.base is None else None
        foot, under = self.foot(body), self.ground_at(points)
        return None if foot is None or under is None else foot + heights - under

    def drop_to(self, line: BaseGeometry, points: Heights) -> NDArray[np.float64] | None:
        """How much lower than under each point (n, 2) the ground is at the nearest place of a limit; None: not known.

        Nothing where heights count from the ground under a volume.
        """
        if not self.heights_from_limits:
            return np.zeros(len(points))
        ends = shapely.get_coordinates(shapely.shortest_line(shapely.points(points), line))
        under, there = self.ground_at(points), self.ground_at(ends[1::2])
        return None if under is None or there is None else under - there


def foot_of(volume: Volume, ground: Ground | None) -> float | None:
    """The height (NGF) of a volume's foot: its base, else the lowest ground under it; None where that is not known."""
    return feet_of([volume], ground)[0]


def feet_of(volumes: Sequence[Volume], ground: Ground | None) -> list[float | None]:
    """The foot of each volume; the ground is read once. A courtyard's edge counts as the outer one does."""
    outlines = [outline(one.footprint) if one.base is None else np.empty((0, 2)) for one in volumes]
    points = np.concatenate([np.empty((0, 2)), *outlines])
    heights = ground(points) if ground is not None and len(points) else np.full(len(points), np.nan)
    each = np.split(heights, np.cumsum([len(one) for one in outlines]))
    return [
        one.base if one.base is not None else None if np.isnan(under).any() else float(under.min())
        for one, under in zip(volumes, each, strict=False)
    ]


def known_heights(ground: Ground | None, points: Heights) -> NDArray[np.float64] | None:
    """Heights of the natural ground at points (n, 2), None where one of them is not known."""
    heights = None if ground is None else ground(points)
    return None if heights is None or np.isnan(heights).any() else heights


def buildings_apart(buildings: Sequence[BaseGeometry], shape: BaseGeometry) -> BaseGeometry:
    """Those that are not of one piece with a volume (they share no ground and no wall), as one geometry."""
    parts = shapely.get_parts(buildings)
    apart: BaseGeometry = shapely.union_all(parts[shapely.distance(parts, shape) > TOUCHING_M])
    return apart


def outline(shape: BaseGeometry) -> Heights:
    """Points along the outline of a shape, a metre apart at most, and its middle."""
    points: Heights = shapely.get_coordinates([shapely.segmentize(shape.boundary, 1.0), shape.representative_point()])
    return points


def nearest_line(shape: BaseGeometry, line: BaseGeometry) -> LineString:
    """The shortest line from a shape to a limit; along it the distance is measured."""
    return LineString(nearest_points(shape, line))


def point_line(point: NDArray[np.float64], line: BaseGeometry) -> LineString:
    return nearest_line(MultiPoint([point]), line)
