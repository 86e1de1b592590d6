"""Every night: the columns of open files, and of those whose validity has passed, follow the day."""

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gis_core.members.rights import SYSTEM, acting_as
from layers.catalogue.models import Layer
from permits import tasks
from permits.layers import SLUG
from permits.models import Permit
from permits.procedure import State
from permits.services import sweeping
from permits.services.sweeping import Swept, sweep
from tests import factories
from tests.permits.conftest import World


def swept(day: date, **given: Any) -> Swept:
    with acting_as(SYSTEM), factories.as_worker():
        return sweep(day, **given)


def states() -> list[str]:
    with acting_as(SYSTEM):
        return list(Permit.objects.order_by("pk").values_list("state", flat=True))


def version() -> int:
    with acting_as(SYSTEM):
        return Layer.objects.get(slug=SLUG).version


@pytest.fixture
def filed(world: World, on_day: Any) -> World:
    """Three open files, of which two are due on 5 April."""
    on_day(date(2026, 1, 10))
    for kind in ("PC", "PC", "CUb"):
        world.file(kind=kind)
    return world


def test_a_file_whose_last_day_has_passed_becomes_tacit(filed: World) -> None:
    assert swept(date(2026, 3, 6)) == Swept(read=3, changed=3)
    assert states() == [State.RECEIVED, State.RECEIVED, State.GRANTED]
    assert swept(date(2026, 4, 6)) == Swept(read=2, changed=2)
    assert states() == [State.GRANTED] * 3


def test_the_next_deadline_follows_the_day(filed: World) -> None:
    swept(date(2026, 2, 6))
    with acting_as(SYSTEM):
        assert Permit.objects.order_by("pk")[0].next_what == "due"


def test_a_permit_whose_validity_has_passed_expires(filed: World) -> None:
    swept(date(2026, 4, 6))
    swept(date(2029, 4, 7))
    assert states() == [State.EXPIRED] * 3


def test_swept_again_nothing_changes_and_nothing_is_announced(filed: World) -> None:
    swept(date(2026, 4, 6))
    before = version()
    assert swept(date(2026, 4, 6)) == Swept(read=0, changed=0)
    assert version() == before


def test_many_changes_are_announced_once(filed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "BATCH", 1)
    before = version()
    assert swept(date(2026, 4, 6)).changed == 3
    assert version() == before + 1


def test_what_a_stopped_run_changed_is_announced_by_the_next(filed: World) -> None:
    swept(date(2026, 4, 6))
    before = version()
    swept(date(2026, 4, 6), again=True)
    assert version() == before + 1


def test_a_run_that_fails_keeps_and_announces_what_it_did(filed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "BATCH", 1)
    before, derive, done = version(), sweeping.derive, []

    def second_fails(*given: Any) -> None:
        done.append(given)
        if len(done) == 2:
            raise RuntimeError
        derive(*given)

    monkeypatch.setattr(sweeping, "derive", second_fails)
    with pytest.raises(RuntimeError):
        swept(date(2026, 4, 6))
    assert states() == [State.GRANTED, State.RECEIVED, State.RECEIVED]
    assert version() == before + 1
    monkeypatch.setattr(sweeping, "derive", derive)
    assert swept(date(2026, 4, 6)) == Swept(read=2, changed=2)


def test_a_batch_takes_as_many_queries_as_a_file(filed: World) -> None:
    with CaptureQueriesContext(
        connection,
    ) as three:
        swept(date(2026, 1, 11))
    for _rank in range(5):
        filed.file()
    with CaptureQueriesContext(connection) as eight:
        assert swept(date(2026, 1, 11)).read == 8
    assert len(eight) == len(three)


def test_a_decided_file_is_left_alone(filed: World) -> None:
    with filed.as_():
        permit = Permit.objects.order_by("pk")[0]
    filed.record(permit, "decided", date(2026, 1, 9), outcome="refused")
    assert swept(date(2026, 3, 5)).read == 2


def test_the_command_tells_what_it_did(filed: World, on_day: Any) -> None:
    on_day(date(2026, 4, 6))
    told = StringIO()
    with factories.as_worker():
        call_command("sweep_permits", stdout=told)
    assert told.getvalue() == "3 dossiers lus, 3 changés.\n"


def test_the_nightly_task_sweeps(filed: World, on_day: Any) -> None:
    on_day(date(2026, 4, 6))

    class Context:
        class job:  # noqa: N801
            attempts = 0

    with factories.as_worker():
        tasks.sweep_permits(Context(), timestamp=0)
    assert states() == [State.GRANTED] * 3
