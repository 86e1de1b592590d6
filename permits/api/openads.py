"""The GIS that openADS asks, at /openads/services/<project>/: the contract of the Lizmap module of 3Liz."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import APIException, NotAuthenticated, ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, set_rollback

from gis_core.errors import ArpentError, Invalid
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import as_problem, status_of
from permits.services import openads

HEADERS = {"Cache-Control": "private, no-store"}


def error_response(status: int, message: str) -> Response:
    """An error in the contract's shape."""
    headers = {**HEADERS, **({"WWW-Authenticate": 'Basic realm="Arpent"'} if status == 401 else {})}
    return Response({"code": 0, "status": "error", "message": message}, status=status, headers=headers)


class OpenadsView(APIView):
    """One question of openADS. The contract is not ours: /api/schema/ leaves it out."""

    schema = None

    def handle_exception(self, exc: Exception) -> Any:
        set_rollback()
        match exc:
            case ArpentError():
                return error_response(status_of(exc), exc.message)
            case NotAuthenticated():
                return error_response(401, "Access denied, invalid login")
            case ParseError():
                return error_response(400, "POST body is not JSON")
            case APIException():
                return error_response(exc.status_code, str(exc.detail))
            case RequestDataTooBig():
                return error_response(413, "The request is too large")
        return as_problem(exc)


class ParcelsView(OpenadsView):
    def get(self, request: Request, project: str, parcels: str) -> Response:
        """Whether parcels exist, and their addresses; identifiers separated by semicolons."""
        rights = rights_of_request(request)
        openads.member_of(project, rights)
        wanted = list(dict.fromkeys(one.strip() for one in parcels.split(";") if one.strip()))
        return Response(openads.describe_parcels(wanted, rights), headers=HEADERS)


class CommuneView(OpenadsView):
    def get(self, request: Request, project: str, insee: str) -> Response:
        """Every constraint of a commune."""
        rights = rights_of_request(request)
        openads.member_of(project, rights)
        return Response(openads.constraints_of_commune(insee, rights), headers=HEADERS)


class ExtentView(OpenadsView):
    def post(self, request: Request, project: str, dossier: str) -> Response:
        """Compute the extent of a file from its parcels."""
        rights = rights_of_request(request)
        member = openads.member_of(project, rights)
        return Response(openads.compute_extent(dossier, parcels_in(request.data), member, rights), headers=HEADERS)


def parcels_in(body: Any) -> list[str]:
    """The parcels that the body of a request names, at least one. Raises Invalid."""
    parcels = body.get("parcelles") if isinstance(body, dict) else None
    if not isinstance(parcels, list) or not parcels or not all(isinstance(one, str) for one in parcels):
        raise Invalid("Bad request, missing property parcelles")
    if len(parcels) > openads.MOST_PARCELS:
        raise Invalid(f"Bad request, more than {openads.MOST_PARCELS} parcelles")
    return parcels


class CentroidView(OpenadsView):
    def post(self, request: Request, project: str, dossier: str) -> Response:
        """Where a file lies."""
        rights = rights_of_request(request)
        return Response(openads.describe_centroid(dossier, openads.member_of(project, rights), rights), headers=HEADERS)


class ConstraintsView(OpenadsView):
    def get(self, request: Request, project: str, dossier: str) -> Response:
        """What constrains a file."""
        rights = rights_of_request(request)
        member = openads.member_of(project, rights)
        return Response(openads.constraints_of_dossier(dossier, member, rights), headers=HEADERS)
