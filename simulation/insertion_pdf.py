"""The insertion document of a variant (R.431-10), as PDF: figures, rules with their texts, shadows, plans to scale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import shapely
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from shapely.geometry.base import BaseGeometry

from gis_core.database import clock as database_clock
from gis_core.files.writing.paper import SCHEME, typeset
from layers.catalogue.models import Photo
from simulation.engine.verdicts import Status
from simulation.models import Project
from simulation.services.answers import source_of
from simulation.services.drawing import read_volumes
from simulation.services.figures import VariantFigures, VariantVerdicts, figures_of_variant
from simulation.services.messages import STATUSES, describe_verdict, title_of_verdict
from simulation.services.places import Place
from simulation.services.plans import describe_body
from simulation.services.reliefs import Obstacles
from simulation.services.sketch import path_of
from simulation.services.sun_hours import NeighbourLoss, SunHours, class_ranges
from simulation.services.sunlight import DAYS, HOURS, Moment

STYLES = Path(__file__).parent / "insertion.css"
URGENCY = (Status.BROKEN, Status.TO_JUDGE, Status.RESPECTED, Status.NOT_APPLICABLE)
MOST_NEIGHBOURS = 12
SUN_MARGIN_M = 25.0
# Attributes of SVG: the stylesheet of a page does not reach into its drawings.
PAINTS = {
    "ground": 'fill="#f4f1e6" stroke="#14201d" stroke-width="0.5"',
    "neighbour": 'fill="none" stroke="#9aa5a0" stroke-width="0.3"',
    "building": 'fill="#c4ccc8" stroke="#7d8a87" stroke-width="0.3"',
    "shade": 'fill="#14201d" fill-opacity="0.4"',
    "sun0": 'fill="#ffec96" fill-opacity="0.8"',
    "sun1": 'fill="#f5aa3c" fill-opacity="0.8"',
    "sun2": 'fill="#b06428" fill-opacity="0.8"',
    "sun3": 'fill="#542468" fill-opacity="0.8"',
    "volume": 'fill="#f08a3c" stroke="#14201d" stroke-width="0.5"',
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of the project's documents: what it is, when it was added, its content (JPEG or PNG)."""

    title: str
    added_at: datetime
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Insertion:
    """What the text of the document says; `no_sun` is why no hours of sun are known."""

    project: Project
    variant: Mapping[str, Any]
    place: Place
    verdicts: VariantVerdicts
    moments: Sequence[Moment]
    sun: Sequence[SunHours]
    no_sun: str
    photo: Photo | None
    commune: str
    pictures: Sequence[Picture] = ()


def text_pdf(given: Insertion) -> bytes:
    """The pages of text, on A4."""
    context: dict[str, Any] = {
        "given": given,
        "figures": figures_of_variant(given.variant),
        "volumes": volume_lines(given.variant),
        "share": shares_of(given),
        "rules": rule_lines(given),
        "strip": [cells_of(given, row) for row in rows_of(given.moments)],
        "hours": [f"{hour} h" for hour in HOURS],
        "neighbours": neighbour_lines(given.moments),
        "sun": [sun_cell(given, one) for one in given.sun],
        "sun_legend": sun_legend(),
        "sun_lines": sun_lines(given.sun),
        "sun_notes": list(dict.fromkeys(note for one in given.sun for note in one.notes)),
        "notes": list(dict.fromkeys(note for one in given.moments for note in one.shadow.notes)),
        "models": sorted({str(model.photo) for one in given.moments for model in one.shadow.models}),
        "among_buildings": any(one.shadow.obstacles == Obstacles.BUILDINGS for one in given.moments),
        "printed_at": database_clock.now(),
        "language": get_language() or "fr",
    }
    pictures = {f"{SCHEME}picture-{rank}": one.content for rank, one in enumerate(given.pictures)}
    context["pictures"] = list(zip(pictures, given.pictures, strict=True))
    return typeset(render_to_string("simulation/insertion.html", context), STYLES, pictures)


def volume_lines(variant: Mapping[str, Any]) -> list[tuple[int, str, VariantFigures]]:
    bodies = read_volumes(variant["volumes"])
    return [
        (
            body.number + 1,
            describe_body(body, volume.get("name") or ""),
            figures_of_variant({**variant, "volumes": [volume], "lines": [], "demolished": []}),
        )
        for body, volume in zip(bodies, variant["volumes"], strict=True)
    ]


def shares_of(given: Insertion) -> tuple[float, float, float] | None:
    """Area of the terrain (m²), and the share that is built over before and after, in percent."""
    judged, area = given.verdicts.judged, given.place.plot.terrain.area
    if judged is None or not area:
        return None
    before, after = judged.covered
    return area, 100 * before / area, 100 * after / area


def rule_lines(given: Insertion) -> list[dict[str, Any]]:
    """The rules, those that ask for attention first, each with the text it comes from."""
    judged = given.verdicts.judged
    if judged is None:
        return []
    verdicts = sorted(judged.verdicts, key=lambda one: URGENCY.index(one.status))
    return [
        {
            "title": title_of_verdict(one),
            "text": describe_verdict(one),
            "remark": one.remark,
            "status": one.status.value,
            "label": str(STATUSES[one.status]),
            "source": source_of(one, judged.kept.values()),
        }
        for one in verdicts
    ]


# -- shadows ----------------------------------------------------------------------------------------------------------


def rows_of(moments: Sequence[Moment]) -> list[Sequence[Moment]]:
    """Three for each day."""
    return [moments[place : place + len(HOURS)] for place in range(0, len(DAYS) * len(HOURS), len(HOURS))]


def cells_of(given: Insertion, row: Sequence[Moment]) -> dict[str, Any]:
    return {"day": row[0].at, "cells": [cell_of(given, one) for one in row]}


def cell_of(given: Insertion, moment: Moment) -> dict[str, Any]:
    """A small plan with the shadow of an instant."""
    drawn = small_plan(given, [("shade", moment.shadow.shape)])
    return {**drawn, "area": moment.shadow.shape.area, "sun": moment.shadow.sun}


def small_plan(given: Insertion, marks: Sequence[tuple[str, BaseGeometry]]) -> dict[str, Any]:
    """The terrain, its neighbours and the volumes as SVG, with marks: north is up, all have one scale."""
    terrain = given.place.plot.terrain
    west, south, east, north = shapely.buffer(terrain, SUN_MARGIN_M).bounds
    window = shapely.box(west, south, east, north)
    volumes = [one.shape for one in read_volumes(given.variant["volumes"])]
    shapes: list[tuple[str, BaseGeometry]] = [("ground", terrain)]
    shapes += [("neighbour", one.shape) for one in given.place.plot.sides.around.neighbours]
    shapes += [("building", one) for one in given.place.plot.buildings]
    shapes += [*marks, *(("volume", one) for one in volumes)]
    return {
        "view": f"0 0 {east - west:.1f} {north - south:.1f}",
        "paths": [
            (mark_safe(PAINTS[style]), path_of(part, west, north))  # noqa: S308 - our own
            for style, shape in shapes
            if not (part := shape.intersection(window)).is_empty and part.area
        ],
    }


def neighbour_lines(moments: Sequence[Moment]) -> list[tuple[str, list[float]]]:
    """The neighbours that are shaded most, with their shaded area (m²) at each instant."""
    shaded: dict[str, list[float]] = {}
    for place, one in enumerate(moments):
        for neighbour in one.shadow.neighbours:
            shaded.setdefault(neighbour.label, [0.0] * len(moments))[place] = neighbour.shaded_m2
    most = sorted(shaded.items(), key=lambda item: -max(item[1]))
    return most[:MOST_NEIGHBOURS]


# -- hours of sun -----------------------------------------------------------------------------------------------------


def sun_cell(given: Insertion, one: SunHours) -> dict[str, Any]:
    """A small plan with the hours of sun that neighbours lose on a day."""
    return {"day": one.day, **small_plan(given, [(f"sun{rank}", shape) for rank, shape in enumerate(one.classes)])}


def sun_legend() -> list[tuple[str, float, float | None]]:
    """The paint of each class, and between how many hours it is."""
    return [(mark_safe(PAINTS[f"sun{rank}"]), first, end) for rank, (first, end) in enumerate(class_ranges())]  # noqa: S308 - our own


def sun_lines(days: Sequence[SunHours]) -> list[tuple[str, list[NeighbourLoss | None]]]:
    """The neighbours that lose most, with what they lose on each day."""
    lines: dict[str, list[NeighbourLoss | None]] = {}
    for place, one in enumerate(days):
        for neighbour in one.neighbours:
            lines.setdefault(neighbour.label, [None] * len(days))[place] = neighbour
    most = sorted(lines.items(), key=lambda item: -max(one.most for one in item[1] if one))
    return most[:MOST_NEIGHBOURS]


def join_pdfs(parts: Sequence[bytes]) -> tuple[bytes, int]:
    """Several PDF files as one, and how many pages it has."""
    import pypdfium2

    library: Any = pypdfium2
    joined = library.PdfDocument.new()
    for part in parts:
        with library.PdfDocument(part) as source:
            joined.import_pages(source)
    target = BytesIO()
    joined.save(target)
    pages = len(joined)
    joined.close()
    return target.getvalue(), pages
