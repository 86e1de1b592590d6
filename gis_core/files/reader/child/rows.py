"""What a read file gives: rows with their geometry, problems with their reason, in batches ready for the wire."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .jsontext import kind_of
from .trouble import Trouble

TEXT_LIMIT = 1_000_000
VALUE_DEPTH = 8
BATCH_BYTES = 16 * 1024 * 1024
IDENTIFIER_LENGTH = 100


@dataclass(slots=True)
class Row:
    """One feature: `index` counts from 1 in file order; `wkb` is None when it has no geometry."""

    index: int
    identifier: str | None
    properties: dict[str, Any]
    wkb: bytes | None


@dataclass(slots=True)
class Problem:
    """One feature that cannot be read."""

    index: int
    identifier: str | None
    code: str
    params: dict[str, Any]


@dataclass(slots=True)
class Batch:
    """Up to the asked number of rows and problems."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def message(self) -> tuple[dict[str, Any], list[bytes]]:
        """JSON part and bytes: the WKB of the rows one after the other, -1 standing for no geometry."""
        rows = [
            [row.index, row.identifier, row.properties, -1 if row.wkb is None else len(row.wkb)] for row in self.rows
        ]
        problems = [[problem.index, problem.identifier, problem.code, problem.params] for problem in self.problems]
        return {"rows": rows, "problems": problems}, [b"".join(row.wkb or b"" for row in self.rows)]


def make_batches(items: Iterable[Row | Problem], size: int) -> Iterator[Batch]:
    """Cut into batches of `size` items, or fewer when their geometries are heavy."""
    batch, count, weight = Batch(), 0, 0
    for item in items:
        if isinstance(item, Row):
            batch.rows.append(item)
            weight += len(item.wkb or b"")
        else:
            batch.problems.append(item)
        count += 1
        if count == size or weight > BATCH_BYTES:
            yield batch
            batch, count, weight = Batch(), 0, 0
    if count:
        yield batch


def check_properties(properties: object) -> dict[str, Any]:
    """Properties that a database can store: no NUL, no half characters, bounded texts and depth. null gives {}."""
    if properties is None:
        return {}
    if not isinstance(properties, dict):
        raise Trouble("properties_not_object", found=kind_of(properties))
    for name, value in properties.items():
        _check(name, name, 0)
        _check(value, name, 0)
    return properties


def _check(value: object, name: str, depth: int) -> None:
    if isinstance(value, str):
        _check_text(value, name)
    elif isinstance(value, dict | list):
        if depth >= VALUE_DEPTH:
            raise Trouble("property_too_deep", name=name[:100])
        for key, member in value.items() if isinstance(value, dict) else enumerate(value):
            _check(key, name, depth + 1)
            _check(member, name, depth + 1)
    elif isinstance(value, float) and value - value != 0:
        raise Trouble("property_not_finite", name=name[:100])


def _check_text(text: str, name: str) -> None:
    printable_name = name[:100].encode("ascii", "backslashreplace").decode().replace("\0", "\\0")
    if len(text) > TEXT_LIMIT:
        raise Trouble("text_too_long", name=printable_name, limit=TEXT_LIMIT)
    if "\0" in text:
        raise Trouble("property_nul", name=printable_name)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Trouble("property_not_unicode", name=printable_name) from None


def printable(text: str) -> str:
    """Text safe to show in a report, at most 100 characters."""
    return text[:IDENTIFIER_LENGTH].encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
