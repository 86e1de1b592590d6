"""The documents of /ogc/ as plain JSON values: landing page, collections, schemas. `base` is the address of /ogc."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

from gis_core.members.rights import Rights
from gis_core.members.territories import extent_4326
from layers.catalogue.models import Layer
from layers.features.cql2 import Queryable, queryables_of
from layers.features.crs import ALL, CRS84, STORAGE
from layers.features.services.schema import layer_schema
from layers.ogc.conformance import CLASSES
from layers.ogc.formats import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, Format
from layers.ogc.points import EXTENSIONS

REL = "http://www.opengis.net/def/rel/ogc/1.0"
UCUM = {
    **{unit: unit for unit in ("m", "km", "cm", "mm", "m2", "km2", "m3", "l", "L", "kg", "g", "t", "%", "m/s", "km/h")},
    **{unit: unit for unit in ("s", "min", "h", "d", "mo", "a", "V", "kV", "W", "kW", "A", "bar", "Cel", "deg", "har")},
    **{"m²": "m2", "km²": "km2", "m³": "m3", "°": "deg", "°C": "Cel", "ha": "har", "j": "d", "an": "a", "ans": "a"},
}
"""Units as they are written here, and in UCUM."""

type Document = dict[str, Any]


def link(href: str, rel: str, form: Format, title: str) -> Document:
    return {"href": href, "rel": rel, "type": form.media_type, "title": title}


def alternates(href: str, form: Format, *offered: Format) -> list[Document]:
    """The link to this document in the form it has, and those to its other forms."""
    titles = {"json": _("This document as JSON"), "html": _("This document as HTML")}
    return [
        link(f"{href}?f={one.name}", "self" if one is form else "alternate", one, titles[one.name]) for one in offered
    ]


def landing(base: str, form: Format) -> Document:
    return {
        "title": _("Arpent: the layers of the territory"),
        "description": _("Layers of the catalogue, as far as you may see them, by OGC API Features and Tiles."),
        "attribution": "Arpent",
        "links": [
            *alternates(f"{base}/", form, JSON, HTML),
            link(f"{base}/api?f=json", "service-desc", OPENAPI, _("The definition of this API (OpenAPI 3.0)")),
            link(f"{base}/api?f=html", "service-doc", HTML, _("The documentation of this API")),
            link(f"{base}/conformance", "conformance", JSON, _("The conformance classes of this API")),
            link(f"{base}/collections", "data", JSON, _("The collections: one for each layer")),
            *(one for extension in EXTENSIONS.all() for one in extension.landing_links(base)),
        ],
    }


def conformance(base: str, form: Format) -> Document:
    declared = [*CLASSES, *(one for extension in EXTENSIONS.all() for one in extension.conformance)]
    return {"conformsTo": declared, "links": alternates(f"{base}/conformance", form, JSON, HTML)}


def collections(layers: Sequence[Layer], base: str, form: Format) -> Document:
    everywhere = extent_4326()
    return {
        "links": alternates(f"{base}/collections", form, JSON, HTML),
        "numberMatched": len(layers),
        "numberReturned": len(layers),
        "collections": [collection_document(layer, base, JSON, everywhere) for layer in layers],
    }


def collection(layer: Layer, base: str, form: Format) -> Document:
    return collection_document(layer, base, form, layer.extent_4326 or extent_4326())


def collection_document(layer: Layer, base: str, form: Format, everywhere: Sequence[float]) -> Document:
    """A layer as a collection; `everywhere` stands for an extent that was not measured for everybody."""
    document = {
        "id": layer.slug,
        "title": str(layer),
        "description": layer.abstract,
        "keywords": [str(layer.theme)],
        "itemType": "feature",
        "extent": {"spatial": {"bbox": [list(layer.extent_4326 or everywhere)], "crs": CRS84.uri}},
        "crs": [crs.uri for crs in ALL],
        "storageCrs": STORAGE.uri,
        "links": collection_links(layer, base, form),
    }
    optional = {"attribution": layer.attribution, "license": layer.licence}
    return document | {name: text for name, text in optional.items() if text}


def collection_links(layer: Layer, base: str, form: Format) -> list[Document]:
    here = address(layer, base)
    return [
        *alternates(here, form, JSON, HTML),
        link(f"{here}/items", "items", GEOJSON, _("The features, as GeoJSON")),
        link(f"{here}/items?f=html", "items", HTML, _("The features, as HTML")),
        link(f"{here}/schema", f"{REL}/schema", SCHEMA, _("What a feature is made of")),
        link(f"{here}/geojson-schema", "describedby", SCHEMA, _("What a GeoJSON feature is made of")),
        link(f"{here}/queryables", f"{REL}/queryables", SCHEMA, _("What filters may name")),
        *(one for extension in EXTENSIONS.all() for one in extension.collection_links(layer, base)),
    ]


def address(layer: Layer, base: str) -> str:
    return f"{base}/collections/{quote(layer.slug)}"


def schema(layer: Layer, rights: Rights, base: str) -> Document:
    """What the asker reads and writes of a feature (Part 5)."""
    document = layer_schema(layer, rights)
    document["properties"] = {name: plain_units(one) for name, one in document["properties"].items()}
    dated = [name for name, one in document["properties"].items() if one.get("format") in ("date", "date-time")]
    if dated:
        document["properties"][dated[0]]["x-ogc-role"] = "primary-instant"
    return {"$schema": document["$schema"], "$id": f"{address(layer, base)}/schema"} | document


def geojson_schema(layer: Layer, rights: Rights, base: str) -> Document:
    """The schema of the GeoJSON features, which GDAL reads: to it an “integer” is one of 32 bits, so none is said."""
    layer_document = schema(layer, rights, base)
    whole = {"type": "number", "multipleOf": 1}
    values = {
        name: one | (whole if one["type"] == "integer" else {})
        for name, one in layer_document.pop("properties").items()
        if name != "id" and "type" in one
    }
    members = {
        "type": {"type": "string", "enum": ["Feature"]},
        "id": {"type": "integer"},
        "geometry": {"type": ["object", "null"]},
        "properties": {"type": "object", "properties": values, "required": layer_document.pop("required")},
    }
    document = {"$id": f"{address(layer, base)}/geojson-schema", "properties": members, "additionalProperties": True}
    return layer_document | document | {"required": ["type", "geometry", "properties"]}


def plain_units(property_: Document) -> Document:
    """Units as UCUM writes them: one that it does not know as an annotation, “{hab}”. Only numbers have units."""
    unit = property_.get("x-ogc-unit")
    if unit is None or property_["type"] not in ("number", "integer"):
        return {name: value for name, value in property_.items() if name != "x-ogc-unit"}
    plain = re.sub("[^!-z|~]", "", unicodedata.normalize("NFKD", unit))
    return property_ | {"x-ogc-unit": UCUM.get(unit) or f"{{{plain or 'unit'}}}"}


def queryables(layer: Layer, rights: Rights, base: str) -> Document:
    """What the asker's filters may name (Parts 3 and 5)."""
    properties = schema(layer, rights, base)["properties"]
    known = queryables_of(layer, rights)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{address(layer, base)}/queryables",
        "type": "object",
        "title": str(layer),
        "description": layer.abstract,
        "properties": {name: queryable_schema(one, properties, layer) for name, one in known.items()},
        "additionalProperties": False,
    }


def queryable_schema(queryable: Queryable, properties: Document, layer: Layer) -> Document:
    if queryable.kind == "geometry":
        shape = next(one["format"] for one in properties.values() if one.get("x-ogc-role") == "primary-geometry")
        return {"title": _("Geometry"), "x-ogc-role": "primary-geometry", "format": shape}
    kept = ("title", "type", "format", "enum", "x-ogc-role", "x-ogc-unit")
    property_document = properties.get(queryable.name, {"type": "integer"})
    return {"title": queryable.name} | {name: property_document[name] for name in kept if name in property_document}
