"""The map in a real browser: weight of its JavaScript, time to its first view, and how it bears a long pan."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, Request, sync_playwright

from benchmarks.grid import densest_place
from benchmarks.rows import Row
from benchmarks.tiles import Field

SCRIPT_GOAL_KB, VIEW_GOAL_S, TASK_GOAL_MS, GEOJSON_GOAL_KB = 400, 2, 200, 200
VIEWS, VIEW_ZOOM, PAN_ZOOM, PAN_SECONDS = 3, 16, 15, 10
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic", "--no-first-run"]
ARGUMENTS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
SIZE = {"width": 1440, "height": 900}
READY = "html[data-arpent-ready=true]"
WATCH_TASKS = """
window.taskMs = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.taskMs.push(entry.duration);
}).observe({type: 'longtask', buffered: true});
"""
LONGEST = "Math.max(0, ...window.taskMs)"
MADE_LONG_MS = 250
MAKE_LONG = f"setTimeout(() => {{ const end = Date.now() + {MADE_LONG_MS}; while (Date.now() < end); }}, 50)"


def empty_rows() -> list[Row]:
    return rows(None, None, None, None)


def rows(script: float | None, view: float | None, task: float | None, geojson: float | None) -> list[Row]:
    pan = f"déplacement de {PAN_SECONDS} s sur un million de parcelles"
    return [
        Row("JavaScript de la première vue de la carte, gzip", script, "ko", "at most", SCRIPT_GOAL_KB),
        Row("première vue de la carte", view, "s", "at most", VIEW_GOAL_S),
        Row(f"plus longue tâche du navigateur, {pan}", task, "ms", "at most", TASK_GOAL_MS),
        Row(f"plus gros GeoJSON, {pan}", geojson, "ko", "at most", GEOJSON_GOAL_KB),
    ]


@dataclass
class Traffic:
    """The requests that a page has finished."""

    finished: list[Request] = field(default_factory=list)

    def script_kb(self) -> float:
        """Kilobytes of scripts on the wire (the smallest ones leave as they are)."""
        sizes = []
        for request in self.finished:
            response = request.response()
            if response is not None and "javascript" in response.headers.get("content-type", ""):
                sizes.append(request.sizes()["responseBodySize"])
        if not sizes:
            raise RuntimeError("the page loaded no script: is the web map built?")
        return sum(sizes) / 1000

    def largest_json_kb(self) -> float:
        """Kilobytes, uncompressed, of the largest JSON answer (all JSON: stricter than GeoJSON alone)."""
        answers = [request.response() for request in self.finished]
        texts = [one for one in answers if one is not None and "json" in one.headers.get("content-type", "")]
        return max((len(one.body()) / 1000 for one in texts), default=0.0)

    def tiles(self) -> int:
        return sum(".mvt" in request.url for request in self.finished)


def map_rows(measured: Field) -> list[Row]:
    """Open the map signed in, several times with nothing kept; then drag it for ten seconds, the list view open."""
    lon, lat = densest_place(measured.grid)
    where = f"http://127.0.0.1:{measured.port}/#v=1&c={lon:.6f},{lat:.6f}"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        seen = [first_view(chromium, measured, f"{where}&z={VIEW_ZOOM}") for _ in range(VIEWS)]
        task, geojson, count = long_pan(chromium, measured, f"{where}&z={PAN_ZOOM}&p=list")
        chromium.close()
    script, view = max(weight for weight, _ in seen), statistics.median(seconds for _, seconds in seen)
    made = rows(script, view, task, geojson)
    said = (
        "octets reçus, compressés",
        f"médiane de {VIEWS} ouvertures, cache du navigateur vide",
        f"zoom {PAN_ZOOM}, {count} tuiles reçues, tâches de moins de 50 ms comptées pour 0",
        "le plus gros JSON reçu, non compressé, liste des objets ouverte",
    )
    return [with_note(row, note) for row, note in zip(made, said, strict=True)]


def with_note(row: Row, note: str) -> Row:
    return Row(row.name, row.ours, row.unit, row.bound, row.goal, note=note)


@contextmanager
def open_page(chromium: Browser, measured: Field) -> Iterator[tuple[Page, Traffic]]:
    """A page of the signed-in asker with an empty cache, and what it receives."""
    name, _equals, value = measured.asker.cookie.partition("=")
    context = chromium.new_context(viewport=SIZE, locale="fr-FR")  # type: ignore[arg-type]
    context.add_cookies([{"name": name, "value": value, "url": f"http://127.0.0.1:{measured.port}"}])
    page, traffic = context.new_page(), Traffic()
    page.add_init_script(WATCH_TASKS)
    page.on("requestfinished", lambda request: traffic.finished.append(request))
    yield page, traffic
    context.close()


def first_view(chromium: Browser, measured: Field, url: str) -> tuple[float, float]:
    """Kilobytes of scripts, and seconds until the map is drawn with its tiles."""
    with open_page(chromium, measured) as (page, traffic):
        begun = time.monotonic()
        open_map(page, url)
        taken = time.monotonic() - begun
        page.wait_for_load_state("networkidle")
        if not traffic.tiles():
            raise RuntimeError("the first view asked for no tile")
        return traffic.script_kb(), taken


def open_map(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_selector(READY, state="attached", timeout=30_000)


def long_pan(chromium: Browser, measured: Field, url: str) -> tuple[float, float, int]:
    """Longest task in ms, largest JSON answer in kB and tiles received while the map is dragged."""
    with open_page(chromium, measured) as (page, traffic):
        open_map(page, url)
        page.wait_for_load_state("networkidle")
        traffic.finished.clear()
        page_value(page, "window.taskMs.length = 0")
        drag(page)
        page.wait_for_timeout(1000)
        page.wait_for_load_state("networkidle")
        task = page_value(page, LONGEST)
        check_watch(page)
        if not traffic.tiles():
            raise RuntimeError("the pan asked for no tile")
        return task, traffic.largest_json_kb(), traffic.tiles()


def check_watch(page: Page) -> None:
    """A task that is made long on purpose must be seen, or a figure of 0 means nothing."""
    page_value(page, MAKE_LONG)
    page.wait_for_timeout(1000)
    # The browser's clocks are coarse: a task may be told a little shorter than it was.
    if page_value(page, LONGEST) < 0.9 * MADE_LONG_MS:
        raise RuntimeError("long tasks are not reported by this browser")


def page_value(page: Page, expression: str) -> float:
    """The value of an expression, through the debugger: the page's policy forbids `eval`."""
    session = page.context.new_cdp_session(page)
    answer = session.send("Runtime.evaluate", {"expression": expression, "returnByValue": True})
    if "exceptionDetails" in answer:
        raise RuntimeError(str(answer["exceptionDetails"]))
    return float(answer["result"]["value"])


def drag(page: Page) -> None:
    """Drag the map for ten seconds in long strokes, always on to new land: east, south, east, north..."""
    ended = time.monotonic() + PAN_SECONDS
    strokes = ((-1, 0), (0, -1), (-1, 0), (0, 1))
    turn = 0
    while time.monotonic() < ended:
        across, down = strokes[turn % len(strokes)]
        begin_x, begin_y = 850 - across * 200, 450 - down * 200
        page.mouse.move(begin_x, begin_y)
        page.mouse.down()
        for step in range(1, 26):
            page.mouse.move(begin_x + across * 16 * step, begin_y + down * 16 * step)
            page.wait_for_timeout(16)
        page.mouse.up()
        turn += 1
