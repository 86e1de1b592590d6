"""What the settings of a layer need the worker for."""

from typing import Any

from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.tasks import RunningJob
from layers.catalogue.models import Layer
from layers.settings.services.keys import set_key
from layers.settings.services.retiring import delete_layer


def put_key_in_place(running: RunningJob) -> dict[str, Any]:
    """Give a layer its unique reference; the report repeats it."""
    layer = Layer.objects.with_archived(running.rights).filter(pk=running.parameters["layer"]).first()
    if layer is None or layer.owner_id != running.job.owner_id:
        raise Invalid(_("This layer is no longer there, or it has another owner."))
    set_key(layer, str(running.parameters.get("column") or ""))
    return {"column": layer.key_column}


def delete_with_objects(running: RunningJob) -> dict[str, Any]:
    """Delete a layer; the report says how many objects and photos went."""
    return delete_layer(running.parameters["layer"], running.job.owner_id, running.rights)
