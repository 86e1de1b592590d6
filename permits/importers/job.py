"""The import of a register as a job: the file waits in the inbox, and is read as its sender, under the row policies."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import Invalid
from gis_core.jobs.services import start_job
from gis_core.members.rights import Rights, under_policies
from gis_core.models import Job, Member, User
from layers.intake.services.inbox import harmless
from layers.intake.tables import read_table
from permits.importers.columns import Reading
from permits.importers.loading import Order, load
from permits.importers.register import LIMITS
from permits.models import Mapping as KeptMapping

if TYPE_CHECKING:
    from gis_core.tasks import RunningJob

KIND = "import_permits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A register that was sent: the folder of the inbox it lies in, its name there, the member that it is for."""

    folder: str
    name: str
    member: Member

    @property
    def path(self) -> Path:
        return Path(settings.INBOX_DIR) / harmless(self.folder) / harmless(self.name)


def order_for(sent: Sent, reading: Reading, rights: Rights) -> Order:
    """Raises Invalid for a file that is no table, or is there no more."""
    if not sent.path.is_file():
        raise Invalid(_("The uploaded files are no longer there: send them again."), parameter="file")
    table = read_table(sent.path, LIMITS)
    return Order(name=sent.name, table=table, reading=reading, member=sent.member, rights=rights)


def start(sent: Sent, reading: Reading, *, user: User, rights: Rights) -> Job:
    """Queue the import of a register. Raises Forbidden."""
    parameters = {
        "folder": sent.folder,
        "file": sent.name,
        "columns": dict(reading.columns),
        "values": reading.values(),
    }
    title = _("Register %(name)s") % {"name": sent.name}
    return start_job(kind=KIND, title=title, owner=sent.member, started_by=user, parameters=parameters, rights=rights)


def forget_file(job: Job) -> None:
    """What was sent goes with the job's end."""
    shutil.rmtree(Path(settings.INBOX_DIR) / harmless(str(job.parameters.get("folder", ""))), ignore_errors=True)


def import_register(running: RunningJob) -> dict[str, Any]:
    """Import a register; the report is the job's."""
    given, member = running.parameters, running.job.owner
    assert member is not None
    sent = Sent(folder=str(given["folder"]), name=str(given["file"]), member=member)
    with under_policies():
        order = order_for(sent, Reading.kept(given["columns"], given["values"]), running.rights)
        return load(order, running.tell).as_json()


# -- how a member's registers are read --------------------------------------------------------------------------------


def kept_reading(member: Member, header: tuple[str, ...]) -> tuple[str, Reading] | None:
    """The name and content of the mapping that was used last for such a file, None where none fits."""
    for one in KeptMapping.objects.filter(member=member):
        reading = Reading.kept(one.columns, one.values)
        if reading.columns and set(reading.columns.values()) <= set(header):
            return one.name, reading
    return None


def keep_reading(member: Member, name: str, reading: Reading) -> None:
    """Keep a mapping for next time, under its name."""
    content: Mapping[str, Any] = {
        "columns": dict(reading.columns),
        "values": reading.values(),
        "used_at": database_clock.now(),
    }
    KeptMapping.objects.update_or_create(member=member, name=name.strip()[:80], defaults=content)
