"""A text file line by line, counted in characters whatever its encoding: for formats of fixed width."""

import io
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, BinaryIO

from .charset import of_stream
from .trouble import Trouble
from .wire import Blob

LONGEST = 10_000
FRAME_LINES = 5_000
NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ufffd]")

type Frame = tuple[dict[str, Any], list[Blob]]


def frames(stream: BinaryIO, limits: Mapping[str, int]) -> Iterator[Frame]:
    """Stretches of whole lines as UTF-8, without their ends; a line that is no text is left empty, and a problem."""
    detected = of_stream(stream, None)
    stream.seek(0)
    if str(detected.value).startswith("utf-16"):
        raise Trouble("utf16_lines")
    text = io.TextIOWrapper(stream, encoding=detected.value, errors="replace", newline="")
    encoding = {"encoding": detected.value, "how": detected.how}
    first, size, batch = 1, 0, []
    for number, line in enumerate(iter(partial(text.readline, LONGEST + 1), ""), start=1):
        size += len(line)
        if len(line) > LONGEST:
            raise Trouble("line_too_long", row=number, limit=LONGEST)
        if size > limits["file_bytes"]:
            raise Trouble("file_too_large", limit=limits["file_bytes"])
        batch.append(line)
        if len(batch) == FRAME_LINES:
            yield frame(batch, first, encoding)
            first, batch = number + 1, []
    if batch:
        yield frame(batch, first, encoding)


def frame(batch: list[str], first: int, encoding: Mapping[str, Any]) -> Frame:
    """One answer: the number of its first line, its lines, and what is odd about them."""
    returns = next((first + place for place, line in enumerate(batch) if line.endswith("\r\n")), None)
    lines = [line.rstrip("\r\n") for line in batch]
    accent = next((first + place for place, line in enumerate(lines) if not line.isascii()), None)
    problems = []
    for place, line in enumerate(lines):
        if not line.isprintable() and (match := NOT_TEXT.search(line)):
            problems.append([first + place, None, "not_text", {"column": match.start() + 1}])
            lines[place] = ""
    message = {
        "first": first,
        "count": len(lines),
        "returns": returns,
        "accent": accent,
        "problems": problems,
        **encoding,
    }
    message["ended"] = batch[-1].endswith(("\r", "\n"))
    return message, ["\n".join(lines).encode()]
