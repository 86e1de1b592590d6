"""An import whose worker stops: real worker processes on a copy of the test database, where rows are committed."""

import json
import signal
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from gis_core.jobs.services import BEAT_S, LOST_AFTER_S, describe_job, start_job
from gis_core.members.rights import SYSTEM, Role, acting_as, rights_of
from gis_core.models import HistoryEvent, Job
from layers.cadastre.models import Parcel
from layers.intake.services.orders import start_import
from tests import factories
from tests.imports.hasty_worker import MODULE
from tests.imports.workers import LOST_S, PATIENCE_S, bury, locked, somebody_waits, started_worker, until, worker

pytestmark = pytest.mark.django_db
PARCELS = 2_000


@pytest.fixture
def _django_db_helper(database: str) -> None:
    """In place of pytest-django's, which would open a transaction that no worker sees into."""


@pytest.fixture
def job(database: str, settings: Any, tmp_path: Path) -> Job:
    """An import that waits for a worker."""
    settings.INBOX_DIR = tmp_path / "files" / "inbox"
    member = factories.member(factories.commune("45901"))
    user = factories.user(member, Role.GIS_ADMINISTRATOR)
    content = json.dumps({"type": "FeatureCollection", "features": [parcel(number) for number in range(PARCELS)]})
    file: Any = SimpleUploadedFile("cadastre-parcelles.json", content.encode())
    with acting_as(rights_of(user)):
        return start_import(source="etalab", member="", files=[file], user=user, rights=rights_of(user))


def parcel(number: int) -> dict[str, Any]:
    west, south = 1.9 + number % 50 * 0.002, 47.55 + number // 50 * 0.002
    ring = [[west, south], [west + 0.001, south], [west + 0.001, south + 0.001], [west, south]]
    given = {"commune": "45901", "prefixe": "000", "section": "AB", "numero": str(number)}
    identifier = f"45901000AB{number:04d}"
    return {
        "type": "Feature",
        "id": identifier,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"id": identifier, **given},
    }


def now(job: Job) -> Job:
    with factories.as_worker():
        job.refresh_from_db()
    return job


def queued() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select status from procrastinate_jobs where task_name = 'import'")
        return str(cursor.fetchone()[0])


def imported_once() -> bool:
    with factories.as_owner():
        events = HistoryEvent.objects.filter(kind="import").count()
    return (events, Parcel.objects.count()) == (1, PARCELS)


def test_a_killed_workers_import_says_so_and_is_taken_up(database: str, job: Job, tmp_path: Path) -> None:
    with worker(database, tmp_path) as killed, locked(database, "cadastre_parcel"):
        until(somebody_waits)
        assert describe_job(now(job))[0] == "En cours"
        killed.kill()
        said_after = until(lambda: describe_job(now(job))[0] == "En attente")
    assert said_after < LOST_AFTER_S + BEAT_S
    with started_worker(database, tmp_path):
        assert until(lambda: now(job).state == "done") < LOST_AFTER_S
    assert imported_once()


def test_a_worker_that_runs_takes_up_what_a_killed_one_left(database: str, job: Job, tmp_path: Path) -> None:
    with worker(database, tmp_path, module=MODULE) as killed, locked(database, "cadastre_parcel"):
        until(somebody_waits)
        killed.kill()
    with worker(database, tmp_path, module=MODULE):
        until(lambda: now(job).state == "done", LOST_S)
    assert imported_once()


def test_a_worker_killed_after_the_import_has_imported_once(database: str, job: Job, tmp_path: Path) -> None:
    with worker(database, tmp_path) as killed, ExitStack() as queue:
        with locked(database, "cadastre_parcel"):
            until(somebody_waits)
            queue.enter_context(locked(database, "procrastinate_jobs", "share"))
        until(lambda: now(job).state == "done")
        until(somebody_waits)
        killed.kill()
        bury()
    assert queued() == "doing"
    with worker(database, tmp_path):
        until(lambda: queued() == "succeeded")
    assert now(job).state == "done"
    assert imported_once()


def test_what_somebody_waits_for_runs_beside_a_long_job(database: str, job: Job, tmp_path: Path) -> None:
    with worker(database, tmp_path) as busy:
        with locked(database, "cadastre_parcel"):
            until(somebody_waits)
            with acting_as(SYSTEM):
                short = start_job(kind="try_notice", title="Essai", owner=job.owner, started_by=job.started_by,
                                  parameters={"notice": 0}, rights=SYSTEM)  # fmt: skip
            until(lambda: now(short).state == "failed")
            assert now(job).state == "running"
        until(lambda: now(job).state == "done")
        busy.send_signal(signal.SIGTERM)
        assert busy.wait(PATIENCE_S) == 0


def test_an_import_of_a_worker_that_is_told_to_stop_waits_for_the_next(database: str, job: Job, tmp_path: Path) -> None:
    with worker(database, tmp_path) as stopped:
        with locked(database, "gis_core_territory"):
            until(somebody_waits)
            stopped.send_signal(signal.SIGTERM)
            until(lambda: stopped.poll() is not None or not somebody_waits())
        assert stopped.wait(PATIENCE_S) == 0
    assert (now(job).state, queued()) == ("waiting", "todo")
    assert "s’est arrêté" in describe_job(job)[1]
    with worker(database, tmp_path, "--once") as following:
        assert following.wait(PATIENCE_S) == 0
    assert now(job).state == "done"
    assert imported_once()
