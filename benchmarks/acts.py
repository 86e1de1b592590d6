"""Acts of planning applications on the measured files: a decision that is numbered, 200 of them begun in one job.

What is measured is undone afterwards: no number is taken, no letter stays.
"""

import re
import statistics
import time
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction

from benchmarks import permits
from benchmarks.database import BenchDatabase
from benchmarks.rows import Row
from benchmarks.work import run_work
from gis_core.letters.kinds import kind_of
from gis_core.letters.services import TEXTS
from gis_core.letters.template import TO_COMPLETE, TO_CONFIRM
from gis_core.members.rights import SYSTEM, Rights, acting_as, rights_of
from gis_core.models import User
from permits.letters import GRANTED, LetterRequest
from permits.models import Authority, Permit, Signatory
from permits.services.applicants import Person, write_applicants
from permits.services.bulk import BulkAct, carry_out
from permits.services.letters import begin_letter, finalise_letter

PDF = Row("arrêté d'un permis numéroté avec son PDF, 95e centile", None, "s", "at most", 1)
LETTERS = Row("200 arrêtés commencés par un traitement", None, "s", "at most", 120)
ACTS, WARMING, MANY = 40, 2, 200
SINCE = date(2020, 7, 3)
# What an instructor fills in or confirms before an act is numbered.
UNFILLED = re.compile(rf"\\?(?:{re.escape(TO_COMPLETE)}|{re.escape(TO_CONFIRM)})[^\]]*\]")


def empty_rows() -> list[Row]:
    return [PDF, LETTERS]


def act_rows(made: BenchDatabase) -> list[Row]:
    """Both, as an instructor of the largest member has the worker do it."""
    asker = permits.prepare_permits()
    measured = run_work(made, "worker", "acts", user=asker.user.pk)
    taken, many = measured["numbered"], measured["begun"]
    note = f"médiane {statistics.median(taken):.2f} s, le plus lent {max(taken):.2f} s, {len(taken)} arrêtés"
    return [
        replace(PDF, ours=statistics.quantiles(taken, n=20)[-1], note=note),
        replace(LETTERS, ours=many, note=f"{many / MANY * 1000:.0f} ms par arrêté"),
    ]


def measure(user: int) -> dict[str, Any]:
    """Seconds of each act that was numbered, and of all that were begun in one job."""
    with acting_as(SYSTEM), transaction.atomic():
        rights = rights_of(User.objects.get(pk=user))
        (member,) = rights.roles
        name_signatory(member)
        files = open_files(member)
        with acting_as(rights):
            write_applicants({one.pk: Person("Jeanne Mesure", "1 rue des Lilas") for one in files}, why="measure")
            numbered = [seconds_to_number(one, rights) for one in files[: ACTS + WARMING]][WARMING:]
            begun = seconds_to_begin(files, rights)
        transaction.set_rollback(True)
    return {"numbered": numbered, "begun": begun}


def name_signatory(member: int) -> None:
    """A mayor decides on the member's files, and signs."""
    authority = Authority.objects.create(
        owner_id=member,
        quality=Authority.Quality.MAYOR,
        name="Commune de la Mesure",
        place="La Mesure",
        court="tribunal administratif d’Orléans",
        since_date=SINCE,
    )
    Signatory.objects.create(
        authority=authority, first_name="Jeanne", last_name="Mesure", quality="La maire", since_date=SINCE
    )


def open_files(member: int) -> list[Permit]:
    """Permits to build that wait for a decision."""
    files = Permit.objects.filter(owner=member, kind__in=("PC", "PCMI"), next_date__isnull=False)
    return list(files.select_related("owner", "instructor").order_by("pk")[:MANY])


def seconds_to_number(permit: Permit, rights: Rights) -> float:
    draft = begin_letter(permit, kind_of(GRANTED), LetterRequest(), rights)
    begun = time.perf_counter()
    texts = {name: UNFILLED.sub("néant", getattr(draft, name)) for name in TEXTS}
    letter = finalise_letter(permit, draft, texts, draft.version, rights)
    taken = time.perf_counter() - begun
    if not bytes(letter.pdf or b"").startswith(b"%PDF"):
        raise RuntimeError(f"no PDF of {permit.number}")
    return taken


def seconds_to_begin(files: list[Permit], rights: Rights) -> float:
    """As the job does it: each file locked, read, written by itself."""
    numbers = [one.number for one in files]
    order = {"act": BulkAct.LETTER.value, "numbers": numbers, "instructor": None, "letter": GRANTED}
    begun = time.perf_counter()
    report = carry_out(order, rights, lambda _share, _label: None)
    taken = time.perf_counter() - begun
    if len(report["done"]) != MANY:
        raise RuntimeError(f"{len(report['refused'])} letters were refused: {report['refused'][:3]}")
    return taken
