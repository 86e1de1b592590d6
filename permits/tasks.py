"""What planning applications do in the background."""

from typing import Any

from gis_core.tasks import RunningJob, job_task
from permits.services import sheets


@job_task(sheets.KIND, roles=None)
def permit_sheet(running: RunningJob) -> dict[str, Any]:
    """Freeze the parcel sheet of a file."""
    return sheets.freeze_sheet(running.job, running.rights)
