"""Filters that a person keeps of a list: with their account, for nobody else, in bounds."""

from typing import Any

import pytest
from django.test import Client

from gis_core.desk.saved_filters import LONGEST_QUERY, MOST_KEPT, MOST_LISTS, filters_of
from gis_core.members.rights import Role
from gis_core.models import User
from tests import factories

pytestmark = pytest.mark.django_db
URL, BOARD = "/compte/filtres/", "/permis/"


@pytest.fixture
def person() -> User:
    return factories.user(factories.member(factories.commune()), Role.PERMIT_INSTRUCTOR)


def client_of(person: User) -> Client:
    client = Client(headers={"accept": "text/html"})
    client.force_login(person)
    return client


def keep(person: User, title: str = "Mes DP", query: str = "kind=DP&state=open", **more: str) -> Any:
    sent = {"list": "permits", "title": title, "query": query, "next": BOARD, **more}
    return client_of(person).post(URL, sent, follow=True)


def kept(person: User, listing: str = "permits") -> list[tuple[str, str]]:
    return [(one.title, one.query) for one in filters_of(User.objects.get(pk=person.pk), listing)]


def test_a_filter_is_kept_and_offered_on_its_list(person: User) -> None:
    page = keep(person).content.decode()
    assert kept(person) == [("Mes DP", "kind=DP&state=open")]
    assert '<a href="/permis/?kind=DP&amp;state=open">Mes DP</a>' in page


def test_a_filter_of_the_same_name_is_replaced(person: User) -> None:
    keep(person)
    keep(person, query="kind=PC&state=")
    assert kept(person) == [("Mes DP", "kind=PC&state=")]


def test_a_filter_is_forgotten(person: User) -> None:
    keep(person)
    keep(person, title="", remove="Mes DP")
    assert kept(person) == []
    assert User.objects.get(pk=person.pk).saved_filters == {}


def test_a_filter_is_of_its_person_and_its_list_alone(person: User) -> None:
    other = factories.user(factories.member(factories.commune()), Role.PERMIT_INSTRUCTOR)
    keep(person)
    assert (kept(other), kept(person, "hydrants")) == ([], [])
    assert "Mes DP" not in client_of(other).get(BOARD).content.decode()


@pytest.mark.parametrize("changed", [{"title": "  "}, {"query": "q=" + "a" * LONGEST_QUERY}])
def test_what_cannot_be_kept_is_refused_in_words(person: User, changed: dict[str, str]) -> None:
    assert 'class="messages"' in keep(person, **changed).content.decode()
    assert kept(person) == []


def test_no_more_are_kept_than_a_person_looks_through(person: User) -> None:
    with factories.as_owner():
        full = {"permits": [[f"n{n}", "q=a"] for n in range(MOST_KEPT)]}
        User.objects.filter(pk=person.pk).update(saved_filters=full)
    assert f"{MOST_KEPT}" in keep(person).content.decode()
    assert len(kept(person)) == MOST_KEPT


def test_names_of_lists_that_are_made_up_do_not_fill_the_account(person: User) -> None:
    with factories.as_owner():
        many = {f"liste-{n}": [["a", "q=a"]] for n in range(MOST_LISTS)}
        User.objects.filter(pk=person.pk).update(saved_filters=many)
    keep(person)
    assert kept(person) == []


def test_who_has_not_signed_in_is_asked_to_and_only_sending_keeps(person: User) -> None:
    assert Client(headers={"accept": "text/html"}).post(URL, {}).url.startswith("/compte/connexion/")
    assert client_of(person).get(URL).status_code == 405


@pytest.mark.parametrize("back", ["https://example.org/", "//example.org/", "javascript:alert(1)"])
def test_one_is_led_nowhere_else(person: User, back: str) -> None:
    sent = {"list": "permits", "title": "A", "query": "", "next": back}
    assert client_of(person).post(URL, sent).url == "/"
