"""The public register: decisions without applicants, works or anything written by hand, for everybody."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

from django.db import connection, models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gis_core.desk.parameters import integer
from gis_core.errors import Invalid
from permits.models import Permit
from permits.services.listing import FIRST_YEAR, LAST_YEAR, NUMBER_BEGINS, known

ROWS = 50
LAST_OFFSET = 10_000


class Outcome(models.TextChoices):
    GRANTED = "granted", gettext_lazy("Granted")
    REFUSED = "refused", pgettext_lazy("permit", "Refused")
    REJECTED = "rejected", gettext_lazy("Rejected, pieces missing")


@dataclass(frozen=True, slots=True)
class Decision:
    number: str
    kind: str
    insee: str
    idus: list[str]
    filed_date: date
    decided_date: date
    outcome: str
    tacit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which decisions: of a commune, a year (of the decision), a kind, a number or its beginning."""

    insee: str = ""
    year: int = 0
    kind: str = ""
    number: str = ""
    offset: int = 0

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> Self:
        """Which files of the public register a query string asks for, and from which one on. Raises Invalid."""
        number = re.sub(r"[\s.\-/]", "", given.get("number", "")[:40]).upper()
        if number and not NUMBER_BEGINS.fullmatch(number):
            raise Invalid(_("A number begins with PC, PA, PD, DP or CU and the department."), parameter="number")
        return cls(
            insee=given.get("insee", "").strip()[:5],
            year=integer(given, "year", 0, FIRST_YEAR, LAST_YEAR),
            kind=known("kind", given.get("kind", ""), Permit.Kind.values),
            number=number,
            offset=integer(given, "offset", 0, 0, LAST_OFFSET),
        )


def decisions(search: Search) -> tuple[list[Decision], bool]:
    """A page of decisions, the last first, and whether more follow."""
    parameters: list[str | int] = [search.insee, search.year, search.kind, search.number, ROWS + 1, search.offset]
    with connection.cursor() as cursor:
        cursor.execute("select * from arpent.public_register(%s, %s, %s, %s, %s, %s)", parameters)
        rows = [Decision(*row) for row in cursor.fetchall()]
    return rows[:ROWS], len(rows) > ROWS
