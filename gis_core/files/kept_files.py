"""Files that are kept on the disk beside a row: whole or not at all."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.utils.translation import gettext as _

from gis_core.errors import Unavailable

PARTIAL = ".part"
"""How the name of a file ends until it is whole and its row is there."""


@contextmanager
def write_whole(path: Path, chunks: Iterable[bytes]) -> Iterator[tuple[int, str]]:
    """Write a file whole or not at all: its size and SHA-256; it goes when what follows fails. Raises Unavailable."""
    partial = path.with_suffix(PARTIAL)
    try:
        size_and_digest = write(partial, chunks)
        yield size_and_digest
        partial.replace(path)
    except OSError as error:
        raise Unavailable(describe_full_disk()) from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def describe_full_disk() -> str:
    return _("The file cannot be kept: the disk is full or not writable.")


def write(path: Path, chunks: Iterable[bytes]) -> tuple[int, str]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    size, digest = 0, hashlib.sha256()
    with path.open("xb") as kept:
        for chunk in chunks:
            kept.write(chunk)
            size += len(chunk)
            digest.update(chunk)
        kept.flush()
        os.fsync(kept.fileno())
    return size, digest.hexdigest()
