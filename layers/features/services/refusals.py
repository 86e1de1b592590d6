"""What the database refuses of an edit, in words: references that must be unique, rules that are constraints."""

from django.db import DatabaseError
from django.utils.translation import gettext as _

from gis_core.errors import ArpentError
from layers.catalogue.models import Layer
from layers.features.errors import FieldRefused, GeometryRefused

UNIQUE, RULE = "23505", "AR002"


def refusal(error: DatabaseError, layer: Layer, index: int) -> ArpentError | None:
    """The refusal behind a database error of one edit, None for another failure."""
    cause = error.__cause__
    state, diagnosis = getattr(cause, "sqlstate", None), getattr(cause, "diag", None)
    constraint = getattr(diagnosis, "constraint_name", None) or ""
    if state == UNIQUE:
        name = layer.key_column if constraint.endswith("_reference") else constraint.rpartition("_unique_")[2]
        return FieldRefused([{"index": index, "field": name, "message": _("Another object has this value already.")}])
    if state == RULE:
        return GeometryRefused(str(getattr(diagnosis, "message_primary", "")), index)
    return None
