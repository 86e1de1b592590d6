"""DXF of AutoCAD R12, which every program of drawings reads: a layer of the drawing for each layer, and its names.

A drawing has no attributes and no system: what is drawn are points, open and closed lines, and the name of each object.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import shapely

from gis_core.files.writing.rows import Row
from gis_core.files.writing.trouble import Trouble
from gis_core.files.writing.wire import Batches, FileLayer, LayerReport, Order

TEXT_HEIGHT = 1.0
LONGEST_TEXT = 250
MOST_BYTES = 1 << 30
CODE_PAGE = "cp1252"
LINE_END = "\r\n"
CLOSED, RAISED = 1, 8

type Pair = tuple[int, object]
"""A code of a group and its value, each on a line of its own."""


class Drawing:
    def __init__(self, order: Order) -> None:
        self.file = order.path.open("xb")
        self.layers: list[str] = []
        self.entities = order.path.with_suffix(".entities")
        self.body = self.entities.open("x+b")
        self.bytes = 0

    def write(self, layer: FileLayer, batches: Batches) -> LayerReport:
        """The objects of one layer. Raises Trouble where the drawing grows too large."""
        report, name = LayerReport(layer.name), layer.name.upper()
        self.layers.append(name)
        label = next((rank for rank, one in enumerate(layer.columns) if one.name == layer.title_column), None)
        for rows in batches:
            report.rows += len(rows)
            for row in rows:
                self.bytes += self.body.write(encoded(entities(name, row, label)))
            if self.bytes > MOST_BYTES:
                raise Trouble("drawing_too_large", most=MOST_BYTES // 1024**2)
        return report

    def close(self) -> None:
        """The tables, then what was drawn."""
        with self.file, self.body:
            self.file.write(encoded(head(self.layers)))
            self.body.seek(0)
            while chunk := self.body.read(1 << 20):
                self.file.write(chunk)
            self.file.write(encoded([(0, "ENDSEC"), (0, "EOF")]))
        self.entities.unlink()


def head(layers: list[str]) -> Iterator[Pair]:
    yield from [(0, "SECTION"), (2, "HEADER"), (9, "$ACADVER"), (1, "AC1009")]
    yield from [(9, "$DWGCODEPAGE"), (3, "ANSI_1252"), (9, "$INSUNITS"), (70, 6), (0, "ENDSEC")]
    yield from [(0, "SECTION"), (2, "TABLES"), (0, "TABLE"), (2, "LAYER"), (70, len(layers))]
    for number, name in enumerate(layers, start=1):
        yield from [(0, "LAYER"), (2, name), (70, 0), (62, number % 7 + 1), (6, "CONTINUOUS")]
    yield from [(0, "ENDTAB"), (0, "ENDSEC"), (0, "SECTION"), (2, "ENTITIES")]


def entities(layer: str, row: Row, label: int | None) -> Iterator[Pair]:
    """One object: what its geometry is drawn of, then its name beside it."""
    shape = None if row[-1] is None else shapely.from_wkb(bytes(row[-1]))
    if shape is None or shape.is_empty:
        return
    for part in getattr(shape, "geoms", [shape]):
        yield from part_of(layer, part)
    text = "" if label is None or row[label] is None else " ".join(str(row[label]).split())
    if text:
        x, y = shapely.get_coordinates(shapely.point_on_surface(shape))[0]
        yield from [(0, "TEXT"), (8, layer), (10, x), (20, y), (30, 0.0), (40, TEXT_HEIGHT), (1, text[:LONGEST_TEXT])]


def part_of(layer: str, part: Any) -> Iterator[Pair]:
    match part.geom_type:
        case "Point":
            yield from [(0, "POINT"), (8, layer), (10, part.x), (20, part.y), (30, 0.0)]
        case "Polygon":
            for ring in (part.exterior, *part.interiors):
                yield from polyline(layer, ring, CLOSED)
        case _:
            yield from polyline(layer, part, 0)


def polyline(layer: str, line: Any, flags: int) -> Iterator[Pair]:
    """A flat line, or one in space where it has heights."""
    space = RAISED if line.has_z else 0
    kind = [(70, 32)] if space else []
    places = shapely.get_coordinates(line, include_z=True)[: -1 if flags else None]
    yield from [(0, "POLYLINE"), (8, layer), (66, 1), (10, 0.0), (20, 0.0), (30, 0.0), (70, flags | space)]
    for x, y, z in places.tolist():
        yield from [(0, "VERTEX"), (8, layer), (10, x), (20, y), (30, z if space else 0.0), *kind]
    yield from [(0, "SEQEND"), (8, layer)]


def encoded(pairs: Iterable[Pair]) -> bytes:
    """Groups as text; letters that the code page lacks as programs of drawings write them."""
    text = "".join(f"{code:3d}{LINE_END}{value}{LINE_END}" for code, value in pairs)
    return "".join(one if is_held(one) else f"\\U+{ord(one):04X}" for one in text).encode(CODE_PAGE, "replace")


def is_held(letter: str) -> bool:
    if letter.isascii():
        return True
    try:
        letter.encode(CODE_PAGE)
    except UnicodeEncodeError:
        return False
    return True
