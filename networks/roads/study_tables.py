"""What a coverage study tells: tables by commune and by operator, a map, files."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from gis_core.files.writing.csvtext import csv_file
from gis_core.files.writing.rows import Column
from networks.roads.models import CoverageStudy
from networks.roads.services.studies import roads_of, shapes_of, surfaces_of
from networks.roads.services.study_results import Share, compute_covered_zone, share, sites_kept
from networks.roads.study_map import Drawing, background, drawing, zone_on

type Line = tuple[str, list[Share]]


def by_commune(study: CoverageStudy, operator: str = "") -> list[Line]:
    """Each commune with its shares, by technology."""
    ranks = range(len(study.technologies))
    return [
        (one["name"], [share(study, rank, operator, one["insee"]) for rank in ranks])
        for one in study.answer["communes"]
    ]


def by_operator(study: CoverageStudy) -> list[Line]:
    """At least one operator, then each."""
    ranks = range(len(study.technologies))
    return [
        (name or _("at least one operator"), [share(study, rank, name) for rank in ranks])
        for name in ("", *study.answer["operators"])
    ]


def map_of(study: CoverageStudy, technology: int, operator: str = "") -> Drawing | None:
    """As it was drawn when the study was computed; older studies are drawn now. None without surfaces of communes."""
    sites = sites_kept(study, technology, operator)
    if study.drawn:
        return drawing(study.drawn, study.drawn["zones"][str(technology)][operator], sites)
    codes = [one["insee"] for one in study.answer["communes"]]
    surfaces = surfaces_of(codes)
    if not surfaces:
        return None
    ground = background(surfaces, shapes_of([row[0] for row in roads_of(codes)]))
    return drawing(ground, zone_on(ground, compute_covered_zone(study, technology, operator)), sites)


def to_lonlat(xy: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    from pyproj import Transformer

    return np.column_stack(Transformer.from_crs(2154, 4326, always_xy=True).transform(xy[:, 0], xy[:, 1]))


def geojson_of(study: CoverageStudy, technology: int, operator: str = "") -> dict[str, Any]:
    """What is covered, as one feature in EPSG:4326."""
    result = compute_covered_zone(study, technology, operator)
    lonlat = shapely.transform(result, to_lonlat)
    geometry = shapely.geometry.mapping(shapely.set_precision(lonlat, 0.000001)) if not result.is_empty else None
    described = study.technologies[technology]
    properties = {"technology": described["label"], "operator": operator or None, "reach_m": described["reach_m"]}
    return {"type": "FeatureCollection",
            "features": [{"type": "Feature", "geometry": geometry, "properties": properties}]}  # fmt: skip


def csv_of(study: CoverageStudy) -> bytes:
    """A row for each commune, technology and operator."""
    columns = [
        Column("insee", _("INSEE code"), "text"),
        Column("commune", _("Commune"), "text"),
        Column("technology", _("What counts"), "text"),
        Column("operator", _("Operator"), "text"),
        Column("reach_m", _("Reach (m)"), "integer"),
        Column("addresses", _("Addresses"), "integer"),
        Column("covered", _("Addresses covered"), "integer"),
        Column("road_m", _("Metres of road"), "number"),
        Column("covered_m", _("Metres of road covered"), "number"),
    ]
    return csv_file(columns, rows_of(study))


def rows_of(study: CoverageStudy) -> Iterator[list[Any]]:
    for one in study.answer["communes"]:
        for rank, technology in enumerate(study.technologies):
            for operator in ("", *study.answer["operators"]):
                result = share(study, rank, operator, one["insee"])
                yield [one["insee"], one["name"], technology["label"], operator, technology["reach_m"],
                       result.addresses, result.covered, result.road_m, result.covered_m]  # fmt: skip
