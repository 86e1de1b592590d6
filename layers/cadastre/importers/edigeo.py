"""The cadastral plan as the DGFiP writes it (PCI EDIGEO): sheets, each with its parcels, buildings and names.

Standard: EDIGéO (NF Z 52000), "Standard d'échange PCI" of the DGFiP. Coordinates are in Lambert-93 or in one of the
nine conic zones; they come out in EPSG:2154. A sheet does not name its department: the path of the delivery does
(`edigeo-450010000AB01`), or the communes that are known.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from gis_core.files.reader import Feature, PlanObject, PlanSheet
from layers.intake.delivered import walk_folders
from layers.intake.rows import FileRefused, Refused, Remark, RowUnusable, date_or_remark
from layers.intake.surfaces import Surface, lines, surfaces

SYSTEMS = {"LAMB93": 2154} | {f"RGF93CC{zone}": 3900 + zone for zone in range(42, 51)}
ARCHIVES = (".bz2", ".gz", ".tgz", ".zip", ".tar", ".xz")
COMPANIONS = (".vec", ".geo", ".qal")
SHEET_IDU = re.compile(r"\d{6}[0-9A-Z]{2}\d{2}", re.ASCII)
SECTION_IDU = re.compile(r"\d{6}[0-9A-Z]{2}", re.ASCII)
PARCEL_IDU = re.compile(r"\d{6}[0-9A-Z]{2}\d{4}", re.ASCII)
COMMUNE_IDU = re.compile(r"\d{3}", re.ASCII)
DEPARTMENT = r"(?<![0-9A-Z])(\d\d|2[AB])"
FRENCH_DATE = re.compile(r"(\d\d)/(\d\d)/(\d{4})", re.ASCII)
NAME_LENGTH, BUILDING_NAME_LENGTH = 250, 120
AREA_LIMIT_M2 = 2_000_000_000
NAME_PARTS = ("TEX", *(f"TEX{number}" for number in range(2, 11)))

type Locate = Callable[[str, tuple[float, float]], str | None]
"""The department of the commune with these three digits that holds the place (EPSG:2154), where it is known."""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A row of the table `slug`: its values in the order of the columns, then the geometry (hexadecimal EWKB)."""

    slug: str
    identifier: str | None
    values: tuple[Any, ...]
    ewkb: str
    repairs: tuple[Remark, ...]
    dates: tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class CommuneOutline:
    """The outline of the commune that every one of its sheets repeats."""

    insee: str
    name: str
    wkb: bytes
    updated_date: date | None


@dataclass(slots=True)
class Content:
    """What one sheet brings: rows, the commune, what cannot be used by kind or table.

    `outline` is the sheet's own (hexadecimal EWKB, EPSG:2154), `objects` counts those of the files by kind, `empty`
    names the files that hold none.
    """

    idu: str
    insee: str
    outline: str
    objects: Mapping[str, int]
    rows: list[PlanRow] = field(default_factory=list)
    communes: list[CommuneOutline] = field(default_factory=list)
    refused: list[tuple[str, Refused]] = field(default_factory=list)
    empty: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """What the objects of a sheet have in common: department, three digits of the commune, identifier of the sheet."""

    department: str
    commune: str
    sheet: str

    @property
    def insee(self) -> str:
        return self.department + self.commune


def files(paths: Sequence[Path]) -> Iterator[tuple[Path, tuple[Path, ...]] | tuple[Path, FileRefused]]:
    """Archives and .THF files with their companions, in the folders too; or why a path cannot be used."""
    for path in paths:
        if path.is_dir():
            deliveries = list(in_folder(path))
            yield from deliveries or [(path, FileRefused("edigeo_nothing"))]
        elif path.suffix.lower() in COMPANIONS:
            if not any(one.suffix.lower() == ".thf" for one in path.parent.iterdir()):
                yield path, FileRefused("edigeo_companion")
        else:
            yield sheet_of(path, sorted(path.parent.iterdir()) if path.suffix.lower() == ".thf" else [])


def in_folder(top: Path) -> Iterator[tuple[Path, tuple[Path, ...]] | tuple[Path, FileRefused]]:
    """What a folder and those below it hold; a link is named with its sheet, or else alone."""
    for paths, links in walk_folders(top):
        inside = sorted((*paths, *links))
        starts = [path for path in inside if path.suffix.lower() == ".thf"]
        if not starts and any(path.suffix.lower() == ".vec" for path in inside):
            yield inside[0].parent, FileRefused("edigeo_folder_without_thf")
        claimed: set[Path] = set()
        for path in paths:
            if path.suffix.lower() in (*ARCHIVES, ".thf"):
                beside = inside if path in starts else []
                claimed.update(companions(path, beside))
                yield sheet_of(path, beside)
        yield from ((link, FileRefused("link")) for link in links if link not in claimed)


def sheet_of(path: Path, inside: Sequence[Path]) -> tuple[Path, tuple[Path, ...]] | tuple[Path, FileRefused]:
    """A delivery and what belongs to it among the files beside it."""
    belonging = companions(path, inside)
    if links := [one.name for one in belonging if one.is_symlink()]:
        return path, FileRefused("edigeo_link", names=", ".join(links))
    return path, belonging


def companions(thf: Path, inside: Iterable[Path]) -> tuple[Path, ...]:
    """The files of the same sheet: of E000AB01.THF those named EDAB01xx, all where there is no other sheet."""
    beside = [path for path in inside if path.suffix.lower() in COMPANIONS]
    mine = [path for path in beside if path.stem[2:6].upper() == thf.stem[-4:].upper()]
    return tuple(mine or beside)


def read_sheet(sheet: PlanSheet, path: str, locate: Locate) -> Content:
    """The rows of one sheet that was delivered as `path`. Raises FileRefused."""
    epsg = SYSTEMS.get(sheet.reference)
    if epsg is None:
        raise FileRefused("edigeo_system", found=sheet.reference)
    content, origin = read_outline(sheet, epsg, path, locate)
    drawn = [one for one in sheet.features if one.kind in PARSERS]
    for part, shapes in ((SURFACE_KINDS, surfaces), (LINE_KINDS, lines)):
        objects = [one for one in drawn if one.kind in part]
        features = [Feature(0, object_name(one), one.attributes, one.wkb) for one in objects]
        features_shapes = shapes(features, epsg) if features else []
        for one, shape, text in zip(
            objects, features_shapes, ewkb([geometry(shape) for shape in features_shapes]), strict=True
        ):
            take(content, origin, one, shape, text)
    content.refused += [(kind, Refused.by_reader(problem)) for kind, problem in sheet.problems]
    refuse_repeated(content)
    return content


def read_outline(sheet: PlanSheet, epsg: int, path: str, locate: Locate) -> tuple[Content, Origin]:
    """The sheet itself, which tells what the others belong to."""
    outlines = [one for one in sheet.features if one.kind == "SUBDSECT"]
    if len(outlines) != 1:
        raise FileRefused("edigeo_sheets", found=len(outlines))
    idu = outlines[0].attributes.get("IDU", "").replace(" ", "0")
    (shape,) = surfaces([Feature(0, idu, {}, outlines[0].wkb)], epsg)
    if not SHEET_IDU.fullmatch(idu):
        raise FileRefused("edigeo_idu", found=idu[:60])
    if isinstance(shape, Remark):
        raise FileRefused(shape.code, **shape.params)
    place = shape.geom.representative_point()
    department = department_in(f"{path}/{sheet.label}", idu) or locate(idu[:3], (place.x, place.y))
    if department is None:
        raise FileRefused("edigeo_department", idu=idu)
    origin = Origin(department, idu[:3], department + idu)
    outline = ewkb([shape.geom])[0]
    return Content(origin.sheet, origin.insee, outline, sheet.objects, empty=sheet.empty), origin


def department_in(path: str, idu: str) -> str | None:
    """The two characters before the sheet's identifier in a path such as `edigeo-450010000AB01.tar.bz2`."""
    match = re.search(DEPARTMENT + re.escape(idu), path.upper())
    return match[1] if match else None


def object_name(one: PlanObject) -> str:
    """What an object is called in a report."""
    return one.attributes.get("IDU") or one.name


def take(content: Content, origin: Origin, one: PlanObject, shape: Any, text: str) -> None:
    """Add an object (`text` is its shape as COPY takes it) to the content, or the reason why it cannot be used."""
    try:
        if isinstance(shape, Remark):
            raise RowUnusable(shape.code, **shape.params)
        remarks = list(shape.repairs) if isinstance(shape, Surface) else []
        dates = quality_date(one.created, "created", remarks), quality_date(one.updated, "updated", remarks)
        made = PARSERS[one.kind](one, origin, dates, remarks)
        if isinstance(made, CommuneOutline):
            content.communes.append(CommuneOutline(made.insee, made.name, geometry(shape).wkb, dates[1]))
        else:
            slug, identifier, values = made
            content.rows.append(PlanRow(slug, identifier, values, text, tuple(remarks), dates))
    except RowUnusable as unusable:
        content.refused.append((one.kind, Refused(0, object_name(one), unusable.remark.code, unusable.remark.params)))


def geometry(shape: Any) -> Any:
    """The geometry of a surface or a line that can be used, else None."""
    if isinstance(shape, Remark):
        return None
    return shape.geom if isinstance(shape, Surface) else shape


def ewkb(geometries: Sequence[Any]) -> list[Any]:
    """Geometries in EPSG:2154 as COPY takes them; None stays None."""
    with_system = shapely.set_srid(np.array(geometries, object), 2154)
    return list(shapely.to_wkb(with_system, hex=True, include_srid=True))


def refuse_repeated(content: Content) -> None:
    """The first of the objects with the same identifier, or without one but alike in everything, stays."""
    seen: set[Any] = set()
    kept = []
    for row in content.rows:
        mark = (row.slug, row.identifier) if row.identifier else (row.slug, row.values, row.ewkb)
        if mark in seen:
            content.refused.append((row.slug, Refused(0, row.identifier, "edigeo_repeated")))
        else:
            seen.add(mark)
            kept.append(row)
    content.rows[:] = kept


type Dates = tuple[date | None, date | None]
type Made = CommuneOutline | tuple[str, str | None, tuple[Any, ...]]


def commune(one: PlanObject, origin: Origin, dates: Dates, remarks: list[Remark]) -> Made:
    idu = identifier(one, COMMUNE_IDU, origin)
    return CommuneOutline(origin.department + idu, one.attributes.get("TEX2", "").strip(), b"", dates[1])


def section(one: PlanObject, origin: Origin, dates: Dates, remarks: list[Remark]) -> Made:
    idu = identifier(one, SECTION_IDU, origin)
    full = origin.department + idu
    return "sections", full, (full, origin.insee, idu[3:6], idu[6:], *dates)


def sheet(one: PlanObject, origin: Origin, dates: Dates, remarks: list[Remark]) -> Made:
    idu = origin.sheet
    given = one.attributes
    edition = french_day(given.get("DEDI", ""), remarks)
    reference = (idu, origin.insee, idu[5:8], idu[8:10], idu[10:])
    return "cadastral-sheets", idu, (*reference, quality(given), scale(given, remarks), edition, *dates)


def parcel(one: PlanObject, origin: Origin, dates: Dates, remarks: list[Remark]) -> Made:
    idu = identifier(one, PARCEL_IDU, origin)
    number = idu[8:]
    label = f"{idu[6:8].lstrip('0')} {number.lstrip('0') or '0'}"
    reference = (origin.department + idu, origin.insee, idu[3:6], idu[6:8], number, label)
    surveyed = one.attributes.get("COAR") == "A"
    return "parcels", reference[0], (*reference, area(one.attributes), surveyed, *dates, origin.sheet)


def building(one: PlanObject, origin: Origin, dates: Dates, remarks: list[Remark]) -> Made:
    kind = one.attributes.get("DUR", "")
    if kind not in ("01", "02"):
        raise RowUnusable("bad_value", name="DUR", value=kind[:60])
    name = whole_name(one.attributes, BUILDING_NAME_LENGTH, remarks)
    return "buildings", None, (origin.insee, kind, name, *dates, origin.sheet)


def of_the_plan(slug: str) -> Callable[[PlanObject, Origin, Dates, list[Remark]], Made]:
    """The parser of the tables that hold a name alone."""

    def parse(one: PlanObject, origin: Origin, dates: Dates, remarks: list[Remark]) -> Made:
        name = whole_name(one.attributes, NAME_LENGTH, remarks)
        return slug, None, (origin.insee, name, *dates, origin.sheet)

    return parse


PARSERS: Mapping[str, Callable[[PlanObject, Origin, Dates, list[Remark]], Made]] = {
    "COMMUNE": commune,
    "SECTION": section,
    "SUBDSECT": sheet,
    "PARCELLE": parcel,
    "BATIMENT": building,
    "LIEUDIT": of_the_plan("named-places"),
    "TRONFLUV": of_the_plan("water"),
    "ZONCOMMUNI": of_the_plan("plan-roads"),
    "TRONROUTE": of_the_plan("plan-road-areas"),
}
LINE_KINDS = frozenset({"ZONCOMMUNI"})
SURFACE_KINDS = PARSERS.keys() - LINE_KINDS


def identifier(one: PlanObject, pattern: re.Pattern[str], origin: Origin) -> str:
    """The object's identifier, which must be well formed and of the sheet's commune."""
    idu = one.attributes.get("IDU", "").replace(" ", "0")
    if not idu:
        raise RowUnusable("missing_value", name="IDU")
    if not pattern.fullmatch(idu):
        raise RowUnusable("bad_value", name="IDU", value=idu[:60])
    if not idu.startswith(origin.commune):
        raise RowUnusable("edigeo_other_commune", idu=idu, sheet=origin.sheet)
    return idu


def whole_name(given: Mapping[str, str], length: int, remarks: list[Remark]) -> str:
    """The words that the plan writes one by one, in their order."""
    name = " ".join(word for part in NAME_PARTS if (word := given.get(part, "").strip()))
    if len(name) > length:
        remarks.append(Remark("edigeo_name_cut", {"name": name[:60], "length": length}))
    return name[:length].rstrip()


def area(given: Mapping[str, str]) -> int | None:
    """The registered area in square metres (SUPF), as "+21947."."""
    text = given.get("SUPF", "")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value <= AREA_LIMIT_M2:
        raise RowUnusable("bad_value", name="SUPF", value=text[:60])
    return round(value)


def quality(given: Mapping[str, str]) -> str:
    """QUPL; what the standard does not know is left out."""
    code = given.get("QUPL", "")
    return code if code in ("01", "02", "03", "04", "05") else ""


def scale(given: Mapping[str, str], remarks: list[Remark]) -> int | None:
    """The denominator of the plan's scale (EOR)."""
    text = given.get("EOR", "").strip()
    if text.isascii() and text.isdigit() and 0 < int(text) < 1_000_000:
        return int(text)
    if text:
        remarks.append(Remark("edigeo_scale_ignored", {"value": text[:40]}))
    return None


def quality_date(text: str, name: str, remarks: list[Remark]) -> date | None:
    """A date of the quality file (YYYYMMDD)."""
    return date_or_remark(text, name, remarks) if text.strip() else None


def french_day(text: str, remarks: list[Remark]) -> date | None:
    """A date that the plan writes as 31/12/1999, or Absent."""
    match = FRENCH_DATE.fullmatch(text.strip())
    if match:
        return date_or_remark(f"{match[3]}-{match[2]}-{match[1]}", "DEDI", remarks)
    if text.strip().lower() not in ("", "absent"):
        remarks.append(Remark("date_ignored", {"name": "DEDI", "value": text[:40]}))
    return None
