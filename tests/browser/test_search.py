"""The search box of pages: a list under headings, by keyboard; a result opens the map or its page."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.axe import serious
from tests.browser.conftest import Demo

pytestmark = pytest.mark.browser


def typed(context: BrowserContext, demo: Demo, text: str) -> Page:
    page = context.new_page()
    page.goto(f"{demo.url}/permis/")
    page.get_by_role("combobox", name="Trouver").fill(text)
    expect(page.locator("#arpent-search-results")).to_have_attribute("aria-busy", "false")
    return page


def test_a_parcel_typed_on_a_page_opens_on_the_map(context: BrowserContext, demo: Demo) -> None:
    page = typed(context, demo, "section AB parcelle 12")
    expect(page.locator(".find-group")).to_have_text("Parcelles")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile(r"^AB\s12$"))).to_be_visible()


def test_a_parcel_that_the_plan_lacks_is_said_and_no_address_stands_for_it(context: BrowserContext, demo: Demo) -> None:
    page = typed(context, demo, "AB 9999")
    expect(page.locator(".find-none")).to_have_text("Le plan n’a pas de parcelle AB 9999.")


def test_the_list_is_read_by_those_who_do_not_see_it(context: BrowserContext, demo: Demo) -> None:
    page = typed(context, demo, "AB 12")
    expect(page.get_by_role("option").first).to_be_visible()
    assert serious(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("option").first).to_be_hidden()


def test_nothing_lies_beside_the_page_with_its_list_open(context: BrowserContext, demo: Demo) -> None:
    page = typed(context, demo, "rue")
    expect(page.get_by_role("option").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_box_is_reached_by_the_keyboard(context: BrowserContext, demo: Demo) -> None:
    page = context.new_page()
    page.goto(f"{demo.url}/permis/")
    box = page.get_by_role("combobox", name="Trouver")
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(box).to_be_focused()
