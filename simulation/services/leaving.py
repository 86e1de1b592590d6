"""The projects that people drew, when they leave: they stay with their member."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from gis_core.models import Member, User
from gis_core.points import WorkItem
from simulation.models import Project


def find_projects(user: User, member: Member) -> Sequence[WorkItem]:
    """Those of the member that the person made and that are not archived, the latest changed first."""
    projects = Project.objects.current().filter(owner=member, author=user).values_list("pk", "name", "permit")
    return [
        WorkItem(number=one, title=name, detail=permit, url=reverse("simulation_project", args=[one]))
        for one, name, permit in projects
    ]
