"""The export of a member as a job that an administrator of the agency starts, watches and fetches."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from django.db import connections, transaction
from django.utils.translation import gettext as _

from gis_core.errors import Conflict, Forbidden, NotFound
from gis_core.jobs.files import OPEN, JobFiles
from gis_core.jobs.services import start_job
from gis_core.members.rights import Rights
from gis_core.models import Job, JobQuerySet, Member, User
from gis_core.operations import security_journal
from gis_core.ownership.exporting import export_member
from gis_core.ownership.tables import one_snapshot

if TYPE_CHECKING:
    from gis_core.tasks import RunningJob

KIND: Final = "member_export"
FILES: Final = JobFiles(KIND, "EXPORTS_DIR", lambda _job: "zip")


def check_agency(rights: Rights) -> None:
    """Everything of a member is for the agency alone. Raises Forbidden."""
    if not rights.agency:
        raise Forbidden(_("Your role does not allow this."))


def exports_of(member: Member, rights: Rights) -> JobQuerySet:
    """The asker's own exports of a member, newest first."""
    return FILES.jobs_of(rights).filter(parameters__member=member.pk)


@transaction.atomic
def start_export(member: Member, *, photos: bool, user: User, rights: Rights) -> Job:
    """Queue the export. Raises Forbidden, Conflict (one is under way)."""
    check_agency(rights)
    if Job.objects.filter(kind=KIND, parameters__member=member.pk, state__in=OPEN).exists():
        raise Conflict(_("An export of this member is under way: wait until it is done."))
    title = _("Everything of %(member)s") % {"member": member.name}
    parameters = {"member": member.pk, "photos": photos}
    job = start_job(kind=KIND, title=title, owner=None, started_by=user, parameters=parameters, rights=rights)
    security_journal.record("member_export", member=member.slug, job=job.pk)
    return job


def export(running: RunningJob) -> dict[str, Any]:
    """Make the archive: whole, or none and the reason in words."""
    check_agency(running.rights)
    member = Member.objects.filter(pk=running.parameters["member"]).first()
    if member is None:
        raise NotFound(_("This member is not there any more."))
    scratch = FILES.scratch_of(running.job)
    FILES.forget_scratch(running.job)
    scratch.mkdir(parents=True)
    path = scratch / f"{member.slug}.zip"
    with connection_apart(), one_snapshot():
        photos = bool(running.parameters["photos"])
        manifest = export_member(member, path, photos=photos, progress=running.report_progress)
    size = path.stat().st_size
    path.replace(FILES.file_of(running.job))
    shutil.rmtree(scratch, ignore_errors=True)
    return {
        "bytes": size,
        "tables": [[one["title"], one["rows"]] for one in manifest["tables"]],
        "rows": sum(one["rows"] for one in manifest["tables"]),
        "documents": len(manifest["documents"]),
        "missing": manifest["missing_documents"][:100],
    }


@contextmanager
def connection_apart() -> Iterator[None]:
    """A connection of its own: the job's transaction has read before, and what it reads later is newer."""
    former = connections["default"]
    connections["default"] = former.copy()
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = former


forget_scratch = FILES.forget_scratch
