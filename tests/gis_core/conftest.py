"""Vector files for the reader's tests, written once."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.cache import cache

from tests.gis_core.departures import passwords, world  # noqa: F401

WRITER = Path(__file__).with_name("vector_files.py")


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Places in every format and what may go wrong with them; only to be read."""
    folder = tmp_path_factory.mktemp("vectors")
    subprocess.run([sys.executable, WRITER, folder], check=True)
    return folder


@pytest.fixture
def empty_cache() -> None:
    """Nobody has tried a password yet, and nothing asked elsewhere is remembered."""
    cache.clear()
