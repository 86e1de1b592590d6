"""Markers (PR) that were read, checked row by row and written: good rows come in, others are said. A marker that was
corrected here stays so (`merging.merge`), whatever its number or its road was corrected to.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from math import dist
from typing import Any, Final

import shapely
from django.db.models import Q
from django.utils.translation import gettext_noop
from psycopg import sql

from gis_core.models import Member
from layers.intake.feature_table.merging import PLACE, merge, place_of
from layers.intake.findings import Finding
from layers.intake.object_changes import ObjectChanges
from layers.intake.services.loading import rows, run
from networks.roads.importers.markers import NEAR_M, SOURCES, Row, Table, along_their_roads, locate_markers
from networks.roads.importers.staging import STAGED
from networks.roads.models import RoadMarker
from networks.roads.references import Road

FAR_M = 1_000.0
"""How far from sections that a member keeps a marker may be its own, outside its territory; how far a marker may be
from where it was to be found again, for the next one has another number.
"""


@dataclass(slots=True)
class Outcome:
    counts: Counter[str]
    findings: list[Finding]
    roads: set[Road]
    changes: ObjectChanges = field(default_factory=lambda: ObjectChanges("road-markers"))


@dataclass(frozen=True, slots=True)
class Change:
    """What a row changes of the marker that it is; `delivered` where its source says something else than the last time,
    `renamed` where its road got another Département here.
    """

    row: Row
    pk: int
    road: Road
    moved: bool
    new_reference: bool
    renamed: bool
    delivered: dict[str, Any] | None

    @property
    def needs_update(self) -> bool:
        return self.moved or self.renamed or self.new_reference or self.delivered is not None


def bring(owner: Member, table: Table, *, write: bool, also: frozenset[Road] = frozenset()) -> Outcome:
    """Load the rows that can be (or count them); roads of `also` are known, too. As the worker, in a transaction."""
    outcome = Outcome(Counter(read=table.read, managed=0, outside=0, aside=table.aside), [], set())
    located = filter_known_roads(table, in_departments(locate_markers(table, table.rows), also), also)
    # First what is not the member's: a row of somebody else's place is no twin of one that comes in.
    good, left = within_rights(owner, located, outcome, staged=bool(also))
    good = without_twins(table, good)
    keys = {one.key for one in good}
    good = along_their_roads(good, [one for one in left if one.key not in keys])
    good = without_overlap(table, [one for one in good if has_place(one, table)])
    good, _left = within_rights(owner, good, outcome, staged=bool(also))
    fresh, changed = compare_with_known(owner, table, good, outcome)
    outcome.counts["new"] = len(fresh)
    outcome.findings = table.findings.all()
    outcome.counts["refused"] = sum(one.severity == "error" and one.row is not None for one in outcome.findings)
    outcome.roads = {one.road for one in fresh} | {one.road for one in changed if one.moved}
    outcome.roads |= {one.row.road for one in changed if one.renamed}
    if write and (fresh or changed):
        write_markers(owner, table, fresh, changed)
    return outcome


def without_twins(table: Table, markers: Sequence[Row]) -> list[Row]:
    """One row of each marker: the first; another one in the same place is only reported."""
    first: dict[tuple[Road, int, str], Row] = {}
    for one in markers:
        other = first.setdefault(one.key, one)
        if other is one:
            continue
        params = {"name": one.name, "row": other.rank}
        if (other.given, other.place, other.along_m) == (one.given, one.place, one.along_m):
            table.findings.add(
                one.rank, gettext_noop("%(name)s is there already (row %(row)s), in the same place: left out."), params
            )
        else:
            message = gettext_noop(
                "%(name)s is there already (row %(row)s), elsewhere: keep one of them, or say the side (D, G)."
            )
            table.findings.add(one.rank, message, params, "error")
    return list(first.values())


NEAREST: Final = """
    with given as (
        select n, route, department, st_setsrid(st_makepoint(x, y), 2154) as geom
        from unnest(%(routes)s::text[], %(departments)s::text[], %(xs)s::float8[], %(ys)s::float8[])
            with ordinality as g(route, department, x, y, n))
    select case when g.department = '' or exists (select from road_section s where s.route = g.route
            and s.department <> '' and s.geom && st_expand(g.geom, %(near)s) and st_dwithin(s.geom, g.geom, %(near)s))
        then arpent.department_at(g.route, g.geom) else '' end
    from given g order by g.n
"""


def in_departments(markers: Sequence[Row], also: frozenset[Road]) -> list[Row]:
    """Rows with the Département of their road: the one that is given if the road has sections there, else that of the
    section that it stands on; the nearest or the only one where none is given.
    """
    known = sections_known({one.route for one in markers}) | also
    unsure = [one for one in markers if not one.department or one.road not in known]
    given = columns(unsure)
    nearest = rows(NEAREST, near=NEAR_M, **{name: given[name] for name in ("routes", "departments", "xs", "ys")})
    lies = {id(one): department for one, (department,) in zip(unsure, nearest, strict=True)}
    there = departments_of(known)
    return [replace(one, department=department_for(one, there[one.route], lies.get(id(one), ""))) for one in markers]


def department_for(one: Row, there: Sequence[str], lies: str) -> str:
    if one.department and one.department in there:
        return one.department
    if lies:
        return lies
    if not one.department and one.place is None:
        # Once it is placed, the database would name it.
        there = list(filter(None, there)) or there
    return there[0] if len(there) == 1 and (not one.department or not there[0]) else one.department


def departments_of(known: Collection[Road]) -> dict[str, list[str]]:
    """By number, those that have such a road."""
    departments: dict[str, list[str]] = defaultdict(list)
    for route, department in sorted(known):
        departments[route].append(department)
    return departments


def sections_known(routes: Collection[str]) -> frozenset[Road]:
    """The roads of these numbers that have sections."""
    roads = rows(
        "select distinct route, department from road_section where route = any(%(routes)s)", routes=list(routes)
    )
    return frozenset(Road(*one) for one in roads)


def filter_known_roads(table: Table, markers: Sequence[Row], also: frozenset[Road]) -> list[Row]:
    known = sections_known({one.route for one in markers}) | also
    departments, good = departments_of(known), []
    for one in markers:
        there = departments[one.route]
        unsure = not one.department and len(there) > 1 and (one.place is None or one.road not in known)
        if unsure:
            message = gettext_noop("%(name)s: several Départements have a %(route)s: say which one (%(choices)s).")
        elif one.road not in known:
            message = gettext_noop(
                "%(name)s: no section is of the road %(route)s: import its sections first, or correct its number."
            )
        else:
            good.append(one)
            continue
        params = {"name": one.name, "route": str(one.road), "choices": [code for code in there if code]}
        table.findings.add(one.rank, message, params, "error")
    return good


def has_place(one: Row, table: Table) -> bool:
    """Whether it stands somewhere; if not, why."""
    if one.place is not None:
        return True
    if one.along_m is not None:
        message = gettext_noop(
            "%(name)s: cumulated metres alone do not place it: give x and y of two markers of this road at least."
        )
    else:
        message = gettext_noop("%(name)s has no position: give x and y, or the cumulated metres (“cumul”).")
    table.findings.add(one.rank, message, {"name": one.name}, "error")
    return False


def without_overlap(table: Table, markers: Sequence[Row]) -> list[Row]:
    """Two markers of a road and carriageway in one place are reported: one of them has the wrong coordinates."""
    at: dict[tuple[Road, str, tuple[float, float]], Row] = {}
    for one in markers:
        assert one.place is not None
        other = at.setdefault((one.road, one.side, one.place), one)
        if other is not one:
            message = gettext_noop("%(name)s stands exactly where %(other)s does (row %(row)s): correct one of them.")
            params = {"name": one.name, "other": other.name, "row": other.rank}
            table.findings.add(one.rank, message, params, place=one.place)
    return list(markers)


ALLOWED: Final = """
    with given as materialized (
        select n, route, department, st_setsrid(st_makepoint(x, y), 2154) as geom, manager is not null as managed
        from unnest(%(routes)s::text[], %(departments)s::text[], %(xs)s::float8[], %(ys)s::float8[])
            with ordinality as g(route, department, x, y, n) join (
                select route, department, case when not exists (select from {staged} s join gis_core_member m
                        on m.id = %(owner)s and arpent.manages_road(s.manager, m.kind)
                        where s.route = r.route and s.department = r.department)
                    then arpent.road_manager(route, department, %(owner)s) end as manager
                from (select distinct route, department
                    from unnest(%(routes)s::text[], %(departments)s::text[]) as r(route, department)) r
            ) road using (route, department))
    select g.managed, not g.managed and exists (select from gis_core_territory t where t.member_id = %(owner)s)
        and not exists (select from gis_core_territory t join gis_core_commune c on c.insee = t.insee
            where t.member_id = %(owner)s and c.geom && st_expand(g.geom, %(near)s)
                and st_dwithin(c.geom, g.geom, %(near)s))
        and not exists (select from road_section s where s.route = g.route and s.department = g.department
            and s.owner_id = %(owner)s and s.geom && st_expand(g.geom, %(own)s) and st_dwithin(s.geom, g.geom, %(own)s))
        and not exists (select from {staged} s where s.route = g.route and s.department = g.department
            and s.geom && st_expand(g.geom, %(own)s) and st_dwithin(s.geom, g.geom, %(own)s))
    from given g order by g.n
"""
NOTHING: Final = sql.SQL("(select * from road_section where false)")


def within_rights(
    owner: Member, markers: Sequence[Row], outcome: Outcome, *, staged: bool
) -> tuple[list[Row], list[Row]]:
    """Rows of roads that no other member manages, in the member's territory or near sections that it keeps, those that
    are about to come (`staged`) included, and the rest. A row that has no place yet is asked of its road alone.
    """
    given = columns(markers)
    answers = rows(ALLOWED, staged=STAGED if staged else NOTHING, owner=owner.pk, near=NEAR_M, own=FAR_M,
                   **{name: given[name] for name in ("routes", "departments", "xs", "ys")})  # fmt: skip
    good: list[Row] = []
    left: list[Row] = []
    for one, (managed, outside) in zip(markers, answers, strict=True):
        outside = outside and one.place is not None
        outcome.counts["managed"] += managed
        outcome.counts["outside"] += outside
        (left if managed or outside else good).append(one)
    return good, left


def compare_with_known(
    owner: Member, table: Table, markers: Sequence[Row], outcome: Outcome
) -> tuple[list[Row], list[Change]]:
    """Rows that are new, and what the others change of the markers that are there."""
    known = markers_there(sorted({one.route for one in markers}))
    said = {one.said_key: one for one in known if one.said_key}
    own = {one.key: one for one in known}
    claimed = {one.key: said[one.key] for one in markers if one.key in said and said[one.key].owner_id == owner.pk}
    taken = {marker.pk for marker in claimed.values()}
    keys = {one.key for one in markers}
    lost = find_lost_markers([one for one in known if one.pk not in taken and one.key not in keys])
    managed = roads_managed_by_others(owner, {one.key[0] for one in claimed.values()} - {one.road for one in markers})
    fresh, changed = [], []
    for one in markers:
        marker = claimed.get(one.key) or own.get(one.key) or match_lost(one, lost)
        if marker is None:
            fresh.append(one)
        elif marker.owner_id != owner.pk:
            message = gettext_noop("%(name)s is kept by %(member)s: it stays as it is.")
            table.findings.add(one.rank, message, {"name": one.name, "member": marker.owner.name})
        elif one.key not in claimed and marker.pk in taken:
            message = gettext_noop(
                "%(name)s is here what the file calls another marker, as somebody corrected it: left out."
            )
            table.findings.add(one.rank, message, {"name": one.name})
            outcome.counts["same"] += 1
        elif marker.key[0] in managed:
            outcome.counts["managed"] += 1
        elif (change := change_of(one, marker, table, outcome, lost=one.key not in claimed)).needs_update:
            changed.append(change)
            note_change(change, marker, outcome)
    for one in fresh:
        outcome.changes.add("new", one.name, place=one.place)
    return fresh, changed


def note_change(change: Change, marker: "KnownMarker", outcome: Outcome) -> None:
    """What of a marker changes, object by object; what is only remembered is no change."""
    if not (change.moved or change.new_reference or change.renamed):
        return
    now = change.row.said
    values = [("reference", marker.here["reference"], now.get("reference"))] if change.new_reference else []
    if change.renamed:
        values.append(("department", marker.key[0].department, change.row.department))
    moved = dist(marker.at, change.row.place) if change.moved and change.row.place else None
    place = change.row.place or (marker.at[0], marker.at[1])
    outcome.changes.add("changed", change.row.name, place=place, values=values, moved_m=moved)


def find_lost_markers(markers: Sequence["KnownMarker"]) -> dict[tuple[str, int, str], "KnownMarker"]:
    """Markers whose Département has no section of the road any more, or is not known: by number, without it."""
    known = sections_known({one.key[0].route for one in markers})
    lost: dict[tuple[str, int, str], KnownMarker] = {}
    for one in markers:
        road, number, side = one.key
        if not road.department or road not in known:
            lost.setdefault((road.route, number, side), one)
    return lost


def match_lost(one: Row, lost: dict[tuple[str, int, str], "KnownMarker"]) -> "KnownMarker | None":
    """The lost marker that a row is, each once: of its number, and about where it stands."""
    key = one.route, one.number, one.side
    if key not in lost or one.place is None or dist(lost[key].at, one.place) > FAR_M:
        return None
    return lost.pop(key)


def roads_managed_by_others(owner: Member, roads: Collection[Road]) -> frozenset[Road]:
    """Those that another member manages: what was corrected to be of one is no longer changed by a file."""
    managed = rows(
        "select route, department from unnest(%(routes)s::text[], %(departments)s::text[]) as r(route, department)"
        " where arpent.road_manager(route, department, %(owner)s) is not null",
        owner=owner.pk,
        routes=[one.route for one in roads],
        departments=[one.department for one in roads],
    )
    return frozenset(Road(*one) for one in managed)


class KnownMarker:
    """A marker that is there, and what its source said of it the last time."""

    def __init__(self, marker: RoadMarker) -> None:
        self.pk, self.owner_id, self.owner = marker.pk, marker.owner_id, marker.owner
        self.at = marker.geom.coords
        self.key = Road(marker.route, marker.department), marker.number, marker.carriageway
        here = {"reference": marker.reference, PLACE: place_of(shapely.points(marker.geom.coords))}
        # One that was brought before it was remembered what was delivered is as it was brought.
        self.here, self.said = here, marker.delivered or (here if marker.source in SOURCES else None)
        delivered = marker.delivered or {}
        road = Road(delivered["route"], delivered["department"]) if delivered else None
        self.said_key = (road, delivered["number"], delivered["carriageway"]) if road else None
        self.remembered = marker.delivered


def markers_there(routes: Sequence[str]) -> list[KnownMarker]:
    """The markers of these roads, as people write them here or as their source did."""
    markers = RoadMarker.objects.filter(Q(route__in=routes) | Q(delivered__route__in=routes))
    return [KnownMarker(one) for one in markers.select_related("owner").order_by("pk")]


def change_of(one: Row, marker: KnownMarker, table: Table, outcome: Outcome, *, lost: bool) -> Change:
    """What a row changes of a marker: what was corrected here stays (`merging.merge`), a Département whose road is
    there no more does not.
    """
    now = one.said
    merged = merge({name: now[name] for name in (PLACE, "reference") if now.get(name)}, marker.said, marker.here)
    renamed = lost and marker.key != one.key
    outcome.counts["changed" if merged.taken or renamed else "same"] += 1
    outcome.counts["corrected"] += bool(merged.kept)
    outcome.counts["both"] += bool(merged.both)
    if merged.both:
        x, y = shapely.get_coordinates(shapely.from_wkt(marker.here[PLACE]))[0]
        message = gettext_noop("%(name)s was corrected here, and the file changed it, too: what is here stays.")
        table.findings.add(one.rank, message, {"name": one.name}, place=(float(x), float(y)))
    delivered = (marker.remembered or {}) | now
    return Change(one, marker.pk, marker.key[0], moved=PLACE in merged.taken, new_reference="reference" in merged.taken,
                  renamed=renamed, delivered=delivered if delivered != marker.remembered else None)  # fmt: skip


def write_markers(owner: Member, table: Table, fresh: Sequence[Row], changed: Sequence[Change]) -> None:
    run("select arpent.open_event('import', 'road_marker'::regclass, jsonb_build_object('from', 'import', 'label',"
        " %(label)s::text))", label=table.findings.file)  # fmt: skip
    if fresh:
        run(
            "insert into road_marker"
            " (owner_id, route, department, number, carriageway, reference, source, delivered, geom)"
            " select %(owner)s, route, department, number, side, reference, %(source)s, said,"
            " st_setsrid(st_makepoint(x, y), 2154) from unnest(%(routes)s::text[], %(departments)s::text[],"
            " %(numbers)s::int[], %(sides)s::text[], %(references)s::text[], %(said)s::jsonb[], %(xs)s::float8[],"
            " %(ys)s::float8[]) as given(route, department, number, side, reference, said, x, y)",
            owner=owner.pk,
            source=table.source,
            **columns(fresh),
        )
    if changed:
        run(UPDATE, **values_of(changed))


UPDATE: Final = """
    update road_marker m set delivered = coalesce(m.delivered, '{{}}') || given.said,
        reference = case when given.new_reference then given.reference else m.reference end,
        geom = case when given.moved then st_setsrid(st_makepoint(x, y), 2154) else m.geom end,
        department = case when given.renamed then given.department else m.department end
    from unnest(%(ids)s::bigint[], %(moved)s::bool[], %(new_reference)s::bool[], %(renamed)s::bool[],
            %(references)s::text[], %(departments)s::text[], %(said)s::jsonb[], %(xs)s::float8[], %(ys)s::float8[])
        as given(id, moved, new_reference, renamed, reference, department, said, x, y) where given.id = m.id
"""


def values_of(changed: Sequence[Change]) -> dict[str, list[Any]]:
    given = columns([one.row for one in changed])
    return (
        {name: given[name] for name in ("references", "departments", "said", "xs", "ys")}
        | {name: [getattr(one, name) for one in changed] for name in ("moved", "new_reference", "renamed")}
        | {"ids": [one.pk for one in changed]}
    )


def columns(markers: Sequence[Row]) -> dict[str, list[Any]]:
    places = [one.place or (0.0, 0.0) for one in markers]
    return {
        "routes": [one.route for one in markers],
        "departments": [one.department for one in markers],
        "numbers": [one.number for one in markers],
        "sides": [one.side for one in markers],
        "references": [one.reference for one in markers],
        "said": [json.dumps(one.said, ensure_ascii=False) for one in markers],
        "xs": [x for x, _y in places],
        "ys": [y for _x, y in places],
    }
