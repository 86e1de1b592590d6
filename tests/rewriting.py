"""Assertions of a new checkout are rewritten before several processes collect: each would rewrite those of every file.

It is what pytest does for the details of a failure: eleven seconds of a processor for the whole suite, then kept.
"""

import importlib.util
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent


def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """A process for each processor rewrites its share."""
    if config.getoption("dist") != "loadfile":
        return
    files = sorted(FOLDER.rglob("test_*.py"))
    shares = os.cpu_count() or 1
    children = [start_rewriting(files[number::shares]) for number in range(shares)]
    for child in children:
        os.waitpid(child, 0)


def start_rewriting(files: Sequence[Path]) -> int:
    """The process that does it; what fails there is done, and told, by whoever collects."""
    child = os.fork()
    if child == 0:
        try:
            for path in files:
                rewrite(path)
        finally:
            os._exit(0)
    return child


def rewrite(path: Path) -> None:
    """As pytest imports a file, but that nothing of it runs: no import works without its builtins."""
    hook = next(one for one in sys.meta_path if type(one).__name__ == "AssertionRewritingHook")
    spec = importlib.util.spec_from_file_location(path.stem, path, loader=hook)  # type: ignore[arg-type]
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    module.__dict__["__builtins__"] = {}
    with suppress(Exception):
        spec.loader.exec_module(module)  # type: ignore[union-attr]
