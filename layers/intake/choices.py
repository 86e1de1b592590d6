"""What a person decides about an import, as plain values that are kept with it."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gis_core.files.reader import Reading
from gis_core.files.reader.fields import safe_names
from layers.catalogue.models import Layer
from layers.catalogue.tables import SQL_TYPES

TYPES = ("text", "integer", "number", "boolean", "date", "datetime")
# Characters of the label of a column; fields of a layer (PostgreSQL takes 1,600, of which each answer would hold all).
LONGEST_LABEL = 80
MOST_FIELDS = 500
# The number of an object in its layer, as exports write it, where rows are compared by it (`Mode.ATTRIBUTES`).
FEATURE_ID = "id_in_layer"
# The column of the heights (m) of points, which the geometry of a layer does not hold.
HEIGHT = "z"
# Names that answers use beside a layer's own columns.
ANSWERED = frozenset({"bbox", "geometry", "layer_version"})
KINDS = {
    "Point": Layer.Geometry.POINT,
    "MultiPoint": Layer.Geometry.POINT,
    "LineString": Layer.Geometry.LINE,
    "MultiLineString": Layer.Geometry.LINE,
    "Polygon": Layer.Geometry.POLYGON,
    "MultiPolygon": Layer.Geometry.POLYGON,
}


class Mode(TextChoices):
    """What a layer of a file does to the layers of the catalogue."""

    CREATE = "create", _("New layer")
    REPLACE = "replace", _("Replace")
    APPEND = "append", _("Append")
    SYNCHRONISE = "synchronise", _("Synchronise")
    ATTRIBUTES = "attributes", _("Update attributes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of the file and the column that it fills; `roles` are those that alone see it, none for everybody."""

    source: str
    name: str
    label: str
    type: str
    roles: tuple[str, ...] = ()

    def column(self) -> dict[str, Any]:
        """The column as the catalogue declares it; tiles carry what everybody sees and is short."""
        private = {"roles": list(self.roles)} if self.roles else {}
        return {
            "name": self.name,
            "label": self.label,
            "label_en": "",
            "type": self.type,
            "unit": None,
            "in_tiles": not private,
            **private,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How a layer of a file is to be read where the file does not say it or says it wrongly; None: as found.

    With `swapped` the file's x and y change places.
    """

    crs: int | None = None
    encoding: str | None = None
    separator: str | None = None
    header: bool | None = None
    x: str | None = None
    y: str | None = None
    wkt: str | None = None
    swapped: bool = False

    def reading(self) -> Reading:
        """What the reader has to know."""
        said = asdict(self)
        del said["crs"]
        return Reading(**said | {"swapped": self.swapped or None})


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """Where rows without places take theirs: from the objects of a layer (its slug) whose `column` has what the field
    `source` of the file says.
    """

    layer: str
    column: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What a new layer says of itself and to whom; the names are those of `Layer`."""

    slug: str
    title: str
    theme: str
    new_theme: str = ""
    abstract: str = ""
    lineage: str = ""
    licence: str = ""
    attribution: str = ""
    contact: str = ""
    source_date: str = ""
    visibility: str = Layer.Visibility.OWNER.value
    shared_with: tuple[int, ...] = ()
    editor_roles: tuple[str, ...] = ()
    title_field: str = ""
    visible_at_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Everything that was decided. `key` is the column of the unique reference, `outside` whether rows outside the
    territory come in, `addresses` the fields whose text is looked up in the address table in place of coordinates,
    `join` the layer that has the places, `invalid` what becomes of invalid geometries.
    """

    fields: tuple[Field, ...]
    geometry: str
    key: str = ""
    outside: bool = False
    addresses: tuple[str, ...] = ()
    invalid: Literal["repair", "refuse", "keep"] = "repair"
    opening: Opening = field(default_factory=Opening)
    layer: Description | None = None
    join: Join | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Choices":
        layer = kept["layer"]
        return cls(
            fields=tuple(Field(**one | {"roles": tuple(one["roles"])}) for one in kept["fields"]),
            geometry=kept["geometry"],
            key=kept["key"],
            outside=kept["outside"],
            addresses=tuple(kept["addresses"]),
            invalid=kept.get("invalid", "repair"),
            opening=Opening(**kept["opening"]),
            layer=layer and description_from(layer),
            join=Join(**kept["join"]) if kept.get("join") else None,
        )

    def column_names(self) -> list[str]:
        return [one.name for one in self.fields]


def description_from(kept: Mapping[str, Any]) -> Description:
    lists = {name: tuple(kept[name]) for name in ("shared_with", "editor_roles")}
    return Description(**{**kept, **lists})


def plain(text: str) -> str:
    """Small letters, digits and single underscores: `DÉNOMINATI°1` gives `denominati_1`."""
    flat = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("æ", "ae")).lower()
    bare = "".join(one for one in flat if not unicodedata.combining(one))
    return re.sub(r"[^a-z0-9]+", "_", bare).strip("_")


def label_of(source: str) -> str:
    """How a field is called at first: its own name, its underscores as spaces, not in capitals, cut where too long."""
    text = re.sub(r"[_\s]+", " ", source).strip() or source
    text = text.lower() if text.isupper() else text
    text = text[:1].upper() + text[1:]
    return text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - 1].rstrip()}…"


def default_fields(layer: Mapping[str, Any]) -> tuple[Field, ...]:
    """All fields of a layer of a delivery, under the names that they get when nobody says more."""
    readable = [one for one in layer["fields"] if one["guess"] in TYPES]
    names = safe_names([one["name"] for one in readable], sorted(ANSWERED))
    labels = labels_of([one["name"] for one in readable])
    return tuple(
        Field(source=one["name"], name=name.name, label=label, type=one["guess"])
        for one, name, label in zip(readable, names, labels, strict=True)
    )


def labels_of(sources: Sequence[str]) -> list[str]:
    """The label of each field; fields whose names differ by capitals or blanks alone keep their own names."""
    labels = [label_of(one) for one in sources]
    times = Counter(labels)
    return [label if times[label] == 1 else one[:LONGEST_LABEL] for one, label in zip(sources, labels, strict=True)]


def shape_field(layer: Mapping[str, Any]) -> str | None:
    """The field of a table whose text (WKT, GeoJSON) is the geometry itself: it comes in as that, not as a field."""
    place = layer.get("place") or {}
    wkt: str | None = place.get("wkt")
    return wkt


def match_fields(layer: Mapping[str, Any], columns: Sequence[Mapping[str, Any]]) -> tuple[Field, ...]:
    """The fields of a layer of a delivery that fill columns which exist, by name or by label."""
    names = {column["name"]: column for column in columns}
    labels = {plain(column["label"]): column for column in columns}
    fields: dict[str, Field] = {}
    for source in (one["name"] for one in layer["fields"]):
        column = names.get(source) or names.get(plain(source)) or labels.get(plain(source))
        if column and column["name"] not in fields:
            fields[column["name"]] = filling(source, column)
    return tuple(fields.values())


def filling(source: str, column: Mapping[str, Any]) -> Field:
    """A field of a file that fills a column which exists."""
    kind = column["type"] if column["type"] in SQL_TYPES else "text"
    roles = tuple(column.get("roles") or ())
    return Field(source=source, name=column["name"], label=column["label"], type=kind, roles=roles)


def has_heights(layer: Mapping[str, Any]) -> bool:
    """Whether the geometries of a layer of a delivery have heights."""
    return bool((layer.get("geometry") or {}).get("heights"))


def height_fields(
    layer: Mapping[str, Any], geometry: str, fields: Sequence[Field], columns: Sequence[Mapping[str, Any]] | None = None
) -> tuple[Field, ...]:
    """The column for the heights of points, of a new layer or of one that has it (`columns`); none where a field of the
    file fills it.
    """
    free = HEIGHT not in {one.name for one in fields}
    there = columns is None or any(one["name"] == HEIGHT and one["type"] == "number" for one in columns)
    if geometry != "point" or not has_heights(layer) or not free or not there:
        return ()
    label = next((one["label"] for one in columns or () if one["name"] == HEIGHT), gettext("Altitude (m)"))
    return (Field(source="", name=HEIGHT, label=label, type="number"),)


def keeps_heights(choices: "Choices") -> bool:
    """Whether heights of points come in, as a column."""
    return any(one.name == HEIGHT and not one.source for one in choices.fields)


def id_field(layer: Mapping[str, Any]) -> str:
    """The field of a layer of a delivery that holds the number of each object, as our exports call it; "" for none."""
    return next((one["name"] for one in layer["fields"] if plain(one["name"]) == "id"), "")


def id_filling(source: str) -> Field:
    """That field, to compare rows by."""
    return Field(source=source, name=FEATURE_ID, label="id", type="integer")


def kinds_of(layer: Mapping[str, Any]) -> dict[str, int]:
    """How many geometries of each kind of layer (point, line, polygon) there are, the most frequent first."""
    counts: dict[str, int] = {}
    for name, count in layer["geometry_types"].items():
        if kind := KINDS.get(name):
            counts[kind.value] = counts.get(kind.value, 0) + count
    return dict(sorted(counts.items(), key=lambda one: -one[1]))


def default_title_field(fields: Sequence[Field]) -> str:
    """The column that names a feature: one called so, else the first text, else the first."""
    texts = [one for one in fields if one.type == "text" and not one.roles]
    called = [one for one in texts if re.search(r"nom|name|libell|titre|label|denomin", one.name)]
    return next((one.name for one in [*called, *texts, *fields]), "")


def date_or_none(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
