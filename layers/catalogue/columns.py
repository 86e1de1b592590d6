"""Columns of declared layers that people edit (`layers.catalogue.models.Layer.columns`)."""

from collections.abc import Mapping, Sequence
from typing import Any

type Column = dict[str, Any]


def column(name: str, label: str, label_en: str, kind: str = "text", **more: Any) -> Column:
    """A column that people edit.

    `more` are its unit, its bounds (`minimum`, `maximum`, `maximum_length`), whether it is `required`, `read_only` or
    `in_tiles`, the labels of its codes (`values`: {code: (French, English)}).
    """
    given = {"name": name, "label": label, "label_en": label_en, "type": kind, "unit": None, "in_tiles": False} | more
    if values := given.get("values"):
        given["values"] = {code: list(labels) for code, labels in values.items()}
        given["choices"] = list(values)
    return given


def code_column(name: str, label: str, label_en: str, values: Mapping[str, Sequence[str]], **more: Any) -> Column:
    """A column that holds codes of a list: {code: (French, English)}."""
    return column(name, label, label_en, values=values, **more)
