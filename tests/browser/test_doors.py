"""From the map to the pages and back: the menu, anomalies, the ground of a file."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import serious
from tests.browser.conftest import DESK, FIRST_VIEW_MS, PHONE, Demo, cookies_of, open_map, opened, until

pytestmark = pytest.mark.browser
CHOSEN = "document.querySelector('arpent-app').app.state.chosen.parcels.map(({ idu }) => idu)"


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def technician(request: pytest.FixtureRequest, browser: Browser, demo: Demo) -> Iterator[Page]:
    for context in opened(browser, cookies_of(browser, demo, "reseaux.lys"), request.param):
        yield context.new_page()


def test_the_menu_of_the_map_leads_to_the_networks_and_the_permits(technician: Page, demo: Demo) -> None:
    page = open_map(technician.context, demo)
    page.locator("[aria-controls=account-menu]").click()
    assert serious(page) == []
    expect(page.locator("#account-menu").get_by_role("link", name="Permis")).to_be_visible()
    page.locator("#account-menu").get_by_role("link", name="Réseaux").click()
    page.wait_for_url(f"{demo.url}/reseaux/")


def test_anomalies_of_the_sewer_open_on_the_map_and_lead_back(technician: Page, demo: Demo) -> None:
    technician.goto(f"{demo.url}/reseaux/anomalies/?family=sewer")
    technician.get_by_role("link", name="Réparer sur la carte").click()
    technician.wait_for_selector("html[data-arpent-ready=true]", state="attached", timeout=FIRST_VIEW_MS)
    expect(technician.get_by_role("tab", name="Anomalies")).to_have_attribute("aria-selected", "true")
    expect(technician.locator("input[name=anomaly-family]").last).to_be_checked()
    technician.get_by_role("link", name="Tableau des anomalies").click()
    technician.wait_for_url(f"{demo.url}/reseaux/anomalies/?family=sewer")


def test_the_water_desk_leads_to_outages_and_hydrants(technician: Page, demo: Demo) -> None:
    page = open_map(technician.context, demo, "#v=1&p=water")
    pages = page.locator(".water-pages")
    expect(pages.get_by_role("link", name="Poteaux incendie")).to_have_attribute("href", "/reseaux/hydrants/")
    pages.get_by_role("link", name="Coupures").click()
    page.wait_for_url(f"{demo.url}/reseaux/coupures/")


def test_the_parcels_of_a_file_are_chosen_on_the_map(blank_desk: Page, demo: Demo) -> None:
    page = blank_desk
    page.goto(f"{demo.url}/permis/?state=open")
    page.locator("table.list tbody th a").first.click()
    page.get_by_role("link", name="Voir sur la carte").click()
    page.wait_for_selector("html[data-arpent-ready=true]", state="attached", timeout=FIRST_VIEW_MS)
    named = re.search(r"ps=([^&]+)", page.url)
    assert named
    until(page, lambda: page.evaluate(CHOSEN) == named[1].split(","), "other parcels are chosen")
