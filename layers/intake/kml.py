"""KML made into GeoJSON, for the restricted reader, which reads no KML: placemarks with what their schema, their data
or the table of their description says.
"""

import json
import re
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.files.markup import parse_xml
from layers.intake.faults import Fault

MOST_BYTES: Final = 64_000_000
ROW: Final = re.compile(r"<tr[^>]*>\s*<t[dh][^>]*>(.*?)</t[dh]>\s*<td[^>]*>(.*?)</td>", re.IGNORECASE | re.DOTALL)
TAG: Final = re.compile(r"<[^>]+>")
KINDS: Final = {"Point": "Point", "LineString": "LineString"}

type Json = dict[str, Any]


def readable(paths: Sequence[Path], faults: list[Fault]) -> list[Path]:
    """The files with each KML file replaced by its GeoJSON, written beside it; what is no KML inside is a fault."""
    found = []
    for path in paths:
        if path.suffix.lower() != ".kml":
            found.append(path)
            continue
        try:
            found.append(converted(path))
        except Invalid as refused:
            faults.append(Fault(file=path.name, row=None, message=refused.message))
    return found


def converted(path: Path) -> Path:
    """Raises Invalid."""
    if path.stat().st_size > MOST_BYTES:
        raise Invalid(_("The KML file is larger than %(most)s MB: send it as GeoPackage.") % {"most": 64})
    made = path.with_name(f"{path.stem}.kml.geojson")
    made.write_text(json.dumps(collection(path.read_bytes()), ensure_ascii=False), encoding="utf-8")
    return made


def collection(content: bytes) -> Json:
    """The placemarks of a document as a feature collection, in its order. Raises Invalid."""
    root = parse_xml(content, most_bytes=MOST_BYTES)
    features = [feature(one) for one in root.iter("Placemark")]
    if not features:
        raise Invalid(_("There is no placemark in this KML file."))
    drop_repeated(features, "Name")
    drop_repeated(features, "Description")
    names = list(dict.fromkeys(name for one in features for name in one["properties"]))
    for one in features:
        one["properties"] = {name: one["properties"].get(name) for name in names}
    return {"type": "FeatureCollection", "features": features}


def feature(placemark: Element) -> Json:
    described = (placemark.findtext("description") or "").strip()
    fields = dict(data_of(placemark)) or dict(table_in(described))
    told = {"Name": (placemark.findtext("name") or "").strip() or None}
    if described and not ROW.search(described):
        told["Description"] = unescape(TAG.sub(" ", described)).strip() or None
    return {"type": "Feature", "geometry": geometry(placemark), "properties": told | fields}


def data_of(placemark: Element) -> Iterator[tuple[str, str | None]]:
    for one in placemark.iter("SimpleData"):
        yield one.get("name", ""), (one.text or "").strip() or None
    for one in placemark.iter("Data"):
        yield one.get("name", ""), (one.findtext("value") or "").strip() or None


def table_in(described: str) -> Iterator[tuple[str, str | None]]:
    """The rows of two cells in the HTML of a description."""
    for name, value in ROW.findall(described):
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
    places = list(places_in(element.findtext("coordinates") or ""))
    if element.tag == "Point":
        return {"type": "Point", "coordinates": places[0]} if places else None
    return {"type": "LineString", "coordinates": places} if len(places) > 1 else None


def places_in(text: str) -> Iterator[list[float]]:
    """Raises Invalid."""
    for one in text.split():
        try:
            yield [float(part) for part in one.split(",")[:2]]
        except ValueError as error:
            raise Invalid(_("“%(text)s” is no place of a KML file.") % {"text": one[:40]}) from error


def drop_repeated(features: Sequence[Json], name: str) -> None:
    """A field that says the same as another one everywhere, or nothing, is left out."""
    told = [one["properties"] for one in features]
    others = {other for one in told for other in one if other != name}
    same = any(all(one.get(name) == one.get(other) for one in told) for other in others)
    if same or not any(one.get(name) for one in told):
        for one in told:
            one.pop(name, None)
