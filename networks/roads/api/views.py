"""Questions about roads by program."""

from math import isfinite

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.errors import Invalid
from gis_core.http.middleware import rights_of_request
from layers.catalogue.services import visible_layer
from networks.roads.api.serializers import RoadPlaceSerializer, RoadSerializer
from networks.roads.references import NotAReferenceError, Road, road_of
from networks.roads.searching import LAYER
from networks.roads.services.referring import RoadPlace, locate, reference_at
from networks.roads.services.whole import as_feature, links_of, road_of_request

FARTHEST = 10_000_000.0


class LocateView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="road_locate",
        parameters=[
            OpenApiParameter("reference", str, description="D 2020 PR 12+350: its place."),
            OpenApiParameter("x", float, description="EPSG:2154, with y: the reference of that place."),
            OpenApiParameter("y", float),
            OpenApiParameter("route", str, description="With x and y: on this road alone (D 2020, D 2020 (45))."),
        ],
        responses=RoadPlaceSerializer,
    )
    def get(self, request: Request) -> Response:
        """Where a reference on a numbered road lies, or which reference a place has; of those who see the sections."""
        rights = rights_of_request(request)
        visible_layer(LAYER, rights)
        place = place_of_query(request.query_params)
        links = links_of(place, rights)
        return Response(place.as_json() | {"links": [link.as_json() for link in links]})


class RoadView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="road", responses=RoadSerializer)
    def get(self, request: Request, road: str) -> Response:
        """A whole numbered road: D2020-45, or D2020 where one Département alone has it."""
        rights = rights_of_request(request)
        return Response(as_feature(road_of_request(road, rights), rights))


def place_of_query(given: dict[str, str]) -> RoadPlace:
    """Where a reference lies, or the reference at x and y in metres (EPSG:2154). Raises Invalid, NotFound."""
    reference = given.get("reference", "")
    if reference and ("x" in given or "y" in given):
        raise Invalid(_("Give a reference, or x and y: not both."), parameter="reference")
    if reference:
        return locate(reference)
    if not ("x" in given and "y" in given):
        raise Invalid(_("Give a reference, or x and y."), parameter="reference")
    return reference_at(metres(given, "x"), metres(given, "y"), **road_in(given)._asdict())


def metres(given: dict[str, str], name: str) -> float:
    """A coordinate in metres (EPSG:2154), with a point or a comma. Raises Invalid."""
    try:
        value = float(given[name].replace(",", "."))
    except ValueError:
        value = float("nan")
    if not isfinite(value) or abs(value) > FARTHEST:
        raise Invalid(_("“%(name)s” is in metres, EPSG:2154.") % {"name": name}, parameter=name)
    return value


def road_in(given: dict[str, str]) -> Road:
    """The numbered road of the parameter `route`, Road("") for none. Raises Invalid."""
    text = given.get("route", "")
    if not text:
        return Road("")
    try:
        return road_of(text)
    except NotAReferenceError as error:
        message = _("“%(text)s” is the number of no road: write it as in “D 2020”.")
        raise Invalid(message % {"text": text[:40]}, parameter="route") from error
