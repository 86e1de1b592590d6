"""What each kind of anomaly may be repaired with: edits of objects as they are now, in words and as geometry.

Nothing is written here; `repairing` sends the edits through the shared editing. The first way is the one proposed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from django.contrib.gis.geos import GEOSGeometry, LineString, Point
from django.utils.translation import gettext as _
from psycopg import sql

from layers.features.display import code_label, display_number
from layers.features.services.read import fetch
from layers.features.services.write import UNSET, Edit
from networks.water import code_lists
from networks.water.models import Anomaly, SewerConnection, SewerNode, SewerPipe, WaterConnection, WaterNode, WaterPipe
from networks.water.services.anomalies.kinds import JOINED_WITHIN_M, NEAR_M, SEWER

MODELS: Final[dict[tuple[str, str], Any]] = {
    ("water", "node"): WaterNode,
    ("water", "pipe"): WaterPipe,
    ("water", "connection"): WaterConnection,
    ("sewer", "node"): SewerNode,
    ("sewer", "pipe"): SewerPipe,
    ("sewer", "connection"): SewerConnection,
}
HUNG_WITHIN_M: Final = 200.0
LIKE: Final = ("service_state", "material", "diameter_mm", "function", "content", "flow_mode")
"""What a pipe that joins takes over from the one that it continues."""
COMPLETED: Final = ("material", "diameter_mm", "laid_from_year", "laid_to_year", "precision_xy")
"""What the one that stays takes over, where it has nothing, from the one that goes."""
MOST_PIPES = 20
NEAREST = """
    select p.id from {} p where p.geom && st_expand(%(geom)s::geometry, %(within)s) and p.owner_id + 0 = %(owner)s
        and p.service_state = 'en_service' and st_dwithin(p.geom, %(geom)s::geometry, %(within)s)
    order by st_distance(p.geom, %(geom)s::geometry), p.id limit 1
"""

type Kind = Literal["node", "pipe", "connection"]
type Role = Literal["before", "after", "new", "gone"]


@dataclass(frozen=True, slots=True)
class Act:
    """One change of an object of the family. `cut` is a node that a pipe is cut at, `hang` a pipe to hang on."""

    kind: Kind
    edit: Edit
    cut: int = 0
    hang: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A repair: its name, what it does in words, its changes, what is drawn of them, the versions that it relies on."""

    name: str
    sentence: str
    acts: Sequence[Act]
    drawn: Sequence[tuple[Role, GEOSGeometry]] = ()
    versions: Mapping[str, int] = field(default_factory=dict)


class Scene:
    """The objects of an anomaly as they are now; which were read, and their versions."""

    def __init__(self, anomaly: Anomaly) -> None:
        self.anomaly = anomaly
        self.family = anomaly.family
        self.measured: dict[str, Any] = anomaly.measured
        self.versions: dict[str, int] = {}
        self.object: Any = self.get(anomaly.object_kind, anomaly.object_id)
        self.other: Any = self.get(anomaly.other_kind, anomaly.other_id) if anomaly.other_id else None

    def get(self, kind: str, pk: int) -> Any:
        """An object of this network, None where it is there no more."""
        model = MODELS[self.family, kind]
        return self.note_version(kind, model.objects.filter(owner=self.anomaly.owner_id, pk=pk).first())

    def note_version(self, kind: str, row: Any) -> Any:
        if row is not None:
            self.versions[f"{kind}:{row.pk}"] = row.version
        return row

    def pipes_of(self, node: int) -> list[Any]:
        """The pipes that end on a node."""
        model = MODELS[self.family, "pipe"]
        rows = model.objects.filter(start_node_id=node) | model.objects.filter(end_node_id=node)
        return [self.note_version("pipe", one) for one in rows.order_by("pk")[: MOST_PIPES + 1]]

    def nearest_pipe(self, place: Point, within: float) -> Any:
        statement = sql.SQL(NEAREST).format(sql.Identifier(f"{self.family}_pipe"))
        given = {"geom": place.hexewkb.decode(), "within": within, "owner": self.anomaly.owner_id}
        rows = fetch(statement, given)
        return self.get("pipe", rows[0]["id"]) if rows else None


def ways(anomaly: Anomaly) -> tuple[list[Way], Scene]:
    """How the anomaly may be repaired now, the proposed way first; none where nobody but a person knows."""
    scene = Scene(anomaly)
    plan = PLANS.get(anomaly.kind)
    if plan is None or scene.object is None or (anomaly.other_id and scene.other is None):
        return [], scene
    plans = [one for one in plan(scene) if one is not None]
    return [
        Way(
            name=one.name,
            sentence=capitalize_first(one.sentence),
            acts=one.acts,
            drawn=one.drawn,
            versions=dict(scene.versions),
        )
        for one in plans
    ], scene


# -- words and geometry -----------------------------------------------------------------------------------------------


def object_label(kind: str, one: Any) -> str:
    """As people call an object, inside a sentence: what it is and its reference."""
    if kind == "node":
        labels = code_lists.SEWER_NODES if isinstance(one, SewerNode) else code_lists.WATER_NODES
        label = code_label(labels, one.kind)
    else:
        label = _("Pipe") if kind == "pipe" else _("Connection")
    label = label[:1].lower() + label[1:]
    return f"{label} {one.reference}" if one.reference else _("%(what)s no. %(id)s") % {"what": label, "id": one.pk}


def capitalize_first(text: str) -> str:
    """With the capital of a sentence."""
    return text[:1].upper() + text[1:]


def metres(value: float) -> str:
    """A distance as people read it: centimetres below a metre."""
    if value < 1:
        return _("%(number)s cm") % {"number": display_number(max(1, round(value * 100)), 0)}
    return _("%(number)s m") % {"number": display_number(value, 1)}


def height(value: float | None) -> str:
    return _("%(number)s m NGF") % {"number": display_number(value, 2)} if value is not None else "—"


def foot(line: LineString, place: Point) -> Point:
    """The point of a line that is nearest to a place."""
    projected: Point = line.interpolate(line.project(place))
    projected.srid = line.srid
    return projected


def with_end(pipe: Any, node: int, place: Point) -> LineString:
    """A pipe's line whose end on this node is brought to another place."""
    points = list(pipe.geom.coords)
    points[0 if pipe.start_node_id == node else -1] = place.coords
    return LineString(points, srid=pipe.geom.srid)


def change(what: Kind, one: Any, geometry: GEOSGeometry | None = None, **values: Any) -> Act:
    moved = UNSET if geometry is None else geometry
    return Act(what, Edit(action="update", id=one.pk, version=one.version, properties=values, geometry=moved))


def is_plain(node: Any) -> bool:
    return node.kind == "junction" and not node.reference


# -- joining ----------------------------------------------------------------------------------------------------------


def near_miss(scene: Scene) -> Iterator[Way | None]:
    node, other = scene.object, scene.other
    if scene.anomaly.other_kind == "pipe":
        yield onto_pipe(scene, node, other)
    else:
        yield onto_node(scene, node, other)


def onto_pipe(scene: Scene, node: Any, pipe: Any) -> Way | None:
    """Move a node onto a pipe, which it cuts; nothing where that is done already, or they have moved apart."""
    place = foot(pipe.geom, node.geom)
    distance = node.geom.distance(place)
    if distance > NEAR_M + 0.5 or node.pk in (pipe.start_node_id, pipe.end_node_id):
        return None
    moved = [with_end(one, node.pk, place) for one in scene.pipes_of(node.pk)]
    message = _("%(node)s moves by %(distance)s onto %(pipe)s, which is cut there.")
    return Way(
        name="snap",
        sentence=message
        % {"node": object_label("node", node), "distance": metres(distance), "pipe": object_label("pipe", pipe)},
        acts=[change("node", node, place)],
        drawn=[("before", node.geom), ("after", place), *(("after", line) for line in moved)],
    )


def onto_node(scene: Scene, node: Any, other: Any) -> Way | None:
    """Let the plain one of two nodes give way to the other one; a short pipe joins two pieces of equipment."""
    distance = node.geom.distance(other.geom)
    if distance > NEAR_M + 0.5:
        return None
    if is_plain(node):
        gives, stays = node, other
    elif is_plain(other):
        gives, stays = other, node
    else:
        return joining(scene, node, other.geom, other)
    pipes = scene.pipes_of(gives.pk)
    if not pipes or len(pipes) > MOST_PIPES or any(stays.pk in (one.start_node_id, one.end_node_id) for one in pipes):
        return None
    moved = [with_end(one, gives.pk, stays.geom) for one in pipes]
    pipe_labels = ", ".join(object_label("pipe", one) for one in pipes)
    message = _("%(pipes)s: the end is brought by %(distance)s onto %(node)s.")
    return Way(
        name="snap",
        sentence=message % {"pipes": pipe_labels, "distance": metres(distance), "node": object_label("node", stays)},
        acts=[change("pipe", one, line) for one, line in zip(pipes, moved, strict=True)],
        drawn=[*(("before", one.geom) for one in pipes), *(("after", line) for line in moved)],
    )


def join_isolated(scene: Scene) -> Iterator[Way | None]:
    node = scene.get("node", int(scene.measured.get("node") or 0))
    if node is None or scene.other is None:
        return
    if node.geom.distance(scene.other.geom) <= NEAR_M:
        yield onto_pipe(scene, node, scene.other)
    else:
        yield from off_network(scene, node)


def off_network(scene: Scene, node: Any = None) -> Iterator[Way | None]:
    node = node or scene.object
    pipe = scene.other
    if pipe is None or node.pk in (pipe.start_node_id, pipe.end_node_id):
        return
    place, end = foot(pipe.geom, node.geom), None
    for pk in (pipe.start_node_id, pipe.end_node_id):
        at_end = scene.get("node", pk)
        if at_end and at_end.geom.distance(place) <= NEAR_M:
            place, end = at_end.geom, at_end
    if not NEAR_M < node.geom.distance(place) <= JOINED_WITHIN_M:
        return
    yield joining(scene, node, place, end or pipe)


def joining(scene: Scene, node: Any, place: Point, target: Any) -> Way:
    """A new pipe from a node to another place, like the pipes at that node or the one that it reaches."""
    like = next(iter(scene.pipes_of(node.pk)), None) or (target if hasattr(target, "start_node_id") else None)
    line = LineString(node.geom.coords, place.coords, srid=node.geom.srid)
    values = {name: getattr(like, name) for name in LIKE if like is not None and getattr(like, name) is not None}
    values.setdefault("service_state", code_lists.IN_SERVICE)
    if scene.family == SEWER:
        values["system"] = like.system if like else node.system
    what = "pipe" if hasattr(target, "start_node_id") else "node"
    message = _("A pipe of %(length)s is drawn from %(node)s to %(target)s.")
    return Way(
        name="join",
        sentence=message
        % {"length": metres(line.length), "node": object_label("node", node), "target": object_label(what, target)},
        acts=[Act("pipe", Edit(action="create", properties=values, geometry=line))],
        drawn=[("new", line)],
    )


def crossing(scene: Scene) -> Iterator[Way | None]:
    first, second = scene.object, scene.other
    shared = first.geom.intersection(second.geom)
    points = [one for one in (shared if shared.num_geom > 1 else [shared]) if isinstance(one, Point) and not one.empty]
    if not points or len(points) > MOST_PIPES:
        return
    values = {"kind": "junction", "service_state": code_lists.IN_SERVICE}
    if scene.family == SEWER:
        values["system"] = first.system
    places = [Point(one.x, one.y, srid=first.geom.srid) for one in points]
    message = _("A junction is made where they cross: %(first)s and %(second)s are cut there and meet.")
    yield Way(
        name="node",
        sentence=message % {"first": object_label("pipe", first), "second": object_label("pipe", second)},
        acts=[Act("node", Edit(action="create", properties=values, geometry=place)) for place in places],
        drawn=[("new", place) for place in places],
    )


def ways_to_mend(scene: Scene) -> Iterator[Way | None]:
    match scene.measured.get("what"):
        case "on_pipe":
            node, pipe = scene.object, scene.other
            message = _("%(pipe)s is cut at %(node)s, which lies on it.")
            yield Way(
                name="cut",
                sentence=message % {"pipe": object_label("pipe", pipe), "node": object_label("node", node)},
                acts=[Act("pipe", Edit(action="update", id=pipe.pk, version=pipe.version), cut=node.pk)],
                drawn=[("after", node.geom)],
            )
        case "off_node":
            pipe, node = scene.object, scene.other
            line = with_end(pipe, node.pk, node.geom)
            message = _("The end of %(pipe)s is brought onto %(node)s.")
            yield Way(
                name="snap",
                sentence=message % {"pipe": object_label("pipe", pipe), "node": object_label("node", node)},
                acts=[change("pipe", pipe, line)],
                drawn=[("before", pipe.geom), ("after", line)],
            )


# -- heights ----------------------------------------------------------------------------------------------------------


def wrong_slope(scene: Scene) -> Iterator[Way | None]:
    pipe = scene.object
    if pipe.start_z is None or pipe.end_z is None or pipe.end_z <= pipe.start_z:
        return
    line = LineString(list(reversed(pipe.geom.coords)), srid=pipe.geom.srid)
    swapped = {"start_z": pipe.end_z, "end_z": pipe.start_z}
    said = {"pipe": object_label("pipe", pipe), "high": height(pipe.end_z), "low": height(pipe.start_z)}
    turn = Way(
        name="turn",
        sentence=_("%(pipe)s is turned round: it flows from %(high)s down to %(low)s; no height changes.") % said,
        acts=[change("pipe", pipe, line, **swapped)],
        drawn=[("after", line)],
    )
    swap = Way(
        name="swap",
        sentence=_("The heights of %(pipe)s are exchanged: %(high)s at its start, %(low)s at its end.") % said,
        acts=[change("pipe", pipe, **swapped)],
        drawn=[("after", pipe.geom)],
    )
    # Water that arrives at its start and leaves at its end says that the direction is right, and the heights are not.
    arrives = any(one.end_node_id == pipe.start_node_id for one in scene.pipes_of(pipe.start_node_id))
    leaves = any(one.start_node_id == pipe.end_node_id for one in scene.pipes_of(pipe.end_node_id))
    yield from (swap, turn) if arrives and leaves else (turn, swap)


def below_invert(scene: Scene) -> Iterator[Way | None]:
    pipe, node, end = scene.object, scene.other, str(scene.measured.get("end", ""))
    level = getattr(pipe, end, None) if end in ("start_z", "end_z") else None
    if level is None or node.invert_z is None or level >= node.invert_z:
        return
    said = {"node": object_label("node", node), "pipe": object_label("pipe", pipe)}
    said |= {"low": height(level), "high": height(node.invert_z)}
    yield Way(
        name="invert",
        sentence=_("The invert of %(node)s goes down from %(high)s to %(low)s, where %(pipe)s arrives.") % said,
        acts=[change("node", node, invert_z=level)],
        drawn=[("after", node.geom)],
    )
    yield Way(
        name="pipe",
        sentence=_("The end of %(pipe)s goes up from %(low)s to %(high)s, the invert of %(node)s.") % said,
        acts=[change("pipe", pipe, **{end: node.invert_z})],
        drawn=[("after", pipe.geom)],
    )


def cover_conflict(scene: Scene) -> Iterator[Way | None]:
    node = scene.object
    if node.cover_z is None or node.invert_z is None or node.invert_z <= node.cover_z:
        return
    said = {"node": object_label("node", node), "high": height(node.invert_z), "low": height(node.cover_z)}
    yield Way(
        name="swap",
        sentence=_("The heights of %(node)s are exchanged: cover %(high)s, invert %(low)s.") % said,
        acts=[change("node", node, cover_z=node.invert_z, invert_z=node.cover_z)],
        drawn=[("after", node.geom)],
    )


# -- values, connections, duplicates ----------------------------------------------------------------------------------


def missing(column: str) -> Callable[[Scene], Iterator[Way | None]]:
    def plan(scene: Scene) -> Iterator[Way | None]:
        pipe, proposed = scene.object, scene.measured.get("proposed")
        if proposed is None or getattr(pipe, column) not in (None, "inc"):
            return
        if column == "material":
            message, value = _("The material of %(pipe)s becomes “%(value)s”, as on both sides."), str(proposed)
            label = code_label(code_lists.MATERIALS, value)
        else:
            message = _("The diameter of %(pipe)s becomes %(value)s mm, as on both sides.")
            label = display_number(proposed, 0)
        yield Way(
            name="fill",
            sentence=message % {"pipe": object_label("pipe", pipe), "value": label},
            acts=[change("pipe", pipe, **{column: proposed})],
            drawn=[("after", pipe.geom)],
        )

    return plan


def hang(scene: Scene) -> Iterator[Way | None]:
    service = scene.object
    pipe = scene.nearest_pipe(service.geom, HUNG_WITHIN_M)
    if pipe is None or service.pipe_id == pipe.pk:
        return
    place = foot(pipe.geom, service.geom)
    message = _("%(service)s is hung on %(pipe)s, %(distance)s away.")
    said = {"service": object_label("connection", service), "pipe": object_label("pipe", pipe)}
    yield Way(
        name="hang",
        sentence=message % (said | {"distance": metres(service.geom.distance(place))}),
        acts=[Act("connection", Edit(action="update", id=service.pk, version=service.version), hang=pipe.pk)],
        drawn=[("new", LineString(service.geom.coords, place.coords, srid=place.srid))],
    )


def dead_end(scene: Scene) -> Iterator[Way | None]:
    node = scene.object
    if node.kind != "junction":
        return
    yield Way(
        name="cap",
        sentence=_("%(node)s becomes a cap: the pipe ends here on purpose.") % {"node": object_label("node", node)},
        acts=[change("node", node, kind="fitting", subtype=_("Cap"))],
        drawn=[("after", node.geom)],
    )


def duplicate(scene: Scene) -> Iterator[Way | None]:
    """The later one goes; the other takes over what it lacks, and the connections."""
    kind, gone, stays = scene.anomaly.object_kind, scene.object, scene.other
    if kind == "node" and scene.pipes_of(gone.pk):
        return
    moved: list[Act] = []
    if kind == "pipe":
        services = MODELS[scene.family, "connection"].objects.filter(pipe_id=gone.pk).order_by("pk")[:500]
        moved = [
            Act("connection", Edit(action="update", id=one.pk, version=one.version), hang=stays.pk) for one in services
        ]
    lacking = {name: getattr(gone, name) for name in COMPLETED if hasattr(gone, name)}
    lacking |= {"reference": gone.reference}
    taken = {name: value for name, value in lacking.items() if value is not None and getattr(stays, name) is None}
    message = _("%(gone)s is removed; %(stays)s stays and takes over what it lacks.")
    yield Way(
        name="remove",
        sentence=message % {"gone": object_label(kind, gone), "stays": object_label(kind, stays)},
        acts=[
            *moved,
            Act(kind, Edit(action="delete", id=gone.pk, version=gone.version)),  # type: ignore[arg-type]
            *([change(kind, stays, **taken)] if taken else []),  # type: ignore[arg-type]
        ],
        drawn=[("gone", gone.geom), ("after", stays.geom)],
    )


PLANS: Final[dict[str, Callable[[Scene], Iterator[Way | None]]]] = {
    "broken": ways_to_mend,
    "near_miss": near_miss,
    "isolated": join_isolated,
    "off_network": off_network,
    "crossing": crossing,
    "wrong_slope": wrong_slope,
    "below_invert": below_invert,
    "cover_conflict": cover_conflict,
    "missing_diameter": missing("diameter_mm"),
    "missing_material": missing("material"),
    "no_pipe": hang,
    "far_connection": hang,
    "dead_end": dead_end,
    "duplicate": duplicate,
}
