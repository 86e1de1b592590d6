"""The page of articles says what the code does: each article stands there, each test that it names is one."""

import re
from pathlib import Path

from permits.deadlines.law import NOT_COVERED, RULES, SILENCE_REFUSES, SilenceRefuses
from permits.deadlines.opinions import OPINION_RULES, OPINIONS_NOT_COVERED
from permits.procedure import SilenceRefuses as Offered

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reference/delais-permis.md").read_text()
TABLE, _heading, REST = PAGE.partition("## Articles sans valeur ici")
DELAYS, _heading, ACTS = TABLE.partition("## Après la décision")
WITHOUT, _heading, OPINIONS = REST.partition("## Les avis des organismes consultés")


def test_every_article_of_the_rules_stands_in_the_table() -> None:
    assert not [rule.article for rule in RULES if rule.article not in TABLE]


def test_every_article_without_a_value_is_named_apart() -> None:
    assert not [article for article, _what in NOT_COVERED if article not in WITHOUT]


def test_every_test_that_the_page_names_is_one() -> None:
    parts = (
        (DELAYS + WITHOUT, "test_deadlines.py"),
        (ACTS, "test_decisions.py"),
        (OPINIONS, "test_opinions.py"),
    )
    for part, file in parts:
        written = Path(__file__).with_name(file).read_text()
        assert not [name for name in re.findall(r"`(test_\w+)`", part) if f"def {name}(" not in written]
    assert len(re.findall(r"`(test_\w+)`", DELAYS + WITHOUT)) > 25
    assert len(re.findall(r"`(test_\w+)`", ACTS)) > 15
    assert len(re.findall(r"`(test_\w+)`", OPINIONS)) > 5


def test_an_uncertain_value_is_said_to_be_one() -> None:
    for rule in RULES:
        if rule.uncertain and not rule.article.startswith("décret"):
            (line,) = [line for line in TABLE.splitlines() if rule.article in line]
            assert "à confirmer" in line


def test_every_delay_of_an_opinion_stands_in_its_table() -> None:
    for rule in OPINION_RULES:
        lines = [line for line in OPINIONS.splitlines() if line.startswith(f"| {rule.article} |")]
        assert [line for line in lines if f"| {rule.months} mois |" in line]
        assert all("à confirmer" in line for line in lines) == rule.uncertain


def test_every_article_of_opinions_without_a_value_is_named_apart() -> None:
    told = OPINIONS.split("entrés à\nla main", 1)[1]
    assert not [article for article, _what in OPINIONS_NOT_COVERED if article not in told]


def test_every_case_in_which_silence_refuses_has_its_source_and_is_offered() -> None:
    assert set(SILENCE_REFUSES) == set(SilenceRefuses)
    assert {one.value for one in Offered} == {one.value for one in SilenceRefuses}
    assert "421949" in OPINIONS
