"""People write over HTTP while PostgreSQL, a backend, the worker and a web process are killed, one after the other.

Every write that was answered is there afterwards; whoever was not served was told when to come back.
"""

import math
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gis_core.operations import proxy, services
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import DATABASE
from gis_core.operations.processes import wait_until
from tests.layers import test_many_writers as many
from tests.ops.conftest import temporary_place
from tests.ops.migrated import give_migrated
from tests.ops.test_outages import (
    RECOVERY_S,
    Answer,
    Running,
    backend_of,
    check_answers,
    kill,
    recovered,
)

pytestmark = pytest.mark.slow
WRITERS = 8
BETWEEN_S = float(os.environ.get("ARPENT_KILLS_S", "3"))
# About the files and the rows of the demo: what a recovery has to go through.
BALLAST = """
create schema ballast;
select format('create table ballast.t%s (id int primary key, name text)', n) from generate_series(1, 600) n \\gexec
create table ballast.rows as select n as id, repeat(md5(n::text), 8) as name from generate_series(1, 300000) n;
"""


@dataclass
class Program(many.Writer):
    """A writer that notes how every one of its requests was answered."""

    answers: list[Answer] = field(default_factory=list)

    def post(self, body: str) -> tuple[int, bytes]:
        begun = time.monotonic()
        try:
            status, said, headers = self.posted(body)
        except OSError as error:
            self.answers.append(Answer("edits", begun, time.monotonic() - begun, 0, {}, repr(error)))
            raise
        self.answers.append(Answer("edits", begun, time.monotonic() - begun, status, headers, ""))
        return status, said


@dataclass
class Replay:
    """What happened: when each was killed, how long until it answered and until a write was taken again."""

    programs: list[Program]
    answers: list[Answer]
    killed: dict[str, float] = field(default_factory=dict)
    away: dict[str, float] = field(default_factory=dict)

    def wait_for_write_after(self, what: str) -> None:
        at = self.killed[what]
        assert wait_until(lambda: any(one.has_written_since(at) for one in self.programs), 2 * RECOVERY_S), what

    def first_write_after(self, what: str) -> float:
        at = self.killed[what]
        return min(told for one in self.programs for *_write, told in one.acknowledged if told > at) - at


@pytest.fixture(scope="module")
def replay() -> Iterator[tuple[Running, Replay]]:
    with temporary_place() as place:
        give_migrated(place)
        cluster, port = Cluster(place), many.free_port()
        cluster.start()
        tokens = many.prepared(place)
        (place.data / "ballast.sql").write_text(BALLAST)
        cluster.psql(DATABASE, "-f", str(place.data / "ballast.sql"))
        group = services.Group("kills", cluster)
        running = Running(place, cluster, port, group)
        keeper = threading.Thread(target=running.supervise)
        try:
            for service in proxy.site(place, port, logs=True):
                group.start(service)
            group.start(services.worker(place, Path(place.logs, "worker.log"), port))
            group.wait_ready(f"http://127.0.0.1:{port}/health/ready")
            running.supervised.set()
            keeper.start()
            yield running, replayed(running, tokens[:WRITERS])
        finally:
            running.over.set()
            if keeper.is_alive():
                keeper.join()
            group.stop()


def replayed(running: Running, tokens: list[str]) -> Replay:
    kills: dict[str, Callable[[], int | None]] = {
        "postmaster": running.cluster.running_pid,
        "backend": lambda: backend_of(running, "web"),
        "worker": lambda: running.group.pids[-1],
        "web process": lambda: web_process(running),
        "postmaster again": running.cluster.running_pid,
    }
    shared = many.everybodys(many.Running(running.cluster, running.port, tokens))
    until = time.monotonic() + 3600
    programs = [Program(n, running.port, token, until, shared) for n, token in enumerate(tokens)]
    threads = [threading.Thread(target=one.run) for one in programs]
    with running.asked_all_the_time() as answers:
        found = Replay(programs, answers)
        for thread in threads:
            thread.start()
        try:
            for what, pid in kills.items():
                time.sleep(BETWEEN_S)
                found.killed[what] = kill(pid())
                time.sleep(0.3)
                found.away[what] = 0.3 + recovered(running, RECOVERY_S)
                found.wait_for_write_after(what)
            time.sleep(BETWEEN_S)
        finally:
            for one in programs:
                one.until = time.monotonic()
            for thread in threads:
                thread.join()
    return found


def web_process(running: Running) -> int:
    """One that answers: the last child of the web server."""
    server = running.group.pids[0]
    return int(Path(f"/proc/{server}/task/{server}/children").read_text().split()[-1])


def test_every_write_that_was_answered_outlives_the_kills(replay: tuple[Running, Replay]):
    running, found = replay
    assert [one.failure for one in found.programs if one.failure] == []
    print(sum(len(one.acknowledged) for one in found.programs), "acknowledged writes")
    assert many.lost(running.cluster, found.programs) == []


def test_who_was_not_served_was_told_when_to_come_back(replay: tuple[Running, Replay]):
    _, found = replay
    answers = found.answers + [one for program in found.programs for one in program.answers]
    refused = [(told_after(one, found.killed), one) for one in answers if one.status == 503]
    slowest = sorted(refused, key=lambda pair: pair[0])[-5:]
    said = ", ".join(f"{seconds:.2f} s {one.path}" for seconds, one in slowest)
    print(f"{len(answers)} answers, {len(refused)} refused, the slowest {said}")
    # A write of everybody's object may meet another's; one whose object is gone is told so.
    check_answers([one for one in answers if one.status not in {409, 412}], math.inf)


def told_after(answer: Answer, killed: dict[str, float]) -> float:
    """How long it took to be told so: from when it was asked, or from the kill that came while it was under way."""
    told = answer.at + answer.seconds
    # Who asks the site has nothing to do with the worker.
    return told - max([answer.at, *(at for what, at in killed.items() if what != "worker" and at < told)])


def test_the_site_takes_writes_again_within_seconds(replay: tuple[Running, Replay]):
    _, found = replay
    for what, seconds in found.away.items():
        print(f"{what}: ready after {seconds:.1f} s, first write after {found.first_write_after(what):.1f} s")
    assert {what for what in found.killed if found.first_write_after(what) > RECOVERY_S} == set()
