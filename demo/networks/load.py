"""Rows of the demo's networks, made once; what people then do to them stays."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

import shapely
from psycopg import sql
from shapely.geometry import LineString, Point

from demo.networks.model import LETTERS, Plan
from demo.networks.sewer import sewers
from demo.networks.water import water
from demo.networks.ways import Xy, cut, shift_line
from demo.territory import Territory
from gis_core.database.statements import fetch_all, fetch_one
from gis_core.models import Member
from layers.catalogue.models import Layer
from layers.catalogue.services import announce_changed_slugs
from layers.features.models import Numbering
from layers.features.topology import loading
from networks.water.services.anomalies.scanning import scan

PREFIXES = {"cc-lys": "LYS", "cc-val-de-rimarde": "RIM"}
SLUGS = tuple(f"{family}-{what}" for family in ("water", "sewer") for what in ("nodes", "pipes", "connections"))
CLEAR_M, ASIDE_M = 0.1, 0.4
COMMON = {"project_owner": "Communauté de communes", "operator": "Régie des eaux", "source": "Données de démonstration"}

type Say = Callable[[str], None]
type Rows = list[dict[str, Any]]


def seed_networks(make: Callable[[], Territory], seed: int, say: Say) -> None:
    """Make the networks of the members that have none. Needs the owner's role, in a transaction."""
    members = {member.slug: member for member in Member.objects.filter(slug__in=PREFIXES)}
    for slug, prefix in PREFIXES.items():
        if slug in members and not has_network(members[slug]):
            say(f"Réseaux d’eau et d’assainissement : {members[slug].name}…")
            territory = make()
            communes = [commune for commune in territory.communes if commune.epci == slug]
            for plan in (
                water(territory, communes, prefix, Random(f"{seed} water {slug}")),
                sewers(territory, communes, prefix, Random(f"{seed} sewer {slug}")),
            ):
                defects(plan)
                step_aside(plan)
                load(plan, members[slug])
                number_new_objects(plan, members[slug])
                scan(members[slug].pk, plan.family)
            announce_changed_slugs([*SLUGS, "water-repairs"])


def has_network(member: Member) -> bool:
    return bool(fetch_one("select exists (select from water_pipe where owner_id = %s)", [member.pk])[0])


def defects(plan: Plan) -> None:
    """Six ends that miss what they should meet by some decimetres, and a part that hangs on nothing."""
    ends = degree(plan)
    blind = [n for n, (line, _values) in enumerate(plan.pipes) if ends[last(line)] > 2 and line.length > 30]
    for n in plan.chance.sample(blind, min(6, len(blind))):
        line, values = plan.pipes[n]
        gap = plan.chance.uniform(0.4, 1.2)
        short = shapely.ops.substring(line, 0, line.length - gap)
        at = plan.node((short.coords[-1][0], short.coords[-1][1]), **system_of(plan, values))
        plan.pipes[n] = (LineString([*list(short.coords)[:-1], at]), values)
    line, values = max(plan.pipes, key=lambda pipe: pipe[0].length)
    apart = shift_line(LineString([line.coords[0], line.coords[1]]), 31.0, -27.0)
    for i in (0, -1):
        plan.node((apart.coords[i][0], apart.coords[i][1]), **system_of(plan, values))
    plan.pipe(apart, **{name: value for name, value in values.items() if name not in ("reference", "start_z", "end_z")})


def step_aside(plan: Plan) -> None:
    """A pipe that passes over a node of another system goes round it: they do not meet."""
    places = sorted(plan.nodes)
    tree = shapely.STRtree([Point(place) for place in places])
    for n, (line, values) in enumerate(plan.pipes):
        for index in sorted(tree.query(line, predicate="dwithin", distance=CLEAR_M)):
            at, node = line.project(Point(places[index])), Point(places[index])
            if places[index] in ends(line) or not 0 < at < line.length:
                continue
            head, tail = cut(line, [at])
            (ax, ay), (bx, by) = head.coords[-2], tail.coords[1]
            reach = Point(ax, ay).distance(Point(bx, by))
            aside = (round(node.x - (by - ay) / reach * ASIDE_M, 3), round(node.y + (bx - ax) / reach * ASIDE_M, 3))
            plan.pipes[n] = (LineString([*list(head.coords)[:-1], aside, *list(tail.coords)[1:]]), values)
            line = plan.pipes[n][0]


def system_of(plan: Plan, values: Mapping[str, Any]) -> dict[str, Any]:
    return {"system": values["system"]} if plan.family == "sewer" else {}


def last(line: LineString) -> Xy:
    x, y = line.coords[-1]
    return float(x), float(y)


def degree(plan: Plan) -> dict[Xy, int]:
    count: dict[Xy, int] = {}
    for line, _values in plan.pipes:
        for i in (0, -1):
            place = (float(line.coords[i][0]), float(line.coords[i][1]))
            count[place] = count.get(place, 0) + 1
    return count


def load(plan: Plan, member: Member) -> None:
    family = plan.family
    owned: dict[str, Any] = {"owner_id": member.pk, **COMMON}
    used = degree(plan)
    places = sorted(place for place in plan.nodes if place in used)
    with loading():
        nodes: Rows = [owned | {"geom": Point(place), **plan.nodes[place]} for place in places]
        ids = dict(zip(places, insert(f"{family}_node", nodes), strict=True))
        pipes: Rows = [
            owned | values | {"geom": line, "start_node_id": ids[ends(line)[0]], "end_node_id": ids[ends(line)[1]]}
            for line, values in plan.pipes
        ]
        pipe_ids = insert(f"{family}_pipe", pipes)
        insert(
            f"{family}_connection",
            [owned | values | {"geom": at, "pipe_id": pipe_ids[pipe]} for at, pipe, values in plan.connections],
        )
        insert("water_repair", [owned | values | {"geom": at} for at, values in plan.repairs])


def number_new_objects(plan: Plan, member: Member) -> None:
    """What is drawn later goes on with the references that are there, by kind."""
    kinds = {values["kind"] for values in plan.nodes.values()} & set(LETTERS)
    nodes = {kind: f"{plan.prefix}-{LETTERS[kind]}{{0000}}" for kind in sorted(kinds)}
    for what, column, patterns in (("nodes", "kind", nodes), ("pipes", "", {"": f"{plan.prefix}-C{{0000}}"})):
        layer = Layer.objects.get(slug=f"{plan.family}-{what}")
        Numbering.objects.get_or_create(owner=member, layer=layer, defaults={"column": column, "patterns": patterns})


def ends(line: LineString) -> tuple[Xy, Xy]:
    (ax, ay), (bx, by) = line.coords[0], line.coords[-1]
    return (float(ax), float(ay)), (float(bx), float(by))


def insert(table: str, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert rows that may have different columns, in one statement; their ids, in their order."""
    if not rows:
        return []
    names = sorted({name for row in rows for name in row} - {"geom"})
    statement = sql.SQL(
        "insert into {table} ({columns}, geom) select {values}, geom from json_populate_recordset(null::{table}, %s)"
        " returning id"
    ).format(
        table=sql.Identifier(table),
        columns=sql.SQL(", ").join(map(sql.Identifier, names)),
        values=sql.SQL(", ").join(
            sql.SQL("coalesce({}, {})").format(sql.Identifier(name), sql.Literal(DEFAULTS[name]))
            if name in DEFAULTS
            else sql.Identifier(name)
            for name in names
        ),
    )
    given = [{**row, "geom": shapely.to_wkb(shapely.set_srid(row["geom"], 2154), hex=True, include_srid=True)}
             for row in rows]  # fmt: skip
    return [pk for (pk,) in fetch_all(statement, [json.dumps(given, default=str)])]


DEFAULTS = {"system": "02", "service_state": "en_service"}
