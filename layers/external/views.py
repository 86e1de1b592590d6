"""/externe/: images and legends of layers of other servers, fetched by ours."""

import re
from collections.abc import Collection

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_core.errors import Busy, Invalid, NotFound
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import as_problem
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.external.models import ExternalLayer
from layers.external.requests import Tile
from layers.external.services.declaring import visible_external
from layers.external.services.images import CONDITIONS, Image, image_at, list_allowed_hosts, tile_image

NUMBER = re.compile(r"[0-9]{1,8}")
PRIVATE_SECONDS = 300
AGAIN_SECONDS = 1
# An image is shown and nothing else, whatever is in it.
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@transaction.non_atomic_requests
@require_safe
def tile(request: HttpRequest, slug: str, z: str, x: str, y: str) -> HttpResponse:
    """One image of a layer: 200, 304; 400 for no numbers, 404 where there is none, 503 where the server fails."""
    if not all(NUMBER.fullmatch(part) for part in (z, x, y)):
        raise Invalid(_("A tile's address is three whole numbers: zoom, column and row."))
    layer, hosts = layer_and_hosts(slug, rights_of_request(request))
    try:
        return image_response(
            layer, tile_image(layer, Tile(min(int(z), 99), int(x), int(y)), hosts, conditions(request))
        )
    except Busy as error:
        return later(error)


@transaction.non_atomic_requests
@require_safe
def legend(request: HttpRequest, slug: str) -> HttpResponse:
    """The image of a layer's legend."""
    layer, hosts = layer_and_hosts(slug, rights_of_request(request))
    if not layer.legend_url:
        raise NotFound(_("This layer has no image of its legend."))
    try:
        return image_response(layer, image_at(layer.legend_url, hosts, conditions(request)))
    except Busy as error:
        return later(error)


def layer_and_hosts(slug: str, rights: Rights) -> tuple[ExternalLayer, Collection[str]]:
    """The layer and the servers that may be asked. The database's connection is given back before the fetching."""
    with transaction.atomic():
        layer, hosts = visible_external(slug, rights), list_allowed_hosts()
    if not connection.in_atomic_block:
        connection.close()
    return layer, hosts


def conditions(request: HttpRequest) -> dict[str, str]:
    return {name: request.headers[name] for name in CONDITIONS if name in request.headers}


def image_response(layer: ExternalLayer, image: Image) -> HttpResponse:
    """The image, kept as long as its server allows; for others than everybody in the asker's browser alone."""
    headers = {**SAFE, **image.validators, "Cache-Control": cache_control(layer, image)}
    if layer.visibility != Layer.Visibility.PUBLIC:
        headers["Vary"] = "Cookie, Authorization"
    if image.unchanged:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(image.body, content_type=image.media_type, headers=headers)


def cache_control(layer: ExternalLayer, image: Image) -> str:
    if not image.kept_s:
        return "private, no-store"
    if layer.visibility == Layer.Visibility.PUBLIC:
        return f"public, max-age={image.kept_s}"
    return f"private, max-age={min(image.kept_s, PRIVATE_SECONDS)}"


def later(error: Busy) -> HttpResponse:
    response = as_problem(error)
    response["Retry-After"] = str(AGAIN_SECONDS)
    return response
