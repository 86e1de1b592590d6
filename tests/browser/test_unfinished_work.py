"""What is begun on the map and not finished outlives a session and a reload, for the same person alone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESK, PHONE, Demo, linked, sign_in, until
from tests.browser.test_choosing import lay, lines, take
from tests.browser.test_editing import another, edit, field, kept
from tests.browser.test_sessions import end_session, sign_in_again

pytestmark = pytest.mark.browser
PLACE = "#v=1&c=1.8976,47.5546&z=17&l=parcels"
PERSON = "sig.lys"


@dataclass(frozen=True)
class Piece:
    """A piece of work: the panel that it is begun in, how it is begun, and what one sees as long as it is there."""

    panel: str
    begin: Callable[[Page], None]
    expect_there: Callable[[Page], None]
    expect_gone: Callable[[Page], None]


# -- a measure --------------------------------------------------------------------------------------------------------


def measure(page: Page) -> None:
    expect(page.locator("arp-measure-panel .measure-result")).to_be_visible()
    lay(page, (-60, -40), (40, -40), (40, 30))


def expect_measured(page: Page) -> None:
    expect(page.locator(".segments-list li")).to_have_count(2)


def expect_not_measured(page: Page) -> None:
    expect(page.locator("arp-measure-panel .measure-result")).to_be_visible()
    expect(page.locator(".segments-list li")).to_have_count(0)


# -- parcels ----------------------------------------------------------------------------------------------------------


def draw_zone(page: Page) -> None:
    take(page, "Dessin")
    lay(page, (-50, -50), (50, -50), (0, 50))


def points_laid(page: Page) -> int:
    return int(page.evaluate("document.querySelector('arpent-app').app.state.measure?.points.length ?? 0"))


def expect_drawn(page: Page) -> None:
    expect(page.get_by_role("radio", name="Dessin", exact=True)).to_be_checked()
    page.wait_for_timeout(200)
    until(page, lambda: points_laid(page) == 3, "not all of its points are there")


def expect_no_zone(page: Page) -> None:
    expect(page.get_by_role("radio", name="Clic", exact=True)).to_be_checked()
    assert points_laid(page) == 0


def choose_many(page: Page) -> None:
    """More than a link names."""
    take(page, "Dessin")
    lay(page, (-110, -70), (110, -70), (110, 70), (-110, 70))
    page.get_by_role("button", name="Terminer").locator("visible=true").first.click()
    expect(lines(page).nth(20)).to_be_attached()


def expect_many(page: Page) -> None:
    expect(lines(page).nth(20)).to_be_attached()


def expect_none(page: Page) -> None:
    expect(page.get_by_text("Aucune parcelle choisie")).to_be_visible()


def type_references(page: Page) -> None:
    take(page, "Liste")
    page.get_by_label("Références", exact=True).fill("AB 12, AB 13")


def expect_references(page: Page) -> None:
    expect(page.get_by_label("Références", exact=True)).to_have_value("AB 12, AB 13")


def expect_no_references(page: Page) -> None:
    take(page, "Liste")
    expect(page.get_by_label("Références", exact=True)).to_have_value("")


# -- a print ----------------------------------------------------------------------------------------------------------


def compose(page: Page) -> None:
    page.get_by_label("Titre", exact=True).fill("Rue de la Cave")
    page.get_by_label("Échelle", exact=True).select_option("250")


def expect_composed(page: Page) -> None:
    expect(page.get_by_label("Titre", exact=True)).to_have_value("Rue de la Cave")
    expect(page.get_by_label("Échelle", exact=True)).to_have_value("250")


def expect_not_composed(page: Page) -> None:
    expect(page.get_by_label("Titre", exact=True)).to_have_value("")


# -- a trace ----------------------------------------------------------------------------------------------------------


def follow(page: Page) -> None:
    page.get_by_role("tab", name="Suivre").click()
    page.evaluate(FOLLOW, pipe_of(page))
    expect(page.locator(".water-headline")).to_be_visible()


# A pipe of the demo, as the API of layers gives it.
FOLLOW = """async (pipe) => {
    const desk = document.querySelector('arp-water-panel').desk;
    desk.follow('water', pipe);
}"""


def pipe_of(page: Page) -> int:
    answer = page.request.get(page.url.split("#")[0] + "ogc/collections/water-pipes/items", params={"limit": 1})
    return int(answer.json()["features"][0]["id"])


def expect_followed(page: Page) -> None:
    expect(page.get_by_role("tab", name="Suivre")).to_have_attribute("aria-selected", "true")
    expect(page.locator("arp-water-trace .water-headline")).to_be_visible()


def expect_not_followed(page: Page) -> None:
    expect(page.get_by_role("button", name="Montrer la casse")).to_be_visible()
    page.get_by_role("tab", name="Suivre").click()
    expect(page.get_by_role("button", name="Montrer le départ")).to_be_visible()


# -- a filter ---------------------------------------------------------------------------------------------------------


def filter_rows(page: Page) -> None:
    page.get_by_role("button", name="Tableau complet").click()
    page.get_by_role("button", name="Filtrer").click()
    page.locator(".data-value").fill("AB")
    expect(page.locator(".data-table")).to_have_attribute("aria-busy", "false")


def expect_filtered(page: Page) -> None:
    if not page.locator(".data-table").is_visible():
        page.get_by_role("button", name="Tableau complet").click()
    expect(page.locator(".data-value")).to_have_value("AB")


def expect_not_filtered(page: Page) -> None:
    page.get_by_role("button", name="Tableau complet").click()
    expect(page.locator(".data-table")).to_be_visible()
    expect(page.locator(".data-value")).to_have_count(0)


PIECES = {
    "measure": Piece("measure", measure, expect_measured, expect_not_measured),
    "zone": Piece("choose", draw_zone, expect_drawn, expect_no_zone),
    "parcels": Piece("choose", choose_many, expect_many, expect_none),
    "references": Piece("choose", type_references, expect_references, expect_no_references),
    "print": Piece("print", compose, expect_composed, expect_not_composed),
    "trace": Piece("water", follow, expect_followed, expect_not_followed),
    "filter": Piece("list", filter_rows, expect_filtered, expect_not_filtered),
}


# What one person may have begun at once; a measure and a zone are drawn on the map, one at a time.
TOGETHER = {
    "panels": [PIECES[name] for name in ("parcels", "references", "print", "trace", "filter")],
    "measure": [PIECES["measure"]],
    "zone": [PIECES["zone"]],
}


OPEN = """(panel) => {
    const { app } = document.querySelector('arpent-app');
    if (app.state.panel !== panel) app.screen.openPanel(panel);
}"""


@contextmanager
def at_work(browser: Browser, demo: Demo, pieces: list[Piece], size: Any = DESK) -> Iterator[Page]:
    """Somebody with pieces of work that are begun."""
    context = browser.new_context(locale="fr-FR", viewport=size, has_touch=size is PHONE)
    page = context.new_page()
    sign_in(page, demo, PERSON)
    come(page, demo, pieces[0])
    for piece in pieces:
        open_panel(page, piece)
        piece.begin(page)
        linked(page)
    yield page
    context.close()


def come(page: Page, demo: Demo, piece: Piece) -> None:
    """To the panel of the work, in the same tab."""
    page.goto("about:blank")
    page.goto(f"{demo.url}/{PLACE}&p={piece.panel}")
    ready(page)


def ready(page: Page) -> None:
    page.wait_for_selector("html[data-arpent-ready=true]", state="attached", timeout=90_000)


def open_panel(page: Page, piece: Piece) -> None:
    """Unless it is: what is drawn on the map ends with its panel."""
    page.evaluate(OPEN, piece.panel)


def expect_all_there(page: Page, pieces: list[Piece]) -> None:
    for piece in pieces:
        open_panel(page, piece)
        piece.expect_there(page)


together = pytest.mark.parametrize("pieces", TOGETHER.values(), ids=TOGETHER)
sizes = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])


@sizes
@together
def test_it_survives_a_reload(browser: Browser, demo: Demo, pieces: list[Piece], size: Any) -> None:
    with at_work(browser, demo, pieces, size) as page:
        page.reload()
        ready(page)
        expect_all_there(page, pieces)


@together
def test_it_goes_on_once_signed_in_again_over_the_map(browser: Browser, demo: Demo, pieces: list[Piece]) -> None:
    with at_work(browser, demo, pieces) as page:
        end_session(page.context, demo)
        page.evaluate("void document.querySelector('arpent-app').app.layers.refresh()")
        sign_in_again(page, demo, PERSON)
        expect_all_there(page, pieces)


@together
def test_nobody_else_finds_it_and_the_same_person_does(browser: Browser, demo: Demo, pieces: list[Piece]) -> None:
    with at_work(browser, demo, pieces) as page:
        end_session(page.context, demo)
        sign_in(page, demo, "reseaux.lys")
        come(page, demo, pieces[0])
        for piece in pieces:
            open_panel(page, piece)
            piece.expect_gone(page)
        page.context.clear_cookies()
        sign_in(page, demo, PERSON)
        come(page, demo, pieces[0])
        expect_all_there(page, pieces)


def test_whoever_signs_out_and_has_their_work_erased_leaves_nothing_in_the_tab(browser: Browser, demo: Demo) -> None:
    left = "Object.keys(sessionStorage).filter((name) => name.startsWith('arpent.print.')).length"
    with at_work(browser, demo, [PIECES["print"]]) as page:
        other = edit(page.context, demo, another(page.context, demo))
        field(other, "name").fill("Ordinateur partagé")
        kept(other)
        page.goto(f"{demo.url}/compte/")
        assert page.evaluate(left) == 1
        page.get_by_role("button", name="Se déconnecter").click()
        page.get_by_role("button", name="L’effacer").click()
        page.wait_for_url(f"{demo.url}/#*")
        assert page.evaluate(left) == 0
