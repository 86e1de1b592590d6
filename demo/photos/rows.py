"""What lies in rows: crops, vines, tramlines, mown stripes, ribs of metal sheets, as profiles across the rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from .window import Single

type Metres = NDArray[np.float64]


def profile(kind: str, v: Metres, size: float, rng: Generator) -> Single:
    """What to add to the mix of a material at the distances `v` (m, ascending) across its rows."""
    return PROFILES[kind](v, size, rng).astype(np.float32)


def _cereal(v: Metres, size: float, rng: Generator) -> Metres:
    return _passes(v, 8.0, 0.22, rng) + 0.9 * _tramlines(v, rng) + _rows(v, size, 0.75, 0.10)


def _stubble(v: Metres, size: float, rng: Generator) -> Metres:
    """Swaths of straw and the combine's wheels."""
    width = float(rng.uniform(6.0, 9.0))
    swath = np.exp(-(((v / width + rng.uniform()) % 1 - 0.5) ** 2) / 0.012)
    return _passes(v, width, 0.3, rng) - 0.75 * swath + 0.35 * _tramlines(v, rng)


def _hoe_rows(v: Metres, size: float, rng: Generator) -> Metres:
    """Maize, beet, sunflower: a row every 75 cm, one seeder wide apart a slightly wider gap."""
    return _rows(v, size, 0.75, 0.34) + _passes(v, 4.5, 0.16, rng) + 0.45 * _tramlines(v, rng)


def _plough_rows(v: Metres, size: float, rng: Generator) -> Metres:
    return _rows(v, size, 1.6, 0.22) + _passes(v, 3.2, 0.3, rng)


def _vines(v: Metres, size: float, rng: Generator) -> Metres:
    """Rows every 2 m: leaves, their shadow beside them, soil between; from leaf (-0.5) to soil (0.5)."""
    phase = (v / 2.0 + rng.uniform()) % 1
    leaf = _near(phase, 0.3, 0.15, size / 2.0)
    shadow = _near(phase, 0.52, 0.08, size / 2.0)
    found: Metres = 0.5 - leaf - 0.5 * shadow
    return found


def _vegetables(v: Metres, size: float, rng: Generator) -> Metres:
    beds = rng.uniform(-0.5, 0.6, 64)[(v / 1.4).astype(int) % 64]
    found: Metres = beds + _rows(v, size, 0.5, 0.4)
    return found


def _mow_stripes(v: Metres, size: float, rng: Generator) -> Metres:
    """Stripes of a big mower."""
    stripes: Metres = 0.42 * np.tanh(6 * np.sin(2 * np.pi * v / 9.0))
    return stripes


def _lawn(v: Metres, size: float, rng: Generator) -> Metres:
    return _passes(v, 0.55, 0.16, rng) if size < 0.15 else 0 * v


def _swaths(v: Metres, size: float, rng: Generator) -> Metres:
    """Mown meadow."""
    return _passes(v, 3.0, 0.28, rng) + _rows(v, size, 3.0, 0.18)


def _ribs(v: Metres, size: float, rng: Generator) -> Metres:
    return _rows(v, size, 1.0, 0.35) + _passes(v, 1.0, 0.08, rng)


def _rows(v: Metres, size: float, spacing: float, depth: float) -> Metres:
    """A wave, as deep as the pixels can still show it."""
    seen = np.clip((spacing / size - 2.2) / 3.0, 0, 1)
    wave: Metres = depth * seen * np.cos(2 * np.pi * v / spacing)
    return wave


def _passes(v: Metres, width: float, spread: float, rng: Generator) -> Metres:
    """Each pass of a machine has its own tone."""
    tones = rng.normal(0, spread, 512)
    found: Metres = tones[np.floor(v / width).astype(int) % 512]
    return found


def _tramlines(v: Metres, rng: Generator) -> Metres:
    """The sprayer's two wheels every 24 m."""
    across = (v + rng.uniform(0, 24)) % 24.0
    wheels: Metres = np.exp(-(((across - 11.1) / 0.24) ** 4)) + np.exp(-(((across - 12.9) / 0.24) ** 4))
    return wheels


def _near(phase: Metres, centre: float, half: float, soft: float) -> Metres:
    found: Metres = np.clip((half - np.abs(phase - centre)) / max(soft, 0.03) + 0.5, 0, 1)
    return found


PROFILES: dict[str, Callable[[Metres, float, Generator], Metres]] = {
    "cereal": _cereal, "stubble": _stubble, "hoed": _hoe_rows, "ploughed": _plough_rows, "vines": _vines,
    "vegetables": _vegetables, "mown": _mow_stripes, "lawn": _lawn, "swaths": _swaths, "ribs": _ribs,
}  # fmt: skip
