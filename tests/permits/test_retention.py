"""Applicants and forms are forgotten some years after the end of a file; open files keep theirs."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from gis_core.members.rights import SYSTEM, Role, acting_as
from permits.models import Applicant, ApplicantReading, Consultation, Permit, Piece, Settings
from permits.services.documents import DOCUMENTS
from permits.services.retention import forget_ended
from permits.tasks import forget_applicants
from tests import factories
from tests.documents import pdf
from tests.permits.conftest import World

REFUSED_ON = date(2026, 2, 10)


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"


def refused(world: World, **given: Any) -> Permit:
    """A file that ended on 10 February 2026."""
    return world.record(world.file(**given), "decided", REFUSED_ON, outcome="refused")


def forget() -> int:
    with acting_as(SYSTEM), factories.as_worker():
        return forget_ended()


def kept() -> set[int]:
    with factories.as_owner():
        return set(Applicant.objects.values_list("permit_id", flat=True))


def test_an_applicant_is_kept_ten_years_and_a_day_later_forgotten(world: World, on_day: Any) -> None:
    permit = refused(world)
    on_day(date(2036, 2, 10))
    assert (forget(), kept()) == (0, {permit.pk})
    on_day(date(2036, 2, 11))
    assert (forget(), kept()) == (1, set())


def test_a_member_chooses_the_years(world: World, on_day: Any) -> None:
    refused(world)
    with world.as_(Role.GIS_ADMINISTRATOR):
        Settings.objects.create(member=world.member, applicant_roles=[], applicant_years=2)
    on_day(date(2028, 2, 11))
    assert forget() == 1


def test_an_open_file_never_loses_its_applicant(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 6))
    permit = world.file()
    on_day(date(2090, 1, 1))
    assert (forget(), kept()) == (0, {permit.pk})


def test_a_granted_file_ends_with_its_validity(world: World, on_day: Any) -> None:
    permit = world.record(world.file(), "decided", REFUSED_ON, outcome="granted")
    assert permit.valid_until_date == date(2029, 2, 10)
    on_day(date(2036, 2, 11))
    assert forget() == 0
    on_day(date(2039, 2, 11))
    assert forget() == 1


def test_what_happens_later_keeps_the_applicant_longer(world: World, on_day: Any) -> None:
    permit = refused(world)
    world.record(permit, "note", date(2026, 11, 1), note="recours")
    on_day(date(2036, 2, 11))
    assert forget() == 0
    on_day(date(2036, 11, 2))
    assert forget() == 1


def test_the_journal_says_it_once_for_a_member(world: World, on_day: Any) -> None:
    numbers = sorted(refused(world).number for _file in range(2))
    on_day(date(2037, 1, 1))
    forget()
    forget()
    with world.as_(Role.GIS_ADMINISTRATOR):
        (line,) = ApplicantReading.objects.filter(action="forgotten")
    assert (line.by_user, sorted(line.numbers), line.members) == (0, numbers, [world.member.pk])


def test_forms_are_closed_and_wait_for_the_visa_and_plans_stay(
    world: World, on_day: Any, django_capture_on_commit_callbacks: Any
) -> None:
    permit = refused(world)
    for kind in ("form", "plan"):
        upload = SimpleUploadedFile(f"{kind}.pdf", pdf())
        world.client().post(f"/permis/{permit.number}/pieces/", {"kind": kind, "file": upload})
    with world.as_():
        form, plan = Piece.objects.order_by("kind")
    on_day(date(2037, 1, 1))
    with django_capture_on_commit_callbacks(execute=True):
        forget()
    with world.as_():
        assert list(Piece.objects.filter(removed_at=None)) == [plan]
        assert list(Piece.objects.filter(closed=True)) == [form]
    assert (DOCUMENTS.path_of(form).exists(), DOCUMENTS.path_of(plan).exists()) == (True, True)
    assert world.client().get(f"/permis/{permit.number}/pieces/{form.pk}/").status_code == 403
    assert forget() == 0


def test_the_nightly_task_forgets(world: World, on_day: Any) -> None:
    refused(world)
    on_day(date(2037, 1, 1))
    with acting_as(SYSTEM), factories.as_worker():
        forget_applicants(timestamp=0)
    assert kept() == set()


def test_nobody_else_may_forget(world: World) -> None:
    with world.as_(), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select arpent.forget_applicants('2099-01-01', '')")


@pytest.mark.parametrize("statement", [
    "delete from public.permits_piece", "delete from public.permits_event", "delete from public.permits_consultation",
    "delete from public.permits_permit", "update public.permits_piece set removed_at = null, removed_reason = ''",
    "update public.permits_piece set closed = false",
])  # fmt: skip
@pytest.mark.parametrize("role", ["web", "worker"])
def test_postgresql_keeps_the_documents_of_a_file(world: World, statement: str, role: str) -> None:
    permit = refused(world)
    with factories.as_owner():
        Piece.objects.create(
            permit=permit, title="Plan", kind="plan", media_type="application/pdf", size_bytes=1, sha256="0" * 64,
            removed_at=timezone.now(), removed_reason="En double", closed=True,
        )  # fmt: skip
        Consultation.objects.create(
            permit=permit, body="abf", requested_date=REFUSED_ON, months=1, due_date=REFUSED_ON, silence="favourable"
        )
    acting = world.as_() if role == "web" else factories.as_worker()
    with acting, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local search_path = ''")
        with pytest.raises(DatabaseError, match=r"kept|marks"), transaction.atomic():
            cursor.execute(statement)
