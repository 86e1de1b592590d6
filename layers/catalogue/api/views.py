"""The catalogue over HTTP: which layers there are, as far as the asker may know."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.errors import NotFound
from gis_core.rights import Rights
from layers.catalogue.api.serializers import BackgroundsSerializer, LayerPageSerializer, LayerSerializer
from layers.catalogue.describe import backgrounds_as_json, layer_as_json
from layers.catalogue.models import Layer
from layers.catalogue.parameters import Parameters, integer

LONGEST_PAGE = 500


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Which stretch of a list is asked for."""

    limit: int
    offset: int

    @classmethod
    def parse(cls, parameters: Parameters) -> "PageQuery":
        return cls(integer(parameters, "limit", 100, 1, LONGEST_PAGE), integer(parameters, "offset", 0, 0, 1_000_000))


def rights_of_request(request: Request) -> Rights:
    """Who asks, as the middleware found out."""
    rights: Rights = request._request.rights  # type: ignore[attr-defined]
    return rights


def visible_layer(slug: str, rights: Rights) -> Layer:
    """The layer of this name; NotFound when there is none, or none that the asker may see."""
    layer = Layer.objects.visible_to(rights).select_related("theme", "owner").filter(slug=slug).first()
    if layer is None:
        raise NotFound(_("There is no layer of this name, or you may not see it."))
    return layer


class LayersView(APIView):
    """The layers that the asker may see."""

    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="layers_list",
        parameters=[
            OpenApiParameter("limit", int, description=f"1 to {LONGEST_PAGE}, 100 by default"),
            OpenApiParameter("offset", int),
        ],
        responses=LayerPageSerializer,
    )
    def get(self, request: Request) -> Response:
        query, rights = PageQuery.parse(request.query_params), rights_of_request(request)
        seen = Layer.objects.visible_to(rights).select_related("theme", "owner")
        page = seen[query.offset : query.offset + query.limit]
        return Response(
            page_as_json([layer_as_json(layer, rights) for layer in page], seen.count(), query, request.path)
        )


def page_as_json(results: list[dict[str, Any]], count: int, query: PageQuery, path: str) -> dict[str, Any]:
    after = query.offset + query.limit
    following = f"{path}?limit={query.limit}&offset={after}" if after < count else None
    return {"count": count, "next": following, "results": results}


class LayerView(APIView):
    """One layer."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="layers_retrieve", responses=LayerSerializer)
    def get(self, request: Request, slug: str) -> Response:
        rights = rights_of_request(request)
        return Response(layer_as_json(visible_layer(slug, rights), rights))


class BackgroundsView(APIView):
    """The background maps that one may choose from."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="backgrounds_list", responses=BackgroundsSerializer)
    def get(self, request: Request) -> Response:
        return Response({"results": backgrounds_as_json()})
