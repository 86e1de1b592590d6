"""What is wrong with a row of a delivery, in words that say what to do."""

from dataclasses import dataclass
from typing import Literal

type Gravity = Literal["error", "warning"]
"""An error keeps the row out (the whole file, where a partial network would mislead); a warning tells what was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with a row: `row` counts from 1 in its file, None for the file itself; `place` is in EPSG:2154.

    A `spare` row may be left out if somebody says so: without it the network is still what it was.
    """

    file: str
    row: int | None
    message: str
    gravity: Gravity = "error"
    place: tuple[float, float] | None = None
    spare: bool = False
