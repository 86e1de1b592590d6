"""The crew's paper of an outage: a map of all that is shut off, then plans at 1:500 around its valves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.translation import gettext as _

from gis_core.errors import Invalid, NotFound
from gis_core.members.rights import Rights
from gis_core.models import Job, JobQuerySet, User
from layers.catalogue.legend import is_visible_at
from layers.catalogue.models import Layer, Photo
from layers.catalogue.services import visible_layer
from layers.printing.order import LONGEST, Annotation, Mark, Place, PrintOrder, Selected, Wanted
from layers.printing.paper import Layout, Orientation, Paper, layout
from layers.printing.scale import from_degrees
from layers.printing.services.prints import sheets_about, start_sheets
from networks.water.models import Outage

type Json = dict[str, Any]
type Extent = tuple[float, float, float, float]

NODES, PIPES = "water-nodes", "water-pipes"
PLAN_SCALE: Final = 500
SCALES: Final = (500, 1000, 2000, 2500, 5000, 10_000, 20_000, 25_000, 50_000, 100_000)
SIZES: Final[tuple[Paper, ...]] = ("A4", "A3")
SHAPE: Final[Orientation] = "landscape"
"""The legend stands beside the map, whole: the list of the valves is in it."""
MARGIN_MM: Final = 16.0
NAMES_SCALE: Final = 2500
"""The smallest scale at which pipes and equipment say what they are, and texts have their room beside lines."""
FAR_ASIDE_MM: Final = 2.2
STREETS_SCALE: Final = 5000
"""The smallest scale with the names of streets: what has no source beyond the zone is drawn whole down to it."""
MOST_PLANS: Final = 12
PALE_PHOTO: Final = 0.4
# The uppermost first; as far as the asker sees them.
LAYERS: Final = (
    Wanted(NODES, symbol_scale=1.5, text_scale=1.35, labels_from=NAMES_SCALE),
    Wanted("water-connections", symbol_scale=1.1, text_scale=0.0),
    Wanted(PIPES, symbol_scale=1.3, text_scale=1.25, aside_mm=3.3, labels_from=NAMES_SCALE),
    Wanted("addresses", symbol_scale=1.3, text_scale=1.6),
    Wanted("buildings"),
    Wanted("roads", text_scale=1.6, aside_mm=4.6),
    Wanted("parcels", text_scale=0.0),
)
NEAR_ONLY: Final = {NODES: 2500, "water-connections": 1000, "addresses": 2000, "parcels": 2500}
"""Layers that only hide the rest at smaller scales than this."""


@dataclass(frozen=True, slots=True)
class Choice:
    """On which paper, and on which photo (none: the plan)."""

    paper: Paper = "A4"
    photo: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Choice:
        """What a form says; A4 and the plan where it says nothing. Raises Invalid."""
        paper = next((size for size in SIZES if size == (given.get("paper") or SIZES[0])), None)
        if paper is None:
            raise Invalid(_("Choose a paper of the list."), parameter="paper")
        return cls(paper, given.get("photo", "")[:100])


def start_plans(outage: Outage, choice: Choice, *, user: User, rights: Rights) -> Job:
    """Have the plans of an outage made; Raises NotFound (no layer can be drawn), Invalid, Conflict."""
    return start_sheets(
        plans_of(outage, choice, rights), title=title_of(outage), about=about(outage), user=user, rights=rights
    )


def list_plans(outage: Outage, rights: Rights) -> JobQuerySet:
    """The asker's own plans of an outage, newest first."""
    return sheets_about(about(outage), rights)


def about(outage: Outage) -> str:
    return f"outage:{outage.pk}"


def title_of(outage: Outage) -> str:
    return (_("Outage – %(place)s") % {"place": outage})[: LONGEST["title"]]


def photos_for(rights: Rights) -> list[Photo]:
    """The photos that the asker sees, the newest first."""
    photos = Photo.objects.visible_to(rights).pictures().defer("geom", "footprint_4326")
    return list(photos.order_by("-acquired_date", "pk"))


def can_be_drawn(outage: Outage, rights: Rights) -> bool:
    """Whether the asker sees the pipes as a layer, and something of the answer has a place."""
    return find_layer(PIPES, rights) is not None and bool(points_of(outage.answer))


def find_layer(slug: str, rights: Rights) -> Layer | None:
    try:
        return visible_layer(slug, rights)
    except NotFound:
        return None


def plans_of(outage: Outage, choice: Choice, rights: Rights) -> list[PrintOrder]:
    """The maps to print: all of it, then each plan. Raises NotFound where no layer can be drawn."""
    if not can_be_drawn(outage, rights):
        raise NotFound(_("There is no layer of pipes that you may see: the schematic of the sheet is all there is."))
    known = {one.layer: layer for one in LAYERS if (layer := find_layer(one.layer, rights))}
    signs = list(annotations_of(outage.answer))
    scale, middle = fit_sheet(outage.answer, choice.paper)
    centers = [] if scale <= PLAN_SCALE else plan_centers(outage.answer, layout(choice.paper, SHAPE))
    usual: Json = {
        "title": title_of(outage),
        "paper": choice.paper,
        "photo": choice.photo or None,
        "selected": broken_pipes(outage.answer),
        "photo_needed": False,
        "outlines_under": PIPES,
        "pale_photo": PALE_PHOTO,
    }
    frames = frames_of(centers, choice.paper, scale)
    orders = [
        PrintOrder(
            **usual,
            scale=scale,
            orientation=SHAPE,
            center=middle,
            layers=layers_at(known, scale),
            note=note_of(outage, centers),
            annotations=(*signs, *frames),
        )
    ]
    for number, center in enumerate(centers, 1):
        note = _("Plan %(number)s of %(count)s") % {"number": number, "count": len(centers)}
        orders.append(
            PrintOrder(
                **usual,
                scale=PLAN_SCALE,
                orientation=SHAPE,
                center=center,
                layers=layers_at(known, PLAN_SCALE),
                note=note,
                annotations=tuple(signs),
            )
        )
    return orders


def layers_at(known: Mapping[str, Layer], scale: int) -> tuple[Wanted, ...]:
    """The layers that say something at a scale; far away their texts run nearer to the lines."""
    return tuple(
        one if scale <= NAMES_SCALE else replace(one, aside_mm=min(one.aside_mm, FAR_ASIDE_MM))
        for one in LAYERS
        if one.layer in known and scale <= NEAR_ONLY.get(one.layer, scale) and is_visible_at(known[one.layer], scale)
    )


def note_of(outage: Outage, centers: Sequence[Place]) -> str:
    lines = [outage.answer.get("message") or ""]
    if centers:
        lines.append(_("The frames are the plans at 1:500 that follow."))
    if len(centers) == MOST_PLANS:
        lines.append(
            _("There are at most %(most)s plans: what lies beyond them is on this map.") % {"most": MOST_PLANS}
        )
    return "\n".join(filter(None, lines))[: LONGEST["note"]]


# -- what the answer says ---------------------------------------------------------------------------------------------


def annotations_of(answer: Json) -> Iterator[Annotation]:
    """What the answer says, as signs and bands; the numbers are those of the list of valves."""
    yield Annotation(kind="dashes", label=_("Without a source"), lines=tuple(lines_of(answer["cut_off"])))
    yield Annotation(kind="band", label=_("Shut off"), lines=tuple(lines_of(answer["zone"])))
    by_status = {
        status: [one for one in answer["valves"] if one["status"] == status]
        for status in ("close", "closed", "optional")
    }
    numbers = tuple(
        Mark(str(rank), place_of(one), describe_valve(one)) for rank, one in enumerate(by_status["close"], 1)
    )
    yield Annotation(kind="number", label=_("Valve to close"), marks=numbers)
    for letter, things, label in (
        ("F", by_status["closed"], _("Valve closed already: check that it holds")),
        ("V", by_status["optional"], _("Optional valve: nothing comes from there")),
        ("O", answer["alternatives"], _("Valve to open, to give water back")),
        ("H", answer["hydrants"], _("Hydrant without water")),
    ):
        yield Annotation(kind="letter", label=label, marks=tuple(Mark(letter, place_of(one)) for one in things))
    sources = tuple(Mark("S", place_of(one)) for one in answer["sources_to_stop"])
    yield Annotation(kind="square", label=_("Source to shut"), marks=sources)
    yield Annotation(
        kind="cross", label=_("The break"), marks=tuple(Mark("", place_of(one)) for one in answer["breaks"])
    )


def describe_valve(valve: Json) -> str:
    """A valve in one line: its reference, its diameter, where it is."""
    diameter = f"Ø{valve['diameter_mm']}" if valve.get("diameter_mm") else ""
    return " · ".join(filter(None, (valve.get("reference") or "—", diameter, valve.get("address") or "")))


def broken_pipes(answer: Json) -> tuple[Selected, ...]:
    broken = {one["pipe"]: one.get("reference") or "" for one in answer["breaks"] if one.get("pipe") is not None}
    label = _("Broken pipe: %(reference)s") % {"reference": ", ".join(filter(None, broken.values())) or "—"}
    return (Selected(PIPES, tuple(broken), label=label),) if broken else ()


def lines_of(stretch: Json) -> Iterator[tuple[Place, ...]]:
    for line in stretch["geometry"]["coordinates"] if stretch["geometry"] else ():
        yield tuple(from_degrees(*point[:2]) for point in line)


def place_of(thing: Json) -> Place:
    return from_degrees(*thing["point"])


def points_of(answer: Json) -> list[Place]:
    """What has to be seen of near: valves in their order, breaks, sources."""
    valves = sorted(answer["valves"], key=lambda one: one["status"] != "close")
    things = [one for one in valves if one["status"] != "skipped"]
    return [place_of(one) for one in (*things, *answer["breaks"], *answer["sources_to_stop"], *answer["alternatives"])]


# -- how the sheets lie ------------------------------------------------------------------------------------------------


def fit_sheet(answer: Json, paper: Paper) -> tuple[int, Place]:
    """The scale and the middle of the map on which all that is shut off is seen."""
    zone = [*points_of(answer), *(point for line in lines_of(answer["zone"]) for point in line)]
    beyond = [point for line in lines_of(answer["cut_off"]) for point in line]
    near, wide = fit(zone, paper), fit([*zone, *beyond], paper)
    return wide if wide[0] <= max(near[0], STREETS_SCALE) else near


def fit(places: Iterable[Place], paper: Paper) -> tuple[int, Place]:
    west, south, east, north = extent(places)
    middle = round((west + east) / 2, 2), round((south + north) / 2, 2)
    for scale in SCALES:
        width, height = usable_ground(layout(paper, SHAPE), scale)
        if east - west <= width and north - south <= height:
            return scale, middle
    return SCALES[-1], middle


def usable_ground(sheet: Layout, scale: int) -> tuple[float, float]:
    """How much ground (m) a map shows within its margin."""
    width, height = (max(0.0, side - 2 * MARGIN_MM) for side in (sheet.map.width, sheet.map.height))
    return width * scale / 1000, height * scale / 1000


def extent(places: Iterable[Place]) -> Extent:
    wests, souths = zip(*places, strict=True)
    return min(wests), min(souths), max(wests), max(souths)


def plan_centers(answer: Json, sheet: Layout) -> list[Place]:
    """The middles of as few plans as show every place: each place goes to the first plan in which it still fits."""
    width, height = usable_ground(sheet, PLAN_SCALE)
    groups: list[list[Place]] = []
    for place in points_of(answer):
        for group in groups:
            west, south, east, north = extent([*group, place])
            if east - west <= width and north - south <= height:
                group.append(place)
                break
        else:
            groups.append([place])
    extents = [extent(group) for group in groups[:MOST_PLANS]]
    return [(round((one[0] + one[2]) / 2, 2), round((one[1] + one[3]) / 2, 2)) for one in extents]


def frames_of(centers: Sequence[Place], paper: Paper, scale: int) -> Iterator[Annotation]:
    """Where the plans lie on the map of all of it, with their numbers."""
    sheet = layout(paper, SHAPE)
    boxes = [sheet.ground(center, PLAN_SCALE) for center in centers]
    across, up = 6.2 * scale / 1000, 2.2 * scale / 1000
    yield Annotation(
        kind="frame",
        lines=tuple(((w, s), (e, s), (e, n), (w, n), (w, s)) for w, s, e, n in boxes),
    )
    names = (_("Plan %(number)s") % {"number": number} for number in range(1, len(boxes) + 1))
    yield Annotation(
        kind="title",
        marks=tuple(Mark(name, (box[0] + across, box[3] + up)) for name, box in zip(names, boxes, strict=True)),
    )
