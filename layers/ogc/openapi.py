"""The definition of /ogc/ for the asker, in OpenAPI 3.0: their layers, their columns, what they may write."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from gis_core.api.schema import PROBLEM
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.features.cql2 import LANGUAGES, Queryable, queryables_of
from layers.features.crs import ALL, CRS84
from layers.features.services.query import DEFAULT_ITEMS, MOST_ITEMS, equals
from layers.ogc.bodies import FEATURE_TYPES, PATCH_TYPES
from layers.ogc.formats import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, Format
from layers.ogc.points import EXTENSIONS

type Document = dict[str, Any]

LINKS = ["limit", "bbox", "bbox-crs", "datetime", "crs", "filter", "filter-lang", "filter-crs", "cursor", "f"]
VALUES: Mapping[str, Document] = {
    "text": {"type": "string"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "timestamp": {"type": "string", "format": "date-time"},
}


def openapi(layers: Sequence[Layer], rights: Rights, base: str) -> Document:
    """The whole document; `base` is the address of /ogc."""
    return {
        "openapi": "3.0.3",
        "info": {
            "title": _("Arpent: the layers of the territory"),
            "version": settings.VERSION,
            "description": _("Layers of the catalogue, as far as you may see them, by OGC API Features and Tiles."),
        },
        "servers": [{"url": base}],
        "security": [{}, {"token": []}, {"basic": []}, {"session": []}],
        "tags": [{"name": "capabilities"}, {"name": "data"}],
        "paths": paths(layers, rights),
        "components": components(),
    }


def paths(layers: Sequence[Layer], rights: Rights) -> Document:
    document = {
        "/": {"get": reading("landingPage", _("Landing page"), JSON)},
        "/api": {"get": reading("apiDefinition", _("Definition of this API"), OPENAPI)},
        "/conformance": {"get": reading("conformance", _("Conformance classes"), JSON)},
        "/collections": {"get": reading("collections", _("The layers that you see"), JSON)},
    }
    for layer in layers:
        document |= paths_of(layer, rights)
    for extension in EXTENSIONS.all():
        document |= extension.paths(layers)
    return document


def paths_of(layer: Layer, rights: Rights) -> Document:
    """The addresses of one layer, each with its own parameters and methods."""
    here, name, slug = f"/collections/{layer.slug}", str(layer), layer.slug
    may_write = layer.may_edit(rights)
    items = {"get": listing(layer, rights), **({"post": creating(slug, name)} if may_write else {})}
    item = {"parameters": [ref("parameters", "featureId")], "get": one(slug, name)}
    return {
        here: {"get": reading(f"collection.{slug}", name, JSON, missing=True)},
        f"{here}/schema": {"get": reading(f"schema.{slug}", _("What a feature is made of"), SCHEMA, missing=True)},
        f"{here}/geojson-schema": {
            "get": describe_reading(f"geojson-schema.{slug}", _("What a GeoJSON feature is made of"))
        },
        f"{here}/queryables": {"get": reading(f"queryables.{slug}", _("What filters may name"), SCHEMA, missing=True)},
        f"{here}/items": items,
        f"{here}/items/{{featureId}}": item | (changing(slug, name) if may_write else {}),
    }


# -- operations -------------------------------------------------------------------------------------------------------


def reading(
    operation: str, summary: str, form: Format, parameters: Sequence[Document] = (), *, missing: bool = False
) -> Document:
    """A GET of a document as JSON or HTML."""
    return {
        "operationId": operation,
        "summary": summary,
        "tags": ["capabilities"],
        "parameters": list(parameters) or [ref("parameters", "f")],
        "responses": {
            "200": {
                "description": summary,
                "content": {
                    form.media_type: {"schema": {"type": "object"}},
                    HTML.media_type: {"schema": {"type": "string"}},
                },
            },
            **refusals("400", "406", *(["404"] if missing else [])),
        },
    }


def describe_reading(operation: str, summary: str, form: Format = SCHEMA, *, missing: bool = True) -> Document:
    """A GET of a document that comes in one form only."""
    document = reading(operation, summary, form, missing=missing)
    del document["responses"]["200"]["content"][HTML.media_type]
    only = plain("f", _("The form of the answer"), {"type": "string", "enum": [JSON.name]})
    return document | {"parameters": [only]}


def listing(layer: Layer, rights: Rights) -> Document:
    """The GET of a layer's items; a property that filters by its own name is said in the way that QGIS reads."""
    parameters = [ref("parameters", name) for name in LINKS]
    parameters += [equality(one) for one in equals(queryables_of(layer, rights))]
    operation = reading(f"items.{layer.slug}", str(layer), GEOJSON, parameters, missing=True)
    content = operation["responses"]["200"]["content"]
    content[GEOJSON.media_type] = {"schema": ref("schemas", "FeatureCollection")}
    return operation | {"tags": ["data"]}


def equality(queryable: Queryable) -> Document:
    return {
        "name": queryable.name,
        "in": "query",
        "description": _("Only features with this value"),
        "required": False,
        "schema": VALUES[queryable.kind],
        "style": "form",
        "explode": False,
    }


def one(slug: str, name: str) -> Document:
    operation = reading(f"item.{slug}", name, GEOJSON, [ref("parameters", "crs"), ref("parameters", "f")], missing=True)
    operation["responses"]["200"]["content"][GEOJSON.media_type] = {"schema": ref("schemas", "Feature")}
    return operation | {"tags": ["data"]}


def creating(slug: str, name: str) -> Document:
    return writing(f"create.{slug}", _("Make a new feature of %(name)s") % {"name": name}, "Feature", FEATURE_TYPES) | {
        "responses": {
            "201": {"description": _("Made"), "headers": {"Location": {"schema": {"type": "string", "format": "uri"}}}},
            **refusals("400", "401", "403", "404", "413", "415"),
        }
    }


def changing(slug: str, name: str) -> Document:
    """PUT, PATCH and DELETE of one feature."""
    changed = {"204": {"description": _("Changed"), "headers": {"ETag": {"schema": {"type": "string"}}}}}
    refused = refusals("400", "401", "403", "404", "412", "413", "415", "428")
    shared = {"parameters": [ref("parameters", "If-Match")], "responses": changed | refused}
    names = {"name": name}
    return {
        "put": writing(f"replace.{slug}", _("Replace a feature of %(name)s") % names, "Feature", FEATURE_TYPES, shared),
        "patch": writing(f"update.{slug}", _("Change a feature of %(name)s") % names, "Patch", PATCH_TYPES, shared),
        "delete": {
            "operationId": f"delete.{slug}",
            "summary": _("Delete a feature of %(name)s") % names,
            "tags": ["data"],
            "parameters": [ref("parameters", "If-Match")],
            "responses": {"204": {"description": _("Deleted")}} | refused,
        },
    }


def writing(
    operation: str, summary: str, schema: str, media_types: Sequence[str], more: Mapping[str, Any] | None = None
) -> Document:
    additions = dict(more or {})
    parameters = [*additions.pop("parameters", []), ref("parameters", "Content-Crs")]
    return {
        "operationId": operation,
        "summary": summary,
        "tags": ["data"],
        "parameters": parameters,
        "requestBody": {
            "required": True,
            "content": {media_type: {"schema": ref("schemas", schema)} for media_type in media_types},
        },
        "security": [{"token": []}, {"basic": []}, {"session": []}],
        **additions,
    }


def refusals(*statuses: str) -> Document:
    return {status: ref("responses", "Problem") for status in (*statuses, "default")}


def ref(kind: str, name: str) -> Document:
    return {"$ref": f"#/components/{kind}/{name}"}


# -- components -------------------------------------------------------------------------------------------------------


def components() -> Document:
    return {
        "parameters": parameters(),
        "responses": {
            "Problem": {
                "description": _("Why it is refused, in words"),
                "content": {"application/problem+json": {"schema": ref("schemas", "Problem")}},
            }
        },
        "schemas": schemas(),
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer"},
            "basic": {
                "type": "http",
                "scheme": "basic",
                "description": _("User name, and an API token as the password"),
            },
            "session": {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
        },
    }


def parameters() -> Document:
    inputs = {"type": "string", "format": "uri", "enum": [crs.uri for crs in ALL], "default": CRS84.uri}
    languages = {"type": "string", "enum": list(LANGUAGES), "default": LANGUAGES[0]}
    box = {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
    return {
        "limit": query(
            "limit",
            _("At most so many features"),
            {"type": "integer", "minimum": 1, "maximum": MOST_ITEMS, "default": DEFAULT_ITEMS},
        ),
        "bbox": query("bbox", _("Only features that meet this box, in the order of axes of bbox-crs"), box),
        "bbox-crs": query("bbox-crs", _("The coordinate reference system of bbox"), inputs),
        "crs": query("crs", _("The coordinate reference system of the answer"), inputs),
        "datetime": query(
            "datetime", _("Only features of this date, or of this interval: 2024-01-01/.."), {"type": "string"}
        ),
        "filter": query("filter", _("Only features that pass this CQL2 filter"), {"type": "string"}),
        "filter-lang": query("filter-lang", _("The language of filter"), languages),
        "filter-crs": query("filter-crs", _("The coordinate reference system of filter's geometries"), inputs),
        # Said without style and explode: QGIS takes what says both for a property.
        "cursor": plain("cursor", _("Where the page begins: only from a “next” link"), {"type": "string"}),
        "f": plain("f", _("The form of the answer"), {"type": "string", "enum": [JSON.name, HTML.name]}),
        "featureId": {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}},
        "Content-Crs": header("Content-Crs", _("The coordinate reference system of what is sent")),
        "If-Match": header("If-Match", _("The version that you saw, as its ETag; sessions owe it")),
    }


def query(name: str, description: str, schema: Document) -> Document:
    return plain(name, description, schema) | {"style": "form", "explode": False}


def plain(name: str, description: str, schema: Document) -> Document:
    return {"name": name, "in": "query", "description": description, "required": False, "schema": schema}


def header(name: str, description: str) -> Document:
    return {"name": name, "in": "header", "description": description, "required": False, "schema": {"type": "string"}}


def schemas() -> Document:
    geometry = {"type": "object", "nullable": True, "properties": {"type": {"type": "string"}}}
    properties = {"type": "object", "nullable": True}
    links = {"type": "array", "items": {"type": "object", "required": ["href", "rel"]}}
    members = {"id": {"type": "integer"}, "geometry": geometry, "properties": properties, "links": links}
    collection = {
        "type": {"type": "string", "enum": ["FeatureCollection"]},
        "timeStamp": {"type": "string", "format": "date-time"},
        "numberReturned": {"type": "integer", "minimum": 0},
        "numberMatched": {"type": "integer", "minimum": 0},
        "links": links,
        "features": {"type": "array", "items": ref("schemas", "Feature")},
    }
    problem: Document = PROBLEM
    fields = {"index": {"type": "integer"}, "field": {"type": "string"}, "message": {"type": "string"}}
    errors = {"type": "array", "items": {"type": "object", "required": list(fields), "properties": fields}}
    return {
        "Feature": {
            "type": "object",
            "required": ["type", "geometry", "properties"],
            "properties": {"type": {"type": "string", "enum": ["Feature"]}, **members},
        },
        "Patch": {"type": "object", "properties": {"geometry": geometry, "properties": properties}},
        "FeatureCollection": {"type": "object", "required": ["type", "features"], "properties": collection},
        "Problem": problem | {"properties": problem["properties"] | {"errors": errors}},
    }
