"""Sheets of paper: their sizes, and where map, scale and title block lie on them. Millimetres, y upwards."""

from dataclasses import dataclass
from typing import Literal, get_args

type Paper = Literal["A4", "A3", "A2", "A1", "A0"]
type Orientation = Literal["portrait", "landscape"]
type Box = tuple[float, float, float, float]

PAPERS: tuple[Paper, ...] = get_args(Paper.__value__)
ORIENTATIONS: tuple[Orientation, ...] = get_args(Orientation.__value__)
MM_PER_INCH = 25.4
# Of the JPEG of a picture: from 0.2 (fields) to 0.45 (towns with sharp shadows) where it was measured.
BYTES_PER_PIXEL = 0.35

# Width and height of the upright sheet, its margin, and how large words are beside those of an A4 sheet.
SHEETS: dict[Paper, tuple[float, float, float, float]] = {
    "A4": (210, 297, 10, 1.0),
    "A3": (297, 420, 11, 1.12),
    "A2": (420, 594, 13, 1.35),
    "A1": (594, 841, 16, 1.65),
    "A0": (841, 1189, 20, 2.05),
}
GAP = 4.0
BLOCK_WIDTH = 60.0  # of the title block beside a map, on A4
BLOCK_HEIGHT = 54.0  # of the title block under a map, on A4
STRIP_HEIGHT = 15.0  # of the scale and the north arrow under the map, on A4


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A part of the sheet: its lower left corner and its size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def top(self) -> float:
        return self.y + self.height

    def columns(self, count: int, gap: float) -> "list[Rectangle]":
        """The rectangle cut in columns of one width."""
        width = (self.width - gap * (count - 1)) / count
        return [Rectangle(self.x + number * (width + gap), self.y, width, self.height) for number in range(count)]


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet and its parts: the map, the strip under it (scale, north), the title block.

    `text_scale` is how large text is beside that of an A4 sheet.
    """

    width: float
    height: float
    margin: float
    text_scale: float
    map: Rectangle
    strip: Rectangle
    block: Rectangle
    upright: bool

    def pixels(self, dpi: int) -> tuple[int, int]:
        """How many pixels (width, height) an image of the map has."""
        return round(self.map.width / MM_PER_INCH * dpi), round(self.map.height / MM_PER_INCH * dpi)

    def ground(self, center: tuple[float, float], scale: int) -> Box:
        """What the map shows around a centre, in the metres of its projection."""
        across, up = self.map.width * scale / 2000, self.map.height * scale / 2000
        return center[0] - across, center[1] - up, center[0] + across, center[1] + up


def layout(paper: Paper, orientation: Orientation) -> Layout:
    """The parts of a sheet: the title block stands beside a wide map, and lies under a high one."""
    short, long, margin, text_scale = SHEETS[paper]
    upright = orientation == "portrait"
    width, height = (short, long) if upright else (long, short)
    block_width, block_height = (width - 2 * margin, BLOCK_HEIGHT * text_scale) if upright else (
        BLOCK_WIDTH * text_scale,
        height - 2 * margin,
    )  # fmt: skip
    block = Rectangle(width - margin - block_width, margin, block_width, block_height)
    bottom = block.top + GAP * text_scale if upright else margin
    right = width - margin if upright else block.x - GAP * text_scale
    strip = Rectangle(margin, bottom, right - margin, STRIP_HEIGHT * text_scale)
    frame = Rectangle(margin, strip.top, right - margin, height - margin - strip.top)
    return Layout(width, height, margin, text_scale, frame, strip, block, upright)
