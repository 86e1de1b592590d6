"""The database and the processes are killed under a real group of services on a data folder of its own.

Meanwhile everything is asked for over and over: whoever cannot be served is told so at once, and nobody gets a 500.
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gis_core.operations import proxy, services
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import DATABASE, ROOT, Place, variables
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.manage import command_line
from gis_core.operations.processes import wait_until
from tests.layers.test_many_writers import free_port
from tests.ops.conftest import before_others, temporary_place
from tests.ops.migrated import give_migrated

pytestmark = pytest.mark.slow
# Answers are timed here: other tests that run meanwhile wait for ours.
BEFORE_OTHERS = -10
LIVE = "/health/live"
ASKED = {
    "/": "text/html",
    "/reseaux/": "text/html",
    "/api/v1/layers/": "application/json",
    "/tiles/any/12/2073/1433.mvt": "*/*",
    "/ortho/wmts/1.0.0/WMTSCapabilities.xml": "*/*",
    "/health/ready": "application/json",
    LIVE: "application/json",
}
WORLD = """
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import transaction
from gis_core.tokens.authentication import create_token
from gis_core.models import Commune, Member, Membership, Territory, User
from gis_core.members.rights import SYSTEM, acting_as

with acting_as(SYSTEM), transaction.atomic():
    geom = MultiPolygon(Polygon.from_bbox((617000, 6717000, 621000, 6721000)), srid=2154)
    commune = Commune.objects.create(insee="45901", name="Commune", geom=geom)
    member = Member.objects.create(slug="membre", name="Membre", siren="200000008", kind="epci")
    Territory.objects.create(member=member, commune=commune)
    person = User.objects.create(username="lea", email="lea@example.org")
    Membership.objects.create(user=person, member=member, role="network_technician")
"""
ORDER = """
from gis_core.models import Member, User
from gis_core.members.rights import acting_as, rights_of
from gis_core.jobs.services import start_job
from networks.water.services.anomalies import scanning

person = User.objects.get()
with acting_as(rights_of(person)):
    print(start_job(kind=scanning.KIND, title="scan", owner=Member.objects.get(), started_by=person,
                    parameters={"family": "water"}, rights=rights_of(person)).pk)
"""
# What the scan waits for, for as long as this statement lives.
IN_THE_WAY = "select pg_advisory_lock(hashtextextended('arpent scan water', id)), pg_sleep(600) from gis_core_member"


OUT_OF_THE_WAY = """
select pg_terminate_backend(pid) from pg_stat_activity
where query like '%pg_sleep(600)%' and wait_event = 'PgSleep'
"""
# A generous bound of what recovery takes on a busy machine: about two seconds on one that is not.
RECOVERY_S = 30


@dataclass(frozen=True)
class Answer:
    """One answer: what was asked, when (seconds of the monotonic clock) and how long it took, what came."""

    path: str
    at: float
    seconds: float
    status: int
    headers: dict[str, str]
    body: str


@dataclass
class Running:
    """A group at work, kept alive by a thread as `wait` does in the foreground."""

    place: Place
    cluster: Cluster
    port: int
    group: services.Group
    supervised: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def supervise(self) -> None:
        while not self.over.wait(0.5):
            if self.supervised.is_set():
                self.group.revive()

    def get(self, path: str) -> Answer:
        begun = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers={"Accept": ASKED[path], "Accept-Encoding": "gzip"})
            response = connection.getresponse()
            body = response.read()
            headers = {name.lower(): value for name, value in response.getheaders()}
            said = body.decode(errors="replace")
            return Answer(path, begun, time.monotonic() - begun, response.status, headers, said)
        except OSError as error:
            return Answer(path, begun, time.monotonic() - begun, 0, {}, repr(error))
        finally:
            connection.close()

    @contextmanager
    def asked_all_the_time(self) -> Iterator[list[Answer]]:
        answers: list[Answer] = []
        over = threading.Event()

        def ask(path: str) -> None:
            while not over.wait(0.2):
                answers.append(self.get(path))

        threads = [threading.Thread(target=ask, args=[path]) for path in ASKED]
        for thread in threads:
            thread.start()
        try:
            yield answers
        finally:
            over.set()
            for thread in threads:
                thread.join()

    def is_ready(self) -> bool:
        return self.get("/health/ready").status == 200

    def is_whole(self) -> bool:
        """Whether each of the web processes answers by itself, behind the proxy."""
        return all(answers_alone(path, self.port) for path in services.web_sockets(self.place, self.port))

    def state_of(self, job: str) -> str:
        return self.cluster.psql(DATABASE, "-c", f"select state from gis_core_job where id = {int(job)}").strip()

    def manage(self, *words: str) -> str:
        env = variables(self.place, "owner")
        done = subprocess.run(command_line(*words), cwd=ROOT, env=env, check=True, capture_output=True, text=True)
        return done.stdout


@pytest.fixture(scope="module", autouse=True)
def first_of_all() -> Iterator[None]:
    with before_others(BEFORE_OTHERS):
        yield


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with temporary_place() as place:
        give_migrated(place)
        cluster, port = Cluster(place), free_port()
        cluster.start()
        group = services.Group("outages", cluster)
        found = Running(place, cluster, port, group)
        found.manage("shell", "--no-imports", "-c", WORLD)
        keeper = threading.Thread(target=found.supervise)
        try:
            for service in proxy.site(place, port, logs=True):
                group.start(service)
            group.start(services.worker(place, Path(place.logs, "worker.log"), port))
            group.wait_ready(f"http://127.0.0.1:{port}/health/ready")
            keeper.start()
            yield found
        finally:
            found.over.set()
            if keeper.is_alive():
                keeper.join()
            group.stop()


@pytest.fixture
def supervised(running: Running) -> Iterator[Running]:
    running.supervised.set()
    recovered(running, 60)
    yield running
    running.supervised.clear()


@contextmanager
def job_under_way(running: Running) -> Iterator[str]:
    """A job that has begun and waits for a lock, which a crash of the server frees."""
    client = [*running.cluster.client("psql"), "-d", DATABASE, "-c", IN_THE_WAY]
    blocker = subprocess.Popen(client, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert wait_until(lambda: "t" in count(running, "query like '%pg_sleep(600)%' and wait_event = 'PgSleep'"), 60)
        job = running.manage("shell", "--no-imports", "-c", ORDER).split()[-1]
        assert wait_until(lambda: "t" in count(running, "wait_event_type = 'Lock' and wait_event = 'advisory'"), 60)
        assert recovered(running, 60, lambda: running.state_of(job) == "running")
        yield job
    finally:
        with suppress(OperationFailedError):
            running.cluster.psql("postgres", "-c", OUT_OF_THE_WAY)
        blocker.kill()
        blocker.wait()


def count(running: Running, condition: str) -> str:
    where = f"pid <> pg_backend_pid() and {condition}"
    return running.cluster.psql("postgres", "-c", f"select count(*) > 0 from pg_stat_activity where {where}")


def kill(pid: int | None) -> float:
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    return time.monotonic()


def backend_of(running: Running, role: str) -> int:
    return int(
        running.cluster.psql("postgres", "-c", f"select min(pid) from pg_stat_activity where usename = 'arpent_{role}'")
    )


def recovered(running: Running, seconds: float, done: Callable[[], bool] | None = None) -> float:
    begun = time.monotonic()
    assert wait_until(done or running.is_ready, seconds)
    return time.monotonic() - begun


def check_answers(answers: list[Answer], since: float) -> None:
    """Nobody was kept waiting, nobody saw an error that is not one; who was not served knows when to come back."""
    assert [one for one in answers if one.path == LIVE and one.status != 200] == []
    # Answered, refused without credentials, not there, or not now.
    assert {one.status for one in answers} <= {200, 302, 401, 403, 404, 503}
    for one in answers:
        if one.status == 503:
            assert int(one.headers["retry-after"]) >= 1, one
            if one.at > since:
                assert one.seconds < 2, one


def test_while_the_server_is_away_everybody_is_told_within_two_seconds(running: Running):
    running.supervised.clear()
    with running.asked_all_the_time() as answers:
        killed = kill(running.cluster.running_pid())
        time.sleep(6)
    check_answers(answers, killed)
    during = [one for one in answers if one.at > killed + 1]
    for path in ASKED.keys() - {LIVE}:
        assert {one.status for one in during if one.path == path} == {503}, path
    page = next(one for one in during if one.path == "/")
    assert "sa base de données ne répond pas" in page.body
    problem = next(one for one in during if one.path == "/api/v1/layers/")
    assert problem.headers["content-type"] == "application/problem+json"
    assert json.loads(problem.body)["detail"] == "La base de données ne répond pas."
    running.group.revive()
    assert recovered(running, RECOVERY_S)


def test_a_killed_postmaster_is_started_again_and_the_job_under_way_ends(supervised: Running):
    with job_under_way(supervised) as job:
        with supervised.asked_all_the_time() as answers:
            killed = kill(supervised.cluster.running_pid())
            time.sleep(0.3)
            print(f"away for {0.3 + recovered(supervised, RECOVERY_S):.1f} s")
            assert recovered(supervised, 60, lambda: supervised.state_of(job) == "done")
        check_answers(answers, killed)


def test_a_killed_backend_costs_a_few_answers_at_most(supervised: Running):
    first_pids = supervised.group.pids
    with job_under_way(supervised) as job:
        with supervised.asked_all_the_time() as answers:
            killed = kill(backend_of(supervised, "worker"))
            time.sleep(0.3)
            print(f"away for {0.3 + recovered(supervised, RECOVERY_S):.1f} s")
            assert recovered(supervised, 60, lambda: supervised.state_of(job) == "done")
        check_answers(answers, killed)
    assert supervised.group.pids == first_pids


def test_a_killed_worker_is_started_again_and_its_job_ends(supervised: Running):
    *others, worker = supervised.group.pids
    with job_under_way(supervised) as job:
        kill(worker)
    assert recovered(supervised, 90, lambda: supervised.state_of(job) == "done")
    assert supervised.group.pids[:-1] == others
    assert supervised.group.pids[-1] != worker


def test_a_killed_web_server_is_started_again(supervised: Running):
    killed = supervised.group.pids[:2]
    for pid in killed:
        kill(pid)
    time.sleep(1)
    assert recovered(supervised, 90)
    assert not {*killed} & {*supervised.group.pids}


@pytest.mark.parametrize("which", ["the first process", "the one that answers"])
def test_while_one_web_process_is_gone_the_other_answers_everybody(which: str, supervised: Running):
    # Whoever was started again last may not answer yet.
    assert recovered(supervised, 60, supervised.is_whole)
    first = supervised.group.pids[0]
    with supervised.asked_all_the_time() as answers:
        kill(first if which == "the first process" else answering(first))
        assert wait_until(lambda: supervised.group.pids[0] != first, 60)
        time.sleep(1)
    wrong = [(one.path, one.status, one.body[:80]) for one in answers if one.status not in {200, 302, 401, 403, 404}]
    assert wrong == []
    assert supervised.cluster.running_pid() is not None


def answers_alone(path: Path, port: int) -> bool:
    """Whether the web process that listens there answers."""
    with socket.socket(socket.AF_UNIX) as process:
        process.settimeout(5)
        try:
            process.connect(str(path))
            process.sendall(f"GET {LIVE} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
            return process.recv(100).startswith(b"HTTP/1.1 200")
        except OSError:
            return False


def answering(first: int) -> int:
    """The child of a web server's first process that answers: the last one, after Python's own tracker of resources."""
    return int(Path(f"/proc/{first}/task/{first}/children").read_text().split()[-1])
