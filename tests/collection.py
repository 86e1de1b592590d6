"""How a run of the tests is made up: which tests, which come first where processes share them, what is said of it."""

import gc
from collections import Counter
from typing import Any

import pytest

from tests.durations import Durations
from tests.quick import Quick

BROWSER = "tests/browser/"
# Where files take long for their few tests: they come first, so that processes end together.
LONG = (BROWSER, "tests/ops/", "tests/imports/", "tests/orthophoto/", "tests/networks/water/", "tests/grass/")
# Objects that may come before the youngest are gone through: five times what Python has.
GARBAGE = 10_000


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("arpent")
    group.addoption("--quick", action="store_true", help="only tests that need nothing but their process")
    group.addoption("--times", action="store_true", help="how long each folder took, and long files")
    group.addoption("--coverage", action="store_true", help="which branches of services and rights were taken")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("quick"):
        config.pluginmanager.register(Quick(config))
    if config.getoption("coverage"):
        from tests.branches import Branches

        config.pluginmanager.register(Branches(of_many=is_one_of_many(config)))
    if config.getoption("times") and not is_one_of_many(config):
        config.pluginmanager.register(Durations())


def is_one_of_many(config: pytest.Config) -> bool:
    """Whether other processes run other tests, and another one tells what they did."""
    return hasattr(config, "workerinput")


def pytest_collectstart() -> None:
    """What is collected stays: the collector of cycles looks through it in vain, a seventh of the time it takes."""
    gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long files first, then those of many tests."""
    if not is_one_of_many(config):
        return
    counts = Counter(file_of(one.nodeid) for one in items)
    slow = {file_of(one.nodeid) for one in items if one.get_closest_marker("slow")}

    def rank(test: pytest.Item) -> tuple[int, int, str]:
        file = file_of(test.nodeid)
        long = next((place for place, name in enumerate(LONG) if file.startswith(name)), len(LONG))
        return long if long < len(LONG) or file in slow else len(LONG) + 1, -counts[file], file

    items.sort(key=rank)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Modules and tests stay until the end: the collector of cycles goes through them no more."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE, 20, 20)
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file at a time to each process, all of the browser's to one, in the order of the collection.

    Module fixtures are made once, and so are the demo and its browser.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return BROWSER if nodeid.startswith(BROWSER) else file_of(nodeid)

    config.option.loadscopereorder = False
    return ByFile(config, log) if config.getoption("dist") == "loadfile" else None


def file_of(nodeid: str) -> str:
    return nodeid.partition("::")[0]
