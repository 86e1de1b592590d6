"""What stands under a profile: one row for each node and the pipe that leaves it, in words and as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from layers.features.display import NO_BREAK, NOTHING, is_english
from networks.water.profile.points import Height, Point, Profile, Stretch

ABOUT = "≈"
"""In front of what was put between known values."""
type Labels = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A node of the way, with the pipe after it; texts for people."""

    pipe: int | None
    node: str
    kind: str
    ground: str
    natural: str
    arriving: str
    leaving: str
    bottom: str
    depth: str
    at: str
    reference: str
    length: str
    slope: str
    size: str
    accuracy: str
    remarks: Sequence[str]


def rows(profile: Profile, kinds: Labels, materials: Labels) -> list[Row]:
    following: list[Stretch | None] = [*profile.stretches, None]
    return [
        row(profile, point, stretch, kinds, materials) for point, stretch in zip(profile.points, following, strict=True)
    ]


def row(profile: Profile, point: Point, stretch: Stretch | None, kinds: Labels, materials: Labels) -> Row:
    pipe = stretch.pipe if stretch else None
    return Row(
        pipe=pipe.id if pipe else None,
        node=name_of(point),
        kind=kinds.get(point.node.kind, point.node.kind),
        ground=height(point.ground),
        natural=natural_height(profile, point),
        arriving=height(point.arriving),
        leaving=height(point.leaving),
        bottom=format_fixed(point.bottom),
        depth=depth_of(profile, point),
        at=format_fixed(point.at_m),
        reference=(pipe.reference or NOTHING) if pipe else "",
        length=format_fixed(stretch.length_m) if stretch else "",
        slope=slope_of(stretch) if stretch else "",
        size=size_of(stretch, materials) if stretch else "",
        accuracy=(pipe.accuracy or NOTHING) if pipe else "",
        remarks=remarks(profile, point, stretch),
    )


def remarks(profile: Profile, point: Point, stretch: Stretch | None) -> list[str]:
    """What a reader must not miss."""
    results = []
    if profile.family == "sewer" and (drop := point.drop_m) is not None:
        message = _("drop of %(metres)s m") if drop > 0 else _("step up of %(metres)s m")
        results.append(message % {"metres": format_fixed(abs(drop))})
    if stretch is None:
        return results
    if profile.family == "sewer" and stretch.rises:
        results.append(_("counter-slope"))
    if profile.family == "sewer" and stretch.step.backwards:
        results.append(_("walked against the flow"))
    if profile.family == "sewer" and stretch.pipe.under_pressure:
        results.append(_("under pressure"))
    if not stretch.pipe.in_service:
        results.append(_("out of service"))
    return results


# -- words ------------------------------------------------------------------------------------------------------------


def format_fixed(value: float | None, decimals: int = 2) -> str:
    """With all its decimals: heights are compared by eye."""
    if value is None:
        return NOTHING
    text = f"{value:.{decimals}f}".replace("-", "−")
    return text if is_english() else text.replace(".", ",")


def height(one: Height | None) -> str:
    if one is None:
        return NOTHING
    return format_fixed(one.z) if one.sure else f"{ABOUT}{NO_BREAK}{format_fixed(one.z)}"


def natural_height(profile: Profile, point: Point) -> str:
    """The natural ground at a node, of a model of heights."""
    return format_fixed(profile.natural_at(point))


def name_of(point: Point) -> str:
    return point.node.reference or point.node.name or NOTHING


def depth_m(profile: Profile, point: Point) -> tuple[float, bool] | None:
    """From the ground down to the lowest invert (to the top of a water pipe), and whether both are known."""
    low = point.lowest
    if not point.ground or not low:
        return None
    return point.ground.z - low.z, point.ground.sure and low.sure


def depth_of(profile: Profile, point: Point) -> str:
    result = depth_m(profile, point)
    if result is None:
        return NOTHING
    metres, sure = result
    return format_fixed(metres) if sure else f"{ABOUT}{NO_BREAK}{format_fixed(metres)}"


def slope_of(stretch: Stretch) -> str:
    """In percent, falling upwards of zero in the direction of the way."""
    if stretch.slope is None:
        return NOTHING
    text = f"{format_fixed(stretch.slope * 100)}{NO_BREAK}%"
    return text if stretch.sure else f"{ABOUT}{NO_BREAK}{text}"


def size_of(stretch: Stretch, materials: Labels) -> str:
    """Diameter and material, as a draughtsman writes them."""
    pipe = stretch.pipe
    parts = [f"Ø{NO_BREAK}{pipe.diameter_mm}" if pipe.diameter_mm else "", materials.get(pipe.material or "", "")]
    return " ".join(part for part in parts if part) or NOTHING


# -- plain values -----------------------------------------------------------------------------------------------------

FIELDS = ("node", "kind", "ground_z", "arriving_z", "leaving_z", "bottom_z", "depth_m", "drop_m", "at_m")
PIPE_FIELDS = ("pipe", "length_m", "slope_percent", "diameter_mm", "material", "accuracy_z")


def values(profile: Profile, kinds: Labels, materials: Labels) -> list[list[Any]]:
    """The same rows for a spreadsheet: FIELDS (after the ground the natural one, where it is known), PIPE_FIELDS,
    remarks, and which heights are between known ones."""
    following: list[Stretch | None] = [*profile.stretches, None]
    return [
        [
            *node_values(profile, point, kinds),
            *pipe_values(stretch, materials),
            ", ".join(remarks(profile, point, stretch)),
            ", ".join(between(point)),
        ]
        for point, stretch in zip(profile.points, following, strict=True)
    ]


def node_values(profile: Profile, point: Point, kinds: Labels) -> list[Any]:
    depth = depth_m(profile, point)
    ground, *ends = [round_value(one.z if one else None) for one in (point.ground, point.arriving, point.leaving)]
    return [
        point.node.reference or point.node.name,
        kinds.get(point.node.kind, point.node.kind),
        ground,
        *([round_value(profile.natural_at(point))] if profile.natural else []),
        *ends,
        round_value(point.bottom),
        round_value(depth[0] if depth else None),
        round_value(point.drop_m if profile.family == "sewer" else None),
        round_value(point.at_m),
    ]


def pipe_values(stretch: Stretch | None, materials: Labels) -> list[Any]:
    if stretch is None:
        return [None] * len(PIPE_FIELDS)
    pipe = stretch.pipe
    slope = None if stretch.slope is None else round(stretch.slope * 100, 3)
    material = materials.get(pipe.material or "")
    return [pipe.reference, round_value(pipe.length_m), slope, pipe.diameter_mm, material, pipe.accuracy]


def round_value(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def between(point: Point) -> list[str]:
    """The heights of a node that nobody recorded."""
    names = ((_("ground"), point.ground), (_("arriving"), point.arriving), (_("leaving"), point.leaving))
    return [str(word) for word, one in names if one and not one.sure]
