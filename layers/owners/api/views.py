"""Owners over HTTP: consultations, their export, extracts for third parties, the journal. No answer may be stored."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers as fields
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.api.schema import PAGE_PARAMETERS
from gis_core.api.views import AsItIs, validate_data
from gis_core.desk.parameters import Page
from gis_core.http.middleware import rights_of_request, signed_in_user
from layers.owners.api import serializers
from layers.owners.files import csv_file, pdf_file
from layers.owners.models import JournalLine
from layers.owners.services import consulting, journal, requests, units


class OwnersView(APIView):
    """Every answer, a refusal too, is kept by no cache and no browser."""

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        return answer


def demand_of(request: Request) -> consulting.Demand:
    return consulting.demand(**validate_data(serializers.ConsultationOrderSerializer(data=request.data)))


class ConsultationsView(OwnersView):
    @extend_schema(
        operation_id="owners_consult",
        request=serializers.ConsultationOrderSerializer,
        responses=serializers.ConsultationSerializer,
    )
    def post(self, request: Request) -> Response:
        """The owners of parcels, for a purpose; the journal says so first, or nothing is shown."""
        consultation = consulting.consult(
            demand_of(request), user=signed_in_user(request), rights=rights_of_request(request)
        )
        return Response(serializers.ConsultationSerializer(consultation).data)


class ConsultationExportView(OwnersView):
    content_negotiation_class = AsItIs

    @extend_schema(
        operation_id="owners_export",
        request=serializers.ConsultationOrderSerializer,
        responses={(200, "text/csv"): OpenApiTypes.BINARY},
    )
    def post(self, request: Request) -> HttpResponse:
        """The same as a table; the journal says that it was exported."""
        demand, export = demand_of(request), JournalLine.Action.EXPORT
        consultation = consulting.consult(
            demand, user=signed_in_user(request), rights=rights_of_request(request), action=export
        )
        return csv_file(consultation)


class UnitsView(OwnersView):
    @extend_schema(
        operation_id="owners_unit",
        request=serializers.ConsultationOrderSerializer,
        responses=serializers.LandUnitSerializer,
    )
    def post(self, request: Request) -> Response:
        """The unité foncière around one parcel: the touching parcels of its account. A consultation in the journal."""
        unit = units.land_unit(demand_of(request), user=signed_in_user(request), rights=rights_of_request(request))
        return Response(serializers.LandUnitSerializer(unit).data)


class RequestsView(OwnersView):
    content_negotiation_class = AsItIs

    @extend_schema(
        operation_id="owners_request",
        request=serializers.RequestOrderSerializer,
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def post(self, request: Request) -> HttpResponse:
        """A third party's request at the counter: counted (5 a week, 10 a month), answered by an extract."""
        given = validate_data(serializers.RequestOrderSerializer(data=request.data))
        requester = requests.Requester(**given["requester"])
        rights = rights_of_request(request)
        return pdf_file(
            requests.answer_request(requester, given["parcels"], user=signed_in_user(request), rights=rights)
        )


class JournalView(OwnersView):
    @extend_schema(
        operation_id="owners_journal",
        parameters=PAGE_PARAMETERS,
        responses=inline_serializer(
            "OwnersJournal",
            {"count": fields.IntegerField(), "results": serializers.JournalLineSerializer(many=True)},
        ),
    )
    def get(self, request: Request) -> Response:
        """Who consulted what and why, the newest first, for administrators of the members concerned."""
        rows, page = journal.lines_for(rights_of_request(request)), Page.parse(request.query_params)
        context = {"names": serializers.names_of_members()}
        lines = serializers.JournalLineSerializer(rows[page.stretch()], many=True, context=context)
        return Response({"count": rows.count(), "results": lines.data})
