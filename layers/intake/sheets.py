"""The tables of a delivery, read by the restricted reader: every field as text, geometries in EPSG:2154.

A row that the reader refuses is a finding of its table; so is a file that it cannot open, and the others go on.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import shapely
from django.utils.translation import gettext_noop as _

from gis_core.files.reader import (
    Column,
    CopyPlan,
    GeometryColumn,
    LayerInfo,
    Problem,
    Reading,
    ReadRefused,
    RestrictedReader,
)
from layers.intake.findings import Finding, Findings, of_reader
from layers.intake.services.reading import data_sets

LAMBERT_93 = 2154
UNMISTAKABLE = (LAMBERT_93, 4326, *range(3942, 3951))
"""Systems that coordinates alone can tell in France: Lambert-93, degrees, the conic zones."""
NULL = "\\N"
ESCAPED = re.compile(r"\\(.)")
UNESCAPED = {"t": "\t", "n": "\n", "r": "\r"}
ENOUGH_ROWS = 5_000
"""What tells the fields and the system of a layer whose rows are read next."""
MISPLACED = ("out_of_range", "out_of_range_seems")

type Shape = Literal["line", "point"]
type Geometries = np.ndarray[Any, np.dtype[Any]]


@dataclass(slots=True)
class Sheet:
    """The rows of one layer: `rows` are their ranks in the file, `columns` their texts by the file's field names,
    `epsg` the system in which it was read, `refused` how many the reader refused.
    """

    file: str
    rows: list[int]
    columns: dict[str, list[str | None]]
    shapes: Geometries
    findings: Findings
    epsg: int | None = None
    refused: int = 0

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class SourceLayer:
    """A layer of a delivery before its rows are read: `name` is its file in the reader, `source` the one sent."""

    name: str
    file: str
    layer: LayerInfo
    source: str
    reading: Reading = field(default_factory=Reading)

    @property
    def label(self) -> str:
        """Its own name: of the file when that has one layer, else of the layer."""
        return self.layer.name or self.file

    @property
    def fields(self) -> list[str]:
        return [column.name for column in self.layer.columns if column.guess != "other"]


def layers_in(
    reader: RestrictedReader,
    paths: Sequence[Path],
    findings: list[Finding],
    *,
    rows: int | None = None,
    reading: Reading = Reading(),  # noqa: B008 - it never changes
) -> Iterator[SourceLayer]:
    """Every layer of the files of a delivery (archives, sets of files); those that cannot be opened are findings.

    They are looked at whole, or by so many rows where all of them are read next anyway.
    """
    by_name = {path.name: path for path in paths}
    for main, companions in data_sets(list(by_name)):
        try:
            name = reader.admit(by_name[main], *(by_name[one] for one in companions))
            info = reader.inspect(name, reading=reading, rows=rows)
        except ReadRefused as refused:
            findings.append(replace(of_reader(refused.problem, main), row=None))
            continue
        findings += [replace(of_reader(problem, label), row=None) for label, problem in info.unread]
        for layer in info.layers:
            yield SourceLayer(name, layer.name or main, layer, main, reading)


def sheet_of(reader: RestrictedReader, layer: SourceLayer, shape: Shape, identifier: str | None) -> Sheet:
    """The rows of a layer; none, with a finding about the file, where its coordinates cannot be told."""
    findings = Findings(layer.file)
    sheet = Sheet(layer.file, [], {}, np.array([], object), findings)
    epsg = sheet.epsg = system_of(layer.layer, findings)
    if layer.layer.features == 0 or epsg is None:
        return sheet
    names = [name for name in layer.fields if not is_shape(layer.layer, name)]
    wanted = GeometryColumn(shape, multi=shape == "line", epsg=epsg, invalid="keep", required=False)
    geometry = wanted if layer.layer.has_geometry else None
    columns = tuple(Column(name, "text") for name in names)
    plan = CopyPlan(columns, geometry, layer.reading, identifier=identifier)
    problems: list[Problem] = []
    lines: list[str] = []
    try:
        for chunk in reader.copy(layer.name, layer=layer.layer.name, plan=plan):
            lines += str(chunk.lines, "utf-8").split("\n")[:-1] if chunk.rows else []
            problems += chunk.problems
    except ReadRefused as refused:
        findings.add(refused.problem.index, refused.problem.code, refused.problem.params, "error")
    fill(sheet, lines, names)
    sheet.refused = len(problems)
    report_problems(problems, len(sheet), epsg, findings)
    return sheet


def is_shape(layer: LayerInfo, name: str) -> bool:
    """Whether a field is the text of the geometry itself."""
    return layer.place is not None and name == layer.place.wkt


def system_of(layer: LayerInfo, findings: Findings) -> int | None:
    """The EPSG code of a layer's coordinates: as declared, as they look, or the one that RAEPA prescribes."""
    reference = layer.reference
    if reference is None or not layer.has_geometry:
        return LAMBERT_93
    if not layer.crs and reference.how in ("unknown", "unreadable") and not reference.seems:
        message = _("The coordinate system “%(name)s” is not known here: deliver the file in EPSG:2154 (Lambert-93).")
        findings.add(None, message, {"name": (reference.text or reference.name)[:80]}, "error")
        return None
    if layer.crs and (reference.fits or not reference.seems or reference.outside < layer.read):
        return layer.crs
    if layer.crs and reference.how == "default" and reference.seems in UNMISTAKABLE:
        # GeoJSON that names no system is in degrees; metres in it can only be what they look like.
        message = _("The file names no coordinate system: its coordinates were read as EPSG:%(seems)s.")
        findings.add(None, message, {"seems": reference.seems})
        return reference.seems
    if layer.crs:
        message = _(
            "The file says EPSG:%(declared)s, but its coordinates look like EPSG:%(seems)s: correct the file’s system "
            "(.prj), or deliver it in EPSG:2154 (Lambert-93)."
        )
        findings.add(None, message, {"declared": layer.crs, "seems": reference.seems}, "error")
        return None
    return likely_system(layer, reference.seems, findings)


def likely_system(layer: LayerInfo, seems: int | None, findings: Findings) -> int | None:
    """The system of a file that does not say: Lambert-93, or what its coordinates can only be."""
    if not layer.features or (seems == LAMBERT_93 and layer.place is not None):
        return LAMBERT_93
    if seems is None or seems in UNMISTAKABLE:
        message = _("The coordinate system is missing (.prj): read as EPSG:%(seems)s.")
        findings.add(None, message, {"seems": seems or LAMBERT_93})
        return seems or LAMBERT_93
    message = _(
        "The coordinate system is missing (.prj), and the coordinates look like EPSG:%(seems)s: add the file’s system, "
        "or deliver it in EPSG:2154 (Lambert-93)."
    )
    findings.add(None, message, {"seems": seems}, "error")
    return None


def fill(sheet: Sheet, lines: list[str], names: list[str]) -> None:
    """Put lines of COPY text back into columns."""
    if not lines:
        return
    columns = list(zip(*(line.split("\t") for line in lines), strict=True))
    sheet.rows = [int(rank) for rank in columns[0]]
    for name, texts in zip(names, columns[1:], strict=False):
        sheet.columns[name] = [None if text == NULL else unescape_text(text) for text in texts]
    if len(columns) > len(names) + 1:
        codes = np.array([None if text == NULL else text for text in columns[-1]], object)
        sheet.shapes = np.asarray(shapely.from_wkb(codes), object)
    else:
        sheet.shapes = np.full(len(lines), None, object)


def unescape_text(text: str) -> str:
    if "\\" not in text:
        return text
    return ESCAPED.sub(lambda match: UNESCAPED.get(match[1], match[1]), text)


def report_problems(problems: Sequence[Problem], good: int, epsg: int, findings: Findings) -> None:
    """The rows that the reader refused, in words; one finding for all of them when none of the file can be here."""
    misplaced = [problem for problem in problems if problem.code in MISPLACED and not at_origin(problem)]
    if len(misplaced) > 1 and not good:
        message = _(
            "None of the %(count)s objects is in metropolitan France as EPSG:%(epsg)s: deliver the file in EPSG:2154 "
            "(Lambert-93), or check the system it declares."
        )
        findings.add(None, message, {"count": len(misplaced), "epsg": epsg}, "error")
        problems = [problem for problem in problems if problem.code not in MISPLACED or at_origin(problem)]
    for problem in problems:
        if at_origin(problem) and not problem.identifier:
            message = _("An empty row at (0, 0), left over from the template: left out.")
            findings.add(problem.index, message)
        elif at_origin(problem):
            message = _("“%(name)s” lies at (0, 0): give it its place. It was left out.")
            findings.add(problem.index, message, {"name": problem.identifier}, "error")
        else:
            findings.add(problem.index, problem.code, problem.params, "error")


def at_origin(problem: Problem) -> bool:
    return problem.code in MISPLACED and problem.params.get("x") == 0 and problem.params.get("y") == 0
