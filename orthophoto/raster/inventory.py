"""What a delivery holds: sheets that can be built, sheets that cannot and why, and what somebody should look at.

Codes of refused sheets: those of the reader, `not_georeferenced`, `no_crs`, `unknown_crs`, `crs_lies`, `outside_area`,
`colour_space`, `pixel_size`, `duplicate`, `same_name`, `unlike_others`, `too_far_away`; of heights `not_one_band`,
`other_unit`, `implausible_heights`.
Codes of warnings: `crs_assumed`, `other_crs`, `rotated`, `other_resolution`,
`off_grid`, `other_size`, `other_bands`, `other_depth`, `far_away`, `name_disagrees`, `gap`, `overlaps`,
`other_vertical`.
"""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import PurePath
from statistics import median, median_low
from typing import Any

import pyproj
import shapely
from shapely.geometry import Polygon, box

from gis_core.files.reader.child import crs as ranges
from gis_core.files.reader.rasters import RasterInfo
from orthophoto.raster import naming
from orthophoto.raster.grid import EPSG, SAME_PIXEL, Bounds, Grid, corners, is_north_up

# Longitudes and latitudes where EPSG:2154 is meant to be used, and coordinates that are France in it.
AREA_OF_USE = (-9.86, 41.15, 10.38, 51.56)
FRANCE = (0.0, 6_000_000.0, 1_300_000.0, 7_200_000.0)
# Points a side when an outline is brought to another CRS.
DENSITY = 8
# A resolution is the campaign's when a sheet's far corner is off by less than this part of a pixel.
SAME_RESOLUTION = 0.1
MOST_GAPS = 50
# Metres that a pixel of a photo has on the ground, and how much finer or coarser than its neighbours' it may be.
PIXEL_SIZES, UNLIKE = (0.001, 100.0), 10.0
# Pixels of the finest kind in the box of all sheets, from which on a lone sheet far away is too much.
MOST_PIXELS = 1e11
# What French files are also written in, and how far from its named place a sheet lies in another projection.
LIKELY_CRS = (EPSG, 4326, 3857, 27572, 32630, 32631, 32632, *range(3942, 3951))
NEAR_M = 50.0
# How files name the units of heights.
UNIT_NAMES = {
    "m": {"m", "metre", "meter", "metres", "meters", "mètre", "mètres"},
    "dm": {"dm", "decimetre", "decimeter"},
    "cm": {"cm", "centimetre", "centimeter"},
    "ft": {"ft", "foot", "feet", "us survey foot", "us-ft", "sfoot"},
}
COLOUR_SPACES = {"cyan", "magenta", "yellow", "black", "hue", "saturation", "lightness"}


@dataclass(frozen=True, slots=True)
class Facts:
    """One file of a delivery: what the reader said of it, or why it refused it."""

    file: str
    info: RasterInfo | None
    refused: tuple[str, Mapping[str, Any]] | None = None

    @property
    def name(self) -> str:
        """The name of the sheet."""
        return PurePath(self.file).stem


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to tell: a code, the files it is about, and what its words need."""

    code: str
    files: tuple[str, ...]
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """A sheet that can be built: `outline` of its pixels in EPSG:2154, `warp` when it must be brought to the grid."""

    file: str
    name: str
    info: RasterInfo
    crs: int
    outline: Polygon
    warp: bool

    @property
    def bounds(self) -> Bounds:
        """Its box in EPSG:2154."""
        west, south, east, north = self.outline.bounds
        return west, south, east, north


@dataclass(frozen=True, slots=True)
class Findings:
    """The inventory: `taken` in the order of their files; `grid` None when nothing can be built."""

    taken: tuple[Taken, ...]
    refused: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    grid: Grid | None

    @property
    def extent(self) -> Bounds | None:
        """The box of all sheets in EPSG:2154."""
        if not self.taken:
            return None
        west, south, east, north = shapely.total_bounds([sheet.outline for sheet in self.taken])
        return float(west), float(south), float(east), float(north)


def examine(sheets: Sequence[Facts], *, crs: int | None = None, unit: str | None = None) -> Findings:
    """Examine a delivery; `crs` (an EPSG code) is that of the sheets which name none; `unit` that of heights."""
    sheets_taken = [_take_sheet(facts, crs, unit) for facts in sorted(sheets, key=lambda facts: facts.file)]
    refused = [finding for finding in sheets_taken if isinstance(finding, Finding)]
    unique, repeated = _without_duplicates([sheet for sheet in sheets_taken if isinstance(sheet, Taken)])
    fitting, strange = _without_strangers(unique)
    grid = _grid(fitting)
    warnings = list(_warnings(fitting, grid)) if grid else []
    return Findings(tuple(fitting), (*refused, *repeated, *strange), tuple(warnings), grid)


def _take_sheet(facts: Facts, crs: int | None, unit: str | None) -> Taken | Finding:
    info = facts.info
    if facts.refused or info is None:
        code, params = facts.refused or ("image_damaged", {})
        return Finding(code, (facts.file,), params)
    if info.transform is None:
        return Finding("not_georeferenced", (facts.file,))
    if COLOUR_SPACES & set(info.colour):
        return Finding("colour_space", (facts.file,), {"found": ", ".join(info.colour)})
    if unit and (problem := _problem_of_heights(facts.file, info, unit)):
        return problem
    points = corners(info.transform, info.width, info.height)
    epsg = info.crs or crs
    if epsg is None:
        return _no_crs(facts.file, info, points)
    outline = outline_in_2154(info, epsg)
    if not _in_france(outline):
        return _describe_misplacement(facts.file, points, epsg, declared=info.crs is not None)
    seems = _epsg_of_name(facts.file, info, epsg, outline)
    if seems:
        return _lie(facts.file, points, epsg, seems)
    size = math.sqrt(outline.area / (info.width * info.height))
    if not PIXEL_SIZES[0] <= size <= PIXEL_SIZES[1]:
        return Finding("pixel_size", (facts.file,), {"found": f"{size:.3g}"})
    warp = epsg != EPSG or not is_north_up(info.transform) or not _is_square(info)
    return Taken(facts.file, facts.name, info, epsg, outline, warp)


def _problem_of_heights(file: str, info: RasterInfo, unit: str) -> Finding | None:
    """What keeps a file from being one of heights in this unit."""
    if info.bands != 1:
        return Finding("not_one_band", (file,), {"count": info.bands})
    unit_of_file = next((code for code, names in UNIT_NAMES.items() if info.unit.strip().lower() in names), None)
    if unit_of_file and unit_of_file != unit:
        return Finding("other_unit", (file,), {"found": info.unit, "said": unit, "code": unit_of_file})
    return None


def _no_crs(file: str, info: RasterInfo, points: list[tuple[float, float]]) -> Finding:
    seems = ranges.likely_epsg(_box(points))
    params = {"seems": seems} if seems else {}
    if info.crs_text:
        return Finding("unknown_crs", (file,), {"name": info.crs_text, **params})
    return Finding("no_crs", (file,), params)


def _describe_misplacement(file: str, points: list[tuple[float, float]], epsg: int, *, declared: bool) -> Finding:
    """Out of France: a lie when that cannot be its CRS or its coordinates are French ones, else elsewhere."""
    place = _box(points)
    seems = EPSG if _inside(place, FRANCE) else None if _is_at_home(place, epsg) else ranges.likely_epsg(place)
    if declared and seems and seems != epsg:
        return _lie(file, points, epsg, seems)
    return Finding("outside_area", (file,), {"crs": epsg, "x": round(points[0][0], 2), "y": round(points[0][1], 2)})


def _is_at_home(place: Bounds, epsg: int) -> bool:
    """Whether coordinates lie where their CRS is meant to be used."""
    area = pyproj.CRS.from_epsg(epsg).area_of_use
    if area is None:
        return True
    x, y = (place[0] + place[2]) / 2, (place[1] + place[3]) / 2
    to_degrees = pyproj.Transformer.from_crs(epsg, 4326, always_xy=True)
    longitude, latitude = to_degrees.transform(x, y)
    return bool(area.west <= longitude <= area.east and area.south <= latitude <= area.north)


def _lie(file: str, points: list[tuple[float, float]], epsg: int, seems: int) -> Finding:
    x, y = points[0]
    return Finding("crs_lies", (file,), {"crs": epsg, "x": round(x, 2), "y": round(y, 2), "seems": seems})


def _epsg_of_name(file: str, info: RasterInfo, epsg: int, outline: Polygon) -> int | None:
    """The CRS in which the sheet lies where its name says, when it does not lie there in its own."""
    name = naming.parse(file)
    if name is None or _agrees(name, outline):
        return None
    others = (other for other in LIKELY_CRS if other != epsg)
    return next((other for other in others if _agrees(name, outline_in_2154(info, other))), None)


def _agrees(name: naming.SheetName, outline: Polygon) -> bool:
    west, _, _, north = outline.bounds
    return name.agrees_with(west, north, NEAR_M)


def outline_in_2154(info: RasterInfo, epsg: int) -> Polygon:
    """The outline of all its pixels, its sides densified where they bend; empty when it has no place there."""
    if info.transform is None:
        return Polygon()
    ring = Polygon(corners(info.transform, info.width, info.height))
    if epsg != EPSG:
        ring = ring.segmentize(max(ring.length / (4 * DENSITY), 1e-9))
        x, y = _to_2154(epsg).transform(*shapely.get_coordinates(ring).T)
        ring = Polygon(list(zip(x, y, strict=True)) if all(map(math.isfinite, [*x, *y])) else [])
    normal: Polygon = ring.normalize()
    return normal


@cache
def _to_2154(epsg: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(epsg, EPSG, always_xy=True)


@cache
def _to_degrees() -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(EPSG, 4326, always_xy=True)


def _in_france(outline: Polygon) -> bool:
    """Whether its centre lies in the area of use of EPSG:2154."""
    if outline.is_empty:
        return False
    longitude, latitude = _to_degrees().transform(outline.centroid.x, outline.centroid.y)
    return _inside((longitude, latitude, longitude, latitude), AREA_OF_USE)


def _is_square(info: RasterInfo) -> bool:
    """Whether pixels are as high as wide, to a tenth of a pixel over the sheet."""
    if info.transform is None:
        return False
    a, _, _, _, e, _ = info.transform
    return abs(a + e) / a * max(info.width, info.height) < SAME_RESOLUTION


def _without_duplicates(sheets: list[Taken]) -> tuple[list[Taken], list[Finding]]:
    """The first of those with one outline, then of those with one name, and findings for the others."""
    kept: list[Taken] = []
    repeated: list[Finding] = []
    places: dict[Hashable, str] = {}
    names: dict[str, str] = {}
    for sheet in sheets:
        place = tuple(round(edge, 1) for edge in sheet.bounds)
        if place in places:
            repeated.append(Finding("duplicate", (sheet.file,), {"of": places[place]}))
        elif sheet.name.lower() in names:
            repeated.append(Finding("same_name", (sheet.file,), {"of": names[sheet.name.lower()]}))
        else:
            places[place], names[sheet.name.lower()] = sheet.file, sheet.file
            kept.append(sheet)
    return kept, repeated


def _without_strangers(sheets: list[Taken]) -> tuple[list[Taken], list[Finding]]:
    """Those that make one mosaic, and findings for what would blow it up: another scale, a lone sheet far away."""
    if not sheets:
        return [], []
    sizes = {sheet.file: ground_resolution(sheet) for sheet in sheets}
    usual = median_low(sizes.values())
    alike = [sheet for sheet in sheets if usual / UNLIKE <= sizes[sheet.file] <= usual * UNLIKE]
    strange = [
        Finding("unlike_others", (file,), {"found": f"{size:.3g}", "usual": f"{usual:.3g}"})
        for file, size in sizes.items()
        if not usual / UNLIKE <= size <= usual * UNLIKE
    ]
    west, south, east, north = shapely.total_bounds([sheet.outline for sheet in alike])
    finest = min(sizes[sheet.file] for sheet in alike)
    lone = dict(_lone(alike)) if (east - west) * (north - south) / finest**2 > MOST_PIXELS else {}
    strange += [Finding("too_far_away", (file,), {"distance_km": metres // 1000}) for file, metres in lone.items()]
    return [sheet for sheet in alike if sheet.file not in lone], strange


def _grid(sheets: list[Taken]) -> Grid | None:
    """The grid of most sheets; that of the finest when all of them must be warped."""
    straight = [sheet for sheet in sheets if not sheet.warp]
    if not straight:
        sizes = [ground_resolution(sheet) for sheet in sheets]
        return Grid(float(f"{min(sizes):.2g}")) if sizes else None
    resolution = round(median(_pixel(sheet) for sheet in straight), 6)
    phases = Counter(_phase(sheet, resolution) for sheet in straight if _same_resolution(sheet, resolution))
    x, y = phases.most_common(1)[0][0]
    return Grid(resolution, x, y)


def _phase(sheet: Taken, resolution: float) -> tuple[float, float]:
    """Where in a pixel of an absolute grid the sheet's corner lies; 0 when the difference is rounding."""
    west, _, _, north = sheet.bounds
    parts = [(edge / resolution) % 1 for edge in (west, north)]
    x, y = (0.0 if min(part, 1 - part) < SAME_PIXEL else round(part, 2) * resolution for part in parts)
    return round(x, 6), round(y, 6)


def ground_resolution(sheet: Taken) -> float:
    """Metres a pixel has in EPSG:2154: the side of a square of its area."""
    return math.sqrt(sheet.outline.area / (sheet.info.width * sheet.info.height))


def _pixel(sheet: Taken) -> float:
    return sheet.info.transform[0] if sheet.info.transform else math.nan


def _same_resolution(sheet: Taken, resolution: float) -> bool:
    drift = abs(_pixel(sheet) - resolution) / resolution * max(sheet.info.width, sheet.info.height)
    return drift < SAME_RESOLUTION


def is_on(grid: Grid, sheet: Taken) -> bool:
    """Whether the sheet's pixels are those of the grid."""
    west, _, _, north = sheet.bounds
    off = abs(grid.column(west) - round(grid.column(west))), abs(grid.row(north) - round(grid.row(north)))
    return not sheet.warp and _same_resolution(sheet, grid.resolution) and max(off) <= SAME_PIXEL


def _warnings(sheets: list[Taken], grid: Grid) -> Iterable[Finding]:
    yield from _about([sheet for sheet in sheets if sheet.info.crs is None], "crs_assumed")
    for epsg in sorted({sheet.crs for sheet in sheets} - {EPSG}):
        yield from _about([sheet for sheet in sheets if sheet.crs == epsg], "other_crs", crs=epsg)
    yield from _about([sheet for sheet in sheets if sheet.crs == EPSG and sheet.warp], "rotated")
    straight = [sheet for sheet in sheets if not sheet.warp]
    yield from _other_resolutions(straight, grid)
    matching = [sheet for sheet in straight if _same_resolution(sheet, grid.resolution)]
    yield from _about([sheet for sheet in matching if not is_on(grid, sheet)], "off_grid")
    yield from _outliers(sheets, "other_size", lambda sheet: (sheet.info.width, sheet.info.height))
    yield from _outliers(sheets, "other_bands", lambda sheet: sheet.info.bands)
    yield from _outliers(sheets, "other_depth", lambda sheet: sheet.info.dtype)
    yield from _outliers(sheets, "other_vertical", lambda sheet: sheet.info.vertical)
    yield from _far_away(sheets)
    yield from _names(sheets, grid)
    yield from _gaps(sheets, grid)
    yield from _overlaps(sheets, grid)


def _about(sheets: Sequence[Taken], code: str, **params: Any) -> Iterable[Finding]:
    """One finding about all of these, none about nothing."""
    if sheets:
        yield Finding(code, tuple(sheet.file for sheet in sheets), params)


def _other_resolutions(sheets: list[Taken], grid: Grid) -> Iterable[Finding]:
    for sheet in sheets:
        if not _same_resolution(sheet, grid.resolution):
            params = {"found": round(_pixel(sheet), 6), "usual": grid.resolution}
            yield Finding("other_resolution", (sheet.file,), params)


def _outliers(sheets: list[Taken], code: str, value_of: Callable[[Taken], Hashable]) -> Iterable[Finding]:
    """Those that differ from what most have; nothing when there is no majority."""
    counts = Counter(map(value_of, sheets))
    usual, count = counts.most_common(1)[0]
    if count * 2 <= len(sheets):
        return
    for value in sorted(counts, key=str):
        if value != usual:
            params = {"found": _format_value(value), "usual": _format_value(usual)}
            yield from _about([sheet for sheet in sheets if value_of(sheet) == value], code, **params)


def _format_value(value: Hashable) -> str:
    return " × ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _far_away(sheets: list[Taken]) -> Iterable[Finding]:
    for file, distance in _lone(sheets):
        yield Finding("far_away", (file,), {"distance_m": distance})


def _lone(sheets: list[Taken]) -> Iterable[tuple[str, int]]:
    """Sheets out of reach of a campaign that otherwise holds together, and how many metres."""
    reach = 3 * median(max(sheet.bounds[2] - sheet.bounds[0], sheet.bounds[3] - sheet.bounds[1]) for sheet in sheets)
    outlines = [sheet.outline.buffer(reach / 2, join_style="mitre") for sheet in sheets]
    groups = list(shapely.get_parts(shapely.union_all(outlines)))
    main = max(groups, key=lambda group: group.area)
    inside = [bool(main.intersects(sheet.outline)) for sheet in sheets]
    if sum(inside) * 2 > len(sheets):
        for sheet, near in zip(sheets, inside, strict=True):
            if not near:
                distance = round(min(sheet.outline.distance(other.outline) for other in sheets if other is not sheet))
                yield sheet.file, distance


def _names(sheets: list[Taken], grid: Grid) -> Iterable[Finding]:
    for sheet in sheets:
        name = naming.parse(sheet.file)
        west, _, _, north = sheet.bounds
        if name and not name.agrees_with(west, north, grid.resolution):
            place = {"x": round(west, 2), "y": round(north, 2), "named_x": name.x_m, "named_y": name.y_m}
            yield Finding("name_disagrees", (sheet.file,), place)


def _gaps(sheets: list[Taken], grid: Grid) -> Iterable[Finding]:
    """Holes that the sheets enclose, and places missing between three neighbours."""
    reach = grid.resolution / 2
    outlines = [sheet.outline.buffer(reach, join_style="mitre") for sheet in sheets]
    covered = shapely.union_all(outlines)
    holes = [Polygon(ring) for part in shapely.get_parts(covered) for ring in part.interiors]
    missing = [cell for cell in _missing_cells(sheets) if cell.difference(covered).area > cell.area / 2]
    places = [*holes, *(cell for cell in missing if not any(hole.intersects(cell.centroid) for hole in holes))]
    for place in sorted(places, key=lambda place: -place.area)[:MOST_GAPS]:
        box = [round(edge, 2) for edge in place.bounds]
        yield Finding("gap", (), {"bounds": box, "area_m2": round(place.area, 2)})


def _missing_cells(sheets: list[Taken]) -> list[Polygon]:
    """Places of the lattice of most sheets that have no sheet, and three neighbours that have."""
    sizes = Counter((round(s.bounds[2] - s.bounds[0], 2), round(s.bounds[3] - s.bounds[1], 2)) for s in sheets)
    (width, height), count = sizes.most_common(1)[0]
    if count * 2 <= len(sheets) or not width or not height:
        return []
    cells = {(round(sheet.bounds[0] / width), round(sheet.bounds[1] / height)) for sheet in sheets}
    beside = Counter((x + dx, y + dy) for x, y in cells for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)))
    west, south, _, _ = sheets[0].bounds
    x0, y0 = west - round(west / width) * width, south - round(south / height) * height
    return [
        box(x0 + x * width, y0 + y * height, x0 + (x + 1) * width, y0 + (y + 1) * height)
        for (x, y), neighbours in sorted(beside.items())
        if neighbours >= 3 and (x, y) not in cells
    ]


def _overlaps(sheets: list[Taken], grid: Grid) -> Iterable[Finding]:
    """Sheets that share more than a pixel's width of ground."""
    cores = [sheet.outline.buffer(-grid.resolution, join_style="mitre") for sheet in sheets]
    first, second = shapely.STRtree(cores).query(cores, predicate="intersects")
    pairs = [(sheets[one], sheets[other]) for one, other in zip(first, second, strict=True) if one < other]
    if pairs:
        areas = [one.outline.intersection(other.outline).area for one, other in pairs]
        files = tuple(sorted({sheet.file for pair in pairs for sheet in pair}))
        largest = pairs[areas.index(max(areas))]
        params = {"pairs": len(pairs), "largest_m2": round(max(areas), 2), "largest": [sheet.file for sheet in largest]}
        yield Finding("overlaps", files, params)


def _box(points: Sequence[tuple[float, float]]) -> Bounds:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _inside(box: Bounds, limits: Bounds) -> bool:
    return limits[0] <= box[0] and limits[1] <= box[1] and box[2] <= limits[2] and box[3] <= limits[3]
