"""Import a network from files on this machine, as the page does: read, checked, snapped, loaded all or nothing."""

from argparse import ArgumentTypeError
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gis_core.errors import Invalid
from layers.intake.file_command import FileImportCommand
from layers.intake.findings import Finding
from layers.intake.import_loss import describe_scopes
from layers.intake.models import FileImport
from layers.intake.services import imports
from layers.intake.services.mappings import choices_in_file
from networks.water.importers.choices import ADD, AUTO, REPLACE, Format, NetworkChoices
from networks.water.importers.mapping import reading_from
from networks.water.services import importing
from networks.water.sources import NETWORK


def row_of_file(text: str) -> tuple[str, int]:
    """A row as messages name it, `FILE:ROW`. Raises ArgumentTypeError."""
    file, _colon, row = text.rpartition(":")
    if not file or not row.isdecimal():
        raise ArgumentTypeError(_("“%(text)s” is no row: write FILE:ROW.") % {"text": text})
    return file, int(row)


class Command(FileImportCommand):
    """Of the choices of a file (`--map`) how layers are read is taken, which may stand alone in it."""

    help = "Import a water or sewer network: RAEPA, StaR-Eau, EPANET, or layers of any file"
    source = NETWORK

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--format", default=AUTO, choices=[AUTO, *Format.values])
        parser.add_argument("--snap", type=float, metavar="METRES", help=_("distance of snapping, 0.05 to 5"))
        parser.add_argument("--crs", type=int, metavar="EPSG", help=_("system of the coordinates of an EPANET file"))
        parser.add_argument("--corner", type=float, nargs=2, metavar=("X", "Y"), help=_("where a free drawing lies"))
        parser.add_argument("--scale", type=float, default=1.0, help=_("metres for one unit of a free drawing"))
        parser.add_argument("--known", choices=[REPLACE, ADD], help=_("what to do with objects that are there already"))
        parser.add_argument("--confirmed", action="store_true", help=_("replace also what was changed since"))
        rows: Any = parser.add_mutually_exclusive_group()
        rows.add_argument("--leave-out", action="store_true", help=_("leave out the rows that may be"))
        rows.add_argument(
            "--leave",
            action="append",
            type=row_of_file,
            default=[],
            metavar="FILE:ROW",
            help=_("leave out this row, as a message names it; as often as there are some"),
        )

    def initial_choices(self, options: dict[str, Any]) -> dict[str, Any]:
        given = choices_in_file(options["map"])
        mapping = given.get("mapping", given)
        chosen = NetworkChoices(
            format="" if options["format"] == AUTO else options["format"],
            snap_m=options["snap"],
            crs=options["crs"],
            corner=options["corner"],
            scale=options["scale"],
            known=options["known"] or "",
            leave="all" if options["leave_out"] else options["leave"],
            confirmed=options["confirmed"],
            mapping={label: reading_from(one) for label, one in mapping.items()},
        )
        chosen.check()
        return chosen.as_json()

    def choose(self, made: FileImport, options: dict[str, Any]) -> None:
        """Layers of files are read by the mapping that was kept, or as they likely are."""
        if not made.contents or made.choices["mapping"]:
            return
        name, readings = importing.likely_readings(made.owner, made.contents)
        for label, one in readings.items():
            self.stdout.write(f"{label}: {one.table or '-'}{f' ({name})' if name else ''}")
        made.choices = made.choices | {"mapping": {label: one.as_json() for label, one in readings.items()}}

    def take_choices(self, made: FileImport, given: dict[str, Any]) -> None:
        """They were taken first."""

    def explain_lack(self, made: FileImport) -> str:
        return _("Say where the network lies: --crs, or --corner and --scale.")

    def prepare(self, made: FileImport, options: dict[str, Any]) -> None:
        """Plan, too, which keeps how layers are read. Raises CommandError, ArpentError."""
        super().prepare(made, options)
        made.save()
        imports.read(made.pk, self.progress)
        made.refresh_from_db()
        self.source.check(made)
        missing = len(set(options["leave"])) - (made.plan or {}).get("left_out", 0)
        if missing > 0:
            message = _("%(count)s of the rows that --leave names are not in the files: nothing was done.")
            raise Invalid(message % {"count": missing})

    def counts(self, made: FileImport) -> Iterator[str]:
        if not (plan := made.plan):
            return
        for one in plan["networks"]:
            message = _("%(family)s: %(pipes)s pipes, %(nodes)s nodes, %(connections)s connections, %(parts)s parts")
            yield message % one
        if left_out := plan.get("left_out"):
            yield ngettext("%(count)s row left out", "%(count)s rows left out", left_out) % {"count": left_out}
        yield _("%(errors)s errors, %(warnings)s remarks; %(moved)s ends moved within %(snap_m)s m") % plan
        if plan["compared"]["known"]:
            yield from describe_scopes(plan["compared"])

    def line_of(self, finding: Finding) -> str:
        row = f", {finding.row}" if finding.row else ""
        return f"  {finding.severity}: {finding.file}{row}: {finding.message}"

    def summary(self, made: FileImport, *, applied: bool) -> Iterator[str]:
        if applied:
            yield _("%(rows)s objects loaded in %(seconds)s s, %(moved)s ends moved.") % (made.report or {})
            yield _("To take it back: take_back_network %(number)s") % {"number": made.pk}
