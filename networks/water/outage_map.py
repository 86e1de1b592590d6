"""The schematic map of an outage's sheet: an SVG in millimetres of paper, drawn from the answer that was kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any, Final

from django.utils.html import escape

from networks.water.services.answers import METRES_A_DEGREE

type Json = dict[str, Any]
type Spot = tuple[float, float]

WIDTH_MM, HEIGHT_MM, MARGIN_MM = 182.0, 92.0, 10.0
LEAST_M: Final = 60.0
# What has no source beyond the zone is drawn whole where the zone still takes this part of the drawing.
LEAST_SHARE: Final = 0.4
MOST_LINES: Final = 6000
BARS: Final = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
CUT_OFF = 'stroke="#B26A00" stroke-width="0.7" stroke-dasharray="2 1.2"'
ZONE = 'stroke="#A4262C" stroke-width="1.1"'


@dataclass(frozen=True, slots=True)
class Frame:
    """From longitude and latitude to millimetres on the drawing."""

    west: float
    north: float
    across: float
    down: float

    @classmethod
    def around(cls, places: Sequence[Sequence[float]]) -> Frame:
        """All these places with a margin, in the middle."""
        wests, norths = [one[0] for one in places], [one[1] for one in places]
        middle = ((min(wests) + max(wests)) / 2, (min(norths) + max(norths)) / 2)
        east_m = METRES_A_DEGREE * cos(radians(middle[1]))
        width = max((max(wests) - min(wests)) * east_m, LEAST_M)
        height = max((max(norths) - min(norths)) * METRES_A_DEGREE, LEAST_M)
        scale = min((WIDTH_MM - 2 * MARGIN_MM) / width, (HEIGHT_MM - 2 * MARGIN_MM) / height)
        west = middle[0] - WIDTH_MM / 2 / scale / east_m
        north = middle[1] + HEIGHT_MM / 2 / scale / METRES_A_DEGREE
        return cls(west, north, scale * east_m, scale * METRES_A_DEGREE)

    def spot(self, place: Sequence[float]) -> Spot:
        return round((place[0] - self.west) * self.across, 2), round((self.north - place[1]) * self.down, 2)

    def millimetres(self, metres: float) -> float:
        return metres * self.down / METRES_A_DEGREE


def draw(answer: Json, numbered: Sequence[Json]) -> str:
    """The zone, what is cut off, the valves by their number in the list, sources, hydrants without water, the break."""
    around = [*lines_in(answer["zone"])]
    places = [point for line in around for point in line]
    places += [one["point"] for name in ("breaks", "sources_to_stop") for one in answer[name]]
    places += [one["point"] for one in numbered]
    if not places:
        return ""
    frame = Frame.around(places)
    beyond = [point for line in lines_in(answer["cut_off"]) for point in line]
    wider = Frame.around([*places, *beyond, *(one["point"] for one in answer["alternatives"])])
    if wider.down >= frame.down * LEAST_SHARE:
        frame = wider
    parts = [
        *(draw_line(frame, line, CUT_OFF) for line in list(lines_in(answer["cut_off"]))[:MOST_LINES]),
        *(draw_line(frame, line, ZONE) for line in around[:MOST_LINES]),
        *(hydrant(frame.spot(one["point"])) for one in answer["hydrants"]),
        *(
            disc(frame.spot(one["point"]), "F", "#FFFFFF", "#1B2A2F")
            for one in answer["valves"]
            if one["status"] == "closed"
        ),
        *(square(frame.spot(one["point"])) for one in answer["sources_to_stop"]),
        *(disc(frame.spot(one["point"]), "O", "#2E6B3E", "#FFFFFF") for one in answer["alternatives"]),
        *(disc(frame.spot(one["point"]), str(rank), "#0B5C6B", "#FFFFFF") for rank, one in enumerate(numbered, 1)),
        *(cross(frame.spot(one["point"])) for one in answer["breaks"]),
        scale_bar(frame),
    ]
    size = f'width="{WIDTH_MM}mm" height="{HEIGHT_MM}mm"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH_MM} {HEIGHT_MM}" {size}>'
    paper = f'<rect width="{WIDTH_MM}" height="{HEIGHT_MM}" fill="#FBFAF7" stroke="#7D8A87" stroke-width="0.3"/>'
    return f"{head}{paper}{''.join(filter(None, parts))}</svg>"


def lines_in(stretch: Json) -> Iterable[Sequence[Sequence[float]]]:
    return stretch["geometry"]["coordinates"] if stretch["geometry"] else []


def draw_line(frame: Frame, line: Sequence[Sequence[float]], style: str) -> str:
    """Nothing for a line that lies outside the drawing."""
    spots = [frame.spot(point) for point in line]
    if not any(0 <= x <= WIDTH_MM and 0 <= y <= HEIGHT_MM for x, y in spots):
        return ""
    return f'<polyline points="{" ".join(f"{x},{y}" for x, y in spots)}" fill="none" stroke-linecap="round" {style}/>'


def disc(at: Spot, text: str, fill: str, ink: str) -> str:
    x, y = at
    circle = f'<circle cx="{x}" cy="{y}" r="2.7" fill="{fill}" stroke="#FFFFFF" stroke-width="0.5"/>'
    ring = f'<circle cx="{x}" cy="{y}" r="2.7" fill="none" stroke="#1B2A2F" stroke-width="0.25"/>'
    return circle + ring + label(x, y + 1.15, text, ink, 3.2)


def square(at: Spot) -> str:
    x, y = at
    style = 'width="5.2" height="5.2" fill="#1F6FB2" stroke="#FFFFFF" stroke-width="0.5"'
    return f'<rect x="{x - 2.6}" y="{y - 2.6}" {style}/>' + label(x, y + 1.15, "S", "#FFFFFF", 3.2)


def hydrant(at: Spot) -> str:
    x, y = at
    shape = f"M{x} {y - 1.9}L{x + 1.9} {y}L{x} {y + 1.9}L{x - 1.9} {y}Z"
    return f'<path d="{shape}" fill="#FFFFFF" stroke="#A4262C" stroke-width="0.5"/>'


def cross(at: Spot) -> str:
    x, y = at
    return "".join(
        f'<path d="M{x - 2.2} {y - 2.2}L{x + 2.2} {y + 2.2}M{x + 2.2} {y - 2.2}L{x - 2.2} {y + 2.2}"'
        f' fill="none" stroke="{ink}" stroke-width="{width}" stroke-linecap="round"/>'
        for ink, width in (("#FFFFFF", 2.2), ("#14201D", 1.1))
    )


def label(x: float, y: float, text: str, ink: str, size: float) -> str:
    return (
        f'<text x="{x}" y="{round(y, 2)}" font-family="Arpent" font-weight="700" font-size="{size}"'
        f' text-anchor="middle" fill="{ink}">{escape(text)}</text>'
    )


def scale_bar(frame: Frame) -> str:
    """A bar of a round length, and the north, which is above."""
    metres = max((one for one in BARS if frame.millimetres(one) <= 50), default=BARS[0])
    length = round(frame.millimetres(metres), 2)
    y = HEIGHT_MM - 4
    bar = f'<path d="M4 {y - 1.5}V{y}H{4 + length}V{y - 1.5}" fill="none" stroke="#1B2A2F" stroke-width="0.4"/>'
    x = WIDTH_MM - 6
    arrow = f'<path d="M{x} 4L{x + 2} 10L{x} 8.7L{x - 2} 10Z" fill="#1B2A2F"/>'
    caption = f"{metres} m" if metres < 1000 else f"{metres // 1000} km"
    return bar + label(4 + length / 2, y - 2, caption, "#1B2A2F", 2.8) + arrow + label(x, 13.6, "N", "#1B2A2F", 3)
