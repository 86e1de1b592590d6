"""A list of contacts: the columns of its table guessed, each row made a person or told why it is none.

Nothing here asks the database. What it tells of a row never holds what the row says.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.errors import Invalid
from layers.features.words import words
from layers.intake.tables import Table, TableLimits, read_table
from networks.notifications.services.contacts import Consent, Person, checked

LIMITS = TableLimits(file_bytes=20 * 1_048_576, rows=100_000, columns=100)
HEADERS: Mapping[str, tuple[str, ...]] = {
    "reference": ("reference", "numero abonne", "n abonne", "abonne", "code abonne", "identifiant", "id", "code client",
                  "numero client", "n client", "numero contrat", "n contrat", "contrat"),
    "name": ("nom", "nom complet", "nom prenom", "nom abonne", "raison sociale", "usager", "titulaire", "contact",
             "nom et prenom", "denomination", "client", "name"),
    "first_name": ("prenom", "prenoms", "first name"),
    "address": ("adresse", "adresse desservie", "adresse branchement", "adresse du branchement",
                "adresse point livraison", "adresse complete", "voie", "adresse 1", "address"),
    "postcode": ("code postal", "cp", "code post", "postcode"),
    "city": ("commune", "ville", "localite", "city"),
    "connection": ("branchement", "reference branchement", "numero branchement", "n branchement", "point de livraison",
                   "pdl", "point livraison", "connection"),
    "mobile": ("mobile", "telephone mobile", "portable", "telephone portable", "tel mobile", "tel portable",
               "gsm", "sms"),
    "phone": ("telephone", "tel", "telephone 1", "tel 1", "telephone fixe", "tel fixe", "numero telephone", "fixe",
              "phone"),
    "email": ("email", "e mail", "mail", "courriel", "adresse mail", "adresse email", "adresse e mail",
              "adresse electronique", "mel"),
    "sms_consent": ("consentement sms", "accord sms", "accepte sms", "sms accepte", "optin sms", "opt in sms"),
    "email_consent": ("consentement email", "consentement courriel", "consentement mail", "accord email", "accord mail",
                      "accord courriel", "accepte email", "accepte courriel", "optin email", "opt in email"),
    "consent": ("consentement", "accord", "optin", "opt in", "consent"),
    "consent_date": ("date consentement", "date accord", "date du consentement", "consentement le"),
    "consent_how": ("origine consentement", "mode consentement", "recueil", "recueilli par", "origine accord",
                    "comment"),
}  # fmt: skip
"""How other tools call our columns, as words without accents."""
LABELS = {
    "reference": gettext_lazy("reference"), "name": gettext_lazy("name"), "first_name": gettext_lazy("first name"),
    "address": gettext_lazy("address"), "postcode": gettext_lazy("postcode"), "city": gettext_lazy("commune"),
    "connection": gettext_lazy("service connection"), "mobile": gettext_lazy("mobile"),
    "phone": gettext_lazy("telephone"), "email": gettext_lazy("e-mail"),
    "sms_consent": gettext_lazy("agrees to text messages"), "email_consent": gettext_lazy("agrees to e-mails"),
    "consent": gettext_lazy("agrees"), "consent_date": gettext_lazy("day of the consent"),
    "consent_how": gettext_lazy("how it was given"),
}  # fmt: skip
YES = frozenset({"oui", "o", "1", "vrai", "true", "x", "yes", "y", "ok", "accord", "accepte"})
NO = frozenset({"non", "n", "0", "faux", "false", "no", "refus", "refuse"})
FRENCH = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?:[ T].*)?", re.ASCII)
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?", re.ASCII)
WRONG = {
    "phone": gettext_lazy("The telephone number cannot be read, or there is neither number nor e-mail address."),
    "email": gettext_lazy("The e-mail address cannot be read."),
    "name": gettext_lazy("The name is missing."),
    "consent_date": gettext_lazy("The day of the consent cannot be read, or has not come yet."),
    "consent": gettext_lazy("The consent is neither yes nor no."),
}
"""What is wrong, at which column; without what the cell holds."""
TOO_WIDE = gettext_lazy("The row has more cells than there are columns: a text holds the separator, unquoted.")


@dataclass(frozen=True, slots=True)
class ContactList:
    """The table of a file, and which of its columns (by their headers) is which of ours."""

    table: Table
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file, from 1: the person that it is, or why it is none."""

    place: int
    person: Person | None
    why: str = ""


def read_list(path: Path) -> ContactList:
    """Raises Invalid for what is no table with a name, and a number or an e-mail address; ReaderUnavailable."""
    table = read_table(path, LIMITS)
    columns = likely_columns(table.header)
    if "name" not in columns or not columns.keys() & {"phone", "mobile", "email"}:
        named = ", ".join(table.header)[:300]
        why = _("A list needs a column “nom”, and one of “téléphone”, “mobile”, “courriel”. It has: %(named)s.")
        raise Invalid(why % {"named": named}, parameter="file")
    return ContactList(table, columns)


def likely_columns(header: Sequence[str]) -> dict[str, str]:
    """The header of each column of ours: the one whose name stands first among the usual ones."""
    names = {" ".join(words(name)): name for name in reversed(header)}
    columns: dict[str, str] = {}
    for column, usual in HEADERS.items():
        match = next((names[one] for one in usual if one in names), None)
        if match is not None and match not in columns.values():
            columns[column] = match
    return columns


def rows_of(given: ContactList, today: date) -> Iterator[Row]:
    """Each row; one that is the same person as a former one is told."""
    seen: dict[tuple[str, ...], int] = {}
    for one in given.table.rows:
        place = one.number
        if one.cells is None:
            yield Row(place, None, str(TOO_WIDE))
            continue
        row = {name: " ".join(one.cells[header].split()) for name, header in given.columns.items()}
        try:
            person = person_of(row, today)
        except Invalid as error:
            yield Row(place, None, str(WRONG.get(str(error.extra.get("parameter")), error.message)))
            continue
        mark = (
            (person.reference,) if person.reference else (" ".join(words(person.name)), " ".join(words(person.address)))
        )
        if mark in seen:
            yield Row(place, None, _("The same person as on row %(row)s.") % {"row": seen[mark]})
            continue
        seen[mark] = place
        yield Row(place, person)


def person_of(row: Mapping[str, str], today: date) -> Person:
    """Raises Invalid, at the column that is wrong."""
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
    person = checked(given)
    return replace(person, sms=consent(row, "sms_consent", today), mail=consent(row, "email_consent", today))


def consent(row: Mapping[str, str], name: str, today: date) -> Consent:
    """Of this channel, else of all. Raises Invalid."""
    text = " ".join(words(row.get(name) or row.get("consent", "")))
    if not text:
        return Consent()
    if text not in YES | NO:
        raise Invalid("", parameter="consent")
    return Consent(given=text in YES, on=day_in(row.get("consent_date", ""), today) or today,
                   how=row.get("consent_how", "") or _("imported list"))  # fmt: skip


def day_in(text: str, today: date) -> date | None:
    """JJ/MM/AAAA or AAAA-MM-JJ. Raises Invalid."""
    if not text:
        return None
    try:
        if found := FRENCH.fullmatch(text):
            day = date(int(found[3]), int(found[2]), int(found[1]))
        elif found := ISO.fullmatch(text):
            day = date(int(found[1]), int(found[2]), int(found[3]))
        else:
            raise ValueError
        if day > today or day.year < 1990:
            raise ValueError
    except ValueError as error:
        raise Invalid("", parameter="consent_date") from error
    return day
