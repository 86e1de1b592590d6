"""A copy of the test database, which Django uses meanwhile: other processes see its rows. Its files are its own."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.imports.workers import administer, discard

FOLDERS = ("FILES_DIR", "INBOX_DIR", "PRINTS_DIR", "EXPORTS_DIR")


@contextmanager
def copied_database(suffix: str, data: Path) -> Iterator[str]:
    """Its name. Rows that are committed here get numbers that the original gives too: the files named by them are put
    into the data folder's `suffix`, and go with the copy.
    """
    original = connection.settings_dict["NAME"]
    copy = f"{original}_{suffix}"
    connection.close()
    administer("drop database if exists {}", copy)
    # By file: a third of the work of writing each page to the journal, in a cluster that waits for no disk.
    administer("create database {} owner arpent_owner template {} strategy file_copy", copy, original)
    connection.settings_dict["NAME"] = copy
    try:
        with files_in(data / suffix):
            yield copy
    finally:
        connection.close()
        connection.settings_dict["NAME"] = original
        discard(copy)
        shutil.rmtree(data / suffix, ignore_errors=True)


@contextmanager
def files_in(data: Path) -> Iterator[None]:
    """The files are in this data folder."""
    kept = {name: getattr(settings, name) for name in FOLDERS}
    files = data / "files"
    settings.FILES_DIR, settings.INBOX_DIR = files, files / "inbox"
    settings.PRINTS_DIR, settings.EXPORTS_DIR = files / "prints", files / "exports"
    settings.INBOX_DIR.mkdir(parents=True)
    try:
        yield
    finally:
        for name, value in kept.items():
            setattr(settings, name, value)
