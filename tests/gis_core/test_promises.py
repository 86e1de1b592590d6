"""The page of promises names tests that exist."""

import re

from django.conf import settings

PAGE = settings.BASE_DIR / "docs" / "reference" / "promesses.md"
NAMED = re.compile(r"`((?:tests|webmap/tests)/[\w/.-]+\.(?:py|ts))(?:::(test_\w+))?`")


def test_each_promise_names_a_test_and_each_named_test_exists() -> None:
    text = PAGE.read_text("utf-8")
    lines = [one for one in text.splitlines() if one.startswith("|") and "---" not in one and "promesse |" not in one]
    assert len(lines) > 50
    assert [one for one in lines if not NAMED.search(one)] == []
    missing = []
    for path, test in NAMED.findall(text):
        file = settings.BASE_DIR / path
        if not file.exists() or (test and f"def {test}(" not in file.read_text("utf-8")):
            missing.append(f"{path}::{test}")
    assert missing == []
