"""Printing a map: what can be chosen, an order, the asker's own prints, a finished file."""

from typing import Any

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.api.once import create_once
from gis_core.api.serializers import StartedSerializer
from gis_core.api.views import job_response, validate_data
from gis_core.http.middleware import rights_of_request, signed_in_user
from gis_core.jobs.files import KEPT, LATEST
from layers.printing import order as orders
from layers.printing.api import serializers
from layers.printing.paper import BYTES_PER_PIXEL, ORIENTATIONS, PAPERS, layout
from layers.printing.services import prints
from layers.printing.services.prints import FILES


class PrintsView(APIView):
    @extend_schema(
        operation_id="prints",
        responses=inline_serializer("PrintList", {"results": serializers.PrintSerializer(many=True)}),
    )
    def get(self, request: Request) -> Response:
        """The asker's own latest prints, newest first."""
        rows = FILES.jobs_of(rights_of_request(request))[:LATEST]
        return Response({"results": serializers.PrintSerializer(rows, many=True).data})

    @extend_schema(
        operation_id="print_create",
        request=serializers.PrintOrderSerializer,
        responses={202: StartedSerializer},
    )
    @create_once
    def post(self, request: Request) -> Response:
        """Print a map to scale as a PDF file; the answer says which job to watch."""
        given = validate_data(serializers.PrintOrderSerializer(data=request.data))
        order = orders.PrintOrder.of(given)
        job = prints.start_print(order, user=signed_in_user(request), rights=rights_of_request(request))
        return job_response(job, f"/api/v1/jobs/{job.pk}/")


class PrintOptionsView(APIView):
    @extend_schema(operation_id="print_options", responses=serializers.PrintOptionsSerializer)
    def get(self, request: Request) -> Response:
        """The papers with the size of their map, and the limits of everything."""
        sheets = [sheet(paper, orientation) for paper in PAPERS for orientation in ORIENTATIONS]
        return Response(
            {
                "sheets": sheets,
                "scales": orders.SCALES,
                "dpi": orders.RESOLUTIONS,
                "usual_dpi": orders.USUAL_DPI,
                "most_pixels": orders.MOST_PIXELS,
                "bytes_per_pixel": BYTES_PER_PIXEL,
                "most_layers": orders.MOST_LAYERS,
                "longest": orders.LONGEST,
                "author": str(signed_in_user(request)),
                "kept_days": KEPT.days,
            }
        )


def sheet(paper: Any, orientation: Any) -> dict[str, Any]:
    parts = layout(paper, orientation)
    sizes = {"sheet_mm": [parts.width, parts.height], "map_mm": [parts.map.width, parts.map.height]}
    return {"paper": paper, "orientation": orientation} | sizes


class PrintFileView(APIView):
    @extend_schema(
        operation_id="print_file",
        parameters=[OpenApiParameter("inline", description="1: the browser opens it instead of saving it")],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, job_id: int) -> FileResponse:
        """The PDF file, for whoever ordered it."""
        job = FILES.job_of(rights=rights_of_request(request), job_id=job_id)
        path = prints.get_print_file(job)
        headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
        return FileResponse(
            path.open("rb"),
            as_attachment=request.query_params.get("inline") != "1",
            filename=prints.name_of(job),
            content_type="application/pdf",
            headers=headers,
        )
