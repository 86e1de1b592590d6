"""What the pages of roads ask of the apps."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gis_core.wiring.points import ExtensionPoint

if TYPE_CHECKING:
    from gis_core.members.rights import Rights
    from layers.features.sheet import Link
    from networks.roads.references import Road

type PagePart = tuple[str, dict[str, Any]]
"""The template of a part, and its context."""
type RoadPart = Callable[[Road, Rights], PagePart | None]
type PlaceLink = Callable[[str, Rights], Link | None]
"""From a reference ("D 2020 PR 12+350"), for whom the page opens."""

ROAD_PARTS: ExtensionPoint[RoadPart] = ExtensionPoint(
    "roads.parts", "Parts of the page of a numbered road, in this order after its own."
)
PLACE_LINKS: ExtensionPoint[PlaceLink] = ExtensionPoint(
    "roads.place_links", "Pages that go on from a place on a road, in this order."
)
