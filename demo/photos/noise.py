"""Random fields fixed to the ground: the same place has the same grain whatever sheet shows it."""

from __future__ import annotations

import numpy as np

from .window import Single, Window

PERIOD = 1024
COARSE_M = 2.0


class Noise:
    """The fields at one pixel size. They repeat after 1024 pixels, except `large`, after 2 km."""

    def __init__(self, size: float, seed: int) -> None:
        self.size = size
        self._grain = _tile_twice(_white(seed))
        self._fine = _tile_twice(_shape_noise(seed + 1, size, 0.08, 0.9, 1.0))
        self._mid = _tile_twice(_shape_noise(seed + 2, size, 0.3, 9.0, 1.25))
        self._large = _shape_noise(seed + 3, COARSE_M, 10.0, 260.0, 1.3)

    def grain(self, at: Window, band: int) -> Single:
        """White noise of the sensor, another one in each band."""
        return self._slice(self._grain, at, 311 * band, 173 * band)

    def fine(self, at: Window) -> Single:
        """Blades, stones and leaves."""
        return self._slice(self._fine, at)

    def mid(self, at: Window) -> Single:
        """Tufts and stains, some decimetres to some metres."""
        return self._slice(self._mid, at)

    def large(self, at: Window) -> Single:
        """What changes over tens of metres: soil, moisture, wear."""
        top, bottom, v = _between(at.y)
        left, right, u = _between(at.x)
        rows = self._large[top] * (1 - v)[:, None] + self._large[bottom] * v[:, None]
        found: Single = rows[:, left] * (1 - u) + rows[:, right] * u
        return found

    @staticmethod
    def _slice(field: Single, at: Window, across: int = 0, down: int = 0) -> Single:
        row, col = (at.row + down) % PERIOD, (at.col + across) % PERIOD
        return field[row : row + at.height, col : col + at.width]


def _between(metres: Single) -> tuple[np.ndarray, np.ndarray, Single]:
    cells = metres / np.float32(COARSE_M)
    low = np.floor(cells).astype(np.intp)
    return low % PERIOD, (low + 1) % PERIOD, cells - low.astype(np.float32)


def _white(seed: int) -> Single:
    return np.random.default_rng(seed).standard_normal((PERIOD, PERIOD), dtype=np.float32)


def _shape_noise(seed: int, size: float, shortest: float, longest: float, slope: float) -> Single:
    """A field of unit spread with waves of `shortest` to `longest` m, the longer the stronger."""
    f = np.hypot(np.fft.fftfreq(PERIOD, size)[:, None], np.fft.rfftfreq(PERIOD, size)[None, :])
    low, high = 1 / longest, 1 / shortest
    gain = np.exp(-((f / high) ** 2)) * f / (f + low) ** (1 + slope)
    field = np.fft.irfft2(np.fft.rfft2(_white(seed)) * gain, s=(PERIOD, PERIOD))
    shaped: Single = (field / field.std()).astype(np.float32)
    return shaped


def _tile_twice(field: Single) -> Single:
    """The field twice each way, so that any window up to its period is one slice."""
    return np.tile(field, (2, 2))
