"""A job whose work is committed at the moment when somebody calls it stopped."""

import threading

from django.db import connection, transaction

from gis_core.jobs import services as jobs
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Job
from tests import factories


def test_the_end_of_a_job_waits_for_a_commit_that_is_under_way(database: str) -> None:
    job = factories.job(factories.member(), state="running")
    ended: list[bool] = []

    def end() -> None:
        try:
            with factories.as_worker(), acting_as(SYSTEM), transaction.atomic():
                ended.append(jobs.end(job, state=Job.State.CANCELLED))
        finally:
            connection.close()

    stopping = threading.Thread(target=end)
    with factories.as_worker(), acting_as(SYSTEM), transaction.atomic():
        assert jobs.end(job, state=Job.State.DONE)
        stopping.start()
        stopping.join(0.5)
        assert stopping.is_alive()
    stopping.join(60)
    with acting_as(SYSTEM), transaction.atomic():
        job.refresh_from_db()
    assert (ended, job.state) == ([False], "done")
