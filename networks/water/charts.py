"""Bars as SVG, for figures that stand in a table beside them. Pure functions: labelled values in, text out."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import escape

WIDTH, ROW, LABEL, VALUE = 440, 22, 164, 60
HEIGHT, FOOT, HEAD = 190, 22, 18
LETTER = 6.8


@dataclass(frozen=True, slots=True)
class Bar:
    """A label, its value (None: nothing is drawn), and the value as people read it. `apart` looks less sure."""

    label: str
    value: float | None
    text: str
    apart: bool = False


def bars(name: str, title: str, items: Sequence[Bar]) -> str:
    """Lying bars, one below the other: groups with long names."""
    most = max((one.value or 0 for one in items), default=0) or 1
    space = WIDTH - LABEL - VALUE
    parts = []
    for at, one in enumerate(items):
        y = at * ROW
        length = space * (one.value or 0) / most
        parts.append(text(LABEL - 8, y + 15, shorten_label(one.label), "end"))
        parts.append(rect(LABEL, y + 4, length, ROW - 8, apart=one.apart))
        parts.append(text(LABEL + length + 6, y + 15, one.text, "start"))
    return chart_svg(name, title, describe_bars(items), WIDTH, max(len(items), 1) * ROW, parts)


def columns(name: str, title: str, items: Sequence[Bar]) -> str:
    """Standing bars from left to right: years. Labels thin out where they would touch."""
    most = max((one.value or 0 for one in items), default=0) or 1
    step = WIDTH / max(len(items), 1)
    space = HEIGHT - FOOT - HEAD
    every = max(1, -(-int(max((len(one.label) for one in items), default=1) * LETTER + 8) // max(int(step), 1)))
    parts = [f'<line x1="0" x2="{WIDTH}" y1="{HEIGHT - FOOT}" y2="{HEIGHT - FOOT}" class="chart-axis"/>']
    for at, one in enumerate(items):
        height = space * (one.value or 0) / most
        x = at * step
        parts.append(rect(x + step * 0.15, HEIGHT - FOOT - height, step * 0.7, height, apart=one.apart))
        if at % every == 0:
            parts.append(text(x + step / 2, HEIGHT - 6, one.label, "middle"))
            parts.append(text(x + step / 2, HEIGHT - FOOT - height - 5, one.text, "middle"))
    return chart_svg(name, title, describe_bars(items), WIDTH, HEIGHT, parts)


def chart_svg(name: str, title: str, description: str, width: float, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg class="chart" role="img" aria-labelledby="{name}-title {name}-desc" viewBox="0 0 {width} {height}"'
        f' xmlns="http://www.w3.org/2000/svg"><title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(description)}</desc>{"".join(parts)}</svg>'
    )


def describe_bars(items: Sequence[Bar]) -> str:
    return "; ".join(f"{one.label}: {one.text}" for one in items)


def shorten_label(label: str) -> str:
    most = int((LABEL - 8) / LETTER)
    return label if len(label) <= most else label[: most - 1] + "…"


def rect(x: float, y: float, width: float, height: float, *, apart: bool) -> str:
    style = "chart-bar chart-apart" if apart else "chart-bar"
    place = f'x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}"'
    return f'<rect {place} rx="1" class="{style}"/>'


def text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="chart-text">{escape(text)}</text>'
