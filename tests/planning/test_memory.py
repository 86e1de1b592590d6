"""A large plan comes in within the memory that one import may take."""

import gc
import os
import threading
from pathlib import Path

import pytest
import shapely

from layers.planning.models import Zone
from tests.planning.conftest import Desk, X, Y, plan

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ZONES = 20_000
MOST_MIB = 800
WORKER_MIB = 150


def pss_mib() -> float:
    """Proportional memory of this process and its children (MiB)."""
    me = os.getpid()
    children = Path(f"/proc/{me}/task/{me}/children").read_text().split()
    total = 0
    for pid in (me, *children):
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def test_twenty_thousand_zones_take_less_than_800_mib(desk: Desk) -> None:
    made = plan()
    pattern = made.tables["ZONE_URBA"][0]
    made.tables["ZONE_URBA"] = [
        {**pattern, "geom": shapely.Point(X + 30 * (n % 200), Y + 30 * (n // 200)).buffer(14, quad_segs=16)}
        for n in range(ZONES)
    ]
    folder = made.written(desk.folder / "large")
    made.tables.clear()
    highest, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(0.2):
            highest[0] = max(highest[0], pss_mib())

    # What the tests before this one left in the process is not the import's; a worker begins with some 150 MiB.
    gc.collect()
    before = max(pss_mib() - WORKER_MIB, 0)
    watcher = threading.Thread(target=watch)
    watcher.start()
    report = desk.send(folder)
    over.set()
    watcher.join()
    assert (report.refused, Zone.objects.count()) == (0, ZONES)
    assert highest[0] - before < MOST_MIB
