"""From a scene to the pixels of any window: the same pixel whatever window it is drawn in."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray

from .canvas import Canvas, shadow_reach
from .drawing import Scene
from .light import Light
from .noise import Noise
from .window import Single, Window

STRIP = 2000
"""Rows drawn at a time: what bounds the memory."""
CELL = 500
RIM = 2
"""Pixels beyond a cell that its optics need."""

type Picture = NDArray[np.uint8]


class Renderer:
    """Draws windows of one scene at one pixel size."""

    def __init__(self, scene: Scene, size: float) -> None:
        self.scene, self.index = scene, scene.index()
        self.noise = Noise(size, scene.seed)
        self.tables = np.ascontiguousarray(scene.materials.T)

    def draw(self, window: Window) -> Picture:
        """The window's pixels: rows, columns, red green blue."""
        strips = [
            self._strip(window.part(row, 0, min(STRIP, window.height - row), window.width))
            for row in range(0, window.height, STRIP)
        ]
        return np.concatenate(strips)

    def _strip(self, window: Window) -> Picture:
        west, north, east, south = self._margins(window.size)
        canvas = Canvas(self.scene, self.index, window.grow(west, north, east, south))
        shadow = canvas.shadows()
        out = np.empty((window.height, window.width, 3), np.uint8)
        for row in range(0, window.height, CELL):
            for col in range(0, window.width, CELL):
                high, wide = min(CELL, window.height - row), min(CELL, window.width - col)
                cell = window.part(row, col, high, wide).grow(RIM, RIM, RIM, RIM)
                top, left = row + north - RIM, col + west - RIM
                place = (slice(top, top + cell.height), slice(left, left + cell.width))
                out[row : row + high, col : col + wide] = self._cell(cell, canvas, shadow, place)
        return out

    def _margins(self, size: float) -> tuple[int, int, int, int]:
        """West, north, east, south: towards the sun as far as shadows come from."""
        east, south = (ceil(v * shadow_reach(self.scene.light, size)) for v in self.scene.light.toward)
        return max(0, -east) + 8, max(0, -south) + 8, max(0, east) + 8, max(0, south) + 8

    def _cell(self, cell: Window, canvas: Canvas, shadow: Single, place: tuple[slice, slice]) -> Picture:
        ids = canvas.ids[place].astype(np.intp)
        tables, light = self.tables, self.scene.light
        fine = self.noise.fine(cell)
        mix = tables[6].take(ids) * fine
        mix += tables[7].take(ids) * self.noise.mid(cell)
        mix += tables[8].take(ids) * self.noise.large(cell)
        mix += canvas.mix[place]
        mix *= np.float32(0.8) / (np.float32(0.65) + np.abs(mix))
        bright, dark = canvas.shade[place] * (1 + np.float32(0.028) * fine), shadow[place]
        out = np.empty((cell.height - 2 * RIM, cell.width - 2 * RIM, 3), np.uint8)
        for band in range(3):
            value = tables[3 + band].take(ids)
            value *= mix
            value += tables[band].take(ids)
            value *= _shade(bright, dark, light.shade[band])
            out[..., band] = self._expose(value, cell, band, light)
        return out

    def _expose(self, value: Single, cell: Window, band: int, light: Light) -> Picture:
        """Through the lens and onto the sensor: a little blur, the colour balance, noise."""
        value = value[1:-1] * np.float32(0.64) + (value[:-2] + value[2:]) * np.float32(0.18)
        value = value[:, 1:-1] * np.float32(0.64) + (value[:, :-2] + value[:, 2:]) * np.float32(0.18)
        value = value[1:-1, 1:-1] * np.float32(light.gain[band]) + np.float32(light.haze[band])
        value += self.noise.grain(cell, band)[RIM:-RIM, RIM:-RIM] * np.float32(light.grain)
        return np.clip(value + np.float32(0.5), 0, 255, out=value).astype(np.uint8)


def _shade(bright: Single, dark: Single, left: float) -> Single:
    """Brightness under a cast shadow, which takes the sun away: what faces away from it had none to lose."""
    lost = bright * np.float32(1 - 0.3 * left)
    lost -= np.float32(0.7 * left)
    np.maximum(lost, 0, out=lost)
    lost *= dark
    left_over: Single = np.subtract(bright, lost, out=lost)
    return left_over
