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
from layers.intake.sheets import ENOUGH_ROWS, SourceLayer, layers_in, sheet_of

LEFT_OVER_M = 1.0
MOST_LAYERS = 40
SAMPLE_ROWS: Final = 3
LONGEST_SAMPLE: Final = 80
MOST_TEXTS: Final = 60
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
        content = {"label": self.label, "file": self.file, "geometry": self.geometry, "features": self.features}
        fields = {name: dict(texts) for name, texts in self.fields.items()}
        content |= {"crs": self.crs, "fields": fields, "several": sorted(self.several), "source": self.source}
        # Kept as JSON the fields have no order.
        content |= {"order": list(self.fields), "rows": [list(one) for one in self.rows]}
        return content | {"table": self.table, "place": list(self.place)}


def inspect_layers(paths: Sequence[Path], headed: bool | None = None) -> tuple[list[Seen], list[Finding]]:
    """Every layer of the files with the words in it; what cannot be opened is a finding.

    `headed` says of tables whether their first line names the fields.
    """
    findings: list[Finding] = []
    seen = []
    with RestrictedReader() as reader:
        for layer in list(layers_in(reader, paths, findings, reading=Reading(header=headed)))[:MOST_LAYERS]:
            geometry = geometry_of(layer)
            sheet = sheet_of(reader, layer, "line" if geometry == "line" else "point", None)
            counts = {name: Counter(text for text in texts if text) for name, texts in sheet.columns.items()}
            several = frozenset(name for name, texts in counts.items() if len(texts) > MOST_TEXTS)
            fields = {name: dict(texts.most_common(MOST_TEXTS)) for name, texts in counts.items()}
            known, place = layer.layer.crs, layer.layer.place
            place_fields = tuple(one for one in (place.x, place.y, place.wkt) if one) if place else ()
            first = tuple(zip(*(texts[:SAMPLE_ROWS] for texts in sheet.columns.values()), strict=True))
            rows = tuple(tuple((text or "")[:LONGEST_SAMPLE] for text in row) for row in first)
            table = place is not None or not layer.layer.has_geometry
            seen.append(Seen(layer.label, layer.file, geometry, layer.layer.features, known, fields, several,
                             layer.source, table, place_fields, rows))  # fmt: skip
    return seen, findings


def geometry_of(layer: SourceLayer) -> str:
    """`point` or `line`, whichever most of its geometries are; "" for surfaces and tables."""
    counts: Counter[str] = Counter()
    for name, count in layer.layer.geometry_types.items():
        kind = "point" if name.endswith("Point") else "line" if name.endswith("LineString") else ""
        counts[kind] += count
    if not counts and layer.layer.has_geometry:
        return "point"
    return counts.most_common(1)[0][0] if counts else ""


def in_system(layer: SourceLayer, crs: int | None) -> SourceLayer:
    """A layer whose coordinates are in the system that somebody chose. Raises Invalid."""
    import pyproj
    from pyproj.exceptions import CRSError

    reference = layer.layer.reference
    if crs is None or reference is None:
        return layer
    try:
        pyproj.CRS.from_epsg(crs)
    except CRSError as error:
        message = _("There is no coordinate system EPSG:%(crs)s.")
        raise Invalid(message % {"crs": crs}, parameter="crs") from error
    chosen = replace(layer.layer, crs=crs, reference=replace(reference, how="code", fits=True, seems=None))
    return replace(layer, layer=chosen)


def place_by_fields(reader: RestrictedReader, layer: SourceLayer, x: str, y: str) -> SourceLayer:
    """A table whose places are in the fields that somebody chose. Raises Invalid."""
    place = layer.layer.place
    if not {x, y} <= set(layer.fields) or (place is not None and (place.x, place.y) == (x, y)):
        return layer
    reading = replace(layer.reading, x=x, y=y)
    try:
        layers = reader.inspect(layer.name, reading=reading, rows=ENOUGH_ROWS).layers
    except ReadRefused as refused:
        raise Invalid(refused.message, parameter="x") from refused
    info = next((one for one in layers if one.name == layer.layer.name), layer.layer)
    return replace(layer, layer=info, reading=reading)


def lines_of(shape: Any) -> Iterator[LineString]:
    """The lines that a geometry is: parts that follow one another are one; without repeated vertices."""
    merged = shapely.line_merge(shape) if shape.geom_type == "MultiLineString" else shape
    for line in getattr(merged, "geoms", [merged]):
        clean = shapely.remove_repeated_points(shapely.force_2d(line))
        if clean.length > 0:
            yield clean


def place_in(shape: Any) -> tuple[float, float] | None:
    coordinates = shapely.get_coordinates(shape)
    return (float(coordinates[0, 0]), float(coordinates[0, 1])) if len(coordinates) else None


def read_by_meaning(meanings: Mapping[str, str], codes: Mapping[str, Any], *, needed: bool) -> Read:
    """A code of a list, by what somebody said that a word means."""

    def read(field: str, text: str) -> Cell:
        plain = text.strip()
        code = meanings.get(text, meanings.get(plain, ""))
        if code in codes:
            return Cell(code)
        if plain in meanings and not needed:
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

    origins = [(0.0, 0.0)]
    for code in {4326, crs or 4326}:
        x, y = pyproj.Transformer.from_crs(code, 2154, always_xy=True).transform(0.0, 0.0)
        if np.isfinite(x) and np.isfinite(y):
            origins.append((float(x), float(y)))
    return origins


def at_origin(shape: Any, origins: Sequence[tuple[float, float]]) -> bool:
    places = shapely.get_coordinates(shape)
    return any(bool((np.abs(places - np.array(origin)) < LEFT_OVER_M).all()) for origin in origins)
