"""What both commands that import roads do: import, say what happened, row by row where something is wrong."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import ArpentError
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from layers.features.display import display_number
from layers.intake.findings import Finding, errors_in, from_json
from layers.intake.import_loss import (
    EXIT_LOSS,
    LossRefused,
    add_loss_argument,
    check_planned_loss,
    command_hint,
    describe_scopes,
)
from layers.intake.source import Report
from layers.intake.source_imports import describe_number
from networks.roads.services.importing import Order, bring_in, undone
from networks.roads.services.reporting import lines

SHOWN = 100
MOST_KEPT = 2_000


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
                done = bring_in(self.member(options["member"]), order, self.tell)
            if not order.write:
                check_trial(done, order)
        except LossRefused as error:
            self.show_undone(error, options["report"])
            raise CommandError(f"{error.message} {command_hint(error.loss)}", returncode=EXIT_LOSS) from error
        except ArpentError as error:
            self.show_undone(error, options["report"])
            raise CommandError(error.message, returncode=2) from error
        self.show(done.report, done.findings, options["report"])
        if number := done.report.get("number"):
            self.stdout.write(describe_number(number))
        if errors_in(done.findings):
            raise SystemExit(1)

    def show_undone(self, error: ArpentError, path: Path | None) -> None:
        """What stands in the way of an import that wrote nothing."""
        if told := error.extra.get("report"):
            self.show(told["plan"] or {}, from_json(told["findings"]), path)

    def member(self, slug: str) -> Member:
        member = Member.objects.filter(slug=slug).first()
        if member is None:
            raise CommandError(_("There is no member named %(slug)s.") % {"slug": slug}, returncode=2)
        return member

    def tell(self, share: float | None, message: str = "") -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{message} {'' if share is None else f'{share:.0%}'}\033[K", ending="")

    def show(self, report: Mapping[str, Any], findings: Sequence[Finding], path: Path | None) -> None:
        findings = sorted(findings, key=lambda one: (one.severity != "error", one.file, one.row or 0))
        told = [*(lines(report) if report else ()), *describe_compared(report.get("compared"))]
        told += [described(one) for one in findings[:SHOWN]]
        if (more := len(findings) - SHOWN) > 0:
            told.append(_("… and %(count)s more remarks (see --report)") % {"count": more})
        told += [f"{', '.join(names)} : {words}" for words, names in alike(report.get("roads", ())).items()]
        for line in told:
            self.stdout.write(line)
        if path is not None:
            kept = {**report, **as_faults(findings)}
            path.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n")


def describe_compared(compared: Mapping[str, Any] | None) -> Iterable[str]:
    return describe_scopes(compared) if compared else ()


def described(one: Finding) -> str:
    """A finding as a line."""
    where = _("%(file)s, row %(row)s") % {"file": one.file, "row": one.row} if one.row else one.file
    return f"- {where} : {one.message}"


def as_faults(findings: Sequence[Finding]) -> dict[str, Any]:
    """Findings as the written report lists them, in words, and how many more there are."""
    kept = [
        {"file": one.file, "row": one.row, "message": one.message, "gravity": one.severity, "place": one.place}
        for one in findings[:MOST_KEPT]
    ]
    return {"faults": kept, "more_faults": max(0, len(findings) - MOST_KEPT)}


def check_trial(tried: Report, order: Order) -> None:
    """Refuse a trial of which the loading would take away more than may go. Raises LossRefused with what was tried."""
    try:
        check_planned_loss(tried.report["compared"], order.accepted_loss)
    except LossRefused as error:
        error.extra["report"] = undone(tried.report, tried.findings)
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
