"""Small maps without a script: the territory, and where the objects of a file lie (EPSG:2154, y downwards)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from gis_core.database.statements import fetch_all, fetch_one
from gis_core.models import Member

# Metres that the outline of a territory may lose on a map of a few hundred pixels.
OUTLINE_M = 150
# What lies farther from the territory than this share of its size is drawn on the edge: a stray position must not hide
# the rest.
AROUND = 0.35
MARGIN = 0.06
FLATTEST = 0.6


# A small map is so many pixels wide at most: what is finer than one is left out of an outline.
WIDEST: Final = 300
# So few leave room for larger signs.
FEW_AREAS: Final = 40
OUTLINES: Final = """
    with wanted as materialized (select insee, name, geom from gis_core_commune where insee = any(%s)),
    extent as (select st_extent(geom) as box from wanted)
    select insee, name, st_assvg(shape, 0, 0), st_x(spot), st_y(spot), st_xmin(geom), st_ymin(geom), st_xmax(geom),
        st_ymax(geom)
    from wanted, extent, st_pointonsurface(geom) as spot, st_simplifypreservetopology(geom,
        greatest(st_xmax(box) - st_xmin(box), st_ymax(box) - st_ymin(box)) / %s) as shape
    order by insee
"""

type Box = tuple[float, float, float, float]


class Area(NamedTuple):
    """A commune as a small map draws it: an SVG path, a place inside of it and its box in EPSG:2154."""

    insee: str
    name: str
    path: str
    place: tuple[float, float]
    box: Box


@dataclass(frozen=True, slots=True)
class SmallMap:
    """`view` is the SVG's viewBox, `dot` a radius that shows; positions are (x, -y) in metres, `changes` by kind;
    `areas` are outlines with their kinds.
    """

    view: str
    territory: str
    dot: float
    inside: list[tuple[int, int]]
    outside: list[tuple[int, int]]
    box: dict[str, int] | None
    changes: dict[str, list[tuple[int, int]]]
    areas: list[tuple[str, Area]]


def small_map(
    member: Member | None,
    *,
    inside: Sequence[int] = (),
    outside: Sequence[int] = (),
    box: Box | None = None,
    changes: Mapping[str, Sequence[int]] | None = None,
    areas: Sequence[tuple[str, Area]] = (),
) -> SmallMap | None:
    """A map of flat [x, y, …] positions, also of `changes` by kind, of areas with their kinds, or of a box; None when
    there is nothing to show.
    """
    territory, frame = outline(member)
    places, beyond = pairs(inside), pairs(outside)
    changed = {kind: pairs(given) for kind, given in (changes or {}).items()}
    everywhere = [*places, *(one for given in changed.values() for one in given)]
    drawn_boxes = [box, *(one.box for _kind, one in areas)]
    boxes = [one for one in (frame, *drawn_boxes, *around(everywhere), *around(beyond)) if one]
    if not boxes or not (everywhere or beyond or any(drawn_boxes)):
        return None
    view = union(boxes)
    if frame:
        view = within(view, enlarge_box(frame))
        beyond = [(round(x), round(y)) for x, y, *_ in (within((x, y, x, y), view) for x, y in beyond)]
    west, south, east, north = pad_box(view)
    return SmallMap(
        view=f"{west:.0f} {-north:.0f} {east - west:.0f} {north - south:.0f}",
        territory=territory,
        dot=(east - west) / (80 if 0 < len(areas) <= FEW_AREAS else 160),
        inside=[(x, -y) for x, y in places],
        outside=[(x, -y) for x, y in beyond],
        box=box and svg_box(box),
        changes={kind: [(x, -y) for x, y in given] for kind, given in changed.items()},
        areas=list(areas),
    )


def outline(member: Member | None) -> tuple[str, Box | None]:
    """The member's territory as an SVG path, and its box."""
    if member is None:
        return "", None
    path, *box = fetch_one(
        "with whole as (select st_simplify(st_union(geom), %s) as geom from gis_core_commune"
        " where insee in (select insee from gis_core_territory where member_id = %s))"
        " select st_assvg(geom, 0, 0), st_xmin(geom), st_ymin(geom), st_xmax(geom), st_ymax(geom) from whole",
        [OUTLINE_M, member.pk],
    )
    return (path or "", (box[0], box[1], box[2], box[3])) if path else ("", None)


def areas_of(communes: Sequence[str]) -> list[Area]:
    """Those of these communes (INSEE codes) whose boundary is known, simplified for a map of all of them."""
    if not communes:
        return []
    rows = fetch_all(OUTLINES, [list(communes), WIDEST])
    return [Area(insee, name, path, (x, y), (west, south, east, north))
            for insee, name, path, x, y, west, south, east, north in rows if path]  # fmt: skip


def box_in_lambert(bounds: Sequence[float] | None, epsg: int | None) -> Box | None:
    """Bounds of a file in EPSG:2154; None when they cannot be there."""
    from pyproj import Transformer
    from pyproj.exceptions import ProjError

    if not bounds or not epsg:
        return None
    try:
        west, south, east, north = bounds
        box = Transformer.from_crs(epsg, 2154, always_xy=True).transform_bounds(west, south, east, north)
    except ProjError:
        return None
    return box if all(abs(edge) < 1e8 for edge in box) else None


def svg_box(box: Box) -> dict[str, int]:
    west, south, east, north = box
    return {"x": round(west), "y": round(-north), "width": round(east - west), "height": round(north - south)}


def pairs(flat: Sequence[int]) -> list[tuple[int, int]]:
    return list(zip(flat[::2], flat[1::2], strict=True))


def around(places: Sequence[tuple[int, int]]) -> list[Box]:
    if not places:
        return []
    xs, ys = [x for x, _y in places], [y for _x, y in places]
    return [(min(xs), min(ys), max(xs), max(ys))]


def union(boxes: Sequence[Box]) -> Box:
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def enlarge_box(box: Box) -> Box:
    west, south, east, north = box
    more = AROUND * max(east - west, north - south)
    return west - more, south - more, east + more, north + more


def within(box: Box, outer: Box) -> Box:
    """The box moved inside another, as far as it must."""
    west, south, east, north = outer
    return (
        clamp(box[0], west, east),
        clamp(box[1], south, north),
        clamp(box[2], west, east),
        clamp(box[3], south, north),
    )


def clamp(value: float, least: float, most: float) -> float:
    return min(max(value, least), most)


def pad_box(box: Box) -> Box:
    """With a margin, and not too flat or too narrow to look at."""
    west, south, east, north = box
    width, height = max(east - west, 1.0), max(north - south, 1.0)
    wide, high = max(width, height), max(height, width * FLATTEST)
    x, y = (west + east) / 2, (south + north) / 2
    wide, high = wide * (1 + 2 * MARGIN), high * (1 + 2 * MARGIN)
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def flat(rows: Sequence[tuple[Any, Any]]) -> list[int]:
    """[x, y, …] of rows, as kept with a plan."""
    return [round(value) for pair in rows for value in pair]
