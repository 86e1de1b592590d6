"""Files that become layers, sent together: received, looked at, opened otherwise, discarded."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from gis_core.errors import Conflict, Invalid, NotFound
from gis_core.members.rights import Rights
from gis_core.models import User
from layers.features.crs import is_known
from layers.intake.choices import Opening
from layers.intake.layer_sources import DELIVERY
from layers.intake.models import FileImport
from layers.intake.services import imports
from layers.intake.services.inbox import Sent
from layers.intake.services.orders import get_import_member
from layers.intake.services.reading import contents_of, layers_in, nothing_to_read
from layers.intake.source import Progress

State = FileImport.State
UNDER_WAY = (State.READING, State.APPLYING, State.REVERTING)


def receive(*, files: Sequence[Sent], member: str, user: User, rights: Rights) -> FileImport:
    """Keep what was sent and queue its inspection. Raises Invalid, Forbidden, NotFound, Unavailable (disk full)."""
    owner = get_import_member(member, rights)
    return imports.receive(DELIVERY, files=files, member=owner, user=user, rights=rights)


def delivery_of(delivery_id: int, rights: Rights) -> FileImport:
    """A delivery that the asker works on. Raises Forbidden, NotFound."""
    return imports.import_of(DELIVERY, delivery_id, rights)


def layer_of(delivery: FileImport, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The data set and the layer of this number (from 1). Raises NotFound."""
    layers = list(layers_in(delivery.contents))
    if not 1 <= number <= len(layers):
        raise NotFound(_("There is no such layer in this file."))
    return layers[number - 1]


def inspect(delivery: FileImport, progress: Progress) -> tuple[()]:
    """Have the files read through; why they are refused where there is no layer. Raises Invalid when they are gone."""
    progress(None, _("Reading the file"))
    delivery.contents = contents_of(delivery)
    delivery.message = nothing_to_read(delivery.contents)
    return ()


def describe_inspection(delivery: FileImport) -> dict[str, Any]:
    """The report of an inspection."""
    return {"layers": sum(1 for _layer in layers_in(delivery.contents)), "refused": delivery.message}


@transaction.atomic
def open_otherwise(delivery: FileImport, number: int, opening: Opening, *, user: User, rights: Rights) -> None:
    """Have a layer read with another CRS, encoding or coordinates. Raises Invalid, Conflict."""
    if opening.crs is not None and not is_known(opening.crs):
        message = _("EPSG:%(code)s is no coordinate reference system in which maps are drawn.")
        raise Invalid(message % {"code": opening.crs}, parameter="crs")
    if delivery.state == State.READING:
        raise Conflict(_("The file is being read: wait for the end."))
    if reopen(delivery, number, opening):
        choices = {"openings": delivery.choices["openings"]}
        imports.choose(DELIVERY, delivery.pk, choices, inspect_again=True, user=user, rights=rights)
    else:
        keep_opening(delivery)


def keep_opening(delivery: FileImport) -> None:
    """Keep how layers are read that need not be read again. Raises Conflict where somebody went on meanwhile."""
    waiting = FileImport.objects.filter(pk=delivery.pk, state=State.CHOOSING)
    if not waiting.update(choices=delivery.choices, contents=delivery.contents):
        raise Conflict(_("Somebody has gone on with this import meanwhile: look at it again."))


def reopen(delivery: FileImport, number: int, opening: Opening) -> bool:
    """Note how a layer is to be read; whether the file has to be read again."""
    data_set, layer = layer_of(delivery, number)
    again = opening.reading() != Opening(**layer["opening"]).reading()
    layer["opening"] = asdict(opening)
    for other in data_set["layers"]:
        other["opening"] = layer["opening"] | {"crs": other["opening"]["crs"]}
    delivery.choices = {"openings": openings_in(delivery.contents)}
    return again


def openings_in(contents: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """How each layer is read: file by file, by the name of the layer."""
    return {
        data_set["file"]: {layer["name"] or "": layer["opening"] for layer in data_set["layers"]}
        for data_set in contents
    }


@transaction.atomic
def discard(delivery: FileImport, rights: Rights) -> None:
    """Forget a delivery and what was only prepared from it; what was published stays.

    Raises Conflict also for one from which somebody else's layer was filled: their imports the asker does not see.
    """
    if delivery.imports.filter(state__in=UNDER_WAY).exists():
        raise Conflict(_("This file is being imported: wait for the end."))
    delivery.imports.filter(applied_at=None).delete()
    try:
        with transaction.atomic():
            imports.forget(DELIVERY, delivery.pk, rights=rights)
            # What refers to something that is gone is noticed now, not at the end.
            connection.check_constraints()
    except IntegrityError as error:
        raise Conflict(
            _("Another member's layer was filled from this file: the file stays until it is forgotten by its age.")
        ) from error
