import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import Place


@contextmanager
def temporary_place() -> Iterator[Place]:
    """A data folder that PostgreSQL's user can reach, as pytest's own are not; nothing of it survives."""
    folder = Path(tempfile.mkdtemp(prefix="arpent-ops-"))
    folder.chmod(0o755)
    place = Place(folder / "data")
    try:
        yield place
    finally:
        Cluster(place).stop()
        shutil.rmtree(Cluster(place).data, ignore_errors=True)
        shutil.rmtree(folder)


def plain_environment() -> dict[str, str]:
    """The machine's environment without settings of ours, but that root stays root where it must."""
    ours = {name for name in os.environ if name.startswith(("ARPENT_", "DJANGO_"))} - {"ARPENT_AS_ROOT"}
    return {name: value for name, value in os.environ.items() if name not in ours}


@pytest.fixture
def place() -> Iterator[Place]:
    with temporary_place() as found:
        yield found
