"""What an act reads: the ground once, outside of the lock of its file; the name of the commune once."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gis_core.errors import Conflict
from permits.acts import land
from permits.models import Permit
from permits.services import letters
from tests.permits.conftest import World
from tests.permits.test_signed_acts import INSTRUCTOR, begun, numbered

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """When the ground was read, and when the file was locked."""
    happened: list[str] = []

    def spy(target: Any, name: str, word: str) -> None:
        real = getattr(target, name)

        def call(*given: Any, **options: Any) -> Any:
            happened.append(word)
            return real(*given, **options)

        monkeypatch.setattr(target, name, call)

    spy(land, "read_land", "ground")
    spy(letters, "lock_permit", "lock")
    return happened


@pytest.mark.parametrize(("kind", "code"), [("PC", "permit-granted"), ("CUb", "permit-certificate-no")])
def test_an_act_reads_the_ground_once(world: World, order: list[str], kind: str, code: str) -> None:
    permit = world.file(kind=kind)
    begun(world, permit, code)
    assert order == ["ground"]


def test_an_act_is_numbered_with_the_ground_read_once_before_the_file_is_locked(world: World, order: list[str]) -> None:
    permit = world.file()
    draft = begun(world, permit)
    with world.as_():
        permit.refresh_from_db()
    order.clear()
    assert numbered(world, permit, draft).number
    assert order == ["ground", "lock"]


def test_the_ground_of_a_file_that_changed_before_its_lock_is_read_again(world: World, order: list[str]) -> None:
    permit = world.file()
    draft = begun(world, permit)
    with world.as_(INSTRUCTOR):
        Permit.objects.filter(pk=permit.pk).update(description="Deux granges")
    order.clear()
    with pytest.raises(Conflict, match="Deux granges"):
        numbered(world, permit, draft)
    assert order == ["ground", "lock", "ground"]


def test_what_was_read_again_by_a_person_is_not_read_by_the_machine(world: World, order: list[str]) -> None:
    permit = world.file()
    draft = begun(world, permit)
    order.clear()
    numbered(world, permit, draft, reread=True)
    assert order == ["lock"]


def test_an_act_asks_once_how_its_commune_is_called(world: World) -> None:
    permit = world.file(address="12 rue des Essais")
    with CaptureQueriesContext(connection) as queries:
        begun(world, permit)
    asked = [one["sql"] for one in queries if one["sql"].startswith('SELECT "gis_core_commune"."name"')]
    assert len(asked) == 1
