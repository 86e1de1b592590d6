"""Detours by program: the way around a closed stretch."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import GEOSException, GEOSGeometry, LineString, MultiLineString
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.api.views import validate_data
from gis_core.desk.parameters import in_domain
from gis_core.errors import Invalid
from gis_core.http.files import NO_STORE
from gis_core.http.middleware import rights_of_request
from networks.roadworks.gauges import GAUGES, LARGEST, Gauge
from networks.roadworks.services import works
from networks.roadworks.services.closures import MOST_SECTIONS, Closure
from networks.roadworks.services.detours import DetourResult, describe_steps, detours

MOST_VERTICES = 20_000


class DetourVehicleSerializer(serializers.Serializer[Any]):
    """Metres and tonnes, instead of a vehicle of the list."""

    height_m = serializers.FloatField(required=False, max_value=LARGEST["height_m"])
    width_m = serializers.FloatField(required=False, max_value=LARGEST["width_m"])
    length_m = serializers.FloatField(required=False, max_value=LARGEST["length_m"])
    weight_t = serializers.FloatField(required=False, max_value=LARGEST["weight_t"])
    axle_t = serializers.FloatField(required=False, max_value=LARGEST["axle_t"])


class DetourRequestSerializer(serializers.Serializer[Any]):
    """What is closed (`work`, `sections` or `geometry`), on which days, and the vehicle."""

    work = serializers.IntegerField(required=False, min_value=1, max_value=works.LARGEST_ID)
    sections = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=works.LARGEST_ID),
        required=False,
        max_length=MOST_SECTIONS,
    )
    geometry = serializers.JSONField(required=False, help_text="GeoJSON line or lines, longitudes and latitudes.")
    starts_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(required=False)
    gauge = serializers.ChoiceField(choices=list(GAUGES), required=False)
    vehicle = DetourVehicleSerializer(required=False)

    def validate(self, given: Any) -> Any:
        if sum(bool(given.get(name)) for name in ("work", "sections", "geometry")) != 1:
            names = "work, sections, geometry"
            raise serializers.ValidationError(_("Give one of these, and only one: %(names)s.") % {"names": names})
        if "gauge" in given and "vehicle" in given:
            raise serializers.ValidationError(_("Give a vehicle of the list or its measures: not both."))
        first, last = given.get("starts_on"), given.get("ends_on")
        if (first is None and last is not None) or (first and last and last < first):
            raise serializers.ValidationError({"ends_on": _("The last day is before the first one.")})
        return given


class DetourAnswerSerializer(serializers.Serializer[Any]):
    """Ways around as GeoJSON, directions without one, what was closed and which other works were avoided."""

    type = serializers.CharField(default="FeatureCollection")
    features = serializers.ListField(child=serializers.JSONField())
    missing = serializers.ListField(child=serializers.JSONField())
    closed = serializers.ListField(child=serializers.IntegerField())
    works = serializers.ListField(child=serializers.JSONField())


class DetourView(APIView):
    keeps_nothing = True

    @extend_schema(operation_id="works_detour", request=DetourRequestSerializer, responses=DetourAnswerSerializer)
    def post(self, request: Request) -> Response:
        """The best way around a closed stretch for each direction of traffic and a vehicle; nothing is kept."""
        given = validate_data(DetourRequestSerializer(data=request.data))
        vehicle = given.get("vehicle")
        gauge = Gauge(**vehicle) if vehicle else GAUGES[given.get("gauge", "cars")][1]
        return Response(detours_as_json(detours(closure_of(given, request), gauge)), headers=NO_STORE)


def closure_of(given: Mapping[str, Any], request: Request) -> Closure:
    """What is closed, and when: planned works, sections of road, or a stretch that was drawn.

    Raises Invalid, NotFound.
    """
    first, last = given.get("starts_on"), given.get("ends_on")
    if pk := given.get("work"):
        closure = Closure.of(works.one(pk, rights_of_request(request)))
        return replace(closure, starts_on=first, ends_on=last) if first else closure
    if given.get("sections"):
        return Closure(sections=given["sections"], starts_on=first, ends_on=last)
    return Closure(stretch=stretch_of(given["geometry"]), starts_on=first, ends_on=last)


def stretch_of(given: Any) -> GEOSGeometry:
    """A line or lines of GeoJSON in longitudes and latitudes, in EPSG:2154. Raises Invalid."""
    refused = Invalid(
        _("The stretch is a line or lines in GeoJSON, in longitudes and latitudes."), parameter="geometry"
    )
    try:
        shape = GEOSGeometry(json.dumps(given))
        if not isinstance(shape, LineString | MultiLineString) or shape.empty or shape.num_coords > MOST_VERTICES:
            raise refused
        west, south, east, north = shape.extent
        if not (in_domain(west, south) and in_domain(east, north)):
            raise refused
        shape.srid = 4326
        shape.transform(2154)
    except (GEOSException, GDALException, ValueError, TypeError) as error:
        raise refused from error
    return shape


def detours_as_json(result: DetourResult) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": in_degrees(way.line),
                "properties": {
                    "direction": way.direction,
                    "both_directions": way.both,
                    "length_m": round(way.length_m, 1),
                    "seconds": round(way.seconds),
                    "steps": [{"name": one.name, "metres": round(one.metres, 1)} for one in way.steps],
                    "sheet": describe_steps(way.steps),
                    "sections": list(way.sections),
                },
            }
            for way in result.ways
        ],
        "missing": [{"direction": one.direction, "why": one.why} for one in result.missing],
        "closed": list(result.closed),
        "works": [{"id": pk, "title": title} for pk, title in result.works.items()],
    }


def in_degrees(line: LineString) -> dict[str, Any]:
    drawn = line.clone()
    drawn.transform(4326)
    return {"type": "LineString", "coordinates": [[round(x, 7), round(y, 7)] for x, y, *_z in drawn.coords]}
