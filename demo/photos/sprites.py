"""Crowns of trees and bushes seen from above, drawn once per size and lit as the campaign is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, cos, pi, radians, sin

import numpy as np
from numpy.typing import NDArray

from .light import Light
from .window import Single

ROUND, CONIFER, BUSH = 0, 1, 2
STEP = 0.25
"""Crowns are drawn for radii in steps of so many metres."""


@dataclass(frozen=True, slots=True)
class Crown:
    """A square of pixels about the trunk: where there is foliage, its height, brightness and depth of colour."""

    reach: int
    inside: NDArray[np.bool_]
    height: Single
    shade: Single
    mix: Single


@lru_cache(maxsize=600)
def crown(form: int, steps: int, variant: int, size: float, light: Light) -> Crown:
    """The crown of radius `steps` x 0.25 m."""
    radius = max(steps, 1) * STEP
    rng = np.random.default_rng([form, steps, variant])
    reach = ceil(radius * 1.25 / size) + 1
    axis = (np.arange(-reach, reach + 1) * size).astype(np.float32)
    lumps = 0.6 * _tufts(axis, radius, int(np.clip(13 * radius, 8, 50)), 0.2 if form == CONIFER else 0.3, rng)
    lumps += 0.4 * _tufts(axis, radius, int(np.clip(60 * radius**1.5, 20, 420)), 0.11, rng)
    edge = _outline(axis, radius, form, rng)
    near = np.clip(1 - np.hypot(axis[None, :], axis[:, None]) / edge, -1, 1)
    if form == CONIFER:
        body = near * radius * 1.5 + lumps * 0.25 * radius
        inside = near + 0.35 * (lumps - 0.45) > 0.06
    else:
        body = np.sqrt(np.clip(1 - (1 - near) ** 2, 0, 1)) * radius * 0.85 + lumps * (0.16 * radius + 0.12)
        inside = near + 0.45 * (lumps - 0.35) > 0.04
    height = (body + (0.9 if form == ROUND else 0.7 if form == CONIFER else 0.0) * radius).astype(np.float32)
    return Crown(reach, inside, height, _light_body(body, lumps, size, light), (0.35 - 0.8 * lumps).astype(np.float32))


def _outline(axis: Single, radius: float, form: int, rng: np.random.Generator) -> Single:
    turn = np.arctan2(axis[:, None], axis[None, :])
    waves = ((2, 0.08), (3, 0.07), (5, 0.05)) if form != CONIFER else ((9, 0.05), (5, 0.06))
    out = np.ones_like(turn)
    for n, share in waves:
        out += np.float32(share) * np.sin(n * turn + np.float32(rng.uniform(0, 2 * pi)))
    return out * np.float32(radius)


def _tufts(axis: Single, radius: float, count: int, share: float, rng: np.random.Generator) -> Single:
    """Overlapping tufts of leaves, each about a `share` of the crown: 1 on top of a tuft, 0 in the gaps."""
    turns, far = rng.uniform(0, 2 * pi, count), np.sqrt(rng.uniform(0, 1.15, count)) * radius
    sizes = rng.uniform(0.55, 1.1, count) * radius * share + 0.09
    out = np.zeros((len(axis), len(axis)), np.float32)
    for turn, d, s in zip(turns, far, sizes, strict=True):
        x, y = axis - np.float32(d * cos(turn)), axis - np.float32(d * sin(turn))
        left, right = np.searchsorted(x, (-s, s))
        top, bottom = np.searchsorted(y, (-s, s))
        tuft = 1 - (x[None, left:right] ** 2 + y[top:bottom, None] ** 2) / np.float32(s * s)
        place = out[top:bottom, left:right]
        np.maximum(place, tuft * np.float32(rng.uniform(0.5, 1.0)), out=place)
    return out


def _light_body(body: Single, lumps: Single, size: float, light: Light) -> Single:
    down, right = np.gradient(body, size)
    sx, sy = light.toward
    sine, cosine = sin(radians(light.elevation)), cos(radians(light.elevation))
    facing = (-right * sx - down * sy) * cosine + sine
    facing /= np.sqrt(1 + right**2 + down**2)
    lit = light.ambient * 0.75 + (1.1 - light.ambient * 0.75) * np.clip(facing, 0, 1) / sine * 0.85
    shade: Single = (lit * (0.7 + 0.42 * lumps)).astype(np.float32)
    return shade
