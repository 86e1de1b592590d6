"""A project in three dimensions among 2,000 buildings of a square kilometre, in a browser without a graphics card."""

import gzip
import json
import statistics
import time
from dataclasses import replace
from typing import Any

import shapely
from playwright.sync_api import Browser, Page, Response, sync_playwright

from benchmarks.browser import ARGUMENTS, CHROMIUM, open_map, open_page, page_value
from benchmarks.parcels import choose_parcels
from benchmarks.rows import Row
from benchmarks.tiles import Field

VIEW = Row("première vue 3D d'un projet, 1 km², 2 000 bâtiments", None, "s", "at most", 5)
SCRIPT = Row("JavaScript de la vue 3D, demandé avec elle, gzip", None, "ko", "at most", 400)
VIEWS, ASIDE, STEP_M, MARK = 3, 22, 22.0, "mesure-3d"
# As where a machine has no graphics card: the scene is drawn in software, the page around it as ever. A card that is
# imitated for the whole page (`--use-angle=swiftshader`) takes longer for the dialog's frame than for the scene.
SOFTWARE = [*ARGUMENTS, "--enable-unsafe-swiftshader"]
PANEL = "document.querySelector('arp-simulate-panel')"
BUTTON = "Voir en 3D"
PATIENCE_MS = 60_000


def empty_rows() -> list[Row]:
    return [VIEW, SCRIPT]


def scene_rows(field: Field) -> list[Row]:
    """From the click to the drawn picture, each time with nothing kept."""
    (idu,) = choose_parcels(field, 1)
    connection = field.grid.connection
    row: Any = connection.execute("select st_asbinary(geom) from cadastre_parcel where idu = %s", [idu]).fetchone()
    centre = shapely.from_wkb(bytes(row[0])).representative_point()
    connection.execute(NEIGHBOURS, {"x": centre.x, "y": centre.y, "aside": ASIDE, "step": STEP_M, "mark": MARK})
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=SOFTWARE)
            seen = [first_scene(chromium, field, idu) for _ in range(VIEWS)]
            chromium.close()
    finally:
        connection.execute("delete from cadastre_building where name = %s", [MARK])
    taken, weight, count = zip(*seen, strict=True)
    note = f"médiane de {VIEWS} ouvertures, {int(max(count))} bâtiments, terrain plat, sans photo, processeur seul"
    return [
        replace(VIEW, ours=statistics.median(taken), note=note),
        replace(SCRIPT, ours=max(weight), note="octets des scripts demandés après le clic, compressés"),
    ]


NEIGHBOURS = """
    insert into cadastre_building (insee, kind, name, geom)
    select '45000', '01', %(mark)s, st_multi(st_makeenvelope(
        %(x)s + i * %(step)s, %(y)s + j * %(step)s, %(x)s + i * %(step)s + 9, %(y)s + j * %(step)s + 12, 2154))
    from generate_series(-%(aside)s::int, %(aside)s::int) i, generate_series(-%(aside)s::int, %(aside)s::int) j
    where i <> 0 or j <> 0
"""


def first_scene(chromium: Browser, field: Field, idu: str) -> tuple[float, float, float]:
    """Seconds to the drawn picture, kilobytes of scripts that it asked for, buildings in it."""
    with open_page(chromium, field) as (page, _traffic):
        draw_house(page, field, idu)
        answers: list[Response] = []
        page.on("response", lambda one: answers.append(one))
        begun = time.monotonic()
        page.get_by_role("button", name=BUTTON).click()
        page.wait_for_selector("dialog[data-drawing=drawn]", timeout=PATIENCE_MS)
        taken = time.monotonic() - begun
        scripts = [one for one in answers if "javascript" in one.headers.get("content-type", "")]
        weight = sum(len(gzip.compress(one.body())) for one in scripts) / 1000
        features = "document.querySelector('arp-scene-dialog').desk.state.data.scene.buildings.features.length"
        return taken, weight, page_value(page, features)


def draw_house(page: Page, field: Field, idu: str) -> None:
    """A house on a parcel, in the desk of simulations."""
    open_map(page, f"http://127.0.0.1:{field.port}/")
    page_value(page, "document.querySelector('arpent-app').app.screen.openPanel('simulate') ?? 0")
    page.wait_for_selector("arp-simulate-panel", state="attached", timeout=PATIENCE_MS)
    page_value(page, f"{PANEL}.desk.start({json.dumps(idu)}) ?? 0")
    page_value(page, f"{PANEL}.desk.refresh() ?? 0")
    page.get_by_role("table", name="Distances aux limites").wait_for(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Rectangle", exact=True).click()
    page.wait_for_load_state("networkidle")
