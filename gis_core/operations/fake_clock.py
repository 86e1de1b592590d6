"""A chosen instant for a run of the tests: libfaketime moves the clock of PostgreSQL, pytest and what they start.

Time goes on from there. All processes move by the same difference, so that none is ahead of another; durations
(`time.monotonic`) are left as they are.

The dates of files stay true, and PostgreSQL's timers do not ring while it waits (`lock_timeout`): they read the true
clock then. Tests that need the true clock are left out.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from gis_core.operations.failure import OperationFailedError

OPTION = "--at"
LIBRARIES = Path("/usr/lib")
LIBRARY = "*/faketime/libfaketimeMT.so.1"
# What it shares between processes by their number hangs where root hands over to another user.
CHOICES = {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DISABLE_SHM": "1"}
LEFT_OUT = ["-m", "not true_clock"]
EXAMPLE = f'./arpent test {OPTION} "2028-02-29 23:30" tests/permits'


def split(arguments: list[str]) -> tuple[str, list[str]]:
    """The instant asked for with `--at` (empty without), and the other arguments. Raises OperationFailedError."""
    for place, word in enumerate(arguments):
        if word == OPTION and place + 1 < len(arguments):
            return arguments[place + 1], arguments[:place] + arguments[place + 2 :]
        if word.startswith(f"{OPTION}=") or word == OPTION:
            return word.removeprefix(OPTION).removeprefix("=") or refuse(""), arguments[:place] + arguments[place + 1 :]
    return "", arguments


def environment(at: str) -> dict[str, str]:
    """What moves the clock of the processes that receive it to this instant. Raises OperationFailedError."""
    return environment_with_offset((instant(at) - datetime.now(UTC)).total_seconds())


def environment_with_offset(seconds: float) -> dict[str, str]:
    """What moves it by so many seconds. Raises OperationFailedError."""
    return {"LD_PRELOAD": library(), "FAKETIME": f"{seconds:+.0f}", **CHOICES}


def clock_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """The same variables out of an environment that has them; none out of another."""
    names = ("LD_PRELOAD", "FAKETIME", *CHOICES)
    return {name: environ[name] for name in names if name in environ} if "FAKETIME" in environ else {}


def instant(text: str) -> datetime:
    """The instant of an ISO text, in UTC unless it says otherwise. Raises OperationFailedError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        refuse(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def refuse(text: str) -> NoReturn:
    raise OperationFailedError(
        f"{OPTION} veut un instant, en UTC sauf indication contraire : {EXAMPLE} (reçu : {text})"
    )


def library() -> str:
    """libfaketime's file. Raises OperationFailedError where it is not installed."""
    file = next(iter(sorted(LIBRARIES.glob(LIBRARY))), None)
    if file is None:
        raise OperationFailedError(f"{OPTION} a besoin de libfaketime : apt-get install libfaketime, puis relancez.")
    return str(file)
