"""What every command that imports has in common: its options, exit codes, progress, the report that it writes.

Files of a source come in by `layers.intake.file_command`, reference data by `layers.intake.reference_command`, layers
of any file by `import_layer`.
"""

import json
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.database.failures import in_domain_terms
from gis_core.errors import ArpentError, Invalid
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from layers.intake.exit_codes import ExitCode
from layers.intake.import_loss import LossRefused, add_loss_argument, command_hint


class ImportCommand(BaseCommand):
    """A command imports (`bring_in`) files as its options say; one may add its own (`add_options`)."""

    requires_system_checks = ()
    member_required = False
    member_help: str | Promise = gettext_lazy("short name of the member")
    report_help: str | Promise = gettext_lazy("where to write the report")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--member", required=self.member_required, help=str(self.member_help))
        parser.add_argument("--dry-run", action="store_true", help=_("only say what would come in"))
        parser.add_argument("--report", type=Path, metavar="FILE.json", help=str(self.report_help))
        parser.add_argument("--map", type=Path, metavar="FILE.json", help=_("choices, as a report holds them"))
        add_loss_argument(parser)
        self.add_options(parser)

    def add_options(self, parser: CommandParser) -> None:
        """Add the options of this command."""

    def bring_in(self, options: dict[str, Any]) -> ExitCode:
        """Import, or try it out; how it ended. Raises CommandError, and ArpentError where nothing was loaded."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            check_report(options["report"])
            code = self.bring_in(options)
        except LossRefused as error:
            raise CommandError(f"{error.message} {command_hint(error.loss)}", returncode=ExitCode.LOSS) from error
        except ArpentError as error:
            raise CommandError(error.message, returncode=ExitCode.NOTHING) from error
        except CommandError:
            raise
        except Exception as error:
            self.end_unforeseen(error, options)
        if code != ExitCode.LOADED:
            raise SystemExit(int(code))

    def end_unforeseen(self, error: Exception, options: dict[str, Any]) -> NoReturn:
        """End with what went wrong that nobody foresaw: by itself it would end with the code of refusals.

        Raises CommandError, SystemExit where the traceback is wanted.
        """
        if options["traceback"]:
            self.stderr.write(traceback.format_exc())
            raise SystemExit(int(ExitCode.NOTHING)) from error
        known = in_domain_terms(error)
        raise CommandError(known.message if known else describe(error), returncode=ExitCode.NOTHING) from error

    def write_report(self, path: Path | None, content: Any) -> None:
        """Write a report where somebody wants it, and there is one; by then it changes no more how the import ended."""
        if path is None or content is None:
            return
        if not isinstance(content, str):
            content = json.dumps(content, ensure_ascii=False, indent=2, default=str) + "\n"
        try:
            path.write_text(content, encoding="utf-8")
        except (OSError, UnicodeError) as error:
            self.stderr.write(describe_unwritten(path, error))

    def progress(self, share: float | None, message: str) -> None:
        """Say how far the work is to whoever looks on; nothing where the output goes to a file."""
        if self.stderr.isatty():
            self.stderr.write(f"\r{message} {'' if share is None else f'{share:.0%}'}\033[K", ending="")


@contextmanager
def nothing_done() -> Iterator[None]:
    """A domain error ends a command, which did nothing then. Raises CommandError."""
    try:
        yield
    except ArpentError as error:
        raise CommandError(error.message, returncode=ExitCode.NOTHING) from error


def describe(error: Exception) -> str:
    """What kind of failure it was, and the first line of what it says: the next ones of the database hold values."""
    message = _("The import failed (%(kind)s: %(reason)s): --traceback says where.")
    return message % {"kind": type(error).__name__, "reason": str(error).partition("\n")[0]}


def check_report(path: Path | None) -> None:
    """Nothing where a report can be written: before anything is read. Raises Invalid."""
    if path is None or (path.exists() and not (path.is_file() or path.is_dir())):
        return
    there = path.exists() or path.is_symlink()
    try:
        path.open("ab").close()
        if not there:
            path.unlink()
    except OSError as error:
        raise Invalid(describe_unwritten(path, error), parameter="report") from error


def describe_unwritten(path: Path, error: Exception) -> str:
    """Why a report is not where it was to be."""
    reason = getattr(error, "strerror", None) or str(error)
    return _("The report could not be written to %(path)s: %(reason)s") % {"path": path, "reason": reason}


def find_member(slug: str | None) -> Member | None:
    """A member by its short name, None without one. Raises Invalid."""
    if slug is None:
        return None
    with acting_as(SYSTEM), transaction.atomic():
        member = Member.objects.filter(slug=slug).first()
    if member is None:
        raise Invalid(_("There is no member named %(slug)s.") % {"slug": slug}, parameter="member")
    return member
