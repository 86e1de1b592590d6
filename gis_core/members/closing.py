"""Out at once: what a person comes in by is shut in one transaction, wherever it was told.

A membership that ends, a last day, a directory that takes a group away, an account that is closed: all of them call
`close_access`. Whoever asks anything afterwards asks without these rights; what still goes on looks at them again
within two seconds (tiles, exports), or is stopped (jobs).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db import transaction
from procrastinate.contrib.django import app as queue

from gis_core.accounts import sessions
from gis_core.database import clock as database_clock
from gis_core.jobs.services import OPEN_STATES, list_queue_ids, may_run
from gis_core.members.rights import SYSTEM, acting_as, current_rights, rights_of
from gis_core.models import Job, Member, SharedLink, User
from gis_core.operations import security_journal as security
from gis_core.points import ACCESSES
from gis_core.tokens import services as tokens

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(slots=True, kw_only=True)
class Shut:
    """What was shut: how many sessions, tokens, links, jobs; `others` by the name of what the apps shut."""

    sessions: int = 0
    tokens: int = 0
    links: int = 0
    jobs_stopped: int = 0
    jobs_handed_over: int = 0
    others: dict[str, int] | None = None

    def as_json(self) -> dict[str, Any]:
        counts = {name: getattr(self, name) for name in self.__slots__ if name != "others"}
        return counts | (self.others or {})


@transaction.atomic
def close_access(user: User, *, why: str, member: Member | None = None, colleague: User | None = None) -> Shut:
    """Shut what a person comes in by: at `member`, which they have left; without it everywhere, with their account.

    At a member: the links that they shared there, the jobs that they started for it. Everywhere: also every session,
    API token, calendar and job. `colleague` takes the member's jobs over where their role allows it; others stop.
    `why` is for the security journal: `removed`, `end_date`, `directory`, `account_closed`, `review`, `rule`, `erased`,
    `member_removed`.
    The caller has asked for the right, and has ended the memberships that are to end. Within a transaction, all of it
    counts once it is committed.
    """
    shut = Shut(others={})
    with acting_as(replace(current_rights() or SYSTEM, agency=True)):
        if member is None:
            if user.is_active:
                user.is_active = False
                user.save(update_fields=["is_active"])
            shut.sessions = sessions.end_sessions(user)
            shut.tokens = tokens.end_tokens(user)
        shut.links = shut_links(user, member)
        for access in ACCESSES.all():
            if count := access.close(user, member):
                assert shut.others is not None
                shut.others[access.name] = count
        shut_jobs(user, member, colleague, shut)
    where = {"member": member.pk} if member else {}
    security.record_committed("access_closed", account=user.pk, why=why, **where, **shut.as_json())
    return shut


def shut_links(user: User, member: Member | None) -> int:
    """Revoke the links that a person made: they know their secrets."""
    links = SharedLink.objects.valid().filter(made_by=user)
    if member is not None:
        links = links.filter(owner=member)
    return links.update(revoked_at=database_clock.now())


def shut_jobs(user: User, member: Member | None, colleague: User | None, shut: Shut) -> None:
    """Stop what a person has in the queue or running, or give it to a colleague who may run it."""
    jobs: QuerySet[Job] = Job.objects.filter(started_by=user, state__in=OPEN_STATES)
    if member is not None:
        jobs = jobs.filter(owner=member)
    theirs = rights_of(colleague) if colleague else None
    for job in jobs.order_by("pk"):
        if theirs and job.owner_id is not None and may_run(job.kind, job.owner_id, theirs):
            Job.objects.filter(pk=job.pk).update(started_by=colleague)
            shut.jobs_handed_over += 1
            continue
        stopped = [queue.job_manager.cancel_job_by_id(number, abort=True) for number in list_queue_ids(job)]
        shut.jobs_stopped += any(stopped)
