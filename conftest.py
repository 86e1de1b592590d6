"""Tests run under the web role: the database is made by its owner, then every connection assumes `arpent_web`."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from gis_core.operations import account
from gis_core.operations.environment import ROOT

if os.geteuid() == 0 and account.exists() and account.first_closed(ROOT):
    # The machine that tests may have cloned us where only root comes: what tests start stays root there.
    os.environ["ARPENT_AS_ROOT"] = "1"

pytest_plugins = ["tests.collection", "tests.rewriting"]

SHARED_DATA = Path(os.environ.get("ARPENT_SHARED_DATA", Path(__file__).parent.parent / "shared" / "data"))

DATABASE_FIXTURES = {"db", "transactional_db", "database", "django_db_setup"}


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real files, where the machine has them."""
    if not SHARED_DATA.is_dir():
        pytest.skip("real data is not on this machine (ARPENT_SHARED_DATA)")
    return SHARED_DATA


@pytest.fixture(scope="session", autouse=True)
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder of the run's own: files, cache and mail go there."""
    from django.conf import settings

    folder = tmp_path_factory.mktemp("data")
    kept = {
        name: getattr(settings, name)
        for name in ("DATA_DIR", "FILES_DIR", "CACHE_DIR", "INBOX_DIR", "PRINTS_DIR", "EXPORTS_DIR", "DELIVERIES_DIR")
    }
    settings.DATA_DIR = folder
    settings.DELIVERIES_DIR = folder / "deliveries"
    settings.FILES_DIR, settings.CACHE_DIR, settings.INBOX_DIR = (
        folder / "files",
        folder / "cache",
        folder / "files" / "inbox",
    )
    settings.PRINTS_DIR = folder / "files" / "prints"
    settings.EXPORTS_DIR = folder / "files" / "exports"
    settings.INBOX_DIR.mkdir(parents=True)
    yield folder
    for name, value in kept.items():
        setattr(settings, name, value)


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Argon2 in a thousandth of a second, where what is kept for people takes a fifth of one."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Argon2PasswordHasher, "time_cost", 1)
        patch.setattr(Argon2PasswordHasher, "memory_cost", 1024)
        yield


@pytest.fixture(scope="session", autouse=True)
def signed_in_just_now() -> Iterator[None]:
    """Whoever a test signs in without a password (`force_login`) counts as one who has just given it, and the second
    factor that they have.
    """
    from allauth.account.authentication import get_authentication_records
    from allauth.account.internal.flows.login import record_authentication
    from django.contrib.auth.signals import user_logged_in

    from gis_core.accounts.factor.requirement import has_factor

    def note(request: Any, user: Any, **_signal: Any) -> None:
        if not get_authentication_records(request, user):
            record_authentication(request, user, "password")
            if has_factor(user):
                record_authentication(request, user, "mfa")

    user_logged_in.connect(note, weak=False, dispatch_uid="signed in just now")
    yield
    user_logged_in.disconnect(dispatch_uid="signed in just now")


@pytest.fixture(scope="session", autouse=True)
def static_file_list() -> Iterator[None]:
    """Each test client makes the middleware anew, which would look at every static file again."""
    from whitenoise.middleware import WhiteNoiseMiddleware

    file_list: dict[str, Any] = {}
    list_files = WhiteNoiseMiddleware.add_files_from_finders

    def copy_file_list(middleware: WhiteNoiseMiddleware) -> None:
        if not file_list:
            list_files(middleware)
            file_list.update(middleware.files)
        middleware.files.update(file_list)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", copy_file_list)
        yield


def assume(role: str) -> None:
    from django.db import connections

    options: dict[str, Any] = connections["default"].settings_dict["OPTIONS"]
    options.pop("pool", None)
    options["assume_role"] = role
    connections["default"].close()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    assume("arpent_owner")


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """In the place of pytest-django's, which makes a database for marked tests alone: those of `database` are not."""
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    from tests.template_database import Copying

    with django_db_blocker.unblock():
        connection.creation = Copying(connection)
        made = setup_databases(verbosity=0, interactive=False)
        assume("arpent_web")
    yield
    with django_db_blocker.unblock():
        assume("arpent_owner")
        teardown_databases(made, verbosity=0)


@pytest.fixture
def database(django_db_setup: None, django_db_blocker: Any, data_dir: Path) -> Iterator[str]:
    """The test database's copy, which Django uses meanwhile: other processes see its rows."""
    from tests.copied_database import copied_database

    with django_db_blocker.unblock(), copied_database("worker", data_dir) as copy:
        yield copy


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    from django.utils import translation

    with translation.override("fr"):
        yield


@pytest.fixture(scope="session")
def kept_child(data_dir: Path) -> Iterator[Any]:
    """For the readers of tests that are not about readers."""
    from tests.shared_child import SharedChild

    shared = SharedChild(data_dir / "quarantine")
    yield shared
    shared.end_all()


@pytest.fixture(scope="session")
def kept_territory() -> Iterator[None]:
    """What generates the demo's territory finds it made."""
    from functools import lru_cache, partial

    from demo.territory import territory
    from tests.kept_territory import load_territory

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(territory, "_generate_once", lru_cache(partial(load_territory, territory._generate_once)))
        yield


@pytest.fixture(autouse=True)
def shared_child(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, kept_child: Any) -> None:
    from tests.shared_child import ALONE

    if not request.node.nodeid.startswith(ALONE):
        kept_child.patch(monkeypatch)


@pytest.fixture(autouse=True)
def database_clock_unknown(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test asks the database for its instant anew; one without a database has its process's clock."""
    from gis_core.database import clock as database_clock

    database_clock.forget()
    if not request.node.get_closest_marker("django_db") and not DATABASE_FIXTURES & set(request.fixturenames):
        monkeypatch.setattr(database_clock, "ask", lambda: datetime.now(UTC))


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """What this process keeps for some seconds of what it was asked: who saw what, how often somebody was refused, what
    was locked or away. A test that comes soon after another one is not answered by that.
    """
    from gis_core.database.lock_waits import locked
    from gis_core.database.outages import outage
    from gis_core.journal import keeping
    from gis_core.operations import security_journal
    from layers.ogc.kept import forget_layers
    from tiles.asking import forget_everybody

    locked.next_try.clear()
    locked.hurried_until = 0.0
    outage.known = False
    keeping._silent_until = 0.0
    security_journal._counts.clear()
    forget_layers()
    forget_everybody()


@pytest.fixture(params=[-86_400, 3_600], ids=["a day late", "an hour fast"])
def wrong_clock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> timedelta:
    """The clock of this process is wrong by as much; the database's is right."""
    from django.utils import timezone

    error, right_now, right_time = timedelta(seconds=request.param), timezone.now, time.time
    monkeypatch.setattr(timezone, "now", lambda: right_now() + error)
    monkeypatch.setattr(time, "time", lambda: right_time() + request.param)
    return error


@pytest.fixture
def client() -> Client:
    """A browser-like client whose errors are answers, as in production."""
    return Client(raise_request_exception=False, headers={"accept": "application/json"})
