"""A worker with jobs that never look whether they shall stop: `python -m tests.imports.long_tasks [options]`."""

import os
import sys
from pathlib import Path
from typing import Any

import django

IN_SQL, IN_C, IN_PYTHON, ONCE_LOST, LOST, WRITING = "in_sql", "in_c", "in_python", "once_lost", "lost", "writing"
KINDS = (IN_SQL, IN_C, IN_PYTHON, ONCE_LOST, LOST, WRITING)


def declare() -> None:
    """The kinds, for this process: each is called like its function."""
    import signal
    import time

    from django.db import connection

    from gis_core.jobs.points import JOB_KINDS, JobKind
    from gis_core.tasks import RunningJob

    def begun() -> None:
        Path(os.environ["ARPENT_DATA"], "begun").touch()

    def first_time(name: str) -> bool:
        mark = Path(os.environ["ARPENT_DATA"], name)
        first = not mark.exists()
        mark.touch()
        return first

    def in_sql(running: RunningJob) -> None:
        begun()
        with connection.cursor() as cursor:
            cursor.execute("select pg_sleep(600)")

    def in_c(running: RunningJob) -> None:
        """A single call that never lets another thread run."""
        begun()
        sum(range(10**12))

    def in_python(running: RunningJob) -> None:
        begun()
        while True:
            time.sleep(0.01)

    def once_lost(running: RunningJob) -> dict[str, Any]:
        if first_time("lost"):
            os.kill(os.getpid(), signal.SIGKILL)
        return {"rows": 1}

    def lost(running: RunningJob) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def writing(running: RunningJob) -> dict[str, Any]:
        """The first time it holds a row and goes on until there is a file `go on`."""
        with connection.cursor() as cursor:
            cursor.execute("update gis_core_job set title = title || '+' where id = %s", [running.job.pk])
        if first_time("held"):
            begun()
            while not Path(os.environ["ARPENT_DATA"], "go on").exists():
                time.sleep(0.01)
        return {"process": os.getpid()}

    works = (in_sql, in_c, in_python, once_lost, lost, writing)
    JOB_KINDS._items = (*JOB_KINDS.all(), *(JobKind(kind=work.__name__, work=work) for work in works))


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "gis_core.settings"
    django.setup()
    from tests.imports.hasty_worker import hasten

    hasten()
    declare()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", "worker", *sys.argv[1:]])
