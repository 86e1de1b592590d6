"""A real demo and a real browser: what the README's first command gives, driven as its users would."""

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from gis_core.ops.environment import PYTHON, ROOT

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Demo:
    """A running demo: its address, the password of each account, its data folder."""

    url: str
    passwords: dict[str, str]
    data: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def arpent(*arguments: str) -> str:
    """What the command says; it must succeed."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ARPENT_", "DJANGO_"))}
    # Drawing and building the photos would keep both cores busy under the other tests.
    env["ARPENT_DEMO_PHOTOS"] = "0"
    command = [str(PYTHON), "-m", "gis_core.ops", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=1200, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    data = tmp_path_factory.mktemp("demo")
    data.parent.parent.chmod(0o755)
    port = free_port()
    arpent("demo", "--detach", "--data", str(data), "--port", str(port))
    accounts = json.loads(Path(data, "demo-accounts.json").read_text())
    yield Demo(f"http://127.0.0.1:{port}", {one["username"]: one["password"] for one in accounts}, data)
    arpent("stop", "--data", str(data))


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Ends with its module: its event loop would forbid Django's database calls to the tests that follow."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    opened = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=ARGUMENTS)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def signed_in(demo: Demo, browser: Browser) -> dict[str, object]:
    """The cookies of the permit instructor of the Lys, who signed in with a password once."""
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    sign_in(page, demo, "instruction.lys")
    state = context.storage_state()
    context.close()
    return dict(state)


def sign_in(page: Page, demo: Demo, username: str) -> None:
    page.goto(f"{demo.url}/compte/connexion/")
    page.locator("input[name=login]").fill(username)
    page.locator("input[type=password]").fill(demo.passwords[username])
    page.keyboard.press("Enter")
    page.wait_for_url(f"{demo.url}/*")


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def context(request: pytest.FixtureRequest, browser: Browser, signed_in: dict[str, object]) -> Iterator[BrowserContext]:
    yield from opened(browser, signed_in, request.param)


@pytest.fixture
def desk(browser: Browser, signed_in: dict[str, object], demo: Demo) -> Iterator[Page]:
    for context in opened(browser, signed_in, DESK):
        yield open_map(context, demo)


@pytest.fixture
def phone(browser: Browser, signed_in: dict[str, object], demo: Demo) -> Iterator[Page]:
    for context in opened(browser, signed_in, PHONE):
        yield open_map(context, demo)


def opened(browser: Browser, signed_in: dict[str, object], size: dict[str, int]) -> Iterator[BrowserContext]:
    """A context whose page errors fail the test that opened it."""
    context = browser.new_context(viewport=size, locale="fr-FR", storage_state=signed_in, has_touch=size is PHONE)  # type: ignore[arg-type]
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context
    context.close()
    assert complaints == []


def open_map(context: BrowserContext, demo: Demo, fragment: str = "") -> Page:
    page = context.new_page()
    page.goto(f"{demo.url}/{fragment}")
    page.wait_for_selector("html[data-arpent-ready=true]", state="attached")
    return page
