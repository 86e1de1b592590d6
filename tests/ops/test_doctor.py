"""The doctor says each thing that is wrong with what to do, on a real cluster that is broken in that very way."""

import json
import os
import shutil
import smtplib
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gis_core.operations import account, doctor
from gis_core.operations.backup_status import Status, write_status
from gis_core.operations.cluster import Cluster
from gis_core.operations.contents import Connection
from gis_core.operations.doctor import database, machine, site
from gis_core.operations.doctor.finding import Finding, exit_code, failure, ok, run_checks, unknown, warning
from gis_core.operations.environment import Place
from gis_core.operations.failure import OperationFailedError
from tests.ops.conftest import temporary_place
from tests.ops.migrated import give_migrated

NAMES_A_FILE = """
create function arpent.files_of_trial() returns setof text language sql stable set search_path = pg_catalog
as $$ select 'permits/3/lost' $$
"""


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """Migrated, with its cluster running."""
    with temporary_place() as made:
        give_migrated(made)
        for folder in (made.files, made.run, made.logs, made.backups):
            folder.mkdir()
        with Cluster(made).lease():
            yield made


def of(findings: Iterable[Finding], check: str) -> list[Finding]:
    return [one for one in findings if one.check == check]


def findings_after(place: Place, change: str) -> list[Finding]:
    """What the database's checks say in a transaction that changed something, which is then taken back."""
    checks = database.CHECKS | {"files": partial(database.files, place=place)}
    with Cluster(place).connect("arpent") as connection:
        connection.execute(change.encode())
        findings = [one for check in checks.values() for one in check(connection)]
        connection.rollback()
    return findings


def test_a_sound_database_has_nothing_to_mend(place: Place) -> None:
    findings = list(doctor.examine_database(place, ""))
    assert [one for one in findings if one.state == "failure"] == []
    assert {one.check for one in findings} >= {*database.CHECKS, "files"}


@pytest.mark.parametrize(
    ("check", "change", "message"),
    [
        ("leakproof", "alter function geometry_within(geometry, geometry) not leakproof", "geometry_within"),
        ("roles", "alter role arpent_web bypassrls", "arpent_web échappe"),
        ("extensions", "drop extension unaccent cascade", "unaccent manque"),
        (
            "migrations",
            "delete from django_migrations where app = 'permits'",
            "migrations à appliquer, dont permits.0001",
        ),
        (
            "migrations",
            "insert into django_migrations (app, name, applied) values ('permits', '0999_later', now())",
            "d'une autre version, dont permits.0999_later",
        ),
    ],
)
def test_what_is_wrong_with_the_database_comes_with_what_to_do(
    place: Place, check: str, change: str, message: str
) -> None:
    failures = [one for one in of(findings_after(place, change), check) if one.state == "failure"]
    assert message in failures[0].message
    assert failures[0].remedy


def test_a_geometry_without_its_index_and_a_broken_index_are_said(place: Place) -> None:
    make = (
        "create table public.trial (geom geometry); insert into public.trial"
        " select st_point(n, n) from generate_series(1, 2000) n; analyze public.trial;"
        " create index trial_broken on public.trial ((1));"
        " update pg_index set indisvalid = false where indexrelid = 'public.trial_broken'::regclass"
    )
    by_state = {one.state: one.message for one in of(findings_after(place, make), "indexes")}
    assert "trial.geom" in by_state["warning"]
    assert "trial_broken" in by_state["failure"]


def test_a_job_that_waits_without_a_worker_is_said(place: Place) -> None:
    make = (
        "insert into procrastinate_jobs (queue_name, task_name, args, status, scheduled_at)"
        " values ('slow', 'trial', '{}', 'todo', now() - interval '1 hour')"
    )
    (job,) = of(findings_after(place, make), "jobs")
    assert job.state == "failure"
    assert "0 programme(s)" in job.message
    assert "depuis 60 minutes" in job.message
    assert "./arpent worker" in job.remedy


def test_lost_files_and_files_that_no_row_names_are_said(place: Place) -> None:
    orphan = place.files / "permits/4/orphan"
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(bytes(2**20))
    findings = findings_after(place, NAMES_A_FILE)
    assert "files/permits/3/lost" in of(findings, "files")[0].message
    assert "files/permits/4/orphan" in of(findings, "orphan-files")[0].message
    assert "1 Mio" in of(findings, "orphan-files")[0].message
    assert orphan.exists()
    shutil.rmtree(place.files / "permits")


def test_every_check_reads_only_and_not_for_ever(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def describe_session(connection: Connection) -> list[Finding]:
        row = connection.execute(
            "select current_setting('transaction_read_only'), current_setting('statement_timeout')"
        ).fetchone()
        return [ok("session", str(row))]

    monkeypatch.setattr(database, "CHECKS", {"first": describe_session, "second": describe_session})
    sessions = of(doctor.examine_database(place, ""), "session")
    assert [one.message for one in sessions] == ["('on', '1min')"] * 2


@pytest.mark.skipif(os.geteuid() != 0 or not account.exists(), reason="root hands over to the site's user")
def test_root_runs_nothing_that_the_site_wrote(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []

    def run(command: list[str], **_options: object) -> "subprocess.CompletedProcess[str]":
        commands.append(command)
        return subprocess.CompletedProcess(command, 0, "", "")

    folder = place.run / "proxy-1"
    folder.mkdir()
    (folder / "nginx.conf").write_text("load_module /tmp/x.so;\n")
    monkeypatch.setenv("ARPENT_AS_ROOT", "0")
    monkeypatch.setattr(subprocess, "run", run)
    list(site.proxy(place))
    list(site.send_test_message(place, "sig@exemple.fr"))
    assert [tuple(command[: len(account.SWITCH)]) for command in commands] == [account.SWITCH] * 2
    shutil.rmtree(folder)


def test_a_link_in_the_place_of_a_configuration_is_not_followed(place: Place) -> None:
    folder = place.run / "proxy-1"
    folder.mkdir()
    (folder / "nginx.conf").symlink_to("/etc/shadow")
    (finding,) = run_checks([("proxy", partial(site.proxy, place))])
    assert finding.state == "failure"
    assert "lien" in finding.message
    shutil.rmtree(folder)


def test_a_name_of_a_file_gives_no_order_to_the_terminal() -> None:
    line = doctor.describe(failure("files", "files/\x1b[2Jx\udcff absent", "…"))
    assert "\x1b" not in line
    assert line.encode()
    assert "\\x1b[2Jx\\udcff" in line


# -- machine ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("free", "state"), [(0.5, "failure"), (8, "warning"), (60, "ok")])
def test_room_on_the_disk(place: Place, monkeypatch: pytest.MonkeyPatch, free: float, state: str) -> None:
    usage = SimpleNamespace(total=100 * machine.GIB, free=int(free * machine.GIB))
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    assert {one.state for one in of(machine.disk_space(place), "disk-space")} == {state}


def test_the_speed_of_the_disk_is_measured_and_leaves_nothing(place: Place) -> None:
    before = sorted(place.data.iterdir())
    (finding,) = machine.disk_speed(place)
    assert "Mio/s" in finding.message
    assert sorted(place.data.iterdir()) == before


def test_a_full_disk_is_not_written_to(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = SimpleNamespace(total=100 * machine.GIB, free=machine.GIB // 2)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    (finding,) = machine.disk_speed(place)
    assert finding.state == "unknown"


def test_a_clock_before_what_is_already_written_is_a_failure(place: Place) -> None:
    ahead = (datetime.now(UTC) + timedelta(minutes=10)).isoformat()
    write_status(place.data, Status(since=ahead, begun_at=ahead))
    (finding,) = machine.clock(place)
    assert finding.state == "failure"
    assert "timedatectl" in finding.remedy
    (place.backups / "status.json").unlink()


# -- site -------------------------------------------------------------------------------------------------------------


def status(hours: float, failure: str = "", missing: int = 0) -> Status:
    done = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
    return Status(done, done, done, 1, failure, succeeded_at=done, file="arpent.tar", missing=missing)


@pytest.mark.parametrize(
    ("last", "state", "said"),
    [
        (None, "failure", "aucune sauvegarde vérifiée"),
        ({"hours": 2}, "ok", "il y a 2 h"),
        ({"hours": 50}, "failure", "il y a 50 h"),
        ({"hours": 2, "failure": "Le disque est plein."}, "warning", "Le disque est plein."),
        ({"hours": 2, "missing": 3}, "warning", "3 fichier(s) manquaient"),
    ],
)
def test_the_age_of_the_last_verified_backup(place: Place, last: dict[str, Any] | None, state: str, said: str) -> None:
    (place.backups / "status.json").unlink(missing_ok=True)
    if last:
        write_status(place.data, status(**last))
    found = of(site.backups(place), "backups")
    assert [one.state for one in found if said in one.message] == [state]


def test_a_site_that_does_not_answer(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("ARPENT_PORT", str(free.getsockname()[1]))
        (finding,) = site.answering(place)
    assert finding.state == "failure"
    assert "./arpent serve" in finding.remedy


def test_a_mail_server_that_hangs_is_waited_for_no_longer_than_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "ANSWER_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("ARPENT_EMAIL_URL", f"smtp://127.0.0.1:{silent.getsockname()[1]}")
        (finding,) = site.mail("")
    assert finding.state == "failure"
    assert "127.0.0.1" in finding.message


def test_without_a_mail_server_nobody_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ARPENT_EMAIL_URL", raising=False)
    (finding,) = site.mail("")
    assert (finding.state, "ARPENT_EMAIL_URL" in finding.remedy) == ("warning", True)


def test_a_refused_password_of_the_mail_server(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_options: object) -> None:
        raise smtplib.SMTPAuthenticationError(535, b"no")

    monkeypatch.setattr(site, "_sign_in", refuse)
    monkeypatch.setenv("ARPENT_EMAIL_URL", "smtp://127.0.0.1:2525")
    (finding,) = site.mail("")
    assert finding.state == "failure"
    assert "mot de passe" in finding.remedy


@pytest.fixture
def certificate_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Starts a TLS server whose certificate lasts so many days; the machine trusts it."""
    servers: list[socket.socket] = []

    def start(days: int) -> None:
        key, made = tmp_path / "key.pem", tmp_path / "cert.pem"
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(made)]
        command += ["-days", str(days), "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        subprocess.run(command, check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(made, key)
        listening = socket.create_server(("127.0.0.1", 0))
        servers.append(listening)
        threading.Thread(target=_answer, args=(listening, context), daemon=True).start()
        monkeypatch.setenv("SSL_CERT_FILE", str(made))
        monkeypatch.setenv("ARPENT_SITE_URL", f"https://localhost:{listening.getsockname()[1]}")

    yield start
    for server in servers:
        server.close()


def _answer(listening: socket.socket, context: ssl.SSLContext) -> None:
    try:
        plain, _address = listening.accept()
        with context.wrap_socket(plain, server_side=True) as secure:
            secure.recv(1)
    except OSError:
        pass


@pytest.mark.parametrize(("days", "state"), [(5, "warning"), (90, "ok")])
def test_the_end_of_the_certificate(place: Place, certificate_of: Callable[[int], None], days: int, state: str) -> None:
    certificate_of(days)
    (finding,) = site.certificate(place)
    assert finding.state == state
    assert f"({days - 1} jours)" in finding.message


def test_a_certificate_that_nobody_trusts(
    place: Place, certificate_of: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate_of(90)
    monkeypatch.delenv("SSL_CERT_FILE")
    (finding,) = site.certificate(place)
    assert finding.state == "failure"
    assert "self-signed" in finding.message


# -- what is said -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("findings", "code"),
    [
        ([ok("a", "")], 0),
        ([ok("a", ""), unknown("b", "")], 3),
        ([unknown("b", ""), warning("c", "", "")], 1),
        ([warning("c", "", ""), failure("d", "", "")], 2),
    ],
)
def test_the_exit_code_is_that_of_monitoring_plugins(findings: list[Finding], code: int) -> None:
    assert exit_code(findings) == code


def test_a_check_that_breaks_is_unknown_and_the_others_go_on() -> None:
    def breaks() -> list[Finding]:
        raise KeyError("x")

    def refuses() -> list[Finding]:
        raise OperationFailedError("Le disque est plein.", "raw")

    states = [one.state for one in run_checks([("a", breaks), ("b", refuses), ("c", lambda: [ok("c", "")])])]
    assert states == ["unknown", "failure", "ok"]


def test_the_command_answers_json_that_monitoring_reads(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    code = doctor.run(place, as_json=True)
    said = json.loads(capsys.readouterr().out)
    assert said["code"] == code == 2
    assert {"disk-space", "clock", "leakproof", "backups", "files"} <= {one["check"] for one in said["findings"]}
    assert all(one["remedy"] for one in said["findings"] if one["state"] in ("warning", "failure"))


def test_a_folder_that_is_no_installation_is_said_and_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path / "nothing")
    assert doctor.run(place) == 2
    assert "n'existe pas" in capsys.readouterr().out
    assert not place.data.exists()
