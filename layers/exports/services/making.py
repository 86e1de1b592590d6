"""Making the file of an export: rows are read as their asker, under the row policies, and written by a child process.

The file appears whole under its name, or not at all.
"""

import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import DatabaseError
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gis_core.errors import Invalid, NotFound, Unavailable
from gis_core.files.writing.process import Child
from gis_core.files.writing.rows import Column, Row, Shape, free_name, label_value
from gis_core.files.writing.wire import MOST_SHEET_ROWS, FileFormat, FileLayer, Order
from gis_core.members.rights import Rights, under_policies
from layers.catalogue.models import Layer
from layers.catalogue.services import visible_layer
from layers.exports import notes
from layers.exports.crs import BY_SRID
from layers.exports.makers import Json, MadeFile, Progress
from layers.exports.points import EXPORTS
from layers.exports.services.ordering import ExportOrder, Wanted
from layers.exports.services.reading import Reading, batches, columns_for, geometry_type_name
from layers.exports.services.selection import count
from layers.exports.styles import style_of
from layers.features.cql2 import Condition
from layers.features.display import display_number

ROWS_SHARE = 0.95  # of the work, before what is left to pack


@dataclass(frozen=True, slots=True)
class Prepared:
    """A layer that is about to be read."""

    layer: Layer
    condition: Condition
    reading: Reading
    count: int

    @property
    def columns(self) -> Sequence[Column]:
        return self.reading.columns


@dataclass(frozen=True, slots=True)
class Made:
    """The file, and what the child says of each layer."""

    path: Path
    layers: list[Prepared]
    wrote: list[dict[str, Any]]


def make(order: ExportOrder, *, rights: Rights, folder: Path, stem: str, progress: Progress) -> Made:
    """Make the file in an empty folder. Raises domain errors, whatever is wrong told in words."""
    with under_policies():
        layers = [prepare(wanted, order, rights) for wanted in order.layers]
        wrote = write(layers, order, folder, stem, progress)
    made = Made(folder / f"{stem}.{order.format}", layers, wrote)
    return zip_shapefiles(made, folder, stem, progress) if order.format == "shp" else made


def make_file(order: Json, *, rights: Rights, folder: Path, stem: str, progress: Progress) -> MadeFile:
    """The file of an order as a job keeps it: by the desk whose format it is, else of layers."""
    if maker := EXPORTS.find(order["format"]):
        with under_policies():
            return maker.make(order, rights, folder, progress)
    made = make(ExportOrder.from_json(order), rights=rights, folder=folder, stem=stem, progress=progress)
    pairs = list(zip(made.layers, made.wrote, strict=True))
    layers = [
        {"layer": said["name"], "title": str(one.layer), "rows": said["rows"], "renamed": said["renamed"]}
        for one, said in pairs
    ]
    remarks = [
        remark for one, said in pairs for remark in (*notes.of_names(one.layer, said), *notes.remarks(one.layer, said))
    ]
    return MadeFile(made.path, layers, remarks)


def prepare(wanted: Wanted, order: ExportOrder, rights: Rights) -> Prepared:
    try:
        layer = visible_layer(wanted.layer, rights)
    except NotFound as error:
        message = _("“%(title)s” is no longer there, or no longer open to you: nothing was exported.")
        raise NotFound(message % {"title": wanted.title or wanted.layer}) from error
    condition = wanted.selection.condition(layer, rights)
    columns = columns_for(layer, rights, labels=order.labels)
    shape: Shape = "wkb" if order.format != "xlsx" else "xy" if order.points else "none"
    with wanted.selection.refuse_uncomputable():
        feature_count = count(layer, condition)
    if order.format == "xlsx" and feature_count >= MOST_SHEET_ROWS:
        message = _("“%(layer)s” has %(count)s objects, and a sheet holds %(most)s: narrow the selection down.")
        numbers = {"count": display_number(feature_count, 0), "most": display_number(MOST_SHEET_ROWS - 1, 0)}
        raise Invalid(message % {"layer": layer, **numbers})
    return Prepared(layer, condition, Reading(columns, shape, BY_SRID[order.srid]), feature_count)


def write(
    layers: Sequence[Prepared], order: ExportOrder, folder: Path, stem: str, progress: Progress
) -> list[dict[str, Any]]:
    form: FileFormat = order.format  # type: ignore[assignment]
    done, total = 0, max(sum(one.count for one in layers), 1)
    with Child(Order(form, folder, stem)) as child:
        for one in layers:
            child.layer(describe_layer(one, order))
            for rows in read_batches(one, order):
                child.rows(rows)
                done += len(rows)
                numbers = {"done": display_number(done, 0), "total": display_number(total, 0)}
                progress(ROWS_SHARE * min(done / total, 1), _("%(done)s of %(total)s objects") % numbers)
            child.end_layer()
        progress(ROWS_SHARE, _("Finishing the file"))
        return child.finish()


def read_batches(one: Prepared, order: ExportOrder) -> Iterator[list[Row]]:
    """Rows as the file has them: codes in words, instants as clocks here show them where a file knows no time zone."""
    changes = [
        (rank, change) for rank, column in enumerate(one.reading.columns) if (change := change_of(column, order))
    ]
    try:
        for rows in batches(one.layer, one.condition, one.reading):
            yield [convert_row(row, changes) for row in rows] if changes else rows
    except DatabaseError as error:
        message = _("The layer “%(layer)s” could not be read, and nothing was exported.")
        raise Unavailable(message % {"layer": one.layer}) from error


def change_of(column: Column, order: ExportOrder) -> Callable[[Any], Any] | None:
    if column.code_labels is not None:
        return lambda value: str(label_value(column, value))
    return localtime if column.kind == "datetime" and order.format != "gpkg" else None


def convert_row(row: Row, changes: Sequence[tuple[int, Callable[[Any], Any]]]) -> Row:
    cells = list(row)
    for rank, change in changes:
        if cells[rank] is not None:
            cells[rank] = change(cells[rank])
    return cells


def describe_layer(one: Prepared, order: ExportOrder) -> FileLayer:
    """What the writer is told of a layer."""
    layer, columns = one.layer, one.reading.columns
    file_columns = [Column(column.name, heading(column, order), kind_of(column)) for column in columns]
    if one.reading.shape == "xy":
        file_columns += [Column(name, name, "number") for name in (free_name("x", columns), free_name("y", columns))]
    return FileLayer(
        name=layer.slug,
        title=str(layer),
        abstract=layer.abstract,
        columns=file_columns,
        geometry_type=geometry_type_name(layer),
        srid=one.reading.crs.srid,
        count=one.count,
        style=style_of(layer, columns) if order.format == "gpkg" and layer.legend else None,
    )


def heading(column: Column, order: ExportOrder) -> str:
    """What a workbook has above a column; a GeoPackage shows it beside the name."""
    return column.label if order.labels or order.format != "xlsx" else column.name


def kind_of(column: Column) -> Any:
    return "text" if column.code_labels is not None else column.kind


def zip_shapefiles(made: Made, folder: Path, stem: str, progress: Progress) -> Made:
    """The Shapefiles in one archive, with a text that says what became of the names."""
    progress(ROWS_SHARE, _("Packing the files"))
    files = sorted(path for path in folder.iterdir() if path.is_file())
    path = folder / f"{stem}.zip"
    with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for file in files:
            archive.write(file, file.name)
            file.unlink()
        archive.writestr(notes.FILE_NAME, notes.of_shapefiles(made.layers, made.wrote).encode("utf-8-sig"))
    return Made(path, made.layers, made.wrote)


def put_away(made: Path, final: Path) -> int:
    """Give the file its final name in one step; its size."""
    size = made.stat().st_size
    final.parent.mkdir(parents=True, exist_ok=True)
    made.replace(final)
    shutil.rmtree(made.parent, ignore_errors=True)
    return size
