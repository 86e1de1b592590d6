"""What the database refuses of an edit, in words: references that must be unique, rules that are constraints."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError
from django.utils.translation import gettext as _

from gis_core.errors import ArpentError
from layers.catalogue.models import Layer
from layers.features.display import display_number
from layers.features.errors import FieldRefused, GeometryRefused
from layers.features.points import EDITING, REFUSALS, Label

UNIQUE, CHECK, RULE = "23505", "23514", "AR002"


@contextmanager
def translate_refusals(layer: Layer, index_of: Callable[[int | None], int]) -> Iterator[None]:
    """Database errors that refuse an edit become words; `index_of` finds the edit of an object's id (None: unknown)."""
    try:
        yield
    except DatabaseError as error:
        if (refused := refusal(error, layer, index_of)) is None:
            raise
        raise refused from error


def refusal(error: DatabaseError, layer: Layer, index_of: Callable[[int | None], int]) -> ArpentError | None:
    """The refusal behind a database error, None for another failure."""
    cause = error.__cause__
    state, diagnosis = getattr(cause, "sqlstate", None), getattr(cause, "diag", None)
    if state == UNIQUE:
        name, message = describe_duplicate(getattr(diagnosis, "constraint_name", None) or "", diagnosis, layer)
        return FieldRefused([{"index": index_of(None), "field": name, "message": message}])
    if state == CHECK:
        rule = getattr(diagnosis, "constraint_name", None) or ""
        checks = {name: given for one in EDITING.all() for name, given in one.checks.items()}
        field, text = checks.get(rule, ("", _("These values contradict each other, or the rules of the table.")))
        return FieldRefused([{"index": index_of(None), "field": field, "message": str(text)}])
    if state == RULE:
        detail = json.loads(getattr(diagnosis, "message_detail", None) or "{}")
        message = rule_message(detail["kind"], detail["other"], detail["x"], detail["y"])
        return GeometryRefused(message, index_of(detail["id"]))
    return None


def describe_duplicate(constraint: str, diagnosis: Any, layer: Layer) -> tuple[str, str]:
    """The field whose value another object has, and what to say of it."""
    uniques = {name: given for one in EDITING.all() for name, given in one.unique.items()}
    if constraint not in uniques:
        return column_of(constraint, layer), _("Another object has this value already.")
    field, describe = uniques[constraint]
    try:
        detail = json.loads(getattr(diagnosis, "message_detail", None) or "{}")
    except ValueError:
        detail = {}
    return field, describe(detail)


def column_of(constraint: str, layer: Layer) -> str:
    """The column that a unique index guards."""
    rest = constraint.removeprefix(f"rule_unique_{layer.pk}_")
    ruled = (column["name"] for column in layer.columns if rest != constraint and column["name"].startswith(rest))
    return next(ruled, layer.key_column)


def rule_message(kind: str, other: int | None, x: float, y: float) -> str:
    """What is wrong, and what to do."""
    messages: dict[str, Label] = {
        "valid": _("The outline crosses or touches itself at %(place)s: move a corner there."),
        "inside_territory": _("The object lies outside the territory (%(place)s): move it inside."),
        "unique": _("Object %(other)s has the same reference: change one of them."),
        "no_overlap": _("The object overlaps object %(other)s at %(place)s: move their boundary."),
        "snapped_ends": _("An end almost meets object %(other)s at %(place)s: snap it, or move it away."),
    }
    place = f"{display_number(x, 2)} ; {display_number(y, 2)}"
    messages |= {one.kind: one.text for one in REFUSALS.all()}
    return str(messages[kind]) % {"other": other, "place": place}
