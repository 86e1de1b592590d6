"""The settings of a layer in a real browser: described, styled over its own tiles, shown anew in the map."""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.axe import serious, serious_in_both_schemes, wider_by
from tests.browser.conftest import DESK, FIRST_VIEW_MS, PHONE, Demo, cookies_of, drawn, redrawn, until

pytestmark = pytest.mark.browser
LAYER = "/couches/street-lights/"
PREVIEW = ".style-map .map"
SYMBOL = '<symbol type="marker" name="0"><layer class="SimpleMarker"><prop k="name" v="star"/><prop k="size" v="4"/>'
SYMBOL += '<prop k="color" v="230,0,169,255"/></layer><layer class="SvgMarker"/></symbol>'
QML = f'<qgis version="3.40"><renderer-v2 type="singleSymbol"><symbols>{SYMBOL}</symbols></renderer-v2></qgis>'


@pytest.fixture(scope="module")
def state(demo: Demo, browser: Browser) -> dict[str, Any]:
    """The cookies of the GIS administrator of the Lys."""
    return cookies_of(browser, demo, "sig.lys")


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def anywhere(request: pytest.FixtureRequest, browser: Browser, state: Any) -> Iterator[Page]:
    yield from opened(browser, state, request.param)


@pytest.fixture
def desk(browser: Browser, state: Any) -> Iterator[Page]:
    yield from opened(browser, state, DESK)


def opened(browser: Browser, state: Any, size: Any) -> Iterator[Page]:
    """A page whose errors fail the test that opened it."""
    context = browser.new_context(locale="fr-FR", viewport=size, storage_state=state, has_touch=size is PHONE)
    complaints: list[str] = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert complaints == []


def styled(page: Page, demo: Demo) -> Page:
    """The style editor, once the layer has been drawn."""
    page.goto(f"{demo.url}{LAYER}style/")
    drawn(page, PREVIEW)
    return page


def previewed(page: Page) -> bytes:
    """What the preview shows once it has come to rest, to compare."""
    drawn(page, PREVIEW)
    return page.locator(PREVIEW).screenshot()


def test_axe_finds_nothing_serious_on_the_settings_of_a_layer(anywhere: Page, demo: Demo) -> None:
    for path in ("/couches/", LAYER, f"{LAYER}champs/", f"{LAYER}style/", "/couches-externes/"):
        anywhere.goto(f"{demo.url}{path}")
        anywhere.wait_for_load_state("networkidle")
        for field in anywhere.locator(".columns summary").all():
            field.click()
        assert serious_in_both_schemes(anywhere) == [], path
        assert wider_by(anywhere) <= 0, path


def test_what_was_typed_is_told_until_it_is_saved(desk: Page, demo: Demo) -> None:
    desk.goto(f"{demo.url}{LAYER}")
    before = desk.get_by_label("Licence").input_value()
    desk.get_by_label("Licence").fill("ODbL 1.0")
    expect(desk.get_by_text("Pas encore enregistré")).to_be_visible()
    desk.get_by_label("Licence").fill(before)
    expect(desk.get_by_text("Pas encore enregistré")).to_be_hidden()
    desk.get_by_label("Licence").fill("ODbL 1.0")
    desk.get_by_role("button", name="Enregistrer").click()
    expect(desk.get_by_text("Les réglages sont enregistrés.")).to_be_visible()
    expect(desk.get_by_label("Licence")).to_have_value("ODbL 1.0")


def test_leaving_with_work_that_is_not_saved_is_asked_about(desk: Page, demo: Demo) -> None:
    desk.goto(f"{demo.url}{LAYER}")
    desk.get_by_label("Licence").fill("Autre")
    asked: list[str] = []
    desk.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    with desk.expect_event("dialog"):
        desk.get_by_role("link", name="Champs et règles").click()
    assert asked == ["beforeunload"]
    assert desk.url.endswith(LAYER)


def test_the_preview_follows_what_one_chooses(desk: Page, demo: Demo) -> None:
    page = styled(desk, demo)
    page.get_by_label("Rien : un seul symbole").check()
    single = previewed(page)
    page.get_by_label("Les valeurs d’un champ").check()
    expect(page.locator(".lines > li")).not_to_have_count(1)
    redrawn(page, page.locator(PREVIEW), single)
    expect(page.get_by_text("Pas encore enregistré")).to_be_visible()


def test_classes_follow_the_limits_that_one_types(desk: Page, demo: Demo) -> None:
    page = styled(desk, demo)
    page.get_by_label("Les classes d’un nombre").check()
    page.locator(".by-column select").first.select_option(label="Hauteur du mât")
    limits = page.get_by_label("Limites, séparées par des points-virgules")
    limits.fill("5 ; 7,5")
    limits.press("Tab")
    words = page.locator(".line > input")
    expect(words).to_have_count(3)
    for number, text in enumerate(("moins de 5", "de 5 à moins de 7,5", "7,5 et plus")):
        expect(words.nth(number)).to_have_value(text)


def test_a_style_that_was_saved_is_the_maps(desk: Page, demo: Demo) -> None:
    page = styled(desk, demo)
    page.get_by_label("Rien : un seul symbole").check()
    page.get_by_role("button", name=re.compile("Symbole de")).first.click()
    page.get_by_label("Forme").select_option(label="Étoile")
    page.locator(".line > input").first.fill("Point lumineux")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Le style est enregistré")).to_be_visible()
    layer = page.request.get(f"{demo.url}/api/v1/layers/street-lights/").json()
    assert [(line["label"], line["symbol"]["shape"]) for line in layer["legend"]] == [("Point lumineux", "star")]


def test_an_area_is_hatched_and_the_preview_and_the_swatch_show_it(anywhere: Page, demo: Demo) -> None:
    page = anywhere
    page.goto(f"{demo.url}/couches/green-areas/style/")
    drawn(page, PREVIEW)
    page.get_by_label("Rien : un seul symbole").check()
    page.get_by_role("button", name=re.compile("Symbole de")).first.click()
    page.get_by_label("Sans hachures").check()
    plain = previewed(page)
    page.get_by_label("Sans hachures").uncheck()
    hatches = page.get_by_role("group", name="Hachures")
    hatches.get_by_label("Angle (°)").fill("135")
    hatches.get_by_label("Angle (°)").press("Tab")
    hatches.get_by_label("Croisées").check()
    redrawn(page, page.locator(PREVIEW), plain)
    expect(page.locator(".swatch-button path")).to_have_count(3)
    assert serious(page) == []
    assert wider_by(page) <= 0
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Le style est enregistré")).to_be_visible()
    (line,) = page.request.get(f"{demo.url}/api/v1/layers/green-areas/").json()["legend"]
    hatch = line["symbol"]["hatch"]
    assert (hatch["angle"], hatch["spacing"], hatch["width"], hatch["cross"]) == (135, 8, 1, True)


def test_a_qgis_style_is_previewed_and_what_it_loses_is_told(desk: Page, demo: Demo) -> None:
    page = styled(desk, demo)
    file = {"name": "style.qml", "mimeType": "application/xml", "buffer": QML.encode()}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    expect(page.get_by_text("Le style est repris dans l’aperçu")).to_be_visible()
    expect(page.get_by_text("De plusieurs marques superposées")).to_be_visible()
    page.locator("input[type=file]").set_input_files(file | {"buffer": b"<html/>"})  # type: ignore[arg-type]
    expect(page.get_by_role("alert")).to_contain_text("Ce n’est pas un style QGIS")


def test_fields_move_and_keep_their_new_place(desk: Page, demo: Demo) -> None:
    desk.goto(f"{demo.url}{LAYER}champs/")
    expect(desk.locator(".columns code").first).to_be_visible()
    names = [code.inner_text() for code in desk.locator(".columns code").all()]
    desk.get_by_role("button", name=re.compile("^Descendre")).first.click()
    desk.get_by_role("button", name="Enregistrer").click()
    expect(desk.get_by_text("Les champs sont enregistrés.")).to_be_visible()
    expect(desk.locator(".columns code")).to_have_text([names[1], names[0], *names[2:]])


# -- layers of other servers, in the map ------------------------------------------------------------------------------

EXTERNAL = {
    "slug": "ailleurs-1a2b3c",
    "title": "Aléa d’ailleurs",
    "abstract": "",
    "theme": {"slug": "autres", "title": "Autres", "order": 900},
    "order": 1,
    "attribution": "© Ailleurs",
    "licence": "",
    "visibility": "public",
    "owner": None,
    "kind": "wms",
    "tiles": "/externe/ailleurs-1a2b3c/{z}/{x}/{y}?v=1",
    "tile_size": 512,
    "min_zoom": 0,
    "max_zoom": 21,
    "extent_4326": None,
    "legend": "/externe/ailleurs-1a2b3c/legende",
    "version": 1,
}


def picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (512, 512), "#d49f08").save(made, "PNG")
    return made.getvalue()


def pixel(page: Page, x: int, y: int) -> Any:
    return Image.open(BytesIO(page.screenshot())).convert("RGB").getpixel((x, y))


def with_external(page: Page, demo: Demo, answer: Any) -> None:
    """The map, with a layer of another server whose images the test answers."""
    listed = {"count": 1, "next": None, "results": [EXTERNAL]}
    page.route("**/api/v1/external-layers/**", lambda route: route.fulfill(json=listed))
    page.route("**/externe/**", answer)
    page.goto(f"{demo.url}/")
    page.wait_for_selector("html[data-arpent-ready=true]", state="attached", timeout=FIRST_VIEW_MS)
    page.get_by_role("checkbox", name="Aléa d’ailleurs").check()


def test_a_layer_of_another_server_is_drawn_with_its_attribution_and_legend(desk: Page, demo: Demo) -> None:
    asked: list[str] = []

    def answer(route: Route) -> None:
        if "legende" not in route.request.url:
            asked.append(route.request.url)
        if asked == [route.request.url]:
            route.fulfill(status=503, headers={"Retry-After": "1"}, body=json.dumps({"detail": "Attendez."}))
        else:
            route.fulfill(body=picture(), content_type="image/png")

    with_external(desk, demo, answer)
    expect(desk.get_by_text("© Ailleurs")).to_be_visible()
    desk.get_by_role("button", name=re.compile("Aléa d’ailleurs")).first.click()
    expect(desk.get_by_role("img", name="Légende de Aléa d’ailleurs")).to_be_visible()
    until(desk, lambda: bool(asked) and asked.count(asked[0]) > 1, "the one that had to wait does not come again")
    until(desk, lambda: pixel(desk, 500, 120) == (212, 159, 8), "its image is not drawn")


def test_a_server_that_fails_is_told_once_in_its_own_words(desk: Page, demo: Demo) -> None:
    problem = {"title": "Indisponible", "detail": "Le serveur dit : Layer not defined", "status": 503}
    with_external(desk, demo, lambda route: route.fulfill(status=503, json=problem))
    expect(desk.get_by_text("« Aléa d’ailleurs » ne vient pas. Le serveur dit : Layer not defined")).to_have_count(1)
