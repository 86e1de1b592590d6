"""The example desk, installed as any other app is, and somebody who works with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module, reload
from pathlib import Path
from typing import Any

import pytest
from django.apps import AppConfig, apps
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import clear_url_caches

from gis_core import tasks as jobs
from gis_core.jobs.points import JOB_KINDS
from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Job, Member, User
from gis_core.wiring.points import POINTS
from tests import factories
from tests.module_rows import module_transaction

CHARGING = "tests.example_desk.charging"


@dataclass
class Person:
    """Somebody of a member at the browser, and the worker behind."""

    member: Member
    user: User
    client: Client

    def page(self, address: str, **query: Any) -> str:
        answer = self.client.get(address, query)
        assert answer.status_code == 200, (address, answer.status_code)
        return str(answer.content.decode())

    def post(self, address: str, sent: dict[str, Any]) -> str:
        answer = self.client.post(address, sent)
        assert answer.status_code == 302, answer.content[:300]
        work_off()
        return str(answer["location"])


def work_off() -> None:
    """Do the jobs that wait, as a worker would."""
    with acting_as(SYSTEM):
        waiting = list(Job.objects.filter(state=Job.State.WAITING).order_by("id"))
    for job in waiting:
        with factories.as_worker():
            jobs.run(job, jobs.import_target(JOB_KINDS.get(job.kind).work))


def person_of(member: Member, role: str = Role.GIS_ADMINISTRATOR) -> Person:
    user = factories.user(member, role)
    client = Client(headers={"accept": "text/html"})
    client.force_login(user)
    return Person(member, user, client)


@contextmanager
def installed(app: str) -> Iterator[None]:
    """The app beside the others, as its name in INSTALLED_APPS would put it there: they are not made ready again."""
    config = AppConfig.create(app)
    config.apps = apps
    apps.app_configs[config.label] = config
    try:
        config.import_models()
        yield
    finally:
        del apps.app_configs[config.label]


def read_again() -> None:
    """What is read once in a process: models, addresses."""
    apps.clear_cache()
    reload(import_module(settings.ROOT_URLCONF))
    clear_url_caches()


@contextmanager
def wired(app: str) -> Iterator[Any]:
    """The manifest of an app, whose table and layer are made as after any update.

    Addresses are read again when the points are those of the house once more: what comes after knows nothing of it.
    """
    try:
        with installed(app), pytest.MonkeyPatch.context() as patch:
            patch.setattr("gis_core.wiring.manifests._read", None)
            for point in POINTS.values():
                patch.setattr(point, "_items", None)
            read_again()
            manifest = import_module(f"{app}.manifest").MANIFEST
            with factories.as_owner():
                call_command("migrate", run_syncdb=True, verbosity=0)
            yield manifest
    finally:
        read_again()


@pytest.fixture(scope="module")
def charging(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """Wired once for the tests of a file: reading every address and making its table takes seconds."""
    with module_transaction(django_db_blocker), wired(CHARGING) as manifest:
        yield manifest


@pytest.fixture(autouse=True)
def inbox(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.INBOX_DIR = tmp_path / "inbox"
    settings.INBOX_DIR.mkdir()
    monkeypatch.setattr("gis_core.jobs.services.ProgressWriter.write", lambda *_arguments: None)
