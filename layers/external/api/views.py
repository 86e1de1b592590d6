"""Layers of other servers over HTTP: which there are, as far as the asker may know."""

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.api.schema import PAGE_PARAMETERS, page_schema
from gis_core.desk.parameters import Page
from gis_core.http.middleware import rights_of_request
from layers.external.api.serializers import ExternalLayerSerializer
from layers.external.describe import external_as_json
from layers.external.models import ExternalLayer


class ExternalLayersView(APIView):
    """The layers of other servers that the asker may see."""

    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="external_layers_list",
        parameters=PAGE_PARAMETERS,
        responses=page_schema("ExternalLayerPage", ExternalLayerSerializer),
    )
    def get(self, request: Request) -> Response:
        query, rights = Page.parse(request.query_params), rights_of_request(request)
        seen = ExternalLayer.objects.visible_to(rights).select_related("theme", "owner")
        results = [external_as_json(layer) for layer in seen[query.stretch()]]
        return Response(query.as_json(results, seen.count(), request.path))
