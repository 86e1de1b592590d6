"""What happens in the background: roads measured again once they changed, imports, coverage studies."""

import logging
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from gis_core.errors import NotFound
from gis_core.models import Job
from gis_core.rights import SYSTEM, acting_as, under_policies
from gis_core.tasks import RunningJob, job_task
from layers.imports.services.inbox import harmless
from networks.core.rights import TECHNICIANS
from networks.roads import asset_tasks as asset_tasks
from networks.roads.services import importing, studies
from networks.roads.services.calibrating import calibrate, stale_roads

log = logging.getLogger("arpent.tasks")
KEPT = timedelta(days=7)


@app.periodic(cron="* * * * *")
@app.task(name="calibrate_roads", queueing_lock="calibrate_roads", lock="calibrate_roads")
def calibrate_roads(timestamp: int) -> None:
    """Every minute: roads whose sections or markers changed. One that fails leaves the others."""
    with acting_as(SYSTEM):
        for road in stale_roads():
            try:
                calibrate(*road)
            except Exception:
                log.exception("a road could not be measured", extra={"fields": road._asdict()})


def forget_files(job: Job) -> None:
    """The files stay for whoever may load them next; after that, or where they could not be read, they go."""
    job.refresh_from_db()
    if job.state == Job.State.DONE and not job.parameters.get("write"):
        return
    remove_folder(job.parameters)


def remove_folder(parameters: dict[str, Any]) -> None:
    shutil.rmtree(Path(settings.INBOX_DIR) / harmless(str(parameters["folder"])), ignore_errors=True)


@job_task(importing.KIND, roles=TECHNICIANS, afterwards=forget_files)
def import_roads(running: RunningJob) -> dict[str, Any]:
    """Say what files of sections or markers would change, or do it."""
    assert running.job.owner is not None
    return importing.run_job(running.job.owner, running.parameters, running.tell)


@app.periodic(cron="47 2 * * *")
@app.task(name="forget_roads_read", queueing_lock="forget_roads_read")
def forget_roads_read(timestamp: int) -> None:
    """Every night: files that were read a week ago, and that nobody loaded, go."""
    with acting_as(SYSTEM):
        old = Job.objects.filter(kind=importing.KIND, ended_at__lt=timezone.now() - KEPT)
        for parameters in old.values_list("parameters", flat=True):
            remove_folder(parameters)


@job_task(studies.KIND, roles=TECHNICIANS)
def coverage_study(running: RunningJob) -> dict[str, Any]:
    """Make a study of a member with many addresses; the report names where it is kept."""
    member = running.job.owner
    if member is None:
        raise NotFound("")
    with under_policies():
        asked = studies.question_of(running.parameters, member, running.rights)
        made = studies.compute(asked, rights=running.rights, tell=running.tell)
    return {"study": made.pk}
