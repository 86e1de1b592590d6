"""A private PostgreSQL cluster: own data folder, own unix socket, no network, own system user when root starts it.

Then the site, which is another user, comes in by the socket as the roles that serve it and as no other, and reads none
of the cluster's files. `gis_core.operations.keeper` starts and stops it.
"""

import fcntl
import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from gis_core.operations import archive_target, cluster_folder
from gis_core.operations.environment import (
    DATABASE,
    DB_USER,
    OS_USER,
    Place,
    adopt,
    is_outside,
    open_lock,
    open_plain,
    owner_of,
    read_plain,
    replace_file,
    switch,
    uid_of,
)
from gis_core.operations.failure import FULL, SAID_WHEN_FULL, OperationFailedError
from gis_core.operations.processes import (
    BIN,
    client_environment,
    end_backends,
    first_number,
    is_postmaster,
    remove,
    run_with_daemon,
    wait_until,
)
from gis_core.operations.server_log import last_lines, start_failure
from gis_core.operations.tuning import configuration_text

if TYPE_CHECKING:
    from psycopg import Connection

SUPERUSER = "postgres"
HIDDEN_DATA = Path("/var/lib/arpent")
BOOTSTRAP = Path(__file__).with_name("bootstrap.sql")
RETRY_SECONDS = 15
STOP_SECONDS = 70
FAST_SECONDS = 60
LEASE_SECONDS = 3
PASSING_TROUBLES = ("lock file", "shared memory block")
# How long those who do not start the server themselves wait for whoever does.
START_SECONDS = 60
# Set for what a supervisor runs (`gis_core.operations.services`).
RUN_VARIABLE = "ARPENT_RUN"
# The descriptor of a lease that root began for the command that it hands over to.
LEASE_VARIABLE = "ARPENT_LEASE"
MOST_USERS_BYTES = 1_000_000


@dataclass(frozen=True)
class Cluster:
    """The cluster of one data folder. `for_tests` adds the test role and template, and drops durability."""

    place: Place
    for_tests: bool = False
    start_seconds: int = 60

    @property
    def socket(self) -> Path:
        return self.place.socket_directory()

    @property
    def data(self) -> Path:
        """The real folder: `<data>/pg`, or what it links to."""
        return self.place.cluster.resolve()

    @property
    def log(self) -> Path:
        return self.data / "log"

    @property
    def is_apart(self) -> bool:
        """Whether PostgreSQL has a system user of its own, so that the site can read none of its files."""
        return self.place.database_uid == uid_of(DB_USER)

    @property
    def is_of_others(self) -> bool:
        """Whether we can neither start nor administer it: on another server, or another user's, and we are not root."""
        return self.is_outside or os.geteuid() not in {0, self.place.database_uid}

    @property
    def is_outside(self) -> bool:
        """Whether the data folder has no cluster: its database is on a server that others keep. Tests have one."""
        return is_outside() and not self.for_tests

    def exists(self) -> bool:
        return self.is_of_others or (self.data / "PG_VERSION").is_file()

    def running_pid(self) -> int | None:
        """The postmaster's pid, or None when nothing of ours runs, whatever the pid file says.

        Only root and the cluster's own user may ask; others have `has_keeper` and `accepts`.
        """
        pid = first_number(self.data / "postmaster.pid")
        return pid if pid is not None and is_postmaster(pid, self.data) else None

    def accepts(self) -> bool:
        """Whether something takes connections at our socket."""
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.socket / ".s.PGSQL.5432")) == 0

    @property
    def keeper_lock(self) -> Path:
        """Held by the program that keeps the cluster for others (`gis_core.operations.keeper`)."""
        return self.socket / "keeper.lock"

    def has_keeper(self) -> bool:
        """Whether that program is there."""
        try:
            with self.keeper_lock.open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    # -- actions -------------------------------------------------------------------------------------------------

    def start(self, *, bootstrap: bool = True) -> None:
        """Make the cluster when there is none, cure what a killed run left, start, apply the superuser's script.

        Who may not start it, or has a supervisor that does, waits for it.
        """
        if self.is_outside:
            if not self.socket.is_dir():
                self.make_socket_directory()
        elif self.is_of_others:
            self._wait_for_keeper()
        elif RUN_VARIABLE in os.environ and not self.place.is_trial:
            self._wait_for_supervisor()
        elif cluster_folder.is_left_to_owner(self.place, for_tests=self.for_tests):
            self._leave_to_owner(bootstrap=bootstrap)
        else:
            self._start(bootstrap=bootstrap)

    def _leave_to_owner(self, *, bootstrap: bool) -> None:
        if self.running_pid() is None:
            # In a folder where only root makes others.
            self.make_socket_directory()
            cluster_folder.start_as_owner(self.place, self.identity(), self.start_seconds, bootstrap=bootstrap)

    def _wait_for_keeper(self) -> None:
        if not self.has_keeper():
            raise OperationFailedError(
                f"La base de {self.place.data} est à un autre utilisateur système que celui qui lance la commande :"
                " lancez-la avec root (sudo), qui démarre la base puis passe la main."
            )
        if not wait_until(self.accepts, START_SECONDS):
            raise OperationFailedError(f"PostgreSQL ne répond pas après {START_SECONDS} s : voyez son journal.")

    def _wait_for_supervisor(self) -> None:
        """A server started from here would have our priority, and end with us."""
        if not wait_until(lambda: self.running_pid() is not None, START_SECONDS):
            raise OperationFailedError(f"PostgreSQL ne tourne toujours pas après {START_SECONDS} s.")

    def _start(self, *, bootstrap: bool) -> None:
        with self._lock("cluster.lock"):
            if self.running_pid() is not None:
                return
            self._check_programs()
            self._prepare_socket_directory()
            if not self.exists():
                if bootstrap:
                    # A restore, which fills the new one itself, comes without.
                    cluster_folder.refuse_empty(self.place)
                self._create()
            self._write_settings()
            self._write_users()
            end_backends(self.data)
            self._remove_stale_pid()
            self._launch()
            if bootstrap:
                self.bootstrap()

    def stop(self, *, at_once: bool = False) -> bool:
        """Stop the cluster; False when it was not running. `at_once` as a power cut, for one that goes.

        One that recovers on a full disk ends no other way.
        """
        with self._lock("cluster.lock"):
            self._stay_mark.unlink(missing_ok=True)
            if self.running_pid() is None:
                return False
            for mode in ("immediate",) if at_once else ("fast", "immediate"):
                command = ["-D", str(self.data), "-m", mode, "-w", "-t", str(FAST_SECONDS), "stop"]
                if self._as_owner("pg_ctl", *command).returncode == 0 or self.running_pid() is None:
                    break
            else:
                raise OperationFailedError("PostgreSQL ne s'arrête pas : voyez son journal.", last_lines(self.log))
            with suppress(OSError):
                self.socket.rmdir()
            return True

    def stop_if_unused(self) -> bool:
        """Stop the cluster unless a command still leases it, which raises; False when it was not running."""
        if self.is_of_others:
            # Who keeps it stops it once nobody leases it.
            return False
        self._stay_mark.unlink(missing_ok=True)
        if self.running_pid() is None:
            return False
        # A lease that a command was started with ends with its process, a moment after what the command did.
        wait_until(lambda: not self.is_leased(), LEASE_SECONDS)
        ended = not self.is_leased() and wait_until(lambda: not self.has_keeper(), STOP_SECONDS)
        if ended and self.running_pid() is None:
            return True
        with self._check_unused():
            return self.stop()

    def _check_unused(self) -> IO[bytes]:
        """Nobody leases it, nor can while what is returned is open. Raises OperationFailedError."""
        unused = self.hold_unused()
        if unused is None:
            raise OperationFailedError(
                f"La base de {self.place.data} sert encore à une autre commande : arrêtez-la d'abord (sur un serveur"
                " installé : systemctl stop arpent.target)."
            )
        return unused

    def hold_unused(self) -> IO[bytes] | None:
        """Nobody can lease it while what is returned is open; None when somebody has."""
        leases = open_lock(self._run_file("cluster.leases"), fcntl.LOCK_EX | fcntl.LOCK_NB)
        return None if leases is None else os.fdopen(leases, "rb")

    def is_to_stay(self) -> bool:
        """Whether it was asked to run without anybody who leases it."""
        return self._stay_mark.exists()

    def is_leased(self) -> bool:
        """Whether a command uses it. A keeper that ends, and has it alone until then, does not."""
        if unused := self.hold_unused():
            unused.close()
            return False
        shared = open_lock(self._run_file("cluster.leases"), fcntl.LOCK_SH | fcntl.LOCK_NB)
        if shared is not None:
            os.close(shared)
        return shared is not None

    def leave_running(self) -> None:
        """Start the cluster and leave it running after those who lease it, until `stop`."""
        self.start()
        os.close(open_plain(self._stay_mark, os.O_RDONLY | os.O_CREAT))

    @contextmanager
    def lease(self, *, bootstrap: bool = True) -> Iterator[None]:
        """A running cluster for the length of a block; the last one out stops it."""
        if self.is_outside or (RUN_VARIABLE in os.environ and not self.place.is_trial):
            # Others, or our supervisor, have it for as long as we live.
            self.start(bootstrap=bootstrap)
            yield
            return
        with os.fdopen(self.lease_descriptor(), "rb") as leases:
            try:
                self.start(bootstrap=bootstrap)
                yield
            finally:
                self._stop_if_last(leases.fileno())

    def lease_descriptor(self) -> int:
        """A lease that lasts as long as this descriptor is open somewhere."""
        descriptor = open_lock(self._run_file("cluster.leases"), fcntl.LOCK_SH)
        if descriptor is None:
            raise AssertionError("a lock that is waited for is given")
        return descriptor

    def bootstrap(self) -> None:
        """Apply roles, extensions and LEAKPROOF marks (idempotent)."""
        variables = ["-v", f"database={DATABASE}", "-v", f"tests={int(self.for_tests)}"]
        self.psql("postgres", *variables, "-f", str(BOOTSTRAP))

    def psql(self, database: str, *arguments: str) -> str:
        """Run psql as the superuser and return what it prints, without headers."""
        command = [*self.client("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, *arguments]
        result = subprocess.run(command, capture_output=True, text=True, check=False, env=client_environment())
        if result.returncode != 0:
            refused = "PostgreSQL a refusé une instruction de l'installation."
            raise OperationFailedError(FULL if SAID_WHEN_FULL in result.stderr else refused, result.stderr)
        return result.stdout

    def connect(self, database: str) -> "Connection[tuple[Any, ...]]":
        """A superuser's connection, for what PostgreSQL's programs do not do. No PG* variable leads it elsewhere."""
        import psycopg

        return psycopg.connect(
            host=str(self.socket), hostaddr="", port=5432, user=SUPERUSER, dbname=database, options=""
        )

    def client(self, program: str) -> list[str]:
        """The beginning of a command that speaks to this cluster as the superuser."""
        return [str(BIN / program), "-h", str(self.socket), "-p", "5432", "-U", SUPERUSER]

    # -- making it -----------------------------------------------------------------------------------------------

    def _check_programs(self) -> None:
        if not (BIN / "initdb").exists():
            raise OperationFailedError("PostgreSQL 17 n'est pas installé : lancez ./arpent demo, qui l'installe.")
        for user in (OS_USER, DB_USER):
            if os.geteuid() == 0 and uid_of(user) is None:
                raise OperationFailedError(f"L'utilisateur « {user} » manque : lancez ./arpent demo, qui le crée.")

    def _create(self) -> None:
        cluster_folder.remove_unfinished(self.place)
        link = self.place.cluster
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.is_symlink() and not self._owner_can_reach(link.parent):
            self._hide_behind_link(link)
        self.data.mkdir(exist_ok=True)
        self.data.chmod(0o700)
        self._give_to_owner(self.data)
        options = ["--auth=peer", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        unfinished = self.data / "initdb"
        result = self._as_owner("initdb", "-D", str(unfinished), "-U", SUPERUSER, "--data-checksums", *options)
        if result.returncode != 0:
            said = result.stdout + result.stderr
            message = FULL if SAID_WHEN_FULL in said else "La base de données n'a pas pu être créée."
            raise OperationFailedError(message, said)
        (unfinished / "pg_hba.conf").write_text(f"local all all peer map={cluster_folder.IDENT_MAP}\n")
        with (unfinished / "postgresql.conf").open("a") as configuration:
            configuration.write("\ninclude_if_exists = 'arpent.conf'\n")
        cluster_folder.publish(unfinished, self.data)

    def _owner_can_reach(self, folder: Path) -> bool:
        if os.geteuid() != 0:
            return True
        command = [*self.identity(), "test", "-x", str(folder)]
        return subprocess.run(command, check=False).returncode == 0

    def _hide_behind_link(self, link: Path) -> None:
        """A parent closed to PostgreSQL's user (/root is): keep the data elsewhere and leave a link."""
        HIDDEN_DATA.mkdir(mode=0o755, parents=True, exist_ok=True)
        target = HIDDEN_DATA / f"{self.socket.name.removeprefix('arpent-')}-{time.time_ns():x}"
        target.mkdir(mode=0o700)
        link.symlink_to(target)

    def _write_users(self) -> None:
        """Written at each start: who may be whom in the database, lines of the operator's for others kept.

        No password at all: the kernel tells who connects. The cluster's own user and root may be anybody; the site,
        where it is another user, only what serves it.
        """
        path = self.data / "pg_ident.conf"
        former = read_plain(path, MOST_USERS_BYTES).decode().splitlines() if path.exists() else []
        owner = pwd.getpwuid(self.place.database_uid).pw_name
        replace_file(path, cluster_folder.users_text(former, owner, apart=self.is_apart), 0o600)

    def _write_settings(self) -> None:
        """Written at each start: the tuning follows the machine. Local changes go to `local.conf` beside it."""
        more = {} if self.for_tests else archive_target.prepare(self.place, self.data)
        path = self.data / "arpent.conf"
        replace_file(path, configuration_text(more, durable=not self.for_tests, for_group=self.is_apart), 0o600)

    def _prepare_socket_directory(self) -> None:
        self.make_socket_directory()
        self._end_orphan()

    def make_socket_directory(self) -> None:
        """Where PostgreSQL and the web server listen, made anew after a restart of the machine."""
        if self.is_apart and os.geteuid() == 0:
            self.take_socket_directory()
        self.socket.mkdir(mode=0o711, exist_ok=True)
        if owner_of(self.socket) not in {os.geteuid(), self.place.database_uid} or self.socket.is_symlink():
            raise OperationFailedError(f"Le dossier {self.socket} appartient à quelqu'un d'autre : supprimez-le.")
        self._give_to_owner(self.socket)
        # The site puts its own socket there, and removes nobody else's.
        self.socket.chmod(0o1771 if self.is_apart else 0o711)

    def take_socket_directory(self) -> None:
        """Root empties the folder of sockets that the site has from when its database was its own, and takes it back.

        The site cannot remove it itself. Raises OperationFailedError for one of another user.
        """
        folder = self.place.socket_directory_of_root
        owner = owner_of(folder)
        if owner is None or owner in {0, uid_of(DB_USER)}:
            return
        if owner != uid_of(OS_USER) or folder.is_symlink() or not folder.is_dir():
            raise OperationFailedError(f"Le dossier {folder} appartient à quelqu'un d'autre : supprimez-le.")
        os.chown(folder, 0, 0, follow_symlinks=False)
        folder.chmod(0o700)
        for left in folder.iterdir():
            remove(left)

    def _end_orphan(self) -> None:
        """A postmaster whose data folder was removed or moved may still hold our socket; a dead one leaves it.

        The site writes in this folder too, and could name any process in the lock.
        """
        lock = self.socket / ".s.PGSQL.5432.lock"
        pid = first_number(lock)
        if pid is not None and self._has_our_socket(pid):
            os.kill(pid, signal.SIGINT)
            if not wait_until(lambda: not self._has_our_socket(pid), RETRY_SECONDS):
                return
        # While the dead one is a zombie, its pid still counts as that of a server.
        for left in (lock, self.socket / ".s.PGSQL.5432"):
            remove(left)

    def _has_our_socket(self, pid: int) -> bool:
        """Whether this is a server of the database's user that was told to listen in our folder."""
        return owner_of(Path(f"/proc/{pid}")) == self.place.database_uid and is_postmaster(pid, self.socket)

    def _remove_stale_pid(self) -> None:
        """PostgreSQL refuses to start when the pid of a dead postmaster now names another process of its user."""
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _launch(self) -> None:
        deadline = time.monotonic() + RETRY_SECONDS
        socket_option = f"-k '{self.socket}'"
        while True:
            position = self.log.stat().st_size if self.log.exists() else 0
            command = ["-D", str(self.data), "-l", str(self.log), "-w", "-t", str(self.start_seconds), "-o"]
            command += [socket_option, "start"]
            if self._as_owner("pg_ctl", *command).returncode == 0:
                return
            said = self.log.read_bytes()[position:].decode(errors="replace") if self.log.exists() else ""
            if time.monotonic() > deadline or not any(trouble in said for trouble in PASSING_TROUBLES):
                raise OperationFailedError(start_failure(said, self.log), said)
            time.sleep(1)

    # -- plumbing ------------------------------------------------------------------------------------------------

    @property
    def _stay_mark(self) -> Path:
        return self.place.run / "cluster.stays"

    def _run_file(self, name: str) -> Path:
        """A file of the data folder, which whoever runs Arpent can open, whoever came first."""
        self.place.run.mkdir(parents=True, exist_ok=True)
        return adopt(self.place.run) / name

    @contextmanager
    def _lock(self, name: str) -> Iterator[None]:
        lock = open_lock(self._run_file(name), fcntl.LOCK_EX)
        try:
            yield
        finally:
            if lock is not None:
                os.close(lock)

    def _leave_to_keeper(self, leases: int) -> None:
        """Let go of our lease, and of the one that root began for us; wait for the end if we were the last."""
        fcntl.flock(leases, fcntl.LOCK_UN)
        self.end_given_lease()

    def end_given_lease(self) -> None:
        """Let go of the lease that root began; if it was the last, wait until whoever keeps the cluster has ended."""
        given = os.environ.pop(LEASE_VARIABLE, "")
        if given.isdigit():
            with suppress(OSError):
                os.close(int(given))
        if not self.is_leased():
            wait_until(lambda: not self.has_keeper(), STOP_SECONDS)

    def _stop_if_last(self, leases: int) -> None:
        if self.is_of_others:
            self._leave_to_keeper(leases)
            return
        try:
            fcntl.flock(leases, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        if not (self.is_to_stay() or self.has_keeper()):
            self.stop()

    def _give_to_owner(self, path: Path) -> None:
        if os.geteuid() == 0:
            owner = pwd.getpwuid(self.place.database_uid)
            os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)

    def identity(self) -> list[str]:
        """The beginning of a command that the cluster's own user runs."""
        owner = pwd.getpwuid(self.place.database_uid)
        return [*switch(owner.pw_name, str(owner.pw_gid))] if os.geteuid() == 0 else []

    def _as_owner(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run_with_daemon([*self.identity(), str(BIN / program), *arguments])
