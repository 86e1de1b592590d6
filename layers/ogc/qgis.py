"""What QGIS needs beyond the standard: refusals that it can show, and what versions before 3.44 do not ask for.

QGIS reads the words of a refusal only from an OWS exception report, and knows the geometry of filters by a `$ref`.
Before 3.44 it reads no schema (Part 5): it takes fields and geometry from the first ten features, and the collection's
extent as written in the layer's own system.
"""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from django.contrib.gis.geos import Polygon
from django.http import HttpRequest, HttpResponse

from gis_core.members.rights import Rights
from gis_core.members.territories import extent_4326
from layers.catalogue.models import Layer
from layers.features.crs import STORAGE
from layers.features.services.query import Items
from layers.features.services.schema import layer_schema

WITH_SCHEMAS = 34_400
"""The version of QGIS, as its User-Agent writes it, from which it reads schemas."""
VERSION = re.compile(r"\bQGIS/(\d{5})\b")
FIELDS_QUERY = {"limit": "10"}
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
EXAMPLES: dict[str, Any] = {
    "string": "texte",
    "integer": 2**40,
    "number": 0.5,
    "boolean": True,
    "date": "2000-01-01",
    "date-time": "2000-01-01T00:00:00Z",
}

type Document = dict[str, Any]


def version_of(request: HttpRequest) -> int | None:
    """The version of the QGIS that asks, 34006 for 3.40.6; None for other programs."""
    match = VERSION.search(request.headers.get("User-Agent", ""))
    return int(match[1]) if match else None


def reads_no_schema(request: HttpRequest) -> bool:
    version = version_of(request)
    return version is not None and version < WITH_SCHEMAS


# -- refusals ---------------------------------------------------------------------------------------------------------


def refusals_for_qgis(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Below /ogc/, QGIS gets problem details as an exception report, whose words it shows."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        refused = response.status_code >= 400 and request.path.startswith("/ogc")
        if refused and "problem" in response["Content-Type"] and version_of(request):
            response.content = exception_report(json.loads(response.content)).encode()
            response["Content-Type"] = "application/xml"
            response["Content-Length"] = str(len(response.content))
        return response

    return middleware


def exception_report(problem: Document) -> str:
    """Problem details as an OWS exception report."""
    field_by_message = {problem["detail"]: "", **{one["message"]: one["field"] for one in problem.get("errors", ())}}
    explanation = " ".join(f"{field} : {message}" if field else message for message, field in field_by_message.items())
    code, text = (NO_XML.sub("", text) for text in (problem["title"], explanation))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<ExceptionReport xmlns="http://www.opengis.net/ows/1.1" version="1.0.0">'
        f"<Exception exceptionCode={quoteattr(code)}><ExceptionText>{escape(text)}</ExceptionText></Exception>"
        "</ExceptionReport>"
    )


# -- fields and extent ------------------------------------------------------------------------------------------------


def asks_for_fields(request: HttpRequest) -> bool:
    """Whether this page of features is the one from which an older QGIS takes a layer's fields."""
    return request.GET.dict() == FIELDS_QUERY and reads_no_schema(request)


def with_example(items: Items, layer: Layer, rights: Rights) -> Items:
    """These features, then one that is none, which tells the fields. What matches is counted without it."""
    features = ",".join(filter(None, (items.features, example(layer, rights))))
    return replace(items, features=features, returned=items.returned + 1)


def example(layer: Layer, rights: Rights) -> str:
    """A GeoJSON feature with a value of every field's type and a geometry in the layer's extent."""
    near = layer.extent_4326 or extent_4326()
    properties = layer_schema(layer, rights)["properties"]
    values = {name: EXAMPLES[one.get("format", one["type"])] for name, one in properties.items() if "type" in one}
    values.pop("id", None)
    shape = next(one["format"] for one in properties.values() if is_geometry(one))
    feature = {"type": "Feature", "id": 0, "geometry": shape_near(shape, *near[:2]), "properties": values}
    return json.dumps(feature, ensure_ascii=False)


def shape_near(kind: str, x: float, y: float) -> Document | None:
    """A small GeoJSON geometry of a kind as schemas name it; None for the kind that is any."""
    line = [[x, y], [x + 1e-5, y]]
    ring = [*line, [x, y + 1e-5], [x, y]]
    shapes = {
        "geometry-point": ("Point", [x, y]),
        "geometry-multipoint": ("MultiPoint", [[x, y]]),
        "geometry-linestring": ("LineString", line),
        "geometry-multilinestring": ("MultiLineString", [line]),
        "geometry-polygon": ("Polygon", [ring]),
        "geometry-multipolygon": ("MultiPolygon", [[ring]]),
    }
    shape = shapes.get(kind)
    return shape and {"type": shape[0], "coordinates": shape[1]}


def with_references(queryables: Document) -> Document:
    """Queryables whose geometry is said as Part 3 does, `$ref`, not as Part 5 does."""
    reference = {"$ref": "https://geojson.org/schema/Geometry.json"}
    known = queryables["properties"].items()
    properties = {name: one | (reference if is_geometry(one) else {}) for name, one in known}
    return queryables | {"properties": properties}


def is_geometry(property_: Document) -> bool:
    return property_.get("x-ogc-role") == "primary-geometry"


def in_storage_crs(collection: Document) -> Document:
    """A collection whose extent is written in the system in which it is kept."""
    box = Polygon.from_bbox(collection["extent"]["spatial"]["bbox"][0])
    box.srid = 4326
    box.transform(STORAGE.srid)
    spatial = {"bbox": [[round(value, 1) for value in box.extent]], "crs": STORAGE.uri}
    return collection | {"extent": {"spatial": spatial}}
