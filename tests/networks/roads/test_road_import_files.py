"""Files of roads and assets that were sent stay as long as somebody may load them."""

import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gis_core import tasks as jobs
from gis_core.members.rights import Role
from gis_core.models import Job, Member
from layers.intake import tasks
from layers.intake.models import FileImport
from networks.roads.services import importing
from networks.roads.sources import MARKERS
from tests import factories


@pytest.fixture
def member(db: None) -> Member:
    return factories.member(factories.commune("45901"))


@pytest.fixture
def inbox(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.INBOX_DIR = tmp_path / "inbox"
    settings.INBOX_DIR.mkdir()
    monkeypatch.setattr("gis_core.jobs.services.ProgressWriter.write", lambda *_arguments: None)
    return Path(settings.INBOX_DIR)


def sent(inbox: Path, name: str, days: float) -> str:
    folder = inbox / name
    folder.mkdir()
    (folder / "pr.csv").write_text("route;pr;x;y\nD1;1;617000;6717000\n")
    os.utime(folder, (time.time() - days * 86_400,) * 2)
    return name


def brought(member: Member, folder: str, days: float = 0, **values: Any) -> FileImport:
    """An import of markers whose files lie in a folder; by default it was read."""
    given = {"state": FileImport.State.READY, "files": [{"name": "pr.csv"}]} | values
    with factories.as_owner():
        made = FileImport.objects.create(source=MARKERS.slug, title="pr.csv", owner=member, folder=folder, **given)
        FileImport.objects.filter(pk=made.pk).update(touched_at=timezone.now() - timedelta(days=days))
    return made


def job(made: FileImport, kind: str, **values: Any) -> Job:
    parameters = {"import": made.pk, "source": made.source}
    with factories.as_owner():
        return Job.objects.create(kind=kind, title="PR", owner=made.owner, parameters=parameters, **values)


def delivery(member: Member, folder: str, days: float, **values: Any) -> None:
    with factories.as_worker():
        made = FileImport.objects.create(source="road-assets", title="x", owner=member, folder=folder, **values)
        FileImport.objects.filter(pk=made.pk).update(touched_at=timezone.now() - timedelta(days=days))


def swept(inbox: Path) -> list[str]:
    with factories.as_worker():
        tasks.sweep_inbox(0)
    return sorted(one.name for one in inbox.iterdir())


def test_every_night_what_was_read_stays_for_a_week(member: Member, inbox: Path) -> None:
    for name, days in (("lately", 6), ("long-ago", 8)):
        brought(member, sent(inbox, name, days), days)
    assert swept(inbox) == ["lately"]


def test_every_night_assets_that_wait_for_their_mapping_stay_for_a_month(member: Member, inbox: Path) -> None:
    for name, days in (("lately", 29), ("long-ago", 31)):
        delivery(member, sent(inbox, name, days), days, state=FileImport.State.CHOOSING)
    delivery(member, sent(inbox, "loaded", 5), 5, state=FileImport.State.APPLIED, applied_at=timezone.now())
    assert swept(inbox) == ["lately"]


def fail(*_given: Any) -> Any:
    raise RuntimeError


@pytest.mark.parametrize(("step", "after"), [("apply_files", "ready"), ("plan_files", "refused")])
def test_files_stay_after_a_step_that_failed_unexpectedly(
    member: Member, inbox: Path, monkeypatch: pytest.MonkeyPatch, step: str, after: str
) -> None:
    user = factories.user(member, Role.NETWORK_TECHNICIAN)
    applying = step == "apply_files"
    made = brought(member, sent(inbox, "a", 0), state="applying" if applying else "reading")
    begun = job(made, "import_roads" if applying else "read_roads", started_by=user)
    monkeypatch.setattr(importing, step, fail)
    with factories.as_worker():
        with pytest.raises(RuntimeError):
            jobs.run(begun, tasks.apply_import if applying else tasks.read_files)
        made.refresh_from_db()
    assert ([one.name for one in inbox.iterdir()], made.state) == (["a"], after)


def test_files_that_were_loaded_are_there_no_more(member: Member, inbox: Path) -> None:
    brought(member, sent(inbox, "a", 5), 5, state="applied", applied_at=timezone.now())
    assert swept(inbox) == []


def test_a_load_that_failed_is_begun_anew_from_its_page(member: Member, inbox: Path) -> None:
    plan = {"counts": {"read": 1, "new": 1}, "written": False, "what": "markers", "compared": None}
    failed = brought(member, sent(inbox, "a", 0), message="Interrompu.", plan=plan)
    browser = Client()
    browser.force_login(factories.user(member, Role.NETWORK_TECHNICIAN))
    address = f"/voirie/importer/{failed.pk}/"
    assert "Charger de nouveau" in browser.get(address).content.decode()
    assert browser.post(address, {"action": "load"}).status_code == 302
    with factories.as_owner():
        assert Job.objects.filter(state=Job.State.WAITING, kind="import_roads").count() == 1
