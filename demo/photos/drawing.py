"""What a campaign draws: materials, flat shapes in order, furrows, roofs and plants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import cos, sin
from zlib import crc32

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from .light import Light
from .window import Single

type Colour = tuple[float, float, float]


def place_shape(shape: BaseGeometry, x: float, y: float, angle: float) -> BaseGeometry:
    """A shape drawn about (0, 0), turned by `angle` (radians) and put at (x, y)."""
    c, s = cos(angle), sin(angle)
    found: BaseGeometry = affinity.affine_transform(shape, [c, -s, s, c, x, y])
    return found


@dataclass(frozen=True, slots=True)
class Furrows:
    """Parallel rows on all that one material covers."""

    material: int
    bounds: tuple[float, float, float, float]
    direction: float
    """Of the rows, radians anticlockwise from east."""
    kind: str
    """A key of `rows.PROFILES`."""


@dataclass(frozen=True, slots=True)
class Wing:
    """A rectangle of a roof: centre, direction of the ridge (radians), half lengths along and across, steepness."""

    x: float
    y: float
    angle: float
    along: float
    across: float
    tangent: float
    hips: bool = False
    single: bool = False
    """One slope only, falling across."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """Something on a roof: a rectangle in the frame of a wing, its material and how far it stands out (m)."""

    wing: int
    u: float
    v: float
    length: float
    width: float
    material: int
    rise: float
    above_ridge: bool = False


@dataclass(frozen=True, slots=True)
class Roof:
    """A building as seen from above; `courses` is the distance (m) between rows of tiles, or 0."""

    geom: BaseGeometry
    material: int
    eaves: float
    wings: tuple[Wing, ...]
    fittings: tuple[Fitting, ...]
    courses: float


@dataclass(slots=True)
class Drawing:
    """All of a campaign's vectors, in drawing order."""

    light: Light
    seed: int
    season: str
    materials: list[tuple[float, ...]] = field(default_factory=list)
    shapes: list[BaseGeometry] = field(default_factory=list)
    shape_materials: list[int] = field(default_factory=list)
    furrows: list[Furrows] = field(default_factory=list)
    roofs: list[Roof] = field(default_factory=list)
    plants: list[tuple[float, float, float, float, int, int, int]] = field(default_factory=list)
    """x, y, radius, height added, form, variant, material."""

    bushes: list[int] = field(default_factory=list)
    """Materials of hedges."""
    gates: list[BaseGeometry] = field(default_factory=list)
    """Where no hedge may stand."""
    trim: list[int] = field(default_factory=list)
    """Materials of chimneys, roof windows and solar panels."""

    def rng(self, *key: object) -> Generator:
        """Chance of one thing's own: it does not depend on what else is drawn."""
        return np.random.default_rng([self.seed, crc32(repr(key).encode())])

    def material(
        self,
        colour: Colour,
        other: Colour,
        grain: tuple[float, float, float] = (0.2, 0.2, 0.2),
        height: float = 0.0,
        tone: float = 1.0,
    ) -> int:
        """A new material between two colours; `grain` weighs the fine, middling and large noise that mixes them."""
        middle = [(c + o) / 2 * tone for c, o in zip(colour, other, strict=True)]
        step = [(o - c) * tone for c, o in zip(colour, other, strict=True)]
        self.materials.append((*middle, *step, *grain, height))
        return len(self.materials) - 1

    def lay(self, shapes: BaseGeometry | Sequence[BaseGeometry], material: int) -> None:
        """Draw shapes above everything laid before."""
        for shape in [shapes] if isinstance(shapes, BaseGeometry) else shapes:
            if not shape.is_empty:
                self.shapes.append(shape)
                self.shape_materials.append(material)

    def furrow(self, shape: BaseGeometry, material: int, direction: float, kind: str) -> None:
        """Rows on a shape that has its material for itself."""
        self.furrows.append(Furrows(material, shape.bounds, direction, kind))

    def plant(self, x: float, y: float, radius: float, form: int, material: int, rng: Generator, up: float = 0) -> None:
        """A tree or a bush."""
        self.plants.append((x, y, radius, up, form, int(rng.integers(6)), material))

    def ready(self) -> Scene:
        """The same as arrays, for those who draw."""
        return Scene(
            self.light,
            self.seed,
            np.array(self.materials, np.float32),
            np.array(self.shapes, dtype=object),
            np.array(self.shape_materials, np.int32),
            tuple(self.furrows),
            tuple(self.roofs),
            np.array(self.plants, np.float64).reshape(-1, 7),
        )


@dataclass(frozen=True, slots=True)
class Scene:
    """A campaign's vectors, ready to be sent to the processes that draw its sheets."""

    light: Light
    seed: int
    materials: Single
    """Per material: middle colour (3), step from one colour to the other (3), weights of the noises (3), height."""
    shapes: NDArray[np.object_]
    shape_materials: NDArray[np.int32]
    furrows: tuple[Furrows, ...]
    roofs: tuple[Roof, ...]
    plants: NDArray[np.float64]

    def index(self) -> Index:
        """Where things are."""
        return Index(
            shapely.STRtree(self.shapes),
            np.array([f.bounds for f in self.furrows], float).reshape(-1, 4),
            np.array([r.geom.bounds for r in self.roofs], float).reshape(-1, 4),
        )


@dataclass(frozen=True, slots=True)
class Index:
    """Which shapes, furrows and roofs meet a rectangle."""

    shapes: shapely.STRtree
    furrows: NDArray[np.float64]
    roofs: NDArray[np.float64]
