"""Who turns an address into a place: the app that holds addresses gives `GEOCODERS` a function."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from layers.intake.points import GEOCODERS


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address was found (EPSG:2154), how it is written there, and how like the two are (0 to 1)."""

    x: float
    y: float
    label: str
    score: float


type Geocoder = Callable[[Sequence[str]], list[Place | None]]
"""One answer for each text, None for one that is not found."""


def can_geocode() -> bool:
    return bool(GEOCODERS.all())


def geocode(texts: Sequence[str]) -> list[Place | None]:
    """Where each address is; the first app that finds one is believed."""
    places: list[Place | None] = [None] * len(texts)
    for geocoder in GEOCODERS.all():
        missing = [number for number, place in enumerate(places) if place is None]
        for number, place in zip(missing, geocoder([texts[number] for number in missing]), strict=True):
            places[number] = place
    return places
