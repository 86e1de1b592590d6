"""Aerial photos in the web map, chosen and compared with a mouse, a finger and the keyboard alone.

The campaigns and their tiles are answered here: one flat colour each, so that a pixel tells which photo it belongs to.
"""

import io
import json
import re
from collections.abc import Callable, Iterator
from operator import itemgetter

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from tests.browser.axe import serious, serious_in_both_schemes, wider_by
from tests.browser.conftest import DESK, FIRST_VIEW_MS, PHONE, Demo, at_rest, open_map, opened, until

pytestmark = pytest.mark.browser

# Fields outside the town: few lines cross the photo.
PLACE = "#v=1&c=1.9005,47.5560&z=17&l=communes&p=none"
COLOURS = {"2014": (90, 90, 150), "2020": (150, 90, 60), "2024": (60, 120, 70)}
WHOLE = [1.85, 47.5, 2.02, 47.6]
CLOSE = PLACE.replace("z=17", "z=18")
# Two clusters with PLACE between them.
CLUSTERS = [[1.85, 47.5, 1.8955, 47.6], [1.9055, 47.5, 2.02, 47.6]]
LIST_STATUS = "document.querySelector('arpent-app').app.state.photos?.status"
PLAIN_GROUND = (243, 240, 232)
Photo = dict[str, object]


def footprint(*boxes: list[float]) -> dict[str, object]:
    rings = [[[w, s], [e, s], [e, n], [w, n], [w, s]] for w, s, e, n in boxes]
    return {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}


def photo(slug: str, acquired: str, resolution: float, **more: object) -> Photo:
    return {
        "slug": slug,
        "kind": "photo",
        "title": f"Campagne {slug}",
        "acquired": acquired,
        "resolution_m": resolution,
        "visibility": "public",
        "owner": None,
        "attribution": "IGN",
        "licence": "Licence ouverte 2.0",
        "abstract": "",
        "edition": 3,
        "extent_4326": WHOLE,
        "footprint_4326": footprint(WHOLE),
        "tiles": f"/ortho/v3/wmts/{slug}/PM/{{z}}/{{x}}/{{y}}.png",
        "min_zoom": 0,
        "max_zoom": 21,
    } | more


PHOTOS = [photo("2024", "2024-06-12", 0.05), photo("2020", "2020-06", 0.2), photo("2014", "2014", 0.5)]


def tile(route: Route) -> None:
    slug = re.search(r"/wmts/(\w+)/PM/\d+/\d+/\d+\.png$", route.request.url)
    assert slug
    body = io.BytesIO()
    Image.new("RGB", (256, 256), COLOURS[slug[1]]).save(body, "PNG")
    route.fulfill(body=body.getvalue(), content_type="image/png")


def nothing_there(route: Route) -> None:
    body = io.BytesIO()
    Image.new("RGBA", (256, 256)).save(body, "PNG")
    route.fulfill(body=body.getvalue(), content_type="image/png")


def serve(context: BrowserContext, photos: list[Photo] | None = None, tiles: Callable[[Route], None] = tile) -> None:
    """Answers for the server; `photos` is read at each request, so that a test may change it."""
    known = PHOTOS if photos is None else photos

    def listed(route: Route) -> None:
        route.fulfill(json={"count": len(known), "next": None, "results": known})

    context.route(re.compile(r"/api/v1/photos/"), listed)
    context.route(re.compile(r"/ortho/"), tiles)


@pytest.fixture
def photos(browser: Browser, signed_in: dict[str, object]) -> Iterator[BrowserContext]:
    for context in opened(browser, signed_in, DESK):
        serve(context)
        yield context


@pytest.fixture
def pocket(browser: Browser, signed_in: dict[str, object]) -> Iterator[BrowserContext]:
    for context in opened(browser, signed_in, PHONE):
        serve(context)
        yield context


@pytest.fixture
def rough(browser: Browser, signed_in: dict[str, object]) -> Iterator[BrowserContext]:
    """A context where requests may fail: the browser itself complains of each in the console."""
    context = browser.new_context(viewport=DESK, locale="fr-FR", storage_state=signed_in)  # type: ignore[arg-type]
    yield context
    context.close()


def ground(page: Page, x: float, y: float) -> tuple[int, int, int]:
    """The colour that the map has most about a point of the page."""
    area = Image.open(io.BytesIO(page.screenshot(clip={"x": x - 8, "y": y - 8, "width": 16, "height": 16})))
    red, green, blue = max(area.convert("RGB").getcolors(256) or [], key=itemgetter(0))[1]
    return red, green, blue


def shown(page: Page, x: float, y: float) -> str:
    """Which photo the map shows about a point of the page."""
    colour = ground(page, x, y)
    return min(COLOURS, key=lambda slug: sum(abs(a - b) for a, b in zip(COLOURS[slug], colour, strict=True)))


def shows(page: Page, *places: tuple[float, float, str]) -> None:
    """Wait until the map shows these photos at these points of the page."""
    until(page, lambda: all(shown(page, x, y) == slug for x, y, slug in places), f"not all of {places} are shown")


def desk_of_photos(page: Page) -> Locator:
    page.get_by_role("button", name="Photos", exact=True).press("Enter")
    expect(page.get_by_role("radio", name=re.compile("Aucune photo"))).to_be_visible()
    return page.get_by_role("region", name="Photos")


def divider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Séparation des deux photos")


def test_a_photo_is_chosen_with_the_keyboard_alone(photos: BrowserContext, demo: Demo) -> None:
    page = open_map(photos, demo, PLACE)
    desk = desk_of_photos(page)
    desk.get_by_role("radio", name=re.compile("Aucune photo")).focus()
    page.keyboard.press("ArrowDown")
    newest = desk.get_by_role("radio", name=re.compile("Campagne 2024"))
    expect(newest).to_be_checked()
    expect(page.get_by_text(re.compile(r"Photo du 12 juin 2024, 5\scm"))).to_be_visible()
    expect(page).to_have_url(re.compile("ph=2024"))
    shows(page, (900, 300, "2024"))


def test_the_list_says_when_how_sharp_and_for_whom(photos: BrowserContext, demo: Demo) -> None:
    desk = desk_of_photos(open_map(photos, demo, PLACE))
    expect(
        desk.get_by_role("radio", name=re.compile(r"Campagne 2020 juin 2020 · 20\scm Tout le monde"))
    ).to_be_visible()


def test_the_map_has_keys_for_photos(photos: BrowserContext, demo: Demo) -> None:
    page = open_map(photos, demo, PLACE)
    page.locator("#arpent-map").focus()
    page.keyboard.press("p")
    expect(page).to_have_url(re.compile("ph=2024"))
    page.keyboard.press("c")
    expect(divider(page)).to_be_visible()
    page.keyboard.press("v")
    expect(page.get_by_role("img", name=re.compile("Carte de gauche"))).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("region", name="Comparaison de deux photos")).to_have_count(0)
    page.keyboard.press("Shift+P")
    expect(page.locator("arp-photo-card")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("ph="))


def test_the_divider_uncovers_one_photo_and_covers_the_other(photos: BrowserContext, demo: Demo) -> None:
    page = open_map(photos, demo, f"{PLACE}&ph=2024&cmp=swipe.2020.50")
    shows(page, (500, 300, "2020"), (1000, 300, "2024"))
    divider(page).focus()
    page.keyboard.press("Home")
    expect(divider(page)).to_have_attribute("aria-valuenow", "0")
    shows(page, (500, 300, "2024"))
    page.keyboard.press("End")
    shows(page, (1000, 300, "2020"))


def test_the_divider_tells_what_it_divides(photos: BrowserContext, demo: Demo) -> None:
    page = open_map(photos, demo, f"{PLACE}&ph=2024&cmp=swipe.2020.50")
    divider(page).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("PageDown")
    expect(divider(page)).to_have_attribute("aria-valuetext", "juin 2020 sur 42 % à gauche, 12 juin 2024 à droite")


def test_the_divider_follows_the_mouse(photos: BrowserContext, demo: Demo) -> None:
    page = open_map(photos, demo, f"{PLACE}&ph=2024&cmp=swipe.2020.50")
    expect(divider(page)).to_be_visible()
    at_rest(page)
    box = divider(page).bounding_box()
    assert box
    page.mouse.move(box["x"] + 9, 200)
    page.mouse.down()
    page.mouse.move(400, 200, steps=4)
    page.mouse.up()
    expect(divider(page)).to_have_attribute("aria-valuenow", str(round((400 - 56) / (1440 - 56) * 100)))


def test_the_divider_follows_a_finger(pocket: BrowserContext, demo: Demo) -> None:
    page = open_map(pocket, demo, f"{PLACE}&ph=2024&cmp=swipe.2020.50")
    expect(divider(page)).to_be_visible()
    at_rest(page)
    box = divider(page).locator(".photo-grip").bounding_box()
    assert box
    finger = pocket.new_cdp_session(page)
    y = box["y"] + 22
    for kind, x in [("touchStart", 195), ("touchMove", 150), ("touchMove", 78), ("touchEnd", None)]:
        points = [] if x is None else [{"x": x, "y": y}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    expect(divider(page)).to_have_attribute("aria-valuenow", "20")


def test_the_link_restores_the_comparison(photos: BrowserContext, demo: Demo) -> None:
    page = open_map(photos, demo, PLACE)
    desk = desk_of_photos(page)
    desk.get_by_role("radio", name=re.compile("Campagne 2024")).check()
    brightness = desk.get_by_role("slider", name=re.compile("Luminosité"))
    brightness.focus()
    page.keyboard.press("ArrowRight")
    desk.get_by_role("button", name="Comparer").press("Enter")
    divider(page).focus()
    page.keyboard.press("PageUp")
    page.get_by_role("combobox", name="À gauche").select_option("2014")
    expect(page).to_have_url(re.compile(r"ph=2024&br=105&cmp=swipe\.2014\.60"))
    again = open_map(photos, demo, "#" + page.url.partition("#")[2])
    expect(divider(again)).to_have_attribute("aria-valuenow", "60")
    expect(again.get_by_role("combobox", name="À gauche")).to_have_value("2014")
    expect(again.get_by_role("slider", name=re.compile("Luminosité"))).to_have_value("105")


def test_brightness_is_of_the_photo_alone(photos: BrowserContext, demo: Demo) -> None:
    page = open_map(photos, demo, f"{PLACE}&ph=2024&br=140")
    expect(page.locator("#arpent-map .photo-right")).to_have_css("filter", "brightness(1.4)")
    canvases = page.locator("#arpent-map .ol-layers > div, #arpent-map .photo")
    filters = canvases.evaluate_all("all => all.map(one => [one.className, getComputedStyle(one).filter])")
    assert {name: value for name, value in filters if "photo" in name} == {"photo photo-right": "brightness(1.4)"}
    assert all(value == "none" for name, value in filters if "photo" not in name)


def test_the_time_line_replaces_the_nearer_campaign(photos: BrowserContext, demo: Demo) -> None:
    page = open_map(photos, demo, f"{PLACE}&ph=2024&cmp=swipe.2020.50")
    page.get_by_role("button", name=re.compile(r"^2014, 50\scm : mettre à gauche")).press("Enter")
    expect(page.get_by_role("combobox", name="À gauche")).to_have_value("2014")
    page.get_by_role("button", name="Échanger gauche et droite").press("Enter")
    expect(page.get_by_role("combobox", name="À gauche")).to_have_value("2024")
    expect(page.get_by_role("combobox", name="À droite")).to_have_value("2014")


def test_closing_the_comparison_gives_the_focus_to_the_map(photos: BrowserContext, demo: Demo) -> None:
    page = open_map(photos, demo, f"{PLACE}&ph=2024")
    page.get_by_role("button", name="Comparer").press("Enter")
    expect(divider(page)).to_be_focused()
    page.get_by_role("button", name="Fermer la comparaison").press("Enter")
    expect(page.locator("#arpent-map")).to_be_focused()


def test_side_by_side_the_cursor_is_in_both_maps(photos: BrowserContext, demo: Demo) -> None:
    page = open_map(photos, demo, f"{PLACE}&ph=2024&cmp=side.2020.50")
    shows(page, (400, 300, "2020"), (1100, 300, "2024"))
    at_rest(page)
    page.mouse.move(300, 400)
    expect(page.get_by_text(re.compile(r"Photo de juin 2020, 20\scm"))).to_be_visible()
    cursor = page.locator("#arpent-map .twin-cursor")
    expect(cursor).to_be_visible()
    at_rest(page)
    box = cursor.bounding_box()
    left = page.locator("#arpent-twin-map").bounding_box()
    right = page.locator("#arpent-map").bounding_box()
    assert box
    assert left
    assert right
    assert box["x"] + 12 - right["x"] == pytest.approx(300 - left["x"], abs=1.5)
    assert box["y"] + 12 == pytest.approx(400, abs=1.5)


def test_side_by_side_both_maps_move_together(photos: BrowserContext, demo: Demo) -> None:
    half = [photo("2020", "2020-06", 0.2, extent_4326=[1.85, 47.5, 1.9005, 47.6]), PHOTOS[0]]
    serve(photos, half)
    page = open_map(photos, demo, f"{PLACE}&ph=2024&cmp=side.2020.50")
    shows(page, (300, 300, "2020"))
    at_rest(page)
    page.mouse.move(300, 300)
    page.mouse.down()
    page.mouse.move(700, 300, steps=5)
    page.wait_for_timeout(300)  # what is let go of on the move goes on
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"c=1\.897"))
    shows(page, (600, 300, "2020"), (1100, 300, "2024"))


def test_outside_the_photo_the_status_line_says_so(photos: BrowserContext, demo: Demo) -> None:
    page = open_map(photos, demo, "#v=1&c=2.1,47.55&z=16&l=communes&p=none&ph=2024")
    expect(page.get_by_text("Pas de photo ici")).to_be_visible()


@pytest.fixture
def clusters(
    browser: Browser, signed_in: dict[str, object], request: pytest.FixtureRequest
) -> Iterator[BrowserContext]:
    """A campaign of two clusters, nothing between them."""
    for context in opened(browser, signed_in, getattr(request, "param", DESK)):
        known = [photo("2024", "2024-06-12", 0.05, footprint_4326=footprint(*CLUSTERS)), *PHOTOS[1:]]
        serve(context, known, nothing_there)
        yield context


@pytest.mark.parametrize("clusters", [DESK, PHONE], ids=["desk", "phone"], indirect=True)
def test_between_the_clusters_of_a_campaign_the_map_says_that_it_is_away(clusters: BrowserContext, demo: Demo) -> None:
    page = open_map(clusters, demo, f"{CLOSE}&ph=2024")
    expect(page.get_by_text("Pas de photo ici")).to_be_visible()
    expect(page.get_by_text("Hors de la vue")).to_be_visible()
    assert serious(page) == []
    page.get_by_role("button", name="Cadrer la photo").press("Enter")
    expect(page.get_by_text("Hors de la vue")).to_have_count(0)


def test_between_the_clusters_the_desk_says_that_the_campaign_is_away(clusters: BrowserContext, demo: Demo) -> None:
    page = open_map(clusters, demo, f"{CLOSE.removesuffix('&p=none')}&p=photos&ph=2024")
    expect(page.get_by_text("Hors de la vue")).to_have_count(1)
    expect(page.get_by_role("region", name="Photos").get_by_text("Hors de la vue")).to_be_visible()


def test_between_the_clusters_the_ground_is_that_of_the_plain_map(clusters: BrowserContext, demo: Demo) -> None:
    page = open_map(clusters, demo, f"{PLACE}&ph=2024")
    # Before the photo is laid all of the ground is plain.
    until(page, lambda: ground(page, 200, 300) != pytest.approx(PLAIN_GROUND, abs=100), "the photo is not laid")
    until(page, lambda: ground(page, 760, 300) == pytest.approx(PLAIN_GROUND, abs=2), "the ground is not the plain one")
    assert ground(page, 200, 300) != pytest.approx(PLAIN_GROUND, abs=100)
    page.mouse.move(200, 300)
    expect(page.get_by_text(re.compile("Photo du 12 juin 2024"))).to_be_visible()


def test_a_campaign_published_meanwhile_is_shown_when_one_comes_back_to_the_map(
    photos: BrowserContext, demo: Demo
) -> None:
    known = [*PHOTOS]
    serve(photos, known)
    page = photos.new_page()
    page.clock.install()
    page.goto(f"{demo.url}/{PLACE}&ph=2024")
    page.wait_for_selector("html[data-arpent-ready=true]", state="attached", timeout=FIRST_VIEW_MS)
    come_back = "() => document.dispatchEvent(new Event('visibilitychange'))"
    # However long the map took to come: the list is of now.
    until(page, lambda: page.evaluate(LIST_STATUS) == "ready", "the list does not come")
    page.clock.fast_forward(61_000)
    with page.expect_response(re.compile("/api/v1/photos/")):
        page.evaluate(come_back)
    new_edition = "/ortho/v9/wmts/2024/PM/{z}/{x}/{y}.png"
    known[0] = photo("2024", "2024-06-12", 0.05, edition=9, tiles=new_edition)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/v1/photos/" in request.url else None)
    page.clock.fast_forward(30_000)
    page.evaluate(come_back)
    assert asked == []
    page.clock.fast_forward(61_000)
    with page.expect_request(re.compile("/ortho/v9/wmts/2024/")):
        page.evaluate(come_back)
    assert len(asked) == 1


def test_a_link_to_a_photo_one_may_not_see_opens_the_plain_map(photos: BrowserContext, demo: Demo) -> None:
    page = open_map(photos, demo, f"{PLACE}&ph=secret&cmp=swipe.2020.50")
    expect(page.get_by_text(re.compile("La photo demandée n’existe plus, ou ne vous est pas ouverte"))).to_be_visible()
    expect(page.get_by_role("region", name="Comparaison de deux photos")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("ph="))


def test_a_photo_taken_back_leaves_the_map_with_one_notice(rough: BrowserContext, demo: Demo) -> None:
    known = [*PHOTOS]
    taken_back = False

    def tiles(route: Route) -> None:
        if taken_back:
            route.fulfill(status=404)
        else:
            tile(route)

    serve(rough, known, tiles)
    page = open_map(rough, demo, f"{PLACE}&ph=2024")
    taken_back = True
    known.remove(PHOTOS[0])
    page.locator("#arpent-map").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
        page.keyboard.press("+")
    expect(page.locator(".notice")).to_have_count(1)
    expect(page.locator(".notice")).to_contain_text("n’existe plus")
    expect(page).not_to_have_url(re.compile("ph="))


def test_tiles_that_fail_are_told_once(rough: BrowserContext, demo: Demo) -> None:
    asked: list[str] = []
    rough.on("request", lambda request: asked.append(request.url) if "/api/v1/photos/" in request.url else None)
    serve(rough, tiles=lambda route: route.fulfill(status=500))
    page = open_map(rough, demo, f"{PLACE}&ph=2024")
    expect(page.locator(".notice")).to_contain_text("ne se chargent pas")
    page.locator("#arpent-map").focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    at_rest(page)
    expect(page.locator(".notice")).to_have_count(1)
    assert len(asked) <= 2


def test_without_a_campaign_the_desk_says_whom_to_ask(
    browser: Browser, signed_in: dict[str, object], demo: Demo
) -> None:
    for context in opened(browser, signed_in, DESK):
        serve(context, [])
        page = open_map(context, demo)
        page.get_by_role("button", name="Photos", exact=True).click()
        expect(page.get_by_text("Aucune photo aérienne pour le moment")).to_be_visible()
        expect(page.get_by_text(re.compile("administrateur SIG"))).to_be_visible()
        assert serious(page) == []


def test_a_list_that_fails_is_asked_again(rough: BrowserContext, demo: Demo) -> None:
    answers = [500, 200]

    def listed(route: Route) -> None:
        status = answers.pop(0)
        body = {"count": 3, "next": None, "results": PHOTOS} if status == 200 else {"title": "Panne", "status": 500}
        kind = "application/json" if status == 200 else "application/problem+json"
        route.fulfill(status=status, body=json.dumps(body), content_type=kind)

    rough.route(re.compile(r"/api/v1/photos/"), listed)
    page = open_map(rough, demo)
    page.get_by_role("button", name="Photos", exact=True).click()
    expect(page.get_by_text("Panne")).to_be_visible()
    page.get_by_role("button", name="Réessayer").click()
    expect(page.get_by_role("radio", name=re.compile("Campagne 2014"))).to_be_visible()


@pytest.mark.parametrize("fragment", ["&p=photos", "&cmp=swipe.2020.50", "&cmp=side.2020.50&p=photos", ""])
def test_axe_finds_nothing_serious_with_photos(context: BrowserContext, demo: Demo, fragment: str) -> None:
    serve(context)
    page = context.new_page()
    page.goto(f"{demo.url}/{PLACE.removesuffix('&p=none')}&ph=2024{fragment}")
    page.wait_for_selector("html[data-arpent-ready=true]", state="attached", timeout=FIRST_VIEW_MS)
    assert serious_in_both_schemes(page) == []


def test_a_comparison_fits_a_phone(pocket: BrowserContext, demo: Demo) -> None:
    page = open_map(pocket, demo, f"{PLACE}&ph=2024&cmp=swipe.2020.50")
    expect(page.get_by_role("region", name="Comparaison de deux photos")).to_be_visible()
    assert wider_by(page) <= 0
    buttons = page.locator(".photo-strip button")
    expect(buttons.first).to_be_visible()
    for button in buttons.all():
        box = button.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44


def test_on_a_phone_a_sheet_takes_the_place_of_the_strip(pocket: BrowserContext, demo: Demo) -> None:
    page = open_map(pocket, demo, f"{PLACE}&ph=2024&cmp=swipe.2020.50")
    strip = page.locator(".photo-strip")
    expect(strip).to_be_visible()
    at_rest(page)
    page.touchscreen.tap(300, 300)
    expect(page.get_by_role("button", name="Fermer la fiche")).to_be_visible()
    expect(strip).to_be_hidden()
    page.get_by_role("button", name="Fermer la fiche").click()
    expect(strip).to_be_visible()
