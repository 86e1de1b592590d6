"""Who turns an address into a place. The app that holds addresses registers itself when it starts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address was found (EPSG:2154), how it is written there, and how like the two are (0 to 1)."""

    x: float
    y: float
    label: str
    score: float


type Geocoder = Callable[[Sequence[str]], list[Place | None]]

_geocoders: list[Geocoder] = []


def register_geocoder(geocoder: Geocoder) -> None:
    """Have addresses looked up by this function: one answer for each text, None for one that is not found."""
    _geocoders.append(geocoder)


def can_geocode() -> bool:
    return bool(_geocoders)


def geocode(texts: Sequence[str]) -> list[Place | None]:
    """Where each address is; the first registered app that finds one is believed."""
    found: list[Place | None] = [None] * len(texts)
    for geocoder in _geocoders:
        missing = [number for number, place in enumerate(found) if place is None]
        for number, place in zip(missing, geocoder([texts[number] for number in missing]), strict=True):
            found[number] = place
    return found
