"""Works in a real browser: drawn on the map, with their conflicts told while they are entered; what everybody sees."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import serious
from tests.browser.conftest import DESK, FIRST_VIEW_MS, PHONE, Demo, cookies_of, drawn, open_map, opened, today
from tests.browser.test_hydrant_pages import fits
from tests.browser.test_map import search_with_keyboard

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(browser: Browser, demo: Demo) -> Iterator[Page]:
    for context in opened(browser, cookies_of(browser, demo, "reseaux.lys"), DESK):
        yield context.new_page()


def entered(page: Page, demo: Demo, title: str) -> None:
    """Works drawn across the middle of the map, ten days from now."""
    first = today() + timedelta(days=10)
    page.goto(f"{demo.url}/voirie/travaux/nouveau/")
    page.get_by_label("Titre").fill(title)
    page.locator("[name=measure]").select_option("closed")
    page.locator("[name=starts_on]").fill(first.isoformat())
    page.locator("[name=ends_on]").fill((first + timedelta(days=4)).isoformat())
    drawn(page, "#work-map .map")
    page.get_by_role("button", name="Dessiner à main levée").click()
    box = page.locator("#work-map .map").bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.click(box["x"] + box["width"] / 3, middle)
    page.mouse.dblclick(box["x"] + box["width"] / 2, middle)
    expect(page.locator(".map-told")).to_contain_text("m de voie occupés")


def test_works_are_drawn_and_their_conflicts_told_while_they_are_entered(desk: Page, demo: Demo) -> None:
    entered(desk, demo, "Enrobés")
    expect(desk.locator("#work-conflicts")).to_contain_text("Aucun conflit")
    assert serious(desk) == []
    desk.get_by_role("button", name="Enregistrer et annoncer").click()
    expect(desk.locator(".messages")).to_contain_text("sont enregistrés")
    entered(desk, demo, "Branchement")
    expect(desk.locator("#work-conflicts")).to_contain_text("Les deux barrent la route")
    desk.get_by_role("button", name="Enregistrer en brouillon").click()
    expect(desk.locator(".conflicts-told")).to_contain_text("Enrobés")
    desk.goto(f"{demo.url}/voirie/travaux/")
    expect(desk.locator("table.calendar")).to_contain_text("1 conflit")
    assert fits(desk)
    assert serious(desk) == []
    desk.goto(f"{demo.url}/travaux/")
    expect(desk.get_by_role("main").get_by_role("link", name="Enrobés")).to_be_visible()
    expect(desk.get_by_role("main").get_by_role("link", name="Branchement", exact=True)).to_have_count(0)
    assert serious(desk) == []


@pytest.mark.parametrize("path", ["voirie/", "voirie/patrimoine/", "voirie/demandes/", "travaux/arretes/"])
def test_a_list_of_roads_fits_and_axe_finds_nothing_serious(desk: Page, demo: Demo, path: str) -> None:
    desk.goto(f"{demo.url}/{path}")
    expect(desk.locator("form.list-filters")).to_be_visible()
    assert fits(desk)
    assert serious(desk) == []


def test_a_place_on_a_road_is_marked_on_a_phone_and_its_section_is_read(browser: Browser, demo: Demo) -> None:
    for context in opened(browser, cookies_of(browser, demo, "reseaux.lys"), PHONE):
        page = open_map(context, demo)
        search_with_keyboard(page, "D 26 PR 33+100")
        expect(page.get_by_role("heading", name="D 26", exact=True)).to_be_visible()
        expect(page.locator("arp-road-place")).to_contain_text("D 26 PR 33+100")
        expect(page).to_have_url(re.compile(r"c=1\.8974\d+,47\.5407\d+&z=18\.5.*s=road-sections\."))


def test_a_numbered_road_has_a_page_and_is_shown_whole_on_the_map(desk: Page, demo: Demo) -> None:
    desk.goto(f"{demo.url}/voirie/routes/")
    desk.get_by_role("link", name="D 921", exact=True).click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("D 921")
    assert fits(desk)
    assert serious(desk) == []
    desk.get_by_role("link", name="Voir toute la route sur la carte").click()
    desk.wait_for_selector("html[data-arpent-ready=true]", state="attached", timeout=FIRST_VIEW_MS)
    expect(desk.get_by_role("heading", name="D 921", exact=True)).to_be_visible()
    expect(desk.get_by_role("link", name="Page de la route")).to_be_visible()
