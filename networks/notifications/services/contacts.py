"""Contacts: personal data behind a right of their own; each reading and writing is a line of the journal."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, connection, transaction
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.database.statements import fetch_all, fetch_one
from gis_core.errors import Conflict, Forbidden, Invalid, NotFound
from gis_core.members.rights import Rights
from gis_core.members.technicians import TECHNICIANS
from gis_core.models import Member
from layers.features.search_terms import search_text, split_terms
from networks.notifications.models import Channel
from networks.notifications.phones import NotAPhoneError, format_phone, phone_of
from networks.notifications.services.places import Place, address_key, locate_contact

ROWS = 50
MOST_OFFSET = 100_000
LONGEST_HOW = 120
LONGEST = {"name": 200, "address": 200, "reference": 60, "connection": 80}
"""The most characters of the texts of a contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Whether somebody agrees to a channel (None: nobody asked), since when, and how they said so."""

    given: bool | None = None
    on: date | None = None
    how: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody to warn, checked: `phone` is E.164, `email` in small letters."""

    id: int | None = None
    reference: str = ""
    name: str
    address: str = ""
    connection: str = ""
    place: Place | None = None
    phone: str = ""
    mobile: bool = False
    email: str = ""
    sms: Consent = Consent()
    mail: Consent = Consent()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known(Person):
    """A contact as it is kept, with how each channel was closed."""

    owner_id: int
    confirmed: date
    sms_stop: Mapping[str, Any] | None = None
    email_stop: Mapping[str, Any] | None = None

    @property
    def display_phone(self) -> str:
        return format_phone(self.phone)


# -- reading ----------------------------------------------------------------------------------------------------------


def reads_contacts(member_id: int) -> bool:
    """Whether whoever asks reads and writes the contacts of this member."""
    (allowed,) = fetch_one("select arpent.reads_contacts(%s)", [member_id])
    return bool(allowed)


def read_by(members: Collection[Member]) -> list[Member]:
    """Those of these members whose contacts whoever asks reads and writes: one query for all of them."""
    rows = fetch_all(
        "select pk from unnest(%s::bigint[]) pk where arpent.reads_contacts(pk)", [[one.pk for one in members]]
    )
    allowed = {pk for (pk,) in rows}
    return [one for one in members if one.pk in allowed]


def members_with_contacts(rights: Rights) -> list[Member]:
    """The members of which the asker sees notices."""
    return list(Member.objects.visible_to(rights).filter(pk__in=rights.members()).order_by("name")
                if not rights.agency else Member.objects.order_by("name"))  # fmt: skip


def find_contacts(
    member: Member, text: str, *, offset: int = 0, why: str, most: int = ROWS
) -> tuple[Sequence[Known], bool]:
    """Contacts by words of their name, address, number or e-mail, and whether there are more; it is journalled."""
    wanted = search_terms(text)
    results = fetch_all("select arpent.find_contacts(%s, %s, %s, %s, %s)", [member.pk, wanted, most + 1, offset, why])
    rows = [parse_known_contact(row[0]) for row in results]
    return rows[:most], len(rows) > most


def search_terms(text: str) -> list[str]:
    """What `search_text` has of it: a telephone number as its E.164 digits, else the words."""
    try:
        return [phone_of(text[:40]).number[1:]]
    except NotAPhoneError:
        return split_terms(text[:200])[:6]


def contact_of(contact_id: int, *, why: str) -> Known:
    """A contact; that it was read, and why, is in the journal.

    Raises NotFound, also where the user reads no contacts.
    """
    row = fetch_one("select arpent.read_contact(%s, %s)", [contact_id, why])
    if row is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return parse_known_contact(row[0])


def parse_known_contact(row: str | Mapping[str, Any]) -> Known:
    given: Mapping[str, Any] = json.loads(row) if isinstance(row, str) else row
    place = Place(given["x"], given["y"]) if given["x"] is not None else None
    same = ("id", "reference", "name", "address", "connection", "phone", "mobile", "email", "owner_id")
    return Known(
        **{name: given[name] for name in same},
        place=place,
        sms=consent_of(given, "sms"),
        mail=consent_of(given, "email"),
        confirmed=parse_date(given["confirmed_date"]) or database_clock.today(),
        sms_stop=given["sms_stop"],
        email_stop=given["email_stop"],
    )


def consent_of(row: Mapping[str, Any], channel: str) -> Consent:
    on = row[f"{channel}_consent_date"]
    return Consent(
        given=row[f"{channel}_consent"], on=parse_date(on) if on else None, how=row[f"{channel}_consent_how"]
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """How many contacts a member has, how many are reached by each channel, how many objections it keeps."""

    contacts: int
    sms: int
    email: int
    stopped: int


def counts_of(members: Collection[Member]) -> dict[int, Counts]:
    """By member id, in one query."""
    rows = fetch_all(
        "select pk, counts.* from unnest(%s::bigint[]) pk cross join lateral arpent.count_contacts(pk) counts",
        [[one.pk for one in members]],
    )
    return {pk: Counts(*numbers) for pk, *numbers in rows}


# -- writing ----------------------------------------------------------------------------------------------------------


def check_person(given: Mapping[str, str], *, today: date | None = None) -> Person:
    """A person as the texts of a form or of a row say. Raises Invalid, at what is wrong."""
    text = {name: " ".join(str(value or "").split()) for name, value in given.items()}
    name = text.get("name", "")
    if not name:
        raise Invalid(_("Give a name."), parameter="name")
    for field, longest in LONGEST.items():
        if len(text.get(field, "")) > longest:
            raise Invalid(_("The text has more than %(most)s characters.") % {"most": longest}, parameter=field)
    phone, mobile = check_phone(text.get("phone", ""))
    email = check_email(text.get("email", ""))
    if not (phone or email):
        raise Invalid(_("Give a telephone number or an e-mail address."), parameter="phone")
    return Person(
        reference=text.get("reference", ""),
        name=name,
        address=text.get("address", ""),
        connection=text.get("connection", ""),
        phone=phone,
        mobile=mobile,
        email=email,
    )


def check_phone(text: str) -> tuple[str, bool]:
    if not text:
        return "", False
    try:
        phone = phone_of(text)
    except NotAPhoneError as error:
        message = _("“%(text)s” is no telephone number: ten digits, or +country.") % {"text": text[:30]}
        raise Invalid(message, parameter="phone") from error
    return phone.number, phone.mobile


def check_email(text: str) -> str:
    if not text:
        return ""
    try:
        validate_email(text)
    except ValidationError as error:
        raise Invalid(_("“%(text)s” is no e-mail address.") % {"text": text[:60]}, parameter="email") from error
    return text.lower()


def members_changed_by(read: Iterable[Member], rights: Rights) -> list[Member]:
    """Those of the members whose contacts the asker reads of which they also change them."""
    return [one for one in read if rights.has_role(one.pk, TECHNICIANS)]


def may_keep(member: Member, rights: Rights) -> bool:
    """Whether the asker changes this member's contacts: a technician who reads them."""
    return rights.has_role(member.pk, TECHNICIANS) and reads_contacts(member.pk)


def check_may_keep(member: Member, rights: Rights) -> None:
    if not may_keep(member, rights):
        raise Forbidden(_("Your role does not let you change the contacts of this member."))


@transaction.atomic
def save_contact(member: Member, person: Person, *, why: str, rights: Rights) -> int:
    """Add a contact, or change the one of its id; another one is never written over.

    Raises Forbidden, NotFound, Conflict.
    """
    check_may_keep(member, rights)
    if person.place is None or person.id is None:
        person = replace(person, place=locate_contact(person.connection, person.address))
    try:
        with transaction.atomic():
            count = write_contacts(member, [person], why=why)
    except IntegrityError as error:
        raise Conflict(duplicate_message()) from error
    if not count:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    ((_row, contact, made),) = count
    if person.id is None and not made:
        raise Conflict(duplicate_message())
    return contact


def duplicate_message() -> str:
    return _("There is a contact of this reference, or of this name and address, already.")


def write_contacts(
    member: Member, people: Iterable[Person], *, why: str, untold: Collection[str] = ()
) -> list[tuple[int, int, bool]]:
    """The place in the list, the id, and whether it is new, of each that was written.

    What a list does not speak of (`untold`: phone, email, address, connection) stays as it was where it is empty.
    """
    today = database_clock.today()
    given = [row_of(place, person, today) | silent_columns(person, untold) for place, person in enumerate(people)]
    return fetch_all("select * from arpent.write_contacts(%s, %s, %s)", [member.pk, json.dumps(given), why])


def silent_columns(person: Person, untold: Collection[str]) -> dict[str, None]:
    """The columns that a list says nothing of."""
    empty = [name for name in untold if not getattr(person, name)]
    more = {"phone": "mobile", "address": "address_key"}
    return dict.fromkeys([*empty, *(more[name] for name in empty if name in more)])


def row_of(place: int, person: Person, today: date) -> dict[str, Any]:
    digits = person.phone.removeprefix("+")
    kept = asdict(person)
    kept = {
        name: kept[name] for name in ("id", "reference", "name", "address", "connection", "phone", "mobile", "email")
    }
    return kept | {
        "row": place,
        "name_key": search_text(person.name).strip()[:260],
        "address_key": address_key(person.address),
        "x": person.place.x if person.place else None,
        "y": person.place.y if person.place else None,
        **consent_columns(person.sms, Channel.SMS),
        **consent_columns(person.mail, Channel.EMAIL),
        "search_text": search_text(person.name, person.address, person.email, digits, person.reference),
        "confirmed_date": today.isoformat(),
    }


def consent_columns(consent: Consent, channel: str) -> dict[str, Any]:
    return {
        f"{channel}_consent": consent.given,
        f"{channel}_consent_date": consent.on.isoformat() if consent.on else None,
        f"{channel}_consent_how": consent.how[:LONGEST_HOW],
    }


@transaction.atomic
def remove_contact(contact: Known, member: Member, *, rights: Rights) -> None:
    """Their objections stay. Raises Forbidden, NotFound."""
    check_may_keep(member, rights)
    (removed,) = fetch_one("select arpent.remove_contact(%s, %s)", [contact.id, _("Removed by hand")])
    if not removed:
        raise NotFound(_("There is nothing at this address, or you may not see it."))


@transaction.atomic
def stop_contact(contact: Known, member: Member, channel: str, *, closed: bool, why: str, rights: Rights) -> None:
    """They do not want messages by this channel any more, or want them again: then say how they asked for it.

    Raises Forbidden, Invalid.
    """
    check_may_keep(member, rights)
    if not closed and not why.strip():
        raise Invalid(_("Say how they asked for messages again."), parameter="why")
    with connection.cursor() as cursor:
        reason = why.strip() or _("Told to the service")
        cursor.execute("select arpent.stop_contact(%s, %s, %s, %s)", [contact.id, channel, closed, reason])
        (done,) = cursor.fetchone()
    if not done:
        raise Invalid(_("This contact has no number or address for it."), parameter="channel")
