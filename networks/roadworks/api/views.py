"""Works before they are kept: their stretch, their conflicts."""

import json
from typing import Any

from django.contrib.gis.geos import MultiLineString
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.errors import Forbidden, Invalid
from gis_core.http.files import NO_STORE
from gis_core.http.middleware import rights_of_request
from gis_core.members.technicians import works_on_networks
from networks.roadworks.api.serializers import WorkCheckedSerializer, WorkCheckSerializer
from networks.roadworks.days import format_days
from networks.roadworks.services import stretches
from networks.roadworks.services.conflicts import Conflict, ConflictQuery, conflicts_of
from networks.roadworks.services.works import check_days


class WorkCheckView(APIView):
    keeps_nothing = True
    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="work_check", request=WorkCheckSerializer, responses=WorkCheckedSerializer)
    def post(self, request: Request) -> Response:
        """The stretch of road that works would take, and the other works that they would meet; nothing is kept."""
        rights = rights_of_request(request)
        if not works_on_networks(rights):
            raise Forbidden(_("Works are planned by network technicians and GIS administrators."))
        serializer = WorkCheckSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        stretch = stretch_of(given)
        conflicts: list[Conflict] = []
        if given.get("starts_on") and given.get("ends_on"):
            check_days(given["starts_on"], given["ends_on"])
            names = ("starts_on", "ends_on", "kind", "measure", "new_surface", "hours")
            wanted = ConflictQuery(stretch=stretch, work_id=given.get("work"), **{name: given[name] for name in names})
            conflicts = conflicts_of(wanted, rights)
        answer = {
            "stretch": json.loads(stretch.transform(4326, clone=True).geojson),
            "length_m": round(stretch.length, 1),
            "place": stretches.describe_place(stretch),
            "conflicts": [conflict_as_json(one) for one in conflicts],
        }
        return Response(answer, headers=NO_STORE)


def stretch_of(given: dict[str, Any]) -> MultiLineString:
    """Where works are (EPSG:2154): between references, on a street, between places, or a drawn line.

    Raises Invalid, NotFound.
    """
    if given.get("start") or given.get("end"):
        return stretches.of_references(given.get("start", ""), given.get("end", ""))
    if given.get("street"):
        return stretches.of_streets(given["street"], given.get("commune", ""))
    if given.get("points"):
        one, other = (stretches.metres(lon, lat) for lon, lat in given["points"])
        return stretches.between(one, other)
    if given.get("geom"):
        return stretches.parse_drawn(given["geom"])
    raise Invalid(_("Say where: two references, a street, two places or a line."), parameter="geom")


def conflict_as_json(one: Conflict) -> dict[str, Any]:
    return {
        "id": one.work.pk,
        "reference": one.work.reference,
        "title": one.work.title,
        "member": one.work.owner.name,
        "days": format_days(one.work.starts_on, one.work.ends_on),
        "gravity": one.severity.name.lower(),
        "gravity_label": one.severity.label,
        "why": one.why,
        "metres": round(one.metres, 1),
        "url": reverse("work", args=[one.work.pk]),
    }
