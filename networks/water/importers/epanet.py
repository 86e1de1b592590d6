"""EPANET input files (.inp) as drafts of drinking water networks.

A junction keeps its name as reference; a tank is a tank, a reservoir (a source without end) a catchment. In EPANET a
valve or a pump is a link between two nodes; here it is a node. It becomes one halfway on its link, between two short
pipes: both junctions keep their names, and two valves at one junction stay two. Where two plain junctions are in one
place, the valve stands there; where a tank or another fitting does, too, an end is drawn a metre aside. A closed pipe
says that a valve is shut on it: one is put halfway. EPANET names nodes and links apart: a fitting whose name is that of
a node has EPANET's word behind it (“9 (PUMP)”). What has no column is kept under EPANET's names.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import hypot, isfinite
from pathlib import Path
from typing import Any, Final

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from shapely import STRtree, points
from shapely.geometry import LineString, Point
from shapely.ops import substring

from gis_core.errors import Invalid
from gis_core.files.reader import EpanetLink, EpanetNetwork, EpanetNode, ReadRefused, RestrictedReader
from layers.intake.findings import of_reader
from networks.water.importers.draft import Draft, NodeRow, PipeRow
from networks.water.topology import TOLERANCE_M

SOURCE: Final = "EPANET"
LAMBERT_93: Final = 2154
DOMAIN: Final = (-400_000.0, 5_900_000.0, 1_600_000.0, 7_300_000.0)
KINDS: Final = {"junction": "junction", "tank": "tank", "reservoir": "catchment"}
REGULATORS: Final = frozenset({"prv", "psv", "pbv", "fcv"})
ON_LINKS: Final = frozenset({"pump", "tcv", "gpv", *REGULATORS})
KEYWORDS: Final = {
    "prv": "Réducteur de pression",
    "psv": "Stabilisateur amont",
    "pbv": "Brise-charge",
    "fcv": "Limiteur de débit",
    "tcv": "Vanne de réglage",
    "gpv": "Vanne à courbe",
}
SHORTEST_M: Final = 4 * TOLERANCE_M
SMALLEST_BEND_M: Final = 0.5
LARGEST_BEND_M: Final = 2.0
ASIDE_STEPS: Final = 5
APART_M: Final = 1.0
DIRECTIONS: Final = 8

type Places = dict[Any, list[tuple[float, float]]]
"""Positions in EPSG:2154: of nodes by their name, of a link's vertices by its name in a tuple."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """Where coordinates lie: in a system (`crs`, an EPSG code); or, of a free drawing, where its south-west corner is
    (`corner`, EPSG:2154), and how many metres one of its units is (`scale`).
    """

    crs: int | None = None
    corner: tuple[float, float] | None = None
    scale: float = 1.0


def read_epanet(paths: Sequence[Path], placing: Placing) -> list[Draft]:
    """The draft of one input file. Raises Invalid for several, and where nobody said where it lies."""
    if len(paths) != 1:
        raise Invalid(_("Send one EPANET file at a time."), parameter="file")
    name = paths[0].name
    draft = Draft(family="water", source=f"{SOURCE}: {name}")
    try:
        with RestrictedReader() as reader:
            network = reader.epanet(reader.admit(paths[0]))
    except ReadRefused as refused:
        draft.findings.append(replace(of_reader(refused.problem, name), row=None))
        return [draft]
    for problem in network.problems:
        what = {"code": problem.code, "params": problem.params}
        message = gettext_noop("%(name)s: %(what)s")
        draft.add_finding(name, problem.index, message, {"name": problem.identifier, "what": what})
    if not network.has_units:
        message = gettext_noop(
            "The file says nothing of its units: American ones (%(units)s: feet, inches) are taken, as EPANET does. If"
            " they are metric, write “Units LPS” under [OPTIONS]."
        )
        draft.add_finding(name, None, message, {"units": network.units}, "warning")
    places = positions_of(network, placing)
    separate_ends(draft, name, network, places)
    fill_draft(draft, name, network, places)
    return [draft]


# -- places -----------------------------------------------------------------------------------------------------------


def positions_of(network: EpanetNetwork, placing: Placing) -> Places:
    """Positions of nodes (by name) and vertices of links (by name in a tuple), in EPSG:2154. Raises Invalid."""
    nodes = {node.name: [node.place] for node in network.nodes if node.place}
    links = {(link.name,): list(link.vertices) for link in network.links if link.vertices}
    held: list[tuple[Any, list[tuple[float, float]]]] = [*nodes.items(), *links.items()]
    flat = np.array([place for _name, places in held for place in places], dtype=float).reshape(-1, 2)
    moved = to_lambert(flat, placing)
    place_of_node, first = {}, 0
    for name, places in held:
        place_of_node[name] = [(float(x), float(y)) for x, y in moved[first : first + len(places)]]
        first += len(places)
    return place_of_node


def to_lambert(places: Any, placing: Placing) -> Any:
    import pyproj
    from pyproj.exceptions import CRSError

    if placing.corner is not None:
        if not (isfinite(placing.scale) and 0 < placing.scale <= 10_000):
            raise Invalid(_("One unit of the drawing must be between 0 and 10,000 metres."), parameter="scale")
        return (places - places.min(axis=0)) * placing.scale + np.array(placing.corner)
    if placing.crs is None:
        raise Invalid(
            _(
                "An EPANET file does not say in which system its coordinates are. Give its EPSG code (Lambert-93 is"
                " 2154, CC48 is 3948), or, for a drawing without one, where its south-west corner lies and its scale."
            ),
            parameter="crs",
        )
    try:
        change = pyproj.Transformer.from_crs(placing.crs, LAMBERT_93, always_xy=True)
    except CRSError as error:
        message = _("There is no coordinate system EPSG:%(crs)s.")
        raise Invalid(message % {"crs": placing.crs}, parameter="crs") from error
    moved = np.column_stack(change.transform(places[:, 0], places[:, 1]))
    west, south, east, north = DOMAIN
    inside = (moved[:, 0] > west) & (moved[:, 0] < east) & (moved[:, 1] > south) & (moved[:, 1] < north)
    if len(moved) and not inside.any():
        message = _("None of the network lies in metropolitan France as EPSG:%(crs)s: check the code.")
        raise Invalid(message % {"crs": placing.crs}, parameter="crs")
    return np.where(np.isfinite(moved), moved, 0.0)


def separate_ends(draft: Draft, file: str, network: EpanetNetwork, places: Places) -> None:
    """Draw an end of fittings without length aside where a tank, a reservoir or another fitting is at it: two plain
    junctions that nothing else shares become the fitting (`stand_at_ends`). `places` in EPSG:2154 are changed.
    """
    short = [link for link in network.links if is_without_length(link, places)]
    if not short:
        return
    shared = Counter(name for link in short for name in (link.start, link.end))
    fixed = {node.name for node in network.nodes if node.kind != "junction"}
    tree = STRtree([line_of(link, places) for link in network.links if link.start in places and link.end in places])
    for link in short:
        ends = (link.start, link.end)
        are_plain = fixed.isdisjoint(ends) and max(shared[name] for name in ends) == 1
        if are_plain or not is_without_length(link, places):
            continue
        moved = link.start if link.end in fixed and link.start not in fixed else link.end
        places[moved] = [free_place(places[moved][0], tree)]
        message = gettext_noop(
            "%(name)s has no length, and a tank or another fitting is at its end: that end is drawn %(metres)s m aside."
        )
        draft.add_finding(file, link.row, message, {"name": link.name, "metres": APART_M}, "warning")


def is_without_length(link: EpanetLink, places: Places) -> bool:
    """Whether a valve or a pump has both ends in one place."""
    drawn = link.kind in ON_LINKS and link.start in places and link.end in places
    return drawn and line_of(link, places).length < SHORTEST_M


def line_of(link: EpanetLink, places: Places) -> LineString:
    """A link from node to node by its vertices, in EPSG:2154."""
    return LineString([places[link.start][0], *places.get((link.name,), []), places[link.end][0]])


def free_place(place: tuple[float, float], tree: STRtree) -> tuple[float, float]:
    """The place a metre from another one that lies farthest from the lines of a tree."""
    angles = np.arange(DIRECTIONS) * 2 * np.pi / DIRECTIONS
    around = np.column_stack((place[0] + APART_M * np.cos(angles), place[1] + APART_M * np.sin(angles)))
    (at, _line), metres = tree.query_nearest(points(around), return_distance=True, all_matches=False)
    x, y = around[at[int(np.argmax(metres))]]
    return float(x), float(y)


# -- rows -------------------------------------------------------------------------------------------------------------


def fill_draft(draft: Draft, name: str, network: EpanetNetwork, places: Places) -> None:
    """Nodes, then links between nodes that have a place."""
    names = {node.name for node in network.nodes}
    for node in network.nodes:
        if node.name in places:
            draft.nodes.append(node_of(node, Point(places[node.name][0]), name))
    drawn: dict[frozenset[str], list[LineString]] = defaultdict(list)
    for link in network.links:
        if link.start not in places or link.end not in places:
            continue
        line = line_of(link, places)
        beside = drawn[frozenset((link.start, link.end))]
        if before := sum(line.hausdorff_distance(other) < SMALLEST_BEND_M for other in beside):
            line = bend_line(line, len(beside) + before - 1)
            message = gettext_noop("%(name)s lies on another link between the same nodes: it is drawn beside it.")
            draft.add_finding(name, link.row, message, {"name": link.name}, "warning")
        beside.append(line)
        if link.kind in ON_LINKS:
            reference = f"{link.name} ({link.kind.upper()})" if link.name in names else link.name
            fitting_of(draft, link, line, name, reference)
        elif link.closed:
            message = gettext_noop(
                "%(name)s is closed: a closed valve is put halfway. Move it to where the valve really is."
            )
            draft.add_finding(name, link.row, message, {"name": link.name}, "warning")
            between(draft, pipe_of(link, line, name), valve_on(link, line, name))
        else:
            draft.pipes.append(pipe_of(link, line, name))
    lay_aside(draft)
    if any(link.kind == "cv" for link in network.links):
        message = gettext_noop("%(count)s pipes have a check valve: kept aside, water is taken to pass both ways.")
        count = sum(link.kind == "cv" for link in network.links)
        draft.add_finding(name, None, message, {"count": count}, "warning")


def bend_line(line: LineString, times: int) -> LineString:
    """A line beside another one, as parallel pumps are: its middle is put aside, further each time."""
    middle = line.interpolate(0.5, normalized=True)
    before, after = line.interpolate(0.49, normalized=True), line.interpolate(0.51, normalized=True)
    east, north = after.x - before.x, after.y - before.y
    far = min(LARGEST_BEND_M, max(SMALLEST_BEND_M, line.length / 50)) * times / (hypot(east, north) or 1.0)
    aside = (middle.x - north * far, middle.y + east * far)
    first, second = substring(line, 0, line.length / 2), substring(line, line.length / 2, line.length)
    return LineString([*first.coords[:-1], aside, *second.coords[1:]]) if line.length else line


def lay_aside(draft: Draft) -> None:
    """Fittings that the middle of their link puts on another link go beside it, or they would cut it."""
    ends: dict[str, list[PipeRow]] = defaultdict(list)
    for row in draft.pipes:
        for key in (row.start_key, row.end_key):
            ends[key or ""].append(row)
    marks = {"epanet_link", "epanet_closed"}
    fittings = [node for node in draft.nodes if marks & dict(node.values.get("more") or {}).keys()]
    for step in range(1, ASIDE_STEPS + 1):
        tree = STRtree([row.geom for row in draft.pipes])
        crowded = [node for node in fittings if lies_on_others(node, draft, tree)]
        for node in crowded:
            put_aside(node, ends[node.key], SMALLEST_BEND_M * step * 0.7)
        if not crowded:
            return


def lies_on_others(node: NodeRow, draft: Draft, tree: STRtree) -> bool:
    near = tree.query(node.geom, predicate="dwithin", distance=TOLERANCE_M).tolist()
    return any(node.key not in (draft.pipes[at].start_key, draft.pipes[at].end_key) for at in near)


def put_aside(node: NodeRow, own: Sequence[PipeRow], metres: float) -> None:
    """To the right of its first pipe."""
    if not own:
        return
    (x, y), (to_x, to_y) = (own[0].geom.coords[at] for at in (0, -1))
    far = metres / (hypot(to_x - x, to_y - y) or 1.0)
    node.geom = Point(node.geom.x + (to_y - y) * far, node.geom.y - (to_x - x) * far)
    for row in own:
        places = list(row.geom.coords)
        places[0 if row.start_key == node.key else -1] = (node.geom.x, node.geom.y)
        row.geom = LineString(places)


def node_of(node: EpanetNode, point: Point, file: str) -> NodeRow:
    values: dict[str, Any] = {"kind": KINDS.get(node.kind, "junction"), "reference": node.name}
    values["z"] = round(node.height, 3)
    if node.volume_m3 is not None:
        values["capacity_m3"] = round(node.volume_m3, 1)
    return NodeRow(key=node.name, geom=point, values=values, file=file, row=node.row)


def pipe_of(link: EpanetLink, line: LineString, file: str) -> PipeRow:
    values: dict[str, Any] = {"reference": link.name, "content": "02"}
    if link.diameter_m:
        values["diameter_mm"] = max(1, round(link.diameter_m * 1000))
    if link.length_m is not None:
        values["declared_length_m"] = round(link.length_m, 2)
    more = {"roughness": link.roughness, "check_valve": True if link.kind == "cv" else None}
    values["more"] = {name: value for name, value in more.items() if value is not None}
    return PipeRow(
        key=link.name, geom=line, start_key=link.start, end_key=link.end, values=values, file=file, row=link.row
    )


def valve_on(link: EpanetLink, line: LineString, file: str) -> NodeRow:
    """The shut valve that a closed pipe stands for."""
    values: dict[str, Any] = {"kind": "valve", "position": "closed"}
    values["comment"] = _("Put halfway on pipe %(name)s, closed in EPANET") % {"name": link.name}
    values["more"] = {"epanet_closed": link.name}
    if link.diameter_m:
        values["diameter_mm"] = max(1, round(link.diameter_m * 1000))
    key = f"{link.name} (valve)"
    return NodeRow(key=key, geom=line.interpolate(0.5, normalized=True), values=values, file=file, row=link.row)


def fitting_of(draft: Draft, link: EpanetLink, line: LineString, file: str, reference: str) -> None:
    """A valve, a regulator or a pump on its link, under a reference that no node has."""
    kind = "pump" if link.kind == "pump" else "regulator" if link.kind in REGULATORS else "valve"
    values: dict[str, Any] = {"kind": kind, "reference": reference, "more": {"epanet_link": link.kind}}
    if reference != link.name:
        values["more"]["epanet_name"] = link.name
    if word := KEYWORDS.get(link.kind):
        values["subtype"] = word
    if link.diameter_m:
        values["diameter_mm"] = max(1, round(link.diameter_m * 1000))
    if link.closed and kind == "valve":
        values["position"] = "closed"
    elif link.closed:
        values["more"]["epanet_status"] = "closed"
    node = NodeRow(
        key=f"{link.name} ({kind})", geom=line.interpolate(0.5, normalized=True), values=values, file=file, row=link.row
    )
    if line.length < SHORTEST_M:
        stand_at_ends(draft, link, node)
        return
    pipe = pipe_of(link, line, file)
    pipe.values = {"content": "02", "more": {"epanet_link": link.name}}
    if link.diameter_m:
        pipe.values["diameter_mm"] = max(1, round(link.diameter_m * 1000))
    between(draft, pipe, node)


def stand_at_ends(draft: Draft, link: EpanetLink, node: NodeRow) -> None:
    """On a link without length: the two junctions become the fitting."""
    ends = {row.key: row for row in draft.nodes if row.key in (link.start, link.end)}
    node.geom = ends[link.start].geom
    node.values["more"]["same_place"] = [{"reference": row.values["reference"]} for row in ends.values()]
    for row in ends.values():
        draft.nodes.remove(row)
    for pipe in draft.pipes:
        pipe.start_key = node.key if pipe.start_key in ends else pipe.start_key
        pipe.end_key = node.key if pipe.end_key in ends else pipe.end_key
    draft.nodes.append(node)


def between(draft: Draft, pipe: PipeRow, node: NodeRow) -> None:
    """A node halfway on a pipe: two pieces, of which the first keeps the reference."""
    draft.nodes.append(node)
    draft.pipes += list(split_pipe(pipe, node))


def split_pipe(pipe: PipeRow, node: NodeRow) -> Iterator[PipeRow]:
    middle = pipe.geom.length / 2
    first, second = substring(pipe.geom, 0, middle), substring(pipe.geom, middle, pipe.geom.length)
    values = {name: value for name, value in pipe.values.items() if name not in ("reference", "declared_length_m")}
    values["more"] = dict(values.get("more") or {}) | {"piece_of": pipe.key}
    common: dict[str, Any] = {"file": pipe.file, "row": pipe.row}
    whole = {name: value for name, value in pipe.values.items() if name != "declared_length_m"}
    yield PipeRow(key=pipe.key, geom=first, start_key=pipe.start_key, end_key=node.key, values=whole, **common)
    yield PipeRow(key=f"{pipe.key} (2)", geom=second, start_key=node.key, end_key=pipe.end_key, values=values, **common)
