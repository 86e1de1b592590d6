"""Photos of features over HTTP."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.api.once import create_once
from gis_core.desk.document_pages import longest_body
from gis_core.desk.parameters import whole_number
from gis_core.errors import Invalid, NotFound
from gis_core.http.files import serve_stored_file
from layers.features.api import serializers
from layers.features.api.editing import layer_of_request
from layers.features.services import attachments


class ReadOrSignedIn(IsAuthenticated):
    """Whoever sees a feature sees its photos; only people change them."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.method in ("GET", "HEAD") or super().has_permission(request, view)


class AttachmentsView(APIView):
    """The photos of a feature."""

    permission_classes = (ReadOrSignedIn,)
    parser_classes = (MultiPartParser,)

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        """Before anything reads the body: it goes to the disk as it comes."""
        length = whole_number(request.META.get("CONTENT_LENGTH") or "0")
        if length is None or length > longest_body(attachments.PHOTOS):
            raise RequestDataTooBig
        return super().initialize_request(request, *args, **kwargs)

    @extend_schema(operation_id="attachments", responses=serializers.AttachmentsSerializer)
    def get(self, request: Request, slug: str, feature_id: int) -> Response:
        layer, rights = layer_of_request(request, slug)
        rows = attachments.attachments_of(layer, feature_id, rights)
        return Response({"results": [attachments.as_json(one, layer) for one in rows]})

    @extend_schema(
        operation_id="attachment_add",
        request=serializers.PhotoFileSerializer,
        responses={201: serializers.AttachmentSerializer},
    )
    @create_once
    def post(self, request: Request, slug: str, feature_id: int) -> Response:
        """Attach a photo: it is kept as a JPEG of at most 2,560 pixels, without what it tells but its date."""
        layer, rights = layer_of_request(request, slug)
        files = request.FILES.getlist("file")
        if len(files) != 1:
            raise Invalid(_("Send one photo, as “file”."), parameter="file")
        made = attachments.attach(layer, feature_id, files[0], rights)
        document = attachments.as_json(made, layer)
        return Response(document, status=201, headers={"Location": document["url"]})


class AttachmentView(APIView):
    """One photo."""

    permission_classes = (ReadOrSignedIn,)

    @extend_schema(
        operation_id="attachment",
        parameters=[OpenApiParameter("size", str, enum=["small"])],
        responses={(200, "image/jpeg"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, slug: str, feature_id: int, attachment_id: int) -> HttpResponseBase:
        """The photo itself, or a small one."""
        layer, rights = layer_of_request(request, slug)
        attachment = attachments.attachment_of(layer, feature_id, attachment_id, rights)
        path = attachments.path_of(attachment, small=request.query_params.get("size") == "small")
        try:
            opened = path.open("rb")
        except OSError as error:
            raise NotFound(_("There is no such photo.")) from error
        return serve_stored_file(request, opened, "image/jpeg", attachment.title, etag=path.stem)

    @extend_schema(operation_id="attachment_remove", responses={204: None})
    def delete(self, request: Request, slug: str, feature_id: int, attachment_id: int) -> Response:
        """Take the photo away."""
        layer, rights = layer_of_request(request, slug)
        attachments.detach(layer, feature_id, attachment_id, rights)
        return Response(status=204)
