"""Where golden texts are kept, and how one of now is held against them."""

import difflib
import os
import re
from collections.abc import Iterable, Iterator
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
        path.write_text(now, newline="")
        return
    assert path.is_file(), f"nothing is kept of {folder}/{path.name}: ARPENT_GOLDEN=write ./arpent test tests/golden"
    before, after = settled_today(path.read_text(newline="")), settled_today(now)
    if before != after:
        told = list(differences(before, after))
        more = [f"… {len(told) - SHOWN} more"] if told[SHOWN:] else []
        raise AssertionError("\n".join([f"{folder}/{path.name}", *told[:SHOWN], *more]))


def differences(before: str, after: str) -> Iterator[str]:
    """The lines that differ; long ones from shortly before they do."""
    former, latter = before.splitlines(), after.splitlines()
    for tag, a, b, c, d in difflib.SequenceMatcher(None, former, latter, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        pairs = enumerate(zip(former[a], latter[c], strict=False)) if a < b and c < d else ()
        start = next((place for place, (one, other) in pairs if one != other), 0)
        yield f"line {a + 1}"
        yield from (f"- {line[max(start - 60, 0) :][:300]}" for line in former[a:b])
        yield from (f"+ {line[max(start - 60, 0) :][:300]}" for line in latter[c:d])


def left_over(folder: str, names: Iterable[str]) -> set[str]:
    """What is kept of nothing that there still is."""
    return {path.stem for path in (HERE / folder).glob("*.txt")} - set(map(plain, names))


def detail(name: str, text: str) -> None:
    """Of what only a digest is kept, the text itself where somebody looks for a difference."""
    if DETAILS:
        Path(DETAILS).mkdir(parents=True, exist_ok=True)
        (Path(DETAILS) / f"{plain(name)}.txt").write_text(text)
