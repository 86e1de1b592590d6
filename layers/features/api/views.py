"""Features over HTTP: lists, one feature, what is here, search, measuring."""

from typing import Any
from urllib.parse import urlencode

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.http.admission import FILTER, HERE, SEARCH, limit_concurrency
from gis_core.http.middleware import rights_of_request
from layers.catalogue.services import visible_layer
from layers.features.api import serializers
from layers.features.search import Question, suggestions
from layers.features.services import table
from layers.features.services.describe import features_as_json, rows_as_json
from layers.features.services.here import HereQuery, find_here
from layers.features.services.measure import measure
from layers.features.services.read import FeatureQuery, get_feature, list_features

KEPT = ("bbox", "limit", *table.PARAMETERS)
"""Parameters that the next page has too."""


def next_page(request: Request, **place: Any) -> str | None:
    """The address of the page that goes on at this place; None where the place is."""
    if None in place.values():
        return None
    kept = {name: request.query_params[name] for name in KEPT if name in request.query_params}
    return f"{request.path}?{urlencode({**kept, **place})}"


class FeaturesView(APIView):
    """Features of a layer, by the page, within a bbox or not."""

    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="features_list",
        parameters=[
            OpenApiParameter("bbox", str, description="west,south,east,north (EPSG:4326)"),
            OpenApiParameter("kind", str, description="`address`: addresses alone"),
            OpenApiParameter("limit", int, description="1 to 1000, 100 by default"),
            OpenApiParameter("filter", str, description="CQL2 text"),
            OpenApiParameter("sort", str, description="a field, with - before it for the other way round"),
            OpenApiParameter("after", int, description="the cursor that `next` carries"),
            OpenApiParameter("cursor", str, description="the one that `next` carries, with a filter or an order"),
        ],
        responses=serializers.FeaturePageSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        parameters, rights = request.query_params, rights_of_request(request)
        layer = visible_layer(slug, rights)
        if any(parameters.get(name) for name in table.PARAMETERS):
            with limit_concurrency(FILTER):
                listing = table.list_table(layer, table.TableQuery.parse(parameters, layer, rights), rights)
            page, following = listing.page, next_page(request, cursor=listing.cursor and listing.cursor.text)
        else:
            page = list_features(layer, FeatureQuery.parse(parameters), rights)
            following = next_page(request, after=page.after)
        results = rows_as_json(layer, page.rows, rights)
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
    @limit_concurrency(HERE)
    def get(self, request: Request) -> Response:
        query = HereQuery.parse(request.query_params)
        return Response({"results": find_here(query, rights_of_request(request))})


class SearchView(APIView):
    """Suggestions for the search box, of every kind that the asker may see."""

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
    @limit_concurrency(SEARCH)
    def get(self, request: Request) -> Response:
        question = Question.parse(request.query_params)
        return Response(suggestions(question, rights_of_request(request)))


class MeasureView(APIView):
    """Geodesic length and area of a geometry."""

    keeps_nothing = True
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="measure", request=serializers.GeometrySerializer, responses=serializers.MeasureSerializer
    )
    def post(self, request: Request) -> Response:
        body = request.data
        return Response(measure(body.get("geometry") if isinstance(body, dict) else None))
