"""`--quick`: the tests that need nothing but their own process, which no list names.

A file whose tests all have a database or a browser is not even imported; a test is left out whose fixtures lead to one
or that is marked as slow. One that starts another process, or opens a socket, is left out at the moment when it does.
"""

import re
import sys
from pathlib import Path
from typing import Any

import pytest

MARKED = re.compile(r"^pytestmark = .*\bmark\.(django_db|browser|slow)\b", re.MULTILINE)
MARKS = ("django_db", "browser", "slow")
# What pytest-django, the root's conftest and Playwright name their fixtures.
FIXTURES = frozenset({"db", "transactional_db", "django_db_setup", "database", "demo", "browser"})
# Of Python's audit events.
PROCESSES = frozenset({"subprocess.Popen", "os.posix_spawn", "os.fork", "os.forkpty", "os.exec", "os.system"})
SOCKETS = frozenset({"socket.bind", "socket.connect"})


class Quick:
    """Chooses the tests, and watches that they stay in their process."""

    def __init__(self, config: pytest.Config) -> None:
        # What a test had opened that is left out half way.
        config.addinivalue_line("filterwarnings", "ignore::pytest.PytestUnraisableExceptionWarning")
        self.running = False
        sys.addaudithook(self.watch)

    def watch(self, event: str, _arguments: tuple[Any, ...]) -> None:
        if self.running and event in PROCESSES | SOCKETS:
            self.running = False
            pytest.skip("it starts another process" if event in PROCESSES else "it opens a socket")

    @staticmethod
    def pytest_ignore_collect(collection_path: Path) -> bool | None:
        is_test = collection_path.suffix == ".py" and collection_path.name.startswith("test_")
        return True if is_test and MARKED.search(collection_path.read_text()) else None

    @staticmethod
    def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
        kept = [one for one in items if is_alone(one)]
        config.hook.pytest_deselected(items=[one for one in items if not is_alone(one)])
        items[:] = kept

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self) -> Any:
        self.running = True
        try:
            return (yield)
        finally:
            self.running = False


def is_alone(test: pytest.Item) -> bool:
    """Whether nothing says before it runs that a test needs more than its process."""
    names: list[str] = getattr(test, "fixturenames", [])
    return not FIXTURES.intersection(names) and not any(test.get_closest_marker(name) for name in MARKS)
