"""Imports of layers whose worker is killed, and two at once: everything is there, or nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from gis_core.errors import Conflict
from layers.intake.layer_sources import LAYER
from layers.intake.models import FileImport
from layers.intake.services import imports
from tests.imports.conftest import Desk, point, rows_of, square
from tests.imports.workers import LOST_S, bury, locked, somebody_waits, until, worker

pytestmark = pytest.mark.django_db
COUNT = 300


@pytest.fixture
def _django_db_helper(database: str) -> None:
    """In place of pytest-django's, which would open a transaction that no worker sees into."""


@pytest.fixture
def inbox(settings: Any, tmp_path: Path) -> Path:
    """Where the workers look for files."""
    settings.INBOX_DIR = tmp_path / "files" / "inbox"
    settings.INBOX_DIR.mkdir(parents=True)
    return Path(settings.INBOX_DIR)


def queued(desk: Desk, made: FileImport) -> FileImport:
    """Its application waits for a worker."""
    with desk.asking():
        return imports.start_applying(LAYER, made.pk, user=desk.user, rights=desk.rights)


def state(desk: Desk, made: FileImport) -> str:
    return desk.again(made).state


def tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relkind = 'r' and relname like 'layer\\_%' order by 1")
        return [name for (name,) in cursor.fetchall()]


def applied(desk: Desk, made: FileImport) -> Callable[[], bool]:
    return lambda: state(desk, made) == "applied"


def test_a_worker_killed_while_it_publishes_leaves_nothing_and_the_next_publishes_once(
    desk: Desk, database: str, tmp_path: Path
) -> None:
    delivery = desk.file([point(number) for number in range(COUNT)])
    made = queued(desk, desk.order(delivery, "create", desk.choices(delivery)))
    with worker(database, tmp_path) as killed, locked(database, "catalogue_layer", "share row exclusive"):
        until(somebody_waits)
        killed.kill()
        bury()
    assert tables() == []
    with worker(database, tmp_path):
        until(applied(desk, made), LOST_S)
    assert len(tables()) == 1
    assert len(rows_of(desk.again(made).layer, "id")) == COUNT


def test_a_worker_killed_while_it_synchronises_leaves_the_layer_as_it_was(
    desk: Desk, database: str, tmp_path: Path
) -> None:
    layer = desk.published([square(1, etat="bon"), square(2, etat="bon")], key="ref").layer
    assert layer is not None
    made = desk.brought("synchronise", layer, [square(1, etat="usé"), square(3, etat="neuf")])
    queued(desk, made)
    with worker(database, tmp_path) as killed, locked(database, "gis_core_rowhistory", "share row exclusive"):
        until(somebody_waits)
        killed.kill()
        bury()
    assert rows_of(layer, "ref", "etat") == [("S1", "bon"), ("S2", "bon")]
    with worker(database, tmp_path):
        until(applied(desk, made), LOST_S)
    assert rows_of(layer, "ref", "etat") == [("S1", "usé"), ("S3", "neuf")]


def test_of_two_synchronisations_at_once_the_second_is_compared_again(
    desk: Desk, database: str, tmp_path: Path
) -> None:
    layer = desk.published([square(1, etat="bon")], key="ref").layer
    assert layer is not None
    orders = [desk.brought("synchronise", layer, [square(1, etat=word)]) for word in ("usé", "neuf")]
    for made in orders:
        queued(desk, made)
    with locked(database, layer.table), worker(database, tmp_path), worker(database, tmp_path):
        until(somebody_waits)
    with worker(database, tmp_path):
        until(lambda: sorted(state(desk, made) for made in orders) == ["applied", "ready"], LOST_S)
    assert rows_of(layer, "version") == [(2,)]


def test_two_appends_at_once_both_come_in(desk: Desk, database: str, tmp_path: Path) -> None:
    layer = desk.published([point(0)], key="ref").layer
    assert layer is not None
    orders = [desk.brought("append", layer, [point(number)]) for number in (1, 2)]
    for made in orders:
        queued(desk, made)
    with worker(database, tmp_path), worker(database, tmp_path):
        until(lambda: all(state(desk, made) == "applied" for made in orders), LOST_S)
    assert sorted(rows_of(layer, "ref")) == [("P0",), ("P1",), ("P2",)]


def test_a_second_press_of_the_button_applies_nothing_twice(desk: Desk) -> None:
    layer = desk.published([point(0)]).layer
    made = desk.brought("append", layer, [point(1)])
    queued(desk, made)
    with pytest.raises(Conflict):
        queued(desk, made)
    desk.work_off()
    assert rows_of(layer, "ref") == [("P0",), ("P1",)]
