"""The processes an Arpent consists of, started and ended together, and started again when they die."""

import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from gis_core.operations.archive_target import configured
from gis_core.operations.cluster import RUN_VARIABLE, Cluster
from gis_core.operations.environment import OPS, PYTHON, ROOT, Place, backup_hour, backups_kept, variables
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.multiprocess import FOLDER
from gis_core.operations.processes import has_group, wait_until
from gis_core.operations.server_log import last_lines

READY_SECONDS = 90
STOP_SECONDS = 10
# A service that never lived this long is not started again: what is wrong with it is wrong at once.
SOUND_SECONDS = 10
# Whatever ended by itself starts again at once, then after 1, 2, 4... seconds. That often within that long is too much.
LONGEST_DELAY = 30
MOST_RESTARTS = 10
RESTART_WINDOW = 600
# Each on a socket of its own, so that the proxy gives a request to whichever has less to do.
WEB_PROCESSES = 2
# Of one web process; `gis_core.http.admission` shares them out, and the pool has a connection for each.
THREADS = 8
# Pixels of photos: GDAL would keep 5 % of the machine's memory in each process, and list a folder at each opening.
GDAL = {"GDAL_CACHEMAX": "64", "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR"}


@dataclass(frozen=True)
class Service:
    """One process to run for as long as we do. Without a log it writes to the terminal."""

    title: str
    command: Sequence[str]
    env: dict[str, str]
    log: Path | None = None
    socket: Path | None = None  # Where it listens: what a killed one left there would keep the next from starting.


@dataclass
class Restarts:
    """When something that ends without being asked to was last started again, and when it may be next."""

    title: str
    ends: list[float] = field(default_factory=list)
    due_at: float | None = None

    def due(self, reason: str, detail: str = "") -> bool:
        """Whether to start it again now. Says so once per end; raises OperationFailedError when it ends too often."""
        now = time.monotonic()
        if self.due_at is None:
            self.ends = [end for end in self.ends if now - end < RESTART_WINDOW] + [now]
            count = len(self.ends)
            if count > MOST_RESTARTS:
                raise OperationFailedError(f"{self.title} {reason}, {count} fois en {RESTART_WINDOW} s.", detail)
            delay = 0 if count == 1 else min(2 ** (count - 2), LONGEST_DELAY)
            self.due_at = now + delay
            say_when(f"{self.title} {reason}, {count} fois en {RESTART_WINDOW} s : repart dans {delay} s.")
        if now < self.due_at:
            return False
        self.due_at = None
        return True


@dataclass
class Child:
    """A running service, since when (seconds of the monotonic clock), and whether it was ever in order."""

    service: Service
    process: "subprocess.Popen[bytes]"
    started_at: float
    restarts: Restarts
    sound: bool = False

    def note_age(self) -> None:
        self.sound = self.sound or time.monotonic() - self.started_at >= SOUND_SECONDS


def bind_address() -> str:
    """The address the web server listens on: this machine only, unless the operator says otherwise."""
    return os.environ.get("ARPENT_BIND", "127.0.0.1")


def web_sockets(place: Place, port: int, folder: Path | None = None) -> list[Path]:
    """Where the web processes listen: only the proxy on this port (`gis_core.operations.proxy`) asks them."""
    folder = folder or place.socket_directory()
    return [folder / f"web-{port}-{number}.sock" for number in range(1, WEB_PROCESSES + 1)]


def counters(place: Place, port: int) -> Path:
    """Where the web processes of a port count together, for `/metrics`."""
    return place.run / f"metrics-{port}"


def web(place: Place, port: int, *, logs: bool = False, folder: Path | None = None) -> list[Service]:
    """The processes of the web server, behind the proxy. Without logs they write to the terminal.

    The proxy is our own user, or another one that alone may enter the folder of the sockets.
    """
    shutil.rmtree(counters(place, port), ignore_errors=True)
    return [
        web_process(place, port, path, place.logs / f"web-{number}.log" if logs else None, "0666" if folder else "0600")
        for number, path in enumerate(web_sockets(place, port, folder), 1)
    ]


def web_process(
    place: Place, port: int, path: Path, log: Path | None, mode: str = "0600", *, patience: int = 3
) -> Service:
    """One of them, listening there; told to end, it finishes what it answers for so many seconds."""
    command = [
        str(PYTHON.with_name("granian")),
        *("--interface", "wsgi", "--uds", str(path), "--uds-permissions", mode),
        *("--workers", "1", "--blocking-threads", str(THREADS), "--http", "1", "--no-ws"),
        # Without it a SIGTERM that comes before every worker has started is never obeyed.
        *("--workers-kill-timeout", str(patience)),
        "gis_core.wsgi:application",
    ]
    env = {**GDAL, **variables(place, "web", port), "ARPENT_BEHIND_PROXY": "1", FOLDER: str(counters(place, port))}
    return Service("Le serveur web", command, env, log, path)


def worker(place: Place, log: Path | None = None, port: int | None = None) -> Service:
    """The process that runs background jobs."""
    command = [str(PYTHON), str(ROOT / "manage.py"), "worker"]
    return Service("Le programme des tâches de fond", command, variables(place, "worker", port), log)


def nightly_backups(place: Place, log: Path | None = None) -> list[Service]:
    """What backs up every night, unless the operator switched it off, and what feeds the archive, if there is one."""
    env = {**variables(place, "worker"), "PYTHONPATH": str(ROOT)}

    def service(title: str, command: str, log: Path | None) -> Service:
        return Service(title, [*OPS, command, "--data", str(place.data)], env, log)

    nights = [service("Le programme des sauvegardes", "nightly", log)] if backup_hour() and backups_kept() else []
    if configured(place):
        archive_log = log.with_name("archive.log") if log else None
        nights.append(service("Le programme de l'archive continue", "archive", archive_log))
    return nights


class Group:
    """Running services, and the cluster they use if one is given. They end with this object, and when we die."""

    def __init__(self, run_id: str, cluster: Cluster | None = None) -> None:
        self._run_id = run_id
        self._children: list[Child] = []
        self._cluster = cluster
        self._cluster_restarts = Restarts("PostgreSQL")

    def start(self, service: Service) -> None:
        """Start one service."""
        self._children.append(
            Child(service, self._launch(service, "wb"), time.monotonic(), Restarts(service.title)),
        )

    def _launch(self, service: Service, mode: str) -> "subprocess.Popen[bytes]":
        """In a process group of its own, so that Ctrl-C reaches only us."""
        env = service.env | {RUN_VARIABLE: self._run_id}
        output = None
        if service.socket is not None:
            service.socket.unlink(missing_ok=True)
        if service.log is not None:
            service.log.parent.mkdir(parents=True, exist_ok=True)
            output = service.log.open(mode)
        # The whole group dies with us even after a kill -9: the kernel sends SIGTERM.
        command = ["/usr/bin/setpriv", "--pdeathsig", "TERM", *service.command]
        child = subprocess.Popen(
            command, env=env, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
        if output is not None:
            output.close()
        return child

    def revive(self) -> None:
        """Start again what ended by itself. Raises OperationFailedError for what never worked or ends too often."""
        self._revive_cluster()
        for child in self._children:
            if child.process.poll() is None:
                child.note_age()
            elif not child.sound:
                raise self._failure(child)
            elif child.restarts.due(f"s'est arrêté ({describe_exit(child.process)})", _end_of(child.service.log)):
                end_group(child.process)
                child.process, child.started_at = self._launch(child.service, "ab"), time.monotonic()

    def _revive_cluster(self) -> None:
        """Start the cluster's server again when it has died; while it cannot start, the services answer 503.

        One that another system user keeps is started again by its keeper. Raises OperationFailedError without it.
        """
        if self._cluster is None or self._cluster.is_outside:
            return
        if self._cluster.is_of_others:
            if not self._cluster.has_keeper():
                raise OperationFailedError("Le programme qui tient la base de données s'est arrêté.")
            return
        if self._cluster.running_pid() is not None:
            return
        if self._cluster_restarts.due("s'est arrêté", _end_of(self._cluster.log)):
            try:
                self._cluster.start(bootstrap=False)
            except OperationFailedError as failure:
                say_when(f"{failure.detail}\n{failure.message}")
            else:
                say_when("PostgreSQL est reparti.")

    def check(self) -> None:
        """Raise when one of the services has ended by itself."""
        for child in self._children:
            if child.process.poll() is not None:
                raise self._failure(child)

    def _failure(self, child: Child) -> OperationFailedError:
        log = child.service.log
        where = f" : voyez {log}" if log else ""
        message = f"{child.service.title} s'est arrêté ({describe_exit(child.process)}){where}."
        return OperationFailedError(message, _end_of(log))

    @property
    def pids(self) -> list[int]:
        """Of the first process of each service, in the order in which they were started."""
        return [child.process.pid for child in self._children]

    def wait(self, interval: float = 0.5) -> None:
        """Keep everything running until that fails, which raises; a signal raises KeyboardInterrupt."""
        while True:
            self.revive()
            time.sleep(interval)

    def wait_ready(self, url: str) -> None:
        """Until the address answers 200: from then on, what ends is started again."""
        deadline = time.monotonic() + READY_SECONDS
        while not answers(url):
            self.check()
            if time.monotonic() > deadline:
                logs = " ".join(str(child.service.log) for child in self._children if child.service.log)
                raise OperationFailedError(f"Arpent n'est pas prêt après {READY_SECONDS} s : voyez {logs}.")
            time.sleep(0.1)
        for child in self._children:
            child.sound = True

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Ask every service to end; after so many seconds, end whatever remains of them."""
        for child in self._children:
            child.process.terminate()
        deadline = time.monotonic() + seconds
        for child in self._children:
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, deadline - time.monotonic()))
        for child in self._children:
            end_group(child.process)
        self._children.clear()


def end_group(process: "subprocess.Popen[bytes]") -> None:
    """Kill what remains of a service, and wait for its end: children that outlive their parent would keep its port."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    wait_until(lambda: not has_group(process.pid), STOP_SECONDS)


def describe_exit(process: "subprocess.Popen[bytes]") -> str:
    """How a process ended: its exit code, or the signal that killed it."""
    code = process.returncode
    return f"code {code}" if code >= 0 else f"code {code}, {signal.Signals(-code).name}"


def say_when(message: str) -> None:
    """One line for the operator, with the moment (UTC)."""
    print(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {message}", flush=True)


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
        pids = find_run_pids(run_id)
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, sign)
        if not pids or wait_until(lambda: not find_run_pids(run_id), STOP_SECONDS):
            return


def find_run_pids(run_id: str) -> list[int]:
    """Pids of the processes started by this run."""
    mark = f"{RUN_VARIABLE}={run_id}".encode()
    pids = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    pids.append(int(folder.name))
    return pids


def _end_of(log: Path | None) -> str:
    return last_lines(log, 15) if log else ""
