"""Where a draft lies: rows outside the member's territory; a file that is elsewhere is told once, with what helps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import shapely
from django.utils.translation import gettext_noop
from shapely.geometry import Point

from layers.intake.findings import Finding
from networks.water.importers.checking import APART, Row, finding_at, rows_in
from networks.water.importers.draft import Draft

SYSTEMS: Final = (
    *(2154, *range(3942, 3951)),  # Lambert-93 and its conic zones
    *(27572, 27571, 27573, 27574, 27562, 27561, 27563, 27564),  # NTF
    *(32631, 32630, 32632, 25831, 25830, 25832, 3857),
)
"""In which networks are delivered in France."""
ENOUGH: Final = 0.9
SAMPLE: Final = 300
OUTSIDE: Final = gettext_noop("It lies outside the territory of the member.")
DIRECTIONS: Final = (
    gettext_noop("to the east"),
    gettext_noop("to the north-east"),
    gettext_noop("to the north"),
    gettext_noop("to the north-west"),
    gettext_noop("to the west"),
    gettext_noop("to the south-west"),
    gettext_noop("to the south"),
    gettext_noop("to the south-east"),
)
LAMBERT_93: Final = 2154

type Places = np.ndarray[Any, np.dtype[np.float64]]


def check_territory(draft: Draft, territory: bytes | None) -> Iterator[Finding]:
    """Rows that do not touch the member's territory; one finding for the files of which none does."""
    if territory is None:
        return
    land = shapely.from_wkb(territory)
    shapely.prepare(land)
    files: dict[str, list[tuple[str, Row, bool]]] = defaultdict(list)
    for what, rows in rows_in(draft):
        inside = shapely.intersects(land, np.array([*(row.geom for row in rows), None], dtype=object)[:-1])
        for row, is_inside in zip(rows, inside.tolist(), strict=True):
            files[row.file].append((what, row, is_inside))
    away: dict[int | None, list[str]] = defaultdict(list)
    for file, held in files.items():
        if len(held) > 1 and not any(is_inside for _what, _row, is_inside in held) and not land.is_empty:
            away[draft.systems.get(file)].append(file)
            continue
        for what, row, is_inside in held:
            if not is_inside:
                yield finding_at(row, OUTSIDE, spare=what in APART)
    for epsg, names in away.items():
        yield elsewhere(names, [row for name in names for _what, row, _inside in files[name]], land, epsg)


def elsewhere(files: Sequence[str], rows: Sequence[Row], land: Any, epsg: int | None) -> Finding:
    """Files of which nothing is here: how far away that is, and the system in which it would be here."""
    shapes = np.array([*(row.geom for row in rows), None], dtype=object)[:-1]
    points = shapely.get_coordinates(shapely.centroid(shapes))
    system = epsg or LAMBERT_93
    params = {"count": len(rows), "epsg": system, "remedy": remedy(points, land, system), **far(points, land)}
    message = gettext_noop(
        "None of the %(count)s objects lies in the territory of the member: as EPSG:%(epsg)s, as it was read, they are "
        "%(distance)s km away, %(direction)s. %(remedy)s"
    )
    return Finding(file=", ".join(sorted(files)), code=message, params=params)


def far(points: Places, land: Any) -> dict[str, Any]:
    middle = Point(*np.median(points, axis=0))
    centre = shapely.centroid(land)
    angle = np.degrees(np.arctan2(middle.y - centre.y, middle.x - centre.x))
    return {
        "distance": max(1, round(float(shapely.distance(middle, land)) / 1000)),
        "direction": {"code": DIRECTIONS[round(angle / 45) % 8]},
    }


def remedy(points: Places, land: Any, epsg: int) -> dict[str, Any]:
    """What would help, as a code with its parameters."""
    import pyproj

    for code, swapped in likely_systems(points, land, epsg):
        name = pyproj.CRS.from_epsg(code).name
        if swapped:
            return {"code": gettext_noop("X and Y seem to be the wrong way round: exchange them in the file.")}
        message = gettext_noop(
            "As EPSG:%(code)s (%(name)s) they would lie in it: choose that system for the layer, or correct the "
            "file’s own (.prj)."
        )
        return {"code": message, "params": {"code": code, "name": name}}
    message = gettext_noop(
        "No system used in France puts them there: this is the network of another territory, or a drawing without a "
        "place. Ask who sent it for the file in EPSG:2154 (Lambert-93), or choose the member whose network it is."
    )
    return {"code": message}


def likely_systems(points: Places, land: Any, epsg: int) -> Iterator[tuple[int, bool]]:
    """(system, whether X and Y are exchanged) in which nearly all of the points would be in the territory."""
    chosen = points[:: max(1, len(points) // SAMPLE)]
    as_read = transform_places(chosen, LAMBERT_93, epsg)
    for code, swapped in [*((one, False) for one in SYSTEMS if one != epsg), (epsg, True)]:
        there = transform_places(as_read[:, ::-1] if swapped else as_read, code, LAMBERT_93)
        good = np.isfinite(there).all(axis=1)
        if good.any() and float(shapely.intersects_xy(land, there[good]).sum()) >= ENOUGH * len(chosen):
            yield code, swapped


def transform_places(places: Places, source: int, target: int) -> Places:
    import pyproj

    x, y = pyproj.Transformer.from_crs(source, target, always_xy=True).transform(places[:, 0], places[:, 1])
    return np.column_stack([x, y])
