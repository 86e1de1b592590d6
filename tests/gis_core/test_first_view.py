"""How the map opens: where the person's territories lie, with what their roles need, then as they left it."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory

from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Member, Membership, User
from gis_core.pages import map_config
from tests import factories

pytestmark = pytest.mark.django_db
URL, VIEW = "/compte/carte/", "v=1&c=1.9,47.5&z=15&l=parcels,plu-zones:60&b=plain&ph=2024&br=120"


@pytest.fixture
def member() -> Member:
    return factories.member(factories.commune())


def config_of(user: User | AnonymousUser) -> dict[str, Any]:
    """What the page of the map gives to the map."""
    request = RequestFactory().get("/")
    request.user = user
    with acting_as(SYSTEM):
        return map_config(request)


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def kept(person: User) -> str:
    return str(User.objects.values_list("map_view", flat=True).get(pk=person.pk))


@pytest.mark.parametrize(
    ("role", "layers", "photo"),
    [
        (Role.READER, set(), False),
        (Role.PERMIT_INSTRUCTOR, {"plu-zones", "permits"}, False),
        (Role.TOWN_HALL, {"plu-zones", "permits"}, False),
        (Role.NETWORK_TECHNICIAN, {"water-nodes", "water-pipes", "sewer-nodes", "sewer-pipes"}, True),
        (Role.GIS_ADMINISTRATOR, set(), False),
    ],
)
def test_each_role_opens_what_it_works_with(member: Member, role: Role, layers: set[str], photo: bool) -> None:
    view = config_of(factories.user(member, role))["first_view"]
    assert (set(view["layers"]), view["photo"]) == (layers, photo)


def test_a_person_of_two_roles_opens_what_both_need(member: Member) -> None:
    person = factories.user(member, Role.NETWORK_TECHNICIAN)
    with factories.as_owner():
        other = factories.member(factories.commune())
        Membership.objects.create(user=person, member=other, role=Role.PERMIT_INSTRUCTOR)
    assert {"permits", "water-pipes"} <= set(config_of(person)["first_view"]["layers"])


def test_a_visitor_opens_the_layers_for_everybody(member: Member) -> None:
    config = config_of(AnonymousUser())
    assert (config["first_view"], config["map_view"], config["urls"]["map_view"]) == (
        {"layers": [], "photo": False},
        "",
        None,
    )


def test_the_map_holds_the_territories_of_all_members_of_the_person(member: Member) -> None:
    person = factories.user(member)
    factories.member(factories.commune(geom=factories.square(x=500_000)))
    alone = config_of(person)["extent_4326"]
    assert alone[0] > 1.5
    with factories.as_owner():
        far = factories.member(factories.commune(geom=factories.square(x=700_000)))
        Membership.objects.create(user=person, member=far, role=Role.READER)
    west, south, east, _north = config_of(person)["extent_4326"]
    assert (west, south) == (alone[0], alone[1])
    assert east > alone[2] + 0.5


def test_who_works_with_nothing_that_has_a_place_opens_the_territory(member: Member) -> None:
    for role in (Role.READER, Role.NETWORK_TECHNICIAN):
        assert config_of(factories.user(member, role))["first_place"] is None


def test_the_map_is_kept_as_the_person_left_it(member: Member) -> None:
    person, other = factories.user(member), factories.user(member)
    assert client_of(person).post(URL, {"view": VIEW}).status_code == 204
    assert (kept(person), kept(other)) == (VIEW, "")
    assert config_of(User.objects.get(pk=person.pk))["map_view"] == VIEW


def test_the_legend_that_a_layer_is_drawn_by_is_kept(member: Member) -> None:
    person = factories.user(member)
    view = "v=1&c=1.9,47.55&z=16&l=water-pipes@age:80,parcels&b=plain"
    assert client_of(person).post(URL, {"view": view}).status_code == 204
    assert kept(person) == view


def test_the_map_is_given_back_to_how_it_opens_for_the_role(member: Member) -> None:
    person = factories.user(member)
    client_of(person).post(URL, {"view": VIEW})
    assert client_of(person).post(URL, {"view": ""}).status_code == 204
    assert kept(person) == ""


@pytest.mark.parametrize("view", ["v=1&l=" + "a" * 2_000, "l=parcels", "v=1&l=<script>", "v=1\n"])
def test_what_is_no_view_of_the_map_is_refused(member: Member, view: str) -> None:
    person = factories.user(member)
    answer = client_of(person).post(URL, {"view": view}, headers={"accept": "application/json"})
    assert (answer.status_code, kept(person)) == (400, "")
