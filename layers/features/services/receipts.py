"""Writes that were done, by the name that their client gave them: the same one sent twice is applied once."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from gis_core.errors import Conflict
from gis_core.rights import Rights
from layers.catalogue.models import Layer
from layers.features.models import Receipt

if TYPE_CHECKING:
    from layers.features.services.write import Edit, Written


def take(layer: Layer, edits: "Sequence[Edit]", rights: Rights) -> "dict[int, Written]":
    """What was written before under the client ids of these edits, by place; the others are taken, for us alone.

    Whoever sends the same at the same moment waits for the end of this transaction.
    """
    named = {edit.client_id: index for index, edit in enumerate(edits) if edit.client_id is not None}
    if not named or rights.user_id is None:
        return {}
    # In one order, so that two requests never wait for each other.
    asked = [Receipt(person_id=rights.user_id, client_id=one, layer=layer) for one in sorted(named)]
    Receipt.objects.bulk_create(asked, ignore_conflicts=True)
    known = Receipt.objects.filter(person=rights.user_id, client_id__in=list(named)).exclude(written__isnull=True)
    return {named[receipt.client_id]: written_before(receipt, layer) for receipt in known}


def written_before(receipt: Receipt, layer: Layer) -> "Written":
    from layers.features.services.write import Written

    if receipt.layer_id != layer.pk:
        raise Conflict(_("This client id was used for another layer."))
    kept: dict[str, Any] = receipt.written or {}
    return Written(**kept | {"overwritten": tuple(kept["overwritten"])})


def keep(edits: "Sequence[Edit]", done: "Mapping[int, Written]", rights: Rights) -> None:
    """Remember what was written."""
    if rights.user_id is None:
        return
    for index, edit in enumerate(edits):
        if edit.client_id is not None:
            one = done[index]
            written = {"id": one.id, "version": one.version, "action": one.action, "overwritten": one.overwritten}
            mine = Receipt.objects.filter(person=rights.user_id, client_id=edit.client_id, written__isnull=True)
            mine.update(written=written)
