"""Where an import of reference data changes something: the communes that it touches, on a small map and as a table.

From the difference that is kept with a plan or a report (`layers.intake.import_loss.by_commune`): counts and INSEE
codes, nothing else.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from layers.intake.services.maps import Area, areas_of, small_map

type Change = Literal["beyond", "gone", "changed", "new", "same"]
LABELS: Final[Mapping[Change, Any]] = {
    "beyond": _("Loses too many objects"),
    "gone": _("Loses objects"),
    "changed": pgettext_lazy("commune", "Changed"),
    "new": _("Gains objects"),
    "same": pgettext_lazy("commune", "Unchanged"),
}
MARKS: Final[Mapping[Change, str]] = {"beyond": "gone", "gone": "gone", "changed": "changed", "new": "new"}
"""How a small map marks each, beside its outline: with the signs of objects."""
KEYS: Final[Mapping[Change, str]] = {
    "beyond": "beyond",
    "gone": "out",
    "changed": "changed",
    "new": "in",
    "same": "same",
}
"""The style of each in the legend."""
BY_WEIGHT: Final[tuple[Change, ...]] = ("beyond", "gone", "changed", "new")


def describe_communes(compared: Mapping[str, Any] | None) -> dict[str, Any]:
    """For `intake/commune_changes.html`: every commune with what changes there, and the map of those whose boundary is
    known; {} where none is.
    """
    communes = (compared or {}).get("communes") or ()
    areas = {area.insee: area for area in areas_of([one["commune"] for one in communes])}
    if not areas:
        return {}
    lines = [line_of(one, areas.get(one["commune"])) for one in communes]
    drawn = [(line["change"], line["area"]) for line in lines if line["area"]]
    marks: dict[str, list[int]] = {"new": [], "changed": [], "gone": []}
    for change, area in drawn:
        if change in MARKS:
            marks[MARKS[change]] += map(round, area.place)
    changes = {change for change, _area in drawn}
    return {
        "communes": lines,
        "communes_map": small_map(None, changes=marks, areas=drawn),
        "communes_legend": [(KEYS[change], label) for change, label in LABELS.items() if change in changes],
        "more_communes": compared["more_communes"] if compared else 0,
    }


def line_of(one: Mapping[str, Any], area: Area | None) -> dict[str, Any]:
    """A line of the table, from the counts of a commune."""
    change = change_of(one)
    return {**one, "change": change, "label": LABELS[change], "name": area.name if area else "", "area": area}


def change_of(one: Mapping[str, Any]) -> Change:
    """The one thing that the map says of a commune: what weighs most."""
    return next((change for change in BY_WEIGHT if one[change]), "same")
