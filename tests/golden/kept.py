"""Where golden texts are kept, and how one of now is held against them."""

import difflib
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tests.golden.texts import settled_today

HERE: Final = Path(__file__).parent
HOW: Final = os.environ.get("ARPENT_GOLDEN", "")
"""`write` keeps what is said now; `add` only of what nothing is kept; else it is compared."""
DETAILS: Final = os.environ.get("ARPENT_GOLDEN_DETAILS", "")
"""A folder for the texts of which only digests are kept: two runs that differ are compared there."""
SHOWN: Final = 60


def plain(name: str) -> str:
    return re.sub(r"[^-.\w]+", "_", name)


def check(folder: str, name: str, now: str) -> None:
    """Hold a text against the one that is kept, or keep it. Dates that are today by chance are today's in both."""
    path = HERE / folder / f"{plain(name)}.txt"
    if HOW == "write" or (HOW == "add" and not path.is_file()):
        path.parent.mkdir(exist_ok=True)
        path.write_text(now)
        return
    assert path.is_file(), f"nothing is kept of {folder}/{path.name}: ARPENT_GOLDEN=write ./arpent test tests/golden"
    kept = settled_today(path.read_text())
    if kept != settled_today(now):
        lines = difflib.unified_diff(kept.splitlines(), now.splitlines(), f"{folder}/{path.name}", "now", "", "", 1, "")
        told = [line[:400] for line in lines]
        raise AssertionError("\n".join([*told[:SHOWN], *([f"… {len(told) - SHOWN} more"] if told[SHOWN:] else [])]))


def left_over(folder: str, names: Iterable[str]) -> set[str]:
    """What is kept of nothing that there still is."""
    return {path.stem for path in (HERE / folder).glob("*.txt")} - set(map(plain, names))


def detail(name: str, text: str) -> None:
    """Of what only a digest is kept, the text itself where somebody looks for a difference."""
    if DETAILS:
        Path(DETAILS).mkdir(parents=True, exist_ok=True)
        (Path(DETAILS) / f"{plain(name)}.txt").write_text(text)
