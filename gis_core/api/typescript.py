"""The shapes of the API's answers as TypeScript types, from the OpenAPI document.

Ours are plain enough for these lines; openapi-typescript needs the compiler of TypeScript 5 beside the one that checks
the map.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import override
from drf_spectacular.generators import SchemaGenerator

type Schema = Mapping[str, Any]

HEAD = "// Written by `npm run types`, from the OpenAPI document; a test fails when it is not what the API answers.\n"
# GeoJSON's places and boxes are tuples, longer lists of a fixed length are none.
LONGEST_TUPLE = 4
SIMPLE = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}


def openapi_document() -> Schema:
    """The OpenAPI document in English, as `/api/schema/` gives it to anybody."""
    with override("en"):
        document: Schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
        return document


def declarations(document: Schema) -> str:
    """A TypeScript module with an exported type for each schema of an OpenAPI document, by their names."""
    schemas = document["components"]["schemas"]
    with override("en"):
        return "\n".join([HEAD, *(declaration(name, schemas[name]) for name in sorted(schemas))])


def declaration(name: str, schema: Schema) -> str:
    """An exported interface for an object with known members, a type for all else."""
    comment = _comment(schema, "")
    if schema.get("properties"):
        return f"{comment}export interface {name} {_members(schema, '')}\n"
    return f"{comment}export type {name} = {type_of(schema)};\n"


def type_of(schema: Schema, indent: str = "") -> str:
    """The TypeScript type of a schema; `unknown` where it says nothing."""
    kind = _type_of(schema, indent)
    takes_null = kind == "unknown" or "null" in kind.split(" | ")
    return f"{kind} | null" if schema.get("nullable") and not takes_null else kind


def _type_of(schema: Schema, indent: str) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for way, sign in (("allOf", " & "), ("oneOf", " | "), ("anyOf", " | ")):
        if way in schema:
            return sign.join(dict.fromkeys(type_of(one, indent) for one in schema[way]))
    if "enum" in schema:
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    match schema.get("type"):
        case "array":
            return _list_of(schema, indent)
        case "object":
            return _object(schema, indent)
        case kind:
            return SIMPLE.get(str(kind), "unknown")


def _list_of(schema: Schema, indent: str) -> str:
    item = type_of(schema["items"], indent)
    length = schema.get("maxItems")
    if length is not None and length == schema.get("minItems") and length <= LONGEST_TUPLE:
        return f"[{', '.join([item] * length)}]"
    several = (" | " in item or " & " in item) and not item.startswith(("{", "["))
    return f"({item})[]" if several else f"{item}[]"


def _object(schema: Schema, indent: str) -> str:
    if schema.get("properties"):
        return _members(schema, indent)
    value = schema.get("additionalProperties")
    return f"Record<string, {type_of(value, indent) if isinstance(value, Mapping) else 'unknown'}>"


def _members(schema: Schema, indent: str) -> str:
    inner = f"{indent}  "
    required = schema.get("required", ())
    lines = (
        f"{_comment(member, inner)}{inner}{name}{'' if name in required else '?'}: {type_of(member, inner)};\n"
        for name, member in schema["properties"].items()
    )
    return f"{{\n{''.join(lines)}{indent}}}"


def _comment(schema: Schema, indent: str) -> str:
    text = " ".join(str(schema.get("description", "")).split()).replace("*/", "* /")
    return f"{indent}/** {text} */\n" if text else ""
