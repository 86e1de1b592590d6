"""Files of this machine on their way to a layer, in one go: what the command does without a queue."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import ArpentError, Conflict, Invalid
from gis_core.members.rights import SYSTEM
from gis_core.models import Member
from layers.catalogue.models import Layer
from layers.intake.choices import Choices, Opening
from layers.intake.models import Delivery, Import
from layers.intake.services import applying, deliveries, ordering, preparing, taking_back
from layers.intake.services.inbox import kept_files
from layers.intake.sources import Tell

CHUNK = 1 << 20


@dataclass(slots=True)
class LocalFile:
    """A file of this machine, as one that was uploaded."""

    path: Path
    name: str | None = None

    def __post_init__(self) -> None:
        self.name = self.path.name

    def chunks(self) -> Iterator[bytes]:
        try:
            opened: IO[bytes] = self.path.open("rb")
        except OSError as error:
            message = _("The file “%(name)s” does not exist or cannot be read.") % {"name": self.name}
            raise Invalid(message, parameter="file") from error
        with opened:
            while chunk := opened.read(CHUNK):
                yield chunk


@contextmanager
def delivered(paths: Sequence[Path], owner: Member | None, tell: Tell) -> Iterator[Delivery]:
    """The files as an inspected delivery, which goes in the end. Raises Invalid."""
    with kept_files([LocalFile(path) for path in paths]) as (folder, names), transaction.atomic():
        delivery = deliveries.register(folder, names, owner=owner, user=None)
    try:
        with transaction.atomic():
            deliveries.inspect(delivery.pk, tell)
            delivery.refresh_from_db()
        if delivery.state == Delivery.State.REFUSED:
            raise Invalid(delivery.message)
        yield delivery
    finally:
        with transaction.atomic():
            deliveries.discard(delivery)


def layer_number(delivery: Delivery, name: str) -> int:
    """The number of the layer of this name, of the only one where none is given. Raises Invalid."""
    names = [str(layer["name"] or data_set["file"]) for data_set, layer in delivery.layers()]
    if not name and len(names) == 1:
        return 1
    if name in names:
        return names.index(name) + 1
    message = _("The file holds several layers (%(names)s): say which one.")
    raise Invalid(message % {"names": ", ".join(names)[:300]}, parameter="source-layer")


@transaction.atomic
def reopened(delivery: Delivery, number: int, opening: Opening, tell: Tell) -> None:
    """Have a layer read with another CRS or encoding."""
    again = deliveries.reopen(delivery, number, opening)
    delivery.save(update_fields=["contents", "state"])
    if again:
        deliveries.inspect(delivery.pk, tell)
    delivery.refresh_from_db()


def tried_out(
    delivery: Delivery, number: int, *, mode: Import.Mode, layer: Layer | None, choices: Choices, tell: Tell
) -> Import:
    """An import with its plan. Raises Invalid."""
    with transaction.atomic():
        made = ordering.register(delivery, number, mode=mode, layer=layer, choices=choices, user=None, rights=SYSTEM)
    return step(made, lambda: preparing.prepare(made.pk, tell))


def apply_import(made: Import, tell: Tell, accepted: int | None = None) -> Import:
    """Apply what was tried out. Raises Invalid, Conflict, LossRefused."""
    with transaction.atomic():
        Import.objects.filter(pk=made.pk).update(state=Import.State.APPLYING)
    return step(made, lambda: applying.apply(made.pk, tell, accepted))


def taken_back(import_id: int, *, confirmed: bool, tell: Tell) -> dict[str, int]:
    """Undo an import that was applied. Raises NotFound, Conflict."""
    counts: dict[str, int] = {}
    with transaction.atomic():
        made = ordering.import_of(import_id, SYSTEM)
        states = Import.State
        if not Import.objects.filter(pk=made.pk, state=states.APPLIED).update(state=states.REVERTING, message=""):
            words = _("This is not possible now: the import is in the state “%(state)s”.")
            raise Conflict(words % {"state": made.get_state_display().lower()})
    step(made, lambda: counts.update(taking_back.take_back(import_id, by=None, confirmed=confirmed, tell=tell)))
    return counts


def step(made: Import, act: Any) -> Import:
    """Do one step in one transaction; a refusal stays with the import."""
    try:
        with transaction.atomic():
            act()
    except ArpentError as error:
        with transaction.atomic():
            preparing.leave(made.pk, error.message, error.extra.get("report"))
        raise
    with transaction.atomic():
        made.refresh_from_db()
    return made
