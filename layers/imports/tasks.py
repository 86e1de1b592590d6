"""The job that imports uploaded files."""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from gis_core.errors import Conflict, Invalid
from gis_core.tasks import RunningJob, job_task
from layers.imports.services import KIND, harmless
from layers.imports.sources import Order, source_named, territory_for


@job_task(KIND)
def import_files(running: RunningJob) -> dict[str, Any]:
    """Import what was uploaded, then remove it; the report is the job's. An import that loads nothing fails."""
    folder = folder_of(running.parameters)
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    if not files:
        raise Invalid(_("The uploaded files are no longer there: send them again."))
    member = running.job.owner

    def tell(share: float | None, message: str) -> None:
        if running.should_stop():
            raise Conflict(_("The import was stopped; nothing was changed."))
        running.tell(share, message)

    order = Order(paths=files, member=member, territory=territory_for(member, running.rights), tell=tell)
    try:
        report = source_named(str(running.parameters.get("source"))).run(order).as_json()
    finally:
        # A failed job is not tried again: its files would stay for ever. Those of a killed worker wait for the next.
        shutil.rmtree(folder, ignore_errors=True)
    if report["exit_code"] == 2:
        raise Invalid(_("Nothing was loaded: see the report."), report=report)
    return report


def folder_of(parameters: dict[str, Any]) -> Path:
    """The job's own folder in the inbox."""
    return Path(settings.INBOX_DIR) / harmless(str(parameters.get("folder", "")))
