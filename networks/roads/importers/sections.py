"""Staged sections into a member's roads: new ones, changed ones, those that are no longer delivered. Set-based.

A row is known by its identifier, as are the pieces that it was cut into here and the row that it was merged into. A
column changes where the source changed it since its last delivery: what our people corrected meanwhile stays. A line is
drawn anew where the source drew it anew; one that was corrected, cut or merged here stays, and is told of. `line` in
`more` is the key of the source's line, `put` that of ours as it was written then, whose ends may be on other nodes;
where it is missing our line is as it came in if it still is the source's. A value that both changed is the source's,
which is the reference of sections; of markers and assets, which people survey, what is here stays (`delivered`).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final

from psycopg import sql

from gis_core.models import Member
from layers.intake.findings import Finding
from layers.intake.object_changes import MOST_DOTS, ObjectChanges
from layers.intake.services.loading import join_names, rows, run
from networks.roads.importers.bdtopo import COLUMNS, SOURCE
from networks.roads.importers.markers import NEAR_M
from networks.roads.importers.staging import SHORTEST_M, STAGED, TYPES, Scope, too_short
from networks.roads.references import Road

MOST_NAMES: Final = 50
SIDED: Final = {"name_left": "name_right", "name_right": "name_left",
                "insee_left": "insee_right", "insee_right": "insee_left"}  # fmt: skip


@dataclass(slots=True)
class Plan:
    """What a delivery changes: counts, examples of what people should look at, the roads concerned."""

    counts: dict[str, int] = field(default_factory=dict)
    overwritten: list[str] = field(default_factory=list)
    left_drawn: list[str] = field(default_factory=list)
    drawn_here: list[str] = field(default_factory=list)
    roads: set[Road] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    """What only shows once ends are put on nodes."""
    changes: ObjectChanges = field(default_factory=lambda: ObjectChanges("road-sections"))


def sql_type(name: str) -> str:
    return TYPES.get(name, "text")


def staging_value(name: str) -> sql.Composable:
    """What the source says of a column now, for a section whose line runs as ours does."""
    return value_by_side("s", name)


def before(name: str) -> sql.Composable:
    """What it said the last time."""
    return value_by_side("d", name)


def value_by_side(alias: str, name: str) -> sql.Composable:
    plain = sql.Identifier(alias, name)
    if name == "traffic_way":
        return sql.SQL(
            "case when k.turned then"
            " case {0} when 'forward' then 'backward' when 'backward' then 'forward' else {0} end else {0} end"
        ).format(plain)
    if name in SIDED:
        return sql.SQL("case when k.turned then {} else {} end").format(sql.Identifier(alias, SIDED[name]), plain)
    return plain


def any_of(template: str) -> sql.Composable:
    """A condition on some column, written with {now}, {then}, {ours}. A Département that the source did not say was
    found here: nobody corrected it.
    """
    each = (
        sql.SQL(template + (" and {then} <> ''" if name == "department" else "")).format(
            now=staging_value(name), then=before(name), ours=sql.Identifier("r", name)
        )
        for name in COLUMNS
    )
    return sql.SQL("({})").format(sql.SQL(" or ").join(each))


KNOWN: Final = """
    create temporary table known_section on commit drop as
    select r.id, s.reference, r.route as old_route, r.department as old_department,
        coalesce((r.more ->> 'turned')::boolean, false) as turned,
        s.delivered is distinct from r.more -> 'delivered' or s.beside is distinct from r.more -> 'beside' as said,
        s.line is distinct from r.more ->> 'line' as drawn,
        s.line is distinct from r.more ->> 'line' and case when r.more ? 'put'
            then r.more ->> 'put' not in ({ours}, {turned})
            else coalesce(r.more ->> 'line', s.line) not in ({ours_there}, {turned_there}) end as corrected,
        r.more ? 'piece_of' or r.more ? 'merged' or r.reference in (select p.more ->> 'piece_of' from road_section p
            where p.owner_id = %(owner)s and p.more ->> 'piece_of' is not null) as reshaped
    from {staged} s join road_section r on r.owner_id = %(owner)s
        and coalesce(r.more ->> 'piece_of', r.reference) = s.reference
"""
# A piece that was merged into another section leaves the rest of its own, which is still known by the same reference.
ABSORBED: Final = """
    delete from {staged} s using (
        select jsonb_array_elements_text(r.more -> 'merged') as reference from road_section r
        where r.owner_id = %(owner)s and r.more ? 'merged'
        except select coalesce(r.more ->> 'piece_of', r.reference) from road_section r where r.owner_id = %(owner)s
    ) m where m.reference = s.reference
"""
HELD: Final = """
    delete from {staged} s using (
        select r.reference from road_section r where r.owner_id <> %(owner)s
        union select r.more ->> 'piece_of' from road_section r where r.owner_id <> %(owner)s and r.more ? 'piece_of'
        union select jsonb_array_elements_text(r.more -> 'merged') from road_section r
            where r.owner_id <> %(owner)s and r.more ? 'merged'
        except (select coalesce(r.more ->> 'piece_of', r.reference) from road_section r where r.owner_id = %(owner)s
            union all select jsonb_array_elements_text(r.more -> 'merged') from road_section r
            where r.owner_id = %(owner)s and r.more ? 'merged')
    ) h where h.reference = s.reference
"""
# Who manages some of a road is one of its managers, even where it keeps no section of it yet.
MANAGED: Final = """
    with asked as materialized (select s.route, s.department from {staged} s cross join gis_core_member m
        where m.id = %(owner)s and s.route is not null group by s.route, s.department
        having not bool_or(arpent.manages_road(s.manager, m.kind))),
    road as materialized (select asked.route, asked.department from asked
        where arpent.road_manager(asked.route, asked.department, %(owner)s) is not null),
    left_to_it as materialized (select s.reference from road join {staged} s using (route, department)
        except (select r.reference from road_section r where r.owner_id = %(owner)s
            union all select r.more ->> 'piece_of' from road_section r where r.owner_id = %(owner)s))
    delete from {staged} s using left_to_it l where l.reference = s.reference
"""
GONE: Final = """
    create temporary table gone_section on commit drop as
    select r.id, r.reference, r.route, r.department, r.start_node_id, r.end_node_id from road_section r
    where r.owner_id = %(owner)s and r.more ? 'delivered' and not exists (
            select from {seen} s where s.reference = coalesce(r.more ->> 'piece_of', r.reference))
        and not exists (select from jsonb_array_elements_text(r.more -> 'merged') m (reference)
            join {seen} s using (reference))
        and (%(communes)s::text[] = '{{}}' or r.insee_left = any(%(communes)s) or r.insee_right = any(%(communes)s))
        and (%(extent)s::text is null or r.geom && %(extent)s::text::box2d)
"""
REDRAWN: Final = "(k.drawn and not k.reshaped and not k.corrected)"
SAID_BEFORE: Final = """
    from known_section k join {staged} s using (reference) join road_section r on r.id = k.id
        cross join lateral jsonb_populate_record(null::pg_temp.staged_section,
            coalesce(r.more -> 'delivered', '{{}}')) d
    where r.more ? 'delivered' and {condition}
"""


def key_of(line: sql.Composable) -> sql.Composable:
    return sql.SQL("md5(st_asbinary({}))").format(line)


def key_of_line(line: sql.Composable) -> sql.Composable:
    """What `staging.key_of` makes of it."""
    return sql.SQL("left(encode(sha256(st_ashexewkb({}, 'NDR')::bytea), 'hex'), 16)").format(line)


def plan_sections(owner: Member, scope: Scope, refused: Iterable[str] = ()) -> Plan:
    """What the staged sections change; nothing is written but temporary tables. Those refused are not gone."""
    plan, given = Plan(), {"owner": owner.pk}
    run("drop table if exists known_section, gone_section, seen_section")
    run("create temporary table seen_section on commit drop as select reference from {}", STAGED)
    run("insert into seen_section select unnest(%(refused)s::text[])", refused=sorted(filter(None, refused)))
    run("create index on seen_section (reference)")
    plan.counts["held"] = run(HELD, staged=STAGED, **given)
    plan.counts["managed"] = run(MANAGED, staged=STAGED, **given)
    plan.counts["absorbed"] = run(ABSORBED, staged=STAGED, **given)
    ours, turned = sql.SQL("r.geom"), sql.SQL("st_reverse(r.geom)")
    keys = {"ours": key_of(ours), "turned": key_of(turned)}
    keys |= {"ours_there": key_of_line(ours), "turned_there": key_of_line(turned)}
    run(KNOWN, staged=STAGED, **keys, **given)
    run("create index on known_section (id)")
    run("create index on known_section (reference)")
    box = None if scope.extent is None else "BOX({:f} {:f},{:f} {:f})".format(*scope.extent)
    run(GONE, seen=sql.Identifier("seen_section"), communes=sorted(scope.communes), extent=box, **given)
    count_changes(plan)
    return plan


def count_changes(plan: Plan) -> None:
    ((known, changed, drawn),) = rows(
        "select count(distinct reference), count(distinct reference) filter (where said or {redrawn}),"
        " count(distinct reference) filter (where {redrawn}) from known_section k",
        redrawn=sql.SQL(REDRAWN),
    )
    ((total,),) = rows("select count(*) from {}", STAGED)
    ((gone,),) = rows("select count(*) from gone_section")
    plan.counts |= {"new": total - known, "changed": changed, "same": known - changed, "drawn": drawn, "gone": gone}
    plan.left_drawn = names_of(sql.SQL("from known_section k where k.drawn and k.reshaped"))
    plan.drawn_here = names_of(sql.SQL("from known_section k where k.drawn and k.corrected and not k.reshaped"))
    over = any_of(
        "({now} is distinct from {then} and {ours} is distinct from {then} and {ours} is distinct from {now})"
    )
    kept = any_of("({now} is not distinct from {then} and {ours} is distinct from {then})")
    corrected = sql.SQL(SAID_BEFORE)
    plan.overwritten = names_of(corrected.format(staged=STAGED, condition=over))
    statement = sql.SQL("select count(*) ") + corrected.format(staged=STAGED, condition=kept)
    ((plan.counts["corrected"],),) = rows("{}", statement)


MIDDLE: Final = "st_x(st_lineinterpolatepoint({0}, 0.5)), st_y(st_lineinterpolatepoint({0}, 0.5))"
FRESH: Final = """
    select coalesce(s.route || ' · ', '') || s.reference, {middle} from {staged} s
    where not exists (select from known_section k where k.reference = s.reference)
    order by hashtext(s.reference) limit {most}
"""
CHANGED: Final = """
    select coalesce(r.route || ' · ', '') || r.reference, {middle}, {redrawn}, {names}::text[],
        array[{ours}]::jsonb[], array[{then}]::jsonb[], array[{now}]::jsonb[]
    from known_section k join {staged} s using (reference) join road_section r on r.id = k.id
        left join lateral jsonb_populate_record(null::pg_temp.staged_section, r.more -> 'delivered') d on true
    where k.said or {redrawn} order by hashtext(r.reference) limit {most}
"""
GONE_ONES: Final = """
    select coalesce(r.route || ' · ', '') || r.reference, {middle} from gone_section g join road_section r using (id)
    order by hashtext(r.reference) limit {most}
"""


def list_changes(plan: Plan, *, replace: bool) -> None:
    """Some sections of each kind, all over, with what a delivery says of them otherwise than the last time."""
    most = sql.Literal(MOST_DOTS)
    ours, theirs = (sql.SQL(MIDDLE).format(sql.SQL(one)) for one in ("r.geom", "s.geom"))
    for name, x, y in sorted(rows(FRESH, middle=theirs, staged=STAGED, most=most)):
        plan.changes.add("new", name, place=(x, y))
    each: dict[str, list[sql.Composable]] = {
        "ours": [sql.Identifier("r", name) for name in COLUMNS],
        "then": [before(name) for name in COLUMNS],
        "now": [staging_value(name) for name in COLUMNS],
    }
    as_json: dict[str, sql.Composable] = {
        kind: sql.SQL(", ").join([sql.SQL("to_jsonb({})").format(one) for one in values])
        for kind, values in each.items()
    }
    names = sql.Literal(list(COLUMNS))
    changed = rows(CHANGED, middle=ours, staged=STAGED, redrawn=sql.SQL(REDRAWN), names=names, most=most,
                   **as_json)  # fmt: skip
    for name, x, y, redrawn, columns, here, then, now in sorted(changed, key=itemgetter(0)):
        texts = zip(here, then, now, strict=True)
        each_value = [[None if text is None else json.loads(text) for text in three] for three in texts]
        values = [
            (column, own, said)
            for column, (own, former, said) in zip(columns, each_value, strict=True)
            if said != former and said != own
        ]
        # What only its other fields say is no change that people see.
        if values or redrawn:
            plan.changes.add("changed", name, place=(x, y), values=values, redrawn=redrawn)
    for name, x, y in sorted(rows(GONE_ONES, middle=ours, most=most)) if replace else ():
        plan.changes.add("gone", name, place=(x, y))


def names_of(source: sql.Composable) -> list[str]:
    """The references of sections, the first of them."""
    statement = "select distinct k.reference {} order by 1 limit {}"
    return [name for (name,) in rows(statement, source, sql.Literal(MOST_NAMES))]


# -- writing ----------------------------------------------------------------------------------------------------------


def write_sections(owner: Member, plan: Plan, *, replace: bool, event: int) -> None:
    """Carry a plan out; nobody edits roads meanwhile. As the worker, with the triggers of sections at rest."""
    run("drop table if exists let_go, moved, spot")
    run("create temporary table let_go (node bigint) on commit drop")
    if replace:
        run("insert into let_go select unnest(array[start_node_id, end_node_id]) from gone_section")
        plan.counts["removed"] = run("delete from road_section where id in (select id from gone_section)")
    join_ends()
    refuse_collapsed(plan)
    update()
    insert(owner, event)
    run("""
        delete from road_node n where n.id in (select node from let_go)
            and not exists (select from road_section s where s.start_node_id = n.id)
            and not exists (select from road_section s where s.end_node_id = n.id)
    """)
    plan.roads = list_changed_roads(owner, replace)


LOST: Final = """
    with lost as materialized (
        select m.id, m.geom, m.route, m.number, m.carriageway, arpent.department_at(m.route, m.geom) as found
        from road_marker m where m.route = any(%(routes)s) and not exists (
            select from road_section s where s.route = m.route and s.department = m.department))
    select distinct on (route, found, number, carriageway) id, route, found from lost l
    where exists (select from road_section s where s.route = l.route and s.department = l.found
            and s.geom && st_expand(l.geom, %(near)s) and st_dwithin(s.geom, l.geom, %(near)s))
        and not exists (select from road_marker o
        where (o.route, o.department, o.number, o.carriageway) = (l.route, l.found, l.number, l.carriageway))
    order by route, found, number, carriageway, id
"""


def find_orphan_markers(routes: Iterable[str]) -> dict[int, Road]:
    """Markers whose road has no section in their Département any more, with the road of those that they stand on, where
    their number is free there.
    """
    return {marker: Road(*road) for marker, *road in rows(LOST, routes=sorted(routes), near=NEAR_M)}


def name_markers(lost: Mapping[int, Road]) -> None:
    """They follow their sections; whoever manages the road now finds them on it."""
    run(
        "update road_marker m set department = given.department, delivered = case"
        " when m.delivered ->> 'department' = m.department"
        " then m.delivered || jsonb_build_object('department', given.department) else m.delivered end"
        " from unnest(%(ids)s::bigint[], %(departments)s::text[]) as given(id, department) where given.id = m.id",
        ids=list(lost),
        departments=[one.department for one in lost.values()],
    )


MOVED: Final = """
    create temporary table moved on commit drop as select s.reference, s.geom from {staged} s
    where not exists (select from known_section k where k.reference = s.reference and not {redrawn})
"""
SPOTS: Final = """
    create temporary table spot on commit drop as
    select row_number() over () as id, e.geom, null::bigint as node, e.geom as at
    from (select distinct g.geom from moved m,
        lateral (values (st_startpoint(m.geom)), (st_endpoint(m.geom))) g (geom)) e
"""
THERE: Final = """
    update spot set node = f.node, at = f.at from (
        select s.id, n.id as node, n.geom as at from spot s cross join lateral (
            select n.id, n.geom from road_node n
            where n.geom && st_expand(s.geom, 0.5) and st_dwithin(n.geom, s.geom, 0.5)
            order by st_distance(n.geom, s.geom), n.id limit 1) n) f
    where f.id = spot.id
"""
MADE: Final = """
    with apart as (select id, geom, st_clusterdbscan(geom, 0.5, 1) over () as cluster from spot where node is null),
    first as (select distinct on (cluster) cluster, geom from apart order by cluster, id),
    made as materialized (
        select cluster, geom, nextval(pg_get_serial_sequence('road_node', 'id')) as node from first),
    kept as (insert into road_node (id, geom) select node, geom from made)
    update spot set node = made.node, at = made.geom from apart join made using (cluster) where apart.id = spot.id
"""
JOINED: Final = """
    update {staged} s set start_node_id = a.node, end_node_id = b.node,
        geom = st_setpoint(st_setpoint(s.geom, 0, a.at), -1, b.at)
    from moved m, spot a, spot b
    where m.reference = s.reference and a.geom = st_startpoint(m.geom) and b.geom = st_endpoint(m.geom)
"""


def join_ends() -> None:
    """The ends of new lines on nodes within half a metre, made where there are none: as `arpent.join_section` does."""
    run(MOVED, staged=STAGED, redrawn=sql.SQL(REDRAWN))
    run(SPOTS)
    run("create index on spot (geom)")
    run("analyze spot")
    run("analyze moved")
    run(THERE)
    run(MADE)
    run(JOINED, staged=STAGED)


COLLAPSED: Final = """
    with gone as (
        delete from {staged} s using moved m where m.reference = s.reference and (st_length(s.geom) < %(least)s
            or s.start_node_id = s.end_node_id and st_length(s.geom) < 2 * %(least)s)
        returning s.rank, s.file, s.reference, s.start_node_id, s.end_node_id, m.geom),
    nodes as (insert into let_go select unnest(array[start_node_id, end_node_id]) from gone)
    select g.file, g.rank, g.reference, st_length(g.geom), st_x(st_startpoint(g.geom)), st_y(st_startpoint(g.geom)),
        not exists (select from known_section k where k.reference = g.reference) from gone g
"""


def refuse_collapsed(plan: Plan) -> None:
    """Both ends of a section went to one node, or nearly: nothing would be left of it (as `arpent.join_section`)."""
    for file, rank, name, metres, x, y, new in rows(COLLAPSED, staged=STAGED, least=SHORTEST_M):
        code, params = too_short(name, metres)
        plan.findings.append(Finding(file=file, row=rank, code=code, params=params, severity="error", place=(x, y)))
        for name in ("new",) if new else ("changed", "drawn"):
            plan.counts[name] -= 1


UPDATE: Final = """
    update road_section r set {assigned},
        geom = case when {redrawn} then case when k.turned then st_reverse(s.geom) else s.geom end else r.geom end,
        start_node_id = case when {redrawn} then case when k.turned then s.end_node_id else s.start_node_id end
            else r.start_node_id end,
        end_node_id = case when {redrawn} then case when k.turned then s.start_node_id else s.end_node_id end
            else r.end_node_id end,
        more = r.more || jsonb_build_object('delivered', s.delivered, 'beside', s.beside, 'line', s.line)
            || case when {redrawn} then jsonb_build_object('put', {put}) else '{{}}' end
    from known_section k join {staged} s using (reference) join road_section o on o.id = k.id
        cross join lateral jsonb_populate_record(null::pg_temp.staged_section,
            coalesce(o.more -> 'delivered', '{{}}')) d
    where r.id = k.id and (k.said or k.drawn)
"""


def update() -> None:
    """Rows that the source changed."""
    run("insert into let_go select unnest(array[r.start_node_id, r.end_node_id]) from known_section k"
        " join road_section r on r.id = k.id where {redrawn}", redrawn=sql.SQL(REDRAWN))  # fmt: skip
    assigned = sql.SQL(", ").join(
        sql.SQL("{0} = case when {1} is distinct from {2} then {1} else r.{0} end").format(
            sql.Identifier(name), staging_value(name), before(name)
        )
        for name in COLUMNS
    )
    put = key_of(sql.SQL("s.geom"))
    run(UPDATE, assigned=assigned, staged=STAGED, redrawn=sql.SQL(REDRAWN), put=put)


def insert(owner: Member, event: int) -> None:
    columns = join_names(COLUMNS)
    run(
        "insert into road_section (owner_id, import_id, source, reference, {columns}, more, start_node_id, end_node_id,"
        " geom) select %(owner)s, %(event)s, %(source)s, s.reference, {columns},"
        " jsonb_build_object('delivered', s.delivered, 'beside', s.beside, 'line', s.line, 'put', {put}),"
        " s.start_node_id, s.end_node_id, s.geom from {staged} s"
        " where not exists (select from known_section k where k.reference = s.reference) order by s.rank",
        columns=columns,
        staged=STAGED,
        put=key_of(sql.SQL("s.geom")),
        owner=owner.pk,
        event=event,
        source=SOURCE,
    )


def list_changed_roads(owner: Member, replace: bool) -> set[Road]:
    """The numbered roads of what was written, before and after."""
    roads = rows(
        """
        select k.old_route, k.old_department from known_section k where k.said or k.drawn
        union select r.route, r.department from known_section k join road_section r on r.id = k.id
            where k.said or k.drawn
        union select r.route, r.department from {staged} s join road_section r using (reference)
            where r.owner_id = %(owner)s and not exists (select from known_section k where k.reference = s.reference)
        union select g.route, g.department from gone_section g where %(replace)s
        """,
        staged=STAGED,
        owner=owner.pk,
        replace=replace,
    )
    return {Road(*one) for one in roads if one[0]}


def list_staged_roads() -> frozenset[Road]:
    """The numbered roads that a delivery has sections of."""
    return frozenset(
        Road(*one) for one in rows("select distinct route, department from {} where route is not null", STAGED)
    )
