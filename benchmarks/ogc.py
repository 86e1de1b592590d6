"""OGC API Features: pages against tipg and pygeoapi on the same table, far pages, filters against SQL, private rows."""

import itertools
import json
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import batched
from typing import Any
from urllib.parse import quote, urlencode

from psycopg.sql import SQL

from benchmarks import load, server
from benchmarks.accounts import PRIVATE_SLUG
from benchmarks.database import NAME, BenchDatabase
from benchmarks.peers import GZIP, POOL, PROCESSES, fetch_bytes, install, tipg
from benchmarks.rows import Row
from benchmarks.territory import SEED
from benchmarks.tiles import Field
from gis_core.members.rights import ANONYMOUS
from gis_core.operations.services import Service
from layers.catalogue.models import Layer
from layers.features.crs import CRS84
from layers.features.services.query import Cursor, feature_of
from tiles.services.address import Address, Box

PYGEOAPI = ("pygeoapi==0.24.*", "gunicorn==23.*", "psycopg2-binary==2.9.*", "geoalchemy2==0.20.*")
GEOJSON = {"Accept": "application/geo+json"}
TURNS = 8
LIKE_PRIVATE = "bench-public-parcels"
BIG_M2 = 2_000
ALIKE, CENTIMETRE = 0.95, 2e-7

# How many times the pages per second of a peer are promised, by features of a page: pages of the whole table, as
# programs read it from end to end; and pages of what lies in a box, as maps read.
WHOLE = {("tipg", 1000): 8.0, ("tipg", 100): 3.0, ("pygeoapi", 1000): 8.0, ("pygeoapi", 100): 3.0}
BOXED = {("tipg", 1000): 3.5, ("tipg", 100): 2.0, ("pygeoapi", 1000): 8.0, ("pygeoapi", 100): 4.0}
ZOOMS = {1000: 13, 100: 14}  # of the tiles whose boxes hold so many parcels and more
COUNTS = {1000: 96, 100: 384}

FAR = Row("millième page de 1 000 objets, face à la première", None, "ms", "at most", 1.3, relative=True)
FILTERED = Row(
    "filtre CQL2, lieu et attribut, table publique, face au SQL brut", None, "ms", "at most", 1.3, relative=True
)
PRIVATE = Row(
    "page de 1 000 objets, table privée, face à la même table publique", None, "ms", "at most", 1.3, relative=True
)


# -- pages against peers ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """A page of the parcels: so many features after so many others, or in a box of degrees."""

    limit: int
    skipped: int
    after: int
    box: Box | None = None


def name_of(peer: str, limit: int, *, boxed: bool) -> str:
    where = "dans une emprise" if boxed else "de toute la table"
    return f"pages de {'1 000' if limit == 1000 else limit} objets {where}, table publique, face à {peer}"


def empty_peer_rows(peer: str, *, skipped: bool = False) -> list[Row]:
    note = "mesuré seulement avec --peers" if skipped else ""
    return [
        Row(
            name_of(who, limit, boxed=boxed),
            None,
            "pages/s",
            "at least",
            goal,
            note=note,
            skipped=skipped,
            relative=True,
        )
        for boxed, goals in ((False, WHOLE), (True, BOXED))
        for (who, limit), goal in goals.items()
        if who == peer
    ]


def peer_rows(field: Field, peer: str) -> list[Row]:
    """Both servers answer the same pages, in turns."""
    port = server.free_port()
    with server.running(*STARTS[peer](field.made, port)):
        same = agreement(field, peer, port)
        rows = []
        for row, (boxed, limit) in zip(
            empty_peer_rows(peer), itertools.product((False, True), (1000, 100)), strict=True
        ):
            pages = list(boxes(field, limit) if boxed else ranks(field, limit))
            ours, theirs = in_turns(field, peer, port, pages)
            rows.append(replace(row, ours=ours, reference=theirs, note=f"à tour de rôle ; {same}"))
    return rows


def ranks(field: Field, limit: int) -> Iterator[Page]:
    """The first pages of the table, by their offset and by the identifier before them."""
    for skipped in range(0, COUNTS[limit] * limit, limit):
        yield page_after(field, limit, skipped)


def page_after(field: Field, limit: int, skipped: int) -> Page:
    query = "select coalesce(max(id), 0) from (select id from cadastre_parcel order by id limit %s) before"
    row = field.grid.connection.execute(query, [skipped]).fetchone()
    assert row is not None
    return Page(limit, skipped, int(str(row[0])))


def boxes(field: Field, limit: int) -> Iterator[Page]:
    """The first page of what lies in each of many boxes."""
    for tile in field.grid.fresh(ZOOMS[limit], COUNTS[limit]):
        yield Page(limit, 0, 0, degrees_of(field, tile))


def degrees_of(field: Field, tile: Address) -> Box:
    query = (
        "select st_xmin(e), st_ymin(e), st_xmax(e), st_ymax(e)"
        " from st_transform(st_makeenvelope(%s, %s, %s, %s, 3857), 4326) e"
    )
    row = field.grid.connection.execute(query, tile.bbox_3857()).fetchone()
    assert row is not None
    west, south, east, north = (round(float(str(value)), 7) for value in row)
    return west, south, east, north


def in_turns(field: Field, peer: str, port: int, pages: Sequence[Page]) -> tuple[float, float]:
    """Pages per second of ours and of the peer's, once PostgreSQL holds their rows in its memory.

    A turn has pages enough for every client: with three of them, the last would leave a core idle.
    """
    seconds = {"ours": 0.0, "theirs": 0.0}
    load.throughput(field.port, [ours_url(page) for page in pages], GZIP | GEOJSON)
    load.throughput(port, [URLS[peer](page) for page in pages[:8]], GZIP | GEOJSON)
    for turn, share in enumerate(batched(pages, max(1, len(pages) // TURNS), strict=False)):
        asked = {"ours": (field.port, [ours_url(page) for page in share])}
        asked["theirs"] = port, [URLS[peer](page) for page in share]
        for who in sorted(asked, reverse=bool(turn % 2)):
            seconds[who] += len(share) / load.throughput(*asked[who], GZIP | GEOJSON)
    return len(pages) / seconds["ours"], len(pages) / seconds["theirs"]


def agreement(field: Field, peer: str, port: int) -> str:
    """One page of both: the same features, at the same places to a centimetre.

    Some on the edge may differ: the peers do not bend the box's parallels when they move it to Lambert-93.
    """
    page = replace(next(boxes(field, 100)), limit=1000)
    ours = features(f"http://127.0.0.1:{field.port}{ours_url(page)}")
    theirs = features(f"http://127.0.0.1:{port}{URLS[peer](page)}")
    both = set(ours) & set(theirs)
    apart = max((abs(ours[pk] - theirs[pk]) for pk in both), default=1.0)
    if len(both) < ALIKE * max(len(ours), len(theirs)) or apart > CENTIMETRE:
        raise RuntimeError(f"{peer} gives other features: {len(theirs)} for {len(ours)}, {apart} degrees apart")
    return f"une emprise lue : {len(both)} objets chez les deux, {len(ours)} chez nous et {len(theirs)} chez {peer}"


def features(url: str) -> dict[str, float]:
    """The first longitude of each feature of a page, by identifier."""
    found: dict[str, Any] = json.loads(fetch_bytes(url, GEOJSON))
    return {str(one["id"]): first_number(one["geometry"]["coordinates"]) for one in found["features"]}


def first_number(coordinates: Any) -> float:
    return float(coordinates) if isinstance(coordinates, int | float) else first_number(coordinates[0])


def ours_url(page: Page, slug: str = "parcels", **more: str) -> str:
    asked = {"limit": str(page.limit), **more}
    if page.box:
        asked["bbox"] = ",".join(map(str, page.box))
    elif page.after:
        asked["cursor"] = Cursor(page.after, None).text
    return f"/ogc/collections/{slug}/items?{urlencode(asked)}"


# -- tipg and pygeoapi ------------------------------------------------------------------------------------------------


def tipg_url(page: Page) -> str:
    """The columns that we give, and the identifier."""
    columns = ",".join(["id", *(column["name"] for column in Layer.objects.get(slug="parcels").columns)])
    asked = {"limit": page.limit, "offset": page.skipped, "geom-column": "geom", "properties": columns, "f": "geojson"}
    if page.box:
        asked["bbox"] = ",".join(map(str, page.box))
    return f"/collections/public.cadastre_parcel/items?{urlencode(asked)}"


def pygeoapi_url(page: Page) -> str:
    asked = {"limit": page.limit, "offset": page.skipped, "f": "json"}
    if page.box:
        asked["bbox"] = ",".join(map(str, page.box))
    return f"/collections/parcels/items?{urlencode(asked)}"


def tipg_service(made: BenchDatabase, port: int) -> tuple[Service, str]:
    return tipg(made, port, []), f"http://127.0.0.1:{port}/healthz"


def pygeoapi_service(made: BenchDatabase, port: int) -> tuple[Service, str]:
    """As many processes as our web server, by the server that its documentation names."""
    home = install(made.place.data / "peers/pygeoapi", PYGEOAPI, program="gunicorn")
    told = home / "arpent.json"
    told.write_text(json.dumps(configuration(made, port)))
    opened = home / "openapi.json"
    opened.write_text(json.dumps({"openapi": "3.0.2", "info": {"title": "parcels", "version": "1"}, "paths": {}}))
    env = made.environment("web") | {"PYGEOAPI_CONFIG": str(told), "PYGEOAPI_OPENAPI": str(opened)}
    command = [str(home / "bin/gunicorn"), "--workers", str(PROCESSES), "--threads", str(POOL // PROCESSES)]
    command += ["--bind", f"127.0.0.1:{port}", "--timeout", "600", "--log-level", "error", "pygeoapi.flask_app:APP"]
    return Service("pygeoapi", command, env, made.place.data / "bench/log/pygeoapi.log"), f"http://127.0.0.1:{port}/"


def configuration(made: BenchDatabase, port: int) -> dict[str, Any]:
    """pygeoapi's settings: one collection over the public table, with our columns."""
    layer = Layer.objects.get(slug="parcels")
    words = {"title": "parcels", "description": "parcels", "keywords": ["parcels"], "terms_of_service": "none"}
    provider = {
        "type": "feature",
        "name": "PostgreSQL",
        "data": {
            "host": str(made.place.socket_directory()),
            "dbname": NAME,
            "user": "arpent_web",
            "password": "",
            "search_path": ["public"],
        },
        "id_field": "id",
        "table": layer.table,
        "geom_field": "geom",
        "storage_crs": "http://www.opengis.net/def/crs/EPSG/0/2154",
        "properties": [column["name"] for column in layer.columns],
    }
    extents = {"spatial": {"bbox": [-180, -90, 180, 90], "crs": CRS84.uri}}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": f"http://127.0.0.1:{port}",
            "mimetype": "application/json",
            "encoding": "utf-8",
            "gzip": True,
            "languages": ["en"],
            "limits": {"default_items": 100, "max_items": 10_000},
            "map": {"url": "https://tile.example/{z}/{x}/{y}.png", "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {**words, "url": "http://127.0.0.1"},
            "license": {"name": "none"},
            "provider": {"name": "none", "url": "http://127.0.0.1"},
            "contact": {"name": "none"},
        },
        "resources": {
            "parcels": {"type": "collection", **words, "links": [], "extents": extents, "providers": [provider]}
        },
    }


STARTS = {"tipg": tipg_service, "pygeoapi": pygeoapi_service}
URLS = {"tipg": tipg_url, "pygeoapi": pygeoapi_url}


# -- far pages, filters, private rows ---------------------------------------------------------------------------------


def medians(field: Field, ours: Sequence[str], others: Sequence[str]) -> tuple[float, float]:
    """Median milliseconds of two kinds of pages, one of each in turn."""
    headers = field.headers | GEOJSON
    taken: tuple[list[float], list[float]] = [], []
    with load.Client(field.port, headers) as client:
        for path, other in zip(ours, others, strict=True):
            taken[0].append(client.milliseconds(path))
            taken[1].append(client.milliseconds(other))
    warm = len(ours) // 5
    return statistics.median(taken[0][warm:]), statistics.median(taken[1][warm:])


def far_row(field: Field) -> list[Row]:
    """The thousandth page by its cursor, and the first, which also counts."""
    first, far = Page(1000, 0, 0), page_after(field, 1000, 999_000)
    ours, reference = medians(field, [ours_url(far)] * 40, [ours_url(first)] * 40)
    return [replace(FAR, ours=ours, reference=reference)]


def filter_row(field: Field) -> list[Row]:
    """The same features by HTTP, through a filter, and by SQL written by hand."""
    layer = Layer.objects.get(slug="parcels")
    taken: tuple[list[float], list[float]] = [], []
    tiles = field.grid.fresh(13, 60)
    with load.Client(field.port, field.headers | GEOJSON) as client, field.made.connect("web") as connection:
        for tile, other in zip(tiles, [*tiles[30:], *tiles[:30]], strict=True):
            taken[0].append(client.milliseconds(filter_url(degrees_of(field, tile))))
            box = degrees_of(field, other)
            begun = time.perf_counter()
            connection.execute(BY_HAND.format(feature_of(layer, CRS84, ANONYMOUS)), [*box, BIG_M2]).fetchone()
            taken[1].append((time.perf_counter() - begun) * 1000)
    ours, reference = (statistics.median(one[10:]) for one in taken)
    return [replace(FILTERED, ours=ours, reference=reference, note=f"parcelles de plus de {BIG_M2} m² d'une emprise")]


BY_HAND = SQL(
    "select string_agg({}, ',') from (select * from cadastre_parcel, (select st_transform(st_segmentize("
    " st_makeenvelope(%s, %s, %s, %s, 4326), 0.001), 2154) as box) asked"
    " where geom && box and st_intersects(geom, box) and area_m2 > %s order by id limit 1000) found"
)


def filter_url(box: Box) -> str:
    text = f"area_m2 > {BIG_M2} AND S_INTERSECTS(geometry, BBOX({','.join(map(str, box))}))"
    return f"/ogc/collections/parcels/items?limit=1000&filter={quote(text)}"


def private_row(field: Field) -> list[Row]:
    """Pages that start behind the same parcels; the asker sees nearly all of the private ones."""
    like_private()
    draw = random.Random(SEED)
    pages = [Page(1000, 0, draw.randint(1, 1_000_000)) for _number in range(60)]
    private = [ours_url(page, PRIVATE_SLUG) for page in pages]
    public = [ours_url(page, LIKE_PRIVATE) for page in pages]
    ours, reference = medians(field, private, public)
    return [replace(PRIVATE, ours=ours, reference=reference)]


def like_private() -> Layer:
    """The public table with the columns of the private layer."""
    private, public = Layer.objects.get(slug=PRIVATE_SLUG), Layer.objects.get(slug="parcels")
    layer, _made = Layer.objects.get_or_create(
        slug=LIKE_PRIVATE,
        defaults={
            "title": "Parcelles publiques",
            "theme": public.theme,
            "table": public.table,
            "rows": public.rows,
            "visibility": public.visibility,
            "geometry_type": public.geometry_type,
            "columns": private.columns,
            "title_field": "label",
            "min_zoom": public.min_zoom,
            "max_zoom": public.max_zoom,
        },
    )
    return layer
