"""What happens in the background: roads measured again once they changed, coverage studies."""

import logging
from typing import Any

from gis_core.database.outages import database_is_gone
from gis_core.errors import NotFound
from gis_core.members.rights import SYSTEM, acting_as, under_policies
from gis_core.tasks import RunningJob
from networks.roads.services import studies
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


def coverage_study(running: RunningJob) -> dict[str, Any]:
    """Make a study of a member with many addresses; the report names where it is kept."""
    member = running.job.owner
    if member is None:
        raise NotFound("")
    with under_policies():
        query = studies.question_of(running.parameters, member, running.rights)
        made = studies.compute(query, rights=running.rights, progress=running.report_progress)
    return {"study": made.pk}
