"""A JSON document read piece by piece: memory follows its largest value, and every error knows its line and column."""

import codecs
import gzip
import json
import math
import re
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from .trouble import Trouble

CHUNK = 1 << 18
BLANK = re.compile(r"[ \t\r\n]*")
# An error this close to the end of what was read may only mean that the rest is still to come.
TAIL = 16
# What the JSON decoder leaves unread of a number or a word that is cut off.
UNFINISHED = re.compile(r"-?|\.|(\.\d+)?[eE][+-]?|tr?u?|fa?l?s?|nu?l?")
INTEGER_DIGITS = 18
BOM = "\ufeff"
KINDS = {dict: "object", list: "array", str: "string", int: "number", float: "number", bool: "boolean"}


def kind_of(value: object) -> str:
    """The JSON name of a value's type."""
    return KINDS.get(type(value), "null")


class JsonText:
    """Cursor over UTF-8 JSON text.

    `max_bytes` bounds the decoded document, `max_value` the characters of one value. `anomalies` collects what Python
    accepts and JSON or a database does not (duplicate keys, NaN, numbers too large) since it was last emptied.
    """

    def __init__(self, stream: BinaryIO, *, max_bytes: int, max_value: int) -> None:
        self.anomalies: list[Trouble] = []
        self.had_bom = False
        self._stream = stream
        self._max_bytes = max_bytes
        self._max_value = max_value
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self._text = ""
        self._at = 0
        self._lines_before = 0
        self._columns_before = 0
        self._bytes_read = 0
        self._ended = False
        self._json = json.JSONDecoder(
            object_pairs_hook=self._object, parse_constant=self._constant, parse_int=self._integer
        )
        self._read_more(CHUNK)
        if self._text.startswith(BOM):
            self.had_bom = True
            self._at = 1

    def peek(self) -> str:
        """The next character that is not blank, "" at the end of the file."""
        while True:
            self._at = self._skip_blank()
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                return ""
            self._read_more(CHUNK)

    def expect(self, wanted: str) -> None:
        """Step over one punctuation character."""
        character = self.peek()
        if character != wanted:
            raise self._trouble_at(character, wanted)
        self._at += 1

    def members(self) -> Iterator[str]:
        """Keys of the object that starts here; the caller takes each value before asking for the next key."""
        self.expect("{")
        if self.peek() == "}":
            self._at += 1
            return
        while True:
            if self.peek() != '"':
                raise self._trouble_at(self.peek(), '"')
            key = self.value()
            self.expect(":")
            yield key
            if not self._goes_on("}"):
                return

    def elements(self) -> Iterator[Any]:
        """Values of the array that starts here."""
        self.expect("[")
        if self.peek() == "]":
            self._at += 1
            return
        while True:
            yield self.value()
            if not self._goes_on("]"):
                return

    def value(self) -> Any:
        """The value that starts here."""
        if self.peek() == "":
            raise self._trouble_at("", "")
        while True:
            try:
                value, self._at = self._json.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                self._on_error(error)
            except RecursionError:
                raise Trouble("too_deep", **self._where(self._at)) from None
            else:
                return value

    def end(self) -> None:
        """Refuse anything but blanks up to the end of the file."""
        if self.peek():
            raise Trouble("trailing_data", **self._where(self._at))

    def _goes_on(self, closing: str) -> bool:
        character = self.peek()
        if character not in (",", closing) or not character:
            raise self._trouble_at(character, f", {closing}")
        self._at += 1
        return character == ","

    def _on_error(self, error: json.JSONDecodeError) -> None:
        """Read on when the error is only that the value is not all there yet."""
        cut = error.msg.startswith("Unterminated string") or error.pos >= len(self._text) - TAIL
        if cut and not self._ended:
            self.anomalies.clear()
            if len(self._text) - self._at > self._max_value:
                raise Trouble("value_too_long", limit=self._max_value, **self._where(self._at))
            self._read_more(max(CHUNK, len(self._text) - self._at))
            return
        if self._text.find("\0", self._at, error.pos + 1) >= 0:
            raise Trouble("nul_character", **self._where(self._text.index("\0", self._at)))
        if cut and self._is_unfinished(error):
            raise Trouble("truncated", **self._where(len(self._text)))
        raise Trouble("bad_json", reason=error.msg, **self._where(error.pos))

    def _is_unfinished(self, error: json.JSONDecodeError) -> bool:
        """Whether the text, of which nothing more will come, was right as far as it goes."""
        rest = self._text[error.pos :].rstrip()
        in_escape = error.msg.startswith("Invalid \\") and '"' not in rest
        return in_escape or error.msg.startswith("Unterminated string") or bool(UNFINISHED.fullmatch(rest))

    def _trouble_at(self, character: str, wanted: str) -> Trouble:
        where = self._where(self._at)
        if not character:
            return Trouble("truncated", **where)
        if character == "\0":
            return Trouble("nul_character", **where)
        return Trouble("unexpected_character", wanted=wanted, found=character, **where)

    def _skip_blank(self) -> int:
        match = BLANK.match(self._text, self._at)
        return match.end() if match else self._at

    def _where(self, at: int) -> dict[str, int]:
        line = self._lines_before + self._text.count("\n", 0, at) + 1
        newline = self._text.rfind("\n", 0, at)
        return {"line": line, "column": at - newline if newline >= 0 else at + 1 + self._columns_before}

    def _read_more(self, size: int) -> None:
        """Append about `size` bytes and drop what was consumed."""
        chunk = self._read(size)
        self._forget_consumed()
        before = self._bytes_read
        self._bytes_read += len(chunk)
        if self._bytes_read > self._max_bytes:
            raise Trouble("file_too_large", limit=self._max_bytes)
        self._ended = not chunk
        try:
            self._text += self._utf8.decode(chunk, final=self._ended)
        except UnicodeDecodeError as error:
            if self._ended:
                raise Trouble("truncated", **self._where(len(self._text))) from None
            raise Trouble("not_utf8", byte=before + error.start + 1) from None

    def _read(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except EOFError:
            raise Trouble("truncated_gzip") from None
        except (gzip.BadGzipFile, zlib.error):
            raise Trouble("bad_gzip") from None

    def _forget_consumed(self) -> None:
        gone, self._text = self._text[: self._at], self._text[self._at :]
        lines = gone.count("\n")
        self._lines_before += lines
        self._columns_before = len(gone) - gone.rfind("\n") - 1 if lines else self._columns_before + len(gone)
        self._at = 0

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) != len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            self.anomalies.append(Trouble("duplicate_key", key=twice[:100]))
        return members

    def _constant(self, text: str) -> float:
        self.anomalies.append(Trouble("not_finite", value=text))
        return math.nan

    def _integer(self, text: str) -> int:
        if len(text) <= INTEGER_DIGITS:
            return int(text)
        self.anomalies.append(Trouble("number_too_large", value=text[:30]))
        return 0
