"""Starting imports: keep what was sent, queue the job, as far as the asker's role allows.

An import that was only tried out, or that was refused because of what it would take away, keeps its files for some
days: somebody looks at the difference and goes on, or gives it up (`layers.intake.services.reference`).
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gis_core.database.rows import first_of
from gis_core.errors import Conflict, Forbidden, Invalid, NotFound
from gis_core.jobs.services import jobs_seen_by, may_run
from gis_core.members.organisations import get_administered_member
from gis_core.members.rights import Rights
from gis_core.models import Job, Member, User
from layers.intake.import_loss import parse_accepted_loss
from layers.intake.models import FileImport
from layers.intake.reference_source import date_given, file_source, get_source
from layers.intake.services import imports
from layers.intake.services.inbox import Sent, keep_files
from layers.intake.services.reference import waiting_of
from layers.intake.services.reverting import describe_reverting

KIND = "import"
MOST_JOBS = 50


def get_import_member(slug: str, rights: Rights) -> Member | None:
    """The member that an import is for. Only the agency may import for nobody in particular.

    Raises Forbidden for whoever administers nothing, NotFound for a member that is not the asker's, Invalid when it has
    to be said which.
    """
    if not rights.administers:
        raise Forbidden(_("Only GIS administrators import data."))
    if slug:
        return get_administered_member(rights=rights, slug=slug)
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
    owner, kind = get_import_member(member, rights), file_source(get_source(source))
    dated = date_given(source_date).isoformat() if source_date else None
    choices = {"date": dated, "accepted_loss": parse_accepted_loss(accepted_loss) if accepted_loss else None}
    with keep_files(files) as (folder, names), transaction.atomic():
        made = imports.register(kind, folder, names, member=owner, choices=choices, user=user)
        if not dry_run:
            made.state = FileImport.State.APPLYING
            made.save(update_fields=["state"])
        return imports.queue(kind, kind.read_step if dry_run else kind.apply_step, made, user, rights)


def past_imports(rights: Rights) -> QuerySet[Job]:
    """The latest imports that the asker may see, newest first."""
    return jobs_seen_by(rights).filter(kind=KIND).select_related("owner", "started_by")[:MOST_JOBS]


# -- what waits for a decision ----------------------------------------------------------------------------------------


def import_of_job(job: Job) -> FileImport | None:
    """The import that a job works on."""
    known = FileImport.objects.select_related("source_import", "owner", "made_by")
    return known.filter(pk=job.parameters.get("import")).first()


def waiting_import(job: Job) -> FileImport | None:
    """The import that waits for a decision on what a job saw, the last of those about the same files."""
    made = import_of_job(job)
    waiting = waiting_of(made) if made and job.state in (Job.State.DONE, Job.State.FAILED) else None
    if waiting is None:
        return None
    later = Job.objects.filter(kind=KIND, pk__gt=job.pk, parameters__import__in=[waiting.pk, job.parameters["import"]])
    return None if later.exists() else waiting


def import_to_decide(job_id: int, rights: Rights) -> FileImport:
    """What waits on what a job saw, held until the transaction's end. Raises NotFound, Forbidden, Conflict."""
    job = first_of(jobs_seen_by(rights).filter(pk=job_id, kind=KIND).select_for_update(of=("self",)))
    if not may_run(KIND, job.owner_id, rights):
        raise Forbidden(_("Your role does not allow this."))
    if (waiting := waiting_import(job)) is None:
        raise Conflict(_("Somebody has gone on with this import, or its files are there no more: send them again."))
    return waiting


@transaction.atomic
def go_on(job_id: int, typed: str, *, user: User, rights: Rights) -> FileImport:
    """Queue the import of what was looked at; where too much would go, the number that goes must be typed.

    The job counts again what goes before it writes. Raises NotFound, Forbidden, Conflict, Invalid.
    """
    made = import_to_decide(job_id, rights)
    source = file_source(get_source(made.source))
    return imports.start_applying(source, made.pk, typed=typed, user=user, rights=rights)


@transaction.atomic
def give_up(job_id: int, *, rights: Rights) -> None:
    """Remove the files of an import that waits, and the import. Raises NotFound, Forbidden, Conflict."""
    made = import_to_decide(job_id, rights)
    imports.forget(file_source(get_source(made.source)), made.pk, rights=rights)


# -- taking back ------------------------------------------------------------------------------------------------------


def start_revert(job: Job, *, user: User, rights: Rights) -> FileImport:
    """Queue the taking back of what a job imported. Raises NotFound, Forbidden, Conflict."""
    made = import_of_job(job)
    if made is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return imports.start_reverting(file_source(get_source(made.source)), made.pk, user=user, rights=rights)


def describe_revert(job: Job, rights: Rights) -> dict[str, Any]:
    """What an import's page says of taking it back; nothing where it changed nothing."""
    made = import_of_job(job)
    if made is None or made.source_import is None:
        return {}
    under_way = made.state == FileImport.State.REVERTING
    return describe_reverting(made, rights) | {"taking_back": made, "taking_back_under_way": under_way}
