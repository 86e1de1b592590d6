"""Random tiles, drawn where parcels lie, never the same twice in one run."""

import random
from math import floor

from pyproj import Transformer

from benchmarks.database import BenchDatabase
from benchmarks.territory import PARCELS, SEED
from tiles.services.address import HALF_WORLD_M, Address


class Grid:
    """Draws tile addresses around random parcels; each is given once, so that none comes from the cache."""

    def __init__(self, places: list[tuple[float, float]]) -> None:
        self.places = places
        self.random = random.Random(SEED)
        self.given: set[Address] = set()
        self.project = Transformer.from_crs(2154, 3857, always_xy=True)

    def fresh(self, z: int, count: int) -> list[Address]:
        """This many addresses not given before (fewer when the zoom has no more)."""
        drawn: list[Address] = []
        for _attempt in range(count * 40):
            if len(drawn) == count:
                break
            address = self.draw(z)
            if address not in self.given:
                self.given.add(address)
                drawn.append(address)
        return drawn

    def draw(self, z: int) -> Address:
        x, y = self.random.choice(self.places)
        east, north = self.project.transform(x, y)
        side = 2 * HALF_WORLD_M / 2**z
        return Address(z, floor((east + HALF_WORLD_M) / side), floor((HALF_WORLD_M - north) / side))


def places(made: BenchDatabase, count: int = 20_000) -> list[tuple[float, float]]:
    """Where some parcels lie (EPSG:2154), the same ones at every run."""
    step = PARCELS // count
    with made.connect("owner") as connection:
        rows = connection.execute(
            "select st_x(p), st_y(p) from (select st_centroid(geom) as p from cadastre_parcel where id %% %s = 0"
            " order by id) as chosen",
            [step],
        )
        return [(float(str(x)), float(str(y))) for x, y in rows]


def url_of(slug: str, address: Address) -> str:
    return f"/tiles/{slug}/{address.z}/{address.x}/{address.y}.mvt"
