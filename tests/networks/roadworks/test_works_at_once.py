"""Works and their detours changed at the same time, in real transactions: one waits, both are kept."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction

from networks.roadworks.models import Work, WorkDetour
from networks.roadworks.services import keeping, works
from tests import factories
from tests.networks.conftest import Network
from tests.networks.roadworks.works import stretch, work

PATIENCE_S = 60.0
type Change = Callable[[Network, Work], object]


@pytest.fixture
def _django_db_helper(database: str) -> None:
    """Rows are kept: several connections see them, in a copy of the database."""


def other_days(network: Network, made: Work) -> object:
    later = made.ends_on + timedelta(days=1)
    return works.change(work=made, version=made.version, rights=network.rights(), ends_on=later)


def cancelled(network: Network, made: Work) -> object:
    return works.cancel(work=made, version=made.version, rights=network.rights())


@pytest.mark.parametrize(("change", "state"), [(other_days, "planned"), (cancelled, "planned"), (cancelled, "draft")])
def test_works_are_changed_while_somebody_edits_their_detour(network: Network, change: Change, state: str) -> None:
    with transaction.atomic():
        made = work(network, measure="closed", state=state)
        with factories.as_worker():
            detour = WorkDetour.objects.create(owner=made.owner, work=made, geom=stretch((0, 400), (100, 400))[0])
    told: list[Exception] = []
    number: list[int] = []

    def run() -> None:
        try:
            with network.as_(), transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("select pg_backend_pid()")
                    number.append(cursor.fetchone()[0])
                change(network, made)
        except Exception as error:
            told.append(error)
        finally:
            connections.close_all()

    other = threading.Thread(target=run)
    with network.as_(), transaction.atomic():
        # As an edit on the map: the row, then the layer.
        WorkDetour.objects.filter(pk=detour.pk).update(comment="par le bourg")
        other.start()
        wait_for(other, number)
        works.announce_layer(keeping.SLUG)
    other.join(PATIENCE_S)
    assert told == []
    assert not other.is_alive()


def wait_for(other: threading.Thread, number: list[int]) -> None:
    """Until it waits for us."""
    until = time.monotonic() + PATIENCE_S
    while other.is_alive() and time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from pg_locks where pid = any(%s) and not granted", [number])
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
