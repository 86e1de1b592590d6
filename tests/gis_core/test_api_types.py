from pathlib import Path
from typing import Any

import pytest

from gis_core.api.typescript import declarations, openapi_document, type_of

ROOT = Path(__file__).parents[2]


def test_the_types_of_the_web_map_are_those_of_the_api() -> None:
    written = (ROOT / "webmap/src/api/schema.d.ts").read_text()
    assert written == declarations(openapi_document()), "run npm --prefix webmap run types"


TYPES = [
    ({}, "unknown"),
    ({"nullable": True}, "unknown"),
    ({"type": "string", "format": "date-time"}, "string"),
    ({"type": "integer", "nullable": True}, "number | null"),
    ({"enum": ["left", "right"], "type": "string"}, '"left" | "right"'),
    ({"$ref": "#/components/schemas/Layer"}, "Layer"),
    ({"allOf": [{"$ref": "#/components/schemas/Owner"}], "nullable": True}, "Owner | null"),
    ({"oneOf": [{"$ref": "#/components/schemas/One"}, {"enum": [None]}]}, "One | null"),
    ({"oneOf": [{"$ref": "#/components/schemas/One"}, {"enum": [None]}], "nullable": True}, "One | null"),
    ({"type": "array", "items": {"type": "string"}}, "string[]"),
    ({"type": "array", "items": {"type": "string", "nullable": True}}, "(string | null)[]"),
    ({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}, "[number, number]"),
    ({"type": "array", "items": {"type": "number"}, "maxItems": 2}, "number[]"),
    ({"type": "array", "items": {"type": "number"}, "minItems": 9, "maxItems": 9}, "number[]"),
    ({"type": "object", "additionalProperties": {}}, "Record<string, unknown>"),
    ({"type": "object", "additionalProperties": {"type": "integer"}}, "Record<string, number>"),
]


@pytest.mark.parametrize(("schema", "expected"), TYPES, ids=[expected for _, expected in TYPES])
def test_a_schema_is_a_type(schema: dict[str, Any], expected: str) -> None:
    assert type_of(schema) == expected


def test_an_object_is_an_interface_that_says_what_may_be_left_out() -> None:
    place = {
        "type": "object",
        "description": "Where it is.",
        "required": ["x"],
        "properties": {"x": {"type": "number"}, "note": {"type": "string", "description": "in a\nfew words"}},
    }
    written = declarations({"components": {"schemas": {"Place": place, "Code": {"type": "string"}}}})
    assert written.partition("\n\n")[2] == (
        "export type Code = string;\n\n"
        "/** Where it is. */\nexport interface Place {\n  x: number;\n  /** in a few words */\n  note?: string;\n}\n"
    )
