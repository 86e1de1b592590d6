"""Sixty thousand zones and twenty thousand easements over the territory of the measures, from a fixed seed.

Zones share their winding borders: half of them have sixty vertices or more, one in a hundred over five thousand. One
document in force for each commune; a former one beside it holds as many rows that must not be found. EPSG:2154.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from benchmarks.territory import (
    COMMUNES,
    EAST,
    NORTH,
    SEED,
    SOUTH,
    WEST,
    Floats,
    Integers,
    hash_border,
    insee_of,
    nearest,
)

ZONES, EASEMENTS = 60_000, 20_000
POINTS_PER_BORDER = 10
LONG_SHARE, LONG_POINTS = 0.0018, 5_200
KINDS = ("U", "AUc", "AUs", "A", "N")
CATEGORIES = ("AC1", "I3", "I4", "PT2", "AS1", "EL7", "PM1")
DOCUMENT = ("id", "idurba", "kind", "territory", "communes", "state", "procedure", "approved_date", "starts_date",
            "ends_date", "published", "regulation", "regulation_url", "site_url", "reference", "folder", "files",
            "imported_at")  # fmt: skip
ZONE = (
    "document_id",
    "libelle",
    "libelong",
    "typezone",
    "formdomi",
    "destination",
    "nomfic",
    "urlfic",
    "idurba",
    "geom",
)
SET = ("id", "code", "folder", "files", "imported_at")
EASEMENT = ("id", "delivery_id", "idsup", "category", "name", "long_name", "description", "manager")
FOOTPRINT = ("easement_id", "idass", "category", "name", "type", "kind", "geom")
NOW = "2026-01-01T00:00:00Z"


@dataclass(frozen=True)
class Zoning:
    """Zones and the commune each lies in; footprints of easements."""

    zones: NDArray[Any]
    commune_of: Integers
    footprints: NDArray[Any]


def make(seats: Floats) -> Zoning:
    """The same at every call."""
    random = np.random.default_rng(SEED + 7)
    points = random.uniform((WEST, SOUTH), (EAST, NORTH), (ZONES, 2))
    frame = shapely.box(WEST, SOUTH, EAST, NORTH)
    cells = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=frame, ordered=True)
    zones = winding(shapely.clip_by_rect(shapely.get_parts(cells), WEST, SOUTH, EAST, NORTH))
    places = shapely.points(random.uniform((WEST, SOUTH), (EAST, NORTH), (EASEMENTS, 2)))
    return Zoning(zones, nearest(points, seats), shapely.buffer(places, random.uniform(50, 500, EASEMENTS)))


def winding(polygons: NDArray[Any]) -> NDArray[Any]:
    """Give every border its bends; neighbours agree, because the bends depend on the border's ends alone."""
    return np.array([bend_ring(shapely.get_coordinates(polygon), polygon) for polygon in polygons], dtype=object)


def bend_ring(ring: Floats, plain: Any) -> Any:
    begin, end = ring[:-1], ring[1:]
    flipped = (begin[:, 0] > end[:, 0]) | ((begin[:, 0] == end[:, 0]) & (begin[:, 1] > end[:, 1]))
    low, high = np.where(flipped[:, None], end, begin), np.where(flipped[:, None], begin, end)
    chance = hash_border(low, high)
    count = np.where(chance < LONG_SHARE, LONG_POINTS, POINTS_PER_BORDER)
    parts = [border(*one) for one in zip(low, high, chance, count, flipped, strict=True)]
    made = shapely.polygons(np.vstack([*parts, ring[:1]]))
    return made if shapely.is_valid(made) else plain


def border(low: Floats, high: Floats, chance: float, count: int, flipped: bool) -> Floats:
    """The points of a border but for its last, from the end where the ring comes to it."""
    along = np.arange(count) / count
    if flipped:
        along = 1 - along
    direction = high - low
    swing = np.sin(along * np.pi) * np.sin(along * np.pi * (2 + count // 40) + chance * 40) * 0.03
    points: Floats = low + direction * along[:, None] + np.array([-direction[1], direction[0]]) * swing[:, None]
    return np.round(points, 3)


# -- rows, in the order of the columns above --------------------------------------------------------------------------


def document_rows() -> Iterator[tuple[str, ...]]:
    """The document in force of each commune (its rank), and the former one (its rank and a thousand)."""
    for commune in range(COMMUNES):
        insee = insee_of(commune)
        yield document(commune + 1, insee, "20200101", "2020-01-01", "\\N", published="t")
        yield document(commune + 1001, insee, "20100101", "2010-01-01", "2020-01-01", published="f")


def document(pk: int, insee: str, day: str, starts: str, ends: str, *, published: str) -> tuple[str, ...]:
    idurba, empty = f"{insee}_PLU_{day}", ""
    texts = (published, empty, empty, empty, empty, f"bench-{pk}", "[]", NOW)
    return str(pk), idurba, "PLU", insee, f"{{{insee}}}", "03", "E", starts, starts, ends, *texts


def zone_rows(zoning: Zoning) -> Iterator[tuple[str, ...]]:
    """Each zone in the document in force; every tenth in the former one too."""
    for rank, (commune, geometry) in enumerate(zip(zoning.commune_of, hexadecimal(zoning.zones), strict=True)):
        kind = KINDS[rank % len(KINDS)]
        for document_id in (commune + 1, *((commune + 1001,) if rank % 10 == 0 else ())):
            name = f"{kind}{rank % 7}"
            yield str(document_id), name, f"Zone {name}", kind, "", "", "reglement.pdf", "", "", geometry


def set_rows() -> Iterator[tuple[str, ...]]:
    yield "1", "bench", "bench-sup", "[]", NOW


def easement_rows() -> Iterator[tuple[str, ...]]:
    for rank in range(EASEMENTS):
        category = CATEGORIES[rank % len(CATEGORIES)]
        yield str(rank + 1), "1", f"SUP-{rank}", category, f"Servitude {rank}", "", "", "DRAC"


def footprint_rows(zoning: Zoning) -> Iterator[tuple[str, ...]]:
    for rank, geometry in enumerate(hexadecimal(zoning.footprints)):
        category = CATEGORIES[rank % len(CATEGORIES)]
        yield str(rank + 1), f"ASS-{rank}", category, f"Servitude {rank}", "Périmètre", "surface", geometry


def hexadecimal(shapes: NDArray[Any]) -> NDArray[Any]:
    """Multipolygons as EWKB in hexadecimal digits."""
    many = shapely.set_srid(shapely.multipolygons(shapes[:, None]), 2154)
    found: NDArray[Any] = shapely.to_wkb(many, hex=True, include_srid=True)
    return found
