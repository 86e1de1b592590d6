"""Hydrants in a real browser: an inspection recorded in the street, the map of buildings too far from a hydrant."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import serious, wider_by
from tests.browser.conftest import DESK, PHONE, Demo, cookies_of, drawn, opened, to_another_page

pytestmark = pytest.mark.browser


def technician(browser: Browser, demo: Demo, size: dict[str, int]) -> Iterator[Page]:
    for context in opened(browser, cookies_of(browser, demo, "reseaux.lys"), size):
        yield context.new_page()


@pytest.fixture
def phone(browser: Browser, demo: Demo) -> Iterator[Page]:
    yield from technician(browser, demo, PHONE)


@pytest.fixture
def desk(browser: Browser, demo: Demo) -> Iterator[Page]:
    yield from technician(browser, demo, DESK)


def fits(page: Page) -> bool:
    """Whether nothing is wider than the screen."""
    return wider_by(page) <= 0


def test_an_inspection_is_recorded_in_the_street(phone: Page, demo: Demo) -> None:
    phone.goto(f"{demo.url}/reseaux/hydrants/?q=PI0002")
    phone.locator("table.hydrants tbody th a").first.click()
    phone.get_by_text("Enregistrer un contrôle").click()
    phone.get_by_label("Débit à 1 bar").fill("47,5")
    phone.get_by_label("Pression statique").fill("3,1")
    phone.get_by_label("Conforme", exact=True).check()
    assert fits(phone)
    assert serious(phone) == []
    phone.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(phone.locator(".messages")).to_contain_text("Le contrôle est enregistré")
    expect(phone.locator(".fire-facts")).to_contain_text("47,5")


def test_measures_are_asked_of_a_technical_inspection_alone(phone: Page, demo: Demo) -> None:
    phone.goto(f"{demo.url}/reseaux/hydrants/?q=PI0003")
    phone.locator("table.hydrants tbody th a").first.click()
    phone.get_by_text("Enregistrer un contrôle").click()
    phone.get_by_label("Contrôle fonctionnel").check()
    expect(phone.get_by_label("Débit à 1 bar")).to_be_hidden()
    expect(phone.get_by_label("Qui a été prévenu")).to_be_hidden()
    phone.get_by_label("Indisponible", exact=True).check()
    expect(phone.get_by_label("Qui a été prévenu").first).to_be_visible()


def test_buildings_too_far_are_on_a_map_and_in_a_list(desk: Page, demo: Demo) -> None:
    desk.goto(f"{demo.url}/reseaux/hydrants/couverture/")
    desk.get_by_label("À plus de (m)").fill("400")
    with to_another_page(desk):
        desk.get_by_role("button", name="Calculer").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("400")
    desk.wait_for_selector("#cover-map:not([aria-busy]) .map[data-rendered]")
    drawn(desk, "#cover-map .map")
    expect(desk.locator(".map-key")).to_contain_text("Bâtiment trop loin")
    row = desk.locator("tr[data-building]").first
    row.locator("td").nth(1).click()
    expect(row).to_have_class("pointed")
    expect(desk.locator(".map-told")).to_have_text(re.compile(r"Bâtiment trop loin · \d+\sm par les voies"))
    assert serious(desk) == []


def test_the_row_that_is_pressed_is_told_beside_the_map_of_the_list(desk: Page, demo: Demo) -> None:
    desk.goto(f"{demo.url}/reseaux/hydrants/")
    desk.wait_for_selector("#list-map:not([aria-busy]) .map[data-rendered]")
    row = desk.locator("tbody tr").first
    title = row.locator("th a").inner_text()
    row.locator("td").nth(1).click()
    expect(desk.locator(".map-told")).to_contain_text(title)
    assert serious(desk) == []
    assert fits(desk)


def test_a_list_is_ordered_and_its_filter_kept_with_the_keyboard(desk: Page, demo: Demo) -> None:
    desk.goto(f"{demo.url}/reseaux/hydrants/?state=due")
    desk.locator("thead a").first.focus()
    with to_another_page(desk):
        desk.keyboard.press("Enter")
    expect(desk.locator("thead th").first).to_have_attribute("aria-sort", "ascending")
    desk.locator(".saved-filters summary").focus()
    for key in ("Enter", "Tab"):
        desk.keyboard.press(key)
    desk.keyboard.type("À contrôler")
    desk.keyboard.press("Enter")
    expect(desk.locator(".saved-filters li a")).to_have_text(["À contrôler"])
    desk.get_by_role("button", name="Retirer le filtre").press("Enter")
    expect(desk.locator(".saved-filters li")).to_have_count(0)


def test_on_a_telephone_the_form_offers_the_orders(phone: Page, demo: Demo) -> None:
    phone.goto(f"{demo.url}/reseaux/hydrants/")
    phone.locator("summary", has_text="Filtres").click()
    phone.get_by_label("Ordre").select_option("-reference")
    phone.get_by_role("button", name="Filtrer").click()
    expect(phone).to_have_url(re.compile("sort=-reference"))
    assert serious(phone) == []
    assert fits(phone)
