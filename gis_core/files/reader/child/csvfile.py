"""CSV files: separator, header and encoding guessed, every value as text; the types are for the survey to find."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from .charset import lines_to_show, of_stream
from .columns import TEXT_LIMIT
from .dataset import DBASE_NAME
from .files import regular
from .rows import Problem
from .slices import Detected, Field, Head, Numbers, Slice, unique, without_empty
from .trouble import Trouble, broken_at

SEPARATORS = (";", ",", "\t", "|")
SAMPLE_BYTES = 1 << 18
SAMPLE_ROWS = 200
BLOCK_BYTES = 4 << 20
TAIL_BYTES = 1 << 20
LONGEST_EXCERPT = 80
NUMBER = re.compile(r"[+-]?[\d\s\u00a0\u202f]*[.,]?\d+([eE][+-]?\d+)?")
DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the file writes its rows; `skipped` lines come before the header or the first row."""

    separator: str
    names: list[str]
    has_header: bool
    skipped: int

    @property
    def header_row(self) -> int:
        """The last line before the first row, from 1: the header's, where there is one."""
        return self.skipped + self.has_header


@dataclass(slots=True)
class CsvFile:
    """One CSV file; `reading` holds what a person said of it."""

    name: str
    layer: str
    limits: Mapping[str, int]
    reading: Mapping[str, Any]
    format: str = "CSV"
    _encoding: Detected = field(default_factory=Detected)
    _accented: list[str] = field(default_factory=list)
    _dialect: Dialect | None = None
    _bad: list[int] = field(default_factory=list)
    _bad_end: str = ""
    _bad_width: int = 0
    _mended: list[tuple[int, list[str]]] = field(default_factory=list)
    _problems: list[Problem] = field(default_factory=list)

    def heads(self) -> list[Head]:
        """Its layer: fields of text."""
        dialect = self._find_dialect()
        notes = [] if dialect.has_header else ["no_header"]
        if dialect.skipped:
            notes.append("skipped_lines")
        return [
            Head(
                name=self.layer,
                fields=[Field(name, "text") for name in dialect.names],
                has_geometry=False,
                features=None,
                crs=Detected(),
                encoding=self._encoding,
                accented=self._accented,
                typed=False,
                notes=notes,
                separator=dialect.separator,
                header_row=dialect.header_row,
            )
        ]

    def unread(self) -> list[tuple[str, Trouble]]:
        """None: there is one layer."""
        return []

    def slices(self, layer: str) -> Iterator[Slice]:
        """Its rows; those of another width than the header are problems, unless `mend` makes them of its width."""
        dialect = self._find_dialect()
        self._bad.clear()
        given, last = 0, ""
        with regular(self.name) as stream:
            try:
                for batch in self._batches(stream, dialect):
                    yield self._slice(batch, given)
                    given += batch.num_rows
                    last = batch.columns[-1][-1].as_py() or "" if batch.num_rows else last
            except (pa.ArrowException, UnicodeError) as error:
                raise self._trouble_of(error, given + len(self._bad) + 1) from error
            self._check_end(stream, given, last)
        if self._problems or self._mended:
            yield self._slice(
                pa.RecordBatch.from_pydict({name: pa.array([], pa.string()) for name in dialect.names}), given
            )

    def _check_end(self, stream: Any, given: int, last: str) -> None:
        """Raise Trouble for a file that was cut: its last line has no end and too few cells, or a quotation mark is
        open there. Of a file that takes the place of another, a last line without end is enough.

        `last` is the last value of the last of the `given` rows.
        """
        rows = given + len(self._bad)
        size = stream.seek(0, io.SEEK_END)
        stream.seek(max(0, size - 2 * TAIL_BYTES) // 2 * 2)
        tail = stream.read().decode(self._encoding.value.removesuffix("-sig"), "ignore").rstrip("\0\x1a")
        tail = tail.replace("\r\n", "\n").replace("\r", "\n")
        if not rows or "\n" not in tail:
            return
        dialect = self._find_dialect()
        bad = self._bad_end if self._bad and self._bad[-1] == rows else ""
        is_narrow = bool(bad) and self._bad_width < len(dialect.names)
        is_open = ends_open(bad, dialect.separator) if bad else bool(last) and tail.endswith(with_open_quote(last))
        is_ended = tail.endswith("\n")
        if is_open or (not is_ended and (is_narrow or self.reading.get("ended"))):
            raise Trouble(
                "csv_cut", row=rows + dialect.header_row, text=_excerpt(bad or tail.rstrip("\n").rpartition("\n")[2])
            )

    def _batches(self, stream: Any, dialect: Dialect) -> Iterator[pa.RecordBatch]:
        return iter(
            arrow_csv.open_csv(
                stream,
                read_options=arrow_csv.ReadOptions(
                    use_threads=False,
                    block_size=BLOCK_BYTES,
                    skip_rows=dialect.skipped,
                    skip_rows_after_names=int(dialect.has_header),
                    column_names=dialect.names,
                    encoding=self._encoding.value,
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=dialect.separator,
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=self._refuse,
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(dialect.names, pa.string()),
                    strings_can_be_null=True,
                    null_values=[""],
                ),
            )
        )

    def _refuse(self, row: Any) -> str:
        """Called for a row of another width; its number counts the header and what was skipped before it."""
        self._bad.append(int(row.number or 0) - self._find_dialect().header_row)
        self._bad_width = int(row.actual_columns)
        self._bad_end = row.text.decode("utf-8", "replace") if isinstance(row.text, bytes) else str(row.text or "")
        if not self._bad_end.strip():
            return "skip"
        cells = self._cells_of(self._bad_end) if self.reading.get("mend") else None
        if cells is not None:
            self._mended.append((self._bad[-1], cells))
        else:
            params = {"found": row.actual_columns, "expected": row.expected_columns, "text": _excerpt(row.text)}
            self._problems.append(Problem(self._bad[-1], None, "row_width", params))
        return "skip"

    def _cells_of(self, text: str) -> list[str] | None:
        """A row in the header's width: without its last empty cells, or with more of them; None where neither does."""
        dialect = self._find_dialect()
        width = len(dialect.names)
        try:
            cells = next(csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=dialect.separator))
        except (csv.Error, StopIteration):
            return None
        beyond = any(cell.strip() for cell in cells[width:])
        return None if beyond else (cells + [""] * width)[:width]

    def _slice(self, batch: pa.RecordBatch, given: int) -> Slice:
        problems, self._problems = self._problems, []
        bad = np.array(self._bad, np.int64)
        # The k-th good row comes after k - 1 good ones and all bad ones before it.
        good = np.arange(given + 1, given + batch.num_rows + 1)
        numbers = good + np.searchsorted(bad - np.arange(len(bad)), good, side="right")
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        if self.reading.get("mend"):
            columns = {name: pc.replace_substring(column, "\0", "") for name, column in columns.items()}
        if self._mended:
            numbers, columns = self._with_mended(numbers, columns)
        for column in columns.values():
            if (pc.max(pc.binary_length(column)).as_py() or 0) > TEXT_LIMIT:
                raise Trouble("endless_row", row=int(numbers[0]), limit=TEXT_LIMIT)
        return without_empty(Slice(numbers, columns, None, problems))

    def _with_mended(self, numbers: Numbers, columns: dict[str, pa.Array]) -> tuple[Numbers, dict[str, pa.Array]]:
        """The rows of another width, which were mended, at their places among the others."""
        mended, self._mended = self._mended, []
        all_numbers = np.concatenate([numbers, np.array([number for number, _cells in mended], np.int64)])
        order = np.argsort(all_numbers, kind="stable")
        cells = zip(*(cells for _number, cells in mended), strict=True)
        whole = {
            name: pa.concat_arrays([column, pa.array([cell or None for cell in added], pa.string())]).take(
                pa.array(order)
            )
            for (name, column), added in zip(columns.items(), cells, strict=True)
        }
        return all_numbers[order], whole

    def _trouble_of(self, error: Exception, row: int) -> Trouble:
        if isinstance(error, UnicodeError) or "UTF8" in str(error):
            return Trouble("wrong_encoding", row=row, name=self._encoding.value)
        if "straddling" in str(error):
            return Trouble("endless_row", row=row, limit=BLOCK_BYTES)
        return broken_at(row, error)

    def _find_dialect(self) -> Dialect:
        if self._dialect is None:
            with regular(self.name) as stream:
                self._encoding = of_stream(stream, self.reading.get("encoding"))
                self._accented = lines_to_show(stream, self._encoding.value)
                stream.seek(0)
                start = stream.read(SAMPLE_BYTES)
            self._dialect = dialect_of(self._decode(start), self.reading)
            if len(self._dialect.names) > self.limits["fields"]:
                raise Trouble("too_many_fields", limit=self.limits["fields"])
        return self._dialect

    def _decode(self, start: bytes) -> str:
        text = start.decode(self._encoding.value, "replace").lstrip("\ufeff")
        # The last line may be cut.
        return text.rpartition("\n")[0] or text if len(start) == SAMPLE_BYTES else text


def with_open_quote(value: str) -> str:
    """A value as it is written behind a quotation mark that nothing closes."""
    return '"' + value.replace('"', '""').replace("\r\n", "\n").replace("\r", "\n")


def ends_open(row: str, separator: str) -> bool:
    """Whether a row ends within quotation marks: they open where a cell begins with one, and nowhere else."""
    mark = re.escape(separator)
    inside = '"(?:[^"]|"")*+'
    cell = rf'(?:{inside}"[^{mark}]*+|[^"{mark}][^{mark}]*+|)'
    return re.fullmatch(rf"(?:{cell}{mark})*+{inside}", row) is not None


def dialect_of(text: str, reading: Mapping[str, Any]) -> Dialect:
    """Separator, header and field names of the start of a file."""
    chosen = reading.get("separator")
    candidates = {separator: _rows(text, separator) for separator in ((chosen,) if chosen else SEPARATORS)}
    separator = max(candidates, key=lambda one: _evenness(candidates[one]))
    rows = candidates[separator]
    width = _usual_width(rows)
    skipped = next((number for number, row in enumerate(rows) if _is_filled(row, width)), 0)
    rows = rows[skipped:]
    if not any(rows):
        raise Trouble("empty_file")
    said = reading.get("header")
    has_header = bool(said) if said is not None else _is_header(rows)
    names = [DBASE_NAME.sub("", name.strip()) for name in rows[0]] if has_header else []
    names += [""] * (width - len(names))
    return Dialect(separator, unique([name.replace("\0", "") for name in names]), has_header, skipped)


def _rows(text: str, separator: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=separator)
    rows = []
    try:
        for row in reader:
            rows.append(row)
            if len(rows) == SAMPLE_ROWS:
                break
    except csv.Error:
        pass
    return rows


def _evenness(rows: list[list[str]]) -> tuple[float, int]:
    """The share of rows of the usual width, when it is more than one; then that width."""
    widths = Counter(len(row) for row in rows if row)
    if not widths:
        return 0.0, 0
    width, count = widths.most_common(1)[0]
    return (count / sum(widths.values()) if width > 1 else 0.0), width


def _usual_width(rows: list[list[str]]) -> int:
    widths = Counter(len(row) for row in rows if row)
    return widths.most_common(1)[0][0] if widths else 1


def _is_filled(row: list[str], width: int) -> bool:
    """Whether it is more than a title above the table."""
    return len(row) >= width and (width == 1 or sum(bool(cell.strip()) for cell in row) > 1)


def _is_header(rows: list[list[str]]) -> bool:
    """Whether the first row names fields: all different texts, none a number or a date."""
    first = [cell.strip() for cell in rows[0]]
    filled = [cell for cell in first if cell]
    if not filled or (len(set(filled)) < len(filled) and len(rows) > 1 and rows[1] == rows[0]):
        return False
    return not any(NUMBER.fullmatch(cell) or DATE.fullmatch(cell) for cell in filled)


def _excerpt(text: Any) -> str:
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text or "")
    return plain[:LONGEST_EXCERPT].replace("\0", "\\0")
