"""The demo's roads: calibrated, without anything amiss, with references that lead back to where they come from."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from demo.road_assets import seed_road_assets
from demo.roads import FIRST_MARKER, road_number, seed_roads
from demo.seed import load_communes
from demo.territory import Territory, generate
from demo.works import CLASHING, COUNT, DETOURS, REQUESTED, seed_works
from gis_core.members.rights import SYSTEM, Role
from networks.roads.models import RoadAsset, RoadAxis, RoadInspection, RoadMarker, RoadSection, RoadStretch
from networks.roads.services.referring import locate, reference_at
from networks.roadworks.kinds import PERMISSION, TRAFFIC
from networks.roadworks.models import Work, WorkOrder, WorkRequest
from networks.roadworks.services.conflicts import ConflictQuery, conflicts_of
from tests import factories
from tests.module_rows import check_references, module_transaction

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def land() -> Territory:
    return generate()


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker: Any, land: Territory) -> Iterator[None]:
    with module_transaction(django_db_blocker):
        for slug in ("cc-lys", "cc-val-de-rimarde", "departement-demo"):
            factories.user(factories.member(slug=slug), Role.NETWORK_TECHNICIAN)
        with factories.as_owner():
            load_communes(land)
            seed_roads(lambda: land, 45, lambda _line: None)
            check_references()
            yield


def test_every_numbered_road_is_measured_from_its_first_marker_with_nothing_amiss(seeded: None) -> None:
    axes = {one.route: one for one in RoadAxis.objects.all()}
    assert set(axes) == {road_number(number) for number in FIRST_MARKER}
    assert all(one.length_m > 3_000 for one in axes.values())
    assert {route: one.faults for route, one in axes.items() if one.faults} == {}
    assert RoadMarker.objects.count() >= 24


def test_roads_are_made_once(seeded: None, land: Territory) -> None:
    before = RoadSection.objects.count()
    assert before > 900
    seed_roads(lambda: land, 45, lambda _line: None)
    assert RoadSection.objects.count() == before


def test_a_place_on_each_road_has_the_reference_that_leads_to_it(seeded: None) -> None:
    for number, first in FIRST_MARKER.items():
        there = locate(f"{number} PR {first + 1}+250")
        back = reference_at(there.x, there.y, route=road_number(number))
        assert (back.reference.marker, back.reference.metres) == (first + 1, pytest.approx(250, abs=1))


def test_streets_belong_to_their_community_and_numbered_roads_to_the_department(seeded: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select m.slug, s.route is not null, count(*) from road_section s join gis_core_member m"
            " on m.id = s.owner_id group by 1, 2"
        )
        found = {(slug, numbered): count for slug, numbered, count in cursor.fetchall()}
    assert set(found) == {("departement-demo", True), ("cc-lys", False), ("cc-val-de-rimarde", False)}


def test_two_thousand_assets_stand_along_the_roads_once(seeded: None) -> None:
    for _time in range(2):
        seed_road_assets(45, lambda _line: None)
    assert RoadAsset.objects.count() + RoadStretch.objects.count() == 2_000
    assert RoadAsset.objects.filter(section_id=None).count() < 20
    assert set(RoadAsset.objects.filter(family="unknown").values_list("code", flat=True)) == set()
    assert RoadAsset.objects.filter(kind="sign").values("code").distinct().count() > 10
    assert RoadAsset.objects.filter(kind="sign").count() > 400
    assert 500 < RoadInspection.objects.count() < 900
    assert RoadAsset.objects.exclude(state=None).count() > 300


def test_sixty_works_go_on_and_some_are_in_each_others_way(seeded: None) -> None:
    for _time in range(2):
        seed_works(45, lambda _line: None)
    works = list(Work.objects.all())
    assert len(works) == COUNT == 60
    meeting = [
        one for one in works if one.state != Work.State.CANCELLED and conflicts_of(ConflictQuery.of(one), SYSTEM)
    ]
    assert len(meeting) >= CLASHING


def test_some_works_were_asked_for_and_some_orders_are_published(seeded: None) -> None:
    for _time in range(2):
        seed_works(45, lambda _line: None)
    states = list(WorkRequest.objects.values_list("state", flat=True))
    assert set(states) == {"received", "accepted", "published"}
    assert len(states) == REQUESTED
    assert WorkOrder.objects.count() == states.count("published") > 0
    assert set(WorkOrder.objects.values_list("kind", flat=True)) >= {TRAFFIC, PERMISSION}


def test_some_works_have_a_detour(seeded: None) -> None:
    seed_works(45, lambda _line: None)
    assert Work.objects.exclude(detours=None).count() == DETOURS
