"""A volume as a closed solid: its faces are the engine's roof and nothing else."""

from collections import Counter
from itertools import pairwise
from math import hypot

import numpy as np
import pytest
import shapely
from shapely.geometry import Polygon

from simulation.engine.solids import Surface, solid_of
from simulation.engine.volumes import Roof, Volume

L_SHAPE = Polygon([(0, 0), (14, 0), (14, 6), (6, 6), (6, 11), (0, 11)])
COURT = Polygon([(0, 0), (20, 0), (20, 14), (0, 14)], [[(8, 5), (12, 5), (12, 9), (8, 9)]])
FOOTPRINTS = {"box": shapely.box(0, 0, 12, 8), "L": L_SHAPE, "court": COURT}
CASES = [(roof, name, azimuth) for roof in Roof for name in FOOTPRINTS for azimuth in (90.0, 37.0)]
HALF_MM = 0.0005 + 1e-9
"""How far a height is from the engine's at most: corners are kept to the millimetre."""


def volume(roof: Roof, name: str, azimuth: float) -> Volume:
    return Volume(footprint=FOOTPRINTS[name], eaves=3, ridge=3 if roof == Roof.FLAT else 6.5, roof=roof,
                  ridge_azimuth=azimuth)  # fmt: skip


def cubic_metres(faces: list[Surface]) -> float:
    """Within closed faces, by the divergence theorem: right only if each of them is seen from outside."""
    total = 0.0
    for face in faces:
        for ring in face.rings:
            first, *others = np.array(ring)
            for second, third in pairwise(others):
                total += float(np.dot(first, np.cross(second, third))) / 6
    return total


def expected_cubic_metres(one: Volume) -> float:
    """Of the engine's roof: each plane over its part of the footprint."""
    return sum(
        part.area * float(plane.at(np.array([[part.centroid.x, part.centroid.y]]))[0]) for part, plane in one.faces
    )


@pytest.mark.parametrize(("roof", "name", "azimuth"), CASES)
def test_the_solid_holds_the_volume_of_the_engines_roof(roof: Roof, name: str, azimuth: float) -> None:
    one = volume(roof, name, azimuth)
    most = HALF_MM * one.footprint.area
    assert cubic_metres(solid_of(one, 0.0)) == pytest.approx(expected_cubic_metres(one), abs=most)


@pytest.mark.parametrize(("roof", "name", "azimuth"), CASES)
def test_every_corner_of_a_roof_is_where_the_engine_has_it(roof: Roof, name: str, azimuth: float) -> None:
    one = volume(roof, name, azimuth)
    corners = np.array(
        [c for face in solid_of(one, 0.0) if face.kind == "RoofSurface" for ring in face.rings for c in ring]
    )
    assert corners[:, 2] == pytest.approx(one.heights_at(corners[:, :2]), abs=HALF_MM)


@pytest.mark.parametrize(("roof", "name", "azimuth"), CASES)
def test_walls_stand_around_the_whole_footprint(roof: Roof, name: str, azimuth: float) -> None:
    one = volume(roof, name, azimuth)
    feet = [face.rings[0][:2] for face in solid_of(one, 0.0) if face.kind == "WallSurface"]
    assert sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in feet) == pytest.approx(one.footprint.length, abs=1e-6)


def test_a_box_has_six_faces_and_each_edge_two_of_them() -> None:
    faces = solid_of(volume(Roof.FLAT, "box", 90), 0.0)
    edges: Counter[frozenset[tuple[float, float, float]]] = Counter()
    for face in faces:
        (ring,) = face.rings
        edges.update(frozenset(pair) for pair in zip(ring, [*ring[1:], ring[0]], strict=True))
    assert (len(faces), len(edges), set(edges.values())) == (6, 12, {2})


def test_a_roof_that_comes_down_to_the_ground_has_triangles_for_gables() -> None:
    faces = solid_of(Volume(footprint=FOOTPRINTS["box"], eaves=0, ridge=5, roof=Roof.GABLE, ridge_azimuth=90), 0.0)
    assert sorted(len(face.rings[0]) for face in faces if face.kind == "WallSurface") == [3, 3, 3, 3]
    assert cubic_metres(faces) == pytest.approx(12 * 8 * 5 / 2)
