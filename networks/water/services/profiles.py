"""Which pipes a profile goes through, and what is on record of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import hypot
from typing import Any

from django.contrib.gis.db.models.functions import Length
from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.database.statements import fetch_all
from gis_core.desk.parameters import integer
from gis_core.errors import Invalid, NotFound, Unavailable
from gis_core.http.admission import TRACE, limit_concurrency
from gis_core.members.rights import Rights
from gis_core.models import Member
from networks.water import code_lists
from networks.water.families import FamilyName
from networks.water.models import SewerNode, SewerPipe, WaterNode, WaterPipe
from networks.water.profile.layout import EXAGGERATIONS, SCALES, USUAL
from networks.water.profile.path import Branched, Edge, Graph, in_order, reach_nodes, shortest
from networks.water.profile.points import NodeData, PipeData, Profile, Step, profile_of
from networks.water.services.natural_ground import with_natural_ground
from networks.water.services.visible import visible

MOST_PIPES = 600
MOST_EDGES = 500_000
LARGEST_ID = 2**63 - 1
LONGEST_REFERENCE = 254
PRESSED = ("02", "03")
"""How pipes flow that need not fall (`code_lists.FLOW_MODES`)."""
NODE_COLUMNS = ("id", "reference", "kind", "name", "ground_z", "precision_z", "owner_id")
PIPE_COLUMNS = (
    *("id", "start_node_id", "end_node_id", "reference", "material", "diameter_mm", "start_z", "end_z", "depth_m"),
    *("precision_z", "flow_mode", "service_state", "owner_id"),
)
# Downstream of a node: every pipe that its water can take, each once.
DOWNSTREAM = """
    with recursive down as (
        select p.id, p.start_node_id, p.end_node_id from sewer_pipe p
            where p.start_node_id = %(start)s and p.owner_id = %(owner)s and p.service_state = %(state)s
        union
        select p.id, p.start_node_id, p.end_node_id from down d
            join sewer_pipe p on p.start_node_id = d.end_node_id
            where p.owner_id = %(owner)s and p.service_state = %(state)s)
    select d.id, d.start_node_id, d.end_node_id, st_length(p.geom) from (select * from down limit %(most)s) d
        join sewer_pipe p on p.id = d.id
"""
WHOLE = """
    select p.id, p.start_node_id, p.end_node_id, st_length(p.geom) from {pipes} p
    where p.owner_id = %(owner)s and p.service_state = %(state)s {within} limit %(most)s
"""
WITHIN = """and p.geom && st_makeenvelope((%(box)s::float8[])[1], (%(box)s::float8[])[2],
        (%(box)s::float8[])[3], (%(box)s::float8[])[4], 2154)"""
CLOSE_M, FAR_M = 1_000.0, 200_000.0
"""How far around a way is looked for at first; beyond the last, everywhere."""


class Branches(Invalid):
    """The pipes that are asked for are no single way; `longest` is one that can be drawn."""

    def __init__(self, message: str, longest: Sequence[int]) -> None:
        super().__init__(message, parameter="pipes", longest=list(longest))
        self.longest = longest


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A way: pipes, or from a node (or a pipe) to another one; without an end, to the outlet of a sewer, to a source of
    drinking water. Nodes are given by id, or by the reference that people know."""

    family: FamilyName = "sewer"
    pipes: tuple[int, ...] = ()
    pipe: int | None = None
    start: int | None = None
    end: int | None = None
    start_reference: str = ""
    end_reference: str = ""
    scale: int | None = None
    exaggeration: int = USUAL

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> "Request":
        """The profile that a query string asks for: a network, pipes or both ends, scales. Raises Invalid."""
        family = given.get("family") or "sewer"
        if family not in ("water", "sewer"):
            raise Invalid(_("The network is “water” or “sewer”."), parameter="family")
        return cls(
            family="water" if family == "water" else "sewer",
            pipes=identifiers(given.get("pipes", "")),
            pipe=identifier(given, "pipe"),
            start=identifier(given, "from"),
            end=identifier(given, "to"),
            start_reference=given.get("from_ref", "").strip()[:LONGEST_REFERENCE],
            end_reference=given.get("to_ref", "").strip()[:LONGEST_REFERENCE],
            scale=one_of(given, "scale", SCALES),
            exaggeration=one_of(given, "exaggeration", EXAGGERATIONS) or USUAL,
        )

    @property
    def names_pipes(self) -> bool:
        return bool(self.pipes or self.pipe or self.start or self.end or self.start_reference or self.end_reference)


def identifiers(text: str) -> tuple[int, ...]:
    """Ids between commas, each once, in their order. Raises Invalid."""
    parts = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if len(parts) > MOST_PIPES:
        raise Invalid(_("A profile goes through %(most)s pipes at most.") % {"most": MOST_PIPES}, parameter="pipes")
    return tuple(integer({"pipes": part}, "pipes", 0, 1, LARGEST_ID) for part in parts)


def identifier(given: Mapping[str, str], name: str) -> int | None:
    return integer(given, name, 0, 1, LARGEST_ID) or None


def one_of(given: Mapping[str, str], name: str, offered: Sequence[int]) -> int | None:
    value = integer(given, name, 0, 1, 1_000_000) or None
    if value is not None and value not in offered:
        message = _("“%(name)s” is one of: %(values)s.")
        raise Invalid(message % {"name": name, "values": ", ".join(map(str, offered))}, parameter=name)
    return value


@dataclass(frozen=True, slots=True)
class Drawn:
    """A profile, whose network it is, and what a reader should know of the way that was taken."""

    profile: Profile
    member: Member
    notes: Sequence[str]

    @property
    def pipes(self) -> list[int]:
        return [one.pipe.id for one in self.profile.stretches]


@limit_concurrency(TRACE)
def profile_for(request: Request, rights: Rights) -> Drawn:
    """The profile of a way. Raises Invalid, Branches, NotFound, Unavailable."""
    notes: list[str] = []
    if request.pipes:
        ids: Sequence[int] = request.pipes
    else:
        ids = way(with_nodes(request, rights), rights, notes.append)
    pipes, owner = pipes_on_record(request.family, ids, rights)
    steps = order_steps(request.family, pipes, keep_order=not request.pipes)
    nodes = nodes_on_record(request.family, {node for one in pipes for node in (one.start, one.end)}, rights)
    profile = profile_of(request.family, steps, nodes)
    try:
        profile = with_natural_ground(profile, rights)
    except Unavailable as error:  # A file of the model is missing: the network is drawn all the same.
        notes.append(str(error.message))
    return Drawn(profile, Member.objects.get(pk=owner), notes)


def order_steps(family: FamilyName, pipes: Sequence[PipeData], *, keep_order: bool) -> list[Step]:
    """The pipes one after another. A way that was searched is in its order already. Raises Branches."""
    if keep_order and len(pipes) > 1:
        node = start_of_way(pipes[0], pipes[1])
        steps = []
        for pipe in pipes:
            steps.append(Step(pipe, backwards=pipe.start != node))
            node = steps[-1].last
        return steps
    try:
        return in_order(family, pipes)
    except Branched as branched:
        message = _("These pipes do not touch one another: a profile is drawn along one way.")
        if not branched.apart:
            message = _("These pipes have several branches: a profile is drawn along one way.")
        raise Branches(message, branched.longest) from None


def start_of_way(first: PipeData, second: PipeData) -> int:
    """The node at which a way begins that goes on with the second pipe."""
    return first.start if first.end in (second.start, second.end) else first.end


# -- what is on record ------------------------------------------------------------------------------------------------


def pipes_on_record(family: FamilyName, ids: Sequence[int], rights: Rights) -> tuple[list[PipeData], int]:
    """In the order of their ids, and their owner. Raises NotFound."""
    model = WaterPipe if family == "water" else SewerPipe
    rows = visible(model, rights).filter(pk__in=ids).annotate(metres=Length("geom"))
    pipes = {row["id"]: row for row in rows.values(*PIPE_COLUMNS, "metres")}
    if missing := [one for one in ids if one not in pipes]:
        message = _("Pipe %(pipe)s is not there, or you may not see it.")
        raise NotFound(message % {"pipe": missing[0]}, parameter="pipes")
    return [pipe_data(pipes[one]) for one in ids], pipes[ids[0]]["owner_id"]


def pipe_data(row: Mapping[str, Any]) -> PipeData:
    return PipeData(
        id=row["id"],
        start=row["start_node_id"],
        end=row["end_node_id"],
        length_m=row["metres"].m,
        reference=row["reference"],
        material=row["material"],
        diameter_mm=row["diameter_mm"],
        start_z=row["start_z"],
        end_z=row["end_z"],
        depth_m=row["depth_m"],
        accuracy=row["precision_z"],
        under_pressure=row["flow_mode"] in PRESSED,
        in_service=row["service_state"] == code_lists.IN_SERVICE,
    )


def nodes_on_record(family: FamilyName, ids: set[int], rights: Rights) -> dict[int, NodeData]:
    if family == "water":
        rows = visible(WaterNode, rights).filter(pk__in=ids).values(*NODE_COLUMNS, "z")
        return {row["id"]: node_data(row, None, row["z"], None) for row in rows}
    measured = ("cover_z", "invert_z", "depth_m")
    rows = visible(SewerNode, rights).filter(pk__in=ids).values(*NODE_COLUMNS, *measured)
    return {row["id"]: node_data(row, *(row[name] for name in measured)) for row in rows}


def node_data(row: Mapping[str, Any], top: float | None, bottom: float | None, depth: float | None) -> NodeData:
    return NodeData(
        id=row["id"],
        reference=row["reference"],
        kind=row["kind"],
        name=row["name"],
        top_z=top,
        ground_z=row["ground_z"],
        bottom_z=bottom,
        depth_m=depth,
        accuracy=row["precision_z"],
    )


# -- the way from one node to another ---------------------------------------------------------------------------------


def with_nodes(request: Request, rights: Rights) -> Request:
    """References made ids; a pipe alone starts where its water comes from. Raises NotFound, Invalid."""
    start, end = request.start, request.end
    if request.pipe and not start:
        (pipe,), _owner = pipes_on_record(request.family, [request.pipe], rights)
        start = pipe.start
    if request.start_reference and not start:
        start = node_called(request.family, request.start_reference, "from_ref", rights)
    if request.end_reference and not end:
        end = node_called(request.family, request.end_reference, "to_ref", rights)
    if start is None:
        raise Invalid(_("Say where the profile starts."), parameter="from_ref")
    if start == end:
        raise Invalid(_("The profile starts and ends at the same node: choose two."), parameter="to_ref")
    return replace(request, start=start, end=end)


def node_called(family: FamilyName, reference: str, parameter: str, rights: Rights) -> int:
    model = WaterNode if family == "water" else SewerNode
    nodes = list(visible(model, rights).filter(reference=reference).values_list("pk", flat=True)[:2])
    if not nodes:
        message = _("No node has the reference “%(reference)s” in this network.")
        raise NotFound(message % {"reference": reference}, parameter=parameter)
    if len(nodes) > 1:
        message = _("Several members have a node “%(reference)s”: open the profile from its sheet on the map.")
        raise Invalid(message % {"reference": reference}, parameter=parameter)
    return int(nodes[0])


def way(request: Request, rights: Rights, note: Callable[[str], None]) -> list[int]:
    """The ids of the pipes, in order. Raises NotFound, Unavailable."""
    start, end = request.start or 0, request.end
    owner = owner_of(request.family, start, rights)
    if end is not None:
        owner_of(request.family, end, rights)
    if request.family == "water":
        edges_on_way = way_of_water(start, end, owner, rights)
    elif end is None:
        edges_on_way = way_to_outlet(start, owner, rights, note)
    else:
        edges_on_way = way_with_flow(start, end, owner, note)
    if len(edges_on_way) > MOST_PIPES:
        message = _("This way goes through %(count)s pipes, a profile through %(most)s at most: choose a nearer end.")
        raise Invalid(message % {"count": len(edges_on_way), "most": MOST_PIPES}, parameter="to_ref")
    return edges_on_way


def owner_of(family: FamilyName, node: int, rights: Rights) -> int:
    model = WaterNode if family == "water" else SewerNode
    owner = visible(model, rights).filter(pk=node).values_list("owner_id", flat=True).first()
    if owner is None:
        raise NotFound(_("Node %(node)s is not there, or you may not see it.") % {"node": node})
    return int(owner)


def way_to_outlet(start: int, owner: int, rights: Rights, note: Callable[[str], None]) -> list[int]:
    """To the nearest outlet or treatment plant along the flow; to the farthest end where there is none."""
    graph = Graph.of(downstream(start, owner), directed=True)
    distances, _before = reach_nodes(graph, start)
    if len(distances) < 2:
        raise NotFound(_("No pipe in service leaves this node: there is nothing downstream."))
    nodes = visible(SewerNode, rights).filter(pk__in=list(distances), kind__in=code_lists.SINKS)
    sinks = set(nodes.values_list("pk", flat=True)) - {start}
    if not sinks:
        note(_("No outlet and no treatment plant is reached: the profile ends where the network ends."))
        tips = [node for node in distances if node not in graph.leaving] or list(distances)
        sinks = {max(tips, key=lambda node: distances[node])}
    return [edge.id for edge, _node in shortest(graph, start, sinks) or []]


def way_with_flow(start: int, end: int, owner: int, note: Callable[[str], None]) -> list[int]:
    """From the upper node to the lower one, whichever was named first. Raises NotFound."""
    for first, last in ((start, end), (end, start)):
        if path := shortest(Graph.of(downstream(first, owner), directed=True), first, {last}):
            if first != start:
                note(_("The water flows the other way: the profile begins at its upper end."))
            return [edge.id for edge, _node in path]
    raise NotFound(_("Water does not flow from one of these nodes to the other: choose two on the same branch."))


def way_of_water(start: int, end: int | None, owner: int, rights: Rights) -> list[int]:
    """To a node, or to the nearest source not behind a closed valve. Raises NotFound."""
    nodes = visible(WaterNode, rights).filter(owner_id=owner)
    ends, shut = {end} if end is not None else set[int](), set[int]()
    if end is None:
        working = nodes.filter(service_state=code_lists.IN_SERVICE)
        ends = set(working.filter(kind__in=code_lists.SOURCES).values_list("pk", flat=True)) - {start}
        shut = set(working.filter(kind="valve", position="closed").values_list("pk", flat=True)) - {start}
    places = list(nodes.filter(pk__in={start, end} - {None}).values_list("geom", flat=True))
    if ends and (path := nearest_way(start, ends, shut, Ground.of(places), owner)):
        return [edge.id for edge, _node in path]
    if end is not None:
        raise NotFound(_("No pipes in service lead from one of these nodes to the other."))
    raise NotFound(_("No source is reached from this node: none is connected, or closed valves are in between."))


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a way begins and, if that is known, ends (EPSG:2154)."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]

    @classmethod
    def of(cls, places: Sequence[Any]) -> "Ground":
        return cls(tuple(one.x for one in places), tuple(one.y for one in places))

    def around(self, metres: float) -> tuple[float, float, float, float]:
        return min(self.xs) - metres, min(self.ys) - metres, max(self.xs) + metres, max(self.ys) + metres

    def strays(self, length: float) -> float:
        """How far outside at most a way of this length goes: half of what it has to spare, when it ends here."""
        if len(self.xs) < 2:
            return length
        return (length - hypot(self.xs[1] - self.xs[0], self.ys[1] - self.ys[0])) / 2


def nearest_way(
    start: int, ends: set[int], shut: set[int], ground: Ground, owner: int
) -> list[tuple[Edge, int]] | None:
    """The shortest way, looked for close by first: a longer one may hide no shorter one outside of what was read."""
    margin = CLOSE_M
    while True:
        whole = margin > FAR_M
        graph = Graph.of(whole_network("water_pipe", owner, None if whole else ground.around(margin)), directed=False)
        for valve in shut:
            graph.leaving.pop(valve, None)
        path = shortest(graph, start, ends)
        strays = ground.strays(sum(edge.metres for edge, _node in path)) if path else margin * 4
        if whole or (path and strays <= margin):
            return path
        margin = strays + 1


def downstream(start: int, owner: int) -> list[Edge]:
    return edges(sql.SQL(DOWNSTREAM), {"start": start, "owner": owner})


def whole_network(table: str, owner: int, box: tuple[float, ...] | None) -> list[Edge]:
    """The pipes in service, of the whole network or of a box."""
    within = sql.SQL("" if box is None else WITHIN)
    statement = sql.SQL(WHOLE).format(pipes=sql.Identifier(table), within=within)
    return edges(statement, {"owner": owner, "box": None if box is None else list(box)})


def edges(statement: sql.Composable, values: Mapping[str, Any]) -> list[Edge]:
    """What PostgreSQL's row policies let the asker see. Raises Unavailable where it is too much."""
    given = {**values, "state": code_lists.IN_SERVICE, "most": MOST_EDGES + 1}
    rows = [Edge(*row) for row in fetch_all(statement, given)]
    if len(rows) > MOST_EDGES:
        raise Unavailable(_("This network is too large to search a way in it: choose the pipes."))
    return rows
