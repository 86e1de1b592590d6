"""Somebody leaves: twelve kinds of access, open at once on a site that runs, are all shut within five seconds.

nginx, two web processes, a worker with its task processes, PostgreSQL: as the site runs. The clock starts when an
administrator's form is sent. `-rP` prints the figures.
"""

import base64
import http.client
import json
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gis_core.operations import proxy, services
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import DATABASE, ROOT, Place, variables
from gis_core.operations.manage import command_line
from gis_core.operations.processes import wait_until
from tests.layers.test_many_writers import free_port
from tests.ops.conftest import before_others, temporary_place
from tests.ops.migrated import give_migrated

pytestmark = pytest.mark.slow
MOST_S = 5.0
WATCHED_S = 9.0
TILE = "/tiles/prive/14/8292/5732.mvt"
WORLD = """
import json
from datetime import timedelta
from time import time
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.gis.geos import MultiPolygon, Polygon
from allauth.account.internal.flows import login
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from gis_core.database import clock
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Commune, Member, Membership, Territory, User
from gis_core.tokens.authentication import create_token
from gis_core.tokens.links import make_link
from layers.catalogue.models import Layer, Theme
from layers.catalogue.tables import create_table, secure_table
from permits.services.reminding import make_feed
from simulation.models import Project

def signed_in(user):
    session = SessionStore()
    session.update({"_auth_user_id": str(user.pk), HASH_SESSION_KEY: user.get_session_auth_hash(),
                    "_auth_user_backend": settings.AUTHENTICATION_BACKENDS[0],
                    login.AUTHENTICATION_METHODS_SESSION_KEY: [{"method": "password", "at": time()}],
                    login._AUTHENTICATION_METHODS_USER_SESSION_KEY: str(user.pk)})
    session.save()
    return session.session_key

with acting_as(SYSTEM), transaction.atomic():
    geom = MultiPolygon(Polygon.from_bbox((617000, 6717000, 621000, 6721000)), srid=2154)
    commune = Commune.objects.create(insee="45901", name="Commune", geom=geom)
    member = Member.objects.create(slug="membre", name="Membre", siren="200000008", kind="epci")
    Territory.objects.create(member=member, commune=commune)
    people = {}
    for name, role in (("lea", "network_technician"), ("max", "gis_administrator")):
        people[name] = User.objects.create(username=name, email=f"{name}@example.org")
        Membership.objects.create(user=people[name], member=member, role=role)
    lea, columns = people["lea"], [{"name": "name", "label": "Nom", "type": "text", "in_tiles": True}]
    theme, _made = Theme.objects.get_or_create(slug="essai", defaults={"title": "Essai"})
    layer = Layer.objects.create(slug="prive", title="Privé", theme=theme, owner=member, visibility="owner",
        table="layer_prive", columns=columns, geometry_type="point", rows="layer", title_field="name", min_zoom=13)
    create_table(layer.table, columns, "Point")
    with connection.cursor() as cursor:
        cursor.execute("insert into layer_prive (owner_id, name, geom) select %s, 'Objet ' || i,"
            " st_setsrid(st_point(600000 + i %% 1000 * 50, 6700000 + i / 1000 * 50), 2154)"
            " from generate_series(1, 600000) i", [member.pk])
    secure_table(layer)
    project = Project.objects.create(owner=member, name="Projet", insee="45901", idus=["45901000AB0001"],
        geom=geom, author=lea, variants=[])
    link = make_link(owner_id=member.pk, about_kind="simulation", about_id=project.pk,
        last_date=clock.today() + timedelta(days=3), user=lea)[1]
    print(json.dumps({
        "session": signed_in(lea), "administrator": signed_in(people["max"]),
        "token": create_token(user=lea, name="QGIS")[1],
        "calendar": make_feed(lea), "link": link, "membership": lea.memberships.get().pk,
        "cookie": settings.SESSION_COOKIE_NAME,
    }))
"""
ORDER = """
from gis_core.models import Member, User
from gis_core.members.rights import acting_as, rights_of
from gis_core.jobs.services import start_job
from networks.water.services.anomalies import scanning

person = User.objects.get(username="lea")
with acting_as(rights_of(person)):
    for family in ("water", "sewer"):
        print(start_job(kind=scanning.KIND, title="scan", owner=Member.objects.get(), started_by=person,
                        parameters={"family": family}, rights=rights_of(person)).pk)
"""
# What the scan waits for, for as long as this statement lives.
IN_THE_WAY = "select pg_advisory_lock(hashtextextended('arpent scan water', id)), pg_sleep(600) from gis_core_member"
SHUT = {302, 401, 403, 404}


@dataclass
class Site:
    """A site at work, and the secrets of whoever leaves."""

    place: Place
    cluster: Cluster
    port: int
    given: dict[str, Any] = field(default_factory=dict)

    def manage(self, script: str) -> str:
        done = subprocess.run(
            command_line("shell", "--no-imports", "-c", script),
            cwd=ROOT,
            env=variables(self.place, "worker"),
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def ask(self, path: str, *, method: str = "GET", body: str = "", **headers: str) -> tuple[int, bytes, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body=body or None, headers={"Accept-Encoding": "gzip", **sent})
            response = connection.getresponse()
            return response.status, response.read(), response.headers
        finally:
            connection.close()

    @property
    def cookie(self) -> dict[str, str]:
        return {"Cookie": f"{self.given['cookie']}={self.given['session']}"}

    @property
    def basic(self) -> dict[str, str]:
        pair = base64.b64encode(f"lea:{self.given['token']}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}

    def accesses(self) -> dict[str, Callable[[], bool]]:
        """By name: whether it is open now."""
        bearer = {"Authorization": f"Bearer {self.given['token']}"}
        asked: dict[str, tuple[str, dict[str, str]]] = {
            "page (session)": ("/compte/", {"Accept": "text/html", **self.cookie}),
            "API of the map (session)": ("/api/v1/layers/prive/", self.cookie),
            "tile of the map (session)": (TILE, self.cookie),
            "API (token)": ("/api/v1/me/", bearer),
            "QGIS: OGC API Features (Basic)": ("/ogc/collections/prive/items?limit=1", self.basic),
            "QGIS: vector tile (Basic)": (TILE, self.basic),
            "QGIS: WMTS (Basic)": ("/ortho/wmts/1.0.0/WMTSCapabilities.xml", self.basic),
            "calendar": (f"/permis/agenda/{self.given['calendar']}.ics", {}),
            "shared link": (f"/simulations/lien/{self.given['link']}/", {"Accept": "text/html"}),
        }

        def is_open(path: str, headers: dict[str, str]) -> bool:
            status = self.ask(path, **headers)[0]
            assert status in SHUT | {200, 204}, (path, status)
            return status not in SHUT

        return {
            name: lambda path=path, headers=headers: is_open(path, headers)  # type: ignore[misc]
            for name, (path, headers) in asked.items()
        }

    def state_of(self, job: str) -> str:
        return self.cluster.psql(DATABASE, "-c", f"select state from gis_core_job where id = {int(job)}").strip()

    def remove_the_leaver(self) -> None:
        """An administrator's form. Raises AssertionError where it is not taken."""
        cookie = f"{self.given['cookie']}={self.given['administrator']}"
        page = f"/membres/membre/{self.given['membership']}/"
        status, body, headers = self.ask(page, Cookie=cookie, Accept="text/html", Accept_Encoding="identity")
        assert status == 200
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', body.decode())
        assert token
        csrf = "; ".join(one.split(";")[0] for one in headers.get_all("Set-Cookie") or [])
        self.begun = time.monotonic()
        status = self.ask(
            f"{page}retirer/",
            method="POST",
            body=f"csrfmiddlewaretoken={token[1]}",
            Cookie=f"{cookie}; {csrf}",
            Content_Type="application/x-www-form-urlencoded",
        )[0]
        self.took = time.monotonic() - self.begun
        assert status == 302


@pytest.fixture(scope="module", autouse=True)
def first_of_all() -> Iterator[None]:
    """Seconds are counted here: other tests that run meanwhile wait for ours."""
    with before_others(-10):
        yield


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with temporary_place() as place:
        give_migrated(place)
        cluster, port = Cluster(place), free_port()
        cluster.start()
        group = services.Group("leaver", cluster)
        made = Site(place, cluster, port)
        made.given = json.loads(made.manage(WORLD).splitlines()[-1])
        try:
            for service in proxy.site(place, port, logs=True):
                group.start(service)
            group.start(services.worker(place, Path(place.logs, "worker.log"), port))
            group.wait_ready(f"http://127.0.0.1:{port}/health/ready")
            yield made
        finally:
            group.stop()


@dataclass
class Download:
    """A file on its way: when its last bytes came, and whether it came whole."""

    site: Site
    size: int = 0
    ended: float | None = None
    tail: bytes = b""

    def read(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=60)
        connection.request("GET", "/api/v1/layers/prive/export.geojson", headers=self.site.cookie)
        response = connection.getresponse()
        assert response.status == 200
        while part := response.read1(1 << 16):
            self.size += len(part)
            self.tail = (self.tail + part)[-300:]
        self.ended = time.monotonic()
        connection.close()

    @property
    def whole(self) -> bool:
        return self.tail.rstrip().endswith(b"]}") and b"ERREUR" not in self.tail


def test_every_access_of_whoever_leaves_is_shut_within_five_seconds(site: Site) -> None:
    client = [*site.cluster.client("psql"), "-d", DATABASE, "-c", IN_THE_WAY]
    blocker = subprocess.Popen(client, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        running_job, waiting_job = site.manage(ORDER).split()[-2:]
        assert wait_until(lambda: site.state_of(running_job) == "running", 60)
        accesses = site.accesses()
        assert {name: is_open() for name, is_open in accesses.items()} == dict.fromkeys(accesses, True)
        download = Download(site)
        reader = threading.Thread(target=download.read)
        reader.start()
        assert wait_until(lambda: download.size > 1 << 20, 30)
        shut = watch(site, accesses, {"running job": running_job, "waiting job": waiting_job})
        reader.join(60)
    finally:
        blocker.kill()
        blocker.wait()
    assert download.ended is not None
    shut["download under way"] = download.ended - site.begun
    for name, seconds in sorted(shut.items(), key=lambda one: one[1]):
        print(f"{seconds:5.2f} s  {name}")
    print(f"the administrator's form was answered in {site.took:.2f} s; {download.size / 1e6:.1f} MB had come")
    assert not download.whole
    assert max(shut.values()) < MOST_S


def watch(site: Site, accesses: dict[str, Callable[[], bool]], jobs: dict[str, str]) -> dict[str, float]:
    """Ask for all of it all the time while somebody is removed: by name, when it was open last, in seconds."""
    last_open = dict.fromkeys([*accesses, *jobs], 0.0)
    over = threading.Event()

    def ask(name: str, is_open: Callable[[], bool]) -> None:
        while not over.is_set():
            if is_open():
                last_open[name] = time.monotonic()
            time.sleep(0.1)

    def goes_on(job: str) -> bool:
        return site.state_of(job) in ("waiting", "running")

    asked = accesses | {name: lambda job=job: goes_on(job) for name, job in jobs.items()}  # type: ignore[misc]
    threads = [threading.Thread(target=ask, args=one) for one in asked.items()]
    for thread in threads:
        thread.start()
    try:
        assert wait_until(lambda: all(last_open.values()), 60), "each was open before"
        site.remove_the_leaver()
        time.sleep(WATCHED_S)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    return {name: max(at - site.begun, 0.0) for name, at in last_open.items()}
