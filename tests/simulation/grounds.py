"""A plot of 20 x 30 m on a street of 8 m, its neighbours around it, for tests of the engine. Metres from its corner."""

from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from simulation.engine.accuracy import Accuracy
from simulation.engine.judging import judge
from simulation.engine.plots import Body, Plot
from simulation.engine.sides import Axis, Neighbour, Sides, Surroundings, sides_of
from simulation.engine.sru import read_rules
from simulation.engine.verdicts import Verdict
from simulation.engine.volumes import Roof, Volume

box = shapely.box
TERRAIN = box(0, 0, 20, 30)
WEST, EAST, NORTH = box(-20, 0, 0, 30), box(20, 0, 40, 30), box(-20, 30, 40, 60)
ACROSS = box(-40, -38, 60, -8)
STREET = Axis("rue des Vignes", LineString([(-60, -4), (80, -4)]))


def sides(
    terrain: BaseGeometry = TERRAIN,
    neighbours: Sequence[BaseGeometry] = (WEST, EAST, NORTH, ACROSS),
    axes: Sequence[Axis] = (STREET,),
    **more: Any,
) -> Sides:
    numbered = [Neighbour(f"p{number}", shape) for number, shape in enumerate(neighbours)]
    return sides_of(Surroundings(terrain=terrain, neighbours=numbered, axes=axes, **more))


def kinds(made: Sides) -> dict[str, str]:
    """The kind of each side by the compass point of its middle, from the middle of the terrain."""
    centre = made.around.terrain.centroid
    points = {}
    for side in made.sides:
        middle = side.line.interpolate(0.5, normalized=True)
        x, y = middle.x - centre.x, middle.y - centre.y
        name = ("east" if x > 0 else "west") if abs(x) > abs(y) * 2 / 3 else ("north" if y > 0 else "south")
        points[name] = side.kind.value
    return points


def plot(made: Sides | None = None, **more: Any) -> Plot:
    made = made or sides()
    return Plot(**{"terrain": made.around.terrain, "sides": made, "accuracy": Accuracy(plan=0.2), **more})


def body(footprint: Polygon, eaves: float = 3.0, ridge: float | None = None, number: int = 0, **more: Any) -> Body:
    levels = more.pop("levels", None)
    volume = Volume(footprint=footprint, eaves=eaves, ridge=eaves if ridge is None else ridge, **more)
    return Body(volume=volume, number=number, shape=footprint, levels=levels)


def gable(footprint: Polygon, eaves: float, ridge: float, azimuth: float = 0.0, **more: Any) -> Body:
    return body(footprint, eaves, ridge, roof=Roof.GABLE, ridge_azimuth=azimuth, **more)


def verdict(constraint: Mapping[str, Any], *bodies: Body, on: Plot | None = None) -> Verdict:
    """The only verdict of one constraint, or of the first of a rule."""
    return judge(read_rules([constraint]), on or plot(), list(bodies))[0]


def setback(metres: float, *references: str, **more: Any) -> dict[str, Any]:
    return {"catContrainte": "Retrait", "vMinRetrait": metres, "reference": list(references), **more}


def codes(made: Verdict) -> list[str]:
    return [reason.code for reason in made.reasons]
