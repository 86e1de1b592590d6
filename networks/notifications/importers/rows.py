"""A list of contacts: each row of its table made a person, or why it is none.

Nothing here asks the database. What is said of a row never holds what the row says.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from gis_core.errors import Invalid
from layers.features.search_terms import split_terms
from layers.intake.cells import read_day
from layers.intake.table import TableMapping
from layers.intake.tables import Table
from networks.notifications.services.contacts import LONGEST, Consent, Person, check_person

YES = frozenset({"oui", "o", "1", "vrai", "true", "x", "yes", "y", "ok", "accord", "accepte"})
NO = frozenset({"non", "n", "0", "faux", "false", "no", "refus", "refuse"})
WRONG = {
    "phone": _("The telephone number cannot be read, or there is neither number nor e-mail address."),
    "email": _("The e-mail address cannot be read."),
    "name": _("The name is missing."),
    "consent_date": _("The day of the consent cannot be read, or has not come yet."),
    "consent": _("The consent is neither yes nor no."),
}
"""What is wrong, at which column; without what the cell holds."""
TOO_LONG = _("The text has more than %(most)s characters.")
TOO_WIDE = _("The row has more cells than there are columns: a text holds the separator, unquoted.")
TWICE = _("The same person as on row %(row)s.")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file, from 1: the person that it is, or why it is none (a message, and what fills it in)."""

    place: int
    person: Person | None
    code: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


def contact_rows(table: Table, mapping: TableMapping, today: date) -> Iterator[Row]:
    """Each row; one that is the same person as a former one is told."""
    seen: dict[tuple[str, ...], int] = {}
    for one in table.rows:
        place = one.number
        if one.cells is None:
            yield Row(place, None, TOO_WIDE)
            continue
        row = {name: " ".join(text.split()) for name, text in mapping.cells(one.cells).items()}
        try:
            person = person_of(row, today)
        except Invalid as error:
            yield Row(place, None, *why_none(row, str(error.extra.get("parameter"))))
            continue
        mark = (
            (person.reference,)
            if person.reference
            else (" ".join(split_terms(person.name)), " ".join(split_terms(person.address)))
        )
        if mark in seen:
            yield Row(place, None, TWICE, {"row": seen[mark]})
            continue
        seen[mark] = place
        yield Row(place, person)


def why_none(row: Mapping[str, str], column: str) -> tuple[str, dict[str, Any]]:
    """Why a row is no person: what is wrong at a column, without what the cell holds."""
    if column in LONGEST and (column != "name" or row.get("name") or row.get("first_name")):
        return TOO_LONG, {"most": LONGEST[column]}
    return WRONG[column], {}


def person_of(row: Mapping[str, str], today: date) -> Person:
    """The person that a row is, by its cells by field. Raises Invalid, at the column that is wrong."""
    street = row.get("address", "")
    town = " ".join(filter(None, (row.get("postcode", ""), row.get("city", ""))))
    given = {
        "reference": row.get("reference", ""),
        "name": " ".join(filter(None, (row.get("name", ""), row.get("first_name", "")))),
        "address": ", ".join(filter(None, (street, town))) if street else "",
        "connection": row.get("connection", ""),
        "phone": row.get("mobile") or row.get("phone", ""),
        "email": row.get("email", ""),
    }
    person = check_person(given)
    return replace(person, sms=consent(row, "sms_consent", today), mail=consent(row, "email_consent", today))


def consent(row: Mapping[str, str], name: str, today: date) -> Consent:
    """Of this channel, else of all. Raises Invalid."""
    text = " ".join(split_terms(row.get(name) or row.get("consent", "")))
    if not text:
        return Consent()
    if text not in YES | NO:
        raise Invalid("", parameter="consent")
    return Consent(given=text in YES, on=day_in(row.get("consent_date", ""), today) or today,
                   how=row.get("consent_how", "") or gettext("imported list"))  # fmt: skip


def day_in(text: str, today: date) -> date | None:
    """A day that has been, however it is written; None for no text. Raises Invalid."""
    if not text:
        return None
    day = read_day(text)
    if day is None or day > today or day.year < 1990:
        raise Invalid("", parameter="consent_date")
    return day
