"""Processes of the system: who they are, how many there are, how one waits for them."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from gis_core.operations import fake_clock
from gis_core.operations.environment import open_plain
from gis_core.operations.failure import OperationFailedError


def remove(path: Path) -> None:
    """A file, a link or a whole folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


ORPHAN_SECONDS = 3
BIN = Path("/usr/lib/postgresql/17/bin")


def is_postmaster(pid: int, folder: Path | None) -> bool:
    """Whether this pid is a live PostgreSQL server: of this data folder, or folder of sockets, if one is given."""
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    right_program = arguments[0] == os.fsencode(BIN / "postgres")
    return state != "Z" and right_program and (folder is None or os.fsencode(folder) in arguments)


def backends_in(data: Path) -> list[int]:
    """Pids of the processes at work for a PostgreSQL server of this data folder, itself not counted."""
    pids = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                title = (folder / "cmdline").read_bytes()
                if title.startswith(b"postgres:") and (folder / "cwd").readlink() == data:
                    pids.append(int(folder.name))
    return pids


def end_backends(data: Path) -> None:
    """What a killed postmaster left at work: PostgreSQL does not start before they are gone."""
    for sign in (signal.SIGQUIT, signal.SIGKILL):
        pids = backends_in(data)
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, sign)
        if not pids or wait_until(lambda: not backends_in(data), ORPHAN_SECONDS):
            return


def has_group(group: int) -> bool:
    """Whether a process of this process group is alive; one that only waits for its parent to take note is not."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _parent, its_group = status.read_text().rpartition(")")[2].split()[:3]
            if int(its_group) == group and state not in "ZX":
                return True
    return False


def wait_until(done: Callable[[], bool], seconds: float) -> bool:
    """Ask every 50 ms until it is done; False when the time is over."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def first_number(path: Path) -> int | None:
    try:
        with os.fdopen(open_plain(path, os.O_RDONLY)) as file:
            return int(file.read().split()[0])
    except (OSError, ValueError, IndexError, OperationFailedError):
        return None


def system_user(line: str, ident_map: str) -> str | None:
    """Whom a line of pg_ident.conf, of our map, is about."""
    fields = line.split()
    return fields[1].strip('"') if len(fields) == 3 and fields[0] == ident_map else None


def client_environment() -> dict[str, str]:
    """No PG* variable of the operator's may lead to another cluster."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **fake_clock.clock_variables(os.environ)}


def run_with_daemon(command: list[str], env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run what may leave a server behind; what it says goes to a file, for a server keeps its standard output open."""
    with tempfile.TemporaryFile("w+") as out:
        result = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            check=False,
            env=client_environment() if env is None else env,
            cwd="/",
        )
        out.seek(0)
        return subprocess.CompletedProcess(command, result.returncode, out.read(), "")
