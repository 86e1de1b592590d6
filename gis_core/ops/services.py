"""The processes an Arpent consists of besides PostgreSQL, started and ended together."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gis_core.ops.environment import PYTHON, ROOT, Place, backup_hour, backups_kept, variables
from gis_core.ops.failure import OperationFailedError

READY_SECONDS = 90
STOP_SECONDS = 10
# A service that lived at least this long is started again when it is killed (out of memory, an operator's mistake).
SOUND_SECONDS = 10
RUN_VARIABLE = "ARPENT_RUN"
# Pixels of photos: GDAL would keep 5 % of the machine's memory in each process, and list a folder at each opening.
GDAL = {"GDAL_CACHEMAX": "64", "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR"}


@dataclass(frozen=True)
class Service:
    """One process to run. Without a log it writes to the terminal; `revived` when it is killed, if it lived a while."""

    title: str
    command: Sequence[str]
    env: dict[str, str]
    log: Path | None = None
    revived: bool = False


def bind_address() -> str:
    """The address the web server listens on: this machine only, unless the operator says otherwise."""
    return os.environ.get("ARPENT_BIND", "127.0.0.1")


def web(place: Place, port: int, log: Path | None = None) -> Service:
    """The web server: two processes of four threads."""
    command = [
        str(PYTHON.with_name("granian")),
        *("--interface", "wsgi", "--host", bind_address(), "--port", str(port)),
        *("--workers", "2", "--blocking-threads", "4", "--http", "1", "--no-ws", "--respawn-failed-workers"),
        # Without it a SIGTERM that comes before every worker has started is never obeyed.
        *("--workers-kill-timeout", "3"),
        "gis_core.wsgi:application",
    ]
    return Service("Le serveur web", command, {**GDAL, **variables(place, "web", port)}, log)


def worker(place: Place, log: Path | None = None, port: int | None = None) -> Service:
    """The process that runs background jobs."""
    command = [str(PYTHON), str(ROOT / "manage.py"), "worker"]
    return Service("Le programme des tâches de fond", command, variables(place, "worker", port), log, revived=True)


def nightly_backups(place: Place, log: Path | None = None) -> list[Service]:
    """The process that backs up every night, unless the operator switched it off."""
    if backup_hour() is None or not backups_kept():
        return []
    command = [str(PYTHON), "-m", "gis_core.ops", "nightly", "--data", str(place.data)]
    env = {**variables(place, "worker"), "PYTHONPATH": str(ROOT)}
    return [Service("Le programme des sauvegardes", command, env, log, revived=True)]


class Group:
    """Running services. They end with this object, and when this process dies."""

    def __init__(self, run_id: str) -> None:
        self._run_id = run_id
        self._children: list[tuple[Service, subprocess.Popen[bytes]]] = []
        self._started_at: dict[int, float] = {}

    def start(self, service: Service, *, again: bool = False) -> None:
        """Start one service in a process group of its own, so that Ctrl-C reaches only us."""
        env = service.env | {RUN_VARIABLE: self._run_id}
        output = None
        if service.log is not None:
            service.log.parent.mkdir(parents=True, exist_ok=True)
            output = service.log.open("ab" if again else "wb")
        # The whole group dies with us even after a kill -9: the kernel sends SIGTERM.
        command = ["/usr/bin/setpriv", "--pdeathsig", "TERM", *service.command]
        child = subprocess.Popen(
            command, env=env, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
        if output is not None:
            output.close()
        self._children.append((service, child))
        self._started_at[child.pid] = time.monotonic()

    def revive(self) -> None:
        """Start again what a signal ended, so that one killed process does not take the others down."""
        for service, child in list(self._children):
            lived = time.monotonic() - self._started_at[child.pid]
            if service.revived and (child.poll() or 0) < 0 and lived >= SOUND_SECONDS:
                print(f"{service.title} a été tué (code {child.returncode}) : il repart.", flush=True)
                self._children.remove((service, child))
                self.start(service, again=True)

    def check(self) -> None:
        """Raise when one of the services has ended by itself."""
        for service, child in self._children:
            code = child.poll()
            if code is not None:
                where = f" : voyez {service.log}" if service.log else ""
                raise OperationFailedError(f"{service.title} s'est arrêté (code {code}){where}.", _end_of(service.log))

    def wait(self, interval: float = 0.5) -> None:
        """Until a service ends by itself, which raises; a signal raises KeyboardInterrupt."""
        while True:
            self.revive()
            self.check()
            time.sleep(interval)

    def wait_ready(self, url: str) -> None:
        """Until the address answers 200."""
        deadline = time.monotonic() + READY_SECONDS
        while not answers(url):
            self.check()
            if time.monotonic() > deadline:
                logs = " ".join(str(service.log) for service, _ in self._children if service.log)
                raise OperationFailedError(f"Arpent n'est pas prêt après {READY_SECONDS} s : voyez {logs}.")
            time.sleep(0.1)

    def stop(self) -> None:
        """Ask every service to end; after ten seconds, end whatever remains of them."""
        for _, child in self._children:
            child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for _, child in self._children:
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, deadline - time.monotonic()))
        for _, child in self._children:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        self._children.clear()


def answers(url: str) -> bool:
    """Whether a GET of this address gives 200 within two seconds."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def end_leftovers(run_id: str) -> None:
    """End the processes of an earlier run whose supervisor was killed; they carry its mark in their environment."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        pids = marked_processes(run_id)
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, sign)
        if not pids or _wait_gone(lambda: not marked_processes(run_id)):
            return


def marked_processes(run_id: str) -> list[int]:
    """Pids of the processes started by this run."""
    mark = f"{RUN_VARIABLE}={run_id}".encode()
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
    return found


def _wait_gone(gone: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + STOP_SECONDS
    while not gone():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _end_of(log: Path | None) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:]) if log and log.exists() else ""
