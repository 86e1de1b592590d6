"""OGC API Tiles: what is said of a layer's vector tiles and of the pyramid in which they lie."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from layers.catalogue.models import Layer
from layers.features.crs import CRS84, epsg
from layers.ogc import documents
from layers.ogc.documents import REL, link
from layers.ogc.formats import JSON, Format
from tiles.services.address import DEEPEST_ZOOM, HALF_WORLD_M
from tiles.services.documents import tilejson
from tiles.services.serving import MEDIA_TYPE

PYRAMID = "WebMercatorQuad"
PYRAMID_URI = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{PYRAMID}"
MVT = Format("mvt", MEDIA_TYPE)
PIXELS = 256
PIXEL_M = 0.00028
"""The side of a pixel by which scale denominators are counted."""
DIMENSIONS = {"point": 0, "line": 1, "polygon": 2}
TYPES: Mapping[str, str] = {"Number": "number", "Boolean": "boolean", "String": "string"}

type Document = dict[str, Any]


def pyramids(base: str) -> Document:
    """The tile matrix sets that there are: one."""
    pyramid = {"id": PYRAMID, "title": "Web Mercator", "uri": PYRAMID_URI, "crs": epsg(3857)}
    return {"tileMatrixSets": [pyramid | {"links": [pyramid_link(base, "self")]}]}


def pyramid(base: str) -> Document:
    """The definition of WebMercatorQuad."""
    return {
        "id": PYRAMID,
        "title": "Web Mercator",
        "uri": PYRAMID_URI,
        "crs": epsg(3857),
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": [matrix(z) for z in range(DEEPEST_ZOOM + 1)],
        "links": [pyramid_link(base, "self")],
    }


def matrix(z: int) -> Document:
    side = 1 << z
    cell = 2 * HALF_WORLD_M / side / PIXELS
    return {
        "id": str(z),
        "scaleDenominator": cell / PIXEL_M,
        "cellSize": cell,
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [-HALF_WORLD_M, HALF_WORLD_M],
        "tileWidth": PIXELS,
        "tileHeight": PIXELS,
        "matrixWidth": side,
        "matrixHeight": side,
    }


def pyramid_link(base: str, rel: str) -> Document:
    return link(f"{base}/tileMatrixSets/{PYRAMID}", rel, JSON, _("The definition of the pyramid of tiles"))


def tilesets(layer: Layer, base: str) -> Document:
    """The sets of a layer's tiles: one."""
    here = f"{documents.address(layer, base)}/tiles"
    return {"links": [link(here, "self", JSON, _("This document as JSON"))], "tilesets": [describe_tiles(layer, base)]}


def describe_tiles(layer: Layer, base: str) -> Document:
    """A layer's tiles in short."""
    here = f"{documents.address(layer, base)}/tiles/{PYRAMID}"
    tile = link(f"{here}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}", "item", MVT, _("Vector tiles"))
    return {
        "title": str(layer),
        "dataType": "vector",
        "crs": epsg(3857),
        "tileMatrixSetURI": PYRAMID_URI,
        "links": [
            link(here, "self", JSON, _("What is said of these tiles")),
            pyramid_link(base, f"{REL}/tiling-scheme"),
            tile | {"templated": True},
        ],
    }


def tileset(layer: Layer, base: str) -> Document:
    """All that is said of a layer's tiles."""
    document = describe_tiles(layer, base) | {
        "description": layer.abstract,
        "tileMatrixSetLimits": [limits(z) for z in range(layer.min_zoom, layer.max_zoom + 1)],
        "layers": [tile_layer(layer)],
    }
    if layer.attribution:
        document["attribution"] = layer.attribution
    if layer.extent_4326:
        west, south, east, north = layer.extent_4326
        document["boundingBox"] = {"lowerLeft": [west, south], "upperRight": [east, north], "crs": CRS84.uri}
    return document


def limits(z: int) -> Document:
    """Every tile of a zoom: one where nothing lies is empty."""
    last = (1 << z) - 1
    return {"tileMatrix": str(z), "minTileRow": 0, "maxTileRow": last, "minTileCol": 0, "maxTileCol": last}


def tile_layer(layer: Layer) -> Document:
    """The one layer in a tile."""
    (vector_layer,) = tilejson(layer, "")["vector_layers"]
    document = {
        "id": layer.slug,
        "title": str(layer),
        "dataType": "vector",
        "minTileMatrix": str(layer.min_zoom),
        "maxTileMatrix": str(layer.max_zoom),
        "propertiesSchema": {
            "type": "object",
            "properties": {name: {"type": TYPES[kind]} for name, kind in vector_layer["fields"].items()},
        },
    }
    dimension = DIMENSIONS.get(layer.geometry_type)
    return document if dimension is None else document | {"geometryDimension": dimension}
