"""Parcel sheets over HTTP: of a parcel, of several or of a shape; as a PDF file; frozen."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers as fields
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.api.once import create_once
from gis_core.api.views import page_of, site, validate_data
from gis_core.database import clock as database_clock
from gis_core.errors import Invalid
from gis_core.http.admission import PARCELS, PDF, limit_concurrency
from gis_core.http.files import NO_STORE, file_response
from gis_core.http.middleware import rights_of_request, signed_in_user
from layers.parcels.api import serializers
from layers.parcels.document import pdf_of
from layers.parcels.ground import ground_of_parcels, ground_of_shape
from layers.parcels.models import FrozenSheet
from layers.parcels.plan import draw
from layers.parcels.sections import Ground, Reader, reader_with
from layers.parcels.selection_table import table_of
from layers.parcels.services.frozen import freeze, get_frozen_sheet
from layers.parcels.services.selecting import Selection, select_by_identifier, select_by_reference, select_by_shape
from layers.parcels.services.sheets import Sheet, sheet_of, title_of

PDF_FILE = {(200, "application/pdf"): OpenApiTypes.BINARY}
DAY = OpenApiParameter("day", date, description="the rules of this day; today by default")
SECTIONS = OpenApiParameter("sections", str, description="names separated by commas; all by default")


def day_of(text: str | None) -> date:
    """The day that a text YYYY-MM-DD says, today for none. Raises Invalid."""
    if not text:
        return database_clock.today()
    day = serializers.day_in(text)
    if day is None:
        raise Invalid(_("“day” must be written YYYY-MM-DD."), parameter="day")
    return day


def reader_of(request: Request) -> Reader:
    return reader_with(rights_of_request(request))


def ground_of(given: Mapping[str, Any], reader: Reader) -> Ground:
    day = given.get("day") or database_clock.today()
    if "shape" in given:
        return ground_of_shape(given["shape"], day)
    return ground_of_parcels(given["parcels"], day, reader)


def names_in(text: str | None) -> list[str] | None:
    """The sections asked for; None (all of them) where none is named."""
    return [part for part in (text or "").split(",") if part] or None


def pdf_answer(content: bytes, name: str) -> HttpResponse:
    return file_response(content, "application/pdf", f"{name}.pdf", inline=True)


def paper(request: Request, sheet: Sheet, reader: Reader, title: str, name: str) -> HttpResponse:
    """A sheet as a PDF file, signed by whoever asks for it."""
    from layers.parcels.aerial import aerial_of

    author = str(request.user) if request.user.is_authenticated else ""
    plan = draw(sheet.ground, reader)
    aerial = aerial_of(sheet.ground, plan, reader.rights)
    signature = {"title": title, "author": author, "site": site(request)}
    return pdf_answer(pdf_of(sheet.without_private().as_json(), plan, aerial, **signature), name)


class SectionsView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="parcel_sections", responses=serializers.SectionNamesSerializer)
    def get(self, request: Request) -> Response:
        """The sections that a sheet has for the asker, in order."""
        sections = reader_of(request).sections
        return Response({"results": [{"section": one.slug, "title": str(one.title)} for one in sections]})


class ParcelView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="parcel_sheet", parameters=[DAY, SECTIONS], responses=serializers.ParcelSheetSerializer)
    def get(self, request: Request, idu: str) -> Response:
        """What crosses a parcel (14- or 15-character identifier)."""
        query = request.query_params
        reader = reader_of(request)
        ground = ground_of_parcels([idu], day_of(query.get("day")), reader)
        sheet = sheet_of(ground, reader, names_in(query.get("sections")))
        return Response(sheet.as_json(), headers=NO_STORE)


class ParcelFileView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="parcel_sheet_file", parameters=[DAY], responses=PDF_FILE)
    @limit_concurrency(PDF)
    def get(self, request: Request, idu: str) -> HttpResponse:
        """The sheet as a PDF file, with a map at a whole scale."""
        reader = reader_of(request)
        ground = ground_of_parcels([idu], day_of(request.query_params.get("day")), reader)
        return paper(request, sheet_of(ground, reader), reader, title_of(ground), ground.idus[0])


def selection_of_request(request: Request) -> Selection:
    given, rights = validate_data(serializers.SelectSerializer(data=request.data)), rights_of_request(request)
    if "parcels" in given:
        return select_by_identifier(given["parcels"], rights)
    if "references" in given:
        return select_by_reference(given["references"], given.get("insee", ""), rights)
    with limit_concurrency(PARCELS):
        return select_by_shape(given["shape"], given.get("distance_m", 0), rights)


class SelectView(APIView):
    keeps_nothing = True
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="parcel_select", request=serializers.SelectSerializer, responses=serializers.SelectionSerializer
    )
    def post(self, request: Request) -> Response:
        """Parcels that a point, a line or a shape meets, that lie within a distance of it, or that a list names."""
        selection = selection_of_request(request)
        rows = [parcel.as_json() for parcel in selection.parcels]
        summary = {"count": len(rows), "truncated": selection.truncated, "unknown": selection.unknown}
        body = {**summary, "measured_m2": round(sum(row["measured_m2"] for row in rows), 1), "results": rows}
        return Response(body, headers=NO_STORE)


class SelectTableView(APIView):
    keeps_nothing = True
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="parcel_select_table",
        request=serializers.SelectSerializer,
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    @limit_concurrency(PARCELS)
    def post(self, request: Request) -> HttpResponse:
        """The same parcels as a table that spreadsheets open."""
        content = table_of(selection_of_request(request))
        return file_response(content, "text/csv; charset=utf-8", "parcelles.csv")


class GroundView(APIView):
    keeps_nothing = True
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="ground_sheet", request=serializers.GroundSerializer, responses=serializers.ParcelSheetSerializer
    )
    @limit_concurrency(PARCELS)
    def post(self, request: Request) -> Response:
        """What crosses several parcels together, or a drawn shape. Nothing is kept."""
        given = validate_data(serializers.GroundSerializer(data=request.data))
        reader = reader_of(request)
        sheet = sheet_of(ground_of(given, reader), reader, given.get("sections") or None)
        return Response(sheet.as_json(), headers=NO_STORE)


class GroundFileView(APIView):
    keeps_nothing = True
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="ground_sheet_file", request=serializers.GroundSerializer, responses=PDF_FILE)
    @limit_concurrency(PDF)
    def post(self, request: Request) -> HttpResponse:
        """The sheet of several parcels, or of a drawn shape, as a PDF file. Nothing is kept."""
        given = validate_data(serializers.GroundSerializer(data=request.data))
        reader = reader_of(request)
        ground = ground_of(given, reader)
        sheet = sheet_of(ground, reader, given.get("sections") or None)
        return paper(request, sheet, reader, given.get("title") or title_of(ground), "fiche")


class FrozenSheetsView(APIView):
    @extend_schema(
        operation_id="frozen_sheets",
        responses=inline_serializer(
            "FrozenSheetList",
            {"count": fields.IntegerField(), "results": serializers.FrozenSheetLineSerializer(many=True)},
        ),
    )
    def get(self, request: Request) -> Response:
        """The frozen sheets that the asker sees, the latest first."""
        rows = FrozenSheet.objects.visible_to(rights_of_request(request)).defer("content", "pdf")
        return page_of(request, rows, serializers.FrozenSheetLineSerializer)

    @extend_schema(
        operation_id="sheet_freeze",
        request=serializers.GroundSerializer,
        responses={201: serializers.FrozenSheetSerializer},
    )
    @create_once
    @limit_concurrency(PDF)
    def post(self, request: Request) -> Response:
        """Freeze a sheet: it gets a number, and is read years later as it is today."""
        given = validate_data(serializers.GroundSerializer(data=request.data))
        reader = reader_of(request)
        ground = ground_of(given, reader)
        title = given.get("title") or title_of(ground)
        sheet = freeze(ground, title=title, user=signed_in_user(request), reader=reader, site=site(request))
        body = serializers.FrozenSheetSerializer(sheet).data
        return Response(body, status=201, headers={**NO_STORE, "Location": body["url"]})


class FrozenSheetView(APIView):
    @extend_schema(operation_id="frozen_sheet", responses=serializers.FrozenSheetSerializer)
    def get(self, request: Request, sheet: str) -> Response:
        """What a frozen sheet said."""
        frozen = get_frozen_sheet(sheet, rights_of_request(request))
        return Response(serializers.FrozenSheetSerializer(frozen).data, headers=NO_STORE)


class FrozenFileView(APIView):
    @extend_schema(operation_id="frozen_sheet_file", responses=PDF_FILE)
    def get(self, request: Request, sheet: str) -> HttpResponse:
        """The very file that was made when the sheet was frozen."""
        frozen = get_frozen_sheet(sheet, rights_of_request(request))
        return pdf_answer(bytes(frozen.pdf), frozen.number)
