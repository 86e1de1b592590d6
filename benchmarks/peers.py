"""tipg on the same public table: same processes, pool and database settings, columns, margin and feature cap."""

import os
import subprocess
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import batched
from pathlib import Path
from urllib.parse import quote

import mapbox_vector_tile

from benchmarks import load, server
from benchmarks.database import NAME, BenchDatabase
from benchmarks.grid import CHOICE, url_of
from benchmarks.rows import Row
from benchmarks.tiles import Field
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import ROOT
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.services import Service
from layers.catalogue.models import Layer
from tiles.services.address import BUFFER, EXTENT, Address
from tiles.services.mvt import FEATURE_LIMIT

REQUIREMENTS = ("tipg==1.6.*", "uvicorn[standard]")
UV = ROOT / ".boot/bin/uv"
SYSTEM_PYTHON = "/usr/bin/python3.13"
PROCESSES, POOL = 2, 8
EXTENT_GRANT = """do $$ declare f regprocedure; begin
    for f in select oid::regprocedure from pg_proc where proname = 'st_estimatedextent' loop
        execute format('grant execute on function %s to arpent_web', f);
    end loop; end $$"""  # tipg does not start without it; in this database only


@dataclass(frozen=True)
class Start:
    """A way to start tipg, and how many times its tiles per second are promised, by zoom."""

    options: list[str]
    goals: dict[int, float]


# What tipg's own instructions install (`pip install uvicorn`), and uvicorn's optional faster parts, tuned by hand.
STARTS = {
    "uvicorn seul": Start(["--loop", "asyncio", "--http", "h11"], {13: 1.2, 14: 1.2, 15: 4.0, 16: 8.0}),
    "uvloop et httptools": Start([], dict.fromkeys((13, 14, 15, 16), 1.2)),
}
COUNTS = {13: 80, 14: 160, 15: 320, 16: 640}
TURNS = 8
GZIP = {"Accept-Encoding": "gzip"}  # as browsers ask, and as our tiles leave
INSIDE = "select id from cadastre_parcel where geom_3857 && {0} and st_intersects(geom_3857, {0})"
ENVELOPE = "st_makeenvelope(%(w)s, %(s)s, %(e)s, %(n)s, 3857)"


def name_of(z: int, start: str) -> str:
    return f"débit de tuiles non gardées, table publique, z{z}, face à tipg ({start})"


def empty_rows(*, skipped: bool = False) -> list[Row]:
    note = "mesuré seulement avec --peers" if skipped else ""
    return [
        Row(name_of(z, start), None, "tuiles/s", "at least", goal, note=note, skipped=skipped, relative=True)
        for start in STARTS
        for z, goal in STARTS[start].goals.items()
    ]


def tipg_rows(field: Field) -> list[Row]:
    """Every way to start tipg, at every zoom."""
    return [row for start in STARTS for row in rows_against(field, start)]


def rows_against(field: Field, start: str) -> list[Row]:
    """Both servers answer the same fresh tiles, in turns: who is asked first changes from one turn to the next."""
    layer = Layer.objects.get(slug="parcels")
    port = server.free_port()
    rows = []
    with server.running(tipg(field.made, port, STARTS[start].options), f"http://127.0.0.1:{port}/healthz"):
        same = agreement(field, layer, port)
        warm = field.grid.fresh(16, 64)
        load.throughput(port, [tipg_url(layer, tile) for tile in warm], GZIP)
        load.throughput(field.port, [url_of("parcels", tile) for tile in warm], field.headers)
        for z, goal in STARTS[start].goals.items():
            ours, theirs = in_turns(field, layer, port, field.grid.fresh(z, COUNTS[z]))
            note = f"{CHOICE} ; à tour de rôle ; {same}"
            rows.append(Row(name_of(z, start), ours, "tuiles/s", "at least", goal, theirs, note=note, relative=True))
    return rows


def in_turns(field: Field, layer: Layer, port: int, tiles: list[Address]) -> tuple[float, float]:
    """Tiles per second of ours and of tipg's."""
    seconds = {"ours": 0.0, "theirs": 0.0}
    for turn, share in enumerate(batched(tiles, max(1, len(tiles) // TURNS), strict=False)):
        asked = {
            "ours": (field.port, [url_of("parcels", tile) for tile in share], field.headers),
            "theirs": (port, [tipg_url(layer, tile) for tile in share], GZIP),
        }
        for who in sorted(asked, reverse=bool(turn % 2)):
            seconds[who] += len(share) / load.throughput(*asked[who])
    return len(tiles) / seconds["ours"], len(tiles) / seconds["theirs"]


def agreement(field: Field, layer: Layer, port: int) -> str:
    """Decode one z15 tile of both: the features that lie in the tile, and their columns, must be the same.

    tipg leaves out the features that lie only in the tile's margin.
    """
    tile = field.grid.fresh(15, 1)[0]
    ours = fetch_features(f"http://127.0.0.1:{field.port}{url_of('parcels', tile)}", {"Cookie": field.asker.cookie})
    theirs = fetch_features(f"http://127.0.0.1:{port}{tipg_url(layer, tile)}", {})
    our_ids = {feature["id"] for feature in ours}
    their_ids = {feature["properties"].pop("id") for feature in theirs}
    west, south, east, north = tile.bbox_3857()
    box = {"w": west, "s": south, "e": east, "n": north}
    inside = {row[0] for row in field.grid.connection.execute(INSIDE.format(ENVELOPE), box)}
    columns = [set().union(*(feature["properties"] for feature in one)) for one in (ours, theirs)]
    if our_ids & inside != their_ids or not their_ids or columns[0] != columns[1]:
        raise RuntimeError(f"tipg gives other features: {len(their_ids)} and {len(our_ids & inside)}, {columns}")
    margin = len(our_ids - inside)
    return f"tuile z15 décodée : {len(their_ids)} objets chez les deux, et {margin} de plus chez nous dans la marge"


def fetch_features(url: str, headers: dict[str, str]) -> list[dict[str, dict[str, object]]]:
    """The features of a tile's one layer."""
    (only,) = mapbox_vector_tile.decode(fetch_bytes(url, headers)).values()  # type: ignore[no-untyped-call]
    features: list[dict[str, dict[str, object]]] = only["features"]
    return features


def fetch_bytes(url: str, headers: dict[str, str]) -> bytes:
    """The whole answer."""
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as response:
        return bytes(response.read())


def tipg_url(layer: Layer, tile: Address) -> str:
    """The Web Mercator geometry, the columns of our tiles, and the identifier (in ours, the feature's own id)."""
    columns = ",".join(["id", *layer.tile_columns()])
    return (
        f"/collections/public.{layer.table}/tiles/WebMercatorQuad/{tile.z}/{tile.x}/{tile.y}"
        f"?geom-column=geom_3857&properties={columns}&limit={FEATURE_LIMIT}"
    )


def tipg(made: BenchDatabase, port: int, options: list[str]) -> Service:
    """As many processes as our web server, as many connections as its pool allows, the web role and its settings."""
    Cluster(made.place).psql(NAME, "-c", EXTENT_GRANT)
    home = install(made.place.data / "peers/tipg", REQUIREMENTS)
    address = f"postgresql://arpent_web@{quote(str(made.place.socket_directory()), safe='')}:5432/{NAME}"
    env = made.environment("web") | {
        "DATABASE_URL": address,
        "DB_MIN_CONN_SIZE": "1",
        "DB_MAX_CONN_SIZE": str(POOL),
        "TIPG_DB_SCHEMAS": '["public"]',
        "TIPG_DB_TABLES": '["public.cadastre_parcel"]',
        "TIPG_MAX_FEATURES_PER_TILE": str(FEATURE_LIMIT),
        "TIPG_TILE_RESOLUTION": str(EXTENT),
        "TIPG_TILE_BUFFER": str(BUFFER),
    }
    uvicorn = [str(home / "bin/uvicorn"), "tipg.main:app", "--host", "127.0.0.1", "--port", str(port)]
    command = [*uvicorn, "--workers", str(PROCESSES), "--log-level", "error", *options]
    return Service("tipg", command, env, made.place.data / "bench/log/tipg.log")


def install(home: Path, requirements: Sequence[str], program: str = "uvicorn") -> Path:
    """An environment of its own for a peer, made once, by the installer and with the Python of our own."""
    if not (home / "bin" / program).exists():
        env = os.environ | {"UV_PYTHON_PREFERENCE": "only-system", "VIRTUAL_ENV": str(home)}
        try:
            subprocess.run(
                [UV, "venv", "-q", "--clear", "--python", SYSTEM_PYTHON, home],
                env=env,
                check=True,
                capture_output=True,
                text=True,
            )
            subprocess.run(
                [UV, "pip", "install", "-q", *requirements], env=env, check=True, capture_output=True, text=True
            )
        except (OSError, subprocess.CalledProcessError) as error:
            detail = getattr(error, "stderr", "") or ""
            raise OperationFailedError(
                f"{home.name} n'a pas pu être installé : vérifiez le réseau, puis relancez.", detail
            ) from error
    return home
