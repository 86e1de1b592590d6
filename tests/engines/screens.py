"""The three engines, driven alike: Chromium and WebKit by Debian's drivers, Firefox ESR by its own protocol."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.options import Options as ChromiumOptions
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.common.options import ArgOptions
from selenium.webdriver.firefox.options import Options as FirefoxOptions
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.file_detector import UselessFileDetector
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.webkitgtk.options import Options as WebKitOptions

from tests.browser.conftest import ARGUMENTS, DESK
from tests.engines.marionette import Marionette

CHROMIUM = "/usr/bin/chromium"
CHROMEDRIVER = "/usr/bin/chromedriver"
FIREFOX = "/usr/bin/firefox-esr"
WEBKIT_DRIVER = "/usr/bin/WebKitWebDriver"
WEBKIT = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser"
ENGINES = ("chromium", "firefox", "webkit")
PATIENCE_S = 40.0
START_S = 60.0
READY = "html[data-arpent-ready=true]"
FETCH = """
const [address, done] = arguments;
fetch(address, { credentials: 'same-origin' })
  .then(async (answer) => {
    const bytes = new Uint8Array(await answer.arrayBuffer());
    done([answer.status, bytes.length, new TextDecoder().decode(bytes.slice(0, 500000))]);
  })
  .catch((error) => done([0, 0, String(error)]));
"""
# What a visible control is called: by its label, its own words, or `aria-label`.
NAMED = """
const [name, kinds, exact] = arguments;
const clean = (text) => (text || '').replace(/\\s+/g, ' ').trim();
const labels = (one) => [...(one.labels || [])].map((label) => label.innerText);
const names = (one) => [one.getAttribute('aria-label'), one.innerText, ...labels(one)];
const fits = (text) => (exact ? clean(text) === name : clean(text).startsWith(name));
const seen = (one) => one.checkVisibility() && one.getClientRects().length > 0;
return [...document.querySelectorAll(kinds)].find((one) => seen(one) && names(one).some(fits)) || null;
"""
FIELDS = "input, select, textarea"
PRESSED = "button, a, summary, [role=button], [role=tab], [role=option], label"


@dataclass
class Screen:
    """A browser as somebody uses it, at a site."""

    driver: WebDriver
    url: str
    passwords: dict[str, str]

    def until[T](self, find: Callable[[], T | None], otherwise: str, patience_s: float = PATIENCE_S) -> T:
        """What is found at last; the page's own changes are waited for."""
        end = time.monotonic() + patience_s
        last = ""
        while time.monotonic() < end:
            try:
                if found := find():
                    return found
            except WebDriverException as error:
                last = str(error)[:300]
            time.sleep(0.1)
        raise AssertionError(f"{otherwise} ({self.driver.current_url}) {last}")

    def go(self, path: str) -> None:
        self.driver.get(self.url + path)

    def open_map(self, fragment: str = "") -> None:
        """The map from the start: an address that differs by its end alone would not load it again."""
        self.driver.get("about:blank")
        self.go("/" + fragment)
        self.find(READY, 90)

    def find(self, css: str, patience_s: float = PATIENCE_S) -> WebElement:
        return self.until(lambda: self.driver.find_element(By.CSS_SELECTOR, css), f"there is no {css}", patience_s)

    def named(self, name: str, kinds: str, *, exact: bool = True, patience_s: float = PATIENCE_S) -> WebElement:
        return self.until(lambda: self.look_for(name, kinds, exact), f"nothing is called “{name}”", patience_s)

    def look_for(self, name: str, kinds: str, exact: bool) -> WebElement | None:
        found: WebElement | None = self.driver.execute_script(NAMED, name, kinds, exact)
        return found

    def press(self, name: str, *, exact: bool = True, patience_s: float = PATIENCE_S) -> None:
        """Click what is called so; again where the page moved it meanwhile."""

        def click() -> bool:
            found = self.look_for(name, PRESSED, exact)
            if found:
                found.click()
            return found is not None

        self.until(click, f"“{name}” cannot be pressed", patience_s)

    def fill(self, name: str, text: str) -> None:
        field = self.named(name, FIELDS, exact=False)
        field.clear()
        field.send_keys(text)

    def choose(self, name: str, option: str) -> None:
        """An option by its value or its beginning."""
        select = self.named(name, "select", exact=False)
        find = (
            "return [...arguments[0].options].find((one) =>"
            " one.value === arguments[1] || one.text.trim().startsWith(arguments[1])) || null"
        )
        choice = self.until(lambda: self.driver.execute_script(find, select, option), f"“{name}” has no “{option}”")
        self.driver.execute_script(
            "arguments[0].selected = true; for (const kind of ['input', 'change'])"
            " arguments[1].dispatchEvent(new Event(kind, { bubbles: true }))",
            choice,
            select,
        )

    def reads(self, css: str, text: str, patience_s: float = PATIENCE_S) -> str:
        """The words of a part of the page, once they hold this."""

        def read() -> str | None:
            words = " ".join(self.driver.find_element(By.CSS_SELECTOR, css).text.split())
            return words if text in words else None

        return self.until(read, f"{css} does not say “{text}”", patience_s)

    def at(self, part: str, patience_s: float = PATIENCE_S) -> str:
        """The address, once it holds this."""
        return self.until(
            lambda: self.driver.current_url if part in self.driver.current_url else None,
            f"the page {part} does not come",
            patience_s,
        )

    def fetch(self, address: str) -> tuple[int, int, str]:
        """Status, length and first bytes of what the page's session is given."""
        status, length, begin = self.driver.execute_async_script(FETCH, address)
        return int(status), int(length), str(begin)

    def drawn(self) -> None:
        """The map has drawn what it has, twice the same."""
        before: bytes = b""

        def still() -> bool:
            nonlocal before
            now = self.driver.get_screenshot_as_png()
            same, before = now == before, now
            time.sleep(0.4)
            return same

        self.until(still, "the map does not come to rest", 60)

    def sign_in(self, username: str) -> None:
        self.go("/compte/connexion/")
        self.driver.delete_all_cookies()
        self.go("/compte/connexion/")
        self.find("input[name=login]").send_keys(username)
        self.find("input[type=password]").send_keys(self.passwords[username] + Keys.ENTER)
        self.until(lambda: "/connexion/" not in self.driver.current_url, "the sign-in is refused")


@contextmanager
def opened(engine: str, folder: Path) -> Iterator[WebDriver]:
    """A browser of this engine, as wide as a desk."""
    start = {"chromium": chromium, "firefox": firefox, "webkit": webkit}[engine]
    with start(folder) as driver:
        driver.set_window_rect(0, 0, DESK["width"], DESK["height"])
        # The browser is on this machine: it reads the files itself.
        driver.file_detector = UselessFileDetector()
        driver.set_script_timeout(60)
        driver.set_page_load_timeout(90)
        yield driver


@contextmanager
def chromium(folder: Path) -> Iterator[WebDriver]:
    options = ChromiumOptions()
    options.binary_location = CHROMIUM
    for argument in (*ARGUMENTS, f"--user-data-dir={folder / 'profile'}", "--lang=fr-FR", "--headless=new"):
        options.add_argument(argument)
    with remote([CHROMEDRIVER], options, folder) as driver:
        yield driver


@contextmanager
def webkit(folder: Path) -> Iterator[WebDriver]:
    """In a screen of its own: MiniBrowser has no other mode."""
    options = WebKitOptions()
    options.binary_location = WEBKIT
    options.add_argument("--automation")
    reading, writing = os.pipe()
    size = f"{DESK['width'] + 100}x{DESK['height'] + 200}x24"
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    try:
        os.close(writing)
        with os.fdopen(reading) as answered:
            display = f":{answered.readline().strip()}"
        with remote([WEBKIT_DRIVER], options, folder, DISPLAY=display, LIBGL_ALWAYS_SOFTWARE="1") as driver:
            yield driver
    finally:
        screen.terminate()
        screen.wait()


@contextmanager
def firefox(folder: Path) -> Iterator[WebDriver]:
    connection = Marionette(FIREFOX, folder)
    try:
        yield WebDriver(command_executor=connection, options=FirefoxOptions())  # type: ignore[arg-type]
    finally:
        connection.close()


@contextmanager
def remote(command: list[str], options: ArgOptions, folder: Path, **more: str) -> Iterator[WebDriver]:
    """A driver's own server on a free port, and a browser that it starts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {"HOME": str(folder), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "LANGUAGE": "fr_FR:fr", **more}
    with (folder / "driver.log").open("wb") as log:
        server = subprocess.Popen([*command, f"--port={port}"], env=environment, stdout=log, stderr=log)
    try:
        wait_for(port)
        connection = RemoteConnection(client_config=ClientConfig(remote_server_addr=f"http://127.0.0.1:{port}"))
        driver = WebDriver(command_executor=connection, options=options)
        try:
            yield driver
        finally:
            driver.quit()
    finally:
        server.terminate()
        server.wait()


def wait_for(port: int) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the driver does not listen")
