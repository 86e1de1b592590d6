"""What an administrator types as JSON in the form of a layer: refused in words, or drawn."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from gis_core.rights import SYSTEM, acting_as
from layers.cadastre.layers import LAYERS
from layers.catalogue.models import Layer
from tests import factories

pytestmark = pytest.mark.django_db
FILL = '"symbol": {"kind": "fill", "fill": "#d9a78b"}'
REFUSED = [
    ("", "obligatoire"),
    ("[", "JSON valide"),
    ("[" * 100_000, "JSON valide"),
    ("9" * 5000, "JSON valide"),
    ("{}", "obligatoire"),
    ('{"label": "Aire"}', "Écrivez une liste"),
    ("12", "Écrivez une liste"),
    ('["Aire"]', "Entrée 1 : écrivez-la entre { et }"),
    ('[{"label": "Aire"}]', "Entrée 1 : donnez un « symbol »"),
    (f"[{{{FILL}}}]", "Entrée 1 : donnez un « label »"),
    (f'[{{"label": 3, {FILL}}}]', "Entrée 1 : donnez un « label »"),
    (f'[{{"label": "a\\u0000", {FILL}}}]', "Entrée 1 : donnez un « label »"),
    (f'[{{"label": "a\\ud800", {FILL}}}]', "Entrée 1 : donnez un « label »"),
    (f'[{{"label": "A", "label_en": 3, {FILL}}}]', "écrivez « label_en » entre guillemets"),
    (f'[{{"label": "A", {FILL}}}, {{"label": "B", "symbol": []}}]', "Entrée 2 : donnez un « symbol »"),
    ('[{"label": "A", "symbol": {"kind": "carré"}}]', "« kind » : choisissez parmi fill, line, circle"),
    ('[{"label": "A", "symbol": {"kind": "fill", "fil": "#fff"}}]', "nom inconnu : fil"),
    ('[{"label": "A", "symbol": {"kind": "fill", "fill": "rouge"}}]', "écrivez « fill » comme une couleur"),
    ('[{"label": "A", "symbol": {"kind": "line", "stroke_width": NaN}}]', "écrivez « stroke_width » comme un nombre"),
    ('[{"label": "A", "symbol": {"kind": "line", "stroke_width": "2"}}]', "écrivez « stroke_width » comme un nombre"),
    ('[{"label": "A", "symbol": {"kind": "line", "dash": "6 3"}}]', "écrivez « dash » comme des longueurs"),
    (f'[{{"label": "A", "where": ["kind"], {FILL}}}]', "écrivez « where »"),
    (f'[{{"label": "A", "where": {{"kind": ["01"]}}, {FILL}}}]', "écrivez « where »"),
    (f'[{{"label": "A", "where": {{"kind": 1e999}}, {FILL}}}]', "écrivez « where »"),
    (f'[{{"label": "A", "where": {{"area_m2": 1}}, {FILL}}}]', "« where » nomme area_m2"),
]
COLUMN = {"name": "idu", "label": "Identifiant", "type": "text"}


def sent(client: Client, legend: str, **more: Any) -> Any:
    """The layer's real form, filled in by an agency administrator."""
    layer = factories.layer("essai")
    client.force_login(factories.user(factories.member(), "agency_administrator"))
    body = {
        "title": "Essai",
        "theme": layer.theme_id,
        "visibility": "public",
        "order": 1,
        "min_zoom": 13,
        "max_zoom": 18,
    }
    return client.post(
        f"/administration/catalogue/layer/{layer.pk}/change/",
        body | {"legend": legend} | more,
        headers={"accept": "text/html"},
    )


@pytest.mark.parametrize(("legend", "words"), REFUSED)
def test_a_legend_that_cannot_be_drawn_is_refused_in_words(client: Client, legend: str, words: str) -> None:
    answer = sent(client, legend)
    assert answer.status_code == 200
    (said,) = answer.context["adminform"].form.errors["legend"]
    assert words in said


def test_a_legend_that_was_accepted_is_drawn(client: Client) -> None:
    where = '"where": {"label": "AB 1"}'
    assert sent(client, f'[{{"label": "Aire", "label_en": "Area", {where}, {FILL}}}]').status_code == 302
    assert client.get("/api/v1/layers/essai/").json()["legend"][0]["label"] == "Aire"
    (drawn,) = client.get("/tiles/essai/style.json").json()["layers"]
    assert drawn["filter"] == ["all", ["==", ["get", "label"], "AB 1"]]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "Écrivez une liste"),
        (["idu"], "Entrée 1 : écrivez-la entre { et }"),
        ([COLUMN | {"name": 'idu"; --'}], "écrivez « name »"),
        ([COLUMN, COLUMN], "Entrée 2 : la colonne « idu » y est deux fois"),
        ([COLUMN | {"type": "texte"}], "« type » : choisissez parmi text, integer"),
        ([COLUMN | {"label": ""}], "donnez un « label »"),
        ([COLUMN | {"unit": 3}], "écrivez « unit »"),
        ([COLUMN | {"in_tiles": "oui"}], "écrivez « in_tiles »"),
        ([COLUMN | {"values": {"01": "Bâti dur"}}], "écrivez « values »"),
        ([COLUMN | {"valeurs": {}}], "nom inconnu : valeurs"),
    ],
)
def test_columns_that_cannot_be_read_are_refused_in_words(columns: Any, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Layer._meta.get_field("columns").run_validators(columns or {"idu": 1})
    assert words in refused.value.messages[0]


def test_the_layers_that_the_code_brings_are_valid() -> None:
    with acting_as(SYSTEM):
        for declared in LAYERS:
            assert Layer.objects.get(slug=declared.slug).full_clean(exclude=["extent_4326"]) is None
