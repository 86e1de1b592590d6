"""A build killed at random instants and started again gives what an undisturbed one gives, byte for byte.

The worker, its reader or PostgreSQL is killed without notice, on an installation of its own. Three times here;
`ARPENT_TEST_KILLS=20 ./arpent test tests/orthophoto/test_kills.py` is the whole trial.
"""

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
import rasterio
from rasterio.transform import from_origin

from gis_core.operations.environment import PYTHON, ROOT, Place
from tests.ops.conftest import plain_environment, temporary_place
from tests.ops.migrated import give_migrated

KILLS = int(os.environ.get("ARPENT_TEST_KILLS", "3"))
VICTIMS = ("worker", "reader", "postgresql")
SIDE, RESOLUTION, WEST, NORTH = 1200, 0.2, 617_000, 6_717_000
PATIENCE_S = 900


class Installation:
    """An installation of its own, reached by its commands as an administrator would."""

    def __init__(self, data: Path) -> None:
        self.place = Place.current(str(data))
        self.env = plain_environment()

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*arguments), **self.settings(), timeout=PATIENCE_S, text=True, check=False)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """What it says goes to a file: nobody reads a pipe while it runs, and a full one would stop it."""
        with self.said.open("wb") as output:
            to = self.settings() | {"stdout": output}
            return subprocess.Popen(self.command(*arguments), start_new_session=True, **to)

    @property
    def said(self) -> Path:
        return self.place.data.with_name("said")

    def command(self, *arguments: str) -> list[str]:
        name, *rest = arguments
        return [str(PYTHON), "-m", "gis_core.operations", name, "--data", str(self.place.data), *rest]

    def settings(self) -> dict[str, Any]:
        return {"cwd": ROOT, "env": self.env, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}

    def cluster(self, action: str) -> None:
        """Start or stop PostgreSQL."""
        command = [str(PYTHON), "-m", "gis_core.operations", "cluster", action, "--data", str(self.place.data)]
        done = subprocess.run(command, **self.settings(), text=True, check=False)
        assert done.returncode == 0, done.stdout

    def ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        socket = str(self.place.socket_directory())
        with psycopg.connect(host=socket, dbname="arpent", user="arpent_owner") as connection:
            return connection.execute(statement, values).fetchall()  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def delivery(installed: Installation) -> Path:
    """Twelve sheets, three of them lossy."""
    folder = installed.place.data.with_name("delivery")
    folder.mkdir()
    noise = np.random.default_rng(45)
    for number in range(12):
        column, row = number % 4, number // 4
        pixels = noise.integers(1, 255, (3, SIDE // 8, SIDE // 8), np.uint8).repeat(8, 1).repeat(8, 2)
        west, north = WEST + column * SIDE * RESOLUTION, NORTH - row * SIDE * RESOLUTION
        profile: dict[str, Any] = {"driver": "GTiff", "width": SIDE, "height": SIDE, "count": 3, "dtype": "uint8"}
        profile |= {"crs": "EPSG:2154", "transform": from_origin(west, north, RESOLUTION, RESOLUTION)}
        profile |= {"compress": "jpeg"} if number % 4 == 0 else {}
        with rasterio.open(folder / f"sheet-{number:02d}.tif", "w", **profile) as image:
            image.write(pixels)
    return folder


@pytest.fixture(scope="module")
def installed() -> Iterator[Installation]:
    with temporary_place() as place:
        give_migrated(place)
        made = Installation(place.data)
        made.cluster("start")
        try:
            yield made
        finally:
            made.cluster("stop")


def ingest(folder: Path, slug: str) -> tuple[str, ...]:
    named = ("--slug", slug, "--title", slug, "--acquired", "2024-06", "--publish")
    return ("manage", "ingest_campaign", str(folder), *named)


def made_of(installed: Installation, slug: str) -> list[tuple[Any, ...]]:
    """The index rows of what is published, with the bytes that lie behind them."""
    rows = installed.ask(
        "select sheet.name, path, st_astext(sheet.geom), built.sha256, built.size_bytes, photo.folder"
        " from catalogue_photosheet sheet join catalogue_photo photo on photo.id = sheet.photo_id"
        " join orthophoto_campaign campaign on campaign.slug = photo.slug"
        " join orthophoto_sheet built on built.campaign_id = campaign.id and built.name = sheet.name"
        " where photo.slug = %s order by 1",
        slug,
    )
    files = installed.place.data / "files"
    described = [(*row[:5], digest(files / row[5] / row[1])) for row in rows]
    overview = [digest(path) for path in sorted((files / rows[0][5]).glob("mosaic-overview.tif"))] if rows else []
    return [*described, ("overview", *overview)]


def digest(path: Path) -> str:
    import hashlib

    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def kill(installed: Installation, victim: str, running: subprocess.Popen[bytes]) -> None:
    """Kill one of them without notice, whatever it is doing."""
    if victim == "worker":
        os.killpg(running.pid, signal.SIGKILL)
    elif victim == "reader":
        for child in descendants(running.pid):
            # It may have ended since it was seen.
            with suppress(OSError):
                if b"child.main" in Path(f"/proc/{child}/cmdline").read_bytes():
                    os.kill(child, signal.SIGKILL)
    else:
        postmaster = int((installed.place.data / "pg/postmaster.pid").read_text().splitlines()[0])
        os.kill(postmaster, signal.SIGKILL)


def descendants(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in map(int, task.read_text().split()):
                found += [child, *descendants(child)]
    return found


@pytest.fixture(scope="module")
def undisturbed(installed: Installation, delivery: Path) -> tuple[list[tuple[Any, ...]], float]:
    """What a build gives when nobody disturbs it, and how long it takes."""
    begun = time.monotonic()
    done = installed.run(*ingest(delivery, "undisturbed"))
    assert done.returncode == 0, done.stdout
    return made_of(installed, "undisturbed"), time.monotonic() - begun


@pytest.mark.parametrize("number", range(KILLS))
def test_a_killed_build_ends_as_an_undisturbed_one(
    installed: Installation, delivery: Path, undisturbed: tuple[list[tuple[Any, ...]], float], number: int
) -> None:
    expected, duration = undisturbed
    slug, victim = f"killed-{number}", VICTIMS[number % len(VICTIMS)]
    running = installed.start(*ingest(delivery, slug))
    time.sleep(random.Random(number).uniform(0, duration))
    kill(installed, victim, running)
    if victim == "postgresql":
        end(installed, running)
        (installed.place.data / "pg/postmaster.pid").unlink(missing_ok=True)
        installed.cluster("start")
    if victim != "reader":
        end(installed, running)
        nothing_half_published(installed, slug)
    output = end(installed, running)
    again = installed.run(*ingest(delivery, slug))
    assert again.returncode == 0, output + again.stdout
    assert made_of(installed, slug) == expected
    assert stuck(installed) == []


def end(installed: Installation, running: subprocess.Popen[bytes]) -> str:
    """What it said until its end, which comes."""
    try:
        running.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        pytest.fail(f"it does not end: {installed.said.read_text(errors='replace')[-4000:]}")
    return installed.said.read_text(errors="replace")


def nothing_half_published(installed: Installation, slug: str) -> None:
    """The photo is shown whole or not at all."""
    shown = installed.ask(
        "select count(*) from catalogue_photosheet s join catalogue_photo p on p.id = s.photo_id where p.slug = %s",
        slug,
    )
    assert shown[0][0] in (0, 12), json.dumps(shown)


def stuck(installed: Installation) -> list[tuple[Any, ...]]:
    return installed.ask(
        "select id, task_name, status from procrastinate_jobs where queue_name = 'campaigns'"
        " and status in ('todo', 'doing', 'failed')"
    )
