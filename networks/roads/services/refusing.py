"""What the database refuses of markers, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from layers.features.display import code_label
from networks.roads import code_lists
from networks.roads.references import Road


def marker_taken(params: Mapping[str, Any]) -> str:
    """A road has a marker of this number already (`arpent.marker_once`)."""
    if "other" not in params:
        return _("A road has one marker of each number and carriageway in a Département: this one is taken.")
    message = _(
        "%(road)s has a PR %(number)s (%(carriageway)s) already, kept by %(other)s: a road has one marker of each"
        " number and carriageway in a Département. Change one of the three."
    )
    return message % {
        "road": Road(params["route"], params["department"]),
        "number": params["number"],
        "carriageway": code_label(code_lists.CARRIAGEWAYS, params["carriageway"], english=False),
        "other": params["other"],
    }
