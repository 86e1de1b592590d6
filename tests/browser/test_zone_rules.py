"""The rules of a zone, entered in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import serious_in_both_schemes
from tests.browser.conftest import DESK, PHONE, Demo, cookies_of, opened, to_another_page
from tests.browser.test_hydrant_pages import fits

pytestmark = pytest.mark.browser


def instructor(browser: Browser, demo: Demo, size: dict[str, int]) -> Iterator[Page]:
    for context in opened(browser, cookies_of(browser, demo, "instruction.lys"), size):
        yield context.new_page()


@pytest.fixture
def desk(browser: Browser, demo: Demo) -> Iterator[Page]:
    yield from instructor(browser, demo, DESK)


@pytest.fixture
def phone(browser: Browser, demo: Demo) -> Iterator[Page]:
    yield from instructor(browser, demo, PHONE)


def open_zone(page: Page, demo: Demo, zone: str) -> None:
    """From the list to the zone."""
    page.goto(f"{demo.url}/regles/")
    page.get_by_role("link", name="999000011_PLUi_20230620").click()
    page.get_by_role("link", name=zone, exact=True).click()


def test_a_zone_is_entered_beside_its_regulation(desk: Page, demo: Demo) -> None:
    open_zone(desk, demo, "UE")
    expect(desk.get_by_role("link", name="Lire le règlement (autre onglet)")).to_be_visible()
    desk.get_by_role("group", name="Retrait par rapport aux limites latérales").get_by_label("Au moins").fill("3,5")
    desk.get_by_role("button", name="Enregistrer les règles").press("Enter")
    expect(desk.locator(".messages")).to_contain_text("Les règles de la zone UE sont enregistrées")
    field = desk.get_by_role("group", name="Retrait par rapport aux limites latérales").get_by_label("Au moins")
    expect(field).to_have_value("3,5")


def test_the_pages_hold_on_a_phone(phone: Page, demo: Demo) -> None:
    phone.goto(f"{demo.url}/regles/")
    assert fits(phone)
    with to_another_page(phone):
        phone.get_by_role("link", name="999000011_PLUi_20230620").click()
    assert fits(phone)
    with to_another_page(phone):
        phone.get_by_role("link", name="UB", exact=True).click()
    assert fits(phone)
    assert serious_in_both_schemes(phone) == []


def test_the_pages_are_accessible(desk: Page, demo: Demo) -> None:
    desk.goto(f"{demo.url}/regles/")
    assert serious_in_both_schemes(desk) == []
    with to_another_page(desk):
        desk.get_by_role("link", name="999000011_PLUi_20230620").click()
    assert serious_in_both_schemes(desk) == []
