"""Where the provider of text messages reports."""

import secrets

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.errors import NotFound
from networks.notifications.api.serializers import ReportsSerializer, TakenSerializer
from networks.notifications.services.reporting import take_reports


class ReportsView(APIView):
    """Delivery reports and answers of the provider, who knows the secret of the address."""

    permission_classes = (AllowAny,)
    authentication_classes = ()

    @extend_schema(request=ReportsSerializer, responses=TakenSerializer, auth=[])
    def post(self, request: Request, secret: str) -> Response:
        """Take reports; said twice or late, they change nothing."""
        kept = settings.SMS_REPORT_SECRET
        if not kept or not secrets.compare_digest(secret.encode(), kept.encode()):
            raise NotFound(_("There is nothing at this address, or you may not see it."))
        sent = ReportsSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        given = sent.validated_data
        known, stopped = take_reports(given.get("reports", []), given.get("replies", []))
        return Response({"known": known, "stopped": stopped})
