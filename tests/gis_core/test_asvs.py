"""The page of ASVS 5.0 has every requirement of level 2 of its chapters, and names tests that exist."""

import re

from django.conf import settings

PAGE = settings.BASE_DIR / "docs" / "explanation" / "securite.md"
LINE = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| (.+) \|$", re.M)
NAMED = re.compile(r"`(tests/[\w/.-]+\.py)(?:::(test_\w+))?`")
STATES = {"tenu", "tenu, lu", "en partie", "non tenu", "sans objet"}
# How many requirements of levels 1 and 2 each section has, counted from its first; 6.7 is of level 3 alone.
LEVEL_2 = {
    **{"6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4},
    **{"7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2},
    **{"8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4},
    **{"10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3},
}


def test_every_requirement_of_level_2_has_its_line() -> None:
    wanted = [f"{section}.{number}" for section, count in LEVEL_2.items() for number in range(1, count + 1)]
    assert [number for number, *_rest in LINE.findall(PAGE.read_text("utf-8"))] == wanted


def test_what_is_met_names_a_test_and_each_named_test_exists() -> None:
    missing = []
    for number, _short, state, why in LINE.findall(PAGE.read_text("utf-8")):
        assert state in STATES, number
        named = NAMED.findall(why)
        assert named or state != "tenu", number
        for path, test in named:
            file = settings.BASE_DIR / path
            if not file.exists() or (test and f"def {test}(" not in file.read_text("utf-8")):
                missing.append(f"{number}: {path}::{test}")
    assert missing == []
