"""Background jobs of the networks."""

from typing import Any

from gis_core.errors import NotFound
from gis_core.rights import under_policies
from gis_core.tasks import RunningJob, job_task
from networks.water.services import coverage
from networks.water.services.inspecting import INSPECTS


@job_task(coverage.KIND, roles=INSPECTS)
def fire_coverage(running: RunningJob) -> dict[str, Any]:
    """Compute the cover of the hydrants of a member with many buildings; the report names where it is kept."""
    member = running.job.owner
    if member is None:
        raise NotFound("")
    asked = coverage.Question(member=member, **running.parameters)
    with under_policies():
        made = coverage.compute(asked, rights=running.rights, tell=running.tell)
    return {"coverage": made.pk}
