"""What both commands that import roads do: import, say what happened, row by row where something is wrong."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import ArpentError
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from layers.features.display import display_number
from layers.intake.import_loss import (
    EXIT_LOSS,
    LossRefused,
    add_loss_argument,
    check_planned_loss,
    command_hint,
    describe_scopes,
)
from layers.intake.source_imports import describe_number
from networks.roads.services.importing import Order, bring_in
from networks.roads.services.reporting import lines

SHOWN = 100


class RoadsCommand(BaseCommand):
    """Exit code 0 when nothing was refused, 1 when it loaded with refusals, 2 when nothing was loaded, 3 when it was
    refused because of what would go (`layers.intake.import_loss`).
    """

    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--member", required=True, help=_("short name of the member"))
        parser.add_argument("--strict", action="store_true", help=_("load nothing where a row is refused"))
        parser.add_argument("--dry-run", action="store_true", help=_("only say what would be done"))
        parser.add_argument("--report", type=Path, metavar="FILE.json", help=_("where to write the report"))
        add_loss_argument(parser)

    def order(self, paths: list[Path], options: dict[str, Any]) -> Order:
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        order = self.order(list(files_in(options["paths"])), options)
        try:
            with acting_as(SYSTEM), transaction.atomic():
                report = bring_in(self.member(options["member"]), order, self.tell)
            if not report["written"]:
                check_trial(report, order)
        except LossRefused as error:
            self.show(error.extra["report"], options["report"])
            raise CommandError(f"{error.message} {command_hint(error.loss)}", returncode=EXIT_LOSS) from error
        except ArpentError as error:
            if found := error.extra.get("report"):
                self.show(found, options["report"])
            raise CommandError(error.message, returncode=2) from error
        self.show(report, options["report"])
        if number := report.get("number"):
            self.stdout.write(describe_number(number))
        if any(one["gravity"] == "error" for one in report["faults"]):
            raise SystemExit(1)

    def member(self, slug: str) -> Member:
        member = Member.objects.filter(slug=slug).first()
        if member is None:
            raise CommandError(_("There is no member named %(slug)s.") % {"slug": slug}, returncode=2)
        return member

    def tell(self, share: float | None, message: str = "") -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{message} {'' if share is None else f'{share:.0%}'}\033[K", ending="")

    def show(self, report: Mapping[str, Any], path: Path | None) -> None:
        for line in lines(report):
            self.stdout.write(line)
        if report["compared"]:
            for line in describe_scopes(report["compared"]):
                self.stdout.write(line)
        for one in report["faults"][:SHOWN]:
            where = _("%(file)s, row %(row)s") % one if one["row"] else one["file"]
            self.stdout.write(f"- {where} : {one['message']}")
        more = len(report["faults"]) - SHOWN + report["more_faults"]
        if more > 0:
            self.stdout.write(_("… and %(count)s more remarks (see --report)") % {"count": more})
        for told, names in alike(report["roads"]).items():
            self.stdout.write(f"{', '.join(names)} : {told}")
        if path is not None:
            path.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n")


def check_trial(report: Mapping[str, Any], order: Order) -> None:
    """Refuse a trial of which the loading would take away more than may go. Raises LossRefused with the report."""
    try:
        check_planned_loss(report["compared"], order.accepted_loss)
    except LossRefused as error:
        error.extra["report"] = report
        raise


def alike(roads: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Roads with their kilometres by what is told of them."""
    found: dict[str, list[str]] = {}
    for road in roads:
        told = " ; ".join(road["amiss"]) or _("nothing amiss")
        length = f" ({display_number(road['km'], 1)} km)" if road["measured"] else ""
        found.setdefault(told, []).append(f"{road['route']}{length}")
    return found


def files_in(paths: list[Path]) -> Iterator[Path]:
    """The files that are named, and those of the folders that are. Raises CommandError."""
    for path in paths:
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*") if one.is_file() and not one.name.startswith("."))
        elif path.is_file():
            yield path
        else:
            raise CommandError(_("There is nothing at %(path)s.") % {"path": path}, returncode=2)
