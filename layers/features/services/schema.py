"""The JSON Schema of a layer's features (OGC API Features, Part 5): what forms and QGIS read."""

from collections.abc import Mapping
from typing import Any

from gis_core.members.rights import Rights
from layers.catalogue.columns import bounds
from layers.catalogue.models import Layer, in_language
from layers.features.services.shapes import flat_kind, kind_of_table

TYPES: Mapping[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "area_m2": {"type": "number"},
    "length_m": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
}
UNITS = {"area_m2": "m2", "length_m": "m"}


def layer_schema(layer: Layer, rights: Rights) -> dict[str, Any]:
    """The schema of what the asker sees of a layer, in their language."""
    fields = [one for one in layer.fields_for(rights) if one["name"] != "id"]
    properties = {one["name"]: property_schema(one, number) for number, one in enumerate(fields, start=1)}
    identifier = {"type": "integer", "readOnly": True, "x-ogc-role": "id", "x-ogc-propertySeq": 0}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "title": str(layer),
        "description": layer.abstract,
        "required": [one["name"] for one in fields if one.get("required")],
        "properties": {"id": identifier, **properties, "geometry": geometry_schema(layer, len(fields) + 1)},
        "additionalProperties": False,
    }


def property_schema(field: Mapping[str, Any], number: int) -> dict[str, Any]:
    schema = {"title": field["label"], **TYPES[field["type"]], "x-ogc-propertySeq": number}
    code_labels = {code: in_language(*pair) for code, pair in (field.get("values") or {}).items()}
    if unit := field.get("unit") or UNITS.get(field["type"]):
        schema["x-ogc-unit"] = unit
    if field.get("choices"):
        schema["enum"] = list(field["choices"])
    if field.get("default") is not None:
        schema["default"] = field["default"]
    if code_labels:
        schema["x-enum-titles"] = code_labels
    if field.get("read_only"):
        schema["readOnly"] = True
    if field.get("suggest"):
        schema["x-arpent-suggest"] = field["suggest"]
    if field.get("when"):
        schema["x-arpent-when"] = field["when"]
    if field.get("maximum_length"):
        schema["maxLength"] = field["maximum_length"]
    limits = dict(zip(("minimum", "maximum"), bounds(field), strict=True))
    return schema | {name: limit for name, limit in limits.items() if limit is not None}


def geometry_schema(layer: Layer, number: int) -> dict[str, Any]:
    kind = flat_kind(kind_of_table(layer.table)).lower()
    shape = {"geometry": "any"}.get(kind, kind)
    return {"x-ogc-role": "primary-geometry", "format": f"geometry-{shape}", "x-ogc-propertySeq": number}
