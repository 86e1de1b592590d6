"""The public register, for everybody: decisions, and filings under instruction (R.423-6). Neither names anybody.

PostgreSQL gives these columns alone; it leaves out a text that holds a name of the file (`arpent.public_text`), and
`permits.public_names` one that looks as if it named somebody else.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from django.db import connection, models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gis_core.desk.cells import NOTHING, Cell, Line
from gis_core.desk.list_query import ListQuery, choice, parameter, whole_number
from gis_core.desk.listing import Column, Listing
from gis_core.desk.options import member_commune_options, year_options
from gis_core.errors import Invalid
from gis_core.long_dates import format_long_date
from gis_core.members.rights import Rights
from permits.layers import STATES
from permits.models import Permit
from permits.numbers import BEGINS, format_number
from permits.public_names import names_somebody
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


class Outcome(models.TextChoices):
    GRANTED = "granted", gettext_lazy("Granted")
    REFUSED = "refused", pgettext_lazy("permit", "Refused")
    REJECTED = "rejected", gettext_lazy("Rejected, pieces missing")
    DEFERRED = "deferred", gettext_lazy("Decision put off")
    INADMISSIBLE = "inadmissible", gettext_lazy("Inadmissible")
    REVOKED = "revoked", gettext_lazy("Decision withdrawn")
    ANNULLED = "annulled", gettext_lazy("Annulled by the court")


MOST_PLACES: Final = 2_000
COLOURS: Final = {state: colour for state, _fr, _en, colour, _dash in STATES if state in Outcome.values}
"""On the map, as in the layer of files."""
CERTIFICATES: Final = (Permit.Kind.CUA, Permit.Kind.CUB)
"""Certificates inform who asked for them: nothing of them is posted (R.423-6 names permits and declarations)."""


@dataclass(frozen=True, slots=True)
class Filing:
    """A filing under instruction."""

    number: str
    kind: str
    insee: str
    idus: list[str]
    works: str
    address: str
    filed_date: date


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision; `shape` is its ground as GeoJSON (EPSG:4326), where there is one."""

    number: str
    kind: str
    insee: str
    idus: list[str]
    works: str
    address: str
    filed_date: date
    decided_date: date
    outcome: str
    tacit: bool
    shape: str | None


def read_number(given: Mapping[str, str], name: str) -> str:
    """The beginning of a number, however it is written. Raises Invalid."""
    number = re.sub(r"[\s.\-/]", "", given.get(name, "")[:40]).upper()
    if number and not BEGINS.fullmatch(number):
        raise Invalid(_("A number begins with PC, PA, PD, DP or CU and the department."), parameter=name)
    return number


def public_kinds(_rights: Rights) -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in Permit.Kind.choices if value not in CERTIFICATES]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingQuery(ListQuery):
    """Which filings: of a commune, a kind."""

    insee: str = choice(gettext_lazy("Commune"), member_commune_options, every=gettext_lazy("All communes"), longest=5)
    kind: str = choice(
        gettext_lazy("Kind"), public_kinds, every=gettext_lazy("All kinds"), allowed=lambda: Permit.Kind.values
    )


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
        public_kinds,
        every=gettext_lazy("All kinds"),
        allowed=lambda: Permit.Kind.values,
    )


def without_names[Row: (Filing, Decision)](row: Row) -> Row:
    """The row without a text that may name somebody."""
    works, address = ("" if names_somebody(text) else text for text in (row.works, row.address))
    return replace(row, works=works, address=address)


def decisions(query: RegisterQuery, *, offset: int = 0, limit: int = 50) -> list[Decision]:
    """Decisions from the one at `offset` on, the last first."""
    parameters: list[str | int] = [query.insee, query.year or 0, query.kind, query.number, limit, offset]
    with connection.cursor() as cursor:
        cursor.execute("select * from arpent.public_decisions(%s, %s, %s, %s, %s, %s)", parameters)
        return [without_names(Decision(*row)) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Decisions:
    """The decisions of a query, which a function of the database gives by pages."""

    query: RegisterQuery

    def between(self, first: int, last: int) -> Sequence[Decision]:
        return decisions(self.query, offset=first, limit=last - first)

    def count(self, most: int) -> int:
        raise NotImplementedError("Nobody counts the public register.")


def filings(query: FilingQuery, *, offset: int = 0, limit: int = 50) -> list[Filing]:
    """Filings under instruction from the one at `offset` on, the last first."""
    with connection.cursor() as cursor:
        cursor.execute("select * from arpent.public_filings(%s, %s, %s, %s)", [query.insee, query.kind, limit, offset])
        return [without_names(Filing(*row)) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Filings:
    """The filings of a query, which a function of the database gives by pages."""

    query: FilingQuery

    def between(self, first: int, last: int) -> Sequence[Filing]:
        return filings(self.query, offset=first, limit=last - first)

    def count(self, most: int) -> int:
        raise NotImplementedError("Nobody counts the public register.")


def places_of(query: RegisterQuery) -> dict[str, Any]:
    """The grounds of the last decisions as GeoJSON (EPSG:4326); `more`: there are others."""
    rows = decisions(query, limit=MOST_PLACES + 1)
    features = [
        {
            "type": "Feature",
            "id": one.number,
            "geometry": json.loads(one.shape),
            "properties": {
                "title": format_number(one.number),
                "label": str(Outcome(one.outcome).label),
                "detail": format_long_date(one.decided_date, "j N Y"),
                "colour": COLOURS[one.outcome],
                "href": f"{reverse('permit_register')}?number={one.number}",
            },
        }
        for one in rows[:MOST_PLACES]
        if one.shape
    ]
    return {"type": "FeatureCollection", "features": features, "more": len(rows) > MOST_PLACES}


def decision_cell(decision: Decision, _around: Around) -> Cell:
    label = str(Outcome(decision.outcome).label)
    return Cell(f"{label} · {_('tacit')}" if decision.tacit else label, tone=f"state state-{decision.outcome}")


def ground_cell(row: Filing | Decision, _around: Around) -> Cell:
    """The parcels, and the address where it may be read."""
    return Cell(parcels_of(row, _around) or NOTHING, lines=(Line(row.address),) if row.address else ())


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
        Column("works", gettext_lazy("Works")),
        Column("parcels", gettext_lazy("Parcels"), value=parcels_of, cell=ground_cell),
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
FILINGS: Final = Listing(
    name="filings",
    title=gettext_lazy("Filings under instruction"),
    query=FilingQuery,
    rows=lambda query, _rights: Filings(query),
    columns=(
        Column("number", gettext_lazy("Number"), value=lambda one, _around: format_number(one.number),
               cell=lambda one, _around: Cell(format_number(one.number), tone="number")),
        Column("kind", gettext_lazy("Kind"), cell=kind_cell),
        Column("commune", gettext_lazy("Commune"), value=commune_name, cell=commune_cell),
        Column("works", gettext_lazy("Works")),
        Column("parcels", gettext_lazy("Parcels"), value=parcels_of, cell=ground_cell),
        Column("filed", gettext_lazy("Filed on"), "date", "filed_date"),
    ),
    related=around,
    key=lambda filing: filing.number,
    caption=gettext_lazy("Filings under instruction, the last first"),
    nothing=gettext_lazy("No filing is under instruction."),
    none_match=gettext_lazy("No filing fits this search."),
)  # fmt: skip
