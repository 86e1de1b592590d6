"""The fields of a layer: what they are called, who sees them, what may be written; the reference and the rules."""

from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from gis_core.errors import Conflict
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Job, Member
from layers.catalogue.models import Layer
from layers.settings.services.keys import set_key
from tests import factories
from tests.layers.test_settings import PAGE, SINGLE, administrator, now, tag
from tests.page_forms import Sent, browser, form_with, opened

pytestmark = pytest.mark.django_db
FIELDS, RULES = "/couches/lampes/champs/", "/couches/lampes/regles/"
COLUMNS: list[dict[str, Any]] = [
    {"name": "name", "label": "Nom", "type": "text", "in_tiles": True},
    {"name": "kind", "label": "Nature", "type": "text", "choices": ["a"], "values": {"a": ["Arbre", "Tree"]}},
    {"name": "lamps", "label": "Lampes", "type": "integer", "unit": "u"},
]


@pytest.fixture
def owner() -> Member:
    return factories.member(factories.commune())


@pytest.fixture
def layer(owner: Member) -> Layer:
    return factories.editable_layer(owner, slug="lampes", columns=COLUMNS, legend=[SINGLE], visibility="owner")


def sent(client: Client, **changed: Any) -> dict[str, Any]:
    body = {
        "seen": tag(client, FIELDS),
        "title_field": "name",
        "column": ["name", "kind", "lamps"],
        "name-label": "Nom",
        "name-in_tiles": "on",
        "kind-label": "Nature",
        "kind-values": "a | Arbre | Tree",
        "kind-only_these": "on",
        "lamps-label": "Lampes",
        "lamps-unit": "u",
    }
    return {name: value for name, value in (body | changed).items() if value is not None}


def post(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(path, body, headers=PAGE)


def column(name: str) -> dict[str, Any]:
    return next(one for one in now().columns if one["name"] == name)


def test_a_form_that_is_sent_back_changes_nothing(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    assert post(client, FIELDS, sent(client)).status_code == 302
    assert now().columns == COLUMNS
    assert now().version == layer.version


def test_what_is_said_of_a_field_is_kept(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    said = {"lamps-label": "Points", "lamps-required": "on", "lamps-roles": ["gis_administrator"], "lamps-unit": ""}
    assert post(client, FIELDS, sent(client, **said)).status_code == 302
    assert column("lamps") == {
        "name": "lamps",
        "label": "Points",
        "type": "integer",
        "required": True,
        "roles": ["gis_administrator"],
    }


def test_a_field_is_asked_of_some_objects_alone(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    said = {"lamps-when_field": "kind", "lamps-when_values": "a\nb"}
    assert post(client, FIELDS, sent(client, **said)).status_code == 302
    assert column("lamps")["when"] == {"kind": ["a", "b"]}
    assert post(client, FIELDS, sent(client, **said)).status_code == 302
    assert column("lamps")["when"] == {"kind": ["a", "b"]}


def test_a_field_proposes_addresses(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    assert post(client, FIELDS, sent(client, **{"name-addresses": "on"})).status_code == 302
    assert column("name")["suggest"] == "addresses"
    schema = client.get("/api/v1/layers/lampes/schema/").json()
    assert schema["properties"]["name"]["x-arpent-suggest"] == "addresses"
    assert post(client, FIELDS, sent(client)).status_code == 302
    assert "suggest" not in column("name")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"lamps-when_field": "kind"}, "Écrivez les valeurs"),
        ({"kind-when_field": "lamps", "kind-when_values": "trois"}, "n’est pas un nombre"),
        ({"lamps-when_field": "kind", "lamps-when_values": "a", "lamps-required": "on"}, "pas demandé à tous"),
    ],
)
def test_a_condition_that_cannot_be_is_told(client: Client, layer: Layer, changed: dict[str, Any], words: str) -> None:
    administrator(client, layer.owner)
    answer = post(client, FIELDS, sent(client, **changed))
    assert answer.status_code == 400
    assert words in answer.content.decode()


def test_fields_are_kept_in_the_order_that_they_were_sent_in(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    post(client, FIELDS, sent(client, column=["lamps", "name", "kind", "nulle_part"]))
    assert [one["name"] for one in now().columns] == ["lamps", "name", "kind"]


def test_values_are_read_line_by_line_with_the_type_of_the_field(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    lines = {"lamps-values": "1 | Une | One\n 2\n\n3|Trois", "lamps-only_these": "on"}
    assert post(client, FIELDS, sent(client, **lines)).status_code == 302
    assert column("lamps")["choices"] == [1, 2, 3]
    assert column("lamps")["values"] == {"1": ["Une", "One"], "3": ["Trois", ""]}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name-label": ""}, "obligatoire"),
        ({"lamps-values": "un"}, "« un » n’est pas un nombre"),
        ({"lamps-values": "1\n1"}, "une valeur y est deux fois"),
        ({"kind-values": "a|b|c|d"}, "écrivez valeur | libellé"),
        ({"kind-values": "", "kind-only_these": "on"}, "Écrivez les valeurs"),
        ({"kind-values": "\n".join(map(str, range(1001)))}, "Au plus 1000 valeurs"),
        ({"name-roles": ["reader"]}, "ne peut pas être dans les tuiles"),
        ({"name-roles": ["reader"], "name-in_tiles": None}, "ne peut pas être réservé à certains rôles"),
        ({"name-maximum_length": "0"}, "supérieure ou égale à 1"),
        ({"title_field": "price"}, "Sélectionnez un choix valide"),
    ],
)
def test_what_a_field_cannot_be_is_told(client: Client, layer: Layer, changed: dict[str, Any], words: str) -> None:
    administrator(client, layer.owner)
    answer = post(client, FIELDS, sent(client, **changed))
    assert answer.status_code == 400
    assert words.lower() in answer.content.decode().lower()
    assert now().columns == COLUMNS


def test_a_field_that_the_style_follows_stays_in_the_tiles(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    with factories.as_owner(), acting_as(SYSTEM):
        Layer.objects.update(legend=[SINGLE | {"where": {"name": "A"}}])
    answer = post(client, FIELDS, sent(client, **{"name-in_tiles": None}))
    assert answer.status_code == 400
    assert "nomme name" in answer.content.decode()


def test_objects_that_do_not_fit_what_is_asked_are_counted(client: Client, layer: Layer) -> None:
    for kind in ("a", "b", None):
        factories.feature(layer, kind=kind)
    administrator(client, layer.owner)
    post(client, FIELDS, sent(client, **{"kind-required": "on", "kind-values": "b"}))
    page = client.get(FIELDS, headers=PAGE).content.decode()
    assert "« Nature » : 2 objets ne conviennent pas" in page


def test_two_people_who_change_the_fields_are_told(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    body = sent(client, **{"name-label": "Le mien"})
    with factories.as_owner(), acting_as(SYSTEM):
        Layer.objects.update(title_field="kind")
    assert post(client, FIELDS, body).status_code == 412
    assert now().columns == COLUMNS


def test_what_two_people_say_of_different_fields_is_kept_of_both(layer: Layer) -> None:
    first, second = two_windows(layer)
    assert first({"lamps-label": "Points", "lamps-required": "on"}).status_code == 302
    assert second({"kind-label": "Espèce"}).status_code == 302
    assert [one["label"] for one in now().columns] == ["Nom", "Espèce", "Points"]
    assert column("lamps")["required"]


def test_all_that_two_people_changed_is_asked_about_on_one_page(layer: Layer) -> None:
    first, second = two_windows(layer)
    first({"name-label": "Le sien", "column": ["lamps", "name", "kind"], "kind-values": "a | Arbre | Tree\nb | Banc"})
    asked = second({"name-label": "Le mien", "column": ["kind", "name", "lamps"], "kind-values": "a\nc | Cabane"})
    form = form_with(asked.content.decode(), "choose")
    assert (asked.status_code, form["choose"]) == (409, ["column", "name-label", "kind-values"])
    assert now().columns[1]["label"] == "Le sien"
    second.post(form | {"keep-column": ["theirs"], "keep-name-label": ["mine"], "keep-kind-values": ["theirs"]})
    assert [one["name"] for one in now().columns] == ["lamps", "name", "kind"]
    assert (column("name")["label"], column("kind")["choices"]) == ("Le mien", ["a", "b"])


def test_a_field_that_came_after_the_page_was_opened_stays(layer: Layer) -> None:
    _first, second = two_windows(layer)
    with factories.as_owner(), acting_as(SYSTEM):
        Layer.objects.update(columns=[*COLUMNS, {"name": "lit", "label": "Allumé", "type": "boolean"}])
    assert second({"name-label": "Le mien"}).status_code == 302
    assert [one["label"] for one in now().columns] == ["Le mien", "Nature", "Lampes", "Allumé"]


def test_rules_that_the_worker_has_not_put_in_place_yet_are_compared_too(layer: Layer) -> None:
    first, second = two_windows(layer, "key_column", to=RULES)
    assert first({"no_overlap": "soft"}).status_code == 302
    asked = second({"no_overlap": "hard", "unique_soft": ["kind"]})
    assert asked.status_code == 409
    second.post(form_with(asked.content.decode(), "choose") | {"keep-no_overlap": ["theirs"]})
    with acting_as(SYSTEM):
        (_first, last) = Job.objects.order_by("pk")
    assert [(rule["kind"], rule["hard"]) for rule in last.parameters["rules"]] == [
        ("no_overlap", False),
        ("unique", False),
    ]


def test_rules_are_shown_at_their_own_address_with_the_fields(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    assert client.get(RULES, headers=PAGE)["Location"] == f"{FIELDS}#rules"


def test_a_layer_with_two_hundred_fields_is_saved(layer: Layer) -> None:
    many = [{"name": f"f{rank}", "label": f"Champ {rank}", "type": "text"} for rank in range(200)]
    with factories.as_owner(), acting_as(SYSTEM):
        Layer.objects.update(columns=[COLUMNS[0], *many])
    first, _second = two_windows(layer)
    assert first({"f199-label": "Le dernier"}).status_code == 302
    assert now().columns[-1]["label"] == "Le dernier"


class Window:
    """A page that was opened, and what is typed there before its button is pressed."""

    def __init__(self, user: Any, url: str, field: str, to: str) -> None:
        self.client, self.to = browser(user), to
        self.form = opened(self.client, url, field)

    def __call__(self, typed: dict[str, Any]) -> Any:
        given = {name: value if isinstance(value, list) else [value] for name, value in typed.items()}
        return self.post(self.form | given)

    def post(self, form: Sent) -> Any:
        return self.client.post(self.to, form)


def two_windows(layer: Layer, field: str = "title_field", to: str = FIELDS, url: str = FIELDS) -> tuple[Window, Window]:
    """The same page, opened by two administrators of the layer's owner."""
    users = [factories.user(layer.owner, "gis_administrator") for _rank in range(2)]
    first, second = (Window(user, url, field, to) for user in users)
    return first, second


def test_the_fields_that_the_code_says_are_only_shown(client: Client) -> None:
    factories.layer("lampes", legend=[SINGLE])
    client.force_login(factories.user(factories.member(), "agency_administrator"))
    page = client.get(FIELDS, headers=PAGE).content.decode()
    assert "Contenance" in page
    assert 'name="column"' not in page
    assert (
        post(
            client,
            FIELDS,
            {"seen": "x", "title_field": "label", "idu-label": "X", "label-label": "Y", "area_m2-label": "Z"},
        ).status_code
        == 409
    )


def rules_tag(client: Client) -> str:
    """The tag of the page's second form."""
    page = client.get(FIELDS, headers=PAGE).content.decode()
    return page.split('name="seen" value="')[2].partition('"')[0]


def test_rules_are_put_in_place_by_a_job(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    asked = {"key_column": "name", "no_overlap": "hard", "no_overlap_m": "0.2", "unique_soft": ["kind"]}
    body = {"seen": rules_tag(client), **asked}
    assert post(client, RULES, body).status_code == 302
    with acting_as(SYSTEM):
        key, rules = Job.objects.order_by("pk")
    assert key.parameters == {"layer": layer.pk, "column": "name"}
    assert rules.parameters["rules"] == [
        {"kind": "no_overlap", "hard": True, "tolerance_m": 0.2},
        {"kind": "unique", "hard": False, "column": "kind"},
    ]
    assert "Référence unique de" in client.get(FIELDS, headers=PAGE).content.decode()


def test_rules_that_stay_as_they_are_need_no_job(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    assert post(client, RULES, {"seen": rules_tag(client)}).status_code == 302
    with acting_as(SYSTEM):
        assert not Job.objects.exists()


@pytest.mark.parametrize(
    "changed", [{"key_column": "price"}, {"no_overlap": "perhaps"}, {"no_overlap": "soft", "no_overlap_m": "-1"}]
)
def test_rules_that_cannot_be_are_refused(client: Client, layer: Layer, changed: dict[str, str]) -> None:
    administrator(client, layer.owner)
    assert post(client, RULES, {"seen": rules_tag(client), **changed}).status_code == 400


def test_a_key_is_unique_in_the_database_and_replaces_the_former_one(layer: Layer) -> None:
    factories.feature(layer, name="A", kind="x")
    factories.feature(layer, name="A", kind="y")
    with factories.as_worker(), acting_as(SYSTEM):
        with pytest.raises(Conflict, match="même valeur : A"):
            set_key(layer, "name")
        set_key(layer, "kind")
    assert now().key_column == "kind"
    with connection.cursor() as cursor:
        cursor.execute("select indexdef from pg_indexes where indexname = %s", [f"{layer.table}_reference"])
        ((definition,),) = cursor.fetchall()
    assert "(owner_id, kind)" in definition


def test_the_web_role_replaces_no_key_itself(layer: Layer) -> None:
    with acting_as(SYSTEM), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        set_key(layer, "kind")
