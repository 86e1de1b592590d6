"""KML made into GeoJSON: placemarks with what their schema, their data or the table of their description says."""

import json
import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Any, Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from .files import regular
from .markup import check_xml
from .trouble import Trouble

MOST_BYTES: Final = 64_000_000
MOST_ELEMENTS: Final = 400_000
ROW: Final = re.compile(r"<tr[^>]*>\s*<t[dh][^>]*>(.*?)</t[dh]>\s*<td[^>]*>(.*?)</td>", re.IGNORECASE | re.DOTALL)
TAG: Final = re.compile(r"<[^>]+>")
KINDS: Final = frozenset({"Point", "LineString", "Polygon"})
# Corners of a ring, the first one again at its end.
FEWEST_CORNERS: Final = 4

type Json = dict[str, Any]


def geojson_of(name: str) -> bytes:
    """The placemarks of a KML file as a feature collection, in its order, in degrees. Raises Trouble."""
    check_xml(name, MOST_ELEMENTS)
    with regular(name) as stream:
        content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Trouble("kml_too_large", limit_mb=MOST_BYTES // 1_000_000)
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 - check_xml refuses a document type: no entities
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise Trouble("cannot_open", reason=str(error)[:300]) from error
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return json.dumps(collection(root), ensure_ascii=False).encode()


def collection(root: Element) -> Json:
    """The placemarks as a GeoJSON FeatureCollection, all with the same properties. Raises Trouble for none."""
    features = [feature(one) for one in root.iter("Placemark")]
    if not features:
        raise Trouble("kml_without_placemark")
    drop_repeated(features, "Name")
    drop_repeated(features, "Description")
    names = list(dict.fromkeys(name for one in features for name in one["properties"]))
    for one in features:
        one["properties"] = {name: one["properties"].get(name) for name in names}
    return {"type": "FeatureCollection", "features": features}


def feature(placemark: Element) -> Json:
    description = (placemark.findtext("description") or "").strip()
    fields = dict(data_of(placemark)) or dict(table_in(description))
    properties = {"Name": (placemark.findtext("name") or "").strip() or None}
    if description and not ROW.search(description):
        properties["Description"] = unescape(TAG.sub(" ", description)).strip() or None
    return {"type": "Feature", "geometry": geometry(placemark), "properties": properties | fields}


def data_of(placemark: Element) -> Iterator[tuple[str, str | None]]:
    for one in placemark.iter("SimpleData"):
        yield one.get("name", ""), (one.text or "").strip() or None
    for one in placemark.iter("Data"):
        yield one.get("name", ""), (one.findtext("value") or "").strip() or None


def table_in(description: str) -> Iterator[tuple[str, str | None]]:
    """The rows of two cells in the HTML of a description."""
    for name, value in ROW.findall(description):
        plain = unescape(TAG.sub("", name)).strip()
        if plain:
            yield plain, unescape(TAG.sub("", value)).strip() or None


def geometry(placemark: Element) -> Json | None:
    shapes = [shape for one in placemark.iter() if one.tag in KINDS and (shape := shape_of(one))]
    if not shapes:
        return None
    if len(shapes) == 1:
        return shapes[0]
    kind = shapes[0]["type"]
    alike = [one["coordinates"] for one in shapes if one["type"] == kind]
    return {"type": f"Multi{kind}", "coordinates": alike}


def shape_of(element: Element) -> Json | None:
    if element.tag == "Polygon":
        rings = [ring for ring in map(ring_of, boundaries_of(element)) if ring]
        return {"type": "Polygon", "coordinates": rings} if rings else None
    places = list(places_in(element.findtext("coordinates") or ""))
    if element.tag == "Point":
        return {"type": "Point", "coordinates": places[0]} if places else None
    return {"type": "LineString", "coordinates": places} if len(places) > 1 else None


def boundaries_of(polygon: Element) -> list[Element]:
    """The rings of a polygon, the outer one first."""
    return [ring for name in ("outerBoundaryIs", "innerBoundaryIs") for ring in polygon.findall(f"{name}/LinearRing")]


def ring_of(ring: Element) -> list[list[float]]:
    """Its corners, closed; none for one that encloses nothing."""
    places = list(places_in(ring.findtext("coordinates") or ""))
    if places and places[0] != places[-1]:
        places.append(places[0])
    return places if len(places) >= FEWEST_CORNERS else []


def places_in(text: str) -> Iterator[list[float]]:
    """Longitude and latitude in degrees. Raises Trouble."""
    for one in text.split():
        try:
            yield [float(part) for part in one.split(",")[:2]]
        except ValueError as error:
            raise Trouble("kml_place", text=one[:40]) from error


def drop_repeated(features: Sequence[Json], name: str) -> None:
    """A field that says the same as another one everywhere, or nothing, is left out."""
    rows = [one["properties"] for one in features]
    others = {other for one in rows for other in one if other != name}
    same = any(all(one.get(name) == one.get(other) for one in rows) for other in others)
    if same or not any(one.get(name) for one in rows):
        for one in rows:
            one.pop(name, None)
