"""Roofs: the shape of each from its footprint, and drawing it, exactly on the footprint's pixels."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, cos, pi, sin

import numpy as np
import shapely
from numpy.random import Generator
from shapely import affinity
from shapely.geometry import Polygon, box

from demo.territory import Building
from demo.territory.geometry import frame

from .drawing import Colour, Drawing, Fitting, Roof, Wing

TILES: tuple[tuple[Colour, Colour], ...] = (
    ((158, 114, 94), (124, 94, 82)), ((140, 106, 90), (110, 90, 80)), ((168, 122, 100), (134, 102, 86)),
    ((126, 98, 86), (102, 86, 78)), ((176, 134, 112), (142, 112, 96)), ((148, 116, 98), (120, 104, 86)),
    ((164, 108, 88), (130, 92, 78)), ((186, 146, 124), (152, 122, 104)), ((134, 112, 96), (112, 100, 84)),
)  # fmt: skip
SLATES: tuple[tuple[Colour, Colour], ...] = (((112, 116, 126), (92, 96, 106)), ((120, 122, 128), (98, 102, 108)))
SHEETS: tuple[tuple[Colour, Colour], ...] = (
    ((182, 184, 186), (160, 162, 164)), ((158, 156, 150), (134, 132, 124)), ((122, 134, 126), (104, 116, 110)),
    ((168, 164, 156), (140, 134, 122)),
)  # fmt: skip
FELT: tuple[tuple[Colour, Colour], ...] = (((112, 112, 114), (132, 130, 128)), ((160, 152, 140), (140, 132, 120)))
GRAIN = (0.34, 0.42, 0.2)


def roof(drawing: Drawing, building: Building) -> Roof:
    """The roof of a building; everything by chance is its own, whatever the campaign."""
    rng = drawing.rng("roof", building.id)
    wings = _wings(building, rng)
    material, courses = _covering(drawing, building, rng)
    fittings: list[Fitting] = []
    if building.use in ("house", "townhall", "school"):
        fittings = _fittings(drawing, wings, rng)
    if building.use == "church":
        wings, fittings = _steeple(drawing, building, wings)
    return Roof(building.geom, material, building.height_m, tuple(wings), tuple(fittings), courses)


def _covering(drawing: Drawing, building: Building, rng: Generator) -> tuple[int, float]:
    """The material and the distance between its courses."""
    tone = float(rng.uniform(0.92, 1.08))
    if building.use == "church":
        return drawing.material(*SLATES[0], GRAIN), 0.25
    if building.use == "workshop" or (building.type == "02" and building.geom.area > 60):
        colours, courses = SHEETS[int(rng.integers(len(SHEETS)))], 1.0
        return drawing.material(*colours, (0.15, 0.3, 0.2), tone=tone), courses
    draw = float(rng.random())
    if building.type == "02":
        pool, courses = (TILES, 0.34) if draw < 0.4 else (SHEETS, 0.18) if draw < 0.7 else (FELT, 0.0)
    elif building.use in ("townhall", "school"):
        pool, courses = (SLATES, 0.25) if draw < 0.6 else (TILES, 0.34)
    else:
        pool, courses = (TILES, 0.34) if draw < 0.84 else (SLATES, 0.25)
    return drawing.material(*pool[int(rng.integers(len(pool)))], GRAIN, tone=tone), courses


def _wings(building: Building, rng: Generator) -> list[Wing]:
    """Gables over every rectangle the footprint is made of, or one over its frame."""
    steep = {"church": 1.15, "workshop": 0.1, "shed": 0.25, "barn": 0.62, "annex": 0.45}.get(building.use, 0.0)
    tangent = steep or float(rng.uniform(0.72, 1.05))
    if building.type == "02" and building.use != "workshop":
        tangent = float(rng.uniform(0.12, 0.3))
    single = building.use == "annex" and rng.random() < 0.6
    hips = building.use == "house" and rng.random() < 0.18
    x, y, angle, length, width = frame(building.geom)
    if single:
        return [Wing(x, y, angle, length / 2, width / 2, min(tangent, 0.35), single=True)]
    found = _rectangles(building.geom)
    if not found:
        return [Wing(x, y, angle, length / 2, width / 2, tangent, hips)]
    return [Wing(*r, tangent, hips) for r in found]


def _rectangles(shape: Polygon) -> list[tuple[float, float, float, float, float]]:
    """Largest rectangles inside a footprint with square corners: centre, direction, half length, half width."""
    xy = shapely.get_coordinates(shape.exterior)
    steps = np.diff(xy, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    longest = steps[int(np.argmax(lengths))]
    angle = atan2(longest[1], longest[0])
    turns = (np.arctan2(steps[:, 1], steps[:, 0]) - angle + pi / 4) % (pi / 2) - pi / 4
    if np.any((np.abs(turns) > 0.09) & (lengths > 0.8) & (lengths < 0.75 * lengths.max())) and len(steps) < 10:
        return []
    flat = affinity.rotate(shape, -angle, (0, 0), use_radians=True)
    us, vs = (_levels(shapely.get_coordinates(flat)[:, k]) for k in (0, 1))
    if len(us) > 14 or len(vs) > 14:
        return []
    return [_turn_rectangle(r, angle) for r in _largest(flat.buffer(0.35, join_style="mitre"), us, vs)]


def _levels(values: np.ndarray) -> list[float]:
    out: list[float] = []
    for v in sorted(values.tolist()):
        if not out or v - out[-1] > 0.6:
            out.append(v)
    return out


def _largest(room: Polygon, us: Sequence[float], vs: Sequence[float]) -> list[tuple[float, float, float, float]]:
    drawn = [(u0, v0, u1, v1) for i, u0 in enumerate(us) for u1 in us[i + 1 :] for j, v0 in enumerate(vs)
             for v1 in vs[j + 1 :] if min(u1 - u0, v1 - v0) > 1.4]  # fmt: skip
    shapely.prepare(room)
    held = shapely.contains(room, [box(*corners) for corners in drawn]) if drawn else []
    fits = [corners for corners, inside in zip(drawn, held, strict=True) if inside]
    return [a for a in fits if not any(b != a and _within(a, b) for b in fits)]


def _within(a: Sequence[float], b: Sequence[float]) -> bool:
    return b[0] <= a[0] and b[1] <= a[1] and b[2] >= a[2] and b[3] >= a[3]


def _turn_rectangle(r: Sequence[float], angle: float) -> tuple[float, float, float, float, float]:
    u, v, long, wide = (r[0] + r[2]) / 2, (r[1] + r[3]) / 2, (r[2] - r[0]) / 2, (r[3] - r[1]) / 2
    x, y = u * cos(angle) - v * sin(angle), u * sin(angle) + v * cos(angle)
    return (x, y, angle, long, wide) if long >= wide else (x, y, angle + pi / 2, wide, long)


def _fittings(drawing: Drawing, wings: Sequence[Wing], rng: Generator) -> list[Fitting]:
    """Chimneys by the ridge, roof windows, and in August 2024 solar panels on some roofs to the south."""
    if not drawing.trim:
        brick = drawing.material((158, 112, 94), (126, 94, 80), (0.4, 0.3, 0.0))
        glass = drawing.material((86, 98, 112), (120, 134, 146), (0.2, 0.4, 0.0))
        panel = drawing.material((42, 48, 66), (58, 66, 86), (0.25, 0.15, 0.0))
        drawing.trim.extend((brick, glass, panel))
    brick, glass, panel = drawing.trim
    w = max(range(len(wings)), key=lambda k: wings[k].along)
    wing, out = wings[w], []
    for side in (1, -1):
        if rng.random() < 0.62 and wing.along > 2.5:
            u = side * (wing.along - float(rng.choice([0.55, 0.55, 2.4])))
            out.append(Fitting(w, u, float(rng.uniform(-0.5, 0.5)), 0.55, 0.9, brick, 0.9, above_ridge=True))
    for _ in range(int(rng.choice([0, 0, 1, 2]))):
        u = float(rng.uniform(-wing.along + 1.2, max(wing.along - 1.2, 0.1 - wing.along + 1.2)))
        side = 1 if rng.random() < 0.5 else -1
        out.append(Fitting(w, u, side * wing.across * 0.5, 0.8, 1.0, glass, 0.06))
    solar = float(rng.random())
    if drawing.season == "august" and solar < 0.09 and wing.across > 3 and wing.along > 4:
        south = -1 if cos(wing.angle) > 0 else 1
        out.append(Fitting(w, 0.0, south * wing.across * 0.5, min(6.6, wing.along), wing.across * 0.62, panel, 0.12))
    return out


def _steeple(drawing: Drawing, building: Building, wings: list[Wing]) -> tuple[list[Wing], list[Fitting]]:
    """The end of the church that is a square tower carries a spire."""
    x, y, angle, length, _ = frame(building.geom)
    ends = []
    for side in (1, -1):
        cx, cy = x + side * (length / 2 - 2.75) * cos(angle), y + side * (length / 2 - 2.75) * sin(angle)
        square = affinity.rotate(box(cx - 2.75, cy - 9, cx + 2.75, cy + 9), angle, (cx, cy), use_radians=True)
        part = building.geom.intersection(square)
        ends.append((abs(part.area - 33.0), part.centroid.x, part.centroid.y))
    _, cx, cy = min(ends)
    spire = Wing(cx, cy, angle, 3.0, 3.0, 4.2, hips=True)
    return [*wings, spire], []
