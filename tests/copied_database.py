"""A copy of the test database, which Django uses meanwhile: other processes see its rows."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from tests.imports.workers import administer, discard


@contextmanager
def copied_database(suffix: str, data: Path) -> Iterator[str]:
    """Its name. The files that come into the data folder meanwhile go with it: they are named by numbers of rows, which
    the original gives once more.
    """
    original = connection.settings_dict["NAME"]
    copy = f"{original}_{suffix}"
    connection.close()
    administer("drop database if exists {}", copy)
    # By file: a third of the work of writing each page to the journal, in a cluster that waits for no disk.
    administer("create database {} owner arpent_owner template {} strategy file_copy", copy, original)
    connection.settings_dict["NAME"] = copy
    before = set((data / "files").rglob("*"))
    try:
        yield copy
    finally:
        connection.close()
        connection.settings_dict["NAME"] = original
        discard(copy)
        for path in sorted(set((data / "files").rglob("*")) - before, reverse=True):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
