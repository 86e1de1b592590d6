"""The parcel sheet of a file, frozen at its filing: in a job, so that nothing that fails there loses the filing."""

import logging
from dataclasses import replace
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.database.outages import database_is_gone
from gis_core.errors import ArpentError, Conflict, Invalid, NotFound
from gis_core.jobs.services import start_job
from gis_core.members.rights import Rights, Role, acting_as, under_policies
from gis_core.models import Job, User
from layers.cadastre.models import Parcel
from layers.parcels.ground import ground_of_parcels
from layers.parcels.models import FrozenSheet
from layers.parcels.sections import reader_with
from layers.parcels.services.frozen import compose_sheet
from layers.parcels.services.sheets import LONGEST_TITLE, title_of
from permits.models import Permit
from permits.procedure import COUNTER
from permits.services.recording import check_may_write, lock_permit

log = logging.getLogger("arpent.permits")
KIND = "permit_sheet"
OPEN = (Job.State.WAITING, Job.State.RUNNING)


@transaction.atomic
def order_sheet(permit: Permit, *, user: User, rights: Rights, site: str) -> Job:
    """Queue the freezing of the file's sheet. Raises Forbidden, Conflict (there is one), Invalid (no ground)."""
    check_may_write(permit, rights, COUNTER)
    permit = lock_permit(permit)
    if permit.sheet_id:
        raise Conflict(_("The parcel sheet of this file is frozen already."))
    if not Parcel.objects.filter(idu__in=permit.idus).exists():
        raise Invalid(_("The cadastral plan has none of this file’s parcels: there is no sheet to freeze."))
    waiting = last_order(permit, rights)
    if waiting is not None and waiting.state in OPEN:
        return waiting
    kept = {"permit": permit.pk, "site": site}
    return start_job(kind=KIND, title=str(permit), owner=None, started_by=user, parameters=kept, rights=rights)


def order_at_filing(permit: Permit, *, user: User, rights: Rights, site: str) -> None:
    """The sheet of a new file, where there is ground for one: the file stands without it, too."""
    try:
        order_sheet(permit, user=user, rights=rights, site=site)
    except ArpentError:
        return
    except Exception as error:
        if database_is_gone(error):
            raise
        log.exception("the parcel sheet of a new file could not be ordered", extra={"fields": {"permit": permit.pk}})


def last_order(permit: Permit, rights: Rights) -> Job | None:
    """The asker's own latest order of this file's sheet."""
    mine = Job.objects.visible_to(rights).filter(kind=KIND, started_by_id=rights.user_id)
    return mine.filter(title=str(permit), parameters__permit=permit.pk).order_by("-id").first()


def read_sheet(permit: Permit) -> tuple[str, bytes]:
    """The number and the PDF file of the file's frozen sheet. Raises NotFound: there is none."""
    with connection.cursor() as cursor:
        cursor.execute("select * from arpent.sheet_of_permit(%s)", [permit.pk])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return row[0], bytes(row[1])


def freeze_sheet(job: Job, rights: Rights) -> dict[str, Any]:
    """Freeze the sheet and give it to the file and its member; once, whoever asks twice.

    It takes seconds to compose: nobody who records an event meanwhile waits for that.
    """
    permit, user = Permit.objects.filter(pk=job.parameters["permit"]).first(), job.started_by
    if permit is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    if permit.sheet_id or user is None:
        return {"sheet": None}
    check_may_write(permit, rights, COUNTER)
    idus, site = permit.idus, job.parameters["site"]
    sheet = sheet_for(permit, user, rights, site)
    permit = lock_permit(permit)
    if permit.sheet_id:
        return {"sheet": None}
    if permit.idus != idus:
        sheet = sheet_for(permit, user, rights, site)
    sheet.owner_id = permit.owner_id
    sheet.save(force_insert=True)
    permit.sheet = sheet
    permit.save(update_fields=["sheet"])
    return {"sheet": sheet.number}


def sheet_for(permit: Permit, user: User, rights: Rights, site: str) -> FrozenSheet:
    """The sheet of the file's parcels that the plan has, as the file's member reads it."""
    rights_there = rights_at(permit, rights)
    with acting_as(rights_there), under_policies():
        known = sorted(Parcel.objects.filter(idu__in=permit.idus).values_list("idu", flat=True))
        reader = reader_with(rights_there)
        ground = ground_of_parcels(known, database_clock.today(), reader)
        title = f"{permit} · {title_of(ground)}"[:LONGEST_TITLE]
        return compose_sheet(ground, title=title, user=user, reader=reader, site=site)


def rights_at(permit: Permit, rights: Rights) -> Rights:
    """The asker's rights at the file's member alone: what other members keep private is not for this one."""
    role = rights.roles.get(permit.owner_id, Role.PERMIT_INSTRUCTOR)
    return replace(rights, roles={permit.owner_id: role}, agency=False, insee=frozenset())
