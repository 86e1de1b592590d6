"""`./arpent demo`: everything started, kept together, and ended together."""

import fcntl
import json
import os
import secrets
import shlex
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from gis_core.operations import proxy, services
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import Place, adopt, open_lock, open_plain, owner_of, variables
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.manage import command_line
from gis_core.operations.preflight import check_folder, check_port, check_space
from gis_core.operations.processes import wait_until
from gis_core.operations.progress import run_step, say, step

END_SECONDS = 30
MOST_PID = 2**22
DAMAGED = "Ce qui tourne ici n'est pas ce que dit run/demo.lock : rien n'a été arrêté. Trouvez le programme avec fuser."


@dataclass(frozen=True)
class Run:
    """What the lock file says about the demo that holds it."""

    pid: int
    port: int
    run_id: str


def run(place: Place, port: int, *, detach: bool, prepared: bool = False) -> int:
    """Start what does not run yet, open the map, and stay until Ctrl-C (or leave it running).

    Tables that are `prepared` are taken as they are.
    """
    check_folder(place)
    os.environ["ARPENT_DEMO"] = "1"
    with demo_lock(place) as lock:
        if lock is None:
            return _already_running(place)
        _end_earlier(place)
        check_port(port)
        check_space(place)
        warn_one_user(place)
        _stop_on_signals()
        with cluster_step(place):
            if not prepared and not Cluster(place).is_of_others:
                prepare(place, port)
            this_run = Run(os.getpid(), port, secrets.token_hex(8))
            return _run_detached(place, this_run) if detach else _run_attached(place, this_run)


def stop(place: Place) -> int:
    """End the demo, its leftovers and the clusters that nobody else uses."""
    ended = False
    with demo_lock(place) as lock:
        if lock is not None:
            _end_earlier(place)
    if lock is None:
        ended = _end_running(place)
    for cluster in (Cluster(place), Cluster(place.for_tests, for_tests=True)):
        ended = cluster.stop_if_unused() or ended
    say("Arpent est arrêté." if ended else "Rien ne tournait.")
    return 0


def serve(place: Place, port: int, sockets: Path | None = None) -> int:
    """The web server and its proxy alone, in the foreground; with a folder for its sockets, a proxy of others asks."""
    if sockets:
        return _foreground(place, lambda: services.web(place, port, folder=sockets))
    check_port(port)
    return _foreground(place, lambda: proxy.site(place, port))


def work(place: Place) -> int:
    """The background jobs and the backups of every night, in the foreground."""
    return _foreground(place, lambda: [services.worker(place), *nights(place)])


def check_start(place: Place, port: int) -> None:
    """What root checks before it prepares a demo for the user that it hands over to."""
    if not place.run.is_dir():
        check_port(port)
        return
    with demo_lock(place) as lock:
        if lock is not None:
            _end_earlier(place)
            check_port(port)


def prepare(place: Place, port: int) -> int:
    """Tables, static files and the demo territory; quick when they are there."""
    owner = variables(place, "owner", port)
    run_step("Tables", command_line("migrate", "--noinput"), env=owner, log=place.logs / "migrate.log")
    run_step("Territoire de démonstration", command_line("seed_demo"), env=owner, log=place.logs / "seed.log")
    return 0


def nights(place: Place, log: Path | None = None) -> list[services.Service]:
    """The backups of the nights, where the database is ours; whoever keeps it for us makes them."""
    return [] if Cluster(place).is_of_others else services.nightly_backups(place, log)


# -- one demo at a time -----------------------------------------------------------------------------------------------


@contextmanager
def demo_lock(place: Place) -> Iterator[int | None]:
    """The lock of the one demo of this data folder, or None when another process holds it.

    The kernel frees it when its holder dies, however it dies: a held lock names a live process.
    """
    place.run.mkdir(parents=True, exist_ok=True)
    adopt(place.run)
    lock = open_lock(_lock_file(place), fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        yield lock
    finally:
        if lock is not None:
            os.close(lock)


def _lock_file(place: Place) -> Path:
    return place.run / "demo.lock"


def read_run(place: Place) -> Run | None:
    """The demo that holds, or last held, the lock."""
    try:
        with os.fdopen(open_plain(_lock_file(place), os.O_RDONLY)) as file:
            run = Run(**json.load(file))
    except (OSError, ValueError, TypeError):
        return None
    return run if type(run.pid) is type(run.port) is int and isinstance(run.run_id, str) else None


def _write_run(place: Place, this_run: Run) -> None:
    with os.fdopen(open_plain(_lock_file(place), os.O_WRONLY | os.O_TRUNC), "w") as file:
        json.dump(this_run.__dict__, file)


def _end_earlier(place: Place) -> None:
    """What a killed demo may have left running."""
    earlier = read_run(place)
    if earlier is not None:
        services.end_leftovers(earlier.run_id)


def _end_running(place: Place) -> bool:
    running = read_run(place)
    if running is None:
        raise OperationFailedError("Arpent est en train de démarrer : attendez quelques secondes, puis relancez.")
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            _send(sign, running.pid, owner_of(_lock_file(place)))
        if wait_until(lambda: is_free(place), END_SECONDS):
            break
    services.end_leftovers(running.run_id)
    return True


def _send(sign: signal.Signals, pid: int, user: int | None) -> None:
    """Signal a demo that a user has written down; root signals nothing else than that user could.

    Raises OperationFailedError, and ProcessLookupError where there is none.
    """
    if not 0 < pid <= MOST_PID:
        raise OperationFailedError(DAMAGED)
    process = os.pidfd_open(pid)
    try:
        if os.geteuid() == 0 and user not in {0, owner_of(Path(f"/proc/{pid}"))}:
            raise OperationFailedError(DAMAGED)
        signal.pidfd_send_signal(process, sign)
    finally:
        os.close(process)


def is_free(place: Place) -> bool:
    """Whether no demo runs, starts or ends in this data folder."""
    with demo_lock(place) as lock:
        return lock is not None


def _already_running(place: Place) -> int:
    running = read_run(place)
    if running is None or not services.answers(ready_url(running.port)):
        raise OperationFailedError("Une autre commande démarre Arpent ici : attendez-la, ou tapez ./arpent stop.")
    say("Arpent tourne déjà.")
    say(summary(place, running.port))
    return 0


# -- running ----------------------------------------------------------------------------------------------------------


@contextmanager
def cluster_step(place: Place) -> Iterator[None]:
    """The cluster for the length of a block, its start announced."""
    with ExitStack() as stack:
        with step("Base de données") if not Cluster(place).is_of_others else nullcontext():
            stack.enter_context(Cluster(place).lease())
        yield


def _run_attached(place: Place, this_run: Run) -> int:
    def greet() -> None:
        say(summary(place, this_run.port))
        say("Ctrl-C arrête tout.")

    with suppress(KeyboardInterrupt):
        _supervise(place, this_run, greet)
    say("\nArpent est arrêté.")
    return 0


def _supervise(place: Place, this_run: Run, ready: Callable[[], None]) -> NoReturn:
    """Web server and worker until one of them fails (raises) or a signal comes (KeyboardInterrupt)."""
    _write_run(place, this_run)
    group = services.Group(this_run.run_id, Cluster(place))
    try:
        for service in proxy.site(place, this_run.port, logs=True):
            group.start(service)
        group.start(services.worker(place, place.logs / "worker.log", this_run.port))
        for service in nights(place, place.logs / "backups.log"):
            group.start(service)
        with step("Serveur web et tâches de fond"):
            group.wait_ready(ready_url(this_run.port))
        ready()
        group.wait()
    finally:
        _ignore_signals()
        group.stop()
    raise AssertionError("unreachable")


def _run_detached(place: Place, this_run: Run) -> int:
    """Go on in a child without a terminal; come back when it is ready, or say why it is not."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _run_in_background(place, this_run, writing)
    os.close(writing)
    try:
        with step("Démarrage"), os.fdopen(reading) as pipe:
            said = pipe.read()
    except KeyboardInterrupt:
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
        os._exit(130)
    if said != "ready":
        print(said, flush=True)
        os._exit(1)
    say(summary(place, this_run.port))
    say(f"Pour l'arrêter : {stop_command(place)}")
    # No clean-up here: lock and lease now belong to the child.
    os._exit(0)


def _run_in_background(place: Place, this_run: Run, writing: int) -> NoReturn:
    os.setsid()
    with (place.logs / "demo.log").open("ab") as log, Path(os.devnull).open("rb") as nothing:
        for source, target in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(source.fileno(), target)

    def ready() -> None:
        os.write(writing, b"ready")
        os.close(writing)

    try:
        _supervise(place, Run(os.getpid(), this_run.port, this_run.run_id), ready)
    except OperationFailedError as failure:
        say(f"{failure.detail}\n{failure.message}")
        with suppress(OSError):
            os.write(writing, f"{failure.detail}\n{failure.message}".strip().encode())
        raise
    raise AssertionError("unreachable")


def _foreground(place: Place, wanted: Callable[[], Sequence[services.Service]]) -> int:
    """Run services, made once their database runs, until one of them ends or a signal comes."""
    warn_one_user(place)
    _stop_on_signals()
    group = services.Group(secrets.token_hex(8), Cluster(place))
    with Cluster(place).lease():
        try:
            for service in wanted():
                group.start(service)
            group.wait()
        except KeyboardInterrupt:
            return 0
        finally:
            _ignore_signals()
            group.stop()
    raise AssertionError("unreachable")


def _stop_on_signals() -> None:
    """SIGTERM and a closed terminal end us as Ctrl-C does."""
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, signal.default_int_handler)


def _ignore_signals() -> None:
    """Cleaning up is not interrupted."""
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, signal.SIG_IGN)


# -- telling ----------------------------------------------------------------------------------------------------------


ONE_USER = (
    "Attention : le site et sa base tournent sous le même utilisateur système. Qui prendrait le site lirait toute la"
    " base, ses fichiers et ses sauvegardes. Lancée par root, la commande les sépare (docs/how-to/installer.md)."
)


def warn_one_user(place: Place) -> None:
    """What does not hold where nobody but the site's own user can run its database."""
    if not Cluster(place).is_of_others:
        say(ONE_USER)


def ready_url(port: int) -> str:
    """Where the site that listens on a port says whether it is ready."""
    host = services.bind_address()
    return f"http://{'127.0.0.1' if host in {'0.0.0.0', '::'} else host}:{port}/health/ready"  # noqa: S104


def stop_command(place: Place) -> str:
    """With its folder where that is not the usual one."""
    command = "./arpent stop"
    return command if place == Place.current() else f"{command} --data {shlex.quote(str(place.data))}"


def summary(place: Place, port: int) -> str:
    """The address and the demo accounts, as text."""
    lines = ["", f"Arpent est ouvert : http://127.0.0.1:{port}/", ""]
    accounts = _accounts(place)
    if accounts:
        lines.append(f"Comptes de démonstration (aussi dans {place.accounts}) :")
        width = max(len(account["username"]) for account in accounts)
        for account in accounts:
            name, member = account["username"], account["member"] or ""
            lines.append(f"  {name:<{width}}  {account['password']}  {account['role']}  {member}".rstrip())
    return "\n".join(lines)


def _accounts(place: Place) -> list[dict[str, Any]]:
    try:
        accounts = json.loads(place.accounts.read_text())
    except (OSError, ValueError):
        return []
    return accounts if isinstance(accounts, list) else []
