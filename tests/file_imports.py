"""Imports of files in tests: sent as people send them, worked off as the worker does."""

from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from gis_core.jobs.points import JOB_KINDS
from gis_core.members.rights import SYSTEM, acting_as, rights_of
from gis_core.models import Job, Member, User
from gis_core.tasks import run
from layers.intake.models import FileImport
from layers.intake.services import imports
from layers.intake.source import Source
from tests import factories


def sent(source: Source, path: Path, *, member: Member, user: User) -> FileImport:
    """A file that somebody sent, whose reading waits for the worker."""
    rights, file = rights_of(user), SimpleUploadedFile(path.name, path.read_bytes())
    with acting_as(rights):
        return imports.receive(source, files=[file], member=member, user=user, rights=rights)


def loading(source: Source, made: FileImport, *, user: User) -> FileImport:
    """One that was read, whose loading waits for the worker."""
    rights = rights_of(user)
    with acting_as(rights):
        return imports.start_applying(source, made.pk, user=user, rights=rights)


def worked_off(made: FileImport) -> FileImport:
    """The import once its latest job is over."""
    with factories.as_worker(), acting_as(SYSTEM):
        job = Job.objects.select_related("owner", "started_by").filter(parameters__import=made.pk).latest("pk")
    with factories.as_worker():
        run(job, JOB_KINDS.get(job.kind).work)
    return import_again(made)


def import_again(made: FileImport) -> FileImport:
    """The import as it is now."""
    with acting_as(SYSTEM):
        return FileImport.objects.select_related("owner", "made_by").get(pk=made.pk)


def folder_of(made: FileImport) -> Path:
    return Path(settings.INBOX_DIR) / made.folder
