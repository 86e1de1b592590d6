"""Judging a project and the sides of a parcel over HTTP. For who has signed in, and sees the parcels."""

from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.api.views import validate_data
from gis_core.database import clock as database_clock
from gis_core.errors import Invalid
from gis_core.http.admission import PARCELS, limit_concurrency
from gis_core.http.files import NO_STORE
from gis_core.http.middleware import rights_of_request, signed_in_user
from gis_core.members.rights import Rights
from layers.parcels.api.views import DAY, day_of
from simulation.api import serializers
from simulation.engine.sides import Kind
from simulation.services.answers import (
    envelopes_as_json,
    judged_as_json,
    scene_as_json,
    shadow_as_json,
    sides_as_json,
    sun_hours_as_json,
)
from simulation.services.checking import check_project
from simulation.services.correcting import correct_parcel_side, may_correct
from simulation.services.envelopes import envelopes_of
from simulation.services.nearby import nearby, nearby_as_json
from simulation.services.places import Place, place_of
from simulation.services.scenes import USUAL_REACH_M, scene_of
from simulation.services.shadows import cast_shadow
from simulation.services.sun_hours import sun_hours_lost

CRS = OpenApiParameter("crs", str, enum=["EPSG:2154", "CRS84"], description="of the coordinates; EPSG:2154 by default")
SYSTEMS = {"": "EPSG:2154", "2154": "EPSG:2154", "EPSG:2154": "EPSG:2154", "4326": "CRS84", "EPSG:4326": "CRS84"}
SYSTEMS |= {"CRS84": "CRS84"}


def crs_of(request: Request) -> str:
    """The system in which an answer is wanted. Raises Invalid."""
    wanted = request.query_params.get("crs", "").strip().upper()
    if wanted not in SYSTEMS:
        raise Invalid(_("“crs” must be “EPSG:2154” or “CRS84”."), parameter="crs")
    return SYSTEMS[wanted]


class CheckView(APIView):
    keeps_nothing = True

    @extend_schema(
        operation_id="simulation_check",
        request=serializers.SimulationCheckSerializer,
        responses=serializers.SimulationCheckedSerializer,
    )
    @limit_concurrency(PARCELS)
    def post(self, request: Request) -> Response:
        """Judge volumes on parcels: one verdict for each constraint of each rule. Nothing is kept."""
        given = validate_data(serializers.SimulationCheckSerializer(data=request.data))
        judged = check_project(
            parcels=given["parcels"],
            volumes=given["volumes"],
            rules=given.get("rules"),
            demolished=given.get("demolished") or (),
            day=given.get("day") or database_clock.today(),
            rights=rights_of_request(request),
        )
        return Response(judged_as_json(judged), headers=NO_STORE)


class SlashedCheckView(CheckView):
    @extend_schema(exclude=True)
    def post(self, request: Request) -> Response:
        """The same address with a slash."""
        return super().post(request)


class ShadowView(APIView):
    keeps_nothing = True

    @extend_schema(
        operation_id="simulation_shadow",
        request=serializers.SimulationShadowSerializer,
        responses=serializers.SimulationShadowAnswerSerializer,
    )
    @limit_concurrency(PARCELS)
    def post(self, request: Request) -> Response:
        """The shadow of volumes at an instant, and the parcels and buildings that it reaches. Nothing is kept."""
        given = validate_data(serializers.SimulationShadowSerializer(data=request.data))
        shadow = cast_shadow(
            volumes=given["volumes"],
            at=given["at"],
            terrain=given["terrain"],
            demolished=given.get("demolished") or (),
            rights=rights_of_request(request),
        )
        return Response(shadow_as_json(shadow), headers=NO_STORE)


class SlashedShadowView(ShadowView):
    @extend_schema(exclude=True)
    def post(self, request: Request) -> Response:
        """The same address with a slash."""
        return super().post(request)


class SunView(APIView):
    keeps_nothing = True

    @extend_schema(
        operation_id="simulation_sun",
        request=serializers.SimulationSunSerializer,
        responses=serializers.SimulationSunAnswerSerializer,
    )
    @limit_concurrency(PARCELS)
    def post(self, request: Request) -> Response:
        """Hours of sun that volumes take from their neighbours on a day, as a map and a table. Nothing is kept."""
        given = validate_data(serializers.SimulationSunSerializer(data=request.data))
        result = sun_hours_lost(
            volumes=given["volumes"],
            day=given.get("day") or database_clock.today(),
            demolished=given.get("demolished") or (),
            rights=rights_of_request(request),
        )
        return Response(sun_hours_as_json(result), headers=NO_STORE)


@method_decorator(gzip_page, name="dispatch")
class SceneView(APIView):
    keeps_nothing = True

    @extend_schema(
        operation_id="simulation_scene",
        request=serializers.SimulationSceneSerializer,
        responses=serializers.SimulationSceneAnswerSerializer,
    )
    @limit_concurrency(PARCELS)
    def post(self, request: Request) -> Response:
        """Volumes as solids and the buildings around them, for a view in three dimensions. Nothing is kept."""
        given = validate_data(serializers.SimulationSceneSerializer(data=request.data))
        reach_m = given.get("reach_m", USUAL_REACH_M)
        scene = scene_of(
            volumes=given["volumes"],
            reach_m=reach_m,
            demolished=given.get("demolished") or (),
            rights=rights_of_request(request),
        )
        return Response(scene_as_json(scene), headers=NO_STORE)


class NearbyView(APIView):
    keeps_nothing = True

    @extend_schema(
        operation_id="simulation_nearby",
        request=serializers.SimulationProjectSerializer,
        responses=serializers.SimulationNearbySerializer,
    )
    @limit_concurrency(PARCELS)
    def post(self, request: Request) -> Response:
        """Slope and earthworks, neighbours’ buildings, networks and easements of volumes. Nothing is kept."""
        given = validate_data(serializers.SimulationProjectSerializer(data=request.data))
        day = given.get("day") or database_clock.today()
        rights = rights_of_request(request)
        result = nearby(parcels=given["parcels"], volumes=given["volumes"], day=day, rights=rights)
        return Response(nearby_as_json(result), headers=NO_STORE)


class SidesView(APIView):
    @extend_schema(operation_id="parcel_sides", parameters=[CRS, DAY], responses=serializers.ParcelSidesSerializer)
    def get(self, request: Request, idu: str) -> Response:
        """The sides of a parcel: alignments, side and rear limits, and where each comes from (GeoJSON)."""
        rights = rights_of_request(request)
        crs = crs_of(request)
        place = place_of([idu], day_of(request.query_params.get("day")), rights)
        return self.answer(place, crs, rights)

    @extend_schema(
        operation_id="parcel_side_correct",
        parameters=[CRS, DAY],
        request=serializers.SideCorrectionSerializer,
        responses=serializers.ParcelSidesSerializer,
    )
    def post(self, request: Request, idu: str) -> Response:
        """Say what a side is, for all who judge projects of your member; the sides as they are then."""
        rights = rights_of_request(request)
        crs, day = crs_of(request), day_of(request.query_params.get("day"))
        given = validate_data(serializers.SideCorrectionSerializer(data=request.data))
        x, y = given["point"]
        kind = given["kind"] and Kind(given["kind"])
        place = correct_parcel_side(idu, (x, y), kind, day, user=signed_in_user(request), rights=rights)
        return self.answer(place, crs, rights)

    def answer(self, place: Place, crs: str, rights: Rights) -> Response:
        can_correct = may_correct(place, rights)
        return Response(sides_as_json(place, crs, can_correct=can_correct), headers=NO_STORE)


class EnvelopeView(APIView):
    @extend_schema(
        operation_id="parcel_envelope", parameters=[CRS, DAY], responses=serializers.ParcelEnvelopeSerializer
    )
    @limit_concurrency(PARCELS)
    def get(self, request: Request, idu: str) -> Response:
        """What fits on a parcel by the figures of its zone's rules, as steps from the ground up (GeoJSON)."""
        crs = crs_of(request)
        made = envelopes_of([idu], day_of(request.query_params.get("day")), rights_of_request(request))
        return Response(envelopes_as_json(made, crs), headers=NO_STORE)
