"""Ten main journeys in Chromium, Firefox ESR and WebKit, on one demo: `./arpent test --engines`, quarter of an hour."""

import json
import os
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gis_core.operations.demo import read_run
from gis_core.operations.environment import PYTHON, ROOT, Place
from tests.browser.conftest import free_port
from tests.engines.journeys import JOURNEYS
from tests.engines.screens import ENGINES, Screen, opened
from tests.ops.conftest import plain_environment, temporary_place

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(os.environ.get("ARPENT_ENGINES") != "1", reason="./arpent test --engines runs it"),
]
PATIENCE_S = 1200
RUNNING = "ARPENT_ENGINES_DEMO"
"""The data folder of a demo that runs, in the place of a new one."""


@pytest.fixture(scope="session")
def site() -> Iterator[tuple[str, dict[str, str]]]:
    """The demo with its photos: its address, and the password of each account."""
    if running := os.environ.get(RUNNING):
        yield of_running(Place(Path(running)))
        return
    with temporary_place() as place:
        port = free_port()
        arpent("demo", "--detach", "--data", str(place.data), "--port", str(port))
        url = f"http://127.0.0.1:{port}"
        accounts = json.loads(place.accounts.read_text())
        wait_for_photos(url)
        yield url, {one["username"]: one["password"] for one in accounts}
        arpent("stop", "--data", str(place.data))


def of_running(place: Place) -> tuple[str, dict[str, str]]:
    """The same of a demo that somebody has started: what is done there stays."""
    run = read_run(place)
    assert run, f"no demo runs in {place.data}"
    accounts = json.loads(place.accounts.read_text())
    return f"http://127.0.0.1:{run.port}", {one["username"]: one["password"] for one in accounts}


def arpent(*arguments: str) -> None:
    command = [str(PYTHON), "-m", "gis_core.operations", *arguments]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=plain_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def wait_for_photos(url: str) -> None:
    """The demo draws and builds its campaigns once it runs; two are compared."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        with urllib.request.urlopen(f"{url}/api/v1/photos/", timeout=30) as answer:
            if sum(one["kind"] == "photo" for one in json.load(answer)["results"]) >= 2:
                return
        time.sleep(2)
    raise AssertionError("the demo publishes no two photos")


@pytest.fixture(scope="module", params=ENGINES)
def screen(
    request: pytest.FixtureRequest, site: tuple[str, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Screen]:
    with opened(request.param, tmp_path_factory.mktemp(request.param)) as driver:
        yield Screen(driver, *site)


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda one: one.__name__)
def test_a_journey_ends_well(screen: Screen, journey: Callable[[Screen, Path], None], tmp_path: Path) -> None:
    journey(screen, tmp_path)
    assert screen.driver.current_url.startswith(screen.url)
