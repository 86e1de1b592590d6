"""Starting an import by program."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.api.once import create_once
from gis_core.api.serializers import StartedSerializer
from gis_core.api.views import job_response
from gis_core.files.uploads import limit_uploads
from gis_core.http.middleware import rights_of_request
from gis_core.models import User
from layers.intake.api.serializers import ImportSerializer
from layers.intake.services.orders import start_import


class ImportsView(APIView):
    """Send files and have them imported; the answer says which job to watch."""

    parser_classes = (MultiPartParser,)

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        limit_uploads(request)
        return super().initialize_request(request, *args, **kwargs)

    @extend_schema(operation_id="imports_create", request=ImportSerializer, responses={202: StartedSerializer})
    @create_once
    def post(self, request: Request) -> Response:
        assert isinstance(request.user, User)
        body: Any = request.data
        job = start_import(
            source=str(body.get("source", "")),
            member=str(body.get("member", "")),
            source_date=str(body.get("date", "")),
            dry_run=str(body.get("dry_run", "")).lower() in ("1", "true", "on"),
            accepted_loss=str(body.get("accept_loss", "")),
            files=request.FILES.getlist("file"),
            user=request.user,
            rights=rights_of_request(request),
        )
        return job_response(job, f"/api/v1/jobs/{job.pk}/")
