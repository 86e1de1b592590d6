"""The search box of pages: a list under headings, by keyboard; a result opens the map or its page."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.axe import serious, wider_by
from tests.browser.conftest import FIRST_VIEW_MS, Demo, open_map

pytestmark = pytest.mark.browser


def typed(context: BrowserContext, demo: Demo, text: str) -> Page:
    page = context.new_page()
    page.goto(f"{demo.url}/permis/")
    page.get_by_role("combobox", name="Trouver").fill(text)
    expect(page.locator("#arpent-search-results")).to_have_attribute("aria-busy", "false")
    return page


def to_the_map(page: Page) -> None:
    """By the first result."""
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("html[data-arpent-ready=true]", state="attached", timeout=FIRST_VIEW_MS)


def test_a_parcel_typed_on_a_page_opens_on_the_map(context: BrowserContext, demo: Demo) -> None:
    page = typed(context, demo, "section AB parcelle 12")
    expect(page.locator(".find-group")).to_have_text("Parcelles")
    to_the_map(page)
    expect(page.get_by_role("heading", name=re.compile(r"^AB\s12$"))).to_be_visible()


def test_a_list_that_is_chosen_on_a_page_opens_the_map_on_its_parcels(context: BrowserContext, demo: Demo) -> None:
    page = typed(context, demo, "45901 AB 1 à 12")
    to_the_map(page)
    expect(page.locator("arp-choose-panel")).to_contain_text("12 parcelles")
    expect(page).to_have_url(re.compile(r"&z=1[5-9]"))


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
    assert wider_by(page) <= 0


def test_no_empty_list_is_left_where_the_text_is_taken_away(context: BrowserContext, demo: Demo) -> None:
    page = typed(context, demo, "AB 12")
    expect(page.get_by_role("option").first).to_be_visible()
    page.get_by_role("combobox", name="Trouver").fill("")
    expect(page.locator("#arpent-search-results")).to_be_hidden()
    expect(page.get_by_role("combobox", name="Trouver")).to_have_attribute("aria-expanded", "false")


def test_the_box_is_reached_by_the_keyboard(context: BrowserContext, demo: Demo) -> None:
    page = context.new_page()
    page.goto(f"{demo.url}/permis/")
    box = page.get_by_role("combobox", name="Trouver")
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(box).to_be_focused()


def test_on_the_map_why_nothing_answers_is_read_aloud(context: BrowserContext, demo: Demo) -> None:
    page = open_map(context, demo)
    page.get_by_role("combobox").fill("AB 9999")
    expect(page.locator("arp-search [role=status]")).to_contain_text("Le plan n’a pas de parcelle AB 9999.")


def test_on_the_map_what_is_no_place_on_a_road_is_explained_and_is_no_error(
    browser: Browser, signed_in: dict[str, object], demo: Demo
) -> None:
    # The browser itself complains of an answer that explains.
    context = browser.new_context(locale="fr-FR", storage_state=signed_in)  # type: ignore[arg-type]
    page = open_map(context, demo)
    page.get_by_role("combobox").fill("PR 12")
    said = page.locator(".search-none strong")
    expect(said).to_contain_text("ne désigne aucun lieu sur une route")
    expect(page.locator(".search-none")).not_to_contain_text("Requête incorrecte")
    context.close()


def test_a_list_of_parcels_is_chosen_whole_and_stays_typed(context: BrowserContext, demo: Demo) -> None:
    page = open_map(context, demo)
    page.get_by_role("combobox").fill("45901 AB 1 à 12")
    page.get_by_role("option", name="Choisir les 12 parcelles de la liste").click()
    expect(page.get_by_role("heading", name="Parcelles choisies")).to_be_visible()
    expect(page.locator("arp-choose-panel")).to_contain_text("12 parcelles")
    expect(page.get_by_role("combobox")).to_have_value("45901 AB 1 à 12")
