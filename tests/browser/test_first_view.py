"""The map opens with what a role works with, then as the person left it; a link of somebody else's is not kept."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.axe import serious_in_both_schemes
from tests.browser.conftest import (
    DESK,
    FIRST_VIEW_MS,
    PHONE,
    Demo,
    at_rest,
    cookies_of,
    linked,
    to_another_page,
    until,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(browser: Browser, demo: Demo) -> Iterator[Callable[..., Page]]:
    """A page of the map for a person of the demo, in a context of its own."""
    contexts: list[BrowserContext] = []

    def open_for(username: str, fragment: str = "", size: dict[str, int] = DESK) -> Page:
        cookies = cookies_of(browser, demo, username)
        context = browser.new_context(viewport=size, locale="fr-FR", storage_state=cookies)  # type: ignore[arg-type]
        contexts.append(context)
        return ready(context.new_page(), f"{demo.url}/{fragment}")

    yield open_for
    for context in contexts:
        context.close()


def ready(page: Page, url: str) -> Page:
    page.goto(url)
    page.wait_for_selector("html[data-arpent-ready=true]", state="attached", timeout=FIRST_VIEW_MS)
    return page


def on(page: Page) -> set[str]:
    """Slugs of the layers that are on."""
    return set(page.evaluate("document.querySelector('arpent-app').app.layers.visible()"))


@pytest.mark.parametrize(
    ("username", "more"),
    [
        ("lecture.rimarde", set()),
        ("instruction.rimarde", {"plu-zones", "permits"}),
        ("reseaux.rimarde", {"water-pipes", "water-nodes", "sewer-pipes", "sewer-nodes"}),
    ],
)
def test_each_role_opens_what_it_works_with(opened: Callable[..., Page], username: str, more: set[str]) -> None:
    page = opened(username)
    assert {"parcels", "buildings", *more} <= on(page)
    assert not ({"plu-zones", "permits", "water-pipes"} - more) & on(page)
    assert not serious_in_both_schemes(page)


def test_the_map_opens_as_the_person_left_it_and_forgets_it_when_asked(opened: Callable[..., Page], demo: Demo) -> None:
    page = opened("mairie.rimarde")
    assert "sections" in on(page)
    with page.expect_response("**/compte/carte/") as answer:
        page.get_by_role("checkbox", name="Sections").uncheck()
    assert answer.value.status == 204
    again = ready(page.context.new_page(), demo.url)
    assert "sections" not in on(again)
    assert "plu-zones" in on(again)
    with to_another_page(again):
        again.get_by_role("button", name="Revenir à la vue de départ").click()
    again.wait_for_selector("html[data-arpent-ready=true]", state="attached", timeout=FIRST_VIEW_MS)
    assert "sections" in on(again)


def test_what_a_link_shows_is_not_kept(opened: Callable[..., Page], demo: Demo) -> None:
    page = opened("mairie.departement", "#v=1&c=1.92,47.55&z=16&l=parcels", PHONE)
    kept: list[str] = []
    page.on("request", lambda request: kept.append(request.url) if "/compte/carte/" in request.url else None)
    moved(page)
    page.wait_for_timeout(2_600)
    assert kept == []
    again = ready(page.context.new_page(), demo.url)
    expect(again.locator(".map-canvas")).to_be_visible()
    assert "sections" in on(again)


def test_what_another_person_left_in_the_tab_is_not_kept(
    opened: Callable[..., Page], browser: Browser, demo: Demo
) -> None:
    page = opened("lecture.rimarde")
    moved(page)
    linked(page)
    page.context.clear_cookies()
    page.context.add_cookies(cookies_of(browser, demo, "lecture.departement")["cookies"])  # type: ignore[arg-type]
    page.reload()
    page.wait_for_selector("html[data-arpent-ready=true]", state="attached", timeout=FIRST_VIEW_MS)
    # On a slow machine the page of before may just have kept what its own person did.
    kept: list[str] = []
    page.on("request", lambda request: kept.append(request.url) if "/compte/carte/" in request.url else None)
    moved(page)
    page.wait_for_timeout(2_600)
    assert kept == []


def test_a_first_view_that_could_not_be_given_back_is_told_and_the_map_is_kept_further(
    opened: Callable[..., Page],
) -> None:
    page = opened("reseaux.departement")
    moved(page)
    page.route("**/compte/carte/", lambda route: route.fulfill(status=503))
    page.get_by_role("button", name="Revenir à la vue de départ").click()
    expect(page.locator(".notice")).to_contain_text("Le serveur ne répond pas")
    page.unroute("**/compte/carte/")
    with page.expect_response("**/compte/carte/") as answer:
        page.get_by_role("checkbox", name="Sections").click()
    assert answer.value.status == 204


def moved(page: Page) -> None:
    page.locator(".map-canvas").focus()
    page.keyboard.press("ArrowRight")


def test_the_variants_of_prescriptions_are_one_box_that_opens(opened: Callable[..., Page]) -> None:
    page = opened("sig.rimarde")
    box = page.get_by_role("checkbox", name="Prescriptions et servitudes")
    expect(box).not_to_be_checked()
    box.check()
    assert {"plu-prescriptions-surf", "sup-assiettes-pct", "plu-informations-lin"} <= on(page)
    page.get_by_role("button", name="Les couches de Prescriptions et servitudes").click()
    page.get_by_role("checkbox", name="Prescriptions (surfaces)").uncheck()
    assert box.evaluate("(one) => one.indeterminate")
    assert not serious_in_both_schemes(page)
    box.click()
    assert "plu-prescriptions-surf" in on(page)


MARKS = "document.querySelector('arpent-app').app.view.map.main.layers.clusters.source.getFeatures()"
COUNTS = MARKS + ".map((mark) => mark.get('cluster').specks.length)"


def test_applications_that_are_too_small_to_be_seen_are_counted_then_seen_closer(opened: Callable[..., Page]) -> None:
    page = opened("instruction.lys", "#v=1&c=1.92,47.55&z=12.2&l=permits")
    until(page, lambda: max(page.evaluate(COUNTS), default=0) > 1, "nothing is counted together")
    # With each tile that comes others are counted together, elsewhere.
    at_rest(page)
    far = sum(page.evaluate(COUNTS))
    place = page.evaluate(
        f"{MARKS}.map((mark) => mark.get('cluster')).sort((a, b) => b.specks.length - a.specks.length)[0].at"
    )
    view = "document.querySelector('arpent-app').app.view.map.main.map"
    x, y = page.evaluate(f"(at) => {view}.getPixelFromCoordinate(at)", place)
    box = page.locator(".map-canvas").bounding_box()
    assert box
    page.mouse.click(box["x"] + x, box["y"] + y)
    until(page, lambda: page.evaluate(f"{view}.getView().getZoom()") > 13, "the map does not come closer")
    until(page, lambda: sum(page.evaluate(COUNTS)) < far, "as many are counted from closer")
    page.evaluate("document.querySelector('arpent-app').app.view.goTo({ zoom: 20, center: [1.92, 47.55] })")
    until(page, lambda: page.evaluate(COUNTS) == [], "a number stays where shapes are seen")


PIPES = (
    "document.querySelector('arpent-app').app.view.map.main.layers.idsIn('water-pipes', [-2e7, -2e7, 2e7, 2e7]).length"
)


def test_on_a_phone_a_technician_opens_where_pipes_are_seen(opened: Callable[..., Page]) -> None:
    page = opened("reseaux.lys", size=PHONE)
    until(page, lambda: page.evaluate(PIPES) > 5, "no pipe is drawn")


NAMES = """() => {
    const { main } = document.querySelector('arpent-app').app.view.map
    const { names, clusters } = main.layers
    return { taken: clusters.taken(), names: names.source.getFeatures().map((mark) => ({
        text: mark.getStyle().getText().getText(),
        at: main.map.getPixelFromCoordinate(mark.getGeometry().getCoordinates()),
        width: names.widthOf(mark.getStyle().getText().getText()),
    })) }
}"""


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_names_of_communes_are_read_beside_the_numbers_of_applications(
    opened: Callable[..., Page], size: dict[str, int]
) -> None:
    page = opened("instruction.lys", "#v=1&c=1.896,47.556&z=12.2&l=permits,communes", size)
    until(page, lambda: len(page.evaluate(NAMES)["names"]) > 2, "communes have no names")
    until(page, lambda: len(page.evaluate(NAMES)["taken"]) > 2, "no applications are counted")
    at_rest(page)
    seen = page.evaluate(NAMES)
    for name in seen["names"]:
        (x, y), half = name["at"], name["width"] / 2
        assert half <= x <= size["width"] - half, name["text"]
        for west, north, east, south in seen["taken"]:
            assert x + half <= west or x - half >= east or y + 7 <= north or y - 7 >= south, name["text"]
