"""Where a tile lies in the Web Mercator pyramid."""

import re
from dataclasses import dataclass

from tiles.errors import NotATileError

DEEPEST_ZOOM = 22
HALF_WORLD_M = 20_037_508.342789244
EXTENT = 4096
BUFFER = 64
NUMBER = re.compile(r"[0-9]{1,8}")

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Address:
    """A tile of the XYZ pyramid (EPSG:3857, row 0 in the north)."""

    z: int
    x: int
    y: int

    @property
    def exists(self) -> bool:
        return self.z <= DEEPEST_ZOOM and max(self.x, self.y) < 1 << self.z

    @property
    def width_m(self) -> float:
        """The tile's side in Web Mercator metres."""
        return 2 * HALF_WORLD_M / (1 << self.z)

    def bbox_3857(self, margin_m: float = 0.0) -> Box:
        """(west, south, east, north), widened by a margin on every side."""
        side = self.width_m
        west, north = self.x * side - HALF_WORLD_M, HALF_WORLD_M - self.y * side
        return west - margin_m, north - side - margin_m, west + side + margin_m, north + margin_m

    @property
    def unit_m(self) -> float:
        """The side of one of the 4096 units of the tile's grid, in Web Mercator metres."""
        return self.width_m / EXTENT


def parse_address(z: str, x: str, y: str) -> Address:
    """The address written as three decimal numbers; raises NotATileError for anything else."""
    if not all(NUMBER.fullmatch(part) for part in (z, x, y)):
        raise NotATileError
    address = Address(int(z), int(x), int(y))
    if not address.exists:
        raise NotATileError
    return address
