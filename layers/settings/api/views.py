"""What the pages of a layer's settings ask while somebody works on them, and the rules for programs."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotAuthenticated
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.api.serializers import JobSerializer
from gis_core.api.versions import IF_MATCH, saw_version
from gis_core.desk.edit_forms import lock
from gis_core.desk.parameters import whole_number
from gis_core.errors import Invalid, Stale
from gis_core.http.admission import FILTER, limit_concurrency
from gis_core.http.files import file_response
from gis_core.http.middleware import rights_of_request, signed_in_user
from layers.catalogue.models import Layer
from layers.catalogue.qml import qml_of
from layers.catalogue.services import visible_layer
from layers.features.api.bodies import body_of
from layers.features.api.serializers import RulesSerializer
from layers.features.services import rules
from layers.features.services.write import check_editable
from layers.settings.api.serializers import (
    QML_READING,
    DistributionSerializer,
    QmlFileSerializer,
    TileColumnSerializer,
    TileColumnsSerializer,
)
from layers.settings.qml.reading import MOST_BYTES, read_qml
from layers.settings.services.administering import get_administered_layer
from layers.settings.services.asking import with_pending_settings
from layers.settings.services.distribution import distribution
from layers.settings.services.saving import tag_of
from layers.settings.services.styling import put_in_tiles, tile_columns


class TileColumnsView(APIView):
    """The columns that a layer's tiles carry: its style follows them, everybody who sees the layer reads them."""

    @extend_schema(operation_id="layer_tile_columns_add", request=TileColumnSerializer, responses=TileColumnsSerializer)
    def post(self, request: Request, slug: str) -> Response:
        """Add one."""
        name = request.data.get("column") if isinstance(request.data, dict) else None
        layer = put_in_tiles(slug, name if isinstance(name, str) else "", rights_of_request(request))
        return Response({"version": layer.version, "columns": [column["name"] for column in tile_columns(layer)]})


AROUND_IT = 10_000  # bytes that a form has beside its file


class QmlView(APIView):
    """A QGIS style file: the layer's style as one, and one that is read for what maps onto the layer's style."""

    keeps_nothing = True
    permission_classes = (AllowAny,)
    parser_classes = (MultiPartParser,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """A body that is too large for a style is not read."""
        length = whole_number(request.META.get("CONTENT_LENGTH") or "0")
        if length is None or length > MOST_BYTES + AROUND_IT:
            raise Invalid(_("The file is too large for a style: %(most)s MB at most.") % {"most": MOST_BYTES // 10**6})
        super().initial(request, *args, **kwargs)

    @extend_schema(operation_id="layer_qml_retrieve", responses={(200, "application/xml"): OpenApiTypes.STR})
    def get(self, request: Request, slug: str) -> HttpResponse:
        """The style of a layer that one sees, for QGIS."""
        layer = visible_layer(slug, rights_of_request(request))
        return file_response(qml_of(layer), "application/xml; charset=utf-8", f"{layer.slug}.qml")

    @extend_schema(
        operation_id="layer_qml_read",
        request={"multipart/form-data": QmlFileSerializer},
        responses=QML_READING,
    )
    def post(self, request: Request, slug: str) -> Response:
        """Read a style file for a layer that one administers; nothing is saved."""
        if not request.user.is_authenticated:
            raise NotAuthenticated
        layer = get_administered_layer(slug, rights_of_request(request))
        file = request.FILES.get("file")
        if not isinstance(file, UploadedFile):
            raise Invalid(_("Send a .qml file."), parameter="file")
        return Response(read_qml(file.read(), layer).as_json())


class DistributionView(APIView):
    """How the values of a column are spread, for whoever administers the layer."""

    @extend_schema(
        operation_id="layer_distribution_retrieve",
        parameters=[OpenApiParameter("column", str, required=True, description="one that the layer's tiles carry")],
        responses=DistributionSerializer,
    )
    @limit_concurrency(FILTER)
    def get(self, request: Request, slug: str) -> Response:
        layer = get_administered_layer(slug, rights_of_request(request))
        return Response(distribution(layer, request.query_params.get("column", "")).as_json())


class RulesView(APIView):
    """Rules that edits of a layer are checked by: those that it will have once the worker is done."""

    @extend_schema(operation_id="layer_rules", responses=RulesSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """The rules, for those who edit the layer; their ETag goes back with other ones."""
        rights = rights_of_request(request)
        layer = visible_layer(slug, rights)
        check_editable(layer, rights)
        layer = with_pending_settings(layer, rights)
        return Response(
            {"rules": layer.rules}, headers={"ETag": tag_of_rules(layer), "Cache-Control": "private, no-store"}
        )

    @extend_schema(
        operation_id="layer_rules_change",
        parameters=[IF_MATCH],
        request=RulesSerializer,
        responses={202: JobSerializer},
    )
    def put(self, request: Request, slug: str) -> Response:
        """Other rules, put in place by a job: the hard ones hold for every edit from its end on.

        Rules that changed meanwhile answer 412 with what they are now.
        """
        rights = rights_of_request(request)
        layer = visible_layer(slug, rights)
        rules.check_may_rule(layer, rights)
        lock(layer)
        pending = with_pending_settings(layer, rights)
        if not saw_version(request, tag_of_rules(pending)):
            message = _("Somebody changed these settings meanwhile; nothing was saved.")
            raise Stale(message, current={"rules": pending.rules})
        job = rules.ask_for_rules(
            layer, body_of(request).get("rules"), rights=rights, started_by=signed_in_user(request)
        )
        return Response(JobSerializer(job).data, status=202, headers={"Location": f"/api/v1/jobs/{job.pk}/"})


def tag_of_rules(layer: Layer) -> str:
    """Their entity tag."""
    return f'"{tag_of(layer, ["rules"])}"'
