"""Features as the web map shows them: title, subtitle, lines with French values, geometry."""

from collections.abc import Sequence
from typing import Any

from gis_core.members.rights import Rights
from layers.catalogue.columns import applies_to
from layers.catalogue.models import Layer
from layers.features.services.read import label_values, title_of
from layers.features.sheet import Addition, additions, column_property, plain

type Row = dict[str, Any]


def features_as_json(layer: Layer, rows: Sequence[Row], rights: Rights) -> list[dict[str, Any]]:
    """FEATURE objects of rows read with their geometry, with what the layer's app adds."""
    added = additions(layer.slug, rows, rights)
    return [feature_as_json(layer, row, added.get(row["id"], Addition()), rights) for row in rows]


def feature_as_json(layer: Layer, row: Row, addition: Addition, rights: Rights) -> dict[str, Any]:
    return {
        "layer": layer.slug,
        "id": row["id"],
        "title": addition.title or title_of(layer, row),
        "subtitle": addition.subtitle,
        "properties": properties_as_json(layer, row, addition, rights),
        "links": [link.as_json() for link in addition.links],
        "picture": addition.picture,
        "geometry": row["geometry"],
        "bbox_4326": row["bbox"],
        "version": row["version"],
    }


def properties_as_json(layer: Layer, row: Row, addition: Addition, rights: Rights) -> list[dict[str, Any]]:
    values = label_values(layer, row)
    columns = [column for column in layer.fields_for(rights) if column["name"] not in addition.hidden]
    said = {line.name: line for line in addition.properties}
    names = [column["name"] for column in columns]
    lines = [
        said.get(column["name"]) or column_property(column, values[column["name"]])
        for column in columns
        if applies_to(column, row) or values[column["name"]] is not None
    ]
    return [line.as_json() for line in (*lines, *(one for name, one in said.items() if name not in names))]


def rows_as_json(layer: Layer, rows: Sequence[Row], rights: Rights) -> list[dict[str, Any]]:
    """Rows of a list: title, plain values (coded ones in words), bbox."""
    names = [field["name"] for field in layer.fields_for(rights)]
    return [
        {
            "id": row["id"],
            "title": title_of(layer, row),
            "properties": {name: plain(values[name]) for name in names},
            "bbox_4326": row["bbox"],
        }
        for row, values in ((row, label_values(layer, row)) for row in rows)
    ]
