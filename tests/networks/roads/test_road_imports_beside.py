"""What an import of markers does beside them: carriageways told apart, history, who waits, what is measured when."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import LineString
from django.utils import translation

from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import HistoryEvent, Member
from networks.roads.importers import marker_loading
from networks.roads.models import RoadAxis, RoadSection
from networks.roads.services import importing, siding
from networks.roads.services.importing import Order, bring_in
from networks.roads.services.reporting import lines
from tests import factories

X, Y = factories.ORIGIN
MARKERS = [(1, 100), (2, 900), (3, 1900), (4, 2900), (5, 3900)]


@pytest.fixture
def member(db: None) -> Member:
    return factories.member(factories.commune("45901"))


def section(member: Member, *places: tuple[float, float], **values: Any) -> int:
    line = LineString([(X + x, Y + y) for x, y in places], srid=2154)
    with factories.as_worker():
        return RoadSection.objects.create(owner=member, **({"route": "D2020", "geom": line} | values)).pk


@pytest.fixture
def dual(member: Member) -> tuple[int, int]:
    """The D 2020: single, then two carriageways, of which another member keeps the left one, single again."""
    section(member, (0, 0), (1000, 0))
    right = section(member, (1000, 0), (1040, -10), (2960, -10), (3000, 0), traffic_way="forward")
    other = factories.member(factories.commune("45903"))
    left = section(other, (3000, 0), (2960, 10), (1040, 10), (1000, 0), traffic_way="forward")
    section(member, (3000, 0), (4000, 0))
    return right, left


def bring(member: Member, tmp_path: Path, markers: list[tuple[int, float]] = MARKERS) -> dict[str, Any]:
    path = tmp_path / "pr.csv"
    path.write_text("route;pr;x;y\n" + "".join(f"D2020;{number};{X + x};{Y}\n" for number, x in markers))
    with translation.override("fr"), factories.as_worker(), acting_as(SYSTEM):
        report = bring_in(member, Order(what="markers", paths=[path], write=True), lambda _share, _words: None).report
        return report | {"lines": list(lines(report))}


def sides(*ids: int) -> list[str]:
    return [RoadSection.objects.get(pk=pk).carriageway for pk in ids]


def test_both_carriageways_are_told_whoever_keeps_them(member: Member, dual: tuple[int, int], tmp_path: Path) -> None:
    assert bring(member, tmp_path)["counts"]["sided"] == 2
    assert sides(*dual) == ["D", "G"]


def test_a_carriageway_that_somebody_chooses_meanwhile_stays(
    member: Member, dual: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = siding.sides_of

    def chosen_after(*road: Any) -> dict[int, str]:
        found = told(*road)
        RoadSection.objects.filter(pk=dual[1]).update(carriageway="D")
        return found

    monkeypatch.setattr(siding, "sides_of", chosen_after)
    assert bring(member, tmp_path)["counts"]["sided"] == 1
    assert sides(*dual) == ["D", "D"]


def section_events() -> int:
    with factories.as_owner():
        return HistoryEvent.objects.filter(table="road_section", kind="import").count()


def test_an_import_of_markers_is_an_event_of_sections_only_where_one_changes(
    member: Member, dual: tuple[int, int], tmp_path: Path
) -> None:
    bring(member, tmp_path)
    assert section_events() == 1
    bring(member, tmp_path, [*MARKERS[:4], (5, 3950)])
    assert section_events() == 1


def test_an_import_of_markers_holds_the_roads_before_it_reads_what_is_there(
    member: Member, dual: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    compare = marker_loading.bring
    monkeypatch.setattr(importing, "lock_roads", lambda: seen.append("held"))
    monkeypatch.setattr(marker_loading, "bring", lambda *args, **more: (seen.append("read"), compare(*args, **more))[1])
    bring(member, tmp_path)
    assert seen == ["held", "read"]


def test_many_roads_are_measured_after_the_import_and_it_says_so(
    member: Member, dual: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(member, tmp_path)
    monkeypatch.setattr(importing, "MOST_MEASURED", 0)
    report = bring(member, tmp_path, [*MARKERS[:4], (5, 3950)])
    assert (report["roads"], report["later"]) == ([], 1)
    assert any("dans les minutes" in one for one in report["lines"])
    assert set(RoadAxis.objects.values_list("stale", flat=True)) == {True}
