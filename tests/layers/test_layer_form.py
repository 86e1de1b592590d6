"""What an administrator types as JSON in the form of a layer: refused in words, or drawn."""

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from gis_core.members.rights import SYSTEM, acting_as
from layers.cadastre.layers import LAYERS
from layers.catalogue.models import Layer
from tests import factories

pytestmark = pytest.mark.django_db
FILL = '"symbol": {"kind": "fill", "fill": "#d9a78b"}'
HATCH = '"colour": "#ff0000", "angle": 45, "spacing": 8, "width": 1'


def hatched(hatch: str, kind: str = "fill") -> str:
    return f'[{{"label": "A", "symbol": {{"kind": "{kind}", "hatch": {hatch}}}}}]'


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
    (f'[{{"label": "A", "where": {{"kind": {{"in": []}}}}, {FILL}}}]', "écrivez « where »"),
    (f'[{{"label": "A", "where": {{"kind": {{"from": 1, "to": "2"}}}}, {FILL}}}]', "écrivez « where »"),
    (f'[{{"label": "A", "where": {{"kind": {{"least": 1}}}}, {FILL}}}]', "écrivez « where »"),
    (f'[{{"label": "A", "where": {{"area_m2": 1}}, {FILL}}}]', "« where » nomme area_m2"),
    ('[{"label": "A", "symbol": {"kind": "circle", "shape": "heart"}}]', "« shape » : choisissez parmi circle, square"),
    (hatched("[]"), "écrivez-la entre { et }"),
    (hatched(f"{{{HATCH}}}", kind="line"), "« hatch » ne va qu’aux symboles"),
    (hatched(f'{{{HATCH}, "step": 3}}'), "nom inconnu : step"),
    (hatched('{"angle": 45, "spacing": 8, "width": 1}'), "« colour » de « hatch »"),
    (hatched('{"colour": "#000000", "spacing": 8, "width": 1}'), "« angle » de « hatch » comme un nombre de 0 à 180"),
    (hatched(f'{{{HATCH}, "spacing": 0}}'), "« spacing » de « hatch » comme un nombre de 1 à 100"),
    (hatched(f'{{{HATCH}, "width": NaN}}'), "« width » de « hatch »"),
    (hatched(f'{{{HATCH}, "cross": 1}}'), "écrivez « cross »"),
    ("[" + ", ".join([f'{{"label": "A", {FILL}}}'] * 201) + "]", "au plus 200 lignes"),
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


def test_a_hatch_is_accepted_and_told_and_pale_where_there_is_none(client: Client) -> None:
    assert sent(client, hatched(f"{{{HATCH}}}")).status_code == 302
    symbol = client.get("/api/v1/layers/essai/").json()["legend"][0]["symbol"]
    assert symbol["hatch"] == {"colour": "#ff0000", "angle": 45, "spacing": 8, "width": 1}
    (drawn,) = client.get("/tiles/essai/style.json").json()["layers"]
    assert drawn["paint"]["fill-color"] == "#ff000040"


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


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (["idu"], "écrivez-la entre { et }"),
        ({"column": "idu", "colour": "rouge"}, "écrivez « colour » comme une couleur"),
        ({"column": "idu", "size": 4}, "écrivez « size » comme un nombre de pixels"),
        ({"column": "idu", "from_scale": 0}, "écrivez « from_scale »"),
        ({"column": "area_m2"}, "« column » nomme area_m2"),
    ],
)
def test_labels_that_cannot_be_written_are_refused_in_words(labels: Any, words: str) -> None:
    layer = factories.layer(legend=json.loads(f'[{{"label": "A", {FILL}}}]'))
    layer.labels = labels
    with pytest.raises(ValidationError) as refused:
        layer.full_clean(exclude=["extent_4326"])
    assert words in refused.value.messages[0]


def test_lines_that_overlap_are_drawn_once_where_maplibre_draws_them(client: Client) -> None:
    legend = f'[{{"label": "A", "where": {{"label": {{"in": ["a", "b"]}}}}, {FILL}}}, {{"label": "Reste", {FILL}}}]'
    assert sent(client, legend).status_code == 302
    first, rest = client.get("/tiles/essai/style.json").json()["layers"]
    chosen = ["in", ["get", "label"], ["literal", ["a", "b"]]]
    assert (first["filter"], rest["filter"]) == (["all", chosen], ["all", ["!", ["any", ["all", chosen]]]])


def test_the_scales_of_a_layer_limit_the_zooms_of_its_style(client: Client) -> None:
    factories.layer(
        "essai", scale_from=50_000, scale_to=500, min_zoom=10, legend=json.loads(f'[{{"label": "A", {FILL}}}]')
    )
    (drawn,) = client.get("/tiles/essai/style.json").json()["layers"]
    assert (drawn["minzoom"], drawn["maxzoom"]) == (pytest.approx(11.9, abs=0.1), pytest.approx(18.6, abs=0.1))


def test_the_layers_that_the_code_brings_are_valid() -> None:
    with acting_as(SYSTEM):
        for declared in LAYERS:
            assert Layer.objects.get(slug=declared.slug).full_clean(exclude=["extent_4326"]) is None
