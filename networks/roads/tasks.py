"""What happens in the background: coverage studies. Hours are in UTC."""

from typing import Any

from gis_core.errors import NotFound
from gis_core.rights import under_policies
from gis_core.tasks import RunningJob, job_task
from networks.core.rights import TECHNICIANS
from networks.roads.services import studies


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
