"""The catalogue over HTTP: which layers there are, as far as the asker may know."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.api.schema import PAGE_PARAMETERS, page_schema
from gis_core.desk.parameters import Page
from gis_core.http.middleware import rights_of_request
from layers.catalogue.alternative_legends import legend_of
from layers.catalogue.api.serializers import BackgroundsSerializer, LayerSerializer, PhotoSerializer
from layers.catalogue.describe import backgrounds_as_json, layer_as_json, photo_as_json
from layers.catalogue.models import Layer, Photo
from layers.catalogue.services import visible_layer, visible_photo


class LayersView(APIView):
    """The layers that the asker may see."""

    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="layers_list", parameters=PAGE_PARAMETERS, responses=page_schema("LayerPage", LayerSerializer)
    )
    def get(self, request: Request) -> Response:
        query, rights = Page.parse(request.query_params), rights_of_request(request)
        seen = Layer.objects.visible_to(rights).select_related("theme", "owner")
        results = [layer_as_json(layer, rights) for layer in seen[query.stretch()]]
        return Response(query.as_json(results, seen.count(), request.path))


class LayerView(APIView):
    """One layer."""

    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="layers_retrieve",
        parameters=[OpenApiParameter("legend", str, description="the name of another of its legends")],
        responses=LayerSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        rights = rights_of_request(request)
        layer = visible_layer(slug, rights)
        if name := request.query_params.get("legend"):
            layer.legend = legend_of(layer, name, rights)
        return Response(layer_as_json(layer, rights))


class PhotosView(APIView):
    """The aerial photos that the asker may see, the newest first."""

    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="photos_list", parameters=PAGE_PARAMETERS, responses=page_schema("PhotoPage", PhotoSerializer)
    )
    def get(self, request: Request) -> Response:
        query, rights = Page.parse(request.query_params), rights_of_request(request)
        seen = Photo.objects.visible_to(rights).select_related("owner").defer("geom")
        results = [photo_as_json(photo) for photo in seen[query.stretch()]]
        return Response(query.as_json(results, seen.count(), request.path))


class PhotoView(APIView):
    """One aerial photo."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="photos_retrieve", responses=PhotoSerializer)
    def get(self, request: Request, slug: str) -> Response:
        return Response(photo_as_json(visible_photo(slug, rights_of_request(request))))


class BackgroundsView(APIView):
    """The background maps that one may choose from."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="backgrounds_list", responses=BackgroundsSerializer)
    def get(self, request: Request) -> Response:
        return Response({"results": backgrounds_as_json()})
