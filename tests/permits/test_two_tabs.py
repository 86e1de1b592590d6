"""A file's form in two windows, and the form of a new file sent twice: nothing overwritten, nothing filed twice."""

from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from gis_core.members.rights import Role
from permits.models import Permit
from tests.page_forms import Sent, at_once, browser, form_with, opened
from tests.permits.conftest import World, made_world

CHANGE, FILE = "permit_change", "permit_filing"


def now(world: World, permit: Permit) -> Permit:
    with world.as_():
        return Permit.objects.select_related("owner").get(pk=permit.pk)


@pytest.fixture
def tabs(world: World) -> tuple[World, Permit, Any, str, Sent]:
    permit = world.file(description="A garage", address="1 rue Haute")
    client = browser(world.people[Role.PERMIT_INSTRUCTOR])
    url = reverse(CHANGE, args=[permit.number])
    return world, permit, client, url, opened(client, url, "address")


def test_the_second_press_shows_both_and_writes_nothing(tabs: Any) -> None:
    world, permit, client, url, form = tabs
    assert client.post(url, form | {"address": ["2 rue Basse"]}).status_code == 302
    second = client.post(url, form | {"address": ["3 place du Puits"], "description": ["A barn"]})
    html = second.content.decode()
    assert second.status_code == 409
    assert all(words in html for words in ("1 rue Haute", "2 rue Basse", "3 place du Puits"))
    kept = now(world, permit)
    assert (kept.address, kept.description) == ("2 rue Basse", "A garage")


@pytest.mark.parametrize(("choice", "address"), [("mine", "3 place du Puits"), ("theirs", "2 rue Basse")])
def test_the_choice_is_written_with_the_rest_of_the_form(tabs: Any, choice: str, address: str) -> None:
    world, permit, client, url, form = tabs
    client.post(url, form | {"address": ["2 rue Basse"]})
    page = client.post(url, form | {"address": ["3 place du Puits"], "description": ["A barn"]}).content.decode()
    answer = client.post(url, form_with(page, "choose") | {"keep-address": [choice]})
    assert answer.status_code == 302
    kept = now(world, permit)
    assert (kept.address, kept.description) == (address, "A barn")


def test_a_choice_that_is_not_made_changes_nothing_of_theirs(tabs: Any) -> None:
    world, permit, client, url, form = tabs
    client.post(url, form | {"address": ["2 rue Basse"]})
    page = client.post(url, form | {"address": ["3 place du Puits"]}).content.decode()
    client.post(url, form_with(page, "choose"))
    assert now(world, permit).address == "2 rue Basse"


def test_a_third_change_before_the_choice_is_asked_about_again(tabs: Any) -> None:
    _world, _permit, client, url, form = tabs
    client.post(url, form | {"address": ["2 rue Basse"]})
    page = client.post(url, form | {"address": ["3 place du Puits"]}).content.decode()
    client.post(url, opened(client, url, "address") | {"address": ["4 quai"]})
    again = client.post(url, form_with(page, "choose") | {"keep-address": ["mine"]})
    assert again.status_code == 409
    assert "4 quai" in again.content.decode()


def test_changes_of_different_fields_are_both_kept_and_told(tabs: Any) -> None:
    world, permit, client, url, form = tabs
    client.post(url, form | {"address": ["2 rue Basse"]})
    answer = client.post(url, form | {"description": ["A barn"]}, follow=True)
    kept = now(world, permit)
    assert (kept.address, kept.description) == ("2 rue Basse", "A barn")
    assert "Address of the ground" in answer.content.decode()


def test_the_same_change_twice_is_no_conflict(tabs: Any) -> None:
    _world, _permit, client, url, form = tabs
    changed = form | {"address": ["2 rue Basse"]}
    assert [client.post(url, changed).status_code for _rank in range(2)] == [302, 302]


def test_of_two_parallel_saves_one_is_asked(database: str) -> None:
    world = made_world()
    permit = world.file(address="1 rue Haute")
    user, url = world.people[Role.PERMIT_INSTRUCTOR], reverse(CHANGE, args=[permit.number])
    form = opened(browser(user), url, "address")

    def save(address: str) -> int:
        return int(browser(user).post(url, form | {"address": [address]}).status_code)

    assert sorted(at_once(lambda: save("2 rue Basse"), lambda: save("3 place du Puits"))) == [302, 409]


# -- filing -----------------------------------------------------------------------------------------------------------


def filed(world: World) -> int:
    with world.as_(), transaction.atomic():
        return Permit.objects.count()


def new_file(client: Any) -> Sent:
    given = {"kind": "DP", "insee": "45901", "filed_date": "2026-01-05", "parcels": "AB 1"}
    return opened(client, reverse(FILE), "kind") | {name: [value] for name, value in given.items()}


def test_a_declaration_sent_twice_is_filed_once_and_said(world: World) -> None:
    client = browser(world.people[Role.PERMIT_INSTRUCTOR])
    form = new_file(client)
    first, second = client.post(reverse(FILE), form), client.post(reverse(FILE), form)
    assert (first.status_code, second.status_code, second["Location"]) == (302, 302, first["Location"])
    assert "Already recorded" in client.get(second["Location"]).content.decode()
    assert filed(world) == 1


def test_back_then_other_values_is_asked_about_and_recorded_on_purpose(world: World) -> None:
    client = browser(world.people[Role.PERMIT_INSTRUCTOR])
    form = new_file(client)
    first = client.post(reverse(FILE), form)
    asked = client.post(reverse(FILE), form | {"description": ["Another one"]})
    assert (asked.status_code, filed(world)) == (409, 1)
    page = asked.content.decode()
    assert first["Location"] in page
    again = client.post(reverse(FILE), form_with(page, "description"))
    assert (again.status_code, filed(world)) == (302, 2)
    assert again["Location"] != first["Location"]


def test_what_was_refused_may_be_sent_again(world: World) -> None:
    client = browser(world.people[Role.PERMIT_INSTRUCTOR])
    form = new_file(client)
    assert client.post(reverse(FILE), form | {"parcels": ["?"]}).status_code == 400
    assert client.post(reverse(FILE), form).status_code == 302
    assert filed(world) == 1


def test_a_new_form_files_another_one(world: World) -> None:
    client = browser(world.people[Role.PERMIT_INSTRUCTOR])
    for _rank in range(2):
        assert client.post(reverse(FILE), new_file(client)).status_code == 302
    assert filed(world) == 2


def test_the_key_of_one_person_is_not_that_of_another(world: World) -> None:
    form = new_file(browser(world.people[Role.PERMIT_INSTRUCTOR]))
    people = (world.people[Role.PERMIT_INSTRUCTOR], world.people[Role.TOWN_HALL])
    answers = [browser(one).post(reverse(FILE), form) for one in people]
    assert [one.status_code for one in answers] == [302, 302]
    assert filed(world) == 2


def test_two_presses_at_the_same_moment_file_one(database: str) -> None:
    world = made_world()
    user = world.people[Role.PERMIT_INSTRUCTOR]
    form = new_file(browser(user))

    def press() -> str:
        answer = browser(user).post(reverse(FILE), form)
        return str(answer["Location"])

    assert len(set(at_once(press, press))) == 1
    assert filed(world) == 1
