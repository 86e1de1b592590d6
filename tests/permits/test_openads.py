"""/openads/services/…: the GIS contract of openADS, in the shapes of the Lizmap module's README."""

from base64 import b64encode
from datetime import date
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.test import Client

from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.tokens.authentication import create_token
from layers.cadastre.models import Address
from layers.planning.models import Document, Zone
from permits.models import Permit
from tests import factories
from tests.permits.conftest import World

ROOT = "/openads/services/openads~openads"
AB1, AB2, UNKNOWN = "450901000AB0001", "450901000AB0002", "450901000ZZ0009"


def client(world: World, who: str = Role.PERMIT_INSTRUCTOR) -> Client:
    """As curl does it: Basic, with an API token as the password."""
    _token, secret = create_token(user=world.people[who], name="openADS")
    basic = b64encode(f"{world.people[who].username}:{secret}".encode()).decode()
    return Client(headers={"Authorization": f"Basic {basic}"}, raise_request_exception=False)


def emprise(asker: Client, dossier: str, *parcels: str) -> Any:
    url = f"{ROOT}/dossiers/{dossier}/emprise"
    return asker.post(url, {"parcelles": list(parcels)}, content_type="application/json")


def refused(answer: Any) -> tuple[int, dict[str, Any]]:
    return answer.status_code, answer.json()


@pytest.fixture
def zone(world: World) -> Zone:
    """A zone Ub over parcel AB 1 alone."""
    document = factories.planning_document()
    with factories.as_owner():
        Document.objects.filter(pk=document.pk).update(approved_date=date(2020, 1, 15), starts_date=date(2020, 1, 15))
        return Zone.objects.create(document=document, libelle="Ub", libelong="Zone pavillonnaire", typezone="U",
                                   idurba=document.idurba, geom=factories.square(side=90))  # fmt: skip


# -- parcels ----------------------------------------------------------------------------------------------------------


def test_a_parcel_that_exists_is_told_with_its_address(world: World) -> None:
    with factories.as_owner():
        Address.objects.create(insee="45901", number=57, suffix="bis", road_name="Chemin de la Justice",
                               postcode="45260", commune_name="Lorris", label="57 bis Chemin de la Justice",
                               parcel_idu="45901000AB0001", geom=Point(*factories.ORIGIN, srid=2154))  # fmt: skip
    assert client(world).get(f"{ROOT}/parcelles/{AB1}").json() == {
        "parcelles": [
            {
                "parcelle": AB1,
                "existe": "true",
                "adresse": {
                    "numero_voie": "57 bis",
                    "type_voie": "Chemin",
                    "nom_voie": "de la Justice",
                    "arrondissement": "901",
                },
            }
        ]
    }


def test_parcels_that_do_not_exist_come_last(world: World) -> None:
    told = client(world).get(f"{ROOT}/parcelles/{UNKNOWN};{AB1};80016").json()["parcelles"]
    assert [(one["parcelle"], one["existe"]) for one in told] == [(AB1, "true"), (UNKNOWN, "false"), ("80016", "false")]
    assert set(told[1]) == {"parcelle", "existe"}


def test_a_section_of_one_letter_is_found_unpadded_as_openads_sends_it(world: World) -> None:
    factories.parcel("45901", "A", "0079")
    for text in ("450901000A0079", "4509010000A0079", "450901000 A0079"):
        (told,) = client(world).get(f"{ROOT}/parcelles/{text}").json()["parcelles"]
        assert (told["parcelle"], told["existe"]) == (text, "true")


def test_too_many_parcels_at_once_are_refused(world: World) -> None:
    many = ";".join(f"450901000AB{rank:04d}" for rank in range(101))
    assert client(world).get(f"{ROOT}/parcelles/{many}").status_code == 400


# -- constraints ------------------------------------------------------------------------------------------------------


def test_the_constraints_of_a_commune_and_of_a_file_are_told_alike(world: World, zone: Zone, on_day: Any) -> None:
    on_day(date(2026, 1, 20))
    first, second = world.file(), world.file(parcels=["AB 2"])
    asker = client(world)
    (whole,) = asker.get(f"{ROOT}/communes/45901/contraintes").json()["contraintes"]
    assert set(whole) == {"contrainte", "groupe_contrainte", "sous_groupe_contrainte", "libelle", "texte"}
    assert (whole["groupe_contrainte"], whole["libelle"], whole["texte"]) == ("Zonage", "Ub", "Zone pavillonnaire")
    assert asker.get(f"{ROOT}/dossiers/{first.number}/contraintes").json() == {"contraintes": [whole]}
    assert asker.get(f"{ROOT}/dossiers/{second.number}/contraintes").json() == {"contraintes": []}


@pytest.mark.parametrize("insee", ["99999", "abc", "4590", "459010"])
def test_a_code_that_is_no_commune_has_no_constraint(world: World, zone: Zone, insee: str) -> None:
    answer = client(world).get(f"{ROOT}/communes/{insee}/contraintes")
    assert (answer.status_code, answer.json()) == (200, {"contraintes": []})


# -- files ------------------------------------------------------------------------------------------------------------


def test_the_extent_of_a_file_of_the_register_is_kept_there(world: World) -> None:
    permit = world.file(parcels=[])
    asker = client(world)
    assert asker.post(f"{ROOT}/dossiers/{permit.number}/centroide").json() == {
        "centroide": {"statut_calcul_centroide": "false"}
    }
    assert emprise(asker, f"{permit.number}P0", AB1, AB2).json() == {"emprise": {"statut_calcul_emprise": "true"}}
    with acting_as(SYSTEM):
        permit.refresh_from_db()
    assert permit.idus == ["45901000AB0001", "45901000AB0002"]
    x, y = factories.ORIGIN
    assert asker.post(f"{ROOT}/dossiers/{permit.number}/centroide").json() == {
        "centroide": {"statut_calcul_centroide": "true", "x": f"{x + 100:.3f}", "y": f"{y + 50:.3f}"}
    }


def test_the_same_extent_again_changes_nothing(world: World) -> None:
    permit = world.file()
    with acting_as(SYSTEM):
        before = Permit.objects.get().version
    emprise(client(world), permit.number, AB1)
    with acting_as(SYSTEM):
        assert (Permit.objects.get().version, permit.idus) == (before, ["45901000AB0001"])


def test_the_extent_of_a_file_that_is_only_in_openads_is_computed_and_not_kept(world: World, zone: Zone) -> None:
    asker = client(world)
    assert emprise(asker, "PC04590126X0099P0", AB1).json() == {"emprise": {"statut_calcul_emprise": "true"}}
    told = asker.post(f"{ROOT}/dossiers/PC04590126X0099P0/centroide").json()["centroide"]
    assert told["statut_calcul_centroide"] == "true"
    (found,) = asker.get(f"{ROOT}/dossiers/PC04590126X0099P0/contraintes").json()["contraintes"]
    assert found["libelle"] == "Ub"
    with acting_as(SYSTEM):
        assert not Permit.objects.exists()


def test_what_one_person_sent_another_does_not_read(world: World) -> None:
    emprise(client(world), "444444", AB1)
    assert client(world, Role.GIS_ADMINISTRATOR).post(f"{ROOT}/dossiers/444444/centroide").status_code == 404


def test_who_may_not_write_a_file_leaves_it_as_it_is(world: World) -> None:
    permit = world.file()
    assert emprise(client(world, Role.READER), permit.number, AB2).json()["emprise"]["statut_calcul_emprise"] == "true"
    with acting_as(SYSTEM):
        assert Permit.objects.get().idus == ["45901000AB0001"]


def test_another_members_file_is_as_a_missing_one(world: World) -> None:
    permit = world.file()
    for dossier in (permit.number, "PC04590126X0099"):
        for method, what in (("post", "centroide"), ("get", "contraintes")):
            answer = getattr(client(world, "stranger"), method)(f"{ROOT}/dossiers/{dossier}/{what}")
            assert answer.status_code == 404
            assert answer.json().keys() == {"code", "status", "message"}


def test_an_unknown_parcel_gives_no_extent_and_changes_nothing(world: World) -> None:
    permit = world.file()
    assert emprise(client(world), permit.number, AB2, UNKNOWN).json() == {"emprise": {"statut_calcul_emprise": "false"}}
    with acting_as(SYSTEM):
        assert Permit.objects.get().idus == ["45901000AB0001"]


def test_parcels_of_two_communes_are_refused_as_the_contract_says(world: World) -> None:
    assert refused(emprise(client(world), "444444", AB1, "450903000AC0001")) == (
        400,
        {"code": 0, "status": "error", "message": "The parcelles do not all come from the same municipality"},
    )


def test_parcels_of_another_commune_than_the_files_are_refused(world: World) -> None:
    permit = world.file()
    assert emprise(client(world), permit.number, "450903000AC0001").status_code == 400


@pytest.mark.parametrize("body", ["{", "[]", "{}", '{"parcelles": []}', '{"parcelles": [1]}', '{"parcelles": "x"}'])
def test_a_body_that_makes_no_sense_is_refused_in_the_contracts_shape(world: World, body: str) -> None:
    answer = client(world).post(f"{ROOT}/dossiers/1/emprise", body, content_type="application/json")
    status, told = refused(answer)
    assert (status, told["code"], told["status"]) == (400, 0, "error")


# -- who asks ---------------------------------------------------------------------------------------------------------


def test_nobody_is_asked_for_a_token(world: World) -> None:
    answer = Client().get(f"{ROOT}/parcelles/{AB1}")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Basic realm="Arpent"')
    assert answer.json() == {"code": 0, "status": "error", "message": "Access denied, invalid login"}
    wrong = Client(headers={"Authorization": f"Basic {b64encode(b'admin:badpassword').decode()}"})
    assert wrong.get(f"{ROOT}/parcelles/{AB1}").status_code == 401


@pytest.mark.parametrize(
    ("project", "status"), [("openads~other", 404), ("openads", 404), ("nobody~openads", 404), ("x~OpenADS", 404)]
)
def test_a_project_that_is_none_is_refused(world: World, project: str, status: int) -> None:
    answer = client(world).get(f"/openads/services/{project}/parcelles/{AB1}")
    assert refused(answer)[0] == status


def test_a_project_may_name_the_member(world: World) -> None:
    project = f"/openads/services/{world.member.slug}~openads"
    permit = world.file()
    assert client(world).post(f"{project}/dossiers/{permit.number}/centroide").status_code == 200
    other = f"/openads/services/{world.other.slug}~openads"
    assert client(world).post(f"{other}/dossiers/{permit.number}/centroide").status_code == 404


def test_a_wrong_method_is_refused_in_the_contracts_shape(world: World) -> None:
    answer = client(world).post(f"{ROOT}/parcelles/{AB1}")
    assert (refused(answer)[0], answer["Allow"].split(",")[0]) == (405, "GET")


# -- the map ----------------------------------------------------------------------------------------------------------


def test_a_link_of_openads_opens_the_map_on_parcels_and_file(world: World) -> None:
    permit = world.file()
    browser = world.client()
    on_parcels = browser.get("/openads/carte", {"parcelles": f"{AB1};{AB2};{UNKNOWN}"})["Location"]
    assert on_parcels.startswith("/#v=1&c=1.897786,47.548615&z=")
    assert on_parcels.endswith("&ps=45901000AB0001,45901000AB0002")
    on_file = browser.get("/openads/carte", {"openads_dossier": str(permit)})["Location"]
    assert on_file.endswith(f"&s=permits.{permit.pk}")


@pytest.mark.parametrize("query", ["", "?parcelles=;;,x", "?dossier=nothing", "?dossier=PC0459012600001"])
def test_a_link_that_names_nothing_seen_opens_the_map(world: World, query: str) -> None:
    world.file()
    assert Client().get(f"/openads/carte{query}")["Location"] == "/#v=1"
