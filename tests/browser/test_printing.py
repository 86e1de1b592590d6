"""Printing from the map, as one does it: choose, look at the frame, wait, download; with a mouse, a finger or keys."""

import re
from pathlib import Path
from uuid import uuid4

import pypdfium2 as pdfium
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.browser.axe import serious
from tests.browser.conftest import Demo, at_rest, open_map, until

pytestmark = pytest.mark.browser

PLACE = "#v=1&c=1.9002,47.5563&z=18&p=print"


def desk_of(page: Page) -> Locator:
    panel = page.locator("arp-print-panel")
    expect(panel.get_by_label("Titre", exact=True)).to_be_visible()
    return panel


def east(page: Page) -> str:
    """Where the frame's middle is (m), as it is written."""
    page.locator(".print-more").evaluate("details => details.open = true")
    return page.get_by_label("E (m)").input_value()


def point_at_the_handle(page: Page, x: float, y: float) -> None:
    """Over the middle of the frame: it is drawn once its code has come, and the pointer says that it can be taken."""
    hand = "document.querySelector('#arpent-map').style.cursor === 'grab'"

    def taken() -> bool:
        page.mouse.move(x + 1, y)
        page.mouse.move(x, y)
        return bool(page.evaluate(hand))

    until(page, taken, "the handle cannot be taken")


def test_a_map_is_ordered_watched_and_downloaded(context: BrowserContext, demo: Demo, tmp_path: Path) -> None:
    page = open_map(context, demo, PLACE)
    panel = desk_of(page)
    # Not one that is there from another screen.
    title = f"Rue de la Cave {uuid4().hex[:6]}"
    panel.get_by_label("Titre", exact=True).fill(title)
    panel.get_by_label("Échelle", exact=True).select_option("500")
    panel.get_by_role("radio", name="Portrait").check()
    panel.get_by_role("button", name="Imprimer en PDF").click()
    ready = panel.get_by_role("link", name=re.compile(f"Télécharger : {title}")).first
    expect(ready).to_be_visible(timeout=120_000)
    with page.expect_download() as download:
        ready.click()
    download.value.save_as(tmp_path / "plan.pdf")
    document = pdfium.PdfDocument(tmp_path / "plan.pdf")
    text = document[0].get_textpage().get_text_range()
    assert "Rue de la Cave" in text
    assert "500" in text
    assert document[0].get_width() < document[0].get_height()
    document.close()


def test_the_finished_map_is_beside_the_button_and_opens(context: BrowserContext, demo: Demo) -> None:
    page = open_map(context, demo, PLACE)
    panel = desk_of(page)
    panel.get_by_label("Titre", exact=True).fill("Sous les yeux")
    button = panel.get_by_role("button", name="Imprimer en PDF")
    button.click()
    opened = panel.locator(".print-latest").get_by_role("link", name="Ouvrir : Sous les yeux")
    expect(opened).to_be_focused(timeout=120_000)
    expect(opened).to_be_in_viewport()
    under, above = opened.bounding_box(), button.bounding_box()
    assert under
    assert above
    assert 0 < under["y"] - above["y"] < 160
    answer = page.request.get(f"{demo.url}{opened.get_attribute('href')}")
    assert answer.headers["content-disposition"].startswith("inline")


def test_the_title_of_the_finished_map_stands_above_its_buttons(context: BrowserContext, demo: Demo) -> None:
    page = open_map(context, demo, PLACE)
    panel = desk_of(page)
    panel.get_by_label("Titre", exact=True).fill("Un titre de quelques mots")
    panel.get_by_role("button", name="Imprimer en PDF").click()
    latest = panel.locator(".print-latest")
    expect(latest.get_by_role("link", name="Ouvrir : Un titre de quelques mots")).to_be_visible(timeout=120_000)
    title, opened = latest.locator("strong").bounding_box(), latest.get_by_role("link").first.bounding_box()
    assert title
    assert opened
    assert opened["y"] >= title["y"] + title["height"]


def test_what_was_selected_is_still_outlined_where_the_sheet_gives_way_to_printing(phone: Page) -> None:
    phone.get_by_role("combobox").fill("AB 12 Saint-Aubin")
    expect(phone.get_by_role("option").first).to_be_visible()
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("heading", name=re.compile(r"^AB\s12$"))).to_be_visible()
    phone.get_by_role("button", name="Plus", exact=True).click()
    phone.get_by_role("button", name="Imprimer", exact=True).click()
    expect(desk_of(phone).get_by_label("Entourer l’objet sélectionné")).to_be_checked()
    phone.get_by_role("button", name="Replier").click()
    expect(phone.get_by_role("heading", name=re.compile(r"^AB\s12$"))).to_be_visible()


def test_a_list_that_does_not_come_once_is_asked_for_again(desk: Page) -> None:
    desk.locator("[data-desk=print]").click()
    panel = desk_of(desk)
    lost: list[str] = []

    def lose(route: Route) -> None:
        """The first list after the order."""
        if not lost and route.request.method == "GET":
            lost.append(route.request.url)
            return route.fulfill(status=200, content_type="application/json", body="{")
        return route.continue_()

    panel.get_by_label("Titre", exact=True).fill("Sous le pont")
    desk.route("**/api/v1/prints/", lose)
    panel.get_by_role("button", name="Imprimer en PDF").click()
    expect(panel.get_by_role("link", name="Ouvrir : Sous le pont")).to_be_visible(timeout=120_000)
    assert lost


def test_a_map_that_is_done_after_the_panel_was_left_is_announced(context: BrowserContext, demo: Demo) -> None:
    context.clock.install()
    page = open_map(context, demo, PLACE)
    panel = desk_of(page)
    left: list[bool] = []

    def still_running(route: Route) -> None:
        """Until the panel was left, the list of prints is as it is before any is done, however fast the server."""
        if left or route.request.method != "GET":
            return route.continue_()
        answer = route.fetch()
        prints = [one | {"state": "running", "file": None} for one in answer.json()["results"]]
        return route.fulfill(response=answer, json={**answer.json(), "results": prints})

    page.route("**/api/v1/prints/", still_running)
    panel.get_by_label("Titre", exact=True).fill("Entre-temps")
    panel.get_by_role("button", name="Imprimer en PDF").click()
    expect(panel.get_by_text("Entre-temps").first).to_be_visible()
    page.locator(".panel-header button.icon-button").last.click()
    # Not `unroute`: an answer may be on its way.
    left.append(True)
    notice = page.locator("arp-notices").get_by_text("« Entre-temps » est prêt.")
    expect(notice).to_be_visible(timeout=120_000)
    context.clock.fast_forward(9_500)
    expect(page.locator("arp-notices").get_by_role("button", name="Ouvrir")).to_be_visible()


def test_an_order_without_a_title_says_what_is_missing(desk: Page) -> None:
    desk.locator("[data-desk=print]").click()
    panel = desk_of(desk)
    panel.get_by_role("button", name="Imprimer en PDF").click()
    expect(panel.get_by_text("Donnez un titre au plan.")).to_be_visible()
    expect(panel.get_by_label("Titre", exact=True)).to_be_focused()


def test_the_frame_is_dragged_by_its_handle(blank_desk: Page, demo: Demo) -> None:
    desk = open_map(blank_desk.context, demo, PLACE)
    desk_of(desk)
    at_rest(desk)
    before = east(desk)
    canvas = desk.locator("#arpent-map").bounding_box()
    assert canvas
    middle = (canvas["x"] + canvas["width"] / 2, canvas["y"] + canvas["height"] / 2)
    point_at_the_handle(desk, *middle)
    desk.mouse.down()
    desk.mouse.move(middle[0] + 120, middle[1], steps=6)
    desk.mouse.up()
    until(desk, lambda: 20 < float(east(desk)) - float(before) < 120, "the frame is not where it was dragged to")


def test_the_frame_is_moved_with_keys(desk: Page) -> None:
    desk.locator("[data-desk=print]").click()
    panel = desk_of(desk)
    before = east(desk)
    keys = panel.get_by_role("button", name=re.compile("Déplacer le cadre avec les flèches"))
    keys.focus()
    keys.press("ArrowRight")
    keys.press("Shift+ArrowLeft")
    expect(panel.get_by_label("E (m)")).not_to_have_value(before)
    assert float(east(desk)) > float(before)


def test_a_scale_of_ones_own_is_checked(desk: Page) -> None:
    desk.locator("[data-desk=print]").click()
    panel = desk_of(desk)
    panel.get_by_label("Échelle", exact=True).select_option("")
    panel.get_by_label(re.compile(r"1\s: n")).fill("50")
    expect(panel.get_by_text("Un nombre entier de 100 à 100")).to_be_visible()
    expect(panel.get_by_role("button", name="Imprimer en PDF")).to_be_disabled()
    panel.get_by_label(re.compile(r"1\s: n")).fill("750")
    expect(panel.get_by_role("button", name="Imprimer en PDF")).to_be_enabled()


def test_axe_finds_nothing_serious_in_the_desk(context: BrowserContext, demo: Demo) -> None:
    page = open_map(context, demo, PLACE)
    desk_of(page)
    page.locator(".print-more").evaluate("details => details.open = true")
    assert serious(page) == []


def test_a_visitor_is_told_to_sign_in(demo: Demo, browser) -> None:  # type: ignore[no-untyped-def]
    context = browser.new_context(locale="fr-FR")
    page = open_map(context, demo, PLACE)
    expect(page.get_by_text("Connectez-vous pour imprimer")).to_be_visible()
    expect(page.locator("arp-print-panel").get_by_role("link", name="Se connecter")).to_be_visible()
    context.close()
