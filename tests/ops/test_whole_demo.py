"""The whole demo, saved while people write and erase, is brought back: every row, right and file; and it opens.

Rules on layers, photos, pieces of files and of requests are in it. Rows are compared as they were at the moment of the
backup, counted here by another statement than the product's.
"""

import hashlib
import io
import json
import math
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
import rasterio
import requests
from PIL import Image
from psycopg import sql
from rasterio.transform import from_origin

from gis_core.operations import backup as backing_up
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import PYTHON, ROOT, Place
from gis_core.operations.held_files import HeldFiles
from gis_core.operations.processes import wait_until
from gis_core.operations.restore import restore, verify
from tests.browser.conftest import free_port
from tests.documents import pdf
from tests.ops.conftest import plain_environment, temporary_place
from tests.ops.migrated import give_migrated
from tests.ops.test_backup import CATALOGUE

pytestmark = pytest.mark.slow
LAYER = "street-lights"
# Jobs go on, and sequences are not part of a snapshot.
MOVES_ON = {"sequences"}
OUR_TABLES = """
    select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname !~ '^pg_|^information_schema$' and c.relname <> 'spatial_ref_sys' order by 1, 2
"""
ROWS = "select md5(string_agg(r::text, chr(10) order by r::text)), count(*) from {} r"
UNDER_WAY = """
    select number from permits_permit p join gis_core_member m on m.id = p.owner_id
    where m.slug = 'cc-lys' and state = 'instruction' order by 1 desc limit 1
"""
# The files that rows name, and what the rows say of them, by hand: the product has functions of its own for it.
NAMED = {
    "piece": "select 'permits/' || permit_id || '/' || name, size_bytes, sha256 from permits_piece",
    "request": "select 'works/' || request_id || '/' || name, size_bytes, sha256 from road_piece",
    "photo": "select 'attachments/' || layer_id || '/' || name || '.jpg', size_bytes, null from features_attachment",
    "sheet": "select 'orthophoto/' || c.slug || '/' || c.build || '/' || s.file_name, s.size_bytes, s.sha256"
    " from orthophoto_sheet s join orthophoto_campaign c on c.id = s.campaign_id",
    "document": "select 'planning/' || d.folder || '/' || (f ->> 'name'), (f ->> 'size')::bigint, null"
    " from planning_document d, jsonb_array_elements(d.files) f",
}


class Person:
    """Somebody signed in with a password, as in a browser."""

    def __init__(self, url: str, name: str, password: str) -> None:
        self.url, self.session = url, requests.Session()
        self.session.trust_env = False
        self.get("/compte/connexion/")
        answer = self.post("/compte/connexion/", {"login": name, "password": password}, allow_redirects=False)
        assert answer.status_code == 302, answer.text[:500]

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.url + path, timeout=60)

    def post(self, path: str, data: dict[str, str], **more: Any) -> requests.Response:
        return self.session.post(self.url + path, data=data, headers=self.headers(), timeout=60, **more)

    def headers(self) -> dict[str, str]:
        token = next(cookie.value for cookie in self.session.cookies if cookie.name.endswith("csrf"))
        return {"Referer": self.url, "X-CSRFToken": token or ""}

    def send(self, path: str, content: bytes, **fields: str) -> requests.Response:
        answer = self.post(path, fields, files={"file": ("plan.pdf", content)})
        assert answer.status_code < 400, (path, answer.status_code, answer.text[-2000:])
        return answer

    def write(self, edit: dict[str, Any]) -> dict[str, Any]:
        path = f"{self.url}/api/v1/layers/{LAYER}/edits/"
        answer = self.session.post(path, json={"edits": [edit]}, headers=self.headers(), timeout=60)
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()["results"][0]
        return made


@dataclass
class Saved:
    """A demo that ran, its backup, and what was true of it."""

    place: Place
    archive: Path
    passwords: dict[str, str]
    permit: str
    lamp: int = 0
    rows: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    rights: dict[str, list[str]] = field(default_factory=dict)
    acknowledged: list[str] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)


def command(*arguments: str) -> str:
    env = plain_environment()
    done = subprocess.run(
        [str(PYTHON), "-m", "gis_core.operations", *arguments],
        cwd=ROOT, env=env | {"ARPENT_DEMO_PHOTOS": "0"}, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=3600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def started(place: Place) -> str:
    """The address of a demo that runs in this folder."""
    port = str(free_port())
    command("demo", "--detach", "--data", str(place.data), "--port", port)
    return f"http://127.0.0.1:{port}"


def ask(place: Place, statement: str) -> list[tuple[Any, ...]]:
    with Cluster(place).connect("arpent") as connection:
        return connection.execute(statement).fetchall()  # type: ignore[arg-type]


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def files_of(place: Place) -> dict[str, str]:
    found = (path for path in place.files.rglob("*") if path.is_file())
    return {path.relative_to(place.files).as_posix(): sha256(path) for path in found}


def rows_of(connection: psycopg.Connection[Any]) -> dict[str, Any]:
    tables = connection.execute(OUR_TABLES).fetchall()
    return {
        f"{schema}.{table}": connection.execute(sql.SQL(ROWS).format(sql.Identifier(schema, table))).fetchone()
        for schema, table in tables
    }


def rights_of(place: Place) -> dict[str, list[str]]:
    cluster = Cluster(place)
    return {
        name: sorted(cluster.psql("arpent", "-c", asked).splitlines())
        for name, asked in CATALOGUE.items()
        if name not in MOVES_ON
    }


def a_photo(side: int = 400) -> bytes:
    made = io.BytesIO()
    Image.fromarray(np.random.default_rng(7).integers(0, 255, (side, side, 3), np.uint8)).save(made, "JPEG")
    return made.getvalue()


def fly_over(place: Place) -> None:
    """A published campaign of one sheet."""
    folder = place.data.parent / "delivery"
    folder.mkdir()
    folder.chmod(0o755)
    pixels = np.random.default_rng(45).integers(1, 255, (3, 100, 100), np.uint8).repeat(8, 1).repeat(8, 2)
    profile: dict[str, Any] = {"driver": "GTiff", "width": 800, "height": 800, "count": 3, "dtype": "uint8"}
    profile |= {"crs": "EPSG:2154", "transform": from_origin(617_000, 6_717_000, 0.2, 0.2)}
    with rasterio.open(folder / "sheet.tif", "w", **profile) as image:
        image.write(pixels)
    named = ("--slug", "essai", "--title", "Essai", "--acquired", "2024-06", "--publish")
    command("manage", "--data", str(place.data), "ingest_campaign", str(folder), *named)


def attach(place: Place, saved: Saved, url: str) -> None:
    """Photos on an object, pieces of a file and of a request."""
    technician = Person(url, "reseaux.lys", saved.passwords["reseaux.lys"])
    ((saved.lamp,),) = ask(place, "select id from layer_street_lights order by id limit 1")
    instructor = Person(url, "instruction.lys", saved.passwords["instruction.lys"])
    for _ in range(2):
        technician.send(f"/api/v1/layers/{LAYER}/features/{saved.lamp}/attachments/", a_photo())
        instructor.send(f"/permis/{saved.permit}/pieces/", pdf(3), kind="plan")
    ((request,),) = ask(place, "select min(r.id) from road_request r join gis_core_member m on m.id = r.owner_id"
                               " where m.slug = 'cc-lys'")  # fmt: skip
    technician.send(f"/voirie/demandes/{request}/pieces/", pdf(2))


def keep_writing(place: Place, saved: Saved, url: str, over: threading.Event) -> None:
    """Edit an object, attach and remove pieces, until it is over; every answered write is noted."""
    technician = Person(url, "reseaux.lys", saved.passwords["reseaux.lys"])
    instructor = Person(url, "instruction.lys", saved.passwords["instruction.lys"])
    turn = 0
    while not over.is_set():
        turn += 1
        ((version,),) = ask(place, f"select version from layer_street_lights where id = {saved.lamp}")
        edit = {"action": "update", "id": saved.lamp, "version": version, "properties": {"reference": f"tour-{turn}"}}
        technician.write(edit)
        instructor.send(f"/permis/{saved.permit}/pieces/", pdf(1), kind="other")
        saved.acknowledged.append(f"tour-{turn}")
        remove_oldest_piece(place, saved, instructor)


def remove_oldest_piece(place: Place, saved: Saved, instructor: Person) -> None:
    """Take the oldest piece that was attached meanwhile out of its file, where it is kept."""
    of_writer = "select id from permits_piece where kind = 'other' and removed_at is null order by id desc offset 1"
    pieces = ask(place, of_writer)
    if pieces:
        answer = instructor.post(f"/permis/{saved.permit}/pieces/{pieces[-1][0]}/retirer/", {"reason": "Doublon"})
        assert answer.status_code < 400, answer.text[-2000:]


def erase_plan(place: Place, saved: Saved) -> None:
    """The files of the plan go while rows name them, as when a transaction that replaces them is not over."""
    ((folder,),) = ask(place, "select folder from planning_document order by approved_date desc limit 1")
    for path in (place.files / "planning" / folder).iterdir():
        saved.erased.append(path.relative_to(place.files).as_posix())
        path.unlink()
    assert saved.erased


@pytest.fixture(scope="module")
def saved() -> Iterator[Saved]:
    with temporary_place() as place:
        try:
            yield from saved_in(place)
        finally:
            command("stop", "--data", str(place.data))


def saved_in(place: Place) -> Iterator[Saved]:
    # The browser's demo is the one that begins with nothing.
    give_migrated(place)
    url = started(place)
    fly_over(place)
    saved = saved_under_writes(place, url)
    command("stop", "--data", str(place.data))
    yield saved


def saved_under_writes(place: Place, url: str) -> Saved:
    """A backup taken while somebody writes and erases, and what was true at its moment."""
    passwords = {one["username"]: one["password"] for one in json.loads(place.accounts.read_text())}
    ((permit,),) = ask(place, UNDER_WAY)
    saved = Saved(place, place.data.parent / "sauvegarde.tar", passwords, permit)
    attach(place, saved, url)
    before, over = files_of(place), threading.Event()
    saved.files = {name: digest for name, digest in before.items() if not name.startswith("permits/")}
    writer = threading.Thread(target=keep_writing, args=(place, saved, url, over))

    def watched(connection: psycopg.Connection[Any], files: HeldFiles) -> backing_up.Snapshot:
        """What is true at the moment of the backup; right after it files that rows name are erased."""
        snapshot = take_snapshot(connection, files)
        with Cluster(place).connect("arpent") as beside:
            beside.execute("set transaction isolation level repeatable read")
            beside.execute(sql.SQL("set transaction snapshot {}").format(snapshot.name))
            saved.rows = rows_of(beside)
        erase_plan(place, saved)
        # Somebody goes on writing while it is saved.
        wait_until(lambda: len(saved.acknowledged) > answered or not writer.is_alive(), 600)
        return snapshot

    take_snapshot, answered = backing_up.take_snapshot, 0
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(backing_up, "take_snapshot", watched)
        writer.start()
        try:
            while len(saved.acknowledged) < 3:
                assert writer.is_alive()
                time.sleep(0.1)
            answered = len(saved.acknowledged)
            backing_up.backup(place, saved.archive)
        finally:
            over.set()
            writer.join()
    assert len(saved.acknowledged) > answered, "nobody wrote during the backup"
    del saved.acknowledged[answered:]
    saved.rights = rights_of(place)
    return saved


@pytest.fixture(scope="module")
def restored(saved: Saved) -> Iterator[Place]:
    with temporary_place() as place:
        restore(place, saved.archive, force=False)
        try:
            with Cluster(place).lease():
                yield place
        finally:
            command("stop", "--data", str(place.data))


def test_every_row_is_as_it_was_at_the_moment_of_the_backup(saved: Saved, restored: Place) -> None:
    with Cluster(restored).connect("arpent") as connection:
        found = rows_of(connection)
    assert len(found) > 120
    assert {name: (saved.rows.get(name), one) for name, one in found.items() if saved.rows.get(name) != one} == {}
    assert found.keys() == saved.rows.keys()


def test_what_was_answered_before_is_there(saved: Saved, restored: Place) -> None:
    ((name,),) = ask(restored, f"select reference from layer_street_lights where id = {saved.lamp}")
    assert int(name.removeprefix("tour-")) >= len(saved.acknowledged)
    former = ask(restored, "select old ->> 'reference' from gis_core_rowhistory where old ->> 'reference' ~ '^tour-'")
    assert {name, *(one for (one,) in former)} >= set(saved.acknowledged)


def test_every_file_is_as_it_was(saved: Saved, restored: Place) -> None:
    found = files_of(restored)
    assert {name for name, digest in saved.files.items() if found.get(name) != digest} == set()


@pytest.mark.parametrize("kind", NAMED)
def test_every_file_that_a_row_names_is_there_whole(kind: str, restored: Place) -> None:
    rows = ask(restored, NAMED[kind])
    assert rows
    for name, size, digest in rows:
        path = restored.files / name
        assert path.stat().st_size == size
        assert digest in (None, sha256(path))


def test_files_that_were_erased_while_the_backup_was_written_are_in_it(saved: Saved, restored: Place) -> None:
    named = {name for name, _size, _digest in ask(restored, NAMED["document"])}
    assert saved.erased
    assert named >= set(saved.erased)
    assert all((restored.files / name).is_file() for name in saved.erased)
    assert verify(saved.archive)["missing"] == []


def test_the_functions_of_the_database_name_every_file_of_the_demo(restored: Place) -> None:
    """An app that keeps files somewhere new says so in a function `arpent.files_of_...`."""
    named = {row[0] for name in ask(restored, "select proname from pg_proc where proname ~ '^files_of_'")
             for row in ask(restored, f"select arpent.{name[0]}()")}  # fmt: skip
    passing = ("warning/", "exports/", "inbox/", "permits/")
    assert {name for name in files_of(restored) if not name.startswith(passing)} - named == set()


def test_roles_rights_policies_and_leakproof_marks_are_as_before(saved: Saved, restored: Place) -> None:
    found = rights_of(restored)
    differing = {name: sorted(set(saved.rights[name]) ^ set(found[name])) for name in found}
    assert {name: lines for name, lines in differing.items() if lines} == {}
    assert "geometry_overlaps(geometry,geometry)" in found["leakproof"]


def test_triggers_do_the_same_where_no_schema_is_searched(restored: Place) -> None:
    """A row of each table is written as it is: what its triggers run says the same with and without a search path."""
    with Cluster(restored).connect("arpent") as connection:
        connection.autocommit = True
        touched = {
            f"{schema}.{table}": [outcome(connection, schema, table, path) for path in ("public", "")]
            for schema, table in connection.execute(OUR_TABLES).fetchall()
            if not table.startswith("procrastinate_")
        }
    assert {table: one for table, one in touched.items() if one[0] != one[1]} == {}
    assert sum(one[0] == "written" for one in touched.values()) > 80


def outcome(connection: psycopg.Connection[Any], schema: str, table: str, path: str) -> str:
    """What happens when the table's first row is written as it is."""
    columns = connection.execute(
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped"
        " and attgenerated = '' and attidentity = ''",
        [f'{schema}."{table}"'],
    ).fetchall()
    assignments = sql.SQL(", ").join(sql.SQL("{0} = {0}").format(sql.Identifier(name)) for (name,) in columns)
    whole = sql.Identifier(schema, table)
    statement = sql.SQL("update {0} set {1} where ctid = (select min(ctid) from {0})").format(whole, assignments)
    try:
        with connection.transaction(force_rollback=True):
            connection.execute("select set_config('search_path', %s, true)", [path])
            for setting, value in (("agency", "on"), ("members", "{}"), ("writers", "{}"), ("insee", "{}"),
                                   ("user_id", "1")):  # fmt: skip
                connection.execute("select set_config(%s, %s, true)", [f"arpent.{setting}", value])
            written = connection.execute(statement).rowcount
            connection.execute("set constraints all immediate")
    except psycopg.Error as error:
        return f"{error.sqlstate} {error.diag.message_primary}"
    return "written" if written else "empty"


def test_it_opens_signs_in_and_serves(saved: Saved, restored: Place) -> None:
    url = started(restored)
    technician = Person(url, "reseaux.lys", saved.passwords["reseaux.lys"])
    described = technician.get(f"/tiles/{LAYER}.json").json()
    west, south, east, north = described["bounds"]
    where = "/".join(map(str, tile_at((west + east) / 2, (south + north) / 2, 14)))
    tile = technician.get(f"/tiles/{LAYER}/{where}.mvt")
    assert (tile.status_code, len(tile.content) > 50) == (200, True)
    photos = technician.get(f"/api/v1/layers/{LAYER}/features/{saved.lamp}/attachments/").json()["results"]
    assert [len(technician.get(one["url"]).content) for one in photos] == [one["size_bytes"] for one in photos]
    assert len(photos) == 2
    instructor = Person(url, "instruction.lys", saved.passwords["instruction.lys"])
    instructor.send(f"/permis/{saved.permit}/pieces/", pdf(4), kind="plan")


def tile_at(longitude: float, latitude: float, zoom: int) -> tuple[int, int, int]:
    """The tile of a place."""
    side = 2**zoom
    latitude = math.radians(latitude)
    down = (1 - math.log(math.tan(latitude) + 1 / math.cos(latitude)) / math.pi) / 2
    return zoom, int((longitude + 180) / 360 * side), int(down * side)
