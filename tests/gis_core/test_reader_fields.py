"""Column names made of field names: what an administrator sees in the wizard, and what create_layer_table accepts."""

import re

import pytest

from gis_core.files.reader.fields import SafeName, safe_names

COLUMN = re.compile(r"[a-z][a-z0-9_]{0,59}")


def names(*sources: str) -> list[str]:
    return [found.name for found in safe_names(sources)]


@pytest.mark.parametrize(
    ("source", "name", "changes"),
    [
        ("insee", "insee", ()),
        ("CODE", "code", ()),
        ("DÉNOMINATION", "denomination", ("characters",)),
        ("N° de voie", "n_de_voie", ("characters",)),
        ("Cœur d'îlot", "coeur_d_ilot", ("characters",)),
        ("Taux (%)", "taux_pct", ("characters",)),
        ("Surface m²", "surface_m2", ("characters",)),
        ("2024", "n_2024", ("digit",)),
        ("id", "id_source", ("taken",)),
        ("geom", "geom_source", ("taken",)),
        ("ctid", "ctid_source", ("taken",)),
        ("Order", "order_source", ("word",)),
        ("date", "date_source", ("word",)),
        ("casei", "casei_source", ("word",)),
        ("", "field", ("characters",)),
        ("名称", "field", ("characters",)),
        ("_x_", "x", ("characters",)),
        ("ﬁche", "fiche", ("characters",)),
    ],
)
def test_a_field_name_becomes_a_column_name(source: str, name: str, changes: tuple[str, ...]) -> None:
    assert safe_names([source]) == [SafeName(source, name, changes)]


def test_names_that_become_the_same_are_numbered() -> None:
    assert names("été", "ete", "ETE", "ete_2") == ["ete", "ete_2", "ete_3", "ete_2_2"]
    assert safe_names(["a", "A"])[1].changes == ("duplicate",)


def test_long_names_are_cut_and_stay_different() -> None:
    found = names("x" * 80, "x" * 70, "nom_" * 30)
    assert [len(name) for name in found] == [60, 60, 59]
    assert len(set(found)) == 3


def test_names_in_use_are_left_alone() -> None:
    assert safe_names(["nom"], taken=["nom"])[0].name == "nom_2"


def test_every_name_can_be_a_column() -> None:
    strange = ['"; drop table x; --', "\0", "🚰", "a" * 500, "1" * 100, "id", "   ", "İstanbul", "ﷺ", "A\tB\nC"]
    found = names(*strange)
    assert all(COLUMN.fullmatch(name) for name in found)
    assert len(set(found)) == len(strange)
