"""Files that jobs make: kept for a few days, and given to whoever ordered them, nobody else."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings

from gis_core.database.rows import first_of
from gis_core.members.rights import Rights
from gis_core.models import Job, JobQuerySet

KEPT: Final = timedelta(days=7)
LATEST: Final = 20
"""How many of their own jobs the asker is shown."""
OPEN: Final = (Job.State.WAITING, Job.State.RUNNING)


@dataclass(frozen=True, slots=True)
class JobFiles:
    """The files of the jobs of a kind: in the folder of a setting, with the ending (without its point) of each job."""

    kind: str
    setting: str
    suffix_of: Callable[[Job], str]

    def jobs_of(self, rights: Rights) -> JobQuerySet:
        """The asker's own jobs, newest first."""
        return Job.objects.visible_to(rights).filter(kind=self.kind, started_by_id=rights.user_id)

    def job_of(self, *, rights: Rights, job_id: int) -> Job:
        """One of the asker's own jobs. Raises NotFound."""
        return first_of(self.jobs_of(rights).filter(pk=job_id))

    def is_there(self, job: Job) -> bool:
        """Whether the job made its file, and its days are not over."""
        return job.state == Job.State.DONE and self.file_of(job).is_file()

    def folder(self) -> Path:
        return Path(getattr(settings, self.setting))

    def file_of(self, job: Job) -> Path:
        return self.folder() / f"{job.pk}.{self.suffix_of(job)}"

    def scratch_of(self, job: Job) -> Path:
        """Where the worker puts what is not whole yet."""
        return self.folder() / f"{job.pk}.part"

    def forget_scratch(self, job: Job) -> None:
        shutil.rmtree(self.scratch_of(job), ignore_errors=True)

    def remove_old(self) -> int:
        """Files whose days are over go, and what a killed worker left; returns how many went."""
        limit = time.time() - KEPT.total_seconds()
        old = [path for path in self.folder().glob("*") if path.stat().st_mtime < limit]
        for path in old:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
        return len(old)
