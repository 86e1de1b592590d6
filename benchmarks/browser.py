"""The map in a real browser: weight of its JavaScript, time to its first view, and how it bears a long pan."""

import time
from typing import Any

from playwright.sync_api import Page, Response, sync_playwright

from benchmarks.rows import Row
from benchmarks.tiles import Field

SCRIPT_GOAL_KB, VIEW_GOAL_S, TASK_GOAL_MS, GEOJSON_GOAL_KB = 400, 2, 200, 200
PAN_SECONDS = 10
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage"]
WATCH_TASKS = """
window.longestTask = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.longestTask = Math.max(window.longestTask, entry.duration);
}).observe({type: 'longtask', buffered: true});
"""


def empty_rows() -> list[Row]:
    return rows(None, None, None, None)


def rows(script: float | None, view: float | None, task: float | None, geojson: float | None) -> list[Row]:
    return [
        Row("JavaScript of the first map view, gzipped", script, "kB", "at most", SCRIPT_GOAL_KB),
        Row("first map view", view, "s", "at most", VIEW_GOAL_S),
        Row("longest main-thread task in a pan of 10 s", task, "ms", "at most", TASK_GOAL_MS),
        Row("largest GeoJSON answer in a pan of 10 s", geojson, "kB", "at most", GEOJSON_GOAL_KB),
    ]


def map_rows(field: Field) -> list[Row]:
    """Open the map signed in, wait until the network is quiet and the canvas is there, then drag it for ten seconds."""
    name, _equals, value = field.asker.cookie.partition("=")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = chromium.new_context(viewport={"width": 1280, "height": 800})
        context.add_cookies([{"name": name, "value": value, "url": f"http://127.0.0.1:{field.port}"}])
        page = context.new_page()
        page.add_init_script(WATCH_TASKS)
        weights: dict[str, float] = {"script": 0.0, "geojson": 0.0}
        page.on("requestfinished", lambda request: weigh(request.response(), weights))
        view = first_view(page, f"http://127.0.0.1:{field.port}/#16/47.55/1.92")
        page.evaluate("window.longestTask = 0")
        pan(page)
        task = float(page.evaluate("window.longestTask"))
        chromium.close()
    if not weights["script"]:
        raise RuntimeError("the page loaded no script: is the web map built?")
    return rows(weights["script"] / 1000, view, task, weights["geojson"] / 1000)


def weigh(response: Response | None, weights: dict[str, float]) -> None:
    """Add a script's bytes on the wire; remember the largest GeoJSON."""
    if response is None:
        return
    kind = response.headers.get("content-type", "")
    size: dict[str, Any] = response.request.sizes()  # type: ignore[assignment]
    if "javascript" in kind:
        weights["script"] += size["responseBodySize"]
    elif "json" in kind and "/features/" in response.url:
        weights["geojson"] = max(weights["geojson"], size["responseBodySize"])


def first_view(page: Page, url: str) -> float:
    """Seconds until the map's canvas is drawn."""
    begun = time.monotonic()
    page.goto(url)
    page.wait_for_selector("canvas", timeout=30_000)
    page.wait_for_function("document.querySelector('canvas').width > 0", timeout=30_000)
    return time.monotonic() - begun


def pan(page: Page) -> None:
    """Drag the map back and forth."""
    ended = time.monotonic() + PAN_SECONDS
    direction = 1
    while time.monotonic() < ended:
        page.mouse.move(640, 400)
        page.mouse.down()
        for step in range(1, 21):
            page.mouse.move(640 + direction * 18 * step, 400 + 9 * step)
            page.wait_for_timeout(16)
        page.mouse.up()
        direction = -direction
