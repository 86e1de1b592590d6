"""From the bands of a sheet to what a screen shows: three bands of 8 bits, red, green and blue."""

from collections.abc import Sequence

import numpy as np

from gis_core.files.reader.rasters import Pixels, RasterInfo

type Limits = tuple[tuple[float, float], ...]

# The share of the darkest and of the brightest pixels of a campaign that scaling gives up.
CUT = 0.02
DEPTH = 65_536
WHITE = DEPTH - 1


def bands_of(info: RasterInfo, *, infrared: bool = False) -> tuple[int, ...]:
    """The bands to read: red, green, blue; near infrared, red, green when it has them and is asked to; or its grey."""
    colours = [name for name in info.colour if name != "alpha"]
    if len(colours) < 3:
        return (1,)
    is_rgb = all(name in colours for name in ("red", "green", "blue"))
    natural = tuple(info.colour.index(name) + 1 for name in ("red", "green", "blue")) if is_rgb else (1, 2, 3)
    if not infrared or len(colours) < 4:
        return natural
    near_infrared = next(band for band, name in enumerate(info.colour, 1) if name != "alpha" and band not in natural)
    return near_infrared, natural[0], natural[1]


class Stretch:
    """Counts the values of a campaign's samples, to scale all of its sheets alike."""

    def __init__(self) -> None:
        self._counts: list[np.ndarray[tuple[int], np.dtype[np.int64]]] = []

    def add(self, sample: "np.ma.MaskedArray[tuple[int, ...], np.dtype[np.generic]]") -> None:
        """Count a sample (rows, columns, bands); its masked and its wholly black or white pixels are left out."""
        values = np.ma.getdata(sample)
        kept = ((values > 0) & (values < WHITE)).any(axis=2) & ~np.ma.getmaskarray(sample).any(axis=2)
        if not self._counts:
            self._counts = [np.zeros(DEPTH, np.int64) for _ in range(values.shape[2])]
        for counts, band in zip(self._counts, np.moveaxis(values, 2, 0), strict=True):
            counts += np.bincount(band[kept], minlength=DEPTH)

    def limits(self) -> Limits:
        """The darkest and brightest value shown of each band; empty without samples."""
        return tuple(_limits(counts) for counts in self._counts)


def _limits(counts: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[float, float]:
    total = np.cumsum(counts)
    if not total[-1]:
        return 0.0, float(WHITE)
    low, high = np.searchsorted(total, [total[-1] * CUT, total[-1] * (1 - CUT)])
    return float(low), float(max(high, low + 1))


class Display:
    """Turns pixels as read into pixels as shown."""

    def __init__(self, bands: int, dtype: str, limits: Limits) -> None:
        self._tables = [_table(*pair) for pair in _for_bands(limits, bands)] if dtype == "uint16" else None

    def __call__(self, pixels: Pixels) -> Pixels:
        """Three bands of 8 bits, pixel-interleaved; the pixels themselves when they are that already."""
        if self._tables:
            scaled = np.empty(pixels.shape, np.uint8)
            for band, table in enumerate(self._tables):
                np.take(table, pixels[:, :, band], out=scaled[:, :, band])
            pixels = scaled
        return np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels


def _for_bands(limits: Limits, bands: int) -> Sequence[tuple[float, float]]:
    return limits if len(limits) == bands else [(0.0, float(WHITE))] * bands


def _table(low: float, high: float) -> Pixels:
    """What each value of 16 bits is shown as. Only black stays black and only white white: a collar is told by them."""
    values = np.arange(DEPTH, dtype=np.float64)
    table = np.clip(np.rint((values - low) / (high - low) * 255), 1, 254).astype(np.uint8)
    table[0], table[WHITE] = 0, 255
    return table
