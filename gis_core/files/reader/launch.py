"""Starts the child with as few rights as this machine can take away, and proves it before it is used."""

import contextlib
import fcntl
import grp
import json
import logging
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from gis_core.files.reader.limits import MIB, Limits

logger = logging.getLogger(__name__)

CODE_FOLDER = Path(__file__).resolve().parent
BOOT = "import sys; sys.path.insert(0, sys.argv[1]); from child.main import main; main()"
PRIVILEGES = ("--no-new-privs", "--bounding-set=-all", "--inh-caps=-all")
CPU_GRACE_S = 5
# Threads of all readers of the machine together (the kernel counts them by account): a stop for one that multiplies,
# far above the few threads that each of them needs.
ACCOUNT_THREADS = 512
ACCOUNTS = ("arpent-reader", "nobody")
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "ARROW_IO_THREADS": "1",
    # Each arena of the allocator reserves address space, which is limited.
    "MALLOC_ARENA_MAX": "2",
    "GDAL_NUM_THREADS": "1",
    "OGR_ARROW_MEM_LIMIT": "16777216",
    "GDAL_CACHEMAX": "64",
    "GDAL_DRIVER_PATH": "disable",
    "GDAL_PAM_ENABLED": "NO",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "none",
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to take rights away: the command that goes in front of Python."""

    name: str
    prefix: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quarantine:
    """The folders of one reader: `files` is all that the child may read, `canary` a file that it must not.

    `lock` is a descriptor of `base`, locked as long as the reader's process lives.
    """

    base: Path
    files: Path
    canary: Path
    lock: int

    @classmethod
    def create(cls, root: Path) -> "Quarantine":
        """A fresh one under `root`, closed to others: the child starts inside `files` and needs no way in."""
        root.mkdir(parents=True, exist_ok=True)
        with lock_folder(root):
            remove_left(root)
            base = Path(tempfile.mkdtemp(prefix="reader-", dir=root))
            lock = os.open(base, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(lock, fcntl.LOCK_EX)
        quarantine = cls(base, base / "files", base / "canary", lock)
        quarantine.files.mkdir(mode=0o750)
        quarantine.canary.touch(mode=0o600)
        account = reader_account()
        if os.geteuid() == 0 and account:
            os.chown(quarantine.files, 0, account[1])
            quarantine.files.chmod(0o750)
        return quarantine

    def remove(self) -> None:
        """Remove it, then let go of it."""
        shutil.rmtree(self.base, ignore_errors=True)
        os.close(self.lock)


def forget_left(root: Path) -> None:
    """Remove what killed readers left behind; nothing of those that live."""
    with contextlib.suppress(OSError), lock_folder(root):
        remove_left(root)


def remove_left(root: Path) -> None:
    """The same, for whoever holds the lock of the root: no folder is between being made and being locked."""
    for left in root.glob("reader-*"):
        # Held by a reader that lives, being removed by its own at this moment, or of another account.
        with contextlib.suppress(OSError), lock_folder(left, fcntl.LOCK_NB):
            shutil.rmtree(left, ignore_errors=True)


@contextlib.contextmanager
def lock_folder(folder: Path, how: int = 0) -> Iterator[None]:
    """Hold the lock of a folder. Raises OSError; the kernel lets go of it when the process ends, however it does."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | how)
        yield
    finally:
        os.close(descriptor)


def recipes() -> Iterator[Recipe]:
    """From the strictest to the least strict; the child proves on its own whether it is cut off."""
    if os.geteuid() != 0:
        # In a namespace of its own the child would be a little root: it gives that up at once.
        yield Recipe("user namespace, no network", ("unshare", "-rn", "--", "setpriv", *PRIVILEGES, "--"))
        yield Recipe("same account", ("setpriv", "--no-new-privs", "--"))
        return
    account = reader_account()
    if account:
        user, group = account
        switch = ("setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", *PRIVILEGES, "--")
        yield Recipe("own account, no network", ("unshare", "-n", "--", *switch))
        yield Recipe("own account", switch)
    # Another account cannot reach Python below a folder such as /root; without capabilities and behind Landlock
    # root can do no more than it.
    yield Recipe("no capabilities, no network", ("unshare", "-n", "--", "setpriv", *PRIVILEGES, "--"))


def reader_account() -> tuple[int, int] | None:
    """Uid and gid of the account made for readers, or of nobody."""
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
            return entry.pw_uid, grp.getgrgid(entry.pw_gid).gr_gid
        except KeyError:
            continue
    return None


def prlimit_command(limits: Limits) -> tuple[str, ...]:
    """The command that sets the limits of the kernel."""
    return (
        "prlimit",
        f"--as={limits.memory_bytes}",
        # SIGXCPU at the first, SIGKILL at the second: a SIGKILL before is somebody else's.
        f"--cpu={limits.cpu_seconds}:{limits.cpu_seconds + CPU_GRACE_S}",
        "--nofile=64",
        # Only fair where readers have an account of their own.
        *([f"--nproc={ACCOUNT_THREADS}"] if os.geteuid() == 0 else []),
        f"--fsize={MIB}",
        "--core=0",
        "--",
    )


def python() -> str:
    """This environment's interpreter, also when the server embeds Python."""
    candidate = Path(sys.prefix) / "bin" / "python"
    return str(candidate) if candidate.exists() else sys.executable


def start(
    recipe: Recipe, limits: Limits, quarantine: Quarantine, errors: IO[bytes], code: str = BOOT
) -> subprocess.Popen[bytes]:
    """Start `code` in the quarantine folder; its standard error goes to `errors`."""
    arguments = [str(CODE_FOLDER), str(quarantine.canary), json.dumps(limits.for_child())]
    return subprocess.Popen(
        [*prlimit_command(limits), *recipe.prefix, python(), "-I", "-B", "-c", code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        cwd=quarantine.files,
        env=ENVIRONMENT,
        bufsize=0,
        start_new_session=True,
    )


def end(child: subprocess.Popen[bytes]) -> None:
    """Kill it, wait for its end, close its pipes."""
    with child:
        child.kill()


def processes_killed_for_memory() -> int:
    """How many processes this machine has killed, since it started, because memory ran out; 0 where it does not say."""
    try:
        lines = Path("/proc/vmstat").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)


def is_isolated(hello: dict[str, Any]) -> bool:
    """Whether the child found, by trying, that it has no network, no file outside its folder and no other process."""
    return all(hello.get(door) is False for door in ("network", "files", "processes"))
