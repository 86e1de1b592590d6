"""Import assets of roads from files on this machine, as the page does: read, mapped, loaded all or nothing."""

import shutil
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import ArpentError
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from layers.intake.services.inbox import harmless
from networks.roads.importers.asset_mapping import AssetReading
from networks.roads.models import AssetDelivery, AssetMapping
from networks.roads.services import assets_importing as importing

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Import assets of roads: signs, lighting, barriers … from CSV, XLSX, ODS, KML, Shapefile, GeoJSON, GeoPackage"
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--member", required=True, help=_("short name of the member"))
        parser.add_argument("--mapping", default="", metavar="NAME", help=_("a reading that was kept, or its new name"))
        parser.add_argument(
            "--column", action="append", default=[], metavar="OURS=THEIRS", help=_("a field of the file, by hand")
        )
        parser.add_argument("--kind", default="", help=_("one kind for all, as “sign”"))
        parser.add_argument("--crs", type=int, metavar="EPSG", help=_("system of the coordinates"))
        parser.add_argument(
            "--outside", action="store_true", help=_("load even what lies mostly outside the member’s territory")
        )
        parser.add_argument("--dry-run", action="store_true", help=_("only say what would come in"))

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.INBOX_DIR) / uuid.uuid4().hex
        try:
            with acting_as(SYSTEM), transaction.atomic():
                made = self.read(folder, options)
                self.map(made, options)
                report = importing.load(made.pk, lambda share, words: None)
                made.refresh_from_db()
                self.tell(made)
                transaction.set_rollback(bool(options["dry_run"]))
        except ArpentError as error:
            raise CommandError(error.message, returncode=2) from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        words = _("%(created)s assets new, %(updated)s updated, %(same)s as they were, %(refused)s left out.")
        self.stdout.write(words % report)
        if not options["dry_run"]:
            self.stdout.write(_("To take it back: take_back_road_assets %(number)s") % {"number": made.pk})
        if survey := made.survey:
            where = survey | {"far": survey["placed"] - survey["near"]}
            self.stdout.write(_("%(outside)s lie outside the territory, %(far)s have no road nearby.") % where)
        if report["kept"] or report["both"]:
            words = _("%(kept)s have corrections that were kept, %(both)s were changed here and in the file.")
            self.stdout.write(words % report)
        if report["by_place"]:
            words = _("%(by_place)s were known by their place: their reference came or went.")
            self.stdout.write(words % report)

    def read(self, folder: Path, options: dict[str, Any]) -> AssetDelivery:
        """Take the files of the command in as a delivery and read it. Raises CommandError, Invalid."""
        member = Member.objects.filter(slug=options["member"]).first()
        if member is None:
            raise CommandError(_("There is no member named %(slug)s.") % {"slug": options["member"]}, returncode=2)
        names = [self.kept(path, folder) for path in options["paths"]]
        made = importing.register(folder.name, names, member=member, user=None)
        importing.read(made.pk, lambda share, words: None)
        made.refresh_from_db()
        return made

    def kept(self, path: Path, folder: Path) -> str:
        if not path.is_file():
            raise CommandError(_("There is no file %(path)s.") % {"path": path}, returncode=2)
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / harmless(path.name))
        return harmless(path.name)

    def map(self, made: AssetDelivery, options: dict[str, Any]) -> None:
        """What was said on the command line changes what is likely. Raises CommandError."""
        kept = AssetMapping.objects.filter(owner=made.owner, name=options["mapping"]).first()
        pairs = [one.partition("=") for one in options["column"]]
        for label, told in made.readings.items():
            reading = dict(kept.reading) if kept else dict(told)
            reading["columns"] = dict(reading["columns"]) | {ours: theirs for ours, _equals, theirs in pairs}
            if options["kind"]:
                reading["fixed"] = {"kind": options["kind"]}
            reading["crs"] = options["crs"] or reading.get("crs")
            made.readings[label] = AssetReading.kept(reading).as_json()
        made.mapping_name = options["mapping"] or made.mapping_name
        made.outside = options["outside"]
        made.save()

    def tell(self, made: AssetDelivery) -> None:
        for one in made.faults[:SHOWN]:
            row = _("row %(row)s") % {"row": one["row"]} if one["row"] else ""
            self.stderr.write(" ".join(part for part in (one["file"], row, ":", one["message"]) if part))
        if len(made.faults) > SHOWN:
            self.stderr.write(_("… and %(count)s more.") % {"count": len(made.faults) - SHOWN})
