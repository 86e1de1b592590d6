"""How large a profile is drawn: scales, sheets of paper, the comparison plane."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import floor
from statistics import median

from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from networks.water.profile.points import Height, Profile

SCALES = (100, 200, 250, 500, 1_000, 2_000, 2_500, 5_000, 10_000, 20_000, 50_000)
EXAGGERATIONS = (1, 2, 5, 10, 20, 50)
USUAL = 10
PLANE_BELOW_M = 0.5
HEADROOM_MM = 8.0
SCREEN_MM, WIDEST_MM, TALLEST_MM, SHORTEST_MM = 315.0, 3_600.0, 260.0, 45.0
READABLE_MM = 10.0
"""A usual pipe is at least so long on the screen, where the way is not too long for that."""
MOST_SHEETS = 60
SAME_M = 1e-6
FEW_SHEETS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """1:`scale` along the way, heights `exaggeration` times larger; a stretch of the way for a sheet of paper."""

    scale: int
    exaggeration: int = USUAL
    from_m: float = 0.0
    to_m: float
    height_mm: float | None = None
    """Of the drawing above the bands; as high as it must be where none is given."""
    interactive: bool = False

    def still(self) -> "Layout":
        """For a file: nothing in it leads anywhere."""
        return replace(self, interactive=False)

    @property
    def along(self) -> float:
        """Millimetres for one metre of the way."""
        return 1000 / self.scale

    @property
    def upwards(self) -> float:
        return self.along * self.exaggeration


def screen_layout(profile: Profile, scale: int | None, exaggeration: int) -> Layout:
    """As wide as the screen where its pipes stay readable, wider otherwise; less exaggerated where it would be higher
    than a screen."""
    chosen = scale or screen_scale(profile)
    return Layout(
        scale=chosen,
        exaggeration=lower_to_fit(relief(profile.heights), chosen, exaggeration, TALLEST_MM),
        to_m=profile.length_m,
        interactive=True,
    )


def screen_scale(profile: Profile) -> int:
    lengths = [one.length_m for one in profile.stretches]
    readable = median(lengths) * 1000 / READABLE_MM
    legible = max([one for one in SCALES if one <= readable], default=SCALES[0])
    fitting, widest = (holding(profile.length_m, width) for width in (SCREEN_MM, WIDEST_MM))
    return max(min(fitting, legible), widest)


def holding(metres: float, width_mm: float) -> int:
    """The largest scale at which a length fits in a width."""
    return next((one for one in SCALES if metres * 1000 / one <= width_mm), SCALES[-1])


def lower_to_fit(metres: float, scale: int, exaggeration: int, most_mm: float) -> int:
    fitting = [one for one in EXAGGERATIONS if one <= exaggeration and metres * 1000 / scale * one <= most_mm]
    return max(fitting, default=1)


def relief(heights: Sequence[float]) -> float:
    return max(heights) - min(heights) if heights else 0.0


# -- sheets of paper --------------------------------------------------------------------------------------------------


def sheets(
    profile: Profile, *, scale: int | None, exaggeration: int, width_mm: float, height_mm: float
) -> list[Layout]:
    """One layout for each sheet. Raises Invalid where it would take too many."""
    for chosen in [scale] if scale else SCALES:
        for raised in [one for one in reversed(EXAGGERATIONS) if one <= exaggeration]:
            result = windows(profile, chosen, raised, width_mm, height_mm)
            if result and (len(result) <= (MOST_SHEETS if scale else sheets_wanted(chosen))):
                return [
                    Layout(scale=chosen, exaggeration=raised, from_m=start, to_m=end, height_mm=height_mm)
                    for start, end in result
                ]
    message = _("The profile does not fit on %(most)s sheets at this scale: choose a smaller one.")
    raise Invalid(message % {"most": MOST_SHEETS}, parameter="scale")


def sheets_wanted(scale: int) -> int:
    """One sheet at a large scale, several from 1:1,000 on."""
    if scale < 1_000:
        return 1
    return FEW_SHEETS if scale < SCALES[-1] else MOST_SHEETS


def windows(
    profile: Profile, scale: int, exaggeration: int, width_mm: float, height_mm: float
) -> list[tuple[float, float]] | None:
    """The stretches of the way that sheets hold, cut at nodes where one is in reach; None where a single node is
    already too high, or there are too many sheets."""
    widest = width_mm * scale / 1000
    tallest = (height_mm - HEADROOM_MM) * scale / exaggeration / 1000 - PLANE_BELOW_M - 1
    results: list[tuple[float, float]] = []
    start = 0.0
    while start < profile.length_m - SAME_M:
        end = farthest_node(profile, start, start + widest, tallest) or cut(profile, start, start + widest, tallest)
        if end is None or len(results) >= MOST_SHEETS:
            return None
        results.append((start, end))
        start = end
    return results


def farthest_node(profile: Profile, start: float, most: float, tallest: float) -> float | None:
    """The last node in reach; lines are straight, so that their ends tell how high everything is."""
    heights = heights_within(profile, start, start)
    result = None
    for point in profile.points[bisect_right(profile.places, start + SAME_M) :]:
        heights += profile.heights_at(point)
        if point.at_m > most + SAME_M or relief(heights) > tallest:
            break
        heights = [min(heights), max(heights)] if heights else []
        result = point.at_m
    return result


def cut(profile: Profile, start: float, most: float, tallest: float) -> float | None:
    """Where a pipe is cut that is too long, or too steep, for one sheet."""
    following = profile.places[bisect_right(profile.places, start + SAME_M)]
    nearest = min(following, most)
    places = [start + (nearest - start) * share / 8 for share in (8, 6, 4, 2, 1)]
    return next((one for one in places if relief(heights_within(profile, start, one)) <= tallest), None)


def heights_within(profile: Profile, start: float, end: float) -> list[float]:
    """Every height to be drawn between two places, where lines are cut there too."""
    results: list[float] = []
    for stretch in profile.stretches:
        if stretch.to_m < start - SAME_M or stretch.from_m > end + SAME_M:
            continue
        low, high = profile.around(stretch)
        line = clip_line(((stretch.from_m, stretch.near), (stretch.to_m, stretch.far)), start, end)
        results += [z + shift for _place, z in line for shift in (low, high)]
    for before, after in pairwise(profile.points):
        results += [
            z for _place, z in clip_line(((before.at_m, before.ground), (after.at_m, after.ground)), start, end)
        ]
    inside = [point for point in profile.points if start - SAME_M <= point.at_m <= end + SAME_M]
    bottoms = [point.bottom for point in inside if point.bottom is not None]
    return [*results, *bottoms, *profile.natural_within(start, end)]


type End = tuple[float, Height | None]


def clip_line(line: tuple[End, End], start: float, end: float) -> list[tuple[float, float]]:
    """The part of a straight line between two places; none where an end has no height."""
    (from_m, near), (to_m, far) = line
    if near is None or far is None or to_m < start or from_m > end or to_m <= from_m:
        return []

    def at(place: float) -> tuple[float, float]:
        return place, near.z + (far.z - near.z) * (place - from_m) / (to_m - from_m)

    return [at(max(from_m, start)), at(min(to_m, end))]


def plane(heights: Sequence[float]) -> float:
    """The comparison plane: the whole metre below everything."""
    return float(floor(min(heights) - PLANE_BELOW_M)) if heights else 0.0
