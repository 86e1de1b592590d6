"""`manage.py import_permits FILE --member SLUG --user NAME [--mapping NAME] [--dry-run] [--report FILE]`."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.errors import Invalid
from gis_core.models import User
from layers.intake.exit_codes import ExitCode
from layers.intake.file_command import FileImportCommand
from layers.intake.findings import from_json
from layers.intake.models import FileImport
from layers.intake.services.mappings import choices_in_file, mapping_by_name
from layers.intake.table import TableMapping
from permits.importers.columns import REGISTER
from permits.importers.report import as_csv
from permits.sources import PERMITS


class Command(FileImportCommand):
    """It acts as a person: what they may not do or read, it does not. Rows that differ from what is there count as
    refused: they are left as they are.
    """

    help = "Importe le registre des autorisations d’urbanisme d’un autre logiciel (CSV)."
    source = PERMITS
    member_help = gettext_lazy("short name of the member that instructs")
    report_help = gettext_lazy("where to write the report: .csv or .json")

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True, help=_("who imports: an instructor of the member"))
        parser.add_argument("--mapping", default="", help=_("name of a reading that the member kept"))

    def user(self, options: dict[str, Any]) -> User:
        user = User.objects.filter(username=options["user"]).first()
        if user is None:
            raise Invalid(_("There is no member or no person of this name."), parameter="user")
        return user

    def choose(self, made: FileImport, options: dict[str, Any]) -> None:
        """The columns are read as a mapping that is named says, else as the member's last one that fits."""
        if name := options["mapping"]:
            kept = mapping_by_name(PERMITS.slug, made.owner, name)
            if kept is None:
                raise Invalid(_("The member keeps no reading named “%(name)s”.") % {"name": name}, parameter="mapping")
            self.read_by(made, kept.mapping)
            made.choices |= {"name": name, "known": True}
        if options["map"]:
            self.read_by(made, choices_in_file(options["map"]).get("mapping"))

    def take_choices(self, made: FileImport, given: dict[str, Any]) -> None:
        """They are how the columns are read, which was taken."""

    def read_by(self, made: FileImport, mapping: Any) -> None:
        """Read the file's columns as this mapping says (JSON, as files and the database keep it); Invalid for none."""
        made.choices |= {"mapping": TableMapping.from_json(mapping, REGISTER.fields).as_json()}

    def explain_lack(self, made: FileImport) -> str:
        lacking = REGISTER.lacking(TableMapping.from_json(made.choices["mapping"], REGISTER.fields))
        return _("No column is known to be: %(labels)s. Say which it is: --mapping, or --map.") % {"labels": lacking}

    def summary(self, made: FileImport, *, applied: bool) -> Iterator[str]:
        message = _(
            "%(made)s files imported, %(same)s there already, %(different)s there already and otherwise (left as they "
            "are), %(refused)s rows refused"
        )
        yield message % (made.report or {})

    def exit_code(self, made: FileImport) -> ExitCode:
        counts = made.report or {}
        if counts["refused"] and counts["refused"] == counts["rows"]:
            return ExitCode.NOTHING
        return ExitCode.REFUSALS if counts["refused"] or counts["different"] else ExitCode.LOADED

    def report_content(self, made: FileImport, options: dict[str, Any]) -> Any:
        """JSON with every finding, else a table of the rows that did not come in as they stand."""
        if options["report"] and options["report"].suffix != ".json":
            return as_csv(from_json(made.findings))
        return super().report_content(made, options)
