"""Printing maps in the background, and forgetting old ones."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rasterio.errors import RasterioError

from gis_core.database import clock as database_clock
from gis_core.errors import Unavailable
from gis_core.jobs.files import KEPT
from gis_core.models import Member
from gis_core.ownership.stock import note_gone
from gis_core.tasks import RunningJob
from layers.printing.order import PrintOrder
from layers.printing.services.drawing import print_sheets
from layers.printing.services.prints import FILES

forget_scratch = FILES.forget_scratch


def print_map(running: RunningJob) -> dict[str, Any]:
    """Print a map, or several as one file: a whole PDF file, or none and the reason in words."""
    job, kept = running.job, running.parameters
    orders = [PrintOrder.from_json(one) for one in kept.get("orders") or [kept["order"]]]
    scratch = FILES.scratch_of(job)
    FILES.forget_scratch(job)
    try:
        scratch.mkdir(parents=True)
        printed = print_sheets(
            orders,
            running.rights,
            scratch,
            running.report_progress,
            scratch / "map.pdf",
            author=orders[0].author or str(job.started_by),
            organisation=organisation_of(running),
            day=database_clock.today(),
            language=get_language() or "fr",
        )
        size = (scratch / "map.pdf").stat().st_size
        (scratch / "map.pdf").replace(FILES.file_of(job))
    except (OSError, RasterioError) as error:
        raise Unavailable(_("The map cannot be written: the disk is full or not writable.")) from error
    return {
        "file": f"/api/v1/prints/{job.pk}/file/",
        "bytes": size,
        "pages": printed.pages,
        "features": printed.features,
        "remarks": printed.remarks,
        "kept_until": (database_clock.today() + KEPT).isoformat(),
    }


def organisation_of(running: RunningJob) -> str:
    """The member that whoever prints works for, where it is one."""
    names = list(Member.objects.filter(pk__in=list(running.rights.roles)).values_list("name", flat=True)[:2])
    return names[0] if len(names) == 1 else ""


def sweep_prints(timestamp: int) -> None:
    """Every night: printed maps whose days are over go."""
    note_gone("made_files", FILES.remove_old())
