"""The catalogue's routes and services."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from gis_core.members.rights import SYSTEM, acting_as
from layers.cadastre.layers import LAYERS
from layers.catalogue.models import Background, Layer
from layers.catalogue.services import announce_changed, declare_layer
from layers.catalogue.validators import validate_columns, validate_rules
from tests import factories

pytestmark = pytest.mark.django_db
BUILT_IN = {
    "communes",
    "sections",
    "parcels",
    "buildings",
    "roads",
    "road-assets",
    "road-markers",
    "road-sections",
    "road-stretches",
    "works-detours",
    "addresses",
    "plu-zones",
    "risques-zones",
    "works",
}
BUILT_IN |= {
    f"{what}-{kind}"
    for what in ("plu-prescriptions", "plu-informations", "sup-assiettes", "sup-generateurs")
    for kind in ("surf", "lin", "pct")
}
BUILT_IN |= {"cadastral-sheets", "named-places", "water", "plan-roads", "plan-road-areas"}


def slugs(client: Client) -> set[str]:
    return {layer["slug"] for layer in client.get("/api/v1/layers/").json()["results"]}


def test_the_reference_layers_exist_in_every_database(client: Client) -> None:
    assert slugs(client) == BUILT_IN


def test_a_layer_says_what_the_map_needs(client: Client) -> None:
    layer = client.get("/api/v1/layers/parcels/").json()
    assert (layer["theme"]["title"], layer["min_zoom"], layer["tiles"], layer["style"]) == (
        "Cadastre",
        13,
        "/tiles/parcels.json",
        "/tiles/parcels/style.json",
    )
    assert set(layer["fields"][0]) == {"name", "label", "type", "unit", "in_tiles"}


def test_labels_follow_the_language_asked_for(client: Client) -> None:
    layer = client.get("/api/v1/layers/parcels/", headers={"accept-language": "en"}).json()
    assert (layer["title"], layer["theme"]["title"]) == ("Parcels", "Land registry")


def test_another_members_layer_answers_as_one_that_does_not_exist(client: Client) -> None:
    factories.layer("prive", visibility="owner", owner=factories.member())
    client.force_login(factories.user(factories.member()))
    hidden, missing = client.get("/api/v1/layers/prive/"), client.get("/api/v1/layers/absent/")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.json() == missing.json()


def test_the_owners_people_see_its_layer(client: Client) -> None:
    owner = factories.member()
    factories.layer("prive", visibility="owner", owner=owner)
    client.force_login(factories.user(owner))
    assert "prive" in slugs(client)


def test_counts_do_not_tell_of_hidden_layers(client: Client) -> None:
    factories.layer("prive", visibility="signed_in")
    assert client.get("/api/v1/layers/").json()["count"] == len(BUILT_IN)


def test_pages_of_layers_follow_each_other(client: Client) -> None:
    first = client.get("/api/v1/layers/?limit=20").json()
    rest = client.get(first["next"]).json()
    assert len(first["results"]) == 20
    assert len(rest["results"]) == len(BUILT_IN) - 20
    assert rest["next"] is None


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "a", "9" * 400, "1.5", "٣"])
def test_an_impossible_limit_is_refused(client: Client, limit: str) -> None:
    assert client.get("/api/v1/layers/", {"limit": limit}).status_code == 400


@pytest.mark.parametrize("address", ["/api/v1/layers/", "/api/v1/layers/parcels/", "/api/v1/backgrounds/"])
def test_the_catalogue_is_only_read(client: Client, address: str) -> None:
    assert client.post(address).status_code in (401, 403, 405)
    client.force_login(factories.user(factories.member()))
    assert client.post(address).status_code == 405


def test_backgrounds_begin_with_our_own_tiles(client: Client) -> None:
    with factories.as_owner():
        Background.objects.create(slug="ortho", title="Photos", kind="xyz", url="https://example.org/{z}/{x}/{y}.png")
    results = client.get("/api/v1/backgrounds/").json()["results"]
    assert [(one["slug"], one["kind"], one["default"]) for one in results] == [
        ("plan", "plain", True),
        ("ortho", "xyz", False),
    ]


def test_a_list_of_many_layers_needs_no_more_queries(client: Client, django_assert_max_num_queries: Any) -> None:
    for _number in range(10):
        factories.layer(owner=factories.member())
    with django_assert_max_num_queries(6):
        client.get("/api/v1/layers/")


def test_declaring_again_keeps_what_an_administrator_chose() -> None:
    (declaration,) = [one for one in LAYERS if one.slug == "parcels"]
    with factories.as_owner():
        Layer.objects.filter(slug="parcels").update(title="Plan", visibility="signed_in", title_field="idu")
        layer = declare_layer(declaration)
    assert (layer.title, layer.visibility, layer.title_field) == ("Plan", "signed_in", "label")


def test_a_change_gives_the_next_version_and_the_extent() -> None:
    factories.parcel()
    with acting_as(SYSTEM):
        layer = Layer.objects.get(slug="parcels")
        former = layer.version
        version = announce_changed(layer)
        fresh = Layer.objects.get(slug="parcels")
    assert version > former
    assert fresh.version == layer.version == version
    assert fresh.extent_4326 is not None
    assert 1 < fresh.extent_4326[0] < 3


def test_the_extent_of_private_rows_is_not_measured() -> None:
    owner = factories.member()
    layer = factories.layer("jobs", table="gis_core_job", rows="owner", visibility="owner", owner=owner)
    with acting_as(SYSTEM):
        announce_changed(layer)
        assert Layer.objects.get(slug="jobs").extent_4326 is None


# -- columns that only some roles see ---------------------------------------------------------------------------------

PRIVATE = [
    {"name": "idu", "label": "Identifiant", "type": "text", "in_tiles": True},
    {"name": "label", "label": "Référence", "type": "text", "roles": ["gis_administrator"]},
]


def test_a_private_column_leaves_for_its_roles_alone(client: Client) -> None:
    owner = factories.member()
    factories.layer("essai", columns=PRIVATE, owner=owner, title_field="label")
    parcel = factories.parcel(number="0121")
    pages = ("/api/v1/layers/essai/", "/api/v1/layers/essai/features/", f"/api/v1/layers/essai/features/{parcel.pk}/")
    for role, seen in (("reader", False), ("gis_administrator", True)):
        client.force_login(factories.user(owner, role))
        texts = [client.get(page).content.decode() for page in pages]
        assert ["Référence" in texts[0], "AB 121" in texts[1], "AB 121" in texts[2]] == [seen] * 3


def test_a_private_column_of_another_member_stays_private(client: Client) -> None:
    factories.layer("essai", columns=PRIVATE, owner=factories.member(), title_field="label")
    factories.parcel(number="0121")
    client.force_login(factories.user(factories.member(), "gis_administrator"))
    assert "AB 121" not in client.get("/api/v1/layers/essai/features/").content.decode()


def test_tiles_carry_no_private_column() -> None:
    columns = [PRIVATE[0], PRIVATE[1] | {"in_tiles": True}]
    assert factories.layer("essai", columns=columns).tile_columns() == ["idu"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"required": "oui"}, "« required »"),
        ({"read_only": 1}, "« read_only »"),
        ({"roles": ["maire"]}, "« roles »"),
        ({"roles": []}, "« roles »"),
        ({"roles": ["reader"], "in_tiles": True}, "tuiles"),
        ({"choices": []}, "« choices »"),
        ({"choices": [None]}, "« choices »"),
        ({"maximum_length": 0}, "« maximum_length »"),
        ({"maximum_length": True}, "« maximum_length »"),
        ({"default": "a"}, "« default »"),
        ({"default": "a", "choices": ["b"]}, "« default »"),
    ],
)
def test_a_column_that_says_nonsense_is_refused_in_words(more: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        validate_columns([{"name": "nom", "label": "Nom", "type": "text", **more}])


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"when": "vanne"}, "« when »"),
        ({"when": {"nature": []}}, "« when »"),
        ({"when": {"nature": ["vanne"], "nom": ["a"]}}, "« when »"),
        ({"when": {"nulle_part": ["vanne"]}}, "nulle_part"),
        ({"when": {"position": ["vanne"]}}, "position"),
        ({"when": {"nature": ["vanne"]}, "required": True}, "« required »"),
    ],
)
def test_a_condition_that_says_nonsense_is_refused_in_words(more: dict[str, Any], words: str) -> None:
    columns = [{"name": name, "label": name, "type": "text"} for name in ("nature", "nom")]
    with pytest.raises(ValidationError, match=words):
        validate_columns([*columns, {"name": "position", "label": "Position", "type": "text", **more}])


def test_a_field_may_be_asked_of_some_objects_alone() -> None:
    columns = [
        {"name": "nature", "label": "Nature", "type": "text"},
        {"name": "position", "label": "Position", "type": "text", "when": {"nature": ["vanne"]}},
    ]
    assert validate_columns(columns) is None


@pytest.mark.parametrize(
    "rule",
    [{"kind": "joli"}, {"kind": "unique"}, {"kind": "valid", "column": "nom"}, {"kind": "valid", "hard": 1}, "valid"]
    + [{"kind": "no_overlap", "tolerance_m": value} for value in (-1, "2", float("nan"), True)],
)
def test_a_rule_that_says_nonsense_is_refused(rule: Any) -> None:
    with pytest.raises(ValidationError):
        validate_rules([rule])
