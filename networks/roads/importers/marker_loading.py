"""Markers (PR) that were read, checked row by row and written: good rows come in, others are told of. A marker that was
corrected here stays so (`delivered.settle`), whatever its number or its road was corrected to.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from django.db.models import Q
from django.utils.translation import gettext as _

from gis_core.models import Member
from layers.imports.services.loading import rows, run
from networks.core.importers.faults import Fault
from networks.roads.importers.delivered import PLACE, place_of, settle
from networks.roads.importers.markers import SOURCES, Row, Table, along_their_roads, placed
from networks.roads.models import RoadMarker
from networks.roads.references import shown_route


@dataclass(slots=True)
class Outcome:
    counts: Counter[str]
    faults: list[Fault]
    routes: set[str]


@dataclass(frozen=True, slots=True)
class Change:
    """What a row changes of the marker that it is; `told` where its source says something else than the last time."""

    row: Row
    pk: int
    route: str
    moved: bool
    named: bool
    told: dict[str, Any] | None

    @property
    def written(self) -> bool:
        return self.moved or self.named or self.told is not None


def bring(owner: Member, table: Table, *, write: bool, also: frozenset[str] = frozenset()) -> Outcome:
    """Load the rows that can be (or count them); roads of `also` are known, too. As the worker, in a transaction."""
    outcome = Outcome(Counter(read=table.read), [], set())
    good = known_roads(table, without_twins(table, table.rows), also)
    good = [one for one in along_their_roads(table, placed(table, good)) if has_place(one, table)]
    fresh, changed = compared(owner, table, without_overlap(table, good), outcome)
    outcome.counts["new"] = len(fresh)
    outcome.faults = table.faults.all()
    outcome.counts["refused"] = sum(one.gravity == "error" and one.row is not None for one in outcome.faults)
    outcome.routes = {one.route for one in fresh} | {one.route for one in changed if one.moved}
    if write and (fresh or changed):
        keep(owner, table, fresh, changed)
    return outcome


def without_twins(table: Table, found: Sequence[Row]) -> list[Row]:
    """One row of each marker: the first; another one in the same place is only told."""
    first: dict[tuple[str, int, str], Row] = {}
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


def known_roads(table: Table, found: Sequence[Row], also: frozenset[str]) -> list[Row]:
    asked = sorted({one.route for one in found})
    known = {route for (route,) in rows(
        "select asked.route from unnest(%(asked)s::text[]) as asked(route)"
        " where exists (select from road_section s where s.route = asked.route)", asked=asked)} | also  # fmt: skip
    for one in found:
        if one.route not in known:
            words = _(
                "%(name)s: no section is of the road %(route)s: import its sections first, or correct its number."
            )
            table.faults.add(one.rank, words % {"name": one.name, "route": shown_route(one.route)}, "error")
    return [one for one in found if one.route in known]


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
    at: dict[tuple[str, str, tuple[float, float]], Row] = {}
    for one in found:
        assert one.place is not None
        other = at.setdefault((one.route, one.side, one.place), one)
        if other is not one:
            words = _("%(name)s stands exactly where %(other)s does (row %(row)s): correct one of them.")
            told = {"name": one.name, "other": other.name, "row": other.rank}
            table.faults.add(one.rank, words % told, place=one.place)
    return list(found)


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
        self.key = marker.route, marker.number, marker.carriageway
        here = {"reference": marker.reference, PLACE: place_of(shapely.points(marker.geom.coords))}
        # One that was brought before it was remembered what was delivered is as it was brought.
        self.here, self.said = here, marker.delivered or (here if marker.source in SOURCES else None)
        told = marker.delivered or {}
        self.said_key = (told["route"], told["number"], told["carriageway"]) if told else None
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
            "insert into road_marker (owner_id, route, number, carriageway, reference, source, delivered, geom)"
            " select %(owner)s, route, number, side, reference, %(source)s, said, st_setsrid(st_makepoint(x, y), 2154)"
            " from unnest(%(routes)s::text[], %(numbers)s::int[], %(sides)s::text[], %(references)s::text[],"
            " %(said)s::jsonb[], %(xs)s::float8[], %(ys)s::float8[])"
            " as given(route, number, side, reference, said, x, y)",
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
        "numbers": [one.number for one in found],
        "sides": [one.side for one in found],
        "references": [one.reference for one in found],
        "said": [json.dumps(one.said, ensure_ascii=False) for one in found],
        "xs": shapely.get_x(places).tolist(),
        "ys": shapely.get_y(places).tolist(),
    }
