"""Projects kept by a member: who may, reading, saving in versions, archiving, bringing back, sharing."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import Conflict, Forbidden, Invalid, NotFound
from gis_core.members.rights import WRITERS, Rights
from gis_core.models import Member, SharedLink, User
from gis_core.tokens import links
from layers.parcels.ground import ground_of_parcels, identifier
from layers.parcels.sections import reader_with
from simulation.models import Project, ProjectVersion
from simulation.services.content import MOST_PARCELS, check_total, clean_content

LINK_KIND = "simulation"
MOST_VERSIONS = 100
MOST_SHARED = 50


# -- who may ----------------------------------------------------------------------------------------------------------


def may_write(project: Project, rights: Rights) -> bool:
    """Whether the user changes it: as the member's people who write its rows."""
    return rights.has_role(project.owner_id, WRITERS)


def check_may_write(project: Project, rights: Rights) -> None:
    """Refuse who only reads it. Raises Forbidden."""
    if not may_write(project, rights):
        raise Forbidden(_("Your role does not let you change this project; you may save it under another name."))


def members_writing(rights: Rights) -> list[Member]:
    """The members for which the user keeps projects, by name."""
    rows = Member.objects.visible_to(rights).order_by("name")
    return [one for one in rows if rights.has_role(one.pk, WRITERS)]


def member_writing(slug: str, rights: Rights) -> Member:
    """One of them; without a name the only one. Raises Forbidden (none), Invalid (which one?)."""
    members = members_writing(rights)
    if not members:
        raise Forbidden(_("Your role does not let you keep projects; the drawing stays in this tab."))
    chosen = [one for one in members if one.slug == slug] if slug else members
    if len(chosen) != 1:
        raise Invalid(_("Choose the member that keeps the project."), parameter="member")
    return chosen[0]


# -- reading ----------------------------------------------------------------------------------------------------------


def project_seen_by(project_id: int, rights: Rights) -> Project:
    """A project that the user reads, archived or not. Raises NotFound."""
    rows = Project.objects.visible_to(rights).select_related("owner", "author", "changed_by")
    project = rows.filter(pk=project_id).first()
    if project is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return project


def lock_project(project: Project) -> Project:
    """The row as it is now, which nobody else changes until the transaction ends; its people are those of `project`."""
    locked = Project.objects.select_for_update().get(pk=project.pk)
    locked.owner, locked.author, locked.changed_by = project.owner, project.author, project.changed_by
    return locked


def content_of(project: Project) -> dict[str, Any]:
    """What a version of it holds."""
    return {
        "name": project.name, "parcels": project.idus, "permit": project.permit, "variants": project.variants,
    }  # fmt: skip


def versions_of(project: Project) -> Sequence[ProjectVersion]:
    """Its versions, the latest first."""
    return list(ProjectVersion.objects.filter(project=project).select_related("made_by"))


# -- saving -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def create_project(given: Mapping[str, Any], member: Member, user: User, rights: Rights) -> Project:
    """Keep a project of the member. Raises Forbidden, Invalid, NotFound (a parcel that the plan has not)."""
    if not rights.has_role(member.pk, WRITERS):
        raise Forbidden(_("Your role does not let you keep projects; the drawing stays in this tab."))
    content = clean_content(given)
    check_total(content["variants"])
    idus, geom = ground_of(given["parcels"], database_clock.today(), rights)
    project = Project.objects.create(
        owner=member, idus=idus, insee=idus[0][:5], geom=geom, author=user, changed_by=user, **content
    )
    return keep_version(project, user)


@transaction.atomic
def change_project(project: Project, given: Mapping[str, Any], user: User, rights: Rights) -> Project:
    """Save another content of a project that `lock_project` gave; the former stays among its versions.

    Parcels that it had already may be in the plan no more. Raises Forbidden, Invalid, NotFound.
    """
    check_may_write(project, rights)
    content = clean_content(given)
    check_total(content["variants"])
    parcels = list(dict.fromkeys(map(identifier, given["parcels"])))
    if parcels != project.idus:
        project.idus, project.geom = ground_of(parcels, database_clock.today(), rights)
        project.insee = project.idus[0][:5]
    for name, value in content.items():
        setattr(project, name, value)
    project.changed_by, project.changed_at, project.archived_at = user, database_clock.now(), None
    project.save()
    return keep_version(project, user)


def ground_of(parcels: Sequence[str], day: date, rights: Rights) -> tuple[list[str], MultiPolygon]:
    """Parcels of the plan in the order in which they were sent, and their ground. Raises Invalid, NotFound."""
    if not 1 <= len(parcels) <= MOST_PARCELS:
        raise Invalid(_("Name 1 to %(most)s parcels.") % {"most": MOST_PARCELS}, parameter="parcels")
    ground = ground_of_parcels(parcels, day, reader_with(rights))
    shape: Any = GEOSGeometry(memoryview(ground.geom))
    shape.srid = 2154
    geom = shape if isinstance(shape, MultiPolygon) else MultiPolygon(shape, srid=2154)
    return list(dict.fromkeys(map(identifier, parcels))), geom


def keep_version(project: Project, user: User) -> Project:
    """Keep what the project holds now under its version; the oldest beyond the most that are kept go."""
    project.refresh_from_db(fields=["version"])
    ProjectVersion.objects.create(project=project, number=project.version, content=content_of(project), made_by=user)
    kept = ProjectVersion.objects.filter(project=project).values_list("pk", flat=True)[:MOST_VERSIONS]
    ProjectVersion.objects.filter(project=project).exclude(pk__in=list(kept)).delete()
    return project


@transaction.atomic
def restore_version(project: Project, number: int, user: User, rights: Rights) -> Project:
    """Make a former version of a project that `lock_project` gave the current one. Raises Forbidden, NotFound."""
    check_may_write(project, rights)
    version = ProjectVersion.objects.filter(project=project, number=number).first()
    if version is None:
        raise NotFound(_("The project has no such version."))
    return change_project(project, version.content, user, rights)


@transaction.atomic
def archive_project(project: Project, rights: Rights) -> None:
    """Take a project out of the lists; its versions stay, and its links are closed. Raises Forbidden."""
    check_may_write(project, rights)
    project.archived_at = database_clock.now()
    project.save(update_fields=["archived_at"])
    for link in links.links_about(LINK_KIND, project.pk):
        links.revoke_link(link.pk, about_kind=LINK_KIND, about_id=project.pk)


# -- sharing ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def share_project(project: Project, slugs: Sequence[str], rights: Rights) -> None:
    """Let these members, and no others, read a project. Raises Forbidden, Invalid."""
    check_may_write(project, rights)
    if len(slugs) > MOST_SHARED:
        raise Invalid(
            _("A project is shared with %(most)s members at most.") % {"most": MOST_SHARED}, parameter="members"
        )
    members = list(Member.objects.filter(slug__in=slugs).exclude(pk=project.owner_id))
    unknown = set(slugs) - {one.slug for one in members} - {project.owner.slug}
    if unknown:
        message = _("There is no member named %(slug)s.")
        raise Invalid(message % {"slug": sorted(unknown)[0][:40]}, parameter="members")
    project.shared_with = sorted(one.pk for one in members)
    project.save(update_fields=["shared_with"])


def make_project_link(project: Project, last_date: date, user: User, rights: Rights) -> tuple[SharedLink, str]:
    """A link by which whoever has it reads the project until a day, and its secret.

    Raises Forbidden, Invalid, Conflict.
    """
    check_may_write(project, rights)
    if project.archived_at:
        raise Conflict(_("An archived project is not shared: bring a version back first."))
    return links.make_link(
        owner_id=project.owner_id, about_kind=LINK_KIND, about_id=project.pk, last_date=last_date, user=user
    )


def revoke_project_link(project: Project, link_id: int, rights: Rights) -> None:
    """Close a link of the project. Raises Forbidden, NotFound."""
    check_may_write(project, rights)
    links.revoke_link(link_id, about_kind=LINK_KIND, about_id=project.pk)
