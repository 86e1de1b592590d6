"""The profile of the terrain along a measured line: its chart by pointer and keyboard, its table, its files."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.axe import serious_in_both_schemes
from tests.browser.conftest import DESK, PHONE, Demo, at_rest, open_map, opened

pytestmark = pytest.mark.browser
PLACE = "#v=1&c=1.8976,47.5546&z=17&l=parcels&p=measure"
PROFILE = re.compile(r"/api/v1/heights/profile/\?line=")


def model(title: str) -> dict[str, Any]:
    return {
        "slug": "mnt", "title": title, "acquired": "2025-03", "resolution_m": 0.5, "vertical_crs": 5720,
        "attribution": "",
    }  # fmt: skip


def answer(route: Route) -> None:
    """A hundred metres that climb by ten, a house of six metres in the middle, a hole before it."""
    points = [
        [at, None if 20 < at < 30 else 100 + at / 10, 106 + at / 10 if 40 < at < 60 else 100 + at / 10, 1.8976, 47.5546]
        for at in range(101)
    ]
    body = {
        "length_m": 100, "ground_length_m": 100.5, "slope": 0.1, "profile": points,
        "models": {"ground": model("MNT 2025"), "surface": model("MNS 2025")},
    }  # fmt: skip
    route.fulfill(status=200, content_type="application/json", body=json.dumps(body))


def draw_line(page: Page) -> None:
    """Of two points, done."""
    at_rest(page)
    page.evaluate(
        "const app = document.querySelector('arpent-app').app; app.measure.start('length');"
        " app.measure.addPoint([1.897, 47.554]); app.measure.addPoint([1.898, 47.555]); app.measure.finish();"
    )


def open_profile(page: Page) -> None:
    page.route(PROFILE, answer)
    draw_line(page)
    page.get_by_role("button", name="Profil du terrain").click()
    expect(page.get_by_role("slider", name="Curseur du profil")).to_be_visible()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_profile_is_read_with_the_keyboard_and_taken_away(
    browser: Browser, signed_in: dict[str, object], demo: Demo, size: dict[str, int]
) -> None:
    for context in opened(browser, signed_in, size):
        page = open_map(context, demo, PLACE)
        open_profile(page)
        panel, cursor = page.locator("arp-terrain-profile"), page.get_by_role("slider", name="Curseur du profil")
        expect(panel).to_contain_text("100,0 m → 110,0 m")
        cursor.focus()
        for _press in range(5):
            page.keyboard.press("PageUp")
        expect(cursor).to_have_attribute("aria-valuenow", "50")
        expect(panel.locator(".terrain-at")).to_contain_text("sol 105,0 m · surface 111,0 m · +6,0 m")
        assert page.evaluate("document.querySelector('arpent-app').app.state.measure.mark") == [1.8976, 47.5546]
        page.keyboard.press("Home")
        expect(cursor).to_have_attribute("aria-valuenow", "0")
        panel.get_by_text("Le profil en tableau").click()
        expect(panel.locator("tbody tr")).to_have_count(21)
        expect(panel.locator("tbody")).to_contain_text("inconnue")
        for kind in ("svg", "csv", "pdf"):
            link = panel.get_by_role("link", name=kind.upper())
            expect(link).to_have_attribute(
                "href", re.compile(rf"heights/profile/\?line=LINESTRING.*&crs=4326&file={kind}$")
            )
        assert not serious_in_both_schemes(page)


def test_without_a_model_the_panel_says_so(browser: Browser, signed_in: dict[str, object], demo: Demo) -> None:
    """In a context of its own: what is not found is a complaint of the browser."""
    context = browser.new_context(viewport=DESK, locale="fr-FR", storage_state=signed_in)  # type: ignore[arg-type]
    page = open_map(context, demo, PLACE)
    draw_line(page)
    page.get_by_role("button", name="Profil du terrain").click()
    expect(page.locator("arp-terrain-profile").get_by_role("alert")).to_contain_text("Aucune altitude")
    expect(page.get_by_role("button", name="Réessayer")).to_be_visible()
    context.close()
