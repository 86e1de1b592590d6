"""The figures of the form (Cerfa): areas that add up, destinations of the code; persons in the protected store."""

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.urls import reverse

from gis_core.errors import Forbidden, Invalid
from gis_core.members.rights import Role
from permits.models import Applicant, Figures, Permit
from permits.services.applicants import Person, read_applicants, read_siret, write_applicant
from permits.services.figures import GivenFigures, save_figures
from tests import factories
from tests.page_forms import browser, opened
from tests.permits.conftest import World

FLOORS = {"floor_before_m2": "80", "floor_created_m2": "45,5", "floor_removed_m2": "5,5", "floor_after_m2": "120"}


def address(permit: Permit) -> str:
    return f"/permis/{permit.number}/surfaces/"


def send(world: World, permit: Permit, who: str = Role.PERMIT_INSTRUCTOR, **given: Any) -> Any:
    return world.client(who).post(address(permit), given, headers={"accept": "text/html"})


def kept(world: World, permit: Permit) -> Figures:
    with world.as_():
        return Figures.objects.get(permit=permit)


def page_of(world: World, permit: Permit) -> str:
    answer = world.client().get(f"/permis/{permit.number}/", headers={"accept": "text/html"})
    return unescape(answer.content.decode()).replace("\xa0", " ").replace("\u202f", " ")


def test_figures_are_kept_and_shown_on_the_page(world: World) -> None:
    permit = world.file()
    assert send(world, permit, **FLOORS, dwellings="1", destinations=["logement"]).status_code == 302
    figures = kept(world, permit)
    assert figures.floor_created_m2 == Decimal("45.50")
    assert (figures.floor_after_m2, figures.dwellings, figures.destinations) == (Decimal(120), 1, ["logement"])
    text = page_of(world, permit)
    assert 'Surface de plancher après travaux : <span class="number">120 m²</span>' in text
    assert "Habitation : logement" in text


def test_emprise_and_height_are_kept_shown_and_given_by_the_api(world: World) -> None:
    permit = world.file()
    assert send(world, permit, emprise_created_m2="62,5", height_m="5,8").status_code == 302
    text = page_of(world, permit)
    assert 'Emprise au sol créée : <span class="number">62,5 m²</span>' in text
    assert 'Hauteur maximale : <span class="number">5,8 m</span>' in text
    figures = world.client().get(f"/api/v1/permits/{permit.number}/").json()["figures"]
    assert (figures["emprise_created_m2"], figures["height_m"]) == (62.5, 5.8)


def test_areas_that_do_not_add_up_are_refused_and_nothing_typed_is_lost(world: World) -> None:
    permit = world.file()
    answer = send(world, permit, **FLOORS | {"floor_after_m2": "130"})
    text = unescape(answer.content.decode()).replace("\xa0", " ")
    assert answer.status_code == 400
    assert "Avant + créée − supprimée donne 120 m², et non 130 m²" in text
    assert 'value="45,5"' in text
    with world.as_():
        assert not Figures.objects.exists()


def test_areas_that_the_form_leaves_out_are_not_added_up(world: World) -> None:
    permit = world.file()
    assert send(world, permit, floor_created_m2="20").status_code == 302
    assert kept(world, permit).floor_after_m2 is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("floor_created_m2", "-1"), ("dwellings", "-2"), ("floor_after_m2", "x"), ("height_m", "401"),
        ("emprise_created_m2", "-1"),
    ],
)  # fmt: skip
def test_a_figure_that_is_none_is_refused(world: World, name: str, value: str) -> None:
    assert send(world, world.file(), **{name: value}).status_code == 400


def test_a_destination_that_the_code_does_not_know_is_refused(world: World) -> None:
    permit = world.file()
    with world.as_(), pytest.raises(Invalid, match=r"R\.151-28"):
        save_figures(permit, GivenFigures(destinations=["palais"]), world.rights())


def test_the_database_refuses_areas_that_do_not_add_up(world: World) -> None:
    permit = world.file()
    with world.as_(), pytest.raises(IntegrityError, match="floor_areas_add_up"):
        Figures.objects.create(
            permit=permit, floor_before_m2=80, floor_created_m2=40, floor_removed_m2=0, floor_after_m2=100
        )


def test_who_does_not_file_enters_no_figures(world: World) -> None:
    permit = world.file()
    assert send(world, permit, Role.READER, dwellings="1").status_code == 403
    with world.as_(Role.READER), pytest.raises(Forbidden):
        save_figures(permit, GivenFigures(dwellings=1), world.rights(Role.READER))


def test_another_member_finds_no_file(world: World) -> None:
    assert send(world, world.file(), "stranger", dwellings="1").status_code == 404


def test_two_who_change_the_areas_are_asked(world: World) -> None:
    permit = world.file()
    send(world, permit, **FLOORS)
    client = browser(world.people[Role.PERMIT_INSTRUCTOR])
    form = opened(client, address(permit), "floor_before_m2")
    assert (
        client.post(address(permit), form | {"floor_before_m2": ["90"], "floor_after_m2": ["130"]}).status_code == 302
    )
    second = client.post(address(permit), form | {"floor_created_m2": ["55,5"], "floor_after_m2": ["130"]})
    assert second.status_code == 409
    assert kept(world, permit).floor_before_m2 == 90


def test_the_api_gives_figures_and_no_person(world: World) -> None:
    permit = world.file()
    send(world, permit, **FLOORS, dwellings="2", destinations=["logement", "bureau"])
    given = world.client().get(f"/api/v1/permits/{permit.number}/").json()
    assert given["figures"] == {
        "floor_before_m2": 80.0,
        "floor_created_m2": 45.5,
        "floor_removed_m2": 5.5,
        "floor_after_m2": 120.0,
        "emprise_created_m2": None,
        "height_m": None,
        "dwellings": 2,
        "destinations": ["logement", "bureau"],
    }


def test_exports_of_the_list_have_areas_and_dwellings(world: World) -> None:
    permit = world.file()
    send(world, permit, **FLOORS, dwellings="2")
    answer: Any = world.client().get("/permis/export/?format=csv&state=")
    head, row = (
        b"".join(answer.streaming_content if answer.streaming else [answer.content])
        .decode("utf-8-sig")
        .splitlines()[:2]
    )
    values = dict(zip(head.split(";"), row.split(";"), strict=True))
    assert values["Surface de plancher créée (m²)"] == "45,5"
    assert values["Logements créés"] == "2"


# -- persons ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("siret", ["73282932000074", "732 829 320 00074"])
def test_a_siret_bears_its_key(siret: str) -> None:
    """7 3 2 8 2 9 3 2 0 0 0 0 7 4: every second figure from the right doubled, the sum is 50."""
    assert read_siret(siret) == "73282932000074"


@pytest.mark.parametrize("siret", ["73282932000075", "7328293200007", "abc", "٧٣٢٨٢٩٣٢٠٠٠٠٧٤"])
def test_a_siret_without_its_key_is_refused(siret: str) -> None:
    with pytest.raises(Invalid, match="SIRET"):
        read_siret(siret)


def test_architect_and_representative_are_in_the_protected_store(world: World) -> None:
    permit = world.file()
    given = {"name": "SCI Fictive", "siret": "73282932000074", "agent": "Paul Mandataire",
             "architect": "Anne Architecte", "architect_number": "S01234"}  # fmt: skip
    answer = world.client().post(f"/permis/{permit.number}/demandeur/", given, headers={"accept": "text/html"})
    assert answer.status_code == 302
    with world.as_():
        person = read_applicants([permit], why="essai")[permit.pk]
    assert (person.siret, person.agent) == ("73282932000074", "Paul Mandataire")
    assert (person.architect, person.architect_number) == ("Anne Architecte", "S01234")
    assert "Anne Architecte" not in page_of(world, permit)


def test_a_wrong_siret_is_said_at_its_field_and_nothing_is_lost(world: World) -> None:
    permit = world.file()
    given = {"name": "SCI Fictive", "siret": "73282932000075", "architect": "Anne Architecte"}
    answer = world.client().post(f"/permis/{permit.number}/demandeur/", given, headers={"accept": "text/html"})
    text = unescape(answer.content.decode())
    assert answer.status_code == 400
    assert "n’est pas un SIRET" in text
    assert 'value="Anne Architecte"' in text


def test_who_does_not_read_applicants_writes_no_architect(world: World) -> None:
    permit = world.file()
    with world.as_(Role.READER), pytest.raises(Forbidden):
        write_applicant(permit, Person("X", architect="Anne"), why="essai")


def test_the_web_role_cannot_read_the_architect_in_the_table(world: World) -> None:
    world.file(applicant=Person("X", architect="Anne Architecte"))
    with world.as_(), factories.as_role("arpent_web"), pytest.raises(ProgrammingError), transaction.atomic():
        Applicant.objects.exists()


# -- in letters -------------------------------------------------------------------------------------------------------


def letter_values(world: World, permit: Permit, person: Person | None = None) -> dict[str, Any]:
    from permits.letters import LetterRequest, letter_field_values

    with world.as_():
        return dict(letter_field_values(permit, LetterRequest(), person))


def test_letters_may_name_the_figures_of_the_form(world: World) -> None:
    permit = world.file()
    given = GivenFigures(
        floor_before_m2=Decimal(120), floor_created_m2=Decimal("42.5"), floor_removed_m2=Decimal(0),
        floor_after_m2=Decimal("162.5"), dwellings=0, destinations=["logement"],
    )  # fmt: skip
    with world.as_():
        save_figures(permit, given, world.rights())
    values = letter_values(world, permit)
    floors = [values[name] for name in ("surface_avant", "surface_creee", "surface_supprimee", "surface_apres")]
    assert [re.sub(r"\s", " ", one) for one in floors] == ["120 m²", "42,5 m²", "0 m²", "162,5 m²"]
    assert (values["logements"], values["destinations"]) == ("0", ["Habitation\N{NO-BREAK SPACE}: logement"])


def test_letters_may_name_the_architect_the_representative_and_the_siret(world: World) -> None:
    person = Person("SCI Fictive", siret="12345678900013", agent="Étude Fictive", architect="Atelier Fictif",
                    architect_number="S12345")  # fmt: skip
    values = letter_values(world, world.file(), person)
    names = ("demandeur_siret", "mandataire", "architecte", "architecte_numero")
    assert [values[name] for name in names] == ["123 456 789 00013", "Étude Fictive", "Atelier Fictif", "S12345"]


def test_a_figure_that_nobody_entered_is_a_place_to_complete(world: World) -> None:
    from gis_core.letters.kinds import kind_of
    from gis_core.letters.template import Template

    template = Template("Surface : {{ surface_apres }}\n- {{ destinations }}", kind_of("permit-granted"))
    text = template.filled(letter_values(world, world.file()))
    assert text == "Surface : [à compléter : surface_apres]\n- [à compléter : destinations]"


def test_a_letter_that_names_nobody_has_no_field_of_the_applicant() -> None:
    from gis_core.letters.kinds import kind_of

    known = kind_of("permit-consultation").fields_by_name()
    assert "surface_apres" in known
    assert not {"architecte", "demandeur_siret", "mandataire"} & set(known)


def test_the_page_of_a_template_lists_the_fields_of_the_form(world: World) -> None:
    path = reverse("letter_template", args=[world.member.slug, "permit-granted"])
    text = world.client().get(path, headers={"accept": "text/html"}).content.decode()
    for name in ("surface_apres", "destinations", "logements", "architecte", "mandataire", "demandeur_siret"):
        assert name in text, name
