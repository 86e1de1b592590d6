"""A source: a kind of files that can be brought in, and what is its own of bringing them in.

All else stands once: where files wait, the states, jobs, pages, the command, the findings, the mappings that are kept
(`layers.intake.services.imports`, `layers.intake.desk`, `layers.intake.file_command`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

from gis_core.jobs.points import JobKind
from gis_core.wiring.points import Later
from layers.intake.findings import Finding

if TYPE_CHECKING:
    from gis_core.members.rights import Rights, Role
    from gis_core.models import Member
    from layers.intake.models import FileImport

type Progress = Callable[[float | None, str], None]
"""Says how far long work is (from 0 to 1, None where nobody knows) and what it is at."""


def nothing(*_given: Any) -> None:
    """There is nothing to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The job of one step: its kind, and its title, in which `%(title)s` is that of the import."""

    kind: str
    title: str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be done, as the source keeps it (JSON), and what is amiss.

    Where `plan["compared"]["beyond"]` is true (`layers.intake.import_loss`), the number that goes is asked for.
    """

    plan: dict[str, Any] = field(default_factory=dict)
    findings: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was done (JSON), and what is amiss; `plan` takes the place of the plan where it is given."""

    report: dict[str, Any]
    findings: Sequence[Finding] = ()
    plan: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """How files of one kind come in.

    `members` are those for whom the asker may bring such files in, whose imports they see; `roles` those that its jobs
    ask for.

    Each step is given the import, held until the end of its transaction, and raises Invalid or Conflict, with
    `report={"plan": …, "findings": […]}` where there is something to show; then nothing is written.
    `inspect` keeps what the files hold in `contents` and what is likely meant in `choices`, or in `message` why they
    are refused; `lacks` says whether people must choose something before a plan can be made, `may_choose` whether files
    that could not be read may be with other choices; `plan` writes nothing; `check` raises Conflict while something
    must be said before it may be done; `apply` reads the files again and does it, as one event of the history for each
    table; `revert` undoes it but for what was changed since (None: it cannot be undone), and says how much of what;
    `check_revert` raises NotFound, Conflict, Forbidden where it cannot be undone, or not by this asker. `after` follows
    what was applied, outside of its files. Where it `keeps_replaced` rows, an import that changed any has a
    `source_import`, by which it is undone (`layers.intake.source_imports`).

    Of a `private` source nothing that a cell holds is kept. Files wait for `kept`. Of an `ownerless` one the agency may
    bring files in for nobody in particular: it alone sees them. Of a source of `one_file` no more are sent at a time,
    of `most_bytes` in all (None: what the platform takes).

    Of a folder of this machine files of layers and tables are taken, and those of further `endings`; where files of
    `tables` (plain names) are among them, these alone of their format.
    """

    slug: str
    label: str | Promise
    members: Callable[[Rights], list[Member]]
    roles: frozenset[Role]
    read_step: Step
    apply_step: Step
    revert_step: Step | None = None
    plan: Callable[[FileImport, Progress], Plan]
    apply: Callable[[FileImport, Progress], Report]
    inspect: Callable[[FileImport, Progress], Sequence[Finding]] = lambda made, progress: ()
    lacks: Callable[[FileImport], bool] = lambda made: False
    may_choose: Callable[[FileImport], bool] = lambda made: bool(made.contents or made.choices)
    check: Callable[[FileImport], None] = nothing
    revert: Callable[[FileImport, Progress], dict[str, Any]] | None = None
    check_revert: Callable[[FileImport, Rights], None] = nothing
    after: Callable[[FileImport], None] = nothing
    keeps_replaced: bool = False
    private: bool = False
    ownerless: bool = False
    kept: timedelta = timedelta(days=30)
    one_file: bool = False
    most_bytes: int | None = None
    endings: Sequence[str] = ()
    tables: Sequence[str] = ()

    def job_kinds(self) -> tuple[JobKind, ...]:
        """The long work of its steps, for the manifest of its app."""
        works = [(self.read_step, "read_files"), (self.apply_step, "apply_import"), (self.revert_step, "revert_import")]
        return tuple(job_kind(step, work, self.roles) for step, work in works if step)


def job_kind(step: Step, work: str, roles: frozenset[Role]) -> JobKind:
    """The kind of the jobs of a step; `work` is its function in `layers.intake.tasks`."""
    return JobKind(
        kind=step.kind,
        work=Later(f"layers.intake.tasks.{work}") if "." not in work else Later(work),
        roles=roles,
        afterwards=Later("layers.intake.tasks.leave_file_import"),
        worded=Later("layers.intake.findings.word_report"),
    )
