"""Vector files that GDAL opens, as slices of Arrow columns."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
from pyogrio import raw
from pyogrio.errors import CRSError, DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from .columns import has_accents, is_readable_text, json_texts, storage_of
from .drivers import Drivers
from .reference import identify
from .shapes import wkb_codes
from .slices import OTHER, SLICE_ROWS, Detected, Field, Head, Numbers, Slice, ranks, unique, where, without_empty
from .trouble import Trouble, broken_at

OGR_TYPES = {
    "OFTString": "text",
    "OFTInteger": "integer",
    "OFTInteger64": "integer",
    "OFTReal": "number",
    "OFTDate": "date",
    "OFTDateTime": "datetime",
    "OFTTime": "text",
    "OFTBinary": OTHER,
}
# How exports from dBASE name their fields: POINT_X,N,19,8.
DBASE_NAME = re.compile(r",[CNDFLM],\d{1,3}(,\d{1,2})?$")
# WKB codes from CircularString to MultiSurface.
CURVES = (8, 9, 10, 11, 12)
UNFINISHED_BYTES = 3
SHAPEFILE = "ESRI Shapefile"
GPX = "GPX"
# Where QGIS keeps the styles of a GeoPackage.
STYLES = "layer_styles"
MOST_STYLES = 20
MOST_STYLE_CHARACTERS = 2_000_000
ASIDE = {"GPKG": (STYLES, "qgis_projects"), GPX: ("route_points", "track_points")}
OPENING = (DataSourceError, DataLayerError, CRSError, FeatureError, FieldError, GeometryError, ValueError, OSError)


@dataclass(frozen=True, slots=True)
class Opening:
    """How GDAL is to open a file: the options of its driver, and the codec of texts that it gives as they lie there.

    `recoded`: GDAL takes the texts for Latin-1 and this module reads them again; `direct`: pyogrio reads them, which
    is slower. `crs` stands for what GDAL would say. `complete`: the file must hold as many rows as it announces, but
    for the `deleted` ones, and as the table `beside` it has. `typed`: its numbers are numbers. Fields that are
    `ignored` are told, not read.
    """

    driver: str
    options: Mapping[str, str] = field(default_factory=dict)
    encoding: Detected = field(default_factory=lambda: Detected("utf-8", "format"))
    accented: tuple[str, ...] = ()
    recoded: bool = False
    direct: bool = False
    crs: Detected | None = None
    complete: bool = False
    deleted: int = 0
    beside: int = 0
    typed: bool = True
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Dataset:
    """One file of one GDAL driver."""

    def __init__(self, path: str, opening: Opening, drivers: Drivers, limits: Mapping[str, int]) -> None:
        self.format = opening.driver
        self._path = path
        self._opening = opening
        self._drivers = drivers
        self._limits = limits
        self._heads: dict[str, Head] = {}
        self._styled = False
        self._unread: list[tuple[str, Trouble]] = []
        # GDAL looks for the system of a .prj among all that it knows, at each opening, for longer than it reads a small
        # file. What a shapefile's is, `Opening.crs` says.
        self._finds_system: bool | None = False if opening.driver == SHAPEFILE and opening.crs else None

    def heads(self) -> list[Head]:
        """Its layers, in file order."""
        if not self._heads:
            self._prepare()
            names = self._names_of_layers()
            if not names:
                raise Trouble("no_layers")
            if len(names) > self._limits["layers"]:
                raise Trouble("too_many_layers", limit=self._limits["layers"])
            for name in names:
                try:
                    head = self._head(name)
                except Trouble as trouble:
                    self._unread.append((name, trouble))
                    continue
                if head.features or self.format != GPX:
                    self._heads[name] = head
            if not self._heads:
                raise self._unread[0][1] if self._unread else Trouble("no_layers")
        return list(self._heads.values())

    def unread(self) -> list[tuple[str, Trouble]]:
        """The layers whose head cannot be read, when others can."""
        return self._unread

    def slices(self, layer: str) -> Iterator[Slice]:
        """The rows of a layer; raises Trouble where the file breaks off."""
        head = self._head_of(layer)
        self._prepare()
        self._drivers.forget_errors()
        read = 0
        try:
            for slice_ in self._pages(head) if self._opening.direct else self._stream(head):
                read += len(slice_) + slice_.empty
                yield slice_
        except UnicodeError as error:
            raise Trouble("wrong_encoding", row=read + 1, name=self._opening.encoding.value) from error
        except (*OPENING, pa.ArrowException) as error:
            raise broken_at(read + 1, error) from error
        reason = self._drivers.error()
        expected = (head.features or 0) - self._opening.deleted if self._opening.complete else 0
        if reason or read < expected:
            raise broken_at(read + 1, reason)

    def style(self, layer: str) -> str:
        """The QML that QGIS draws a layer of a GeoPackage by, "" without one, or with one of too many characters."""
        self._head_of(layer)
        if not self._styled:
            return ""
        self._prepare()
        quoted = layer.replace("'", "''")
        meta, _fids, _shapes, columns = self._call_gdal(
            raw.read, self._path, layer=STYLES, columns=["useAsDefault", "styleQML"], read_geometry=False,
            where=f"f_table_name = '{quoted}'", max_features=MOST_STYLES, **self._opening.options,
        )  # fmt: skip
        values = dict(zip(meta["fields"], columns, strict=True))
        texts = [text if isinstance(text, str) else "" for text in values.get("styleQML", ())]
        usual = [bool(one) for one in values.get("useAsDefault", [False] * len(texts))]
        ranked = sorted(zip(usual, texts, strict=True), key=lambda one: not one[0])
        return next((text for _usual, text in ranked if 0 < len(text) <= MOST_STYLE_CHARACTERS), "")

    def _prepare(self) -> None:
        self._drivers.allow([self.format])
        pyogrio.set_gdal_config_options({"USE_OSR_FIND_MATCHES": self._finds_system})

    def _stream(self, head: Head) -> Iterator[Slice]:
        opened = pyogrio.open_arrow(
            self._path,
            layer=head.name,
            use_pyarrow=True,
            datetime_as_string=True,
            batch_size=SLICE_ROWS,
            **self._opening.options,
        )
        first = 1
        with opened as (meta, stream):
            fields = len(meta["fields"])
            for batch in stream:
                wkb = batch.column(batch.num_columns - 1) if batch.num_columns > fields else None
                yield self._slice(batch.columns[:fields], wkb, head, ranks(first, batch.num_rows))
                first += batch.num_rows

    def _pages(self, head: Head) -> Iterator[Slice]:
        """Through numpy, for texts whose encoding GDAL does not know."""
        for start in count(0, SLICE_ROWS):
            _, fids, shapes, columns = raw.read(
                self._path,
                layer=head.name,
                encoding=self._opening.encoding.value,
                skip_features=start,
                max_features=SLICE_ROWS,
                datetime_as_string=True,
                return_fids=True,
                **self._opening.options,
            )
            wkb = None if shapes is None else pa.array(shapes, pa.binary())
            values = [pa.array(column, from_pandas=True) for column in columns]
            yield self._slice(values, wkb, head, ranks(start + 1, len(fids)))
            if len(fids) < SLICE_ROWS:
                return

    def _head_of(self, layer: str) -> Head:
        head = {head.name: head for head in self.heads()}.get(layer)
        if head is None:
            raise Trouble("unknown_layer", name=layer[:100])
        return head

    def _head(self, name: str) -> Head:
        opening = self._opening
        codec = {"encoding": opening.encoding.value} if opening.direct else {}
        read_info = partial(
            self._call_gdal,
            pyogrio.read_info,
            self._path,
            layer=name,
            force_feature_count=opening.complete,
            **codec,
            **opening.options,
        )
        try:
            info = read_info()
        except UnboundLocalError:
            # pyogrio cannot write a damaged system down; the one that GDAL finds in its place it can.
            if self._finds_system is None:
                raise
            self._finds_system = None
            self._prepare()
            info = read_info()
        fields = self._fields(info)
        if len(fields) > self._limits["fields"]:
            raise Trouble("too_many_fields", limit=self._limits["fields"])
        features = int(info["features"])
        if features > self._limits["features"]:
            raise Trouble("too_many_features", limit=self._limits["features"])
        if 0 <= features < opening.beside:
            raise Trouble("mif_cut", shapes=features, rows=opening.beside)
        return Head(
            name=name,
            fields=fields,
            has_geometry=info["geometry_type"] is not None,
            features=features if features >= 0 else None,
            crs=opening.crs or identify(info["crs"]),
            encoding=opening.encoding,
            accented=list(opening.accented),
            typed=opening.typed,
            notes=[*opening.notes, *(["style_beside"] if self._styled else [])],
        )

    def _fields(self, info: Mapping[str, Any]) -> list[Field]:
        names = [str(name) for name in info["fields"]]
        if self._opening.recoded:
            names = [_reread(name, self._opening.encoding.value) or "" for name in names]
        if not self._opening.typed:
            names = [DBASE_NAME.sub("", name) for name in names]
        kinds = zip(info["ogr_types"], info["ogr_subtypes"], strict=True)
        types = ["boolean" if subtype == "OFSTBoolean" else OGR_TYPES.get(kind, "text") for kind, subtype in kinds]
        types = [OTHER if name in self._opening.ignored else kind for name, kind in zip(names, types, strict=True)]
        return [Field(name, kind) for name, kind in zip(unique(names), types, strict=True)]

    def _slice(self, values: list[pa.Array], wkb: pa.Array | None, head: Head, numbers: Numbers) -> Slice:
        columns = {
            field_.name: self._usable(column)
            for field_, column in zip(head.fields, values, strict=True)
            if field_.type != OTHER
        }
        if wkb is None:
            rows = Slice(numbers, columns, None)
            return rows if self._opening.typed else without_empty(rows)
        straight, curves = self._straighten(storage_of(wkb))
        return Slice(numbers, columns, straight, curves=curves)

    def _straighten(self, wkb: pa.Array) -> tuple[pa.Array, int]:
        """Arcs as lines of short segments, all that the rest of the platform knows; and how many there were."""
        curved = where(np.isin((wkb_codes(wkb)[1] & 0xFFFF) % 1000, CURVES))
        if not curved:
            return wkb, 0
        values = wkb.to_pylist()
        for row in curved:
            values[row] = self._drivers.linear(values[row])
        return pa.array(values, pa.binary()), len(curved)

    def _usable(self, column: pa.Array) -> pa.Array:
        column = _usable(column)
        if self._opening.recoded and pa.types.is_string(column.type) and has_accents(column):
            codec = self._opening.encoding.value
            return pa.array([_reread(value, codec) for value in column.to_pylist()], pa.string())
        return column

    def _names_of_layers(self) -> list[str]:
        """The layers that hold data: not the styles that QGIS keeps beside them, not the vertices of GPX tracks."""
        present = [str(name) for name, _ in self._list_layers()]
        names = [name for name in present if name not in ASIDE.get(self.format, ())]
        self._styled = self.format == "GPKG" and STYLES in present
        return names or present

    def _list_layers(self) -> Any:
        try:
            return self._call_gdal(pyogrio.list_layers, self._path)
        except Trouble as trouble:
            raise (Trouble("not_geopackage") if self.format == "GPKG" else trouble) from None

    def _call_gdal(self, call: Any, *arguments: Any, **options: Any) -> Any:
        try:
            return call(*arguments, **options)
        except UnicodeError as error:
            raise Trouble("wrong_encoding", row=0, name=self._opening.encoding.value) from error
        except OPENING as error:
            raise Trouble("cannot_open", reason=str(error).replace(self._path, Path(self._path).name)[:300]) from error


def _usable(column: pa.Array) -> pa.Array:
    """Text in UTF-8 whatever the file holds; lists and other structures as JSON text."""
    column = storage_of(column)
    kind = column.type
    if pa.types.is_large_string(kind):
        column = column.cast(pa.string())
    elif pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
    elif pa.types.is_nested(kind):
        return json_texts(column)
    if pa.types.is_string(column.type) and not is_readable_text(column):
        return pa.array([_decode_text(value) for value in column.cast(pa.binary()).to_pylist()], pa.string())
    return column


def _decode_text(value: bytes | None) -> str | None:
    """Text whose last character may have been cut by the width of its field; else Windows' own alphabet."""
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and len(value) - error.start <= UNFINISHED_BYTES:
            return value[: error.start].decode()
        return value.decode("cp1252", "replace")


def _reread(value: str | None, codec: str) -> str | None:
    """What GDAL read as Latin-1, in its real encoding; a last character that the width of the field cut off is left."""
    if value is None or value.isascii():
        return value
    raw = value.encode("latin-1", "replace")
    try:
        return raw.decode(codec)
    except UnicodeDecodeError as error:
        cut = error.reason == "unexpected end of data" and len(raw) - error.start <= UNFINISHED_BYTES
        return raw[: error.start].decode(codec) if cut else raw.decode(codec, "replace")


def sqlite_path(name: str) -> str:
    """SQLite walks to its files from the root, which the child may not do; through GDAL's own files it does not."""
    return f"/vsisubfile/0,{name}"
