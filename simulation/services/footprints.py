"""Footprints out of a file that somebody sends (GeoJSON, DXF, Shapefile…), through the locked reader."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import shapely
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from gis_core.errors import Invalid
from gis_core.files.content import SentFile
from gis_core.files.reader import CopyPlan, GeometryColumn, ReadRefused, RestrictedReader
from layers.intake.findings import Finding, Findings, of_reader
from layers.intake.sheets import SourceLayer, layers_in, system_of
from simulation.services.answers import geojson
from simulation.services.drawing import MOST_POSITIONS, MOST_VOLUMES, SMALLEST_M2

MOST_BYTES = 20_000_000
MOST_FILES = 10
FAMILIES = ("polygon", "line")


@dataclass(slots=True)
class FootprintFile:
    """The polygons of a file in EPSG:2154, and what was left out of it, in words."""

    polygons: list[Polygon] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {"footprints": [geojson(one) for one in self.polygons], "notes": self.notes}


def read_footprints(files: Sequence[SentFile]) -> FootprintFile:
    """The polygons of the files, and their closed lines: a drawing has no surfaces.

    Raises Invalid: no file, too many, two of one name, nothing that is a surface, more than a project holds.
    """
    if not 1 <= len(files) <= MOST_FILES:
        raise Invalid(_("Send a file (GeoJSON, DXF, a Shapefile with its companions or in a ZIP)."), parameter="file")
    read = FootprintFile()
    findings: list[Finding] = []
    with TemporaryDirectory(prefix="arpent-footprints-") as folder, RestrictedReader() as reader:
        for layer in list(layers_in(reader, store(files, Path(folder)), findings)):
            add_shapes(read, shapes_of(reader, layer, findings))
    read.notes += list(dict.fromkeys(one.message for one in findings))
    if not read.polygons:
        reason = read.notes[0] if read.notes else _("The file holds no polygon, nor a closed line.")
        raise Invalid(reason, parameter="file")
    if len(read.polygons) > MOST_VOLUMES:
        message = _("The file holds %(count)s polygons; a variant has %(most)s volumes at most.")
        raise Invalid(message % {"count": len(read.polygons), "most": MOST_VOLUMES}, parameter="file")
    return read


def store(files: Sequence[SentFile], folder: Path) -> list[Path]:
    """The files in a folder of their own, under their own names. Raises Invalid: two have the same."""
    paths: list[Path] = []
    for file in files:
        path = folder / (Path(file.name or "").name or "file")
        if path in paths:
            raise Invalid(_("Two files have the same name: %(name)s.") % {"name": path.name}, parameter="file")
        with path.open("xb") as out:
            for chunk in file.chunks():
                out.write(chunk)
        paths.append(path)
    return paths


def shapes_of(reader: RestrictedReader, layer: SourceLayer, findings: list[Finding]) -> Iterator[BaseGeometry]:
    """The surfaces and lines of a layer in EPSG:2154; what cannot be read is a finding."""
    ours = Findings(layer.file)
    epsg = system_of(layer.layer, ours)
    findings += ours.items
    for family in FAMILIES if layer.layer.has_geometry and epsg else ():
        if not any(family in name.lower().replace("linestring", "line") for name in layer.layer.geometry_types):
            continue
        wanted = GeometryColumn(family, multi=True, epsg=epsg, invalid="keep", required=False)  # type: ignore[arg-type]
        plan = CopyPlan((), wanted, layer.reading)
        try:
            for chunk in reader.copy(layer.name, layer=layer.layer.name, plan=plan):
                for line in str(chunk.lines, "utf-8").split("\n")[:-1] if chunk.rows else ():
                    code = line.split("\t")[-1]
                    yield from () if code == "\\N" else shapely.get_parts(shapely.from_wkb(code)).tolist()
        except ReadRefused as refused:
            findings.append(of_reader(refused.problem, layer.file))


def add_shapes(read: FootprintFile, shapes: Iterator[BaseGeometry]) -> None:
    """Keep what can be a footprint; what cannot is counted by its reason."""
    holes = crossing = large = open_lines = 0
    for shape in shapes:
        polygon = polygon_of(shapely.force_2d(shape))
        if polygon is None:
            open_lines += 1
        elif not polygon.is_valid:
            crossing += 1
        elif len(polygon.exterior.coords) > MOST_POSITIONS:
            large += 1
        elif polygon.area >= SMALLEST_M2:
            holes += bool(polygon.interiors)
            read.polygons.append(Polygon(polygon.exterior))
    read.notes += describe_left_out(holes, crossing, large, open_lines)


def polygon_of(shape: BaseGeometry) -> Polygon | None:
    """A polygon as it is, a closed line as one; None for other lines."""
    if isinstance(shape, Polygon):
        return shape
    if isinstance(shape, LineString) and shape.is_closed and len(shape.coords) > 3:
        return Polygon(shape)
    return None


def describe_left_out(holes: int, crossing: int, large: int, open_lines: int) -> list[str]:
    notes = []
    if crossing:
        message = ngettext(
            "%(count)s polygon crosses itself: left out.", "%(count)s polygons cross themselves: left out.", crossing
        )
        notes.append(message % {"count": crossing})
    if large:
        message = ngettext(
            "%(count)s polygon has too many corners: left out.",
            "%(count)s polygons have too many corners: left out.",
            large,
        )
        notes.append(message % {"count": large})
    if open_lines:
        message = ngettext(
            "%(count)s open line is no footprint: left out.", "%(count)s open lines are no footprints: left out.",
            open_lines,
        )  # fmt: skip
        notes.append(message % {"count": open_lines})
    if holes:
        message = ngettext(
            "%(count)s polygon has a courtyard, which is filled.",
            "%(count)s polygons have courtyards, which are filled.",
            holes,
        )
        notes.append(message % {"count": holes})
    return notes
