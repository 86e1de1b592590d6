"""What a layer's labels write beside a feature: the values of one column or of several, as one text."""

from collections.abc import Mapping
from typing import Any

from layers.catalogue.models import Layer, in_language

USUAL_PRIORITY = 5
"""Of QGIS too: labels of this priority give way by the order of their layers."""


def label_columns(labels: Mapping[str, Any]) -> list[str]:
    """The columns that labels write, in their order; none without labels."""
    return [labels["column"], *labels.get("also", ())] if labels else []


def label_parts(layer: Layer) -> list[dict[str, Any]]:
    """How each column of a layer's labels is written: its prefix, and short words of codes in the asker's language."""
    columns = {column["name"]: column for column in layer.columns}
    return [label_part(columns.get(name, {"name": name})) for name in label_columns(layer.labels)]


def label_part(column: Mapping[str, Any]) -> dict[str, Any]:
    short = {code: in_language(*labels) for code, labels in (column.get("short") or {}).items()}
    return {"column": column["name"], "prefix": column.get("prefix") or "", "short": short}


def label_text(layer: Layer, properties: Mapping[str, Any]) -> str:
    """The label of a feature; what has no value is left out."""
    return join_parts(label_parts(layer), properties)


def join_parts(parts: list[dict[str, Any]], properties: Mapping[str, Any]) -> str:
    """The same, for whoever writes many labels of one layer."""
    filled = ((part, properties.get(part["column"])) for part in parts)
    return " ".join(
        f"{part['prefix']}{part['short'].get(str(value), plain(value))}"
        for part, value in filled
        if value not in (None, "")
    )


def plain(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
