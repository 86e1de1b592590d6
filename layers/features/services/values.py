"""Whether the values of an edit are what the layer's columns take: typed, allowed, in words when they are not."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from math import isfinite
from typing import Any

from django.utils.timezone import is_naive, make_aware
from django.utils.translation import gettext as _

from layers.catalogue.columns import bounds
from layers.catalogue.validators import LONGEST_TEXT, is_text
from layers.features.display import display_number
from layers.features.sheet import is_year

type Field = Mapping[str, Any]
type Values = dict[str, Any]

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?")
LARGEST_INTEGER = 2**63 - 1


class Refused(ValueError):  # noqa: N818
    """A value that the column does not take; the text is shown."""


def check_values(
    given: Mapping[str, Any], fields: Iterable[Field], *, current: Mapping[str, Any] | None
) -> tuple[Values, dict[str, str]]:
    """Typed values by column, and by name what is wrong with the others.

    `fields` are those that the asker sees; `current` are the row's values now, None for a new one, whose required
    fields must all be there. A read-only field may come back as it is.
    """
    known = {field["name"]: field for field in fields}
    values: Values = {}
    faults = {name: _("There is no field of this name.") for name in given if name not in known}
    for name, field in known.items():
        if name in given:
            try:
                values[name] = validate_value(field, given[name], current)
            except Refused as refused:
                faults[name] = str(refused)
        elif current is None and field.get("required"):
            faults[name] = _("This field must be filled in.")
    return {name: value for name, value in values.items() if not known[name].get("read_only")}, faults


def validate_value(field: Field, value: Any, current: Mapping[str, Any] | None) -> Any:
    """The typed value. Raises Refused."""
    read = convert_value(field, value)
    if field.get("read_only"):
        if read != (current or {}).get(field["name"]):
            raise Refused(_("This field is read-only: leave it as it is."))
        return read
    if read in (None, ""):
        if field.get("required"):
            raise Refused(_("This field must be filled in."))
        return read
    choices = field.get("choices")
    if choices is not None and read not in choices:
        first_choices = ", ".join(str(choice) for choice in choices[:20])
        raise Refused(_("Choose one of these values: %(choices)s.") % {"choices": first_choices})
    if read != (current or {}).get(field["name"]):
        check_bounds(field, read)
    return read


def check_bounds(field: Field, value: Any) -> None:
    """What the row holds already may stay. Raises Refused."""
    least, most = bounds(field)
    if least is not None and value < least:
        raise Refused(_("Write %(least)s or more.") % {"least": limit(field, least)})
    if most is not None and value > most:
        raise Refused(_("Write %(most)s or less.") % {"most": limit(field, most)})


def limit(field: Field, value: float) -> str:
    """As it is told: thousands apart, but not those of a year."""
    return str(value) if is_year(field) else display_number(value)


def convert_value(field: Field, value: Any) -> Any:
    """The value as the column's type keeps it. Raises Refused."""
    return None if value is None else TYPES[field["type"]](field, value)


def text(field: Field, value: Any) -> str:
    longest = field.get("maximum_length") or LONGEST_TEXT
    if not isinstance(value, str):
        raise Refused(_("Write a text."))
    if not is_text(value):
        raise Refused(_("The text has a character that cannot be kept (NUL or half a character): remove it."))
    if len(value) > longest:
        message = _("The text has %(length)s characters; at most %(longest)s are kept: shorten it.")
        raise Refused(message % {"length": len(value), "longest": longest})
    return value


def integer(_field: Field, value: Any) -> int:
    if isinstance(value, float) and isfinite(value) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused(_("Write a whole number."))
    if abs(value) > LARGEST_INTEGER:
        raise Refused(_("The number is too large."))
    return value


def number(_field: Field, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused(_("Write a number."))
    try:
        read = float(value)
    except OverflowError as error:
        raise Refused(_("The number is too large.")) from error
    if not isfinite(read):
        raise Refused(_("Write a finite number."))
    return read


def boolean(_field: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Refused(_("Answer with true or false."))
    return value


def day(_field: Field, value: Any) -> date:
    if not isinstance(value, str) or not DATE.fullmatch(value):
        raise Refused(_("Write a date as year-month-day: 2026-11-24."))
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise Refused(_("This date is in no calendar: %(value)s.") % {"value": value}) from error


def instant(_field: Field, value: Any) -> datetime:
    """A date and time; without an offset it is the platform's own time."""
    if not isinstance(value, str) or not INSTANT.fullmatch(value):
        raise Refused(_("Write a date and time like 2026-11-24T14:05:00+01:00."))
    try:
        read = datetime.fromisoformat(value)
        return make_aware(read) if is_naive(read) else read
    except (ValueError, OverflowError) as error:
        raise Refused(_("This date is in no calendar: %(value)s.") % {"value": value}) from error


TYPES = {
    "text": text,
    "integer": integer,
    "number": number,
    "area_m2": number,
    "length_m": number,
    "boolean": boolean,
    "date": day,
    "datetime": instant,
}
