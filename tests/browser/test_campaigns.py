"""The pages of aerial campaigns in a real browser: a small delivery becomes a photo, live, by the demo's own worker."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from playwright.sync_api import Browser, Locator, Page, Route, expect
from rasterio.transform import from_origin

from tests.browser.axe import serious_in_both_schemes, wider_by
from tests.browser.conftest import DESK, PHONE, Demo, cookies_of

pytestmark = pytest.mark.browser

SIDE = 300
METRES = 0.2
BUILD_MS = 120_000
BROKEN = "abimee.tif"


def deliver(folder: Path) -> None:
    """Nine sheets of three rows, and a file that is none."""
    folder.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(1).integers(60, 180, (3, SIDE, SIDE), dtype=np.uint8)
    step = SIDE * METRES
    for column in range(3):
        for row in range(3):
            profile = {
                "driver": "GTiff",
                "width": SIDE,
                "height": SIDE,
                "count": 3,
                "dtype": "uint8",
                "crs": "EPSG:2154",
            }
            corner = from_origin(617_000 + column * step, 6_717_000 - row * step, METRES, METRES)
            with rasterio.open(folder / f"essai-{column}{row}.tif", "w", transform=corner, **profile) as sheet:
                sheet.write(pixels)
    (folder / BROKEN).write_bytes(b"II*\0\0\0")


@pytest.fixture(scope="module")
def state(demo: Demo, browser: Browser) -> dict[str, Any]:
    """The cookies of the GIS administrator of the Lys."""
    return cookies_of(browser, demo, "sig.lys")


@pytest.fixture(scope="module")
def built(demo: Demo, browser: Browser, state: Any) -> str:
    """The address of a campaign of nine built sheets and a refused file."""
    deliver(demo.data / "deliveries" / "cc-lys" / "essai")
    context = browser.new_context(locale="fr-FR", storage_state=state)
    address = build(context.new_page(), demo, "Essai")
    context.close()
    return address


def build(page: Page, demo: Demo, title: str) -> str:
    """Order a campaign and follow its page, which is never loaded again by hand, until it is built."""
    page.goto(f"{demo.url}/campagnes/nouvelle/")
    page.get_by_label("Dossier de la livraison").select_option(label="essai")
    page.get_by_label("Titre").fill(title)
    page.get_by_label("Date des photos").fill("2024-06")
    page.get_by_role("button", name="Faire l’inventaire").click()
    expect(page.get_by_role("heading", name="Inventaire fait")).to_be_visible(timeout=BUILD_MS)
    page.get_by_role("button", name="Construire").click()
    expect(page.get_by_role("heading", name="Construite")).to_be_visible(timeout=BUILD_MS)
    return page.url


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def anywhere(request: pytest.FixtureRequest, browser: Browser, state: Any) -> Iterator[Page]:
    yield from opened(browser, state, request.param)


@pytest.fixture
def desk(browser: Browser, state: Any, built: str) -> Iterator[Page]:
    for page in opened(browser, state, DESK):
        page.goto(built)
        expect(rows(page).first).to_be_visible()
        yield page


def opened(browser: Browser, state: Any, size: Any) -> Iterator[Page]:
    """A page whose errors fail the test that opened it."""
    context = browser.new_context(locale="fr-FR", viewport=size, storage_state=state, has_touch=size is PHONE)
    complaints: list[str] = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert complaints == []


def rows(page: Page) -> Locator:
    return page.locator(".grid .body .row")


def chosen(page: Page) -> Locator:
    """The name of the row that is chosen."""
    return page.locator(".grid .row[aria-selected=true] > :first-child")


def test_axe_finds_nothing_serious_on_the_pages_of_campaigns(anywhere: Page, demo: Demo, built: str) -> None:
    for address in (f"{demo.url}/campagnes/", f"{demo.url}/campagnes/nouvelle/", built, f"{built}supprimer/"):
        anywhere.goto(address)
        anywhere.wait_for_load_state("networkidle")
        assert serious_in_both_schemes(anywhere) == [], address
        assert wider_by(anywhere) <= 0, address


def test_the_refused_file_is_told_with_its_reason(desk: Page) -> None:
    expect(desk.get_by_role("row", name=re.compile(f"{BROKEN}.*Refusée.*tronqué")).first).to_be_visible()


def test_a_sheet_chosen_on_the_plan_is_chosen_in_the_list(desk: Page) -> None:
    desk.get_by_role("option", name="essai-11, Construite").click()
    expect(chosen(desk)).to_have_text("essai-11")
    expect(desk.locator("[data-card]")).to_contain_text("300 × 300 px")


def test_a_sheet_chosen_in_the_list_is_chosen_on_the_plan(desk: Page) -> None:
    rows(desk).filter(has_text="essai-20").click()
    expect(desk.get_by_role("option", name="essai-20")).to_have_attribute("aria-selected", "true")


def test_the_arrows_go_from_a_sheet_to_its_neighbour(desk: Page) -> None:
    desk.get_by_role("option", name="essai-00").click()
    for key, name in (("ArrowRight", "essai-10"), ("ArrowDown", "essai-11"), ("ArrowLeft", "essai-01")):
        desk.keyboard.press(key)
        expect(chosen(desk)).to_have_text(name)


def test_the_list_is_filtered_by_state(desk: Page) -> None:
    desk.get_by_label("Refusée").check(force=True)
    expect(rows(desk)).to_have_count(1)
    expect(desk.locator(".plan .sheet.dim")).to_have_count(9)


def test_two_thousand_sheets_are_listed_without_two_thousand_rows(desk: Page, built: str) -> None:
    def answer(route: Route) -> None:
        offset = int(re.search(r"offset=(\d+)", route.request.url)[1]) if "offset" in route.request.url else 0  # type: ignore[index]
        found = [sheet(number) for number in range(offset, offset + 1000)]
        following = "" if offset else f"{route.request.url.split('?')[0]}?limit=1000&offset=1000"
        route.fulfill(json={"count": 2000, "next": following or None, "results": found})

    desk.route("**/sheets/*", answer)
    desk.goto(built)
    expect(desk.locator(".plan path.sheet")).to_have_count(2000)
    desk.locator(".grid").focus()
    desk.keyboard.press("End")
    expect(chosen(desk)).to_have_text("feuille-1999")
    assert rows(desk).count() < 60


def sheet(number: int) -> dict[str, Any]:
    west, north = 600_000 + 200 * (number % 50), 6_700_000 - 200 * (number // 50)
    ring = [[west, north], [west + 200, north], [west + 200, north - 200], [west, north - 200], [west, north]]
    words = {"name": f"feuille-{number}", "file": f"feuille-{number}.tif", "code": "", "message": "", "sha256": ""}
    made = {"state": "built", "state_label": "Construite", "width": 1000, "height": 1000}
    return words | made | {"size_bytes": 1_000_000, "seconds": 1.0, "outline": ring}


def test_without_any_outline_there_is_no_plan(desk: Page, built: str) -> None:
    lost = [sheet(0) | {"outline": None, "state": "refused", "state_label": "Refusée"}]
    desk.route("**/sheets/*", lambda route: route.fulfill(json={"count": 1, "next": None, "results": lost}))
    desk.goto(built)
    rows(desk).first.click()
    expect(desk.locator(".plan")).to_be_hidden()
    expect(desk.locator("[data-card]")).to_contain_text("elle n’est pas sur le plan")


def test_a_server_that_does_not_answer_is_told_and_waited_for(desk: Page, built: str) -> None:
    desk.route(re.compile(r"/campagnes/essai/$"), as_if_being_built)
    desk.route("**/api/v1/campaigns/essai/", lambda route: route.abort())
    desk.goto(built)
    expect(desk.get_by_text("Le serveur ne répond pas")).to_be_visible()
    desk.unroute("**/api/v1/campaigns/essai/")
    expect(desk.get_by_text("Le serveur ne répond pas")).to_be_hidden()


def as_if_being_built(route: Route) -> None:
    page = route.fetch()
    route.fulfill(response=page, body=page.text().replace('"goes_on": false', '"goes_on": true'))


def test_published_taken_back_and_deleted_after_a_question(desk: Page, demo: Demo) -> None:
    build(desk, demo, "Éphémère")
    desk.get_by_role("button", name="Publier").click()
    expect(desk.get_by_role("link", name="Voir sur la carte")).to_have_attribute("href", re.compile("ph=ephemere"))
    expect(desk.get_by_role("link", name="Supprimer")).to_have_count(0)
    desk.get_by_role("button", name="Retirer la publication").click()
    desk.get_by_role("link", name="Supprimer").click()
    desk.get_by_role("button", name="Supprimer la campagne").click()
    expect(desk.get_by_role("status")).to_contain_text("Éphémère a été supprimée")
    expect(desk.get_by_role("link", name="Éphémère")).to_have_count(0)
