"""Windows' contrast themes: what is chosen is told from what is not, though every wash of colour is taken away."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Demo, open_map, to_another_page

pytestmark = pytest.mark.browser
DARK = 100
INNER = 4


def marks_inside(box: Locator) -> int:
    """How many dark points the inside of a check box has: the border is left out."""
    drawn = Image.open(BytesIO(box.screenshot())).convert("L")
    width, height = drawn.size
    inside = drawn.crop((INNER, INNER, width - INNER, height - INNER))
    return sum(count for shade, count in enumerate(inside.histogram()) if shade < DARK)


def test_a_layer_that_is_shown_is_told_from_one_that_is_not(blank_desk: Page, demo: Demo) -> None:
    blank_desk.emulate_media(forced_colors="active")
    page = open_map(blank_desk.context, demo)
    page.emulate_media(forced_colors="active")
    layers = page.locator("arp-layers-panel")
    assert marks_inside(layers.get_by_label("Lieux-dits", exact=True)) == 0
    assert marks_inside(layers.get_by_label("Parcelles", exact=True)) > INNER


def test_the_result_that_is_pointed_at_is_outlined(desk: Page) -> None:
    desk.emulate_media(forced_colors="active")
    desk.get_by_role("combobox").fill("AB 12")
    first = desk.get_by_role("option").first
    expect(first).to_be_visible()
    desk.keyboard.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "true")
    expect(first).to_have_css("outline-style", "solid")


def test_the_tab_of_a_file_that_is_open_is_underlined(blank_desk: Page, demo: Demo) -> None:
    blank_desk.emulate_media(forced_colors="active")
    blank_desk.goto(f"{demo.url}/permis/")
    with to_another_page(blank_desk):
        blank_desk.locator("tbody a").first.click()
    current, other = (
        blank_desk.locator(f".tabs a{which}").first for which in ("[aria-current]", ":not([aria-current])")
    )
    line = "one => getComputedStyle(one).borderBlockEndColor"
    assert current.evaluate(line) != other.evaluate(line)
