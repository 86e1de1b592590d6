"""The world of the policy table at a fixed instant, its keys counted from the same number in every run."""

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from gis_core import database_clock
from gis_core.services.jobs import ProgressWriter
from layers.imports.services import local
from tests import factories
from tests.golden.stories import end_transaction
from tests.golden.texts import begun
from tests.policy.world import World, world_in_a_transaction

NOW = datetime(2026, 9, 15, 8, 30, tzinfo=UTC)
FIRST_KEY = 70_001
SECRET = "what names of sessions are made of"


@pytest.fixture(scope="session", autouse=True)
def first_instant() -> None:
    begun()


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        stop_the_clocks(patch)
        patch.setattr(factories, "_numbers", itertools.count(1))
        count_keys_from(FIRST_KEY)
        with world_in_a_transaction() as made:
            yield made


@pytest.fixture(autouse=True)
def stopped(monkeypatch: pytest.MonkeyPatch, database_clock_unknown: None) -> None:
    stop_the_clocks(monkeypatch)


def stop_the_clocks(patch: pytest.MonkeyPatch) -> None:
    """That of the process and the one that it asks the database for; what SQL itself takes as now goes on. And what
    is derived from the platform's secret is that of no machine.
    """
    database_clock.forget()
    patch.setattr(database_clock, "ask", lambda: NOW)
    patch.setattr(timezone, "now", lambda: NOW)
    patch.setattr(settings, "SECRET_KEY", SECRET)


def count_keys_from(first: int) -> None:
    """Tests that share a database leave its sequences anywhere; no table has that many rows."""
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "select setval(seqrelid::regclass, %s, false) from pg_sequence join pg_class c on c.oid = seqrelid"
            " where c.relnamespace = 'public'::regnamespace and c.relname !~ '^procrastinate'",
            [first],
        )


@pytest.fixture
def first_rows(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path, db: None) -> None:
    """Whatever ran before, rows are counted from the same number, and files go to a folder of the test's own."""
    monkeypatch.setattr(factories, "_numbers", itertools.count(1))
    monkeypatch.setattr(ProgressWriter, "write", lambda *_told, **_more: None)
    monkeypatch.setattr(local, "step", partial(in_its_own_transaction, local.step))
    count_keys_from(FIRST_KEY)
    settings.FILES_DIR, settings.INBOX_DIR = tmp_path / "files", tmp_path / "files" / "inbox"
    settings.INBOX_DIR.mkdir(parents=True)


def in_its_own_transaction(step: Callable[..., Any], *given: Any) -> Any:
    """A command that imports a layer tries it out in a transaction, and applies it in another one."""
    done = step(*given)
    end_transaction()
    return done
