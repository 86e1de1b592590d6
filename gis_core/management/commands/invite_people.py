"""`manage.py invite_people LIST.csv --member SLUG --site URL [--dry-run]`: invite people from a list."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import ArpentError, Invalid
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.members.roster import Outcome, invite_people, read_people
from gis_core.models import Member


class Command(BaseCommand):
    """Ends with 0 when all rows that are not there already are invited (or would be), with 2 when nobody is."""

    help = "Invite des personnes d’après une liste (CSV) ; --dry-run dit seulement ce qui se passerait."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("list", type=Path, metavar="LIST.csv")
        parser.add_argument("--member", required=True, help=_("short name of the member"))
        parser.add_argument("--site", required=True, help="address of the platform, e.g. https://sig.example.fr/")
        parser.add_argument("--change", action="store_true", help="make of who is there already what the list says")
        parser.add_argument("--dry-run", action="store_true", help=_("only say what would come in"))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcomes = self.invite(options)
        except ArpentError as error:
            raise CommandError(str(error.message), returncode=2) from error
        for one in outcomes:
            self.stdout.write(line_of(one, dry_run=options["dry_run"]))
        if any(one.state == "refused" for one in outcomes):
            raise CommandError(_("Nobody was invited."), returncode=2)

    def invite(self, options: dict[str, Any]) -> list[Outcome]:
        path: Path = options["list"]
        if path.is_symlink() or not path.is_file():
            raise Invalid(_("There is nothing at %(path)s.") % {"path": path})
        with path.open("rb") as stream:
            people = read_people(stream)
        with acting_as(SYSTEM), transaction.atomic():
            member = Member.objects.filter(slug=options["member"]).first()
            if member is None:
                raise Invalid(_("There is no member named %(slug)s.") % {"slug": options["member"]})
            site = options["site"].rstrip("/") + "/"
            return invite_people(
                people, rights=SYSTEM, member=member, site=site, dry_run=options["dry_run"], changes=options["change"]
            )


def line_of(one: Outcome, *, dry_run: bool) -> str:
    """What becomes of a row, as a line."""
    invited = _("would be invited") if dry_run else _("invited")
    return f"{one.person.row} {one.person.email} : {one.message or invited}"
