"""A delivery on the disk, a folder or a ZIP archive of one: its files, and the tables of a standard among them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from gis_core.files.reader import FileInfo, LayerInfo, Reading, ReadRefused, RestrictedReader
from layers.intake.delivered import files_in
from layers.intake.report import FileReport, ImportReport
from layers.intake.rows import FileRefused
from layers.planning import cnig
from layers.planning.cnig import Effect, Finding, Level
from layers.planning.standard import Table

TABLES = (".shp", ".dbf", ".gpkg", ".tab", ".mif", ".geojson", ".gml", ".fgb", ".csv")
SEVERAL_LAYERS = (".gpkg", ".gml")
COMPANIONS = (".shx", ".dbf", ".prj", ".cpg", ".dat", ".map", ".id", ".ind", ".mid")
# Beside the tables: what other programs keep for themselves, and nobody misses.
SILENT = (".qpj", ".qml", ".sbn", ".sbx", ".shx", ".prj", ".cpg")
PDF = b"%PDF-"
PDF_HEAD = 1024
MOST_PIECE_BYTES = 512 << 20

type Finder = Callable[[str], Table | None]


@dataclass(frozen=True, slots=True)
class Item:
    """One file: its path in the delivery, where its bytes lie, and its name in quarantine once it is there."""

    path: PurePosixPath
    source: Path
    name: str | None = None

    @property
    def suffix(self) -> str:
        return self.path.suffix.lower()


@dataclass(frozen=True, slots=True)
class Folder:
    """A delivery: its name and all its files."""

    name: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class DeliveredTable:
    """A table of the standard: its name in quarantine, its layer, what is known of it, and its report."""

    table: Table
    name: str
    stem: str
    info: LayerInfo
    epsg: int | None
    report: FileReport


def folders(paths: Sequence[Path], reader: RestrictedReader, report: ImportReport) -> Iterator[Folder]:
    """Each folder and archive is a delivery; single files together are one more. Raises ReadRefused, FileRefused."""
    loose = []
    for path in paths:
        if path.is_dir():
            yield of_folder(path, report)
        elif path.suffix.lower() == ".zip":
            yield of_archive(path, reader)
        else:
            loose.append(path)
    if loose:
        yield Folder(loose[0].stem, tuple(Item(PurePosixPath(path.name), path) for path in loose))


def of_folder(folder: Path, report: ImportReport) -> Folder:
    files = files_in(folder, report, below=True)
    return inside(
        folder.resolve().name, [Item(PurePosixPath(path.relative_to(folder).as_posix()), path) for path in files]
    )


def of_archive(path: Path, reader: RestrictedReader) -> Folder:
    parts = reader.unpack(reader.admit(path, link=True))
    return inside(path.stem, [Item(PurePosixPath(part.label), reader.path_of(part.name), part.name) for part in parts])


def inside(name: str, items: list[Item]) -> Folder:
    """The only folder of a delivery is the delivery. Raises FileRefused when there is nothing."""
    if not items:
        raise FileRefused("missing_source_file", pattern=".shp, .dbf, .gpkg")
    tops = {item.path.parts[0] for item in items if len(item.path.parts) > 1}
    if (
        len(tops) == 1
        and all(len(item.path.parts) > 1 for item in items)
        and "_" in (top := tops.pop())
        and top[0].isdigit()
    ):
        return inside(top, [replace(item, path=PurePosixPath(*item.path.parts[1:])) for item in items])
    return Folder(name, tuple(items))


def data_sets(folder: Folder) -> Iterator[tuple[Item, list[Item]]]:
    """(main file, companions) of each data set."""
    by_stem: dict[str, list[Item]] = {}
    for item in folder.items:
        by_stem.setdefault(str(item.path.with_suffix("")).lower(), []).append(item)
    for items in by_stem.values():
        main = min(
            (one for one in items if one.suffix in TABLES), key=lambda one: TABLES.index(one.suffix), default=None
        )
        if main is not None:
            yield main, [one for one in items if one is not main and one.suffix in COMPANIONS]


def find_tables(
    folder: Folder, find: Finder, reader: RestrictedReader, report: ImportReport
) -> tuple[list[DeliveredTable], list[str]]:
    """The tables that can be used, and the files that are of no use; each file of the standard has its report."""
    usable: list[DeliveredTable] = []
    unexpected: list[str] = []
    for main, companions in data_sets(folder):
        if main.suffix not in SEVERAL_LAYERS and find(main.path.stem) is None:
            unexpected.append(str(main.path))
            continue
        tables = list(of_data_set(main, companions, find, reader, report))
        usable += tables
    return usable, unexpected


def of_data_set(
    main: Item, companions: Sequence[Item], find: Finder, reader: RestrictedReader, report: ImportReport
) -> Iterator[DeliveredTable]:
    """The tables of one file, opened and looked at by the rules."""
    label = f"{main.path}"
    if main.suffix == ".shp" and not any(one.suffix == ".dbf" for one in companions):
        report_findings(cnig.findings(cnig.Incomplete(missing=main.path.with_suffix(".dbf").name)), report.file(label))
        return
    try:
        name = main.name or reader.admit(main.source, *(one.source for one in companions), link=True)
        info = reader.inspect(name, reading=Reading(ended=True))
    except ReadRefused as refused:
        unreadable(report.file(label), refused)
        return
    for layer, stem in layers_of(info, main):
        table = find(stem)
        if table is not None:
            several = f"{label} · {stem}" if main.suffix in SEVERAL_LAYERS else label
            file = report.file(several, table.name)
            opened = cnig.Opened(table=table, info=layer, suffix=main.suffix, epsg=epsg_of(layer))
            if report_findings(cnig.findings(opened), file):
                yield DeliveredTable(table, name, stem, layer, opened.epsg, file)


def layers_of(info: FileInfo, main: Item) -> Iterator[tuple[LayerInfo, str]]:
    for layer in info.layers:
        yield layer, (str(layer.name) if main.suffix in SEVERAL_LAYERS else main.path.stem)


def epsg_of(layer: LayerInfo) -> int | None:
    """What the file says of its coordinates, else what they look like; None where the two disagree."""
    reference = layer.reference
    if reference is None or not layer.has_geometry:
        return layer.crs
    if layer.crs is None:
        return None if reference.text else reference.seems
    return layer.crs if reference.fits else None


def unreadable(file: FileReport, refused: ReadRefused) -> None:
    report_findings(cnig.findings(cnig.Unreadable(problem=refused.problem)), file)


def report_findings(findings: Iterator[Finding], file: FileReport) -> bool:
    """Put what was found of a file as a whole into its report; whether the file can be used."""
    usable = True
    for one in findings:
        if one.rule.level is Level.ERROR:
            usable = False
            file.file_refused(FindingRefused(one))
        else:
            file.add_remark(one)
    return usable


class FindingRefused(FileRefused):
    """A delivery or a file that a rule refuses."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code, **finding.params)


def refuse_delivery(findings: Iterator[Finding], file: FileReport) -> None:
    """Tell what was found of the delivery. Raises FindingRefused for a rule that refuses all of it."""
    refusing = None
    for one in findings:
        if one.rule.effect is Effect.DELIVERY:
            refusing = refusing or one
        else:
            file.add_remark(one)
    if refusing:
        raise FindingRefused(refusing)


def is_pdf(item: Item) -> bool:
    """By its first bytes, which nobody but a browser will interpret."""
    with item.source.open("rb") as opened:
        return PDF in opened.read(PDF_HEAD) and item.source.stat().st_size <= MOST_PIECE_BYTES


def split_documents(folder: Folder) -> tuple[list[Item], list[str], list[str]]:
    """The written pieces, the files of their folders that are no PDF, and other files that nobody expects."""
    used = {one.path for main, companions in data_sets(folder) for one in (main, *companions)}
    kept, not_pdf, unexpected = [], [], []
    for item in folder.items:
        if item.path in used or item.suffix == ".xml" or item.suffix in SILENT:
            continue
        if item.suffix == ".pdf" and is_pdf(item):
            kept.append(item)
        elif item.suffix == ".pdf":
            not_pdf.append(str(item.path))
        else:
            unexpected.append(str(item.path))
    return kept, not_pdf, unexpected
