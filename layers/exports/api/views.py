"""Exports over HTTP: streams of one layer's selection; orders of files of several layers, and the files."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.api.once import create_once
from gis_core.api.serializers import StartedSerializer
from gis_core.api.views import AsItIs, job_response, validate_data
from gis_core.database import clock as database_clock
from gis_core.files.writing.wire import MEDIA_TYPES
from gis_core.http.admission import FILTER, limit_concurrency
from gis_core.http.downloads import EndOfAccess
from gis_core.http.files import file_headers
from gis_core.http.middleware import rights_of_request, signed_in_user
from gis_core.http.problem import as_problem
from gis_core.jobs.files import LATEST
from gis_core.operations import security_journal
from layers.catalogue.services import visible_layer
from layers.exports.api import serializers
from layers.exports.crs import BY_SRID
from layers.exports.services import files, ordering, orders
from layers.exports.services.files import FILES
from layers.exports.services.orders import StreamOrder
from layers.exports.services.selection import Selection, count
from layers.exports.services.streams import file_in_blocks, stream

SELECTION = [
    OpenApiParameter("bbox", str, description="west,south,east,north (EPSG:4326)"),
    OpenApiParameter("filter", str, description="CQL2"),
    OpenApiParameter("filter-lang", str, enum=["cql2-text", "cql2-json"], description="cql2-text by default"),
    OpenApiParameter("filter-crs", str, description="the system of the filter's geometries, by its URI"),
    OpenApiParameter("ids", str, description="identifiers between commas"),
]
WRITING = [
    *SELECTION,
    OpenApiParameter("crs", str, description="EPSG: and one of " + ", ".join(map(str, BY_SRID))),
    OpenApiParameter("labels", bool, description="codes in words; in CSV the headings too"),
]
CSV = [
    *WRITING,
    OpenApiParameter("geometry", str, enum=orders.SHAPES, description="xy for points, wkt for others by default"),
    OpenApiParameter("separator", str, enum=list(orders.SEPARATORS), description="semicolon by default"),
    OpenApiParameter("decimal", str, enum=list(orders.DECIMALS), description="comma after semicolons by default"),
    OpenApiParameter("bom", bool, description="the mark of UTF-8 that spreadsheets look for; 1 by default"),
]


class ExportCountView(APIView):
    """How many objects of a layer an export would hold."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="export_count", parameters=SELECTION, responses=serializers.ExportCountSerializer)
    @limit_concurrency(FILTER)
    def get(self, request: Request, slug: str) -> Response:
        rights = rights_of_request(request)
        selection = Selection.parse(request.query_params)
        layer = visible_layer(slug, rights)
        with selection.refuse_uncomputable():
            return Response({"count": count(layer, selection.condition(layer, rights))})


class StreamView(APIView):
    """A selection of a layer as a file that is written while it is read. Runs outside the request's transaction."""

    permission_classes = (AllowAny,)
    content_negotiation_class = AsItIs
    suffix = ""

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], HttpResponse]:
        """There is no transaction of the request to roll back."""
        return lambda error, _context: as_problem(error)

    def answer(self, request: Request, slug: str) -> HttpResponse | StreamingHttpResponse:
        rights = rights_of_request(request)
        order = StreamOrder.parse(request.query_params, self.suffix)
        with transaction.atomic():
            layer = visible_layer(slug, rights)
            form, reading = order.open(self.suffix, layer, rights)
            order.selection.condition(layer, rights)
        headers = file_headers(f"{layer.slug}-{database_clock.today():%Y-%m-%d}.{form.suffix}", form.content_type)
        if request.method == "HEAD":
            return HttpResponse(headers=headers)
        security_journal.record("export", layers=[layer.slug], format=self.suffix)
        parts = stream(layer, order.selection, reading, form, EndOfAccess.of(request))
        return StreamingHttpResponse(parts, headers=headers)


def file_of(media_type: str) -> Any:
    return {(200, media_type): OpenApiTypes.BINARY}


class CsvView(StreamView):
    suffix = "csv"

    @extend_schema(operation_id="export_csv", parameters=CSV, responses=file_of("text/csv"))
    def get(self, request: Request, slug: str) -> HttpResponse | StreamingHttpResponse:
        """A table for spreadsheets. A last line of one cell, which begins with an error, marks a file cut short."""
        return self.answer(request, slug)


class GeoJsonView(StreamView):
    suffix = "geojson"

    @extend_schema(operation_id="export_geojson", parameters=WRITING, responses=file_of("application/geo+json"))
    def get(self, request: Request, slug: str) -> HttpResponse | StreamingHttpResponse:
        """GeoJSON, EPSG:4326 by default. A file cut short is no JSON: it ends with the words of an error."""
        return self.answer(request, slug)


class FlatGeobufView(StreamView):
    suffix = "fgb"

    @extend_schema(operation_id="export_fgb", parameters=WRITING, responses=file_of("application/flatgeobuf"))
    def get(self, request: Request, slug: str) -> HttpResponse | StreamingHttpResponse:
        """FlatGeobuf, EPSG:2154 by default. A file cut short ends with a feature of an impossible length."""
        return self.answer(request, slug)


class ExportsView(APIView):
    @extend_schema(
        operation_id="exports",
        responses=inline_serializer("ExportList", {"results": serializers.ExportSerializer(many=True)}),
    )
    def get(self, request: Request) -> Response:
        """The asker's own latest exports, newest first."""
        rows = FILES.jobs_of(rights_of_request(request))[:LATEST]
        return Response({"results": serializers.ExportSerializer(rows, many=True).data})

    @extend_schema(
        operation_id="export_create",
        request=serializers.ExportOrderSerializer,
        responses={202: StartedSerializer},
    )
    @create_once
    def post(self, request: Request) -> Response:
        """Make a GeoPackage, Shapefiles or a workbook of one or more layers; the answer says which job to watch."""
        given = validate_data(serializers.ExportOrderSerializer(data=request.data))
        order = ordering.ExportOrder.of(given)
        job = ordering.start_export(order, user=signed_in_user(request), rights=rights_of_request(request))
        layers = [one["layer"] for one in given["layers"]]
        security_journal.record("export", layers=layers, format=given["format"], job=job.pk)
        return job_response(job, f"/api/v1/exports/{job.pk}/")


class ExportView(APIView):
    @extend_schema(operation_id="export", responses=serializers.ExportSerializer)
    def get(self, request: Request, job_id: int) -> Response:
        """One of the asker's exports: how far it is, what it holds, where its file is."""
        job = FILES.job_of(rights=rights_of_request(request), job_id=job_id)
        return Response(serializers.ExportSerializer(job).data)


class ExportFileView(APIView):
    content_negotiation_class = AsItIs

    @extend_schema(operation_id="export_file", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, job_id: int) -> HttpResponse | StreamingHttpResponse:
        """The file, for whoever ordered it and may still read what is in it."""
        rights = rights_of_request(request)
        job = FILES.job_of(rights=rights, job_id=job_id)
        path = files.get_export_file(job, rights, ordering.mark_of(rights))
        suffix = FILES.suffix_of(job)
        headers = file_headers(f"{files.stem_of(job)}.{suffix}", MEDIA_TYPES[suffix])
        parts = [] if request.method == "HEAD" else file_in_blocks(path, EndOfAccess.of(request))
        return StreamingHttpResponse(parts, headers=headers | {"Content-Length": str(path.stat().st_size)})
