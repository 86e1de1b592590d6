"""Sizes and nesting of a filter, counted before it reaches the parser.

The parser is native code: it recurses with every parenthesis and every operator, and on some bad input takes twice as
long with each parenthesis more. So a text is cut here into pieces without nested groups, each read alone, in which a
group that was cut out stands as the name `\ue0007`; a piece has few operators, and lists and calls in it nest little.
"""

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from layers.features.cql2.refusal import refusal

LONGEST = 100_000
MOST_OPERATORS = 200
DEEPEST_GROUPS = 100
DEEPEST_CALLS = 10
MARK = "\ue000"

TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<text>'(?:[^'\\]|''|\\.)*+')
  | (?P<quoted>"(?:[^"]|"")*+")
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<word>[^\W\d][\w.:]*)
  | (?P<open>\()
  | (?P<close>\))
  | (?P<comma>,)
  | (?P<operator><>|<=|>=|!=|[-=<>+*/%^])
    """,
    re.VERBOSE | re.DOTALL,
)
ESCAPED = re.compile(r"''|\\.", re.DOTALL)
ESCAPES = {"\\": "\\", "a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r"}
SHAPES = "POINT LINESTRING POLYGON MULTIPOINT MULTILINESTRING MULTIPOLYGON GEOMETRYCOLLECTION"
GEOMETRIES = frozenset(f"{shape}{suffix}" for shape in SHAPES.split() for suffix in ("", " Z", " M", " ZM"))
# Words before a parenthesis that make it a group, not the arguments of a call.
JOINING = frozenset({"AND", "OR", "NOT", "BETWEEN", "LIKE", "DIV", "IS"})


@dataclass(slots=True)
class Frame:
    """What stands between two parentheses: a `group`, or a `call`, `list` or `geometry` that stays where it is."""

    kind: str
    parts: list[str] = field(default_factory=list)
    operators: int = 0
    commas: int = 0


@dataclass(slots=True)
class Cutter:
    """Takes a text's tokens one by one and cuts groups out of it."""

    groups: list[str] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=lambda: [Frame("group")])
    before: str = ""  # the last words in capitals, as far as they tell what a parenthesis opens

    def take(self, kind: str, token: str) -> None:
        match kind:
            case "space":
                self.frames[-1].parts.append(" ")
                return
            case "open":
                self.open()
            case "close":
                self.close()
            case _:
                self.keep(kind, token)
        self.before = self.keyword_before(kind, token)

    def keyword_before(self, kind: str, token: str) -> str:
        word = token.upper() if kind == "word" else "?" if kind == "quoted" else ""
        joined = f"{self.before} {word}"
        return joined if joined in GEOMETRIES else word

    def keep(self, kind: str, token: str) -> None:
        frame = self.frames[-1]
        frame.parts.append(normal(kind, token))
        frame.commas += kind == "comma"
        frame.operators += kind == "operator" or (kind == "word" and token.upper() in JOINING)
        if frame.operators > MOST_OPERATORS and frame.kind != "geometry":
            raise refusal(_("The filter has more than %(most)s operators in a row: simplify it."), most=MOST_OPERATORS)

    def open(self) -> None:
        self.frames.append(Frame(self.kind_of_frame()))
        kept = sum(frame.kind != "group" for frame in self.frames)
        if kept > DEEPEST_CALLS or len(self.frames) - 1 - kept > DEEPEST_GROUPS:
            raise refusal(_("The filter is nested too deeply: simplify it."))

    def kind_of_frame(self) -> str:
        if self.frames[-1].kind == "geometry" or self.before in GEOMETRIES:
            return "geometry"
        return "group" if self.before in JOINING or not self.before else "call"

    def close(self) -> None:
        frame = self.frames.pop()
        if not self.frames:
            raise refusal(_("The filter closes a parenthesis that it did not open."))
        parts = self.frames[-1].parts
        if frame.kind != "group" or frame.commas:
            parts += ["(", *frame.parts, ")"]
            return
        parts.append(f' "{MARK}{len(self.groups)}" ')
        self.groups.append("".join(frame.parts))

    def finish(self) -> list[str]:
        if len(self.frames) > 1:
            raise refusal(_("The filter does not close all of its parentheses."))
        return [*self.groups, "".join(self.frames[0].parts)]


def cut(text: str) -> list[str]:
    """The pieces of a CQL2 text, the whole last; raises Invalid when it is too long, too deep, or no text of CQL2."""
    check_length(text)
    if MARK in text:
        raise refusal(_("The filter contains a character that no filter may contain."))
    cutter, place = Cutter(), 0
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise refusal(_("The filter cannot be read near “%(near)s”."), near=text[place : place + 20])
        cutter.take(match.lastgroup, match[0])
        place = match.end()
    return cutter.finish()


def check_length(text: str) -> None:
    if len(text) > LONGEST:
        raise refusal(_("The filter has more than %(most)s characters: shorten it."), most=LONGEST)
    if "\0" in text:
        raise refusal(_("The filter contains a NUL character."))


def normal(kind: str, token: str) -> str:
    """A token as the parser knows it: it takes no .5, and no backslashes in a literal but those of LIKE."""
    if kind == "number" and token.startswith("."):
        return f"0{token}"
    return "'" + ESCAPED.sub(unescape, token[1:-1]) + "'" if kind == "text" else token


def unescape(match: re.Match[str]) -> str:
    """What stands for an escape sequence between the parser's quotation marks."""
    sequence = match[0]
    return "''" if sequence in ("''", "\\'") else ESCAPES.get(sequence[1], sequence)
