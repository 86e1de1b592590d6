"""`manage.py import_permits FILE --member SLUG --user NAME [--mapping NAME] [--dry-run] [--report FILE]`."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import ArpentError, Forbidden, Invalid
from gis_core.members.rights import SYSTEM, acting_as, rights_of, under_policies
from gis_core.models import Member, User
from layers.intake.services.mappings import choices_in_file, mapping_named
from layers.intake.table import TableMapping, likely_mapping
from layers.intake.tables import read_table
from permits.importers.columns import LIMITS, REGISTER
from permits.importers.loading import Order, load, planned
from permits.importers.report import Report, as_csv
from permits.procedure import INSTRUCTS
from permits.sources import PERMITS


class Command(BaseCommand):
    """Exit code 0 when every row came in or was there, 1 when rows were refused or differ, 2 when nothing was imported.

    It acts as a person: what they may not do or read, it does not.
    """

    help = "Importe le registre des autorisations d’urbanisme d’un autre logiciel (CSV)."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="FILE")
        parser.add_argument("--member", required=True, help=_("short name of the member that instructs"))
        parser.add_argument("--user", required=True, help=_("who imports: an instructor of the member"))
        parser.add_argument("--mapping", default="", help=_("name of a reading that the member kept"))
        parser.add_argument("--map", type=Path, metavar="FILE.json", help=_("choices, as a report holds them"))
        parser.add_argument("--dry-run", action="store_true", help=_("only tell what would happen"))
        parser.add_argument("--report", type=Path, metavar="FILE", help=_("where to write the report: .csv or .json"))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = self.work(options)
        except ArpentError as error:
            raise CommandError(error.message, returncode=2) from error
        words = _(
            "%(made)s files imported, %(same)s there already, %(different)s there already and otherwise (left as they "
            "are), %(refused)s rows refused"
        )
        self.stdout.write(words % report.as_json())
        if report.refused or report.different:
            raise SystemExit(1)

    def work(self, options: dict[str, Any]) -> Report:
        path: Path = options["path"]
        if not path.is_file():
            raise Invalid(_("There is no file %(path)s.") % {"path": path})
        with acting_as(SYSTEM), transaction.atomic():
            member = Member.objects.filter(slug=options["member"]).first()
            user = User.objects.filter(username=options["user"]).first()
            if member is None or user is None:
                raise Invalid(_("There is no member or no person of this name."))
            rights = rights_of(user)
        if not rights.has_role(member.pk, INSTRUCTS):
            raise Forbidden(_("Your role does not allow this."))
        with acting_as(rights), transaction.atomic(), under_policies():
            table = read_table(path, LIMITS)
            mapping = chosen_mapping(member, options, table.header)
            order = Order(name=path.name, table=table, mapping=mapping, member=member, rights=rights)
            report = planned(order).report if options["dry_run"] else load(order, self.tell)
        if options["report"]:
            write_report(report, mapping, options["report"])
        return report

    def tell(self, share: float | None, message: str) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{message} {'' if share is None else f'{share:.0%}'}\033[K", ending="")


def chosen_mapping(member: Member, options: dict[str, Any], header: Sequence[str]) -> TableMapping:
    """The one that is given or named, else the member's last one that fits, else the likely one. Raises Invalid."""
    if options["map"]:
        mapping = TableMapping.from_json(choices_in_file(options["map"]).get("mapping"), REGISTER.fields)
    elif name := options["mapping"]:
        found = mapping_named(PERMITS.slug, member, name)
        if found is None:
            raise Invalid(_("The member keeps no reading named “%(name)s”.") % {"name": name})
        mapping = TableMapping.from_json(found.mapping, REGISTER.fields)
    else:
        mapping, _name = likely_mapping(PERMITS.slug, member, REGISTER, header)
    return mapping


def write_report(report: Report, mapping: TableMapping, path: Path) -> None:
    """As JSON with every finding, else as a table of the rows that did not come in as they stand."""
    content = as_csv(report.findings)
    if path.suffix == ".json":
        findings = [one.as_json() | {"message": one.message} for one in report.findings]
        choices = {"mapping": mapping.as_json()}
        whole = {"source": PERMITS.slug, "choices": choices, "report": report.as_json(), "findings": findings}
        content = json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
    path.write_text(content, encoding="utf-8")
