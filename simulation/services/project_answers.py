"""Projects as the API gives them."""

from typing import Any

from django.urls import reverse

from gis_core.members.rights import Rights
from gis_core.models import Member
from simulation.models import Project, ProjectVersion
from simulation.services.figures import figures_of_variant, gone_parcels
from simulation.services.projects import content_of, may_write


def project_as_json(project: Project, rights: Rights) -> dict[str, Any]:
    """A whole project: what it holds, what each variant measures, what became of its parcels."""
    gone = gone_parcels(project, rights)
    content = content_of(project)
    variants = [one | {"figures": figures_of_variant(one).as_json()} for one in content["variants"]]
    return {
        "id": project.pk,
        **content,
        "variants": variants,
        "member": project.owner.slug,
        "author": str(project.author or ""),
        "made_at": project.made_at,
        "changed_by": str(project.changed_by or ""),
        "changed_at": project.changed_at,
        "archived_at": project.archived_at,
        "version": project.version,
        "writable": may_write(project, rights),
        "shared_with": list(
            Member.objects.filter(pk__in=project.shared_with).order_by("slug").values_list("slug", flat=True)
        ),
        "gone": list(gone.gone),
        "successors": list(gone.successors),
        "notes": [gone.message] if gone.message else [],
        "url": reverse("simulation_project", args=[project.pk]),
    }


def version_as_json(version: ProjectVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "made_at": version.made_at,
        "made_by": str(version.made_by or ""),
        "content": version.content,
    }
