"""What happens in the background: scans, covers, imports. Hours are in UTC."""

from typing import Any

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from gis_core.errors import NotFound
from gis_core.jobs.services import queue_task
from gis_core.members.rights import SYSTEM, acting_as, under_policies
from gis_core.tasks import RunningJob
from layers.intake.models import FileImport
from networks.water.services import coverage, importing
from networks.water.services.anomalies import scanning
from networks.water.services.inspections import rebind


def scan_network(running: RunningJob) -> dict[str, Any]:
    """Look for the anomalies of a member's network."""
    assert running.job.owner_id is not None
    return scanning.scan(running.job.owner_id, str(running.parameters.get("family")), running.report_progress)


def scan_networks(timestamp: int) -> None:
    """Every night: networks that changed since their last scan."""
    with acting_as(SYSTEM):
        scanning.scan_changed()


def scan_soon() -> None:
    """Have the networks that changed scanned, without waiting for the night."""
    try:
        with transaction.atomic():
            queue_task("scan_networks", {"timestamp": 0})
    except AlreadyEnqueued:
        return


def fire_coverage(running: RunningJob) -> dict[str, Any]:
    """Compute the cover of the hydrants of a member with many buildings; the report names where it is kept."""
    member = running.job.owner
    if member is None:
        raise NotFound("")
    question = coverage.Question(member=member, **running.parameters)
    with under_policies():
        made = coverage.compute(question, rights=running.rights, progress=running.report_progress)
    return {"coverage": made.pk}


def follow_import(made: FileImport) -> None:
    """After a network was loaded: inspections find their hydrants again, and it is looked at for anomalies."""
    rebind(made.owner_id or 0)
    scan_soon()


def undo_network_snapping(running: RunningJob) -> dict[str, Any]:
    """Put every snapped end back."""
    return importing.undo(int(running.parameters["import"]), running.report_progress)
