"""A member's network as it leaves: what the asker may read of it, in the order of its identifiers, with its keys.

Run it as the asker, under the row policies. Every object has a key that is its reference, or a made one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import Any, Final

import shapely
from django.contrib.gis.db.models.functions import AsWKB, ClosestPoint
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from shapely.geometry import LineString

from gis_core.members.rights import Rights
from gis_core.models import Commune, Member
from networks.water.families import FamilyName
from networks.water.models import Repair, SewerConnection, SewerNode, SewerPipe, WaterConnection, WaterNode, WaterPipe
from networks.water.models.base import NetworkObject

type RowProgress = Callable[[int], None]
"""Called with how many rows more are written."""
CHUNK: Final = 2_000
ON_THE_PIPE_M: Final = 0.01
SAME_PLACE_M: Final = 0.05
TRACE: Final = "TRACE"
LONGEST_WHOLE: Final = 240
MODELS: Final[Mapping[FamilyName, tuple[type[NetworkObject], type[NetworkObject], type[NetworkObject]]]] = {
    "water": (WaterNode, WaterPipe, WaterConnection),
    "sewer": (SewerNode, SewerPipe, SewerConnection),
}
PREFIXES: Final = {"nodes": "N", "pipes": "C", "connections": "B", "repairs": "R"}

type Row = dict[str, Any]


@dataclass(slots=True)
class Keys:
    """The key of each object by its id; those that are made begin with a letter and are no reference of another."""

    by_id: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: QuerySet[Any], prefix: str) -> Keys:
        pairs = list(rows.values_list("pk", "reference", "more__piece_of"))
        taken = {reference for _pk, reference, _whole in pairs if reference}
        keys = cls()
        for pk, reference, whole in pairs:
            keys.by_id[pk] = reference or free_key(f"{prefix}{pk}", whole, taken)
        return keys


def free_key(plain: str, whole: Any, taken: set[str]) -> str:
    """A key of what has no reference: of a piece of a pipe that was cut, the pipe's with a number."""
    if isinstance(whole, str) and 0 < len(whole) < LONGEST_WHOLE:
        key = next(key for number in count(2) if (key := f"{whole}-{number}") not in taken)
        taken.add(key)
        return key
    while plain in taken:
        plain += "_"
    return plain


@dataclass(frozen=True, slots=True)
class Links:
    """By node: the first pipe that ends there, the first that begins there."""

    into: Mapping[int, int]
    out_of: Mapping[int, int]


class OneNetwork:
    """One family of a member's network."""

    def __init__(self, member: Member, family: FamilyName, rights: Rights) -> None:
        self.member = member
        self.family = family
        self.rights = rights
        self.node_model, self.pipe_model, self.connection_model = MODELS[family]

    def visible_rows(self, model: Any) -> QuerySet[Any]:
        rows: QuerySet[Any] = model.objects.visible_to(self.rights).filter(owner=self.member).order_by("pk")
        return rows.filter(network=self.family) if model is Repair else rows

    @cached_property
    def counts(self) -> Mapping[str, int]:
        models = (self.node_model, self.pipe_model, self.connection_model, Repair)
        return {name: self.visible_rows(model).count() for name, model in zip(PREFIXES, models, strict=True)}

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @cached_property
    def node_keys(self) -> Mapping[int, str]:
        return Keys.of(self.visible_rows(self.node_model), PREFIXES["nodes"]).by_id

    @cached_property
    def pipe_keys(self) -> Mapping[int, str]:
        return Keys.of(self.visible_rows(self.pipe_model), PREFIXES["pipes"]).by_id

    @cached_property
    def connection_keys(self) -> Mapping[int, str]:
        return Keys.of(self.visible_rows(self.connection_model), PREFIXES["connections"]).by_id

    @cached_property
    def links(self) -> Links:
        into: dict[int, int] = {}
        out_of: dict[int, int] = {}
        for pk, start, end in self.visible_rows(self.pipe_model).values_list("pk", "start_node_id", "end_node_id"):
            out_of.setdefault(start, pk)
            into.setdefault(end, pk)
        return Links(into, out_of)

    @cached_property
    def connections_by_pipe(self) -> Mapping[int, int]:
        counts = self.visible_rows(self.connection_model).order_by().values("pipe_id").annotate(count=Count("pk"))
        return Counter({row["pipe_id"]: row["count"] for row in counts if row["pipe_id"]})

    def nodes(self) -> Iterator[Row]:
        yield from read_rows(self.visible_rows(self.node_model))

    def pipes(self) -> Iterator[Row]:
        yield from read_rows(self.visible_rows(self.pipe_model))

    def repairs(self) -> Iterator[Row]:
        yield from read_rows(self.visible_rows(Repair))

    def connections(self) -> Iterator[Row]:
        """With the line to the pipe (`line`): as it was surveyed, else straight; None where there is no pipe."""
        rows = self.visible_rows(self.connection_model).annotate(_foot=AsWKB(ClosestPoint(F("pipe__geom"), F("geom"))))
        for row in read_rows(rows):
            row["line"] = line_of(row, self.family)
            yield row


def read_rows(rows: QuerySet[Any]) -> Iterator[Row]:
    """Rows as plain values, `shape` their geometry, `insee` the commune that they lie in."""
    inside = Commune.objects.filter(geom__intersects=OuterRef("geom")).order_by("insee").values("insee")[:1]
    described: QuerySet[Any, Row] = rows.annotate(_wkb=AsWKB("geom"), insee=Subquery(inside)).values()
    for row in described.iterator(chunk_size=CHUNK):
        row["shape"] = shapely.from_wkb(bytes(row.pop("_wkb")))
        yield row


def line_of(row: Row, family: FamilyName) -> Any:
    """The line of a connection: water runs from the pipe, sewage to it. A survey counts while the point is its end."""
    point, foot = row["shape"], row.pop("_foot")
    if trace := parse_surveyed_line(row["more"].get(TRACE), point):
        return trace
    if foot is None:
        return None
    ends = shapely.from_wkb(bytes(foot)), point
    if shapely.distance(*ends) < ON_THE_PIPE_M:
        return None
    return LineString(ends if family == "water" else ends[::-1])


def parse_surveyed_line(text: Any, point: Any) -> Any:
    line = shapely.from_wkt(text, on_invalid="ignore") if isinstance(text, str) else None
    if line is None or line.geom_type != "LineString" or line.is_empty:
        return None
    ends = shapely.get_point(line, [0, -1])
    return line if shapely.distance(ends, point).min() < SAME_PLACE_M else None
