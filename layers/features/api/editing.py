"""Editing over HTTP, for the web map and for programs: edits, splitting, merging, history, restoration, snapping."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.api.schema import PAGE_PARAMETERS, page_schema
from gis_core.desk.parameters import Page
from gis_core.errors import Invalid
from gis_core.http.middleware import rights_of_request
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.catalogue.services import visible_layer
from layers.features.api import bodies, serializers
from layers.features.services import history, notices, rules
from layers.features.services.geojson import LAMBERT_93, exact_features
from layers.features.services.history import HistoryPage, Stretch
from layers.features.services.origin import event_of
from layers.features.services.remarks import remarks_on
from layers.features.services.reshape import merge, split
from layers.features.services.restore import restore
from layers.features.services.schema import layer_schema
from layers.features.services.snapping import SnapQuery, snappable
from layers.features.services.write import EditResult, apply_edits, check_editable

STRETCH_PARAMETERS = [
    OpenApiParameter("limit", int, description=f"entries of a page, 1 to {history.MOST_ENTRIES}; 50 if not given"),
    OpenApiParameter("before", int, description="the cursor that `next` carries"),
]


def layer_of_request(request: Request, slug: str) -> tuple[Layer, Rights]:
    """The layer that the address names, as far as the asker sees it. Raises NotFound."""
    rights = rights_of_request(request)
    return visible_layer(slug, rights), rights


def answer(layer: Layer, done: Sequence[EditResult], rights: Rights, srid: int = LAMBERT_93) -> Response:
    """What became of edits: each object as it is now, null for a deleted one."""
    ids = [one.id for one in done if one.action != "delete"]
    now, remarks = exact_features(layer, ids, rights, srid), remarks_on(layer, ids)
    results = [
        {
            "id": one.id,
            "version": one.version,
            "action": one.action,
            "overwritten": one.overwritten,
            "remarks": [remark.as_json() for remark in remarks.get(one.id, ())],
            "feature": now.get(one.id),
        }
        for one in done
    ]
    return Response({"event": event_of(layer), "results": results})


def entries(request: Request, history_page: HistoryPage) -> Response:
    following = None
    if history_page.before is not None:
        kept = {"limit": request.query_params["limit"]} if "limit" in request.query_params else {}
        following = f"{request.path}?{urlencode({**kept, 'before': history_page.before})}"
    return Response({"next": following, "results": history_page.entries})


class EditsView(APIView):
    """Changes of a layer's features."""

    @extend_schema(operation_id="edits", request=serializers.EditsSerializer, responses=serializers.WrittenSerializer)
    def post(self, request: Request, slug: str) -> Response:
        """Write several edits, all or none. An object that changed meanwhile answers 412 with what it is now."""
        layer, rights = layer_of_request(request, slug)
        body = bodies.body_of(request)
        srid, edits = bodies.srid_of(body), bodies.read_edits(body)
        results = apply_edits(layer, edits, rights=rights, origin=bodies.origin_of(request), answer_srid=srid)
        return answer(layer, results, rights, srid)


class SplitView(APIView):
    """One feature into several."""

    @extend_schema(
        operation_id="feature_split", request=serializers.SplitSerializer, responses=serializers.WrittenSerializer
    )
    def post(self, request: Request, slug: str, feature_id: int) -> Response:
        """Cut along a line: the largest piece keeps its id, the others are new and have its values."""
        layer, rights = layer_of_request(request, slug)
        body = bodies.body_of(request)
        version = bodies.number_of(body, "version", 0, bodies.LARGEST_VERSION)
        line, origin = bodies.read_line(body), bodies.origin_of(request)
        results = split(layer, feature_id, line, version=version, rights=rights, origin=origin)
        return answer(layer, results, rights)


class MergeView(APIView):
    """Several features into one."""

    @extend_schema(
        operation_id="features_merge", request=serializers.MergeSerializer, responses=serializers.WrittenSerializer
    )
    def post(self, request: Request, slug: str) -> Response:
        """The first feature stays, with its values or those given; the others are deleted."""
        layer, rights = layer_of_request(request, slug)
        body = bodies.body_of(request)
        properties = body.get("properties") or {}
        if not isinstance(properties, dict):
            raise Invalid(_("“properties” must be an object: names with their values."), parameter="properties")
        features, origin = bodies.read_versions(body), bodies.origin_of(request)
        results = merge(layer, features, properties=properties, rights=rights, origin=origin)
        return answer(layer, results, rights)


class FeatureHistoryView(APIView):
    """What happened to one feature."""

    @extend_schema(
        operation_id="feature_history", parameters=STRETCH_PARAMETERS, responses=serializers.TimelineSerializer
    )
    def get(self, request: Request, slug: str, feature_id: int) -> Response:
        """Its changes, the latest first, for people of the layer's owner; a deleted feature has one too."""
        layer, rights = layer_of_request(request, slug)
        stretch = Stretch.parse(request.query_params)
        return entries(request, history.feature_history(layer, feature_id, stretch, rights))


class RestoreView(APIView):
    """A former version again."""

    @extend_schema(
        operation_id="feature_restore", request=serializers.RestoreSerializer, responses=serializers.WrittenSerializer
    )
    def post(self, request: Request, slug: str, feature_id: int) -> Response:
        """Give a feature the values and the place of a former version; `current` is null for a deleted one."""
        layer, rights = layer_of_request(request, slug)
        body = bodies.body_of(request)
        version = bodies.number_of(body, "version", 0, bodies.LARGEST_VERSION)
        if version is None:
            raise Invalid(_("“version” says which version to restore."), parameter="version")
        seen = bodies.number_of(body, "current", 0, bodies.LARGEST_VERSION)
        origin = bodies.origin_of(request)
        result = restore(layer, feature_id, version=version, current_version=seen, rights=rights, origin=origin)
        return answer(layer, [result], rights)


def listing(
    name: str, find: Callable[[Layer, Stretch, Rights], HistoryPage], description: str, shape: Any
) -> type[APIView]:
    """A view of entries of a layer's history."""

    class EntriesView(APIView):
        @extend_schema(operation_id=name, description=description, parameters=STRETCH_PARAMETERS, responses=shape)
        def get(self, request: Request, slug: str) -> Response:
            layer, rights = layer_of_request(request, slug)
            return entries(request, find(layer, Stretch.parse(request.query_params), rights))

    return EntriesView


DeletedView = listing(
    "features_deleted",
    history.list_deleted_features,
    "Features that were deleted and are not back, the latest first.",
    serializers.DeletedSerializer,
)
EventsView = listing(
    "layer_events",
    history.layer_events,
    "What was done to the layer, the latest first: edits, imports, raw SQL.",
    serializers.EventsSerializer,
)


class SchemaView(APIView):
    """What a layer's features are made of."""

    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="layer_schema",
        responses={200: OpenApiResponse(response=dict, description="A JSON Schema (OGC API Features, Part 5)")},
    )
    def get(self, request: Request, slug: str) -> Response:
        layer, rights = layer_of_request(request, slug)
        return Response(layer_schema(layer, rights), content_type="application/schema+json")


class SnapView(APIView):
    """What a drawing may snap to."""

    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="snap",
        parameters=[
            OpenApiParameter("bbox", str, required=True, description="west,south,east,north (EPSG:2154)"),
            OpenApiParameter("layers", str, required=True, description="layer names separated by commas"),
        ],
        responses=serializers.SnapSerializer,
    )
    def get(self, request: Request) -> Response:
        """Features in EPSG:2154 with every digit, at most 2,000."""
        return Response(snappable(SnapQuery.parse(request.query_params), rights_of_request(request)))


class IssuesView(APIView):
    """Objects that break the layer's rules."""

    @extend_schema(
        operation_id="layer_issues",
        parameters=[
            OpenApiParameter("bbox", str, description="west,south,east,north (EPSG:4326)"),
            OpenApiParameter("limit", int, description="1 to 1000, 100 by default"),
        ],
        responses=serializers.IssuesSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        """The work that is left, for those who edit the layer."""
        layer, rights = layer_of_request(request, slug)
        check_editable(layer, rights)
        return Response(rules.issues(layer, rules.IssuesQuery.parse(request.query_params), rights))


class NoticesView(APIView):
    """What programs wrote over what the asker had written."""

    @extend_schema(
        operation_id="notices",
        parameters=PAGE_PARAMETERS,
        responses=page_schema("NoticePage", serializers.NoticeSerializer),
    )
    def get(self, request: Request) -> Response:
        """The latest first."""
        page = Page.parse(request.query_params)
        own_notices = notices.notices_of(rights_of_request(request))
        rows = [notices.as_json(one, rights_of_request(request)) for one in own_notices[page.stretch()]]
        return Response(page.as_json(rows, own_notices.count(), request.path))


class NoticeView(APIView):
    """One notice."""

    @extend_schema(operation_id="notice_dismiss", responses={204: None})
    def delete(self, request: Request, notice_id: int) -> Response:
        """It was read: it is not shown again."""
        notices.dismiss(notice_id, rights_of_request(request))
        return Response(status=204)
