"""What an import would change, object by object: some of each kind in a table, all over on a map.

Collected while a plan is made (`ObjectChanges`), kept with it as JSON, worded when it is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gis_core.models import Member
from layers.features.display import display_number
from layers.intake.column_values import PLACE, RESERVED, display_value, is_reserved, label_of_column
from layers.intake.services.maps import SmallMap, small_map

type What = Literal["new", "changed", "gone"]
KINDS: Final[tuple[What, ...]] = ("changed", "new", "gone")
MOST_OBJECTS: Final = 50
"""Of each kind, those whose values are kept; of others only the place."""
MOST_DOTS: Final = 300
"""Of each kind, those that the map shows."""
LONGEST_VALUE: Final = 80


@dataclass(slots=True)
class ObjectChanges:
    """The objects of one layer (its slug, for the labels of its columns) that an import would change."""

    layer: str
    objects: dict[What, list[dict[str, Any]]] = field(default_factory=lambda: {one: [] for one in KINDS})
    dots: dict[What, list[int]] = field(default_factory=lambda: {one: [] for one in KINDS})

    def add(
        self,
        what: What,
        name: str,
        *,
        place: tuple[float, float] | None = None,
        values: Sequence[tuple[str, Any, Any]] = (),
        moved_m: float | None = None,
        redrawn: bool = False,
    ) -> None:
        """Note an object: its `place` (EPSG:2154), its values that change (column, before, after), how far it moves,
        whether its line is drawn anew.
        """
        if place is not None:
            self.dots[what] += (round(place[0]), round(place[1]))
        if len(self.objects[what]) < MOST_OBJECTS:
            said = [
                [column, self.as_kept(column, before), self.as_kept(column, after)] for column, before, after in values
            ]
            self.objects[what].append({"name": name[:LONGEST_VALUE], "values": said, "moved_m": moved_m,
                                      "redrawn": redrawn})  # fmt: skip

    def as_kept(self, column: str, value: Any) -> Any:
        """A value as JSON keeps it; of a column that only some roles see, that there is one."""
        if value is None or not is_reserved(self.layer, column):
            return as_kept(value)
        return RESERVED

    def as_json(self) -> dict[str, Any]:
        """As it is kept with a plan; of many places, some all over."""
        return {
            "layer": self.layer,
            "listed": self.objects,
            "dots": {one: thin_places(self.dots[one]) for one in KINDS},
        }


def as_kept(value: Any) -> Any:
    """A value as JSON keeps it."""
    if isinstance(value, date):
        return value.isoformat()
    return value[:LONGEST_VALUE] if isinstance(value, str) else value


def thin_places(places: Sequence[int]) -> list[int]:
    """At most MOST_DOTS of some [x, y, …], all over."""
    pairs = list(zip(places[::2], places[1::2], strict=True))
    return [value for pair in pairs[:: -(-len(pairs) // MOST_DOTS) or 1] for value in pair]


def changes_as_json(*layers: ObjectChanges) -> list[dict[str, Any]]:
    """Those of several layers as they are kept with a plan, without layers of which nothing changes."""
    return [one.as_json() for one in layers if any(one.objects.values()) or any(one.dots.values())]


# -- worded ------------------------------------------------------------------------------------------------------------


def changes_context(kept: Sequence[Mapping[str, Any]], owner: Member | None) -> dict[str, Any]:
    """For `intake/object_changes.html`: the table in the reader's language, and the map."""
    if not kept:
        return {}
    table = [
        describe_change(layer["layer"], what, one) for layer in kept for what in KINDS for one in layer["listed"][what]
    ]
    dots: dict[str, list[int]] = {what: [value for layer in kept for value in layer["dots"][what]] for what in KINDS}
    drawn = small_map(owner, changes=dots)
    return {"object_changes": table, "changes_map": drawn, "changes_legend": legend_of(drawn) if drawn else []}


def legend_of(drawn: SmallMap) -> list[tuple[str, str]]:
    """What each sign on the map means, by its style."""
    labels = {
        "in": (drawn.changes["new"], _("New")),
        "changed": (drawn.changes["changed"], _("Changed")),
        "out": (drawn.changes["gone"], _("No longer in the file")),
    }
    territory = [("territory", _("Territory"))] if drawn.territory else []
    return [*territory, *((style, label) for style, (places, label) in labels.items() if places)]


def describe_change(slug: str, what: str, one: Mapping[str, Any]) -> dict[str, Any]:
    lines = [
        {
            "label": label_of_column(slug, column),
            "before": display_value(slug, column, before),
            "after": display_value(slug, column, after),
        }
        for column, before, after in one["values"]
    ]
    if one["moved_m"] is not None:
        moved = _("moved by %(metres)s m") % {"metres": display_number(one["moved_m"], 1)}
        lines.append({"label": label_of_column(slug, PLACE), "before": "", "after": moved})
    if one["redrawn"]:
        lines.append({"label": _("Line"), "before": "", "after": _("drawn anew")})
    labels = {
        "new": pgettext("object of an import", "New"),
        "changed": pgettext("object of an import", "Changed"),
        "gone": _("No longer in the file"),
    }
    return {"what": what, "label": labels[what], "name": one["name"] or "—", "lines": lines}
