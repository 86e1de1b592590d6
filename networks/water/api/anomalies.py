"""/api/v1/networks/<family>/anomalies/: the worklist, its repairs, and the scan that makes it."""

import json
from typing import Any
from urllib.parse import urlencode

from django.contrib.gis.geos import GEOSGeometry
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.api.lists import list_parameters
from gis_core.api.views import validate_data
from gis_core.desk.parameters import integer
from gis_core.errors import Forbidden, Invalid, NotFound
from gis_core.http.admission import FILTER, limit_concurrency
from gis_core.http.files import NO_STORE
from gis_core.http.middleware import rights_of_request, signed_in_user
from gis_core.members.rights import Rights
from gis_core.models import Member, User
from layers.features.api.bodies import origin_of
from networks.water.models import Anomaly
from networks.water.services.anomalies import listing, plans, repairing, scanning
from networks.water.services.anomalies.kinds import KINDS
from networks.water.services.anomalies.listing import AnomalyQuery

PARAMETERS = [*(one for one in list_parameters(AnomalyQuery) if one.name != "family"), OpenApiParameter("limit", int)]


class SeveralSerializer(serializers.Serializer[Any]):
    """`scan` the asker's networks (or one member's); or `repair` several: those named, or those of a filter."""

    action = serializers.ChoiceField(choices=["scan", "repair"])
    member = serializers.SlugField(required=False)
    ids = serializers.ListField(child=serializers.IntegerField(min_value=1), max_length=200, required=False)
    kind = serializers.CharField(max_length=24, required=False)
    within_m = serializers.FloatField(min_value=0, max_value=1000, required=False)
    bbox = serializers.ListField(child=serializers.FloatField(), min_length=4, max_length=4, required=False)


class OneSerializer(serializers.Serializer[Any]):
    """What to do with one anomaly; `versions` are those that came with the preview of the repair."""

    action = serializers.ChoiceField(choices=["repair", "ignore", "reopen"])
    way = serializers.CharField(max_length=16, required=False, default="")
    versions = serializers.DictField(child=serializers.IntegerField(), required=False)
    reason = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)


def family_of(family: str) -> str:
    """The network, “water” or “sewer”, as it was given. Raises NotFound for another one."""
    if not listing.check_family(family):
        raise NotFound(_("There is no such network: “water” or “sewer”."))
    return family


def feature(row: Anomaly, values: dict[str, Any]) -> dict[str, Any]:
    x, y = row.shape.coords  # type: ignore[attr-defined]
    geometry = {"type": "Point", "coordinates": [round(x, 7), round(y, 7)]}
    return {"type": "Feature", "id": row.pk, "geometry": geometry, "properties": values}


def next_page(path: str, query: AnomalyQuery, rows: list[Anomaly], limit: int) -> str | None:
    """The address of the page after, where there are more rows than one page holds."""
    if len(rows) <= limit:
        return None
    pairs = {"after": listing.cursor_after(rows[limit - 1]), "limit": limit}
    return f"{path}?{query.but(after=(0, 0)).query()}&{urlencode(pairs)}"


class AnomaliesView(APIView):
    @extend_schema(operation_id="network_anomalies", parameters=PARAMETERS, responses=OpenApiTypes.OBJECT)
    @limit_concurrency(FILTER)
    def get(self, request: Request, family: str) -> Response:
        """The anomalies that the asker sees as GeoJSON (EPSG:4326), the serious ones first, with counts by kind."""
        query = AnomalyQuery.parse({**request.query_params.dict(), "family": family_of(family)})
        limit, rights = integer(request.query_params, "limit", 100, 1, listing.MOST_ROWS), rights_of_request(request)
        counts = listing.counts_by_kind(query, rights)
        rows = list(listing.rows_after(query, rights)[: limit + 1])
        kinds = [
            {
                "kind": name,
                "label": str(KINDS[name].label),
                "count": count,
                "batch": KINDS[name].batch,
                "gravity": int(KINDS[name].severity),
            }
            for name, count in counts.items()
        ]
        return Response(
            {
                "type": "FeatureCollection",
                "count": counts.get(query.kind, 0) if query.kind else sum(counts.values()),
                "kinds": kinds,
                "scans": scans_of(family, rights),
                "next": next_page(request.path, query, rows, limit),
                "features": [
                    feature(row, described) for row, described in listing.describe_anomalies(rows[:limit], rights)
                ],
            },
            headers=NO_STORE,
        )

    @extend_schema(
        operation_id="network_anomalies_act",
        request=SeveralSerializer,
        responses={200: OpenApiTypes.OBJECT, 202: OpenApiTypes.OBJECT},
    )
    def post(self, request: Request, family: str) -> Response:
        """Scan the asker's networks (202, with the jobs), or repair several anomalies in the proposed way."""
        given, rights = validate_data(SeveralSerializer(data=request.data)), rights_of_request(request)
        if given["action"] == "scan":
            jobs = start_scans(family_of(family), given.get("member", ""), signed_in_user(request), rights)
            return Response({"jobs": [{"id": job.pk, "title": job.title} for job in jobs]}, status=202)
        rows = choose_anomalies(family_of(family), given, rights)
        described = repairing.repair_all(rows, rights=rights, origin=origin_of(request))
        return Response({"repaired": described.repaired, "failed": described.failed}, headers=NO_STORE)


def start_scans(family: str, slug: str, user: User, rights: Rights) -> list[Any]:
    """Begin to scan the network of a member, or of all those whose networks the user may scan.

    Raises Forbidden, Invalid, NotFound.
    """
    if slug:
        member = Member.objects.visible_to(rights).filter(slug=slug).first()
        if member is None:
            raise NotFound(_("There is no member named %(slug)s.") % {"slug": slug})
        return [scanning.start_scan(owner=member, family=family, by=user, rights=rights)]
    members = scanning.members_scanned(rights)
    if not members:
        raise Forbidden(_("Only network technicians have networks scanned."))
    return [scanning.start_scan(owner=member, family=family, by=user, rights=rights) for member in members]


def choose_anomalies(family: str, given: dict[str, Any], rights: Rights) -> list[Anomaly]:
    """The open anomalies that are named, or that the filter finds. Raises Invalid."""
    if given.get("ids"):
        rows = Anomaly.objects.visible_to(rights).filter(family=family, pk__in=given["ids"])
    elif given.get("kind"):
        parameters: dict[str, str] = {
            name: str(given[name]) for name in ("kind", "within_m", "member") if name in given
        }
        if box := given.get("bbox"):
            parameters["bbox"] = ",".join(map(str, box))
        rows = repairing.treatable(
            listing.anomalies(AnomalyQuery.parse({**parameters, "family": family}), rights), rights
        )
    else:
        raise Invalid(_("Name the anomalies (“ids”) or their kind (“kind”)."), parameter="ids")
    return list(rows.filter(state=Anomaly.State.OPEN).order_by("pk")[: repairing.MOST_AT_ONCE])


def scans_of(family: str, rights: Rights) -> list[dict[str, Any]]:
    return [
        {"member": one.owner.slug, "member_name": str(one.owner), "scanned_at": one.scanned_at.isoformat()}
        for one in scanning.scans_seen_by(family, rights)
    ]


class AnomalyView(APIView):
    @extend_schema(operation_id="network_anomaly", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, family: str, anomaly_id: int) -> Response:
        """One anomaly with the repairs offered: words, geometry (EPSG:4326), versions of what they rely on."""
        rights = rights_of_request(request)
        row = repairing.anomaly_seen_by(family_of(family), anomaly_id, rights)
        return Response(whole(row, rights), headers=NO_STORE)

    @extend_schema(operation_id="network_anomaly_act", request=OneSerializer, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, family: str, anomaly_id: int) -> Response:
        """Repair it (409 when its objects changed since they were seen), ignore it and say why, or open it again."""
        rights = rights_of_request(request)
        row = repairing.anomaly_seen_by(family_of(family), anomaly_id, rights)
        if not repairing.may_treat(row, rights):
            raise Forbidden(_("Only the network technicians of this member treat its anomalies."))
        given = validate_data(OneSerializer(data=request.data))
        match given["action"]:
            case "repair":
                done = repairing.repair(
                    row, way=given["way"], versions=given.get("versions"), rights=rights, origin=origin_of(request)
                )
            case "ignore":
                done = repairing.ignore(row, reason=given["reason"], rights=rights)
            case _:
                done = repairing.reopen(row, rights=rights)
        return Response(whole(done, rights), headers=NO_STORE)


def whole(row: Anomaly, rights: Rights) -> dict[str, Any]:
    row.shape = row.geom.transform(4326, clone=True)  # type: ignore[attr-defined]
    ((_row, described),) = listing.describe_anomalies([row], rights)
    offered = plans.ways(row)[0] if row.state != Anomaly.State.REPAIRED else []
    return feature(row, described) | {"ways": [way_as_json(one) for one in offered]}


def way_as_json(way: plans.Way) -> dict[str, Any]:
    return {
        "way": way.name,
        "words": way.sentence,
        "versions": dict(way.versions),
        "drawn": [{"role": role, "geometry": in_degrees(geometry)} for role, geometry in way.drawn],
    }


def in_degrees(geometry: GEOSGeometry) -> Any:
    return json.loads(geometry.transform(4326, clone=True).geojson)
