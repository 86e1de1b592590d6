import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from gis_core.ops.cluster import wait_until
from gis_core.ops.failure import OperationFailedError
from gis_core.ops.services import RUN_VARIABLE, Group, Service, end_leftovers, marked_processes

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


def service(program: str, log: Path) -> Service:
    return Service("Le programme", [sys.executable, "-c", program], dict(os.environ), log)


def test_a_service_that_ignores_the_signal_is_ended_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gis_core.ops.services.STOP_SECONDS", 0.5)
    group = Group("stubborn-run")
    group.start(service(STUBBORN, tmp_path / "log"))
    assert wait_until(lambda: "up" in (tmp_path / "log").read_text(), 10)
    group.stop()
    assert marked_processes("stubborn-run") == []


def test_a_service_that_fails_is_named_with_the_end_of_its_log(tmp_path: Path):
    group = Group("failing-run")
    group.start(service("raise SystemExit('no database')", tmp_path / "log"))
    with pytest.raises(OperationFailedError, match=r"s'est arrêté \(code 1\)") as failure:
        group.wait(0.05)
    group.stop()
    assert failure.value.detail == "no database"


def test_a_killed_service_that_lived_a_while_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gis_core.ops.services.SOUND_SECONDS", 0)
    group = Group("revived-run")
    group.start(replace(service("import time; time.sleep(60)", tmp_path / "log"), revived=True))
    assert wait_until(lambda: bool(marked_processes("revived-run")), 10)
    (first,) = marked_processes("revived-run")
    os.kill(first, signal.SIGKILL)
    assert wait_until(lambda: marked_processes("revived-run") == [], 5)
    group.revive()
    assert wait_until(lambda: marked_processes("revived-run") not in ([], [first]), 10)
    group.check()
    group.stop()


def test_a_service_that_is_killed_at_once_is_not_started_again(tmp_path: Path):
    group = Group("doomed-run")
    group.start(replace(service("import os; os.kill(os.getpid(), 9)", tmp_path / "log"), revived=True))
    with pytest.raises(OperationFailedError, match="code -9"):
        group.wait(0.05)
    group.stop()


def test_services_end_when_their_supervisor_is_killed(tmp_path: Path):
    program = (
        "import os, pathlib, sys, time; from gis_core.ops.services import Group, Service\n"
        "sleeper = Service('s', [sys.executable, '-c', 'import time; time.sleep(60)'], dict(os.environ))\n"
        "Group('orphan-run').start(sleeper); print('in', flush=True); time.sleep(60)"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert supervisor.stdout
    supervisor.stdout.readline()
    assert wait_until(lambda: bool(marked_processes("orphan-run")), 10)
    supervisor.kill()
    supervisor.communicate()
    assert wait_until(lambda: not marked_processes("orphan-run"), 10)


def test_leftovers_of_an_earlier_run_are_found_by_their_mark():
    left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], env={RUN_VARIABLE: "left-run"})
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], env={RUN_VARIABLE: "other"})
    time.sleep(0.1)
    end_leftovers("left-run")
    assert left.wait(5) == -signal.SIGTERM
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()
