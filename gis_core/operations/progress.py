"""Telling the operator what is going on, on a terminal or in a log."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from gis_core.operations.failure import OperationFailedError

TERMINAL_PERIOD = 1.0
LOG_PERIOD = 10.0
PATIENCE = 2.0


def say(text: str = "") -> None:
    """One line, at once: the reader may be a pipe."""
    print(text, flush=True)


@contextmanager
def step(title: str, log: Path | None = None) -> Iterator[None]:
    """Announce a step; when it lasts, show the seconds and the last line of its log; say how long it took."""
    begun = time.monotonic()
    ended = threading.Event()
    ticker = threading.Thread(target=_tick, args=(title, log, begun, ended), daemon=True)
    ticker.start()
    try:
        yield
    except BaseException:
        _line("", last=sys.stdout.isatty())
        raise
    finally:
        ended.set()
        ticker.join()
    _line(f"  {title} : {french_seconds(time.monotonic() - begun)}", last=True)


def _tick(title: str, log: Path | None, begun: float, ended: threading.Event) -> None:
    period = TERMINAL_PERIOD if sys.stdout.isatty() else LOG_PERIOD
    wait = PATIENCE
    while not ended.wait(wait):
        _line(f"  {title}… {time.monotonic() - begun:.0f} s  {_last_line(log)}".rstrip(), last=False)
        wait = period


def _line(text: str, *, last: bool) -> None:
    if sys.stdout.isatty():
        print(f"\r\x1b[2K{text[:160]}", end="\n" if last else "", flush=True)
    else:
        say(text)


def _last_line(log: Path | None) -> str:
    if log is None or not log.exists():
        return ""
    lines = log.read_bytes()[-400:].decode(errors="replace").split("\n")
    return next((line.strip()[:100] for line in reversed(lines) if line.strip()), "")


def french_seconds(seconds: float) -> str:
    """`1,2 s`"""
    return f"{seconds:.1f} s".replace(".", ",")


def _new(log: Path) -> IO[bytes]:
    """A file in the place of what is there, which may be another user's; a link is not followed."""
    log.unlink(missing_ok=True)
    return os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "wb")


def run_step(title: str, command: Sequence[str], *, env: Mapping[str, str], log: Path, cwd: Path | None = None) -> None:
    """Run a command as a step, its output in a log; a failure shows the end of it."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with step(title, log), _new(log) as output:
        result = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=dict(env), cwd=cwd, check=False
        )
    if result.returncode != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise OperationFailedError(f"{title} : échec. Le journal complet est dans {log}.", tail)
