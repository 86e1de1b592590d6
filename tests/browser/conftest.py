"""A real demo and a real browser: what the README's first command gives, driven as its users would."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from gis_core.operations.environment import PYTHON, ROOT
from tests.ops.conftest import before_others, plain_environment, temporary_place

HERE = Path(__file__).parent
# One process runs all tests of the browser, one after another: others wait for it, so that none waits at the end.
BEFORE_OTHERS = 5
CHROMIUM = "/usr/bin/chromium-headless-shell"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # As for somebody who asked their system for it: what moves by itself is where it goes at once.
    "--force-prefers-reduced-motion",
    # A page lives for a second or two: the compilers that make its scripts quicker cost more than they spare.
    "--js-flags=--no-opt --no-maglev",
]
EXAMPLE_DESK = "tests.example_desk.charging"
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
# Several browsers, servers and builds may share two cores.
PATIENCE_MS = 20_000
FIRST_VIEW_MS = 90_000
expect.set_options(timeout=PATIENCE_MS)
# Drawn twice in a row with the same view, in the same place of the page, and the state knows of it.
AT_REST = """async (patience) => {
    const page = document.documentElement;
    const until = performance.now() + patience;
    const frames = async (count) => {
        for (; count > 0; count -= 1) await new Promise(requestAnimationFrame);
    };
    while (!page.dataset.arpentReady && performance.now() < until) await frames(1);
    const { app } = document.querySelector('arpent-app');
    const seen = () => {
        const box = document.querySelector('.map-canvas').getBoundingClientRect();
        return JSON.stringify([app.view.map.view(), app.state.view, box]);
    };
    for (let before = ''; performance.now() < until;) {
        const { arpentRender } = page.dataset;
        app.view.map.refresh();
        await frames(3);
        while (page.dataset.arpentRender === arpentRender && performance.now() < until) await frames(1);
        const now = seen();
        if (now === before && JSON.stringify(app.view.map.view()) === JSON.stringify(app.state.view)) return;
        before = now;
    }
    throw new Error('the map does not come to rest');
}"""
# The same for the small map of a page: nothing was drawn for some frames, and something was before.
DRAWN = """async ([selector, patience]) => {
    const until = performance.now() + patience;
    const drawn = () => document.querySelector(selector)?.dataset.rendered ?? '';
    while (performance.now() < until) {
        const before = drawn();
        for (let frame = 0; frame < 12; frame += 1) await new Promise(requestAnimationFrame);
        if (before && drawn() === before) return;
    }
    throw new Error(`${selector} does not come to rest`);
}"""
IN_THE_ADDRESS_BAR = "document.querySelector('arpent-app').app.link.address() === location.href"


def today() -> date:
    """The day where the demo is, whatever the clock of the machine."""
    return datetime.now(ZoneInfo("Europe/Paris")).date()


@dataclass(frozen=True)
class Demo:
    """A running demo: its address, the password of each account, its data folder, the cookies of who signed in.

    On `provider_ports` of this machine it may ask providers of identities (tests/browser/test_sign_in_methods.py).
    """

    url: str
    passwords: dict[str, str]
    data: Path
    provider_ports: tuple[int, int] = (0, 0)
    cookies: dict[str, dict[str, object]] = field(default_factory=dict)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def arpent(*arguments: str, **settings: str) -> str:
    """What the command says; it must succeed."""
    env = plain_environment() | {"ARPENT_APPS": EXAMPLE_DESK} | settings
    # Drawing and building the photos would keep both cores busy under the other tests.
    env["ARPENT_DEMO_PHOTOS"] = "0"
    command = [str(PYTHON), "-m", "gis_core.operations", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=1200, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module", autouse=True)
def first_of_all() -> Iterator[None]:
    with before_others(os.getpriority(os.PRIO_PROCESS, 0) - BEFORE_OTHERS):
        yield


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """The one server of all browser tests; it has the app of the example desk, as a site adds its own."""
    with temporary_place() as place:
        port, *providers = (free_port() for _time in range(3))
        private = ",".join(f"127.0.0.1:{one}" for one in providers)
        arpent("demo", "--detach", "--data", str(place.data), "--port", str(port), ARPENT_PRIVATE_HOSTS=private)
        accounts = json.loads(place.accounts.read_text())
        passwords = {one["username"]: one["password"] for one in accounts}
        yield Demo(f"http://127.0.0.1:{port}", passwords, place.data, (providers[0], providers[1]))
        # Before a test database that was made earlier is dropped, which Playwright's event loop would forbid.
        ONE_BROWSER.close()
        arpent("stop", "--data", str(place.data))


class OneBrowser:
    """Opened for the first test that asks for it, closed after the last of those that follow one another."""

    def __init__(self) -> None:
        self.ends = ExitStack()
        self.opened: Browser | None = None

    def get(self) -> Browser:
        """The open browser; another one where it has crashed."""
        if self.opened and not self.opened.is_connected():
            self.close()
        if not self.opened:
            playwright = self.ends.enter_context(sync_playwright())
            self.opened = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=ARGUMENTS)
            self.ends.callback(self.opened.close)
        return self.opened

    def close(self) -> None:
        self.opened = None
        self.ends.close()


ONE_BROWSER = OneBrowser()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """Playwright ends where other tests follow: its event loop would forbid them Django's database calls."""
    if nextitem is None or HERE not in nextitem.path.parents:
        ONE_BROWSER.close()


@pytest.fixture(scope="module")
def browser() -> Browser:
    return ONE_BROWSER.get()


@pytest.fixture(scope="module")
def signed_in(demo: Demo, browser: Browser) -> dict[str, object]:
    """The cookies of the permit instructor of the Lys."""
    return cookies_of(browser, demo, "instruction.lys")


def cookies_of(browser: Browser, demo: Demo, username: str, *, just_now: bool = False) -> dict[str, object]:
    """Those of somebody who signed in with a password once in this run; who ends a session signs in for themselves.

    What is dangerous asks again who has not signed in within five minutes: its tests sign in `just_now`.
    """
    if just_now or username not in demo.cookies:
        context = browser.new_context(locale="fr-FR")
        sign_in(context.new_page(), demo, username)
        demo.cookies[username] = dict(context.storage_state())
        context.close()
    return demo.cookies[username]


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


@pytest.fixture
def blank_desk(browser: Browser, signed_in: dict[str, object]) -> Iterator[Page]:
    """For tests that go to a page or a place of their own: the map is opened once."""
    for context in opened(browser, signed_in, DESK):
        yield context.new_page()


@pytest.fixture
def blank_phone(browser: Browser, signed_in: dict[str, object]) -> Iterator[Page]:
    for context in opened(browser, signed_in, PHONE):
        yield context.new_page()


def opened(browser: Browser, signed_in: dict[str, object], size: dict[str, int]) -> Iterator[BrowserContext]:
    """A context whose page errors fail the test that opened it."""
    context = browser.new_context(viewport=size, locale="fr-FR", storage_state=signed_in, has_touch=size is PHONE)  # type: ignore[arg-type]
    # Tests share people: how one leaves the map is not how the next one opens it (tests/browser/test_first_view.py).
    context.route("**/compte/carte/", lambda route: route.fulfill(status=204))
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context
    context.close()
    assert complaints == []


def open_map(context: BrowserContext, demo: Demo, fragment: str = "") -> Page:
    page = context.new_page()
    page.goto(f"{demo.url}/{fragment}")
    page.wait_for_selector("html[data-arpent-ready=true]", state="attached", timeout=FIRST_VIEW_MS)
    return page


def at_rest(page: Page) -> None:
    """Wait until the map is drawn and stays where it is: what is pointed at now is what one sees."""
    page.evaluate(AT_REST, PATIENCE_MS)


def linked(page: Page) -> None:
    """Wait until the address bar says what is on screen."""
    until(page, lambda: bool(page.evaluate(IN_THE_ADDRESS_BAR)), "the address bar says something else")


def drawn(page: Page, selector: str) -> None:
    """Wait until the small map of a page shows what it has."""
    page.evaluate(DRAWN, [selector, PATIENCE_MS])


@contextmanager
def to_another_page(page: Page) -> Iterator[None]:
    """What is pressed within leads to another page; one waits for that one.

    Playwright takes `history.replaceState` for a navigation, which forms (gis_core/once.js) and the map call at any
    time: what is waited for is the other page itself.
    """
    page.wait_for_load_state()
    with page.expect_event("load"):
        yield


def until(page: Page, condition: Callable[[], bool], otherwise: str) -> None:
    """Wait for what no locator can tell; `otherwise`: what is wrong when it does not come.

    The page's policy forbids playwright's own `wait_for_function`, unless it is true at once.
    """
    end = time.monotonic() + PATIENCE_MS / 1000
    while not condition():
        assert time.monotonic() < end, otherwise
        page.wait_for_timeout(50)


def redrawn(page: Page, place: Locator, before: bytes) -> None:
    """Wait until a part of the page no longer looks as it did."""
    until(page, lambda: place.screenshot() != before, "it still looks the same")
