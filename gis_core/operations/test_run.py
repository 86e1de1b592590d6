"""`./arpent test`: the whole suite against a cluster of its own, or pytest with the arguments given.

`--qgis` runs the tests that need QGIS, and nothing else. `--at INSTANT` runs at that instant, in a cluster of its own,
without those that need the true one (marked `true_clock`). `--quick` runs those that need neither a database nor a
browser nor another process, `--coverage` prints which branches of services and rights were taken.
"""

import os
import subprocess
from collections.abc import Sequence

from gis_core.operations import fake_clock
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import PYTHON, ROOT, Place, variables
from gis_core.operations.progress import say

QGIS = "--qgis"
QGIS_TESTS = ["tests/qgis", "-rP"]
QUICK = "--quick"
# Where no PostgreSQL listens.
NO_DATABASE = {"ARPENT_DB_HOST": "/nonexistent"}
COVERAGE = "--coverage"
# Tests start hundreds of processes, each of which would compile all that it imports: byte code is kept whatever is set.
NO_BYTE_CODE = "PYTHONDONTWRITEBYTECODE"
# One process per test file: module fixtures and live servers are not repeated.
WHOLE_SUITE = ["--numprocesses", str(min((os.cpu_count() or 1) + 1, 4)), "--dist", "loadfile", "--times"]


def run(place: Place, arguments: Sequence[str]) -> int:
    """Run the tests; the exit code is the first failure's."""
    at, arguments = fake_clock.split(list(arguments))
    tests = place.for_tests
    if QUICK in arguments:
        return _run([str(PYTHON), "-m", "pytest", *arguments], variables(tests, "test") | NO_DATABASE)
    if at:
        os.environ.update(fake_clock.environment(at))
        tests = place.for_tests_at_an_instant
        # One that a killed run left is at that run's instant.
        Cluster(tests, for_tests=True).stop_if_unused()
    qgis = QGIS in arguments
    if qgis:
        arguments = [*QGIS_TESTS, *(argument for argument in arguments if argument != QGIS)]
    with Cluster(tests, for_tests=True).lease():
        env = variables(tests, "test") | ({"ARPENT_QGIS": "1"} if qgis else {})
        left_out = fake_clock.LEFT_OUT if at else []
        whole = not set(arguments) - {COVERAGE}
        pytest = [str(PYTHON), "-m", "pytest", *left_out, *arguments, *(WHOLE_SUITE if whole else [])]
        commands = [["npm", "--prefix", "webmap", "test"], pytest] if whole else [pytest]
        codes = [_run(command, env) for command in commands]
    return next((code for code in codes if code), 0)


def _run(command: Sequence[str], env: dict[str, str]) -> int:
    say(f"$ {' '.join(command)}")
    environment = {name: value for name, value in env.items() if name != NO_BYTE_CODE}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
