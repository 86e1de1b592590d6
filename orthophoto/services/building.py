"""One build of a campaign: a queue task per sheet, then the mosaic's overview. Any of them may be killed and run again.

A sheet leaves the state FOUND in the transaction that records what was made of it; the last one queues the overview in
the same transaction. A file is renamed to its name before that, so that a task killed in between makes it again, byte
for byte.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as queue
from procrastinate.exceptions import AlreadyEnqueued

from gis_core.database import clock as database_clock
from gis_core.database.statements import fetch_all
from gis_core.errors import Forbidden
from gis_core.jobs.services import queue_task, stop_job
from gis_core.members.rights import SYSTEM, Rights
from orthophoto.errors import DiskFull, WrongState
from orthophoto.models import Campaign, Sheet
from orthophoto.services.campaigns import inventory_of
from orthophoto.services.publication import publish

BUILD_SHEET, BUILD_OVERVIEW = "build_sheet", "build_overview"
STARTABLE = (Campaign.State.INSPECTED, Campaign.State.STOPPED, Campaign.State.BUILT)
# A COG in JPEG takes about a tenth of its pixels; the sheet's copy and its overviews are beside it while it is made.
BYTES_PER_PIXEL = {
    Campaign.Codec.JPEG: 0.8, Campaign.Codec.WEBP: 0.6, Campaign.Codec.DEFLATE: 3.2, Campaign.Codec.LERC: 3.2
}  # fmt: skip
SPARE_BYTES = 256 * 1024 * 1024
# A thousand sheets must not keep an import or an inventory waiting.
BEHIND = -10


@dataclass(frozen=True, slots=True)
class Made:
    """What a task made of a sheet."""

    file_name: str
    outline: GEOSGeometry
    sha256: str
    size_bytes: int
    seconds: float


@transaction.atomic
def start_build(campaign: Campaign, rights: Rights) -> Campaign:
    """Build every sheet anew, or take up a build that stopped. Raises Forbidden, WrongState, DiskFull."""
    if not campaign.may_work(rights):
        raise Forbidden(_("Your role does not allow this."))
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if campaign.state not in STARTABLE:
        raise WrongState(_("This campaign cannot be built now: wait for its inventory, or for the build in progress."))
    if campaign.state != Campaign.State.STOPPED:
        campaign.build += 1
        campaign.build_started_at = database_clock.now()
        again = [Sheet.State.BUILT, Sheet.State.FAILED]
    else:
        again = [Sheet.State.FAILED]
    campaign.sheets.filter(state__in=again).update(
        state=Sheet.State.INVENTORIED, code="", message="", sha256="", file_name="", size_bytes=None, seconds=None
    )
    waiting = list(campaign.sheets.filter(state=Sheet.State.INVENTORIED))
    check_free_space(campaign, waiting)
    campaign.state, campaign.message = Campaign.State.BUILDING, ""
    campaign.save()
    for sheet in waiting:
        queue_sheet(sheet.pk, campaign.build)
    if not waiting:
        settle(campaign)
    return campaign


@transaction.atomic
def stop_build(campaign: Campaign, rights: Rights) -> None:
    """Begin no further sheet and interrupt those being made; those made stay. The inventory is stopped likewise.

    Raises Forbidden, WrongState.
    """
    if not campaign.may_work(rights):
        raise Forbidden(_("Your role does not allow this."))
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if campaign.state == Campaign.State.INSPECTING and (inventory := inventory_of(campaign)):
        stop_job(rights=rights, job_id=inventory.pk)
        return
    if campaign.state != Campaign.State.BUILDING:
        raise WrongState(_("This campaign is not being built."))
    stop(campaign, _("Stopped on demand; what is made stays, and the build can be taken up again."))
    for number in at_work(campaign):
        queue.job_manager.cancel_job_by_id(number, abort=True)


def at_work(campaign: Campaign) -> list[int]:
    """The queue's numbers of the tasks that make something of the campaign's build now."""
    rows = fetch_all(
        "select id from procrastinate_jobs where status = 'doing' and task_name = any(%s)"
        " and args ->> 'build' = %s and coalesce((args ->> 'campaign_id')::bigint, ("
        "   select campaign_id from orthophoto_sheet sheet where sheet.id = (args ->> 'sheet_id')::bigint)) = %s",
        [[BUILD_SHEET, BUILD_OVERVIEW], str(campaign.build), campaign.pk],
    )
    return [number for (number,) in rows]


def check_free_space(campaign: Campaign, sheets: list[Sheet]) -> None:
    """Refuse early what the disk cannot hold. Raises DiskFull with the figures."""
    pixels = [sheet.facts.get("width", 0) * sheet.facts.get("height", 0) for sheet in sheets]
    needed = (
        int(sum(pixels) * BYTES_PER_PIXEL[Campaign.Codec(campaign.codec)] + 4 * max(pixels, default=0)) + SPARE_BYTES
    )
    free = shutil.disk_usage(settings.FILES_DIR if settings.FILES_DIR.exists() else settings.DATA_DIR).free
    if free < needed:
        raise DiskFull(lacking(needed, free))


def lacking(needed: int, free: int) -> str:
    """How much room is missing, in words."""
    message = _(
        "The build needs about %(needed).1f GB and the disk has %(free).1f GB left: make room, then start again."
    )
    return message % {"needed": needed / 1e9, "free": free / 1e9}


def queue_sheet(sheet_id: int, build: int) -> None:
    """Queue a sheet's task, once. (LOST knows its lock.)"""
    defer_once(BUILD_SHEET, f"sheet-{sheet_id}-{build}", sheet_id=sheet_id, build=build)


def queue_overview(campaign_id: int, build: int) -> None:
    """Queue an overview's task, once. (LOST knows its lock.)"""
    defer_once(BUILD_OVERVIEW, f"overview-{campaign_id}-{build}", campaign_id=campaign_id, build=build)


def defer_once(task: str, lock: str, **arguments: int) -> None:
    try:
        with transaction.atomic():
            queue_task(task, arguments, lock=lock, queueing_lock=lock, priority=BEHIND)
    except AlreadyEnqueued:
        return


def settle(campaign: Campaign) -> None:
    """When no sheet is left to make, queue the overview; without any good sheet, the build has failed."""
    if campaign.sheets.filter(state=Sheet.State.INVENTORIED).exists():
        return
    if campaign.sheets.filter(state=Sheet.State.BUILT).exists():
        queue_overview(campaign.pk, campaign.build)
    else:
        stop(campaign, _("No sheet could be made: see why in the list."))


def stop(campaign: Campaign, message: str) -> None:
    campaign.state, campaign.message = Campaign.State.STOPPED, message[:500]
    campaign.save(update_fields=["state", "message"])


def to_make(sheet_id: int, build: int) -> Sheet | None:
    """The sheet, while its campaign's build still wants it."""
    return (
        Sheet.objects.select_related("campaign")
        .filter(
            pk=sheet_id,
            state=Sheet.State.INVENTORIED,
            campaign__build=build,
            campaign__state=Campaign.State.BUILDING,
        )
        .first()
    )


def of_build(campaign_id: int, build: int) -> Campaign | None:
    """The campaign, until the transaction's end nobody else's to change; None once deleted or in a later build."""
    return Campaign.objects.select_for_update(of=("self",)).filter(pk=campaign_id, build=build).first()


@transaction.atomic
def record_made(sheet: Sheet, made: Made) -> None:
    """The sheet is built, unless its build was given up meanwhile."""
    campaign = of_build(sheet.campaign_id, sheet.campaign.build)
    current = Sheet.objects.filter(pk=sheet.pk, state=Sheet.State.INVENTORIED)
    if campaign is None or not current.exists():
        return
    current.update(
        state=Sheet.State.BUILT,
        file_name=made.file_name,
        geom=made.outline,
        sha256=made.sha256,
        size_bytes=made.size_bytes,
        seconds=made.seconds,
    )
    if campaign.state == Campaign.State.BUILDING:
        settle(campaign)


@transaction.atomic
def record_failed(sheet: Sheet, code: str, message: str) -> None:
    """The sheet could not be made; the others go on."""
    campaign = of_build(sheet.campaign_id, sheet.campaign.build)
    current = Sheet.objects.filter(pk=sheet.pk, state=Sheet.State.INVENTORIED)
    if campaign is None:
        return
    changed = current.update(state=Sheet.State.FAILED, code=code, message=message[:500])
    if changed and campaign.state == Campaign.State.BUILDING:
        settle(campaign)


@transaction.atomic
def record_stopped(campaign_id: int, build: int, message: str) -> None:
    """Nothing more can be made of this build for now (a full disk): it waits for somebody to start it again."""
    campaign = of_build(campaign_id, build)
    if campaign is not None and campaign.state == Campaign.State.BUILDING:
        stop(campaign, message)


@transaction.atomic
def record_overview(campaign_id: int, build: int) -> None:
    """The overview is there: the campaign is built, and waits for its publication, unless that was asked for at once.

    A build that lost sheets waits for somebody to look at it.
    """
    campaign = of_build(campaign_id, build)
    if campaign is not None and campaign.state == Campaign.State.BUILDING:
        campaign.state, campaign.message, campaign.built_at = Campaign.State.BUILT, "", database_clock.now()
        campaign.save(update_fields=["state", "message", "built_at"])
        if campaign.publish_at_once and not campaign.sheets.filter(state=Sheet.State.FAILED).exists():
            publish(campaign, SYSTEM)


def queue_what_was_lost() -> None:
    """Queue again what a build waits for and no task is left to do (its task failed with the database)."""
    lost = fetch_all(LOST)
    for task, row_id, build in lost:
        (queue_sheet if task == BUILD_SHEET else queue_overview)(row_id, build)


LOST = """
    with queued as (select lock from procrastinate_jobs where status in ('todo', 'doing') and lock is not null),
    wanted as (
        select 'build_sheet' as task, sheet.id, campaign.build, 'sheet-' || sheet.id || '-' || campaign.build as lock
        from orthophoto_sheet sheet join orthophoto_campaign campaign on campaign.id = sheet.campaign_id
        where campaign.state = 'building' and sheet.state = 'found'
        union all
        select 'build_overview', campaign.id, campaign.build, 'overview-' || campaign.id || '-' || campaign.build
        from orthophoto_campaign campaign
        where campaign.state = 'building' and not exists (
            select from orthophoto_sheet sheet where sheet.campaign_id = campaign.id and sheet.state = 'found'))
    select task, id, build from wanted where lock not in (select lock from queued) order by task, id
"""


def build_folder(campaign: Campaign) -> Path:
    """The folder of the present build, made when it is missing."""
    folder = Path(settings.FILES_DIR, campaign.folder)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
