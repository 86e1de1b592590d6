"""Pictures as the restricted reader makes them anew: nothing that somebody sent is decoded in the server's process."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

EXIF_TIME = "%Y:%m:%d %H:%M:%S"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a picture may be, and what is made of it.

    `pixels`: the most that are decoded, by format (Pillow's names); others are not read. `longest`: the most of a side.
    `boxes`: it is made once for each (width, height), small enough to fit, the largest first; none: as large as it is.
    `clear`: transparency stays (PNG). `dated`: when it was taken is told, and kept in the first JPEG.
    """

    pixels: Mapping[str, int]
    form: Literal["JPEG", "PNG", "RGBA"]
    boxes: Sequence[tuple[int, int]] = ()
    longest: int = 65_535
    quality: int = 85
    clear: bool = False
    dated: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Made:
    """One picture made anew: its bytes and its size in pixels."""

    content: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Pictures:
    """A picture in each of the sizes asked for, and when it was taken, in the camera's own time."""

    made: tuple[Made, ...]
    taken_at: datetime | None


def parse_pictures(answer: Mapping[str, Any], blob: bytes, recipe: Recipe) -> Pictures:
    """The answer of the child, distrusted."""
    made, start = [], 0
    for width, height, size in answer["info"]["sizes"]:
        if not (0 < width <= recipe.longest and 0 < height <= recipe.longest and size > 0):
            raise ValueError("absurd size")
        made.append(Made(blob[start : start + size], int(width), int(height)))
        start += size
    if start != len(blob) or len(made) != max(len(recipe.boxes), 1):
        raise ValueError("other pictures than were asked for")
    return Pictures(tuple(made), instant_of(answer["info"]["taken"]))


def instant_of(text: object) -> datetime | None:
    try:
        return datetime.strptime(str(text), EXIF_TIME)
    except ValueError:
        return None
