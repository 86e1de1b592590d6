"""Imports of files, from what somebody sent to what is in the data: the same steps for every source.

People receive, choose, apply, revert, forget; each but the last queues a job, in which the worker goes through the
source's own functions (`layers.intake.source.Source`).
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial, reduce
from operator import or_
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.database.rows import first_of
from gis_core.errors import Conflict, Forbidden, Invalid, NotFound
from gis_core.files.erasing import erase
from gis_core.jobs.services import OPEN_STATES, jobs_seen_by, start_job
from gis_core.members.rights import Rights, current_rights
from gis_core.models import Job, Member, SourceImport, User
from layers.intake import findings
from layers.intake.import_loss import parse_accepted_loss
from layers.intake.models import FileImport
from layers.intake.points import FILE_SOURCES
from layers.intake.services.inbox import Sent, digest_of, harmless, keep_files
from layers.intake.source import Progress, Report, Source, Step

State = FileImport.State
LONGEST_TITLE: Final = 200
LONGEST_MESSAGE: Final = 500
MOST_FINDINGS: Final = 20_000
REPORTS_KEPT: Final = timedelta(days=90)
"""How long what an import did is kept where it cannot be undone: as long as jobs are (`gis_core.tasks`)."""
ABANDONED_AFTER: Final = timedelta(days=1)
"""How long an import may be under way of which no job knows."""
AFTER_A_FAILURE: Final = {
    State.READING: State.REFUSED,
    State.APPLYING: State.READY,
    State.REVERTING: State.APPLIED,
}
"""Where an import is left when the job of a step ends badly."""


# -- who, and for whom -------------------------------------------------------------------------------------------------


def members_of(source: Source, rights: Rights) -> list[Member]:
    """The members for whom the asker may bring such files in. Raises Forbidden for nobody's."""
    members = source.members(rights)
    if not members and not (source.ownerless and rights.agency):
        raise Forbidden(_("Your role does not allow this."))
    return members


def member_for(source: Source, slug: str, rights: Rights) -> Member:
    """The member that is meant; without a name the only one. Raises Forbidden, NotFound, Invalid."""
    members = members_of(source, rights)
    chosen = [one for one in members if one.slug == slug] if slug else members
    if slug and not chosen:
        raise NotFound(_("There is no such member, or you may not import for it."))
    if len(chosen) != 1:
        raise Invalid(_("Choose for which member."), parameter="member")
    return chosen[0]


def imports_of(source: Source, rights: Rights, members: Sequence[Member] | None = None) -> QuerySet[FileImport]:
    """The imports of a source that the asker works on, the latest first, for `members` that were asked for already.

    Raises Forbidden.
    """
    imports = FileImport.objects.of(source.slug, members_of(source, rights) if members is None else members)
    if source.ownerless and rights.agency:
        imports |= FileImport.objects.filter(source=source.slug, owner=None)
    return imports.select_related("owner", "made_by")


def imports_of_all(
    sources: Sequence[Source], rights: Rights, members: Sequence[Member] | None = None
) -> QuerySet[FileImport]:
    """Those of several sources, the latest first; `members` are those of the first of them. Raises Forbidden."""
    first_members = sources[0].members
    first, *others = (imports_of(one, rights, members if one.members is first_members else None) for one in sources)
    return reduce(or_, others, first)


def import_of(source: Source, import_id: int, rights: Rights) -> FileImport:
    """One of them. Raises Forbidden, NotFound."""
    return import_among([source], import_id, rights)


def import_among(
    sources: Sequence[Source], import_id: int, rights: Rights, members: Sequence[Member] | None = None
) -> FileImport:
    """One import of one of these sources. Raises Forbidden, NotFound."""
    return first_of(imports_of_all(sources, rights, members).filter(pk=import_id))


def job_of(made: FileImport, rights: Rights) -> Job | None:
    """The latest job that works on an import."""
    return jobs_of([made], rights).get(made.pk)


def jobs_of(several: Sequence[FileImport], rights: Rights) -> dict[int, Job]:
    """The latest job that works on each import, by the import's number; none of which nothing is known."""
    sources = {made.pk: made.source for made in several}
    if not sources:
        return {}
    jobs = jobs_seen_by(rights).filter(parameters__import__in=list(sources)).defer("report")
    jobs = jobs.select_related("owner", "started_by")
    at_work = ((job.parameters["import"], job) for job in jobs.order_by("id"))
    return {number: job for number, job in at_work if sources[number] == job.parameters.get("source")}


# -- by people ---------------------------------------------------------------------------------------------------------


def receive(
    source: Source,
    *,
    files: Sequence[Sent],
    member: Member | None,
    choices: Mapping[str, Any] | None = None,
    user: User,
    rights: Rights,
) -> FileImport:
    """Keep what was sent and queue its reading. Raises Invalid, Forbidden, NotFound, Unavailable (disk full)."""
    if member is not None or not (source.ownerless and rights.agency):
        member_for(source, member.slug if member else "", rights)
    if source.one_file and len(files) > 1:
        raise Invalid(_("Send one file at a time."), parameter="file")
    with keep_files(files) as (folder, names), transaction.atomic():
        made = register(source, folder, names, member=member, choices=choices, user=user)
        queue(source, source.read_step, made, user, rights)
    return made


def register(
    source: Source,
    folder: str,
    names: Sequence[str],
    *,
    member: Member | None,
    choices: Mapping[str, Any] | None = None,
    user: User | None,
) -> FileImport:
    """The files of a folder of the inbox, yet to be read."""
    inside = Path(settings.INBOX_DIR) / folder
    files = [{"name": one, "size": (inside / one).stat().st_size, "sha256": digest_of(inside / one)} for one in names]
    return FileImport.objects.create(
        source=source.slug,
        title=", ".join(names)[:LONGEST_TITLE],
        owner=member,
        folder=folder,
        files=files,
        choices=dict(choices or {}),
        made_by=user,
    )


@transaction.atomic
def choose(
    source: Source,
    import_id: int,
    choices: Mapping[str, Any],
    *,
    inspect_again: bool = False,
    user: User,
    rights: Rights,
) -> FileImport:
    """Take what somebody chose, and have the files read with it; to `inspect_again` at what they hold, too.

    Raises Forbidden, NotFound, Conflict.
    """
    made = import_of(source, import_id, rights)
    changes: dict[str, Any] = {"choices": dict(made.choices) | dict(choices)}
    if inspect_again:
        changes["contents"] = []
    before = (State.CHOOSING, State.READY, State.REFUSED)
    return move_on(source, source.read_step, made, before, State.READING, user, rights, **changes)


@transaction.atomic
def start_applying(
    source: Source,
    import_id: int,
    choices: Mapping[str, Any] | None = None,
    *,
    typed: str = "",
    before: Sequence[str] = (State.READY,),
    user: User,
    rights: Rights,
) -> FileImport:
    """Queue what was planned, with what was chosen last; where too much would go, the number that goes must be `typed`.

    Raises Forbidden, NotFound, Conflict, Invalid.
    """
    made = import_of(source, import_id, rights)
    made.choices = dict(made.choices) | dict(choices or {})
    source.check(made)
    made.choices["accepted_loss"] = check_loss(made, typed)
    step = source.apply_step
    return move_on(source, step, made, before, State.APPLYING, user, rights, choices=made.choices)


def check_loss(made: FileImport, typed: str) -> int | None:
    """The number of objects that may go, None where nobody has to say so. Raises Invalid for another number."""
    loss = loss_of(made)
    if loss is None:
        return None
    accepted = parse_accepted_loss(typed)
    if accepted != loss["gone"]:
        message = _("You typed %(typed)s, but %(gone)s objects would go: nothing was done.")
        raise Invalid(message % {"typed": accepted, "gone": loss["gone"]}, parameter="accepted")
    return accepted


def loss_of(made: FileImport) -> dict[str, Any] | None:
    """What the plan would take away, where that must be confirmed."""
    compared: dict[str, Any] = (made.plan or {}).get("compared") or {}
    return compared if compared.get("beyond") else None


@transaction.atomic
def start_reverting(
    source: Source, import_id: int, choices: Mapping[str, Any] | None = None, *, user: User, rights: Rights
) -> FileImport:
    """Queue that what an import did is undone, with what was chosen last. Raises Forbidden, NotFound, Conflict."""
    if source.revert_step is None:
        raise Conflict(_("This step is not known."))
    made = import_of(source, import_id, rights)
    source.check_revert(made, rights)
    chosen = dict(made.choices) | dict(choices or {})
    return move_on(source, source.revert_step, made, (State.APPLIED,), State.REVERTING, user, rights, choices=chosen)


def may_revert(source: Source, made: FileImport, rights: Rights) -> bool:
    """Whether the asker may have an import undone now."""
    if source.revert_step is None or made.state != State.APPLIED:
        return False
    try:
        source.check_revert(made, rights)
    except (NotFound, Conflict, Forbidden):
        return False
    return True


@transaction.atomic
def forget(source: Source, import_id: int, *, rights: Rights) -> None:
    """Remove an import that was never applied, with its files. Raises Forbidden, NotFound, Conflict."""
    made = import_of(source, import_id, rights)
    forget_files(made)
    waiting = (State.CHOOSING, State.READY, State.REFUSED)
    if not FileImport.objects.filter(pk=made.pk, state__in=waiting).delete()[0]:
        raise Conflict(_("This import is under way, or was loaded: it stays."))


@transaction.atomic
def move_on(
    source: Source,
    step: Step,
    made: FileImport,
    before: Sequence[str],
    after: str,
    user: User,
    rights: Rights,
    **changes: Any,
) -> FileImport:
    """The next step, once: of two people who press a button at a time, one is refused. Raises Conflict."""
    changes |= {"state": after, "message": "", "touched_at": database_clock.now()}
    moved = FileImport.objects.filter(pk=made.pk, state__in=before).update(**changes)
    if not moved:
        raise Conflict(_("Somebody has gone on with this import meanwhile: look at it again."))
    made.refresh_from_db()
    queue(source, step, made, user, rights)
    return made


def queue(source: Source, step: Step, made: FileImport, user: User, rights: Rights) -> Job:
    """Start the job of a step. Raises Forbidden."""
    return start_job(
        kind=step.kind,
        title=str(step.title) % {"title": made.title},
        owner=made.owner,
        started_by=user,
        parameters={"import": made.pk, "source": source.slug},
        rights=rights,
    )


# -- its files ---------------------------------------------------------------------------------------------------------


def folder_of(made: FileImport) -> Path:
    return Path(settings.INBOX_DIR) / harmless(made.folder)


def paths_of(made: FileImport) -> list[Path]:
    """The files that were sent. Raises Invalid when they are there no more."""
    paths = [folder_of(made) / harmless(str(one["name"])) for one in made.files]
    if not paths or not all(path.is_file() for path in paths):
        raise Invalid(_("The uploaded files are no longer there: send them again."), parameter="file")
    return paths


def forget_files(made: FileImport) -> None:
    """Once it is sure that nobody reads them again: neither this import nor one of the rest of these files."""
    if not rest_of(made).exists():
        transaction.on_commit(partial(erase, folder_of(made)))


def rest_of(made: FileImport) -> QuerySet[FileImport]:
    """Other imports that need the same files: of what is left of them, in whatever state."""
    return FileImport.objects.exclude(pk=made.pk).filter(folder=made.folder, applied_at=None)


def list_awaited_folders() -> set[str]:
    """Folders of files that somebody may still load, or that a job works on: the imports go by their age."""
    return set(FileImport.objects.filter(applied_at=None).values_list("folder", flat=True))


# -- by the worker -----------------------------------------------------------------------------------------------------


def hold(import_id: int) -> FileImport:
    """An import, held until the transaction's end."""
    held = FileImport.objects.select_for_update(of=("self",)).select_related("owner", "made_by")
    return held.get(pk=import_id)


def read(import_id: int, progress: Progress) -> dict[str, Any]:
    """Look at the files where nobody has yet, and plan where all is chosen. Raises what the source does."""
    made = hold(import_id)
    source = FILE_SOURCES.get(made.source)
    made.message, made.plan = "", None
    entries = list(source.inspect(made, progress)) if not made.contents else []
    if made.message:
        made.state = State.REFUSED
    elif source.lacks(made):
        made.state = State.CHOOSING
    else:
        planned = source.plan(made, progress)
        made.plan, made.state = planned.plan, State.READY
        entries += planned.findings
    made.findings = findings.as_json(entries, MOST_FINDINGS)
    made.save()
    return {"state": str(made.state), "errors": findings.errors_in(entries), "findings": len(entries)}


def apply(import_id: int, progress: Progress) -> dict[str, Any]:
    """Do what was planned, as one transaction; the files go with it. Raises what the source does."""
    made = hold(import_id)
    if made.applied_at is not None:
        raise Conflict(_("Somebody has gone on with this import meanwhile: look at it again."))
    source = FILE_SOURCES.get(made.source)
    done = source.apply(made, progress)
    keep_report(made, done)
    forget_files(made)
    source.after(made)
    return done.report


def keep_report(made: FileImport, done: Report) -> None:
    made.report = done.report
    made.findings = findings.as_json(done.findings, MOST_FINDINGS)
    if done.plan is not None:
        made.plan = done.plan
    made.state, made.message, made.applied_at = State.APPLIED, "", database_clock.now()
    made.save()


def revert(import_id: int, progress: Progress) -> dict[str, Any]:
    """Undo what was done. Raises what the source does."""
    made = hold(import_id)
    source = FILE_SOURCES.get(made.source)
    if source.revert is None:
        raise Conflict(_("This step is not known."))
    if made.reverted_at is not None:
        raise Conflict(_("This import has been taken back already, or is being so."))
    counts = source.revert(made, progress)
    made.report = dict(made.report or {}) | {"reverted": counts}
    made.state, made.message, made.reverted_at = State.REVERTED, "", database_clock.now()
    rights = current_rights()
    made.reverted_by = User.objects.filter(pk=rights.user_id).first() if rights and rights.user_id else None
    made.save()
    return counts


def leave(import_id: int, message: str, report: Any) -> None:
    """A job that ended badly leaves its import where people can go on, with why and what it found."""
    made = FileImport.objects.filter(pk=import_id).first()
    if made is None or not made.is_under_way:
        return
    waits = made.state == State.READING and FILE_SOURCES.get(made.source).may_choose(made)
    made.state = State.CHOOSING if waits else AFTER_A_FAILURE[State(made.state)]
    made.message = message[:LONGEST_MESSAGE]
    if isinstance(report, dict):
        made.findings, made.plan = report.get("findings", made.findings), report.get("plan") or made.plan
    made.save()
    if made.state == State.REFUSED and FILE_SOURCES.get(made.source).private:
        forget_files(made)


def leave_abandoned() -> int:
    """Imports are over that a command or a worker left under way without a word, for more than a day; how many.

    What holds a row works on it.
    """
    under_way = FileImport.objects.filter(
        state__in=list(AFTER_A_FAILURE), touched_at__lt=database_clock.now() - ABANDONED_AFTER
    )
    open_jobs = Job.objects.filter(state__in=OPEN_STATES, parameters__has_key="import")
    at_work = set(open_jobs.values_list("parameters__import", "parameters__source"))
    free = under_way.select_for_update(skip_locked=True, of=("self",))
    abandoned = [made for made in free if (made.pk, made.source) not in at_work]
    for made in abandoned:
        leave(made.pk, _("The work on this import was broken off: nothing was changed."), None)
    # Whoever sent the files has as long as with others to go on with them.
    numbers = [made.pk for made in abandoned]
    FileImport.objects.filter(pk__in=numbers).update(touched_at=database_clock.now())
    FileImport.objects.filter(pk__in=numbers, state=State.READY, plan__isnull=True).update(state=State.REFUSED)
    return len(abandoned)


def is_followed(job: Job) -> bool:
    """Whether a later job works on the same import: what becomes of that is this one's business no more."""
    given = {f"parameters__{name}": job.parameters[name] for name in ("import", "source")}
    return Job.objects.filter(pk__gt=job.pk, **given).exists()


def no_change_condition(source: Source) -> Q:
    """Imports that changed nothing, so that nothing can be undone: where what they replace is kept, it says so."""
    return Q(state=State.APPLIED, source_import=None) if source.keeps_replaced else Q(pk__in=())


def forget_old() -> int:
    """Remove imports that wait for nobody any more, and those long done of which nothing can be undone; how many.

    Files of open ones were kept for as long as their source says; reports as long as those of jobs.
    """
    now, forgotten = database_clock.now(), 0
    for source in FILE_SOURCES.all():
        of_source = FileImport.objects.filter(source=source.slug)
        waiting = (State.CHOOSING, State.READY, State.REFUSED)
        old = Q(state__in=waiting, touched_at__lt=now - max(source.kept, timedelta(days=1)))
        done = Q(applied_at__lt=now - REPORTS_KEPT)
        if source.revert is not None:
            reverted = Q(state=State.REVERTED) & ~Q(reverted_at__gte=now - REPORTS_KEPT)
            done &= reverted | Q(source_import__state=SourceImport.State.FORGOTTEN) | no_change_condition(source)
        forgotten += of_source.filter(old | done).delete()[0]
    return forgotten
