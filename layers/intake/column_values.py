"""Values of a declared layer's columns, and the labels of these, as people read them in their language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from layers.catalogue.points import LAYERS
from layers.features.display import display_date, display_number

PLACE = "place"
"""Stands for the geometry among the names of columns."""
RESERVED: Final = {"reserved": True}
"""Stands for a value of a column that only some roles see."""


@cache
def columns_by_name(slug: str) -> dict[str, Mapping[str, Any]]:
    """Every column of a declared layer, read-only ones, too; none of one that is not declared."""
    return {str(column["name"]): column for one in LAYERS.all() if one.slug == slug for column in one.columns}


def label_of_column(slug: str, name: str) -> str:
    """The label of a column; its name where the layer has it no more."""
    from layers.catalogue.models import in_language

    if name == PLACE:
        return pgettext("of an object", "Place")
    column = columns_by_name(slug).get(name)
    return in_language(column["label"], column.get("label_en", "")) if column else name


def is_reserved(slug: str, name: str) -> bool:
    """Whether only some roles see a column: no value of it is kept outside of its row."""
    return columns_by_name(slug).get(name, {}).get("roles") is not None


def display_value(slug: str, name: str, value: Any) -> str:
    """A value as JSON keeps it, by the type and the code list of its column; empty for none."""
    from layers.catalogue.models import in_language

    column = columns_by_name(slug).get(name, {})
    if value is None or value == "":
        return ""
    if value == RESERVED:
        return _("not shown here")
    if (labels := (column.get("values") or {}).get(str(value))) is not None:
        return in_language(*labels)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    try:
        if column.get("type") == "date":
            return display_date(value)
        if column.get("type") in ("number", "integer", "length_m"):
            return display_number(float(value))
    except ValueError:
        # Kept when the column had another type.
        pass
    return str(value)


def describe_values(slug: str, values: list[tuple[str, Any]]) -> str:
    """Values with the labels of their columns, between commas: “État Bon, Taille Grande, un autre endroit”."""
    each = [
        _("another place") if name == PLACE else f"{label_of_column(slug, name)} {display_value(slug, name, value)}"
        for name, value in values
    ]
    return ", ".join(each)
