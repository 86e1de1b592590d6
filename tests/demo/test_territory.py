"""The demo territory holds together: nothing here touches a database."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from itertools import pairwise

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from demo.territory import Territory, generate
from demo.territory.territory import _generate_once as cached


@pytest.fixture(scope="module")
def land() -> Territory:
    return generate()


def _shapes(items: object) -> list[BaseGeometry]:
    return [x.geom for x in items]  # type: ignore[attr-defined]


def _pairs(shapes: list[BaseGeometry], predicate: str = "intersects") -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    one, two = shapely.STRtree(shapes).query(shapes, predicate=predicate)
    return one[one < two], two[one < two]


def _fingerprint(land: Territory) -> str:
    digest = hashlib.sha256()
    for group in (
        land.communes,
        land.sections,
        land.parcels,
        land.buildings,
        land.roads,
        land.addresses,
        land.landcover,
    ):
        for item in group:
            digest.update(shapely.to_wkb(item.geom))
            digest.update(repr([getattr(item, f) for f in item.__dataclass_fields__ if f != "geom"]).encode())
    return digest.hexdigest()


@pytest.mark.slow
def test_same_seed_gives_the_same_bytes(land: Territory) -> None:
    again = cached.__wrapped__(45)
    assert again is not land
    assert _fingerprint(again) == _fingerprint(land)


def test_about_six_thousand_parcels(land: Territory) -> None:
    assert 5_500 <= len(land.parcels) <= 6_500
    assert all(n >= 500 for n in Counter(p.insee for p in land.parcels).values())


def test_every_geometry_is_valid_and_on_the_centimetre(land: Territory) -> None:
    for group in (
        land.communes,
        land.sections,
        land.parcels,
        land.buildings,
        land.roads,
        land.addresses,
        land.landcover,
    ):
        shapes = _shapes(group)
        assert shapely.is_valid(shapes).all()
        assert not shapely.is_empty(shapes).any()
        xy = shapely.get_coordinates(shapes)
        assert np.abs(xy * 100 - np.round(xy * 100)).max() < 1e-3


def test_identifiers_are_unique(land: Territory) -> None:
    for ids in (
        [p.idu for p in land.parcels], [s.id for s in land.sections], [c.insee for c in land.communes],
        [b.id for b in land.buildings], [r.id for r in land.roads], [a.id for a in land.addresses],
    ):  # fmt: skip
        assert len(set(ids)) == len(ids)


def test_parcel_ids_are_made_of_commune_prefix_section_and_number(land: Territory) -> None:
    for p in land.parcels:
        assert p.idu == f"{p.insee}{p.prefix}{p.section}{p.number:04d}"
        assert len(p.idu) == 14


def test_parcels_do_not_overlap(land: Territory) -> None:
    shapes = np.array(_shapes(land.parcels), dtype=object)
    one, two = _pairs(list(shapes), "intersects")
    assert shapely.area(shapely.intersection(shapes[one], shapes[two])).max() < 1e-4


def test_neighbours_share_their_vertices(land: Territory) -> None:
    shapes = np.array(_shapes(land.parcels), dtype=object)
    tree = shapely.STRtree(shapes)
    corners = [{tuple(c) for c in shapely.get_coordinates(g)} for g in shapes]
    for i in range(0, len(shapes), 7):
        for j in tree.query(shapes[i], predicate="touches"):
            common = shapely.intersection(shapes[i], shapes[j])
            if common.length > 0.5:
                ends = {tuple(c) for c in shapely.get_coordinates(common)}
                assert ends <= corners[i] | corners[j]
                assert len(corners[i] & corners[j]) >= 2


def test_vertices_look_like_a_real_cadastre(land: Territory) -> None:
    count = shapely.get_num_coordinates(_shapes(land.parcels)) - 1
    assert 6 <= np.median(count) <= 10
    assert (count > 100).sum() >= 4
    assert count.max() > 200


def test_some_parcels_have_holes_and_some_several_parts(land: Territory) -> None:
    shapes = _shapes(land.parcels)
    assert sum(g.geom_type == "MultiPolygon" for g in shapes) >= 4
    assert sum(any(len(p.interiors) for p in shapely.get_parts(g)) for g in shapes) >= 8


def test_register_area_is_near_the_measured_one_and_not_equal(land: Territory) -> None:
    off = np.array([p.contenance / p.geom.area - 1 for p in land.parcels if p.geom.area > 100])
    assert np.abs(np.median(off)) < 0.005
    assert np.percentile(np.abs(off), 75) < 0.015
    assert (np.abs(off) > 0.001).mean() > 0.5
    assert np.abs(off).max() < 0.12
    assert all(p.created_date <= p.updated_date for p in land.parcels)


def test_communes_tile_the_territory(land: Territory) -> None:
    shapes = _shapes(land.communes)
    whole = shapely.union_all(shapes)
    assert whole.geom_type == "Polygon"
    assert not whole.interiors
    assert sum(g.area for g in shapes) == pytest.approx(whole.area, abs=0.01)
    assert all(4e6 < g.area < 8e6 and g.geom_type == "Polygon" for g in shapes)


def test_sections_tile_their_commune_and_cover_their_parcels(land: Territory) -> None:
    for town in land.communes:
        own = [s.geom for s in land.sections if s.insee == town.insee]
        assert sum(g.area for g in own) == pytest.approx(town.geom.area, abs=0.01)
    by_id = {s.id: s.geom for s in land.sections}
    for p in land.parcels:
        assert p.geom.difference(by_id[p.idu[:10]]).area < 1e-4
    assert all(s.geom.geom_type == "Polygon" for s in land.sections)
    assert {s.code[0] for s in land.sections} >= {"A", "Z", "0"}


def test_roads_and_rivers_are_no_parcels(land: Territory) -> None:
    tree = shapely.STRtree(_shapes(land.parcels))
    surfaces = [
        x for x in land.landcover if (x.kind == "road" and x.variety is None) or x.variety in ("Le Lys", "La Rimarde")
    ]
    for x in surfaces:
        near = tree.geometries[tree.query(x.geom, predicate="intersects")]
        assert shapely.area(shapely.intersection(near, x.geom)).sum() < 0.6


def test_buildings_stand_inside_their_parcel_and_apart(land: Territory) -> None:
    by_id = {p.idu: p.geom for p in land.parcels}
    for b in land.buildings:
        assert b.geom.difference(by_id[b.parcel_idu]).area < 0.2
        assert by_id[b.parcel_idu].buffer(0.03).contains(b.geom)
    shapes = np.array(_shapes(land.buildings), dtype=object)
    one, two = _pairs(list(shapes))
    assert shapely.area(shapely.intersection(shapes[one], shapes[two])).max() < 0.3
    assert {"church", "townhall", "school", "barn", "workshop"} <= {b.use for b in land.buildings}
    assert Counter(b.name for b in land.buildings)["Mairie"] == len(land.communes)


def test_every_dwelling_has_an_address(land: Territory) -> None:
    addressed = {a.parcel_idu for a in land.addresses}
    lived_in = {b.parcel_idu for b in land.buildings if b.use in ("house", "townhall", "school", "church", "workshop")}
    assert lived_in <= addressed
    assert all((p.address is not None) == (p.idu in addressed) for p in land.parcels)


def test_an_address_lies_in_its_parcel_and_nearest_to_its_road(land: Territory) -> None:
    by_id = {p.idu: p.geom for p in land.parcels}
    tree = shapely.STRtree(_shapes(land.roads))
    nearest = np.asarray(tree.nearest(_shapes(land.addresses)))
    for a, k in zip(land.addresses, nearest, strict=True):
        assert shapely.contains(by_id[a.parcel_idu], a.geom)
        road = land.roads[int(k)]
        assert (road.id, road.name) == (a.road_id, a.road_name)
        assert a.geom.distance(road.geom) < road.width_m / 2 + 3.5


def test_house_numbers_are_unique_and_odd_on_one_side(land: Territory) -> None:
    seen = Counter((a.insee, a.road_name, a.number, a.suffix) for a in land.addresses)
    assert max(seen.values()) == 1
    sides = defaultdict(set)
    roads = {r.id: r for r in land.roads}
    for a in land.addresses:
        line = roads[a.road_id].geom
        d = line.project(a.geom)
        p, q = (np.array(line.interpolate(max(0.0, d + s)).coords[0]) for s in (-0.5, 0.5))
        v, w = q - p, np.array(a.geom.coords[0]) - p
        if 3 < d < line.length - 3:
            sides[(a.road_id, bool(v[0] * w[1] - v[1] * w[0] > 0))].add(a.number % 2)
    assert np.mean([len(parity) == 1 for parity in sides.values()]) == 1


def test_house_numbers_grow_along_a_road(land: Territory) -> None:
    roads = {r.id: r for r in land.roads}
    rows = defaultdict(list)
    for a in land.addresses:
        rows[(a.road_id, a.insee, a.number % 2)].append((roads[a.road_id].geom.project(a.geom), a.number))
    for row in rows.values():
        numbers = [n for _, n in sorted(row)]
        steps = [b - a for a, b in pairwise(numbers)]
        assert all(s >= 0 for s in steps) or all(s <= 0 for s in steps)


def test_roads_are_one_connected_network_with_exact_nodes(land: Territory) -> None:
    where: dict[int, tuple[float, ...]] = {}
    parent: dict[int, int] = {}

    def root(n: int) -> int:
        while parent.setdefault(n, n) != n:
            n = parent[n]
        return n

    for r in land.roads:
        for node, spot in ((r.start_node, r.geom.coords[0]), (r.end_node, r.geom.coords[-1])):
            assert where.setdefault(node, spot) == spot
        parent[root(r.start_node)] = root(r.end_node)
    assert len({root(n) for n in parent}) == 1
    assert len(set(where.values())) == len(where)


def test_roads_meet_only_at_nodes(land: Territory) -> None:
    shapes = np.array(_shapes(land.roads), dtype=object)
    one, two = _pairs(list(shapes))
    ends = shapely.boundary(shapes)
    for i, j in zip(one, two, strict=True):
        meeting = shapes[i].intersection(shapes[j])
        assert meeting.length == 0
        assert meeting.distance(ends[i]) == 0
        assert meeting.distance(ends[j]) == 0


def luhn_holds(siren: str) -> bool:
    """Whether the check digit of a SIREN is right."""
    digits = [int(c) * (2 if i % 2 else 1) for i, c in enumerate(reversed(siren))]
    return sum(d - 9 if d > 9 else d for d in digits) % 10 == 0


def test_members_overlap_as_in_real_life(land: Territory) -> None:
    codes = {c.insee for c in land.communes}
    whole = [m for m in land.members if m.kind == "departement"]
    assert len(whole) == 1
    assert set(whole[0].communes) == codes
    parts = [set(m.communes) for m in land.members if m.kind == "epci"]
    assert len(parts) == 2
    assert parts[0] | parts[1] == codes
    assert not parts[0] & parts[1]
    assert all(luhn_holds(m.siren) and len(m.siren) == 9 for m in land.members)
