"""A synchronisation: what has moved by less than a millimetre, or starts its ring elsewhere, has not changed."""

import pytest
import shapely
from shapely import Polygon

from tests.geopackages import Row
from tests.imports.conftest import EAST, NORTH, Desk

pytestmark = pytest.mark.django_db
CORNERS = [(EAST, NORTH), (EAST + 10.0005, NORTH), (EAST + 10, NORTH + 10), (EAST, NORTH + 10)]


def ring(*, start: int = 0, by: float = 0.0, backwards: bool = False) -> Row:
    corners = [(x + by, y - by) for x, y in [*CORNERS[start:], *CORNERS[:start]]]
    return Polygon(corners[::-1] if backwards else corners), {"ref": "S1"}


@pytest.mark.parametrize(
    ("after", "moved"),
    [
        (ring(start=2), 0),
        (ring(by=0.0004), 0),
        (ring(start=1, by=-0.0004, backwards=True), 0),
        (ring(by=0.0015), 1),
        ((shapely.box(EAST, NORTH, EAST + 10, NORTH + 10.002), {"ref": "S1"}), 1),
    ],
    ids=["start", "hair", "start_and_hair", "moved", "one_side"],
)
def test_only_what_has_moved_is_changed(desk: Desk, after: Row, moved: int) -> None:
    layer = desk.published([ring()], key="ref").layer
    plan = desk.brought("synchronise", layer, [after]).plan
    assert plan is not None
    assert plan["difference"]["changed"] == moved
