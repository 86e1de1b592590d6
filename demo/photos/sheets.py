"""The two deliveries as files: names by the convention, formats as they come, a few sheets that are not in order."""

from __future__ import annotations

import pickle
import warnings
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians, sin
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning

from demo.territory import Territory

from .extents import KM, hectometres
from .render import Picture, Renderer
from .scene import compose
from .window import Window

COLLAR = (6174, 67178)
"""North-west corner (hm) of the sheet that shows a flight strip as it was flown: turned, with a black collar."""
COLLAR_TURN = 4.5
WORLD_FILE = (6170, 67156)
"""North-west corner (hm) of the sheet with a world file and no CRS."""
JP2_KM = ((614, 6719), (616, 6717), (619, 6716))
JP2_HM = ((6150, 67160), (6194, 67158), (6192, 67178))
JPEG = {"compress": "JPEG", "photometric": "YCBCR", "tiled": True, "blockxsize": 512, "blockysize": 512}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file to write: `kind` is jpeg, jp2, collar or world."""

    name: str
    west: float
    north: float
    side_m: float
    size: float
    kind: str

    @property
    def window(self) -> Window:
        """Its pixels."""
        return Window.of((self.west, self.north - self.side_m, self.west + self.side_m, self.north), self.size)


@dataclass(frozen=True, slots=True)
class Campaign:
    """A delivery: the folder it is written in and its sheets."""

    year: int
    acquired: str
    """When it was flown, to the day."""
    folder: str
    title: str
    size: float
    sheets: tuple[Sheet, ...]


def _km_sheet(x: int, y: int) -> Sheet:
    kind = "jp2" if (x, y) in JP2_KM else "jpeg"
    name = f"45-2020-{x:04d}-{y:04d}-LA93-0M20-E080.{'jp2' if kind == 'jp2' else 'tif'}"
    return Sheet(name, x * 1000.0, y * 1000.0, 1000.0, 0.2, kind)


def _hm_sheet(x: int, y: int) -> Sheet:
    odd = {COLLAR: "collar", WORLD_FILE: "world"}
    kind = odd.get((x, y), "jp2" if (x, y) in JP2_HM else "jpeg")
    name = f"45-2024-{x:05d}-{y}-LA93-0M05-RVB.{'jp2' if kind == 'jp2' else 'tif'}"
    return Sheet(name, x * 100.0, y * 100.0, 200.0, 0.05, kind)


CAMPAIGNS = (
    Campaign(2020, "2020-06-14", "2020-20cm", "Orthophoto 2020 (20 cm)", 0.2, tuple(_km_sheet(*c) for c in KM)),
    Campaign(
        2024, "2024-08-22", "2024-5cm", "Orthophoto 2024 des bourgs (5 cm)", 0.05,
        tuple(_hm_sheet(*c) for c in [*hectometres(), COLLAR]),
    ),
)  # fmt: skip


def write_scene(territory: Territory, campaign: Campaign, path: Path) -> None:
    """Compose a campaign's scene for the processes that draw its sheets."""
    path.write_bytes(pickle.dumps(compose(territory, campaign.year, campaign.size)))


@lru_cache(maxsize=1)
def _renderer(scene: Path, size: float) -> Renderer:
    return Renderer(pickle.loads(scene.read_bytes()), size)  # noqa: S301  # our own file, in a private folder


def write_sheet(scene: Path, sheet: Sheet, folder: Path) -> str:
    """Draw a sheet and put it in its folder, whole or not at all."""
    picture = _renderer(scene, sheet.size).draw(sheet.window)
    if sheet.kind == "collar":
        picture[~_flown(sheet.window)] = 0
    target, part = folder / sheet.name, folder / f".{sheet.name}.part"
    _write(picture, sheet, part)
    if sheet.kind == "world":
        target.with_suffix(".tfw").write_text(_world_file(sheet.window))
    part.replace(target)
    return sheet.name


def _write(picture: Picture, sheet: Sheet, path: Path) -> None:
    profile: dict[str, object] = {
        "driver": "GTiff", "width": sheet.window.width, "height": sheet.window.height, "count": 3, "dtype": "uint8",
        "interleave": "pixel",
    }  # fmt: skip
    place = {"crs": "EPSG:2154", "transform": sheet.window.transform}
    if sheet.kind == "world":
        profile |= {"profile": "BASELINE"}
    elif sheet.kind == "jp2":
        profile = {
            **profile,
            "driver": "JP2OpenJPEG",
            "codec": "JP2",
            "quality": 8,
            "blockxsize": 1024,
            "blockysize": 1024,
            **place,
        }
        del profile["interleave"]
    else:
        profile |= {**JPEG, "jpeg_quality": 80 if sheet.kind == "collar" else 92, **place}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.Env(GDAL_PAM_ENABLED="NO"), rasterio.open(path, "w", **profile) as target:
            target.write(np.moveaxis(picture, 2, 0))


def _world_file(window: Window) -> str:
    """Pixel size and the centre of the first pixel."""
    west, _, _, north = window.bounds
    half = window.size / 2
    values = (window.size, 0.0, 0.0, -window.size, west + half, north - half)
    return "".join(f"{v:.4f}\n" for v in values)


def _flown(window: Window) -> NDArray[np.bool_]:
    """The pixels of the collared sheet that its flight strip covers: all along its west side, less elsewhere."""
    x = (np.arange(window.width) + 0.5) / window.width - 0.4
    y = (np.arange(window.height) + 0.5) / window.height - 0.5
    c, s = cos(radians(COLLAR_TURN)), sin(radians(COLLAR_TURN))
    along, across = x[None, :] * c + y[:, None] * s, y[:, None] * c - x[None, :] * s
    flown: NDArray[np.bool_] = (np.abs(along) < 0.56) & (np.abs(across) < 0.43)
    return flown
