"""Planning applications by program: found, filed, changed, and what happens to them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from django.contrib.gis.db.models.functions import Transform
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.api.lists import count_at_least, list_parameters
from gis_core.api.once import create_once
from gis_core.api.schema import PAGE_PARAMETERS
from gis_core.api.versions import IF_MATCH, saw_version
from gis_core.api.views import validate_data
from gis_core.desk.listing import QueryRows
from gis_core.desk.parameters import Page
from gis_core.errors import Forbidden, Invalid, NotFound, Stale
from gis_core.http.files import NO_STORE
from gis_core.http.middleware import rights_of_request
from gis_core.members.rights import Rights
from gis_core.models import Member
from layers.ogc.bodies import tag_of
from permits.api import serializers
from permits.deadlines.clock import Timeline
from permits.explanations import explain
from permits.models import Event, Permit
from permits.procedure import COUNTER, What
from permits.services.applicants import Person, may_read_applicant, read_applicants
from permits.services.duplicates import list_alike
from permits.services.filing import Filed, Filing, change_permit, file_permit
from permits.services.listing import PermitQuery, files, order_permits
from permits.services.reading import permit_seen_by, timeline_of
from permits.services.recording import check_may_write, lock_permit, record, strike

FILTERS = list_parameters(PermitQuery)


class GeoJSONRenderer(JSONRenderer):
    media_type = "application/geo+json"
    format = "geojson"


class FormatFirst(DefaultContentNegotiation):
    """`?format=geojson` says it all: an Accept header of JSON does not forbid it."""

    def select_renderer(self, request, renderers, format_suffix=None):  # type: ignore[no-untyped-def]
        format_name = request.query_params.get(self.settings.URL_FORMAT_OVERRIDE)
        if not format_name:
            return super().select_renderer(request, renderers, format_suffix)
        (chosen, *_others) = self.filter_renderers(renderers, format_name)
        return chosen, chosen.media_type


class GeographicView(APIView):
    """Answers JSON, and GeoJSON on request."""

    renderer_classes = (JSONRenderer, GeoJSONRenderer)
    content_negotiation_class = FormatFirst

    def as_geojson(self) -> bool:
        return bool(self.request.accepted_renderer.format == GeoJSONRenderer.format)


def visible_permit(request: Request, number: str) -> tuple[Permit, Rights]:
    """The file that the address names, as far as the asker sees it. Raises NotFound."""
    rights = rights_of_request(request)
    return permit_seen_by(number, rights), rights


def with_shape(rows: QuerySet[Permit]) -> QuerySet[Permit]:
    """Files with their ground in EPSG:4326, and what serializers follow."""
    placed = rows.annotate(shape=Transform("geom", 4326)).select_related("owner", "parent", "instructor")
    return placed.prefetch_related("figures")


def fresh(permit: Permit) -> Permit:
    """The file as it is now."""
    return with_shape(Permit.objects.filter(pk=permit.pk)).get()


def with_tag(permit: Permit, body: Any, status: int = 200) -> Response:
    headers = {**NO_STORE, "ETag": tag_of(permit.version)}
    if status == 201:
        headers["Location"] = f"/api/v1/permits/{permit.number}/"
    return Response(body, status=status, headers=headers)


# -- files ------------------------------------------------------------------------------------------------------------


class PermitsView(GeographicView):
    @extend_schema(
        operation_id="permits",
        parameters=[*FILTERS, *PAGE_PARAMETERS],
        responses={
            (200, "application/json"): serializers.PermitPageSerializer,
            (200, "application/geo+json"): OpenApiTypes.OBJECT,
        },
    )
    def get(self, request: Request) -> Response:
        """The files that the asker sees, without their applicants; as GeoJSON (EPSG:4326) with `format=geojson`.

        `count` is exact up to 10,000; beyond, it says how many there are at least, and `next` leads on.
        """
        wanted, page = PermitQuery.parse(request.query_params), Page.parse(request.query_params)
        rows = files(wanted, rights_of_request(request))
        permits = list(with_shape(order_permits(rows, wanted))[page.offset : page.offset + page.limit + 1])
        chosen, count = permits[: page.limit], count_at_least(QueryRows(rows), page, len(permits))
        geo = self.as_geojson()
        path = f"{request.path}?{wanted.query()}{'&format=geojson' if geo else ''}"
        if geo:
            return Response(collection(page, chosen, count, path), headers=NO_STORE)
        features = serializers.PermitSerializer(chosen, many=True).data
        return Response(page.as_json(list(features), count, path), headers=NO_STORE)

    @extend_schema(
        operation_id="permit_file",
        request=serializers.FilingSerializer,
        responses={201: serializers.FiledSerializer},
    )
    @create_once
    def post(self, request: Request) -> Response:
        """File an application. Without a number it gets the next one of its commune, year and nature.

        `alike` names the files that it seems to be: same kind, commune and parcels, open or filed in the last 30 days.
        """
        rights = rights_of_request(request)
        given = validate_data(serializers.FilingSerializer(data=request.data))
        filing = filing_of(given, rights)
        filed = file_permit(filing, rights)
        alike = [one.number for one in list_alike(filing, rights) if one.pk != filed.permit.pk]
        return answer_file(filed, 201, alike)


def collection(page: Page, rows: Sequence[Permit], count: int, path: str) -> dict[str, Any]:
    """A FeatureCollection with the page's own `count` and `next`."""
    serializer: Any = serializers.PermitFeatureSerializer
    features = serializer(rows, many=True).data["features"]
    answer = page.as_json(features, count, path)
    return {
        "type": "FeatureCollection",
        "count": answer["count"],
        "next": answer["next"],
        "features": answer["results"],
    }


def filing_of(given: Mapping[str, Any], rights: Rights) -> Filing:
    person = given.get("applicant")
    return Filing(
        **{name: value for name, value in given.items() if name not in ("applicant", "member")},
        applicant=Person(**person) if person else None,
        member=member_of_slug(given["member"], rights) if "member" in given else None,
    )


def member_of_slug(slug: str, rights: Rights) -> int:
    """The id of the member of this short name. Raises Invalid for one that the user does not see."""
    member = Member.objects.visible_to(rights).filter(slug=slug).first()
    if member is None:
        raise Invalid(_("There is no member named %(slug)s.") % {"slug": slug}, parameter="member")
    return int(member.pk)


def answer_file(filed: Filed, status: int = 200, alike: Sequence[str] = ()) -> Response:
    """The file as it is after it was written, with the parcels that the plan does not have, and the files it seems."""
    permit: Any = fresh(filed.permit)
    permit.unknown_parcels, permit.alike = list(filed.unknown), list(alike)
    return with_tag(permit, serializers.FiledSerializer(permit).data, status)


class PermitView(GeographicView):
    @extend_schema(
        operation_id="permit",
        responses={
            (200, "application/json"): serializers.PermitDetailSerializer,
            (200, "application/geo+json"): OpenApiTypes.OBJECT,
        },
    )
    def get(self, request: Request, permit: str) -> Response:
        """One file with its ground (EPSG:4326); its ETag is what a change must name."""
        application = fresh(visible_permit(request, permit)[0])
        serializer = serializers.PermitFeatureSerializer if self.as_geojson() else serializers.PermitDetailSerializer
        return with_tag(application, serializer(application).data)

    @extend_schema(
        operation_id="permit_change",
        parameters=[IF_MATCH],
        request=serializers.ChangeSerializer,
        responses=serializers.FiledSerializer,
    )
    def patch(self, request: Request, permit: str) -> Response:
        """Change what is no event. A file that changed meanwhile answers 412 with what it is now."""
        seen, rights = visible_permit(request, permit)
        check_may_write(seen, rights, COUNTER)
        given = validate_data(serializers.ChangeSerializer(data=request.data))
        check_version(request, lock_permit(seen))
        return answer_file(change_permit(seen, given, rights))


def check_version(request: Request, permit: Permit) -> None:
    """Refuse a change from another version than the current one.

    Raises VersionRequired, Stale with the file as it is now.
    """
    if not saw_version(request, tag_of(permit.version)):
        current = serializers.PermitDetailSerializer(fresh(permit)).data
        raise Stale(_("Somebody changed this file meanwhile; nothing was saved."), current=current)


# -- what happens -----------------------------------------------------------------------------------------------------


class TimelineView(APIView):
    @extend_schema(operation_id="permit_timeline", responses=serializers.PermitTimelineSerializer)
    def get(self, request: Request, permit: str) -> Response:
        """Every date of the file, with its articles and its reason in words."""
        application, _rights = visible_permit(request, permit)
        rows = list(Event.objects.filter(permit=application))
        return Response(timeline_as_json(application, rows), headers=NO_STORE)


class SlashedTimelineView(TimelineView):
    @extend_schema(exclude=True)
    def get(self, request: Request, permit: str) -> Response:
        return super().get(request, permit)


def timeline_as_json(permit: Permit, rows: Sequence[Event]) -> dict[str, Any]:
    timeline = timeline_of(permit, rows)
    dates: dict[str, Any] = {one.name: getattr(timeline, one.name, None) for one in fields(Timeline) if one.compare}
    if timeline is None:
        dates |= {"filed_on": permit.filed_date, "ended_on": permit.ended_date, "tacit": permit.tacit}
    steps = steps_as_json(permit, timeline, rows) if timeline else []
    return {"number": permit.number, "covered": timeline is not None, **dates, "steps": steps}


def steps_as_json(permit: Permit, timeline: Timeline, rows: Sequence[Event]) -> list[dict[str, Any]]:
    records = {str(row.pk): row for row in rows}
    steps = []
    for step in timeline.steps:
        said = explain(step, permit.kind, records.get(step.event or ""))
        origin = {"event": int(step.event) if step.event else None, "values": in_json(step.values)}
        held = {"effective": step.effective, "irregular": step.irregular, "uncertain": step.uncertain}
        steps.append({"date": step.on, "code": step.what, **asdict(said), **origin, **held})
    return steps


def in_json(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


class EventsView(APIView):
    @extend_schema(
        operation_id="permit_events", parameters=PAGE_PARAMETERS, responses=serializers.PermitEventPageSerializer
    )
    def get(self, request: Request, permit: str) -> Response:
        """What was recorded of the file, struck out or not, by the day on which it counts."""
        application, _rights = visible_permit(request, permit)
        rows = Event.objects.filter(permit=application).select_related("recorded_by", "struck_by")
        page = Page.parse(request.query_params)
        events = serializers.PermitEventSerializer(rows[page.stretch()], many=True).data
        return Response({"count": rows.count(), "results": events}, headers=NO_STORE)

    @extend_schema(
        operation_id="permit_record",
        request=serializers.PermitRecordSerializer,
        responses={201: serializers.PermitEventSerializer},
    )
    @create_once
    def post(self, request: Request, permit: str) -> Response:
        """Record an event; the dates follow. What comes too late is recorded, and shown as without effect."""
        seen, rights = visible_permit(request, permit)
        check_may_write(seen, rights, COUNTER)
        given = validate_data(serializers.PermitRecordSerializer(data=request.data))
        made = record(seen, What(given["what"]), on=given.get("on"), detail=given.get("detail", {}), rights=rights)
        headers = {**NO_STORE, "Location": reverse("api_permit_events", args=[seen.number])}
        return Response(serializers.PermitEventSerializer(made).data, status=201, headers=headers)


class StrikeView(APIView):
    @extend_schema(
        operation_id="permit_strike", request=serializers.StrikeSerializer, responses=serializers.PermitEventSerializer
    )
    def post(self, request: Request, permit: str, event_id: int) -> Response:
        """Take an event back: it counts no more, and stays to be seen."""
        seen, rights = visible_permit(request, permit)
        event = Event.objects.filter(permit=seen, pk=event_id).first()
        if event is None:
            raise NotFound(_("There is nothing at this address, or you may not see it."))
        check_may_write(seen, rights, COUNTER)
        given = validate_data(serializers.StrikeSerializer(data=request.data))
        strike(event, reason=given["reason"], rights=rights)
        event.refresh_from_db()
        return Response(serializers.PermitEventSerializer(event).data, headers=NO_STORE)


class ApplicantView(APIView):
    @extend_schema(
        operation_id="permit_applicant",
        parameters=[OpenApiParameter("purpose", str, description="kept in the journal")],
        responses=serializers.ApplicantAnswerSerializer,
    )
    def get(self, request: Request, permit: str) -> Response:
        """Who applies, for those who may read it; each reading is written in the journal."""
        seen, _rights = visible_permit(request, permit)
        if not may_read_applicant(seen):
            raise Forbidden(_("Your role does not let you read or write who applies."))
        why = request.query_params.get("purpose", "").strip()[:200] or _("API")
        person = read_applicants([seen], why=why).get(seen.pk)
        body = {"number": seen.number, "applicant": asdict(person) if person else None}
        return Response(body, headers=NO_STORE)
