"""What the database refuses of markers, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from networks.roads import lists
from networks.roads.references import Road


def marker_taken(told: Mapping[str, Any]) -> str:
    """A road has a marker of this number already (`arpent.marker_once`)."""
    if "other" not in told:
        return _("A road has one marker of each number and carriageway in a Département: this one is taken.")
    words = _(
        "%(road)s has a PR %(number)s (%(carriageway)s) already, kept by %(other)s: a road has one marker of each"
        " number and carriageway in a Département. Change one of the three."
    )
    return words % {
        "road": Road(told["route"], told["department"]),
        "number": told["number"],
        "carriageway": lists.word(lists.CARRIAGEWAYS, told["carriageway"]),
        "other": told["other"],
    }
