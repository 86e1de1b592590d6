"""What a row that names a person is called on the pages of a request: where it is read, and what it hangs on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import apps
from django.db.models import Model

from gis_core.ownership.free_texts import FREE_TEXTS, pages_of
from gis_core.ownership.people import Mention, is_closed


def describe_rows(mentions: Sequence[Mention]) -> list[dict[str, Any]]:
    """As JSON, each with its page (`url`) and, by column, what the row is called on which it hangs (`names`)."""
    by_model: dict[str, list[Mention]] = {}
    for one in mentions:
        by_model.setdefault(one.declared.model, []).append(one)
    pages = {model: pages_in(model, [one.row for one in rows]) for model, rows in by_model.items()}
    names = {model: names_in(apps.get_model(model), rows) for model, rows in by_model.items()}
    return [
        {
            **one.as_json(),
            "url": pages[one.declared.model].get(one.row, ""),
            "names": {
                column: texts[one.columns[column]]
                for column, texts in names[one.declared.model].items()
                if one.columns.get(column) in texts
            },
        }
        for one in mentions
    ]


def pages_in(model: str, ids: Sequence[int]) -> Mapping[int, str]:
    declared = FREE_TEXTS.by_key().get(model)
    return pages_of(declared, ids) if declared else {}


def names_in(model: type[Model], mentions: Sequence[Mention]) -> dict[str, dict[Any, str]]:
    """By column that refers to another table: what its rows are called, by their numbers."""
    names = {}
    for column, related in references_of(model):
        ids = {one.columns.get(column) for one in mentions} - {None}
        names[column] = {key: str(row) for key, row in related._default_manager.in_bulk(ids).items()}
    return names


def references_of(model: type[Model]) -> list[tuple[str, type[Model]]]:
    """The columns that refer to rows which have a name and which more than functions read."""
    references: list[tuple[str, type[Model]]] = []
    for one in model._meta.concrete_fields:
        related: Any = one.related_model
        if related and related.__str__ is not Model.__str__ and not is_closed(related):
            references.append((str(one.column), related))
    return references
