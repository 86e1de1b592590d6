"""What was uploaded does not stay longer than its job."""

import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from procrastinate.job_context import AbortReason

from gis_core import tasks as jobs
from gis_core.members.rights import Role
from gis_core.models import Job
from layers.intake import tasks
from layers.intake.models import FileImport
from layers.intake.reference_source import Order, ReferenceSource
from layers.intake.services import reference
from tests import factories

pytestmark = pytest.mark.django_db
A_WEEK_S = 7 * 86_400


@pytest.fixture
def inbox(settings: Any, tmp_path: Path) -> Path:
    settings.INBOX_DIR = tmp_path
    return tmp_path


@pytest.fixture(autouse=True)
def no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's rows are not committed: another connection would wait for them."""
    monkeypatch.setattr("gis_core.jobs.services.ProgressWriter.write", lambda *_arguments: None)


def sent(inbox: Path, name: str = "abc", age_s: float = 0) -> Path:
    """An upload in the inbox, some seconds old."""
    folder = inbox / name
    folder.mkdir()
    (folder / "parcels.json").write_text("{}")
    os.utime(folder, (time.time() - age_s, time.time() - age_s))
    return folder


def importing(folder: str = "abc", imported: str = "applying", age: timedelta = timedelta(), **fields: Any) -> Job:
    """The job of an import of parcels in some state, made so long ago."""
    member = factories.member()
    user = factories.user(member, Role.GIS_ADMINISTRATOR)
    with factories.as_owner():
        made = FileImport.objects.create(
            source="etalab", title="parcels.json", owner=member, folder=folder, files=[{"name": "parcels.json"}],
            state=imported, touched_at=timezone.now() - age,
        )  # fmt: skip
    parameters = {"import": made.pk, "source": made.source}
    return factories.job(member, kind="import", started_by=user, parameters=parameters, **fields)


def test_the_files_of_an_import_that_fails_go_too(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_order: object) -> Any:
        raise RuntimeError("the database went away")

    broken = ReferenceSource(slug="etalab", label="", help="", run=fail)
    monkeypatch.setattr(reference, "get_source", lambda _slug: broken)
    sent(inbox)
    job = importing()
    with factories.as_worker(), pytest.raises(RuntimeError):
        jobs.run(job, tasks.import_files)
    assert list(inbox.iterdir()) == []


def test_the_files_of_an_import_that_the_worker_interrupts_stay(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def go_on(order: Order) -> Any:
        order.progress(0.5, "")

    slow = ReferenceSource(slug="etalab", label="", help="", run=go_on)
    monkeypatch.setattr(reference, "get_source", lambda _slug: slow)
    sent(inbox)
    job = importing()
    with factories.as_worker(), pytest.raises(jobs.Interrupted):
        jobs.run(job, tasks.import_files, lambda: AbortReason.SHUTDOWN)
    assert [path.name for path in inbox.iterdir()] == ["abc"]


def test_the_files_of_an_import_given_up_go(inbox: Path) -> None:
    sent(inbox)
    job = importing(state="running")
    with factories.as_worker():
        jobs.give_up(job.kind, {"job_id": job.pk})
    assert list(inbox.iterdir()) == []


def test_the_files_of_an_import_that_was_done_when_its_worker_was_killed_go(inbox: Path) -> None:
    sent(inbox)
    job = importing(imported="applied", state="done", report={"files": []})
    with factories.as_worker():
        jobs.run(job, tasks.import_files)
    assert list(inbox.iterdir()) == []


@pytest.mark.parametrize(("rest", "stay"), [("applying", ["abc"]), ("ready", ["abc"]), ("applied", [])])
def test_the_files_stay_that_somebody_goes_on_with_before_the_job_is_cleared_up(
    inbox: Path, rest: str, stay: list[str]
) -> None:
    sent(inbox)
    job = importing(imported="applied", state="done", report={"files": []})
    with factories.as_owner():
        at = timezone.now() if rest == "applied" else None
        FileImport.objects.create(source="etalab", title="rest", folder="abc", state=rest, applied_at=at)
    with factories.as_worker():
        jobs.run(job, tasks.import_files)
    assert [path.name for path in inbox.iterdir()] == stay


def test_every_night_old_uploads_go_that_no_import_will_take(inbox: Path) -> None:
    sent(inbox, "left", A_WEEK_S)
    sent(inbox, "failed", A_WEEK_S)
    importing(folder="failed", imported="refused", age=timedelta(days=8), state="failed")
    with factories.as_worker():
        tasks.sweep_inbox(0)
    assert list(inbox.iterdir()) == []


def test_every_night_uploads_stay_that_are_fresh_or_awaited(inbox: Path) -> None:
    sent(inbox, "fresh", 60)
    sent(inbox, "awaited", A_WEEK_S)
    importing(folder="awaited", age=timedelta(days=8))
    with factories.as_worker():
        tasks.sweep_inbox(0)
    assert sorted(path.name for path in inbox.iterdir()) == ["awaited", "fresh"]
