"""tipg on the same public table: same processes, pool and database settings, columns and feature cap."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from benchmarks import load, server
from benchmarks.database import NAME, BenchDatabase
from benchmarks.grid import url_of
from benchmarks.rows import Row
from benchmarks.tiles import Field
from gis_core.ops.cluster import Cluster
from gis_core.ops.services import Service
from layers.catalogue.models import Layer
from tiles.services.address import Address
from tiles.services.mvt import FEATURE_LIMIT

REQUIREMENTS = ("tipg==1.6.*", "uvicorn")
GOALS = {13: 1.2, 14: 1.2, 15: 4.0, 16: 8.0}
EXTENT_GRANT = """do $$ declare f regprocedure; begin
    for f in select oid::regprocedure from pg_proc where proname = 'st_estimatedextent' loop
        execute format('grant execute on function %s to arpent_web', f);
    end loop; end $$"""  # tipg does not start without it; in this database only
COUNTS = {13: 80, 14: 160, 15: 300, 16: 600}


def name_of(z: int) -> str:
    return f"uncached tiles, z{z}, throughput against tipg"


def empty_rows(*, skipped: bool = False) -> list[Row]:
    note = "peers were not asked for (--peers)" if skipped else ""
    return [Row(name_of(z), None, "tiles/s", "at least", goal, note=note, skipped=skipped) for z, goal in GOALS.items()]


def tipg_rows(field: Field) -> list[Row]:
    """Both servers answer the same fresh tiles, warmed once through the first of them."""
    layer = Layer.objects.get(slug="parcels")
    port = server.free_port()
    rows = []
    with server.running(tipg(field.made, port), f"http://127.0.0.1:{port}/healthz"):
        load.throughput(port, [tipg_url(layer, tile) for tile in field.grid.fresh(16, 20)], {})
        for z, goal in GOALS.items():
            tiles = field.grid.fresh(z, COUNTS[z])
            theirs = load.throughput(port, [tipg_url(layer, tile) for tile in tiles], {})
            ours = load.throughput(field.port, [url_of("parcels", tile) for tile in tiles], field.headers)
            rows.append(Row(name_of(z), ours, "tiles/s", "at least", goal, theirs))
    return rows


def tipg_url(layer: Layer, tile: Address) -> str:
    """The Web Mercator geometry, the columns of our tiles and the identifier."""
    columns = ",".join(["id", *layer.tile_columns()])
    return (
        f"/collections/public.{layer.table}/tiles/WebMercatorQuad/{tile.z}/{tile.x}/{tile.y}"
        f"?geom-column=geom_3857&properties={columns}&limit={FEATURE_LIMIT}"
    )


def tipg(made: BenchDatabase, port: int) -> Service:
    """Two uvicorn processes, as many connections as our pool allows, the web role and its settings."""
    Cluster(made.place).psql(NAME, "-c", EXTENT_GRANT)
    home = install(made.place.data / "peers/tipg")
    address = f"postgresql://arpent_web@{quote(str(made.place.socket_directory()), safe='')}:5432/{NAME}"
    env = made.environment("web") | {
        "DATABASE_URL": address,
        "DB_MIN_CONN_SIZE": "1",
        "DB_MAX_CONN_SIZE": "8",
        "TIPG_DB_SCHEMAS": '["public"]',
        "TIPG_DB_TABLES": '["public.cadastre_parcel"]',
        "TIPG_MAX_FEATURES_PER_TILE": str(FEATURE_LIMIT),
    }
    command = [
        str(home / "bin/uvicorn"),
        "tipg.main:app",
        "--port",
        str(port),
        "--workers",
        "2",
        "--log-level",
        "error",
    ]
    return Service("tipg", command, env, made.place.data / "bench/log/tipg.log")


def install(home: Path) -> Path:
    """An environment of its own for the peer, made once."""
    if not (home / "bin/uvicorn").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        subprocess.run([str(home / "bin/python"), "-m", "pip", "install", "-q", *REQUIREMENTS], check=True)
    return home
