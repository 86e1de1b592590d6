"""Two workers at the same time, on rows that are committed."""

from collections.abc import Callable
from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, transaction

from gis_core.errors import Unavailable
from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Job
from permits.models import Permit
from permits.services import sheets, sweeping
from permits.services.reminding import claim
from permits.services.sweeping import Swept, sweep
from tests.permits.conftest import made_world


def at_once[Found](work: Callable[[], Found]) -> list[Found]:
    """What two threads find that begin together, each with its own connection."""
    start, found = Barrier(2), []

    def run() -> None:
        try:
            start.wait()
            found.append(work())
        finally:
            connection.close()

    threads = [Thread(target=run) for _rank in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_of_two_workers_one_writes_to_a_person(database: str) -> None:
    person = made_world().people[Role.PERMIT_INSTRUCTOR]
    assert sorted(at_once(lambda: claim(person, date(2026, 2, 4)))) == [False, True]


def test_two_sweeps_change_each_file_once(database: str, on_day: Any, monkeypatch: Any) -> None:
    on_day(date(2026, 1, 10))
    monkeypatch.setattr(sweeping, "BATCH", 2)
    world = made_world()
    with world.as_():
        for _rank in range(6):
            world.file(applicant=None)

    def swept() -> Swept:
        with acting_as(SYSTEM):
            return sweep(date(2026, 4, 6))

    found = at_once(swept)
    assert sum(one.changed for one in found) == 6
    with acting_as(SYSTEM), transaction.atomic():
        assert set(Permit.objects.values_list("state", flat=True)) == {"granted"}


def test_nobody_waits_for_a_sheet_that_is_being_composed(database: str, monkeypatch: Any) -> None:
    """It takes seconds: the decision that is recorded meanwhile would be refused."""
    world, free = made_world(), []
    with world.as_():
        permit = world.file()
    instructor = world.people[Role.PERMIT_INSTRUCTOR]

    def lock_the_file() -> None:
        try:
            with acting_as(SYSTEM), transaction.atomic():
                free.append(Permit.objects.select_for_update(nowait=True).get(pk=permit.pk).pk)
        finally:
            connection.close()

    def compose(*_given: Any, **_more: Any) -> None:
        other = Thread(target=lock_the_file)
        other.start()
        other.join()
        raise Unavailable("enough")

    monkeypatch.setattr(sheets, "compose_sheet", compose)
    job = Job(kind=sheets.KIND, started_by=instructor, parameters={"permit": permit.pk, "site": ""})
    with world.as_(), transaction.atomic(), pytest.raises(Unavailable):
        sheets.freeze_sheet(job, world.rights())
    assert free == [permit.pk]
