"""What stands in a cell of a list on a page: a value in words, with what belongs to it. No HTML: the kit writes it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.formats import number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gis_core.long_dates import format_long_date

NOTHING = "—"


def format_day(day: date | datetime | None) -> str:
    """A day as people read it; an instant with its hour, in the platform's time zone."""
    if day is None:
        return ""
    if isinstance(day, datetime):
        return format_long_date(localtime(day), "j N Y H:i")
    return format_long_date(day, "j N Y")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of smaller text below the value; a day is written after the text, and read by machines."""

    text: str = ""
    day: date | None = None
    tone: str = ""

    @property
    def day_text(self) -> str:
        return format_day(self.day)


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as people read it."""

    text: str = NOTHING
    href: str = ""
    tone: str = ""
    """CSS classes that say what it means: `late`, `state state-open`; the words say it as well."""
    title: str = ""
    """What an abbreviation stands for; of a link, how it is read aloud."""
    day: date | datetime | None = None
    """Written instead of the text."""
    until: date | None = None
    """The last one of the days that begin with `day`; the same one is not said again."""
    picture: str = ""
    """The address of a drawing, before the text, which says the same."""
    lines: tuple[Line, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    """Text and address of several, one after the other before the text."""

    @property
    def day_text(self) -> str:
        return format_day(self.day)

    @property
    def until_text(self) -> str:
        return "" if self.until == self.day else format_day(self.until)


def without_zeros(value: float) -> float:
    """A number as people write it: 22, not 22.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def display(value: Any, unit: str = "") -> Cell:
    """A value of a column as people read it where its column says nothing else."""
    match value:
        case None | "":
            return Cell()
        case bool():
            return Cell(_("yes") if value else _("no"))
        case date():
            return Cell(day=value)
        case int() | float():
            number = number_format(without_zeros(value), use_l10n=True, force_grouping=True)
            return Cell(f"{number}\u00a0{unit}" if unit else number)
        case _:
            return Cell(str(value))
