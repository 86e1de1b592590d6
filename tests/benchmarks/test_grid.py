from typing import Any

from benchmarks.grid import Grid
from tiles.services.address import Address

EXTENT = (1.0, 1.0, 40_000.0, 30_000.0)


class HalfEmpty:
    """A database in which parcels lie only east of 20 km."""

    def execute(self, _statement: str, box: tuple[float, ...]) -> Any:
        return self if box[2] > 20_000 else Nothing()

    def fetchone(self) -> tuple[bool]:
        return (True,)


class Nothing:
    def fetchone(self) -> tuple[bool]:
        return (False,)


def grid() -> Grid:
    return Grid(HalfEmpty(), EXTENT)  # type: ignore[arg-type]


def test_the_draw_is_the_same_at_every_run():
    assert grid().fresh(15, 50) == grid().fresh(15, 50)


def test_no_tile_is_given_twice():
    one = grid()
    given = one.fresh(15, 60) + one.fresh(15, 60)
    assert len(given) == len(set(given)) == 120


def test_empty_tiles_are_not_given():
    assert all(tile.bbox_3857()[2] > 20_000 for tile in grid().fresh(15, 100))


def test_a_zoom_without_more_tiles_gives_all_it_has():
    given = grid().fresh(12, 1_000)
    side = Address(12, 0, 0).width_m
    assert len(given) == sum(1 for column in range(5) for _row in range(4) if (column + 1) * side > 20_000)
