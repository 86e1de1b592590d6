"""`./arpent test`: the whole suite against a cluster of its own, or pytest with the arguments given.

The whole suite keeps its cluster and its files in memory where there is enough: it writes gigabytes that nobody reads.
It says at its end what kept the processors busy.

`--qgis` runs the tests that need QGIS, and nothing else, `--grass` those of shadows against GRASS, `--image` builds
the container image and runs it, `--engines` runs the main journeys in three engines of browsers, `--install` the
installation in a bare Debian, `--recovery` returns to six random seconds of minutes of work, `--prometheus` has
Debian's Prometheus read a site that runs, `--directory` reads a directory of 20,000 people. `--at INSTANT` runs at that
instant, in a cluster of its own, without those that need the true one (marked `true_clock`). `--quick` runs those that
need neither a database nor a browser nor another process, `--coverage` prints which branches of services and rights
were taken.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from gis_core.operations import fake_clock
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import PYTHON, ROOT, Place, variables
from gis_core.operations.processor_time import say_processor_time
from gis_core.operations.progress import say

QUICK = "--quick"


@dataclass(frozen=True)
class Optional:
    """Tests that need programs of their own: what is run, with the variable without which they are left out.

    `alone`: what they try has a database of its own, and they use none of ours.
    """

    arguments: list[str]
    variable: str
    alone: bool = False


OPTIONAL = {
    "--qgis": Optional(["tests/qgis", "-rP"], "ARPENT_QGIS"),
    "--grass": Optional(["tests/grass", "tests/simulation/test_terrain.py", "-rP"], "ARPENT_GRASS"),
    "--recovery": Optional(["tests/ops/test_recovery.py", "-rP", "-n", "0"], "ARPENT_RECOVERY"),
    "--directory": Optional(["tests/gis_core/directory/test_full_size.py", "-rP", "-n", "0"], "ARPENT_DIRECTORY"),
    "--prometheus": Optional(["tests/ops/test_monitoring.py", "tests/prometheus", "-rP"], "ARPENT_PROMETHEUS"),
    "--engines": Optional(["tests/engines", "-rA"], "ARPENT_ENGINES"),
    "--image": Optional(["tests/image", "-rP"], "ARPENT_IMAGE", alone=True),
    "--install": Optional(["tests/install", "-rP"], "ARPENT_INSTALL", alone=True),
}
# Where no PostgreSQL listens.
NO_DATABASE = {"ARPENT_DB_HOST": "/nonexistent"}
COVERAGE = "--coverage"
# Tests start hundreds of processes, each of which would compile all that it imports: byte code is kept whatever is set.
NO_BYTE_CODE = "PYTHONDONTWRITEBYTECODE"
MEMORY, PREFIX = Path("/dev/shm"), "arpent-tests-"  # noqa: S108 - a folder of ours is made there
ENOUGH_BYTES = 14 * 2**30
# One process per test file: module fixtures and live servers are not repeated. A third of their time they wait, for a
# server that starts, a browser that draws, a lock: two for each processor, as long as their databases fit in memory.
WHOLE_SUITE = ["--numprocesses", str(min((os.cpu_count() or 1) * 2, 4)), "--dist", "loadfile", "--times"]


def run(place: Place, arguments: Sequence[str]) -> int:
    """Run the tests; the exit code is the first failure's."""
    at, arguments = fake_clock.split(list(arguments))
    tests = place.for_tests
    whole = not at and not set(arguments) - {COVERAGE}
    if QUICK in arguments:
        return _run([str(PYTHON), "-m", "pytest", *arguments], variables(tests, "test") | NO_DATABASE)
    chosen = [OPTIONAL[argument] for argument in arguments if argument in OPTIONAL]
    added = {one.variable: "1" for one in chosen}
    arguments = [
        *(word for one in chosen for word in one.arguments),
        *(argument for argument in arguments if argument not in OPTIONAL),
    ]
    if any(one.alone for one in chosen):
        return _run([str(PYTHON), "-m", "pytest", *arguments], variables(tests, "test") | NO_DATABASE | added)
    if at:
        os.environ.update(fake_clock.environment(at))
        tests = place.for_tests_at_an_instant
        # One that a killed run left is at that run's instant.
        Cluster(tests, for_tests=True).stop_if_unused()
    with folder_for(whole) as folder, (cluster := Cluster(place_in(folder, tests), for_tests=True)).lease():
        env = variables(place_in(folder, tests), "test") | added
        env |= {"TMPDIR": str(folder / "tmp")} if folder else {}
        left_out = fake_clock.LEFT_OUT if at else []
        pytest = [str(PYTHON), "-m", "pytest", *left_out, *arguments, *(WHOLE_SUITE if whole else [])]
        commands = [["npm", "--prefix", "webmap", "test"], pytest] if whole else [pytest]
        with say_processor_time(cluster.running_pid()) if whole else nullcontext():
            codes = [_run(command, env) for command in commands]
    return next((code for code in codes if code), 0)


@contextmanager
def folder_for(whole: bool) -> Iterator[Path | None]:
    """A folder in memory for the whole suite, gone afterwards; None where a part runs, or memory is short."""
    for left in MEMORY.glob(f"{PREFIX}*"):
        if not Path("/proc", left.name.removeprefix(PREFIX)).exists():
            shutil.rmtree(left, ignore_errors=True)
    if not whole or not has_memory():
        yield None
        return
    folder = MEMORY / f"{PREFIX}{os.getpid()}"
    (folder / "tmp").mkdir(parents=True)
    folder.chmod(0o755)
    (folder / "tmp").chmod(0o1777)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def has_memory() -> bool:
    """Whether files may lie in memory, with room for a whole run, and be executed there."""
    if not MEMORY.is_dir() or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        return False
    lines = Path("/proc/meminfo").read_text().splitlines()
    available = next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable"))
    return min(available * 1024, shutil.disk_usage(MEMORY).free) >= ENOUGH_BYTES


def place_in(folder: Path | None, otherwise: Place) -> Place:
    return Place(folder / "data") if folder else otherwise


def _run(command: Sequence[str], env: dict[str, str]) -> int:
    say(f"$ {' '.join(command)}")
    environment = {name: value for name, value in env.items() if name != NO_BYTE_CODE}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
