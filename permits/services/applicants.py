"""Applicants: personal data behind a right of their own; each reading is written in the journal."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gis_core.errors import Forbidden, Invalid
from gis_core.members.rights import Rights
from gis_core.operations import security_journal
from gis_core.validators import luhn
from layers.features.search_terms import search_text, split_terms
from permits.models import ApplicantReading, Permit

SOMEWHERE = """
    select exists (select from gis_core_territory t
                   where t.member_id = any(%s) and arpent.reads_applicants(t.member_id, t.insee))
"""
MOST_RESULTS = 50
SHORTEST_WORD = 3


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks for a permit: `siret` of a legal person, `agent` who acts for them (mandataire), and their architect."""

    name: str
    address: str = ""
    email: str = ""
    phone: str = ""
    siret: str = ""
    agent: str = ""
    architect: str = ""
    architect_number: str = ""


def may_read_applicant(permit: Permit) -> bool:
    """Whether whoever asks reads and writes who applies in this file."""
    with connection.cursor() as cursor:
        cursor.execute("select arpent.reads_applicants(%s, %s)", [permit.owner_id, permit.insee])
        (allowed,) = cursor.fetchone()
    return bool(allowed)


def read_applicants(
    permits: Sequence[Permit], *, why: str, action: str = ApplicantReading.Action.READ
) -> Mapping[int, Person]:
    """The applicants of those files that the asker may read them of, by the file's id; it is written in the journal."""
    with connection.cursor() as cursor:
        cursor.execute("select * from arpent.read_applicants(%s, %s, %s)", [[one.pk for one in permits], action, why])
        people = {row[0]: Person(*row[1:]) for row in cursor.fetchall()}
    if people:
        numbers = [one.number for one in permits if one.pk in people]
        security_journal.record("applicants_read", action=action, numbers=numbers[:20], count=len(people))
    return people


def write_applicant(permit: Permit, person: Person, *, why: str) -> None:
    """Keep who applies, with the text to search them by; why is in the journal.

    Raises Forbidden where the user does not read applicants, Invalid (a SIRET that is none).
    """
    given: dict[str, str | None] = asdict(person)
    given["name"] = person.name.strip()[:200] or None
    given["siret"] = read_siret(person.siret)
    given["search_text"] = search_text(given["name"])
    with connection.cursor() as cursor:
        cursor.execute("select arpent.write_applicant(%s, %s, %s)", [permit.pk, json.dumps(given), why])
        (saved,) = cursor.fetchone()
    if not saved:
        raise Forbidden(_("Your role does not let you read or write who applies."))


def read_siret(text: str) -> str:
    """The fourteen digits of an establishment, empty for none. Raises Invalid where their key is wrong."""
    siret = re.sub(r"[\s.]", "", text)
    if siret and not (re.fullmatch(r"[0-9]{14}", siret) and luhn(siret) % 10 == 0):
        message = _("“%(siret)s” is no SIRET: fourteen digits, the last of which checks the others.")
        raise Invalid(message % {"siret": text.strip()[:20]}, parameter="siret")
    return siret


def write_applicants(people: Mapping[int, Person], *, why: str) -> int:
    """Those of many files at once, by the file's id, as far as the asker may; how many were written."""
    given = [
        {"file": file, **asdict(person), "search_text": search_text(person.name)} for file, person in people.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute("select arpent.write_applicants(%s, %s)", [json.dumps(given), why])
        (count,) = cursor.fetchone()
    return int(count)


@dataclass(frozen=True, slots=True)
class ApplicantMatch:
    """A file found by its applicant's name."""

    permit: Permit
    name: str
    address: str


def reads_applicants_somewhere(rights: Rights) -> bool:
    """Whether the asker reads applicants of any commune of theirs."""
    with connection.cursor() as cursor:
        cursor.execute(SOMEWHERE, [sorted(rights.roles)])
        (allowed,) = cursor.fetchone()
    return bool(allowed)


def find_applicants(text: str, *, why: str, rights: Rights) -> tuple[Sequence[ApplicantMatch], bool]:
    """Files by their applicant's name, the latest first, and whether there are more; it is written in the journal.

    Raises Invalid for a name too short to look for.
    """
    wanted = sorted(split_terms(text[:200]), key=len, reverse=True)[:6]
    if not wanted or len(wanted[0]) < SHORTEST_WORD:
        raise Invalid(_("Type at least %(count)s letters of a name.") % {"count": SHORTEST_WORD}, parameter="q")
    with connection.cursor() as cursor:
        cursor.execute("select * from arpent.find_applicants(%s, %s, %s)", [wanted, MOST_RESULTS + 1, why])
        applicants = {row[0]: row[1:] for row in cursor.fetchall()}
    security_journal.record("applicants_read", action="search", count=len(applicants))
    permits = Permit.objects.visible_to(rights).filter(pk__in=applicants).order_by("-filed_date", "-id")
    rows = [ApplicantMatch(permit, *applicants[permit.pk]) for permit in permits]
    return rows[:MOST_RESULTS], len(rows) > MOST_RESULTS


def readings_of(permit: Permit) -> QuerySet[ApplicantReading]:
    """The lines of the journal about a file that the asker may read: none unless they administer its member."""
    return ApplicantReading.objects.filter(numbers__contains=[permit.number])
