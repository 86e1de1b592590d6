"""/api/v1/simulations/: projects, their variants and versions. A change names the version that was seen (If-Match)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.api.lists import list_view
from gis_core.api.once import create_once
from gis_core.api.versions import IF_MATCH, saw_version
from gis_core.api.views import validate_data
from gis_core.errors import NotFound, Stale
from gis_core.http.files import NO_STORE
from gis_core.http.middleware import rights_of_request, signed_in_user
from gis_core.members.rights import Rights
from layers.ogc.bodies import tag_of
from simulation.api import project_serializers as serializers
from simulation.models import Project
from simulation.services import projects
from simulation.services.listing import PROJECTS
from simulation.services.project_answers import project_as_json, version_as_json

ListView: Any = list_view(PROJECTS, "simulation_projects")


def answer_project(project: Project, rights: Rights, status: int = 200) -> Response:
    headers = {**NO_STORE, "ETag": tag_of(project.version)}
    if status == 201:
        headers["Location"] = f"/api/v1/simulations/{project.pk}/"
    return Response(project_as_json(project, rights), status=status, headers=headers)


def lock_seen(request: Request, project_id: int) -> tuple[Project, Rights]:
    """A project to be changed, locked, whose current version the asker saw.

    Raises NotFound, Forbidden, VersionRequired, and Stale with the project as it is now.
    """
    rights = rights_of_request(request)
    project = projects.project_seen_by(project_id, rights)
    projects.check_may_write(project, rights)
    locked = projects.lock_project(project)
    if not saw_version(request, tag_of(locked.version)):
        message = _("Somebody changed this project meanwhile; nothing was saved.")
        raise Stale(message, current=project_as_json(locked, rights))
    return locked, rights


class ProjectsView(ListView):  # type: ignore[misc]
    @extend_schema(
        operation_id="simulation_project_create",
        request=serializers.ProjectCreationSerializer,
        responses={201: serializers.ProjectSerializer},
    )
    @create_once
    def post(self, request: Request) -> Response:
        """Keep a project on parcels."""
        rights = rights_of_request(request)
        given = validate_data(serializers.ProjectCreationSerializer(data=request.data))
        member = projects.member_writing(given.get("member", ""), rights)
        return answer_project(projects.create_project(given, member, signed_in_user(request), rights), rights, 201)


class ProjectView(APIView):
    @extend_schema(operation_id="simulation_project", responses=serializers.ProjectSerializer)
    def get(self, request: Request, project_id: int) -> Response:
        """A project; its ETag is what a change must name."""
        rights = rights_of_request(request)
        return answer_project(projects.project_seen_by(project_id, rights), rights)

    @extend_schema(
        operation_id="simulation_project_change",
        parameters=[IF_MATCH],
        request=serializers.ProjectContentSerializer,
        responses=serializers.ProjectSerializer,
    )
    @transaction.atomic
    def put(self, request: Request, project_id: int) -> Response:
        """Save another content; the former stays among the versions. One that changed meanwhile answers 412."""
        project, rights = lock_seen(request, project_id)
        given = validate_data(serializers.ProjectContentSerializer(data=request.data))
        return answer_project(projects.change_project(project, given, signed_in_user(request), rights), rights)

    @extend_schema(operation_id="simulation_project_archive", parameters=[IF_MATCH], responses={204: None})
    @transaction.atomic
    def delete(self, request: Request, project_id: int) -> Response:
        """Archive a project: it leaves the lists, and any version brings it back."""
        project, rights = lock_seen(request, project_id)
        projects.archive_project(project, rights)
        return Response(status=204, headers=NO_STORE)


class VariantView(APIView):
    @extend_schema(operation_id="simulation_variant", responses=serializers.VariantAnswerSerializer)
    def get(self, request: Request, project_id: int, letter: str) -> Response:
        """One variant of a project, whose ETag is that of the project."""
        rights = rights_of_request(request)
        return answer_variant(projects.project_seen_by(project_id, rights), letter, rights)

    @extend_schema(
        operation_id="simulation_variant_change",
        parameters=[IF_MATCH],
        request=serializers.ProjectVariantFieldsSerializer,
        responses=serializers.VariantAnswerSerializer,
    )
    @transaction.atomic
    def put(self, request: Request, project_id: int, letter: str) -> Response:
        """Make or replace a variant: its volumes, its lines, its notes."""
        project, rights = lock_seen(request, project_id)
        given = validate_data(serializers.ProjectVariantFieldsSerializer(data=request.data))
        others = [one for one in project.variants if one["letter"] != letter]
        content = projects.content_of(project) | {"variants": [*others, {**given, "letter": letter}]}
        changed = projects.change_project(project, content, signed_in_user(request), rights)
        return answer_variant(changed, letter, rights)

    @extend_schema(operation_id="simulation_variant_remove", parameters=[IF_MATCH], responses={204: None})
    @transaction.atomic
    def delete(self, request: Request, project_id: int, letter: str) -> Response:
        """Take a variant out of a project; it stays in its former versions."""
        project, rights = lock_seen(request, project_id)
        others = [one for one in project.variants if one["letter"] != letter]
        if len(others) == len(project.variants):
            raise no_variant()
        content = projects.content_of(project) | {"variants": others}
        projects.change_project(project, content, signed_in_user(request), rights)
        return Response(status=204, headers=NO_STORE)


def answer_variant(project: Project, letter: str, rights: Rights) -> Response:
    variants = {one["letter"]: one for one in project_as_json(project, rights)["variants"]}
    if letter not in variants:
        raise no_variant()
    return Response(variants[letter], headers={**NO_STORE, "ETag": tag_of(project.version)})


def no_variant() -> NotFound:
    return NotFound(_("The project has no such variant."))


class VersionsView(APIView):
    @extend_schema(operation_id="simulation_versions", responses=serializers.ProjectVersionSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """What a project held each time it was saved, the latest first."""
        project = projects.project_seen_by(project_id, rights_of_request(request))
        return Response([version_as_json(one) for one in projects.versions_of(project)], headers=NO_STORE)


class RestoreView(APIView):
    @extend_schema(
        operation_id="simulation_version_restore",
        parameters=[IF_MATCH],
        request=None,
        responses=serializers.ProjectSerializer,
    )
    @transaction.atomic
    def post(self, request: Request, project_id: int, number: int) -> Response:
        """Bring a former version back, as a new one; an archived project is current again."""
        project, rights = lock_seen(request, project_id)
        restored = projects.restore_version(project, number, signed_in_user(request), rights)
        return answer_project(restored, rights)
