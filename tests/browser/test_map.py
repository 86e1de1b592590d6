"""The web map as its users have it: with a mouse, with the keyboard alone, on a phone."""

import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.axe import serious, serious_in_both_schemes, wider_by
from tests.browser.conftest import DESK, PHONE, Demo, at_rest, cookies_of, linked, open_map

pytestmark = pytest.mark.browser

SEARCH = re.compile("Rechercher une commune")


def search_with_keyboard(page: Page, text: str) -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name=SEARCH)).to_be_focused()
    page.keyboard.type(text)
    # Those of what was typed first are there before those of the whole.
    expect(page.locator("#search-results")).to_have_attribute("aria-busy", "false")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def test_a_parcel_is_found_and_read_with_the_keyboard_alone(desk: Page) -> None:
    search_with_keyboard(desk, "45901 AB 12")
    expect(desk.get_by_role("heading", name=re.compile(r"^AB\s12$"))).to_be_visible()
    expect(desk.get_by_text("Contenance")).to_be_visible()


def test_the_next_search_takes_the_place_of_the_one_before(desk: Page) -> None:
    search_with_keyboard(desk, "45901 AB 12")
    expect(desk.locator(".sheet h2")).to_be_visible()
    box = desk.get_by_role("combobox")
    box.evaluate("one => one.blur()")
    box.click()
    desk.keyboard.type("AB 13")
    expect(box).to_have_value("AB 13")
    box.click()
    desk.keyboard.type("4")
    expect(box).to_have_value(re.compile("4"))
    assert len(box.input_value()) == 6


def test_an_address_is_found(desk: Page) -> None:
    search_with_keyboard(desk, "12 rue des Tanneurs Saint-Aubin")
    expect(desk.get_by_role("heading", name=re.compile("12 rue des Tanneurs", re.I))).to_be_visible()


def test_coordinates_move_the_map(desk: Page) -> None:
    search_with_keyboard(desk, "617284 6717902")
    expect(desk.get_by_text(re.compile(r"E\s617\s28[34]"))).to_be_visible()


def test_escape_closes_the_sheet(desk: Page) -> None:
    search_with_keyboard(desk, "AB 12")
    close = desk.get_by_role("button", name="Fermer la fiche")
    expect(close).to_be_visible()
    desk.keyboard.press("Escape")
    expect(close).to_be_hidden()


def test_what_is_at_the_centre_is_asked_with_enter(desk: Page) -> None:
    search_with_keyboard(desk, "45901 AB 12")
    expect(desk.get_by_role("heading", name=re.compile(r"^AB\s12$"))).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("button", name="Fermer la fiche")).to_be_hidden()
    desk.get_by_role("application", name="Carte").or_(desk.locator("[tabindex='0'][aria-label='Carte']")).first.focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("button", name="Fermer la fiche")).to_be_visible()


def test_the_link_restores_the_view_and_the_selection(desk: Page, demo: Demo) -> None:
    search_with_keyboard(desk, "45901 AB 12")
    expect(desk.get_by_role("heading", name=re.compile(r"^AB\s12$"))).to_be_visible()
    expect(desk).to_have_url(re.compile("s=parcels"))
    at_rest(desk)
    linked(desk)
    again = open_map(desk.context, demo, desk.url.partition("/#")[2] and "#" + desk.url.partition("#")[2])
    expect(again.get_by_role("heading", name=re.compile(r"^AB\s12$"))).to_be_visible()


def test_a_link_to_an_unknown_layer_says_so(blank_desk: Page, demo: Demo) -> None:
    page = open_map(blank_desk.context, demo, "#v=1&c=1.9,47.55&z=15&l=parcels,rien-de-tel")
    expect(page.get_by_text("rien-de-tel")).to_be_visible()


@pytest.mark.parametrize("density", [1, 1.25, 2])
def test_an_official_hatch_has_its_colour_its_spacing_and_no_seams(
    browser: Browser, demo: Demo, density: float
) -> None:
    """Prescription 18 of the CNIG: vertical lines of #ff5500, 12 pixels from each other."""
    context = browser.new_context(viewport=DESK, device_scale_factor=density, locale="fr-FR")
    page = open_map(context, demo, "#v=1&c=1.87345,47.55685&z=18&l=plu-prescriptions-surf&p=none")
    at_rest(page)
    picture = np.asarray(Image.open(BytesIO(page.screenshot())).convert("RGB")).astype(int)
    context.close()
    area = picture[int(330 * density) : int(640 * density), int(700 * density) : int(950 * density)]
    ink = area[:, :, 2] < 140  # the paper has 232 of blue, the lines have 0
    level = ink.mean(axis=0)
    assert ((level < 0.02) | (level > 0.98)).all()  # whole columns: the lines go on from tile to tile
    starts = np.flatnonzero(np.diff(ink[0].astype(int)) == 1)
    assert np.diff(starts).mean() == pytest.approx(12 * density, rel=0.03)
    assert np.ptp(np.diff(starts)) <= 1
    darkest = area[0][area[0][:, 2].argmin()]
    assert darkest.tolist() == pytest.approx([255, 85, 0], abs=40)


def test_one_points_at_a_hatched_feature_between_its_lines(blank_desk: Page, demo: Demo) -> None:
    page = open_map(blank_desk.context, demo, "#v=1&c=1.87345,47.55685&z=18&l=plu-prescriptions-surf&p=none")
    for step in range(4):
        at_rest(page)
        page.mouse.click(720 + 3 * step, 450)
        expect(page.get_by_role("button", name="Fermer la fiche")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Fermer la fiche")).to_be_hidden()


def test_the_list_shows_what_the_map_shows(desk: Page) -> None:
    search_with_keyboard(desk, "45901 AB 12")
    expect(desk.get_by_role("heading", name=re.compile(r"^AB\s12$"))).to_be_visible()
    at_rest(desk)
    desk.get_by_role("button", name="Parcelles").first.click()
    row = desk.get_by_role("button", name=re.compile(r"^AB\s13$"))
    row.press("Enter")
    expect(desk.get_by_role("heading", name=re.compile(r"^AB\s13$"))).to_be_visible()


def open_list(page: Page) -> None:
    search_with_keyboard(page, "45901 AB 12")
    expect(page.get_by_role("heading", name=re.compile(r"^AB\s12$"))).to_be_visible()
    at_rest(page)
    page.get_by_role("button", name="Parcelles").first.click()
    expect(page.get_by_role("columnheader", name="Contenance")).to_be_visible()


def test_the_columns_of_the_list_are_chosen_and_kept(desk: Page) -> None:
    open_list(desk)
    desk.get_by_text("Colonnes", exact=True).click()
    desk.get_by_role("checkbox", name="Identifiant").check()
    desk.get_by_role("checkbox", name="Contenance").uncheck()
    expect(desk.get_by_role("columnheader", name="Contenance")).to_have_count(0)
    expect(desk.get_by_role("cell", name=re.compile("^45901000AB")).first).to_be_visible()
    assert serious(desk) == []
    desk.reload()
    expect(desk.get_by_role("columnheader", name="Identifiant")).to_be_visible()
    expect(desk.get_by_role("columnheader", name="Contenance")).to_have_count(0)


def test_a_list_of_all_columns_scrolls_inside_its_panel_on_a_phone(phone: Page) -> None:
    open_list(phone)
    phone.get_by_text("Colonnes", exact=True).click()
    boxes = phone.locator(".list-columns input")
    for number in range(boxes.count()):
        boxes.nth(number).check()
    expect(phone.locator(".list-table thead th")).to_have_count(boxes.count() + 1)
    assert wider_by(phone) <= 0
    assert phone.evaluate("document.querySelector('.panel-body').scrollWidth") <= 390


def test_axe_finds_nothing_serious_on_the_map(context: BrowserContext, demo: Demo) -> None:
    page = open_map(context, demo)
    assert serious_in_both_schemes(page) == []


def test_axe_finds_nothing_serious_on_a_sheet(desk: Page) -> None:
    search_with_keyboard(desk, "45901 AB 12")
    expect(desk.get_by_role("button", name="Fermer la fiche")).to_be_visible()
    assert serious(desk) == []


@pytest.mark.parametrize("path", ["/compte/", "/compte/connexion/", "/compte/mot-de-passe/oublie/"])
def test_axe_finds_nothing_serious_on_the_account_pages(context: BrowserContext, demo: Demo, path: str) -> None:
    page = context.new_page()
    page.goto(demo.url + path)
    assert serious(page) == []


def test_nothing_scrolls_sideways_on_a_phone(phone: Page) -> None:
    assert wider_by(phone) <= 0


def test_an_anonymous_visitor_sees_the_public_map(demo: Demo, browser) -> None:  # type: ignore[no-untyped-def]
    context = browser.new_context(locale="fr-FR")
    page = open_map(context, demo)
    expect(page.get_by_text("Se connecter").first).to_be_visible()
    context.close()


def test_a_wrong_password_is_told_in_french(demo: Demo, browser) -> None:  # type: ignore[no-untyped-def]
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    page.goto(f"{demo.url}/compte/connexion/")
    page.locator("input[name=login]").fill("instruction.rimarde")
    page.locator("input[type=password]").fill("certainement faux")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("mot de passe", re.I)).first).to_be_visible()
    expect(page).to_have_url(re.compile("connexion"))
    context.close()


@pytest.mark.parametrize("path", ["/membres/", "/membres/cc-lys/"])
def test_axe_finds_nothing_serious_on_the_pages_for_people(demo: Demo, browser, path: str) -> None:  # type: ignore[no-untyped-def]
    context = browser.new_context(locale="fr-FR", storage_state=cookies_of(browser, demo, "sig.lys"))
    page = context.new_page()
    page.goto(demo.url + path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert serious(page) == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert serious(page) == []
    context.close()


def test_an_administrator_reaches_the_import_page(demo: Demo, browser) -> None:  # type: ignore[no-untyped-def]
    context = browser.new_context(locale="fr-FR", storage_state=cookies_of(browser, demo, "sig.lys"))
    page = context.new_page()
    page.goto(f"{demo.url}/imports/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert serious(page) == []
    context.close()
