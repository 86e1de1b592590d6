"""Text files as the restricted reader hands them over: stretches of lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gis_core.files.reader.problems import Problem
from gis_core.files.reader.vectors import parse_problem


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines without their ends; `first` is the number of the first of them, from 1. A line with a problem is empty.

    `encoding` is the codec of the file and `how` it was found (`guessed` where it is not ASCII or UTF-8); `returns` and
    `accent` are the first lines of this stretch that end with CR LF and that go beyond ASCII; `ended` is whether the
    last one has an end, which that of a file that was cut off has not.
    """

    first: int
    texts: tuple[str, ...]
    encoding: str
    how: str
    returns: int | None
    accent: int | None
    problems: tuple[Problem, ...]
    ended: bool


def parse_lines(answer: Mapping[str, Any], blob: bytes) -> Lines:
    """One frame of lines, distrusted."""
    texts = tuple(blob.decode().split("\n"))
    if len(texts) != answer["count"]:
        raise ValueError("lines are missing")
    return Lines(
        first=int(answer["first"]),
        texts=texts,
        encoding=str(answer["encoding"]),
        how=str(answer["how"]),
        ended=bool(answer["ended"]),
        returns=None if answer["returns"] is None else int(answer["returns"]),
        accent=None if answer["accent"] is None else int(answer["accent"]),
        problems=tuple(parse_problem(*entry) for entry in answer["problems"]),
    )
