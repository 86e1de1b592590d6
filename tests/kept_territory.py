"""The demo's territory is made once and kept in the tests' folder: eight seconds of a processor in each process."""

import fcntl
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import shapely

from demo.territory import Territory
from gis_core.operations.environment import ROOT, Place, open_lock
from tests.template_database import digest, fingerprint_of_files

FOLDER = ROOT / "demo" / "territory"


class ExactPickler(pickle.Pickler):
    """Keeps the grid of a geometry too, which is no part of its WKB: on it, GEOS cuts as it did."""

    def reducer_override(self, one: Any) -> Any:
        if isinstance(one, shapely.Geometry):
            return read_exact, (shapely.to_wkb(one), shapely.get_precision(one))
        return NotImplemented


def read_exact(wkb: bytes, grid: float) -> shapely.Geometry:
    geometry: shapely.Geometry = shapely.from_wkb(wkb)
    return shapely.set_precision(geometry, grid, mode="pointwise")


def load_territory(make: Callable[[int], Territory], seed: int) -> Territory:
    """The territory of a seed, as `make` makes it; made anew once its code or its libraries have changed."""
    tests = Place.current()
    content = digest(fingerprint_of_files(ROOT, [FOLDER, ROOT / "requirements.lock", Path(__file__)]), seed)
    kept = tests.data / f"territory-{content}.pickle"
    tests.run.mkdir(parents=True, exist_ok=True)
    lock = open_lock(tests.run / "territory.lock", fcntl.LOCK_EX)
    assert lock is not None
    with os.fdopen(lock, "rb"):
        if not kept.is_file():
            for left in tests.data.glob("territory-*"):
                left.unlink()
            unfinished = kept.with_suffix(".unfinished")
            with unfinished.open("wb") as file:
                ExactPickler(file).dump(make(seed))
            unfinished.rename(kept)
    territory: Territory = pickle.loads(kept.read_bytes())
    return territory
