"""Edits that were done, by the key that their client gave them: the same one sent twice is applied once."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from gis_core.errors import Conflict
from gis_core.members.rights import Rights
from gis_core.models import IdempotencyKey
from layers.catalogue.models import Layer

if TYPE_CHECKING:
    from layers.features.services.write import Edit, EditResult


def scope_of(layer: Layer) -> str:
    return f"layer {layer.pk}"


def take(layer: Layer, edits: "Sequence[Edit]", rights: Rights) -> "dict[int, EditResult]":
    """What was written before under the client ids of these edits, by place; the others are taken, for us alone.

    Whoever sends the same at the same moment waits for the end of this transaction.
    """
    index_by_key = {edit.client_id: index for index, edit in enumerate(edits) if edit.client_id is not None}
    if not index_by_key or rights.user_id is None:
        return {}
    # In one order, so that two requests never wait for each other.
    new_keys = [
        IdempotencyKey(person_id=rights.user_id, key=one, scope=scope_of(layer)) for one in sorted(index_by_key)
    ]
    IdempotencyKey.objects.bulk_create(new_keys, ignore_conflicts=True)
    known = IdempotencyKey.objects.filter(person=rights.user_id, key__in=list(index_by_key)).exclude(
        answer__isnull=True
    )
    return {index_by_key[one.key]: get_stored_result(one, layer) for one in known}


def get_stored_result(known: IdempotencyKey, layer: Layer) -> "EditResult":
    """What became of the edit that was sent first under this key. Raises Conflict where it was for another layer."""
    from layers.features.services.write import EditResult

    if known.scope != scope_of(layer):
        raise Conflict(_("This client id was used for another layer."))
    kept: dict[str, Any] = known.answer or {}
    return EditResult(**kept | {"overwritten": tuple(kept["overwritten"])})


def keep(edits: "Sequence[Edit]", done: "Mapping[int, EditResult]", rights: Rights) -> None:
    """Remember what was written."""
    if rights.user_id is None:
        return
    for index, edit in enumerate(edits):
        if edit.client_id is not None:
            one = done[index]
            answer = {"id": one.id, "version": one.version, "action": one.action, "overwritten": one.overwritten}
            mine = IdempotencyKey.objects.filter(person=rights.user_id, key=edit.client_id, answer__isnull=True)
            mine.update(answer=answer)
