"""Lists of desks by program: a view made of a `Listing`, and its parameters in the OpenAPI document."""

from typing import Any, Final
from urllib.parse import urlencode

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.api.schema import PAGE_PARAMETERS
from gis_core.desk.list_query import ListQuery
from gis_core.desk.listing import Listing, Rows
from gis_core.desk.parameters import Page
from gis_core.http.admission import FILTER, limit_concurrency
from gis_core.http.files import NO_STORE
from gis_core.http.middleware import rights_of_request

COUNT_LIMIT: Final = 10_000
FIELDS: Final[dict[str, type[serializers.Field[Any, Any, Any, Any]]]] = {
    "text": serializers.CharField,
    "integer": serializers.IntegerField,
    "number": serializers.FloatField,
    "boolean": serializers.BooleanField,
    "date": serializers.DateField,
    "datetime": serializers.DateTimeField,
}


def list_parameters(query: type[ListQuery]) -> list[OpenApiParameter]:
    """What an address of this list may hold."""
    return [
        OpenApiParameter(one.name, one.type, enum=one.enum or None, description=one.description)
        for one in query.parameters().values()
    ]


def list_view(listing: Listing[Any, Any], operation: str) -> type[APIView]:
    """A view that answers `count`, `next` and `results`: the columns of files by name, codes as codes."""
    # Labels are of the language of who reads the document, not of who asked for the first page.
    labels: dict[str, Any] = {one.name: one.label for one in listing.columns}
    columns = listing.file_columns()
    row = {one.name: FIELDS[one.kind](allow_null=True, help_text=labels[one.name]) for one in columns}
    page: dict[str, serializers.Field[Any, Any, Any, Any]] = {
        "count": serializers.IntegerField(help_text=f"exact up to {COUNT_LIMIT}; beyond, how many there are at least"),
        "next": serializers.CharField(allow_null=True),
        "results": inline_serializer(f"{operation}_row", row, many=True),
    }

    class View(APIView):
        @extend_schema(
            operation_id=operation,
            parameters=[*list_parameters(listing.query), OpenApiParameter("sort", OpenApiTypes.STR), *PAGE_PARAMETERS],
            responses=inline_serializer(f"{operation}_page", page),
        )
        @limit_concurrency(FILTER)
        def get(self, request: Request) -> Response:
            return Response(list_answer(listing, request), headers=NO_STORE)

    View.__doc__ = f"{listing.title}"
    return View


def list_answer(listing: Listing[Any, Any], request: Request) -> dict[str, Any]:
    """A page of the list that the address asks for. Raises Invalid."""
    given, rights = request.query_params.dict(), rights_of_request(request)
    query, order, page = listing.query.parse(given), listing.read_order(given), Page.parse(given)
    rows = listing.rows_of(query, rights, order)
    fetched = rows.between(page.offset, page.offset + page.limit + 1)
    chosen = fetched[: page.limit]
    related, columns = listing.related(chosen, rights), listing.file_columns()
    results = [{column.name: column.code_of(row, related) for column in columns} for row in chosen]
    address = "&".join(filter(None, (query.query(), urlencode({"sort": order}) if order else "")))
    path = f"{request.path}?{address}" if address else request.path
    return page.as_json(results, count_at_least(rows, page, len(fetched)), path)


def count_at_least(rows: Rows[Any], page: Page, fetched: int) -> int:
    """How many rows there are, exact up to COUNT_LIMIT; `fetched` are those of this page and one of the next."""
    return max(min(rows.count(COUNT_LIMIT), COUNT_LIMIT), page.offset + fetched if fetched else 0)
