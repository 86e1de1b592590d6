"""Sewers of one community: wastewater of each village by gravity to its plant, a manhole at each bend and crossing;
stormwater of the centres to the river. Heights are computed from the plant up, so that all of it flows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from demo.networks.model import Plan
from demo.networks.water import LATEST, addresses_by_road
from demo.networks.ways import Graph, Xy, cut, shift_line
from demo.territory import Address, Commune, Road, Territory
from demo.territory.relief import altitude, rivers_of
from gis_core.french import of_commune

WASTE, STORM = (-1.2, -0.7), (-2.4, 1.3)
REACH_M, CORE_M, APART_M = 1_050.0, 420.0, 52.0
WASTEWATER, STORMWATER = "02", "01"
# Material and years of laying; what is there twice is twice as likely.
LAID = (
    ("amci", 1962, 1978), ("gres", 1968, 1990), ("pvc", 1980, 2015), ("pvc", 1980, 2015), ("fd", 1992, 2018),
    ("pp", 2008, 2024),
)  # fmt: skip


@dataclass(slots=True)
class Village:
    """What the sewers of one village are computed from; `heights` are those of inverts by node of the graph."""

    plan: Plan
    graph: Graph
    shift: Xy
    system: str
    rivers: BaseGeometry
    heights: dict[int, float]


def sewers(territory: Territory, communes: Sequence[Commune], prefix: str, chance: Random) -> Plan:
    """The plan of one member's sewers."""
    plan = Plan("sewer", prefix, chance)
    rivers = rivers_of(territory)
    insee = {commune.insee for commune in communes}
    served = addresses_by_road(territory, insee)
    for commune in communes:
        mine = [road for road in territory.roads if road.insee == commune.insee and road.kind != "rural"]
        near = [road for road in mine if road.geom.distance(commune.centre) < REACH_M]
        core = [road for road in mine if road.geom.distance(commune.centre) < CORE_M]
        wastewater(Village(plan, Graph.of(near), WASTE, WASTEWATER, rivers, {}), served, commune)
        stormwater(Village(plan, Graph.of(core), STORM, STORMWATER, rivers, {}), commune)
    spoil(plan)
    return plan


def ground(place: Xy, rivers: BaseGeometry) -> float:
    """The natural ground at a place (m NGF)."""
    x, y = np.array([place]).T
    return float(altitude(x, y, rivers)[0])


def wastewater(village: Village, served: Mapping[str, list[Address]], commune: Commune) -> None:
    graph = village.graph
    sink = min(graph.beside, key=lambda node: (ground(graph.place(node), village.rivers), node))
    tree = graph.tree(sink)
    wanted = {road_id for road_id in graph.roads if len(served.get(road_id, ())) > 1}
    flows = flowing(village, tree, wanted)
    outlet = end_of(village, sink, "treatment", f"Station d’épuration {of_commune(commune.name)}", 75.0)
    loads = loads_of(village, tree, flows, served)
    for road_id, downstream in flows:
        pieces = lay(village, graph.roads[road_id], downstream, size_of(loads[road_id]), outlet)
        connect(village.plan, served.get(road_id, ()), pieces)


def stormwater(village: Village, commune: Commune) -> None:
    graph = village.graph
    if not graph.beside:
        return
    sink = min(graph.beside, key=lambda node: (float(village.rivers.distance(Point(graph.place(node)))), node))
    tree = graph.tree(sink)
    flows = flowing(village, tree, set(sorted(graph.roads)[::2]))
    outlet = end_of(village, sink, "outlet", f"Rejet pluvial {of_commune(commune.name)}", 90.0)
    for road_id, downstream in flows:
        lay(village, graph.roads[road_id], downstream, village.plan.chance.choice((300, 400, 500)), outlet)


def flowing(village: Village, tree: Mapping[int, tuple[float, str | None]], wanted: set[str]) -> list[tuple[str, int]]:
    """Roads with the node that they flow to, the lowest first: the wanted ones and those on their way to the sink."""
    graph = village.graph
    needed: set[str] = set()
    for road_id in wanted:
        road = graph.roads[road_id]
        if road.start_node in tree and road.end_node in tree:
            near = min(road.start_node, road.end_node, key=lambda node: (tree[node][0], node))
            needed.add(road_id)
            needed.update(by for _node, by in graph.way(tree, near))
    downstream = {}
    for road_id in needed:
        road = graph.roads[road_id]
        downstream[road_id] = min(road.start_node, road.end_node, key=lambda node: (tree[node][0], node))
    return sorted(downstream.items(), key=lambda item: (tree[item[1]][0], item[0]))


def loads_of(
    village: Village,
    tree: Mapping[int, tuple[float, str | None]],
    flows: Sequence[tuple[str, int]],
    served: Mapping[str, list[Address]],
) -> dict[str, int]:
    loads: dict[str, int] = defaultdict(int)
    for road_id, downstream in flows:
        count = len(served.get(road_id, ()))
        loads[road_id] += count
        for _node, by in village.graph.way(tree, downstream):
            loads[by] += count
    return loads


def size_of(load: int) -> int:
    return next(size for least, size in ((300, 400), (120, 300), (40, 250), (0, 200)) if load >= least)


def shift_place(place: Xy, shift: Xy) -> Xy:
    return round(place[0] + shift[0], 3), round(place[1] + shift[1], 3)


def end_of(village: Village, sink: int, kind: str, name: str, far: float) -> Xy:
    """The plant or the outlet, a little beyond the lowest node towards the river; the pipe that leads there."""
    place = shift_place(village.graph.place(sink), village.shift)
    towards = shapely.shortest_line(Point(place), village.rivers)
    end = towards.coords[-1]
    reach = max(1.0, Point(place).distance(Point(end)))
    step = min(far, reach * 0.9)
    at = (
        round(place[0] + (end[0] - place[0]) / reach * step, 3),
        round(place[1] + (end[1] - place[1]) / reach * step, 3),
    )
    low = ground(at, village.rivers) - 2.4
    village.heights[sink] = round(low + 0.004 * step, 2)
    level = ground(at, village.rivers)
    village.plan.node(at, kind, name=name, system=village.system, invert_z=round(low, 2), cover_z=round(level, 2))
    manhole(village, place, village.heights[sink])
    size = 400 if village.system == WASTEWATER else 600
    village.plan.pipe(
        LineString([place, at]), **pipe_attributes(village, size), start_z=village.heights[sink], end_z=round(low, 2)
    )
    return at


def manhole(village: Village, place: Xy, invert: float) -> float:
    """A manhole whose cover is above its invert; the height of its invert, the lowest that was asked for."""
    at = (round(place[0], 3), round(place[1], 3))
    found = village.plan.nodes.get(at, {})
    low: float = round(min(invert, found.get("invert_z", invert)), 2)
    cover = round(max(ground(at, village.rivers), low + 1.25), 2)
    village.plan.node(at, "manhole", system=village.system, invert_z=low, cover_z=cover, depth_m=round(cover - low, 2),
                      subtype="visitable" if cover - low > 1.8 else "non_visitable", material="btna")  # fmt: skip
    return low


def pipe_attributes(village: Village, size: int) -> dict[str, Any]:
    chance = village.plan.chance
    material, since, until = chance.choice(LAID)
    if village.system == STORMWATER:
        material, since, until = chance.choice((("ba", 1960, 2000), ("btna", 1955, 1985), ("pvc", 1990, 2020)))
    year = chance.randrange(since, until)
    return {
        "system": village.system, "diameter_mm": size, "material": material, "flow_mode": "01", "function": "02",
        "content": village.system, "laid_from_year": year,
        "laid_to_year": min(year + chance.choice((0, 0, 5)), LATEST),
        "year_quality": chance.choice(("02", "05")), "precision_xy": chance.choice("AABBC"),
        "precision_z": chance.choice("ABBC"),
    }  # fmt: skip


def lay(village: Village, road: Road, downstream: int, size: int, outlet: Xy) -> range:
    """The pipes of one road from its upper node to its lower one, with manholes between."""
    upstream = village.graph.other(road.id, downstream)
    line = shift_line(road.geom, *village.shift)
    if road.start_node != upstream:
        line = LineString(line.coords[::-1])
    length = float(line.length)
    parts = max(1, round(length / APART_M))
    stops = [length * n / parts for n in range(1, parts)]
    low = village.heights[downstream]
    high = max(low + 0.004 * length, ground(village.graph.place(upstream), village.rivers) - 1.7)
    high = round(min(high, low + 0.05 * length), 2)
    known = village.heights.get(upstream)
    village.heights[upstream] = high if known is None else min(known, high)
    first = len(village.plan.pipes)
    made = pipe_attributes(village, size)
    for piece, (a, b) in zip(cut(line, stops), spans(length, stops), strict=True):
        start, end = (round(high + (low - high) * at / length, 2) for at in (a, b))
        village.plan.pipe(piece, **made, start_z=start, end_z=end)
        for i, level in ((0, start), (-1, end)):
            manhole(village, (piece.coords[i][0], piece.coords[i][1]), level)
    return range(first, len(village.plan.pipes))


def spans(length: float, stops: Sequence[float]) -> list[tuple[float, float]]:
    ends = [0.0, *stops, length]
    return list(pairwise(ends))


def connect(plan: Plan, served: Sequence[Address], pipes: range) -> None:
    for address in served if pipes else ():
        nearest = min(pipes, key=lambda n: plan.pipes[n][0].distance(address.geom))
        way = plan.pipes[nearest][0]
        foot = way.interpolate(way.project(address.geom))
        at = Point(round(0.72 * address.geom.x + 0.28 * foot.x, 3), round(0.72 * address.geom.y + 0.28 * foot.y, 3))
        values = {"reference": plan.number("BE"), "system": WASTEWATER, "diameter_mm": 125, "material": "pvc",
                  "address": f"{address.label}, {address.postcode} {address.commune}"}  # fmt: skip
        plan.connections.append((at, nearest, values))


def spoil(plan: Plan) -> None:
    """What a survey brings to light: heights read the wrong way round, cells that nobody filled in."""
    gravity = [values for _line, values in plan.pipes if values["start_z"] - values["end_z"] > 0.15]
    for values in plan.chance.sample(gravity, 5):
        values["start_z"], values["end_z"] = values["end_z"], values["start_z"]
    for _line, values in plan.pipes:
        odds = plan.chance.random()
        if odds < 0.04:
            values["diameter_mm"] = None
        elif odds < 0.10:
            values["start_z"] = values["end_z"] = None
