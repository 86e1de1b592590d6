"""The migrated database that is kept in the test cluster, and its copies (`tests.template_database`)."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.imports.workers import address
from tests.template_database import (
    UNFINISHED,
    Server,
    alone,
    copy,
    drop,
    drop_with_sessions,
    fingerprint,
    fingerprint_of_files,
    provide,
)

TRIAL, COPY = "arpent_trial", "arpent_trial_copy"
# The owner, encoding, grants and settings of a database, whatever its name.
OF_ITSELF = """
    select pg_get_userbyid(datdba), encoding, datlocprovider, datlocale, array(select unnest(datacl)::text order by 1),
        array(select row(setrole, setconfig)::text from pg_db_role_setting where setdatabase = d.oid order by 1)
    from pg_database d where datname = %s
"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """The folder of an app, outside the tree."""
    for name in ("models.py", "sql/views.sql", "templates/page.html"):
        path = tmp_path / "app" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("before")
    return tmp_path / "app"


@pytest.fixture
def server(django_db_setup: None) -> Iterator[Server]:
    """A connection that makes databases, and none of ours left."""
    with alone() as opened:
        yield opened
        drop_with_sessions(opened, TRIAL + UNFINISHED)
        for name in (TRIAL, COPY):
            drop(opened, name)


def make_empty(server: Server, name: str) -> None:
    server.execute(f"create database {name} template template0")


def names(server: Server) -> set[str]:
    found = server.execute("select datname from pg_database where starts_with(datname, %s)", [TRIAL])
    return {name for (name,) in found.fetchall()}


@pytest.mark.parametrize("name", ["models.py", "sql/views.sql"])
def test_a_file_that_changes_changes_the_fingerprint(app: Path, name: str) -> None:
    before = fingerprint_of_files(app.parent, [app])
    (app / name).write_text("after")
    assert fingerprint_of_files(app.parent, [app]) != before


def test_a_file_more_changes_the_fingerprint(app: Path) -> None:
    before = fingerprint_of_files(app.parent, [app])
    (app / "sql/rules.sql").write_text("before")
    assert fingerprint_of_files(app.parent, [app]) != before


@pytest.mark.parametrize("name", ["templates/page.html", "__pycache__/models.pyc"])
def test_pages_and_what_python_writes_leave_the_fingerprint(app: Path, name: str) -> None:
    before = fingerprint_of_files(app.parent, [app])
    (app / name).parent.mkdir(exist_ok=True)
    (app / name).write_text("after")
    assert fingerprint_of_files(app.parent, [app]) == before


def test_the_fingerprint_stays_while_nothing_changes(server: Server) -> None:
    assert fingerprint(server) == fingerprint(server)


def test_a_run_at_a_chosen_instant_has_a_fingerprint_of_its_own(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {fingerprint(server)}
    for offset in ("+1000", "+1001"):
        monkeypatch.setenv("FAKETIME", offset)
        found.add(fingerprint(server))
    assert len(found) == 3


def test_one_that_is_there_is_not_made_again(server: Server) -> None:
    made: list[str] = []

    def make(name: str) -> None:
        made.append(name)
        make_empty(server, name)

    assert [provide(server, TRIAL, make) for _ in range(2)] == [True, False]
    assert made == [TRIAL + UNFINISHED]


def test_a_build_that_failed_is_not_taken(server: Server) -> None:
    def fail(name: str) -> None:
        make_empty(server, name)
        raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        provide(server, TRIAL, fail)
    assert names(server) == {TRIAL + UNFINISHED}
    assert provide(server, TRIAL, lambda name: make_empty(server, name))
    assert names(server) == {TRIAL}


def test_a_build_that_was_killed_is_made_again_while_postgresql_still_works_for_it(server: Server) -> None:
    make_empty(server, TRIAL + UNFINISHED)
    with psycopg.connect(**address(TRIAL + UNFINISHED), autocommit=True):
        assert provide(server, TRIAL, lambda name: make_empty(server, name))


def test_nobody_changes_the_one_that_is_kept(server: Server) -> None:
    provide(server, TRIAL, lambda name: make_empty(server, name))
    with pytest.raises(psycopg.OperationalError, match="not currently accepting connections"):
        psycopg.connect(**address(TRIAL))


def test_a_copy_has_the_grants_and_settings_of_its_original(server: Server) -> None:
    make_empty(server, TRIAL)
    for statement in (
        "revoke temporary on database {} from public",
        "revoke create on database {} from arpent_owner",
        "grant create on database {} to arpent_worker",
        "grant connect on database {} to arpent_web with grant option",
        "alter database {} set search_path = \"$user\", public, 'x=y'",
        "alter database {} set work_mem = '12MB'",
        "alter role arpent_owner in database {} set lock_timeout = '3s'",
    ):
        server.execute(statement.format(TRIAL))
    copy(server, TRIAL, COPY)
    of_original, of_copy = (server.execute(OF_ITSELF, [name]).fetchone() for name in (TRIAL, COPY))
    assert of_copy == of_original
    assert of_original is not None
    assert all(of_original[-2:])


def test_a_copy_of_one_without_grants_or_settings_has_none(server: Server) -> None:
    make_empty(server, TRIAL)
    copy(server, TRIAL, COPY)
    of_original, of_copy = (server.execute(OF_ITSELF, [name]).fetchone() for name in (TRIAL, COPY))
    assert of_copy == of_original
