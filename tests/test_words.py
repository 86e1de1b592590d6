"""The field's words: what the dictionary bans (docs/reference/glossary.md) is written less often with every change.

`banned_words.csv` holds how often a word still stands in a name (of a module, class, function, parameter, variable or
attribute). It only shrinks: whoever takes some away lowers the number, nobody raises it.
"""

import ast
import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
APPS = ("gis_core", "layers", "orthophoto", "tiles", "permits", "networks", "simulation")
LIST = Path(__file__).with_name("banned_words.csv")
ONLY_ERRORS = "a docstring that only says what it raises"


def product_files() -> Iterator[Path]:
    for app in APPS:
        yield from (path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)


def names_in(path: Path, nodes: Sequence[ast.AST]) -> Iterator[str]:
    """Every name that a file gives or uses, the file's own among them; that of a command is what scripts type."""
    if path.parent.name != "commands":
        yield path.stem
    for node in nodes:
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name


def says_only_errors(node: ast.AST) -> bool:
    said = ast.get_docstring(node) if isinstance(node, ast.FunctionDef | ast.ClassDef) else None
    return bool(said and re.fullmatch(r"Raises [\w,. ]+\.", said))


@cache
def counts() -> Counter[str]:
    banned = [row["word"] for row in rows() if row["word"] != ONLY_ERRORS]
    pattern = re.compile(rf"(?:^|_)({'|'.join(sorted(banned, key=len, reverse=True))})(?=_|$)")
    # The same names come again and again.
    words_in = cache(pattern.findall)
    counted: Counter[str] = Counter()
    for path in product_files():
        nodes = list(ast.walk(ast.parse(path.read_text())))
        counted.update(word for name in names_in(path, nodes) for word in words_in(name.lower()))
        counted[ONLY_ERRORS] += sum(map(says_only_errors, nodes))
    return counted


def rows() -> list[dict[str, str]]:
    with LIST.open(newline="") as file:
        return list(csv.DictReader(file))


def test_no_banned_word_is_written_more_often_than_before() -> None:
    now = counts()
    more = {row["word"]: (now[row["word"]], row["say"]) for row in rows() if now[row["word"]] > int(row["times"])}
    assert more == {}, "Say it in the field's words (the second of each pair)."


def test_the_list_shrinks_with_what_is_taken_away() -> None:
    now = counts()
    assert {row["word"]: int(row["times"]) for row in rows()} == {row["word"]: now[row["word"]] for row in rows()}
