"""The jobs that import uploaded files."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from gis_core.files.erasing import erase
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Job
from gis_core.ownership.retention import Counts
from gis_core.ownership.stock import note_gone
from gis_core.tasks import RunningJob
from layers.intake import source_imports
from layers.intake.models import FileImport
from layers.intake.services import deliveries, imports, preparing, reference, refreshing, retiring
from layers.intake.services.inbox import harmless

LEFT_BEHIND_S = 3 * 86_400


def import_files(running: RunningJob) -> dict[str, Any]:
    """Try reference data out, or bring it in; the report is the job's. An import that loads nothing fails."""
    made = FileImport.objects.get(pk=running.parameters["import"])
    if made.state == FileImport.State.READING:
        imports.read(made.pk, running.report_progress)
        made.refresh_from_db()
        assert made.plan is not None
        return dict(made.plan["report"])
    report = imports.apply(made.pk, running.report_progress)
    source_imports.attach(report["number"], running.job)
    return report


def leave_reference(job: Job) -> None:
    """A job that ended badly leaves its import where people can go on; uploaded files go that nobody decides on."""
    job.refresh_from_db()
    with acting_as(SYSTEM):
        if not imports.is_followed(job):
            reference.leave(job)


def forget_replaced_rows(timestamp: int) -> None:
    """Every night: what imports replaced long ago goes, and imports of which nobody needs anything."""
    with acting_as(SYSTEM), transaction.atomic():
        gone = source_imports.forget_old()
        imports.leave_abandoned()
        note_gone("imports", gone + imports.forget_old())


def sweep_inbox(timestamp: int) -> None:
    """Every night: uploads that no job will take any more go, a few days after they came."""
    with acting_as(SYSTEM):
        with transaction.atomic():
            note_gone("imports", imports.forget_old())
        left = left_behind()
    for folder in left:
        erase(folder)
    note_gone("inbox", len(left))


def inbox() -> list[Path]:
    """The uploads that are there, each in its folder."""
    return [*Path(settings.INBOX_DIR).glob("*")]


def left_behind() -> list[Path]:
    """Those that no job will take any more, some days old."""
    open_jobs = Job.objects.filter(parameters__has_key="folder", state__in=(Job.State.WAITING, Job.State.RUNNING))
    awaited = {harmless(str(job.parameters["folder"])) for job in open_jobs} | imports.list_awaited_folders()
    left = []
    for folder in inbox():
        # Another worker may be removing it at this moment.
        with suppress(FileNotFoundError):
            if folder.name not in awaited and time.time() - folder.stat().st_mtime > LEFT_BEHIND_S:
                left.append(folder)
    return left


def count_left_behind() -> Counts:
    """How many uploads `sweep_inbox` removes."""
    return [(None, len(left))] if (left := left_behind()) else []


def rehearse_forgetting() -> Counts:
    """How many imports and reports go, to be undone."""
    return [(None, gone)] if (gone := source_imports.forget_old() + imports.forget_old()) else []


# -- files of any source -----------------------------------------------------------------------------------------------


def read_files(running: RunningJob) -> dict[str, Any]:
    """Look at files that were sent, and plan what they would do."""
    return imports.read(int(running.parameters["import"]), running.report_progress)


def apply_import(running: RunningJob) -> dict[str, Any]:
    """Do what was planned."""
    return imports.apply(int(running.parameters["import"]), running.report_progress)


def revert_import(running: RunningJob) -> dict[str, Any]:
    """Undo what an import did."""
    return imports.revert(int(running.parameters["import"]), running.report_progress)


def leave_file_import(job: Job, leave: Callable[[int, str, Any], None] = imports.leave) -> None:
    """A job that ended badly leaves its import where people can go on, with the job's reason and what it found."""
    job.refresh_from_db()
    with acting_as(SYSTEM):
        if job.state != Job.State.DONE and not imports.is_followed(job):
            leave(int(job.parameters["import"]), job.message, job.report)


# -- files that become layers ------------------------------------------------------------------------------------------


def leave_layer_import(job: Job) -> None:
    """The same of an import of a layer, whose dry run reports its plan."""
    leave_file_import(job, preparing.leave)


def inspect_delivery(running: RunningJob) -> dict[str, Any]:
    """Read what was delivered; the report says what was found."""
    read_files(running)
    return deliveries.describe_inspection(FileImport.objects.get(pk=running.parameters["import"]))


def prepare_import(running: RunningJob) -> dict[str, Any]:
    """Try an import out."""
    read_files(running)
    made = FileImport.objects.get(pk=running.parameters["import"])
    assert made.plan is not None
    return preparing.counts_in(made.plan)


def apply_layer_import(running: RunningJob) -> dict[str, Any]:
    """Do what was tried out."""
    return preparing.counts_in(apply_import(running))


def drop_former_tables(timestamp: int) -> None:
    """Every night: the tables that replaced ones left behind go."""
    with acting_as(SYSTEM), transaction.atomic():
        note_gone("former_tables", len(retiring.retire()))


def refresh_layers(timestamp: int) -> None:
    """Every quarter of an hour: layers that are due are brought up to date from their folder or address."""
    refreshing.refresh_due()
