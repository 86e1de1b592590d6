"""What a project meets and what lies near it: the ground it stands on, neighbours' buildings, networks, easements."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import hypot
from typing import Any, Final

import numpy as np
import shapely
from django.utils.translation import gettext as _
from psycopg import sql
from shapely.geometry.base import BaseGeometry

from gis_core.database.statements import fetch_all
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.features.display import code_label
from layers.features.objects import FOR_NAMING
from layers.parcels.ground import ground_of_shape
from layers.parcels.sections import reader_with
from layers.parcels.services.sheets import sheet_of
from simulation.engine.plots import Body, Plot, outline
from simulation.services.answers import geojson
from simulation.services.drawing import check_on_terrain, read_volumes
from simulation.services.places import Place, place_of

NETWORKS_M: Final = 30.0
BUILDINGS_M: Final = 60.0
MOST_OF_A_LAYER: Final = 2
ACCURACY: Final = "precision_xy"
"""The column by which objects of a network say their class of accuracy (order of 15 February 2012)."""
EASEMENTS: Final = ("prescriptions", "planning-information", "easements", "risks")

NEAR = sql.SQL("""
    (select {slug}, t.id, t.{key}::text, t.{accuracy}, st_distance(t.geom, given.shape) as metres
     from {table} t, given where t.geom && st_expand(given.shape, {reach}) and st_dwithin(t.geom, given.shape, {reach})
     order by metres limit {most})
""")
NEIGHBOUR = sql.SQL("""
    select st_distance(b.geom, given.shape) as metres from cadastre_building b,
        (select st_setsrid(%(project)s::bytea::public.geometry, 2154) as shape,
                st_setsrid(%(terrain)s::bytea::public.geometry, 2154) as terrain) given
    where b.geom && st_expand(given.shape, %(reach)s) and st_dwithin(b.geom, given.shape, %(reach)s)
        and st_area(st_intersection(b.geom, given.terrain)) < st_area(b.geom) / 2
    order by metres limit 1
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Earthworks:
    """The natural ground under a project: heights (NGF), slope in percent, cut and fill in m³ to the volumes' feet."""

    low: float
    high: float
    slope: float
    cut_m3: float
    fill_m3: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NearObject:
    """An object of a network: how far its drawn line is, and its class of accuracy (empty where none is said)."""

    layer: str
    title: str
    id: int
    reference: str
    distance_m: float
    accuracy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossed:
    """A rule of the place that the project itself meets, not only its parcels."""

    section: str
    title: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """`neighbour_m` is None without a neighbour's building within 60 m, `earthworks` without a model of the ground."""

    earthworks: Earthworks | None
    neighbour_m: float | None
    networks: Sequence[NearObject]
    easements: Sequence[Crossed]
    notes: Sequence[str]


def nearby(*, parcels: Sequence[str], volumes: Sequence[Mapping[str, Any]], day: date, rights: Rights) -> Nearby:
    """What a project meets and what lies near it. Raises Invalid, NotFound (a parcel that the plan has not)."""
    bodies = read_volumes(volumes)
    place = place_of(parcels, day, rights)
    check_on_terrain(bodies, place.plot.terrain)
    project = shapely.union_all([one.shape for one in bodies])
    networks = networks_seen_by(rights)
    objects = networks_near(project, networks)
    nearest, cut = nearest_of_each(objects)
    return Nearby(
        earthworks=earthworks_of(place.plot, bodies),
        neighbour_m=neighbour_of(project, place),
        networks=nearest,
        easements=easements_on(project, day, rights),
        notes=notes_of(place, sees_networks=bool(networks), cut=cut),
    )


def notes_of(place: Place, *, sees_networks: bool, cut: bool) -> list[str]:
    notes = []
    if place.plot.ground is None:
        notes.append(_("No model of the ground is published here: neither slope nor earthworks are known."))
    if "buildings" in place.hidden:
        notes.append(_("Buildings are not shown to you: they are not counted."))
    if not sees_networks:
        notes.append(_("No network is shown to you: none is searched."))
    if cut:
        notes.append(_("Of each network the %(most)s nearest objects are listed.") % {"most": MOST_OF_A_LAYER})
    return notes


# -- the ground -------------------------------------------------------------------------------------------------------


def earthworks_of(plot: Plot, bodies: Sequence[Body]) -> Earthworks | None:
    """By the published model; None where it is not known under a volume."""
    if plot.ground is None:
        return None
    cut = fill = 0.0
    points = []
    for body in bodies:
        grid = grid_in(body.shape)
        heights, foot = plot.ground_at(grid), plot.foot(body)
        if heights is None or foot is None:
            return None
        each = body.shape.area / len(grid)
        cut += float(np.maximum(heights - foot, 0).sum()) * each
        fill += float(np.maximum(foot - heights, 0).sum()) * each
        points.append(np.column_stack([grid, heights]))
    known = np.concatenate(points)
    return Earthworks(
        low=float(known[:, 2].min()), high=float(known[:, 2].max()), slope=slope_of(known), cut_m3=cut, fill_m3=fill
    )


def grid_in(shape: BaseGeometry) -> np.ndarray:
    """Points half a metre apart within a shape, at most some thousands; those of its outline where it is smaller."""
    west, south, east, north = shape.bounds
    step = max(0.5, hypot(east - west, north - south) / 60)
    xs, ys = np.arange(west + step / 2, east, step), np.arange(south + step / 2, north, step)
    grid = np.array([(x, y) for y in ys for x in xs])
    inside = grid[shapely.contains_xy(shape, grid)] if len(grid) else grid
    return inside if len(inside) else outline(shape)


def slope_of(known: np.ndarray) -> float:
    """The slope of the plane that fits points (n, 3) best, in percent."""
    centred = known - known.mean(axis=0)
    (x, y), *_rest = np.linalg.lstsq(centred[:, :2], centred[:, 2], rcond=None)
    return 100 * hypot(float(x), float(y))


# -- what is near -----------------------------------------------------------------------------------------------------


def neighbour_of(project: BaseGeometry, place: Place) -> float | None:
    """How far the nearest building is that stands for its greater part outside the terrain."""
    if "buildings" in place.hidden:
        return None
    given = {"project": project.wkb, "terrain": place.plot.terrain.wkb, "reach": BUILDINGS_M}
    rows = fetch_all(NEIGHBOUR, given)
    return float(rows[0][0]) if rows else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A layer whose objects say their class of accuracy, with the label of each class."""

    layer: Layer
    classes: Mapping[str, Any]


def networks_seen_by(rights: Rights) -> dict[str, Network]:
    """The networks whose references and classes of accuracy the asker sees, by their short names."""
    layers = Layer.objects.visible_to(rights).exclude(key_column="").filter(columns__contains=[{"name": ACCURACY}])
    seen = {}
    for layer in layers.only(*FOR_NAMING):
        fields = {column["name"]: column for column in layer.fields_for(rights)}
        if layer.key_column in fields and ACCURACY in fields:
            seen[layer.slug] = Network(layer=layer, classes=fields[ACCURACY].get("values", {}))
    return seen


def networks_near(project: BaseGeometry, networks: Mapping[str, Network]) -> list[NearObject]:
    """The nearest objects of each network, the nearest first."""
    if not networks:
        return []
    parts = [near_query(one.layer) for one in networks.values()]
    given = sql.SQL("with given as (select st_setsrid(%(project)s::bytea::public.geometry, 2154) as shape) ")
    rows = fetch_all(given + sql.SQL(" union all ").join(parts), {"project": project.wkb})
    objects = [
        NearObject(
            layer=slug, title=str(networks[slug].layer), id=row, reference=reference or "", distance_m=metres,
            accuracy=code_label(networks[slug].classes, accuracy) or "",
        )
        for slug, row, reference, accuracy, metres in rows
    ]  # fmt: skip
    return sorted(objects, key=lambda one: (one.distance_m, one.layer, one.id))


def nearest_of_each(objects: Sequence[NearObject]) -> tuple[list[NearObject], bool]:
    """As many of each network as are listed, and whether there are more."""
    nearest: list[NearObject] = []
    counts: Counter[str] = Counter()
    for one in objects:
        counts[one.layer] += 1
        if counts[one.layer] <= MOST_OF_A_LAYER:
            nearest.append(one)
    return nearest, any(count > MOST_OF_A_LAYER for count in counts.values())


def near_query(layer: Layer) -> sql.Composed:
    return NEAR.format(
        slug=sql.Literal(layer.slug), key=sql.Identifier(layer.key_column), accuracy=sql.Identifier(ACCURACY),
        table=sql.Identifier(layer.table), reach=sql.Literal(NETWORKS_M), most=sql.Literal(MOST_OF_A_LAYER + 1),
    )  # fmt: skip


# -- rules of the place -----------------------------------------------------------------------------------------------


def easements_on(project: BaseGeometry, day: date, rights: Rights) -> list[Crossed]:
    """Easements, prescriptions and risks that the volumes themselves meet; what may be beside them is left out."""
    reader = reader_with(rights)
    wanted = [one.slug for one in reader.sections if one.slug in EASEMENTS]
    if not wanted:
        return []
    ground = ground_of_shape(geojson(project, "CRS84"), day)
    return [
        Crossed(section=str(section.title), title=line.title, detail=line.detail)
        for section, answer in sheet_of(ground, reader, only=wanted).answers
        if answer
        for line in answer.lines
        if not (line.measure and line.measure.uncertain)
    ]


def nearby_as_json(result: Nearby) -> dict[str, Any]:
    """As the API gives it: metres to the centimetre, m³ to the tenth."""
    works = result.earthworks
    return {
        "ground": works
        and {
            "low_m": round(works.low, 2),
            "high_m": round(works.high, 2),
            "slope_percent": round(works.slope, 1),
            "cut_m3": round(works.cut_m3, 1),
            "fill_m3": round(works.fill_m3, 1),
        },
        "neighbour_m": None if result.neighbour_m is None else round(result.neighbour_m, 2),
        "networks": [
            {
                "layer": one.layer,
                "title": one.title,
                "id": one.id,
                "reference": one.reference,
                "distance_m": round(one.distance_m, 2),
                "accuracy": one.accuracy,
            }
            for one in result.networks
        ],
        "easements": [{"section": one.section, "title": one.title, "detail": one.detail} for one in result.easements],
        "notes": list(result.notes),
    }
