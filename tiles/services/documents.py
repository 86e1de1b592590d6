"""TileJSON 3.0 and the MapLibre style of a layer."""

from collections.abc import Mapping
from typing import Any

from layers.catalogue.legend import apart, plain_fill, zoom_at
from layers.catalogue.models import Layer

TILEJSON_TYPES = {
    "integer": "Number",
    "number": "Number",
    "area_m2": "Number",
    "length_m": "Number",
    "boolean": "Boolean",
}
FILL, LINE, CIRCLE = "fill", "line", "circle"
OPERATORS = {"from": ">=", "above": ">", "to": "<=", "below": "<"}
LARGE_TILES = 1  # MapLibre counts zooms in tiles of 512 pixels
DEEPEST = 24


def tilejson(layer: Layer, tiles_url: str) -> dict[str, Any]:
    """TileJSON 3.0.0; `tiles_url` is the address template, `{z}/{x}/{y}` included."""
    fields = {field["name"]: TILEJSON_TYPES.get(field["type"], "String") for field in layer.tile_fields()}
    vector_layer = {
        "id": layer.slug,
        "description": str(layer),
        "minzoom": layer.min_zoom,
        "maxzoom": layer.max_zoom,
        "fields": fields,
    }
    return {
        "tilejson": "3.0.0",
        "name": str(layer),
        "description": layer.abstract,
        "attribution": layer.attribution,
        "version": f"{layer.version}.0.0",
        "scheme": "xyz",
        "tiles": [tiles_url],
        "minzoom": layer.min_zoom,
        "maxzoom": layer.max_zoom,
        "vector_layers": [vector_layer],
    }


def style(layer: Layer, tilejson_url: str) -> dict[str, Any]:
    """A MapLibre style (version 8) that draws the layer's legend."""
    drawn = [part for rank, entry in enumerate(layer.legend) for part in style_layers(layer, rank, entry)]
    return {
        "version": 8,
        "name": str(layer),
        "sources": {layer.slug: {"type": "vector", "url": tilejson_url}},
        "layers": drawn,
    }


def style_layers(layer: Layer, rank: int, entry: dict[str, Any]) -> list[dict[str, Any]]:
    """The style layers of one symbol: an area has its outline apart, because MapLibre's own has no width."""
    symbol = entry["symbol"]
    parts = {FILL: [FILL, LINE], LINE: [LINE], CIRCLE: [CIRCLE]}[symbol["kind"]]
    return [one_layer(layer, rank, entry, part) for part in parts if paint(symbol, part)]


def one_layer(layer: Layer, rank: int, entry: dict[str, Any], part: str) -> dict[str, Any]:
    made = {
        "id": f"{layer.slug}-{rank}-{part}",
        "type": part,
        "source": layer.slug,
        "source-layer": layer.slug,
        **zooms(layer),
        "paint": paint(entry["symbol"], part),
    }
    if conditions := drawing_conditions(layer, rank):
        made["filter"] = ["all", *conditions]
    return made


def zooms(layer: Layer) -> dict[str, float]:
    """The zooms between which the layer is shown: those of its tiles, within its scales."""
    latitude = (layer.extent_4326[1] + layer.extent_4326[3]) / 2 if layer.extent_4326 else 46.5
    limits: dict[str, float] = {"minzoom": layer.min_zoom}
    if layer.scale_from:
        first = zoom_at(layer.scale_from, latitude) - LARGE_TILES
        limits["minzoom"] = min(max(layer.min_zoom, round(first, 2)), DEEPEST)
    if layer.scale_to:
        last = zoom_at(layer.scale_to, latitude) - LARGE_TILES
        limits["maxzoom"] = min(max(limits["minzoom"], round(last, 2)), DEEPEST)
    return limits


def drawing_conditions(layer: Layer, rank: int) -> list[Any]:
    """The conditions under which a line draws a feature: its own, and none of an earlier line that it may fit too."""
    wheres = [line.get("where") or {} for line in layer.legend[: rank + 1]]
    earlier = [conditions(where) for where in wheres[:-1] if not apart(where, wheres[-1])]
    others = [["!", ["any", *(["all", *one] for one in earlier)]]] if earlier else []
    return [*conditions(wheres[-1]), *others]


def conditions(where: Mapping[str, Any]) -> list[Any]:
    return [part for column, condition in where.items() for part in expressions(["get", column], condition)]


def expressions(column: list[str], condition: Any) -> list[Any]:
    if condition is None:
        return [["!", ["has", column[1]]]]
    if not isinstance(condition, dict):
        return [["==", column, condition]]
    if "in" in condition:
        return [["in", column, ["literal", condition["in"]]]]
    return [[OPERATORS[name], column, bound] for name, bound in condition.items()]


def paint(symbol: dict[str, Any], part: str) -> dict[str, Any]:
    """The paint properties of one part; nothing when the symbol does not draw it."""
    fill, stroke, width, dash = (symbol.get(name) for name in ("fill", "stroke", "stroke_width", "dash"))
    match part:
        case "fill":
            plain = plain_fill(symbol)  # MapLibre hatches with a sprite image only
            return {"fill-color": plain, "fill-antialias": False} if plain else {}
        case "line":
            drawn = {"line-color": stroke, "line-width": width, "line-dasharray": dash}
            return {name: value for name, value in drawn.items() if value} if stroke else {}
        case _:
            drawn = {
                "circle-color": fill,
                "circle-stroke-color": stroke,
                "circle-stroke-width": width,
                "circle-radius": symbol.get("radius", 4),
            }
            return {name: value for name, value in drawn.items() if value}
