"""Where the sun stands, and where shadows fall in Lambert-93.

NOAA's solar calculator (J. Meeus, Astronomical Algorithms, chapters 25 and 28): within 0.02 degrees of NREL's algorithm
(pvlib's `spa_python`) between 1950 and 2050.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import asin, atan2, cos, degrees, fsum, radians, sin, tan
from typing import Final
from zoneinfo import ZoneInfo

PARIS: Final = ZoneInfo("Europe/Paris")
CONE: Final = 0.7256077650532670
"""The sine of Lambert-93's reference latitude: its meridians converge by this part of their longitude (NTG 71, IGN)."""
CENTRAL_MERIDIAN: Final = 3.0
J2000: Final = datetime(2000, 1, 1, 12, tzinfo=UTC)
TERRESTRIAL_TIME: Final = timedelta(seconds=69)
"""Terrestrial time minus universal time in these years: 0.003 degrees of longitude in a century, kept for order."""
STRIP_DAYS: Final = ((6, 21), (3, 21), (12, 21))
STRIP_HOURS: Final = (9, 12, 15)


@dataclass(frozen=True, slots=True)
class Sun:
    """`azimuth` clockwise from true north, `grid_azimuth` from Lambert-93's; degrees; elevation without refraction."""

    azimuth: float
    elevation: float
    grid_azimuth: float

    @property
    def is_up(self) -> bool:
        return self.elevation > 0

    @property
    def apparent_elevation(self) -> float:
        """With the refraction of a standard atmosphere (Bennett 1982): 0.16 degrees more at 5 degrees."""
        if self.elevation < -1:
            return self.elevation
        return self.elevation + 1 / tan(radians(self.elevation + 7.31 / (self.elevation + 4.4))) / 60

    def shadow_of(self, height_m: float) -> tuple[float, float]:
        """The vector (x, y) in EPSG:2154, in metres, from the foot of a height to the end of its shadow on flat ground.

        Raises ValueError while the sun is down.
        """
        if not self.is_up:
            raise ValueError("the sun is down")
        length = height_m / tan(radians(self.elevation))
        angle = radians(self.grid_azimuth)
        return -length * sin(angle), -length * cos(angle)


def sun_at(instant: datetime, longitude: float, latitude: float) -> Sun:
    """The sun at an instant with its time zone, seen from degrees east and north. Raises ValueError: without a zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant has its time zone")
    centuries = (instant.astimezone(UTC) + TERRESTRIAL_TIME - J2000) / timedelta(days=36_525)
    ascension, declination = equatorial(centuries)
    hour_angle = radians((sidereal_degrees(instant) + longitude - degrees(ascension) + 180) % 360 - 180)
    place = radians(latitude)
    height = asin(sin(place) * sin(declination) + cos(place) * cos(declination) * cos(hour_angle))
    azimuth = degrees(
        atan2(sin(hour_angle), cos(hour_angle) * sin(place) - tan(declination) * cos(place)),
    )
    azimuth = (azimuth + 180) % 360
    # The parallax of the sun, 8.8 arc seconds on the horizon.
    elevation = degrees(height) - 8.794 / 3600 * cos(height)
    return Sun(azimuth=azimuth, elevation=elevation, grid_azimuth=(azimuth - convergence(longitude)) % 360)


def equatorial(centuries: float) -> tuple[float, float]:
    """Apparent right ascension and declination in radians, so many Julian centuries after 2000 (Meeus, 25)."""
    t = centuries
    mean_longitude = 280.46646 + t * (36_000.76983 + t * 0.0003032)
    anomaly = radians(357.52911 + t * (35_999.05029 - t * 0.0001537))
    centre = fsum((
        sin(anomaly) * (1.914602 - t * (0.004817 + t * 0.000014)),
        sin(2 * anomaly) * (0.019993 - t * 0.000101),
        sin(3 * anomaly) * 0.000289,
    ))  # fmt: skip
    node = radians(125.04 - 1934.136 * t)
    longitude = radians(mean_longitude + centre - 0.00569 - 0.00478 * sin(node))
    obliquity = radians(23.439291 - t * (0.0130042 + t * (1.64e-7 - t * 5.04e-7)) + 0.00256 * cos(node))
    ascension = atan2(cos(obliquity) * sin(longitude), cos(longitude))
    return ascension, asin(sin(obliquity) * sin(longitude))


def sidereal_degrees(instant: datetime) -> float:
    """Greenwich mean sidereal time (Meeus, 12.4), its nutation left aside (0.004 degrees at most)."""
    days = (instant.astimezone(UTC) - J2000) / timedelta(days=1)
    t = days / 36_525
    return (280.46061837 + 360.98564736629 * days + t * t * (0.000387933 - t / 38_710_000)) % 360


def convergence(longitude: float) -> float:
    """Degrees from the grid's north to true north, west of it: negative west of 3 degrees east."""
    return CONE * (longitude - CENTRAL_MERIDIAN)


def strip_of(year: int) -> list[datetime]:
    """The nine instants that a shadow is shown at: three days, three hours of legal time in Paris."""
    return [
        datetime.combine(date(year, month, day), time(hour), tzinfo=PARIS)
        for month, day in STRIP_DAYS
        for hour in STRIP_HOURS
    ]


def daylight_of(
    day: date, longitude: float, latitude: float, *, step: timedelta = timedelta(minutes=15)
) -> list[datetime]:
    """The instants of a legal day in Paris, a step apart, at which the sun is up."""
    begin = datetime.combine(day, time(0), tzinfo=PARIS).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(0), tzinfo=PARIS).astimezone(UTC)
    instants = (begin + step * rank for rank in range(int((end - begin) / step)))
    return [one.astimezone(PARIS) for one in instants if sun_at(one, longitude, latitude).is_up]
