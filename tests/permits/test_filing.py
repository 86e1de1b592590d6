"""Filing: numbers, parcels, who may."""

from datetime import date, timedelta
from typing import Any

import pytest

from gis_core.database import clock as database_clock
from gis_core.errors import Conflict, Forbidden, Invalid
from gis_core.members.rights import Role
from permits.models import Event, Permit, Settings
from tests import factories
from tests.permits.conftest import World


def test_numbers_follow_each_other_by_commune_year_and_nature(world: World) -> None:
    first, second = world.file(), world.file(kind="PCMI")
    other = world.file(kind="DP"), world.file(insee="45902", parcels=[]), world.file(filed_date=date(2025, 12, 31))
    assert [str(one) for one in (first, second, *other)] == [
        "PC 045 901 26 00001",
        "PC 045 901 26 00002",
        "DP 045 901 26 00001",
        "PC 045 902 26 00001",
        "PC 045 901 25 00001",
    ]


def test_a_member_numbers_in_its_own_series(world: World) -> None:
    with factories.as_owner():
        Settings.objects.create(member=world.member, series="A", applicant_roles=["permit_instructor"])
    assert str(world.file()) == "PC 045 901 26 A0001"


def test_the_next_number_follows_the_highest_that_was_typed(world: World) -> None:
    world.file(number="PC 045 901 26 00041")
    assert str(world.file()) == "PC 045 901 26 00042"


def test_a_change_bears_the_number_of_its_file(world: World) -> None:
    permit = world.file()
    changes = [world.file(parent=str(permit), change=letter) for letter in ("M", "M", "T")]
    assert [str(one) for one in changes] == [f"{permit} M01", f"{permit} M02", f"{permit} T01"]


def test_the_next_change_follows_the_highest_that_was_typed(world: World) -> None:
    permit = world.file()
    world.file(parent=str(permit), change="M", number=f"{permit} M02")
    assert str(world.file(parent=str(permit), change="M")) == f"{permit} M03"


def test_a_hundredth_change_is_refused_in_words(world: World) -> None:
    permit = world.file()
    world.file(parent=str(permit), change="T", number=f"{permit} T99")
    with pytest.raises(Conflict):
        world.file(parent=str(permit), change="T")


def test_the_ground_is_that_of_the_parcels(world: World) -> None:
    permit = world.file(parcels=["AB 1", "45901000AB0002"])
    assert permit.idus == ["45901000AB0001", "45901000AB0002"]
    assert permit.geom is not None
    assert permit.geom.area == pytest.approx(20_000)


def test_a_parcel_that_the_plan_does_not_have_is_kept_without_geometry(world: World) -> None:
    permit = world.file(parcels=["AB 1", "AB 999"])
    assert permit.idus == ["45901000AB0001", "45901000AB0999"]
    assert permit.geom is not None
    assert permit.geom.area == pytest.approx(10_000)


@pytest.mark.parametrize(
    "text",
    ["section AB parcelles 1 et 2", "AB 1, AB 2", "45 901 AB 1, 2", "000 AB 1; 000 AB 2", "AB 1 AB 2", "AB-1\nAB/2"],
)
def test_parcels_are_typed_as_people_write_them(world: World, text: str) -> None:
    assert world.file(parcels=[text]).idus == ["45901000AB0001", "45901000AB0002"]


def test_a_parcel_of_a_former_commune_is_that_which_the_plan_has(world: World) -> None:
    factories.parcel("45901", section="AC", number="0007", prefix="123")
    assert world.file(parcels=["AC 7"]).idus == ["45901123AC0007"]


def test_a_text_that_may_be_two_parcels_is_refused(world: World) -> None:
    factories.parcel("45901", section="AB", number="0001", prefix="123")
    with pytest.raises(Invalid, match="45901000AB0001, 45901123AB0001"):
        world.file(parcels=["AB 1"])


def test_a_town_hall_files_in_its_commune(world: World) -> None:
    assert world.file(Role.TOWN_HALL).owner == world.member


REFUSED: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "parcel of another commune": ({"parcels": ["45903000AC0001"]}, Invalid, "45903000AC0001"),
    "no parcel": ({"parcels": ["quelque part"]}, Invalid, "quelque part"),
    "day to come": ({"filed_date": date(2199, 1, 1)}, Invalid, "01/01/2199"),
    "number of another commune": ({"number": "PC 045 902 26 00001"}, Invalid, "45902"),
    "number of another nature": ({"number": "DP 045 901 26 00001"}, Invalid, "PC"),
    "number of another year": ({"number": "PC 045 901 25 00001"}, Invalid, "25"),
    "no number": ({"number": "PC 45"}, Invalid, "045"),
    "commune of another member": ({"insee": "45903", "parcels": []}, Invalid, "45903"),
    "unknown kind": ({"kind": "XX"}, Invalid, ""),
    "change of nothing": ({"change": "M"}, Invalid, ""),
    "change of an unknown file": ({"parent": "PC 045 901 26 00099", "change": "M"}, Invalid, ""),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_filed_is_refused_in_words(world: World, case: str) -> None:
    given, kind, word = REFUSED[case]
    with pytest.raises(kind) as refusal:
        world.file(**given)
    assert word in str(refusal.value)
    with world.as_():
        assert not Permit.objects.exists()


def test_a_number_is_given_once(world: World) -> None:
    world.file(number="PC 045 901 26 00041")
    with pytest.raises(Conflict):
        world.file(number="PC 045 901 26 00041")


@pytest.mark.parametrize("role", [Role.READER, Role.NETWORK_TECHNICIAN])
def test_other_roles_file_nothing(world: World, role: str) -> None:
    with pytest.raises(Forbidden):
        world.file(role)


@pytest.mark.parametrize("given", [{"silence_refuses": ["classified_site"]}, {"instructor": "permit_instructor"}])
def test_a_town_hall_says_neither_who_instructs_nor_what_silence_means(world: World, given: Any) -> None:
    if "instructor" in given:
        given = {"instructor": world.people[given["instructor"]].pk}
    with pytest.raises(Forbidden):
        world.file(Role.TOWN_HALL, **given)


def test_a_town_hall_files_in_no_other_commune(world: World) -> None:
    with pytest.raises(Forbidden):
        world.file(Role.TOWN_HALL, insee="45902", parcels=[])


def test_a_file_is_of_the_databases_day_whatever_the_clock_of_the_process_says(
    world: World, wrong_clock: timedelta
) -> None:
    today = database_clock.today()
    permit = world.file(filed_date=today)
    with world.as_():
        recorded = (permit.recorded_at, Event.objects.get(permit=permit).recorded_at)
    assert all(abs(one - database_clock.ask()) < timedelta(minutes=1) for one in recorded)
    with pytest.raises(Invalid):
        world.file(filed_date=today + timedelta(days=1))
