"""Keeps PostgreSQL, and backs it up every night, under its own system user, for commands that run under another one.

Root starts it before it hands over. It ends once nobody leases the cluster any more; whoever leases it ends, with an
error, if this program dies.
"""

import fcntl
import os
import secrets
import signal
import socket
import subprocess
import time
from contextlib import ExitStack, nullcontext
from pathlib import Path

from gis_core.operations import services
from gis_core.operations.cluster import START_SECONDS, Cluster
from gis_core.operations.environment import OPS, Place, open_lock
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.processes import wait_until
from gis_core.operations.progress import step

READY = b"ready"
LOG = "database.log"
CHECK_SECONDS = 0.5
# Commands that are over sooner are not worth a program for the nights.
NIGHTS_SECONDS = 15


def launch(place: Place, identity: tuple[str, ...], env: dict[str, str]) -> None:
    """Start it, unless it runs already, and wait until PostgreSQL answers. Raises OperationFailedError."""
    reading, writing = os.pipe()
    command = [*identity, *OPS, "keep", "--data", str(place.data), "--ready", str(writing)]
    with os.fdopen(reading, "rb") as pipe:
        # A session of its own: Ctrl-C is for the command that uses the database, not for the database.
        subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, pass_fds=[writing], start_new_session=True)
        os.close(writing)
        said = pipe.read()
    if said != READY:
        raise OperationFailedError(said.decode(errors="replace") or "La base de données n'a pas pu être démarrée.")


def run(place: Place, ready: int | None) -> int:
    """Start the cluster, say so, keep it running; 1 when that fails.

    With a descriptor to say it to, until nobody uses the cluster, with its backups. Without one a service manager
    started us: until it stops us, and it has a timer for the backups.
    """
    if ready is None:
        return _run_as_service(Cluster(place))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    cluster = Cluster(place)
    try:
        nights = services.nightly_backups(place)
        lock = _only_one(cluster)
        with step("Base de données") if lock is not None else nullcontext():
            # Where another one keeps it: waits for the end of its start.
            cluster.start()
        os.write(ready, READY)
    except OperationFailedError as failure:
        os.write(ready, f"{failure.detail}\n{failure.message}".strip().encode())
        return 1
    finally:
        os.close(ready)
    if lock is None:
        return 0
    with ExitStack() as until_stopped:
        try:
            return _supervise(place, cluster, nights, until_stopped)
        finally:
            # Before the leases: whoever gets one then finds no keeper that ends.
            os.close(lock)


def _run_as_service(cluster: Cluster) -> int:
    from gis_core.operations import nightly

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    lock = _only_one(cluster)
    if lock is None:
        raise OperationFailedError(f"La base de {cluster.place.data} tourne déjà : arrêtez ce qui l'a démarrée.")
    # Held until we are stopped: who else ends meanwhile is not the last one, and waits for no end of ours.
    lease = cluster.lease_descriptor()
    try:
        cluster.start()
        nightly.begin_counting(cluster.place)
        notify_manager("READY=1")
        services.Group(secrets.token_hex(8), cluster).wait(CHECK_SECONDS)
    except KeyboardInterrupt:
        return 0
    finally:
        # A second signal does not interrupt PostgreSQL's end.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        cluster.stop()
        os.close(lease)
        os.close(lock)
    raise AssertionError("unreachable")


def notify_manager(state: str) -> None:
    """Tell systemd, where it started us and wants to know (sd_notify(3))."""
    path = os.environ.get("NOTIFY_SOCKET", "")
    if path:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as manager:
            manager.connect("\0" + path[1:] if path.startswith("@") else path)
            manager.sendall(state.encode())


def _only_one(cluster: Cluster) -> int | None:
    """The lock of the one keeper of this cluster; None when another one has it, whose server answers.

    Raises OperationFailedError when it does not.
    """
    locks: list[int] = []

    def take() -> bool:
        descriptor = open_lock(cluster.keeper_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        locks.extend([] if descriptor is None else [descriptor])
        return descriptor is not None

    if not wait_until(lambda: take() or cluster.accepts(), START_SECONDS):
        raise OperationFailedError(f"PostgreSQL ne répond pas après {START_SECONDS} s : voyez {cluster.log}.")
    return locks[0] if locks else None


def _supervise(place: Place, cluster: Cluster, nights: list[services.Service], until_stopped: ExitStack) -> int:
    """Until nobody leases it. From then until it has stopped, whoever wants a lease waits for `until_stopped`."""
    group = services.Group(secrets.token_hex(8), cluster)
    begun = time.monotonic()
    code = 0
    try:
        _write_to(place.backups / LOG)
        while not (unused := cluster.hold_unused()):
            if nights and time.monotonic() - begun > NIGHTS_SECONDS:
                group.start(nights.pop())
            group.revive()
            time.sleep(CHECK_SECONDS)
        until_stopped.enter_context(unused)
    except OperationFailedError as failure:
        services.say_when(f"{failure.detail}\n{failure.message}".strip())
        code = 1
    except KeyboardInterrupt:
        pass
    finally:
        group.stop()
        if not cluster.is_to_stay():
            cluster.stop()
    return code


def _write_to(log: Path) -> None:
    """What is said from now on goes to a file: the command that started us may end before us."""
    log.parent.mkdir(exist_ok=True, mode=0o750)
    with log.open("ab") as output:
        for target in (1, 2):
            os.dup2(output.fileno(), target)
