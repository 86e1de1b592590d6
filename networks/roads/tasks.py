"""What happens in the background: roads measured again once they changed, imports, coverage studies."""

import logging
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings

from gis_core.database.outages import database_is_gone
from gis_core.errors import NotFound
from gis_core.members.rights import SYSTEM, acting_as, under_policies
from gis_core.models import Job
from gis_core.tasks import RunningJob
from layers.intake import source_imports
from layers.intake.services.inbox import harmless
from networks.roads.services import importing, studies
from networks.roads.services.calibrating import calibrate, stale_roads

log = logging.getLogger("arpent.tasks")


def calibrate_roads(timestamp: int) -> None:
    """Every minute: roads whose sections or markers changed. One that fails leaves the others."""
    with acting_as(SYSTEM):
        for road in stale_roads():
            try:
                calibrate(*road)
            except Exception as error:
                if database_is_gone(error):
                    raise
                log.exception("a road could not be measured", extra={"fields": road._asdict()})


def forget_files(job: Job) -> None:
    """The files stay for whoever may load them next, what was read or what a load that ended badly left; after that, or
    where they could not be read, they go."""
    job.refresh_from_db()
    if not importing.may_load(job):
        shutil.rmtree(Path(settings.INBOX_DIR) / harmless(str(job.parameters["folder"])), ignore_errors=True)


def import_roads(running: RunningJob) -> dict[str, Any]:
    """Say what files of sections or markers would change, or do it."""
    assert running.job.owner is not None
    report = importing.run_job(running.job.owner, running.parameters, running.tell)
    source_imports.attach(report.get("number"), running.job)
    return report


def take_back_roads(running: RunningJob) -> dict[str, int]:
    """Undo an import of sections or markers."""
    number, by = int(running.parameters["number"]), running.job.started_by
    return source_imports.take_back(number, by=by, rights=running.rights)


def coverage_study(running: RunningJob) -> dict[str, Any]:
    """Make a study of a member with many addresses; the report names where it is kept."""
    member = running.job.owner
    if member is None:
        raise NotFound("")
    with under_policies():
        asked = studies.question_of(running.parameters, member, running.rights)
        made = studies.compute(asked, rights=running.rights, tell=running.tell)
    return {"study": made.pk}
