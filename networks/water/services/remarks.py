"""What is said of objects of a network when they are saved: off the network, climbing, narrower downstream.

The scan of anomalies (`anomalies.checks`) finds the same in the whole network later; here its words stand at the field,
while one still knows. Distances in metres, places in EPSG:2154.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.database.statements import fetch_all
from layers.features.display import display_number
from layers.features.points import Remark
from networks.water.families import FAMILIES, FamilyName
from networks.water.services.anomalies.kinds import KINDS, NEAR_M
from networks.water.services.anomalies.plans import metres

REACH_M: Final = 20.0
"""As far as a pipe is looked for beside equipment."""
APART: Final = ("chamber", "other", "sensor", "basin")
"""Kinds of nodes that need not lie on a pipe."""
WIDENING: Final = ("overflow", "pump", "basin", "treatment")
"""Kinds of nodes after which a sewer may be narrower."""
GONE: Final = ("abandon", "comble", "depose")
# The boxes first: under row policies no index is asked with what a function makes of a row.
OFF_NETWORK: Final = sql.SQL("""
    with node as materialized (
        select n.id, n.owner_id, n.geom, st_expand(n.geom, %(reach)s) as box from {node} n
        where n.id = any(%(ids)s) and n.kind <> all (%(apart)s) and n.service_state <> all (%(gone)s)
            and not exists (select from {pipe} p where p.start_node_id = n.id)
            and not exists (select from {pipe} p where p.end_node_id = n.id))
    select n.id, near.id, near.reference, near.metres, st_x(near.place), st_y(near.place), near.at_end
    from node n left join lateral (
        select p.id, p.reference, st_distance(p.geom, n.geom) as metres, st_closestpoint(p.geom, n.geom) as place,
            st_dwithin(st_boundary(p.geom), st_closestpoint(p.geom, n.geom), 0.05) as at_end
        from {pipe} p where p.geom && n.box and p.owner_id + 0 = n.owner_id and p.service_state <> all (%(gone)s)
            and st_dwithin(p.geom, n.geom, %(reach)s)
        order by 3, p.id limit 1) near on true
    order by n.id
""")
LOOSE_END: Final = sql.SQL("""
    with own as materialized (
        select p.id, p.owner_id, p.start_node_id as a, p.end_node_id as b, p.geom from {pipe} p
        where p.id = any(%(ids)s) and p.service_state <> all (%(gone)s)),
    loose as materialized (
        select o.*, e.which, n.geom as place, st_expand(n.geom, %(near)s) as box
        from own o cross join lateral (values ('start', o.a), ('end', o.b)) as e (which, node)
            join {node} n on n.id = e.node
        where n.kind = 'junction' and not exists (select from {pipe} p where p.start_node_id = n.id and p.id <> o.id)
            and not exists (select from {pipe} p where p.end_node_id = n.id and p.id <> o.id))
    select l.id, near.id, near.reference, near.metres, st_x(near.place), st_y(near.place), l.which
    from loose l cross join lateral (
        select p.id, p.reference, st_distance(p.geom, l.place) as metres, st_closestpoint(p.geom, l.place) as place
        from {pipe} p where p.geom && l.box and p.owner_id + 0 = l.owner_id and p.service_state <> all (%(gone)s)
            and p.id <> l.id and l.a not in (p.start_node_id, p.end_node_id)
            and l.b not in (p.start_node_id, p.end_node_id) and st_dwithin(p.geom, l.place, %(near)s)
        order by 3, p.id limit 1) near
    order by l.id, l.which desc
""")
UNCONNECTED: Final = sql.SQL("""
    select c.id from {connection} c
    where c.id = any(%(ids)s) and c.pipe_id is null and c.service_state <> all (%(gone)s) order by c.id
""")
SLOPES: Final = sql.SQL("""
    select p.id, p.start_z - p.end_z, st_length(p.geom) from {pipe} p
    where p.id = any(%(ids)s) and p.service_state <> all (%(gone)s) and coalesce(p.flow_mode, '00') in ('00', '01')
        and (p.end_z > p.start_z + 0.005 or p.start_z - p.end_z > st_length(p.geom)) order by p.id
""")
DIAMETERS: Final = sql.SQL("""
    with own as materialized (
        select p.* from {pipe} p where p.id = any(%(ids)s) and p.diameter_mm is not null
            and p.service_state <> all (%(gone)s) and coalesce(p.flow_mode, '00') in ('00', '01')),
    beside as (
        select o.id as own, o.start_node_id as node, true as upstream, p.* from own o
            join {pipe} p on p.end_node_id = o.start_node_id and p.diameter_mm > o.diameter_mm
        union all
        select o.id, o.end_node_id, false, p.* from own o
            join {pipe} p on p.start_node_id = o.end_node_id and p.diameter_mm < o.diameter_mm)
    select distinct on (b.own, b.upstream) b.own, b.id, b.reference, b.diameter_mm, b.upstream
    from beside b join own o on o.id = b.own and o.system = b.system
    where b.service_state <> all (%(gone)s) and coalesce(b.flow_mode, '00') in ('00', '01')
        and not exists (select from {node} n where n.id = b.node and n.kind = any(%(widening)s))
    order by b.own, b.upstream, abs(b.diameter_mm - o.diameter_mm) desc, b.id
""")
COVERS: Final = sql.SQL("""
    select n.id from {node} n where n.id = any(%(ids)s) and n.invert_z > n.cover_z order by n.id
""")


def remarks_on_nodes(family: FamilyName, ids: Sequence[int]) -> list[Remark]:
    """Of nodes just written: on no pipe, with the place on the nearest one; a cover below its invert."""
    made = [off_network(*row) for row in rows(OFF_NETWORK, family, ids)]
    if family == "sewer":
        advice = str(KINDS["cover_conflict"].advice)
        made += [Remark(id=pk, field="cover_z", message=advice) for (pk,) in rows(COVERS, family, ids)]
    return made


def remarks_on_pipes(family: FamilyName, ids: Sequence[int]) -> list[Remark]:
    """Of pipes just written: ends that miss another pipe; sewers that climb, fall sheer, get narrower."""
    made = [loose_end(*row) for row in rows(LOOSE_END, family, ids)]
    if family == "sewer":
        made += [slope(*row) for row in rows(SLOPES, family, ids)]
        made += [diameter(*row) for row in rows(DIAMETERS, family, ids)]
    return made


def remarks_on_connections(family: FamilyName, ids: Sequence[int]) -> list[Remark]:
    """Of connections just written: those that hang on no pipe."""
    advice = str(KINDS["no_pipe"].advice)
    return [Remark(id=pk, field="geometry", message=advice) for (pk,) in rows(UNCONNECTED, family, ids)]


def rows(statement: sql.SQL, family: FamilyName, ids: Sequence[int]) -> Iterator[Any]:
    tables = {name: FAMILIES[family].table(name) for name in ("node", "pipe", "connection")}
    lists = {"apart": list(APART), "gone": list(GONE), "widening": list(WIDENING)}
    yield from fetch_all(statement.format(**tables), lists | {"ids": list(ids), "reach": REACH_M, "near": NEAR_M})


def off_network(
    pk: int, pipe: int | None, reference: str | None, distance: float | None, x: float, y: float, at_end: bool
) -> Remark:
    if pipe is None or distance is None:
        message = _("It lies on no pipe, and none is within %(reach)s.") % {"reach": metres(REACH_M)}
        return Remark(id=pk, field="geometry", message=message)
    given = {"distance": metres(distance), "pipe": name_pipe(pipe, reference)}
    if at_end:
        message = _("It lies on no pipe: it is %(distance)s from the end of %(pipe)s, which has its node.") % given
        return Remark(id=pk, field="geometry", message=message, distance_m=round(distance, 3))
    message = _("It lies on no pipe: the nearest one, %(pipe)s, is %(distance)s away.") % given
    return Remark(id=pk, field="geometry", message=message, distance_m=round(distance, 3), move_to=(x, y))


def loose_end(pk: int, pipe: int, reference: str | None, distance: float, x: float, y: float, end: str) -> Remark:
    given = {"distance": metres(distance), "pipe": name_pipe(pipe, reference)}
    if end == "start":
        message = _("Its start is %(distance)s from %(pipe)s, and not joined to it.") % given
    else:
        message = _("Its end is %(distance)s from %(pipe)s, and not joined to it.") % given
    return Remark(id=pk, field="geometry", message=message, distance_m=round(distance, 3), move_to=(x, y), end=end)


def slope(pk: int, drop: float, length: float) -> Remark:
    if drop < 0:
        return Remark(id=pk, field="end_z", message=str(KINDS["wrong_slope"].advice))
    percent = display_number(100 * drop / length, 0)
    message = _("A slope of %(percent)s %%: check both heights.") % {"percent": percent}
    return Remark(id=pk, field="end_z", message=message)


def diameter(pk: int, other: int, reference: str | None, width: int, upstream: bool) -> Remark:
    given = {"pipe": name_pipe(other, reference), "diameter": display_number(width, 0)}
    if upstream:
        message = _("Upstream, %(pipe)s is %(diameter)s mm wide: a gravity sewer does not get narrower.") % given
    else:
        message = _("Downstream, %(pipe)s is only %(diameter)s mm wide: a gravity sewer does not get narrower.") % given
    return Remark(id=pk, field="diameter_mm", message=message)


def name_pipe(pk: int, reference: str | None) -> str:
    """As people call a pipe inside a sentence."""
    return reference or _("pipe no. %(id)s") % {"id": pk}
