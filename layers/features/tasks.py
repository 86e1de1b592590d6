"""Background work for editing: rules of a layer put in place, and what goes at night."""

from datetime import timedelta
from typing import Any

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from gis_core.database.statements import execute
from gis_core.errors import Invalid
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.ownership.stock import note_gone
from gis_core.tasks import RunningJob
from layers.catalogue.models import Layer
from layers.features.models import Notice
from layers.features.services.rules import set_rules

NOTICES_KEPT = timedelta(days=90)
NIGHT = timedelta(hours=25)


def put_rules_in_place(running: RunningJob) -> dict[str, Any]:
    """Give a layer its rules; the report repeats them."""
    layer = Layer.objects.with_archived(running.rights).filter(pk=running.parameters["layer"]).first()
    if layer is None or layer.owner_id != running.job.owner_id:
        raise Invalid(_("This layer is no longer there, or it has another owner."))
    set_rules(layer, running.parameters.get("rules"))
    return {"rules": layer.rules}


def tidy_edits(timestamp: int) -> None:
    """Every night: old notices go, extents that deletions left too wide are measured again."""
    with acting_as(SYSTEM):
        note_gone("notices", Notice.objects.filter(at__lt=Now() - NOTICES_KEPT).delete()[0])
        execute(
            "select arpent.measure_edited_layers(pg_catalog.now() - make_interval(secs => %s))", [NIGHT.total_seconds()]
        )
