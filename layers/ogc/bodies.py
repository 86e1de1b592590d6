"""What is sent to /ogc/: a GeoJSON feature, or a merge patch of one, as an edit. Read without trust."""

import json
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.http import HttpRequest
from django.utils.translation import gettext as _

from gis_core.api.once import key_of
from gis_core.errors import Invalid
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.features.crs import CRS84, Crs, crs_of
from layers.features.errors import GeometryRefused
from layers.features.services.geojson import read_geometry
from layers.features.services.query import read_item
from layers.features.services.shapes import Unfit
from layers.features.services.write import UNSET, Edit
from layers.ogc.errors import NoContentType, UnknownContentType

FEATURE_TYPES = ("application/geo+json", "application/json")
PATCH_TYPES = ("application/merge-patch+json", "application/json")
LARGEST_VERSION = 2**31 - 1

type Body = dict[str, Any]


def creation_edit(request: HttpRequest) -> Edit:
    """The edit that makes a new feature; an identifier that is sent is not taken over. Raises Invalid."""
    body, crs = feature_of(request), content_crs(request)
    return Edit(
        action="create",
        properties=properties_of(body),
        geometry=geometry_of(body, crs),
        client_id=key_of(request),
    )


def replacement_edit(request: HttpRequest, layer: Layer, feature_id: int, rights: Rights) -> Edit:
    """The edit that gives a feature this content and no other. Raises Invalid, NotFound."""
    body = feature_of(request)
    nothing = {field["name"]: None for field in layer.writable_fields(rights) if field["name"] != "id"}
    return Edit(
        action="update",
        id=feature_id,
        version=version_seen(request, layer, feature_id, rights),
        properties=nothing | properties_of(body),
        geometry=geometry_of(body, content_crs(request)),
    )


def patch_edit(request: HttpRequest, layer: Layer, feature_id: int, rights: Rights) -> Edit:
    """The edit that a JSON merge patch means. Raises Invalid, NotFound."""
    body = json_of(request, PATCH_TYPES)
    if unknown := sorted(set(body) - {"type", "id", "properties", "geometry"}):
        raise Invalid(_("A feature has no member “%(name)s”.") % {"name": unknown[0][:60]}, parameter=unknown[0][:60])
    if body.get("id", feature_id) not in (feature_id, str(feature_id)):
        raise Invalid(_("The identifier of an object does not change."), parameter="id")
    return Edit(
        action="update",
        id=feature_id,
        version=version_seen(request, layer, feature_id, rights),
        properties=properties_of(body),
        geometry=geometry_of(body, content_crs(request)) if "geometry" in body else UNSET,
    )


def deletion_edit(request: HttpRequest, layer: Layer, feature_id: int, rights: Rights) -> Edit:
    return Edit(action="delete", id=feature_id, version=version_seen(request, layer, feature_id, rights))


# -- parts of a body --------------------------------------------------------------------------------------------------


def feature_of(request: HttpRequest) -> Body:
    body = json_of(request, FEATURE_TYPES)
    if body.get("type") != "Feature":
        raise Invalid(_("Send one GeoJSON feature."), parameter="type")
    return body


def json_of(request: HttpRequest, media_types: tuple[str, ...]) -> Body:
    """The body, which must be an object of one of these types. Raises Invalid, NotTaken."""
    if not request.headers.get("Content-Type"):
        raise NoContentType
    if request.content_type not in media_types:
        raise UnknownContentType(", ".join(media_types))
    try:
        body = json.loads(request.body, parse_constant=no_constant)
    except (ValueError, RecursionError) as error:
        raise Invalid(_("What you sent is no JSON, or is nested too deeply.")) from error
    if not isinstance(body, dict):
        raise Invalid(_("Send a JSON object."))
    return body


def no_constant(name: str) -> None:
    """JSON has neither NaN nor Infinity."""
    raise ValueError(name)


def properties_of(body: Body) -> Body:
    properties = body.get("properties")
    if properties is None:
        return {}
    if not isinstance(properties, dict):
        raise Invalid(_("“properties” must be an object: names with their values."), parameter="properties")
    return properties


def content_crs(request: HttpRequest) -> Crs:
    """The system of the body's coordinates, which the Content-Crs header names. Raises Invalid."""
    uri = request.headers.get("Content-Crs", "")
    return crs_of(uri, "Content-Crs") if uri else CRS84


def geometry_of(body: Body, crs: Crs) -> GEOSGeometry | None:
    """The geometry, moved to EPSG:2154; None where there is none. Raises GeometryRefused."""
    given = body.get("geometry")
    if crs.y_first and isinstance(given, dict):
        given = given | {"coordinates": swap_axes(given.get("coordinates"), 8)}
    try:
        return read_geometry(given, crs.srid)
    except Unfit as unfit:
        raise GeometryRefused(str(unfit)) from unfit


def swap_axes(value: Any, deepest: int) -> Any:
    """Positions with x before y; what is no list of lists or of positions stays as it is, to be refused."""
    if not isinstance(value, list) or not deepest:
        return value
    if len(value) == 2 and not any(isinstance(part, list) for part in value):
        return value[::-1]
    return [swap_axes(part, deepest - 1) for part in value]


# -- the version that was seen ----------------------------------------------------------------------------------------


def version_seen(request: HttpRequest, layer: Layer, feature_id: int, rights: Rights) -> int | None:
    """The version that If-Match names; 0, which no object has, where it names none of ours; None without it."""
    if_match = request.headers.get("If-Match", "").strip()
    if if_match in ("", "*"):
        return None
    versions = {version_of(tag.strip()) for tag in if_match.split(",")}
    if len(versions) == 1:
        return versions.pop()
    current = read_item(layer, feature_id, CRS84, rights).version
    return current if current in versions else 0


def version_of(tag: str) -> int:
    """The version in an entity tag, `"v7"`."""
    number = tag.removeprefix('"v').removesuffix('"')
    known = tag == f'"v{number}"' and number.isascii() and number.isdecimal() and len(number) <= 10
    return min(int(number), LARGEST_VERSION) if known else 0


def tag_of(version: int) -> str:
    return f'"v{version}"'
