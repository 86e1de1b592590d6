"""What somebody wrote of a file, as everybody reads it: nobody's name, as far as names can be known."""

from datetime import date
from typing import Any

import pytest

from gis_core.members.rights import ANONYMOUS, acting_as
from permits.services.applicants import Person
from permits.services.register import FilingQuery, RegisterQuery, decisions, filings
from tests.permits.conftest import World


@pytest.fixture(autouse=True)
def now(on_day: Any) -> None:
    on_day(date(2026, 3, 1))


PEOPLE = Person("Anne-Marie Le Goff", agent="Paul LEFÈVRE-DUBOIS", architect="Émile Noël")


def read(world: World, written: str, **given: Any) -> str:
    """The works of a decision, as everybody reads them; the address, which has the same words, is as they are."""
    permit = world.file(description=written, address=written, **{"applicant": PEOPLE} | given)
    world.record(permit, "decided", date(2026, 1, 20), outcome="granted")
    with acting_as(ANONYMOUS):
        (one,) = decisions(RegisterQuery.parse({"number": permit.number}))
    assert one.works == one.address
    return one.works


@pytest.mark.parametrize(
    "written",
    [
        # What the file knows: who asks, who acts for them, their architect.
        "Abri LE GOFF",
        "Abri de jardin legoff",
        "garage le-goff anne marie",
        "Dossier suivi par lefevre dubois",
        "Plans de Emile NOEL",
        # A name that the file does not know, after a word that leads to one.
        "construction pour DUPONT Jean",
        "indivision MARTIN",
        "Indivision Lefort : abri de jardin",
        "Clôture chez Mercier",
        "Terrain appartenant à Durand",
        "Propriété de Lambert, piscine",
        "Extension de la maison de Bertrand",
        "Réhabilitation au nom de Girard",
        "Piscine pour le compte de Fournier",
        "Maître d’ouvrage : Morel",
        "Nouveau bénéficiaire Rousseau",
        "Hoirie Petit, démolition",
        # By its capitals, an initial or a first name.
        "Garage Pierre DURAND",
        "DURAND Pierre et Anne : piscine",
        "Extension BERNARD",
        "Véranda, J. Dupont",
        "Véranda (Dupont J.)",
        "Garage Thierry Blanc",
        "CONSTRUCTION D'UN GARAGE DUPONT JEAN",
        "abri de jardin sophie moreau",
        "EPOUX BERNARD, VERANDA",
        "MM Blanc et Noir, clôture",
        "Hangar de m. Blanchet",
        "hangar de m. blanchet",
        "Hangar m Blanchet",
        "14 rue Haute, DUPONT Jean",
    ],
)
def test_a_text_that_may_name_somebody_is_not_shown(world: World, written: str) -> None:
    assert read(world, written) == ""


@pytest.mark.parametrize(
    "written",
    [
        "Construction d’une maison individuelle avec garage",
        "CONSTRUCTION D'UNE MAISON INDIVIDUELLE ET D'UN GARAGE",
        "Démolition d’un HANGAR agricole",
        "Abri de Jardin de 20 m² en bois, RAL 7016",
        "Mur en pierre le long de la rue",
        "12 rue Jean Moulin",
        "3 avenue Georges POMPIDOU, Lorris",
        "Place du Général de Gaulle",
        "Réhabilitation de l’école Jules Ferry",
        "LORRIS, lieu-dit Les Chênes",
        "Maison R+1 pour location, PLU zone UA",
        "Division en vue de construire, 2 lots de 500 m²",
        "Pose de panneaux photovoltaïques en toiture, 9 kWc",
        "Création d’un ERP de 5e catégorie",
        "Maison de santé pour la commune",
        "Ravalement, église Saint-Martin",
        "Mur de 30 m. de haut",
        "Clôture, 12 m Nord et 30 m. Sud",
        "CLOTURE SUR 12 M NORD",
    ],
)
def test_a_text_that_names_nobody_is_shown(world: World, written: str) -> None:
    assert read(world, written) == written


def test_a_name_is_known_written_in_one_word_or_two(world: World) -> None:
    assert read(world, "Abri le goff", applicant=Person("Anne LEGOFF")) == ""
    assert read(world, "Annexe le golf", applicant=Person("Anne LEGOFF")) == "Annexe le golf"


def test_a_name_of_particles_hides_no_text(world: World) -> None:
    assert read(world, "Abri de la piscine", applicant=Person("Anne de La Tour")) == "Abri de la piscine"


def test_who_held_the_permit_before_its_transfer_is_not_named(world: World) -> None:
    first = world.file(applicant=Person("Luc Garnier"))
    world.record(first, "decided", date(2026, 1, 20), outcome="granted")
    transfer = {"parent": first.number, "change": "T", "filed_date": date(2026, 1, 25)}
    permit = world.file(description="Permis de garnier", applicant=PEOPLE, **transfer)
    with acting_as(ANONYMOUS):
        (one,) = filings(FilingQuery())
    assert (one.number, one.works) == (permit.number, "")


def test_who_gets_the_permit_by_its_transfer_is_not_named_in_the_former_file(world: World) -> None:
    first = world.file(applicant=PEOPLE, description="Repris par garnier")
    world.record(first, "decided", date(2026, 1, 20), outcome="granted")
    world.file(parent=first.number, change="T", applicant=Person("Luc Garnier"), filed_date=date(2026, 1, 25))
    with acting_as(ANONYMOUS):
        assert [one.works for one in decisions(RegisterQuery())] == [""]
