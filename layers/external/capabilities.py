"""What a WMS or a WMTS says that it has: the layers that may be taken, and why not the others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import log2
from typing import Any
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from layers.external.models import ExternalLayer
from layers.external.requests import WMTS_PLACES, places_in

MERCATOR = ("EPSG:3857", "EPSG:900913", "EPSG:102100", "EPSG:102113")
# The scale denominator of zoom 0 of the Web Mercator pyramid, in tiles of 256 pixels.
WHOLE_WORLD = 559_082_264.028
HALF_WORLD_M = 20_037_508.34
FORMATS = ("image/png", "image/png; mode=8bit", "image/vnd.jpeg-png", "image/webp", "image/jpeg", "image/png8")
MOST_OFFERS = 2_000
LONGEST_TITLE = 120
LONGEST_ATTRIBUTION = 200
DEEPEST_ZOOM = 22
WMS_SIZE = 512


@dataclass(frozen=True, slots=True)
class Offer:
    """A layer that a service has. `why_not` says in words why it cannot be taken; empty where it can.

    `values` are fields of ExternalLayer.
    """

    name: str
    title: str
    abstract: str = ""
    path: tuple[str, ...] = ()
    why_not: str = ""
    values: dict[str, Any] = field(default_factory=dict)


def offers_in(root: Element, service: str) -> tuple[str, list[Offer]]:
    """The kind of the service and its layers. Raises Invalid for another document."""
    name = root.tag.lower()
    if name in ("wms_capabilities", "wmt_ms_capabilities"):
        return ExternalLayer.Kind.WMS, list(wms_offers(root, service))[:MOST_OFFERS]
    if name == "capabilities" and root.find("Contents/Layer") is not None:
        return ExternalLayer.Kind.WMTS, list(wmts_offers(root, service))[:MOST_OFFERS]
    if name in ("serviceexceptionreport", "exceptionreport"):
        raise Invalid(_("The service refuses: %(words)s") % {"words": exception_text(root) or _("it does not say why")})
    raise Invalid(_("At this address is no list of a WMS's or WMTS's layers: “%(tag)s”.") % {"tag": root.tag[:60]})


def exception_text(root: Element) -> str:
    """What an OGC service says that went wrong, short and on one line."""
    texts = [one.text for one in root.iter() if one.tag in ("ServiceException", "ExceptionText") and one.text]
    return plain(" ".join(texts))[:300]


# -- WMS --------------------------------------------------------------------------------------------------------------


def wms_offers(root: Element, service: str) -> Iterator[Offer]:
    top = root.find("Capability/Layer")
    if top is None:
        return
    version = "1.1.1" if root.tag.upper() == "WMT_MS_CAPABILITIES" else "1.3.0"
    formats = [(one.text or "").strip() for one in root.findall("Capability/Request/GetMap/Format")]
    shared = {
        "url": map_address(root, service),
        "service_version": version,
        "format": best_format(formats),
        "tile_size": WMS_SIZE,
        "max_zoom": DEEPEST_ZOOM - 1,
    }
    yield from wms_layers(top, (), set(), None, plain(root.findtext("Service/Title")), shared)


def map_address(root: Element, service: str) -> str:
    online = root.find("Capability/Request/GetMap/DCPType/HTTP/Get/OnlineResource")
    return urljoin(service, online.get("href", "")) if online is not None else service


def wms_layers(
    layer: Element,
    path: tuple[str, ...],
    systems: set[str],
    extent: list[float] | None,
    attribution: str,
    shared: dict[str, Any],
) -> Iterator[Offer]:
    """A layer, if it can be drawn, and those below it, which inherit its systems, extent and attribution."""
    own = systems | {
        code.upper() for one in (*layer.findall("CRS"), *layer.findall("SRS")) for code in (one.text or "").split()
    }
    extent = wms_extent(layer) or extent
    attribution = plain(layer.findtext("Attribution/Title")) or attribution
    title, name = plain(layer.findtext("Title")), (layer.findtext("Name") or "").strip()
    if name:
        known = next((code for code in MERCATOR if code in own), None)
        yield Offer(
            name=name,
            title=(title or name)[:LONGEST_TITLE],
            abstract=plain(layer.findtext("Abstract")),
            path=path,
            why_not=wms_fault(name, known, shared["format"]),
            values={
                **shared,
                **first_style(layer),
                "name": name,
                "extent_4326": extent,
                "attribution": attribution[:LONGEST_ATTRIBUTION],
            },
        )
    for below in layer.findall("Layer"):
        yield from wms_layers(below, (*path, title) if title else path, own, extent, attribution, shared)


def wms_fault(name: str, known: str | None, format_: str) -> str:
    if known != "EPSG:3857":
        return _("It is not drawn in EPSG:3857, the map’s projection.")
    if not format_:
        return _("The service gives no image that a browser shows.")
    return _("Its name has a comma in it.") if "," in name else ""


def first_style(layer: Element) -> dict[str, str]:
    """The service's default style, with its legend's address."""
    style = layer.find("Style")
    if style is None:
        return {"style": "", "legend_url": ""}
    online = style.find("LegendURL/OnlineResource")
    return {"style": "", "legend_url": online.get("href", "")[:1000] if online is not None else ""}


def wms_extent(layer: Element) -> list[float] | None:
    modern, old = layer.find("EX_GeographicBoundingBox"), layer.find("LatLonBoundingBox")
    if modern is not None:
        names = ("westBoundLongitude", "southBoundLatitude", "eastBoundLongitude", "northBoundLatitude")
        return box([modern.findtext(name) for name in names])
    return box([old.get(name) for name in ("minx", "miny", "maxx", "maxy")]) if old is not None else None


# -- WMTS -------------------------------------------------------------------------------------------------------------


def wmts_offers(root: Element, service: str) -> Iterator[Offer]:
    sets = {
        name: levels for name, levels in (matrix_set(one) for one in root.findall("Contents/TileMatrixSet")) if levels
    }
    attribution = plain(root.findtext("ServiceProvider/ProviderName"))[:LONGEST_ATTRIBUTION]
    for layer in root.findall("Contents/Layer"):
        yield wmts_offer(layer, sets, tile_address(root, service), attribution)


def tile_address(root: Element, service: str) -> str:
    for operation in root.findall("OperationsMetadata/Operation"):
        get = operation.find("DCP/HTTP/Get")
        if operation.get("name") == "GetTile" and get is not None:
            return urljoin(service, get.get("href", ""))
    return service


def wmts_offer(layer: Element, sets: Mapping[str, Sequence[str]], address: str, attribution: str) -> Offer:
    name = (layer.findtext("Identifier") or "").strip()
    linked = [(one.text or "").strip() for one in layer.findall("TileMatrixSetLink/TileMatrixSet")]
    chosen = next((one for one in linked if one in sets), None)
    format_ = best_format([(one.text or "").strip() for one in layer.findall("Format")])
    template = resource_template(layer, format_)
    style, legend = wmts_style(layer)
    values: dict[str, Any] = {
        "url": template or address,
        "name": name,
        "style": style,
        "format": format_,
        "legend_url": legend,
        "attribution": attribution,
        "extent_4326": corners_box(layer.find("WGS84BoundingBox")),
        "tile_size": 256,
    }
    if chosen:
        levels = sets[chosen]
        limits = [levels.index(one) for one in list_levels(layer, chosen) if one in levels] or range(len(levels))
        zooms = {"min_zoom": min(limits), "max_zoom": min(max(limits), DEEPEST_ZOOM)}
        values |= {"matrix_set": chosen, "matrices": list(levels), **zooms}
    return Offer(
        name=name,
        title=(plain(layer.findtext("Title")) or name)[:LONGEST_TITLE],
        abstract=plain(layer.findtext("Abstract")),
        why_not=wmts_fault(chosen, format_, template),
        values=values,
    )


def wmts_fault(chosen: str | None, format_: str, template: str) -> str:
    if chosen is None:
        return _("None of its tile sets is the map’s (Web Mercator, 256 pixels): take the same layer from a WMS.")
    if not format_:
        return _("The service gives no image that a browser shows.")
    if unknown := places_in(template) - WMTS_PLACES:
        return _("Its addresses ask for more than a place: %(names)s.") % {"names": ", ".join(sorted(unknown))[:80]}
    return ""


def matrix_set(element: Element) -> tuple[str, list[str]]:
    """The name of a set of levels and their identifiers from zoom 0 on; none where it is not the map's pyramid."""
    name = (element.findtext("Identifier") or "").strip()
    system = (element.findtext("SupportedCRS") or "").upper().replace("::", ":").replace("URN:OGC:DEF:CRS:", "")
    if not any(system.endswith(code.split(":")[1]) for code in MERCATOR):
        return name, []
    by_zoom = {zoom: identifier for zoom, identifier in map(level, element.findall("TileMatrix")) if zoom is not None}
    if not by_zoom:
        return name, []
    return name, [by_zoom.get(zoom, "") for zoom in range(max(by_zoom) + 1)]


def level(matrix: Element) -> tuple[int | None, str]:
    """The zoom of a level of the map's pyramid, None for any other; and its identifier."""
    identifier = (matrix.findtext("Identifier") or "").strip()
    try:
        exact = log2(WHOLE_WORLD / float(matrix.findtext("ScaleDenominator") or "0"))
        west, north = (float(value) for value in (matrix.findtext("TopLeftCorner") or "").split())
        side = int(matrix.findtext("TileWidth") or "0")
    except (ValueError, ZeroDivisionError):
        return None, identifier
    zoom = round(exact)
    placed = abs(west + HALF_WORLD_M) < 1 and abs(north - HALF_WORLD_M) < 1
    fits = abs(exact - zoom) < 0.001 and side == 256 and placed and 0 <= zoom <= DEEPEST_ZOOM
    return (zoom if fits else None), identifier


def list_levels(layer: Element, chosen: str) -> list[str]:
    """The identifiers of the levels that the layer has, where it says so."""
    links = [
        one for one in layer.findall("TileMatrixSetLink") if (one.findtext("TileMatrixSet") or "").strip() == chosen
    ]
    limits = [one for link in links for one in link.findall("TileMatrixSetLimits/TileMatrixLimits/TileMatrix")]
    return [(one.text or "").strip() for one in limits]


def resource_template(layer: Element, format_: str) -> str:
    resources = [one for one in layer.findall("ResourceURL") if one.get("resourceType") == "tile"]
    chosen = next((one for one in resources if one.get("format") == format_), resources[0] if resources else None)
    return chosen.get("template", "") if chosen is not None else ""


def wmts_style(layer: Element) -> tuple[str, str]:
    styles = layer.findall("Style")
    style = next((one for one in styles if one.get("isDefault", "").lower() == "true"), styles[0] if styles else None)
    if style is None:
        return "", ""
    legend = style.find("LegendURL")
    return (style.findtext("Identifier") or "").strip(), legend.get("href", "")[:1000] if legend is not None else ""


def corners_box(element: Element | None) -> list[float] | None:
    if element is None:
        return None
    return box([*(element.findtext("LowerCorner") or "").split(), *(element.findtext("UpperCorner") or "").split()])


# -- both -------------------------------------------------------------------------------------------------------------


def box(values: Sequence[str | None]) -> list[float] | None:
    """West, south, east and north in degrees, cut to the world; None where they are none, or the whole world."""
    try:
        west, south, east, north = (float(value or "") for value in values)
    except ValueError:
        return None
    west, south, east, north = max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0)
    if not (west < east and south < north) or (east - west > 350 and north - south > 160):
        return None
    return [round(value, 6) for value in (west, south, east, north)]


def best_format(formats: Sequence[str]) -> str:
    known = {one.lower().replace(" ", ""): one for one in formats}
    return next((known[one.replace(" ", "")] for one in FORMATS if one.replace(" ", "") in known), "")


def plain(text: str | None) -> str:
    """One line without anything that is not to be seen."""
    return " ".join("".join(one if one.isprintable() else " " for one in text or "").split())[:5_000]
