"""Markers (PR) that were read, checked row by row and written: good rows come in, others are told of. A marker that was
corrected here stays so (`delivered.settle`), whatever its number or its road was corrected to.
"""

import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import shapely
from django.db.models import Q
from django.utils.translation import gettext as _

from gis_core.models import Member
from layers.imports.services.loading import rows, run
from networks.core.importers.faults import Fault
from networks.roads.importers.delivered import PLACE, place_of, settle
from networks.roads.importers.markers import NEAR_M, SOURCES, Row, Table, along_their_roads, placed
from networks.roads.models import RoadMarker
from networks.roads.references import Road

FAR_M = 1_000.0
"""How far from sections that a member keeps a marker may be its own, outside its territory."""


@dataclass(slots=True)
class Outcome:
    counts: Counter[str]
    faults: list[Fault]
    roads: set[Road]


@dataclass(frozen=True, slots=True)
class Change:
    """What a row changes of the marker that it is; `told` where its source says something else than the last time."""

    row: Row
    pk: int
    road: Road
    moved: bool
    named: bool
    told: dict[str, Any] | None

    @property
    def written(self) -> bool:
        return self.moved or self.named or self.told is not None


def bring(owner: Member, table: Table, *, write: bool, also: frozenset[Road] = frozenset()) -> Outcome:
    """Load the rows that can be (or count them); roads of `also` are known, too. As the worker, in a transaction."""
    outcome = Outcome(Counter(read=table.read), [], set())
    located = in_departments(placed(table, table.rows), also)
    good = known_roads(table, without_twins(table, located), also)
    good = [one for one in along_their_roads(table, good) if has_place(one, table)]
    good = within_rights(owner, without_overlap(table, good), outcome)
    fresh, changed = compared(owner, table, good, outcome)
    outcome.counts["new"] = len(fresh)
    outcome.faults = table.faults.all()
    outcome.counts["refused"] = sum(one.gravity == "error" and one.row is not None for one in outcome.faults)
    outcome.roads = {one.road for one in fresh} | {one.road for one in changed if one.moved}
    if write and (fresh or changed):
        keep(owner, table, fresh, changed)
    return outcome


def without_twins(table: Table, found: Sequence[Row]) -> list[Row]:
    """One row of each marker: the first; another one in the same place is only told."""
    first: dict[tuple[Road, int, str], Row] = {}
    for one in found:
        other = first.setdefault(one.key, one)
        if other is one:
            continue
        told = {"name": one.name, "row": other.rank}
        if (other.given, other.place, other.along_m) == (one.given, one.place, one.along_m):
            table.faults.add(
                one.rank, _("%(name)s is there already (row %(row)s), in the same place: left out.") % told
            )
        else:
            words = _("%(name)s is there already (row %(row)s), elsewhere: keep one of them, or say the side (D, G).")
            table.faults.add(one.rank, words % told, "error")
    return list(first.values())


def in_departments(found: Sequence[Row], also: frozenset[Road]) -> list[Row]:
    """Rows with the Département of their road: the one that is told if the road has sections there, else that of the
    nearest section, or the only one.
    """
    known = sections_known({one.route for one in found}) | also
    unsure = [one for one in found if one.road not in known]
    places = [one.place or (0.0, 0.0) for one in unsure]
    nearest = rows(
        "select arpent.department_at(route, st_setsrid(st_makepoint(x, y), 2154))"
        " from unnest(%(routes)s::text[], %(xs)s::float8[], %(ys)s::float8[]) with ordinality as given(route, x, y, n)"
        " order by n",
        routes=[one.route for one in unsure],
        xs=[place[0] for place in places],
        ys=[place[1] for place in places],
    )
    lies = {id(one): department for one, (department,) in zip(unsure, nearest, strict=True)}
    return [replace(one, department=department_for(one, known, lies.get(id(one), ""))) for one in found]


def department_for(one: Row, known: Collection[Road], lies: str) -> str:
    there = sorted(road.department for road in known if road.route == one.route)
    if one.department in there or not there:
        return one.department
    return lies if lies in there or len(there) > 1 else there[0]


def sections_known(routes: Collection[str]) -> frozenset[Road]:
    """The roads of these numbers that have sections."""
    found = rows(
        "select distinct route, department from road_section where route = any(%(routes)s)", routes=list(routes)
    )
    return frozenset(Road(*one) for one in found)


def known_roads(table: Table, found: Sequence[Row], also: frozenset[Road]) -> list[Row]:
    known = sections_known({one.route for one in found}) | also
    for one in found:
        if one.road not in known:
            words = _(
                "%(name)s: no section is of the road %(route)s: import its sections first, or correct its number."
            )
            table.faults.add(one.rank, words % {"name": one.name, "route": one.road}, "error")
    return [one for one in found if one.road in known]


def has_place(one: Row, table: Table) -> bool:
    """Whether it stands somewhere; if not, why."""
    if one.place is not None:
        return True
    if one.number < 0:
        return False
    if one.along_m is not None:
        words = _(
            "%(name)s: cumulated metres alone do not place it: give x and y of two markers of this road at least."
        )
    else:
        words = _("%(name)s has no position: give x and y, or the cumulated metres (“cumul”).")
    table.faults.add(one.rank, words % {"name": one.name}, "error")
    return False


def without_overlap(table: Table, found: Sequence[Row]) -> list[Row]:
    """Two markers of a road and carriageway in one place are told: one of them has the wrong coordinates."""
    at: dict[tuple[Road, str, tuple[float, float]], Row] = {}
    for one in found:
        assert one.place is not None
        other = at.setdefault((one.road, one.side, one.place), one)
        if other is not one:
            words = _("%(name)s stands exactly where %(other)s does (row %(row)s): correct one of them.")
            told = {"name": one.name, "other": other.name, "row": other.rank}
            table.faults.add(one.rank, words % told, place=one.place)
    return list(found)


ALLOWED: Final = """
    with given as materialized (
        select n, route, department, st_setsrid(st_makepoint(x, y), 2154) as geom, manager is not null as managed
        from unnest(%(routes)s::text[], %(departments)s::text[], %(xs)s::float8[], %(ys)s::float8[])
            with ordinality as g(route, department, x, y, n) join (
                select route, department, arpent.road_manager(route, department, %(owner)s) as manager
                from unnest(%(routes)s::text[], %(departments)s::text[]) as r(route, department) group by 1, 2
            ) road using (route, department))
    select g.managed, not g.managed and exists (select from gis_core_territory t where t.member_id = %(owner)s)
        and not exists (select from gis_core_territory t join gis_core_commune c on c.insee = t.insee
            where t.member_id = %(owner)s and c.geom && st_expand(g.geom, %(near)s)
                and st_dwithin(c.geom, g.geom, %(near)s))
        and not exists (select from road_section s where s.route = g.route and s.department = g.department
            and s.owner_id = %(owner)s and s.geom && st_expand(g.geom, %(own)s) and st_dwithin(s.geom, g.geom, %(own)s))
    from given g order by g.n
"""


def within_rights(owner: Member, found: Sequence[Row], outcome: Outcome) -> list[Row]:
    """Rows of roads that no other member manages, in the member's territory or near sections that it keeps."""
    given = columns(found)
    told = rows(ALLOWED, owner=owner.pk, near=NEAR_M, own=FAR_M,
                **{name: given[name] for name in ("routes", "departments", "xs", "ys")})  # fmt: skip
    outcome.counts["managed"] = sum(managed for managed, _outside in told)
    outcome.counts["outside"] = sum(outside for _managed, outside in told)
    return [one for one, (managed, outside) in zip(found, told, strict=True) if not (managed or outside)]


def compared(owner: Member, table: Table, found: Sequence[Row], outcome: Outcome) -> tuple[list[Row], list[Change]]:
    """Rows that are new, and what the others change of the markers that are there."""
    standing = there(sorted({one.route for one in found}))
    said = {one.said_key: one for one in standing if one.said_key}
    own = {one.key: one for one in standing}
    claimed = {one.key: said[one.key] for one in found if one.key in said and said[one.key].owner_id == owner.pk}
    taken = {marker.pk for marker in claimed.values()}
    fresh, changed = [], []
    for one in found:
        marker = claimed.get(one.key) or own.get(one.key)
        if marker is None:
            fresh.append(one)
        elif marker.owner_id != owner.pk:
            words = _("%(name)s is kept by %(member)s: it stays as it is.")
            table.faults.add(one.rank, words % {"name": one.name, "member": marker.owner.name})
        elif one.key not in claimed and marker.pk in taken:
            words = _("%(name)s is here what the file calls another marker, as somebody corrected it: left out.")
            table.faults.add(one.rank, words % {"name": one.name})
            outcome.counts["same"] += 1
        elif (change := change_of(one, marker, table, outcome)).written:
            changed.append(change)
    return fresh, changed


class Standing:
    """A marker that is there, and what its source said of it the last time."""

    def __init__(self, marker: RoadMarker) -> None:
        self.pk, self.owner_id, self.owner = marker.pk, marker.owner_id, marker.owner
        self.key = Road(marker.route, marker.department), marker.number, marker.carriageway
        here = {"reference": marker.reference, PLACE: place_of(shapely.points(marker.geom.coords))}
        # One that was brought before it was remembered what was delivered is as it was brought.
        self.here, self.said = here, marker.delivered or (here if marker.source in SOURCES else None)
        told = marker.delivered or {}
        self.said_key = (Road(told["route"], told["department"]), told["number"], told["carriageway"]) if told else None
        self.remembered = marker.delivered


def there(routes: Sequence[str]) -> list[Standing]:
    """The markers of these roads, as people write them here or as their source did."""
    found = RoadMarker.objects.filter(Q(route__in=routes) | Q(delivered__route__in=routes))
    return [Standing(one) for one in found.select_related("owner").order_by("pk")]


def change_of(one: Row, marker: Standing, table: Table, outcome: Outcome) -> Change:
    """What a row changes of a marker: what was corrected here stays (`delivered.settle`)."""
    now = one.said
    settled = settle({name: now[name] for name in (PLACE, "reference") if now.get(name)}, marker.said, marker.here)
    outcome.counts["changed" if settled.taken else "same"] += 1
    outcome.counts["corrected"] += bool(settled.kept)
    if settled.both:
        x, y = shapely.get_coordinates(shapely.from_wkt(marker.here[PLACE]))[0]
        words = _("%(name)s was corrected here, and the file changed it, too: what is here stays.")
        table.faults.add(one.rank, words % {"name": one.name}, place=(float(x), float(y)))
    told = (marker.remembered or {}) | now
    return Change(one, marker.pk, marker.key[0], PLACE in settled.taken, "reference" in settled.taken,
                  told if told != marker.remembered else None)  # fmt: skip


def keep(owner: Member, table: Table, fresh: Sequence[Row], changed: Sequence[Change]) -> None:
    run("select arpent.open_event('import', 'road_marker'::regclass, jsonb_build_object('from', 'import', 'label',"
        " %(label)s::text))", label=table.faults.file)  # fmt: skip
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
        run(
            "update road_marker m set delivered = coalesce(m.delivered, '{{}}') || given.said,"
            " geom = case when given.moved then st_setsrid(st_makepoint(x, y), 2154) else m.geom end,"
            " reference = case when given.named then given.reference else m.reference end"
            " from unnest(%(ids)s::bigint[], %(moved)s::bool[], %(named)s::bool[], %(references)s::text[],"
            " %(said)s::jsonb[], %(xs)s::float8[], %(ys)s::float8[])"
            " as given(id, moved, named, reference, said, x, y) where given.id = m.id",
            ids=[one.pk for one in changed],
            moved=[one.moved for one in changed],
            named=[one.named for one in changed],
            **{
                name: values
                for name, values in columns([one.row for one in changed]).items()
                if name in ("references", "said", "xs", "ys")
            },
        )


def columns(found: Sequence[Row]) -> dict[str, list[Any]]:
    places = shapely.points([one.place or (0.0, 0.0) for one in found])
    return {
        "routes": [one.route for one in found],
        "departments": [one.department for one in found],
        "numbers": [one.number for one in found],
        "sides": [one.side for one in found],
        "references": [one.reference for one in found],
        "said": [json.dumps(one.said, ensure_ascii=False) for one in found],
        "xs": shapely.get_x(places).tolist(),
        "ys": shapely.get_y(places).tolist(),
    }
