"""`./arpent manage ...`: a Django command with its cluster running and the database role that suits it."""

import os
import signal
import subprocess
from collections.abc import Sequence

from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import PYTHON, ROOT, Place, Role, variables

OWNER_COMMANDS = {
    *("migrate", "makemigrations", "sqlmigrate", "createcachetable"),
    *("dbshell", "flush", "loaddata", "sqlflush", "seed_demo"),
    # They write tables that functions alone open to the others.
    *("remove_member", "person_data"),
}


def role_of(command: str) -> Role:
    """Only migrations and their like run as the schema's owner; everything else as the worker."""
    return "owner" if command in OWNER_COMMANDS else "worker"


def role_of_command(arguments: Sequence[str]) -> str:
    """The role of a whole command, or the one that the operator asks for by name."""
    chosen_role = os.environ.get("ARPENT_DB_USER", "").removeprefix("arpent_")
    return chosen_role or role_of(arguments[0] if arguments else "help")


def command_line(*arguments: str) -> list[str]:
    """The words that run a Django command."""
    return [str(PYTHON), str(ROOT / "manage.py"), *arguments]


def run(place: Place, arguments: Sequence[str]) -> int:
    """Run a Django command; its exit code is ours."""
    role = role_of(arguments[0] if arguments else "help")
    with Cluster(place).lease():
        process = subprocess.Popen(command_line(*arguments), env=variables(place, role) | _explicit_role())
        return wait(process)


def _explicit_role() -> dict[str, str]:
    user = os.environ.get("ARPENT_DB_USER")
    return {"ARPENT_DB_USER": user} if user else {}


def wait(process: "subprocess.Popen[bytes]") -> int:
    """Wait for a child that gets the terminal's Ctrl-C itself."""
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    forward = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    try:
        code = process.wait()
    finally:
        signal.signal(signal.SIGINT, previous)
        signal.signal(signal.SIGTERM, forward)
    return code if code >= 0 else 128 - code
