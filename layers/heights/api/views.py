"""Heights over HTTP: at a point, along a line, within a polygon."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from shapely.errors import ShapelyError  # type: ignore[attr-defined]
from shapely.geometry import LineString, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from gis_core.desk.parameters import Parameters, finite, number
from gis_core.errors import Invalid
from gis_core.http.admission import HERE, PDF, limit_concurrency
from gis_core.http.files import file_response
from gis_core.http.middleware import rights_of_request
from layers.catalogue.describe import ACQUIRED
from layers.catalogue.models import Photo
from layers.catalogue.services import visible_photo
from layers.heights.api.serializers import (
    GroundProfileSerializer,
    HeightGridSerializer,
    HeightLegendSerializer,
    HeightsSerializer,
)
from layers.heights.documents import TYPES, document
from layers.heights.legends import LABELS, legend_of
from layers.heights.services import (
    Grid,
    Model,
    Profile,
    Section,
    grid_heights,
    height_at,
    polygon_heights,
    profile,
    section,
)
from layers.heights.styles import Style
from layers.heights.surface import Points, Statistics

MODELS = [kind for kind in Photo.Kind.values if kind != Photo.Kind.PHOTO]
LONGEST_WKT, MOST_CORNERS = 10_000, 300
CRS = ("2154", "4326")
SHAPES = {"line": LineString, "polygon": Polygon}
WKT_NAMES = {"line": "LINESTRING", "polygon": "POLYGON"}
PARAMETERS = [
    OpenApiParameter("model", str, enum=MODELS, description="`ground` by default"),
    OpenApiParameter("point", str, description="x,y (or longitude,latitude with crs=4326)"),
    OpenApiParameter("line", str, description="a LINESTRING as WKT, in place of a point"),
    OpenApiParameter("polygon", str, description="a POLYGON as WKT, in place of a point"),
    OpenApiParameter("plane", float, description="with a polygon: the height that volumes are counted against"),
    OpenApiParameter("crs", int, enum=[2154, 4326], description="of what is given and answered; 2154 by default"),
]
SMALLEST_GRID, LARGEST_GRID, USUAL_GRID = 2, 512, 256
# Heights of a grid are a millimetre off at most: binary fractions so short take two thirds of the room when zipped.
STEPS_A_METRE = 512
GRID_PARAMETERS = [
    OpenApiParameter("bbox", str, required=True, description="west,south,east,north (EPSG:2154), at most 5 km wide"),
    OpenApiParameter("size", int, description="pixels along the longer side, 2 to 512; 256 by default"),
    PARAMETERS[0],
]

PROFILE_PARAMETERS = [
    OpenApiParameter("line", str, required=True, description="a LINESTRING as WKT"),
    OpenApiParameter("crs", int, enum=[2154, 4326], description="of what is given and answered; 2154 by default"),
    OpenApiParameter("file", str, enum=["svg", "csv", "pdf"], description="a file in place of figures"),
]
LEGEND_PARAMETERS = [
    OpenApiParameter("campaign", str, required=True, description="the short name of a campaign of heights"),
    OpenApiParameter("style", str, enum=[Style.SLOPE, Style.TINTS], description="its usual one without"),
]
BOTH = (Photo.Kind.GROUND, Photo.Kind.SURFACE)


class HeightsView(APIView):
    """Heights of the published models that the asker may read."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="heights", parameters=PARAMETERS, responses=HeightsSerializer)
    def get(self, request: Request) -> Response:
        """Altitude and what stands there at a point; profile of a line; figures and volumes of a polygon."""
        given, rights = request.query_params, rights_of_request(request)
        kind, crs = chosen_model(given), chosen_crs(given)
        shape = to_2154(shape_of(given), crs)
        with limit_concurrency(HERE):
            if isinstance(shape, Point):
                at = height_at(shape, kind, rights)
                return Response(describe(at.model) | {"height": at.height, "above_ground": at.above_ground})
            if isinstance(shape, LineString):
                result = profile(shape, kind, rights)
                return Response(describe(result.model) | profile_as_json(result, crs))
            plane = number(given, "plane", -500, 9_000)
            heights = polygon_heights(shape, kind, rights, plane)
            return Response(describe(heights.model) | statistics_as_json(heights.figures))


class ProfileView(APIView):
    """The ground and the surface along one line, as figures or as a file."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="heights_profile", parameters=PROFILE_PARAMETERS, responses=GroundProfileSerializer)
    def get(self, request: Request) -> Response | HttpResponse:
        """Ground and surface along a line at the same points; with `file` as SVG, CSV or PDF."""
        given, rights = request.query_params, rights_of_request(request)
        crs, kind = chosen_crs(given), given.get("file", "")
        if kind and kind not in TYPES:
            raise Invalid(_("“file” is one of: %(kinds)s.") % {"kinds": ", ".join(TYPES)}, parameter="file")
        shape = to_2154(shape_of(given, ("line",)), crs)
        assert isinstance(shape, LineString)
        with limit_concurrency(PDF if kind == "pdf" else HERE):
            result = section(shape, rights)
            if kind:
                return file_response(document(result, kind), TYPES[kind], f"profil-du-terrain.{kind}")
            return Response(section_as_json(result, crs))


class LegendView(APIView):
    """What the colours of a campaign of heights stand for."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="heights_legend", parameters=LEGEND_PARAMETERS, responses=HeightLegendSerializer)
    def get(self, request: Request) -> Response:
        """The lines of the legend of a campaign in one of its styles, with their unit."""
        given = request.query_params
        photo = visible_photo(given.get("campaign", ""), rights_of_request(request))
        with limit_concurrency(HERE):
            legend = legend_of(photo, given.get("style", ""))
        lines = [{"label": one.label, "colour": one.colour} for one in legend.lines]
        return Response({"style": legend.style, "label": LABELS[legend.style], "unit": legend.unit, "lines": lines})


def section_as_json(result: Section, crs: int) -> dict[str, Any]:
    columns = [result.heights.get(kind, np.full(len(result.distances), np.nan)) for kind in BOTH]
    places, decimals = in_crs(result.points, crs)
    along = result.ground_length_m
    return {
        "length_m": round(result.length_m, 3),
        "ground_length_m": None if along is None else round(along, 3),
        "slope": None if result.slope is None else round(result.slope, 5),
        "models": {kind.value: describe(model)["campaign"] for kind, model in result.models.items()},
        "profile": rows_as_json((result.distances, 2), *((one, 3) for one in columns), (places, decimals)),
    }


@method_decorator(gzip_page, name="dispatch")
class HeightGridView(APIView):
    """A rectangle of the newest model that the asker may read there."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="height_grid", parameters=GRID_PARAMETERS, responses=HeightGridSerializer)
    def get(self, request: Request) -> Response:
        """The heights of a rectangle as a grid, for a view in three dimensions."""
        given = request.query_params
        kind, bounds = chosen_model(given), chosen_bounds(given)
        size = int(number(given, "size", SMALLEST_GRID, LARGEST_GRID) or USUAL_GRID)
        with limit_concurrency(HERE):
            return Response(grid_as_json(grid_heights(bounds, size, kind, rights_of_request(request))))


def chosen_bounds(given: Parameters) -> tuple[float, float, float, float]:
    """The rectangle that is asked about, in EPSG:2154. Raises Invalid."""
    values = [finite(part) for part in given.get("bbox", "").split(",", 4)]
    if len(values) != 4 or None in values:
        raise Invalid(_("“%(name)s” must be four numbers: west,south,east,north.") % {"name": "bbox"}, parameter="bbox")
    west, south, east, north = (value or 0.0 for value in values)
    if not (west < east and south < north):
        message = _("“bbox” must be west,south,east,north in metres, west below east and south below north.")
        raise Invalid(message, parameter="bbox")
    to_2154(box(west, south, east, north), 2154)
    return west, south, east, north


def chosen_model(given: Parameters) -> Photo.Kind:
    text = given.get("model") or Photo.Kind.GROUND
    if text not in MODELS:
        raise Invalid(_("“model” is one of: %(models)s.") % {"models": ", ".join(MODELS)}, parameter="model")
    return Photo.Kind(text)


def chosen_crs(given: Parameters) -> int:
    text = given.get("crs") or CRS[0]
    if text not in CRS:
        raise Invalid(_("“crs” is 2154 (Lambert-93) or 4326 (longitude, latitude)."), parameter="crs")
    return int(text)


def shape_of(given: Parameters, offered: Sequence[str] = ("point", "line", "polygon")) -> BaseGeometry:
    """The point, line or polygon that is asked about. Raises Invalid: none, several, or not one."""
    names = [name for name in offered if given.get(name)]
    if offered == ("line",) and not names:
        raise Invalid(_("Give a “line”."), parameter="line")
    if len(names) != 1:
        raise Invalid(_("Give one of “point”, “line” and “polygon”."), parameter=names[1] if names else "point")
    (name,) = names
    text = given[name]
    if name == "point":
        values = [finite(part) for part in text.split(",", 2)]
        if len(values) != 2 or None in values:
            raise Invalid(_("“point” is written x,y."), parameter="point")
        return Point(*values)
    try:
        shape = shapely.from_wkt(text) if len(text) <= LONGEST_WKT else None
    except ShapelyError:
        shape = None
    if not isinstance(shape, SHAPES[name]) or shape.is_empty or len(shapely.get_coordinates(shape)) > MOST_CORNERS:
        message = _("“%(name)s” is a %(kind)s as WKT, of at most %(most)s points.")
        raise Invalid(message % {"name": name, "kind": WKT_NAMES[name], "most": MOST_CORNERS}, parameter=name)
    flat: BaseGeometry = shapely.force_2d(shape)
    return flat


def to_2154(shape: BaseGeometry, crs: int) -> BaseGeometry:
    """In EPSG:2154. Raises Invalid: it lies where that is not made for."""
    moved = shape if crs == 2154 else transformed(shape, 4326, 2154)
    west, south, east, north = moved.bounds
    if not (-400_000 <= west <= east <= 1_600_000 and 5_800_000 <= south <= north <= 7_400_000):
        raise Invalid(_("These coordinates are not in France: look at their order and at “crs”."), parameter="crs")
    return moved


def transformed(shape: BaseGeometry, source: int, target: int) -> BaseGeometry:
    from pyproj import Transformer

    move = Transformer.from_crs(source, target, always_xy=True).transform
    moved: BaseGeometry = shapely.transform(shape, lambda x, y: move(x, y), interleaved=False)
    return moved


def describe(model: Model) -> dict[str, Any]:
    photo = model.photo
    return {
        "model": photo.kind,
        "campaign": {
            "slug": photo.slug,
            "title": str(photo),
            "acquired": photo.acquired_date.strftime(ACQUIRED[Photo.Precision(photo.acquired_precision)]),
            "resolution_m": photo.resolution_m,
            "vertical_crs": photo.vertical_crs,
            "attribution": photo.attribution,
        },
    }


def grid_as_json(grid: Grid) -> dict[str, Any]:
    surface = grid.surface
    rows, columns = surface.heights.shape
    heights = np.round(surface.heights * STEPS_A_METRE) / STEPS_A_METRE
    return describe(grid.model) | {
        "left": surface.left,
        "top": surface.top,
        "pixel_m": surface.pixel,
        "columns": columns,
        "rows": rows,
        "known": round(float(1 - np.isnan(surface.heights).mean()), 4),
        "heights": b64encode(heights.astype("<f4").tobytes()).decode(),
    }


def profile_as_json(result: Profile, crs: int) -> dict[str, Any]:
    places, decimals = in_crs(result.points, crs)
    return {
        "length_m": round(result.length_m, 3),
        "ground_length_m": round(result.ground_length_m, 3),
        "step_m": round(result.step_m, 3),
        "profile": rows_as_json((result.distances, 3), (result.heights, 3), (places, decimals)),
    }


def rows_as_json(*columns: tuple[Points, int]) -> list[list[float | None]]:
    """Columns of numbers, each rounded to so many decimals, as rows; None where one is NaN."""
    rounded = np.column_stack([np.round(np.asarray(values, np.float64), decimals) for values, decimals in columns])
    rows: list[list[float | None]] = rounded.tolist()
    for row, column in np.argwhere(np.isnan(rounded)).tolist():
        rows[row][column] = None
    return rows


def in_crs(points: Points, crs: int) -> tuple[Points, int]:
    """Points (n, 2) of EPSG:2154 in the CRS asked in, and how many decimals say a millimetre there."""
    if crs == 2154:
        return points, 3
    from pyproj import Transformer

    move = Transformer.from_crs(2154, crs, always_xy=True)
    return np.column_stack(move.transform(*points.T)), 8


def statistics_as_json(figures: Statistics | None) -> dict[str, Any]:
    if figures is None:
        return {"count": 0, "known": 0.0}
    values: dict[str, Any] = {
        "count": figures.count,
        "known": round(figures.known, 4),
        "min": round(figures.least, 3),
        "mean": round(figures.mean, 3),
        "max": round(figures.most, 3),
        "percentiles": {str(rank): round(value, 3) for rank, value in figures.percentiles.items()},
        "area_m2": round(figures.area_m2, 2),
    }
    if figures.above_m3 is not None and figures.below_m3 is not None and figures.plane is not None:
        volume = {"plane": figures.plane, "above_m3": figures.above_m3, "below_m3": figures.below_m3}
        values["volume"] = {name: round(value, 2) for name, value in volume.items()}
    return values
