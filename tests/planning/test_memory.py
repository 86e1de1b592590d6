"""A large plan comes in within the memory that one import may take."""

import os
import subprocess
import time
from pathlib import Path

import pytest
import shapely

from benchmarks.server import pss_mib
from gis_core.operations.environment import PYTHON, ROOT
from layers.planning.models import Zone
from tests import factories
from tests.planning.conftest import INSEE, X, Y, ground, plan

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ZONES = 20_000
MOST_MIB = 800


@pytest.fixture
def _django_db_helper(database: str) -> None:
    """In place of pytest-django's, which would open a transaction that no other process sees into."""


def highest_mib(running: subprocess.Popen[bytes]) -> float:
    """The most that a process and its children take until it ends."""
    highest = 0.0
    while running.poll() is None:
        highest = max(highest, pss_mib(running.pid))
        time.sleep(0.25)
    return highest


def test_twenty_thousand_zones_take_less_than_800_mib(database: str, tmp_path: Path) -> None:
    factories.commune(INSEE, "Bray", ground(-1000, -1000, 3000))
    made = plan()
    pattern = made.tables["ZONE_URBA"][0]
    made.tables["ZONE_URBA"] = [
        {**pattern, "geom": shapely.Point(X + 30 * (n % 200), Y + 30 * (n // 200)).buffer(14, quad_segs=16)}
        for n in range(ZONES)
    ]
    command = [str(PYTHON), "manage.py", "import_plu", str(made.written(tmp_path))]
    env = os.environ | {"ARPENT_DB_NAME": database, "ARPENT_DB_USER": "arpent_worker", "ARPENT_DATA": str(tmp_path)}
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as running:
        highest = highest_mib(running)
        said = running.stdout.read() if running.stdout else b""
    assert running.returncode == 0, said.decode()
    assert Zone.objects.count() == ZONES
    assert 50 < highest < MOST_MIB
