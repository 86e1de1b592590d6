"""QGIS styles: what maps onto a layer's style is taken, the rest is told; a layer's style is written as one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gis_core.errors import Invalid
from layers.catalogue.models import Layer
from layers.catalogue.qml import qml_of
from layers.catalogue.validators import MOST_LINES, validate_labels, validate_legend
from layers.settings.qml import reading
from layers.settings.qml.filters import NotSaidError, where_of
from layers.settings.qml.reading import MOST_BYTES, Reading, read_qml
from tests import factories
from tests.layers.test_settings import administrator, now

KINDS = {"polygon": "fill", "line": "line", "point": "marker"}
FILL = '<layer class="SimpleFill"><prop k="color" v="230,0,0,153"/><prop k="style" v="solid"/>'
FILL += '<prop k="outline_color" v="52,52,52,255"/><prop k="outline_width" v="0.26"/></layer>'
BOTH = f'<symbol type="fill" name="0" alpha="1">{FILL}</symbol><symbol type="fill" name="1" alpha="0.5">{FILL}</symbol>'


def layer(geometry: str = "polygon", *names: str, **types: str) -> Layer:
    """A layer that is in no database, with text columns in its tiles."""
    kinds = dict.fromkeys(names or ("typezone",), "text") | types
    columns = [{"name": name, "label": name, "type": kind, "in_tiles": True} for name, kind in kinds.items()]
    return Layer(title="Zones", geometry_type=geometry, columns=columns)


def qml(renderer: str, more: str = "", **root: str) -> bytes:
    attributes = " ".join(f'{name}="{value}"' for name, value in root.items())
    return f"<!DOCTYPE qgis PUBLIC 'a' 'SYSTEM'><qgis version='3.40' {attributes}>{renderer}{more}</qgis>".encode()


def rendered(kind: str, inside: str = "", symbols: str = BOTH, **more: str) -> str:
    attributes = " ".join(f'{name}="{value}"' for name, value in more.items())
    return f'<renderer-v2 type="{kind}" {attributes}>{inside}<symbols>{symbols}</symbols></renderer-v2>'


def lines(reading: Reading) -> list[tuple[str, Any]]:
    return [(line["label"], line["where"]) for line in reading.style["legend"]]


def test_of_very_many_rules_each_is_compared_with_as_many_as_a_legend_has_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[int] = []

    def count(text: str, filters: Sequence[str]) -> str:
        compared.append(len(filters))
        return text

    monkeypatch.setattr(reading, "without_earlier", count)
    rules = "".join(f'<rule filter="typezone = \'{n}\'" symbol="0" label="{n}"/>' for n in range(MOST_LINES + 50))
    read_qml(qml(rendered("RuleRenderer", f"<rules>{rules}</rules>")), layer())
    assert max(compared) == MOST_LINES


def test_a_single_symbol_is_taken_with_its_colours_and_widths_in_pixels() -> None:
    (line,) = read_qml(qml(rendered("singleSymbol")), layer()).style["legend"]
    assert line["symbol"] == {
        "kind": "fill",
        "fill": "#e6000099",
        "stroke": "#343434",
        "stroke_width": pytest.approx(0.98),
        "dash": None,
    }


LINES = '<layer class="LinePatternFill"><prop k="angle" v="{angle}"/><prop k="distance" v="{spacing}"/>'
LINES += '<prop k="distance_unit" v="Point"/><symbol type="line" alpha="0.6" name="@0@0"><layer class="{inner}">'
LINES += '<prop k="line_color" v="210,4,4,255"/><prop k="line_width" v="0.75"/><prop k="line_width_unit" v="Point"/>'
LINES += "</layer></symbol></layer>"
RED = {"colour": "#d20404", "spacing": 8.0, "width": 1.0}
OUTLINE = '<layer class="SimpleLine"><prop k="line_color" v="0,0,0,255"/></layer>'


def patterned(*angles: float, spacing: float = 6, inner: str = "SimpleLine", more: str = "") -> Reading:
    layers = "".join(LINES.format(angle=angle, spacing=spacing, inner=inner) for angle in angles)
    symbol = f'<symbol type="fill" name="0">{layers}{more}{OUTLINE}</symbol>'
    return read_qml(qml(rendered("singleSymbol", symbols=symbol)), layer())


@pytest.mark.parametrize(
    ("angles", "angle", "cross"),
    [((45,), 45, False), ((-45,), 135, False), ((100,), 100, False), ((135, 45), 45, True), ((0, 90), 0, True)],
)
def test_patterns_of_lines_are_hatches(angles: tuple[float, ...], angle: float, cross: bool) -> None:
    found = patterned(*angles)
    symbol = found.style["legend"][0]["symbol"]
    assert symbol["hatch"] == RED | {"colour": "#d2040499", "angle": angle, "cross": cross}
    assert (symbol["fill"], symbol["stroke"]) == (None, "#000000")
    assert found.warnings == []
    validate_legend(found.style["legend"])


def test_a_hatch_lies_over_the_fill_of_its_symbol() -> None:
    symbol = patterned(45, more=FILL).style["legend"][0]["symbol"]
    assert (symbol["fill"], symbol["hatch"]["angle"]) == ("#e6000099", 45)


def test_of_hatches_that_do_not_cross_the_first_is_taken_and_told() -> None:
    found = patterned(45, 60)
    assert found.style["legend"][0]["symbol"]["hatch"]["angle"] == 45
    assert found.warnings == ["De plusieurs hachures superposées, la première est reprise, avec celle qui la croise."]


def test_a_pattern_of_other_lines_is_a_pale_colour_and_told() -> None:
    found = patterned(45, inner="MarkerLine")
    assert found.style["legend"][0]["symbol"]["fill"] == "#d2040440"
    assert "hatch" not in found.style["legend"][0]["symbol"]
    assert found.warnings == [
        "Les motifs de marques deviennent ici une couleur unie et pâle, ou sont laissés de côté près d’une hachure."
    ]


@pytest.mark.parametrize(("style", "angle", "cross"), [("b_diagonal", 45, False), ("diagonal_x", 45, True)])
def test_the_brushes_of_a_simple_fill_are_hatches(style: str, angle: float, cross: bool) -> None:
    fill = FILL.replace('v="solid"', f'v="{style}"')
    symbols = f'<symbol type="fill" name="0" alpha="1">{fill}</symbol>'
    (line,) = read_qml(qml(rendered("singleSymbol", symbols=symbols)), layer()).style["legend"]
    assert line["symbol"]["fill"] is None
    assert line["symbol"]["hatch"] == {
        "colour": "#e6000099", "angle": angle, "spacing": 5.66, "width": 1.0, "cross": cross
    }  # fmt: skip


@pytest.mark.parametrize("fill", [None, "#e6000099"])
@pytest.mark.parametrize("cross", [False, True])
def test_a_hatch_that_was_written_is_read_again(fill: str | None, cross: bool) -> None:
    hatch = {"colour": "#0000ff80", "angle": 30.0, "spacing": 12.5, "width": 1.5, "cross": cross}
    symbol = {"kind": "fill", "fill": fill, "hatch": hatch, "stroke": "#343434", "stroke_width": 1.2, "dash": None}
    styled = layer()
    styled.legend = [{"label": "Zones", "label_en": "", "where": {}, "symbol": symbol}]
    (line,) = read_qml(qml_of(styled).encode(), styled).style["legend"]
    assert line["symbol"].pop("hatch") == {
        name: pytest.approx(value, abs=0.02) if isinstance(value, float) else value for name, value in hatch.items()
    }
    assert line["symbol"]["fill"] == fill
    assert (line["symbol"]["stroke"], line["symbol"]["dash"]) == ("#343434", None)


def test_lines_that_overlap_come_back_in_their_order() -> None:
    """QGIS draws by every rule that fits, a legend by the first: what is written says which a rule leaves out."""
    styled = layer("line", "materiau", annee="integer")
    symbol = {"kind": "line", "stroke": "#112233", "stroke_width": 2.0}
    wheres: list[Any] = [{"materiau": "F"}, {"annee": {"above": 1990}}, {"materiau": "PVC", "annee": {"to": 1990}}, {}]
    styled.legend = [{"label": f"l{n}", "where": where, "symbol": symbol} for n, where in enumerate(wheres)]
    reading = read_qml(qml_of(styled).encode(), styled)
    assert [where for _label, where in lines(reading)] == wheres
    assert reading.warnings == []


def test_categories_are_lines_and_the_empty_one_is_for_the_rest() -> None:
    inside = """<categories>
      <category symbol="1" value="" label="Le reste"/><category symbol="0" value="U" label="Urbaine"/>
      <category symbol="0" value="NULL" type="NULL" label=""/>
      <category symbol="0" label="Deux"><val value="A" type="string"/><val value="N" type="string"/></category>
      <category symbol="0" value="X" label="Éteinte" render="false"/></categories>"""
    found = read_qml(qml(rendered("categorizedSymbol", inside, attr="typezone")), layer())
    assert lines(found) == [
        ("Urbaine", {"typezone": "U"}),
        ("(sans valeur)", {"typezone": None}),
        ("Deux", {"typezone": {"in": ["A", "N"]}}),
        ("Le reste", {}),
    ]
    assert found.warnings == ["« Éteinte » est désactivé dans QGIS : il n’est pas repris."]


def test_values_take_the_type_of_their_column() -> None:
    inside = (
        '<categories><category symbol="0" value="12" label="a"/><category symbol="0" value="x" label="b"/></categories>'
    )
    found = read_qml(qml(rendered("categorizedSymbol", inside, attr="niveau")), layer(niveau="integer"))
    assert lines(found) == [("a", {"niveau": 12})]
    assert "« b »" in found.warnings[0]


def test_classes_are_bounds() -> None:
    inside = """<ranges><range symbol="0" lower="0" upper="2.5" label="peu"/>
      <range symbol="1" lower="2.5" upper="9" label="+"/></ranges>"""
    found = read_qml(qml(rendered("graduatedSymbol", inside, attr="hauteur")), layer(hauteur="number"))
    assert lines(found) == [("peu", {"hauteur": {"from": 0, "below": 2.5}}), ("+", {"hauteur": {"from": 2.5, "to": 9}})]


def test_rules_are_taken_with_those_above_them_and_else_last() -> None:
    inside = """<rules><rule filter="ELSE" symbol="1" label="Autre"/>
      <rule filter="&quot;TYPEZONE&quot; IN ('A','N')" label="Vert">
      <rule filter="sous = '1'" symbol="0" label="Un"/></rule>
      <rule filter="length(typezone) > 2" symbol="0" label="Long"/></rules>"""
    found = read_qml(qml(rendered("RuleRenderer", inside)), layer("polygon", "typezone", "sous"))
    assert lines(found) == [("Un", {"typezone": {"in": ["A", "N"]}, "sous": "1"}), ("Autre", {})]
    assert found.warnings == [
        "La règle « Long » n’est pas reprise : son filtre ne peut pas être dit ici : length(typezone) > 2"
    ]


def test_of_rules_by_scale_those_of_the_scale_that_draws_most_are_taken() -> None:
    inside = """<rules><rule scalemindenom="2001" symbol="1" label="Ensemble"/><rule scalemaxdenom="2000">
      <rule filter="typezone = 'U'" symbol="0" label="U"/>
      <rule filter="typezone = 'A'" symbol="0" label="A"/></rule></rules>"""
    found = read_qml(qml(rendered("RuleRenderer", inside)), layer())
    assert [label for label, _where in lines(found)] == ["U", "A"]
    assert found.warnings == [
        "QGIS dessine autrement à d’autres échelles ; les symboles sont ceux de 1:2000 et au-dessus."
    ]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ('<prop k="line_width" v="2"/><prop k="line_width_unit" v="Pixel"/>', {"stroke_width": 2.0, "dash": None}),
        ('<prop k="line_width" v="3"/><prop k="line_width_unit" v="Point"/>', {"stroke_width": 4.0}),
        ('<prop k="line_style" v="dash"/>', {"dash": [6, 3]}),
        ('<prop k="use_custom_dash" v="1"/><prop k="customdash" v="5;2"/>', {"dash": [18.9, 7.56]}),
        (
            '<Option type="Map"><Option name="line_color" value="0,0,255,255,rgb:0,0,1,1"/></Option>',
            {"stroke": "#0000ff"},
        ),
    ],
)
def test_lines_are_taken_in_every_unit_and_spelling(parts: str, expected: dict[str, Any]) -> None:
    symbol = f'<symbol type="line" name="0"><layer class="SimpleLine">{parts}</layer></symbol>'
    (line,) = read_qml(qml(rendered("singleSymbol", symbols=symbol)), layer("line")).style["legend"]
    assert {name: line["symbol"][name] for name in expected} == expected


def test_marks_keep_their_shape_and_size() -> None:
    mark = '<prop k="name" v="equilateral_triangle"/><prop k="size" v="4"/><prop k="color" v="1,2,3,255"/>'
    symbol = f'<symbol type="marker" name="0"><layer class="SimpleMarker">{mark}</layer></symbol>'
    (line,) = read_qml(qml(rendered("singleSymbol", symbols=symbol)), layer("point")).style["legend"]
    assert (line["symbol"]["shape"], line["symbol"]["radius"], line["symbol"]["fill"]) == ("triangle", 7.6, "#010203")


def test_labels_and_scales_are_taken() -> None:
    labels = """<labeling type="simple"><settings><text-style fieldName="typezone" fontSize="9" fontSizeUnit="Point"
      fontWeight="75" textColor="176,0,6,255"/>
      <rendering scaleVisibility="1" scaleMax="5000" scaleMin="0"/></settings></labeling>"""
    found = read_qml(
        qml(rendered("singleSymbol"), labels, hasScaleBasedVisibilityFlag="1", minScale="25000", maxScale="500"),
        layer(),
    )
    style = found.style
    assert style["labels"] == {"column": "typezone", "size": 12, "colour": "#b00006", "bold": True, "from_scale": 5000}
    assert (style["scale_from"], style["scale_to"]) == (25_000, 500)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "abîmé"),
        (b"<sld/>", "Ce n’est pas un style QGIS"),
        (b"<qgis/>", "ne dit rien"),
        (qml(rendered("heatmapRenderer")), "heatmapRenderer"),
        (qml(rendered("singleSymbol", symbols="")), "un symbole qu’il ne contient pas"),
        (qml(rendered("singleSymbol", symbols='<symbol type="line" name="0"/>')), "un autre type de géométrie"),
        (qml(rendered("categorizedSymbol", attr="inconnu")), "aucun champ de cette couche"),
        (qml(rendered("categorizedSymbol", attr="upper(typezone)")), "aucun champ de cette couche"),
        (qml(rendered("categorizedSymbol", attr="typezone")), "Rien de ce style"),
        (b'<!DOCTYPE q [<!ENTITY a "b">]><qgis>&a;</qgis>', "n’est pas lu ici"),
        (b"<a>" * 200_000, "n’est pas lu ici"),
        (b" " * (MOST_BYTES + 1), "trop grand"),
    ],
)
def test_what_is_no_style_for_the_layer_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_qml(content, layer())
    assert words in refused.value.message


def test_a_column_outside_the_tiles_is_told_with_what_to_do() -> None:
    outside = Layer(geometry_type="polygon", columns=[{"name": "typezone", "label": "Type", "type": "text"}])
    with pytest.raises(Invalid, match="cochez-le"):
        read_qml(qml(rendered("categorizedSymbol", attr="typezone")), outside)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a = 'l''eau'", {"a": "l'eau"}),
        ('"A b" = 1', {"A b": 1}),
        ("a >= 1 AND a < 2.5", {"a": {"from": 1, "below": 2.5}}),
        ("(a = 1 OR a = 2)", {"a": {"in": [1, 2]}}),
        ("a IN ('x', 'y') and b is null", {"a": {"in": ["x", "y"]}, "b": None}),
        ("3 < a", {"a": {"above": 3}}),
        ("a = TRUE", {"a": True}),
    ],
)
def test_filters_that_a_legend_can_say_are_read(text: str, where: Any) -> None:
    assert where_of(text) == where


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "a = b",
        "a <> 1",
        "a = 1 OR b = 2",
        "f(a) = 1",
        "a = 1 AND a = 2",
        "NOT a = 1",
        "a = 1;",
        "(" * 5_000,
        "a = 'x",
        "",
    ],
)
def test_filters_that_a_legend_cannot_say_are_not(text: str) -> None:
    with pytest.raises(NotSaidError):
        where_of(text)


SYMBOLS: dict[str, dict[str, Any]] = {
    "polygon": {"kind": "fill", "fill": "#e6000099", "stroke": "#343434", "stroke_width": 1.2, "dash": None},
    "line": {"kind": "line", "fill": None, "stroke": "#0b5c6b", "stroke_width": 2.0, "dash": [6.0, 3.0]},
    "point": {
        "kind": "circle",
        "fill": "#0b5c6b",
        "stroke": "#ffffff",
        "stroke_width": 1.5,
        "radius": 5.0,
        "shape": "diamond",
    },
}
WHERES = [
    [{}],
    [{"typezone": "l'eau"}, {"typezone": None}, {"typezone": {"in": ["A", "N"]}}, {}],
    [{"hauteur": {"below": 2}}, {"hauteur": {"from": 2, "below": 9.5}}, {"hauteur": {"from": 9.5}}],
    [{"typezone": "U", "hauteur": {"above": 3}}, {"typezone": "U", "hauteur": {"to": 3}}],
]


@pytest.mark.parametrize("wheres", WHERES)
@pytest.mark.parametrize("geometry", SYMBOLS)
def test_a_style_that_was_written_is_read_again(geometry: str, wheres: list[Any]) -> None:
    styled = layer(geometry, "typezone", hauteur="number")
    styled.legend = [
        {"label": f"Ligne {rank}", "label_en": "", "where": where, "symbol": SYMBOLS[geometry]}
        for rank, where in enumerate(wheres)
    ]
    styled.labels = {"column": "typezone", "size": 12, "colour": "#b00006", "bold": True, "from_scale": 5_000}
    styled.scale_from, styled.scale_to = 25_000, 500
    found = read_qml(qml_of(styled).encode(), styled)
    assert [line["where"] for line in found.style["legend"]] == wheres
    assert found.style["labels"] == styled.labels
    assert (found.style["scale_from"], found.style["scale_to"]) == (25_000, 500)
    for line in found.style["legend"]:
        assert line["symbol"] == {
            name: pytest.approx(value, abs=0.05) if isinstance(value, float | list) else value
            for name, value in SYMBOLS[geometry].items()
        }


def test_real_styles_give_legends_that_the_map_draws(shared_data: Path) -> None:
    known = ("typezone", "libelle", "typepsc", "stypepsc", "typeinf", "stypeinf", "geo_dur", "etat_service")
    water = ("fonction_canalisation", "fonction_pompage", "type_appareillage")
    files = sorted(shared_data.glob("styles/*/*.qml"))
    assert files
    for file in files:
        text = file.read_text()
        kind = next(kind for kind, mark in KINDS.items() if f'type="{mark}"' in text[text.index("<symbols>") :][:400])
        found = read_qml(file.read_bytes(), layer(kind, *known, *water))
        validate_legend(found.style["legend"])
        validate_labels(found.style["labels"])
        assert found.style["legend"], file


@pytest.mark.django_db
def test_a_style_file_is_read_for_whoever_administers_the_layer_and_nothing_is_saved(client: Client) -> None:
    styled = factories.editable_layer(slug="lampes", geometry="polygon", legend=[])
    administrator(client, styled.owner)
    file = SimpleUploadedFile("zones.qml", qml(rendered("singleSymbol")))
    answer = client.post("/api/v1/layers/lampes/style.qml", {"file": file})
    assert answer.status_code == 200
    assert answer.json()["style"]["legend"][0]["symbol"]["fill"] == "#e6000099"
    assert now().legend == []


@pytest.mark.django_db
def test_a_style_is_downloaded_by_whoever_sees_the_layer(client: Client) -> None:
    lines = [{"label": "Zone <A>", "where": {"idu": "A"}, "symbol": SYMBOLS["polygon"]}]
    factories.layer("zones", legend=lines)
    answer = client.get("/api/v1/layers/zones/style.qml")
    assert "attachment" in answer["Content-Disposition"]
    assert "Zone &lt;A&gt;" in answer.content.decode()


@pytest.mark.django_db
def test_a_file_that_is_too_large_is_refused_unread(client: Client) -> None:
    styled = factories.editable_layer(slug="lampes")
    administrator(client, styled.owner)
    answer = client.post("/api/v1/layers/lampes/style.qml", {"file": SimpleUploadedFile("a.qml", b" " * 5_000_000)})
    assert answer.status_code == 400
    assert "4 Mo au plus" in answer.json()["detail"]
