"""What the worker was asked to put in place for a layer and has not yet: the form that asked shows it as the rules."""

from typing import Any

from gis_core.jobs.services import jobs_seen_by
from gis_core.members.rights import Rights
from gis_core.models import Job
from layers.catalogue.models import Layer
from layers.features.services import rules
from layers.settings.services import keys

OPEN = (Job.State.WAITING, Job.State.RUNNING)
SETTINGS = {"key_column": (keys.KIND, "column"), "rules": (rules.KIND, "rules")}


def with_pending_settings(layer: Layer, rights: Rights) -> Layer:
    """The layer, with the reference and the rules that it will have once the worker is done. It is not to be saved."""
    for name, (kind, parameter) in SETTINGS.items():
        job = last_job(layer, kind, rights)
        if job is not None and job.state in OPEN:
            setattr(layer, name, job.parameters[parameter])
    return layer


def last_job(layer: Layer, kind: str, rights: Rights) -> Any:
    """The last job of this kind for the layer, None for none."""
    return jobs_seen_by(rights).filter(kind=kind, parameters__layer=layer.pk).order_by("-pk").first()
