"""The demonstration as its user types it, in a data folder of its own: its second start, then PostgreSQL killed."""

import http.client
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks import server
from benchmarks.rows import Row
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import ROOT, Place
from gis_core.operations.failure import OperationFailedError

SECOND_START = Row("deuxième démarrage de ./arpent demo", None, "s", "at most", 15)
REFUSED = Row("réponse la plus lente après kill -9 de PostgreSQL, 503 avec Retry-After", None, "s", "at most", 2)
SERVED = Row("tout répond de nouveau après kill -9 de PostgreSQL", None, "s", "at most", 10)
PATIENCE_S = 600
# A page, the API, OGC and a layer's tiles: one asker each.
ASKED = ("/compte/connexion/", "/api/v1/layers/", "/ogc/collections", "/tiles/parcels/14/8278/5726.mvt")
KILLS = 3
GOOD = frozenset({200, 204})


def demo_rows() -> list[Row]:
    with demonstration() as demo:
        demo.start()
        demo.stop()
        begun = time.monotonic()
        demo.start()
        started = replace(SECOND_START, ours=time.monotonic() - begun)
        return [started, *demo.outage_rows()]


def empty_demo_rows() -> list[Row]:
    return [SECOND_START, REFUSED, SERVED]


@dataclass(frozen=True)
class Answer:
    """What was asked when, when it was answered (seconds of the monotonic clock), and with what (0: cut off)."""

    path: str
    asked_at: float
    answered_at: float
    status: int
    retry_after: str | None


@dataclass(frozen=True)
class Demonstration:
    """`./arpent demo` without photos, its data in a folder."""

    folder: Path
    port: int

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        """Back when `/health/ready` has answered."""
        arpent(self.folder, "demo", "--detach", "--data", str(self.data), "--port", str(self.port))

    def stop(self) -> None:
        arpent(self.folder, "stop", "--data", str(self.data))

    def outage_rows(self) -> list[Row]:
        """The slowest refusal, and the longest until all is served again, of some kills one after the other."""
        kills = [self.outage() for _kill in range(KILLS)]
        slowest = max(
            (one.answered_at - max(one.asked_at, killed) for killed, answers in kills for one in answers), default=0.0
        )
        served = max(recovery_s(killed, answers) for killed, answers in kills)
        return [replace(REFUSED, ours=slowest), replace(SERVED, ours=served)]

    def outage(self) -> tuple[float, list[Answer]]:
        """Kill the postmaster while each address is asked all the time; when that was, and the answers.

        The addresses must have answered before, and what is refused must say when to come back.
        """
        pid = Cluster(Place(self.data)).running_pid()
        if pid is None:
            raise OperationFailedError("le PostgreSQL de la démonstration ne tourne pas")
        with asking(self.port) as answers:
            time.sleep(1)
            if not {one.status for one in answers} <= GOOD:
                raise OperationFailedError("une adresse ne répondait pas avant la panne")
            os.kill(pid, signal.SIGKILL)
            killed = time.monotonic()
            time.sleep(0.5)
            self.wait_ready(killed + 60)
            time.sleep(1)
        if any(one.status not in GOOD and (one.status != 503 or not one.retry_after) for one in answers):
            raise OperationFailedError("une réponse n'a pas dit quand revenir")
        return killed, answers

    def wait_ready(self, until: float) -> None:
        while ask(self.port, "/health/ready").status != 200:
            if time.monotonic() > until:
                raise OperationFailedError("PostgreSQL n'est pas revenu en une minute")
            time.sleep(0.1)


def recovery_s(killed: float, answers: list[Answer]) -> float:
    """Seconds from the kill until each address answers well and goes on so."""
    ends = []
    for path in ASKED:
        of_path = sorted((one for one in answers if one.path == path), key=lambda one: one.answered_at)
        bad = max((one.answered_at for one in of_path if one.status not in GOOD), default=killed)
        ends.append(min(one.answered_at for one in of_path if one.answered_at > bad))
    return max(ends) - killed


@contextmanager
def demonstration() -> Iterator[Demonstration]:
    with tempfile.TemporaryDirectory(prefix="arpent-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        demo = Demonstration(folder, server.free_port())
        try:
            yield demo
        finally:
            demo.stop()


@contextmanager
def asking(port: int) -> Iterator[list[Answer]]:
    """Somebody for each address, one answer after the other, for as long as the block runs."""
    answers: list[Answer] = []
    over = threading.Event()

    def go_on(path: str) -> None:
        while not over.wait(0.05):
            answers.append(ask(port, path))

    threads = [threading.Thread(target=go_on, args=[path]) for path in ASKED]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        over.set()
        for thread in threads:
            thread.join()


def ask(port: int, path: str) -> Answer:
    """One answer, of whoever is cut off without one too."""
    asked = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        response = connection.getresponse()
        response.read()
        return Answer(path, asked, time.monotonic(), response.status, response.headers["Retry-After"])
    except OSError:
        return Answer(path, asked, time.monotonic(), 0, None)
    finally:
        connection.close()


def arpent(folder: Path, *words: str) -> None:
    """One `./arpent` command without our variables; raises with the end of what it said."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ARPENT_", "DJANGO_"))}
    env["ARPENT_DEMO_PHOTOS"] = "0"
    said = folder / "said.log"
    with said.open("wb") as output:
        done = subprocess.run(
            [str(ROOT / "arpent"), *words],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            timeout=PATIENCE_S,
            check=False,
        )
    if done.returncode != 0:
        raise OperationFailedError(f"./arpent {' '.join(words)} : {said.read_text(errors='replace')[-300:]}")
