"""Making the files of exports in the background, and forgetting old ones."""

from typing import Any

from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import Unavailable
from gis_core.jobs.files import KEPT
from gis_core.ownership.stock import note_gone
from gis_core.tasks import RunningJob
from layers.exports.services import files, making
from layers.exports.services.files import FILES

forget_scratch = FILES.forget_scratch


def export_layers(running: RunningJob) -> dict[str, Any]:
    """Make the file of an export: whole, or none and the reason in words."""
    job, order = running.job, running.parameters["order"]
    scratch, stem = FILES.scratch_of(job), files.stem_of(job)
    FILES.forget_scratch(job)
    try:
        scratch.mkdir(parents=True)
        made = making.make_file(
            order, rights=running.rights, folder=scratch, stem=stem, progress=running.report_progress
        )
        size = making.put_away(made.path, FILES.file_of(job))
    except OSError as error:
        raise Unavailable(_("The file cannot be written: the disk is full or not writable.")) from error
    return {
        "file": f"/api/v1/exports/{job.pk}/file/",
        "name": f"{stem}.{files.suffix_of(job)}",
        "bytes": size,
        "layers": list(made.layers),
        "remarks": list(made.remarks),
        "kept_until": (database_clock.today() + KEPT).isoformat(),
    }


def sweep_exports(timestamp: int) -> None:
    """Every night: files of exports whose days are over go."""
    note_gone("made_files", FILES.remove_old())
