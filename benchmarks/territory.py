"""A million parcels like real ones, from a fixed seed: irregular cells that share borders, few vertices in most of
them and hundreds in some, dense around villages, in 320 communes. Coordinates in EPSG:2154."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.features.search_terms import search_text

SEED = 20_261_124
PARCELS = 1_048_576
ADDRESSES = 300_000
COMMUNES = 320
WEST, SOUTH, EAST, NORTH = 580_000.0, 6_690_000.0, 680_000.0, 6_760_000.0
VILLAGE_SHARE = 0.5
BENT_SHARE, WINDING_SHARE, RIVER_SHARE = 0.22, 0.006, 0.0006
POINTS_WHEN = {"bent": 1, "winding": 40, "river": 300}
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Territory:
    """Parcels (polygons), the commune each lies in (0..319), and the communes' seats."""

    parcels: NDArray[Any]
    commune_of: Integers
    seats: Floats


def make(count: int = PARCELS, communes: int = COMMUNES) -> Territory:
    """The whole territory, the same at every call."""
    random = np.random.default_rng(SEED)
    seats = random.uniform((WEST, SOUTH), (EAST, NORTH), (communes, 2))
    points = scatter(random, seats, count)
    cells = shapely.voronoi_polygons(
        shapely.multipoints(points), extend_to=shapely.box(WEST, SOUTH, EAST, NORTH), ordered=True
    )
    polygons = shapely.clip_by_rect(shapely.get_parts(cells), WEST, SOUTH, EAST, NORTH)
    return Territory(wind(polygons), nearest(points, seats), seats)


def scatter(random: np.random.Generator, seats: Floats, count: int) -> Floats:
    """One point per parcel: half of them crowd around the seats, like village plots, the others lie in the fields."""
    crowded = int(count * VILLAGE_SHARE)
    around = seats[random.integers(0, len(seats), crowded)] + random.normal(0, 450, (crowded, 2))
    spread = random.uniform((WEST, SOUTH), (EAST, NORTH), (count - crowded, 2))
    points = np.vstack([around, spread])
    np.clip(points, (WEST + 1, SOUTH + 1), (EAST - 1, NORTH - 1), out=points)
    random.shuffle(points)
    return points + random.uniform(0, 0.01, points.shape)


def nearest(points: Floats, seats: Floats) -> Integers:
    tree = shapely.STRtree(shapely.points(seats))
    return np.asarray(tree.nearest(shapely.points(points)), dtype=np.int64)


def wind(polygons: NDArray[Any], batch: int = 65_536) -> NDArray[Any]:
    """Bend the borders; two neighbours agree, because the bends depend on the border's ends alone."""
    return np.concatenate([wind_some(polygons[start : start + batch]) for start in range(0, len(polygons), batch)])


def wind_some(polygons: NDArray[Any]) -> NDArray[Any]:
    coordinates, owner = shapely.get_coordinates(polygons, return_index=True)
    coordinates = np.round(coordinates, 2)
    same = owner[:-1] == owner[1:]
    begin, end = coordinates[:-1][same], coordinates[1:][same]
    bent, owners = bends(begin, end, owner[:-1][same])
    last = np.flatnonzero(np.append(owner[:-1] != owner[1:], True))
    order = np.argsort(np.concatenate([owners, owner[last]]), kind="stable")
    rings = np.vstack([bent, coordinates[last]])[order]
    made = shapely.polygons(shapely.linearrings(rings, indices=np.concatenate([owners, owner[last]])[order]))
    plain = shapely.polygons(shapely.linearrings(coordinates, indices=owner))
    return np.asarray(np.where(shapely.is_valid(made), made, plain))


def bends(begin: Floats, end: Floats, owner: Integers) -> tuple[Floats, Integers]:
    """Every border's first point followed by the points of its bends, with the polygon each belongs to."""
    flipped = (begin[:, 0] > end[:, 0]) | ((begin[:, 0] == end[:, 0]) & (begin[:, 1] > end[:, 1]))
    low, high = np.where(flipped[:, None], end, begin), np.where(flipped[:, None], begin, end)
    chance = hash_border(low, high)
    length = np.hypot(*(high - low).T)
    extra = np.zeros(len(low), dtype=np.int64)
    extra[chance < BENT_SHARE] = POINTS_WHEN["bent"]
    extra[chance < WINDING_SHARE] = POINTS_WHEN["winding"]
    extra[chance < RIVER_SHARE] = POINTS_WHEN["river"]
    extra[length < 4] = 0
    count = extra + 1
    start = np.repeat(np.cumsum(count) - count, count)
    step = np.arange(count.sum()) - start
    edge = np.repeat(np.arange(len(low)), count)
    along = step / count[edge]
    along = np.where(flipped[edge], 1 - along, along)
    swing = np.sin(along * np.pi) * np.sin(along * np.pi * np.maximum(1, extra[edge] // 6) + chance[edge] * 40) * 0.05
    direction = high - low
    normal = np.column_stack([-direction[:, 1], direction[:, 0]])
    points = low[edge] + direction[edge] * along[:, None] + normal[edge] * swing[:, None]
    return np.where((step == 0)[:, None], begin[edge], np.round(points, 2)), owner[edge]


def hash_border(low: Floats, high: Floats) -> Floats:
    """A number in [0, 1) that depends on a border's two ends."""
    whole = np.round(np.column_stack([low, high]) * 100).astype(np.int64).astype(np.uint64)
    mixed = np.zeros(len(whole), dtype=np.uint64)
    for column in whole.T:
        mixed = (mixed ^ column) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(11)).astype(np.float64) / 2**53


def parcel_rows(territory: Territory) -> Iterator[tuple[str, ...]]:
    """`idu, insee, prefix, section, number, label, area_m2, geometry (hexadecimal EWKB)` of every parcel."""
    geometries = shapely.to_wkb(
        shapely.set_srid(shapely.multipolygons(territory.parcels[:, None]), 2154), hex=True, include_srid=True
    )
    areas = shapely.area(territory.parcels).round().astype(int)
    for geometry, area, idu in zip(geometries, areas, identifiers(territory), strict=True):
        section, number = idu[8:10], idu[10:]
        yield idu, idu[:5], "000", section, number, f"{section} {int(number)}", str(area), geometry


def identifiers(territory: Territory) -> Iterator[str]:
    """Of every parcel, numbered in its commune: 250 to a section."""
    rank = np.zeros(COMMUNES, dtype=int)
    for commune in territory.commune_of:
        position = rank[commune]
        rank[commune] += 1
        yield f"{insee_of(int(commune))}000{section_of(position // 250)}{position % 250 + 1:04d}"


def insee_of(commune: int) -> str:
    return f"45{commune + 1:03d}"


def section_of(rank: int) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return letters[rank // 26 % 26] + letters[rank % 26]


STREETS = (
    "rue des Tanneurs",
    "rue de l'Église",
    "chemin des Vignes",
    "route d'Orléans",
    "place du Marché",
    "allée des Tilleuls",
    "rue du Moulin",
    "impasse du Lavoir",
    "rue Jean-Jaurès",
    "chemin de la Fontaine",
    "rue des Écoles",
    "route de la Forêt",
)


def address_rows(territory: Territory) -> Iterator[tuple[str, ...]]:
    """Of every address, what `benchmarks.database.ADDRESS_COLUMNS` names, in that order."""
    random = np.random.default_rng(SEED + 1)
    chosen = np.sort(random.choice(len(territory.parcels), min(ADDRESSES, len(territory.parcels)), replace=False))
    points = shapely.set_srid(shapely.point_on_surface(territory.parcels[chosen]), 2154)
    geometries = shapely.to_wkb(points, hex=True, include_srid=True)
    numbers = random.integers(1, 200, len(chosen))
    streets = random.integers(0, 4_000, len(chosen))
    idus = np.array(list(identifiers(territory)))[chosen]
    for geometry, commune, number, street, idu in zip(
        geometries, territory.commune_of[chosen], numbers, streets, idus, strict=True
    ):
        insee, road = insee_of(int(commune)), f"{STREETS[street % len(STREETS)]} {street // len(STREETS)}"
        town, postcode = f"Bourg-{commune + 1:03d}-sur-Loire", f"45{commune % 100:02d}0"
        label = f"{number} {road} {postcode} {town}"
        yield insee, str(number), road, postcode, town, label, search_text(label), "", str(idu), geometry


def commune_rows(territory: Territory) -> Iterator[tuple[str, ...]]:
    """`insee, name, search_text, geometry` of every commune: the land nearest to its seat."""
    frame = shapely.box(WEST, SOUTH, EAST, NORTH)
    cells = shapely.voronoi_polygons(shapely.multipoints(territory.seats), extend_to=frame, ordered=True)
    polygons = shapely.intersection(shapely.get_parts(cells), frame)
    geometries = shapely.to_wkb(
        shapely.set_srid(shapely.multipolygons(polygons[:, None]), 2154), hex=True, include_srid=True
    )
    for commune, geometry in enumerate(geometries):
        name = f"Bourg-{commune + 1:03d}-sur-Loire"
        yield insee_of(commune), name, search_text(name), geometry
