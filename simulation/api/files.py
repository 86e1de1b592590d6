"""Files of projects, out and in."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.text import slugify
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.api.once import create_once
from gis_core.api.views import validate_data
from gis_core.desk.parameters import whole_number
from gis_core.http.admission import TABLE, limit_concurrency
from gis_core.http.files import NO_STORE, file_response
from gis_core.http.middleware import rights_of_request
from simulation.api.serializers import InstantField
from simulation.services.documents import DOCUMENTS
from simulation.services.exports import FORMATS, export_project
from simulation.services.footprints import MOST_BYTES, read_footprints
from simulation.services.projects import check_may_write, project_seen_by
from simulation.services.views_3d import keep_view

AROUND_IT = 10_000


class FormatOfFile(DefaultContentNegotiation):
    """`format` names the file that is wanted, not how the view would render its data."""

    def select_renderer(self, request, renderers, format_suffix=None):  # type: ignore[no-untyped-def]
        return renderers[0], renderers[0].media_type


class ExportView(APIView):
    content_negotiation_class = FormatOfFile

    @extend_schema(
        operation_id="simulation_export",
        parameters=[
            OpenApiParameter("format", str, enum=list(FORMATS), description="geojson by default"),
            OpenApiParameter("variant", str, description="the letter of one; all by default"),
        ],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    @limit_concurrency(TABLE)
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """A project as GeoJSON (degrees, or exact in EPSG:2154), GeoPackage, DXF or CityJSON 2.0 (LoD2 solids)."""
        rights = rights_of_request(request)
        project = project_seen_by(project_id, rights)
        letter = request.query_params.get("variant", "")
        made = export_project(project, request.query_params.get("format", "geojson"), letter, rights)
        name = "-".join(filter(None, [slugify(project.name) or "projet", letter]))
        return file_response(made.content, made.media_type, f"{name}.{made.suffix}")


class SentFileView(APIView):
    """What takes files of so many bytes: a body goes to the disk as it comes, a longer one nowhere."""

    permission_classes = (IsAuthenticated,)
    parser_classes = (MultiPartParser,)

    def most_bytes(self) -> int:
        raise NotImplementedError

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        """Before anything reads the body."""
        length = whole_number(request.META.get("CONTENT_LENGTH") or "0")
        if length is None or length > self.most_bytes() + AROUND_IT:
            raise RequestDataTooBig
        return super().initialize_request(request, *args, **kwargs)


class FootprintFileSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="GeoJSON, DXF, a Shapefile with its companions or in a ZIP; one or several")


class FootprintsSerializer(serializers.Serializer[Any]):
    footprints = serializers.ListField(child=serializers.JSONField(), help_text="GeoJSON polygons, EPSG:2154")
    notes = serializers.ListField(child=serializers.CharField(), help_text="what was left out, and why")


class FootprintsView(SentFileView):
    keeps_nothing = True

    def most_bytes(self) -> int:
        return MOST_BYTES

    @extend_schema(
        operation_id="simulation_footprints",
        request={"multipart/form-data": FootprintFileSerializer},
        responses=FootprintsSerializer,
    )
    @limit_concurrency(TABLE)
    def post(self, request: Request) -> Response:
        """The polygons of a file, as footprints of volumes; nothing is kept."""
        return Response(read_footprints(request.FILES.getlist("file")).as_json(), headers=NO_STORE)


class KeptViewSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="PNG or JPEG")
    variant = serializers.CharField(max_length=1)
    photo = serializers.CharField(
        required=False, allow_blank=True, max_length=100, help_text="on the ground; none: bare"
    )
    at = InstantField(required=False, help_text="of the sun, ISO 8601 with its offset")


class ProjectPictureSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    title = serializers.CharField()
    url = serializers.CharField()


class PicturesView(SentFileView):
    def most_bytes(self) -> int:
        return DOCUMENTS.max_bytes()

    @extend_schema(
        operation_id="simulation_picture",
        request={"multipart/form-data": KeptViewSerializer},
        responses={201: ProjectPictureSerializer},
    )
    @create_once
    @limit_concurrency(TABLE)
    @transaction.atomic
    def post(self, request: Request, project_id: int) -> Response:
        """Keep a picture of the view in three dimensions among the documents of its project."""
        rights = rights_of_request(request)
        project = project_seen_by(project_id, rights)
        check_may_write(project, rights)
        given = validate_data(KeptViewSerializer(data=request.data))
        document = keep_view(
            project,
            given["file"],
            letter=given["variant"],
            photo=given.get("photo") or "",
            at=given.get("at"),
            rights=rights,
        )
        url = reverse("simulation_document", args=[project.pk, document.pk])
        headers = NO_STORE | {"Location": url}
        return Response({"id": document.pk, "title": document.title, "url": url}, status=201, headers=headers)
