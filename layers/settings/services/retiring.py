"""Layers that are archived, taken back from there, deleted; several layers changed at once."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.database import clock as database_clock
from gis_core.database.statements import fetch_all
from gis_core.errors import ArpentError, Conflict, Invalid, NotFound
from gis_core.jobs.services import start_job
from gis_core.members.rights import Rights
from gis_core.models import Job, User
from layers.catalogue.models import Layer
from layers.catalogue.tables import drop_table
from layers.features.models import Attachment
from layers.features.services.attachments import remove_files
from layers.settings.services.administering import get_administered_layer, has_own_table, list_administered_layers
from layers.settings.services.saving import save, tag_of

KIND = "delete_layer"
TOGETHER: Final = ("visibility", "theme_id", "visible_at_first", "archived_at")
"""The settings that several layers are given at once; a row of the list is tagged by them."""


def list_tag(layer: Layer) -> str:
    """A tag of what the list shows of a layer, by which a later change is noticed."""
    return tag_of(layer, TOGETHER)


def check_own(layer: Layer) -> None:
    """Nothing for a layer that a file became. Raises Conflict for one that Arpent itself fills."""
    if not has_own_table(layer):
        message = _("“%(layer)s” is part of Arpent: it can be hidden, neither archived nor deleted.")
        raise Conflict(message % {"layer": layer})


def set_archived(slug: str, archived: bool, *, rights: Rights) -> Layer:
    """Archive a layer, or show it again to whom its visibility says. Raises NotFound, Conflict."""
    layer = get_administered_layer(slug, rights)
    check_own(layer)
    if archived == (layer.archived_at is not None):
        return layer
    at = database_clock.now() if archived else None
    return save(slug, {"archived_at": at}, tag=tag_of(layer, ["archived_at"]), rights=rights)


@transaction.atomic
def change_several(tags: Mapping[str, str], values: Mapping[str, Any], *, rights: Rights) -> int:
    """Give layers (their short names, each with its `list_tag`) these values, all or none; how many.

    `archived` among the values stands for `archived_at`. Raises Invalid, Stale, Conflict, each naming the layer.
    """
    given = dict(values)
    archived = given.pop("archived", None)
    if not tags:
        raise Invalid(_("Check at least one layer."), parameter="layer")
    if not given and archived is None:
        raise Invalid(_("Say what changes."), parameter="layer")
    for slug, tag in tags.items():
        layer = get_administered_layer(slug, rights)
        of_layer = dict(given)
        if archived is not None:
            check_own(layer)
            of_layer["archived_at"] = (layer.archived_at or database_clock.now()) if archived else None
        try:
            save(slug, of_layer, tag=tag, rights=rights, tagged=TOGETHER)
        except ArpentError as error:
            error.message = f"{layer} : {describe_faults(error)}"
            raise
    return len(tags)


def describe_faults(error: ArpentError) -> str:
    """What is wrong with each setting, or else what the error says."""
    errors: dict[str, list[str]] = error.extra.get("errors", {})
    return " ".join(fault for faults in errors.values() for fault in faults) or str(error.message)


def count_content(layer: Layer) -> dict[str, int]:
    """How many objects and photos of a layer with a table of its own go when it is deleted."""
    ((objects,),) = fetch_all(sql.SQL("select count(*) from {}").format(sql.Identifier(layer.table)), {})
    return {"objects": int(objects), "photos": Attachment.objects.filter(layer=layer).count()}


def ask_for_deletion(slug: str, typed: str, *, rights: Rights, started_by: User) -> Job:
    """Have the worker delete a layer whose name somebody typed. Raises Invalid, NotFound, Conflict, Forbidden."""
    layer = get_administered_layer(slug, rights)
    check_own(layer)
    if typed.strip().casefold() != layer.title.strip().casefold():
        raise Invalid(_("Type the name of the layer as it is written above."), parameter="name")
    return start_job(
        kind=KIND,
        title=_("Deleting the layer %(layer)s") % {"layer": layer},
        owner=layer.owner,
        started_by=started_by,
        parameters={"layer": layer.pk},
        rights=rights,
    )


@transaction.atomic
def delete_layer(layer_id: int, owner_id: int | None, rights: Rights) -> dict[str, Any]:
    """For the worker: remove a layer, its objects and photos, files too; their history stays. How many went.

    Raises NotFound, Conflict.
    """
    layer = list_administered_layers(rights).select_for_update(of=("self",)).filter(pk=layer_id).first()
    if layer is None or layer.owner_id != owner_id:
        raise NotFound(_("This layer is no longer there, or it has another owner."))
    check_own(layer)
    counts, table = count_content(layer), layer.table
    try:
        layer.delete()
    except ProtectedError as error:
        users: Iterable[Any] = error.protected_objects
        names = ", ".join(sorted({str(one) for one in users}))[:300]
        raise Conflict(_("This layer is still in use: %(names)s.") % {"names": names}) from error
    drop_table(table)
    transaction.on_commit(partial(remove_files, layer_id))
    return {"slug": layer.slug, "title": layer.title, **counts}
