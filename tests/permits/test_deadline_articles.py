"""The page of articles says what the code does: each article stands there, each test that it names is one."""

import re
from pathlib import Path

from permits.deadlines.law import NOT_COVERED, RULES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reference/delais-permis.md").read_text()
TABLE, _heading, WITHOUT = PAGE.partition("## Articles sans valeur ici")


def test_every_article_of_the_rules_stands_in_the_table() -> None:
    assert not [rule.article for rule in RULES if rule.article not in TABLE]


def test_every_article_without_a_value_is_named_apart() -> None:
    assert not [article for article, _what in NOT_COVERED if article not in WITHOUT]


def test_every_test_that_the_page_names_is_one() -> None:
    written = Path(__file__).with_name("test_deadlines.py").read_text()
    named = re.findall(r"`(test_\w+)`", PAGE)
    assert len(named) > 25
    assert not [name for name in named if f"def {name}(" not in written]


def test_an_uncertain_value_is_said_to_be_one() -> None:
    for rule in RULES:
        if rule.uncertain and not rule.article.startswith("décret"):
            (line,) = [line for line in TABLE.splitlines() if rule.article in line]
            assert "à confirmer" in line
