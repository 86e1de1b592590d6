"""What a file is by its first bytes, and which source reads it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .dataset import Dataset, sqlite_path
from .files import head_of
from .ogr import Drivers
from .slices import Source
from .trouble import Trouble

HEAD = 4096
SQLITE = b"SQLite format 3\0"
FLATGEOBUF = b"fgb\x03"


class Formats:
    """Opens files of every format that a layer can come from."""

    def __init__(self, limits: Mapping[str, int]) -> None:
        self._limits = limits
        self._drivers = Drivers("pyogrio")

    def open(self, name: str, reading: Mapping[str, Any]) -> Source:
        """The source of a file in quarantine; raises Trouble for what is not read."""
        start = head_of(name, HEAD)
        if not start:
            raise Trouble("empty_file")
        if start.startswith(SQLITE):
            return self._dataset(sqlite_path(name), "GPKG")
        if start.startswith(FLATGEOBUF):
            return self._dataset(name, "FlatGeobuf")
        raise Trouble("unknown_format", name=Path(name).name)

    def _dataset(self, path: str, driver: str, **options: str) -> Dataset:
        return Dataset(path, driver, self._drivers, self._limits, options)
