"""A profile in a real browser: from the sheet of a sewer on the map, to the drawing and its table."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import serious, wider_by
from tests.browser.conftest import DESK, PHONE, Demo, cookies_of, open_map

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(browser: Browser, demo: Demo) -> Iterator[Page]:
    state = cookies_of(browser, demo, "reseaux.lys")
    context = browser.new_context(viewport=DESK, locale="fr-FR", storage_state=state)
    page = context.new_page()
    yield page
    context.close()


def first_sewer(page: Page, demo: Demo) -> int:
    found = page.request.get(f"{demo.url}/api/v1/layers/sewer-pipes/features/?limit=1").json()
    return int(found["results"][0]["id"])


def test_a_pipe_of_the_map_leads_to_its_profile(desk: Page, demo: Demo) -> None:
    pipe = first_sewer(desk, demo)
    desk = open_map(desk.context, demo, f"#v=1&l=sewer-pipes&s=sewer-pipes.{pipe}")
    desk.get_by_role("link", name="Profil vers l’exutoire").click()
    expect(desk.locator(".profile-drawing")).to_be_visible()
    assert serious(desk) == []


def test_a_pipe_under_the_focus_lights_its_row_and_arrows_go_on(desk: Page, demo: Demo) -> None:
    desk.goto(f"{demo.url}/reseaux/profil/?family=sewer&pipe={first_sewer(desk, demo)}")
    pipes = desk.locator(".profile-drawing [data-pipe]")
    pipes.first.focus()
    expect(desk.locator(".profile-table tr.lit")).to_have_attribute(
        "data-pipe", str(pipes.first.get_attribute("data-pipe"))
    )
    if pipes.count() > 1:
        desk.keyboard.press("ArrowRight")
        expect(desk.locator(".profile-table tr.lit")).to_have_attribute(
            "data-pipe", str(pipes.nth(1).get_attribute("data-pipe"))
        )


def test_on_a_phone_the_drawing_scrolls_and_the_page_does_not(browser: Browser, demo: Demo) -> None:
    state = cookies_of(browser, demo, "reseaux.lys")
    context = browser.new_context(viewport=PHONE, locale="fr-FR", storage_state=state)
    page = context.new_page()
    page.goto(f"{demo.url}/reseaux/profil/?family=sewer&pipe={first_sewer(page, demo)}")
    assert wider_by(page) <= 0
    page.goto(f"{demo.url}/reseaux/reparations/statistiques/")
    assert wider_by(page) <= 0
    context.close()
