"""The same file twice is told at filing, and confirmed to go on."""

from datetime import date
from html import unescape
from typing import Any

import pytest

from gis_core.members.rights import Role
from permits.models import Permit
from permits.procedure import What
from tests.permits.conftest import World


@pytest.fixture(autouse=True)
def winter(on_day: Any) -> None:
    on_day(date(2026, 1, 10))


def file(world: World, who: str = Role.PERMIT_INSTRUCTOR, **given: Any) -> Any:
    typed = {"kind": "PC", "insee": "45901", "filed_date": "2026-01-08", "parcels": "AB 1", "change": "", "parent": "",
             "number": "", "description": "Une maison"}  # fmt: skip
    return world.client(who).post("/permis/deposer/", typed | given, headers={"accept": "text/html"})


def count(world: World) -> int:
    with world.as_():
        return Permit.objects.count()


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def test_a_file_of_the_same_kind_and_parcels_is_shown_before_anything_is_filed(world: World) -> None:
    first = world.file()
    answer = file(world)
    text = text_of(answer)
    assert answer.status_code == 409
    assert "Ce dossier semble déjà déposé" in text
    assert f'href="/permis/{first.number}/"' in text
    assert "Une maison" in text
    assert count(world) == 1


def test_confirmed_it_is_filed(world: World) -> None:
    first = world.file()
    assert file(world, confirmed=first.number).status_code == 302
    assert count(world) == 2


def test_a_confirmation_of_other_files_is_asked_again(world: World) -> None:
    first, second = world.file(), world.file()
    assert file(world, confirmed=first.number).status_code == 409
    assert file(world, confirmed=f"{second.number},{first.number}").status_code == 302


@pytest.mark.parametrize(
    "given", [{"kind": "PD"}, {"parcels": "AB 2"}, {"parcels": "AB 1\nAB 2"}, {"parcels": ""}], ids=str
)
def test_another_kind_or_other_parcels_are_another_file(world: World, given: dict[str, str]) -> None:
    world.file()
    assert file(world, **given).status_code == 302


def test_parcels_in_another_order_and_spelling_are_the_same(world: World) -> None:
    world.file(parcels=["AB 1", "AB 2"])
    assert file(world, parcels="45901000AB0002\nab1").status_code == 409


def test_a_file_that_ended_long_ago_is_not_taken_for_the_same(world: World, on_day: Any) -> None:
    """Filed on 5 January, decided: still recent on 4 February (30 days), no longer on 5 February."""
    permit = world.file()
    world.record(permit, What.DECIDED, date(2026, 1, 10), outcome="granted", channel="hand")
    on_day(date(2026, 2, 4))
    assert file(world).status_code == 409
    on_day(date(2026, 2, 5))
    assert file(world).status_code == 302


def test_a_change_is_not_taken_for_its_own_file(world: World) -> None:
    first = world.file()
    world.record(first, What.DECIDED, date(2026, 1, 7), outcome="granted", channel="hand")
    change = {"parent": first.number, "change": "M"}
    assert file(world, **change).status_code == 302
    assert file(world, **change).status_code == 409


def test_the_same_number_is_shown(world: World) -> None:
    first = world.file(parcels=["AB 2"], number="PC 045 901 26 A0007")
    answer = file(world, number="PC04590126A0007")
    assert answer.status_code == 409
    assert f'href="/permis/{first.number}/"' in text_of(answer)


def test_files_of_another_member_are_not_shown(world: World) -> None:
    world.file()
    answer = file(world, "stranger", insee="45903", parcels="AC 1")
    assert answer.status_code == 302


def test_the_api_files_and_names_the_files_that_it_seems(world: World) -> None:
    first = world.file()
    given = {"kind": "PC", "insee": "45901", "filed_date": "2026-01-08", "parcels": ["AB 1"]}
    answer = world.client().post("/api/v1/permits/", given, content_type="application/json")
    assert answer.status_code == 201
    assert answer.json()["alike"] == [first.number]
