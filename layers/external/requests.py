"""What to ask another server for, to have one image of a layer: pure functions from an address to an address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from layers.external.models import ExternalLayer

HALF_WORLD_M = 20_037_508.342789244
PLACE = re.compile(r"\{(-?\w+(?:-\w+)?)\}")
SWITCHES = re.compile(r"\{(?:s|switch:[\w,.-]+|[a-z0-9]-[a-z0-9])\}")
XYZ_PLACES = {"z", "x", "y", "-y"}
WMTS_PLACES = {"TileMatrix", "TileRow", "TileCol", "TileMatrixSet", "Style", "style", "Layer", "layer"}
KVP = frozenset({"service", "request", "version", "layer", "layers", "style", "styles", "format", "transparent"})
KVP |= {"crs", "srs", "bbox", "width", "height", "tilematrix", "tilematrixset", "tilerow", "tilecol", "exceptions"}


@dataclass(frozen=True, slots=True)
class Tile:
    """One image of the pyramid, its side `size` pixels; at zoom 0 one image holds the world."""

    z: int
    x: int
    y: int

    @property
    def bbox_3857(self) -> tuple[float, float, float, float]:
        side = 2 * HALF_WORLD_M / (1 << self.z)
        west, north = self.x * side - HALF_WORLD_M, HALF_WORLD_M - self.y * side
        return west, north - side, west + side, north


def tile_url(layer: ExternalLayer, tile: Tile) -> str:
    """The address of one image at the other server."""
    match layer.kind:
        case ExternalLayer.Kind.WMS:
            return map_url(layer, tile.bbox_3857, layer.tile_size, layer.tile_size)
        case ExternalLayer.Kind.WMTS:
            return wmts_url(layer, tile)
        case _:
            rows = {"z": tile.z, "x": tile.x, "y": tile.y, "-y": (1 << tile.z) - 1 - tile.y}
            return fill_template(layer.url, {name: str(value) for name, value in rows.items()})


def map_url(
    layer: ExternalLayer, bbox: tuple[float, float, float, float], width: int, height: int, crs: int = 3857
) -> str:
    """A WMS's GetMap for a box in a projected system whose axes are east, then north."""
    modern = layer.service_version.startswith("1.3")
    parameters = {
        "SERVICE": "WMS",
        "VERSION": layer.service_version or "1.3.0",
        "REQUEST": "GetMap",
        "LAYERS": layer.name,
        "STYLES": layer.style,
        "FORMAT": layer.format or "image/png",
        "TRANSPARENT": "TRUE",
        "CRS" if modern else "SRS": f"EPSG:{crs}",
        "BBOX": ",".join(f"{value:.4f}" for value in bbox),
        "WIDTH": str(width),
        "HEIGHT": str(height),
    }
    return with_parameters(layer.url, parameters)


def wmts_url(layer: ExternalLayer, tile: Tile) -> str:
    matrix = layer.matrices[tile.z] if tile.z < len(layer.matrices) else str(tile.z)
    if PLACE.search(layer.url):
        given = {
            "TileMatrix": matrix,
            "TileRow": str(tile.y),
            "TileCol": str(tile.x),
            "TileMatrixSet": layer.matrix_set,
        }
        names = {"Style": layer.style, "style": layer.style, "Layer": layer.name, "layer": layer.name}
        return fill_template(layer.url, given | names)
    parameters = {
        "SERVICE": "WMTS",
        "VERSION": "1.0.0",
        "REQUEST": "GetTile",
        "LAYER": layer.name,
        "STYLE": layer.style,
        "FORMAT": layer.format or "image/png",
        "TILEMATRIXSET": layer.matrix_set,
        "TILEMATRIX": matrix,
        "TILEROW": str(tile.y),
        "TILECOL": str(tile.x),
    }
    return with_parameters(layer.url, parameters)


def fill_template(template: str, values: Mapping[str, str]) -> str:
    """A template with its places filled; of several servers the first."""
    one_server = SWITCHES.sub(first_server, template)
    return PLACE.sub(lambda place: quote(values.get(place[1], ""), safe=""), one_server)


def first_server(switch: re.Match[str]) -> str:
    text = switch[0][1:-1]
    if text.startswith("switch:"):
        return text.removeprefix("switch:").split(",")[0]
    return "a" if text == "s" else text[0]


def places_in(template: str) -> set[str]:
    return set(PLACE.findall(SWITCHES.sub(first_server, template)))


def with_parameters(url: str, parameters: Mapping[str, str]) -> str:
    """A service's address with these parameters in place of those of the same name; its own others stay (`map=…`)."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name.lower() not in KVP]
    query = urlencode([*kept, *parameters.items()], quote_via=quote)
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, ""))


def capabilities_url(service: str, kind: str) -> str:
    """Where a service says what it has."""
    if kind == ExternalLayer.Kind.WMTS and urlsplit(service).path.lower().endswith(".xml"):
        return service
    version = {"VERSION": "1.3.0"} if kind == ExternalLayer.Kind.WMS else {"VERSION": "1.0.0"}
    return with_parameters(service, {"SERVICE": kind.upper(), "REQUEST": "GetCapabilities", **version})
