"""A drawing of works and the ways around them, on the roads near by: it prints, and needs no script."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.gis.geos import GEOSGeometry, LineString
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from networks.roads.references import format_route
from networks.roadworks.models import Work, WorkDetour
from networks.roadworks.services.closures import every_row

WIDTH: Final = 720.0
LOWEST, HIGHEST = 300.0, 560.0
MARGIN_SHARE, LEAST_MARGIN_M = 0.12, 60.0
MOST_ROADS: Final = 4_000
MOST_NAMES: Final = 14
ROADS: Final = """
    select s.geom, coalesce(s.route, ''), coalesce(s.name_left, ''),
        coalesce(s.route is not null or s.importance in ('1', '2', '3', '4'), false)
    from road_section s
    where s.geom && st_setsrid(st_makebox2d(st_makepoint(%(west)s, %(south)s), st_makepoint(%(east)s, %(north)s)), 2154)
        and arpent.road_takes_traffic(s.nature, s.status, s.manager, s.traffic_way)
    order by st_length(s.geom) desc, s.id + 0 limit %(most)s
"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A piece of ground on paper: metres become units of the drawing."""

    west: float
    north: float
    scale: float
    height: float

    def path(self, line: Any) -> str:
        """A path of the lines, to a tenth of a unit."""
        lines = [line] if isinstance(line, LineString) else list(line)
        return " ".join(
            "M"
            + "L".join(
                f"{(x - self.west) * self.scale:.1f} {(self.north - y) * self.scale:.1f}" for x, y, *_z in one.coords
            )
            for one in lines
        )

    def place(self, line: LineString) -> tuple[float, float]:
        middle = line.interpolate_normalized(0.5)
        return (middle.x - self.west) * self.scale, (self.north - middle.y) * self.scale


def drawing_of(work: Work, kept: Sequence[WorkDetour], blocking: Sequence[tuple[int, str]] = ()) -> SafeString:
    """An SVG drawing, with words for those who do not see it; `blocking`: sections whose limit cuts the only way."""
    limits = blocking_lines(blocking)
    west, south, east, north = box_of([work.geom, *(one.geom for one in kept), *(shape for shape, _limit in limits)])
    scale = min(WIDTH / (east - west), HIGHEST / (north - south))
    width = (east - west) * scale
    height = max(LOWEST, (north - south) * scale)
    # The ground is as wide as the sheet: roads go to its edges.
    sheet = Sheet(
        west - (WIDTH - width) / 2 / scale, north + (height - (north - south) * scale) / 2 / scale, scale, height
    )
    roads = every_row(
        ROADS, west=sheet.west, east=sheet.west + WIDTH / scale, north=sheet.north, south=sheet.north - height / scale,
        most=MOST_ROADS,
    )  # fmt: skip
    shapes = [(GEOSGeometry(geom), route, name, main) for geom, route, name, main in roads]
    description = _("Drawing of the works and of the ways around them; the roads are told in words beside it.")
    return format_html(
        '<svg class="detour-drawing" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<path class="lane" d="{}"/><path class="road" d="{}"/>{}<path class="works-under" d="{}"/>'
        '<path class="works-line" d="{}"/>{}{}</svg>',
        f"{WIDTH:.0f}", f"{height:.0f}", description,
        " ".join(sheet.path(shape) for shape, _r, _n, main in shapes if not main),
        " ".join(sheet.path(shape) for shape, _r, _n, main in shapes if main),
        format_html_join(
            "", '<path class="way-under" d="{0}"/><path class="way way-{1}" d="{0}"/>',
            ((sheet.path(one.geom), (rank - 1) % 4 + 1) for rank, one in enumerate(kept, 1)),
        ),
        sheet.path(work.geom), sheet.path(work.geom),
        format_html_join("", '<text class="road-name" x="{}" y="{}">{}</text>', names_on(sheet, shapes)),
        format_html_join("", '<path class="blocked" d="{}"/><text class="limit" x="{}" y="{}">{}</text>',
                         ((sheet.path(shape), *map(round, sheet.place(shape)), limit) for shape, limit in limits)),
    )  # fmt: skip


def blocking_lines(blocking: Sequence[tuple[int, str]]) -> list[tuple[Any, str]]:
    """The lines of these sections with their limits."""
    ids = [pk for pk, _limit in blocking]
    lines = dict(every_row("select id, geom from road_section where id = any(%(ids)s)", ids=ids)) if ids else {}
    return [(GEOSGeometry(lines[pk]), limit) for pk, limit in blocking if pk in lines]


def box_of(shapes: Sequence[GEOSGeometry]) -> tuple[float, float, float, float]:
    boxes = [one.extent for one in shapes]
    west, south = min(one[0] for one in boxes), min(one[1] for one in boxes)
    east, north = max(one[2] for one in boxes), max(one[3] for one in boxes)
    margin = max(LEAST_MARGIN_M, MARGIN_SHARE * max(east - west, north - south))
    return west - margin, south - margin, east + margin, north + margin


def names_on(sheet: Sheet, shapes: Sequence[Any]) -> list[tuple[str, str, str]]:
    """Each road once, on its longest section, where no other name stands."""
    taken: list[tuple[float, float]] = []
    said: set[str] = set()
    made = []
    for shape, route, name, _main in shapes:
        text = format_route(route) if route else name
        x, y = sheet.place(shape)
        crowded = any(abs(x - u) < 130 and abs(y - v) < 16 for u, v in taken)
        outside = not (60 < x < WIDTH - 60 and 14 < y < sheet.height - 6)
        if not text or text in said or crowded or outside:
            continue
        taken.append((x, y))
        said.add(text)
        made.append((f"{x:.0f}", f"{y - 4:.0f}", text))
        if len(made) == MOST_NAMES:
            break
    return made
