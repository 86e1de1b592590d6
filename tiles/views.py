"""Tiles and their documents over HTTP."""

import gzip
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from gis_core.http.middleware import rights_of_request
from layers.catalogue.models import Layer
from layers.catalogue.services import visible_layer
from tiles import cache
from tiles.services import documents, serving
from tiles.services.address import parse_address
from tiles.services.running import run_here


@require_safe
def tile(request: HttpRequest, slug: str, z: str, x: str, y: str) -> HttpResponse:
    """A vector tile: 200, 204 where there is nothing, 304; 400 outside the pyramid, 404 for a layer not seen."""
    address = parse_address(z, x, y)
    rights = rights_of_request(request)
    layer = visible_layer(slug, rights)
    headers = {"ETag": serving.etag(layer, rights), **serving.cache_headers(layer, rights, request.GET.get("v"))}
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return HttpResponseNotModified(headers=headers)
    content = serving.tile(layer, address, cache.folder(layer, rights), run_here)
    return tile_response(content, headers, gzipped="gzip" in request.headers.get("Accept-Encoding", ""))


def tile_response(content: bytes, headers: dict[str, str], *, gzipped: bool) -> HttpResponse:
    if not content:
        return HttpResponse(status=204, headers=headers)
    if gzipped:
        return HttpResponse(content, content_type=serving.MEDIA_TYPE, headers={**headers, "Content-Encoding": "gzip"})
    return HttpResponse(gzip.decompress(content), content_type=serving.MEDIA_TYPE, headers=headers)


@require_safe
def tilejson(request: HttpRequest, slug: str) -> HttpResponse:
    layer = visible_layer(slug, rights_of_request(request))
    return document(request, layer, documents.tilejson(layer, tiles_url(request, layer)) | bounds(layer))


@require_safe
def style(request: HttpRequest, slug: str) -> HttpResponse:
    layer = visible_layer(slug, rights_of_request(request))
    return document(
        request, layer, documents.style(layer, request.build_absolute_uri(reverse("tiles:tilejson", args=[slug])))
    )


def document(request: HttpRequest, layer: Layer, content: dict[str, Any]) -> HttpResponse:
    headers = serving.cache_headers(layer, rights_of_request(request), None)
    return JsonResponse(content, headers={**headers, "Vary": headers["Vary"] + ", Accept-Language"})


def bounds(layer: Layer) -> dict[str, list[float]]:
    """TileJSON's `bounds`, where the catalogue has measured the layer's extent; none means the whole world."""
    return {"bounds": [round(value, 7) for value in layer.extent_4326]} if layer.extent_4326 else {}


def tiles_url(request: HttpRequest, layer: Layer) -> str:
    """The address template of a layer's tiles, with the version that lets browsers keep them."""
    here = reverse("tiles:tilejson", args=[layer.slug]).removesuffix(".json")
    return f"{request.build_absolute_uri(here)}/{{z}}/{{x}}/{{y}}.mvt?v={layer.version}"
