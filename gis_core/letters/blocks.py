"""The markup of letters, and what it says: headings, paragraphs, bullets, tables, page breaks.

# Heading    ## Smaller heading    **bold**    - bullet    | cell | cell | (the first row is the header)
[saut de page]    \\* (a backslash: the next character as it is)
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

PAGE_BREAK = "[saut de page]"
HEADING = re.compile(r"(#{1,2})\s+(.+)")
BULLET = re.compile(r"-\s+(.+)")
ROW = re.compile(r"\|(.*)\|")
CELLS = re.compile(r"((?:\\.|[^\\|])*)\|")
INLINE = re.compile(r"\\(.)|\*\*|[^\\*]+|.")
OPEN_FIELD = re.compile(r"\\.|(\{\{)")
MOST_CELLS = 8


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one weight."""

    text: str
    bold: bool = False


type Runs = Sequence[Run]


@dataclass(frozen=True, slots=True)
class Block:
    """`lines` are those of a paragraph or heading, or the items of bullets; `rows` the cells of a table."""

    kind: Literal["paragraph", "heading", "bullets", "table", "break"]
    lines: Sequence[Runs] = ()
    rows: Sequence[Sequence[Runs]] = ()
    level: int = 0


def blocks_of(text: str) -> list[Block]:
    """The blocks of a text."""
    return list(group_lines([line.strip() for line in text.replace("\r\n", "\n").split("\n")]))


def group_lines(lines: Sequence[str]) -> Iterator[Block]:
    kind = ""
    held: list[str] = []
    for line in [*lines, ""]:
        now = kind_of_line(line)
        if held and now != kind:
            yield block(kind, held)
            held = []
        kind = now
        if kind in ("heading", "break"):
            yield block(kind, [line])
        elif kind:
            held.append(line)


def kind_of_line(line: str) -> str:
    if not line:
        return ""
    if line.lower() == PAGE_BREAK:
        return "break"
    for kind, pattern in (("heading", HEADING), ("bullets", BULLET), ("table", ROW)):
        if pattern.fullmatch(line):
            return kind
    return "paragraph"


def block(kind: str, lines: Sequence[str]) -> Block:
    match kind:
        case "heading" if heading := HEADING.fullmatch(lines[0]):
            return Block("heading", [runs_of(heading[2])], level=len(heading[1]))
        case "bullets":
            return Block("bullets", [runs_of(line[1:].strip()) for line in lines])
        case "table":
            return Block("table", rows=even([cells_of(line) for line in lines]))
        case "break":
            return Block("break")
    return Block("paragraph", [runs_of(line) for line in lines])


def cells_of(line: str) -> list[Runs]:
    return [runs_of(cell.strip()) for cell in CELLS.findall(line[1:])][:MOST_CELLS]


def even(rows: Sequence[Sequence[Runs]]) -> Sequence[Sequence[Runs]]:
    """Every row as wide as the widest."""
    width = max(len(row) for row in rows)
    empty: list[Runs] = [()]
    return [[*row, *(empty * (width - len(row)))] for row in rows]


def runs_of(text: str) -> Runs:
    """The words of a line; a pair of stars without its fellow stands for itself."""
    tokens = [(match[1], match[0]) for match in INLINE.finditer(text)]
    stars = sum(whole == "**" for _escaped, whole in tokens)
    runs: list[Run] = []
    bold, seen = False, 0
    for escaped, whole in tokens:
        if whole == "**":
            seen += 1
            if seen < stars or bold:
                bold = not bold
                continue
        word = escaped or whole
        if runs and runs[-1].bold == bold:
            word = runs.pop().text + word
        runs.append(Run(word, bold))
    return runs


def plain(runs: Runs) -> str:
    return "".join(run.text for run in runs)


def has_open_field(text: str) -> bool:
    """Whether double braces stand in a text: what was to be filled is filled when a letter is begun."""
    return any(match[1] for match in OPEN_FIELD.finditer(text))
