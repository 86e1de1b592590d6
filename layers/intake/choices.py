"""What a person decides about an import, as plain values that are kept with it."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from gis_core.files.reader import Reading
from gis_core.files.reader.fields import safe_names
from layers.catalogue.models import Layer
from layers.catalogue.tables import SQL_TYPES

TYPES = ("text", "integer", "number", "boolean", "date", "datetime")
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
    """How a layer of a file is to be read where the file does not say it or says it wrongly; None: as found."""

    crs: int | None = None
    encoding: str | None = None
    separator: str | None = None
    header: bool | None = None
    x: str | None = None
    y: str | None = None
    wkt: str | None = None

    def reading(self) -> Reading:
        """What the reader has to know."""
        said = asdict(self)
        del said["crs"]
        return Reading(**said)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Everything that was decided. `key` is the column of the unique reference, `outside` whether rows outside the
    territory come in, `addresses` the fields whose text is looked up in the address table in place of coordinates,
    `invalid` what becomes of invalid geometries.
    """

    fields: tuple[Field, ...]
    geometry: str
    key: str = ""
    outside: bool = False
    addresses: tuple[str, ...] = ()
    invalid: Literal["repair", "refuse", "keep"] = "repair"
    opening: Opening = field(default_factory=Opening)
    layer: Description | None = None

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
    """How a field is called at first: its own name, its underscores as spaces, not in capitals."""
    text = re.sub(r"[_\s]+", " ", source).strip() or source
    text = text.lower() if text.isupper() else text
    return text[:1].upper() + text[1:]


def default_fields(layer: Mapping[str, Any]) -> tuple[Field, ...]:
    """All fields of a layer of a delivery, under the names that they get when nobody says more."""
    readable = [one for one in layer["fields"] if one["guess"] in TYPES]
    names = safe_names([one["name"] for one in readable], sorted(ANSWERED))
    return tuple(
        Field(source=one["name"], name=name.name, label=label_of(one["name"]), type=one["guess"])
        for one, name in zip(readable, names, strict=True)
    )


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
