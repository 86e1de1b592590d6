"""Labels of several columns: one text beside each object, on the map, in QGIS and in SLD; which are written first."""

from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from layers.catalogue.label_text import label_text
from layers.catalogue.models import Layer
from layers.catalogue.qml import qml_of
from layers.exports.sld import sld_of
from layers.settings.qml.reading import read_qml
from tests import factories
from tests.layers.test_qml import qml, rendered

COLUMNS: list[dict[str, Any]] = [
    {"name": "reference", "label": "Référence", "type": "text", "in_tiles": True},
    {"name": "material", "label": "Matériau", "type": "text", "in_tiles": True, "short": {"pvc": ["PVC", "PVC"]}},
    {"name": "diameter_mm", "label": "Diamètre", "type": "integer", "in_tiles": True, "prefix": "Ø"},
    {"name": "comment", "label": "Remarque", "type": "text"},
]
LABELS = {"column": "reference", "also": ["material", "diameter_mm"], "from_scale": 1_000, "priority": 8}
LEGEND = [{"label": "Conduite", "symbol": {"kind": "line", "stroke": "#1f6fb2"}}]
SLD = "{http://www.opengis.net/sld}"


def pipes(**changed: Any) -> Layer:
    given = {"title": "Conduites", "geometry_type": "line", "columns": COLUMNS, "legend": LEGEND, "labels": LABELS}
    return Layer(**{**given, **changed})


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        ({"reference": "C-12", "material": "pvc", "diameter_mm": 110}, "C-12 PVC Ø110"),
        ({"reference": "", "material": "pvc", "diameter_mm": None}, "PVC"),
        ({"reference": "C-12", "material": "bois", "diameter_mm": 60.0}, "C-12 bois Ø60"),
        ({}, ""),
    ],
)
def test_the_values_of_several_columns_are_one_text(properties: dict[str, Any], text: str) -> None:
    assert label_text(pipes(), properties) == text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (LABELS | {"also": "material"}, "écrivez « also »"),
        (LABELS | {"also": ["reference"]}, "écrivez « also »"),
        (LABELS | {"also": ["a", "b", "c", "d", "e"]}, "écrivez « also »"),
        (LABELS | {"priority": 11}, "écrivez « priority »"),
        (LABELS | {"also": ["comment"]}, "« column » nomme comment"),
    ],
)
def test_labels_of_several_columns_that_cannot_be_written_are_refused(labels: Any, words: str) -> None:
    layer = factories.layer("conduites", columns=COLUMNS, legend=LEGEND)
    layer.labels = labels
    with pytest.raises(ValidationError) as refused:
        layer.full_clean(exclude=["extent_4326"])
    assert words in refused.value.messages[0]


@pytest.mark.parametrize(("name", "value"), [("short", ["PVC"]), ("short", {"pvc": "PVC"}), ("prefix", "x" * 9)])
def test_how_a_column_is_written_on_the_map_has_a_shape(name: str, value: Any) -> None:
    with pytest.raises(ValidationError, match=name):
        Layer._meta.get_field("columns").run_validators([COLUMNS[0] | {name: value}])


@pytest.mark.django_db
def test_the_map_is_told_how_each_part_is_written(client: Client) -> None:
    factories.layer("conduites", columns=COLUMNS, legend=LEGEND, labels=LABELS)
    read = client.get("/api/v1/layers/conduites/").json()["labels"]
    assert (read["column"], read["also"], read["priority"]) == ("reference", ["material", "diameter_mm"], 8)
    assert read["parts"] == [
        {"column": "reference", "prefix": "", "short": {}},
        {"column": "material", "prefix": "", "short": {"pvc": "PVC"}},
        {"column": "diameter_mm", "prefix": "Ø", "short": {}},
    ]


def test_qgis_writes_them_as_one_text_and_the_style_is_read_again() -> None:
    text = fromstring(qml_of(pipes())).find(".//text-style")
    assert text is not None
    assert text.get("isExpression") == "1"
    assert text.get("fieldName") == (
        "trim(concat(\"reference\", ' ' || coalesce(map_get(map('pvc', 'PVC'), \"material\"), \"material\"),"
        " ' Ø' || \"diameter_mm\"))"
    )
    found = read_qml(qml_of(pipes()).encode(), pipes())
    assert found.style["labels"] == LABELS | {"size": 12, "colour": None, "bold": False}
    assert found.warnings == []


@pytest.mark.parametrize(
    "expression",
    [
        '"reference" || \' \' || "diameter_mm"',
        "concat(reference, ' ', diameter_mm)",
        'to_string("reference")||"diameter_mm"',
    ],
)
def test_columns_that_qgis_joins_are_taken(expression: str) -> None:
    found = read_qml(qml(rendered("singleSymbol", symbols=LINE), written_by(expression)), pipes())
    assert (found.style["labels"]["column"], found.style["labels"]["also"]) == ("reference", ["diameter_mm"])


@pytest.mark.parametrize("expression", ['upper("reference")', '"reference" || "inconnue"', "$length", "'texte'"])
def test_other_expressions_are_left_out_in_words(expression: str) -> None:
    found = read_qml(qml(rendered("singleSymbol", symbols=LINE), written_by(expression)), pipes())
    assert found.style["labels"] == {}
    assert any("Les étiquettes ne sont pas reprises" in one for one in found.warnings)


LINE = '<symbol type="line" name="0"><layer class="SimpleLine"><prop k="line_color" v="1,2,3,255"/></layer></symbol>'


def written_by(expression: str) -> str:
    from xml.sax.saxutils import quoteattr

    style = f'<text-style isExpression="1" fieldName={quoteattr(expression)} fontSize="9" fontSizeUnit="Point"/>'
    return f'<labeling type="simple"><settings>{style}</settings></labeling>'


def test_sld_names_every_column() -> None:
    label = fromstring(sld_of(pipes())).find(f".//{SLD}Label")
    assert label is not None
    assert [one.text for one in label] == ["reference", "material", "diameter_mm"]
    assert "".join(label.itertext()) == "reference material Ødiameter_mm"
