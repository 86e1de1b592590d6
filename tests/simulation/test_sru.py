"""Rules of SRU level 2: read tolerantly, written strictly, nothing lost."""

import json
from pathlib import Path

import pytest

from simulation.engine.catalogue import Part, classes
from simulation.engine.sru import (
    Rule,
    SruError,
    parse_sru,
    read_rules,
    rule_as_json,
    unread_of,
    write_rules,
)

DATA = Path(__file__).parents[1] / "data" / "sru"


def one(**row: object) -> Rule:
    (rule,) = read_rules([row])
    return rule


def refusal(text: str) -> SruError:
    with pytest.raises(SruError) as caught:
        parse_sru(text)
    return caught.value


def test_the_published_draft_says_where_its_comma_is() -> None:
    error = refusal((DATA / "PLU_niv2_simplifie.json").read_text())
    assert (error.code, error.line, error.column) == ("json", 20, 6)


def test_the_same_draft_without_its_comma_is_read() -> None:
    text = (DATA / "PLU_niv2_simplifie.json").read_text().replace("},\n\n  ]", "}\n  ]")
    (rule,) = parse_sru(text)
    assert rule.content == "60668_PLU_20201207/titre/UE/UE2/implantation/contenu02"
    assert [(two.category, two.get("existeReserve")) for two in rule.constraints] == [("Autorisation", True)]
    assert [[two.libelle for two in some] for some in rule.alternatives] == [["Règles applicables à la zone UE2"]]


@pytest.mark.parametrize("text", ["", "{", "[1]", "3", '"Retrait"', "{}", '[{"contraintes": []}]', "[NaN]", "\x00"])
def test_what_is_no_sru_is_refused(text: str) -> None:
    with pytest.raises(SruError):
        parse_sru(text)


def test_brackets_without_end_are_refused() -> None:
    assert refusal("[" * 100_000).code in ("too_deep", "json")
    assert refusal("[" * 60 + "]" * 60).code == "too_deep"


def test_a_constraint_alone_is_a_rule() -> None:
    rule = one(catContrainte="Retrait", vMinRetrait=4, reference=["limiteLaterale"])
    assert rule.constraints[0].values == {"vMinRetrait": 4, "reference": ["limiteLaterale"]}


@pytest.mark.parametrize(
    ("written", "category"),
    [
        ("retraitFaçadeHauteur", "RetraitFacadeHauteur"),
        ("RetraitFac\u0327adeHauteur", "RetraitFacadeHauteur"),
        ("CoefficientEmpriseAuSol", "CES"),
        ("ces", "CES"),
        ("clôture", "Cloture"),
    ],
)
def test_classes_are_known_whatever_their_case_and_accents(written: str, category: str) -> None:
    assert one(catContrainte=written, x=1).constraints[0].category == category


@pytest.mark.parametrize(
    ("name", "value", "attribute", "read"),
    [
        ("vMinRetrait", "4,5", "vMinRetrait", 4.5),
        ("VMINRETRAIT", "4.5 m", "vMinRetrait", 4.5),
        ("\u200dvMinRetrait", 3, "vMinRetrait", 3),
        ("retraitTotal", "oui", "retraitTotal", True),
        ("reference", "fond|limiteLaterale", "reference", ["fond", "limiteLaterale"]),
        ("reference", "battimentMitoyen", "reference", ["batimentMitoyen"]),
        ("reference", ["Limites séparatives"], "reference", ["limiteLaterale", "fond"]),
    ],
)
def test_values_are_read_as_they_are_written(name: str, value: object, attribute: str, read: object) -> None:
    assert one(catContrainte="Retrait", **{name: value}).constraints[0].values == {attribute: read}


@pytest.mark.parametrize(("written", "ratio"), [(0.25, 0.25), ("25 %", 0.25), (25, 0.25), ("0,4", 0.4), (1, 1)])
def test_a_share_is_between_nought_and_one(written: object, ratio: float) -> None:
    assert one(catContrainte="CES", ratioMax=written).constraints[0].get("ratioMax") == ratio


@pytest.mark.parametrize("value", [-1, "deux", True, float("inf"), [3], {"m": 3}])
def test_a_value_that_cannot_be_read_is_kept_as_it_was(value: object) -> None:
    (constraint,) = one(catContrainte="Retrait", vMinRetrait=value).constraints
    assert (constraint.values, constraint.kept) == ({}, {"vMinRetrait": value})


def test_heights_have_their_short_names_too() -> None:
    (constraint,) = one(catContrainte="Hauteur", hauteurFaitageMax=9, hauteurMaxEgout=6).constraints
    assert constraint.values == {"hauteurFaitageMaxBatimentToiturePente": 9, "hauteurMaxEgoutBatimentToiturePente": 6}


def test_an_unknown_class_is_kept_and_told() -> None:
    rules = read_rules([{"catContrainte": "Prospect spécial", "angle": 45, "libelle": "Vue"}])
    (constraint,) = rules[0].constraints
    assert (constraint.known, constraint.category, constraint.kept) == (False, "Prospect spécial", {"angle": 45})
    assert unread_of(rules) == [("Prospect spécial", "")]
    assert write_rules(rules, "z")[0]["contraintes"][0]["angle"] == 45


def test_and_binds_before_or() -> None:
    conditions = [
        {"catCondition": "ConditionSpecifique", "libelle": "un"},
        {"catCondition": "ConditionSpecifique", "libelle": "deux"},
        {"catCondition": "ConditionSpecifique", "libelle": "trois", "operateur": "OU"},
    ]
    rule = one(conditions=conditions, contraintes=[{"catContrainte": "CES", "ratioMax": 0.3}])
    assert [[two.libelle for two in some] for some in rule.alternatives] == [["un", "deux"], ["trois"]]
    nested = one(conditions=[conditions[:2], conditions[2:]], contraintes=[{"catContrainte": "CES", "ratioMax": 0.3}])
    assert nested.alternatives == rule.alternatives or len(nested.alternatives) == 2


def test_alternatives_leave_as_rules_of_their_own() -> None:
    conditions = [[{"catCondition": "ConditionSpecifique", "libelle": name}] for name in ("un", "deux")]
    rows = write_rules([one(conditions=conditions, contraintes=[{"catContrainte": "CES", "ratioMax": 0.3}])], "z")
    assert [row["idRegle"] for row in rows] == ["z/regle01-1", "z/regle01-2"]


def test_a_rule_without_condition_leaves_with_that_of_its_zone() -> None:
    (row,) = write_rules([one(catContrainte="CES", ratioMax=0.3)], "45_PLU/UB", "UB")
    assert [two["libelle"] for two in row["conditions"]] == ["Zone UB"]
    assert (row["idContenu"], row["contraintes"][0]["ratioMax"]) == ("45_PLU/UB", 0.3)


def test_what_leaves_comes_back_the_same() -> None:
    given = read_rules(
        [
            {"catContrainte": "Retrait", "vMinRetrait": "4,5", "reference": "fond", "commentaire": "sauf abris"},
            {"catContrainte": "Inconnue", "x": [1, {"y": 2}]},
            {"idRegle": "r", "idContenu": "c", "extra": 1, "contraintes": [{"catContrainte": "CES", "ratioMax": 0.2}]},
        ]
    )
    assert [rule_as_json(rule) for rule in read_rules([rule_as_json(rule) for rule in given])] == [
        rule_as_json(rule) for rule in given
    ]
    again = read_rules(json.loads(json.dumps(write_rules(given, "z"))))
    values = [[(two.category, two.values, two.kept) for two in rule.constraints] for rule in again]
    assert values == [[(two.category, two.values, two.kept) for two in rule.constraints] for rule in given]


def test_the_catalogue_has_the_classes_and_attributes_of_the_draft_schema() -> None:
    schema = json.loads((DATA / "SCHEMA_N2_JSON_brouillon.json").read_text())["$defs"]
    for name in {
        row["$ref"].rpartition("/")[2] for part in ("Condition", "Contrainte") for row in schema[part]["oneOf"]
    }:
        own = schema[name]["allOf"][1]["properties"]
        assert set(own) - {"catCondition", "catContrainte"} <= set(classes()[name].attributes), name


def test_every_required_attribute_of_the_draft_schema_is_written() -> None:
    rows = write_rules([one(catContrainte="CES", ratioMax=0.3)], "z", "UB")
    schema = json.loads((DATA / "SCHEMA_N2_JSON_brouillon.json").read_text())
    assert set(schema["required"]) <= set(rows[0])
    assert set(schema["$defs"]["BaseContrainte"]["required"]) <= set(rows[0]["contraintes"][0])
    assert set(schema["$defs"]["BaseCondition"]["required"]) <= set(rows[0]["conditions"][0])


def test_there_are_six_conditions_and_thirteen_constraints() -> None:
    parts = [known.part for known in classes().values()]
    assert (parts.count(Part.CONDITION), parts.count(Part.CONSTRAINT)) == (6, 13)
