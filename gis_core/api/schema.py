"""What drf-spectacular leaves out: pages of lists, problem details of every operation, tokens as a way in."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers

from gis_core.desk.parameters import DEFAULT_ROWS, MOST_ROWS

PAGE_PARAMETERS = [
    OpenApiParameter("limit", int, description=f"Rows of a page, 1 to {MOST_ROWS}; {DEFAULT_ROWS} if not given"),
    OpenApiParameter("offset", int, description="Rows to skip"),
]
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "object", "additionalProperties": True},
    },
}


def page_schema(name: str, row: type[serializers.BaseSerializer[Any]]) -> Any:
    """A page of a list, under this name: how many rows there are in all, where the next page is, its rows."""
    fields: dict[str, Any] = {"count": serializers.IntegerField(), "next": serializers.CharField(allow_null=True)}
    return inline_serializer(name, fields | {"results": row(many=True)})


def add_problem_responses(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Give each operation a `default` response of type application/problem+json (RFC 9457)."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    answer = {
        "description": "Problem details",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"].setdefault("default", answer)
    return result


class WhoAsksScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "gis_core.api.authentication.WhoAsksAuthentication"
    name = ["session", "token", "basic"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        return [
            {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
            {"type": "http", "scheme": "bearer"},
            {"type": "http", "scheme": "basic", "description": "User name, and an API token as the password"},
        ]
