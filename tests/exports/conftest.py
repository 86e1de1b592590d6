"""Exported files read back by readers that did not write them: GDAL in a child process, csv, json, sqlite3."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.test import Client

from gis_core.models import User
from layers.catalogue.models import Layer
from tests import factories

# Without pandas, which takes most of the time that GDAL begins in.
READ = """
import json, sys
sys.modules["pandas"] = None
import pyogrio, pyogrio.raw
layer, *paths = sys.argv[1:]
layer = layer or None
for path in paths:
    info = pyogrio.read_info(path, layer=layer, force_total_bounds=False)
    meta, fids, shapes, values = pyogrio.raw.read(path, layer=layer, return_fids=True, datetime_as_string=True)
    rows = [[None if value != value else value for value in column.tolist()] for column in values]
    print(json.dumps({
        "layers": [name for name, _kind in pyogrio.list_layers(path).tolist()],
        "fields": meta["fields"].tolist(), "types": [str(one) for one in info["ogr_types"]], "crs": meta["crs"],
        "geometry_type": info["geometry_type"], "encoding": info["encoding"], "fids": fids.tolist(),
        "shapes": [None if one is None else bytes(one).hex() for one in shapes], "columns": rows,
    }, default=str))
"""


@dataclass
class Table:
    """A layer as GDAL reads it."""

    layers: list[str]
    fields: list[str]
    types: list[str]
    crs: str
    geometry_type: str
    encoding: str
    fids: list[int]
    shapes: list[Any]
    columns: list[list[Any]]

    def column(self, name: str) -> list[Any]:
        return self.columns[self.fields.index(name)]


class Unreadable(Exception):  # noqa: N818
    """GDAL refused the file."""


def read(path: Path, layer: str = "") -> Table:
    """Raises Unreadable."""
    (found,) = read_all([path], layer)
    return found


def read_all(paths: Sequence[Path], layer: str = "") -> list[Table]:
    """The same of several files, by one process. Raises Unreadable."""
    command = [sys.executable, "-c", READ, layer, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unreadable(done.stderr[-300:])
    return [table_of(json.loads(line)) for line in done.stdout.splitlines()]


def table_of(told: dict[str, Any]) -> Table:
    shapes = [one and shapely.from_wkb(one) for one in told["shapes"]]
    return Table(**told | {"shapes": shapes})


@pytest.fixture
def table() -> Callable[..., Table]:
    return read


@pytest.fixture
def lamps() -> Layer:
    """A public layer of points with every type of column, one of them for its owner's GIS administrators alone."""
    return factories.editable_layer(visibility=Layer.Visibility.PUBLIC, slug="lampes")


@pytest.fixture
def administrator(lamps: Layer) -> User:
    return factories.user(lamps.owner, "gis_administrator")


@pytest.fixture
def signed_in(client: Client, administrator: User) -> Iterator[Client]:
    client.force_login(administrator)
    return client
