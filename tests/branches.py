"""`--coverage`: which branches of services and rights the tests of this run took, printed by module.

There is no threshold: the list is for whoever wonders what a change leaves untried. Only what runs in the processes of
the tests is seen, not what the commands and servers do that they start.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from coverage import Coverage
from coverage.exceptions import NoDataError

from gis_core.operations.environment import ROOT, Place

APPS = ("gis_core", "layers", "orthophoto", "tiles", "permits", "networks", "simulation")
MEASURED = [
    *(f"{app}/**/{name}" for app in APPS for name in ("services/**", "services.py", "rights.py")),
    "gis_core/members/**",
]


class Branches:
    """Measures from its making on; the process that started the others prints what all of them saw."""

    def __init__(self, *, of_many: bool) -> None:
        self.of_many = of_many
        folder = Place.current().data / "coverage"
        folder.mkdir(parents=True, exist_ok=True)
        if not of_many:
            for left in folder.glob("branches*"):
                left.unlink()
        self.measure = Coverage(
            data_file=folder / "branches", data_suffix=True, branch=True, include=[str(ROOT / one) for one in MEASURED]
        )
        # The process that started the others runs no test itself.
        self.measure.set_option("run:disable_warnings", ["no-data-collected"])
        self.measure.start()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        self.measure.stop()
        self.measure.save()

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.of_many:
            return
        terminalreporter.section("branches of services and rights that were taken")
        with suppress(NoDataError):
            self.measure.combine()
            for line in self.lines():
                terminalreporter.write_line(line)

    def lines(self) -> Iterator[str]:
        """A module a line, those with most branches left first, then all together."""
        report = self.measure.config.data_file + ".json"
        self.measure.json_report(outfile=report)
        files = json.loads(Path(report).read_text())["files"]
        found = {
            name: (one["summary"]["covered_branches"], one["summary"]["num_branches"]) for name, one in files.items()
        }
        for name, (taken, there) in sorted(found.items(), key=lambda pair: pair[1][0] - pair[1][1]):
            if there:
                yield line_of(name, taken, there)
        yield line_of("all", *(sum(one[place] for one in found.values()) for place in (0, 1)))


def line_of(name: str, taken: int, there: int) -> str:
    return f"{name:<72}{taken:6} of {there:5}{100 * taken / max(there, 1):7.1f} %"
