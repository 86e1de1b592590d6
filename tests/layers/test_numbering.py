"""A member's administrator says how the new objects of its layers are numbered."""

from typing import Any

import pytest
from django.contrib.gis.geos import LineString
from django.db import DatabaseError, connection
from django.test import Client

from gis_core.members.rights import acting_as, rights_of
from layers.catalogue.models import Layer
from layers.features.models import Numbering
from layers.features.services.origin import Origin
from layers.features.services.reshape import split
from layers.features.services.write import Edit, apply_edits
from tests import factories
from tests.layers.test_settings import administrator

pytestmark = pytest.mark.django_db
PAGE = "/couches/numerotation/"
HTML = {"accept": "text/html"}
COLUMNS: list[dict[str, Any]] = [
    {"name": "name", "label": "Nom", "type": "text"},
    {"name": "length", "label": "Longueur", "type": "integer"},
    {"name": "kind", "label": "Nature", "type": "text", "choices": ["a", "b"], "values": {"a": ["Arbre", "Tree"]}},
]
X, Y = factories.ORIGIN
OF_UPDATES = " (select from gis_core_rowhistory r where r.event_id = e.id and operation = 'UPDATE')"


@pytest.fixture
def layer() -> Layer:
    owner = factories.member(factories.commune())
    return factories.editable_layer(owner, "line", slug="haies", columns=COLUMNS, key_column="name")


def post(client: Client, text: str) -> Any:
    return client.post(PAGE, {"haies": text}, headers=HTML)


def test_patterns_are_kept_by_value(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    assert post(client, "a | H-{000}\nX{0}").status_code == 302
    with factories.as_owner():
        (kept,) = Numbering.objects.filter(layer=layer)
    assert (kept.column, kept.patterns) == ("kind", {"a": "H-{000}", "": "X{0}"})
    assert "a | H-{000}" in client.get(PAGE, headers=HTML).content.decode()


def test_a_layer_without_patterns_is_numbered_no_more(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    post(client, "H-{000}")
    post(client, "")
    with factories.as_owner():
        assert not Numbering.objects.filter(layer=layer).exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("H-", "{0000}"),
        ("H-{0}{0}", "{0000}"),
        ("H-{nom}{0}", "{0000}"),
        ("c | H-{0}", "n’est pas une des valeurs"),
        ("a | H-{0}\na | B-{0}", "deux modèles"),
        ("H" * 70 + "{0}", "{0000}"),
    ],
)
def test_a_pattern_that_cannot_be_is_told_at_its_layer(client: Client, layer: Layer, text: str, words: str) -> None:
    administrator(client, layer.owner)
    answer = post(client, text)
    assert answer.status_code == 400
    assert words in answer.content.decode()


def test_pieces_of_an_object_that_is_cut_have_a_reference_each(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    post(client, "H-{000}")
    person = factories.user(layer.owner, "network_technician")
    pk = factories.feature(layer, name="H-007")
    line = LineString((X + 30, Y - 5), (X + 30, Y + 5), srid=2154)
    with acting_as(rights_of(person)):
        results = split(layer, pk, line, version=1, rights=rights_of(person), origin=Origin("web", ""))
        found = client.get(f"/api/v1/layers/haies/features/{results[1].id}/").json()
    assert found["title"] == "H-008"


@pytest.mark.parametrize("key", ["", "length"])
def test_a_layer_whose_reference_is_no_text_any_more_is_not_numbered(client: Client, layer: Layer, key: str) -> None:
    administrator(client, layer.owner)
    post(client, "H-{000}")
    with factories.as_owner():
        Layer.objects.filter(pk=layer.pk).update(key_column=key)
    drawn = LineString((X, Y), (X + 9, Y), srid=2154)
    person = rights_of(factories.user(layer.owner, "network_technician"))
    with acting_as(person):
        edit = Edit(action="create", properties={"kind": "a"}, geometry=drawn)
        (made,) = apply_edits(layer, [edit], rights=person, origin=Origin("web", ""))
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(f'select name, length from "{layer.table}" where id = %s', [made.id])
        assert cursor.fetchone() == (None, None)


def test_another_members_layer_is_not_on_the_page(client: Client, layer: Layer) -> None:
    administrator(client, factories.member(factories.commune()))
    assert 'name="haies"' not in client.get(PAGE, headers=HTML).content.decode()


def test_another_member_cannot_be_asked_for(client: Client, layer: Layer) -> None:
    administrator(client, factories.member(factories.commune()))
    assert client.get(f"{PAGE}?membre={layer.owner_id}", headers=HTML).status_code == 404


def test_objects_without_a_reference_are_numbered_in_the_order_of_their_place(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    post(client, "H-{000}")
    there = factories.feature(layer, name="H-007")
    places = [(X, Y - 1000), (X + 10, Y + 30), (X + 60, Y + 40)]
    lines = [LineString((x, y), (x + 5, y), srid=2154) for x, y in places]
    south, west, east = (factories.feature(layer, line, name=None) for line in lines)
    preview = client.get(f"{PAGE}haies/", headers=HTML).content.decode()
    assert ("H-008" in preview, "H-010" in preview, "Numéroter 3 objets" in preview) == (True, True, True)
    assert names(layer) == {there: "H-007", south: None, west: None, east: None}
    assert client.post(f"{PAGE}haies/", headers=HTML).status_code == 302
    assert names(layer) == {there: "H-007", west: "H-008", east: "H-009", south: "H-010"}


def test_what_is_numbered_is_one_event_of_the_history(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    post(client, "H-{000}")
    pks = [factories.feature(layer, name=""), factories.feature(layer, name=None)]
    client.post(f"{PAGE}haies/", headers=HTML)
    histories = [client.get(f"/api/v1/layers/haies/features/{pk}/history/").json() for pk in pks]
    latest = [one["results"][0] for one in histories]
    assert [(one["action"], "H-00" in str(one["changes"])) for one in latest] == [("update", True)] * 2
    with factories.as_owner(), connection.cursor() as cursor:
        statement = "select count(*) from gis_core_historyevent e where layer = %s and exists" + OF_UPDATES
        cursor.execute(statement, [layer.pk])
        assert cursor.fetchone() == (1,)


def test_a_nature_without_pattern_stays_without_reference(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    post(client, "a | H-{000}")
    tree, other = factories.feature(layer, name=None, kind="a"), factories.feature(layer, name=None, kind="b")
    assert "1 objet reste sans référence" in client.get(f"{PAGE}haies/", headers=HTML).content.decode()
    client.post(f"{PAGE}haies/", headers=HTML)
    assert names(layer) == {tree: "H-001", other: None}


def test_the_page_counts_what_has_no_reference(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    factories.feature(layer, name=None)
    assert "sans référence" not in client.get(PAGE, headers=HTML).content.decode()
    post(client, "H-{000}")
    assert "1 objet sans référence" in client.get(PAGE, headers=HTML).content.decode()


def test_a_layer_without_patterns_has_nothing_to_number(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    pk = factories.feature(layer, name=None)
    preview = client.get(f"{PAGE}haies/", headers=HTML)
    assert (preview.status_code, "1 objet reste sans référence" in preview.content.decode()) == (200, True)
    assert client.post(f"{PAGE}haies/", headers=HTML).status_code == 302
    assert names(layer) == {pk: None}


def test_another_members_objects_are_not_numbered(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    post(client, "H-{000}")
    pk = factories.feature(layer, name=None)
    administrator(client, factories.member(factories.commune()))
    assert client.post(f"{PAGE}haies/", headers=HTML).status_code == 404
    assert names(layer) == {pk: None}


def test_the_database_gives_no_number_to_somebody_who_may_not_write(layer: Layer) -> None:
    reader = rights_of(factories.user(layer.owner, "reader"))
    with acting_as(reader), pytest.raises(DatabaseError, match="not yours"), connection.cursor() as cursor:
        cursor.execute("select arpent.next_reference(%s, %s, 'H-{000}')", [layer.pk, layer.owner_id])


def names(layer: Layer) -> dict[int, str | None]:
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(f'select id, name from "{layer.table}"')
        return dict(cursor.fetchall())
