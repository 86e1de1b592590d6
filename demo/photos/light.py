"""The sun and the camera of a campaign."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin, tan


@dataclass(frozen=True, slots=True)
class Light:
    """Azimuth (clockwise from north) and elevation of the sun in degrees, and what the camera makes of colours."""

    azimuth: float
    elevation: float
    shade: tuple[float, float, float]
    """How much of each band a cast shadow leaves."""
    gain: tuple[float, float, float]
    haze: tuple[float, float, float]
    grain: float
    """Spread of the sensor's noise, in levels."""
    ambient: float = 0.42

    @property
    def toward(self) -> tuple[float, float]:
        """The horizontal unit vector to the sun: east, south."""
        return sin(radians(self.azimuth)), -cos(radians(self.azimuth))

    @property
    def slope(self) -> float:
        """How many metres a sunray rises over a metre."""
        return tan(radians(self.elevation))

    def on_slope(self, east: float, south: float, tangent: float) -> float:
        """Brightness (level ground: 1) of a plane that falls towards the unit vector (east, south)."""
        sine, cosine = sin(radians(self.elevation)), cos(radians(self.elevation))
        sx, sy = self.toward
        tilt = (tangent * (east * sx + south * sy) * cosine + sine) / (1 + tangent**2) ** 0.5
        return float(self.ambient + (1 - self.ambient) * max(0.0, tilt) / sine)


JUNE = Light(128.0, 56.0, (0.44, 0.465, 0.525), (0.965, 0.97, 0.965), (6.0, 7.5, 9.0), 2.6)
AUGUST = Light(214.0, 47.0, (0.41, 0.43, 0.48), (1.045, 1.02, 0.975), (0.0, 0.0, 2.0), 2.0)
