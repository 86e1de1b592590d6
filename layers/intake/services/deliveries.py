"""Files that become layers: received, inspected, opened otherwise, discarded."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import Conflict, Invalid, NotFound
from gis_core.jobs.services import start_job
from gis_core.members.rights import Rights
from gis_core.models import Job, Member, User
from layers.intake.choices import Opening
from layers.intake.models import Delivery, Import
from layers.intake.services.inbox import Sent, kept_files
from layers.intake.services.orders import member_for
from layers.intake.services.reading import contents_of, folder_of, nothing_to_read
from layers.intake.sources import Tell

INSPECT = "inspect_delivery"
KEPT = timedelta(days=30)
LONGEST_TITLE = 200
UNDER_WAY = (Import.State.READING, Import.State.APPLYING, Import.State.REVERTING)


def receive(*, files: Sequence[Sent], member: str, user: User, rights: Rights) -> Delivery:
    """Keep what was sent and queue its inspection; the files go when the transaction does not hold.

    Raises Invalid, Forbidden, NotFound, Unavailable (disk full).
    """
    owner = member_for(member, rights)
    with kept_files(files) as (folder, names), transaction.atomic():
        delivery = register(folder, names, owner=owner, user=user)
        queue_inspection(delivery, user, rights)
    return delivery


def register(folder: str, names: Sequence[str], *, owner: Member | None, user: User | None) -> Delivery:
    """The files of a folder of the inbox, yet to be inspected."""
    inside = Path(settings.INBOX_DIR) / folder
    sizes = [{"name": name, "size": (inside / name).stat().st_size} for name in names]
    title = ", ".join(names)[:LONGEST_TITLE]
    return Delivery.objects.create(title=title, owner=owner, folder=folder, files=sizes, sent_by=user)


def queue_inspection(delivery: Delivery, user: User, rights: Rights) -> Job:
    title = _("Inspection of %(title)s") % {"title": delivery.title}
    parameters = {"delivery": delivery.pk}
    return start_job(
        kind=INSPECT, title=title, owner=delivery.owner, started_by=user, parameters=parameters, rights=rights
    )


def delivery_of(delivery_id: int, rights: Rights) -> Delivery:
    """A delivery that the asker works on. Raises NotFound."""
    found = Delivery.objects.administered_by(rights).select_related("owner").filter(pk=delivery_id).first()
    if found is None:
        raise NotFound(_("There is no such delivered file, or it is not yours to work on."))
    return found


def layer_of(delivery: Delivery, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The data set and the layer of this number (from 1). Raises NotFound."""
    layers = list(delivery.layers())
    if not 1 <= number <= len(layers):
        raise NotFound(_("There is no such layer in this file."))
    return layers[number - 1]


def inspect(delivery_id: int, tell: Tell) -> dict[str, Any]:
    """Have the files read through; what was found stays with the delivery. Raises Invalid when there is no layer."""
    delivery = Delivery.objects.select_for_update(of=("self",)).select_related("owner").get(pk=delivery_id)
    tell(None, _("Reading the file"))
    if not folder_of(delivery).is_dir():
        raise Invalid(_("The uploaded files are no longer there: send them again."))
    delivery.contents = contents_of(delivery)
    delivery.message = nothing_to_read(delivery.contents)
    delivery.state = Delivery.State.REFUSED if delivery.message else Delivery.State.CHOOSING
    delivery.save(update_fields=["contents", "message", "state"])
    return {"layers": sum(1 for _layer in delivery.layers()), "refused": delivery.message}


def leave_refused(delivery_id: int, message: str) -> None:
    """An inspection that ended badly leaves its delivery refused, in words."""
    Delivery.objects.filter(pk=delivery_id, state=Delivery.State.READING).update(
        state=Delivery.State.REFUSED, message=message
    )


@transaction.atomic
def open_otherwise(delivery: Delivery, number: int, opening: Opening, *, user: User, rights: Rights) -> None:
    """Have a layer read with another CRS, encoding or coordinates. Raises Invalid, Conflict."""
    if opening.crs is not None and not is_known(opening.crs):
        message = _("EPSG:%(code)s is no coordinate reference system in which maps are drawn.")
        raise Invalid(message % {"code": opening.crs}, parameter="crs")
    if delivery.state == Delivery.State.READING:
        raise Conflict(_("The file is being read: wait for the end."))
    if reopen(delivery, number, opening):
        delivery.state, delivery.message = Delivery.State.READING, ""
        queue_inspection(delivery, user, rights)
    delivery.save(update_fields=["contents", "state", "message"])


def reopen(delivery: Delivery, number: int, opening: Opening) -> bool:
    """Note how a layer is to be read; whether the file has to be read again."""
    data_set, layer = layer_of(delivery, number)
    again = opening.reading() != Opening(**layer["opening"]).reading()
    layer["opening"] = asdict(opening)
    for other in data_set["layers"]:
        other["opening"] = layer["opening"] | {"crs": other["opening"]["crs"]}
    return again


def is_known(epsg: int) -> bool:
    """Whether a code is that of a plane or geographic coordinate reference system."""
    import pyproj

    try:
        crs = pyproj.CRS.from_epsg(epsg)
    except pyproj.exceptions.CRSError:
        return False
    return crs.is_projected or (crs.is_geographic and len(crs.axis_info) == 2)


@transaction.atomic
def discard(delivery: Delivery) -> None:
    """Forget a delivery and what was only prepared from it; what was published stays. Raises Conflict."""
    if inspection_of(delivery) is not None:
        raise Conflict(_("The file is being read: wait for the end."))
    if delivery.imports.filter(state__in=UNDER_WAY).exists():
        raise Conflict(_("This file is being imported: wait for the end."))
    folder = folder_of(delivery)
    delivery.imports.filter(applied_at=None).delete()
    delivery.delete()
    transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))


def inspection_of(delivery: Delivery) -> Job | None:
    """The inspection that is queued or running, if any."""
    open_states = (Job.State.WAITING, Job.State.RUNNING)
    jobs = Job.objects.filter(kind=INSPECT, state__in=open_states, parameters__delivery=delivery.pk)
    return jobs.order_by("-id").first()


def outdated() -> Iterator[Delivery]:
    """Deliveries of long ago, of which nothing is under way."""
    old = Delivery.objects.filter(created_at__lt=database_clock.now() - KEPT)
    yield from old.exclude(imports__state__in=UNDER_WAY)
