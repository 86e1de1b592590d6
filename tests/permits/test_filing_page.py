"""The filing form: what it offers to whom, what it keeps after an error, what it files."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import DatabaseError

from gis_core.database.clock import today
from gis_core.errors import Unavailable
from gis_core.members.rights import Role
from gis_core.models import Job, Membership
from permits.models import Event, Permit
from permits.services.applicants import read_applicants
from tests import factories
from tests.page_forms import opened
from tests.permits.conftest import World
from tests.permits.test_file_page import browser, html


def given(**more: Any) -> dict[str, Any]:
    """A good form of an instructor."""
    return {
        "kind": "PC",
        "insee": "45901",
        "filed_date": today().isoformat(),
        "change": "",
        "parent": "",
        "number": "",
        "parcels": "AB 1\r\nAB 2",
        "address": "12 rue Haute",
        "description": "Une maison",
        "name": "Jeanne Martin",
        "home": "1 rue des Lilas",
        "email": "jeanne@example.org",
        "phone": "",
        "instructor": "",
        "other_case": "",
        **more,
    }


def filed(world: World, who: str = Role.PERMIT_INSTRUCTOR, **more: Any) -> tuple[Permit, str]:
    """The file, and its page after the filing."""
    client = browser(world, who)
    answer = client.post("/permis/deposer/", given(**more))
    assert answer.status_code == 302, unescape(answer.content.decode())
    with world.as_():
        permit = Permit.objects.get(number=answer.url.split("/")[2])
    return permit, html(client, answer.url)


def refused(world: World, status: int = 400, **more: Any) -> str:
    answer = browser(world).post("/permis/deposer/", given(**more))
    assert answer.status_code == status, answer
    with world.as_():
        assert not Permit.objects.filter(description="Une maison").exists()
    return unescape(answer.content.decode())


def test_a_file_is_filed_with_its_number_ground_and_applicant(world: World) -> None:
    permit, text = filed(world)
    assert permit.number == f"PC045901{today():%y}00001"
    assert permit.idus == ["45901000AB0001", "45901000AB0002"]
    assert f"Le dossier {permit} est déposé." in text
    with world.as_():
        assert permit.geom is not None
        assert read_applicants([permit], why="test")[permit.pk].name == "Jeanne Martin"
        assert [one.what for one in Event.objects.filter(permit=permit)] == ["filed"]


def test_its_sheet_is_ordered_with_it(world: World) -> None:
    permit, text = filed(world)
    with world.as_():
        job = Job.objects.get(kind="permit_sheet")
    assert job.parameters["permit"] == permit.pk
    assert "En attente" in text


@pytest.mark.parametrize("error", [Unavailable("La file d’attente ne répond pas."), DatabaseError("perdu")])
def test_a_sheet_that_cannot_be_ordered_does_not_lose_the_filing(
    world: World, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(**_given: Any) -> None:
        raise error

    monkeypatch.setattr("permits.services.sheets.start_job", fail)
    permit, text = filed(world)
    assert permit.sheet_id is None
    assert "Figer la fiche maintenant" in text


def test_a_parcel_that_the_plan_lacks_is_told(world: World) -> None:
    permit, text = filed(world, parcels="AB 1, AB 99")
    assert "Le plan cadastral n’a pas la parcelle 45901000AB0099" in text
    assert permit.idus == ["45901000AB0001", "45901000AB0099"]


def test_parcels_come_from_the_map(world: World) -> None:
    text = html(browser(world), "/permis/deposer/?parcels=45901000AB0001,45901000AB0002")
    assert "45901000AB0001\n45901000AB0002" in text
    assert '<option value="45901" selected>' in text


@pytest.mark.parametrize(
    ("more", "status", "word"),
    [
        ({"parcels": "bidule"}, 400, "« bidule » n’est pas une parcelle"),
        ({"parcels": "45902000AB0001"}, 400, "n’est pas dans la commune 45901"),
        ({"filed_date": "2026-02-30"}, 400, "date valide"),
        ({"filed_date": "2999-01-01"}, 400, "La date de dépôt est impossible"),
        ({"number": "XX 1"}, 400, "Un numéro commence par PC"),
        ({"number": "DP 045 901 26 A0001"}, 400, "commence par PC"),
        ({"change": "M", "parent": "PC 045 901 26 A9999"}, 400, "Aucun dossier ne porte ce numéro"),
        ({"change": "M"}, 400, "Citez le dossier qui est modifié"),
        ({"name": "", "email": "x@example.org"}, 400, "Nommez le demandeur"),
        ({"email": "pas une adresse"}, 400, "errorlist"),
        ({"other_case": "x" * 41}, 400, "40 caractères"),
        ({"kind": "XX"}, 400, "errorlist"),
        ({"insee": "45903"}, 400, "errorlist"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    world: World, more: dict[str, Any], status: int, word: str
) -> None:
    text = refused(world, status, **more)
    assert word in text
    assert "Votre saisie est gardée" in text
    assert 'value="12 rue Haute"' in text
    assert "1 rue des Lilas" in text


def test_a_number_that_exists_is_refused(world: World) -> None:
    number = f"PC 045 901 {today():%y} A0001"
    world.file(filed_date=today(), number=number)
    assert "Il existe déjà un dossier" in refused(world, 409, number=number)


def test_a_modification_is_filed_from_its_file(world: World) -> None:
    parent = world.file(filed_date=today() - timedelta(days=2))
    address = f"/permis/deposer/?parent={parent.number}&change=M&kind=PC&insee=45901"
    assert f'value="{parent.number}"' in html(browser(world), address)
    permit, _text = filed(world, parent=parent.number, change="M")
    assert permit.number == f"{parent.number}M01"


def test_a_town_hall_files_in_its_own_communes_without_the_instruction(world: World) -> None:
    text = html(browser(world, "town_hall"), "/permis/deposer/")
    assert "45902" not in text
    assert 'name="instructor"' not in text
    assert 'name="name"' in text
    permit, _text = filed(world, "town_hall", instructor=world.people["permit_instructor"].pk)
    assert permit.instructor_id is None
    assert permit.owner == world.member


def test_who_does_not_read_applicants_is_not_asked_for_one(world: World) -> None:
    assert 'name="email"' not in html(browser(world, "gis_administrator"), "/permis/deposer/")
    permit, _text = filed(world, "gis_administrator")
    with world.as_():
        assert not read_applicants([permit], why="test")


def test_who_files_for_several_members_says_for_which(world: World) -> None:
    member = factories.member(world.commune)
    with factories.as_owner():
        Membership.objects.create(user=world.people["permit_instructor"], member=member, role=Role.PERMIT_INSTRUCTOR)
    assert "Dites quel membre instruit" in refused(world)
    permit, _text = filed(world, member=member.pk)
    assert permit.owner == member


@pytest.mark.parametrize("who", ["reader", "network_technician"])
def test_others_do_not_file(world: World, who: str) -> None:
    assert browser(world, who).get("/permis/deposer/").status_code == 403
    assert browser(world, who).post("/permis/deposer/", given()).status_code == 403


def test_a_double_click_files_once(world: World) -> None:
    client = world.client()
    form = opened(client, "/permis/deposer/", "form_key") | given()
    first, second = (client.post("/permis/deposer/", form) for _click in range(2))
    assert first["Location"] == second["Location"]
    with world.as_():
        assert Permit.objects.count() == 1


def test_two_applications_that_differ_are_two_files(world: World) -> None:
    client = world.client()
    first, second = (client.post("/permis/deposer/", given(parcels=one)) for one in ("AB 1", "AB 2"))
    assert first["Location"] != second["Location"]


def test_the_instructor_who_files_is_proposed(world: World) -> None:
    form = browser(world).get("/permis/deposer/").context["form"]
    assert form["instructor"].value() == str(world.people[Role.PERMIT_INSTRUCTOR].pk)


def test_the_instructor_who_files_may_choose_nobody_yet(world: World) -> None:
    permit, _text = filed(world, instructor="")
    assert permit.instructor_id is None


def test_who_administers_is_not_proposed(world: World) -> None:
    form = browser(world, Role.GIS_ADMINISTRATOR).get("/permis/deposer/").context["form"]
    assert not form["instructor"].value()


def test_a_town_hall_chooses_no_instructor(world: World) -> None:
    assert "instructor" not in browser(world, Role.TOWN_HALL).get("/permis/deposer/").context["form"].fields


def test_after_an_error_the_choice_of_instructor_stays(world: World) -> None:
    answer = browser(world).post("/permis/deposer/", given(instructor="", parcels="bidule"))
    assert answer.status_code == 400
    assert answer.context["form"]["instructor"].value() == ""


def test_the_address_of_the_ground_is_proposed_from_the_address_layer(world: World) -> None:
    page = world.client().get("/permis/deposer/", headers={"accept": "text/html"}).content.decode()
    assert re.search(r'<input[^>]*name="address"[^>]*data-suggest="address"', page)
