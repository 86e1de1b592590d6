"""Layers of any file before people say what they are: their fields, with the words in them; and what every reading of
such layers needs.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from shapely.geometry import LineString

from gis_core.errors import Invalid
from gis_core.files.reader import Reading, ReadRefused, RestrictedReader
from layers.intake import cells
from layers.intake.cells import Cell, Read
from layers.intake.findings import Finding
from layers.intake.sheets import ENOUGH_ROWS, Found, layers_in, sheet_of

LEFT_OVER_M = 1.0
MOST_LAYERS = 40
SHOWN_ROWS: Final = 3
LONGEST_SHOWN: Final = 80
MOST_WORDS: Final = 60
"""Different words of a field that people are asked about."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A layer as people are shown it: its fields with how often their words come (of many different ones, some), its
    first `rows`; of a `table` the fields that tell the `place`, where some do. `source` is the file that it is in.
    """

    label: str
    file: str
    geometry: str
    features: int
    crs: int | None
    fields: Mapping[str, Mapping[str, int]]
    several: frozenset[str]
    source: str
    table: bool = False
    place: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    def as_json(self) -> dict[str, Any]:
        told = {"label": self.label, "file": self.file, "geometry": self.geometry, "features": self.features}
        fields = {name: dict(words) for name, words in self.fields.items()}
        told |= {"crs": self.crs, "fields": fields, "several": sorted(self.several), "source": self.source}
        # Kept as JSON the fields have no order.
        told |= {"order": list(self.fields), "rows": [list(one) for one in self.rows]}
        return told | {"table": self.table, "place": list(self.place)}


def look_at(paths: Sequence[Path], headed: bool | None = None) -> tuple[list[Seen], list[Finding]]:
    """Every layer of the files with the words in it; what cannot be opened is a finding.

    `headed` says of tables whether their first line names the fields.
    """
    findings: list[Finding] = []
    seen = []
    with RestrictedReader() as reader:
        for found in list(layers_in(reader, paths, findings, reading=Reading(header=headed)))[:MOST_LAYERS]:
            geometry = geometry_of(found)
            sheet = sheet_of(reader, found, "line" if geometry == "line" else "point", None)
            counts = {name: Counter(text for text in texts if text) for name, texts in sheet.columns.items()}
            several = frozenset(name for name, words in counts.items() if len(words) > MOST_WORDS)
            fields = {name: dict(words.most_common(MOST_WORDS)) for name, words in counts.items()}
            known, place = found.layer.crs, found.layer.place
            named = tuple(one for one in (place.x, place.y, place.wkt) if one) if place else ()
            first = tuple(zip(*(texts[:SHOWN_ROWS] for texts in sheet.columns.values()), strict=True))
            rows = tuple(tuple((text or "")[:LONGEST_SHOWN] for text in row) for row in first)
            table = place is not None or not found.layer.has_geometry
            seen.append(Seen(found.label, found.file, geometry, found.layer.features, known, fields, several,
                             found.source, table, named, rows))  # fmt: skip
    return seen, findings


def geometry_of(found: Found) -> str:
    """`point` or `line`, whichever most of its geometries are; "" for surfaces and tables."""
    counts: Counter[str] = Counter()
    for name, count in found.layer.geometry_types.items():
        kind = "point" if name.endswith("Point") else "line" if name.endswith("LineString") else ""
        counts[kind] += count
    if not counts and found.layer.has_geometry:
        return "point"
    return counts.most_common(1)[0][0] if counts else ""


def in_system(found: Found, crs: int | None) -> Found:
    """A layer whose coordinates are in the system that somebody chose. Raises Invalid."""
    import pyproj
    from pyproj.exceptions import CRSError

    reference = found.layer.reference
    if crs is None or reference is None:
        return found
    try:
        pyproj.CRS.from_epsg(crs)
    except CRSError as error:
        words = _("There is no coordinate system EPSG:%(crs)s.")
        raise Invalid(words % {"crs": crs}, parameter="crs") from error
    chosen = replace(found.layer, crs=crs, reference=replace(reference, how="code", fits=True, seems=None))
    return replace(found, layer=chosen)


def placed_by(reader: RestrictedReader, found: Found, x: str, y: str) -> Found:
    """A table whose places are in the fields that somebody chose. Raises Invalid."""
    place = found.layer.place
    if not {x, y} <= set(found.fields) or (place is not None and (place.x, place.y) == (x, y)):
        return found
    reading = replace(found.reading, x=x, y=y)
    try:
        layers = reader.inspect(found.name, reading=reading, rows=ENOUGH_ROWS).layers
    except ReadRefused as refused:
        raise Invalid(refused.message, parameter="x") from refused
    layer = next((one for one in layers if one.name == found.layer.name), found.layer)
    return replace(found, layer=layer, reading=reading)


def lines_of(shape: Any) -> Iterator[LineString]:
    """The lines that a geometry is: parts that follow one another are one; without repeated vertices."""
    merged = shapely.line_merge(shape) if shape.geom_type == "MultiLineString" else shape
    for line in getattr(merged, "geoms", [merged]):
        clean = shapely.remove_repeated_points(shapely.force_2d(line))
        if clean.length > 0:
            yield clean


def place_in(shape: Any) -> tuple[float, float] | None:
    found = shapely.get_coordinates(shape)
    return (float(found[0, 0]), float(found[0, 1])) if len(found) else None


def by_words(words: Mapping[str, str], codes: Mapping[str, Any], *, needed: bool) -> Read:
    """A code of a list, by what somebody said that a word means."""

    def read(field: str, text: str) -> Cell:
        plain = text.strip()
        code = words.get(text, words.get(plain, ""))
        if code in codes:
            return Cell(code)
        if plain in words and not needed:
            return Cell(None, None, True)
        if plain in codes:
            return Cell(plain)
        missing = gettext_noop("%(field)s “%(value)s” is not known: say which code it is, or leave the layer out.")
        aside = gettext_noop("%(field)s “%(value)s” is not known: left empty, kept aside.")
        return Cell(None, cells.note(missing if needed else aside, field, text), True)

    return read


def origins_of(crs: int | None) -> list[tuple[float, float]]:
    """Where (0, 0) is in EPSG:2154, for a file in it, in longitudes and latitudes, and in its own system."""
    import pyproj

    found = [(0.0, 0.0)]
    for code in {4326, crs or 4326}:
        x, y = pyproj.Transformer.from_crs(code, 2154, always_xy=True).transform(0.0, 0.0)
        if np.isfinite(x) and np.isfinite(y):
            found.append((float(x), float(y)))
    return found


def at_origin(shape: Any, origins: Sequence[tuple[float, float]]) -> bool:
    places = shapely.get_coordinates(shape)
    return any(bool((np.abs(places - np.array(origin)) < LEFT_OVER_M).all()) for origin in origins)
