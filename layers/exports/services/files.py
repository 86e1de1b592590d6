"""Files of exports: kept for a few days, fetched by whoever ordered them while they may read the same, nobody else."""

from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import Conflict, Forbidden, NotFound
from gis_core.jobs.files import KEPT, OPEN, JobFiles
from gis_core.members.rights import Rights
from gis_core.models import Job
from layers.catalogue.models import Layer
from layers.exports.points import EXPORTS

SUFFIXES = {"gpkg": "gpkg", "shp": "zip", "xlsx": "xlsx"}


def suffix_of(job: Job) -> str:
    form = job.parameters["order"]["format"]
    maker = EXPORTS.find(form)
    return maker.suffix if maker else SUFFIXES[form]


FILES = JobFiles("export", "EXPORTS_DIR", suffix_of)


def get_export_file(job: Job, rights: Rights, mark: str) -> Path:
    """The file of an export. `mark` is that of the asker's rights now.

    Raises Conflict (not made yet, or it failed), NotFound (its days are over), Forbidden (the asker may no longer read
    what is in it).
    """
    if job.state in OPEN:
        raise Conflict(_("This export is not ready yet."))
    if not FILES.is_there(job):
        message = _("This export has no file, or its %(days)s days are over: export again.")
        raise NotFound(message % {"days": KEPT.days})
    slugs = {one["layer"] for one in job.parameters["order"]["layers"]}
    seen = Layer.objects.visible_to(rights).filter(slug__in=slugs).count()
    if job.parameters["rights"] != mark or seen < len(slugs):
        raise Forbidden(_("Your rights have changed since this export: export again."))
    return FILES.file_of(job)


def stem_of(job: Job) -> str:
    """What the downloaded file is called, without its ending: as ordered, after its layer, or as an export."""
    layers = job.parameters["order"]["layers"]
    name = job.parameters["order"].get("stem") or (layers[0]["layer"] if len(layers) == 1 else "export")
    return f"{name}-{timezone.localdate(job.created_at):%Y-%m-%d}"
