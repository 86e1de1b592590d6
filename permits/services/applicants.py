"""Applicants: personal data behind a right of their own; each reading is written in the journal."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from django.db import connection
from django.utils.translation import gettext as _

from gis_core.errors import Forbidden
from permits.models import ApplicantReading, Permit


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks for a permit."""

    name: str
    address: str = ""
    email: str = ""
    phone: str = ""


def may_read_applicant(permit: Permit) -> bool:
    """Whether whoever asks reads who applies in this file."""
    return reads_applicants(permit.owner_id, permit.insee)


def reads_applicants(member: int, insee: str) -> bool:
    """Whether whoever asks reads and writes who applies in the files of a member in a commune."""
    with connection.cursor() as cursor:
        cursor.execute("select arpent.reads_applicants(%s, %s)", [member, insee])
        (allowed,) = cursor.fetchone()
    return bool(allowed)


def read_applicants(
    permits: Sequence[Permit], *, why: str, action: str = ApplicantReading.Action.READ
) -> Mapping[int, Person]:
    """The applicants of those files that the asker may read them of, by the file's id; it is written in the journal."""
    with connection.cursor() as cursor:
        cursor.execute("select * from arpent.read_applicants(%s, %s, %s)", [[one.pk for one in permits], action, why])
        return {row[0]: Person(*row[1:]) for row in cursor.fetchall()}


def write_applicant(permit: Permit, person: Person, *, why: str) -> None:
    """Raises Forbidden where the asker does not read applicants."""
    given = asdict(person)
    given["name"] = person.name.strip()[:200] or None
    with connection.cursor() as cursor:
        cursor.execute("select arpent.write_applicant(%s, %s, %s)", [permit.pk, json.dumps(given), why])
        (written,) = cursor.fetchone()
    if not written:
        raise Forbidden(_("Your role does not let you read or write who applies."))


def write_applicants(people: Mapping[int, Person], *, why: str) -> int:
    """Those of many files at once, by the file's id, as far as the asker may; how many were written."""
    given = [{"file": file, **asdict(person)} for file, person in people.items()]
    with connection.cursor() as cursor:
        cursor.execute("select arpent.write_applicants(%s, %s)", [json.dumps(given), why])
        (written,) = cursor.fetchone()
    return int(written)
