"""Sewer manholes in a real browser: an inspection recorded in the street, the list of what is to be done."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import serious
from tests.browser.conftest import DESK, PHONE, Demo, cookies_of, opened
from tests.browser.test_hydrant_pages import fits

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


def test_an_inspection_is_recorded_in_the_street(phone: Page, demo: Demo) -> None:
    phone.goto(f"{demo.url}/reseaux/regards/")
    phone.locator("table.manholes tbody th a").first.click()
    phone.get_by_text("Enregistrer un contrôle").click()
    phone.get_by_label("À réparer", exact=True).check()
    phone.get_by_label("Tampon", exact=True).select_option("noisy")
    phone.get_by_label("Profondeur mesurée").fill("2,35")
    phone.get_by_label("DBA · Racines").check()
    assert fits(phone)
    assert serious(phone) == []
    phone.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(phone.locator(".messages")).to_contain_text("Le contrôle est enregistré")
    expect(phone.locator(".fire-facts")).to_contain_text("2,35")
    expect(phone.locator(".fire-list")).to_contain_text("DBA Racines")


def test_what_is_inside_is_not_asked_of_a_manhole_that_was_not_opened(phone: Page, demo: Demo) -> None:
    phone.goto(f"{demo.url}/reseaux/regards/")
    phone.locator("table.manholes tbody th a").nth(1).click()
    phone.get_by_text("Enregistrer un contrôle").click()
    expect(phone.get_by_label("Cunette")).to_be_visible()
    phone.get_by_label("Pas contrôlé").check()
    expect(phone.get_by_label("Cunette")).to_be_hidden()
    expect(phone.get_by_label("DBA · Racines")).to_be_hidden()


def test_the_list_fits_both_screens(phone: Page, desk: Page, demo: Demo) -> None:
    for page in (phone, desk):
        page.goto(f"{demo.url}/reseaux/regards/")
        expect(page.locator("table.manholes tbody tr").first).to_be_visible()
        assert fits(page)
        assert serious(page) == []
