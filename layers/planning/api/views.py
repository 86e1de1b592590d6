"""Written pieces and acts over HTTP: public, as the documents are."""

import re

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from gis_core.errors import NotFound
from gis_core.http.files import serve_stored_file
from layers.planning.services.files import piece

FOLDER = re.compile(r"[0-9a-f]{32}")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")


class PieceView(APIView):
    """One PDF file."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="planning_piece", responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, folder: str, name: str) -> HttpResponseBase:
        """A written piece of a planning document, or the act of an easement."""
        if not FOLDER.fullmatch(folder) or not NAME.fullmatch(name):
            raise NotFound(_("There is no such piece."))
        try:
            opened = piece(folder, name).open("rb")
        except OSError as error:
            raise NotFound(_("There is no such piece.")) from error
        return serve_stored_file(request, opened, "application/pdf", name, etag=f"{folder}/{name}")
