"""How long a run took by folder and by file: set-up (fixtures), tests, tearing down. `--times` prints it at the end.

Seconds are those of the processes that ran the tests: two that worked side by side for a minute make 120 s.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

PHASES = ("setup", "call", "teardown")
LONG_FILE_S = 10

type Seconds = dict[str, float]


class Durations:
    """Adds up the reports of all tests, those of other processes too."""

    def __init__(self) -> None:
        self.files: dict[str, Seconds] = defaultdict(lambda: defaultdict(float))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        of_file = self.files[report.nodeid.partition("::")[0]]
        of_file[report.when or ""] += report.duration
        of_file["tests"] += report.when == "call"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("seconds by folder, and of files that took long")
        for line in self.lines():
            terminalreporter.write_line(line)

    def lines(self) -> Iterator[str]:
        """The longest first."""
        folders: dict[str, Seconds] = defaultdict(lambda: defaultdict(float))
        for name, seconds in self.files.items():
            for key, value in seconds.items():
                folders[folder_of(name)][key] += value
        yield f"{'':<52}{'tests':>7}{'set-up':>9}{'test':>9}{'end':>9}{'all':>9}"
        yield from (line_of(*pair) for pair in longest_first(folders))
        yield ""
        long = {name: seconds for name, seconds in self.files.items() if whole(seconds) >= LONG_FILE_S}
        yield from (line_of(*pair) for pair in longest_first(long))


def folder_of(name: str) -> str:
    """The folder under tests/, or the file itself where it lies there."""
    return "/".join(PurePosixPath(name).parts[:2])


def whole(seconds: Seconds) -> float:
    return sum(seconds[phase] for phase in PHASES)


def longest_first(given: dict[str, Seconds]) -> list[tuple[str, Seconds]]:
    return sorted(given.items(), key=lambda pair: -whole(pair[1]))


def line_of(name: str, seconds: Seconds) -> str:
    each = "".join(f"{seconds[phase]:9.1f}" for phase in PHASES)
    return f"{name:<52}{seconds['tests']:7.0f}{each}{whole(seconds):9.1f}"
