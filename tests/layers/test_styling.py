"""How a layer looks: what the editor sends, what is proposed from the data."""

import json
from functools import partial
from typing import Any

import numpy as np
import pytest
from django.test import Client

from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from layers.catalogue.models import Layer
from layers.settings.services.distribution import natural_breaks
from tests import factories
from tests.layers.test_fields import Window, two_windows
from tests.layers.test_settings import PAGE, administrator, now, tag
from tests.page_forms import browser, form_with

pytestmark = pytest.mark.django_db
STYLE = "/couches/lampes/style/"
ASKED = "/api/v1/layers/lampes/distribution/"
SYMBOL = {"kind": "circle", "fill": "#0b5c6b"}


@pytest.fixture
def owner() -> Member:
    return factories.member(factories.commune())


@pytest.fixture
def layer(owner: Member) -> Layer:
    columns = [{**column} for column in factories.EDITABLE_COLUMNS]
    for column in columns:
        column["in_tiles"] = "roles" not in column
    return factories.editable_layer(
        owner, slug="lampes", columns=columns, legend=[{"label": "Lampe", "symbol": SYMBOL}], visibility="owner"
    )


def style(**changed: Any) -> dict[str, Any]:
    lines = [
        {"label": "Haute", "label_en": "Tall", "where": {"height_m": {"from": 8}}, "symbol": SYMBOL},
        {"label": "Basse", "label_en": "", "symbol": SYMBOL | {"shape": "square", "radius": 4}},
    ]
    return {"legend": lines, "labels": {}, "scale_from": None, "scale_to": None} | changed


def send(client: Client, text: str, **more: Any) -> Any:
    return client.post(STYLE, {"seen": tag(client, STYLE), "style": text} | more, headers=PAGE)


def test_a_style_is_saved_and_the_map_reads_it(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    labels = {"column": "name", "size": 11}
    sent = style(labels=labels, scale_from=25_000, scale_to=500)
    assert send(client, json.dumps(sent)).status_code == 302
    read = client.get("/api/v1/layers/lampes/").json()
    assert [line["where"] for line in read["legend"]] == [{"height_m": {"from": 8}}, {}]
    usual = {"also": [], "colour": None, "bold": False, "from_scale": None, "priority": 5}
    assert read["labels"].pop("parts") == [{"column": "name", "prefix": "", "short": {}}]
    assert read["labels"] == usual | labels
    assert (read["scale_from"], read["scale_to"]) == (25_000, 500)
    assert read["version"] == layer.version + 1


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("", "pas un style"),
        ("[" * 100_000, "pas un style"),
        ("{}", "pas un style"),
        ("x" * 1_000_001, "trop long"),
        (json.dumps(style(legend=[])), "ne peut pas être vide"),
        (
            json.dumps(style(legend=[{"label": "A", "symbol": {"kind": "heart"}}])),
            "choisissez parmi fill, line, circle",
        ),
        (json.dumps(style(legend=[{"label": "A", "where": {"price": 1}, "symbol": SYMBOL}])), "nomme price"),
        (json.dumps(style(labels={"column": "price"})), "nomme price"),
        (json.dumps(style(scale_from=-1)), "dénominateur"),
        (json.dumps(style(scale_from=500, scale_to=5_000)), "ne serait jamais montrée"),
    ],
)
def test_what_is_no_style_is_refused_in_words(client: Client, layer: Layer, sent: str, words: str) -> None:
    administrator(client, layer.owner)
    answer = send(client, sent)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert now().legend == layer.legend


def test_two_people_who_change_the_style_are_told(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    with factories.as_owner(), acting_as(SYSTEM):
        read = tag(client, STYLE)
        Layer.objects.update(scale_from=1_000)
    answer = send(client, json.dumps(style()), seen=read)
    assert answer.status_code == 412
    assert "Quelqu’un a modifié ces réglages" in answer.content.decode()


def two_editors(layer: Layer) -> tuple[Any, Any]:
    """The style's page, opened by two administrators; each sends it with other parts."""
    first, second = two_windows(layer, "style", to=STYLE, url=STYLE)

    def send(window: Window, parts: dict[str, Any]) -> Any:
        return window({"style": json.dumps(json.loads(window.form["style"][0]) | parts)})

    return partial(send, first), partial(send, second)


def test_different_parts_that_two_people_changed_are_both_kept(layer: Layer) -> None:
    first, second = two_editors(layer)
    assert first({"legend": style()["legend"]}).status_code == 302
    assert second({"scale_from": 25_000}).status_code == 302
    assert ([line["label"] for line in now().legend], now().scale_from) == (["Haute", "Basse"], 25_000)


def test_lines_of_a_legend_that_differ_are_shown_in_words(layer: Layer) -> None:
    with factories.as_owner(), acting_as(SYSTEM):
        Layer.objects.update(legend=style()["legend"])
    first, second = two_editors(layer)
    tall, low = style()["legend"]
    first({"legend": [tall, low | {"label": "Petite"}]})
    outlined = low["symbol"] | {"stroke": "#ffffff", "stroke_width": 1.5, "dash": [6, 3]}
    asked = second({"legend": [tall, low | {"symbol": outlined}]})
    page = asked.content.decode()
    assert asked.status_code == 409
    assert "Petite · square, #0b5c6b, radius 4 px\nand 1 line that is the same" in page
    assert "Basse · square, #0b5c6b, outline #ffffff, 1.5 px, dashed 6 3, radius 4 px" in page
    assert [line["label"] for line in now().legend] == ["Haute", "Petite"]


def test_labels_and_scales_are_said_in_words(layer: Layer) -> None:
    first, second = two_editors(layer)
    first({"labels": {"column": "name", "size": 11, "bold": True}, "scale_from": 25_000})
    page = second({"labels": {"column": "kind", "from_scale": 5_000}, "scale_to": 500}).content.decode()
    for words in ("Nom, 11 px, bold", "Nature, from 1:5,000 on", "1:25,000\nno limit", "no limit\n1:500"):
        assert words in page


def test_a_browser_that_writes_a_number_otherwise_changed_nothing(layer: Layer) -> None:
    with factories.as_owner(), acting_as(SYSTEM):
        Layer.objects.update(legend=[{"label": "Lampe", "symbol": SYMBOL | {"radius": 4.0}}])
    first, second = two_editors(layer)
    first({"legend": style()["legend"]})
    assert second({"legend": [{"label": "Lampe", "symbol": SYMBOL | {"radius": 4}}]}).status_code == 302
    assert [line["label"] for line in now().legend] == ["Haute", "Basse"]


def test_a_style_that_is_refused_keeps_what_the_page_began_with(layer: Layer) -> None:
    first, second = two_editors(layer)
    refused = second({"labels": {"column": "price"}})
    assert refused.status_code == 400
    first({"labels": {"column": "name"}})
    again = form_with(refused.content.decode(), "style")
    assert again["initial-labels"] == ["{}"]
    sent = again | {"style": [json.dumps(json.loads(again["style"][0]) | {"labels": {"column": "kind"}})]}
    assert browser(factories.user(layer.owner, "gis_administrator")).post(STYLE, sent).status_code == 409


def test_tiles_begin_where_the_layer_is_shown(client: Client, layer: Layer) -> None:
    administrator(client, layer.owner)
    send(client, json.dumps(style(scale_from=5_000)))
    assert now().min_zoom == 15
    send(client, json.dumps(style()))
    assert now().min_zoom == 0


def test_a_large_layer_has_no_tiles_at_small_scales(
    client: Client, layer: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("layers.settings.services.styling.estimate_rows", lambda layer: 1_000_000)
    administrator(client, layer.owner)
    send(client, json.dumps(style(scale_from=1_000_000)))
    assert now().min_zoom == 14


def test_the_values_of_a_column_are_counted_the_most_frequent_first(client: Client, layer: Layer) -> None:
    for kind in ("a", "b", "b", None):
        factories.feature(layer, kind=kind)
    found = administrator(client, layer.owner).get(ASKED, {"column": "kind"}).json()
    assert found["values"] == [{"value": "b", "count": 2}, {"value": "a", "count": 1}]
    assert (found["total"], found["empty"], found["more"], found["quantiles"]) == (4, 1, False, [])


def test_a_number_is_spread_over_its_quantiles(client: Client, layer: Layer) -> None:
    for height in (1, 2, 3, 50, 51, float("nan")):
        factories.feature(layer, height_m=height)
    found = administrator(client, layer.owner).get(ASKED, {"column": "height_m"}).json()
    assert (found["quantiles"][0], found["quantiles"][-1], len(found["quantiles"])) == (1, 51, 201)
    assert found["natural"]["2"] == [50]


def test_dates_and_truths_are_counted_as_tiles_carry_them(client: Client, layer: Layer) -> None:
    factories.feature(layer, installed_date="2024-06-12", lit=True)
    administrator(client, layer.owner)
    dates, truths = (client.get(ASKED, {"column": name}).json()["values"] for name in ("installed_date", "lit"))
    assert (dates[0]["value"], truths[0]["value"]) == ("2024-06-12", True)


@pytest.mark.parametrize("column", ["price", "nulle_part", ""])
def test_a_column_that_tiles_do_not_carry_is_not_counted(client: Client, layer: Layer, column: str) -> None:
    assert administrator(client, layer.owner).get(ASKED, {"column": column}).status_code == 400


def test_natural_breaks_lie_between_groups_of_values() -> None:
    sample = tuple(np.concatenate([np.linspace(0, 2, 60), np.linspace(40, 44, 60), np.linspace(90, 91, 60)]))
    assert natural_breaks(sample, 3) == [40.0, 90.0]


def test_natural_breaks_of_few_values_are_the_values() -> None:
    assert natural_breaks((1.0, 1.0, 2.0), 5) == [2.0]


CARRY = "/api/v1/layers/lampes/tile-columns/"


def test_a_column_is_put_in_the_tiles_for_the_style_to_follow(client: Client, owner: Member) -> None:
    factories.editable_layer(owner, slug="lampes", legend=[{"label": "Lampe", "symbol": SYMBOL}])
    administrator(client, owner)
    answer = client.post(CARRY, {"column": "height_m"}, content_type="application/json")
    assert (answer.status_code, answer.json()["columns"]) == (200, ["name", "height_m"])
    assert answer.json()["version"] == now().version
    assert client.get(ASKED, {"column": "height_m"}).status_code == 200


@pytest.mark.parametrize("body", [{"column": "price"}, {"column": "nulle_part"}, {"column": 3}, {}, []])
def test_a_column_that_not_everybody_sees_stays_out_of_the_tiles(client: Client, layer: Layer, body: Any) -> None:
    administrator(client, layer.owner)
    assert client.post(CARRY, body, content_type="application/json").status_code == 400
    assert now().columns == layer.columns


def test_the_tiles_of_a_layer_that_the_code_says_stay_as_they_are(client: Client) -> None:
    factories.layer("lampes", legend=[{"label": "Lampe", "symbol": SYMBOL}])
    client.force_login(factories.user(factories.member(), "agency_administrator"))
    assert client.post(CARRY, {"column": "area_m2"}, content_type="application/json").status_code == 409
