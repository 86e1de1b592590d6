"""Views of /api/v1/ for people, tokens, members and jobs: parse once, one service call, answer."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers as fields
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.api import serializers
from gis_core.api.once import create_once
from gis_core.api.schema import PAGE_PARAMETERS
from gis_core.desk.parameters import Page
from gis_core.errors import Forbidden
from gis_core.http.middleware import rights_of_request, signed_in_user
from gis_core.jobs import services as jobs
from gis_core.members import organisations as members
from gis_core.members import people
from gis_core.members.territories import with_extent
from gis_core.models import Job, Member
from gis_core.tokens import services as tokens


def listing(name: str, row: type[fields.BaseSerializer[Any]]) -> Any:
    """The schema of a list answer: how many there are, and this page of them."""
    return inline_serializer(name, {"count": fields.IntegerField(), "results": row(many=True)})


def page_of(request: Request, rows: QuerySet[Any], serializer: type[fields.BaseSerializer[Any]]) -> Response:
    page = Page.parse(request.query_params)
    chosen = rows[page.offset : page.offset + page.limit]
    return Response({"count": rows.count(), "results": serializer(chosen, many=True).data})


def validate_data(serializer: fields.BaseSerializer[Any]) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    data: dict[str, Any] = serializer.validated_data
    return data


def job_response(job: Job, address: str) -> Response:
    """202: a job was queued, and how far it is can be read at this address."""
    body = {"id": job.pk, "kind": job.kind, "title": job.title, "state": job.state}
    return Response(body, status=202, headers={"Location": address})


class AsItIs(BaseContentNegotiation):
    """A file has one type, whatever the asker would rather have."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


def site(request: HttpRequest | Request) -> str:
    address: str = request.build_absolute_uri("/")
    return address


class MeView(APIView):
    @extend_schema(operation_id="me", responses=serializers.MeSerializer)
    def get(self, request: Request) -> Response:
        """Who asks, with memberships and roles."""
        return Response(serializers.MeSerializer(signed_in_user(request)).data)

    @extend_schema(
        operation_id="me_change", request=serializers.MyLanguageSerializer, responses=serializers.MeSerializer
    )
    def patch(self, request: Request) -> Response:
        """Choose the language of pages and labels."""
        user = signed_in_user(request)
        user.language = validate_data(serializers.MyLanguageSerializer(data=request.data))["language"]
        user.save(update_fields=["language"])
        return Response(serializers.MeSerializer(user).data)


class TokensView(APIView):
    @extend_schema(
        operation_id="tokens", parameters=PAGE_PARAMETERS, responses=listing("TokenList", serializers.TokenSerializer)
    )
    def get(self, request: Request) -> Response:
        """The asker's API tokens, newest first; those whose end has passed open nothing any more."""
        return page_of(request, tokens.tokens_of(signed_in_user(request)), serializers.TokenSerializer)

    @extend_schema(
        operation_id="token_create",
        request=serializers.TokenNameSerializer,
        responses={201: serializers.NewTokenSerializer},
    )
    @create_once
    def post(self, request: Request) -> Response:
        """Create a token. Its secret is in this answer and nowhere else; a token may not create tokens."""
        if request._request.by_token:  # type: ignore[attr-defined]
            raise Forbidden(_("A token does not create tokens: sign in on the web page."))
        wanted = validate_data(serializers.TokenNameSerializer(data=request.data))
        token, secret = tokens.create_token(user=signed_in_user(request), **wanted)
        body = {**serializers.TokenSerializer(token).data, "secret": secret}
        return Response(body, status=201, headers={"Location": reverse("api_tokens")})


class TokenView(APIView):
    @extend_schema(operation_id="token_revoke", responses={204: None})
    def delete(self, request: Request, token_id: int) -> Response:
        """Revoke a token."""
        tokens.revoke_token(user=signed_in_user(request), token_id=token_id)
        return Response(status=204)


class MembersView(APIView):
    @extend_schema(
        operation_id="members",
        parameters=PAGE_PARAMETERS,
        responses=listing("MemberList", serializers.MemberSerializer),
    )
    def get(self, request: Request) -> Response:
        """The asker's members; every member for the agency."""
        return page_of(
            request, with_extent(Member.objects.visible_to(rights_of_request(request))), serializers.MemberSerializer
        )


class MemberView(APIView):
    @extend_schema(operation_id="member", responses=serializers.MemberDetailSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """One member with its communes."""
        member = members.member_seen_by(rights=rights_of_request(request), slug=slug)
        return Response(serializers.MemberDetailSerializer(member).data)


class PeopleView(APIView):
    @extend_schema(
        operation_id="people", parameters=PAGE_PARAMETERS, responses=listing("PersonList", serializers.PersonSerializer)
    )
    def get(self, request: Request, slug: str) -> Response:
        """Who belongs to the member, for its administrators."""
        member = members.get_administered_member(rights=rights_of_request(request), slug=slug)
        return page_of(request, people.people_of(member), serializers.PersonSerializer)

    @extend_schema(
        operation_id="person_invite",
        request=serializers.InvitationSerializer,
        responses={201: serializers.PersonSerializer},
    )
    @create_once
    def post(self, request: Request, slug: str) -> Response:
        """Invite somebody by mail with a role, which counts once they accept. The answer tells of no account."""
        rights = rights_of_request(request)
        member = members.get_administered_member(rights=rights, slug=slug)
        wanted = validate_data(serializers.InvitationSerializer(data=request.data))
        membership = people.invite(rights=rights, member=member, site=site(request), **wanted)
        where = reverse("api_person", args=[slug, membership.pk])
        return Response(serializers.PersonSerializer(membership).data, status=201, headers={"Location": where})


class PersonView(APIView):
    @extend_schema(operation_id="person", responses=serializers.PersonSerializer)
    def get(self, request: Request, slug: str, membership_id: int) -> Response:
        """One person of the member."""
        member = members.get_administered_member(rights=rights_of_request(request), slug=slug)
        return Response(serializers.PersonSerializer(people.person_of(member=member, membership_id=membership_id)).data)

    @extend_schema(
        operation_id="person_change", request=serializers.RoleSerializer, responses=serializers.PersonSerializer
    )
    def patch(self, request: Request, slug: str, membership_id: int) -> Response:
        """Give a person another role."""
        rights = rights_of_request(request)
        member = members.get_administered_member(rights=rights, slug=slug)
        wanted = validate_data(serializers.RoleSerializer(data=request.data))
        person = people.person_of(member=member, membership_id=membership_id)
        people.change_role(rights=rights, membership=person, **wanted)
        return Response(serializers.PersonSerializer(people.person_of(member=member, membership_id=membership_id)).data)

    @extend_schema(operation_id="person_remove", responses={204: None})
    def delete(self, request: Request, slug: str, membership_id: int) -> Response:
        """Take a person out of the member."""
        rights = rights_of_request(request)
        member = members.get_administered_member(rights=rights, slug=slug)
        people.remove(rights=rights, membership=people.person_of(member=member, membership_id=membership_id))
        return Response(status=204)


class JobsView(APIView):
    @extend_schema(
        operation_id="jobs", parameters=PAGE_PARAMETERS, responses=listing("JobList", serializers.JobSerializer)
    )
    def get(self, request: Request) -> Response:
        """The jobs of the asker's members, newest first."""
        return page_of(request, Job.objects.visible_to(rights_of_request(request)), serializers.JobSerializer)


class JobView(APIView):
    @extend_schema(operation_id="job", responses=serializers.JobSerializer)
    def get(self, request: Request, job_id: int) -> Response:
        """One job: its state and progress."""
        return Response(
            serializers.JobSerializer(jobs.job_seen_by(rights=rights_of_request(request), job_id=job_id)).data
        )


class JobStopView(APIView):
    @extend_schema(operation_id="job_stop", request=None, responses={202: serializers.JobSerializer})
    def post(self, request: Request, job_id: int) -> Response:
        """Ask for the end of a job: who started it, or may start its like. It comes within seconds."""
        job = jobs.stop_job(rights=rights_of_request(request), job_id=job_id)
        return Response(serializers.JobSerializer(job).data, status=202)


class JobReportView(APIView):
    @extend_schema(
        operation_id="job_report",
        responses={200: OpenApiResponse(response=dict, description="The report, in the job's own shape")},
    )
    def get(self, request: Request, job_id: int) -> Response:
        """What a job did, per file and row."""
        return Response(jobs.report_seen_by(rights=rights_of_request(request), job_id=job_id))
