"""A PostgreSQL that others keep: prepared by the script that their administrator runs, then looked at, then used."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from gis_core.operations.bundle import Facts, this_machine
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import DB_USER, ROOT, Place, switch, uid_of, variables
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.installation import database_script, present_database
from gis_core.operations.manage import command_line
from gis_core.operations.processes import BIN
from gis_core.operations.upgrade import checks
from gis_core.operations.upgrade import run as upgrading
from gis_core.operations.upgrade.state import Home, State
from tests.ops.test_proxy import free_port

pytestmark = pytest.mark.skipif(os.geteuid() == 0 and uid_of(DB_USER) is None, reason="root has no user for PostgreSQL")


@dataclass(frozen=True)
class Server:
    """One that listens on a port and asks for passwords, but of its own superuser, by its socket."""

    folder: Path
    port: int

    @property
    def dsn(self) -> str:
        return f"postgresql://127.0.0.1:{self.port}/sig"

    @property
    def passwords(self) -> Path:
        return self.folder / "passwords"

    def run(self, file: Path) -> None:
        words = [BIN / "psql", "-X", "-q", "-h", self.folder, "-p", str(self.port), "-U", "postgres", "-d", "postgres"]
        done = subprocess.run([*words, "-f", file], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")

    @contextmanager
    def changed(self, statement: str, back: str) -> Iterator[None]:
        """What a superuser does to the database, and takes back."""
        opened = psycopg.connect(host=str(self.folder), port=self.port, user="postgres", dbname="sig", autocommit=True)
        with opened as connection:
            connection.execute(statement)
            try:
                yield
            finally:
                connection.execute(back)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="arpent-outside-"))
    if os.geteuid() == 0:
        shutil.chown(folder, DB_USER)
    folder.chmod(0o755)
    user = switch(DB_USER) if os.geteuid() == 0 else ()
    made, data = Server(folder, free_port()), folder / "data"
    options = ["--auth-local=trust", "--auth-host=scram-sha-256", "--locale=C.UTF-8", "--encoding=UTF8", "--no-sync"]
    listen = f"-p {made.port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    control = [*user, str(BIN / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log")]
    subprocess.run([*user, BIN / "initdb", "-D", data, "-U", "postgres", *options], check=True, capture_output=True)
    subprocess.run([*control, "-o", listen, "start"], check=True, stdout=subprocess.DEVNULL)
    try:
        yield made
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def script(server: Server) -> Path:
    """Run by its superuser, twice: it may be run again."""
    database_script.write_passwords(server.passwords, urlsplit(server.dsn))
    found = database_script.read_passwords(server.passwords, urlsplit(server.dsn))
    path = server.folder / "arpent.sql"
    path.write_text(database_script.script(urlsplit(server.dsn), found, server.passwords))
    for _time in range(2):
        server.run(path)
    return path


@pytest.fixture(autouse=True)
def settings(server: Server, script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the installer leaves them."""
    monkeypatch.setenv("ARPENT_DB_OUTSIDE", "1")
    monkeypatch.setenv("ARPENT_DB_HOST", "127.0.0.1")
    monkeypatch.setenv("ARPENT_DB_PORT", str(server.port))
    monkeypatch.setenv("ARPENT_DB_NAME", "sig")
    monkeypatch.setattr(present_database, "PASSWORDS", dict.fromkeys(("owner", "site"), server.passwords))
    monkeypatch.setattr("gis_core.operations.environment.PASSWORDS", dict.fromkeys(("owner", "site"), server.passwords))


def refusal() -> str:
    with pytest.raises(OperationFailedError) as refused:
        present_database.check(Place(Path("/nonexistent")))
    return refused.value.message


def test_a_server_that_ran_the_script_serves(capsys: pytest.CaptureFixture[str]) -> None:
    assert present_database.check(Place(Path("/nonexistent"))) == 0
    assert re.search(r"Recherche par l’emprise sous les droits : [\d.]+ ms", capsys.readouterr().out)


def test_the_script_holds_no_password(server: Server, script: Path) -> None:
    found = database_script.read_passwords(server.passwords, urlsplit(server.dsn))
    assert [word for word in found.values() if word in script.read_text()] == []
    assert script.read_text().count("SCRAM-SHA-256$4096:") == 3
    assert server.passwords.stat().st_mode & 0o777 == 0o600


def test_nothing_serves_with_the_rights_of_a_superuser(server: Server) -> None:
    with server.changed("alter role arpent_web bypassrls", "alter role arpent_web nobypassrls"):
        assert "arpent_web échappe(nt) aux droits sur les lignes" in refusal()


def test_without_leakproof_marks_it_is_refused_with_what_was_measured(server: Server) -> None:
    marked = "alter function geometry_overlaps(geometry, geometry) {} leakproof"
    with server.changed(marked.format("not"), marked.format("")):
        said = refusal()
    read, through_index = map(int, re.findall(r"(\d+) objets lus au lieu de (\d+)", said)[0])
    assert (read, through_index) == (200_000, 121)
    assert "200000 objets" in said


def test_the_database_of_a_newer_version_is_refused(server: Server) -> None:
    table = "create table django_migrations (app text, name text); insert into django_migrations values "
    back = "drop table django_migrations"
    with server.changed(f"{table} ('gis_core', '9999_later'); grant select on django_migrations to arpent_owner", back):
        said = refusal()
    assert "vient d’un Arpent plus récent" in said
    assert "gis_core.9999_later" in said


def test_a_missing_extension_is_named(server: Server) -> None:
    with server.changed("drop extension pgrouting", "create extension pgrouting schema public"):
        assert "pgrouting manque" in refusal()


def test_a_wrong_address_is_said_with_what_to_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARPENT_DB_PORT", str(free_port()))
    assert re.match(r"La base « sig » de 127\.0\.0\.1:\d+ ne laisse pas entrer arpent_owner : vérifiez", refusal())


def test_a_clock_ten_minutes_from_the_servers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Late(present_database.datetime):
        @classmethod
        def now(cls, tz: object = None) -> "Late":
            return super().now(tz) - timedelta(minutes=10)  # type: ignore[arg-type, return-value]

    monkeypatch.setattr(present_database, "datetime", Late)
    assert "diffèrent de 10 minutes" in refusal()


def test_processes_are_led_to_it_with_the_password_of_their_role(server: Server, tmp_path: Path) -> None:
    env = variables(Place(tmp_path), "web")
    words = [
        BIN / "psql",
        "-XAtq",
        "-h",
        env["ARPENT_DB_HOST"],
        "-p",
        env["ARPENT_DB_PORT"],
        "-U",
        env["ARPENT_DB_USER"],
    ]
    done = subprocess.run(
        [*words, "-d", env["ARPENT_DB_NAME"], "-c", "select current_user"],
        env={"PGPASSFILE": env["PGPASSFILE"], "PATH": env["PATH"]}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("arpent_web\n", "")


# -- an upgrade --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def migrated(server: Server, script: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Every table of this version, made by the owner alone."""
    place = Place(tmp_path_factory.mktemp("data"))
    settings = {"ARPENT_DB_OUTSIDE": "1", "ARPENT_DB_HOST": "127.0.0.1", "ARPENT_DB_PORT": str(server.port)}
    env = variables(place, "owner") | settings | {"ARPENT_DB_NAME": "sig", "PGPASSFILE": str(server.passwords)}
    subprocess.run(command_line("migrate", "--noinput"), cwd=ROOT, env=env, check=True, capture_output=True)
    return place


def picture(server: Server) -> list[str]:
    """All of the database as a superuser dumps it, marks and rights of extensions too; its objects in any order."""
    words = [BIN / "pg_dump", "-h", server.folder, "-p", str(server.port), "-U", "postgres", "--inserts", "sig"]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    # PostgreSQL writes the casts of `varchar in (...)` elsewhere after each reading of its own text: same meaning.
    lines = re.sub(r"::(character varying|text)(\[\])?|[()]", "", said).splitlines()
    marks = "select oid::regprocedure from pg_proc where proleakproof order by 1::text"
    psql = [BIN / "psql", "-XAtq", "-h", server.folder, "-p", str(server.port), "-U", "postgres", "-d", "sig"]
    found = subprocess.run([*psql, "-c", marks], capture_output=True, text=True, check=True).stdout
    return [*sorted(line for line in lines if not line.startswith(("\\restrict", "\\unrestrict"))), found]


def test_an_upgrade_that_fails_gives_the_outside_database_back(server: Server, migrated: Place, tmp_path: Path) -> None:
    home = Home(tmp_path)
    (tmp_path / "0.2.0").mkdir()
    home.switch("0.2.0")
    change = (
        "drop table gis_core_historyevent cascade; create schema later; create type public.later as enum ('x');"
        " create table later.t (i int); create function public.later() returns int language sql as 'select 1';"
        " alter table gis_core_member add column more int"
    )
    psql = f"{BIN}/psql -qX -v ON_ERROR_STOP=1 -h 127.0.0.1 -p {server.port} -U arpent_owner -d sig"
    program = home.version("0.3.0") / ".venv/bin/python"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nPGPASSFILE={server.passwords} {psql} -c "{change}"; exit 1\n')
    program.chmod(0o755)
    before = picture(server)
    with pytest.raises(OperationFailedError, match=r"« mise à jour de la base ».*0.2.0 est de nouveau en service"):
        upgrading.go(home, State("0.2.0", "0.3.0", str(migrated.data), "nobody", 8045, "maintenance"))
    assert picture(server) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.2.0", "0.3.0", "current"]


def test_the_outside_database_of_another_major_version_is_refused(migrated: Place) -> None:
    machine, debian = this_machine()
    with pytest.raises(OperationFailedError, match="veut PostgreSQL 18, la base est en 17"):
        checks.check_machine(Facts("0.3.0", "", "0.2.0", 18, "3.13", machine, debian), Cluster(migrated))
    assert checks.count_jobs(Cluster(migrated)) == 0
