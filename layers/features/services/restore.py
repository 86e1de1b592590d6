"""Giving a feature back a former version, a deleted one too, as a normal edit."""

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.types.json import Jsonb

from gis_core.errors import Stale
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.features.errors import NotEditable
from layers.features.services.history import Former, current, existing, former_version
from layers.features.services.origin import Origin, annotate, event
from layers.features.services.read import fetch
from layers.features.services.refusals import translate_refusals
from layers.features.services.shapes import kind_of_table, set_heights
from layers.features.services.write import (
    UNSET,
    Change,
    Edit,
    EditResult,
    announce,
    apply_edits,
    check_editable,
    keep_rules,
)

KIND = "restore"


def restore(
    layer: Layer, feature_id: int, *, version: int, current_version: int | None, rights: Rights, origin: Origin
) -> EditResult:
    """Give a feature the values and the place of a former version; the asker saw `current_version`, None if deleted.

    Raises NotEditable, NotFound, Stale, and what `apply_edits` does.
    """
    check_editable(layer, rights)
    with transaction.atomic():
        former = fit_former(layer, former_version(layer, feature_id, version, rights))
        now = current(layer, feature_id)
        if now is None:
            result = bring_back(layer, feature_id, former, rights, origin)
        else:
            if current_version is None:
                raise Stale(_("This object is there again: look at it, then restore it."), conflicts=[])
            result = change_back(layer, feature_id, former, current_version, rights, origin)
        annotate(layer, {"restored": {"id": feature_id, "version": version}})
    return result


def fit_former(layer: Layer, former: Former) -> Former:
    """With heights where the layer's table has them now; another table may have taken its place."""
    if former.geometry is None:
        return former
    return replace(former, geometry=set_heights(former.geometry, kind_of_table(layer.table)))


def change_back(layer: Layer, feature_id: int, former: Former, seen: int, rights: Rights, origin: Origin) -> EditResult:
    names = [one["name"] for one in layer.writable_fields(rights)]
    edit = Edit(
        action="update",
        id=feature_id,
        version=seen,
        properties={name: former.row[name] for name in names if name in former.row},
        geometry=UNSET if former.geometry is None else former.geometry,
    )
    (result,) = apply_edits(layer, [edit], rights=rights, origin=origin, kind=KIND)
    return result


def bring_back(layer: Layer, feature_id: int, former: Former, rights: Rights, origin: Origin) -> EditResult:
    """Insert the deleted row as it was, under its id; its versions go on."""
    if not layer.may_edit_rows_of(former.row.get("owner_id"), rights):
        raise NotEditable(_("This object belongs to another member."))
    with event(layer, KIND, origin):
        with translate_refusals(layer, lambda _id: 0):
            (row,) = insert(layer, feature_id, former)
        keep_rules(layer, {})
        edit = Edit(action="create", id=feature_id)
        announce(layer, [Change(edit=edit, row=None, values={}, geometry=former.geometry)])
    return EditResult(id=row["id"], version=row["version"], action="create")


def insert(layer: Layer, feature_id: int, former: Former) -> list[dict[str, Any]]:
    beside = ["owner_id", "shared_with", "import_id", "more", "delivered"]
    kept = existing(layer, [*beside, *(one["name"] for one in layer.columns)])
    names = [sql.Identifier(name) for name in dict.fromkeys(kept) if name in former.row]
    statement = sql.SQL(
        "insert into {table} (id, version, geom {names}) select %(id)s, %(version)s, %(geom)s::geometry {names}"
        " from jsonb_populate_record(null::{table}, %(row)s) returning id, version"
    ).format(
        table=sql.Identifier("public", layer.table),
        names=sql.SQL("").join(sql.SQL(", {}").format(name) for name in names),
    )
    geom = former.geometry.hexewkb.decode() if former.geometry else None
    values = {"id": feature_id, "version": former.last_version + 1, "geom": geom, "row": Jsonb(former.row)}
    return fetch(statement, values)
