"""What every command that imports files of a source does: read, choose, apply in one transaction, say what happened."""

import json
import shutil
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import ArpentError
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from layers.intake.findings import Finding, errors_in, from_json
from layers.intake.import_loss import EXIT_LOSS, LossRefused, add_loss_argument, command_hint
from layers.intake.models import FileImport
from layers.intake.services import imports
from layers.intake.services.inbox import harmless
from layers.intake.services.mappings import choices_in_file
from layers.intake.source import Source

SHOWN: Final = 20
REFUSED, NOTHING = 1, 2


class FileImportCommand(BaseCommand):
    """Exit code 0 when nothing was refused, 1 when it loaded with refusals, 2 when nothing was loaded, 3 when too much
    would go; the same of a dry run.

    A command says its `source`, its own options (`add_options`), what they choose (`choose`, which may leave things as
    they are likely) and what was done in words (`summary`).
    """

    source: Source
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--member", required=True, help=_("short name of the member"))
        parser.add_argument("--dry-run", action="store_true", help=_("only say what would come in"))
        parser.add_argument("--report", type=Path, metavar="FILE.json", help=_("where to write the report"))
        parser.add_argument("--map", type=Path, metavar="FILE.json", help=_("choices, as a report holds them"))
        add_loss_argument(parser)
        self.add_options(parser)

    def add_options(self, parser: CommandParser) -> None:
        """Add the options of this source."""

    def choose(self, made: FileImport, options: dict[str, Any]) -> None:
        """Put what the options say into the choices of an import that was read. Raises CommandError."""

    def summary(self, made: FileImport, *, applied: bool) -> Iterable[str]:
        """What was done, or would be, in lines."""
        return ()

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.INBOX_DIR) / uuid.uuid4().hex
        try:
            with acting_as(SYSTEM), transaction.atomic():
                made = self.run(folder, options)
                transaction.set_rollback(bool(options["dry_run"]))
        except LossRefused as error:
            raise CommandError(f"{error.message} {command_hint(error.loss)}", returncode=EXIT_LOSS) from error
        except ArpentError as error:
            raise CommandError(error.message, returncode=NOTHING) from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if errors_in(from_json(made.findings)):
            raise SystemExit(REFUSED)

    def run(self, folder: Path, options: dict[str, Any]) -> FileImport:
        """Raises CommandError, ArpentError."""
        made = self.register(folder, options)
        imports.read(made.pk, self.progress)
        made.refresh_from_db()
        self.choose(made, options)
        made.choices |= choices_in_file(options["map"]) | {"accepted_loss": options["accept_loss"]}
        made.save()
        imports.apply(made.pk, self.progress)
        made.refresh_from_db()
        self.show(made, options)
        return made

    def register(self, folder: Path, options: dict[str, Any]) -> FileImport:
        """Raises CommandError."""
        member = Member.objects.filter(slug=options["member"]).first()
        if member is None:
            message = _("There is no member named %(slug)s.") % {"slug": options["member"]}
            raise CommandError(message, returncode=NOTHING)
        names = [self.copy(path, folder) for path in options["paths"]]
        return imports.register(self.source, folder.name, names, member=member, user=None)

    def copy(self, path: Path, folder: Path) -> str:
        if not path.is_file():
            raise CommandError(_("There is no file %(path)s.") % {"path": path}, returncode=NOTHING)
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / harmless(path.name))
        return harmless(path.name)

    def show(self, made: FileImport, options: dict[str, Any]) -> None:
        """Say what happened, and write the report."""
        found = from_json(made.findings)
        for one in found[:SHOWN]:
            self.stderr.write(line_of(one))
        if len(found) > SHOWN:
            self.stderr.write(_("… and %(count)s more.") % {"count": len(found) - SHOWN})
        for line in self.summary(made, applied=not options["dry_run"]):
            self.stdout.write(line)
        if options["report"]:
            self.write_report(made, options["report"])

    def write_report(self, made: FileImport, path: Path) -> None:
        """Raises CommandError."""
        found = [one.as_json() | {"message": one.message} for one in from_json(made.findings)]
        content = {"source": made.source, "choices": made.choices, "report": made.report, "findings": found}
        try:
            path.write_text(json.dumps(content, ensure_ascii=False, indent=2, default=str) + "\n")
        except OSError as error:
            message = _("The report could not be written to %(path)s: %(reason)s")
            raise CommandError(message % {"path": path, "reason": error.strerror}, returncode=NOTHING) from error

    def progress(self, share: float | None, message: str) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{message} {'' if share is None else f'{share:.0%}'}\033[K", ending="")


def line_of(one: Finding) -> str:
    row = _("row %(row)s") % {"row": one.row} if one.row else ""
    return " ".join(part for part in (one.file, row, ":", one.message) if part)


class RevertImportCommand(BaseCommand):
    """Exit code 0 when an import is undone, 2 when nothing was done."""

    source: Source
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int, metavar="NUMBER", help=_("number of the import, which its page shows"))

    def summary(self, counts: dict[str, Any]) -> str:
        """What was undone, in words."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        states, number = FileImport.State, options["number"]
        try:
            with acting_as(SYSTEM), transaction.atomic():
                applied = FileImport.objects.filter(pk=number, source=self.source.slug, state=states.APPLIED)
                if not applied.update(state=states.REVERTING, message=""):
                    message = _("There is no import %(number)s that is loaded: nothing was done.")
                    raise CommandError(message % {"number": number}, returncode=NOTHING)
                counts = imports.revert(number, lambda share, message: None)
        except ArpentError as error:
            raise CommandError(error.message, returncode=NOTHING) from error
        self.stdout.write(self.summary(counts))
