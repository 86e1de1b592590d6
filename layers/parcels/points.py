"""What the parcel sheet, and files about parcels, ask of the apps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gis_core.wiring.points import ExtensionPoint

if TYPE_CHECKING:
    from gis_core.members.rights import Rights
    from layers.parcels.sections import Section

SECTIONS: ExtensionPoint[Section] = ExtensionPoint(
    "parcels.sections",
    "Parts of the parcel sheet, for who sees the layers that they read: by their order, then by their slug. What it is "
    "comes from 10, rules from 30, what crosses it from 60, applications from 70, networks from 80, photos from 90.",
    key=lambda section: section.slug,
    order=lambda section: (section.order, section.slug),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationFacts:
    """What parts of its page know of a planning application: its national number without blanks, its parcels, a place
    on its ground (longitude, latitude), and what its form says, None where it says nothing: the floor area and the
    emprise that it creates (m²), the greatest height (m).
    """

    number: str
    idus: tuple[str, ...]
    place_4326: tuple[float, float] | None = None
    floor_created_m2: float | None = None
    emprise_created_m2: float | None = None
    height_m: float | None = None


type ApplicationPart = Callable[[ApplicationFacts, Rights], tuple[str, Mapping[str, Any]] | None]
"""The template of a part and its context."""

APPLICATION_PARTS: ExtensionPoint[ApplicationPart] = ExtensionPoint(
    "parcels.application_parts",
    "Parts of the page of a planning application, in this order before its history; one without anything to say gives"
    " none.",
)
