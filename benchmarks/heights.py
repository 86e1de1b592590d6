"""Heights of nine square kilometres at 50 cm, ground and surface: points, profiles, polygons, shadows on terrain."""

import http.client
import json
import random
import shutil
import statistics
import time
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from math import floor
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.conf import settings
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import transaction

from benchmarks.rows import Row
from benchmarks.server import cpu_seconds
from benchmarks.simulations import processor_note
from benchmarks.territory import SEED
from benchmarks.tiles import Field
from gis_core.files.reader.rasters import Strip
from gis_core.members.rights import SYSTEM, acting_as
from layers.cadastre.building_heights import measure_buildings
from layers.cadastre.models import Building
from layers.catalogue.models import Layer, Photo
from layers.catalogue.services import PhotoDeclaration, SheetDeclaration, delete_photo, publish_photo
from orthophoto.raster.cog import SheetPlan
from orthophoto.raster.collar import Rule
from orthophoto.raster.heights import build_heights

POINT = Row("altitude d'un point et ce qui s'y élève, 95e centile", None, "ms", "at most", 20)
PROFILE = Row("profil de 2 km à 50 cm, 95e centile", None, "ms", "at most", 150)
POLYGON = Row("chiffres et volumes d'un hectare, 95e centile", None, "ms", "at most", 100)
BUILDINGS = Row("hauteurs de bâtiments mesurées en une seconde", None, "/s", "at least", 500)
SHADOW = Row("ombre de 50 volumes sur le terrain, 95e centile", None, "ms", "at most", 500)
WEST, NORTH, SHEETS, SIDE, PIXEL = 620_000.0, 6_730_000.0, 3, 2_000, 0.5
EDGE = SIDE * PIXEL
WARMING, COUNT, SHADOWS = 10, 200, 30
BUILT, NOWHERE = 5_000, "00000"
AT = "2026-03-21T15:00:00+01:00"


def empty_rows() -> list[Row]:
    return [POINT, PROFILE, POLYGON, BUILDINGS, SHADOW]


def height_rows(field: Field) -> list[Row]:
    """Each request at another place; the first ones wake the server up."""
    for kind in (Photo.Kind.GROUND, Photo.Kind.SURFACE):
        show(kind)
    asked = http.client.HTTPConnection("127.0.0.1", field.port, timeout=60)
    draw = random.Random(SEED)
    try:
        rows = [
            slow(row, field, partial(ask, asked, field, parameters, draw), COUNT)
            for row, parameters in ((POINT, point), (PROFILE, line), (POLYGON, hectare))
        ]
        rows.append(replace(BUILDINGS, ours=measured_a_second()))
        return [*rows, slow(SHADOW, field, lambda: cast(asked, field, draw), SHADOWS)]
    finally:
        asked.close()
        with acting_as(SYSTEM), transaction.atomic():
            for kind in (Photo.Kind.GROUND, Photo.Kind.SURFACE):
                delete_photo(slug_of(kind))


def measured_a_second() -> float:
    """The houses of the surface as buildings of the plan, measured, then gone again."""
    houses = [
        (x, y)
        for x in np.arange(WEST + 8, WEST + SHEETS * EDGE, 20)
        for y in np.arange(NORTH - SHEETS * EDGE + 8, NORTH, 20)
        if (floor(x / 20) * 7 + floor(y / 20) * 13) % 3 == 0
    ][:BUILT]
    with acting_as(SYSTEM), transaction.atomic():
        Building.objects.bulk_create(
            Building(insee=NOWHERE, kind="01", geom=MultiPolygon(Polygon.from_bbox((x, y, x + 12, y + 12)), srid=2154))
            for x, y in houses
        )
        slug = slug_of(Photo.Kind.SURFACE)
        begun = time.perf_counter()
        result = measure_buildings(slug, frozenset({NOWHERE}), progress=lambda _share, _message: None)
        taken = time.perf_counter() - begun
        Building.objects.filter(insee=NOWHERE).delete()
    if result.known != len(houses):
        raise RuntimeError(str(result))
    return len(houses) / taken


def slow(row: Row, field: Field, request: Callable[[], float], count: int) -> Row:
    """The 95th centile in milliseconds, and what of it is work."""
    for _number in range(WARMING):
        request()
    before = cpu_seconds(*field.pids)
    taken = [request() for _number in range(count)]
    note = processor_note(cpu_seconds(*field.pids) - before, count)
    return replace(row, ours=statistics.quantiles(taken, n=20)[-1], note=note)


def slug_of(kind: Photo.Kind) -> str:
    return f"mesure-{kind.value}"


def show(kind: Photo.Kind) -> None:
    """Build the sheets and publish them for everybody."""
    folder = Path(settings.FILES_DIR, "orthophoto", slug_of(kind), "1")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    sheets = []
    for column in range(SHEETS):
        for row in range(SHEETS):
            left, top, name = WEST + column * EDGE, NORTH - row * EDGE, f"{column}-{row}"
            build_heights(strips(left, top, kind), plan(left, top), folder / f"{name}.tif")
            outline = MultiPolygon(Polygon.from_bbox((left, top - EDGE, left + EDGE, top)), srid=2154)
            sheets.append(SheetDeclaration(name=name, path=f"{name}.tif", rank=0, resolution_m=PIXEL, geom=outline))
    ground = Polygon.from_bbox((WEST, NORTH - SHEETS * EDGE, WEST + SHEETS * EDGE, NORTH))
    with acting_as(SYSTEM), transaction.atomic():
        publish_photo(
            PhotoDeclaration(
                slug=slug_of(kind),
                title=str(kind.label),
                acquired_date=date(2025, 3, 1),
                acquired_precision="month",
                resolution_m=PIXEL,
                owner=None,
                visibility=Layer.Visibility.PUBLIC,
                shared_with=[],
                within_communes=False,
                folder=f"orthophoto/{slug_of(kind)}/1",
                overview="overview.tif",
                geom=MultiPolygon(ground, srid=2154),
                sheets=sheets,
                kind=kind,
                vertical_crs=5720,
            )
        )


def plan(left: float, top: float) -> SheetPlan:
    place = (PIXEL, 0.0, left, 0.0, -PIXEL, top)
    return SheetPlan(
        name="",
        width=SIDE,
        height=SIDE,
        dtype="float32",
        crs=2154,
        transform=place,
        bands=(1,),
        limits=(),
        rule=Rule(False, None, False),
        warp=False,
        to_transform=place,
        to_width=SIDE,
        to_height=SIDE,
    )


def strips(left: float, top: float, kind: Photo.Kind) -> Iterator[Strip]:
    """Hills of 30 m; on the surface, houses of 8 m on a third of the squares of 20 m."""
    x = left + (np.arange(SIDE) + 0.5) * PIXEL
    for row in range(0, SIDE, 250):
        y = (top - (np.arange(row, row + 250) + 0.5) * PIXEL)[:, None]
        heights = 120 + 15 * np.sin(x / 180) + 15 * np.cos(y / 240)
        if kind == Photo.Kind.SURFACE:
            built = (np.floor(x / 20) * 7 + np.floor(y / 20) * 13) % 3 == 0
            heights = heights + np.where(built & (x % 20 > 8) & (y % 20 > 8), 8, 0)
        yield Strip(row, heights.astype(np.float32)[:, :, None], None)


def place(draw: random.Random, margin: float) -> tuple[float, float]:
    width = SHEETS * EDGE
    return WEST + draw.uniform(margin, width - margin), NORTH - draw.uniform(margin, width - margin)


def point(draw: random.Random) -> dict[str, str]:
    x, y = place(draw, 10)
    return {"point": f"{x:.2f},{y:.2f}"}


def line(draw: random.Random) -> dict[str, str]:
    x, y = place(draw, 710)
    return {"line": f"LINESTRING({x - 707:.2f} {y - 707:.2f}, {x + 707:.2f} {y + 707:.2f})"}


def hectare(draw: random.Random) -> dict[str, str]:
    x, y = place(draw, 60)
    return {
        "polygon": shapely.to_wkt(shapely.box(x - 50, y - 50, x + 50, y + 50), rounding_precision=2),
        "plane": "120",
    }


def ask(
    opened: http.client.HTTPConnection,
    field: Field,
    parameters: Callable[[random.Random], dict[str, str]],
    draw: random.Random,
) -> float:
    query = urllib.parse.urlencode(parameters(draw))
    return timed(opened, field, "GET", f"/api/v1/heights/?{query}", None)


def cast(opened: http.client.HTTPConnection, field: Field, draw: random.Random) -> float:
    x, y = place(draw, 300)
    volumes = []
    for number in range(50):
        left, bottom = x + number % 10 * 14, y + number // 10 * 18
        footprint = json.loads(shapely.to_geojson(shapely.box(left, bottom, left + 10, bottom + 8)))
        volumes.append({"footprint": footprint, "base": None, "eaves": 4, "ridge": 7, "roof": "gable"})
    body = json.dumps({"volumes": volumes, "at": AT, "terrain": True})
    return timed(opened, field, "POST", "/api/v1/simulations/shadow", body)


def timed(opened: http.client.HTTPConnection, field: Field, method: str, path: str, body: Any) -> float:
    """Milliseconds."""
    headers = {"Authorization": f"Bearer {field.asker.token}", "Content-Type": "application/json"}
    begun = time.perf_counter()
    opened.request(method, path, body, headers)
    answer = opened.getresponse()
    content = answer.read()
    taken = (time.perf_counter() - begun) * 1000
    if answer.status != 200:
        raise RuntimeError(f"{answer.status} {content[:200]!r}")
    return taken
