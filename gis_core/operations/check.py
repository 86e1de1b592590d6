"""`./arpent check [APP]`: every verification that needs no test run, each on one line; those of one app."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from gis_core.operations.bill_of_materials import check_licences
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import PYTHON, ROOT, Place, app_folder, variables
from gis_core.operations.manage import command_line
from gis_core.operations.progress import french_seconds, say
from gis_core.operations.translations import translation_faults

FAULT_LINES = 60

# What the settings of a real installation differ in from the demo's.
PRODUCTION = {
    "ARPENT_DEBUG": "0",
    "ARPENT_HTTPS": "1",
    "ARPENT_ALLOWED_HOSTS": "sig.example.fr",
    "ARPENT_EMAIL_URL": "smtps://arpent:secret@mail.example.fr:587",
    "ARPENT_SECRET_KEY": "for-the-system-checks-only-0123456789-abcdefghijklmnopqrstuvwxyz",
}


@dataclass(frozen=True)
class Check:
    """A command that must succeed, with what its environment changes."""

    title: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)


def checks() -> list[Check]:
    """All of them, the slowest first."""
    return [
        Check("mypy", _tool("mypy")),
        Check("carte web (TypeScript, Biome)", ["npm", "--prefix", "webmap", "run", "check"]),
        Check("import-linter", _tool("lint-imports")),
        Check("ruff check", _tool("ruff", "check", ".")),
        Check("ruff format", _tool("ruff", "format", "--check", ".")),
        Check("migrations", command_line("makemigrations", "--check", "--dry-run")),
        Check("réglages de démonstration", command_line("check", "--fail-level", "WARNING")),
        Check("réglages de production", command_line("check", "--deploy", "--fail-level", "WARNING"), PRODUCTION),
    ]


def app_checks(app: str) -> list[Check]:
    """Those of one app (`permits`, `networks/water`), the slowest first; what it imports is read from mypy's cache."""
    folder = app_folder(app)
    return [
        # By its name: the folders above an app of a site need no __init__.py.
        Check("mypy", _tool("mypy", "-p", folder.replace("/", "."))),
        Check("import-linter", _tool("lint-imports")),
        Check("ruff check", _tool("ruff", "check", folder)),
        Check("ruff format", _tool("ruff", "format", "--check", folder)),
        # With the system checks of Django, which this command makes first.
        Check("migrations", command_line("makemigrations", "--check", "--dry-run")),
    ]


def _tool(name: str, *arguments: str) -> list[str]:
    return [str(PYTHON.parent / name), *arguments]


@dataclass(frozen=True)
class Outcome:
    """What a check said, and how long it took."""

    title: str
    fault: str | None
    seconds: float


def run(place: Place, app: str = "") -> int:
    """Run all checks (those of one app), two at a time; 1 if any of them fails."""
    wanted = app_checks(app) if app else checks()
    tests = place.for_tests
    with Cluster(tests, for_tests=True).lease():
        env = variables(tests, "test")
        failed = [outcome for outcome in _outcomes(wanted, env, app) if _report(outcome)]
    say(f"{len(failed)} vérification(s) en échec." if failed else "Tout est en ordre.")
    return 1 if failed else 0


def _outcomes(wanted: list[Check], env: dict[str, str], app: str) -> Iterator[Outcome]:
    tasks: list[tuple[str, Callable[[], str | None]]] = [(check.title, partial(_run, check, env)) for check in wanted]
    tasks.insert(1, ("traductions", partial(translation_faults, env, app)))
    if not app:
        tasks.append(("licences des bibliothèques", check_licences))
    with ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool:
        yield from pool.map(_time_check, tasks)


def _time_check(task: tuple[str, Callable[[], str | None]]) -> Outcome:
    begun = time.monotonic()
    fault = task[1]()
    return Outcome(task[0], fault, time.monotonic() - begun)


def _run(check: Check, env: dict[str, str]) -> str | None:
    result = subprocess.run(
        check.command,
        cwd=ROOT,
        env=env | check.env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return None if result.returncode == 0 else (result.stdout + result.stderr).strip() or f"code {result.returncode}"


def _report(outcome: Outcome) -> bool:
    word = "ÉCHEC" if outcome.fault is not None else "ok"
    say(f"  {word:<6}{outcome.title:<34}{french_seconds(outcome.seconds):>8}")
    if outcome.fault is not None:
        say(shorten_fault(outcome.fault))
    return outcome.fault is not None


def shorten_fault(text: str) -> str:
    """The first lines of a long fault; the whole is one command away."""
    lines = text.splitlines()
    more = [f"… et {len(lines) - FAULT_LINES} lignes de plus"] if len(lines) > FAULT_LINES else []
    return "\n".join(lines[:FAULT_LINES] + more)
