"""What every command that imports reference data does (cadastre, owners, planning): import, and say what happened."""

from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.errors import Invalid
from gis_core.members.rights import SYSTEM, acting_as
from layers.intake.command import ImportCommand, find_member
from layers.intake.delivered import refuse_links
from layers.intake.exit_codes import ExitCode
from layers.intake.import_loss import LossRefused
from layers.intake.reference_source import Order, communes_of, date_given, get_source
from layers.intake.report import word_import_report
from layers.intake.report_text import report_lines
from layers.intake.services.mappings import choices_in_file
from layers.intake.source_imports import describe_number


def day(text: str) -> date:
    """A command line's date."""
    try:
        return date_given(text)
    except Invalid as error:
        raise ArgumentTypeError(error.message) from error


class ReferenceImportCommand(ImportCommand):
    source: str
    member_help = gettext_lazy("short name of a member: only its communes come in")

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--date", type=day, metavar="YYYY-MM-DD", help=_("date of the data; else the latest that the files hold")
        )

    def bring_in(self, options: dict[str, Any]) -> ExitCode:
        for path in options["paths"]:
            if not path.exists():
                raise Invalid(_("There is nothing at %(path)s.") % {"path": path})
        refuse_links(options["paths"])
        with acting_as(SYSTEM):
            order = self.order(options)
            try:
                report = get_source(self.source).bring_in(order).as_json()
            except LossRefused as error:
                report = word_import_report(error.extra["report"])
        if not report["files"]:
            raise Invalid(_("There is no file of this kind in what was named."))
        report["choices"] = {"date": order.source_date and order.source_date.isoformat()}
        self.show(report)
        self.write_report(options["report"], report)
        if loss := report["loss"]:
            raise LossRefused(loss["message"], loss=loss)
        return ExitCode(report["exit_code"])

    def order(self, options: dict[str, Any]) -> Order:
        """What is to be imported; what the command line says goes before the choices of a file. Raises Invalid."""
        member = find_member(options["member"])
        chosen = choices_in_file(options["map"]).get("date")
        return Order(
            paths=options["paths"],
            member=member,
            territory=communes_of(member) if member else None,
            source_date=options["date"] or (date_given(str(chosen)) if chosen else None),
            accepted_loss=options["accept_loss"],
            dry_run=options["dry_run"],
            progress=self.progress,
        )

    def show(self, report: dict[str, Any]) -> None:
        self.stdout.write("\n".join(report_lines(report)))
        if number := report["number"]:
            self.stdout.write(describe_number(number))
