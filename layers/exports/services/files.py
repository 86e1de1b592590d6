"""Files of exports: kept for a few days, fetched by whoever ordered them while they may read the same, nobody else."""

import shutil
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import Conflict, Forbidden, NotFound
from gis_core.members.rights import Rights
from gis_core.models import Job, JobQuerySet
from layers.catalogue.models import Layer
from layers.exports.points import EXPORTS

KIND = "export"
KEPT = timedelta(days=7)
LATEST_EXPORTS = 20
SCRATCH = ".part"
OPEN = (Job.State.WAITING, Job.State.RUNNING)
SUFFIXES = {"gpkg": "gpkg", "shp": "zip", "xlsx": "xlsx", "parquet": "parquet", "dxf": "dxf"}


def exports_of(rights: Rights) -> JobQuerySet:
    """The asker's own exports, newest first."""
    return Job.objects.visible_to(rights).filter(kind=KIND, started_by_id=rights.user_id)


def export_of(*, rights: Rights, job_id: int) -> Job:
    """One of the asker's own exports. Raises NotFound."""
    job = exports_of(rights).filter(pk=job_id).first()
    if job is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return job


def finished_file(job: Job, rights: Rights, mark: str) -> Path:
    """The file of an export. `mark` is that of the asker's rights now.

    Raises Conflict (not made yet, or it failed), NotFound (its days are over), Forbidden (the asker may no longer read
    what is in it).
    """
    if job.state in OPEN:
        raise Conflict(_("This export is not ready yet."))
    path = file_of(job)
    if job.state != Job.State.DONE or not path.is_file():
        message = _("This export has no file, or its %(days)s days are over: export again.")
        raise NotFound(message % {"days": KEPT.days})
    slugs = {one["layer"] for one in job.parameters["order"]["layers"]}
    seen = Layer.objects.visible_to(rights).filter(slug__in=slugs).count()
    if job.parameters["rights"] != mark or seen < len(slugs):
        raise Forbidden(_("Your rights have changed since this export: export again."))
    return path


def is_there(job: Job) -> bool:
    return job.state == Job.State.DONE and file_of(job).is_file()


def suffix_of(job: Job) -> str:
    form = job.parameters["order"]["format"]
    maker = EXPORTS.find(form)
    return maker.suffix if maker else SUFFIXES[form]


def file_of(job: Job) -> Path:
    return folder() / f"{job.pk}.{suffix_of(job)}"


def scratch_of(job: Job) -> Path:
    """Where the worker puts a file that is not whole yet."""
    return folder() / f"{job.pk}{SCRATCH}"


def folder() -> Path:
    return Path(settings.EXPORTS_DIR)


def stem_of(job: Job) -> str:
    """What the downloaded file is called, without its ending: as ordered, after its layer, or as an export."""
    layers = job.parameters["order"]["layers"]
    name = job.parameters["order"].get("stem") or (layers[0]["layer"] if len(layers) == 1 else "export")
    return f"{name}-{timezone.localdate(job.created_at):%Y-%m-%d}"


def remove_old() -> int:
    """Files whose days are over go, and what a killed worker left; returns how many went."""
    limit = time.time() - KEPT.total_seconds()
    old = [path for path in folder().glob("*") if path.stat().st_mtime < limit]
    for path in old:
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
    return len(old)
