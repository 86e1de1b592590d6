"""Tiles of the mosaic of 36 sheets: kept ones with the rights check, on part of the ground too, and cold ones."""

import random
import shutil
import statistics
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import shapely
from django.conf import settings
from django.db import transaction

from benchmarks import load
from benchmarks.campaigns import SLUG
from benchmarks.grid import Grid
from benchmarks.rows import Row
from benchmarks.territory import SEED
from benchmarks.tiles import Field
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member, Territory
from layers.catalogue.models import Layer, Photo
from layers.catalogue.services import PHOTO_FIELDS, PhotoDeclaration, SheetDeclaration, publish_photo
from tiles.ortho.rights import Area, areas, transform_shape
from tiles.services.address import Address

SHARED_SLUG = "mesure-communes"
WARM_ZOOM, WARM_TILES = 20, 400
WHOLE = Row("débit de tuiles de photo gardées, droits vérifiés", None, "tuiles/s", "at least", 6_000)
INSIDE = Row("débit de tuiles de photo gardées, dans les communes du lecteur", None, "tuiles/s", "at least", 2_000)
EDGE = Row("débit de tuiles de photo gardées, à cheval sur la limite des communes", None, "tuiles/s", "at least", 300)
MEDIAN = Row("tuile de photo jamais dessinée, médiane du plus lent des niveaux 10 à 21", None, "ms", "at most", 40)
SLOW = Row("tuile de photo jamais dessinée, 95e centile du plus lent des niveaux 10 à 21", None, "ms", "at most", 150)
COLD_ZOOMS, COLD_TILES, WARMING = range(10, 22), 60, 48
# Of a tile's side: what a tile must show at least to count as one of the photo's.
SHOWN = 0.05


class PhotoGrid(Grid):
    """Draws tiles in which a photo has pixels; needs no database."""

    def __init__(self, ground: Any) -> None:
        self.ground = ground
        self.extent = ground.bounds
        self.random = random.Random(SEED)
        self.given: set[Address] = set()

    def is_occupied(self, address: Address) -> bool:
        return bool(self.ground.intersects(shapely.box(*address.bbox_3857(-SHOWN * address.width_m))))

    def all(self, z: int) -> list[Address]:
        """Every tile of a zoom, in random order."""
        (west, south, east, north), side = self.extent, Address(z, 0, 0).width_m
        first = at(z, west, north)
        across, down = int((east - west) / side) + 2, int((north - south) / side) + 2
        tiles = [Address(z, first.x + x, first.y + y) for x in range(across) for y in range(down)]
        found = [tile for tile in tiles if self.is_occupied(tile)]
        self.random.shuffle(found)
        return found


def at(z: int, x: float, y: float) -> Address:
    """The tile of a point."""
    west, _south, _east, north = Address(z, 0, 0).bbox_3857()
    side = Address(z, 0, 0).width_m
    return Address(z, int((x - west) / side), int((north - y) / side))


@dataclass(frozen=True)
class Shown:
    """A published photo, as its tiles are asked for."""

    slug: str
    edition: int
    ground: Any

    def url(self, tile: Address) -> str:
        return f"/ortho/v{self.edition}/wmts/{self.slug}/PM/{tile.z}/{tile.x}/{tile.y}.png"

    def grid(self) -> PhotoGrid:
        return PhotoGrid(self.ground)


def find_photo(slug: str) -> Shown:
    """The photos of a campaign: slug, edition, outline in EPSG:3857.

    Raises Photo.DoesNotExist when it could not be ingested.
    """
    with acting_as(SYSTEM), transaction.atomic():
        photo = Photo.objects.get(slug=slug)
    return Shown(slug, photo.edition, transform_shape(shapely.from_wkb(bytes(photo.geom.wkb)), 3857))


def share(slug: str, *, under: str, member: Member) -> None:
    """Publish the same sheets once more: for a member, on its communes only."""
    with acting_as(SYSTEM), transaction.atomic():
        photo = Photo.objects.get(slug=slug)
        own = {name: getattr(photo, name) for name in PHOTO_FIELDS}
        pieces = [
            SheetDeclaration(name=one.name, path=one.path, rank=one.rank, resolution_m=one.resolution_m, geom=one.geom)
            for one in photo.sheets.all()
        ]
        limited = {"visibility": Layer.Visibility.MEMBERS, "shared_with": [member.pk], "within_communes": True}
        publish_photo(PhotoDeclaration(slug=under, sheets=pieces, **{**own, **limited}))


def warm_empty_rows() -> list[Row]:
    return [WHOLE, INSIDE, EDGE]


def cold_empty_rows() -> list[Row]:
    return [MEDIAN, SLOW]


@contextmanager
def empty_cache(slug: str) -> Iterator[Callable[[], None]]:
    """Gives what moves the photo's kept tiles aside; they are removed at the end (see benchmarks.tiles.empty_cache)."""
    aside: list[Path] = []

    def forget() -> None:
        kept = Path(settings.CACHE_DIR, "ortho", slug)
        if kept.exists():
            aside.append(kept.rename(Path(settings.CACHE_DIR, f"former-{slug}-{time.time_ns()}")))

    try:
        yield forget
    finally:
        for folder in aside:
            shutil.rmtree(folder, ignore_errors=True)


def warm_rows(field: Field) -> list[Row]:
    """Tiles drawn once, then asked for again and again by somebody signed in."""
    whole = find_photo(SLUG)
    refuse_strangers(field, whole)
    member = Member.objects.get(memberships__user=field.asker.user)
    share(SLUG, under=SHARED_SLUG, member=member)
    limited = find_photo(SHARED_SLUG)
    with acting_as(SYSTEM), transaction.atomic():
        codes = Territory.objects.filter(member=member).values_list("commune_id", flat=True)
        area = areas.of(frozenset(map(str, codes)))
    tiles = limited.grid().all(WARM_ZOOM)
    inside = [tile for tile in tiles if area.contains(tile.bbox_3857(), 3857)]
    edge = [tile for tile in tiles if crosses(area, tile)]
    asked = (
        (WHOLE, whole, inside, "image/jpeg"),
        (INSIDE, limited, inside, "image/jpeg"),
        (EDGE, limited, edge, "image/png"),
    )
    return [warm_row(field, row, photo, chosen[:WARM_TILES], kind) for row, photo, chosen, kind in asked]


def crosses(area: Area, tile: Address) -> bool:
    """Whether the tile lies on both sides of the area's edge."""
    box = tile.bbox_3857()
    return area.meets(box, 3857) and not area.contains(box, 3857)


def warm_row(field: Field, row: Row, photo: Shown, tiles: Sequence[Address], kind: str) -> Row:
    paths = [photo.url(tile) for tile in tiles]
    for _twice in range(2):
        load.throughput(field.port, paths, field.headers)
    found = content_type(field, paths[0], field.headers)
    if found != kind:
        raise RuntimeError(f"{paths[0]} is {found}, not {kind}")
    rate = load.wrk(field.port, paths, field.headers)
    return replace(row, ours=rate, note=f"{len(paths)} tuiles {kind} du niveau {WARM_ZOOM}, wrk, 16 connexions")


def content_type(field: Field, path: str, headers: Mapping[str, str]) -> str:
    request = urllib.request.Request(f"http://127.0.0.1:{field.port}{path}", headers=dict(headers))
    with urllib.request.urlopen(request, timeout=60) as response:
        return str(response.headers["Content-Type"])


def refuse_strangers(field: Field, photo: Shown) -> None:
    """The figure would mean nothing if everybody saw the photo."""
    try:
        content_type(field, photo.url(photo.grid().fresh(WARM_ZOOM, 1)[0]), {})
    except urllib.error.HTTPError:
        return
    raise RuntimeError("the protected photo was given to somebody who has not signed in")


def cold_rows(field: Field) -> list[Row]:
    """One client, zoom after zoom, tiles that were never drawn; a zoom with few tiles is asked for anew."""
    photo = find_photo(SLUG)
    warm_up(field, photo)
    with empty_cache(photo.slug) as forget:
        taken = {z: sorted(cold_milliseconds(field, photo, z, forget)) for z in COLD_ZOOMS}
    medians = {z: statistics.median(values) for z, values in taken.items()}
    slow = {z: values[int(len(values) * 0.95)] for z, values in taken.items()}
    return [replace(MEDIAN, ours=max(medians.values()), note=by_zoom(medians)),
            replace(SLOW, ours=max(slow.values()), note=by_zoom(slow))]  # fmt: skip


def cold_milliseconds(field: Field, photo: Shown, z: int, forget: Callable[[], None]) -> list[float]:
    tiles = photo.grid().fresh(z, COLD_TILES)
    taken: list[float] = []
    while len(taken) < COLD_TILES:
        forget()
        taken += load.latencies(field.port, [photo.url(tile) for tile in tiles], field.headers)
    return taken


def warm_up(field: Field, photo: Shown) -> None:
    """Every thread of the server has opened some sheets, every page is in memory."""
    tiles = [tile for z in COLD_ZOOMS for tile in photo.grid().fresh(z, WARMING)]
    load.throughput(field.port, [photo.url(tile) for tile in tiles], field.headers)


def by_zoom(values: Mapping[int, float]) -> str:
    return ", ".join(f"z{z} {value:.1f}" for z, value in values.items())
