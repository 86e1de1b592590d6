"""The demo's roads as a referential: every street a section, five departmental roads with their markers, calibrated.

Sections are digitised in either direction and markers are not exactly a kilometre apart, as in life.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

import shapely
from shapely.geometry import LineString, Point
from shapely.ops import substring

from demo.networks.load import insert
from demo.territory import Commune, Road, Territory
from gis_core.database import clock as database_clock
from gis_core.french import of_commune
from gis_core.models import Member
from layers.catalogue.services import announce_changed_slugs
from networks.roads.models import RoadSection
from networks.roads.services.calibrating import calibrate

DEPARTEMENT = "departement-demo"
FIRST_MARKER = {"D 921": 24, "D 44": 8, "D 26": 31, "D 138": 3, "D 309": 0}
"""The marker where each road enters the territory."""
LOADED = {"D 921": (5400, 11.0), "D 44": (2900, 9.0), "D 26": (2100, 7.0), "D 138": (640, 5.0), "D 309": (480, 4.0)}
"""Vehicles a day, and lorries among them in a hundred."""
WEAK_BRIDGES = {"D 138": 19.0, "": 3.5}
SURFACES = {"departementale": ("bb", "bb", "bb", "ecf"), "communale": ("bb", "esu", "esu", "ecf"),
            "residential": ("bb", "bb", "esu", "paves"), "rural": ("gnt", "gnt", "terre", "esu")}  # fmt: skip
CONDITIONS = (12, 34, 30, 17, 7)
"""How many sections in a hundred are in each condition, from very good to very poor."""
SOURCE = "Données de démonstration"
MARKER_ASIDE_M = 5.0
SHORTEST_M = 0.6

type Say = Callable[[str], None]
type Rows = list[dict[str, Any]]


def seed_roads(make: Callable[[], Territory], seed: int, say: Say) -> None:
    """Make the roads of the demo's members, where there are none. Needs the owner's role, in a transaction."""
    members = {one.slug: one for one in Member.objects.filter(slug__in=(DEPARTEMENT, "cc-lys", "cc-val-de-rimarde"))}
    if DEPARTEMENT not in members or RoadSection.objects.filter(owner__in=members.values()).exists():
        return
    say("Référentiel routier…")
    territory, chance = make(), Random(f"{seed} roads")
    insert("road_section", list(sections(territory, members, chance)))
    insert("road_marker", list(markers(territory.roads, members[DEPARTEMENT], chance)))
    for route in FIRST_MARKER:
        calibrate(road_number(route))
    announce_changed_slugs(["road-sections", "road-markers"])


def road_number(number: str) -> str:
    """A road's number as it is kept: "D 921" is "D921"."""
    return number.replace(" ", "")


def sections(territory: Territory, members: Mapping[str, Member], chance: Random) -> Iterator[dict[str, Any]]:
    communes = {one.insee: one for one in territory.communes}
    villages = find_built_up_area(territory)
    bridges = shapely.union_all([one.geom for one in territory.landcover if one.variety == "bridge"])
    day = database_clock.today()
    for road in territory.roads:
        if road.geom.length < SHORTEST_M:
            continue
        commune = communes[road.insee]
        if road.kind == "departementale":
            owner = members[DEPARTEMENT]
        elif commune.epci in members:
            owner = members[commune.epci]
        else:
            continue
        middle = road.geom.interpolate(0.5, normalized=True)
        inside = villages.contains(middle)
        line = road.geom if chance.random() < 0.6 else road.geom.reverse()
        yield (
            law(road, owner, commune)
            | looks(road, inside, chance, day)
            | limits(road, bridges.intersects(road.geom))
            | {"owner_id": owner.pk, "reference": f"T-{road.id}", "source": SOURCE, "geom": line}
        )


def find_built_up_area(territory: Territory) -> Any:
    """Where houses stand close to each other."""
    houses = [one.geom.centroid for one in territory.buildings if one.use == "house"]
    near = shapely.union_all(shapely.buffer(houses, 45.0))
    return shapely.union_all([one for one in shapely.get_parts(near) if one.area > 60_000])


def law(road: Road, owner: Member, commune: Commune) -> dict[str, Any]:
    """Whose road it is, and its names."""
    departmental, rural = road.kind == "departementale", road.kind == "rural"
    return {
        "route": road_number(road.number) if road.number else None,
        "nature": "chemin" if rural else "1chaussee",
        "status": "03" if departmental else "06" if rural else "05",
        "importance": "3" if departmental else "6" if rural else "4" if road.kind == "communale" else "5",
        "manager": "03" if departmental else "05",
        "manager_name": owner.name if departmental else f"Commune {of_commune(commune.name)}",
        **{"name_left": road.name, "name_right": road.name, "insee_left": road.insee, "insee_right": road.insee},
    }


def looks(road: Road, inside: bool, chance: Random, day: date) -> dict[str, Any]:
    """Width, surface, condition, traffic and speed."""
    vehicles, heavy = LOADED.get(road.number or "", (None, None))
    narrow = road.kind == "residential" and road.carriageway_m < 4.6
    seen = day - timedelta(days=chance.randrange(60, 900))
    rural = road.kind == "rural"
    return {
        "width_m": road.carriageway_m,
        "lanes": 1 if narrow or rural else 2,
        "surface": chance.choice(SURFACES[road.kind]),
        "condition": None if rural else chance.choices("12345", CONDITIONS)[0],
        "condition_date": None if rural else seen,
        "traffic": int(round(vehicles * chance.uniform(0.9, 1.1), -1)) if vehicles else None,
        "traffic_year": day.year - 1 if vehicles else None,
        "heavy_percent": heavy,
        "winter": "1" if road.number in ("D 921", "D 26") else "2" if road.number else "4" if rural else "3",
        "speed_kmh": 50 if inside else 80,
        "built_up": inside,
        "traffic_way": "forward" if narrow and chance.random() < 0.5 else "both",
    }


def limits(road: Road, on_bridge: bool) -> dict[str, Any]:
    """Bridges of small roads bear little."""
    weight = WEAK_BRIDGES.get(road.number or "") if on_bridge else None
    return {"max_weight_t": weight, "level": 1 if on_bridge else 0}


def markers(roads: Sequence[Road], owner: Member, chance: Random) -> Iterator[dict[str, Any]]:
    """About every kilometre of each numbered road, beside it; the first where it enters the territory."""
    for number, first in FIRST_MARKER.items():
        for rank, place in enumerate(places(along(number, roads), chance)):
            yield {"owner_id": owner.pk, "route": road_number(number), "number": first + rank, "carriageway": "U",
                   "reference": f"{road_number(number)}-PR{first + rank}", "source": SOURCE, "geom": place}  # fmt: skip


def along(number: str, roads: Sequence[Road]) -> LineString:
    """The whole road as one line, from west to east or from north to south; over gaps as the crow flies."""
    merged = shapely.line_merge(shapely.union_all([one.geom for one in roads if one.number == number]))
    parts = [one for one in shapely.get_parts(merged) if one.length > MARKER_ASIDE_M]
    bounds = shapely.total_bounds(parts)
    axis = 0 if bounds[2] - bounds[0] > bounds[3] - bounds[1] else 1
    turned = [one if one.coords[0][axis] < one.coords[-1][axis] else one.reverse() for one in parts]
    turned.sort(key=lambda one: one.coords[0][axis])
    return LineString([place for one in turned for place in one.coords])


def places(line: LineString, chance: Random) -> Iterator[Point]:
    at = chance.uniform(8, 25)
    while at < line.length - 5:
        ahead = substring(line, at, min(at + 1, line.length))
        (ax, ay), (bx, by) = ahead.coords[0], ahead.coords[-1]
        length = ahead.length
        yield Point(ax + (by - ay) / length * MARKER_ASIDE_M, ay - (bx - ax) / length * MARKER_ASIDE_M)
        at += chance.uniform(940, 1060)
