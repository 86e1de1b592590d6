"""Reference data as a source of files: tried out where somebody asks for it, applied, and left where people decide.

An import that loads nothing is over: its files go. One that was refused because of what it would take away is ready
again, with what would go. What an import left out for that reason while the rest came in (sheets of the plan) waits as
an import of its own.
"""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from gis_core.errors import Conflict, Invalid
from gis_core.files.erasing import erase
from gis_core.members.rights import ANONYMOUS, current_rights
from gis_core.models import Job, Member
from layers.intake.exit_codes import ExitCode
from layers.intake.models import FileImport
from layers.intake.reference_source import Order, get_source, territory_for
from layers.intake.report import ImportReport
from layers.intake.services import imports
from layers.intake.services.imports import folder_of, paths_of, rest_of
from layers.intake.source import Plan, Progress, Report

State = FileImport.State


def order_of(made: FileImport, progress: Progress, *, dry_run: bool) -> Order:
    """What is to be imported: the files, for whom, as it was chosen. Raises Invalid when they are there no more."""
    member, day = member_of(made), made.choices.get("date")
    return Order(
        paths=sorted(paths_of(made)),
        member=member,
        territory=territory_for(member, current_rights() or ANONYMOUS),
        source_date=date.fromisoformat(day) if day else None,
        accepted_loss=made.choices.get("accepted_loss"),
        dry_run=dry_run,
        progress=progress,
    )


def member_of(made: FileImport) -> Member | None:
    """Whom it is for; None where the agency brings it in for nobody in particular."""
    return made.owner if made.owner_id else None


def bring_in(made: FileImport, progress: Progress, *, dry_run: bool) -> ImportReport:
    """As the worker. Raises Conflict where too much would go, Invalid where nothing comes in, each with the report."""
    report = get_source(made.source).bring_in(order_of(made, progress, dry_run=dry_run))
    if report.loss and not report.is_saved:
        raise Conflict(report.loss.message, report=report.kept())
    if report.exit_code == ExitCode.NOTHING:
        raise Invalid(_("Nothing was loaded: see the report."), report=report.kept())
    return report


def plan_files(made: FileImport, progress: Progress) -> Plan:
    """What the files would change. Raises Conflict, Invalid."""
    report = bring_in(made, progress, dry_run=True)
    return Plan(plan=plan_in(report.kept()), findings=report.findings())


def check_files(made: FileImport) -> None:
    """Whether the files still wait. Raises Conflict where they do not."""
    if not folder_of(made).is_dir():
        raise Conflict(_("Somebody has gone on with this import, or its files are there no more: send them again."))


def apply_files(made: FileImport, progress: Progress) -> Report:
    """Bring them in. Raises Conflict, Invalid."""
    report = bring_in(made, progress, dry_run=False)
    kept = report.kept()
    made.source_import_id = report.number
    if report.loss:
        leave_rest(made, kept)
    return Report(report=kept, findings=report.findings(), plan={})


def plan_in(kept: dict[str, Any]) -> dict[str, Any]:
    """The plan that is in a report: what would go is asked for where the import is refused without that."""
    return {"compared": kept["loss"], "report": kept}


def leave_rest(made: FileImport, kept: dict[str, Any]) -> None:
    """What did not come in waits for whoever says that the objects may go."""
    same = {name: getattr(made, name) for name in ("source", "title", "owner_id", "folder", "files", "made_by_id")}
    FileImport.objects.create(**same, choices=made.choices, plan=plan_in(kept), state=State.READY)


def waiting_of(made: FileImport) -> FileImport | None:
    """The import that waits for a decision about the same files."""
    if not folder_of(made).is_dir():
        return None
    return FileImport.objects.filter(folder=made.folder, state=State.READY).order_by("-pk").first()


def leave(job: Job) -> None:
    """A job is over: what was uploaded goes, unless somebody is to decide whether it comes in, or has decided so."""
    made = FileImport.objects.filter(pk=job.parameters.get("import")).first()
    if made is None:
        return
    if job.state != Job.State.DONE and made.is_under_way:
        leave_failed(made, job)
    waits = made.state == State.READY or made.is_under_way
    if not waits and not rest_of(made).exists():
        erase(folder_of(made))


def leave_failed(made: FileImport, job: Job) -> None:
    """It is ready where it would take too much away, or was only tried out with a report; else it is refused."""
    report = job.report if isinstance(job.report, dict) else None
    tried = made.state == State.READING
    made.message = job.message[: imports.LONGEST_MESSAGE]
    made.state = State.READY if report and (tried or report.get("loss")) else State.REFUSED
    if report:
        made.plan = plan_in(report)
    made.save()
