"""The filters of QGIS rules that a legend can say: comparisons of columns with values, joined by AND; OR and IN of one
column's values."""

import re
from collections.abc import Callable
from typing import Any

TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>'(?:[^']|'')*')
      | (?P<quoted>"(?:[^"]|"")*")
      | (?P<number>[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<operator><=|>=|<>|!=|=|<|>|\(|\)|,)
      | (?P<word>[^\W\d]\w*)
    )""",
    re.VERBOSE,
)
BOUNDS = {">=": "from", ">": "above", "<=": "to", "<": "below"}
TURNED = {">=": "<=", ">": "<", "<=": ">=", "<": ">", "=": "="}
KEYWORDS = {"and", "or", "in", "is", "null", "not", "true", "false"}
LONGEST = 10_000
LONGEST_NUMBER = 40

type Where = dict[str, Any]
type Token = tuple[str, Any]


class NotSaidError(Exception):
    """The filter says something that a legend cannot."""


def where_of(text: str) -> Where:
    """What a legend's line must hold for the features that a filter picks. Raises NotSaidError."""
    if len(text) > LONGEST:
        raise NotSaidError
    parser = Parser(tokens(text))
    where = parser.any_of()
    if parser.rest:
        raise NotSaidError
    return where


def tokens(text: str) -> list[Token]:
    result, place = [], 0
    text = text.strip()
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise NotSaidError
        result.append(token(match.lastgroup, match[match.lastgroup]))
        place = match.end()
    return result


def token(kind: str, text: str) -> Token:
    if kind == "text":
        return "value", text[1:-1].replace("''", "'")
    if kind == "number":
        if len(text) > LONGEST_NUMBER:
            raise NotSaidError
        return "value", float(text) if re.search(r"[.eE]", text) else int(text)
    if kind == "quoted":
        return "column", text[1:-1].replace('""', '"')
    if kind == "word" and text.lower() in ("true", "false"):
        return "value", text.lower() == "true"
    if kind == "word":
        return ("keyword", text.lower()) if text.lower() in KEYWORDS else ("column", text)
    return "operator", text


class Parser:
    """Recursive descent over the tokens that are left."""

    def __init__(self, rest: list[Token]) -> None:
        self.rest = rest
        self.depth = 0

    def any_of(self) -> Where:
        return self.joined("or", self.all_of, either)

    def all_of(self) -> Where:
        return self.joined("and", self.one, both)

    def joined(self, word: str, part: Callable[[], Where], join: Callable[[Where, Where], Where]) -> Where:
        where = part()
        while self.takes("keyword", word):
            where = join(where, part())
        return where

    def one(self) -> Where:
        if self.takes("operator", "("):
            self.depth += 1
            if self.depth > 20:
                raise NotSaidError
            where = self.any_of()
            self.must("operator", ")")
            self.depth -= 1
            return where
        kind, name = self.next()
        if kind == "value":
            return self.compared(self.column_after_operator(), name, turned=True)
        if kind != "column":
            raise NotSaidError
        return self.about(name)

    def about(self, name: str) -> Where:
        if self.takes("keyword", "is"):
            self.must("keyword", "null")
            return {name: None}
        if self.takes("keyword", "in"):
            return {name: {"in": self.values()}}
        operator = self.operator()
        return self.compared((name, operator), self.value())

    def compared(self, comparison: tuple[str, str], value: Any, *, turned: bool = False) -> Where:
        name, operator = comparison
        operator = TURNED.get(operator, "") if turned else operator
        if operator == "=":
            return {name: value}
        if operator not in BOUNDS:
            raise NotSaidError
        return {name: {BOUNDS[operator]: value}}

    def column_after_operator(self) -> tuple[str, str]:
        operator = self.operator()
        kind, name = self.next()
        if kind != "column":
            raise NotSaidError
        return name, operator

    def values(self) -> list[Any]:
        self.must("operator", "(")
        result = [self.value()]
        while self.takes("operator", ","):
            result.append(self.value())
        self.must("operator", ")")
        return result

    def value(self) -> Any:
        kind, value = self.next()
        if kind != "value":
            raise NotSaidError
        return value

    def operator(self) -> str:
        kind, operator = self.next()
        if kind != "operator":
            raise NotSaidError
        return str(operator)

    def next(self) -> Token:
        if not self.rest:
            raise NotSaidError
        return self.rest.pop(0)

    def takes(self, kind: str, what: str) -> bool:
        if self.rest and self.rest[0] == (kind, what):
            self.rest.pop(0)
            return True
        return False

    def must(self, kind: str, what: str) -> None:
        if not self.takes(kind, what):
            raise NotSaidError


def both(one: Where, other: Where) -> Where:
    """Two conditions at once: of two columns, or two bounds of one."""
    joined = dict(one)
    for name, condition in other.items():
        if name not in joined:
            joined[name] = condition
        elif is_bounds(joined[name]) and is_bounds(condition) and not set(joined[name]) & set(condition):
            joined[name] = {**joined[name], **condition}
        elif joined[name] != condition:
            raise NotSaidError
    return joined


def either(one: Where, other: Where) -> Where:
    """One of two values of the same column."""
    if len(one) != 1 or set(one) != set(other):
        raise NotSaidError
    (name,) = one
    return {name: {"in": [*values_of_condition(one[name]), *values_of_condition(other[name])]}}


def values_of_condition(condition: Any) -> list[Any]:
    if not isinstance(condition, dict):
        return [condition]
    if "in" not in condition:
        raise NotSaidError
    return list(condition["in"])


def is_bounds(condition: Any) -> bool:
    return isinstance(condition, dict) and "in" not in condition
