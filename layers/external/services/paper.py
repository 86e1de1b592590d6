"""A layer of another server on paper: its images side by side, turned into EPSG:2154."""

from collections.abc import Collection
from io import BytesIO
from itertools import product
from math import ceil, cos, floor, log2, radians
from typing import Any

import numpy as np
from affine import Affine
from django.utils.translation import gettext as _
from PIL import Image
from pyproj import Transformer
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.transform import from_bounds
from rasterio.warp import reproject

from gis_core.errors import NotFound
from gis_core.files.reader import Limits, PictureRecipe, ReadRefused, RestrictedReader
from layers.external.errors import NotAnImage
from layers.external.models import ExternalLayer
from layers.external.requests import HALF_WORLD_M, Tile
from layers.external.services.images import meets, tile_image

LARGEST_SIDE = 2_048  # pixels of one image
MOST_BYTES = 32 * 1_048_576
RECIPE = PictureRecipe(
    pixels=dict.fromkeys(("PNG", "JPEG", "WEBP", "GIF"), LARGEST_SIDE**2), form="RGBA", longest=LARGEST_SIDE
)
MOST_TILES = 400
EQUATOR_PIXEL_M = 156_543.03392804097

type Box = tuple[float, float, float, float]


def paper_image(layer: ExternalLayer, bbox_2154: Box, width: int, height: int, hosts: Collection[str]) -> Image.Image:
    """An RGBA image of the box, `width` by `height` pixels, clear where the layer has nothing.

    It takes as long as the other server does, and asks no database. Raises NotAllowed, NoAnswer, NotAnImage, Busy.
    """
    zoom = zoom_for(layer, bbox_2154, width)
    first, last = tiles_around(bbox_2154, zoom)
    while (last.x - first.x + 1) * (last.y - first.y + 1) > MOST_TILES:
        zoom -= 1
        first, last = tiles_around(bbox_2154, zoom)
    mosaic = paste_tiles(layer, first, last, hosts)
    west, north = first.bbox_3857[0], first.bbox_3857[3]
    east, south = last.bbox_3857[2], last.bbox_3857[1]
    source = from_bounds(west, south, east, north, mosaic.width, mosaic.height)
    target = from_bounds(*bbox_2154, width, height)
    return warp_mosaic(mosaic, source, target, (width, height))


def zoom_for(layer: ExternalLayer, bbox_2154: Box, width: int) -> int:
    """The zoom whose pixels are about as large as those of the paper."""
    ground = (bbox_2154[2] - bbox_2154[0]) / width
    exact = log2(EQUATOR_PIXEL_M * cos(radians(46.5)) / ground * 256 / layer.tile_size)
    return min(max(ceil(exact - 0.2), layer.min_zoom, 0), layer.max_zoom)


def tiles_around(bbox_2154: Box, zoom: int) -> tuple[Tile, Tile]:
    """The tiles at the north-west and the south-east of a box."""
    west, south, east, north = Transformer.from_crs(2154, 3857, always_xy=True).transform_bounds(*bbox_2154)
    side = 2 * HALF_WORLD_M / (1 << zoom)
    last = (1 << zoom) - 1
    left, right = (min(max(floor((x + HALF_WORLD_M) / side), 0), last) for x in (west, east))
    top, bottom = (min(max(floor((HALF_WORLD_M - y) / side), 0), last) for y in (north, south))
    return Tile(zoom, left, top), Tile(zoom, right, bottom)


def paste_tiles(layer: ExternalLayer, first: Tile, last: Tile, hosts: Collection[str]) -> Image.Image:
    """The images from one tile to another, side by side."""
    size = layer.tile_size
    mosaic = Image.new("RGBA", ((last.x - first.x + 1) * size, (last.y - first.y + 1) * size))
    with RestrictedReader(Limits.for_pictures(MOST_BYTES)) as reader:
        for y, x in product(range(first.y, last.y + 1), range(first.x, last.x + 1)):
            tile = Tile(first.z, x, y)
            if not meets(layer, tile):
                continue
            try:
                picture = open_picture(tile_image(layer, tile, hosts).body, reader)
            except NotFound:
                continue
            mosaic.paste(picture.resize((size, size)), ((x - first.x) * size, (y - first.y) * size))
    return mosaic


def open_picture(body: bytes, reader: RestrictedReader) -> Image.Image:
    """The picture of some bytes of another server. Raises NotAnImage."""
    name = reader.admit_stream(BytesIO(body))
    try:
        (picture,) = reader.picture(name, RECIPE).made
    except ReadRefused as refused:
        if refused.problem.code == "picture_pixels":
            raise NotAnImage(_("The server answers by a picture that is too large.")) from refused
        raise NotAnImage(_("The server answers by a picture that is damaged.")) from refused
    finally:
        reader.dismiss(name)
    return Image.frombytes("RGBA", (picture.width, picture.height), picture.content)


def warp_mosaic(mosaic: Image.Image, source: Affine, target: Affine, size: tuple[int, int]) -> Image.Image:
    """From Web Mercator to Lambert-93; colours are weighed by their opacity, so that edges do not darken."""
    bands = np.asarray(mosaic, dtype=np.float32).transpose(2, 0, 1)
    bands = np.concatenate([bands[:3] * bands[3:] / 255, bands[3:]])
    made: Any = np.zeros((4, size[1], size[0]), dtype=np.float32)
    reproject(
        bands,
        made,
        src_transform=source,
        src_crs=CRS.from_epsg(3857),
        dst_transform=target,
        dst_crs=CRS.from_epsg(2154),
        resampling=Resampling.bilinear,
    )
    alpha = made[3:]
    colours = np.where(alpha > 0, made[:3] * 255 / np.maximum(alpha, 1e-6), 0)
    whole = np.concatenate([colours, alpha]).clip(0, 255).round().astype(np.uint8)
    return Image.fromarray(whole.transpose(1, 2, 0), "RGBA")
