"""Random tiles: each non-empty tile of the data's extent is as likely as another, none is given twice in one run."""

import random
from math import floor

from psycopg import Connection

from benchmarks.database import BenchDatabase
from benchmarks.territory import SEED
from tiles.services.address import HALF_WORLD_M, Address, Box

CHOICE = f"tuiles tirées uniformément parmi les tuiles non vides de l'emprise, graine {SEED}"
EXTENT = "select st_xmin(e), st_ymin(e), st_xmax(e), st_ymax(e) from (select st_extent(geom_3857) e from {}) t"
EXTENT_TABLE = "cadastre_parcel"
OCCUPIED = """
    select exists (select from cadastre_parcel where geom_3857 && box and st_intersects(geom_3857, box))
    from st_makeenvelope(%s, %s, %s, %s, 3857) as box
"""
# In the middle of the densest square kilometre: a village, where a map has most to draw.
DENSEST = """
    select st_x(p), st_y(p) from (
        select st_transform(st_snaptogrid(st_pointonsurface(geom), 500), 4326) as p, count(*) as parcels
        from cadastre_parcel where id % 8 = 0 group by 1 order by parcels desc, p limit 1) as densest
"""


class Grid:
    """Draws tile addresses in an extent (EPSG:3857); `connection` says which are empty."""

    def __init__(self, connection: Connection[tuple[object, ...]], extent: Box) -> None:
        self.connection = connection
        self.extent = extent
        self.random = random.Random(SEED)
        self.given: set[Address] = set()

    def fresh(self, z: int, count: int) -> list[Address]:
        """This many non-empty addresses not given before (fewer when the zoom has no more)."""
        drawn: list[Address] = []
        for _attempt in range(count * 40):
            if len(drawn) == count:
                break
            address = self.draw(z)
            if address not in self.given and self.is_occupied(address):
                self.given.add(address)
                drawn.append(address)
        return drawn

    def draw(self, z: int) -> Address:
        """Any tile that the extent touches, empty or not."""
        west, south, east, north = self.extent
        side = 2 * HALF_WORLD_M / 2**z
        columns = floor((west + HALF_WORLD_M) / side), floor((east + HALF_WORLD_M) / side)
        rows = floor((HALF_WORLD_M - north) / side), floor((HALF_WORLD_M - south) / side)
        return Address(z, self.random.randint(*columns), self.random.randint(*rows))

    def is_occupied(self, address: Address) -> bool:
        """Whether a parcel lies in the tile."""
        row = self.connection.execute(OCCUPIED, address.bbox_3857()).fetchone()
        return row is not None and bool(row[0])


def grid_of(made: BenchDatabase) -> Grid:
    """The grid of the parcels' extent, the same draw at every run."""
    connection = made.connect("owner")
    row = connection.execute(EXTENT.format(EXTENT_TABLE)).fetchone()
    if row is None or row[0] is None:
        raise ValueError("the table of parcels is empty")
    west, south, east, north = (float(str(value)) for value in row)
    return Grid(connection, (west, south, east, north))


def densest_place(grid: Grid) -> tuple[float, float]:
    """Longitude and latitude of the place with most parcels."""
    row = grid.connection.execute(DENSEST.replace("%", "%%"), []).fetchone()
    if row is None:
        raise ValueError("the table of parcels is empty")
    return float(str(row[0])), float(str(row[1]))


def url_of(slug: str, address: Address) -> str:
    return f"/tiles/{slug}/{address.z}/{address.x}/{address.y}.mvt"
