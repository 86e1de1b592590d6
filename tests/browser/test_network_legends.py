"""What the map says of pipes: labels from 1:1,000, and another legend that one chooses, which the link keeps."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.axe import serious
from tests.browser.conftest import DESK, PHONE, Demo, at_rest, linked, open_map, sign_in, until
from tests.browser.test_water_desk import create

pytestmark = pytest.mark.browser
NEAR = "#v=1&c=1.91359,47.556429&z={zoom}&l=water-nodes,water-pipes{legend}&p={panel}"
# At 47.55° north 1:1,000 is a zoom of 18.5: nearer, and farther.
FROM_1000, FARTHER = 18.7, 18.0
SPY = """
    window.texts = "";
    const { fillText } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
        window.texts += text;
        return fillText.call(this, text, ...rest);
    };
"""


@pytest.fixture(scope="module")
def technician(demo: Demo, browser: Browser) -> dict[str, object]:
    """The cookies of a network technician, who has a pipe with a valve on it."""
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    sign_in(page, demo, "reseaux.lys")
    page.goto(demo.url)
    service = {"service_state": "en_service"}
    pipe = {"reference": "ETIQ-C1", "material": "pehd", "diameter_mm": 110, **service}
    create(context, demo, "water-pipes", pipe, [[-60, 400], [60, 400]])
    create(context, demo, "water-nodes", {"kind": "valve", "reference": "ETIQ-V1", **service}, [0, 400])
    state = context.storage_state()
    context.close()
    return dict(state)


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def context(
    request: pytest.FixtureRequest, browser: Browser, technician: dict[str, object]
) -> Iterator[BrowserContext]:
    size = request.param
    context = browser.new_context(viewport=size, locale="fr-FR", storage_state=technician, has_touch=size is PHONE)  # type: ignore[arg-type]
    context.add_init_script(SPY)
    yield context
    context.close()


def texts(page: Page) -> str:
    return str(page.evaluate("window.texts"))


def expect_text(page: Page, label: str) -> None:
    until(page, lambda: label in texts(page), f"the map does not write {label}")


def test_pipes_and_valves_say_what_they_are_from_1000(context: BrowserContext, demo: Demo) -> None:
    page = open_map(context, demo, NEAR.format(zoom=FROM_1000, legend="", panel="none"))
    expect_text(page, "ETIQ-V1")
    expect_text(page, "ETIQ-C1 PEHD Ø110")


def test_from_farther_they_say_nothing(context: BrowserContext, demo: Demo) -> None:
    page = open_map(context, demo, NEAR.format(zoom=FARTHER, legend="", panel="none"))
    at_rest(page)
    assert "ETIQ" not in texts(page)


def test_a_legend_is_chosen_kept_in_the_link_and_leads_to_its_lengths(context: BrowserContext, demo: Demo) -> None:
    page = open_map(context, demo, NEAR.format(zoom=FROM_1000, legend="", panel="layers"))
    page.get_by_role("button", name="Opacité, légende et source : Canalisations d’eau potable").click()
    page.get_by_label("Colorer par").select_option("Diamètre")
    expect(page.locator(".layer-details .legend")).to_contain_text("100 à 149 mm")
    assert serious(page) == []
    linked(page)
    assert "water-pipes@diameter" in page.url

    page.reload()
    page.wait_for_selector("html[data-arpent-ready=true]", state="attached")
    page.get_by_role("button", name="Opacité, légende et source : Canalisations d’eau potable").click()
    expect(page.get_by_label("Colorer par")).to_have_value("diameter")
    page.get_by_role("link", name="Longueurs par groupe").click()
    expect(page.locator("#by-diameter")).to_be_visible()
    page.locator("section", has=page.locator("#by-age")).get_by_role("link", name="Voir sur la carte").click()
    page.wait_for_url(re.compile("water-pipes@age"))
