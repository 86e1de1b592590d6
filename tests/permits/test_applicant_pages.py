"""The page of the applicant, the search by name, the journal: who gets what, and what is written down."""

from typing import Any

import pytest

from gis_core.members.rights import Role
from permits.models import ApplicantReading, Permit
from permits.services.applicants import Person, read_applicants
from tests import factories
from tests.permits.conftest import World
from tests.read_only import read_only_in_postgresql

PAGE = {"accept": "text/html"}
READERS = [Role.PERMIT_INSTRUCTOR, Role.TOWN_HALL]
OTHERS = [Role.READER, Role.NETWORK_TECHNICIAN, Role.GIS_ADMINISTRATOR, Role.AGENCY_ADMINISTRATOR]
GIVEN = {"name": "Paul Durand", "address": "2 place du Puits", "email": "paul@example.org", "phone": "02 38 00 00 00"}


def seen(world: World, permit: Permit, who: str) -> str:
    return world.client(who).get(f"/permis/{permit.number}/demandeur/", headers=PAGE).content.decode()


def save(world: World, permit: Permit, who: str = Role.PERMIT_INSTRUCTOR, **given: str) -> Any:
    return world.client(who).post(f"/permis/{permit.number}/demandeur/", GIVEN | given, headers=PAGE)


def search(world: World, text: str, who: str = Role.PERMIT_INSTRUCTOR) -> Any:
    return world.client(who).post("/permis/demandeurs/", {"q": text}, headers=PAGE)


def readings(world: World) -> list[tuple[int, str, list[str], str]]:
    with world.as_(Role.GIS_ADMINISTRATOR):
        lines = ApplicantReading.objects.exclude(action="written").order_by("id")
        return [(one.by_user, one.action, one.numbers, one.purpose) for one in lines]


@pytest.mark.parametrize("who", READERS)
def test_who_may_reads_the_applicant_and_the_journal_keeps_why(world: World, who: str) -> None:
    permit = world.file()
    assert "Jeanne Martin" in seen(world, permit, who)
    assert readings(world) == [(world.people[who].pk, "read", [permit.number], "Page du demandeur")]


@pytest.mark.parametrize("who", OTHERS)
def test_others_are_told_whom_to_ask_and_nothing_is_read(world: World, who: str) -> None:
    permit = world.file()
    page = seen(world, permit, who)
    assert "Martin" not in page
    assert "Demandez à un administrateur" in page
    assert readings(world) == []


def test_who_reads_without_keeping_files_gets_no_form(world: World) -> None:
    from permits.models import Settings

    permit = world.file()
    with world.as_(Role.GIS_ADMINISTRATOR):
        Settings.objects.create(member=world.member, applicant_roles=["reader"])
    page = seen(world, permit, Role.READER)
    assert "Jeanne Martin" in page
    assert '<form method="post" class="stack"' not in page
    assert save(world, permit, Role.READER).status_code == 403


@pytest.mark.parametrize("who", READERS)
def test_who_keeps_files_corrects_the_applicant(world: World, who: str) -> None:
    permit = world.file()
    assert save(world, permit, who).status_code == 302
    with world.as_():
        assert read_applicants([permit], why="essai")[permit.pk] == Person(*GIVEN.values())


@pytest.mark.parametrize("who", OTHERS)
def test_others_write_no_applicant(world: World, who: str) -> None:
    permit = world.file()
    assert save(world, permit, who).status_code == 403
    with world.as_():
        assert read_applicants([permit], why="essai")[permit.pk].name == "Jeanne Martin"


def test_a_file_of_a_stranger_has_no_page(world: World) -> None:
    permit = world.file()
    assert world.client("stranger").get(f"/permis/{permit.number}/demandeur/").status_code == 404
    assert save(world, permit, "stranger").status_code == 404


@pytest.mark.parametrize("given", [{"name": ""}, {"email": "nulle part"}, {"name": "x" * 201}])
def test_a_form_that_is_wrong_is_shown_again_with_what_was_typed(world: World, given: dict[str, str]) -> None:
    permit = world.file()
    answer = save(world, permit, **given)
    assert answer.status_code == 400
    assert "2 place du Puits" in answer.content.decode()


def test_a_file_without_applicant_says_so(world: World) -> None:
    assert "Aucun demandeur n’est enregistré" in seen(world, world.file(applicant=None), Role.PERMIT_INSTRUCTOR)


def test_an_administrator_sees_who_read_this_file_and_when(world: World) -> None:
    permit, other = world.file(), world.file()
    seen(world, permit, Role.TOWN_HALL)
    page = seen(world, permit, Role.GIS_ADMINISTRATOR)
    assert str(world.people[Role.TOWN_HALL]) in page
    assert str(world.people[Role.TOWN_HALL]) not in seen(world, other, Role.GIS_ADMINISTRATOR)
    assert "Qui l’a lu" not in seen(world, permit, Role.PERMIT_INSTRUCTOR)


# -- by name ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["martin", "MARTIN jean", "jeanné mart", "Jeanne  Martin"])
def test_files_are_found_by_the_beginnings_of_words_of_a_name(world: World, text: str) -> None:
    permit = world.file()
    world.file(applicant=Person("Paul Durand"))
    page = search(world, text).content.decode()
    assert str(permit) in page
    assert "Durand" not in page
    assert readings(world) == [(world.people[Role.PERMIT_INSTRUCTOR].pk, "read", [permit.number], "Recherche par nom")]


@pytest.mark.parametrize("text", ["durand", "artin", "martin durand", "100%", "___"])
def test_a_name_that_nobody_has_finds_nothing_and_writes_nothing(world: World, text: str) -> None:
    world.file()
    assert "Martin" not in search(world, text).content.decode()
    assert readings(world) == []


@pytest.mark.parametrize("text", ["", "ma", "a b c", "'", "%"])
def test_a_name_too_short_is_refused(world: World, text: str) -> None:
    answer = search(world, text)
    assert answer.status_code == 400


def test_a_corrected_name_is_found_and_the_former_one_is_not(world: World) -> None:
    permit = world.file()
    save(world, permit)
    assert str(permit) in search(world, "durand").content.decode()
    assert "Aucun dossier" in search(world, "martin").content.decode()


def test_a_town_hall_finds_applicants_of_its_communes_alone(world: World) -> None:
    here, there = world.file(), world.file(insee="45902", parcels=[])
    page = search(world, "martin", Role.TOWN_HALL).content.decode()
    assert str(here) in page
    assert str(there) not in page


def test_a_stranger_finds_no_applicant_of_another_member(world: World) -> None:
    permit = world.file()
    assert str(permit) not in search(world, "martin", "stranger").content.decode()
    assert readings(world) == []


@pytest.mark.parametrize("who", OTHERS)
def test_other_roles_do_not_search_by_name(world: World, who: str) -> None:
    world.file()
    assert search(world, "martin", who).status_code == 403
    page = world.client(who).get("/permis/demandeurs/", headers=PAGE).content.decode()
    assert "Demandez à un administrateur" in page


def test_at_most_fifty_are_listed_and_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from permits.services import applicants

    monkeypatch.setattr(applicants, "MOST_RESULTS", 2)
    files = [world.file() for _number in range(4)]
    page = search(world, "martin").content.decode()
    assert sum(str(permit) in page for permit in files) == 2


# -- the journal ------------------------------------------------------------------------------------------------------


def test_the_journal_lists_who_read_whom(world: World) -> None:
    permit = world.file()
    seen(world, permit, Role.TOWN_HALL)
    page = world.client(Role.GIS_ADMINISTRATOR).get("/permis/journal/", headers=PAGE).content.decode()
    assert permit.number in page
    assert str(world.people[Role.TOWN_HALL]) in page
    assert "Page du demandeur" in page


def test_the_journal_comes_in_pages(world: World) -> None:
    permit = world.file()
    for _reading in range(3):
        seen(world, permit, Role.TOWN_HALL)
    page = world.client(Role.GIS_ADMINISTRATOR).get("/permis/journal/?limit=2&offset=1", headers=PAGE).content.decode()
    assert page.count("<time") == 2
    assert "?offset=3" in page


@pytest.mark.parametrize("who", [Role.READER, Role.TOWN_HALL, Role.PERMIT_INSTRUCTOR])
def test_the_journal_is_for_administrators(world: World, who: str) -> None:
    assert world.client(who).get("/permis/journal/").status_code == 403


def test_a_line_is_written_for_each_member_so_that_none_tells_of_anothers_files(world: World) -> None:
    from gis_core.models import Membership

    permit = world.file()
    theirs = world.file("stranger", insee="45903", parcels=[])
    with factories.as_owner():
        Membership.objects.create(
            user=world.people["stranger"],
            member=world.member,
            role=Role.PERMIT_INSTRUCTOR,
            accepted_at=permit.recorded_at,
        )
    with world.as_("stranger"):
        assert len(read_applicants([permit, theirs], why="essai")) == 2
    assert [numbers for _by, _action, numbers, _why in readings(world)] == [[permit.number]]


def test_a_reading_that_cannot_be_written_down_is_refused_in_words(world: World) -> None:
    """During a maintenance that lets read alone: PostgreSQL writes nothing, so nobody reads personal data."""
    permit, client = world.file(), world.client()
    with read_only_in_postgresql():
        answer = client.get(f"/permis/{permit.number}/demandeur/", headers=PAGE)
    assert answer.status_code == 503
    assert "est en lecture seule pendant cette maintenance" in answer.content.decode()
    assert "Martin" not in answer.content.decode()
