"""What edits look like when they come in as JSON, read once; refused in words where they make no sense."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.gis.geos import GEOSGeometry
from django.utils.translation import gettext as _
from rest_framework.request import Request

from gis_core.errors import Invalid
from layers.features.errors import FieldRefused, GeometryRefused
from layers.features.services.geojson import LAMBERT_93, WGS_84, read_geometry
from layers.features.services.origin import Origin
from layers.features.services.shapes import Unfit
from layers.features.services.write import MOST_EDITS, UNSET, Action, Edit, geometry_refused

ACTIONS: Mapping[str, Action] = {"create": "create", "update": "update", "delete": "delete"}
SYSTEMS = {
    None: WGS_84,
    "CRS84": WGS_84,
    "http://www.opengis.net/def/crs/OGC/1.3/CRS84": WGS_84,
    "EPSG:2154": LAMBERT_93,
    "http://www.opengis.net/def/crs/EPSG/0/2154": LAMBERT_93,
}
BROWSERS = {"Edg/": "Edge", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
LARGEST_VERSION = 2**31 - 1


def origin_of(request: Request) -> Origin:
    """Where this request's writes come from: the web map for a session, QGIS or another program for a token."""
    agent = request.headers.get("User-Agent", "")
    if not request._request.by_token:  # type: ignore[attr-defined]
        return Origin("web", next((name for mark, name in BROWSERS.items() if mark in agent), ""))
    return Origin("qgis" if "QGIS" in agent else "api", getattr(request.user, "token_name", ""))


def body_of(request: Request) -> Mapping[str, Any]:
    """The body, which must be an object. Raises Invalid."""
    if not isinstance(request.data, dict):
        raise Invalid(_("Send a JSON object."))
    return request.data


def srid_of(body: Mapping[str, Any]) -> int:
    """The system of the body's coordinates: longitude and latitude, or EPSG:2154. Raises Invalid."""
    crs_name = body.get("crs")
    if not (crs_name is None or isinstance(crs_name, str)) or crs_name not in SYSTEMS:
        raise Invalid(_("“crs” must be “EPSG:2154” or “CRS84”."), parameter="crs")
    return SYSTEMS[crs_name]


def read_edits(body: Mapping[str, Any]) -> list[Edit]:
    """The edits of a body. Raises Invalid, FieldRefused, GeometryRefused."""
    given, srid = body.get("edits"), srid_of(body)
    if not isinstance(given, list) or not given:
        raise Invalid(_("“edits” must be a list of edits."), parameter="edits")
    if len(given) > MOST_EDITS:
        raise Invalid(_("At most %(most)s edits are taken at once.") % {"most": MOST_EDITS})
    edits: list[Edit] = []
    errors: list[dict[str, Any]] = []
    for index, one in enumerate(given):
        try:
            edits.append(read_edit(one, srid, index))
        except Unfit as unfit:
            errors.append({"index": index, "field": "geometry", "message": str(unfit)})
    if errors:
        raise geometry_refused(errors)
    return edits


def read_edit(given: Any, srid: int, index: int) -> Edit:
    """The edit at `index` of a body, its geometry read in this CRS. Raises FieldRefused, Unfit."""
    if not isinstance(given, dict):
        raise field_error(index, "", _("An edit must be a JSON object."))
    action = given.get("action")
    if not isinstance(action, str) or action not in ACTIONS:
        raise field_error(index, "action", _("“action” must be create, update or delete."))
    properties = given.get("properties", {})
    if properties is None:
        properties = {}
    if not isinstance(properties, dict):
        raise field_error(index, "properties", _("“properties” must be an object: names with their values."))
    pk = number_of(given, "id", index, 2**63 - 1)
    if (pk is None) != (action == "create"):
        raise field_error(index, "id", _("“id” names the object to change or delete; a new one has none yet."))
    return Edit(
        action=ACTIONS[action],
        id=pk,
        version=number_of(given, "version", index, LARGEST_VERSION),
        properties=properties,
        geometry=read_geometry(given["geometry"], srid) if "geometry" in given and action != "delete" else UNSET,
        client_id=client_id_of(given, index),
    )


def field_error(index: int, name: str, message: str) -> FieldRefused:
    """The error that refuses one field of the edit at this place of the list."""
    return FieldRefused([{"index": index, "field": name, "message": message}])


def number_of(given: Mapping[str, Any], name: str, index: int, largest: int) -> int | None:
    """A whole number that may be missing. Raises FieldRefused."""
    value = given.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= largest:
        raise field_error(index, name, _("“%(name)s” must be a whole number.") % {"name": name})
    return value


def client_id_of(given: Mapping[str, Any], index: int) -> UUID | None:
    value = given.get("client_id")
    if value is None:
        return None
    try:
        return UUID(value)
    except (ValueError, AttributeError, TypeError) as error:
        raise field_error(index, "client_id", _("“client_id” must be a UUID.")) from error


def read_line(body: Mapping[str, Any]) -> GEOSGeometry:
    """The line of a split. Raises Invalid, GeometryRefused."""
    try:
        line = read_geometry(body.get("line"), srid_of(body))
    except Unfit as unfit:
        raise GeometryRefused(str(unfit)) from unfit
    if line is None or line.geom_type not in ("LineString", "MultiLineString"):
        raise Invalid(_("“line” must be a GeoJSON line."), parameter="line")
    return line


def read_versions(body: Mapping[str, Any]) -> list[tuple[int, int | None]]:
    """The features of a merge with the versions that were seen. Raises Invalid, FieldRefused."""
    given = body.get("features")
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise Invalid(_("“features” must be a list of objects with “id” and “version”."), parameter="features")
    return [
        (number_of(one, "id", index, 2**63 - 1) or 0, number_of(one, "version", index, LARGEST_VERSION))
        for index, one in enumerate(given)
    ]
