"""Names of sheets as producers write them: the place, the year, the resolution they announce."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

type Unit = Literal["km", "hm", "m"]

# The unit of X and Y is told by the number of digits of Y: 6756 km, 67560 hm, 6756000 m.
UNITS: dict[int, tuple[Unit, int]] = {4: ("km", 1000), 5: ("hm", 100), 7: ("m", 1)}
# Where Lambert-93 has coordinates in France, in metres.
X_RANGE, Y_RANGE = (0, 1_300_000), (6_000_000, 7_200_000)
SEPARATORS = re.compile(r"[-_ ]+")
YEAR = re.compile(r"(?:19|20)\d\d")
PROJECTION = re.compile(r"LA(?:MB(?:ERT)?)?93|L93|RGF93", re.IGNORECASE)
RESOLUTION = re.compile(r"(\d{1,2})M(\d{2})", re.IGNORECASE)
CHANNELS = {"RVB": "RVB", "RGB": "RVB", "IRC": "IRC", "PIR": "IRC", "RVBI": "RVBI", "RGBI": "RVBI", "PAN": "PAN"}
# What IGN calls its models of heights, and what others do.
MODELS = {"MNT": "ground", "DTM": "ground", "MNS": "surface", "DSM": "surface", "MNH": "height", "DHM": "height"}
DEPARTMENT = re.compile(r"D?(0?\d{2}|0?2[AB]|9\d{2})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SheetName:
    """What a name says: the north-west corner in metres, rounded to `unit`; None for what it leaves out."""

    x_m: float
    y_m: float
    unit: Unit
    department: str | None = None
    year: int | None = None
    projection: str | None = None
    resolution_m: float | None = None
    channels: str | None = None

    def agrees_with(self, x_m: float, y_m: float, tolerance_m: float) -> bool:
        """Whether a sheet whose north-west corner is here may bear this name: X is rounded down, Y up."""
        step = next(size for unit, size in UNITS.values() if unit == self.unit)
        west = self.x_m - tolerance_m <= x_m < self.x_m + max(step - tolerance_m, tolerance_m)
        return west and self.y_m - max(step - tolerance_m, tolerance_m) < y_m <= self.y_m + tolerance_m


def parse(filename: str) -> SheetName | None:
    """What the name of a sheet says of it; None when it holds no place."""
    parts = SEPARATORS.split(PurePath(filename).stem)
    for number in range(len(parts) - 1):
        place = _place(parts[number], parts[number + 1])
        if place:
            return _describe_name(place, parts[:number], parts[number + 2 :])
    return None


def model_in_names(filenames: Iterable[str]) -> str | None:
    """Which heights files hold by their names (`LHD_FXX_0627_6869_MNT_O_0M50_LAMB93_IGN69.tif`); None when unlike."""
    parts = (SEPARATORS.split(PurePath(name).stem.upper()) for name in filenames)
    models = {MODELS[part] for each in parts for part in each if part in MODELS}
    return models.pop() if len(models) == 1 else None


def _place(x: str, y: str) -> tuple[float, float, Unit] | None:
    if not (x.isascii() and x.isdigit() and y.isascii() and y.isdigit() and len(y) in UNITS and len(x) <= len(y)):
        return None
    unit, size = UNITS[len(y)]
    east, north = int(x) * size, int(y) * size
    inside = X_RANGE[0] <= east <= X_RANGE[1] and Y_RANGE[0] <= north <= Y_RANGE[1]
    return (float(east), float(north), unit) if inside else None


def _describe_name(place: tuple[float, float, Unit], before: list[str], after: list[str]) -> SheetName:
    year = next((int(word) for word in before if YEAR.fullmatch(word)), None)
    resolution = next((match for word in after if (match := RESOLUTION.fullmatch(word))), None)
    return SheetName(
        *place,
        department=next((word for word in before[:1] if DEPARTMENT.fullmatch(word)), None),
        year=year,
        projection=next((word.upper() for word in after if PROJECTION.fullmatch(word)), None),
        resolution_m=int(resolution[1]) + int(resolution[2]) / 100 if resolution else None,
        channels=next((CHANNELS[word.upper()] for word in after if word.upper() in CHANNELS), None),
    )
