"""How acts are numbered: in the member's own series, as its pattern says; with its letters where it has chosen none.

A pattern is text with fields: `{numero}` (once; `{numero:4}` has four digits), `{annee}`, `{type}` (PC, PA, PD, DP, CU)
and `{commune}` (its INSEE code). Numbers follow each other for each kind, commune and year that the pattern names: they
begin again each year where it has `{annee}`. PostgreSQL counts (`arpent.next_letter_number`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

from django.db import connection
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import Invalid
from gis_core.letters.services import next_number, next_rank, series_number
from gis_core.models import Letter, Member
from gis_core.points import LETTER_KINDS
from permits.letters import SERIES
from permits.models import Settings
from permits.numbers import Number

FIELD: Final = re.compile(r"\{([^{}]*)\}")
RANK: Final = re.compile(r"numero(?::([1-8]))?")
NAMES: Final = ("annee", "type", "commune")
TEXT: Final = re.compile(r"[^A-Za-zÀ-ÖØ-öø-ÿ0-9 °._/-]")
LONGEST: Final = Letter._meta.get_field("number").max_length or 0
MOST: Final = 999_999
PARAMETER: Final = "act_pattern"


@dataclass(frozen=True, slots=True)
class NumberPattern:
    """A pattern that was checked; `digits` are those of the number at least."""

    text: str
    digits: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """The pattern of a text, without spaces around it. Raises Invalid, which says what is wrong."""
        given = " ".join(text.split())
        ranks = [match for name in FIELD.findall(given) if (match := RANK.fullmatch(name))]
        for name in FIELD.findall(given):
            if name not in NAMES and not RANK.fullmatch(name):
                raise refusal(
                    _("There is no field “%(name)s”: {numero}, {numero:4}, {annee}, {type}, {commune}."), name
                )
        rest = FIELD.sub("", given)
        if "{" in rest or "}" in rest:
            raise refusal(_("A brace is open or closed alone: a field is written {numero}."))
        if len(ranks) != 1:
            raise refusal(_("A pattern has {numero}, once."))
        if wrong := TEXT.search(rest):
            raise refusal(_("“%(name)s” is not for a number: letters, digits, spaces and . _ / - ° are."), wrong[0])
        pattern = cls(given, int(ranks[0][1] or 1))
        for series in {kind.series for kind in LETTER_KINDS.all()}:
            if given.startswith(f"{series}-"):
                raise refusal(_("“%(name)s” begins the numbers of the other letters: begin otherwise."), series)
        if len(pattern.write(MOST, kind="PC", insee="45000", year=2000)) > LONGEST:
            raise refusal(_("The numbers would have more than %(name)s characters."), str(LONGEST))
        return pattern

    @property
    def names(self) -> frozenset[str]:
        return frozenset(FIELD.findall(self.text)) & set(NAMES)

    def write(self, rank: int, *, kind: str, insee: str, year: int) -> str:
        """« 2026-0042 »."""
        said: Mapping[str, str] = {"annee": str(year), "type": kind, "commune": insee}
        return FIELD.sub(lambda field: said.get(field[1]) or f"{rank:0{self.digits}d}", self.text)

    def counter(self, *, kind: str, insee: str, year: int) -> tuple[str, int]:
        """The series that is counted and its year, 0 for one that never begins again."""
        series = "A" + (kind if "type" in self.names else "") + (insee if "commune" in self.names else "")
        return series, year if "annee" in self.names else 0


def refusal(message: str, name: str = "") -> Invalid:
    return Invalid(message % {"name": name} if name else message, parameter=PARAMETER)


def pattern_of(member_id: int) -> NumberPattern | None:
    """The member's, None where its acts are numbered with its letters."""
    text = Settings.objects.filter(member=member_id).values_list("act_pattern", flat=True).first()
    return NumberPattern.parse(text) if text else None


def number_act(letter: Letter, day: date) -> str:
    """The number of an act that is made final on a day; the counter is locked until the end of the transaction."""
    pattern = pattern_of(letter.owner_id)
    if pattern is None:
        return next_number(letter.owner_id, SERIES, day.year)
    kind = Number.parse(letter.about_key).letters
    series, year = pattern.counter(kind=kind, insee=letter.insee, year=day.year)
    return pattern.write(next_rank(letter.owner_id, series, year), kind=kind, insee=letter.insee, year=day.year)


def begin_numbers(member: Member, pattern: NumberPattern, first: int) -> None:
    """Let this year's acts be numbered from `first` on. Raises Invalid: a series that counts apart, or has begun."""
    if {"type", "commune"} & pattern.names:
        message = _("A pattern with {type} or {commune} counts several series: they all begin at 1.")
        raise Invalid(message, parameter="act_first")
    series, year = pattern.counter(kind="", insee="", year=database_clock.today().year)
    with connection.cursor() as cursor:
        cursor.execute("select arpent.begin_letter_numbers(%s, %s, %s, %s)", [member.pk, series, year, first - 1])
        (begun,) = cursor.fetchone()
    if not begun:
        message = _("Acts are numbered in this series already: it goes on, and begins nowhere else.")
        raise Invalid(message, parameter="act_first")


def next_number_of(member: Member, *, kind: str, insee: str) -> str:
    """The number that the next act about such a file would have today; it is not taken."""
    year, pattern = database_clock.today().year, pattern_of(member.pk)
    series, counter_year = pattern.counter(kind=kind, insee=insee, year=year) if pattern else (SERIES, year)
    with connection.cursor() as cursor:
        cursor.execute("select arpent.last_letter_number(%s, %s, %s)", [member.pk, series, counter_year])
        (last,) = cursor.fetchone()
    return (
        pattern.write(last + 1, kind=kind, insee=insee, year=year) if pattern else series_number(SERIES, year, last + 1)
    )
