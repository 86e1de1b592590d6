"""Tables without geometry: which header is which field, what words mean, what is shown of them. Needs no database."""

from collections.abc import Sequence
from typing import Any

import pytest

from gis_core.errors import Invalid
from layers.intake.table import (
    Codes,
    Field,
    TableFields,
    TableLimits,
    TableMapping,
    describe_table,
    examples_of,
    likely_columns,
)
from layers.intake.tables import Table, TableRow

COLOURS = Codes(
    label="Words for colours",
    choices=lambda: [("red", "Red"), ("blue", "Blue")],
    likely=lambda word: {"rouge": "red"}.get(word.lower(), ""),
)
NUMBER = Field(name="number", label="Number", headers=("numero dossier", "numero", "reference"), required=True)
DAY = Field(name="day", label="Day", headers=("date depot", "depose le"))
COLOUR = Field(name="colour", label="Colour", headers=("couleur",), codes=COLOURS)
PERSON = Field(name="person", label="Person", headers=("nom demandeur", "nom"), private=True)
PHONE = Field(name="phone", label="Telephone", headers=("telephone",))
KIND = TableFields(
    label="Things",
    fields=(NUMBER, DAY, COLOUR, PERSON, PHONE),
    limits=TableLimits(file_bytes=1_000, rows=10, columns=10),
    one_of=("day", "phone"),
)


def table(header: Sequence[str], *rows: Sequence[str] | None) -> Table:
    cells = [None if row is None else dict(zip(header, row, strict=True)) for row in rows]
    return Table(tuple(header), [TableRow(place, row) for place, row in enumerate(cells, start=2)])


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        (["Numéro", "Déposé le"], {"number": "Numéro", "day": "Déposé le"}),
        (["Référence", "N° de dossier", "numero"], {"number": "numero"}),
        (["Date du dépôt en mairie", "Couleur"], {"day": "Date du dépôt en mairie", "colour": "Couleur"}),
        (["Date", "Dépôt"], {}),
        (["Nom", "Nom du demandeur"], {"person": "Nom du demandeur"}),
        (["", "de la"], {}),
    ],
)
def test_headers_are_recognised_however_they_are_written(header: list[str], columns: dict[str, str]) -> None:
    assert likely_columns(KIND.fields, header) == columns


def test_a_header_is_one_field_and_the_former_field_wins() -> None:
    twins = [Field(name=name, label=name, headers=("nom",)) for name in ("first", "second")]
    assert likely_columns(twins, ["Nom"]) == {"first": "Nom"}
    assert likely_columns(twins, ["Nom", "nom"]) == {"first": "Nom", "second": "nom"}


def test_a_mapping_is_kept_and_read_again_without_what_is_unknown_by_now() -> None:
    mapping = TableMapping({"number": "N°", "colour": "C"}, {"colour": {"bleu": "blue"}})
    assert TableMapping.from_json(mapping.as_json(), KIND.fields) == mapping
    kept = {
        "columns": {"number": "N°", "size": "x"},
        "codes": {"colour": {"Vert !": "green", "BLEU": "blue"}, "size": {}},
    }
    assert TableMapping.from_json(kept, KIND.fields) == TableMapping({"number": "N°"}, {"colour": {"bleu": "blue"}})


@pytest.mark.parametrize("kept", [None, 3, [], {"columns": 3}, {"codes": {"colour": 3}}, {"columns": ["a"]}])
def test_what_is_no_mapping_is_refused(kept: Any) -> None:
    with pytest.raises(Invalid):
        TableMapping.from_json(kept, KIND.fields)


@pytest.mark.parametrize(("word", "code"), [("Bleu.", "blue"), ("rouge", "red"), ("vert", ""), ("", "")])
def test_a_word_means_what_was_said_else_what_is_likely(word: str, code: str) -> None:
    assert TableMapping({}, {"colour": {"bleu": "blue"}}).code(COLOUR, word) == code


@pytest.mark.parametrize(
    ("columns", "lacking"),
    [({}, "Number, Day / Telephone"), ({"number": "a"}, "Day / Telephone"), ({"number": "a", "phone": "b"}, "")],
)
def test_what_lacks_is_named(columns: dict[str, str], lacking: str) -> None:
    assert KIND.lacking(TableMapping(columns)) == lacking


def test_examples_and_words_are_of_columns_that_are_a_field() -> None:
    given = table(["N", "Couleur", "Autre"], ["", "rouge", "x"], None, ["12", "rouge", "y"], ["13", "bleu", "z"])
    mapping = TableMapping({"number": "N", "colour": "Couleur"})
    assert examples_of(given, KIND, mapping) == {
        "samples": {"N": "12", "Couleur": "rouge"},
        "words": {"colour": [("rouge", 2), ("bleu", 1)]},
    }
    assert describe_table(given)["rows"] == 4


def test_no_cell_of_a_private_column_is_an_example_whatever_it_is_taken_for() -> None:
    given = table(["Nom", "N"], ["MARTIN", "12"])
    for columns in ({"person": "Nom"}, {"number": "Nom"}, {"colour": "Nom"}, {"person": "N"}):
        assert examples_of(given, KIND, TableMapping(columns)) == {"samples": {}, "words": {}}
