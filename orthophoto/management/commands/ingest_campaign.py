"""`manage.py ingest_campaign DIR --slug S --title T --acquired YYYY[-MM[-DD]] …`."""

import json
import time
from pathlib import Path
from typing import Any

from asgiref.sync import async_to_sync
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import ArpentError
from gis_core.management.commands.worker import work
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from layers.catalogue.models import Layer, Photo
from orthophoto.jobs import QUEUE
from orthophoto.models import Campaign
from orthophoto.raster.naming import model_in_names
from orthophoto.report import as_json, report_text
from orthophoto.services import building
from orthophoto.services.campaigns import CampaignOrder, parse_acquired, register
from orthophoto.services.inspection import inspect, leave_refused
from orthophoto.services.orders import made_for

HEIGHT_KINDS = [kind for kind in Photo.Kind.values if kind != Photo.Kind.PHOTO]
WATCH_S = 0.5
STILL_S = 900


class Command(BaseCommand):
    help = (
        "Inspect a delivered folder of aerial sheets and build its mosaic; publish it with --publish. Exit code 0 when "
        "no sheet was refused, 1 when the campaign was built without some, 2 when nothing was built."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--slug", required=True)
        parser.add_argument("--title", required=True)
        parser.add_argument("--acquired", required=True, metavar="YYYY[-MM[-DD]]")
        parser.add_argument("--member", help=_("short name of the member that owns it; else the agency's"))
        parser.add_argument("--crs", default="EPSG:2154", help=_("CRS of the sheets that name none"))
        parser.add_argument("--kind", choices=["photo", "heights"], default="photo", help=_("what the sheets hold"))
        parser.add_argument(
            "--model", choices=HEIGHT_KINDS, help=_("of heights: by the names (MNT, MNS, MNH) when not given")
        )
        parser.add_argument("--unit", choices=Campaign.Unit.values, default=Campaign.Unit.METRE, help=_("of heights"))
        parser.add_argument("--vertical", metavar="EPSG:5720", help=_("the vertical datum where the files say none"))
        parser.add_argument("--codec", choices=Campaign.Codec.values, help=_("jpeg for photos, deflate for heights"))
        parser.add_argument("--display", choices=Campaign.Display.values, default=Campaign.Display.NATURAL)
        parser.add_argument("--visibility", choices=Layer.Visibility.values, default=Layer.Visibility.SIGNED_IN)
        parser.add_argument("--attribution", default="")
        parser.add_argument("--publish", action="store_true", help=_("show it as soon as it is built"))
        parser.add_argument("--report", type=Path, metavar="FILE.json", help=_("where to write the report"))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with acting_as(SYSTEM):
                campaign = self.ingest(options)
        except ArpentError as error:
            raise CommandError(error.message, returncode=2) from error
        with acting_as(SYSTEM):
            self.stdout.write(report_text(campaign))
            if options["report"]:
                self.keep(campaign, options["report"])
            code = self.finish(campaign)
        if code:
            raise SystemExit(code)

    def ingest(self, options: dict[str, Any]) -> Campaign:
        """The inventory in this process, then the build by the workers there are, this process being one.

        A build that was interrupted, or that a full disk stopped, is taken up where it was. One that failed at a sheet
        begins with a new inventory: its file may have been replaced.
        """
        order = order_of(options)
        begun = Campaign.objects.filter(slug=order.slug, delivery=order.delivery).first()
        if begun is not None and begun.state == Campaign.State.STOPPED and not has_failed_sheet(begun):
            begun = building.start_build(begun, SYSTEM)
        if begun is not None and begun.state == Campaign.State.BUILDING:
            self.build(begun)
            return begun
        campaign = register(order, rights=SYSTEM, started_by=None)
        self.inspect(campaign)
        campaign.refresh_from_db()
        if campaign.state == Campaign.State.INSPECTED:
            campaign = building.start_build(campaign, SYSTEM)
            self.build(campaign)
        return campaign

    def inspect(self, campaign: Campaign) -> None:
        """Whatever the inventory raises, the campaign is refused with the reason, and not for ever being inspected."""
        try:
            with transaction.atomic():
                inspect(campaign.pk, progress=self.write_progress)
        except ArpentError as error:
            leave_refused(campaign.pk, str(error.message))
            raise
        except BaseException:
            leave_refused(campaign.pk, _("The inventory was interrupted: start it again."))
            raise

    def build(self, campaign: Campaign) -> None:
        """Work until the build is over. Raises CommandError when nothing has moved for a long time."""
        left, moved_at = -1, time.monotonic()
        while campaign.state == Campaign.State.BUILDING:
            building.queue_what_was_lost()
            async_to_sync(work)(1, True, QUEUE)
            campaign.refresh_from_db()
            unbuilt = campaign.sheets.filter(state="found").count()
            if unbuilt != left:
                left, moved_at = unbuilt, time.monotonic()
            if campaign.state == Campaign.State.BUILDING:
                self.go_on(moved_at)

    def go_on(self, moved_at: float) -> None:
        """Leave other workers some time. Raises CommandError when nothing has moved for very long."""
        if time.monotonic() - moved_at > STILL_S:
            message = _("Nothing moves any more: see the log of the jobs, then start again.")
            raise CommandError(message, returncode=2)
        time.sleep(WATCH_S)

    def finish(self, campaign: Campaign) -> int:
        if campaign.state != Campaign.State.BUILT:
            return 2
        if campaign.published_build == campaign.build:
            self.stdout.write(_("Published: those who may see it see it now."))
        else:
            self.stdout.write(_("To publish it: ./arpent manage publish_campaign %(slug)s") % {"slug": campaign.slug})
        return int(campaign.sheets.exclude(state="built").exists())

    def write_progress(self, share: float | None, message: str = "") -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{message} {'' if share is None else f'{share:.0%}'}\033[K", ending="")

    def keep(self, campaign: Campaign, path: Path) -> None:
        try:
            path.write_text(json.dumps(as_json(campaign), ensure_ascii=False, indent=2) + "\n")
        except OSError as error:
            message = _("The report could not be written to %(path)s: %(reason)s")
            raise CommandError(message % {"path": path, "reason": error.strerror}, returncode=2) from error


def has_failed_sheet(campaign: Campaign) -> bool:
    """Whether the build of a sheet has failed."""
    return campaign.sheets.filter(state="failed").exists()


def order_of(options: dict[str, Any]) -> CampaignOrder:
    """The command line as an order. Raises CommandError, BadOrder."""
    member = None
    if options["member"]:
        member = Member.objects.filter(slug=options["member"]).first()
        if member is None:
            raise CommandError(_("There is no member named %(slug)s.") % {"slug": options["member"]}, returncode=2)
    taken, precision = parse_acquired(options["acquired"])
    return CampaignOrder(
        slug=options["slug"],
        title=options["title"],
        acquired_date=taken,
        acquired_precision=precision,
        delivery=str(options["folder"].absolute()),
        owner=member,
        attribution=options["attribution"],
        visibility=options["visibility"],
        publish_at_once=options["publish"],
        crs=epsg(options["crs"]),
        codec=options["codec"] or made_for(options["kind"])["codec"],
        display=options["display"],
        kind=kind_given(options),
        unit=options["unit"],
        vertical_crs=epsg(options["vertical"]) if options["vertical"] else None,
    )


def kind_given(options: dict[str, Any]) -> str:
    """What the sheets hold. Raises CommandError: no model is given, and their names do not tell it."""
    if options["kind"] == "photo":
        if options["model"]:
            raise CommandError(_("--model is said of heights: add --kind heights."), returncode=2)
        return Photo.Kind.PHOTO
    model = options["model"] or model_in_names(path.name for path in options["folder"].rglob("*"))
    if model is None:
        message = _("Say which heights these are: --model ground (MNT), surface (MNS) or height (MNH).")
        raise CommandError(message, returncode=2)
    return model


def epsg(text: str) -> int:
    code = text.upper().removeprefix("EPSG:")
    if not code.isdecimal() or len(code) > 6:
        raise CommandError(_("A CRS is written EPSG:2154; this is not one: %(text)s") % {"text": text}, returncode=2)
    return int(code)
