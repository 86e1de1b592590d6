"""The water desk of the map: shutting off a break on a network made for it, a valve that is stuck, the outage saved."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.axe import serious, too_wide
from tests.browser.conftest import DESK, PHONE, Demo, at_rest, open_map, sign_in

pytestmark = pytest.mark.browser
EAST, NORTH = 618300.0, 6717500.0
"""Open ground, with no pipe around."""
BREAK = "#v=1&c=1.915252,47.552829&z=19&p=water"


@pytest.fixture(scope="module")
def technician(demo: Demo, browser: Browser) -> dict[str, object]:
    """The cookies of a network technician, whose network has a tank, a main, two valves on it, and a school."""
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    sign_in(page, demo, "reseaux.lys")
    page.goto(demo.url)
    make_network(context, demo)
    state = context.storage_state()
    context.close()
    return dict(state)


def make_network(context: BrowserContext, demo: Demo) -> None:
    service = {"service_state": "en_service"}
    create(context, demo, "water-nodes", {"kind": "tank", "reference": "ESSAI-R", **service}, [0, 0])
    create(context, demo, "water-pipes", {"reference": "ESSAI-C", "diameter_mm": 100, **service}, [[0, 0], [160, 0]])
    for number, east in ((1, 40), (2, 80)):
        valve = {"kind": "valve", "reference": f"ESSAI-V{number}", **service}
        create(context, demo, "water-nodes", valve, [east, 0])
    school = {"reference": "ESSAI-B", "sensitive": "school", "sensitive_name": "École d’essai", **service}
    create(context, demo, "water-connections", school, [140, 5])


def create(context: BrowserContext, demo: Demo, layer: str, properties: dict[str, Any], places: list[Any]) -> None:
    """Through the shared editing, as the map does; distances are from a corner."""
    line = isinstance(places[0], list)
    moved = [[EAST + x, NORTH + y] for x, y in (places if line else [places])]
    geometry = {"type": "LineString" if line else "Point", "coordinates": moved if line else moved[0]}
    token = next(one["value"] for one in context.cookies() if one["name"] == "arpent_csrf")
    edit = {"action": "create", "client_id": str(uuid4()), "properties": properties, "geometry": geometry}
    answer = context.request.post(
        f"{demo.url}/api/v1/layers/{layer}/edits/",
        data={"crs": "EPSG:2154", "edits": [edit]},
        headers={"X-CSRFToken": token, "Referer": f"{demo.url}/"},
    )
    assert answer.ok, answer.text()


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def water(
    request: pytest.FixtureRequest, browser: Browser, technician: dict[str, object], demo: Demo
) -> Iterator[Page]:
    size = request.param
    context = browser.new_context(viewport=size, locale="fr-FR", storage_state=technician, has_touch=size is PHONE)  # type: ignore[arg-type]
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    page = open_map(context, demo, BREAK)
    expect(page.get_by_role("button", name="Montrer la casse")).to_be_visible()
    yield page
    context.close()
    # The browser complains of a request that was refused, too.
    assert [one for one in complaints if "Failed to load resource" not in one] == []


def shut_off(page: Page) -> None:
    page.get_by_role("button", name="Montrer la casse").click()
    at_rest(page)
    page.get_by_role("button", name="C’est ici").click()
    expect(page.locator(".water-headline")).to_be_focused()


def first_valve(page: Page) -> Any:
    return page.locator("ol.water-list li").first


def test_a_break_is_shut_off_and_its_outage_saved(water: Page) -> None:
    shut_off(water)
    expect(water.locator(".water-headline")).to_have_text("Fermer 1 vanne · 1 abonné privé d’eau, dont 1 sensible")
    expect(first_valve(water)).to_contain_text("ESSAI-V2")
    expect(water.locator("arp-water-panel")).to_contain_text("École d’essai")
    assert serious(water) == []

    water.get_by_role("button", name="Introuvable ou bloquée : ESSAI-V2").click()
    expect(first_valve(water)).to_contain_text("ESSAI-V1")
    expect(water.locator(".water-headline")).to_be_focused()
    expect(water.get_by_role("button", name="Utilisable, finalement : ESSAI-V2")).to_be_visible()

    water.get_by_role("button", name="Enregistrer la coupure").click()
    water.wait_for_url(re.compile(r"/reseaux/coupures/\d+/"))
    expect(water.locator("main")).to_contain_text("ESSAI-V1")


def test_valves_ticked_on_the_map_come_closed_to_the_page_of_the_outage(water: Page) -> None:
    shut_off(water)
    water.get_by_role("button", name="Fermée : ESSAI-V2").click()
    water.get_by_role("button", name="Enregistrer la coupure").click()
    water.wait_for_url(re.compile(r"/reseaux/coupures/\d+/"))
    expect(water.locator(".outage-times")).to_contain_text("1 sur 1")
    assert too_wide(water) == {}
    assert serious(water) == []


def test_what_was_found_outlives_the_page(water: Page) -> None:
    shut_off(water)
    water.get_by_role("button", name="Fermée : ESSAI-V2").click()
    water.reload()
    water.wait_for_selector("html[data-arpent-ready=true]", state="attached")
    expect(water.locator(".water-headline")).to_be_visible(timeout=30000)
    expect(water.get_by_role("button", name="Fermée : ESSAI-V2")).to_have_attribute("aria-pressed", "true")
    expect(water.locator(".water-headline")).to_contain_text("Fermer 1 vanne")


def test_a_place_without_a_pipe_is_told_and_pointed_at_again(water: Page) -> None:
    water.get_by_role("button", name="Montrer la casse").click()
    at_rest(water)
    water.locator(".map-canvas").focus()
    for _ in range(4):
        water.keyboard.press("ArrowUp")
    at_rest(water)
    with water.expect_response(re.compile("isolation")):
        water.keyboard.press("Enter")
    expect(water.get_by_role("alert")).to_contain_text("25 m")
    water.keyboard.press("Escape")
    expect(water.get_by_role("button", name="Montrer la casse")).to_be_visible()


def test_a_network_is_followed_up_to_its_tank(water: Page) -> None:
    water.get_by_role("tab", name="Suivre").click()
    water.get_by_role("button", name="Montrer le départ").click()
    at_rest(water)
    water.get_by_role("button", name="C’est ici").click()
    expect(water.locator(".water-headline")).to_be_focused()
    expect(water.locator("arp-water-trace")).to_contain_text("ESSAI-R")
    expect(water.get_by_role("link", name="Profil en long")).to_have_attribute(
        "href", re.compile("family=water&pipes=")
    )
    assert serious(water) == []


def test_the_focus_follows_what_is_looked_at_in_the_anomalies(water: Page) -> None:
    water.get_by_role("tab", name="Anomalies").click()
    kind = water.locator(".anomaly-kind").first
    kind.focus()
    water.keyboard.press("Enter")
    expect(water.locator(".water-headline")).to_be_focused()
    line = water.locator(".water-place").first
    line.focus()
    water.keyboard.press("Enter")
    expect(water.locator(".anomaly-card")).to_be_focused()
    # The repair comes a moment after, and the focus with it.
    expect(water.get_by_role("button", name="Réparer", exact=True)).to_be_visible()
    water.locator(".anomaly-back").press("Enter")
    expect(line).to_be_focused()
