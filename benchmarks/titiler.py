"""titiler on the same COGs, as a MosaicJSON: same number of processes, the same tiles in turns, nothing kept."""

import subprocess
from io import BytesIO
from itertools import batched
from pathlib import Path
from urllib.parse import quote

import numpy as np
from django.conf import settings
from django.db import transaction
from PIL import Image

from benchmarks import load, server
from benchmarks.campaigns import SLUG
from benchmarks.database import BenchDatabase
from benchmarks.peers import PROCESSES, fetch_bytes, install
from benchmarks.photos import Shown, empty_cache, find_photo, warm_up
from benchmarks.rows import Row
from benchmarks.tiles import Field
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.operations.services import Service
from layers.catalogue.models import Photo
from tiles.services.address import Address

REQUIREMENTS = ("titiler.application==2.4.*", "titiler.mosaic==2.4.*", "cogeo-mosaic==9.2.*", "uvicorn")
GOAL = 1.5
COUNTS = {18: 64, 19: 96, 20: 160, 21: 160}
WARMING = 12
TURNS = 8
# What its documentation advises; the last one makes it half as fast again on two cores.
TUNED = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_CACHEMAX": "200",
    "VSI_CACHE": "TRUE",
    "GDAL_BAND_BLOCK_CACHE": "HASHSET",
    "MOSAIC_CONCURRENCY": "1",
}
MOSAIC = """
import sys
from cogeo_mosaic.mosaic import MosaicJSON
made = MosaicJSON.from_urls(sys.argv[2:], quiet=True)
open(sys.argv[1], "w").write(made.model_dump_json(exclude_none=True))
"""
# Levels of 255 by which the two tiles may differ when averaged over squares: they resample in different ways.
SQUARE, ALIKE = 16, 3.0
START = "titiler 2.4, uvicorn seul, MosaicJSON par défaut, plus proche voisin et JPEG 75 ; nous bilinéaire et JPEG 88"


def name_of(z: int) -> str:
    return f"débit de tuiles de photo jamais dessinées, mosaïque de 36 dalles, z{z}, face à titiler"


def empty_rows(*, skipped: bool = False) -> list[Row]:
    note = "mesuré seulement avec --peers" if skipped else ""
    return [
        Row(name_of(z), None, "tuiles/s", "at least", GOAL, note=note, skipped=skipped, relative=True) for z in COUNTS
    ]


def titiler_rows(field: Field) -> list[Row]:
    """Zoom after zoom; both have opened the sheets before."""
    photo, port = find_photo(SLUG), server.free_port()
    mosaic = mosaic_of(field.made)
    rows = []
    with (
        server.running(titiler(field.made, port), f"http://127.0.0.1:{port}/healthz"),
        empty_cache(photo.slug) as forget,
    ):
        same = agreement(field, photo, port, mosaic)
        warm = [tile for z in COUNTS for tile in photo.grid().fresh(z, WARMING)]
        load.throughput(port, [titiler_url(mosaic, tile) for tile in warm], {})
        warm_up(field, photo)
        for z, count in COUNTS.items():
            forget()
            ours, theirs = in_turns(field, photo, port, mosaic, photo.grid().fresh(z, count))
            note = f"{START} ; à tour de rôle ; {same}"
            rows.append(Row(name_of(z), ours, "tuiles/s", "at least", GOAL, theirs, note=note, relative=True))
    return rows


def in_turns(field: Field, photo: Shown, port: int, mosaic: Path, tiles: list[Address]) -> tuple[float, float]:
    """Tiles per second of ours and of titiler's."""
    seconds = {"ours": 0.0, "theirs": 0.0}
    for turn, share in enumerate(batched(tiles, max(1, len(tiles) // TURNS), strict=False)):
        asked = {
            "ours": (field.port, [photo.url(tile) for tile in share], field.headers),
            "theirs": (port, [titiler_url(mosaic, tile) for tile in share], {}),
        }
        for who in sorted(asked, reverse=bool(turn % 2)):
            seconds[who] += len(share) / load.throughput(*asked[who])
    return len(tiles) / seconds["ours"], len(tiles) / seconds["theirs"]


def agreement(field: Field, photo: Shown, port: int, mosaic: Path) -> str:
    """A tile of each zoom must show the same ground on both sides."""
    apart = []
    for z in COUNTS:
        tile = photo.grid().fresh(z, 1)[0]
        ours = fetch_bytes(f"http://127.0.0.1:{field.port}{photo.url(tile)}", {"Cookie": field.asker.cookie})
        theirs = fetch_bytes(f"http://127.0.0.1:{port}{titiler_url(mosaic, tile)}", {})
        apart.append(difference(ours, theirs))
    if max(apart) > ALIKE:
        raise RuntimeError(f"titiler shows another ground: {apart}")
    return f"une tuile de chaque niveau décodée des deux côtés, écart moyen de {max(apart):.1f} sur 255 au plus"


def difference(one: bytes, other: bytes) -> float:
    """Mean difference of two pictures' squares, where both have pixels."""
    seen = [np.asarray(Image.open(BytesIO(content)).convert("RGBA"), np.float64) for content in (one, other)]
    squares = [picture.reshape(256 // SQUARE, SQUARE, 256 // SQUARE, SQUARE, 4).mean((1, 3)) for picture in seen]
    both = (squares[0][..., 3] == 255) & (squares[1][..., 3] == 255)
    return float(np.abs(squares[0] - squares[1])[both][:, :3].mean())


def titiler_url(mosaic: Path, tile: Address) -> str:
    """Without a format: JPEG where all of the tile is there, PNG elsewhere, as ours."""
    return f"/mosaicjson/tiles/WebMercatorQuad/{tile.z}/{tile.x}/{tile.y}?url={quote(str(mosaic), safe='')}"


def mosaic_of(made: BenchDatabase) -> Path:
    """The MosaicJSON of the published sheets, by titiler's own tool."""
    with acting_as(SYSTEM), transaction.atomic():
        photo = Photo.objects.get(slug=SLUG)
        paths = [str(Path(settings.FILES_DIR, photo.folder, sheet.path)) for sheet in photo.sheets.all()]
    home, target = home_of(made), made.place.data / "bench/mosaic.json"
    subprocess.run([str(home / "bin/python"), "-c", MOSAIC, str(target), *paths], check=True, capture_output=True)
    return target


def home_of(made: BenchDatabase) -> Path:
    return install(made.place.data / "peers/titiler", REQUIREMENTS)


def titiler(made: BenchDatabase, port: int) -> Service:
    """As its documentation starts it, with as many processes as our web server."""
    uvicorn = str(home_of(made) / "bin/uvicorn")
    address = ("--host", "127.0.0.1", "--port", str(port))
    command = [uvicorn, "titiler.application.main:app", *address, "--workers", str(PROCESSES), "--log-level", "error"]
    return Service("titiler", command, made.environment("web") | TUNED, made.place.data / "bench/log/titiler.log")
