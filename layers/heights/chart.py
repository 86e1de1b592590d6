"""The ground and the surface along a line, drawn as SVG in millimetres of paper. Pure: a section in, text out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import floor, isnan, log10

import numpy as np
from django.utils.html import escape
from django.utils.translation import gettext as _

from layers.catalogue.models import Photo
from layers.features.display import display_number
from layers.heights.services import Section
from layers.heights.surface import Points

WIDTH_MM, HEIGHT_MM = 260.0, 110.0
LEFT_MM, TOP_MM, BOTTOM_MM = 18.0, 10.0, 12.0
TEXT_MM, LEAST_RELIEF_M = 3.2, 2.0
INK, SOFT, LINE = "#1B2A2F", "#4D5D61", "#C3CAC6"
COLOURS = {Photo.Kind.GROUND: "#6B7F2A", Photo.Kind.SURFACE: "#B4501E"}
DASHES = {Photo.Kind.GROUND: "", Photo.Kind.SURFACE: ' stroke-dasharray="1.6 0.9"'}
FONT = "Arpent, 'Atkinson Hyperlegible Next Variable', system-ui, sans-serif"


@dataclass(frozen=True, slots=True)
class Frame:
    """Places of the sheet (mm) of distances and altitudes."""

    length: float
    low: float
    high: float

    def x(self, distance: float) -> float:
        return LEFT_MM + distance / self.length * (WIDTH_MM - LEFT_MM - 4)

    def y(self, z: float) -> float:
        return HEIGHT_MM - BOTTOM_MM - (z - self.low) / (self.high - self.low) * (HEIGHT_MM - TOP_MM - BOTTOM_MM)

    @property
    def exaggeration(self) -> float:
        """How many times larger heights are than distances."""
        upwards = (HEIGHT_MM - TOP_MM - BOTTOM_MM) / (self.high - self.low)
        return upwards / ((WIDTH_MM - LEFT_MM - 4) / self.length)


def draw(section: Section) -> str:
    frame = frame_of(section)
    parts = [*grid(frame), *key(section)]
    for kind in (Photo.Kind.SURFACE, Photo.Kind.GROUND):
        if kind in section.heights:
            parts += curve(frame, section.distances, section.heights[kind], kind)
    title, body = escape(_("Profile of the terrain")), "".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="t d" viewBox="0 0 {WIDTH_MM:g}'
        f' {HEIGHT_MM:g}" width="{WIDTH_MM:g}mm" height="{HEIGHT_MM:g}mm" font-family="{escape(FONT)}"'
        f' font-size="{TEXT_MM}" fill="{INK}"><title id="t">{title}</title>'
        f'<desc id="d">{escape(describe_section(section))}</desc>{body}</svg>'
    )


def frame_of(section: Section) -> Frame:
    known = [float(z) for heights in section.heights.values() for z in heights if not isnan(z)] or [0.0]
    low, high = min(known), max(known)
    margin = max(LEAST_RELIEF_M - (high - low), (high - low) * 0.1) / 2
    return Frame(section.length_m, low - margin, high + margin)


def describe_section(section: Section) -> str:
    """The figures of the drawing in one or two sentences."""
    parts = [_("Length %(length)s m.") % {"length": display_number(section.length_m, 1)}]
    for kind, heights in section.heights.items():
        known = heights[~np.isnan(heights)]
        if known.size:
            said = {"model": Photo.Kind(kind).label, "low": display_number(float(known.min()), 2)}
            said["high"] = display_number(float(known.max()), 2)
            parts.append(_("%(model)s: from %(low)s m to %(high)s m.") % said)
    return " ".join(parts)


def grid(frame: Frame) -> Iterator[str]:
    for z in ticks(frame.low, frame.high):
        y = frame.y(z)
        yield f'<path d="M{LEFT_MM:g} {y:.2f}H{WIDTH_MM - 4:g}" stroke="{LINE}" stroke-width="0.15"/>'
        yield text(LEFT_MM - 1.5, y + 1, display_number(z, 1 if frame.high - frame.low < 5 else 0), anchor="end")
    bottom = HEIGHT_MM - BOTTOM_MM
    for distance in ticks(0, frame.length):
        x = frame.x(distance)
        yield f'<path d="M{x:.2f} {bottom:g}v1.4" stroke="{SOFT}" stroke-width="0.2"/>'
        yield text(x, bottom + 5, display_number(distance, 0), anchor="middle")
    axes = f"M{LEFT_MM:g} {TOP_MM:g}V{bottom:g}H{WIDTH_MM - 4:g}"
    yield f'<path d="{axes}" fill="none" stroke="{INK}" stroke-width="0.3"/>'
    yield text(LEFT_MM - 1.5, TOP_MM - 3, _("m NGF"), anchor="end")
    yield text(WIDTH_MM - 4, bottom + 9.5, _("metres along the line"), anchor="end")
    times = _("heights × %(times)s") % {"times": display_number(frame.exaggeration, 1)}
    yield text(LEFT_MM, bottom + 9.5, times)


def ticks(low: float, high: float) -> list[float]:
    """Some five round values between two."""
    rough = (high - low) / 5
    power = 10 ** floor(log10(rough))
    step = next(one * power for one in (1, 2, 5, 10) if one * power >= rough)
    first = floor(low / step)
    values = [round((first + number) * step, 6) for number in range(12)]
    return [value for value in values if low - 1e-9 <= value <= high + 1e-9]


def key(section: Section) -> Iterator[str]:
    x = LEFT_MM + 20
    for kind in COLOURS:
        if kind not in section.models:
            continue
        photo = section.models[kind].photo
        caption = f"{Photo.Kind(kind).label} : {photo}"
        yield f'<path d="M{x:g} 4h8" stroke="{COLOURS[kind]}" stroke-width="0.7"{DASHES[kind]}/>'
        yield text(x + 10, 5.1, caption)
        x += 16 + len(caption) * 1.75


def curve(frame: Frame, distances: Points, heights: Points, kind: Photo.Kind) -> Iterator[str]:
    """One line for each part between holes."""
    part: list[str] = []
    style = f'fill="none" stroke="{COLOURS[kind]}" stroke-width="0.5" stroke-linejoin="round"{DASHES[kind]}'
    for distance, z in [*zip(distances, heights, strict=True), (0.0, float("nan"))]:
        if not isnan(z):
            part.append(f"{frame.x(distance):.2f},{frame.y(z):.2f}")
        elif part:
            yield f'<polyline class="{kind}" points="{" ".join(part)}" {style}/>'
            part = []


def text(x: float, y: float, caption: str, *, anchor: str = "start") -> str:
    return f'<text x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}" fill="{SOFT}">{escape(caption)}</text>'


def facts(section: Section) -> Mapping[str, str]:
    """Label and figure of what a reader asks first."""
    figures = {_("Length"): f"{display_number(section.length_m, 1)} m"}
    if (along := section.ground_length_m) is not None:
        figures[_("Length along the ground")] = f"{display_number(along, 1)} m"
    if (slope := section.slope) is not None:
        figures[_("Mean slope")] = f"{display_number(slope * 100, 1)} %"
    return figures
