"""The guides as people read them: opened from a page and from the map, searched, on a phone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import serious, serious_in_both_schemes, too_wide
from tests.browser.conftest import DESK, PHONE, Demo, cookies_of, open_map, opened, to_another_page

pytestmark = pytest.mark.browser


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, demo: Demo) -> Iterator[Page]:
    for context in opened(browser, cookies_of(browser, demo, "reseaux.lys"), request.param):
        yield context.new_page()


def test_help_opens_the_guide_of_the_page_and_the_list_is_searched(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/reseaux/anomalies/")
    page.get_by_role("link", name="Aide", exact=True).click()
    page.wait_for_url(f"{demo.url}/aide/how-to/corriger-les-anomalies/")
    assert too_wide(page) == {}
    assert serious_in_both_schemes(page) == []
    expect(page.locator(".brand")).to_be_in_viewport()
    page.get_by_role("link", name="Tous les guides").click()
    expect(page.locator("h1")).to_have_text("Aide")
    assert too_wide(page) == {}
    assert serious_in_both_schemes(page) == []
    page.get_by_label("Chercher dans les guides").fill("poteau")
    # The list of all guides has the link, too.
    with to_another_page(page):
        page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile("poteaux d’incendie")).first.click()
    expect(page.locator("article h1")).to_be_visible()
    assert serious(page) == []


@pytest.mark.parametrize(
    "guide", ["how-to/isoler-une-casse", "reference/formats", "how-to/modifier-dans-la-carte", "reference/reglages"]
)
def test_a_guide_with_pictures_and_tables_fits_its_window(page: Page, demo: Demo, guide: str) -> None:
    page.goto(f"{demo.url}/aide/{guide}/")
    for image in page.locator("article img").all():
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("image => image.naturalWidth") > 0
    assert too_wide(page) == {}
    assert serious(page) == []


def test_the_question_mark_of_a_panel_opens_its_guide(page: Page, demo: Demo) -> None:
    page = open_map(page.context, demo, "#v=1&p=water")
    with page.expect_popup() as opening:
        page.get_by_role("link", name=re.compile("^Guide : Eau")).click()
    opening.value.wait_for_url(f"{demo.url}/aide/how-to/l-eau-sur-la-carte/")


def test_the_search_box_finds_guides(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/reseaux/")
    page.get_by_role("combobox", name="Trouver").fill("isoler une casse")
    page.get_by_role("option", name=re.compile("^Isoler une casse")).click()
    page.wait_for_url(re.compile("/aide/how-to/isoler-une-casse/"))
