"""What the pages of a layer's settings ask while somebody works on them."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.middleware import rights_of_request
from layers.settings.api.serializers import DistributionSerializer
from layers.settings.services.administering import administered_layer
from layers.settings.services.distribution import distribution


class DistributionView(APIView):
    """How the values of a column are spread, for whoever administers the layer."""

    @extend_schema(
        operation_id="layer_distribution_retrieve",
        parameters=[OpenApiParameter("column", str, required=True, description="one that the layer's tiles carry")],
        responses=DistributionSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        layer = administered_layer(slug, rights_of_request(request))
        return Response(distribution(layer, request.query_params.get("column", "")).as_json())
