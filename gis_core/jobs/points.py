"""Long work that people watch, and tasks of the queue that nobody watches: what apps declare of theirs.

The worker gives them to the queue when it begins (`gis_core.tasks.declare_tasks`). Other processes queue them by their
names (`gis_core.jobs.services`) and import none of the modules in which the work is done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gis_core.members.rights import ADMINISTRATORS
from gis_core.wiring.points import ExtensionPoint, Later

if TYPE_CHECKING:
    from procrastinate import BaseRetryStrategy

    from gis_core.errors import ArpentError
    from gis_core.members.rights import Role
    from gis_core.models import Job
    from gis_core.tasks import RunningJob

DEFAULT = "default"
# The queue of what somebody waits for: it runs beside a long job.
WAITED = "waited"
# The queue of readings of directories, which may hang: it runs beside the others, so that mail never waits for one.
DIRECTORIES = "directories"
WITH_THE_NEXT_WORKER = Later("gis_core.tasks.WithTheNextWorker")


def nothing(*_arguments: Any) -> None:
    """There is nothing to do, or to say."""


def as_it_is(report: Any) -> Any:
    """The report holds its words."""
    return report


@dataclass(frozen=True, slots=True, kw_only=True)
class JobKind:
    """A kind of long work, whose jobs people start and watch.

    `work` returns the job's report (JSON) and raises domain errors. It must be able to run again from the start: the
    jobs of a worker that stops are given to the next one. What it writes and the job's end are one transaction. The
    worker's database role passes row policies by: what it reads for somebody it reads inside `under_policies`.

    `roles` at the job's owner are asked for when the job is started and again when it runs; None is for jobs without
    an owner, which anybody signed in starts for themselves. `afterwards` removes what the job needed, once it will not
    run again. `worded` makes of a report what people and scripts read of it. `when_killed` says what a job that was
    killed on demand has done all the same (None: nothing). A short job that is `waited` for runs beside a long one.
    """

    kind: str
    work: Callable[[RunningJob], Any]
    roles: frozenset[Role] | None = ADMINISTRATORS
    afterwards: Callable[[Job], None] = nothing
    worded: Callable[[Any], Any] = as_it_is
    when_killed: Callable[[Job], ArpentError | None] = nothing
    waited: bool = False

    @property
    def queue(self) -> str:
        return WAITED if self.waited else DEFAULT


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A task that nobody watches, given its arguments when it is queued.

    One with a `cron` (in UTC) is queued at these times, with the `timestamp`, unless it waits there already. With a
    `lock` no two run at once. `stopped` removes what it had half written when its process was killed on demand, given
    its arguments; `given_up` records that it is not tried again, given its arguments and why (empty where its worker
    was killed three times). `retry` makes the strategy that says when it is tried again.
    """

    name: str
    run: Callable[..., Any]
    cron: str = ""
    queue: str = DEFAULT
    lock: str | None = None
    retry: Callable[[], BaseRetryStrategy] = WITH_THE_NEXT_WORKER
    with_context: bool = False
    stopped: Callable[[dict[str, Any]], None] = nothing
    given_up: Callable[[dict[str, Any], str], None] = nothing

    @property
    def queueing_lock(self) -> str | None:
        return self.name if self.cron else None


JOB_KINDS: ExtensionPoint[JobKind] = ExtensionPoint(
    "jobs.kinds", "Kinds of long work that people start and watch, in no order.", key=lambda one: one.kind
)
TASKS: ExtensionPoint[Task] = ExtensionPoint(
    "jobs.tasks",
    "Tasks of the queue that nobody watches, most of them at times of their own, in no order.",
    key=lambda one: one.name,
)
