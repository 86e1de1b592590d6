"""Parameters of findings that people read in their own language: kept as JSON, worded by `layers.intake.messages`.

Anything else is kept as it is. A sentence with its own parameters is `{"code": …, "params": {…}}`.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import override

from layers.intake.column_values import RESERVED, is_reserved

type Param = Mapping[str, Any]


def column_param(slug: str, name: str) -> Param:
    """The label of a column of a declared layer."""
    return {"column": [slug, name]}


def values_param(slug: str, values: Mapping[str, Any]) -> Param:
    """Values of columns of a declared layer, as JSON keeps them, each with its label."""
    kept = {name: RESERVED if is_reserved(slug, name) else value for name, value in values.items()}
    return {"layer": slug, "values": [[name, value] for name, value in kept.items()]}


def label_param(label: str | Promise) -> Param:
    """A label that the catalogues translate, kept in English."""
    with override(None):
        return {"label": str(label)}


def pair_param(french: str, english: str) -> Param:
    """A text in both languages, as code lists have it."""
    return {"fr": french, "en": english}


def day_param(day: date) -> Param:
    return {"day": day.isoformat()}


def month_day_param(day: date) -> Param:
    """A day with the name of its month."""
    return {"month_day": day.isoformat()}


def number_param(value: float, decimals: int) -> Param:
    """A number with so many decimals at most."""
    return {"number": value, "decimals": decimals}


def sentence_param(code: str, **params: Any) -> Param:
    """An English text that the catalogues translate, and what fills it in."""
    return {"code": code, "params": params}


def all_param(items: Iterable[Any]) -> Param:
    """Several parameters, one after the other."""
    return {"all": list(items)}


def any_param(items: Iterable[Any]) -> Param:
    """Several parameters of which one is meant."""
    return {"any": list(items)}
