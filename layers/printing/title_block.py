"""The words around a printed map: title, legend, sources; scale bar and north under it; the coordinates at its edge."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from django.utils.translation import gettext as _

from layers.features.display import display_date, display_number
from layers.printing import scale as scales
from layers.printing.document import BOLD, CAP_HEIGHT, ITALIC, REGULAR, Document, Drawing, Text, width_of, wrap_text
from layers.printing.facts import Entry, Facts, Section, describe_projection, format_scale
from layers.printing.marks import place_mark
from layers.printing.palette import INK, INK_SOFT, LIGHT, LINE, PHOTO_CHIP, WHITE, Colour
from layers.printing.paper import SHEETS, Box, Layout, Paper, Rectangle
from layers.printing.paths import Layered
from layers.printing.symbols import Paint

TITLE, HEADING, TEXT, SMALL, TINY = 5.0, 3.1, 2.75, 2.3, 1.95
CHIP = (7.2, 3.9)  # of a symbol in the legend
THICKEST = 2.4  # of a line in the legend
WIDEST_SPACING = 1.2  # of a hatch
FRAME_MM = 0.35
TICK_MM = 1.6
CROSS_MM = 2.0
WALL = 1.5  # from this size of words on
APPENDIX: Paper = "A4"
TITLES = (TITLE, 4.2, 3.5)
TITLE_SHARE = 0.8  # of its column
TITLE_LETTERS = 70
SIZES = (1.0, 0.88, 0.78)  # of legend and sources, before they go to a page of their own

type Part = Callable[[Facts, float, float], list[Item]]
type Paintable = Callable[[Document, float, float], None]


@dataclass(frozen=True, slots=True)
class Item:
    """Something of a height that is drawn under a left upper corner."""

    height: float
    draw: Paintable


def text(
    content: str, size: float, width: float, *, font: str = REGULAR, ink: Colour = INK, after: float = 0.0
) -> Item:
    """A paragraph."""
    lines = wrap_text(content, size, width, font)
    leading = size * 1.32

    def draw(document: Document, x: float, top: float) -> None:
        document.lines(x, top - size * 0.95, lines, size, leading, font=font, ink=ink)

    return Item(len(lines) * leading + after, draw)


def space(height: float) -> Item:
    return Item(height, lambda document, x, top: None)


def rule(width: float, after: float) -> Item:
    return Item(after, lambda document, x, top: document.line(x, top, x + width, top, 0.15, LINE))


def stack(document: Document, items: Iterable[Item], x: float, top: float) -> float:
    """Draw items under each other; returns where the next would begin."""
    for item in items:
        item.draw(document, x, top)
        top -= item.height
    return top


def total(items: Iterable[Item]) -> float:
    return sum(item.height for item in items)


# -- the title block --------------------------------------------------------------------------------------------------


def write_block(document: Document, sheet: Layout, facts: Facts) -> list[Part]:
    """Title, note, legend and sources in their place; returns what found none, and needs a page of its own."""
    return beneath(document, sheet, facts) if sheet.upright else beside(document, sheet, facts)


def beside(document: Document, sheet: Layout, facts: Facts) -> list[Part]:
    """One column: the title above, the legend under it, the sources at the bottom."""
    box, k = sheet.block, sheet.text_scale
    head = [*heading(facts, box.width, k), *note_items(facts, box.width, k)]
    foot = colophon(facts, box.width, k)
    free_height = box.height - total(head) - total(foot) - 7 * k
    for legend, sources in choices(facts, box.width, k):
        notice = elsewhere(legend, sources, box.width, k)
        if total(legend) + total(sources) + total(notice) <= free_height:
            break
    top = stack(document, head, box.x, box.top)
    stack(document, [*legend, *notice], box.x, top - 2 * k)
    bottom = [*sources, *foot]
    stack(document, bottom, box.x, box.y + total(bottom))
    return [part for part, items in ((legend_items, legend), (source_items, sources)) if not items]


def beneath(document: Document, sheet: Layout, facts: Facts) -> list[Part]:
    """Three columns: the title, then the legend, then the sources; a long note goes where there is room."""
    k = sheet.text_scale
    first, second, third = sheet.block.columns(3, 6 * k)
    foot = colophon(facts, first.width, k)
    head = heading(facts, first.width, k, first.height - total(foot))
    note = note_items(facts, first.width, k)
    roomy = total(head) + total(note) + total(foot) <= first.height
    for legend, sources in choices(facts, second.width, k):
        flow = [*legend, *([] if roomy else note), *elsewhere(legend, sources, second.width, k)]
        if columns := flow_items(flow, (second.height, third.height - total(sources) - 3 * k)):
            break
    stack(document, head + (note if roomy else []), first.x, first.top)
    stack(document, foot, first.x, first.y + total(foot))
    for column, items in zip((second, third), columns or ([], []), strict=True):
        top = stack(document, items, column.x, column.top)
    stack(document, sources, third.x, top - (3 * k if columns and columns[1] else 0))
    left: list[Part] = [part for part, items in ((legend_items, legend), (source_items, sources)) if not items]
    return left if columns else [note_items, *left]


def choices(facts: Facts, width: float, k: float) -> Iterator[tuple[list[Item], list[Item]]]:
    """Legend and sources in smaller and smaller letters; then without the sources, without the legend, without both."""
    for with_legend, with_sources in ((True, True), (True, False), (False, True)):
        for size in SIZES:
            legend = legend_items(facts, width, k * size) if with_legend else []
            yield legend, source_items(facts, width, k * size) if with_sources else []
    yield [], []


def flow_items(items: Sequence[Item], heights: Sequence[float]) -> list[list[Item]] | None:
    """Items in columns of these heights, in their order; None when they do not fit."""
    columns: list[list[Item]] = [[] for _height in heights]
    number = 0
    for item in items:
        while number < len(heights) and total(columns[number]) + item.height > heights[number]:
            number += 1
        if number == len(heights):
            return None
        columns[number].append(item)
    return columns


def heading(facts: Facts, width: float, k: float, height: float = math.inf) -> list[Item]:
    """Who, what and where; the title in the largest letters that leave the rest its room."""
    for size in TITLES:
        items = [text(facts.title, size * k, width, font=BOLD, after=1.0 * k)]
        if facts.organisation:
            items.insert(0, text(facts.organisation, SMALL * k, width, font=BOLD, ink=LIGHT.accent, after=1.2 * k))
        if facts.communes:
            items.append(text(", ".join(facts.communes), TEXT * k, width, ink=INK_SOFT, after=1.0 * k))
        if total(items) <= height * TITLE_SHARE:
            break
    return items


def note_items(facts: Facts, width: float, k: float) -> list[Item]:
    return [text(facts.note, SMALL * k, width, after=1.5 * k)] if facts.note else []


def colophon(facts: Facts, width: float, k: float) -> list[Item]:
    """When, and by whom."""
    parameters = {"date": display_date(facts.day), "author": facts.author}
    line = _("Printed on %(date)s by %(author)s") if facts.author else _("Printed on %(date)s")
    return [space(1.8 * k), text(line % parameters, TINY * k, width, ink=INK_SOFT)]


def legend_items(facts: Facts, width: float, k: float) -> list[Item]:
    """The heading, each layer's lines, and what was looked for in vain."""
    items = [rule(width, 1.6 * k), text(_("Legend"), HEADING * k, width, font=BOLD, after=1.0 * k)]
    for section in facts.legend:
        items += section_items(section, width, k)
    if facts.empty:
        line = _("Nothing of these in the map: %(layers)s") % {"layers": ", ".join(facts.empty)}
        items.append(text(line, TINY * k, width, font=ITALIC, ink=INK_SOFT, after=0.6 * k))
    return items


def section_items(section: Section, width: float, k: float) -> list[Item]:
    """A layer's lines; its title stays with the first of them."""
    lines = [entry_item(entry, width, k) for entry in section.entries]
    if not section.titled:
        return lines
    title = text(section.title, SMALL * k, width, ink=INK_SOFT, after=0.2 * k)
    first = lines[0]

    def draw(document: Document, x: float, top: float) -> None:
        stack(document, (title, first), x, top)

    return [Item(title.height + first.height, draw), *lines[1:]]


def entry_item(entry: Entry, width: float, k: float) -> Item:
    """A symbol and its words."""
    chip = (CHIP[0] * k, CHIP[1] * k)
    size = TEXT * k
    lines = wrap_text(entry.label, size, width - chip[0] - 2.4 * k)
    leading = size * 1.25
    height = max(chip[1], len(lines) * leading) + 1.3 * k

    def draw(document: Document, x: float, top: float) -> None:
        document.draw(swatch(entry, *chip), x, top - chip[1])
        middle = top - chip[1] / 2 - size * CAP_HEIGHT / 2
        document.lines(x + chip[0] + 2.4 * k, middle, lines, size, leading)

    return Item(height, draw)


def swatch(entry: Entry, width: float, height: float) -> Drawing:
    """A symbol as the map draws it, on the tone of a photo where it lies on one."""
    drawing = Drawing(width, height)
    if entry.on_photo:
        drawing.add(drawing.ink(PHOTO_CHIP), f"0 0 {width:.3f} {height:.3f} re f")
    if entry.sign:
        drawing.add(drawing.ink(INK), place_mark(entry.sign, width / 2, height / 2, height))
        return drawing
    paints = thin_paints(entry.paints)
    layered = Layered(drawing)
    shapes = {
        "fill": shapely.box(0.5, 0.5, width - 0.5, height - 0.5),
        "line": shapely.linestrings([(-1, height / 2), (width + 1, height / 2)]),
        "circle": shapely.points(width / 2, height / 2),
    }
    bare = entry.kind == "fill" and not any(paint.fill or paint.stroke for paint in paints)
    layered.add(np.array([shapes[entry.kind]]), () if bare else paints)
    layered.finish()
    return drawing


def thin_paints(paints: Sequence[Paint]) -> list[Paint]:
    """Lines that are as wide as streets, narrowed by as much each; hatches as narrow as shows some of their lines."""
    excess = max(0.0, max((paint.width_mm for paint in paints), default=0.0) - THICKEST)
    return [
        replace(
            paint,
            width_mm=max(0.2, paint.width_mm - excess) if paint.stroke else 0.0,
            spacing_mm=min(paint.spacing_mm, WIDEST_SPACING),
        )
        for paint in paints
    ]


def source_items(facts: Facts, width: float, k: float) -> list[Item]:
    if not facts.sources:
        return []
    items = [rule(width, 1.6 * k), text(_("Sources"), HEADING * 0.9 * k, width, font=BOLD, after=0.6 * k)]
    return items + [text(line, TINY * k, width, ink=INK_SOFT, after=0.55 * k) for line in facts.sources]


def elsewhere(legend: Sequence[Item], sources: Sequence[Item], width: float, k: float) -> list[Item]:
    """What to say of what is not here."""
    if legend and sources:
        return []
    reference = _("Sources: next page") if legend else _("Legend: next page")
    if not legend and not sources:
        reference = _("Legend and sources: next page")
    return [rule(width, 1.6 * k), text(reference, SMALL * k, width, font=ITALIC, ink=INK_SOFT, after=1.5 * k)]


def write_appendix(document: Document, facts: Facts, parts: Sequence[Part]) -> None:
    """Pages of their own for what found no room beside the map."""
    width, height, margin, _text_scale = SHEETS[APPENDIX]
    columns = Rectangle(margin, margin, width - 2 * margin, height - 2 * margin - 16).columns(3, 7)
    items = [item for part in parts for item in part(facts, columns[0].width, 1)]
    while items:
        document.page(width, height)
        document.write(margin, height - margin - 4, facts.title[:TITLE_LETTERS], HEADING * 1.3, font=BOLD)
        for column in columns:
            top = column.top
            while items and (top == column.top or top - items[0].height >= column.y):
                top = stack(document, [items.pop(0)], column.x, top)


# -- under the map ----------------------------------------------------------------------------------------------------


def write_strip(document: Document, sheet: Layout, facts: Facts) -> None:
    """The scale in words, the bar, the projection and north."""
    strip, k = sheet.strip, sheet.text_scale
    middle = strip.y + (strip.height - 1.5 * k) / 2
    document.write(strip.x, middle + 1.6 * k, _("Scale"), SMALL * k, ink=INK_SOFT)
    document.write(strip.x, middle - 3.4 * k, format_scale(facts.scale), TITLE * k, font=BOLD)
    write_bar(document, strip.x + 35 * k, middle - 1.2 * k, facts.scale, k)
    write_north(document, strip.right - 3.2 * k, middle - 5 * k, k)
    free_width = strip.width - 35 * k - longest_bar(k) - 20 * k
    lines = [
        line
        for paragraph in describe_projection(facts.projection)
        for line in wrap_text(paragraph, TINY * k, free_width)
    ]
    longest = max(width_of(line, TINY * k) for line in lines)
    start = middle + (len(lines) - 1) * TINY * k * 0.66 - TINY * k * 0.33
    document.lines(strip.right - 9 * k - longest, start, lines, TINY * k, TINY * k * 1.32, ink=INK_SOFT)


def longest_bar(k: float) -> float:
    """Ten centimetres, twenty on sheets that hang on a wall."""
    return scales.LONGEST_BAR_MM * (2 if k > WALL else 1)


def write_bar(document: Document, x: float, y: float, scale: int, k: float) -> None:
    """A bar in black and white parts, with metres above."""
    bar = scales.scale_bar(scale, longest_bar(k))
    step, high = bar.length_mm / bar.parts, 1.7 * k
    for part in range(bar.parts):
        document.fill(x + part * step, y, step, high, WHITE if part % 2 else INK)
    document.outline(Rectangle(x, y, bar.length_mm, high), 0.2)
    unit, factor = ("km", 1000) if bar.metres >= 2000 else ("m", 1)
    for part in range(bar.parts + 1):
        label = display_number(bar.metres * part / bar.parts / factor, 2)
        shift = width_of(label, SMALL * k) / 2
        if part == bar.parts:
            label = f"{label}\u00a0{unit}"
        document.write(x + part * step - shift, y + high + 0.9 * k, label, SMALL * k)


def write_north(document: Document, x: float, y: float, k: float) -> None:
    """An arrow to the grid's north, which is the top of the sheet."""
    wide, high = 1.9 * k, 7.4 * k
    left, tip, right, notch = (x - wide, y), (x, y + high), (x + wide, y), (x, y + 1.7 * k)
    document.polygon([left, tip, notch], INK)
    document.polygon([notch, tip, right], INK, 0.2)
    size = HEADING * k
    document.write(x - width_of("N", size, BOLD) / 2, y + high + 0.9 * k, "N", size, font=BOLD)


# -- at the map's edge ------------------------------------------------------------------------------------------------


def write_frame(document: Document, sheet: Layout) -> None:
    document.outline(sheet.map, FRAME_MM)


def write_grid(document: Document, sheet: Layout, ground: Box, scale: int, on_photo: bool) -> None:
    """Crosses at round coordinates, ticks at the edge, and the coordinates in metres."""
    step = scales.grid_step(scale)
    columns = [(x, (x - ground[0]) * 1000 / scale) for x in scales.grid_lines(ground[0], ground[2], step)]
    rows = [(y, (y - ground[1]) * 1000 / scale) for y in scales.grid_lines(ground[1], ground[3], step)]
    with document.shift_origin(sheet.map.x, sheet.map.y, (0, 0, sheet.map.width, sheet.map.height)):
        for x, y in crosses(columns, rows):
            for ink, width in ((WHITE, 0.5), (INK, 0.15)) if on_photo else ((INK, 0.15),):
                document.line(x - CROSS_MM, y, x + CROSS_MM, y, width, ink)
                document.line(x, y - CROSS_MM, x, y + CROSS_MM, width, ink)
    write_coordinates(document, sheet, columns, rows)


def crosses(
    columns: Sequence[tuple[float, float]], rows: Sequence[tuple[float, float]]
) -> Iterator[tuple[float, float]]:
    for _east, x in columns:
        for _north, y in rows:
            yield x, y


def write_coordinates(
    document: Document, sheet: Layout, columns: Sequence[tuple[float, float]], rows: Sequence[tuple[float, float]]
) -> None:
    frame, size = sheet.map, TINY * min(sheet.text_scale, 1.4)
    for east, x in columns:
        label, place = display_number(east, 0), frame.x + x
        document.line(place, frame.top, place, frame.top + TICK_MM * 0.6, 0.15)
        document.write(place - width_of(label, size) / 2, frame.top + TICK_MM, label, size, ink=INK_SOFT)
    for north, y in rows:
        label, place = display_number(north, 0), frame.y + y
        document.line(frame.x - TICK_MM * 0.6, place, frame.x, place, 0.15)
        start = place - width_of(label, size) / 2
        document.texts([Text(frame.x - TICK_MM, start, label, size, ink=INK_SOFT, turn=(0.0, 1.0))])
