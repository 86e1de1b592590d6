"""The fields in which an instructor types the usual rules, and the rules that they are."""

import re

import pytest
from django.utils.translation import override

from gis_core.operations.environment import ROOT
from simulation.engine.catalogue import classes, value_lists
from simulation.engine.sru import read_rules, rule_as_json, unread_of
from simulation.rule_fields import GROUPS, SENTENCES, join_rules, split_rules
from simulation.services.messages import CATEGORIES
from tests.simulation.grounds import setback

TYPED = {
    "public_min": 5.0, "public_align": "alignementEtRetraitPossibles", "side_min": 3.0, "rear_min": 4.0,
    "prospect_slope": 200.0, "prospect_min": 3.0, "ces": 0.3, "ridge": 9.0, "eaves": 6.0, "levels": 2.0,
    "low_point": "pointLePlusHautTerrain", "gabarit_base": 4.5, "gabarit_slope": 100.0, "buildings_max": 10.0,
    "alignment_nature": "impose", "roof_min": 30.0, "parking_min": 2, "fence_max": 1.6, "open_ground": 20.0,
    "fence_street_max": 1.4, "fence_side_max": 2.0, "fence_side_open": 50.0, "ces_dwelling": 0.2, "ces_farm": 0.5,
    "ces_m2": 300.0, "ces_trade_m2": 300.0, "sealed": 350.0, "tree_ground": 200.0, "tree_places": 4,
    "parking_max": 4, "parking_bikes": 1.5, "open_ratio": 0.3,
    "remark-side": "sauf annexes", "content-side": "c12", "forbidden": "les industries\nles campings",
    "allowed": "les commerces, sous 300 m²", "others": "toitures en ardoise",
}  # fmt: skip


def test_what_is_typed_comes_back_the_same() -> None:
    rules = join_rules(TYPED, [])
    again = split_rules(read_rules([rule_as_json(rule) for rule in rules]))
    assert again.others == []
    assert {name: value for name, value in again.values.items() if value not in ("", None)} == TYPED


def test_a_fence_and_a_ces_may_have_their_own_condition() -> None:
    rules = join_rules({"fence_max": 1.8, "fence_street_max": 1.4, "ces": 0.4, "ces_dwelling": 0.2}, [])
    conditions = [[one.libelle for some in rule.alternatives for one in some] for rule in rules]
    assert conditions == [[], [], ["Clôtures le long du domaine public"], ["Habitation"]]
    assert unread_of(rules) == []


def test_a_condition_in_other_words_is_kept_as_it_is() -> None:
    condition = {"catCondition": "TypeBatiment", "libelle": "Annexes", "destinationType": ["Habitation"]}
    rule = {"conditions": [condition], "contraintes": [{"catContrainte": "CES", "ratioMax": 0.1}]}
    assert len(split_rules(read_rules([rule])).others) == 1


def test_heights_of_buildings_are_no_altitudes() -> None:
    with override("fr"):
        assert [str(group.label) for group in GROUPS if group.category == "Hauteur"] == ["Hauteurs des bâtiments"]


def test_pages_say_the_classes_of_rules_as_the_map_does() -> None:
    source = (ROOT / "webmap/src/i18n/simulation.ts").read_text(encoding="utf-8")
    of_map = dict(re.findall(r'"category\.(\w+)": \["([^"]+)"', source))
    with override("fr"):
        assert {name: str(label) for name, label in CATEGORIES.items()} == of_map


def test_each_group_is_one_rule_and_each_sentence_too() -> None:
    assert [rule.constraints[0].category for rule in join_rules(TYPED, [])].count("Interdiction") == 2
    assert len(join_rules({"side_min": 3.0}, [])) == 1
    assert join_rules({}, []) == []


@pytest.mark.parametrize(
    "rule",
    [
        {"catContrainte": "Retrait", "vMinRetrait": 3, "reference": ["fond", "axeVoie"]},
        {"catContrainte": "Retrait", "vMinRetrait": 3, "reference": ["fond"], "pMinRetrait": 50},
        {"catContrainte": "Retrait", "vMinRetrait": 3, "reference": ["fond"], "libelle": "Un nom"},
        {"catContrainte": "Gabarit", "reference": ["alignementOppose"], "pointAccrochage": "à l’égout", "pente": 100},
        {"conditions": [{"catCondition": "TypeBatiment", "libelle": "x"}], "contraintes": [setback(3, "fond")]},
        {"contraintes": [setback(3, "fond"), setback(3, "limiteLaterale")]},
        {"catContrainte": "Inconnue", "x": 1},
        {"catContrainte": "Interdiction", "libelle": "x", "reserve": "y"},
    ],
)
def test_what_the_fields_do_not_show_is_kept_as_it_is(rule: dict[str, object]) -> None:
    given = read_rules([rule])
    parts = split_rules(given)
    assert parts.others == given
    assert join_rules(parts.values, parts.others) == given


def test_a_second_rule_of_a_kind_is_kept_beside_the_first() -> None:
    given = read_rules([setback(3, "fond"), setback(8, "fond")])
    parts = split_rules(given)
    assert (parts.values["rear_min"], parts.others) == (3, given[1:])


def test_every_field_is_of_the_catalogue() -> None:
    values = {value for some in value_lists().values() for value in some}
    for group in GROUPS:
        for one in group.fields:
            assert one.attribute in classes()[group.category].attributes
            assert one.choices is None or set(one.choices) - {""} <= values
    assert {category for category, _label in SENTENCES.values()} <= set(classes())
