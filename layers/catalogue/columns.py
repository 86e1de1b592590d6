"""Columns of declared layers that people edit (`layers.catalogue.models.Layer.columns`)."""

from collections.abc import Mapping, Sequence
from typing import Any

from gis_core.database import clock as database_clock

type Column = dict[str, Any]
THIS_YEAR = "this_year"
"""The `maximum` of a year that cannot lie ahead."""


def column(name: str, label: str, label_en: str, kind: str = "text", **more: Any) -> Column:
    """A column that people edit.

    `more` are its unit, its bounds (`minimum`, `maximum`, `maximum_length`), whether it is `required`, `read_only` or
    `in_tiles`, the labels of its codes (`values`: {code: (French, English)}), what is proposed while one types
    (`suggest`: `addresses`), how the map's labels write it (`prefix`, `short`: {code: (French, English)}), the objects
    of which it is asked (`when`: {another column: [values]}; otherwise of all).
    """
    given = {"name": name, "label": label, "label_en": label_en, "type": kind, "unit": None, "in_tiles": False} | more
    if values := given.get("values"):
        given["values"] = {code: list(labels) for code, labels in values.items()}
        given["choices"] = list(values)
    if short := given.get("short"):
        given["short"] = {code: list(labels) for code, labels in short.items()}
    return given


def code_column(name: str, label: str, label_en: str, values: Mapping[str, Sequence[str]], **more: Any) -> Column:
    """A column that holds codes of a list: {code: (French, English)}."""
    return column(name, label, label_en, values=values, **more)


def applies_to(column: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Whether a column is asked of the object that has these values (codes, by name of column)."""
    return all(values.get(name) in wanted for name, wanted in (column.get("when") or {}).items())


def bounds(column: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """The least and the greatest value that may be written today, None where there is none."""
    most = column.get("maximum")
    return column.get("minimum"), database_clock.today().year if most == THIS_YEAR else most
