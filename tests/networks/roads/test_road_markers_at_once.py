"""Markers that are imported and moved on the map at the same time, in real transactions."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.utils import translation

from gis_core.members.rights import SYSTEM
from gis_core.models import Member
from layers.catalogue.models import Layer
from layers.features.services import write
from networks.roads.models import RoadMarker, RoadSection
from networks.roads.services.importing import Order, bring_in
from networks.roads.services.placing import WEB
from tests.networks.roads.test_road_assets_at_once import X, Y, _django_db_helper, line, meanwhile, member, working

__all__ = ["_django_db_helper", "member"]


@pytest.fixture
def roads(member: Member) -> Member:
    with working():
        for n, route in enumerate(("D1", "D2")):
            RoadSection.objects.create(owner=member, route=route, geom=line(50 * n))
    return member


def table(tmp_path: Path, first: float, second: float = 60) -> Path:
    """Two markers of each road."""
    path = tmp_path / "pr.csv"
    rows = [
        f"{route};{number};{X + x};{Y + 50 * n}"
        for n, route in enumerate(("D1", "D2"))
        for number, x in ((1, first), (2, second))
    ]
    path.write_text("\n".join(["route;pr;x;y", *rows]))
    return path


def bring(member: Member, path: Path) -> dict[str, Any]:
    with translation.override("fr"):
        return bring_in(member, Order(what="markers", paths=[path], write=True), lambda _share, _words: None).report


def move(*routes: str) -> None:
    """The first marker of each road, on the map, in this order."""
    edits = []
    for route in routes:
        one = RoadMarker.objects.get(route=route, number=1)
        place = Point(one.geom.x + 3, one.geom.y, srid=2154)
        edits.append(write.Edit(action="update", id=one.pk, version=one.version, geometry=place))
    write.apply_edits(Layer.objects.get(slug="road-markers"), edits, rights=SYSTEM, origin=WEB)


def test_a_marker_moved_while_a_file_is_read_stays_where_it_was_moved(roads: Member, tmp_path: Path) -> None:
    with working():
        bring(roads, table(tmp_path, 30))
    reports: list[dict[str, Any]] = []
    assert meanwhile(lambda: move("D1"), lambda: reports.append(bring(roads, table(tmp_path, 32))))
    with working():
        assert RoadMarker.objects.get(route="D1", number=1).geom.x == X + 33
    assert reports[0]["counts"]["both"] == 1


def test_markers_of_two_roads_wait_for_an_import_that_measures_both(roads: Member, tmp_path: Path) -> None:
    with working():
        bring(roads, table(tmp_path, 30))
    assert meanwhile(lambda: bring(roads, table(tmp_path, 30, 65)), lambda: move("D2", "D1"))
    with working():
        assert {(one.number, one.geom.x - X) for one in RoadMarker.objects.all()} == {(1, 33), (2, 65)}


def test_a_marker_made_while_a_file_is_loaded_is_that_of_the_file(roads: Member, tmp_path: Path) -> None:
    def draw() -> None:
        RoadMarker.objects.create(owner=roads, route="D1", number=1, geom=Point(X + 5, Y, srid=2154))

    reports: list[dict[str, Any]] = []
    assert meanwhile(draw, lambda: reports.append(bring(roads, table(tmp_path, 30))))
    assert (reports[0]["counts"]["new"], reports[0]["counts"]["both"]) == (3, 1)
