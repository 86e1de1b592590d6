"""Values as people read them: French typography (thin and no-break spaces, decimal comma), or English on request."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

THIN = "\u202f"
NO_BREAK = "\u00a0"
NOTHING = "—"
FRENCH_MONTHS = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."]
ENGLISH_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
HECTARE = 10_000


def display(value: Any, kind: str = "text", unit: str | None = None) -> str:
    """One value of a declared column, with its unit."""
    if value is None or value == "":
        return NOTHING
    match kind:
        case "boolean":
            return _("Yes") if value else _("No")
        case "date":
            return display_date(value)
        case "datetime":
            return display_instant(value)
        case "area_m2":
            return display_area(value)
        case "length_m":
            return with_unit(display_number(value, 1), unit or "m")
        case "integer" | "number":
            return with_unit(display_number(value, 2), unit)
        case _:
            return with_unit(str(value), unit)


def is_english() -> bool:
    return (get_language() or "fr").startswith("en")


def code_label(codes: Mapping[str, Sequence[str]], code: str | None, *, english: bool | None = None) -> str:
    """The label of a code of a list (`gis_core.codes`) in the reader's language, or in the one that is said.

    A code that the list does not have is its own label; none has an empty one.
    """
    if code is None or code not in codes:
        return code or ""
    return codes[code][is_english() if english is None else english]


def code_choices(codes: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """The codes of a list with their labels in the reader's language, for a form."""
    return [(code, code_label(codes, code)) for code in codes]


def with_unit(text: str, unit: str | None) -> str:
    return f"{text}{NO_BREAK}{unit}" if unit else text


def display_number(value: float, decimals: int = 2) -> str:
    """A number with its thousands apart, at most `decimals` decimals, none when they are zero."""
    grouped = f"{value:,.{decimals}f}"
    if "." in grouped:
        grouped = grouped.rstrip("0").rstrip(".")
    grouped = "0" if grouped == "-0" else grouped
    return grouped if is_english() else grouped.replace(",", THIN).replace(".", ",")


def display_area(area_m2: float) -> str:
    """Square metres, and hectares beside them from one hectare on."""
    metres = with_unit(display_number(round(area_m2), 0), "m²")
    if abs(area_m2) < HECTARE:
        return metres
    return f"{metres} ({with_unit(display_number(area_m2 / HECTARE, 2), 'ha')})"


def display_date(value: Any) -> str:
    """`24 nov. 2026`; the first of the month is `1er` in French."""
    day = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    if not isinstance(day, date | datetime):
        return str(value)
    if is_english():
        return f"{day.day} {ENGLISH_MONTHS[day.month - 1]} {day.year}"
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}{NO_BREAK}{FRENCH_MONTHS[day.month - 1]}{NO_BREAK}{day.year}"


def display_instant(value: Any) -> str:
    """`24 nov. 2026 à 14:05`, in the platform's time zone."""
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(instant, datetime):
        return str(value)
    here = localtime(instant) if instant.tzinfo else instant
    parts = {"day": display_date(here.date()), "time": f"{here:%H:%M}"}
    return _("%(day)s at %(time)s") % parts


def display_share(share: float, decimals: int = 0) -> str:
    """A share (0 to 1, or a signed difference) in percent."""
    return with_unit(display_number(share * 100, decimals), "%")


def display_difference(share: float) -> str:
    """A signed difference in percent, with a true minus sign."""
    text = display_number(abs(share) * 100, 1)
    sign = "" if text == "0" else "+" if share > 0 else "−"
    return with_unit(sign + text, "%")
