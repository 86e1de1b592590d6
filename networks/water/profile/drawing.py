"""A profile drawn as SVG in millimetres of paper: the drawing above, bands of figures below, as a draughtsman does.

A pure function: profile and layout in, text out. Looks are attributes, so that a downloaded file stands alone; classes
let a page put its own colours over them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor, isnan, nan
from typing import Literal

from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from networks.water.profile.bands import (
    Labels,
    depth_of,
    format_fixed,
    height,
    name_of,
    natural_height,
    size_of,
    slope_of,
)
from networks.water.profile.layout import HEADROOM_MM, SHORTEST_MM, End, Layout, clip_line, heights_within, plane
from networks.water.profile.points import Point, Profile, Stretch

LABELS_MM, RIGHT_MM, KEY_MM = 44.0, 8.0, 8.0
LETTER_MM, PITCH_MM, TEXT_MM = 1.62, 3.7, 3.0
SHORTEST_BAND_MM, TALLEST_BAND_MM = 7.0, 36.0
TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
DASH = "1.6 1.2"
SHORTEST_M = 0.001
FONT = "Arpent, 'Atkinson Hyperlegible Next Variable', system-ui, sans-serif"
type Place = tuple[float, float]
STRUCTURES = frozenset(
    {"manhole", "overflow", "pump", "treatment", "basin", "grit", "flush", "inlet", "chamber", "tank"}
)


@dataclass(frozen=True, slots=True)
class Pen:
    """A colour, and the class by which a page may give it another one (`-text`, `-fill` for texts and surfaces)."""

    colour: str
    name: str


INK, SOFT, LINE = Pen("#1B2A2F", "p-ink"), Pen("#4D5D61", "p-soft"), Pen("#C3CAC6", "p-line")
GROUND, DANGER = Pen("#6B7F2A", "p-ground"), Pen("#A4262C", "p-danger")
NATURAL = Pen("#9A6A1B", "p-natural")
WATER, SEWER = Pen("#1F6FB2", "p-water"), Pen("#7A4A21", "p-sewer")


@dataclass(frozen=True, slots=True)
class Cell:
    """A text of a band at a place (mm); `width` is the room that it has, None at a node, where it stands upright."""

    x: float
    text: str
    width: float | None = None


@dataclass(frozen=True, slots=True)
class Band:
    label: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where things are on the sheet: `x` of a place, `y` of a height."""

    layout: Layout
    plane: float
    height: float

    def x(self, at_m: float) -> float:
        return LABELS_MM + (at_m - self.layout.from_m) * self.layout.along

    def y(self, z: float) -> float:
        return KEY_MM + self.height - (z - self.plane) * self.layout.upwards

    @property
    def bottom(self) -> float:
        return KEY_MM + self.height

    @property
    def right(self) -> float:
        return self.x(self.layout.to_m)

    def holds(self, at_m: float) -> bool:
        return self.layout.from_m - 1e-6 <= at_m <= self.layout.to_m + 1e-6


@dataclass(frozen=True, slots=True)
class Drawing:
    """The SVG, its size on paper, and whether figures had to be left out for want of room."""

    svg: str
    width_mm: float
    height_mm: float
    reduced: bool


def draw(profile: Profile, layout: Layout, materials: Labels) -> Drawing:
    """One sheet of a profile."""
    frame = frame_of(profile, layout)
    bands, reduced = "", False
    top = frame.bottom
    for band in bands_of(profile, frame, materials):
        text, tall, left_out = band_drawn(band, frame, top)
        bands, top, reduced = bands + text, top + tall, reduced or left_out
    width = frame.right + RIGHT_MM
    parts = [*key(profile), *grid(frame), *uprights(profile, frame), *natural_ground(profile, frame)]
    parts += ground(profile, frame)
    parts += [*structures(profile, frame), *pipes(profile, frame), *drops(profile, frame), bands]
    body = "".join(parts)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="{"group" if layout.interactive else "img"}"'
        f' aria-labelledby="profile-title profile-desc" viewBox="0 0 {n(width)} {n(top + 1)}"'
        f' width="{n(width)}mm" height="{n(top + 1)}mm" font-family="{escape(FONT)}" font-size="{TEXT_MM}"'
        f' fill="{INK.colour}" class="profile-drawing"><title id="profile-title">{escape(title(profile))}</title>'
        f'<desc id="profile-desc">{escape(describe_profile(profile))}</desc>{body}</svg>'
    )
    return Drawing(svg, width, top + 1, reduced)


def frame_of(profile: Profile, layout: Layout) -> Frame:
    heights = heights_within(profile, layout.from_m, layout.to_m)
    level = plane(heights)
    drawn = (max(heights) - level) * layout.upwards + HEADROOM_MM if heights else 0.0
    return Frame(layout, level, layout.height_mm or max(drawn, SHORTEST_MM))


# -- in words ---------------------------------------------------------------------------------------------------------


def title(profile: Profile) -> str:
    ends = {"first": name_of(profile.points[0]), "last": name_of(profile.points[-1])}
    return _("Longitudinal profile from %(first)s to %(last)s") % ends


def describe_profile(profile: Profile) -> str:
    """What the drawing shows, for people who do not see it."""
    count = len(profile.stretches)
    sentences = [
        ngettext("%(count)s pipe", "%(count)s pipes", count) % {"count": count}
        + f", {format_fixed(profile.length_m, 1)} m."
    ]
    first, last = profile.points[0].leaving, profile.points[-1].arriving
    if first and last:
        line = _("The invert goes from %(first)s m to %(last)s m.")
        if profile.family == "water":
            line = _("The top of the pipe goes from %(first)s m to %(last)s m.")
        sentences.append(line % {"first": format_fixed(first.z), "last": format_fixed(last.z)})
    if rising := len(profile.rising):
        sentences.append(ngettext("%(count)s counter-slope.", "%(count)s counter-slopes.", rising) % {"count": rising})
    if missing := profile.missing:
        sentences.append(
            ngettext("%(count)s height is not on record.", "%(count)s heights are not on record.", missing)
            % {"count": missing}
        )
    if profile.natural:
        source = {"source": profile.natural_source}
        sentences.append(_("The natural ground is drawn too (%(source)s).") % source)
    sentences.append(_("The same figures are in the table."))
    return " ".join(sentences)


# -- the drawing ------------------------------------------------------------------------------------------------------


def key(profile: Profile) -> Iterator[str]:
    """What each line means, above the drawing."""
    name = _("Invert and top of the pipe") if profile.family == "sewer" else _("Top and bottom of the pipe")
    lines = [
        (_("Ground, cover"), GROUND, False),
        (name, colour(profile), False),
        (_("between known heights (not on record)"), SOFT, True),
    ]
    if profile.natural:
        lines.append((_("Natural ground: %(source)s") % {"source": profile.natural_source}, NATURAL, False))
    if profile.rising:
        lines.append((f"▲ {_('counter-slope')}", DANGER, False))
    x = 0.5
    for caption, pen, dashed in lines:
        if pen is NATURAL:
            yield polyline([f"{n(x)},3", f"{n(x + 8)},3"], pen, 0.5)
        else:
            yield line((x, 3), (x + 8, 3), pen, 0.5, dashed=dashed)
        yield label(x + 9.5, 4.1, caption, DANGER if pen is DANGER else SOFT)
        x += 9.5 + len(caption) * LETTER_MM + 6


def grid(frame: Frame) -> Iterator[str]:
    """Heights on the left, and the comparison plane."""
    step = next((one for one in TICKS if one * frame.layout.upwards >= 8), TICKS[-1])
    at = (floor(frame.plane / step) + 1) * step
    while (y := frame.y(at)) > KEY_MM + 2:
        yield line((LABELS_MM, y), (frame.right, y), LINE, 0.12)
        yield label(LABELS_MM - 2, y + 1, format_fixed(at, 2 if step < 1 else 0), SOFT, anchor="end")
        at += step
    y = frame.bottom
    yield line((0, y), (frame.right, y), INK, 0.4)
    yield label(0.5, y - 5.4, _("Comparison plane"))
    yield label(0.5, y - 1.4, f"{format_fixed(frame.plane)} m NGF")


def uprights(profile: Profile, frame: Frame) -> Iterator[str]:
    for point in profile.points:
        if frame.holds(point.at_m) and (point.ground or point.lowest):
            top = max(one.z for one in (point.ground, point.lowest) if one)
            x = frame.x(point.at_m)
            yield line((x, frame.bottom), (x, frame.y(top)), LINE, 0.15)


def ground(profile: Profile, frame: Frame) -> Iterator[str]:
    for before, after in pairwise(profile.points):
        yield between(frame, (before.at_m, before.ground), (after.at_m, after.ground), GROUND, 0.45)


def natural_ground(profile: Profile, frame: Frame) -> Iterator[str]:
    """The ground of a model of heights, broken at its holes and at the border of the sheet."""
    part: list[str] = []
    for at_m, z in profile.natural:
        y = nan if isnan(z) else frame.y(z)
        if frame.holds(at_m) and KEY_MM <= y <= frame.bottom:
            part.append(f"{n(frame.x(at_m))},{n(y)}")
        elif part:
            yield polyline(part, NATURAL, 0.35)
            part = []
    if part:
        yield polyline(part, NATURAL, 0.35)


def polyline(points: Sequence[str], pen: Pen, width: float) -> str:
    style = (
        f'fill="none" stroke="{pen.colour}" stroke-width="{width}" stroke-linejoin="round" stroke-dasharray="0.9 0.7"'
    )
    return f'<polyline points="{" ".join(points)}" {style} class="{pen.name}"/>'


def between(frame: Frame, near: End, far: End, pen: Pen, width: float, shift: float = 0.0) -> str:
    """A straight line between two heights, dashed where one of them is not on record; "" where there is none."""
    result = clip_line((near, far), frame.layout.from_m, frame.layout.to_m)
    if not result or not near[1] or not far[1]:
        return ""
    start, end = ((frame.x(at_m), frame.y(z + shift)) for at_m, z in result)
    return line(start, end, pen, width, dashed=not (near[1].sure and far[1].sure))


def structures(profile: Profile, frame: Frame) -> Iterator[str]:
    """Manholes and other structures, from the cover down to the lowest invert."""
    for point in profile.points:
        low = point.lowest
        if not frame.holds(point.at_m) or not point.ground or not low:
            continue
        x, top, foot = frame.x(point.at_m), frame.y(point.ground.z), frame.y(low.z)
        dashed = not (point.ground.sure and low.sure)
        if point.node.kind in STRUCTURES:
            style = f'fill="#FFFFFF" fill-opacity="0.75" stroke="{SOFT.colour}" stroke-width="0.25"{dash(on=dashed)}'
            yield rect(x - 0.9, top, 1.8, foot - top, f'{style} class="p-structure"')
        else:
            yield line((x, top), (x, foot), SOFT, 0.25, dashed=dashed)


def pipes(profile: Profile, frame: Frame) -> Iterator[str]:
    first = True
    for stretch in profile.stretches:
        drawn = "".join(pipe_drawn(profile, frame, stretch))
        if not drawn:
            continue
        yield link_to_row(stretch, drawn, first=first) if frame.layout.interactive else drawn
        first = False


def link_to_row(stretch: Stretch, drawn: str, *, first: bool) -> str:
    """The pipe leads to its row; one stop for the keyboard, from which the page's script moves on."""
    pipe = stretch.pipe
    label = escape(f"{pipe.reference or pipe.id}, {format_fixed(stretch.length_m)} m, {slope_of(stretch)}")
    stop = f'tabindex="{0 if first else -1}" aria-label="{label}"'
    return f'<a href="#pipe-{pipe.id}" data-pipe="{pipe.id}" {stop}><title>{label}</title>{drawn}</a>'


def pipe_drawn(profile: Profile, frame: Frame, stretch: Stretch) -> Iterator[str]:
    """Its invert and its top, filled between; a place to point at, wide enough for a finger."""
    near, far = (stretch.from_m, stretch.near), (stretch.to_m, stretch.far)
    result = clip_line((near, far), frame.layout.from_m, frame.layout.to_m)
    if not result or result[1][0] - result[0][0] < SHORTEST_M:
        return
    rises = profile.family == "sewer" and stretch.rises
    pen = DANGER if rises else colour(profile)
    low, high = profile.around(stretch)
    (from_m, z1), (to_m, z2) = result
    x1, x2 = frame.x(from_m), frame.x(to_m)
    if frame.layout.interactive:
        yield rect(x1, KEY_MM, x2 - x1, frame.height, 'fill="#FFFFFF" fill-opacity="0" class="p-reach"')
    if high - low:
        corners = [(x1, z1 + low), (x2, z2 + low), (x2, z2 + high), (x1, z1 + high)]
        points = " ".join(f"{n(x)},{n(frame.y(z))}" for x, z in corners)
        yield f'<polygon points="{points}" fill="{pen.colour}" fill-opacity="0.14" class="{pen.name}-fill"/>'
    for shift in dict.fromkeys((low, high)):
        yield between(frame, near, far, pen, 0.5 if shift == 0 else 0.3, shift)
    if rises:
        caption = f"▲ {_('counter-slope')}" if x2 - x1 > 30 else "▲"
        yield label((x1 + x2) / 2, frame.y((z1 + z2) / 2 + high) - 1.2, caption, DANGER, anchor="middle")


def drops(profile: Profile, frame: Frame) -> Iterator[str]:
    """How far the way falls within a manhole, where there is room to say it."""
    places = [frame.x(point.at_m) for point in profile.points]
    for at, point in enumerate(profile.points):
        drop = point.drop_m if profile.family == "sewer" and frame.holds(point.at_m) else None
        if drop is None or not point.arriving or not point.leaving:
            continue
        x, y1, y2 = places[at], frame.y(point.arriving.z), frame.y(point.leaving.z)
        yield line((x, y1), (x, y2), DANGER, 0.6)
        if at + 1 >= len(places) or places[at + 1] - x > 18:
            caption = f"{'▼' if drop > 0 else '▲'} {format_fixed(abs(drop))}"
            yield label(x + 1.8, max(y1, y2) + 3.4, caption, DANGER)


def colour(profile: Profile) -> Pen:
    return WATER if profile.family == "water" else SEWER


# -- the bands --------------------------------------------------------------------------------------------------------


def bands_of(profile: Profile, frame: Frame, materials: Labels) -> list[Band]:
    sewer = profile.family == "sewer"
    seen = [point for point in profile.points if frame.holds(point.at_m)]

    def at_nodes(label: str, text: Callable[[Point], str]) -> Band:
        return Band(label, [Cell(frame.x(point.at_m), text(point)) for point in seen])

    def along(label: str, text: Callable[[Stretch], str]) -> Band:
        return Band(label, list(cells_along(profile, frame, text)))

    return [
        at_nodes(_("Manhole no.") if sewer else _("Node"), name_of),
        at_nodes(_("Height of the cover") if sewer else _("Height of the ground"), lambda one: height(one.ground)),
        *([at_nodes(_("Natural ground"), lambda one: natural_height(profile, one))] if profile.natural else []),
        Band(_("Height of the invert") if sewer else _("Top of the pipe"), list(ends_at_nodes(seen, frame))),
        at_nodes(_("Depth"), lambda one: depth_of(profile, one)),
        along(_("Partial distances"), lambda one: format_fixed(one.length_m)),
        at_nodes(_("Cumulated distances"), lambda one: format_fixed(one.at_m)),
        along(_("Slope"), slope_of),
        along(_("Diameter, material"), lambda one: size_of(one, materials)),
        along(_("Accuracy class in Z"), lambda one: one.pipe.accuracy or "—"),
    ]


def ends_at_nodes(points: Sequence[Point], frame: Frame) -> Iterator[Cell]:
    """One height where the way runs on, two where it falls: arriving on the left, leaving on the right."""
    for point in points:
        x, both = frame.x(point.at_m), [height(one) for one in (point.arriving, point.leaving) if one]
        if len(set(both)) == 2:
            yield Cell(x - PITCH_MM / 2, both[0])
            yield Cell(x + PITCH_MM / 2, both[1])
        else:
            yield Cell(x, both[0] if both else "—")


def cells_along(profile: Profile, frame: Frame, text: Callable[[Stretch], str]) -> Iterator[Cell]:
    for stretch in profile.stretches:
        start, end = max(stretch.from_m, frame.layout.from_m), min(stretch.to_m, frame.layout.to_m)
        if end - start > 1e-6:
            yield Cell(frame.x((start + end) / 2), text(stretch), frame.x(end) - frame.x(start))


def band_drawn(band: Band, frame: Frame, top: float) -> tuple[str, float, bool]:
    """The band, its height, and whether texts were left out where they would lie over one another."""
    turned, flat, left_out = place_texts(band.cells)
    tall = max([SHORTEST_BAND_MM, *(min(width_of(cell.text) + 3, TALLEST_BAND_MM) for cell in turned)])
    middle = top + tall / 2
    parts = [label(0.5, middle + 1.05, band.label)]
    parts += [label(cell.x, middle + 1.05, cell.text, anchor="middle") for cell in flat]
    for cell in turned:
        parts.append(label(cell.x, middle, shorten_text(cell.text), anchor="middle", turned=True))
    for cell in band.cells:
        if cell.width is not None and cell.width > 0.8:
            x = cell.x + cell.width / 2
            parts.append(line((x, top), (x, top + tall), LINE, 0.15))
    parts.append(line((0, top + tall), (frame.right, top + tall), SOFT, 0.2))
    return "".join(parts), tall, left_out


def place_texts(cells: Sequence[Cell]) -> tuple[list[Cell], list[Cell], bool]:
    """Texts that stand upright, those that lie, and whether some found no room; the first and the last always do."""
    flat = [cell for cell in cells if cell.width is not None and width_of(cell.text) + 1 <= cell.width]
    horizontal = set(map(id, flat))
    upright = [cell for cell in cells if id(cell) not in horizontal and (cell.width is None or cell.width >= PITCH_MM)]
    turned: list[Cell] = []
    last = upright[-1] if upright else None
    for cell in upright:
        space_before = not turned or cell.x - turned[-1].x >= PITCH_MM - 0.01
        space_after = cell is last or (last is not None and last.x - cell.x >= PITCH_MM - 0.01)
        if cell is last and not space_before:
            turned.pop()
            turned.append(cell)
        elif space_before and space_after:
            turned.append(cell)
    return turned, flat, len(turned) + len(flat) < len(cells)


def shorten_text(text: str) -> str:
    most = int(TALLEST_BAND_MM / LETTER_MM)
    return text if len(text) <= most else text[: most - 1] + "…"


def width_of(text: str) -> float:
    return len(text) * LETTER_MM


def label(
    x: float,
    y: float,
    text: str,
    pen: Pen = INK,
    *,
    anchor: Literal["start", "middle", "end"] = "start",
    turned: bool = False,
) -> str:
    """A text; `turned` stands it upright, its middle at the place."""
    where = f'x="{n(x)}" y="{n(y)}"'
    if turned:
        where = f'transform="translate({n(x + TEXT_MM * 0.35)} {n(y)}) rotate(-90)"'
    return f'<text {where} text-anchor="{anchor}" fill="{pen.colour}" class="{pen.name}-text">{escape(text)}</text>'


def line(start: Place, end: Place, pen: Pen, width: float, *, dashed: bool = False) -> str:
    """A line between two places of the sheet (mm)."""
    ends = f'x1="{n(start[0])}" y1="{n(start[1])}" x2="{n(end[0])}" y2="{n(end[1])}"'
    style = f'stroke="{pen.colour}" stroke-width="{width}" stroke-linecap="round"{dash(on=dashed)}'
    return f'<line {ends} {style} class="{pen.name}"/>'


def rect(x: float, y: float, width: float, height: float, style: str) -> str:
    return f'<rect x="{n(x)}" y="{n(y)}" width="{n(max(width, 0))}" height="{n(max(height, 0))}" {style}/>'


def dash(*, on: bool) -> str:
    return f' stroke-dasharray="{DASH}"' if on else ""


def n(value: float) -> str:
    """A number of the drawing, to a hundredth of a millimetre."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
