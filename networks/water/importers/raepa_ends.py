"""Where pipes end: lines turned the way they flow, the nodes they name, service connections and their free ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from django.utils.translation import gettext_noop
from shapely.geometry import LineString, Point

from layers.intake.findings import Findings
from layers.intake.sheets import Geometries
from networks.water.code_lists import SINKS, SOURCES
from networks.water.importers.draft import ConnectionRow, Draft, NodeRow, PipeRow

TOGETHER_M: Final = 0.05
"""Ends closer than this are at the same place."""
HANGS_M: Final = 1.0
"""A service connection hangs on the pipe that it comes this close to."""
TOO_FAR_M: Final = 5.0
"""A pipe does not end at a node that is farther from its end."""
TRACE: Final = "TRACE"
"""The line of a service connection, which has no column: WKT beside its point."""
ORDER: Final = {"valve": 0} | dict.fromkeys((*SOURCES, *SINKS), 1)


@dataclass(slots=True)
class Branch:
    """A pipe that serves a user: a connection once its free end is known."""

    key: str
    line: LineString
    pipe_key: str | None
    values: dict[str, Any]
    file: str
    row: int


@dataclass(slots=True)
class HousePoint:
    """A node that RAEPA calls the point of a service connection, and the pipe that it names."""

    node: NodeRow
    pipe_key: str | None


def settle(
    draft: Draft, branches: Sequence[Branch], points: Sequence[HousePoint], findings: Mapping[str, Findings]
) -> None:
    """Lines, keys and connections of one network; what is done to a row is told in the findings of its file."""
    align(draft, findings)
    turn(draft, findings)
    absorb_house_points(draft, branches, points, findings)
    carry_one_of_each_place(draft, findings)
    name_junctions(draft)
    connect(draft, branches)


def ends(lines: Sequence[LineString]) -> tuple[Geometries, Geometries]:
    shapes = np.array([*lines, None], object)[:-1]
    return shapely.get_point(shapes, 0), shapely.get_point(shapes, -1)


def coordinates_of(point: Any) -> tuple[float, float]:
    return float(point.x), float(point.y)


def align(draft: Draft, findings: Mapping[str, Findings]) -> None:
    """Keys that no node has, or whose node is far away, go; lines drawn from their last node to their first turn."""
    nodes = {node.key: node.geom for node in draft.nodes}
    for pipe in draft.pipes:
        forget_unknown(pipe, nodes, findings[pipe.file])
    starts, stops = ends([pipe.geom for pipe in draft.pipes])
    firsts = np.array([nodes.get(pipe.start_key or "") for pipe in draft.pipes] + [None], object)[:-1]
    lasts = np.array([nodes.get(pipe.end_key or "") for pipe in draft.pipes] + [None], object)[:-1]
    straight, crossed = ((a, b) for a, b in ((distances(starts, firsts), distances(stops, lasts)),
                                             (distances(starts, lasts), distances(stops, firsts))))  # fmt: skip
    turned = crossed[0] + crossed[1] + TOGETHER_M < straight[0] + straight[1]
    for at in np.flatnonzero(turned):
        pipe = draft.pipes[at]
        pipe.geom = pipe.geom.reverse()
        findings[pipe.file].add(
            pipe.row, gettext_noop("The line is drawn from IDNTERM to IDNINI: it was turned round.")
        )
    far_start = np.where(turned, crossed[1], straight[0])
    far_end = np.where(turned, crossed[0], straight[1])
    for at in np.flatnonzero(np.nan_to_num(far_start) > TOO_FAR_M):
        drop_far(draft.pipes[at], "IDNINI", float(far_start[at]), findings)
    for at in np.flatnonzero(np.nan_to_num(far_end) > TOO_FAR_M):
        drop_far(draft.pipes[at], "IDNTERM", float(far_end[at]), findings)


def distances(points: Geometries, others: Geometries) -> Geometries:
    return np.asarray(shapely.distance(points, others), float)


def forget_unknown(pipe: PipeRow, nodes: Mapping[str, Any], findings: Findings) -> None:
    for name, key in (("IDNINI", pipe.start_key), ("IDNTERM", pipe.end_key)):
        if key is None or key in nodes:
            continue
        if nodes:
            message = gettext_noop(
                "%(field)s “%(value)s” is in no table of this delivery: the pipe ends where it is drawn."
            )
            findings.add(pipe.row, message, {"field": name, "value": key[:60]})
        drop(pipe, name)


def drop(pipe: PipeRow, name: str) -> None:
    key = pipe.start_key if name == "IDNINI" else pipe.end_key
    pipe.values["more"][name] = key
    if name == "IDNINI":
        pipe.start_key = None
    else:
        pipe.end_key = None


def drop_far(pipe: PipeRow, name: str, distance: float, findings: Mapping[str, Findings]) -> None:
    message = gettext_noop("%(field)s is %(distance)s m from the end of the pipe: the pipe ends where it is drawn.")
    point = pipe.geom.coords[0] if name == "IDNINI" else pipe.geom.coords[-1]
    params = {"field": name, "distance": round(distance)}
    findings[pipe.file].add(pipe.row, message, params, "warning", (float(point[0]), float(point[1])))
    drop(pipe, name)


def turn(draft: Draft, findings: Mapping[str, Findings]) -> None:
    """Sewers flow from their start to their end: those of SENSECOUL 0 are turned round."""
    for pipe in draft.pipes:
        flow = pipe.values.pop("_flow", None)
        if draft.family == "water":
            continue
        if flow == "0":
            pipe.geom = pipe.geom.reverse()
            pipe.start_key, pipe.end_key = pipe.end_key, pipe.start_key
            findings[pipe.file].add(pipe.row, gettext_noop("SENSECOUL is 0: the pipe was turned the way it flows."))
        elif flow is None:
            findings[pipe.file].add(pipe.row, gettext_noop("SENSECOUL is empty: the pipe flows as it is drawn."))


def absorb_house_points(
    draft: Draft, branches: Sequence[Branch], points: Sequence[HousePoint], findings: Mapping[str, Findings]
) -> None:
    """Points of service connections cut no pipe: they are the end of a connection, or one themselves.

    Those that a pipe of the network ends at stay nodes.
    """
    if not points:
        return
    shapes = np.array([*(point.node.geom for point in points), None], object)[:-1]
    used = {key for pipe in draft.pipes for key in (pipe.start_key, pipe.end_key)}
    cutting = near(shapes, np.concatenate(ends([pipe.geom for pipe in draft.pipes])))
    branched = near(shapes, np.concatenate(ends([branch.line for branch in branches])))
    gone: set[int] = set()
    taken = {branch.key for branch in branches}
    for at, point in enumerate(points):
        if point.node.key in used or cutting[at] >= 0:
            continue
        gone.add(id(point.node))
        if branched[at] >= 0:
            branch = branches[branched[at] % len(branches)]
            message = gettext_noop("The point of a service connection was taken with its connection, “%(key)s”.")
            findings[point.node.file].add(point.node.row, message, {"key": branch.key})
        else:
            draft.connections.append(connection_of(point, taken))
    draft.nodes = [node for node in draft.nodes if id(node) not in gone]


def connection_of(point: HousePoint, taken: set[str]) -> ConnectionRow:
    """A connection of which only the point on the pipe is known."""
    node = point.node
    key = f"{node.key[:250]}-PB" if node.key in taken else node.key
    values = {name: value for name, value in node.values.items() if name not in NOT_OF_CONNECTIONS}
    code = "FNAPPASS" if "system" in values else "FNAPPAEP"
    height = node.values.get("invert_z" if "system" in values else "z")
    values["more"] = node.values["more"] | {code: "01-00"} | ({"Z": str(height)} if height is not None else {})
    if "reference" in values:
        values["reference"] = key
    return ConnectionRow(key=key, geom=node.geom, pipe_key=point.pipe_key, values=values, file=node.file, row=node.row)


NOT_OF_CONNECTIONS: Final = frozenset({"kind", "subtype", "z", "invert_z", "cover_z", "more"})


def near(points: Geometries, others: Geometries) -> list[int]:
    """Of each point, the number of one of the others at the same place; -1 for none."""
    nearby = [-1] * len(points)
    if len(others):
        mine, theirs = shapely.STRtree(others).query(points, predicate="dwithin", distance=TOGETHER_M)
        for at, other in zip(mine.tolist(), theirs.tolist(), strict=True):
            nearby[at] = other
    return nearby


def carry_one_of_each_place(draft: Draft, findings: Mapping[str, Findings]) -> None:
    """Of several nodes at one place (a valve in its chamber), one carries the pipes: the valve, else the first."""
    instead: dict[str, str] = {}
    for nodes in sharing_a_place(draft.nodes):
        first = min(nodes, key=lambda node: ORDER.get(node.values["kind"], 2))
        for node in nodes:
            if node is not first:
                instead[node.key] = first.key
                message = gettext_noop("“%(key)s” is at the same place as “%(other)s”, which carries the pipes.")
                findings[node.file].add(
                    node.row, message, {"key": node.key, "other": first.key}, "warning", coordinates_of(node.geom)
                )
    for pipe in draft.pipes if instead else ():
        pipe.start_key = instead.get(pipe.start_key or "", pipe.start_key)
        pipe.end_key = instead.get(pipe.end_key or "", pipe.end_key)


def sharing_a_place(nodes: Sequence[NodeRow]) -> list[list[NodeRow]]:
    """Nodes at the same millimetre as another, by place."""
    if not nodes:
        return []
    rounded = np.round(shapely.get_coordinates([node.geom for node in nodes]), 3)
    _places, numbers, counts = np.unique(rounded, axis=0, return_inverse=True, return_counts=True)
    shared: dict[int, list[NodeRow]] = {}
    for at in np.flatnonzero(counts[numbers.ravel()] > 1).tolist():
        shared.setdefault(int(numbers.ravel()[at]), []).append(nodes[at])
    return list(shared.values())


def name_junctions(draft: Draft) -> None:
    """A fitting of which nothing is known, where pipes end, is a junction."""
    field = "FNAPPAEP" if draft.family == "water" else "FNAPPASS"
    unknown = [node for node in draft.nodes if node.values["more"].get(field) == "00-00"]
    if not unknown:
        return
    shapes = np.array([*(node.geom for node in unknown), None], object)[:-1]
    for node, end in zip(unknown, near(shapes, np.concatenate(ends([pipe.geom for pipe in draft.pipes]))), strict=True):
        if end >= 0:
            node.values["kind"] = "junction"
            del node.values["more"][field]


def connect(draft: Draft, branches: Sequence[Branch]) -> None:
    """Service connections at the free end of their line; they hang on the pipe that they name or reach."""
    if not branches:
        return
    keys = {pipe.key for pipe in draft.pipes}
    starts, stops = ends([branch.line for branch in branches])
    start_pipe, start_far = nearest(draft.pipes, starts)
    stop_pipe, stop_far = nearest(draft.pipes, stops)
    for at, branch in enumerate(branches):
        free_at_start = start_far[at] > stop_far[at]
        point: Point = starts[at] if free_at_start else stops[at]
        reached = stop_pipe[at] if free_at_start else start_pipe[at]
        gap = min(start_far[at], stop_far[at])
        values = branch.values
        values["more"][TRACE] = shapely.to_wkt(branch.line, rounding_precision=3)
        pipe_key = branch.pipe_key if branch.pipe_key in keys else None
        if branch.pipe_key and pipe_key is None:
            values["more"]["IDCANPPALE"] = branch.pipe_key
        if pipe_key is None and gap <= HANGS_M:
            pipe_key = draft.pipes[reached].key
        draft.connections.append(
            ConnectionRow(
                key=branch.key, geom=point, pipe_key=pipe_key, values=values, file=branch.file, row=branch.row
            )
        )


def nearest(pipes: Sequence[PipeRow], points: Geometries) -> tuple[Geometries, Geometries]:
    """Of each point the nearest pipe's number, and how far it is."""
    closest, far = np.zeros(len(points), int), np.full(len(points), np.inf)
    if pipes:
        tree = shapely.STRtree([pipe.geom for pipe in pipes])
        (mine, theirs), away = tree.query_nearest(points, return_distance=True, all_matches=False)
        closest[mine], far[mine] = theirs, away
    return closest, far
