"""GeoJSON read in Python: GDAL forgives too much and says too little about what it does not forgive."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from . import crs
from .geometry import CODES, Shape, encode, union, unknown_type
from .jsontext import JsonText, kind_of
from .rows import Problem, Row, check_properties, printable
from .trouble import Trouble

FIELD_LIMIT = 1000
IDENTIFYING = ("id", "idu", "code", "insee")

type Limits = dict[str, int]


class GeoJsonFile:
    """One GeoJSON file, read twice: once to know what it is, once to give its features.

    `lenient`: coordinates may contradict the CRS, for a person will be asked.
    """

    def __init__(self, open_stream: Callable[[], BinaryIO], limits: Limits, *, lenient: bool = False) -> None:
        self._open = open_stream
        self._limits = limits
        self._lenient = lenient
        self._info: dict[str, Any] | None = None

    def inspect(self) -> dict[str, Any]:
        """Format, CRS, counts, bounds, fields. Raises Trouble when the file as a whole cannot be read."""
        if self._info is None:
            survey = Survey(self._limits)
            with self._open() as stream:
                text = self._text(stream)
                head: dict[str, Any] = {}
                for raw, anomaly in raw_features(text, head):
                    survey.add(raw, anomaly)
            epsg = crs.epsg_of_member(head.get("crs"), any_code=self._lenient)
            self._info = survey.result(epsg, text.had_bom, lenient=self._lenient)
        return self._info

    def rows(self) -> Iterator[Row | Problem]:
        """Every feature in file order."""
        epsg = int(self.inspect()["layers"][0]["crs"])
        with self._open() as stream:
            for index, (raw, anomaly) in enumerate(raw_features(self._text(stream), {}), start=1):
                try:
                    row, shape = to_row(raw, index, anomaly)
                    if not self._lenient:
                        check_range(shape, epsg)
                except Trouble as trouble:
                    yield Problem(index, identifier_of(raw), trouble.code, trouble.params)
                else:
                    yield row

    def _text(self, stream: BinaryIO) -> JsonText:
        return JsonText(stream, max_bytes=self._limits["file_bytes"], max_value=self._limits["value_chars"])


class Survey:
    """Counts kept while a file is read through for the first time."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._total = self._vertices = self._refused = self._bare = 0
        self._kinds: Counter[str] = Counter()
        self._fields: dict[str, set[str]] = {}
        self._bounds = array("d")

    def add(self, raw: object, anomaly: Trouble | None) -> None:
        """Take one feature into account; raises Trouble when the file is larger than allowed."""
        self._total += 1
        if self._total > self._limits["features"]:
            raise Trouble("too_many_features", limit=self._limits["features"])
        try:
            row, shape = to_row(raw, self._total, anomaly)
        except Trouble:
            self._refused += 1
            return
        self._add_fields(row.properties)
        if shape is None:
            self._bare += 1
        else:
            self._add_shape(shape)

    def result(self, epsg: int, had_bom: bool, *, lenient: bool = False) -> dict[str, Any]:
        """The description of the file once its CRS is known."""
        boxes = self._boxes()
        misplaced = 0 if lenient else sum(not crs.fits(box, epsg) for box in boxes)
        if boxes and misplaced == len(boxes):
            raise wrong_crs(boxes[0], epsg)
        layer = {
            "name": None,
            "crs": epsg,
            "features": self._total,
            "refused": self._refused + misplaced,
            "without_geometry": self._bare,
            "vertices": self._vertices,
            "bounds": list(union(boxes)) if boxes else None,
            "geometry_types": dict(self._kinds),
            "fields": {name: sorted(kinds) for name, kinds in self._fields.items()},
        }
        return {"format": "GeoJSON", "layers": [layer], "notes": ["utf8_bom"] if had_bom else []}

    def _add_fields(self, properties: dict[str, Any]) -> None:
        for name, value in properties.items():
            self._fields.setdefault(name, set()).add(kind_of(value))
        if len(self._fields) > FIELD_LIMIT:
            raise Trouble("too_many_fields", limit=FIELD_LIMIT)

    def _add_shape(self, shape: Shape) -> None:
        self._kinds[shape.kind] += 1
        self._vertices += shape.vertices
        self._bounds.extend(shape.bounds)
        if self._vertices > self._limits["vertices"]:
            raise Trouble("too_many_vertices", limit=self._limits["vertices"])

    def _boxes(self) -> list[tuple[float, float, float, float]]:
        flat = iter(self._bounds)
        return list(zip(flat, flat, flat, flat, strict=True))


def raw_features(text: JsonText, head: dict[str, Any]) -> Iterator[tuple[Any, Trouble | None]]:
    """Features of a collection as they come, then the members of the document in `head`.

    A lone Feature or geometry counts as one feature. The second item is what JSON does not allow in that feature.
    """
    first = text.peek()
    if first != "{":
        raise _not_an_object(first)
    count = 0
    for key in text.members():
        if key in head:
            raise Trouble("duplicate_key", key=printable(key))
        if key == "features" and text.peek() == "[":
            head[key] = []
            for value in text.elements():
                count += 1
                yield value, _take_anomaly(text)
        else:
            head[key] = text.value()
            anomaly = _take_anomaly(text)
            if anomaly:
                raise anomaly
    text.end()
    lone = lone_feature(head, count)
    if lone is not None:
        yield lone, None


def lone_feature(head: dict[str, Any], count: int) -> dict[str, Any] | None:
    """The feature that the whole document is; None for a collection of at least one feature."""
    kind = head.get("type")
    if kind == "FeatureCollection":
        if "features" not in head:
            raise Trouble("missing_features")
        if not isinstance(head["features"], list):
            raise Trouble("features_not_list", found=kind_of(head["features"]))
        if not count:
            raise Trouble("no_features")
        return None
    if kind != "Feature" and (not isinstance(kind, str) or kind not in CODES):
        raise unknown_type(kind, "file")
    if "features" in head:
        raise Trouble("features_in_feature", type=kind)
    return head if kind == "Feature" else {"type": "Feature", "geometry": head, "properties": None}


def to_row(raw: object, index: int, anomaly: Trouble | None) -> tuple[Row, Shape | None]:
    """One feature checked; raises Trouble."""
    if not isinstance(raw, dict):
        raise Trouble("feature_not_object", found=kind_of(raw))
    if raw.get("type") != "Feature":
        raise _not_a_feature(raw.get("type"))
    if anomaly:
        raise anomaly
    properties = check_properties(raw.get("properties"))
    geometry = raw.get("geometry")
    shape = None if geometry is None else encode(geometry)
    return Row(index, identifier_of(raw), properties, shape.wkb if shape else None), shape


def identifier_of(raw: object) -> str | None:
    """What people would call the feature: its id, or a property that identifies it."""
    if not isinstance(raw, dict):
        return None
    properties = raw.get("properties")
    values = properties if isinstance(properties, dict) else {}
    candidates = [raw.get("id"), *(values.get(name) for name in IDENTIFYING)]
    identifier = next((value for value in candidates if isinstance(value, str | int) and value != ""), None)
    return None if identifier is None else printable(str(identifier))


def check_range(shape: Shape | None, epsg: int) -> None:
    """Raise Trouble when the coordinates cannot be in the file's CRS."""
    if shape is not None and not crs.fits(shape.bounds, epsg):
        raise wrong_crs(shape.bounds, epsg, "out_of_range")


def wrong_crs(bounds: tuple[float, float, float, float], epsg: int, code: str = "wrong_crs") -> Trouble:
    """Words for coordinates that do not fit, with the system that they seem to be in."""
    seems = crs.likely_epsg(bounds)
    params = {"declared": epsg, "x": round(bounds[0], 3), "y": round(bounds[1], 3)}
    return Trouble(f"{code}_seems", seems=seems, **params) if seems else Trouble(code, **params)


def _take_anomaly(text: JsonText) -> Trouble | None:
    first = text.anomalies[0] if text.anomalies else None
    text.anomalies.clear()
    return first


def _not_an_object(first: str) -> Trouble:
    if not first:
        return Trouble("empty_file")
    kinds = {"[": "array", '"': "string", "t": "boolean", "f": "boolean", "n": "null"}
    if first in kinds or first in "-0123456789":
        return Trouble("not_an_object", found=kinds.get(first, "number"))
    return Trouble("nul_character", line=1, column=1) if first == "\0" else Trouble("not_json", found=first)


def _not_a_feature(member: object) -> Trouble:
    if isinstance(member, str) and member in (*CODES, "FeatureCollection"):
        return Trouble("not_a_feature", found=member)
    return unknown_type(member, "feature")
