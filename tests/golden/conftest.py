"""The world of the policy table at a fixed instant, its keys counted from the same number in every run."""

import itertools
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from gis_core.database import clock as database_clock
from tests import factories
from tests.policy.world import World, world_in_a_transaction

# Until they are the same on every machine and day: `ARPENT_GOLDEN=check ./arpent test tests/golden`.
collect_ignore_glob = [] if os.environ.get("ARPENT_GOLDEN") else ["test_*.py"]
NOW = datetime(2026, 9, 15, 8, 30, tzinfo=UTC)
FIRST_KEY = 70_001


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
    """That of the process and the one that it asks the database for; what SQL itself takes as now goes on."""
    database_clock.forget()
    patch.setattr(database_clock, "ask", lambda: NOW)
    patch.setattr(timezone, "now", lambda: NOW)


def count_keys_from(first: int) -> None:
    """Tests that share a database leave its sequences anywhere; no table has that many rows."""
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "select setval(seqrelid::regclass, %s, false) from pg_sequence join pg_class c on c.oid = seqrelid"
            " where c.relnamespace = 'public'::regnamespace and c.relname !~ '^procrastinate'",
            [first],
        )
