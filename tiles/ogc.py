"""OGC API Tiles under /ogc/: the tiles of /tiles/ at the addresses of the standard, row before column."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from gis_core.errors import NotFound
from layers.catalogue.models import Layer
from layers.ogc import openapi
from layers.ogc.documents import REL, address, link
from layers.ogc.extensions import Extension, Link
from layers.ogc.formats import JSON, choose_format
from layers.ogc.resources import Resource
from tiles import views
from tiles.services import tilesets
from tiles.services.tilesets import MVT, PYRAMID

TILES = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf"
CLASSES = ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt", "oas30")
POSITION = ("tileMatrix", "tileRow", "tileCol")


class PyramidsView(Resource):
    """The pyramids in which tiles may lie."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = choose_format(request, JSON)
        return self.answer(tilesets.pyramids(self.base), form)


class PyramidView(Resource):
    """One pyramid."""

    def get(self, request: HttpRequest, pyramid: str) -> HttpResponse:
        form = choose_format(request, JSON)
        check(pyramid)
        return self.answer(tilesets.pyramid(self.base), form)


class TilesetsView(Resource):
    """The sets of a layer's tiles."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        layer = self.layer(slug)
        form = choose_format(request, JSON)
        return self.answer(tilesets.tilesets(layer, self.base), form)


class TilesetView(Resource):
    """What is said of a layer's tiles."""

    def get(self, request: HttpRequest, slug: str, pyramid: str) -> HttpResponse:
        layer = self.layer(slug)
        form = choose_format(request, JSON)
        check(pyramid)
        return self.answer(tilesets.tileset(layer, self.base), form)


class TileView(Resource):
    """One vector tile: 200, 204 where there is nothing, 304; 404 where the layer has no tiles."""

    def get(self, request: HttpRequest, slug: str, pyramid: str, z: str, y: str, x: str) -> HttpResponse:
        layer = self.layer(slug)
        if request.GET:  # Accept is as little heeded as under /tiles/
            choose_format(request, MVT)
        check(pyramid)
        if not (z.isascii() and z.isdecimal() and layer.min_zoom <= int(z[:9]) <= layer.max_zoom):
            raise NotFound(_("The layer has tiles from zoom %(first)s to zoom %(last)s.") % zooms(layer))
        return views.tile(request, slug, z, x, y)


def check(pyramid: str) -> None:
    """Refuse another pyramid of tiles than the one that there is. Raises NotFound."""
    if pyramid != PYRAMID:
        raise NotFound(_("Tiles lie in “%(known)s” only.") % {"known": PYRAMID})


def zooms(layer: Layer) -> dict[str, int]:
    return {"first": layer.min_zoom, "last": layer.max_zoom}


# -- what /ogc/ says of tiles -----------------------------------------------------------------------------------------


def landing_links(base: str) -> Sequence[Link]:
    return [link(f"{base}/tileMatrixSets", f"{REL}/tiling-schemes", JSON, _("The pyramids in which tiles lie"))]


def collection_links(layer: Layer, base: str) -> Sequence[Link]:
    return [link(f"{address(layer, base)}/tiles", f"{REL}/tilesets-vector", JSON, _("Vector tiles"))]


def paths(layers: Sequence[Layer]) -> Mapping[str, Any]:
    """The addresses of tiles, as OpenAPI says them; the names of operations end as the standard wants."""
    pyramids, pyramid = _("The pyramids in which tiles lie"), _("The definition of the pyramid of tiles")
    operations: dict[str, Any] = {
        "/tileMatrixSets": {"get": openapi.describe_reading(".getTileMatrixSetsList", pyramids, JSON, missing=False)},
        f"/tileMatrixSets/{PYRAMID}": {
            "get": openapi.describe_reading(".getTileMatrixSet", pyramid, JSON, missing=False)
        },
    }
    for layer in layers:
        here, name = f"/collections/{layer.slug}/tiles", f"{layer.slug}.collection.vector"
        operations[here] = {"get": openapi.describe_reading(f"{name}.getTileSetsList", str(layer), JSON)}
        operations[f"{here}/{PYRAMID}"] = {"get": openapi.describe_reading(f"{name}.getTileSet", str(layer), JSON)}
        operations[f"{here}/{PYRAMID}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"] = {"get": tile(f"{name}.getTile", layer)}
    return operations


def tile(operation: str, layer: Layer) -> dict[str, Any]:
    description = openapi.describe_reading(operation, str(layer))
    whole = {"type": "integer", "minimum": 0}
    within = {"type": "integer", "minimum": layer.min_zoom, "maximum": layer.max_zoom}
    schemas = zip(POSITION, (within, whole, whole), strict=True)
    description["parameters"] = [{"name": name, "in": "path", "required": True, "schema": one} for name, one in schemas]
    binary = {"schema": {"type": "string", "format": "binary"}}
    answers = {
        "200": {"description": _("Vector tiles"), "content": {MVT.media_type: binary}},
        "204": {"description": _("Nothing lies in this tile")},
    }
    return description | {"responses": description["responses"] | answers}


EXTENSION = Extension(
    conformance=tuple(f"{TILES}/{name}" for name in CLASSES),
    landing_links=landing_links,
    collection_links=collection_links,
    paths=paths,
)
