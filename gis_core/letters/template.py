"""The language of templates: plain text with fields, lines that a list repeats, and conditions. Nothing is executed.

    {{ numero }}                     the value of a field
    - {{ pieces }}                   a line with a list is repeated for each of its values, and {{ rang }} counts them
    {{ si recours }}                 alone on its line, to {{ sinon }} or {{ fin }}; {{ si non recours }}: contrary

A value never becomes markup: what would be read as such is written with a backslash.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.letters.kinds import Field, Holds, LetterKind, Value
from gis_core.points import LETTER_KINDS

LONGEST_TITLE, LONGEST_BODY = 200, 20_000
RANK = "rang"
TOKEN = re.compile(r"\\.|\{\{(?P<tag>[^{}]*)\}\}|(?P<open>\{\{)|(?P<close>\}\})")
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
CONDITION = re.compile(r"si\s+(?P<no>non\s+)?(?P<name>\S+)")
MARKUP = re.compile(r"[\\*|{}\[\]]|^[#-]", re.MULTILINE)
TO_COMPLETE = "[à compléter"
"""What stands for a value that is not known; no letter becomes final with it."""
TO_CONFIRM = "[à confirmer"
"""What stands before words that somebody has still to confirm; no letter becomes final with it."""


@dataclass(frozen=True, slots=True)
class Tag:
    """The name of a field inside a line."""

    name: str


type Line = list[str | Tag]


@dataclass(slots=True)
class Condition:
    """Lines that stand there where a field has a value (or has none), and those that stand there otherwise."""

    line: int
    name: str
    negated: bool
    so: list[Line] = field(default_factory=list)
    otherwise: list[Line] | None = None


class Template:
    """A text whose every field is known. Raises Invalid, with the line and the fields that there are."""

    def __init__(self, text: str, kind: LetterKind, *, parameter: str = "body") -> None:
        self.kind, self.known, self.parameter = kind, kind.fields_by_name(), parameter
        longest = LONGEST_TITLE if parameter == "title" else LONGEST_BODY
        if len(text) > longest:
            raise Invalid(_("The text has more than %(most)s characters.") % {"most": longest}, parameter=parameter)
        self.parts: list[Line | Condition] = []
        opened: Condition | None = None
        for number, text_line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
            opened = self.read(number, text_line.strip(), opened)
        if opened:
            raise self.refusal(opened.line, _("“si” has no “{{ fin }}”."))

    # -- reading ------------------------------------------------------------------------------------------------------

    def read(self, number: int, text_line: str, opened: Condition | None) -> Condition | None:
        """Take one line; returns the condition that is open after it."""
        line = list(self.tokens(number, text_line))
        word = line[0].name if len(line) == 1 and isinstance(line[0], Tag) else ""
        if match := CONDITION.fullmatch(word):
            if opened:
                raise self.refusal(number, _("A condition cannot stand inside another one."))
            self.field(number, match["name"])
            condition = Condition(number, match["name"], bool(match["no"]))
            self.parts.append(condition)
            return condition
        if word in ("sinon", "fin"):
            if opened is None or (word == "sinon" and opened.otherwise is not None):
                raise self.refusal(number, _("“%(word)s” has no “si” before it.") % {"word": word})
            if word == "fin":
                return None
            opened.otherwise = []
            return opened
        self.check(number, line)
        if opened is None:
            self.parts.append(line)
        else:
            (opened.so if opened.otherwise is None else opened.otherwise).append(line)
        return opened

    def tokens(self, number: int, text_line: str) -> Iterator[str | Tag]:
        end = 0
        for match in TOKEN.finditer(text_line):
            if match["open"] or match["close"]:
                raise self.refusal(number, _("Braces are not closed: a field is written {{ name }}."))
            if match["tag"] is None:
                continue
            if text := text_line[end : match.start()]:
                yield text
            yield Tag(" ".join(match["tag"].split()))
            end = match.end()
        if text := text_line[end:]:
            yield text

    def check(self, number: int, line: Line) -> None:
        """The fields of a line are known, and one list at most repeats it."""
        lists = set()
        for tag in (one for one in line if isinstance(one, Tag)):
            if tag.name == RANK:
                continue
            if CONDITION.fullmatch(tag.name) or tag.name in ("sinon", "fin"):
                raise self.refusal(number, _("“%(word)s” stands alone on its line.") % {"word": tag.name})
            field = self.field(number, tag.name)
            if field.holds is Holds.FLAG:
                message = _("“%(name)s” says yes or no: it goes after “si”, it is not written.")
                raise self.refusal(number, message % {"name": tag.name})
            if field.holds is Holds.LIST:
                lists.add(tag.name)
        if len(lists) > 1:
            raise self.refusal(
                number, _("A line repeats one list, not several: %(names)s.") % {"names": ", ".join(sorted(lists))}
            )
        if Tag(RANK) in line and not lists:
            raise self.refusal(number, _("“rang” counts the lines of a list: there is none on this line."))
        if lists and self.parameter == "title":
            raise self.refusal(number, _("A list does not go into the subject."))

    def field(self, number: int, name: str) -> Field:
        if field := self.known.get(name):
            return field
        if not NAME.fullmatch(name):
            raise self.refusal(number, _("“%(name)s” is no field: a field is a name alone.") % {"name": name[:60]})
        other = next((kind for kind in LETTER_KINDS.all() if name in kind.fields_by_name()), None)
        if other:
            message = _("“%(name)s” is a field of another kind of letter (%(kind)s).")
            raise self.refusal(number, message % {"name": name, "kind": other.name})
        raise self.refusal(number, _("There is no field “%(name)s”.") % {"name": name})

    def refusal(self, number: int, why: str) -> Invalid:
        fields = ", ".join(sorted(self.known))
        message = _("Line %(line)s: %(why)s The fields of this letter: %(fields)s.")
        said = message % {"line": number, "why": why, "fields": fields}
        return Invalid(said, parameter=self.parameter, line=number, fields=sorted(self.known))

    # -- filling ------------------------------------------------------------------------------------------------------

    def filled(self, values: Mapping[str, Value]) -> str:
        """The text with the values in place of the fields; an unknown one is a place to complete."""
        lines: list[str] = []
        for part in self.parts:
            for line in choose_branch(part, values) if isinstance(part, Condition) else [part]:
                lines.extend(self.repeated(line, values))
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")

    def repeated(self, line: Line, values: Mapping[str, Value]) -> Iterator[str]:
        """The line, once for each value of its list."""
        names = [one.name for one in line if isinstance(one, Tag) and one.name != RANK]
        list_name = next((name for name in names if self.known[name].holds is Holds.LIST), None)
        if list_name is None:
            yield self.format_line(line, values)
            return
        given = values.get(list_name) or [""]
        for rank, one in enumerate(given if not isinstance(given, str | bool) else [str(given)], 1):
            yield self.format_line(line, {**values, list_name: one, RANK: str(rank)})

    def format_line(self, line: Line, values: Mapping[str, Value]) -> str:
        first = line[0] if line else ""
        flat = isinstance(first, str) and first.startswith(("-", "|", "#"))
        return "".join(one if isinstance(one, str) else self.value(one.name, values, flat) for one in line)

    def value(self, name: str, values: Mapping[str, Value], flat: bool) -> str:
        text = str(values.get(name) or "").strip()
        text = " ".join(text.split()) if flat else text
        return literal(text) if text else f"{TO_COMPLETE} : {name}]"


def choose_branch(condition: Condition, values: Mapping[str, Value]) -> list[Line]:
    holds = bool(values.get(condition.name)) != condition.negated
    return condition.so if holds else condition.otherwise or []


def literal(text: str) -> str:
    """A text that the markup reads as it is."""
    return MARKUP.sub(lambda match: f"\\{match[0]}", text)
