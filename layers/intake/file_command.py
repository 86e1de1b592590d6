"""What every command that imports files of a source does: read, choose, apply in one transaction, say what happened."""

import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import ArpentError, Invalid, Unavailable
from gis_core.members.rights import SYSTEM, acting_as, rights_of
from gis_core.models import Member, User
from layers.intake.cells import bare
from layers.intake.command import ImportCommand, find_member, nothing_done
from layers.intake.delivered import open_file, refuse_links
from layers.intake.exit_codes import ExitCode, exit_code_of
from layers.intake.findings import Finding, as_json, errors_in, from_json
from layers.intake.import_loss import word_differences
from layers.intake.models import FileImport
from layers.intake.services import imports
from layers.intake.services.inbox import LONGEST_NAME, describe_same_names, harmless
from layers.intake.services.mappings import choices_in_file
from layers.intake.services.reading import MAIN, belongs
from layers.intake.source import Source

ALONE: Final = ".dbf"
"""What opens a table, too, where no file of that name does."""
ARCHIVES: Final = frozenset({".zip", ".gz"})


class FileImportCommand(ImportCommand):
    """A command says its `source`, its own options (`add_options`), what they choose (`initial_choices` before the
    files are looked at, `choose` after, which may leave things as they are likely) and what was done in words: the
    `counts` before the findings, the `summary` after them.

    A dry run does all of it and undoes it: it ends as the run would, and holds the same locks meanwhile.
    """

    source: Source
    member_required = True
    most_findings = 20
    """Findings that are listed on the terminal; the report has them all."""

    def user(self, options: dict[str, Any]) -> User | None:
        """Who imports, with their rights; None for the platform itself. Raises Invalid."""
        return None

    def initial_choices(self, options: dict[str, Any]) -> dict[str, Any]:
        """The choices before the files are looked at. Raises CommandError, Invalid."""
        return {}

    def choose(self, made: FileImport, options: dict[str, Any]) -> None:
        """Put what the options say into the choices of an import that was read. Raises CommandError, Invalid."""

    def take_choices(self, made: FileImport, given: dict[str, Any]) -> None:
        """Put choices of a file into those of an import. Raises Invalid."""
        made.choices |= given

    def explain_lack(self, made: FileImport) -> str:
        """What to say first, where nobody knows how the files are read."""
        return _("Say how these files are read: --map, with the choices of another import.")

    def counts(self, made: FileImport) -> Iterable[str]:
        """What came in or would, in lines; also where nothing did because something is amiss."""
        return ()

    def line_of(self, finding: Finding) -> str:
        """A finding as a line."""
        row = _("row %(row)s") % {"row": finding.row} if finding.row else ""
        return " ".join(part for part in (finding.file, row, ":", finding.message) if part)

    def summary(self, made: FileImport, *, applied: bool) -> Iterable[str]:
        """What was done, or would be, in lines."""
        return ()

    def exit_code(self, made: FileImport) -> ExitCode:
        """How an import ended that was applied."""
        return exit_code_of(refused=errors_in(from_json(made.findings)))

    def bring_in(self, options: dict[str, Any]) -> ExitCode:
        files = files_in(options["paths"], partial(files_read, self.source))
        if self.source.one_file and len(files) > 1:
            raise Invalid(_("Send one file at a time."), parameter="file")
        folder = Path(settings.INBOX_DIR) / uuid.uuid4().hex
        member = find_member(options["member"])
        with acting_as(SYSTEM), transaction.atomic():
            user = self.user(options)
            rights = rights_of(user) if user else SYSTEM
        try:
            with acting_as(rights), transaction.atomic():
                if user:
                    member = imports.member_for(self.source, options["member"], rights)
                made = self.register(keep_files(files, folder), folder, member, user, options)
                self.run(made, options)
                transaction.set_rollback(bool(options["dry_run"]))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return self.exit_code(made)

    def register(
        self, names: Sequence[str], folder: Path, member: Member | None, user: User | None, options: dict[str, Any]
    ) -> FileImport:
        """The import of copies in a folder of the inbox. Raises CommandError, Invalid."""
        choices = self.initial_choices(options)
        return imports.register(self.source, folder.name, names, member=member, choices=choices, user=user)

    def run(self, made: FileImport, options: dict[str, Any]) -> None:
        """Apply an import and say what happened; where nothing was done, what stands in the way. Raises CommandError,
        ArpentError.
        """
        try:
            self.prepare(made, options)
            made.choices["accepted_loss"] = options["accept_loss"]
            made.save()
            imports.apply(made.pk, self.progress)
        except ArpentError as error:
            keep_refusal(made, error)
            self.show(made, (), options)
            raise
        made.refresh_from_db()
        self.show(made, self.summary(made, applied=not options["dry_run"]), options)

    def prepare(self, made: FileImport, options: dict[str, Any]) -> None:
        """Look at the files and choose how they are read. Raises CommandError, ArpentError."""
        made.findings = as_json(self.source.inspect(made, self.progress), imports.MOST_FINDINGS)
        self.choose(made, options)
        self.take_choices(made, choices_in_file(options["map"]))
        if self.source.lacks(made):
            raise Invalid(self.explain_lack(made))

    def show(self, made: FileImport, summary: Iterable[str], options: dict[str, Any]) -> None:
        """Say what happened and what is amiss, and write the report."""
        findings = from_json(made.findings)
        lines = [*self.counts(made), *map(self.line_of, findings[: self.most_findings])]
        if (more := len(findings) - self.most_findings) > 0:
            lines.append(_("… and %(count)s more remarks (see --report)") % {"count": more})
        for line in (*lines, *summary):
            self.stdout.write(line)
        self.write_report(options["report"], self.report_content(made, options))

    def report_content(self, made: FileImport, options: dict[str, Any]) -> Any:
        """What the written report holds: JSON, or a text; of the options, how it is written."""
        findings = [one.as_json() | {"message": one.message} for one in from_json(made.findings)]
        plan, report = (one and word_differences(one) for one in (made.plan, made.report))
        parts = {"source": made.source, "choices": made.choices, "plan": plan, "report": report}
        return parts | {"findings": findings}


def keep_refusal(made: FileImport, error: ArpentError) -> None:
    """What an import that wrote nothing found, as its error says; for whom reads it, nothing is saved."""
    report = error.extra.get("report")
    if isinstance(report, dict) and "findings" in report:
        made.findings, made.plan = report["findings"], report.get("plan") or made.plan


def files_in(paths: Iterable[Path], chosen: Callable[[list[Path]], list[Path]] = list) -> list[Path]:
    """The files that are named, and those `chosen` in the folders that are. Raises Invalid, for links too."""

    def each() -> Iterator[Path]:
        for path in paths:
            refuse_links([path])
            if path.is_dir():
                visible = (one for one in path.rglob("*") if not one.name.startswith("."))
                inside = (one for one in visible if one.is_symlink() or one.is_file())
                yield from chosen(sorted(inside))
            elif path.is_file():
                yield path
            else:
                raise Invalid(_("There is nothing at %(path)s.") % {"path": path})

    files = list(each())
    refuse_links(files)
    return files


def files_read(source: Source, inside: list[Path]) -> list[Path]:
    """Those files of a folder that a source reads, with their companions; all where it reads none, so that it says why.

    Of a delivery of many tables those that it has, format by format; archives may hold them, too.
    """
    endings = (*MAIN, *source.endings)
    beside = {(one.parent, one.stem.lower()) for one in inside if one.suffix.lower() in endings}
    alone = (one for one in inside if one.suffix.lower() == ALONE and (one.parent, one.stem.lower()) not in beside)
    main = sorted([one for one in inside if one.suffix.lower() in endings] + list(alone))
    known = {one for one in main if any(name in bare(one.stem).replace(" ", "") for name in source.tables)}
    formats = {one.suffix.lower() for one in known} - ARCHIVES
    main = [one for one in main if one in known or one.suffix.lower() not in formats]
    stems: dict[Path, list[str]] = {}
    for one in main:
        stems.setdefault(one.parent, []).append(one.name)
    taken = set(main)
    rest = (one for one in inside if one not in taken and one.suffix.lower() not in endings)
    companions = (one for one in rest if any(belongs(one.name, name) for name in stems.get(one.parent, ())))
    return sorted(taken.union(companions)) or inside


def keep_files(files: Sequence[Path], folder: Path) -> list[str]:
    """Have files in a folder of the inbox; they themselves stay where they are. Returns their names there.

    Raises Invalid, Unavailable (disk full).
    """
    names = distinct_names(files)
    folder.mkdir(parents=True, exist_ok=True)
    for path, name in zip(files, names, strict=True):
        if not os.access(path, os.R_OK):
            message = _("The file “%(name)s” does not exist or cannot be read.") % {"name": path.name}
            raise Invalid(message, parameter="file")
        try:
            link_or_copy(path, folder / name)
        except OSError as error:
            raise Unavailable(_("The file cannot be kept: the disk is full or not writable.")) from error
    return names


def link_or_copy(path: Path, kept: Path) -> None:
    """The same file under another name, which takes no room; a copy where it is on another disk, or may not be linked.

    Raises Invalid (it became a link meanwhile), OSError.
    """
    try:
        os.link(path, kept, follow_symlinks=False)
    except OSError:
        with open_file(path) as file, kept.open("xb") as copy:
            shutil.copyfileobj(file, copy)
    if kept.is_symlink():
        kept.unlink()
        refuse_links([path])


def distinct_names(files: Sequence[Path]) -> list[str]:
    """A harmless name for each file; where two of several folders have the same, each with the number of its folder,
    so that files that belong together go on being called alike. Raises Invalid where names are the same, or differ by
    case alone: a table and its companions belong together in any case.
    """
    names = [harmless(one.name) for one in files]
    if len({name.lower() for name in names}) < len(names):
        folders = {folder: number for number, folder in enumerate(dict.fromkeys(one.parent for one in files), 1)}
        names = [number_name(folders[one.parent], name) for one, name in zip(files, names, strict=True)]
    first_files: dict[str, Path] = {}
    for one, name in zip(files, names, strict=True):
        if (first := first_files.setdefault(name.lower(), one)) is not one:
            raise Invalid(describe_same_names(first.name, one.name), parameter="file")
    return names


def number_name(number: int, name: str) -> str:
    """A name with a number before it, no longer than one may be: its beginning is cut."""
    before = f"{number}-"
    return before + name[-(LONGEST_NAME - len(before)) :]


class RevertImportCommand(BaseCommand):
    """Ends with 0 when an import is undone, with 2 when nothing was done."""

    source: Source
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int, metavar="NUMBER", help=_("number of the import, which its page shows"))

    def summary(self, counts: dict[str, Any]) -> str:
        """What was undone, in words."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        with nothing_done(), acting_as(SYSTEM), transaction.atomic():
            counts = self.revert(options["number"])
        self.stdout.write(self.summary(counts))

    def revert(self, number: int) -> dict[str, Any]:
        """How much of what was undone. Raises Invalid, and what the source does."""
        states = FileImport.State
        applied = FileImport.objects.filter(pk=number, source=self.source.slug, state=states.APPLIED)
        if not applied.update(state=states.REVERTING, message=""):
            message = _("There is no import %(number)s that is loaded: nothing was done.")
            raise Invalid(message % {"number": number})
        return imports.revert(number, lambda share, message: None)
