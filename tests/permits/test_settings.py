"""What a member chooses for its files, and its teams."""

from typing import Any

import pytest

from gis_core.members.rights import Role
from permits.models import Settings, Team
from permits.services.applicants import may_read_applicant
from permits.services.settings import settings_of
from tests import factories
from tests.permits.conftest import World

GOOD: dict[str, Any] = {"series": "B", "applicant_roles": ["gis_administrator"], "applicant_years": 5}


@pytest.fixture
def url(world: World) -> str:
    return f"/permis/reglages/{world.member.slug}/"


@pytest.fixture
def team(world: World) -> Team:
    with factories.as_owner():
        return Team.objects.create(member=world.member, name="Nord")


def test_without_a_choice_the_settings_are_everybodys(world: World) -> None:
    found = settings_of(world.member)
    assert (found.pk, found.series, found.public_register, found.applicant_years) == (None, "0", True, 10)
    assert found.applicant_roles == ["permit_instructor", "town_hall"]


def test_an_administrator_chooses(world: World, url: str) -> None:
    answer = world.client(Role.GIS_ADMINISTRATOR).post(url, GOOD)
    assert answer.status_code == 302
    kept = Settings.objects.get(member=world.member)
    assert (kept.series, kept.applicant_roles, kept.applicant_years) == ("B", ["gis_administrator"], 5)
    assert not kept.public_register


def test_a_choice_counts_at_once(world: World, url: str) -> None:
    permit = world.file()
    world.client(Role.GIS_ADMINISTRATOR).post(url, GOOD)
    for who, reads in ((Role.PERMIT_INSTRUCTOR, False), (Role.GIS_ADMINISTRATOR, True)):
        with world.as_(who):
            assert may_read_applicant(permit) is reads
    assert world.file(applicant=None).number[10] == "B"


@pytest.mark.parametrize(
    "bad", [{"series": "é"}, {"series": "AB"}, {"applicant_roles": ["king"]}, {"applicant_years": 51}]
)
def test_a_wrong_choice_is_said_at_its_field(world: World, url: str, bad: dict[str, Any]) -> None:
    answer = world.client(Role.GIS_ADMINISTRATOR).post(url, GOOD | bad, headers={"accept": "text/html"})
    assert answer.status_code == 400
    assert 'class="errorlist' in answer.content.decode()
    assert not Settings.objects.exists()


@pytest.mark.parametrize("who", [Role.PERMIT_INSTRUCTOR, "stranger"])
def test_nobody_else_chooses(world: World, url: str, who: str) -> None:
    assert world.client(who).post(url, GOOD).status_code in (403, 404)
    assert not Settings.objects.exists()


def test_whoever_administers_one_member_comes_to_it(world: World, url: str) -> None:
    assert world.client(Role.GIS_ADMINISTRATOR).get("/permis/reglages/")["Location"] == url


def test_a_team_is_made_and_gets_people(world: World, url: str) -> None:
    client, person = world.client(Role.GIS_ADMINISTRATOR), world.people[Role.PERMIT_INSTRUCTOR]
    made = client.post(f"{url}equipes/", {"name": "  Équipe  nord "})
    assert client.post(made["Location"], {"name": "Nord", "people": [person.pk]}).status_code == 302
    team = Team.objects.get()
    assert (team.name, list(team.people.all())) == ("Nord", [person])


@pytest.mark.parametrize("who", [Role.READER, "stranger"])
def test_only_people_who_instruct_there_join(world: World, url: str, team: Team, who: str) -> None:
    client = world.client(Role.GIS_ADMINISTRATOR)
    answer = client.post(f"{url}equipes/{team.pk}/", {"name": "Nord", "people": [world.people[who].pk]})
    assert answer.status_code == 400
    assert not team.people.exists()


def test_a_name_is_given_once(world: World, url: str, team: Team) -> None:
    answer = world.client(Role.GIS_ADMINISTRATOR).post(
        f"{url}equipes/", {"name": team.name}, headers={"accept": "text/html"}
    )
    assert answer.status_code == 400
    assert "Une équipe porte déjà ce nom." in answer.content.decode()


def test_a_team_needs_a_name(world: World, url: str) -> None:
    assert world.client(Role.GIS_ADMINISTRATOR).post(f"{url}equipes/", {"name": " "}).status_code == 400
    assert not Team.objects.exists()


def test_a_team_is_removed_and_its_files_stay(world: World, url: str, team: Team) -> None:
    permit = world.file(instructor=world.people[Role.PERMIT_INSTRUCTOR].pk)
    answer = world.client(Role.GIS_ADMINISTRATOR).post(f"{url}equipes/{team.pk}/supprimer/")
    assert (answer.status_code, Team.objects.count()) == (302, 0)
    with world.as_():
        permit.refresh_from_db()
        assert permit.instructor == world.people[Role.PERMIT_INSTRUCTOR]
