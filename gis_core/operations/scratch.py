"""A folder of ours for the length of a block, in a folder where another user may rename it meanwhile."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from gis_core.operations.failure import OperationFailedError
from gis_core.operations.processes import remove


@dataclass(frozen=True)
class Scratch:
    """`held` is the folder itself, whatever its name becomes, for this process alone; `path` its name, for others."""

    held: Path
    path: Path


@contextmanager
def scratch_folder(parent: Path, prefix: str) -> Iterator[Scratch]:
    """Open to us alone, and gone at the end whatever happens. Raises OSError, OperationFailedError."""
    path = Path(tempfile.mkdtemp(dir=parent, prefix=prefix))
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if os.fstat(folder).st_uid != os.geteuid():
            raise OperationFailedError(f"{path} a été remplacé par un autre utilisateur pendant l'opération.")
        held = Path(f"/proc/self/fd/{folder}")
        try:
            yield Scratch(held, path)
        finally:
            for item in held.iterdir():
                remove(item)
    finally:
        os.close(folder)
        with suppress(OSError):
            path.rmdir()
