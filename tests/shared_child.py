"""The readers of one process of tests share a child, one after the other.

A child takes a third of a second of a processor to begin, thousands of times in a run. What it is locked into, and what
ends it, is tested where each reader has its own (`ALONE`); other tests ask what becomes of rows. It goes on as within a
job, from one file to the next: it is replaced once it has used half of its time, and after anything but a plain end.
"""

import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from gis_core.files.reader.process import RestrictedReader

ALONE = ("tests/gis_core/", "tests/orthophoto/", "tests/ops/")
# What is a reader's own once it is open: its child, where that reads, how many files it was given.
OPEN = (
    *("_quarantine", "_child", "_errors", "_close_child", "_close_all"),
    *("_admitted", "_cpu", "_killed_before", "_stream", "isolation"),
)


class SharedChild:
    """What the last reader of each set of limits left; only of those whose quarantine is in the usual place."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.left: dict[Any, dict[str, Any]] = {}
        self.enter, self.close = RestrictedReader.__enter__, RestrictedReader.close

    def patch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(RestrictedReader, "__enter__", lambda reader: self.begin(reader))
        monkeypatch.setattr(RestrictedReader, "close", lambda reader: self.end(reader))

    def begin(self, reader: RestrictedReader) -> RestrictedReader:
        if reader._root != self.root or reader._quarantine:
            return self.enter(reader)
        left = self.left.pop(reader.limits, None)
        if left is not None and left["_child"].poll() is None:
            reader.__dict__.update(left)
            return reader
        close(left)
        self.enter(reader)
        # It may outlive this reader, which ends what it opened when it is forgotten.
        reader._close_all = reader._close_all.pop_all()
        return reader

    def end(self, reader: RestrictedReader) -> None:
        child, quarantine = reader._child, reader._quarantine
        plain = child is not None and child.poll() is None and not reader._due and reader._early is None
        if not plain or quarantine is None or reader._root != self.root or reader.limits in self.left:
            self.close(reader)
            return
        for path in quarantine.files.iterdir():
            shutil.rmtree(path)
        self.left[reader.limits] = {name: reader.__dict__[name] for name in OPEN}
        reader._quarantine = reader._child = reader._errors = None
        reader._close_child, reader._close_all = ExitStack(), ExitStack()

    def end_all(self) -> None:
        while self.left:
            close(self.left.popitem()[1])


def close(left: dict[str, Any] | None) -> None:
    if left is not None:
        left["_close_all"].close()
