"""Roads: a Département of 80,000 sections, a million assets and 50,000 works, and what technicians ask of it.

Streets cross on a grid of 200 by 200 that is shaken a little; every fourth row and column is a numbered road with a
marker about each kilometre. Everything is drawn by hashes of ranks, and so the same every time.
"""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import psycopg
from psycopg import sql

from benchmarks.database import BenchDatabase
from benchmarks.rows import Row
from benchmarks.technician import Asked, Technician, query_rows, technician_of
from benchmarks.tiles import Field, in_turns, raw_pool, raw_runner, time_tiles
from benchmarks.work import run_work
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Commune, Member
from gis_core.operations.progress import step
from layers.catalogue.models import Layer
from tiles.services.address import Address

SIDE, STREET_M, EVERY = 200, 150, 4
SECTIONS: Final = 2 * SIDE * (SIDE - 1)
ROUTES: Final = 2 * SIDE // EVERY
CORNER: Final = (560_000, 6_610_000)
MEMBER, SIREN = "mesure-routes", "999001068"
TABLES = ("road_work", "road_asset", "road_marker", "road_section")
ASSETS, WORKS = 1_000_000, 50_000
LOCATED = Row("route, PR et abscisse vers un point, 95e centile", None, "ms", "at most", 20)
REFERRED = Row("point vers route, PR et abscisse, 95e centile", None, "ms", "at most", 20)
DETOURED = Row("déviation d'un tronçon fermé, autres fermetures évitées, 95e centile", None, "ms", "at most", 300)
HEAVY = Row("déviation pour 44 t et 4,30 m, 95e centile", None, "ms", "at most", 300)
CHECKED = Row("conflits d'un tronçon parmi 50 000 travaux, 95e centile", None, "ms", "at most", 100)
COUNTED = Row("kilomètres du Département, page entière, médiane", None, "s", "at most", 2)
DRAWN = Row("latence médiane d'une tuile du patrimoine routier, z{z}, face au SQL brut", None, "ms", "at most", 1.5,
            relative=True)  # fmt: skip
TILES: Final = {15: 1.5, 16: 2.5}
COUNT, WARMING, PAGES = 300, 20, 7
LOCATE = "/api/v1/networks/roads/locate"
DETOUR, CHECK = "/api/v1/networks/works/detour", "/api/v1/networks/works/check"
OVERVIEW, ASSET_LAYER = "/voirie/", "road-assets"

CHANCE = "((hashint8extended({}, {}) & 9223372036854775807) %% 1000)"
# Where streets cross, shaken by at most 30 m.
CROSSING = f"""
    create temporary table crossing on commit drop as
    select x, y, %(east)s + x * %(street)s + {CHANCE.format("x * 1000 + y", 1)} * 0.03 as east,
        %(north)s + y * %(street)s + {CHANCE.format("x * 1000 + y", 2)} * 0.03 as north
    from generate_series(0, %(side)s - 1) as x, generate_series(0, %(side)s - 1) as y;
    create unique index on crossing (x, y)
"""
# A street eastwards (0) or northwards (1), digitised either way; rows and columns of numbered roads alternate.
SECTION = f"""
    insert into road_section (owner_id, reference, route, carriageway, nature, status, manager, importance, condition,
        name_left, name_right, insee_left, insee_right, traffic_way, speed_kmh, max_weight_t, max_height_m, level,
        version, more, geom)
    select %(owner)s, 'M' || rank, route, 'U', '1chaussee', case when route is null then '05' else '03' end,
        case when route is null then '05' else '03' end, case when route is null then '5' else '3' end,
        (1 + chance %% 5)::text, name, name, insee, insee,
        case when route is null and chance < 80 then 'forward' else 'both' end,
        case when route is null then 50 else 80 end,
        case when route is null and chance between 100 and 140 then 7.5 end,
        case when chance between 200 and 205 then 3.5 end, 0, 1, '{{}}',
        st_setsrid(case when chance %% 2 = 0 then st_makeline(a, b) else st_makeline(b, a) end, 2154)
    from (
        select row_number() over (order by f.x, f.y, way) as rank,
            case when way = 0 and f.y %% %(every)s = 0 then 'D' || 1 + f.y / %(every)s
                when way = 1 and f.x %% %(every)s = 0 then 'D' || 1 + (%(side)s + f.x) / %(every)s end as route,
            case way when 0 then 'Rue est ' || f.y else 'Rue nord ' || f.x end as name,
            %(codes)s::text[] as codes, f.x / 40 * 5 + f.y / 40 as place,
            {CHANCE.format("f.x * 1000 + f.y * 2 + way", 3)} as chance,
            st_makepoint(f.east, f.north) as a, st_makepoint(t.east, t.north) as b
        from generate_series(0, 1) as way cross join crossing f
            join crossing t on t.x = f.x + (way = 0)::int and t.y = f.y + (way = 1)::int
    ) as drawn, lateral (select codes[1 + place] as insee) as town
"""
# On every seventh crossing of a numbered road, a little beside it.
MARKER = """
    insert into road_marker (owner_id, route, number, carriageway, version, more, geom)
    select %(owner)s, route, row_number() over (partition by route order by along), 'U', 1, '{}',
        st_setsrid(st_makepoint(east + 4, north + 4), 2154)
    from (
        select 'D' || 1 + y / %(every)s as route, x as along, east, north from crossing where y %% %(every)s = 0
        union all
        select 'D' || 1 + (%(side)s + x) / %(every)s, y, east, north from crossing where x %% %(every)s = 0
    ) as drawn where along %% 7 = 0
"""
# A dozen things beside every section, bound as the trigger binds them.
ASSET = f"""
    insert into road_asset (owner_id, reference, kind, code, orientation, section_id, from_m, offset_m, side, state,
        shared_with, version, more, geom)
    select %(owner)s, 'A' || row_number() over (order by id, place),
        case when chance < 400 then 'sign' else 'lighting' end,
        case when chance < 400 then (array['AB4', 'B14', 'A13a', 'C20a', 'B6a1'])[1 + chance %% 5] end, chance %% 360,
        id, metres * share, 4, 'left', (1 + chance %% 5)::text, '{{}}', 1, '{{}}',
        st_translate(st_lineinterpolatepoint(geom, share), 0, 4)
    from (
        select s.id, s.geom, st_length(s.geom) as metres, place, (place - 0.5) / 13 as share,
            {CHANCE.format("s.id * 16 + place", 6)} as chance
        from road_section s, generate_series(1, 13) as place where s.owner_id = %(owner)s
    ) as drawn limit %(assets)s
"""
# Two weeks at the most, over three years; a third closes the road.
WORK = f"""
    insert into road_work (owner_id, reference, state, kind, title, starts_on, ends_on, measure, version, geom)
    select %(owner)s, 'W' || rank, case when chance < 950 then 'planned' else 'draft' end,
        (array['road', 'water', 'sewer', 'network', 'event'])[1 + chance %% 5], 'Travaux ' || rank,
        date '2026-01-01' + other, date '2026-01-01' + other + (chance %% 14)::int,
        (array['closed', 'alternate', 'narrowed'])[1 + chance %% 3], 1, st_multi(geom)
    from (
        select rank, geom, {CHANCE.format("rank", 7)} as chance, ({CHANCE.format("rank", 8)} * 1.09)::int as other
        from (select row_number() over (order by hashint8extended(id, 9), id) as rank, geom from road_section
            where owner_id = %(owner)s) as numbered where rank <= %(works)s
    ) as drawn
"""
CLOSED = """
    select id, st_asgeojson(st_transform(geom, 4326), 7) from road_section where owner_id = %s
        and st_x(st_startpoint(geom)) between %s and %s and st_y(st_startpoint(geom)) between %s and %s
    order by hashint8extended(id, 10), id limit %s
"""
SPOTS = """
    select st_x(at), st_y(at) from (select st_transform(st_lineinterpolatepoint(geom, 0.5), 4326) as at
        from road_section where owner_id = %s order by hashint8extended(id, 11), id limit %s) as drawn
"""
REFERENCES = """
    select a.route, m.number, random() * (coalesce(m.next_m, a.length_m) - m.at_m) from road_axis_mark m
    join road_axis a on a.id = m.axis_id where m.next_m is not null order by hashint8extended(m.id, 4), m.id limit %s
"""
POINTS = """
    select st_x(at), st_y(at) from (select st_translate(st_lineinterpolatepoint(geom, 0.37), 3, -2) as at
        from road_section where route is not null order by hashint8extended(id, 5), id limit %s) as drawn
"""


def prepare_roads(made: BenchDatabase) -> Technician:
    """The roads and who asks, made unless they are there."""
    asker = technician_of(MEMBER, name="Mesure routes", siren=SIREN, kind=Member.Kind.DEPARTEMENT)
    with acting_as(SYSTEM):
        codes = list(Commune.objects.order_by("insee").values_list("insee", flat=True)[:25])
    with made.connect("owner") as connection:
        (sections,) = connection.execute("select count(*) from road_section").fetchone() or (0,)
        (works,) = connection.execute("select count(*) from road_work").fetchone() or (0,)
        if not isinstance(sections, int) or sections < SECTIONS or works != WORKS:
            with step("Routes de mesure"), made.connect("worker") as worker:
                fill(worker, asker.member.pk, codes)
        with step("Calage des routes de mesure"):
            run_work(made, "worker", "calibrate")
        connection.execute(sql.SQL("vacuum analyze {}").format(sql.SQL(", ").join(map(sql.Identifier, ANALYSED))))
    return asker


ANALYSED = (*TABLES, "road_node", "road_axis", "road_axis_part", "road_axis_mark")


def fill(connection: psycopg.Connection[tuple[Any, ...]], owner: int, codes: Sequence[str]) -> None:
    """The roads anew, in one transaction of the worker's role."""
    values: dict[str, Any] = {
        "side": SIDE,
        "street": STREET_M,
        "every": EVERY,
        "east": CORNER[0],
        "north": CORNER[1],
        "owner": owner,
    }
    values |= {"codes": [codes[rank % len(codes)] for rank in range(25)]} if codes else {"codes": [None] * 25}
    with connection.transaction(), psycopg.ClientCursor(connection) as cursor:
        cursor.execute("select set_config('arpent.bulk', 'on', true)")
        for table in TABLES:
            cursor.execute(sql.SQL("delete from {} where owner_id = %s").format(sql.Identifier(table)), [owner])
        for statement in (CROSSING, SECTION, MARKER):
            cursor.execute(statement, values)
        # As arpent.follow_sections writes what it has bound.
        cursor.execute("select set_config('arpent.following', 'on', true)")
        for statement in (ASSET, WORK):
            cursor.execute(statement, values | {"assets": ASSETS, "works": WORKS})


def worst(taken: Sequence[float]) -> float:
    """The 95th centile of what came after the first ones."""
    return statistics.quantiles(taken[WARMING:], n=20)[-1]


# -- measures ---------------------------------------------------------------------------------------------------------


def empty_rows() -> list[Row]:
    return [LOCATED, REFERRED, DETOURED, HEAVY, CHECKED, COUNTED, *map(tile_row, TILES)]


def tile_row(z: int) -> Row:
    return replace(DRAWN, name=DRAWN.name.format(z=z), goal=TILES[z])


def road_rows(field: Field) -> list[Row]:
    """Every row about roads, one client."""
    asker = prepare_roads(field.made)
    measures: Sequence[Callable[[Field, Technician, Asked], list[Row]]] = (
        location_row, reference_row, detour_rows, conflict_row, overview_row, tile_rows,
    )  # fmt: skip
    return [row for measure in measures for row in measure(field, asker, Asked(field.port, asker.headers))]


def location_row(field: Field, asker: Technician, asked: Asked) -> list[Row]:
    """References anywhere on the numbered roads."""
    taken = []
    for route, marker, metres in query_rows(field.made, REFERENCES, COUNT + WARMING):
        taken.append(asked.get(LOCATE, reference=f"{route} PR {marker}+{int(metres)}")[0])
    return [replace(LOCATED, ours=worst(taken), note=f"{SECTIONS} tronçons, {ROUTES} routes")]


def reference_row(field: Field, asker: Technician, asked: Asked) -> list[Row]:
    """Places beside the numbered roads."""
    taken = [asked.get(LOCATE, x=x, y=y)[0] for x, y in query_rows(field.made, POINTS, COUNT + WARMING)]
    return [replace(REFERRED, ours=worst(taken))]


def closable(field: Field, asker: Technician) -> list[tuple[int, str]]:
    """Sections away from the edge of the grid, with their lines in degrees."""
    inside = (1_500, (SIDE - 10) * STREET_M)
    box = [CORNER[axis] + at for axis in (0, 1) for at in inside]
    return [(int(pk), str(line)) for pk, line in query_rows(field.made, CLOSED, asker.member.pk, *box, COUNT + WARMING)]


def detour_rows(field: Field, asker: Technician, asked: Asked) -> list[Row]:
    """Each closes one section for a week; other works that close roads on those days are avoided."""
    days = {"starts_on": "2027-03-01", "ends_on": "2027-03-07"}
    taken: dict[str, list[float]] = {"cars": [], "heavy": []}
    avoided = 0
    for pk, _line in closable(field, asker):
        milliseconds, answer = asked.post(DETOUR, {"sections": [pk], **days})
        taken["cars"].append(milliseconds)
        avoided = max(avoided, len(answer["works"]))
        vehicle = {"weight_t": 44, "height_m": 4.3}
        taken["heavy"].append(asked.post(DETOUR, {"sections": [pk], "vehicle": vehicle})[0])
    note = f"{SECTIONS} tronçons, {WORKS} travaux, jusqu'à {avoided} autres évités"
    return [
        replace(DETOURED, ours=worst(taken["cars"]), note=note),
        replace(HEAVY, ours=worst(taken["heavy"])),
    ]


def conflict_row(field: Field, asker: Technician, asked: Asked) -> list[Row]:
    """A section of road for three weeks, among announced works and drafts of one's own."""
    taken, found = [], 0
    for _pk, line in closable(field, asker):
        given = {"geom": line, "starts_on": "2027-03-01", "ends_on": "2027-03-21", "measure": "closed"}
        milliseconds, answer = asked.post(CHECK, given)
        taken.append(milliseconds)
        found += len(answer["conflicts"])
    return [replace(CHECKED, ours=worst(taken), note=f"{found} conflits en {len(taken)} demandes")]


def overview_row(field: Field, asker: Technician, asked: Asked) -> list[Row]:
    """The page of kilometres by class, commune, manager and condition."""
    reader = Asked(field.port, {"Cookie": field.asker.cookie})
    taken = [reader.get(OVERVIEW)[0] / 1000 for _time in range(PAGES)]
    return [replace(COUNTED, ours=statistics.median(taken), note=f"{SECTIONS} tronçons")]


def tile_rows(field: Field, asker: Technician, asked: Asked) -> list[Row]:
    """Tiles of a million assets that nobody asked for before, over HTTP and raw, in turn."""
    rows = []
    with raw_pool(field.made) as pool:
        raw = raw_runner(pool, Layer.objects.get(slug=ASSET_LAYER), field)
        places = query_rows(field.made, SPOTS, asker.member.pk, 4 * COUNT)
        for z in TILES:
            tiles = list(dict.fromkeys(tile_at(lon, lat, z) for lon, lat in places))[: COUNT // 2]
            time_tiles(raw, tiles[:WARMING])
            ours, reference = in_turns(field, ASSET_LAYER, raw, tiles[WARMING:])
            rows.append(replace(tile_row(z), ours=ours, reference=reference, note=f"{ASSETS} objets"))
    return rows


def tile_at(lon: float, lat: float, z: int) -> Address:
    wide = 2**z
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return Address(z, int((lon + 180) / 360 * wide), int(y * wide))
