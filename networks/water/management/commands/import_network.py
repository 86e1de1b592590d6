"""Import a network from files on this machine, as the page does: read, checked, snapped, loaded all or nothing."""

import json
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
from layers.intake import findings
from layers.intake.import_loss import (
    EXIT_LOSS,
    LossRefused,
    add_loss_argument,
    check_planned_loss,
    command_hint,
    describe_scopes,
)
from layers.intake.models import FileImport
from layers.intake.services import imports
from layers.intake.services.inbox import harmless
from layers.intake.services.mappings import choices_in_file
from networks.water.importers.choices import ADD, AUTO, REPLACE, Format, NetworkChoices
from networks.water.importers.mapping import reading_from
from networks.water.services import importing
from networks.water.sources import NETWORK

SHOWN = 20


class Command(BaseCommand):
    """Exit code 0 when it is loaded, or would be; 2 when nothing was loaded, 3 when too much would go
    (`layers.intake.import_loss`).
    """

    help = "Import a water or sewer network: RAEPA, EPANET, or layers of any file"
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--member", required=True, help=_("short name of the member"))
        parser.add_argument("--format", default=AUTO, choices=[AUTO, *Format.values])
        parser.add_argument("--snap", type=float, metavar="METRES", help=_("distance of snapping, 0.05 to 5"))
        parser.add_argument("--crs", type=int, metavar="EPSG", help=_("system of the coordinates of an EPANET file"))
        parser.add_argument("--corner", type=float, nargs=2, metavar=("X", "Y"), help=_("where a free drawing lies"))
        parser.add_argument("--scale", type=float, default=1.0, help=_("metres for one unit of a free drawing"))
        parser.add_argument("--known", choices=[REPLACE, ADD], help=_("what to do with objects that are there already"))
        parser.add_argument("--confirmed", action="store_true", help=_("replace also what was changed since"))
        parser.add_argument("--leave-out", action="store_true", help=_("leave out the rows that may be"))
        parser.add_argument(
            "--map", type=Path, metavar="FILE", help=_("a mapping in JSON, in place of the one that was kept")
        )
        parser.add_argument("--report", type=Path, metavar="FILE.json", help=_("where to write the report"))
        parser.add_argument("--dry-run", action="store_true", help=_("only say what would come in"))
        add_loss_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.INBOX_DIR) / uuid.uuid4().hex
        try:
            with acting_as(SYSTEM), transaction.atomic():
                made = self.read(folder, options)
                self.describe(made)
                self.keep(made, options["report"])
                importing.check(made)
                if options["dry_run"]:
                    transaction.set_rollback(True)
                    check_planned_loss(imports.loss_of(made), options["accept_loss"])
                    return
                imports.apply(made.pk, no_progress)
                made.refresh_from_db()
        except LossRefused as error:
            raise CommandError(f"{error.message} {command_hint(error.loss)}", returncode=EXIT_LOSS) from error
        except ArpentError as error:
            raise CommandError(error.message, returncode=2) from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        self.keep(made, options["report"])
        done = _("%(rows)s objects loaded in %(seconds)s s, %(moved)s ends moved.")
        self.stdout.write(done % made.report)
        self.stdout.write(_("To take it back: take_back_network %(number)s") % {"number": made.pk})

    def read(self, folder: Path, options: dict[str, Any]) -> FileImport:
        """Take the files and options of the command in as an import and read it. Raises CommandError, Invalid."""
        member = Member.objects.filter(slug=options["member"]).first()
        if member is None:
            raise CommandError(_("There is no member named %(slug)s.") % {"slug": options["member"]}, returncode=2)
        names = [self.copied(path, folder) for path in options["paths"]]
        given = choices_in_file(options["map"])
        mapping = given.get("mapping", given)
        chosen = NetworkChoices(
            format="" if options["format"] == AUTO else options["format"],
            snap_m=options["snap"],
            crs=options["crs"],
            corner=options["corner"],
            scale=options["scale"],
            known=options["known"] or "",
            leave="all" if options["leave_out"] else (),
            confirmed=options["confirmed"],
            accepted_loss=options["accept_loss"],
            mapping={label: reading_from(one) for label, one in mapping.items()},
        )
        chosen.check()
        made = imports.register(NETWORK, folder.name, names, member=member, choices=chosen.as_json(), user=None)
        self.read_through(made)
        return made

    def read_through(self, made: FileImport) -> None:
        """Read; layers of files by the mapping that was kept, or as they likely are. Raises CommandError, Invalid."""
        imports.read(made.pk, no_progress)
        made.refresh_from_db()
        if made.state == FileImport.State.CHOOSING and made.contents:
            name, readings = importing.likely_readings(made.owner, made.contents)
            for label, one in readings.items():
                self.stdout.write(f"{label}: {one.table or '-'}{f' ({name})' if name else ''}")
            made.choices = made.choices | {"mapping": {label: one.as_json() for label, one in readings.items()}}
            made.save()
            imports.read(made.pk, no_progress)
            made.refresh_from_db()
        if made.state == FileImport.State.CHOOSING:
            raise CommandError(_("Say where the network lies: --crs, or --corner and --scale."), returncode=2)

    def copied(self, path: Path, folder: Path) -> str:
        """The name of a copy in the inbox: the file itself stays where it is. Raises CommandError."""
        if not path.is_file():
            raise CommandError(_("There is nothing at %(path)s.") % {"path": path}, returncode=2)
        folder.mkdir(parents=True, exist_ok=True)
        name = harmless(path.name)
        shutil.copyfile(path, folder / name)
        return name

    def describe(self, made: FileImport) -> None:
        plan = made.plan or {}
        for one in plan.get("networks", []):
            words = _("%(family)s: %(pipes)s pipes, %(nodes)s nodes, %(connections)s connections, %(parts)s parts")
            self.stdout.write(words % one)
        words = _("%(errors)s errors, %(warnings)s remarks; %(moved)s ends moved within %(snap_m)s m")
        self.stdout.write(words % plan)
        if plan.get("compared", {}).get("known"):
            for line in describe_scopes(plan["compared"]):
                self.stdout.write(line)
        for finding in findings.from_json(made.findings[:SHOWN]):
            row = f", {finding.row}" if finding.row else ""
            self.stdout.write(f"  {finding.severity}: {finding.file}{row}: {finding.message}")

    def keep(self, made: FileImport, path: Path | None) -> None:
        """Write what would be done, what is amiss and what was done. Raises CommandError."""
        if path is None:
            return
        listing = [one.as_json() | {"message": one.message} for one in findings.from_json(made.findings)]
        report = {"choices": made.choices, "plan": made.plan, "findings": listing, "report": made.report}
        try:
            path.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n")
        except OSError as error:
            words = _("The report could not be written to %(path)s: %(reason)s")
            raise CommandError(words % {"path": path, "reason": error.strerror}, returncode=2) from error


def no_progress(share: float | None, words: str) -> None:
    """Nobody waits for it."""
