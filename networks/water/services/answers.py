"""What is told of pipes, nodes and connections: lengths, volumes, shapes (EPSG:4326), who is served."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence
from math import cos, hypot, radians
from typing import Any, Final

from psycopg import sql

from gis_core.database.statements import fetch_all
from gis_core.members.rights import Rights
from gis_core.members.technicians import TECHNICIANS
from layers.features.display import code_label
from networks.water import code_lists
from networks.water.families import KINDS, Family
from networks.water.services.starting import lonlat

type Json = dict[str, Any]

MOST_CONNECTIONS: Final = 5000
MOST_WALKED: Final = 200
NEAR_M: Final = 80.0
METRES_A_DEGREE: Final = 111_320.0

STRETCHES: Final = sql.SQL("""
    with asked as materialized (select * from unnest(%(pipes)s::bigint[], %(groups)s::int[]) as asked (id, part)),
    lines as (
        select asked.part, p.diameter_mm, st_length(p.geom) as metres, st_transform(p.geom, 4326) as line
        from asked join {pipe} p on p.id = asked.id),
    drawn as (
        select part, count(*) as pipes, sum(metres) as metres,
            sum(pi() / 4 * (diameter_mm / 1000.0) ^ 2 * metres) filter (where diameter_mm > 0) as volume,
            count(*) filter (where coalesce(diameter_mm, 0) <= 0) as unknown,
            st_multi(st_collect(line)) as shape, st_extent(line) as box
        from lines group by part)
    select part, pipes, metres, coalesce(volume, 0), unknown, st_asgeojson(shape, 7),
        array[st_xmin(box), st_ymin(box), st_xmax(box), st_ymax(box)]
    from drawn
""")
NODES: Final = sql.SQL("""
    select n.id, n.reference, n.name, n.kind, n.diameter_mm, {capacity}, st_x(place), st_y(place)
    from {node} n, st_transform(n.geom, 4326) as place where n.id = any(%(nodes)s) {more} order by n.id
""")
# The nearest address served by the network, then the nearest one of the cadastre.
NEAR: Final = """
    with valve as materialized (
        select id, geom, st_expand(geom, %(near)s) as box from water_node where id = any(%(nodes)s))
    select valve.id, coalesce(served.address, known.address) from valve
    left join lateral (
        select c.address from water_connection c
        where c.geom && valve.box and c.address <> '' and st_dwithin(c.geom, valve.geom, %(near)s)
        order by st_distance(c.geom, valve.geom), c.id limit 1) as served on true
    left join lateral (
        select concat_ws(' ', nullif(a.number || a.suffix, ''), a.road_name) as address from cadastre_address a
        where served.address is null and a.geom && valve.box and st_dwithin(a.geom, valve.geom, %(near)s)
        order by st_distance(a.geom, valve.geom), a.id limit 1) as known on true
"""
COUNT_CONNECTIONS: Final = sql.SQL("""
    select count(*), coalesce(sum(dwellings), 0) from {connection}
    where pipe_id = any(%(pipes)s) and service_state = 'en_service'
""")
BY_PIPE: Final = sql.SQL("""
    select pipe_id, count(*) from {connection} where pipe_id = any(%(pipes)s) and service_state = 'en_service'
    group by pipe_id
""")
SERVED: Final = """
    select c.id, c.reference, c.address, c.sensitive, c.sensitive_name, c.dwellings, st_x(place), st_y(place)
    from water_connection c, st_transform(c.geom, 4326) as place
    where c.pipe_id = any(%(pipes)s) and c.service_state = 'en_service'
    order by array_position(%(order)s, c.sensitive::text), c.address, c.id limit %(most)s
"""
SERVED_IDS: Final = """
    select c.id from water_connection c where c.pipe_id = any(%(pipes)s) and c.service_state = 'en_service'
    order by array_position(%(order)s, c.sensitive::text), c.address, c.id
"""
NUMBERED: Final = re.compile(r"(\d+)\s*(bis|ter|quater|[a-z])?\b[\s,]*(.*)", re.IGNORECASE | re.DOTALL)


def stretches(family: Family, *parts: Collection[int]) -> list[Json]:
    """Each part told: how many pipes, their length and volume, their shape; `bbox` is taken away by `box_of`."""
    parameters = {
        "pipes": [pk for part in parts for pk in part],
        "groups": [rank for rank, part in enumerate(parts) for _pk in part],
    }
    described: list[Json] = [nothing() for _part in parts]
    if parameters["pipes"]:
        for rank, pipes, metres, volume, unknown, shape, box in fetch_all(
            STRETCHES.format(pipe=family.table("pipe")), parameters
        ):
            described[rank] = {
                **{"pipes": pipes, "length_m": round(metres, 1), "volume_m3": round(volume, 2)},
                **{"without_diameter": unknown, "geometry": json.loads(shape), "bbox": box},
            }
    return described


def nothing() -> Json:
    return {"pipes": 0, "length_m": 0.0, "volume_m3": 0.0, "without_diameter": 0, "geometry": None, "bbox": None}


def box_of(described: Iterable[Json]) -> list[float] | None:
    """What encloses them all (west, south, east, north); takes their own boxes away."""
    boxes = [box for one in described if (box := one.pop("bbox"))]
    if not boxes:
        return None
    lows, highs = (
        [min(box[rank] for box in boxes) for rank in (0, 1)],
        [max(box[rank] for box in boxes) for rank in (2, 3)],
    )
    return [round(value, 7) for value in (*lows, *highs)]


def nodes(
    family: Family, wanted: Collection[int], *, kinds: Collection[str] = (), most: int | None = None
) -> list[Json]:
    """Nodes in service told, of some kinds only where they are named."""
    if not wanted:
        return []
    more = sql.SQL("and n.kind = any(%(kinds)s) and n.service_state = 'en_service'" if kinds else "")
    statement = NODES.format(node=family.table("node"), capacity=sql.SQL("n.capacity_m3"), more=more)
    if most is not None:
        statement = statement + sql.SQL(" limit %(most)s")
    node_rows = fetch_all(statement, {"nodes": list(wanted), "kinds": list(kinds), "most": most})
    return [
        {
            **{"id": pk, "reference": reference, "name": name, "kind": kind},
            **{"kind_label": code_label(KINDS[family.name], kind), "diameter_mm": diameter},
            **{"capacity_m3": capacity, "point": lonlat(x, y)},
        }
        for pk, reference, name, kind, diameter, capacity, x, y in node_rows
    ]


def only(described: Iterable[Json], *names: str) -> list[Json]:
    return [{name: one[name] for name in names} for one in described]


def addresses_near(wanted: Collection[int]) -> dict[int, str]:
    """The nearest address of nodes of drinking water."""
    address_rows = fetch_all(NEAR, {"nodes": list(wanted), "near": NEAR_M}) if wanted else []
    return {pk: address for pk, address in address_rows if address}


def count_connections(family: Family, pipes: Collection[int]) -> tuple[int, int]:
    """Connections in service on these pipes, and the dwellings on record."""
    ((connections, dwellings),) = fetch_all(
        COUNT_CONNECTIONS.format(connection=family.table("connection")), {"pipes": list(pipes)}
    )
    return connections, dwellings


def connections_by_pipe(family: Family, pipes: Collection[int]) -> dict[int, int]:
    statement = BY_PIPE.format(connection=family.table("connection"))
    return dict(fetch_all(statement, {"pipes": list(pipes)}))


def list_served_connections(pipes: Collection[int]) -> list[Json]:
    """Connections in service on these pipes, sensitive users first, the rest by street and number."""
    parameters = {"pipes": list(pipes), "order": list(code_lists.SENSITIVE), "most": MOST_CONNECTIONS}
    order = list(code_lists.SENSITIVE)
    described = [
        {
            **{"id": pk, "reference": reference, "address": address, "sensitive": sensitive},
            **{
                "sensitive_label": code_label(code_lists.SENSITIVE, sensitive) if sensitive else None,
                "sensitive_name": name,
            },
            **{"dwellings": dwellings, "point": lonlat(x, y)},
        }
        for pk, reference, address, sensitive, name, dwellings, x, y in fetch_all(SERVED, parameters)
    ]
    return sorted(
        described,
        key=lambda one: (
            order.index(one["sensitive"]) if one["sensitive"] else len(order),
            as_read(one["address"] or "~"),
        ),
    )


def for_whom(answer: Json, owner: int, rights: Rights) -> Json:
    """The same answer; who is a sensitive user stays with those who work on the owner's networks."""
    if not rights.has_role(owner, TECHNICIANS):
        unnamed = [one | dict.fromkeys(("sensitive", "sensitive_label", "sensitive_name"))
                   for one in answer["connections"]["results"]]  # fmt: skip
        answer["connections"]["results"] = sorted(unnamed, key=lambda one: as_read(one["address"] or "~"))
    return answer


def every_served(pipes: Collection[int]) -> list[int]:
    """The ids of all of them, however many they are."""
    served_rows = fetch_all(SERVED_IDS, {"pipes": list(pipes), "order": list(code_lists.SENSITIVE)})
    return [pk for (pk,) in served_rows]


def as_read(address: str) -> tuple[str, int, str]:
    """How people look an address up: street, then number."""
    match = NUMBERED.match(address)
    if match is None:
        return address.lower(), 0, ""
    return match[3].lower(), int(match[1][:9]), (match[2] or "").lower()


# -- the order of a walk ----------------------------------------------------------------------------------------------


def in_walking_order(things: Sequence[Json], here: Sequence[float]) -> list[Json]:
    """From a place (longitude, latitude), each time to the nearest thing that is left; many stay as they come."""
    if len(things) > MOST_WALKED:
        return list(things)
    left, walked = list(things), []
    while left:
        nearest = min(left, key=lambda one: (metres(here, one["point"]), one["id"]))
        left.remove(nearest)
        walked.append(nearest)
        here = nearest["point"]
    return walked


def metres(a: Sequence[float], b: Sequence[float]) -> float:
    """As the crow flies, between two places that are near each other (longitude, latitude)."""
    east = (b[0] - a[0]) * cos(radians((a[1] + b[1]) / 2))
    return hypot(east, b[1] - a[1]) * METRES_A_DEGREE
