"""`manage.py import_permits FILE --member SLUG --user NAME [--mapping NAME] [--dry-run] [--report FILE.csv]`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import ArpentError, Forbidden, Invalid
from gis_core.members.rights import SYSTEM, acting_as, rights_of, under_policies
from gis_core.models import Member, User
from layers.intake.tables import read_table
from permits.importers.columns import Reading, likely_columns
from permits.importers.job import kept_reading
from permits.importers.loading import Order, load, planned
from permits.importers.register import LIMITS
from permits.importers.report import Report, as_csv
from permits.models import Mapping
from permits.procedure import INSTRUCTS


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
        parser.add_argument("--dry-run", action="store_true", help=_("only tell what would happen"))
        parser.add_argument("--report", type=Path, metavar="FILE.csv", help=_("where to write the report"))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = self.work(options)
        except ArpentError as error:
            raise CommandError(error.message, returncode=2) from error
        told = report.as_json()
        if options["report"]:
            options["report"].write_text(as_csv(told), encoding="utf-8")
        words = _(
            "%(made)s files imported, %(same)s there already, %(different)s there already and otherwise (left as they "
            "are), %(refused)s rows refused"
        )
        lists = {name: len(told[name]) for name in ("different", "refused")}
        self.stdout.write(words % {"made": told["made"], "same": told["same"], **lists})
        if told["refused"] or told["different"]:
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
            reading = self.reading(member, options["mapping"], table.header)
            order = Order(name=path.name, table=table, reading=reading, member=member, rights=rights)
            return planned(order).report if options["dry_run"] else load(order, self.tell)

    def reading(self, member: Member, name: str, header: tuple[str, ...]) -> Reading:
        """The one that is named, else the last that fits, else the likely one."""
        if name:
            found = Mapping.objects.filter(member=member, name=name).first()
            if found is None:
                raise Invalid(_("The member keeps no reading named “%(name)s”.") % {"name": name})
            return Reading.kept(found.columns, found.values)
        kept = kept_reading(member, header)
        return kept[1] if kept else Reading(likely_columns(header))

    def tell(self, share: float | None, message: str) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{message} {'' if share is None else f'{share:.0%}'}\033[K", ending="")
