"""How an exported layer is drawn elsewhere: QGIS's own style and SLD, which go by the values of the file."""

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

from gis_core.files.writing.rows import Column
from gis_core.files.writing.wire import Style
from layers.catalogue.models import Layer
from layers.catalogue.qml import qml_of
from layers.exports.sld import sld_of

LONGEST_NAME = 30


def style_of(layer: Layer, columns: Sequence[Column]) -> Style:
    """The layer's style; where the file has words in place of codes, so have the conditions."""
    drawn = copy(layer)
    drawn.legend = label_legend(layer.legend, {one.name: one.code_labels for one in columns if one.code_labels})
    return Style(str(layer)[:LONGEST_NAME], qml_of(drawn), sld_of(drawn))


def label_legend(legend: Sequence[Any], labels: Mapping[str, Mapping[str, str]]) -> list[Any]:
    """The legend with conditions on labels, by column, in place of codes."""
    return [
        line | {"where": {name: label_condition(condition, labels.get(name)) for name, condition in where.items()}}
        for line in legend
        if (where := line.get("where") or {}) is not None
    ]


def label_condition(condition: Any, labels: Mapping[str, str] | None) -> Any:
    """The condition on labels in place of codes; as it is where the column has no labels."""
    if labels is None:
        return condition
    if isinstance(condition, dict):
        return (
            {**condition, "in": [label_condition(one, labels) for one in condition["in"]]}
            if "in" in condition
            else condition
        )
    return labels.get(str(condition), condition) if condition is not None else None
