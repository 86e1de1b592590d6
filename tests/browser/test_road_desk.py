"""The desk of roads of the map, the tabs of a phone, and what is selected above its sheet."""

import math
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.axe import serious
from tests.browser.conftest import DESK, PHONE, Demo, at_rest, cookies_of, linked, open_map, opened

pytestmark = pytest.mark.browser
Place = tuple[float, float]
ZOOM = 18
METRES_PER_PX = 156543.033928 / 2**ZOOM
SEARCH_PX, SCALE_PX = 76, 44
"""What lies over the top and over the bottom of the map of a phone."""


@pytest.fixture(scope="module")
def technician(demo: Demo, browser: Browser) -> dict[str, object]:
    return cookies_of(browser, demo, "reseaux.departement")


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def roads(
    request: pytest.FixtureRequest, browser: Browser, technician: dict[str, object], demo: Demo
) -> Iterator[Page]:
    for context in opened(browser, technician, request.param):
        page = open_map(context, demo)
        page.locator("[data-desk=roads]").click()
        expect(page.get_by_role("button", name="Aller")).to_be_visible()
        yield page


@pytest.fixture
def phone(browser: Browser, technician: dict[str, object], demo: Demo) -> Iterator[Page]:
    for context in opened(browser, technician, PHONE):
        yield open_map(context, demo)


# -- the desk ---------------------------------------------------------------------------------------------------------


def test_the_desk_shows_a_whole_road(roads: Page) -> None:
    roads.locator("input[name=road]").fill("D921")
    roads.get_by_role("button", name="Aller").click()
    expect(roads.locator("#sheet-title")).to_have_text("D 921")


def test_the_desk_says_what_it_does_not_find(roads: Page) -> None:
    roads.locator("input[name=road]").fill("Nulle Part")
    roads.get_by_role("button", name="Aller").click()
    expect(roads.get_by_role("alert").filter(has_text="Rien de ce nom")).to_be_visible()


def test_the_desk_turns_works_on(roads: Page) -> None:
    roads.get_by_role("checkbox", name="Travaux et manifestations").check()
    linked(roads)
    assert re.search(r"[=,]works[,&]", roads.url)


def test_the_desk_leads_to_that_of_roads(roads: Page) -> None:
    expect(roads.get_by_role("link", name="Voirie", exact=True)).to_have_attribute("href", "/voirie/")


def test_axe_finds_nothing_serious_on_the_desk_of_roads(roads: Page) -> None:
    assert serious(roads) == []


def test_the_search_box_says_that_it_finds_roads(roads: Page) -> None:
    expect(roads.get_by_role("combobox")).to_have_attribute("placeholder", re.compile("PR$"))


# -- the tabs of a phone ----------------------------------------------------------------------------------------------


def cut(tabs: Locator) -> list[str]:
    """The tabs of which one sees a part."""
    box = tabs.locator("xpath=..").bounding_box()
    assert box
    found = []
    for tab in tabs.all():
        one = tab.bounding_box()
        assert one
        left, right = one["x"] - box["x"], one["x"] + one["width"] - box["x"]
        if left < box["width"] - 1 and right > 1 and not (left > -1 and right < box["width"] + 1):
            found.append(tab.inner_text())
    return found


def test_every_tab_of_a_phone_is_seen_whole_or_not_at_all(phone: Page) -> None:
    tabs = phone.locator("arp-rail nav > button")
    expect(tabs).to_have_count(6)
    assert cut(tabs) == []
    phone.get_by_role("button", name="Plus", exact=True).tap()
    others = phone.locator(".rail-others button")
    expect(others.last).to_be_in_viewport(ratio=0.99)
    assert cut(others) == []


@pytest.mark.parametrize(
    ("username", "words"),
    [
        ("reseaux.lys", ["Couches", "Eau", "Routes", "Dessin", "Mesurer", "Plus"]),
        ("instruction.lys", ["Couches", "Parcelles", "Permis", "Choisir", "Photos", "Plus"]),
        ("lecture.lys", ["Couches", "Parcelles", "Photos", "Mesurer", "Aide", "Plus"]),
    ],
)
def test_the_bar_of_a_phone_holds_what_the_role_needs(
    browser: Browser, demo: Demo, username: str, words: list[str]
) -> None:
    for context in opened(browser, cookies_of(browser, demo, username), PHONE):
        page = open_map(context, demo)
        expect(page.locator("arp-rail nav > button")).to_have_text(words)


def test_the_other_desks_are_one_tap_further(phone: Page) -> None:
    others, more = phone.locator(".rail-others"), phone.get_by_role("button", name="Plus", exact=True)
    expect(others).to_be_hidden()
    more.tap()
    assert serious(phone) == []
    others.get_by_role("button", name="Imprimer").tap()
    expect(others).to_be_hidden()
    expect(phone.locator("#panel-title")).to_have_text("Imprimer")
    more.press("Enter")
    phone.keyboard.press("Escape")
    expect(others).to_be_hidden()
    expect(more).to_be_focused()


# -- what is selected stays above the sheet ---------------------------------------------------------------------------


def mercator(lon: float, lat: float) -> Place:
    radius = 6378137.0
    return math.radians(lon) * radius, math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) * radius


def height_of(page: Page, place: Place) -> float:
    """How far below the top of the screen a place is drawn, as the address bar tells the view."""
    at_rest(page)
    linked(page)
    said = re.search(r"c=([\d.-]+),([\d.-]+)", page.url)
    box = page.locator(".map-canvas").bounding_box()
    assert said
    assert box
    middle = mercator(float(said[1]), float(said[2]))
    return float(box["y"] + box["height"] / 2 - (mercator(*place)[1] - middle[1]) / METRES_PER_PX)


def seen(page: Page, place: Place) -> bool:
    height = height_of(page, place)
    drawer = page.locator(".drawer").bounding_box()
    assert drawer
    return SEARCH_PX <= height <= drawer["y"] - SCALE_PX


@pytest.fixture
def sign(phone: Page, demo: Demo) -> Place:
    """A sign, drawn where the sheet is about to come, is touched."""
    items = phone.request.get(f"{demo.url}/ogc/collections/road-assets/items?limit=1").json()
    lon, lat = items["features"][0]["geometry"]["coordinates"][:2]
    up = 16 * METRES_PER_PX * math.cos(math.radians(lat)) / 111_320
    phone.goto(f"{demo.url}/#v=1&c={lon:.6f},{lat - up:.6f}&z={ZOOM}&l=road-assets&b=plain&p=none")
    phone.reload()
    phone.wait_for_selector("html[data-arpent-ready=true]", state="attached")
    touched = height_of(phone, (lon, lat))
    assert touched == pytest.approx(376, abs=3)
    phone.touchscreen.tap(195, touched)
    expect(phone.get_by_role("button", name="Fermer la fiche")).to_be_visible()
    return lon, lat


def dragged_down(page: Page, by: int) -> None:
    page.mouse.move(100, 200)
    page.mouse.down()
    for y in range(200, 200 + by + 1, 20):
        page.mouse.move(100, y)
    page.wait_for_timeout(300)
    page.mouse.up()


def under_the_sheet(page: Page, place: Place) -> None:
    """The sheet is lowered, and the place moved to where it was or further."""
    page.get_by_role("button", name="Réduire le volet").click()
    at_rest(page)
    dragged_down(page, 300)
    assert height_of(page, place) > 420


def test_what_is_touched_stays_above_the_sheet(phone: Page, sign: Place) -> None:
    assert seen(phone, sign)


def test_what_is_read_stays_above_the_sheet_that_is_raised(phone: Page, sign: Place) -> None:
    under_the_sheet(phone, sign)
    phone.get_by_role("button", name="Agrandir le volet").click()
    assert seen(phone, sign)


def test_what_is_edited_stays_above_the_sheet_that_is_raised(phone: Page, sign: Place) -> None:
    phone.get_by_role("button", name="Modifier").click()
    expect(phone.locator("arp-edit-sheet #sheet-title, arp-edit-sheet h2").first).to_be_visible()
    under_the_sheet(phone, sign)
    phone.get_by_role("button", name="Agrandir le volet").click()
    assert seen(phone, sign)
