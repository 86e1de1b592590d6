"""A window of ground being drawn: what lies at each pixel, how high it is, how bright and how deep in colour."""

from __future__ import annotations

from math import ceil, cos, floor, sin

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import rasterize

from .drawing import Fitting, Index, Roof, Scene, Wing
from .light import Light
from .rows import profile
from .sprites import STEP, Crown, crown
from .window import LOCAL_X, LOCAL_Y, NORTH, Single, Window

TALLEST = 22.0
"""No shadow is longer than that of such a height (m)."""


class Canvas:
    """Draws a scene's shapes, rows, roofs and plants, in this order, then the shadows they cast."""

    def __init__(self, scene: Scene, index: Index, window: Window) -> None:
        self.scene, self.index, self.window = scene, index, window
        self.x, self.y = window.x, window.y
        self.ids = self._shapes()
        self.height = scene.materials[:, 9].take(self.ids)
        self.shade = np.ones(self.ids.shape, np.float32)
        self.mix = np.zeros(self.ids.shape, np.float32)
        self._rows()
        self._roofs()
        self._plants()

    def _shapes(self) -> NDArray[np.int32]:
        found = np.sort(self.index.shapes.query(shapely.box(*self.window.bounds)))
        pairs = zip(self.scene.shapes[found], self.scene.shape_materials[found].tolist(), strict=True)
        ids = np.zeros((self.window.height, self.window.width), np.int32)
        if len(found):
            rasterize(pairs, out=ids, transform=self.window.transform)
        return ids

    def _slices(self, bounds: tuple[float, float, float, float]) -> tuple[slice, slice]:
        """Rows and columns whose centres lie within a rectangle."""
        west, south, east, north = bounds
        w, _, _, n = self.window.bounds
        size = self.window.size
        rows = slice(max(0, floor((n - north) / size)), max(0, ceil((n - south) / size)))
        return rows, slice(max(0, floor((west - w) / size)), max(0, ceil((east - w) / size)))

    def _within(self, bounds: NDArray[np.float64]) -> list[int]:
        w, s, e, n = self.window.bounds
        meets = (bounds[:, 0] < e) & (bounds[:, 2] > w) & (bounds[:, 1] < n) & (bounds[:, 3] > s)
        return [int(k) for k in np.flatnonzero(meets)]

    def _rows(self) -> None:
        step = np.float32(self.window.size / 3)
        for k in self._within(self.index.furrows):
            furrow = self.scene.furrows[k]
            place = self._slices(furrow.bounds)
            here = self.ids[place] == furrow.material
            if not here.any():
                continue
            across = -np.float32(sin(furrow.direction)) * self.x[place[1]]
            down = -np.float32(cos(furrow.direction)) * self.y[place[0]]
            at = np.floor((down[:, None] + across[None, :]) / step).astype(np.int32)
            low, high = int(at.min()), int(at.max())
            rng = np.random.default_rng([self.scene.seed, furrow.material, 7])
            metres = (np.arange(low, high + 1, dtype=np.float64) + 0.5) * float(step)
            table = profile(furrow.kind, metres, self.window.size, rng)
            np.copyto(self.mix[place], table.take(at - low), where=here)

    def _roofs(self) -> None:
        found = self._within(self.index.roofs)
        if not found:
            return
        roofs = [self.scene.roofs[k] for k in found]
        which = np.zeros(self.ids.shape, np.int32)
        rasterize(((r.geom, n + 1) for n, r in enumerate(roofs)), out=which, transform=self.window.transform)
        for n, roof in enumerate(roofs):
            place = self._slices(roof.geom.bounds)
            here = which[place] == n + 1
            if here.any():
                self._roof(roof, place, here)

    def _roof(self, roof: Roof, place: tuple[slice, slice], here: NDArray[np.bool_]) -> None:
        x, y = self.x[place[1]][None, :], self.y[place[0]][:, None]
        height = np.full(here.shape, np.float32(roof.eaves))
        rise = np.zeros_like(height)
        shade, mix = np.ones_like(height), np.zeros_like(height)
        frames = []
        for wing in roof.wings:
            u, v = _frame(wing, x, y)
            frames.append((u, v))
            up = _slope(wing, u, v, open_ended=len(roof.wings) == 1)
            wins = up > rise
            np.copyto(rise, up, where=wins)
            np.copyto(shade, _sunlit(wing, u, v, self.scene.light), where=wins)
            if roof.courses and self.window.size < roof.courses / 2.4:
                np.copyto(mix, _courses(v, roof.courses), where=wins)
        height += rise
        ids = np.full(here.shape, roof.material, np.int32)
        for fitting in roof.fittings:
            _fit(fitting, roof, frames[fitting.wing], height, ids, shade, mix)
        for target, values in ((self.height, height), (self.ids, ids), (self.shade, shade), (self.mix, mix)):
            np.copyto(target[place], values, where=here)

    def _plants(self) -> None:
        plants, size = self.scene.plants, self.window.size
        w, s, e, n = self.window.bounds
        x, y, r = plants[:, 0], plants[:, 1], plants[:, 2] * 1.4 + 1
        near = np.flatnonzero((x + r > w) & (x - r < e) & (y + r > s) & (y - r < n))
        for px, py, radius, up, form, variant, material in plants[near].tolist():
            sprite = crown(int(form), round(radius / STEP), int(variant), size, self.scene.light)
            col, row = floor(px / size) - self.window.col, floor((NORTH - py) / size) - self.window.row
            self._stamp(sprite, row - sprite.reach, col - sprite.reach, up, int(material))

    def _stamp(self, sprite: Crown, top: int, left: int, up: float, material: int) -> None:
        side = 2 * sprite.reach + 1
        r0, c0 = max(top, 0), max(left, 0)
        r1, c1 = min(top + side, self.window.height), min(left + side, self.window.width)
        if r0 >= r1 or c0 >= c1:
            return
        mine = (slice(r0 - top, r1 - top), slice(c0 - left, c1 - left))
        place = (slice(r0, r1), slice(c0, c1))
        height = sprite.height[mine] + np.float32(up)
        wins = sprite.inside[mine] & (height > self.height[place])
        self.height[place][wins] = height[wins]
        self.ids[place][wins] = material
        self.shade[place][wins] = sprite.shade[mine][wins]
        self.mix[place][wins] = sprite.mix[mine][wins]

    def shadows(self) -> Single:
        """How much (0-1) something between a pixel and the sun hides it."""
        return cast(self.height, self.scene.light, self.window.size)


def _frame(wing: Wing, x: Single, y: Single) -> tuple[Single, Single]:
    """Metres along and across a wing's ridge from its centre."""
    c, s = np.float32(cos(wing.angle)), np.float32(sin(wing.angle))
    east, north = x - np.float32(wing.x - LOCAL_X), np.float32(LOCAL_Y - wing.y) - y
    return east * c + north * s, north * c - east * s


def _slope(wing: Wing, u: Single, v: Single, open_ended: bool) -> Single:
    """Height above the eaves; beyond the wing, nothing."""
    tangent = np.float32(wing.tangent)
    if wing.single:
        return (np.float32(wing.across) - v + np.float32(0.02)).clip(0.001) * tangent
    up = (np.float32(wing.across) - np.abs(v)) * tangent
    if wing.hips:
        up = np.minimum(up, (np.float32(wing.along) - np.abs(u)) * tangent * np.float32(1.25))
    if not open_ended:
        up[np.abs(u) > wing.along + 0.06] = -1
    return up


def _sunlit(wing: Wing, u: Single, v: Single, light: Light) -> Single:
    """Brightness of each side of a wing."""
    c, s = cos(wing.angle), sin(wing.angle)
    left, right = light.on_slope(-s, -c, wing.tangent), light.on_slope(s, c, wing.tangent)
    if wing.single:
        return np.full(u.shape, left, np.float32) + 0 * v
    lit = np.where(v > 0, np.float32(left), np.float32(right))
    if wing.hips:
        steep = wing.tangent * 1.25
        ends = np.where(u > 0, np.float32(light.on_slope(c, -s, steep)), np.float32(light.on_slope(-c, s, steep)))
        lit = np.where((wing.along - np.abs(u)) * 1.25 < wing.across - np.abs(v), ends, lit)
    lit[np.abs(v) < 0.13] += np.float32(0.07)
    return lit


def _courses(v: Single, spacing: float) -> Single:
    """Rows of tiles: a shadow line under each."""
    phase = np.abs(v) / np.float32(spacing)
    phase -= np.floor(phase)
    return np.float32(0.9) * (phase > 0.72) - np.float32(0.2)


def _fit(
    fitting: Fitting,
    roof: Roof,
    frame: tuple[Single, Single],
    height: Single,
    ids: NDArray[np.int32],
    shade: Single,
    mix: Single,
) -> None:
    """Draw a chimney, a window or panels on a roof."""
    u, v = frame
    on = (np.abs(u - fitting.u) < fitting.length / 2) & (np.abs(v - fitting.v) < fitting.width / 2)
    if not on.any():
        return
    ids[on] = fitting.material
    if fitting.above_ridge:
        wing = roof.wings[fitting.wing]
        height[on] = roof.eaves + wing.across * wing.tangent + fitting.rise
        shade[on] = 1.0
        mix[on] = 0.0
    else:
        height[on] += np.float32(fitting.rise)
        shade[on] = np.maximum(shade[on], np.float32(0.8))
        edges = (np.abs((u[on] * 1.0) % 1.0 - 0.5) > 0.46) | (np.abs((v[on] / 1.65) % 1.0 - 0.5) > 0.47)
        mix[on] = np.where(edges, np.float32(1.2), np.float32(0.0))


def cast(height: Single, light: Light, size: float) -> Single:
    """Shadows by doubling: after k steps each pixel knows the highest ray of the 2^k pixels towards the sun."""
    east, south = light.toward
    reach = shadow_reach(light, size)
    fall = np.float32(light.slope * size)
    ray = _shift_field(height, round(south), round(east), fall)
    covered = 1
    while covered < reach:
        step = min(covered, reach - covered)
        moved = _shift_field(ray, round(south * step), round(east * step), fall * np.float32(step))
        np.maximum(ray, moved, out=ray)
        covered += step
    ray -= height
    ray -= np.float32(0.12)
    ray *= np.float32(1 / max(0.3, 1.2 * size))
    return np.clip(ray, 0, 1, out=ray)


def shadow_reach(light: Light, size: float) -> int:
    """Pixels that the longest shadow crosses."""
    return ceil(TALLEST / light.slope / size)


def _shift_field(field: Single, down: int, right: int, lower: np.float32) -> Single:
    """What stands `down` rows and `right` columns from each pixel, lowered."""
    out = np.full_like(field, -np.float32(100))
    rows, cols = field.shape
    r0, r1 = max(0, -down), min(rows, rows - down)
    c0, c1 = max(0, -right), min(cols, cols - right)
    np.subtract(field[r0 + down : r1 + down, c0 + right : c1 + right], lower, out=out[r0:r1, c0:c1])
    return out
