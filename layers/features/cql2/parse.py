"""CQL2 text or JSON as a tree of plain values, the one of CQL2 JSON, whatever was sent."""

import json
import re
from collections.abc import Callable
from typing import Any

import cql2
from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from layers.features.cql2.guard import MARK, check_length, cut
from layers.features.cql2.refusal import refusal

LANGUAGES = ("cql2-text", "cql2-json")
DEEPEST_JSON = 100
MOST_VALUES = 50_000
POSITION = re.compile(r"-->\s*1:(\d+)")

type Tree = Any


def parse(text: str, language: str = "cql2-text") -> Tree:
    """The tree of a filter; raises Invalid, within a second whatever the text is."""
    return parse_json(text) if language == "cql2-json" else parse_text(text)


def parse_text(text: str) -> Tree:
    """Read the pieces of the text, then put each group back in its place."""
    trees: list[Tree] = []
    for piece in cut(text):
        try:
            trees.append(put_back(read(cql2.parse_text, piece), trees))
        except cql2.ParseError as error:
            raise unreadable(piece, str(error)) from None
    return trees[-1]


def put_back(tree: Tree, groups: list[Tree]) -> Tree:
    """The tree with the groups that were read before in place of their names."""
    match tree:
        case {"property": str(name)} if name.startswith(MARK):
            return groups[int(name.removeprefix(MARK))]
        case dict():
            return {name: put_back(value, groups) for name, value in tree.items()}
        case list():
            return [put_back(value, groups) for value in tree]
        case _:
            return tree


def parse_json(text: str) -> Tree:
    check_length(text)
    try:
        check_nesting(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise no_json() from error
    try:
        return read(cql2.parse_json, text)
    except cql2.ParseError:
        raise no_json() from None


def check_nesting(tree: Tree) -> None:
    """Refuse a filter in JSON that is nested too deeply or has too many values. Raises Invalid."""
    level, values = [tree], 0
    for _depth in range(DEEPEST_JSON):
        values += len(level)
        if values > MOST_VALUES:
            raise refusal(_("The filter has more than %(most)s values: shorten it."), most=MOST_VALUES)
        level = [inner for outer in level for inner in inside(outer)]
        if not level:
            return
    raise refusal(_("The filter is nested too deeply: simplify it."))


def inside(value: Any) -> list[Any]:
    match value:
        case dict():
            return list(value.values())
        case list():
            return value
        case _:
            return []


def read(reader: Callable[[str], cql2.Expr], text: str) -> Tree:
    """What the native parser makes of a text that is short and flat enough for it; raises ParseError or Invalid."""
    try:
        return reader(text).to_json()
    except cql2.ParseError:
        raise
    except Exception as error:
        raise refusal(_("The filter cannot be read: %(reason)s."), reason=str(error)[:200]) from None
    except BaseException as error:
        # A panic of the native parser: an exception of no ordinary kind, after which it can be used again.
        if type(error).__name__ != "PanicException":
            raise
        raise refusal(_("The filter cannot be read.")) from None


def no_json() -> Invalid:
    return refusal(_("The filter is no CQL2 JSON, or is nested too deeply."))


def unreadable(text: str, said: str) -> Invalid:
    """The parser's refusal in our words, with the place where it stopped."""
    position = POSITION.search(said)
    near = text[int(position[1]) - 1 :][:30] if position else ""
    excerpt = re.sub(f'"{MARK}\\d+"', "(…)", near).strip()
    if not excerpt:
        return refusal(_("The filter ends too early, or is empty."))
    return refusal(_("The filter cannot be read near “%(near)s”."), near=excerpt)
