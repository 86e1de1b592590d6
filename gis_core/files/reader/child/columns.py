"""Values on their way to COPY: one Arrow column in, text that PostgreSQL takes for the wanted type out."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .slices import Numbers

INTEGER_LIMIT = 2.0**63
# PostgreSQL refuses a text of 1 GiB; nobody reads one of a megabyte.
TEXT_LIMIT = 1_000_000
FIRST_DAY, LAST_DAY = -719_162, 2_932_896
ZONE = "Europe/Paris"
NULL_TEXTS = ("", "NULL", "null", "N/A", "NaN", "nan", "#N/A")
TRUE_TEXTS = ("true", "t", "1", "oui", "o", "vrai", "v", "yes", "y", "x", "on")
FALSE_TEXTS = ("false", "f", "0", "non", "n", "faux", "no", "off")
BLANKS = r"[\s\x{00A0}\x{202F}\x{2009}]+"
INTEGER = r"^[+-]?[0-9]{1,18}([.,]0+)?$"
NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"
FRENCH_NUMBER = r"^[+-]?[0-9]{1,3}(\.[0-9]{3})+,[0-9]+$"
ENGLISH_NUMBER = r"^[+-]?[0-9]{1,3}(,[0-9]{3})+\.[0-9]+$"
# A date as people write it, and what may follow it.
YEAR_FIRST = r"^([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})($|[T ].*$)"
DAY_FIRST = r"^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})($|[T ].*$)"
COMPACT = r"^([0-9]{4})([0-9]{2})([0-9]{2})()$"
ISO_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
HOUR = r"([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.,][0-9]{1,9})?)?"
OFFSET = r"(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)"
CLOCK = rf"^([T ]{HOUR} ?{OFFSET}?)?$"
ZONED = r"(Z|[+-][0-9]{2}(:?[0-9]{2})?)$"
ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))


@dataclass(slots=True)
class Values:
    """Text per row, null where there is no value; `bad` are the rows whose value cannot be of the type."""

    text: pa.Array
    bad: Numbers


def convert(column: pa.Array, wanted: str) -> Values:
    """The values of a column as PostgreSQL reads them; texts are not escaped yet."""
    return _CONVERTERS[wanted](plain(column))


def plain(column: pa.Array) -> pa.Array:
    """The column as one of: string, int64, double, float, bool, date32."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_boolean(kind) or pa.types.is_date32(kind):
        return column
    if pa.types.is_floating(kind):
        return column if kind in (pa.float64(), pa.float32()) else column.cast(pa.float64())
    if pa.types.is_integer(kind):
        return column.cast(pa.int64())
    return column.cast(pa.string())


def storage_of(column: Any) -> pa.Array:
    """The values of a column to which its file gives a type of its own."""
    return column.storage if isinstance(column, pa.ExtensionArray) else column


def json_texts(column: pa.Array) -> pa.Array:
    """Lists and other structures as JSON text."""
    texts = (None if one is None else json.dumps(one, ensure_ascii=False, default=str) for one in column.to_pylist())
    return pa.array(texts, pa.string())


def escape_for_copy(text: pa.Array) -> pa.Array:
    """Backslashes, tabs and line ends as COPY wants them."""
    data = _bytes_of(text)
    for special, escape in ESCAPES:
        if special.encode() in data:
            text = pc.replace_substring(text, special, escape)
    return text


def unstorable(text: pa.Array) -> Numbers:
    """Rows whose text PostgreSQL cannot hold, or nobody reads: a NUL, a million characters."""
    bad = np.zeros(len(text), bool)
    if b"\0" in _bytes_of(text):
        bad |= _mask(pc.match_substring(text, "\0"))
    lengths = pc.binary_length(text)
    longest = pc.max(lengths).as_py() or 0
    return bad | _mask(pc.greater(lengths, TEXT_LIMIT)) if longest > TEXT_LIMIT else bad


def is_readable_text(text: pa.Array) -> bool:
    """Whether all of it is UTF-8."""
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def has_accents(text: pa.Array) -> bool:
    """Whether any of it is beyond ASCII."""
    data = _bytes_of(text)
    return not data.isascii()


def trim_text(text: pa.Array) -> pa.Array:
    """Without blanks around; null where there is nothing else."""
    bare = pc.utf8_trim_whitespace(text)
    return pc.if_else(pc.equal(bare, ""), None, bare)


def trim_and_nullify(text: pa.Array) -> pa.Array:
    """Without blanks around; what stands for nothing is null."""
    bare = pc.utf8_trim_whitespace(text)
    return pc.if_else(pc.is_in(bare, value_set=pa.array(NULL_TEXTS)), None, bare)


def _text(column: pa.Array) -> Values:
    if pa.types.is_string(column.type):
        return Values(column, unstorable(column))
    text = column.cast(pa.string())
    if pa.types.is_floating(column.type):
        text = pc.replace_substring_regex(text, r"\.0$", "")
    return Values(text, _none_bad(column))


def _integer(column: pa.Array) -> Values:
    if pa.types.is_string(column.type):
        bare = pc.replace_substring_regex(trim_and_nullify(column), BLANKS, "")
        good = pc.match_substring_regex(bare, INTEGER)
        return _mark_bad(pc.replace_substring_regex(bare, r"[.,]0+$", ""), good)
    if pa.types.is_floating(column.type):
        finite = pc.if_else(pc.is_finite(column), column, None).cast(pa.float64())
        good = pc.and_(pc.equal(finite, pc.trunc(finite)), pc.less(pc.abs(finite), INTEGER_LIMIT))
        return _mark_bad(pc.if_else(good, finite, None).cast(pa.int64()), good)
    if pa.types.is_date32(column.type):
        return Values(column.cast(pa.string()), _mask(column.is_valid()))
    return Values(column.cast(pa.int64()).cast(pa.string()), _none_bad(column))


def _number(column: pa.Array) -> Values:
    if pa.types.is_string(column.type):
        bare = normalise_decimals(pc.replace_substring_regex(trim_and_nullify(column), BLANKS, ""))
        good = pc.match_substring_regex(bare, NUMBER)
        finite = pc.is_finite(pc.if_else(good, bare, None).cast(pa.float64()))
        return _mark_bad(bare, pc.and_(good, pc.fill_null(finite, False)))
    if pa.types.is_date32(column.type):
        return Values(column.cast(pa.string()), _mask(column.is_valid()))
    if pa.types.is_floating(column.type):
        return Values(pc.if_else(pc.is_finite(column), column, None).cast(pa.string()), _none_bad(column))
    return Values(column.cast(pa.int64()).cast(pa.string()), _none_bad(column))


def _boolean(column: pa.Array) -> Values:
    if pa.types.is_boolean(column.type):
        return Values(column.cast(pa.string()), _none_bad(column))
    texts = pc.utf8_lower(trim_and_nullify(_text(column).text))
    true = pc.is_in(texts, value_set=pa.array(TRUE_TEXTS))
    false = pc.is_in(texts, value_set=pa.array(FALSE_TEXTS))
    values = pc.if_else(texts.is_valid(), pc.if_else(true, "true", "false"), None)
    return _mark_bad(values, pc.if_else(texts.is_valid(), pc.or_(true, false), None))


def _date(column: pa.Array) -> Values:
    if pa.types.is_date32(column.type):
        return _mark_bad(column, _in_calendar(column))
    day, rest = _day_and_rest(column)
    return _mark_bad(day, pc.and_(_is_day(day), pc.match_substring_regex(rest, CLOCK)))


def _datetime(column: pa.Array) -> Values:
    if pa.types.is_date32(column.type):
        day = column.cast(pa.string())
        return _mark_bad(pc.binary_join_element_wise(day, f"00:00:00 {ZONE}", " "), _in_calendar(column))
    day, rest = _day_and_rest(column)
    good = pc.and_(_is_day(day), pc.match_substring_regex(rest, CLOCK))
    clock = pc.replace_substring(pc.utf8_ltrim(rest, "T "), ",", ".")
    clock = pc.if_else(pc.equal(clock, ""), "00:00:00", clock)
    zone = pc.if_else(pc.match_substring_regex(clock, ZONED), "", f" {ZONE}")
    return _mark_bad(pc.binary_join_element_wise(pc.binary_join_element_wise(day, clock, " "), zone, ""), good)


_CONVERTERS: dict[str, Callable[[pa.Array], Values]] = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
}


def normalise_decimals(bare: pa.Array) -> pa.Array:
    """Numbers with a decimal point, whatever separates decimals and thousands; anything else is left as it is."""
    if b"," not in _bytes_of(bare):
        return bare
    french = pc.fill_null(pc.match_substring_regex(bare, FRENCH_NUMBER), False)
    english = pc.fill_null(pc.match_substring_regex(bare, ENGLISH_NUMBER), False)
    bare = pc.if_else(french, pc.replace_substring(bare, ".", ""), bare)
    bare = pc.if_else(english, pc.replace_substring(bare, ",", ""), bare)
    return pc.replace_substring(bare, ",", ".", max_replacements=1)


def _day_and_rest(column: pa.Array) -> tuple[pa.Array, pa.Array]:
    """The date as year-month-day where it looks like one, and what follows it."""
    text = trim_and_nullify(_text(column).text)
    for pattern, order in ((YEAR_FIRST, r"\1-\2-\3|\4"), (DAY_FIRST, r"\3-\2-\1|\4"), (COMPACT, r"\1-\2-\3|\4")):
        text = pc.replace_substring_regex(text, pattern, order)
    day = pc.replace_substring_regex(text, r"\|.*$", "")
    day = pc.replace_substring_regex(day, r"-([0-9])-", r"-0\1-")
    day = pc.replace_substring_regex(day, r"-([0-9])$", r"-0\1")
    return day, pc.replace_substring_regex(text, r"^[^|]*\|?", "")


def _is_day(day: pa.Array) -> pa.Array:
    """Whether each text is a day of the calendar; null for null."""
    is_iso = pc.match_substring_regex(day, ISO_DATE)
    moments = pc.strptime(pc.if_else(is_iso, day, None), format="%Y-%m-%d", unit="s", error_is_null=True)
    back = pc.strftime(moments, format="%Y-%m-%d")
    same = pc.fill_null(pc.equal(back, day), False)
    return pc.if_else(day.is_valid(), same, None)


def _in_calendar(dates: pa.Array) -> pa.Array:
    days = dates.cast(pa.int32())
    return pc.and_(pc.greater_equal(days, FIRST_DAY), pc.less_equal(days, LAST_DAY))


def _mark_bad(values: pa.Array, good: pa.Array) -> Values:
    """Values where they are good; bad where they are not, null where there are none (`good` is null)."""
    text = pc.if_else(good, values, None)
    text = text if pa.types.is_string(text.type) else text.cast(pa.string())
    return Values(text, _mask(pc.invert(good)))


def _mask(flags: pa.Array) -> Numbers:
    return np.asarray(pc.fill_null(flags, False).to_numpy(zero_copy_only=False), bool)


def _none_bad(column: pa.Array) -> Numbers:
    return np.zeros(len(column), bool)


def _bytes_of(text: pa.Array) -> bytes:
    """All bytes of a text column, to look for one that is rare."""
    _, offsets, data = text.buffers()
    if not data or not len(text):
        return b""
    ends = np.frombuffer(offsets, np.int32)[[text.offset, text.offset + len(text)]]
    return bytes(data.slice(int(ends[0]), int(ends[1] - ends[0])).to_pybytes())
