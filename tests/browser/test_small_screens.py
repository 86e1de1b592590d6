"""Pages of desks in a small window and at 200 %: none is wider than it, and what is pressed is large enough."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import serious, too_wide
from tests.browser.conftest import DESK, PHONE, Demo, cookies_of, opened

pytestmark = pytest.mark.browser
CLEAR_PX = 8
PAGES = [
    "/permis/",
    "/couches/",
    "/reseaux/",
    "/reseaux/hydrants/",
    "/reseaux/anomalies/",
    "/voirie/patrimoine/",
    "/imports/",
    "/fiches/",
    "/ogc/",
]


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, demo: Demo) -> Iterator[Page]:
    for context in opened(browser, cookies_of(browser, demo, "agence"), request.param):
        yield context.new_page()


@pytest.mark.parametrize("address", PAGES)
def test_a_page_fits_its_window_and_can_be_pressed(page: Page, demo: Demo, address: str) -> None:
    page.goto(demo.url + address)
    assert too_wide(page) == {}
    assert serious(page) == []


def test_the_way_to_the_map_is_in_sight_from_the_list_of_permits(blank_phone: Page, demo: Demo) -> None:
    blank_phone.goto(f"{demo.url}/permis/")
    expect(blank_phone.get_by_role("link", name="Carte", exact=True)).to_be_in_viewport(ratio=1)


def test_the_first_button_of_the_list_of_permits_stands_clear_of_its_tabs(blank_phone: Page, demo: Demo) -> None:
    blank_phone.goto(f"{demo.url}/permis/")
    tabs = blank_phone.locator(".board-head nav").bounding_box()
    button = blank_phone.get_by_role("link", name="Déposer un dossier").bounding_box()
    assert tabs
    assert button
    assert button["y"] - (tabs["y"] + tabs["height"]) >= CLEAR_PX
