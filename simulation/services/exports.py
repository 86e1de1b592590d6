"""Files of a project: GeoJSON (standard, or exact in EPSG:2154), GeoPackage, DXF, CityJSON."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from shapely.geometry.base import BaseGeometry

from gis_core.errors import Invalid, NotFound
from gis_core.files.writing.process import layers_file
from gis_core.files.writing.rows import Column, Row
from gis_core.files.writing.wire import MEDIA_TYPES, FileLayer
from gis_core.members.rights import Rights
from simulation.engine.plots import Body, feet_of
from simulation.engine.solids import Surface, solid_of
from simulation.models import Project
from simulation.services.answers import geojson
from simulation.services.drawing import read_volumes
from simulation.services.places import natural_ground
from simulation.services.sketch import band_of

GEOJSON: Final = "application/geo+json"
NGF: Final = "https://www.opengis.net/def/crs/EPSG/0/5698"
"""RGF93 v1 / Lambert-93 + NGF-IGN69 height."""
PLANE: Final = "https://www.opengis.net/def/crs/EPSG/0/2154"
SCALE: Final = 0.001
type Variants = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """A file to send."""

    content: bytes
    media_type: str
    suffix: str


def export_project(project: Project, file_format: str, letter: str, rights: Rights) -> ProjectFile:
    """A project as a file; with a `letter` that variant alone.

    Raises Invalid (no such format), NotFound, Unavailable.
    """
    if file_format not in FORMATS:
        message = _("A project is exported as: %(formats)s.")
        raise Invalid(message % {"formats": ", ".join(FORMATS)}, parameter="format")
    variants = [one for one in project.variants if letter in ("", one["letter"])]
    if not variants:
        raise NotFound(_("The project has no such variant."))
    return FORMATS[file_format].write(project, variants, rights)


# -- GeoJSON ----------------------------------------------------------------------------------------------------------


def objects_of(variants: Variants) -> Iterator[tuple[dict[str, Any], BaseGeometry]]:
    """Every volume and line of the variants: what it is, and the ground that it takes (EPSG:2154)."""
    for one in variants:
        for body, volume in zip(bodies_of(one), one["volumes"], strict=True):
            yield (
                {
                    "variant": one["letter"], "kind": "volume", "name": volume["name"] or "",
                    "roof": body.volume.roof.value, "eaves_m": body.volume.eaves, "ridge_m": body.volume.ridge,
                    "ridge_azimuth": body.volume.ridge_azimuth, "base_ngf": body.volume.base, "levels": body.levels,
                    "width_m": None, "height_m": body.top,
                },
                body.shape,
            )  # fmt: skip
        for line in one["lines"]:
            empty = dict.fromkeys(("roof", "eaves_m", "ridge_m", "ridge_azimuth", "base_ngf", "levels"))
            values = {"variant": one["letter"], "kind": line["kind"], "name": line["name"], **empty}
            yield {**values, "width_m": line["width"], "height_m": line["height"]}, band_of(line)


def bodies_of(variant: Mapping[str, Any]) -> list[Body]:
    return read_volumes(variant["volumes"]) if variant["volumes"] else []


def geojson_file(project: Project, variants: Variants, crs: str) -> ProjectFile:
    features = [
        {"type": "Feature", "properties": values, "geometry": geojson(shapely.normalize(shape), crs)}
        for values, shape in objects_of(variants)
    ]
    content: dict[str, Any] = {"type": "FeatureCollection", "name": project.name, "parcels": project.idus}
    if crs == "EPSG:2154":
        content["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
    content["features"] = features
    return ProjectFile(json.dumps(content, ensure_ascii=False).encode(), GEOJSON, "geojson")


def write_standard(project: Project, variants: Variants, _rights: Rights) -> ProjectFile:
    return geojson_file(project, variants, "CRS84")


def write_exact(project: Project, variants: Variants, _rights: Rights) -> ProjectFile:
    return geojson_file(project, variants, "EPSG:2154")


# -- GeoPackage, DXF --------------------------------------------------------------------------------------------------


COLUMNS: Final = (
    Column("fid", "fid", "integer"),
    Column("variant", "variante", "text"),
    Column("kind", "nature", "text"),
    Column("name", "nom", "text"),
    Column("roof", "toiture", "text"),
    Column("eaves_m", "egout_m", "number"),
    Column("ridge_m", "faitage_m", "number"),
    Column("ridge_azimuth", "azimut_faitage", "number"),
    Column("base_ngf", "base_ngf", "number"),
    Column("levels", "niveaux", "integer"),
    Column("width_m", "largeur_m", "number"),
    Column("height_m", "hauteur_m", "number"),
)


def layer_of(name: str, title: str) -> FileLayer:
    return FileLayer(name=name, title=title, columns=COLUMNS, geometry_type="Polygon", title_column="name")


def rows_of(objects: Sequence[tuple[dict[str, Any], BaseGeometry]]) -> list[Row]:
    names = [column.name for column in COLUMNS[1:]]
    return [(number, *(values[name] for name in names), shape.wkb) for number, (values, shape) in enumerate(objects, 1)]


def ground_layer(project: Project) -> tuple[FileLayer, list[Row]]:
    columns = (Column("fid", "fid", "integer"), Column("parcels", "parcelles", "text"))
    layer = FileLayer(name="terrain", title=str(_("Terrain")), columns=columns, geometry_type="MultiPolygon", count=1)
    return layer, [(1, ", ".join(project.idus), bytes(project.geom.wkb))]


def write_geopackage(project: Project, variants: Variants, _rights: Rights) -> ProjectFile:
    objects = list(objects_of(variants))
    layers = [ground_layer(project), (layer_of("projet", project.name), rows_of(objects))]
    return ProjectFile(layers_file("gpkg", "projet", layers), MEDIA_TYPES["gpkg"], "gpkg")


def write_drawing(project: Project, variants: Variants, _rights: Rights) -> ProjectFile:
    """A layer of the drawing for each variant and each kind of object."""
    by_layer: dict[str, list[tuple[dict[str, Any], BaseGeometry]]] = {}
    for values, shape in objects_of(variants):
        by_layer.setdefault(f"{values['kind']}_{values['variant']}", []).append((values, shape))
    layers = [ground_layer(project), *((layer_of(name, name), rows_of(some)) for name, some in by_layer.items())]
    return ProjectFile(layers_file("dxf", "projet", layers), MEDIA_TYPES["dxf"], "dxf")


# -- CityJSON ---------------------------------------------------------------------------------------------------------


def write_cityjson(project: Project, variants: Variants, rights: Rights) -> ProjectFile:
    """CityJSON 2.0, a building for each volume: a closed solid with its roof (LoD2).

    Heights are NGF-IGN69 (EPSG:5698) where the ground under every volume is known, else above it (EPSG:2154).
    """
    bodies = [(one["letter"], volume, body) for one in variants
              for volume, body in zip(one["volumes"], bodies_of(one), strict=True)]  # fmt: skip
    feet = known_feet(project, [body for _letter, _volume, body in bodies], rights)
    city = City()
    for rank, (letter, volume, body) in enumerate(bodies):
        foot = 0.0 if feet is None else feet[rank]
        city.add(f"{letter}-{body.number + 1}", attributes_of(letter, volume, body), solid_of(body.volume, foot))
    content = json.dumps(city.as_json(project, NGF if feet is not None else PLANE), ensure_ascii=False)
    return ProjectFile(content.encode(), "application/city+json", "city.json")


def known_feet(project: Project, bodies: Sequence[Body], rights: Rights) -> list[float] | None:
    """The height (NGF) at which each volume stands, as rules have it; None where one is not known."""
    ground = natural_ground(shapely.from_wkb(bytes(project.geom.wkb)), rights)
    feet = feet_of([body.volume for body in bodies], ground)
    return None if None in feet else [round(foot, 3) for foot in feet if foot is not None]


def attributes_of(letter: str, volume: Mapping[str, Any], body: Body) -> dict[str, Any]:
    values = {
        "variant": letter, "name": volume["name"], "roofType": body.volume.roof.value,
        "storeysAboveGround": body.levels, "eavesHeight": body.volume.eaves, "ridgeHeight": body.volume.ridge,
    }  # fmt: skip
    return {name: value for name, value in values.items() if value not in (None, "")}


class City:
    """The objects of a CityJSON file, and the corners that they share."""

    def __init__(self) -> None:
        self.objects: dict[str, Any] = {}
        self.corners: dict[tuple[float, float, float], int] = {}

    def add(self, name: str, attributes: Mapping[str, Any], surfaces: Sequence[Surface]) -> None:
        shell = [[[self.corner(point) for point in ring] for ring in one.rings] for one in surfaces]
        semantics = {"surfaces": [{"type": one.kind} for one in surfaces], "values": [list(range(len(surfaces)))]}
        solid = {"type": "Solid", "lod": "2", "boundaries": [shell], "semantics": semantics}
        self.objects[name] = {"type": "Building", "attributes": dict(attributes), "geometry": [solid]}

    def corner(self, point: tuple[float, float, float]) -> int:
        return self.corners.setdefault(point, len(self.corners))

    def as_json(self, project: Project, system: str) -> dict[str, Any]:
        """The whole file; vertices are whole numbers of millimetres from the lowest corner."""
        points = np.array(list(self.corners) or [(0.0, 0.0, 0.0)])
        origin = np.floor(points.min(axis=0))
        vertices = np.rint((points - origin) / SCALE).astype(int).tolist() if self.corners else []
        return {
            "type": "CityJSON",
            "version": "2.0",
            "transform": {"scale": [SCALE] * 3, "translate": origin.tolist()},
            "metadata": {"title": project.name, "referenceSystem": system},
            "CityObjects": self.objects,
            "vertices": vertices,
        }


@dataclass(frozen=True, slots=True)
class Format:
    """How a file is called, and what writes it."""

    label: str | Promise
    write: Callable[[Project, Variants, Rights], ProjectFile]


FORMATS: Final[Mapping[str, Format]] = {
    "geojson": Format("GeoJSON", write_standard),
    "geojson-2154": Format(gettext_lazy("GeoJSON, exact (EPSG:2154)"), write_exact),
    "gpkg": Format("GeoPackage", write_geopackage),
    "dxf": Format("DXF", write_drawing),
    "cityjson": Format("CityJSON", write_cityjson),
}
