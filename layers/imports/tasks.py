"""The job that imports uploaded files."""

import shutil
import time
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from gis_core.errors import Invalid
from gis_core.models import Job
from gis_core.rights import SYSTEM, acting_as
from gis_core.tasks import RunningJob, job_task
from layers.imports.services.inbox import harmless
from layers.imports.services.orders import KIND
from layers.imports.sources import Order, source_named, territory_for

LEFT_BEHIND_S = 3 * 86_400


def forget_files(job: Job) -> None:
    """What was uploaded goes with the job's end."""
    shutil.rmtree(folder_of(job.parameters), ignore_errors=True)


@job_task(KIND, afterwards=forget_files)
def import_files(running: RunningJob) -> dict[str, Any]:
    """Import what was uploaded; the report is the job's. An import that loads nothing fails."""
    folder = folder_of(running.parameters)
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    if not files:
        raise Invalid(_("The uploaded files are no longer there: send them again."))
    member = running.job.owner
    territory = territory_for(member, running.rights)
    given = running.parameters.get("date")
    source_date = date.fromisoformat(given) if given else None
    order = Order(paths=files, member=member, territory=territory, source_date=source_date, tell=running.tell)
    report = source_named(str(running.parameters.get("source"))).run(order).as_json()
    if report["exit_code"] == 2:
        raise Invalid(_("Nothing was loaded: see the report."), report=report)
    return report


@app.periodic(cron="37 3 * * *")
@app.task(name="sweep_inbox", queueing_lock="sweep_inbox")
def sweep_inbox(timestamp: int) -> None:
    """Every night: uploads that no job will take any more go, a few days after they came."""
    with acting_as(SYSTEM):
        open_jobs = Job.objects.filter(kind=KIND, state__in=(Job.State.WAITING, Job.State.RUNNING))
        awaited = {folder_of(job.parameters).name for job in open_jobs}
    for folder in Path(settings.INBOX_DIR).glob("*"):
        # Another worker may be removing it at this moment.
        with suppress(FileNotFoundError):
            if folder.name not in awaited and time.time() - folder.stat().st_mtime > LEFT_BEHIND_S:
                shutil.rmtree(folder, ignore_errors=True)


def folder_of(parameters: dict[str, Any]) -> Path:
    """The job's own folder in the inbox."""
    return Path(settings.INBOX_DIR) / harmless(str(parameters.get("folder", "")))
