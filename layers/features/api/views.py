"""Features over HTTP: lists, one feature, what is here, search, measuring."""

from urllib.parse import urlencode

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.middleware import rights_of_request
from layers.catalogue.services import visible_layer
from layers.features.api import serializers
from layers.features.search import Question, suggestions
from layers.features.services.describe import features_as_json, listed_as_json
from layers.features.services.here import HereQuery, find_here
from layers.features.services.measure import measure
from layers.features.services.read import FeatureQuery, get_feature, list_features


class FeaturesView(APIView):
    """Features of a layer, by the page, within a bbox or not."""

    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="features_list",
        parameters=[
            OpenApiParameter("bbox", str, description="west,south,east,north (EPSG:4326)"),
            OpenApiParameter("limit", int, description="1 to 1000, 100 by default"),
            OpenApiParameter("after", int, description="the cursor that `next` carries"),
        ],
        responses=serializers.FeaturePageSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        query = FeatureQuery.parse(request.query_params)
        rights = rights_of_request(request)
        layer = visible_layer(slug, rights)
        page = list_features(layer, query, rights)
        following = None
        if page.after is not None:
            asked = {name: request.query_params[name] for name in ("bbox", "limit") if name in request.query_params}
            following = f"{request.path}?{urlencode({**asked, 'after': page.after})}"
        results = listed_as_json(layer, page.rows, rights)
        return Response({"number_matched": page.number_matched, "next": following, "results": results})


class FeatureView(APIView):
    """One feature with its sheet and geometry."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="features_retrieve", responses=serializers.FeatureSerializer)
    def get(self, request: Request, slug: str, feature_id: int) -> Response:
        rights = rights_of_request(request)
        layer = visible_layer(slug, rights)
        (feature,) = features_as_json(layer, [get_feature(layer, feature_id, rights)], rights)
        return Response(feature, headers={"ETag": f'"v{feature["version"]}"'})


class HereView(APIView):
    """What the layers have at a point."""

    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="here",
        parameters=[
            OpenApiParameter("lon", float, required=True),
            OpenApiParameter("lat", float, required=True),
            OpenApiParameter(
                "zoom", float, description="Web Mercator zoom; lines and points are found within 10 pixels"
            ),
            OpenApiParameter("layers", str, description="layer names separated by commas; all of them by default"),
        ],
        responses=serializers.HereSerializer,
    )
    def get(self, request: Request) -> Response:
        query = HereQuery.parse(request.query_params)
        return Response({"results": find_here(query, rights_of_request(request))})


class SearchView(APIView):
    """Suggestions for the search box: communes, parcels, addresses, roads, coordinates."""

    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="search",
        parameters=[
            OpenApiParameter("q", str, required=True),
            OpenApiParameter("limit", int, description="1 to 50, 8 by default"),
            OpenApiParameter("lon", float, description="with `lat`: where the map looks, nearer results come first"),
            OpenApiParameter("lat", float),
        ],
        responses=serializers.SuggestionsSerializer,
    )
    def get(self, request: Request) -> Response:
        question = Question.parse(request.query_params)
        return Response({"results": suggestions(question, rights_of_request(request))})


class MeasureView(APIView):
    """Geodesic length and area of a geometry."""

    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="measure", request=serializers.GeometrySerializer, responses=serializers.MeasureSerializer
    )
    def post(self, request: Request) -> Response:
        body = request.data
        return Response(measure(body.get("geometry") if isinstance(body, dict) else None))
