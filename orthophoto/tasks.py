"""The queue's tasks of a campaign: its inventory (a job that people watch), its sheets, its overview."""

import errno
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from gis_core.database.failures import FULL
from gis_core.database.outages import database_is_gone
from gis_core.errors import ArpentError, TryAgain
from gis_core.files.erasing import erase
from gis_core.jobs.services import alone
from gis_core.jobs.task_process import attempts
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.tasks import RunningJob, may_again
from orthophoto.errors import DiskFull
from orthophoto.models import Campaign, Sheet
from orthophoto.raster import spool
from orthophoto.raster.errors import DiskFull as NoRoom
from orthophoto.services import building, inspection, making
from orthophoto.services.publication import OVERVIEW

log = logging.getLogger("arpent.orthophoto")
LEFT_BEHIND_S = 2 * 86_400
# Bytes: figures in GB say nothing of less.
WORTH_TELLING = 100_000_000


def leave_refused(job: Any) -> None:
    """An inventory that ended badly leaves its campaign refused, with the job's reason."""
    job.refresh_from_db()
    if job.state != job.State.DONE:
        with acting_as(SYSTEM):
            inspection.leave_refused(job.parameters["campaign"], job.message)


def inspect_campaign(running: RunningJob) -> dict[str, Any]:
    """Look at every file of the delivery; the report says what was found."""
    with acting_as(SYSTEM):
        return inspection.inspect(int(running.parameters["campaign"]), progress=running.report_progress)


def build_sheet(sheet_id: int, build: int) -> None:
    """Make one sheet's COG. Whatever happens to it, the others go on; a full disk stops the build."""
    with acting_as(SYSTEM), override("fr"), alone(f"sheet {sheet_id}"):
        with transaction.atomic():
            sheet = building.to_make(sheet_id, build)
        if sheet is None:
            return
        record_problems(
            lambda: building.record_made(sheet, making.make_sheet(sheet)),
            otherwise=lambda code, message: building.record_failed(sheet, code, message),
            full=lambda message: building.record_stopped(sheet.campaign_id, build, message),
        )


def build_overview(campaign_id: int, build: int) -> None:
    """Make the overview of the whole mosaic, after which the campaign can be published."""
    with acting_as(SYSTEM), override("fr"), alone(f"overview {campaign_id}"):

        def stop(message: str) -> None:
            building.record_stopped(campaign_id, build, message)

        def work() -> None:
            if making.make_overview(campaign_id, build):
                building.record_overview(campaign_id, build)

        record_problems(work, otherwise=lambda _code, message: stop(message), full=stop)


def record_problems(
    work: Callable[[], None],
    *,
    otherwise: Callable[[str, str], None],
    full: Callable[[str], None],
) -> None:
    """Do the work; what goes wrong is recorded with a code and words.

    What the database did is not, nor what may pass: it is run again. A disk that is full or read-only stops the build.
    """
    try:
        work()
    except DiskFull as error:
        full(error.message)
    except TryAgain as error:
        if may_again(attempts.get(), error):
            raise
        otherwise(str(error.extra.get("code", "killed")), error.message)
    except ArpentError as error:
        if database_is_gone(error):
            raise
        otherwise(str(error.extra.get("code", "refused")), error.message)
    except (DatabaseError, InterfaceError):
        raise
    except OSError as error:
        if message := message_of_full(error):
            full(message)
        else:
            otherwise("unreadable", _("The file cannot be read: %(reason)s") % {"reason": error.strerror or error})
    except Exception:
        log.exception("a sheet could not be made")
        otherwise("unexpected", _("The platform met an unexpected error; it has been recorded."))


def message_of_full(error: OSError) -> str:
    """What is wrong with the disk, with how much room is missing where that is known; empty when it is not the disk."""
    if isinstance(error, NoRoom) and error.needed - error.free > WORTH_TELLING:
        return building.lacking(error.needed, error.free)
    if error.errno in FULL:
        return _("The disk is full: make room, then take the build up again.")
    if error.errno == errno.EROFS:
        return _("The disk is read-only: have it repaired, then take the build up again.")
    return ""


def sheet_given_up(arguments: dict[str, Any], why: str = "") -> None:
    """A sheet that is not tried again (`gis_core.tasks.give_up`)."""
    with acting_as(SYSTEM), override("fr"):
        sheet = Sheet.objects.select_related("campaign").filter(pk=int(arguments["sheet_id"])).first()
        if sheet and sheet.campaign.build == arguments.get("build"):
            message = why or _("The worker was stopped three times at this sheet; it was given up.")
            building.record_failed(sheet, "killed", message)
    sweep_sheet(arguments)


def overview_given_up(arguments: dict[str, Any], why: str = "") -> None:
    with acting_as(SYSTEM), override("fr"):
        message = why or _("The worker was stopped three times at the overview; take the build up again.")
        building.record_stopped(int(arguments["campaign_id"]), int(arguments["build"]), message)
    sweep_overview(arguments)


def sweep_sheet(arguments: dict[str, Any]) -> None:
    """What a sheet that was stopped had written goes: up to the size of its file. Whoever makes it now has swept it."""
    with suppress(DatabaseError, OSError), acting_as(SYSTEM), alone(f"sheet {int(arguments['sheet_id'])}"):
        sheet = Sheet.objects.select_related("campaign").filter(pk=int(arguments["sheet_id"])).first()
        if sheet and sheet.campaign.build == arguments.get("build"):
            spool.sweep_partial(building.build_folder(sheet.campaign) / making.file_name_of(sheet))


def sweep_overview(arguments: dict[str, Any]) -> None:
    with suppress(DatabaseError, OSError), acting_as(SYSTEM), alone(f"overview {int(arguments['campaign_id'])}"):
        campaign = Campaign.objects.filter(pk=int(arguments["campaign_id"]), build=int(arguments["build"])).first()
        if campaign:
            spool.sweep_partial(building.build_folder(campaign) / OVERVIEW)


def queue_lost_sheets(timestamp: int) -> None:
    """Every minute: what a build waits for and no task is left to do is queued again."""
    with acting_as(SYSTEM):
        building.queue_what_was_lost()


def sweep_builds(timestamp: int) -> None:
    """Every night: the folders of builds that are neither shown nor the present one go, a few days after."""
    with acting_as(SYSTEM):
        kept = {
            f"{slug}/{number}"
            for slug, build, published in Campaign.objects.values_list("slug", "build", "published_build")
            for number in (build, published)
        }
    for folder in Path(settings.FILES_DIR, "orthophoto").glob("*/*"):
        old = time.time() - folder.stat().st_mtime > LEFT_BEHIND_S
        if old and f"{folder.parent.name}/{folder.name}" not in kept:
            erase(folder)
