"""What both commands that import roads do: import, say what happened, row by row where something is wrong."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from layers.features.display import display_number
from layers.intake.file_command import FileImportCommand
from layers.intake.findings import Finding, from_json
from layers.intake.import_loss import describe_scopes, word_differences
from layers.intake.models import FileImport
from layers.intake.services.mappings import choices_in_file
from layers.intake.source_imports import describe_number
from networks.roads.services.reporting import lines

MOST_KEPT = 2_000


class RoadsCommand(FileImportCommand):
    """What the command line says goes before the choices of a file."""

    most_findings = 100

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--strict", action="store_true", help=_("load nothing where a row is refused"))

    def initial_choices(self, options: dict[str, Any]) -> dict[str, Any]:
        return choices_in_file(options["map"]) | self.parse_choices(options)

    def parse_choices(self, options: dict[str, Any]) -> dict[str, Any]:
        """The choices that the command line says. Raises Invalid."""
        return {"strict": True} if options["strict"] else {}

    def take_choices(self, made: FileImport, given: dict[str, Any]) -> None:
        """They were taken first."""

    def show(self, made: FileImport, summary: Iterable[str], options: dict[str, Any]) -> None:
        """Also the roads with what is amiss with them; a dry run measured none that stays."""
        if options["dry_run"] and made.report:
            made.report |= {"written": False, "number": None}
        roads = [] if options["dry_run"] else (made.report or made.plan or {}).get("roads", [])
        amiss = [f"{', '.join(names)} : {what}" for what, names in alike(roads).items()]
        super().show(made, [*amiss, *summary], options)

    def counts(self, made: FileImport) -> Iterator[str]:
        if report := made.report or made.plan:
            yield from lines(report)
            if compared := report.get("compared"):
                yield from describe_scopes(compared)

    def line_of(self, finding: Finding) -> str:
        place = {"file": finding.file, "row": finding.row}
        return f"- {_('%(file)s, row %(row)s') % place if finding.row else finding.file} : {finding.message}"

    def summary(self, made: FileImport, *, applied: bool) -> Iterator[str]:
        if number := (made.report or {})["number"]:
            yield describe_number(number)

    def report_content(self, made: FileImport, options: dict[str, Any]) -> Any:
        """Beside what every such report holds, the counts and what is wrong as scripts know them."""
        counts = word_differences(made.report or made.plan or {})
        return {**counts, **describe_findings(from_json(made.findings)), **super().report_content(made, options)}


def describe_findings(findings: Sequence[Finding]) -> dict[str, Any]:
    """Findings in words, as scripts know them, and how many more there are."""
    kept = [
        {"file": one.file, "row": one.row, "message": one.message, "gravity": one.severity, "place": one.place}
        for one in findings[:MOST_KEPT]
    ]
    return {"faults": kept, "more_faults": max(0, len(findings) - MOST_KEPT)}


def alike(roads: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Roads with their kilometres by what is told of them."""
    routes_by_fault: dict[str, list[str]] = {}
    for road in roads:
        amiss = " ; ".join(road["amiss"]) or _("nothing amiss")
        length = f" ({display_number(road['km'], 1)} km)" if road["measured"] else ""
        routes_by_fault.setdefault(amiss, []).append(f"{road['route']}{length}")
    return routes_by_fault
