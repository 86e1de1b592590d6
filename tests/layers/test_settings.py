"""The settings of a layer: who changes them, what is refused, what is told when two people do."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Member
from layers.catalogue.models import Layer
from tests import factories

pytestmark = pytest.mark.django_db
PAGE = {"accept": "text/html"}


@pytest.fixture
def owner() -> Member:
    return factories.member(factories.commune())


@pytest.fixture
def layer(owner: Member) -> Layer:
    return factories.editable_layer(owner, slug="lampes", legend=[SINGLE], visibility="owner")


SINGLE = {"label": "Lampe", "symbol": {"kind": "circle", "fill": "#0b5c6b"}}


def administrator(client: Client, owner: Member | None) -> Client:
    client.force_login(factories.user(owner or factories.member(), "gis_administrator"))
    return client


def now(slug: str = "lampes") -> Layer:
    with acting_as(SYSTEM):
        return Layer.objects.get(slug=slug)


def tag(client: Client, path: str) -> str:
    page = client.get(path, headers=PAGE).content.decode()
    return re.search(r'name="seen" value="(\w+)"', page)[1]  # type: ignore[index]


def described(client: Client, **changed: Any) -> dict[str, Any]:
    """What the form sends when nothing but this was changed."""
    kept = now()
    sent = {
        "seen": tag(client, "/couches/lampes/"),
        "title": kept.title,
        "theme": kept.theme_id,
        "order": kept.order,
        "visibility": kept.visibility,
        "editor_roles": kept.editor_roles,
        "visible_at_first": "on",
    }
    return sent | changed


def send(client: Client, body: dict[str, Any], path: str = "/couches/lampes/") -> Any:
    return client.post(path, body, headers=PAGE)


def test_the_list_holds_the_layers_that_one_administers(client: Client, layer: Layer) -> None:
    factories.editable_layer(slug="autrui")
    page = administrator(client, layer.owner).get("/couches/", headers=PAGE).content.decode()
    assert "/couches/lampes/" in page
    assert "autrui" not in page


def test_what_was_typed_is_saved_and_the_layer_gets_its_next_version(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    given = {"title": "Éclairage", "lineage": "Relevé au GPS", "source_date": "2024-06-12", "licence": "LO 2.0"}
    assert send(client, described(client, **given)).status_code == 302
    saved = now()
    assert (saved.title, saved.lineage, str(saved.source_date), saved.licence) == tuple(given.values())
    assert saved.version == layer.version + 1


def test_nothing_changed_is_no_new_version(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    assert send(client, described(client)).status_code == 302
    assert now().version == layer.version


def test_two_people_who_change_the_same_settings_are_told(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    body = described(client, title="Le mien")
    with factories.as_owner(), acting_as(SYSTEM):
        Layer.objects.update(title="Le sien")
    answer = send(client, body)
    assert answer.status_code == 412
    page = answer.content.decode()
    assert "Titre : maintenant « Le sien »" in page
    assert 'value="Le mien"' in page
    assert now().title == "Le sien"


def test_after_being_told_one_saves_knowingly(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    body = described(client, title="Le mien")
    with factories.as_owner(), acting_as(SYSTEM):
        Layer.objects.update(title="Le sien")
    told = send(client, body).content.decode()
    again = re.search(r'name="seen" value="(\w+)"', told)[1]  # type: ignore[index]
    assert send(client, body | {"seen": again}).status_code == 302
    assert now().title == "Le mien"


def test_an_edit_of_a_feature_is_no_change_of_the_settings(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    body = described(client, title="Autre")
    with factories.as_owner(), acting_as(SYSTEM):
        Layer.objects.update(extent_4326=[1, 47, 2, 48])
    assert send(client, body).status_code == 302


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"title": ""}, "obligatoire"),
        ({"theme": "999"}, "Sélectionnez un choix valide"),
        ({"visibility": "members"}, "Choisissez au moins un membre"),
        ({"editor_roles": ["reader"]}, "Sélectionnez un choix valide"),
        ({"source_date": "hier"}, "date valide"),
        ({"order": "-1"}, "supérieure ou égale à 0"),
    ],
)
def test_a_wrong_value_is_told_at_its_field(client: Client, layer: Layer, changed: Any, words: str) -> None:
    assert layer.owner is not None
    factories.member(*layer.owner.communes.all())
    administrator(client, layer.owner)
    answer = send(client, described(client, **changed))
    assert answer.status_code == 400
    assert words in answer.content.decode()


def test_a_layer_is_shared_with_members_of_the_same_communes_only(client: Client, layer: Layer) -> None:
    assert layer.owner is not None
    partner, stranger = factories.member(*layer.owner.communes.all()), factories.member(factories.commune())
    administrator(client, layer.owner)
    shared = {"visibility": "members", "shared_with": [partner.pk]}
    assert send(client, described(client, **shared)).status_code == 302
    assert now().shared_with == [partner.pk]
    assert send(client, described(client, visibility="members", shared_with=[stranger.pk])).status_code == 400


def test_those_it_is_shared_with_may_stay_whoever_they_are(client: Client, layer: Layer) -> None:
    stranger = factories.member(factories.commune())
    with factories.as_owner(), acting_as(SYSTEM):
        Layer.objects.update(visibility="members", shared_with=[stranger.pk])
    administrator(client, layer.owner)
    assert send(client, described(client, shared_with=[stranger.pk])).status_code == 302


@pytest.mark.parametrize("role", [Role.READER, Role.NETWORK_TECHNICIAN])
def test_whoever_administers_nothing_has_no_settings(client: Client, layer: Layer, role: str) -> None:
    client.force_login(factories.user(layer.owner, role))
    assert client.get("/couches/lampes/", headers=PAGE).status_code == 403


def test_another_members_administrator_finds_nothing(client: Client, layer: Layer) -> None:
    administrator(client, factories.member(factories.commune()))
    assert client.get("/couches/lampes/", headers=PAGE).status_code == 404


def test_the_agency_changes_every_layer_and_its_reference_data_have_no_editors(client: Client) -> None:
    factories.layer("parcelles-essai", legend=[SINGLE])
    client.force_login(factories.user(factories.member(), "agency_administrator"))
    page = client.get("/couches/parcelles-essai/", headers=PAGE)
    assert page.status_code == 200
    assert "editor_roles" not in page.content.decode()


def test_the_catalogue_says_where_the_settings_are_to_whoever_administers_the_layer(
    client: Client, layer: Layer
) -> None:
    client.force_login(factories.user(layer.owner, "reader"))
    assert client.get("/api/v1/layers/lampes/").json()["settings"] is None
    administrator(client, layer.owner)
    assert client.get("/api/v1/layers/lampes/").json()["settings"] == "/couches/lampes/"


def test_what_the_settings_were_stays_in_the_history(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    send(client, described(client, title="Nouveau titre"))
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "select old ->> 'title' from gis_core_rowhistory h join gis_core_historyevent e on e.id = event_id"
            " where e.\"table\" = 'catalogue_layer' and operation = 'UPDATE' order by h.id desc limit 1"
        )
        assert cursor.fetchone() == (layer.title,)
