import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gis_core.operations import services
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import PYTHON, ROOT, Place
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.processes import client_environment, wait_until
from gis_core.operations.services import (
    MOST_RESTARTS,
    RUN_VARIABLE,
    Group,
    Restarts,
    Service,
    end_leftovers,
    find_run_pids,
)

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"

# Works for long without waiting for anything, so that it does not notice that its postmaster is gone.
BUSY = "select count(*) from (select sin(n) from generate_series(1, 2000000000) n) as numbers"
AT_WORK = "select query from pg_stat_activity where state = 'active' and pid <> pg_backend_pid()"


def service(program: str, log: Path) -> Service:
    return Service("Le programme", [sys.executable, "-c", program], dict(os.environ), log)


def test_a_service_that_ignores_the_signal_is_ended_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gis_core.operations.services.STOP_SECONDS", 0.5)
    group = Group("stubborn-run")
    group.start(service(STUBBORN, tmp_path / "log"))
    assert wait_until(lambda: "up" in (tmp_path / "log").read_text(), 10)
    group.stop()
    assert find_run_pids("stubborn-run") == []


def test_a_service_that_fails_is_named_with_the_end_of_its_log(tmp_path: Path):
    group = Group("failing-run")
    group.start(service("raise SystemExit('no database')", tmp_path / "log"))
    with pytest.raises(OperationFailedError, match=r"s'est arrêté \(code 1\)") as failure:
        group.wait(0.05)
    group.stop()
    assert failure.value.detail == "no database"


def test_a_killed_service_that_lived_a_while_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gis_core.operations.services.SOUND_SECONDS", 0)
    group = Group("revived-run")
    group.start(service("import time; time.sleep(60)", tmp_path / "log"))
    group.revive()
    assert wait_until(lambda: bool(find_run_pids("revived-run")), 10)
    (first,) = find_run_pids("revived-run")
    os.kill(first, signal.SIGKILL)
    assert wait_until(lambda: pids_after_revival(group) != [first], 10)
    assert wait_until(lambda: find_run_pids("revived-run") not in ([], [first]), 10)
    group.check()
    group.stop()


def test_a_service_that_is_killed_at_once_is_not_started_again(tmp_path: Path):
    group = Group("doomed-run")
    group.start(service("import os; os.kill(os.getpid(), 9)", tmp_path / "log"))
    with pytest.raises(OperationFailedError, match="code -9"):
        group.wait(0.05)
    group.stop()


def test_services_end_when_their_supervisor_is_killed(tmp_path: Path):
    program = (
        "import os, pathlib, sys, time; from gis_core.operations.services import Group, Service\n"
        "command = [sys.executable, '-c', 'import time; print(1, flush=True); time.sleep(60)']\n"
        "Group('orphan-run').start(Service('s', command, dict(os.environ))); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as supervisor:
        assert supervisor.stdout
        # The service itself has begun: from then on it ends with whoever started it.
        assert supervisor.stdout.readline() == b"1\n"
        assert find_run_pids("orphan-run")
        supervisor.kill()
        supervisor.wait()
        assert wait_until(lambda: not find_run_pids("orphan-run"), 20)


def test_leftovers_of_an_earlier_run_are_found_by_their_mark():
    left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], env={RUN_VARIABLE: "left-run"})
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], env={RUN_VARIABLE: "other"})
    assert wait_until(lambda: all(map(find_run_pids, ("left-run", "other"))), 10)
    end_leftovers("left-run")
    assert left.wait(5) == -signal.SIGTERM
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_every_restart_is_told_and_waits_longer_until_it_is_too_much(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    now = 1000.0
    monkeypatch.setattr("gis_core.operations.services.time.monotonic", lambda: now)
    restarts, waited = Restarts("Le programme"), []
    for _ in range(MOST_RESTARTS):
        begun = now
        while not restarts.due("s'est arrêté (code 7)"):
            now += 0.5
        waited.append(now - begun)
    assert waited == [0, 1, 2, 4, 8, 16, 30, 30, 30, 30]
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == MOST_RESTARTS
    assert lines[1].endswith("Z Le programme s'est arrêté (code 7), 2 fois en 600 s : repart dans 1 s.")
    with pytest.raises(OperationFailedError, match=f"{MOST_RESTARTS + 1} fois en 600 s"):
        restarts.due("s'est arrêté (code 7)")
    now += 3600
    restarts.due_at = None
    assert restarts.due("s'est arrêté (code 7)")


def test_what_a_killed_service_leaves_behind_does_not_keep_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gis_core.operations.services.SOUND_SECONDS", 0)
    parent = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
    group = Group("parent-run")
    group.start(service(parent, tmp_path / "log"))
    assert wait_until(lambda: len(find_run_pids("parent-run")) == 2, 10)
    group.revive()
    before = set(find_run_pids("parent-run"))
    (first,) = group.pids
    os.kill(first, signal.SIGKILL)
    # The kernel may take a moment until the killed one can be waited for.
    assert wait_until(lambda: pids_after_revival(group) != [first], 10)
    assert wait_until(lambda: len(find_run_pids("parent-run")) == 2, 10)
    assert not before & set(find_run_pids("parent-run"))
    group.stop()


def test_a_service_that_ends_well_by_itself_is_started_again_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gis_core.operations.services.SOUND_SECONDS", 0)
    group = Group("ended-run")
    group.start(service("import time; time.sleep(0.5)", tmp_path / "log"))
    (first,) = group.pids
    group.revive()
    assert wait_until(lambda: pids_after_revival(group) != [first], 20)
    group.stop()


def test_a_killed_server_starts_again_although_a_backend_is_still_at_work(
    place: Place, capsys: pytest.CaptureFixture[str]
):
    cluster = Cluster(place)
    cluster.start()
    group = Group("database-run", cluster)
    busy = subprocess.Popen([*cluster.client("psql"), "-d", "postgres", "-c", BUSY], env=client_environment())
    assert wait_until(lambda: "generate_series" in cluster.psql("postgres", "-c", AT_WORK), 10)
    killed = cluster.running_pid()
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    assert wait_until(lambda: cluster.running_pid() is None, 20)
    # One attempt: it would fail while that backend is there.
    group.revive()
    assert cluster.running_pid() not in (None, killed)
    assert cluster.psql("postgres", "-c", "select 1").strip() == "1"
    assert "PostgreSQL est reparti." in capsys.readouterr().out
    busy.wait(60)


def pids_after_revival(group: Group) -> list[int]:
    group.revive()
    return group.pids


COUNTS = """
from gis_core.operations.multiprocess import share_between_processes
share_between_processes()
from prometheus_client import Counter, Gauge
Counter("asked", "").inc()
Gauge("running", "", multiprocess_mode="livesum").inc()
{more}
"""
TOLD = """
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
registry = CollectorRegistry()
MultiProcessCollector(registry)
print(generate_latest(registry).decode())
"""


def test_web_processes_count_together_and_what_a_dead_one_was_doing_is_forgotten(place: Place):
    first, second = services.web(place, 8000)
    for more in ("", TOLD):
        told = subprocess.run(
            [str(PYTHON), "-c", COUNTS.format(more=more)],
            cwd=ROOT, env=(second if more else first).env, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
    assert "asked_total 2.0" in told
    assert "running 1.0" in told
