"""What every `import_<source>` command does: import, say in words what happened, keep the report."""

import json
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from layers.intake.import_loss import EXIT_LOSS, LossRefused, add_loss_argument, command_hint
from layers.intake.report import worded
from layers.intake.source_imports import describe_number
from layers.intake.sources import Order, communes_of, date_given, source_named
from layers.intake.words import lines


def day(text: str) -> date:
    """A command line's date."""
    try:
        return date_given(text)
    except Invalid as error:
        raise ArgumentTypeError(error.message) from error


class ImportCommand(BaseCommand):
    """Exit code 0 when nothing was refused, 1 when it loaded with refusals, 2 when nothing was loaded, 3 when it was
    refused because of what would go (`layers.intake.import_loss`).
    """

    source: str
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--member", help=_("short name of a member: only its communes come in"))
        parser.add_argument(
            "--date", type=day, metavar="YYYY-MM-DD", help=_("date of the data; else the latest that the files hold")
        )
        parser.add_argument("--report", type=Path, metavar="FILE.json", help=_("where to write the report"))
        parser.add_argument("--dry-run", action="store_true", help=_("only say what would change"))
        add_loss_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        for path in options["paths"]:
            if not path.exists():
                raise CommandError(_("There is nothing at %(path)s.") % {"path": path}, returncode=2)
        with acting_as(SYSTEM):
            member = self.member(options["member"])
            territory = communes_of(member) if member else None
            order = Order(
                paths=options["paths"],
                member=member,
                territory=territory,
                source_date=options["date"],
                accepted_loss=options["accept_loss"],
                dry_run=options["dry_run"],
                tell=self.tell,
            )
            try:
                report = source_named(self.source).bring_in(order).as_json()
            except LossRefused as error:
                report = worded(error.extra["report"])
        if not report["files"]:
            raise CommandError(_("There is no file of this kind in what was named."), returncode=2)
        self.show(report, options["report"])
        if loss := report["loss"]:
            raise CommandError(f"{loss['message']} {command_hint(loss)}", returncode=EXIT_LOSS)
        if report["exit_code"]:
            raise SystemExit(report["exit_code"])

    def show(self, report: dict[str, Any], path: Path | None) -> None:
        self.stdout.write("\n".join(lines(report)))
        if number := report["number"]:
            self.stdout.write(describe_number(number))
        if path:
            self.keep(report, path)

    def member(self, slug: str | None) -> Member | None:
        if slug is None:
            return None
        member = Member.objects.filter(slug=slug).first()
        if member is None:
            raise CommandError(_("There is no member named %(slug)s.") % {"slug": slug}, returncode=2)
        return member

    def tell(self, share: float | None, message: str) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{message} {'' if share is None else f'{share:.0%}'}\033[K", ending="")

    def keep(self, report: dict[str, Any], path: Path) -> None:
        try:
            path.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n")
        except OSError as error:
            message = _("The report could not be written to %(path)s: %(reason)s")
            raise CommandError(message % {"path": path, "reason": error.strerror}, returncode=2) from error
