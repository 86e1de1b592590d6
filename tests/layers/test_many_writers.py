"""Twenty writers on one layer while the database crashes once: every acknowledged write is there or in the history.

A real server on a durable cluster of its own. Ten seconds; as many as ARPENT_WRITERS_S says.
"""

import http.client
import json
import os
import random
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest

from gis_core.operations import proxy, services
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import ROOT, Place, variables
from gis_core.operations.manage import command_line
from gis_core.operations.processes import wait_until
from tests.ops.conftest import temporary_place
from tests.ops.migrated import give_migrated

pytestmark = pytest.mark.slow
WRITERS = 20
SECONDS = float(os.environ.get("ARPENT_WRITERS_S", "10"))
X, Y = 617_000.0, 6_717_000.0
WORLD = """
import json
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import transaction
from gis_core.tokens.authentication import create_token
from gis_core.models import Commune, Member, Membership, Territory, User
from gis_core.members.rights import SYSTEM, acting_as
from layers.catalogue.models import Layer, Theme
from layers.catalogue.tables import create_table, secure_table

columns = [{"name": "name", "label": "Nom", "type": "text", "required": True},
           {"name": "lamps", "label": "Lampes", "type": "integer"}]
with acting_as(SYSTEM), transaction.atomic():
    geom = MultiPolygon(Polygon.from_bbox((617000, 6717000, 621000, 6721000)), srid=2154)
    commune = Commune.objects.create(insee="45901", name="Commune", geom=geom)
    member = Member.objects.create(slug="membre", name="Membre", siren="200000008", kind="epci")
    Territory.objects.create(member=member, commune=commune)
    layer = Layer.objects.create(slug="lampes", title="Lampes", theme=Theme.objects.first(), owner=member,
        visibility="public", editor_roles=["network_technician"], table="layer_lampes", rows="layer",
        geometry_type="point", columns=columns, title_field="name")
    create_table(layer.table, columns, "Point")
    secure_table(layer)
    people = [User.objects.create(username=f"p{n}", email=f"p{n}@example.org") for n in range(WRITERS)]
    for person in people:
        Membership.objects.create(user=person, member=member, role="network_technician")
    print(json.dumps([create_token(user=person, name="essai")[1] for person in people]))
"""
# Every state that the layer was ever in: rows as they are, and as they were before each change.
STATES = """
select json_agg(json_build_array(name, id, version)) from (
    select name, id, version from layer_lampes
    union all select h.old ->> 'name', h.pk_value, h.version from gis_core_rowhistory h
    join gis_core_historyevent e on e.id = h.event_id where e."table" = 'layer_lampes' and h.old is not null) states
"""
GONE = """
select json_agg(json_build_array(h.pk_value, h.version)) from gis_core_rowhistory h
join gis_core_historyevent e on e.id = h.event_id where e."table" = 'layer_lampes' and h.operation = 'DELETE'
"""


@dataclass(frozen=True)
class Running:
    """A server that answers, its cluster, and the writers' tokens."""

    cluster: Cluster
    port: int
    tokens: list[str]


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with temporary_place() as place:
        give_migrated(place)
        cluster = Cluster(place)
        cluster.start()
        tokens = prepared(place)
        port = free_port()
        group = services.Group("writers")
        try:
            for service in proxy.site(place, port, logs=True):
                group.start(service)
            group.wait_ready(f"http://127.0.0.1:{port}/health/ready")
            yield Running(cluster, port, tokens)
        finally:
            group.stop()


def prepared(place: Place) -> list[str]:
    """One layer, and a token for each writer."""
    env = variables(place, "owner")

    def manage(*words: str) -> str:
        done = subprocess.run(command_line(*words), cwd=ROOT, env=env, check=True, capture_output=True, text=True)
        return done.stdout

    made = manage("shell", "--no-imports", "-c", WORLD.replace("WRITERS", str(WRITERS)))
    tokens: list[str] = json.loads(made.splitlines()[-1])
    return tokens


def free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


@dataclass
class Writer:
    """Somebody's program: writes as fast as it can, sends again what nobody acknowledged, notes what was."""

    number: int
    port: int
    token: str
    until: float
    shared: list[int]
    acknowledged: list[tuple[str, str, int, int, float]] = field(default_factory=list)
    refused: int = 0
    troubles: int = 0
    failure: str = ""

    def has_written_since(self, instant: float) -> bool:
        return bool(self.acknowledged) and self.acknowledged[-1][-1] > instant

    def run(self) -> None:
        chance = random.Random(self.number)
        mine: dict[int, int] = {}
        try:
            for turn in range(1_000_000):
                if time.monotonic() > self.until:
                    return
                self.write(f"w{self.number}-{turn}", chance, mine)
        except Exception as error:
            self.failure = repr(error)

    def write(self, mark: str, chance: random.Random, mine: dict[int, int]) -> None:
        """Make, change or delete something; change what is everybody's too."""
        action = chance.choice(["create", "update", "update", "shared", "shared", "delete"])
        properties = {"name": mark, "lamps": chance.randrange(9)}
        place = {"type": "Point", "coordinates": [X + chance.random() * 4000, Y + chance.random() * 4000]}
        if action == "shared":
            edit = {"action": "update", "id": chance.choice(self.shared), "properties": properties}
        elif action == "create" or not mine:
            edit = {"action": "create", "properties": properties, "geometry": place}
        elif action == "update":
            pk = chance.choice(list(mine))
            edit = {"action": "update", "id": pk, "version": mine[pk], "properties": properties, "geometry": place}
        else:
            pk = chance.choice(list(mine))
            edit = {"action": "delete", "id": pk, "version": mine[pk]}
        self.note(mark, str(edit["action"]), self.send(edit), mine)

    def note(self, mark: str, action: str, result: dict[str, Any] | None, mine: dict[int, int]) -> None:
        if result is None:
            self.refused += 1
            return
        self.acknowledged.append((mark, action, result["id"], result["version"], time.monotonic()))
        if action == "delete":
            del mine[result["id"]]
        elif action == "create" or result["id"] in mine:
            mine[result["id"]] = result["version"]

    def send(self, edit: dict[str, Any]) -> dict[str, Any] | None:
        """What became of the edit, sent under one name until somebody answers; None when it is refused."""
        body = json.dumps({"crs": "EPSG:2154", "edits": [edit | {"client_id": str(uuid4())}]})
        give_up = self.until + 60
        while time.monotonic() < give_up:
            with suppress(OSError, http.client.HTTPException):
                status, answer = self.post(body)
                if status == 200:
                    result: dict[str, Any] = json.loads(answer)["results"][0]
                    return result
                if status in (404, 409, 412):
                    return None
                assert status >= 500, (status, answer)
            self.troubles += 1
            time.sleep(0.2)
        raise TimeoutError(body)

    def post(self, body: str) -> tuple[int, bytes]:
        status, said, _headers = self.posted(body)
        return status, said

    def posted(self, body: str) -> tuple[int, bytes, dict[str, str]]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.request("POST", "/api/v1/layers/lampes/edits/", body, headers)
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, answer.read(), told


def crash(cluster: Cluster) -> None:
    """End the database as a power cut would, and start it again."""
    ended = cluster._as_owner("pg_ctl", "-D", str(cluster.data), "-m", "immediate", "-w", "stop")
    assert ended.returncode == 0, ended.stdout
    assert wait_until(lambda: cluster.running_pid() is None, 20)
    cluster.start(bootstrap=False)


def lost(cluster: Cluster, found: Sequence[Writer]) -> list[tuple[str, str, int, int]]:
    """Acknowledged writes that are neither there nor in the history."""
    states = {(mark, pk, version) for mark, pk, version in json.loads(cluster.psql("arpent", "-c", STATES))}
    gone = {(pk, version) for pk, version in json.loads(cluster.psql("arpent", "-c", GONE) or "[]")}
    return [
        (mark, action, pk, version)
        for writer in found
        for mark, action, pk, version, _at in writer.acknowledged
        if ((pk, version) not in gone if action == "delete" else (mark, pk, version) not in states)
    ]


def everybodys(running: Running) -> list[int]:
    """Objects that all writers change, without looking at their versions."""
    maker = Writer(99, running.port, running.tokens[0], time.monotonic() + 10, [])
    edit = {"action": "create", "properties": {"name": "de tous"}, "geometry": {"type": "Point", "coordinates": [X, Y]}}
    return [int((maker.send(edit) or {})["id"]) for _ in range(3)]


@pytest.fixture(scope="module")
def writers(running: Running) -> tuple[list[Writer], float]:
    """Writers that have written, and when the database was there again."""
    shared, until = everybodys(running), time.monotonic() + 3600
    found = [Writer(n, running.port, token, until, shared) for n, token in enumerate(running.tokens)]
    threads = [threading.Thread(target=writer.run) for writer in found]
    for thread in threads:
        thread.start()
    try:
        time.sleep(SECONDS / 2)
        wait_until(lambda: all(writer.acknowledged or writer.failure for writer in found), 60)
        crash(running.cluster)
        again = time.monotonic()
        time.sleep(SECONDS / 2)
        # However long it takes here until each has written again.
        wait_until(lambda: all(writer.has_written_since(again) or writer.failure for writer in found), 60)
    finally:
        for writer in found:
            writer.until = time.monotonic()
        for thread in threads:
            thread.join()
    return found, again


def test_all_writers_write_before_and_after_the_crash(writers: tuple[list[Writer], float]) -> None:
    found, again = writers
    assert [writer.failure for writer in found if writer.failure] == []
    assert sum(writer.troubles for writer in found) > 0
    for writer in found:
        assert min(at for *_write, at in writer.acknowledged) < again < max(at for *_write, at in writer.acknowledged)
    print(sum(len(writer.acknowledged) for writer in found), "acknowledged writes")


def test_every_acknowledged_write_is_there_or_in_the_history(
    running: Running, writers: tuple[list[Writer], float]
) -> None:
    assert lost(running.cluster, writers[0]) == []


def test_a_write_that_was_sent_again_is_applied_once(running: Running, writers: tuple[list[Writer], float]) -> None:
    states = json.loads(running.cluster.psql("arpent", "-c", STATES))
    made: dict[str, int] = {}
    # A value that an update leaves alone stands in several versions of one object; in those of two it never does.
    for mark, pk, _version in states:
        if mark.startswith("w"):
            assert made.setdefault(mark, pk) == pk


def test_versions_of_an_object_follow_each_other(running: Running, writers: tuple[list[Writer], float]) -> None:
    states = json.loads(running.cluster.psql("arpent", "-c", STATES))
    versions: dict[int, list[int]] = {}
    for _mark, pk, version in states:
        versions.setdefault(pk, []).append(version)
    for found in versions.values():
        assert sorted(found) == list(range(1, len(found) + 1))
