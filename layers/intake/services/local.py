"""Files of this machine on their way to a layer, in one go: what the command does without a queue."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import ArpentError, Conflict, Invalid
from gis_core.members.rights import SYSTEM
from gis_core.models import Member, User
from layers.catalogue.models import Layer
from layers.intake.choices import Choices, Mode, Opening
from layers.intake.delivered import open_file, refuse_links
from layers.intake.layer_sources import DELIVERY
from layers.intake.models import FileImport
from layers.intake.services import deliveries, imports, ordering, preparing
from layers.intake.services.inbox import Sent, keep_files
from layers.intake.services.reading import layers_in
from layers.intake.source import Progress

State = FileImport.State
CHUNK = 1 << 20
COMPANIONS = frozenset({".dbf", ".shx", ".prj", ".cpg", ".qpj", ".dat", ".map", ".id", ".ind", ".mid"})


@dataclass(slots=True)
class LocalFile:
    """A file of this machine, as one that was uploaded."""

    path: Path
    name: str | None = None

    def __post_init__(self) -> None:
        self.name = self.path.name

    def chunks(self) -> Iterator[bytes]:
        refuse_links([self.path])
        try:
            opened = open_file(self.path)
        except OSError as error:
            message = _("The file “%(name)s” does not exist or cannot be read.") % {"name": self.name}
            raise Invalid(message, parameter="file") from error
        with opened:
            while chunk := opened.read(CHUNK):
                yield chunk


def with_companions(paths: Sequence[Path]) -> list[Path]:
    """The files, and those without which a Shapefile or a MapInfo file has neither fields nor system, if beside it."""
    given = list(dict.fromkeys(paths))
    for path in paths:
        if path.suffix.lower() in (".shp", ".tab", ".mif") and path.parent.is_dir():
            beside = sorted(one for one in path.parent.iterdir() if one.suffix.lower() in COMPANIONS)
            given += [one for one in beside if one.stem.lower() == path.stem.lower() and one not in given]
    return given


@contextmanager
def open_delivery(paths: Sequence[Path], owner: Member | None, progress: Progress) -> Iterator[FileImport]:
    """The files as an inspected delivery, which goes in the end. Raises Invalid."""
    delivery = keep_delivery([LocalFile(path) for path in with_companions(paths)], owner, None)
    try:
        inspect(delivery, progress)
        yield delivery
    finally:
        # How it ended is what people must read; what cannot go now goes at night.
        with suppress(ArpentError, DatabaseError):
            deliveries.discard(delivery, SYSTEM)


def keep_delivery(files: Sequence[Sent], owner: Member | None, user: User | None) -> FileImport:
    """The files in the inbox, as a delivery yet to be read. Raises Invalid, Unavailable."""
    with keep_files(files) as (folder, names), transaction.atomic():
        return imports.register(DELIVERY, folder, names, member=owner, user=user)


def inspect(delivery: FileImport, progress: Progress) -> None:
    """Read what a delivery holds. Raises Invalid where that is nothing."""
    step(delivery, lambda: imports.read(delivery.pk, progress))
    if delivery.state == State.REFUSED:
        raise Invalid(delivery.message)


def layer_number(delivery: FileImport, name: str) -> int:
    """The number of the layer of this name, of the only one where none is given. Raises Invalid."""
    names = [str(layer["name"] or data_set["file"]) for data_set, layer in layers_in(delivery.contents)]
    if not name and len(names) == 1:
        return 1
    if name in names:
        return names.index(name) + 1
    message = _("The file holds several layers (%(names)s): say which one.")
    raise Invalid(message % {"names": ", ".join(names)[:300]}, parameter="source-layer")


def reopen_layer(delivery: FileImport, number: int, opening: Opening, progress: Progress) -> None:
    """Have a layer read with another CRS or encoding."""
    with transaction.atomic():
        again = deliveries.reopen(delivery, number, opening)
        if again:
            delivery.contents, delivery.state = [], State.READING
        delivery.save(update_fields=["choices", "contents", "state"])
    if again:
        step(delivery, lambda: imports.read(delivery.pk, progress))


def try_import(
    delivery: FileImport,
    number: int,
    *,
    mode: Mode,
    layer: Layer | None,
    choices: Choices,
    progress: Progress,
    user: User | None = None,
) -> FileImport:
    """An import with its plan. Raises Invalid."""
    with transaction.atomic():
        made = ordering.register(delivery, number, mode=mode, layer=layer, choices=choices, user=user, rights=SYSTEM)
    return step(made, lambda: imports.read(made.pk, progress))


def apply_import(made: FileImport, progress: Progress, accepted: int | None = None) -> FileImport:
    """Apply what was tried out. Raises Invalid, Conflict, LossRefused."""
    begin(made, State.READY, State.APPLYING, accepted_loss=accepted)
    return step(made, lambda: imports.apply(made.pk, progress))


def revert_import(import_id: int, *, confirmed: bool, progress: Progress) -> dict[str, int]:
    """Undo an import that was applied. Raises NotFound, Conflict."""
    with transaction.atomic():
        made = ordering.import_of(import_id, SYSTEM)
    begin(made, State.APPLIED, State.REVERTING, confirmed=confirmed)
    counts: dict[str, int] = {}
    step(made, lambda: counts.update(imports.revert(import_id, progress)))
    return counts


@transaction.atomic
def begin(made: FileImport, before: str, after: str, **choices: Any) -> None:
    """Note that a step is under way, with further choices. Raises Conflict."""
    changes = {"state": after, "message": "", "choices": made.choices | choices, "touched_at": database_clock.now()}
    if not FileImport.objects.filter(pk=made.pk, state=before).update(**changes):
        message = _("This is not possible now: the import is in the state “%(state)s”.")
        raise Conflict(message % {"state": made.get_state_display().lower()})


def step(made: FileImport, act: Callable[[], Any]) -> FileImport:
    """Do one step in one transaction; a refusal stays with the import, which is under way no more however it ends."""
    try:
        with transaction.atomic():
            act()
    except ArpentError as error:
        leave(made, error.message, error.extra.get("report"))
        raise
    except BaseException:
        # The database may be what failed: then its night work leaves the import.
        with suppress(DatabaseError):
            leave(made, _("The work on this import was broken off: nothing was changed."))
        raise
    with transaction.atomic():
        made.refresh_from_db()
    return made


@transaction.atomic
def leave(made: FileImport, message: str, report: Any = None) -> None:
    """An import whose step ended badly is where people can go on."""
    preparing.leave(made.pk, message, report)
    made.refresh_from_db()
