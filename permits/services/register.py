"""The public register: decisions without applicants, works or anything written by hand, for everybody."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection, models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gis_core.desk.cells import Cell
from gis_core.desk.list_query import ListQuery, choice, parameter, whole_number
from gis_core.desk.listing import Column, Listing
from gis_core.desk.options import member_commune_options, year_options
from gis_core.errors import Invalid
from permits.models import Permit
from permits.numbers import format_number
from permits.services.listing import (
    FIRST_YEAR,
    LAST_YEAR,
    Around,
    around,
    commune_cell,
    commune_name,
    kind_cell,
    parcels_of,
)
from permits.services.matching import NUMBER_BEGINS


class Outcome(models.TextChoices):
    GRANTED = "granted", gettext_lazy("Granted")
    REFUSED = "refused", pgettext_lazy("permit", "Refused")
    REJECTED = "rejected", gettext_lazy("Rejected, pieces missing")
    DEFERRED = "deferred", gettext_lazy("Decision put off")
    INADMISSIBLE = "inadmissible", gettext_lazy("Inadmissible")
    REVOKED = "revoked", gettext_lazy("Decision withdrawn")
    ANNULLED = "annulled", gettext_lazy("Annulled by the court")


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


def read_number(given: Mapping[str, str], name: str) -> str:
    """The beginning of a number, however it is written. Raises Invalid."""
    number = re.sub(r"[\s.\-/]", "", given.get(name, "")[:40]).upper()
    if number and not NUMBER_BEGINS.fullmatch(number):
        raise Invalid(_("A number begins with PC, PA, PD, DP or CU and the department."), parameter=name)
    return number


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterQuery(ListQuery):
    """Which decisions: of a commune, a year (of the decision), a kind, a number or its beginning."""

    number: str = parameter(label=gettext_lazy("Number"), read=read_number, placeholder="PC 045 901 26", default="")
    insee: str = choice(gettext_lazy("Commune"), member_commune_options, every=gettext_lazy("All communes"), longest=5)
    year: int | None = whole_number(
        gettext_lazy("Decided in"),
        low=FIRST_YEAR,
        high=LAST_YEAR,
        options=lambda _rights: year_options(),
        every=gettext_lazy("Any year"),
    )
    kind: str = choice(
        gettext_lazy("Kind"),
        lambda _rights: Permit.Kind.choices,
        every=gettext_lazy("All kinds"),
        allowed=lambda: Permit.Kind.values,
    )


def decisions(query: RegisterQuery, *, offset: int = 0, limit: int = 50) -> list[Decision]:
    """Decisions from the one at `offset` on, the last first."""
    parameters: list[str | int] = [query.insee, query.year or 0, query.kind, query.number, limit, offset]
    with connection.cursor() as cursor:
        cursor.execute("select * from arpent.public_register(%s, %s, %s, %s, %s, %s)", parameters)
        return [Decision(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Decisions:
    """The decisions of a query, which a function of the database gives by pages."""

    query: RegisterQuery

    def between(self, first: int, last: int) -> Sequence[Decision]:
        return decisions(self.query, offset=first, limit=last - first)

    def count(self, most: int) -> int:
        raise NotImplementedError("Nobody counts the public register.")


def decision_cell(decision: Decision, _around: Around) -> Cell:
    label = str(Outcome(decision.outcome).label)
    return Cell(f"{label} · {_('tacit')}" if decision.tacit else label, tone=f"state state-{decision.outcome}")


REGISTER: Final = Listing(
    name="register",
    title=gettext_lazy("Public register of decisions"),
    query=RegisterQuery,
    rows=lambda query, _rights: Decisions(query),
    columns=(
        Column("number", gettext_lazy("Number"), value=lambda one, _around: format_number(one.number),
               cell=lambda one, _around: Cell(format_number(one.number), tone="number")),
        Column("kind", gettext_lazy("Kind"), cell=kind_cell),
        Column("commune", gettext_lazy("Commune"), value=commune_name, cell=commune_cell),
        Column("parcels", gettext_lazy("Parcels"), value=parcels_of),
        Column("filed", gettext_lazy("Filed on"), "date", "filed_date"),
        Column("decided", gettext_lazy("Decided on"), "date", "decided_date"),
        Column("outcome", gettext_lazy("Decision"), value=lambda one, _around: str(Outcome(one.outcome).label),
               cell=decision_cell),
    ),
    related=around,
    key=lambda decision: decision.number,
    caption=gettext_lazy("Decisions, the last first"),
    nothing=gettext_lazy("There is no decision yet."),
    none_match=gettext_lazy("No decision fits this search."),
)  # fmt: skip
