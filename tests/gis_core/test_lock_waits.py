"""A table that somebody holds locked: its readers are told at once, and nobody else waits."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from psycopg import sql

from gis_core.database import lock_waits
from gis_core.database.lock_waits import LockedLayers
from gis_core.http.proxied import from_the_proxy, with_whole_bodies
from layers.catalogue.models import Layer
from tests import factories


@pytest.fixture
def _django_db_helper(database: str) -> None:
    """Rows are kept: another connection sees them, in a copy of the database."""


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = LockedLayers()
    monkeypatch.setattr(lock_waits, "locked", fresh)
    monkeypatch.setattr("tiles.wsgi.locked", fresh)


@pytest.fixture
def lamps(db: None) -> Layer:
    made = factories.editable_layer(slug="lamps")
    factories.feature(made)
    return made


@contextmanager
def held(layer: Layer) -> Iterator[None]:
    """Another connection holds the layer's table; ours waits as the role of the site does."""
    other = connections.create_connection("default")
    with connection.cursor() as cursor:
        cursor.execute("set lock_timeout = '500ms'")
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("set role arpent_owner")
            cursor.execute(sql.SQL("lock table {} in access exclusive mode").format(sql.Identifier(layer.table)))
        yield
    finally:
        other.close()


def noting(sent: list[str]) -> Callable[..., Any]:
    """A wrapper of statements that keeps their text."""

    def note(run: Callable[..., Any], statement: Any, *given: Any) -> Any:
        sent.append(str(statement))
        return run(statement, *given)

    return note


def timed(client: Client, path: str) -> tuple[int, float]:
    begun = time.monotonic()
    answer = client.get(path)
    if answer.status_code == 503:
        assert answer["Retry-After"] == "5"
    return answer.status_code, time.monotonic() - begun


@pytest.mark.true_clock
@pytest.mark.parametrize("path", ["/ogc/collections/lamps/items", "/api/v1/layers/lamps/features/"])
def test_readers_of_a_locked_layer_are_told_at_once_and_others_are_served(
    client: Client, lamps: Layer, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody looks again whether it is free, however long ten requests take.
    monkeypatch.setattr(lock_waits, "PROBE_S", 3600.0)
    other = factories.editable_layer(slug="trees")
    factories.feature(other)
    elsewhere = path.replace("lamps", "trees")
    try:
        with held(lamps):
            first = timed(client, path)
            assert (first[0], first[1] < 2) == (503, True)
            sent: list[str] = []
            with connection.execute_wrapper(noting(sent)):
                assert {timed(client, path)[0] for _n in range(10)} == {503}
                assert timed(client, elsewhere)[0] == 200
            assert [one for one in sent if lamps.table in one] == [], "its rows were asked for, and waited for"
            assert [one for one in sent if other.table in one]
        lock_waits.locked.next_try[lamps.slug] = 0.0
        assert [timed(client, path)[0] for _n in range(2)] == [200, 200]
    finally:
        connections.close_all()


def test_who_may_not_see_a_locked_layer_is_told_that_there_is_none(client: Client, db: None) -> None:
    hidden = factories.editable_layer(slug="hidden", visibility=Layer.Visibility.OWNER)
    lock_waits.locked.note_timeout(hidden.slug)
    assert [client.get("/api/v1/layers/hidden/features/").status_code for _n in range(2)] == [404, 404]


def test_a_member_that_bears_the_name_of_a_locked_layer_is_served(client: Client, lamps: Layer) -> None:
    member = factories.member(slug="lamps")
    lock_waits.locked.note_timeout(lamps.slug)
    assert client.get(f"/api/v1/members/{member.slug}/").status_code != 503


def test_a_write_is_not_refused_unasked(client: Client, lamps: Layer) -> None:
    lock_waits.locked.note_timeout(lamps.slug)
    assert client.post("/api/v1/layers/lamps/edits/", {}, content_type="application/json").status_code != 503
    assert client.get("/api/v1/layers/lamps/features/").status_code == 503


def test_one_request_a_second_looks_whether_the_lock_is_gone() -> None:
    locked = LockedLayers()
    locked.note_timeout("lamps")
    assert locked.refuses("lamps")
    assert not locked.refuses("trees")
    locked.next_try["lamps"] = 0.0
    assert [locked.refuses("lamps") for _n in range(3)] == [False, True, True]
    locked.note_answer("lamps")
    assert not locked.refuses("lamps")


# -- between the server and Django ------------------------------------------------------------------------------------


class Arriving:
    """A body in pieces, as sockets give them; `ended` once its last byte was asked for."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)

    def read(self, _most: int) -> bytes:
        return self.pieces.pop(0) if self.pieces else b""


def test_a_body_is_whole_before_the_application_is_asked() -> None:
    arriving = Arriving(b"ab", b"cd", b"ef")

    def application(environ: dict[str, object], _start: object) -> list[bytes]:
        assert arriving.pieces == []
        return [environ["wsgi.input"].read()]  # type: ignore[attr-defined]

    environ = {"CONTENT_LENGTH": "6", "wsgi.input": arriving}
    assert list(with_whole_bodies(application)(environ, None)) == [b"abcdef"]


def test_the_proxy_tells_the_address_and_nobody_else_does() -> None:
    seen: list[dict[str, object]] = []

    def application(environ: dict[str, object], _start: object) -> list[bytes]:
        seen.append(dict(environ))
        return []

    from_the_proxy(application)({"REMOTE_ADDR": "", "HTTP_X_PEER_ADDRESS": "192.0.2.1"}, None)
    with_whole_bodies(application)({"REMOTE_ADDR": "192.0.2.9", "HTTP_X_PEER_ADDRESS": "127.0.0.1"}, None)
    assert [one["REMOTE_ADDR"] for one in seen] == ["192.0.2.1", "192.0.2.9"]


def test_a_statement_waits_longer_and_the_next_ones_as_before(db: None) -> None:
    def patience() -> str:
        with connection.cursor() as cursor:
            cursor.execute("show lock_timeout")
            return str(cursor.fetchone()[0])

    with transaction.atomic():
        before = patience()
        with lock_waits.lock_timeout("20s"):
            assert patience() == "20s"
        assert patience() == before
