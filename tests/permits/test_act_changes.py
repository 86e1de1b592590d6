"""What changes of a file between the draft of an act and its number: each is said, and the act is read again."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gis_core.errors import Conflict
from gis_core.members.rights import Role
from permits.models import Consultation, Permit
from permits.services.applicants import Person, write_applicant
from permits.services.figures import GivenFigures, save_figures
from tests.permits.conftest import World
from tests.permits.test_completeness import attach, examine, pieces
from tests.permits.test_signed_acts import INSTRUCTOR, begun, numbered, opinion

pytestmark = pytest.mark.django_db
type Change = Callable[[World, Permit], Any]


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path, on_day: Any) -> None:
    settings.FILES_DIR = tmp_path / "files"
    on_day(date(2026, 2, 2))


def reword_prescription(world: World, permit: Permit) -> None:
    with world.as_(INSTRUCTOR):
        Consultation.objects.filter(permit=permit).update(prescriptions=["Poser deux bouches d’incendie."])


def figures(world: World, permit: Permit, **given: Any) -> None:
    with world.as_(INSTRUCTOR):
        save_figures(permit, GivenFigures(**given), world.rights())


def change_architect(world: World, permit: Permit) -> None:
    with world.as_(INSTRUCTOR):
        given = Person("Jeanne Martin", "1 rue des Lilas", "jeanne@example.org", architect="Atelier Fictif")
        write_applicant(permit, given, why="Essai")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda world, permit: attach(world, permit, code="PC2"), "pièces du dossier (2 pièces"),
        (lambda world, permit: attach(world, permit, code="PC1", replaces=pieces(world)[0].pk), "pièces du dossier"),
        (lambda world, _permit: examine(world, pieces(world)[0], do="refuse", reason="Sans cotes"), "dont 1 refusée"),
        (reword_prescription, "deux bouches"),
        (change_architect, "Atelier Fictif"),
        (lambda world, permit: figures(world, permit, emprise_created_m2=Decimal(60)), "emprise au sol créée (60 m²)"),
        (lambda world, permit: figures(world, permit, height_m=Decimal("7.2")), "7,2 m"),
        (lambda world, permit: world.record(permit, "withdrawn", date(2026, 1, 30)), "Retiré par le demandeur"),
        (lambda world, permit: world.record(permit, "decided", date(2026, 2, 1), outcome="refused"), "Refusé"),
    ],
    ids=["added", "replaced", "refused", "prescription", "architect", "emprise", "height", "withdrawn", "decided"],
)  # fmt: skip
def test_what_changed_meanwhile_is_said(world: World, on_day: Any, change: Change, said: str) -> None:
    permit = world.file()
    opinion(world, permit, "Poser une bouche d’incendie.")
    attach(world, permit, code="PC1")
    draft = begun(world, permit)
    on_day(date(2026, 2, 3))
    change(world, permit)
    with world.as_(INSTRUCTOR):
        permit.refresh_from_db()
    with pytest.raises(Conflict) as refused:
        numbered(world, permit, draft)
    assert said in str(refused.value).replace("\xa0", " ").replace("\u202f", " ")
    assert numbered(world, permit, draft, reread=True).number


def test_a_permit_that_became_tacit_since_its_refusal_was_begun_is_said(world: World, on_day: Any) -> None:
    on_day(date(2026, 4, 5))
    permit = world.file()
    draft = begun(world, permit, "permit-refused", reasons=["le projet méconnaît l’article UA 11"])
    on_day(date(2026, 4, 6))
    with pytest.raises(Conflict, match="Permis tacite, 6 avril 2026"):
        numbered(world, permit, draft)


def test_a_file_that_is_given_to_an_instructor_has_not_changed(world: World) -> None:
    permit = world.file()
    draft = begun(world, permit)
    with world.as_(INSTRUCTOR):
        Permit.objects.filter(pk=permit.pk).update(instructor=world.people[Role.PERMIT_INSTRUCTOR])
        permit.refresh_from_db()
    assert numbered(world, permit, draft).number


def test_the_title_of_a_piece_is_not_in_what_is_said_of_the_pieces(world: World) -> None:
    permit = world.file()
    draft = begun(world, permit)
    attach(world, permit, "plan-de-madame-martin.dwg", code="PC2")
    with pytest.raises(Conflict) as refused:
        numbered(world, permit, draft)
    assert "madame" not in str(refused.value)
