"""Questions about networks by program: what isolates a break, where a pipe leads."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.api.views import validate_data
from gis_core.http.files import NO_STORE
from gis_core.http.middleware import rights_of_request
from networks.water.api import serializers
from networks.water.services.isolation import isolation_of
from networks.water.services.trace import trace_of


class IsolationView(APIView):
    keeps_nothing = True

    @extend_schema(
        operation_id="water_isolation",
        request=serializers.IsolationRequestSerializer,
        responses=serializers.IsolationSerializer,
    )
    def post(self, request: Request) -> Response:
        """Which valves isolate broken pipes of drinking water, who has no water then, what can feed them again."""
        given = validate_data(serializers.IsolationRequestSerializer(data=request.data))
        return Response(isolation_of(serializers.request_of(given), rights_of_request(request)), headers=NO_STORE)


class TraceView(APIView):
    keeps_nothing = True
    family = ""

    def answer_trace(self, request: Request) -> Response:
        given = validate_data(serializers.TraceRequestSerializer(data=request.data))
        to = serializers.start_of(given["to"]) if "to" in given else None
        answer = trace_of(self.family, serializers.start_of(given), given["direction"], to)
        return Response(answer, headers=NO_STORE)


class WaterTraceView(TraceView):
    family = "water"

    @extend_schema(
        operation_id="water_trace", request=serializers.TraceRequestSerializer, responses=serializers.TraceSerializer
    )
    def post(self, request: Request) -> Response:
        """Follow drinking water: the shortest way to a source, what would have none, all that is connected."""
        return self.answer_trace(request)


class SewerTraceView(TraceView):
    family = "sewer"

    @extend_schema(
        operation_id="sewer_trace", request=serializers.TraceRequestSerializer, responses=serializers.TraceSerializer
    )
    def post(self, request: Request) -> Response:
        """Follow sewers as they flow, or against it."""
        return self.answer_trace(request)
