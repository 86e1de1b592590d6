"""A profile of the terrain as files: SVG, CSV, PDF."""

from collections.abc import Iterator
from math import isnan
from pathlib import Path
from typing import Final

from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.files.writing.csvtext import CSV, csv_file
from gis_core.files.writing.paper import typeset
from gis_core.files.writing.rows import Column
from layers.catalogue.models import Photo
from layers.features.display import display_date, display_number
from layers.heights.chart import draw, facts
from layers.heights.services import Model, Section

STYLES = Path(__file__).parent / "paper.css"
TYPES: Final = {"svg": "image/svg+xml", "csv": CSV, "pdf": "application/pdf"}


def document(section: Section, kind: str) -> bytes:
    """The file of this kind, one of `TYPES`."""
    if kind == "csv":
        return as_csv(section)
    if kind == "pdf":
        return as_pdf(section)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{draw(section)}'.encode()


def as_csv(section: Section) -> bytes:
    columns = [
        Column("distance_m", _("Distance (m)"), "number"),
        *(Column(kind, _("%(model)s (m)") % {"model": Photo.Kind(kind).label}, "number") for kind in section.heights),
        Column("x", _("X (Lambert-93)"), "number"),
        Column("y", _("Y (Lambert-93)"), "number"),
    ]
    return csv_file(columns, rows(section))


def rows(section: Section) -> Iterator[list[float | None]]:
    heights = list(section.heights.values())
    for number, distance in enumerate(section.distances):
        x, y = section.points[number]
        known = [None if isnan(one[number]) else round(float(one[number]), 2) for one in heights]
        yield [round(float(distance), 2), *known, round(float(x), 2), round(float(y), 2)]


def as_pdf(section: Section) -> bytes:
    given = {
        "language": get_language() or "fr",
        "svg": draw(section),
        "facts": facts(section),
        "sources": [describe_source(model) for model in section.models.values()],
        "ends": [", ".join(display_number(float(one), 1) for one in section.points[at]) for at in (0, -1)],
        "day": display_date(database_clock.today()),
    }
    return typeset(render_to_string("heights/profile_paper.html", given), STYLES, {})


def describe_source(model: Model) -> str:
    """The model, its date, its pixel, its vertical datum and whom to name."""
    photo = model.photo
    parts = [str(photo), display_date(photo.acquired_date), f"{display_number(photo.resolution_m, 2)} m"]
    parts += [f"EPSG:{photo.vertical_crs}"] if photo.vertical_crs else []
    return " · ".join([*parts, *filter(None, [photo.attribution])])
