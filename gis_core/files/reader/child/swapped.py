"""A source whose coordinates change places: a file that writes latitude, or northing, first."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from . import reference
from .shapes import parse_wkb
from .slices import Detected, Head, Slice, Source
from .trouble import Trouble


class Swapped:
    """The layers of another source, x and y of each geometry exchanged; what has no geometry stays as it is."""

    def __init__(self, source: Source, reading: Mapping[str, Any]) -> None:
        self.format = source.format
        self._source = source
        self._around = reading.get("around")
        self._heads: list[Head] = []

    def heads(self) -> list[Head]:
        """The layers of the source; of one without a system, the one that its coordinates look like now."""
        if not self._heads:
            self._heads = self._source.heads()
            for head in self._heads:
                if head.has_geometry and head.crs.value is None:
                    head.crs = self._likely_system(head)
        return self._heads

    def unread(self) -> list[tuple[str, Trouble]]:
        """Those of the source."""
        return self._source.unread()

    def slices(self, layer: str) -> Iterator[Slice]:
        """The rows of the source, as they would be had the file been written in order."""
        for slice_ in self._source.slices(layer):
            if slice_.wkb is not None:
                slice_.wkb = swapped(slice_.wkb)
            yield slice_

    def _likely_system(self, head: Head) -> Detected:
        first = next(self.slices(head.name), None)
        if first is None or first.wkb is None:
            return head.crs
        boxes = shapely.bounds(parse_wkb(first.wkb.to_numpy(zero_copy_only=False)))
        seems = reference.likeliest_epsg(boxes[np.isfinite(boxes).all(axis=1)], self._around)
        return Detected(seems, "coordinates") if seems else head.crs


def swapped(wkb: pa.Array) -> pa.Array:
    """The same geometries, x and y exchanged, heights kept; what cannot be read stays for whoever reads on."""
    values = wkb.to_numpy(zero_copy_only=False)
    shapes = parse_wkb(values)
    readable = ~shapely.is_missing(shapes)
    turned = values.copy()
    turned[readable] = shapely.to_wkb(_exchanged(shapes[readable]), byte_order=1, flavor="iso")
    return pa.array(turned, pa.binary())


def _exchanged(shapes: Any) -> Any:
    heights = shapely.has_z(shapes)
    out = shapes.copy()
    out[~heights] = shapely.transform(shapes[~heights], lambda places: places[:, ::-1])
    out[heights] = shapely.transform(shapes[heights], lambda places: places[:, [1, 0, 2]], include_z=True)
    return out
