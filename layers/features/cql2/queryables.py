"""What a filter may name: the columns that the asker sees, the identifier, the geometry."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from gis_core.members.rights import Rights
from layers.catalogue.models import Layer

type Kind = Literal["text", "number", "boolean", "date", "timestamp", "geometry"]
type Queryables = Mapping[str, "Queryable"]

KINDS: dict[str, Kind] = {
    "text": "text",
    "integer": "number",
    "number": "number",
    "area_m2": "number",
    "length_m": "number",
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamp",
}


@dataclass(frozen=True, slots=True)
class Queryable:
    """A name in filters, the column it stands for, and the kind of its values."""

    name: str
    column: str
    kind: Kind


def queryables_of(layer: Layer, rights: Rights) -> Queryables:
    """Queryables by name, in the columns' order."""
    fields = layer.fields_for(rights)
    columns = {field["name"]: Queryable(field["name"], field["name"], KINDS[field["type"]]) for field in fields}
    geometry = Queryable(geometry_name(layer), "geom", "geometry")
    return {"id": Queryable("id", "id", "number"), geometry.name: geometry} | columns


def geometry_name(layer: Layer) -> str:
    """What filters and schemas call the geometry; `geom` only where a column has the usual name."""
    return "geom" if any(column["name"] == "geometry" for column in layer.columns) else "geometry"
