"""Starting imports: keep what was sent, queue the job, as far as the asker's role allows.

An import that was only tried out, or that was refused because of what it would take away, keeps its files for some
days: somebody looks at the difference and goes on, or gives it up.
"""

import shutil
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import Conflict, Forbidden, Invalid, NotFound
from gis_core.jobs.services import jobs_seen_by, may_run, start_job
from gis_core.members.organisations import administered_member
from gis_core.members.rights import Rights
from gis_core.models import Job, Member, SourceImport, User
from layers.intake.import_loss import accepted_in
from layers.intake.services.inbox import Sent, harmless, kept_files
from layers.intake.source_imports import check_asker, describe_counts, last_day, may_take_back
from layers.intake.sources import date_given, source_named

KIND = "import"
TAKE_BACK_SOURCE = "take_back_source"
SHOWN_JOBS = 50
KEPT: Final = timedelta(days=7)
"""How long the files of an import wait for a decision."""


def member_for(slug: str, rights: Rights) -> Member | None:
    """The member that an import is for. Only the agency may import for nobody in particular.

    Raises Forbidden for whoever administers nothing, NotFound for a member that is not the asker's, Invalid when it has
    to be said which.
    """
    if not rights.administers:
        raise Forbidden(_("Only GIS administrators import data."))
    if slug:
        return administered_member(rights=rights, slug=slug)
    if rights.agency:
        return None
    members = list(Member.objects.administered_by(rights)[:2])
    if len(members) != 1:
        raise Invalid(_("“member” must say for which member the import is."), parameter="member")
    return members[0]


def start_import(
    *,
    source: str,
    member: str,
    files: Sequence[Sent],
    user: User,
    rights: Rights,
    source_date: str = "",
    dry_run: bool = False,
    accepted_loss: str = "",
) -> Job:
    """Keep the files in the inbox and queue their import; the files go when the transaction does not hold.

    `source_date` is the date of the data (YYYY-MM-DD), empty for the one that the files say; `accepted_loss` the number
    of objects that may go, empty where nobody said that more may go than usual.
    Raises Invalid, Forbidden, NotFound, Unavailable (disk full).
    """
    owner, kind = member_for(member, rights), source_named(source)
    dated = date_given(source_date).isoformat() if source_date else None
    accepted = accepted_in(accepted_loss) if accepted_loss else None
    with kept_files(files) as (folder, names), transaction.atomic():
        parameters: dict[str, Any] = {"source": source, "folder": folder, "files": names, "date": dated}
        parameters |= {"dry_run": dry_run, "accepted_loss": accepted}
        title = f"{kind.label} · {', '.join(names)}"
        return start_job(kind=KIND, title=title, owner=owner, started_by=user, parameters=parameters, rights=rights)


def past_imports(rights: Rights) -> QuerySet[Job]:
    """The latest imports that the asker may see, newest first."""
    return jobs_seen_by(rights).filter(kind=KIND).select_related("owner", "started_by")[:SHOWN_JOBS]


# -- what waits for a decision ----------------------------------------------------------------------------------------


def awaits_decision(job: Job) -> bool:
    """Whether an import is over but for somebody's decision: only tried out, or too much would go."""
    over = job.state in (Job.State.DONE, Job.State.FAILED) and job.report is not None
    return over and bool(job.parameters.get("dry_run") or loss_of(job))


def loss_of(job: Job) -> dict[str, Any] | None:
    """What the import was not allowed to take away, as `layers.intake.import_loss.describe_difference` writes it."""
    found: dict[str, Any] | None = (job.report or {}).get("loss")
    return found


def folder_of(parameters: dict[str, Any]) -> Path:
    """The job's own folder in the inbox."""
    return Path(settings.INBOX_DIR) / harmless(str(parameters.get("folder", "")))


def can_go_on(job: Job) -> bool:
    """Whether the files still wait, and nobody has gone on with them."""
    later = Job.objects.filter(kind=KIND, pk__gt=job.pk, parameters__folder=job.parameters.get("folder"))
    return awaits_decision(job) and folder_of(job.parameters).is_dir() and not later.exists()


def awaited_folders() -> set[str]:
    """Those of files that wait for a decision."""
    waiting = Q(parameters__dry_run=True) | Q(report__has_key="loss")
    lately = Job.objects.filter(waiting, kind=KIND, ended_at__gte=database_clock.now() - KEPT)
    return {folder_of(job.parameters).name for job in lately if awaits_decision(job)}


def job_to_decide(job_id: int, rights: Rights) -> Job:
    """An import that waits, held until the transaction's end. Raises NotFound, Forbidden, Conflict."""
    job = jobs_seen_by(rights).filter(pk=job_id, kind=KIND).select_for_update(of=("self",)).first()
    if job is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    if not may_run(KIND, job.owner_id, rights):
        raise Forbidden(_("Your role does not allow this."))
    if not can_go_on(job):
        raise Conflict(_("Somebody has gone on with this import, or its files are there no more: send them again."))
    return job


@transaction.atomic
def go_on(job_id: int, typed: str, *, user: User, rights: Rights) -> Job:
    """Queue the import of what was looked at; where too much would go, the number that goes must be typed.

    The job counts again what goes before it writes. Raises NotFound, Forbidden, Conflict, Invalid.
    """
    job, accepted = job_to_decide(job_id, rights), None
    if loss := loss_of(job):
        accepted = accepted_in(typed)
        if accepted != loss["gone"]:
            words = _("You typed %(typed)s, but %(gone)s objects would go: nothing was done.")
            raise Invalid(words % {"typed": accepted, "gone": loss["gone"]}, parameter="accepted")
    parameters = {**job.parameters, "dry_run": False, "accepted_loss": accepted}
    return start_job(kind=KIND, title=job.title, owner=job.owner, started_by=user, parameters=parameters, rights=rights)


@transaction.atomic
def give_up(job_id: int, *, rights: Rights) -> None:
    """Remove the files of an import that waits. Raises NotFound, Forbidden, Conflict."""
    folder = folder_of(job_to_decide(job_id, rights).parameters)
    transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))


# -- taking back ------------------------------------------------------------------------------------------------------


def source_import_of(job: Job) -> SourceImport | None:
    """What a job imported, where it changed anything."""
    return SourceImport.objects.filter(job=job).select_related("owner", "taken_back_by").first()


def queue_taking_back(job: Job, *, kind: str = TAKE_BACK_SOURCE, user: User, rights: Rights) -> Job:
    """Queue the taking back of what a job imported. Raises NotFound, Forbidden, Conflict."""
    made = source_import_of(job)
    if made is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    check_asker(made, rights)
    if made.state != SourceImport.State.LOADED or is_being_taken_back(made):
        raise Conflict(_("This import has been taken back already, or is being so."))
    title = _("Taking back %(title)s") % {"title": made.title}
    given: dict[str, Any] = {"kind": kind, "title": title, "parameters": {"number": made.pk}}
    return start_job(owner=made.owner, started_by=user, rights=rights, **given)


def taking_back_of(made: SourceImport) -> Job | None:
    """The latest job that takes an import back."""
    return Job.objects.filter(kind__startswith="take_back_", parameters__number=made.pk).order_by("-pk").first()


def is_being_taken_back(made: SourceImport) -> bool:
    job = taking_back_of(made)
    return job is not None and job.state in (Job.State.WAITING, Job.State.RUNNING)


def describe_taking_back(job: Job, rights: Rights) -> dict[str, Any]:
    """What an import's page says of taking it back; nothing where it changed nothing."""
    made = source_import_of(job)
    if made is None:
        return {}
    return {
        "loaded_import": made,
        "may_take_back": may_take_back(made, rights),
        "until": last_day(made),
        "taking_back": taking_back_of(made),
        "taking_back_under_way": is_being_taken_back(made),
        "undone": describe_counts(made.counts) if made.counts else [],
    }
