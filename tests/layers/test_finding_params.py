"""Parameters of findings that are words, days or numbers, in the language of who reads them."""

import json
from datetime import date
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from layers.intake import cells
from layers.intake.findings import MOST_ALIKE, Finding, Findings
from layers.intake.messages import format_param
from layers.intake.params import column_param, day_param, label_param, number_param, pair_param


@pytest.mark.parametrize(
    ("param", "french", "english"),
    [
        (column_param("water-pipes", "material"), "Matériau", "Material"),
        (column_param("water-pipes", "unheard_of"), "unheard_of", "unheard_of"),
        (label_param(gettext_lazy("state of service")), "état de service", "state of service"),
        (label_param("D_NOM"), "D_NOM", "D_NOM"),
        (pair_param("Fonte", "Cast iron"), "Fonte", "Cast iron"),
        (day_param(date(2026, 1, 5)), "05/01/2026", "5 Jan 2026"),
        (number_param(1.5, 2), "1,5", "1.5"),
        ({"code": "row %(row)s", "params": {"row": 3}}, "ligne 3", "row 3"),
        ("Matériau", "Matériau", "Matériau"),
        (3, 3, 3),
        ({"code": "05", "field": "x"}, {"code": "05", "field": "x"}, {"code": "05", "field": "x"}),
    ],
    ids=str,
)
def test_a_parameter_is_worded_when_it_is_read(param: Any, french: Any, english: Any) -> None:
    kept = json.loads(json.dumps(param))
    for language, expected in (("fr", french), ("en", english)):
        with translation.override(language):
            assert format_param(kept) == expected


def test_a_label_is_kept_in_english_whoever_reads_the_file() -> None:
    with translation.override("fr"):
        assert label_param(gettext_lazy("state of service")) == {"label": "state of service"}


def test_a_note_names_its_column_in_the_language_of_the_reader() -> None:
    note = cells.column_of(cells.metres, column_param("water-pipes", "material"))("bof").note
    assert note is not None
    finding = Finding(code=note.code, params=note.params)
    with translation.override("fr"):
        assert finding.message.replace("\u00a0", " ").startswith("Matériau « bof »")
    with translation.override("en"):
        assert finding.message.startswith("Material “bof”")


def test_many_alike_are_counted_with_their_own_parameters() -> None:
    findings = Findings("a.csv")
    read = cells.code_reader({"05": "Inox"})
    note = read("Matériau", "inox").note
    assert note is not None
    for row in range(MOST_ALIKE + 3):
        findings.add(row + 1, *note)
    last = Finding.from_json(json.loads(json.dumps(findings.all()[-1].as_json())))
    with translation.override("en"):
        assert last.message == "3 more rows alike: Matériau “inox” is a label: read as the code 05."
