"""A place that the device measures, while something is drawn: under the thumb of a phone, and with keys alone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import serious
from tests.browser.conftest import DESK, PHONE, Demo, at_rest, cookies_of, open_map, opened, until

pytestmark = pytest.mark.browser
HERE = {"longitude": 1.92, "latitude": 47.55, "accuracy": 3.0}
STATE = "document.querySelector('arpent-app').app.state"
PLACE = f"#v=1&c={HERE['longitude']},{HERE['latitude']}&z=19&l=street-lights,green-areas&p=edit"


def drawing(browser: Browser, demo: Demo, size: dict[str, int], layer: str) -> Iterator[Page]:
    """The map while something of this layer is drawn, on a device that knows where it is."""
    for context in opened(browser, cookies_of(browser, demo, "reseaux.lys"), size):
        context.grant_permissions(["geolocation"])
        context.set_geolocation(HERE)  # type: ignore[arg-type]
        page = open_map(context, demo, PLACE)
        page.get_by_role("button", name=layer).last.click()
        page.get_by_role("button", name="Dessiner", exact=True).click()
        yield page


@pytest.fixture
def lamp(browser: Browser, demo: Demo) -> Iterator[Page]:
    yield from drawing(browser, demo, PHONE, "Éclairage public")


@pytest.fixture
def surface(browser: Browser, demo: Demo) -> Iterator[Page]:
    yield from drawing(browser, demo, DESK, "Espaces verts")


def test_a_phone_measures_its_place_without_pulling_up_the_sheet(lamp: Page) -> None:
    measure = lamp.get_by_role("button", name="Mesurer ma position")
    expect(measure).to_have_count(1)
    expect(measure).to_be_in_viewport(ratio=1)
    measure.tap()
    expect(lamp.get_by_text("± 3 m : classe C")).to_be_visible()
    assert serious(lamp) == []
    lamp.get_by_role("button", name="Poser ici").tap()
    expect(lamp.locator("#edit-sheet-title")).to_have_text("Nouvel objet")


def test_the_measured_place_is_seen_on_the_map_before_it_is_taken(lamp: Page) -> None:
    there = f"{STATE}.pin !== null && Math.abs({STATE}.view.center[0] - {HERE['longitude']}) < 1e-3"
    lamp.evaluate("document.querySelector('arpent-app').app.view.jumpTo({ center: [1.93, 47.56] })")
    lamp.get_by_role("button", name="Mesurer ma position").tap()
    until(lamp, lambda: bool(lamp.evaluate(there)), "the map does not go where one is")
    lamp.get_by_role("button", name="Arrêter").tap()
    until(lamp, lambda: bool(lamp.evaluate(f"{STATE}.pin === null")), "the place stays on the map")


def test_a_phone_says_above_its_buttons_what_to_do_next(lamp: Page) -> None:
    said = lamp.locator(".cross-remark")
    expect(said).to_have_text("Amenez la croix à l’endroit voulu, puis touchez « Point ».")
    expect(said).to_be_in_viewport(ratio=1)
    at_rest(lamp)
    lon, lat = lamp.evaluate(f"{STATE}.view.center")
    lamp.touchscreen.tap(120, 220)

    def brought() -> bool:
        x, y = lamp.evaluate(f"{STATE}.view.center")
        return bool(x < lon and y > lat)

    until(lamp, brought, "the cross does not go where one taps")
    assert serious(lamp) == []


def test_a_signal_that_is_lost_does_not_end_the_measure(lamp: Page) -> None:
    lamp.get_by_role("button", name="Mesurer ma position").tap()
    expect(lamp.get_by_text("± 3 m : classe C")).to_be_visible()
    lamp.context.set_geolocation(None)
    lamp.wait_for_timeout(500)
    expect(lamp.get_by_text("± 3 m : classe C")).to_be_visible()
    expect(lamp.get_by_role("button", name="Arrêter")).to_be_visible()


def test_the_focus_stays_on_what_measures_the_place(surface: Page) -> None:
    surface.get_by_role("button", name="Mesurer ma position").press("Enter")
    stop = surface.get_by_role("button", name="Arrêter")
    expect(stop).to_be_focused()
    expect(surface.get_by_role("status").filter(has_text="Position mesurée : classe C")).to_have_count(1)
    expect(stop).to_be_focused()
    surface.get_by_role("button", name="Poser ici").press("Enter")
    expect(surface.get_by_role("button", name="Arrêter")).to_be_focused()
    surface.keyboard.press("Enter")
    expect(surface.get_by_role("button", name="Mesurer ma position")).to_be_focused()
    expect(surface.locator(".edit-measures").first).to_contain_text("1 point")
