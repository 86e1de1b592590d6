"""An upgrade that fails or is killed at any step leaves the former version and its data, whole.

The version that it goes to is made for these tests: its migration is some SQL, its code a script. Everything else is
real: PostgreSQL, the copy of the database, links, files, a program that is killed.
"""

import multiprocessing
import os
import shutil
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gis_core.operations import maintenance
from gis_core.operations.bundle import Facts, this_machine
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import DATABASE, ROOT, Place
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.installation.layout import Layout
from gis_core.operations.upgrade import checks, return_point, site_control
from gis_core.operations.upgrade import run as upgrading
from gis_core.operations.upgrade import state as states
from gis_core.operations.upgrade.state import ORDER, Home, State
from tests.ops.conftest import temporary_place

FORMER, TARGET = "0.2.0", "0.3.0"
# What belongs to a database and is not in it, and rows of every kind that a half-done migration would change.
BEGINNING = """
alter role arpent_web in database arpent set work_mem = '12MB';
alter database arpent set search_path = public, "$user";
alter database arpent set default_text_search_config = 'pg_catalog.french';
alter database arpent connection limit 90;
revoke connect on database arpent from public;
grant connect on database arpent to arpent_web, arpent_worker;
create table public.kept (id int primary key, label text, geom geometry(point, 2154));
insert into public.kept select i, 'n° ' || i, st_setsrid(st_makepoint(i, i), 2154) from generate_series(1, 500) i;
create table public.django_migrations (app text, name text);
"""
# Interrupted after its first table: migrations are several transactions.
MIGRATION = "alter table kept add column more int default 1; delete from kept where id % 2 = 0;"
PICTURES = (
    "select * from kept order by id",
    "select r.rolname, unnest(s.setconfig) from pg_db_role_setting s left join pg_roles r on r.oid = s.setrole"
    " order by 1, 2",
    "select datname, (select array_agg(a::text order by a::text) from unnest(datacl) a), datconnlimit,"
    " pg_get_userbyid(datdba) from pg_database order by 1",
    "select extname, extversion from pg_extension order by 1",
    "select oid::regprocedure from pg_proc where proleakproof and pronamespace = 'public'::regnamespace order by 1",
)
SCRIPT = """#!/bin/sh
# The new version's program: its arguments end with what it is asked for.
case " $* " in
    *" migrate "*) {migrate} ;;
    *" smoke "*) {smoke} ;;
esac
"""


class Scene:
    """A folder of versions with the former one in use, and its data."""

    def __init__(self, place: Place, home: Home) -> None:
        self.place, self.home, self.cluster = place, home, Cluster(place)
        self.state = State(FORMER, TARGET, str(place.data), "nobody", 8045, ORDER[0])

    def write_version(self, smoke: str = "exit 0", also: str = "") -> None:
        """The version to go to, with the program that migrates and tries it out."""
        psql = f"psql -qX -v ON_ERROR_STOP=1 -h {self.cluster.socket} -U postgres -d {DATABASE}"
        program = self.home.version(TARGET) / ".venv" / "bin" / "python"
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(SCRIPT.format(migrate=f"{psql} -c '{MIGRATION}{also}'", smoke=smoke))
        program.chmod(0o755)

    def picture(self) -> list[str]:
        """The database, the files and the version in use, as text."""
        with self.cluster.lease():
            rows = [self.cluster.psql(DATABASE, "-c", query) for query in PICTURES]
        files = [f"{path}: {path.read_bytes()!r}" for path in sorted(self.place.files.rglob("*")) if path.is_file()]
        return [*rows, *files, self.home.current]

    def ended(self) -> bool:
        """Nothing of an upgrade is left: neither its state, nor its maintenance, nor its copy."""
        under_way = maintenance.Reader().read(self.place.run) is not None
        return self.home.read() is None and not under_way and not (self.place.run / maintenance.FILE).exists()


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("versions")
    (folder / FORMER).mkdir()
    (folder / "current").symlink_to(FORMER)
    with temporary_place() as place:
        scene = Scene(place, Home(folder))
        with scene.cluster.lease():
            scene.cluster.psql(DATABASE, *(word for line in BEGINNING.split(";\n")[:-1] for word in ("-c", line)))
        place.files.mkdir()
        (place.files / "document").write_bytes(b"kept")
        # Held for all tests: PostgreSQL starts once.
        with scene.cluster.lease():
            yield scene


@pytest.fixture
def before(scene: Scene) -> list[str]:
    scene.write_version()
    return scene.picture()


def fail_at(name: str) -> Callable[[upgrading.Upgrade, str], Callable[[], None]]:
    """The step is done and then fails: whatever it changed has to be undone."""
    action = upgrading.Upgrade.action

    def failing(upgrade: upgrading.Upgrade, step: str) -> Callable[[], None]:
        def act() -> None:
            action(upgrade, step)()
            if step == name:
                raise OperationFailedError("Panne d'essai.")

        return act

    return failing


@pytest.mark.parametrize("name", [step for step in ORDER if step != "open"])
def test_a_failure_at_any_step_gives_the_former_version_back(
    scene: Scene, before: list[str], name: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(upgrading.Upgrade, "action", fail_at(name))
    with pytest.raises(OperationFailedError, match=f"« {states.STEPS[name]} » .Panne d'essai.*{FORMER} est de nouveau"):
        upgrading.go(scene.home, scene.state)
    assert scene.picture() == before
    assert scene.ended()


def killed_at(home: Home, state: State, write_number: int, *, after: bool) -> None:
    """An upgrade whose program is killed when it writes its state for the nth time, before or after it did."""
    write, count = Home.write, 0

    def killing(self: Home, state: State) -> None:
        nonlocal count
        count += 1
        if after:
            write(self, state)
        if count == write_number:
            os.kill(os.getpid(), signal.SIGKILL)
        if not after:
            write(self, state)

    Home.write = killing  # type: ignore[method-assign]
    upgrading.go(home, state)


@pytest.mark.parametrize("after", [False, True], ids=["step done", "step begun"])
@pytest.mark.parametrize("number", range(2, len(ORDER) + 1), ids=ORDER[1:])
def test_what_was_killed_is_ended_by_resume(scene: Scene, before: list[str], number: int, after: bool):
    child = multiprocessing.get_context("fork").Process(
        target=killed_at, args=(scene.home, scene.state, number), kwargs={"after": after}
    )
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    state = scene.home.read()
    assert state is not None
    assert upgrading.resume(scene.home, state) == 0
    if state.step == "open":
        assert scene.home.current == TARGET
        begin_again(scene)
    assert scene.picture() == before
    assert scene.ended()


def begin_again(scene: Scene) -> None:
    """The former data, after an upgrade that went through."""
    scene.home.switch(FORMER)
    scene.cluster.psql(DATABASE, "-c", "drop table kept")
    table, rows = BEGINNING.split(";\n")[6:8]
    scene.cluster.psql(DATABASE, "-c", table, "-c", rows)


@pytest.mark.parametrize("number", [1, 2])
def test_a_return_that_is_killed_goes_on(scene: Scene, before: list[str], number: int, monkeypatch: pytest.MonkeyPatch):
    """Between the removal of the migrated database and the renaming of the copy, and just after."""
    upgrade = upgrading.Upgrade(scene.home, scene.state)
    upgrade.copy()
    upgrade.migrate()
    scene.home.write(State(**{**scene.state.__dict__, "step": "migrate"}))
    if number == 1:
        with return_point.administration(scene.cluster) as connection:
            return_point.drop(connection, DATABASE)
    else:
        return_point.put_back(scene.cluster)
    upgrading.resume(scene.home, scene.home.read())
    assert scene.picture() == before
    assert scene.ended()


def test_a_migration_that_stops_half_way_leaves_nothing(scene: Scene, before: list[str]):
    scene.write_version(also="commit; select 1 / 0;")
    with pytest.raises(OperationFailedError) as failure:
        upgrading.go(scene.home, scene.state)
    assert "division by zero" in failure.value.detail
    assert scene.picture() == before


def test_a_full_disk_is_said_and_nothing_is_lost(scene: Scene, before: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(10**9, 10**9, 10))  # type: ignore[attr-defined]
    with pytest.raises(OperationFailedError, match=r"« copie de la base.*libérez de la place"):
        upgrading.go(scene.home, scene.state)
    assert scene.picture() == before
    assert scene.ended()


def test_a_trial_that_fails_says_what_failed(scene: Scene, before: list[str]):
    scene.write_version(smoke="echo 'tile: 500'; exit 1")
    with pytest.raises(OperationFailedError, match="essais de la nouvelle version") as failure:
        upgrading.go(scene.home, scene.state)
    assert failure.value.detail == "tile: 500"
    assert scene.picture() == before


def test_an_upgrade_that_succeeds_leaves_the_new_version(
    scene: Scene, before: list[str], capsys: pytest.CaptureFixture[str]
):
    upgrading.go(scene.home, scene.state)
    assert scene.home.current == TARGET
    assert scene.cluster.psql(DATABASE, "-c", "select count(*), sum(more) from kept").strip() == "250|250"
    assert scene.cluster.psql("postgres", "-c", "select count(*) from pg_database").strip() == "4"
    assert scene.ended()
    assert "Indisponibilité" in capsys.readouterr().out
    begin_again(scene)


# -- what is refused before anything is touched -----------------------------------------------------------------------


def test_a_database_of_a_newer_version_is_refused(scene: Scene, before: list[str], tmp_path: Path):
    scene.cluster.psql(DATABASE, "-c", "insert into django_migrations values ('water', '0999_later')")
    try:
        with pytest.raises(OperationFailedError, match=r"plus récente qu'Arpent 0.3.0 .*dont water.0999_later"):
            checks.check_database(scene.place, tmp_path, ROOT, TARGET)
    finally:
        scene.cluster.psql(DATABASE, "-c", "delete from django_migrations")
    assert scene.picture() == before


def test_another_machine_or_postgresql_is_refused(scene: Scene):
    machine, debian = this_machine()
    with pytest.raises(OperationFailedError, match="fait pour Debian 12"):
        checks.check_machine(Facts(TARGET, "", FORMER, 17, "3.13", machine, "12"), scene.cluster)
    with pytest.raises(OperationFailedError, match="veut PostgreSQL 18, la base est en 17"):
        checks.check_machine(Facts(TARGET, "", FORMER, 18, "3.13", machine, debian), scene.cluster)


def test_a_clone_is_told_how_it_is_upgraded():
    with pytest.raises(OperationFailedError, match=r"UPGRADING.md"):
        checks.find_home()


def test_a_second_upgrade_waits_its_turn(scene: Scene):
    with scene.home.lock():
        assert scene.home.is_upgrading()
        with pytest.raises(OperationFailedError, match="déjà en cours"), scene.home.lock():
            pass
    assert not scene.home.is_upgrading()


def test_arpent_does_not_start_amid_an_interrupted_upgrade(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(states, "ROOT", scene.home.folder / FORMER)
    states.refuse_unfinished()
    scene.home.write(State(FORMER, TARGET, str(scene.place.data), "nobody", 8045, "migrate"))
    try:
        with pytest.raises(OperationFailedError, match=r"étape « mise à jour de la base ».*upgrade --resume"):
            states.refuse_unfinished()
        with scene.home.lock():
            states.refuse_unfinished()
    finally:
        scene.home.forget()


def test_a_link_leads_to_the_former_version_until_an_upgrade_has_ended(tmp_path: Path):
    home = states.Home(tmp_path)
    home.write(State(FORMER, TARGET, "/var/lib/arpent", "systemd", 8045, "start"))
    assert str((tmp_path / "former").readlink()) == FORMER
    home.forget()
    assert sorted(tmp_path.iterdir()) == []


def test_systemd_stops_what_uses_the_database_while_the_proxy_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A stand-in for systemctl writes down what it is asked; the web server is one that answers."""
    layout, place = Layout(tmp_path), Place(tmp_path / "data")
    layout.units.mkdir(parents=True)
    names = ["arpent-web.service", "arpent-worker.service", "arpent-backup.timer", "arpent-backup.service"]
    for name in [*names, "arpent-database.service", "arpent-proxy.service"]:
        (layout.units / name).touch()
    systemctl = tmp_path / "systemctl"
    systemctl.write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/asked\n')
    systemctl.chmod(0o755)
    monkeypatch.setattr(site_control, "SYSTEMCTL", str(systemctl))
    monkeypatch.setattr(site_control, "answers_at", lambda path: path.parent == layout.sockets)
    python = layout.python
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\necho "python $@" >>{tmp_path}/asked\n')
    python.chmod(0o755)
    maintenance.begin(place, "Arpent passe à <0.3.0>.", "18:30")
    page = layout.proxy / "refusals" / "503.html"
    services = site_control.Systemd(place, layout)
    services.stop()
    assert "Arpent passe à &lt;0.3.0&gt;. Retour prévu vers 18:30." in page.read_text()
    services.start()
    assert "Le site ne peut pas répondre en ce moment" in page.read_text()
    services.finish()
    assert (tmp_path / "asked").read_text().splitlines() == [
        f"stop {' '.join(names)} arpent-database.service",
        "python -P -m gis_core.operations install --services",
        "start arpent-web.service",
        "reload-or-restart arpent-proxy.service",
        "start arpent.target arpent-worker.service arpent-backup.timer",
    ]


def test_another_data_folder_than_the_installation_s_is_refused(tmp_path: Path):
    layout = Layout(tmp_path)
    layout.settings.mkdir(parents=True)
    answers = {"ARPENT_SITE_URL": "https://sig.exemple.fr", "ADMINISTRATOR_EMAIL": "claire@exemple.fr"}
    layout.answers.write_text("".join(f"{name}={value}\n" for name, value in answers.items()))
    with pytest.raises(OperationFailedError, match="Arpent est installé ici sur les données de /var/lib/arpent"):
        checks.check_data(Home(layout.versions), Place(tmp_path / "data"), layout)
    checks.check_data(Home(layout.versions), Place(Path("/var/lib/arpent")), layout)


@pytest.mark.parametrize(("status", "is_up"), [("200 OK", True), ("400 Bad Request", True), ("503 Busy", False)])
def test_a_web_process_is_asked_at_its_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: str, is_up: bool
):
    # A socket's path has 107 bytes at most, whatever folder the tests are in.
    monkeypatch.chdir(tmp_path)
    path = Path("web.sock")
    assert not site_control.answers_at(path)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()

        def answer() -> None:
            connection, _address = listening.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(f"HTTP/1.1 {status}\r\n\r\n".encode())

        thread = threading.Thread(target=answer)
        thread.start()
        assert site_control.answers_at(path) == is_up
        thread.join()
