"""Plans of a variant to exact scale (R.431-9): volumes with their measures on the plan, their shadow on a photo."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import dist
from typing import Any, Final

import shapely
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from gis_core.errors import Conflict
from gis_core.members.rights import Rights
from layers.cadastre.models import Building
from layers.catalogue.legend import is_visible_at
from layers.catalogue.models import Layer
from layers.printing.order import LONGEST, Annotation, Mark, Place, PrintOrder, Wanted
from layers.printing.paper import Orientation, Paper, layout
from simulation.engine.plots import Body, nearest_line
from simulation.engine.volumes import Roof
from simulation.models import Project
from simulation.services.drawing import read_volumes
from simulation.services.messages import ROOFS
from simulation.services.places import Place as Ground
from simulation.services.sketch import band_of

SCALES: Final = (100, 200, 250, 500, 1000, 2000, 5000)
SHAPE: Final[Orientation] = "landscape"
AROUND_M: Final = 4.0
LAYERS: Final = (
    Wanted("addresses", text_scale=1.2),
    Wanted("buildings"),
    Wanted("roads", text_scale=1.3),
    Wanted("parcels", text_scale=1.2),
)
PALE_PHOTO: Final = 0.12
SHORTEST_M: Final = 0.5
"""Sides that are shorter have no measure."""
FARTHEST_M: Final = 60.0
"""Limits that are farther from a volume say nothing of its setback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What the plans are made of: paper, photo (none: no plan on a photo), and the shadow with its instant."""

    paper: Paper
    photo: str = ""
    shadow: BaseGeometry | None = None
    at: datetime | None = None


def plans_of(
    project: Project, variant: Mapping[str, Any], ground: Ground, sheet: Sheet, rights: Rights
) -> list[PrintOrder]:
    """The site plan, then the same with the shadow on the photo. Raises Conflict where no layer can be drawn."""
    bodies = read_volumes(variant["volumes"])
    drawn = list(works_of(variant, bodies, sees_buildings="buildings" not in ground.hidden))
    scale, center = fit(ground.plot.terrain, bodies, sheet.paper)
    layers = layers_at(scale, rights)
    if not layers:
        raise Conflict(_("No layer of the plan can be drawn here: nothing was printed."))
    usual: dict[str, Any] = {
        "paper": sheet.paper, "orientation": SHAPE, "scale": scale, "center": center, "layers": layers,
        "title": title_of(project, variant), "photo_needed": False,
    }  # fmt: skip
    measures = [*drawn, *measures_of(bodies, ground)]
    plan = PrintOrder(**usual, note=_("Site plan: lengths in metres."), annotations=tuple(measures))
    if not sheet.photo:
        return [plan]
    note, shaded = "", drawn
    if sheet.shadow is not None and sheet.at is not None and not sheet.shadow.is_empty:
        note = _("Shadow of the project: %(at)s.") % {"at": describe_instant(sheet.at)}
        shaded = [Annotation(kind="shade", label=_("Shadow"), lines=tuple(rings_of(sheet.shadow))), *drawn]
    seen = PrintOrder(
        **(usual | {"layers": [one for one in layers if one.layer != "buildings"]}), photo=sheet.photo,
        pale_photo=PALE_PHOTO, note=note, annotations=tuple(shaded),
    )  # fmt: skip
    return [plan, seen]


def title_of(project: Project, variant: Mapping[str, Any]) -> str:
    values = {"name": project.name, "letter": variant["letter"]}
    return (_("%(name)s – variant %(letter)s") % values)[: LONGEST["title"]]


def describe_instant(at: datetime) -> str:
    return f"{at:%d/%m/%Y %H:%M}"


def layers_at(scale: int, rights: Rights) -> tuple[Wanted, ...]:
    """The layers of the plan that the asker sees, at this scale."""
    rows = Layer.objects.visible_to(rights).filter(slug__in=[one.layer for one in LAYERS])
    seen = {one.slug for one in rows if is_visible_at(one, scale)}
    return tuple(one for one in LAYERS if one.layer in seen)


def fit(terrain: BaseGeometry, bodies: Sequence[Body], paper: Paper) -> tuple[int, Place]:
    """The largest usual scale that shows the terrain and the volumes, and the middle of the sheet."""
    west, south, east, north = shapely.total_bounds([terrain, *(one.shape for one in bodies)]).tolist()
    middle = round((west + east) / 2, 2), round((south + north) / 2, 2)
    sheet = layout(paper, SHAPE)
    for scale in SCALES:
        w, s, e, n = sheet.ground(middle, scale)
        if w <= west - AROUND_M and e >= east + AROUND_M and s <= south - AROUND_M and n >= north + AROUND_M:
            return scale, middle
    return SCALES[-1], middle


# -- what is drawn ----------------------------------------------------------------------------------------------------


def works_of(variant: Mapping[str, Any], bodies: Sequence[Body], *, sees_buildings: bool) -> Iterator[Annotation]:
    """Buildings that go (of who sees buildings), lines with their width, volumes with their ridges and numbers."""
    gone = [shapely.from_wkb(bytes(geom.wkb)) for geom in demolished_of(variant)] if sees_buildings else []
    if gone:
        yield Annotation(kind="removed", label=_("Demolished"), lines=tuple(rings_of(*gone)))
    bands = [band_of(one) for one in variant["lines"]]
    if bands:
        yield Annotation(kind="volume", label=_("Roads, walls, hedges, trenches"), lines=tuple(rings_of(*bands)))
    yield Annotation(kind="volume", label=_("Project"), lines=tuple(rings_of(*(one.shape for one in bodies))))
    ridges = [line for one in bodies for line in shapely.get_parts(one.roof_lines.intersection(one.shape))]
    yield Annotation(kind="ridge", lines=tuple(line_of(line) for line in ridges if line.length > SHORTEST_M))
    marks = tuple(
        Mark(str(one.number + 1), place_in(one), describe_body(one, volume.get("name") or ""))
        for one, volume in zip(bodies, variant["volumes"], strict=True)
    )
    yield Annotation(kind="number", marks=marks)


def demolished_of(variant: Mapping[str, Any]) -> list[Any]:
    if not variant["demolished"]:
        return []
    return list(Building.objects.filter(pk__in=variant["demolished"]).values_list("geom", flat=True))


def describe_body(body: Body, name: str) -> str:
    """A volume in one line: its name, its roof, its heights above its foot."""
    heights = _("top %(top)s m") % {"top": metres(body.top)}
    if body.volume.roof != Roof.FLAT:
        values = {"eaves": metres(body.volume.eaves), "ridge": metres(body.volume.ridge)}
        heights = _("eaves %(eaves)s m, ridge %(ridge)s m") % values
    base = _("foot at %(base)s m NGF") % {"base": metres(body.volume.base)} if body.volume.base is not None else ""
    return " · ".join(filter(None, (name, str(ROOFS[body.volume.roof]), heights, base)))


def measures_of(bodies: Sequence[Body], ground: Ground) -> Iterator[Annotation]:
    """The lengths of the volumes' sides, and their distances to the limits of the terrain."""
    sides = [
        pair
        for one in bodies
        for pair in pairwise(shapely.get_coordinates(one.volume.footprint.exterior).tolist())
        if dist(*pair) >= SHORTEST_M
    ]
    apart = [nearest_line(one.shape, side.line) for one in bodies for side in ground.plot.sides.sides]
    gaps = [line_of(line) for line in apart if SHORTEST_M / 10 < line.length <= FARTHEST_M]
    lines = [*(tuple((x, y) for x, y in pair) for pair in sides), *gaps]
    marks = tuple(Mark(metres(dist(line[0], line[-1])), line[0]) for line in lines)
    yield Annotation(kind="measure", label=_("Lengths and setbacks (m)"), lines=tuple(lines), marks=marks)


def metres(value: float) -> str:
    # It is rounded first: what writes numbers cuts decimals off.
    return str(number_format(round(value, 2), 2, use_l10n=True))


def place_in(body: Body) -> Place:
    point = body.shape.representative_point()
    return round(point.x, 2), round(point.y, 2)


def line_of(line: BaseGeometry) -> tuple[Place, ...]:
    return tuple((x, y) for x, y in shapely.get_coordinates(line).tolist())


def rings_of(*shapes: BaseGeometry) -> Iterator[tuple[Place, ...]]:
    """The rings of areas; areas that overlap are one."""
    for ring in shapely.get_rings(shapely.get_parts(shapely.union_all(shapes))):
        yield line_of(ring)
