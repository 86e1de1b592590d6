"""The shadow of a variant at nine instants: three days of a year, at three hours of legal time each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from gis_core.members.rights import Rights
from simulation.services.shadows import Shadow, cast_shadow

PARIS = ZoneInfo("Europe/Paris")
DAYS = ((3, 21), (6, 21), (12, 21))
HOURS = (9, 12, 15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    at: datetime
    shadow: Shadow


def at_hour(day: date, hour: int, minute: int = 0) -> datetime:
    """An instant of legal time in metropolitan France."""
    return datetime.combine(day, time(hour, minute), PARIS)


def moments_of(variant: Mapping[str, Any], year: int, rights: Rights) -> Iterator[Moment]:
    """The nine of a year, in their order."""
    for month, day in DAYS:
        for hour in HOURS:
            at = at_hour(date(year, month, day), hour)
            yield Moment(at=at, shadow=shadow_of_variant(variant, at, rights))


def shadow_of_variant(variant: Mapping[str, Any], at: datetime, rights: Rights) -> Shadow:
    """On the relief where it is known to the asker, else on flat ground; what is demolished casts none."""
    return cast_shadow(volumes=variant["volumes"], at=at, terrain=None, rights=rights, demolished=variant["demolished"])
