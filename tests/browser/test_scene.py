"""A project in three dimensions, drawn by a browser without a graphics card: its pixels, its keys, its tables.

Photos and the ground are answered here: flat colours and a slope, so that a pixel tells what it belongs to.
"""

import base64
import gzip
import io
import re
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Response, Route, expect

from tests.browser.axe import serious
from tests.browser.conftest import ARGUMENTS, CHROMIUM, DESK, PHONE, Demo, opened, until
from tests.browser.test_photos import photo
from tests.browser.test_simulations import add_rectangle, opened_desk

pytestmark = pytest.mark.browser

# As where a machine has no graphics card: the scene is drawn in software, the page around it as ever. A card that is
# imitated in software for the whole page (`--use-angle=swiftshader`) takes 26 s of processor before the first one.
SOFTWARE = [*ARGUMENTS, "--enable-unsafe-swiftshader"]
# Half the pixels of a desk, where the size is not what is tested: each picture takes half the time.
WINDOW = {"width": 1100, "height": 700}
DRAWN = "dialog[data-drawing=drawn]"
GREEN = (60, 140, 60)
FIRST_VIEW_MS = 60_000
WITHOUT_WEBGL = """
    const { getContext } = HTMLCanvasElement.prototype;
    HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
        return kind.startsWith('webgl') ? null : getContext.call(this, kind, ...more);
    };
"""
PICTURE = """async () => {
    const { desk } = document.querySelector('arp-scene-dialog');
    const canvas = desk.stage.copy();
    return canvas.toDataURL('image/png').split(',')[1];
}"""

WITHOUT_RELIEF = """() => {
    const { stage } = document.querySelector('arp-scene-dialog').desk;
    for (const mesh of Object.values(stage.ground)) mesh.castShadow = false;
    stage.renderer.shadowMap.needsUpdate = true;
}"""


@pytest.fixture(scope="module")
def drawing(browser: Browser) -> Iterator[Browser]:
    """A browser that draws in three dimensions with the processor alone."""
    own = browser.browser_type.launch(executable_path=CHROMIUM, headless=True, args=SOFTWARE)
    yield own
    own.close()


@contextmanager
def scene(
    browser: Browser,
    signed_in: dict[str, object],
    demo: Demo,
    size: dict[str, int],
    *,
    ground: Callable[[Route], None] | None = None,
) -> Iterator[Page]:
    """The view of a project of 9 x 7 m, with a green photo."""
    for context in opened(browser, signed_in, size):
        answer_photos(context)
        if ground:
            context.route("**/api/v1/heights/grid*", ground)
            context.route("**/api/v1/simulations/scene", answer_with_ground)
        page = opened_desk(context, demo)
        add_rectangle(page, "9", "7")
        page.locator("#simulate-photo").select_option("2024")
        set_noon(page)
        page.get_by_role("button", name="Voir en 3D").click()
        page.wait_for_selector(DRAWN, timeout=FIRST_VIEW_MS)
        yield page


def answer_photos(context: BrowserContext) -> None:
    known = [photo("2024", "2024-06-12", 0.05, kind="photo")]
    context.route(
        re.compile(r"/api/v1/photos/(\?|$)"),
        lambda route: route.fulfill(json={"count": 1, "next": None, "results": known}),
    )
    body = io.BytesIO()
    Image.new("RGB", (64, 64), GREEN).save(body, "PNG")
    context.route("**/ortho/**", lambda route: route.fulfill(body=body.getvalue(), content_type="image/png"))


def answer_with_ground(route: Route) -> None:
    """The server's own scene, as where a model of the ground is published."""
    answer = route.fetch()
    route.fulfill(json=answer.json() | {"ground": "MNT d’essai"})


def answer_slope(route: Route) -> None:
    """Ground that rises by 10 cm a metre to the east from 100 m."""
    answer_grid(route, lambda east, _south: 100 + 0.1 * east)


def answer_ridge(route: Route) -> None:
    """Level ground with a ridge of 80 m, from 50 to 90 m south of the middle."""
    answer_grid(route, lambda _east, south: 180 if 550 <= south < 590 else 100)


def answer_grid(route: Route, height: Callable[[float, float], float]) -> None:
    """A grid of heights by metres east and south of its corner."""
    west, _south, east, north = (float(one) for one in re.findall(r"bbox=([^&]+)", route.request.url)[0].split(","))
    size, pixel = 100, (east - west) / 100
    values = [height(pixel * column, pixel * row) for row in range(size) for column in range(size)]
    heights = base64.b64encode(struct.pack(f"<{size * size}f", *values)).decode()
    campaign = {"slug": "mnt", "title": "MNT d’essai", "acquired": "2025", "resolution_m": 1, "vertical_crs": 5720}
    grid = {"left": west, "top": north, "pixel_m": pixel, "columns": size, "rows": size, "known": 1, "model": "ground"}
    route.fulfill(json={**grid, "campaign": {**campaign, "attribution": ""}, "heights": heights})


def set_noon(page: Page) -> None:
    script = """document.querySelector('arp-simulate-panel').desk.show({
        instant: { day: '2026-03-21', minutes: 13 * 60 } })"""
    page.evaluate(f"() => {{ {script} }}")


def picture(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(page.evaluate(PICTURE)))).convert("RGB")


def share(image: Image.Image, low: tuple[int, int, int], high: tuple[int, int, int]) -> float:
    """Of the pixels whose colour is between two."""
    count = sum(
        number
        for number, colour in image.getcolors(image.width * image.height) or []
        if all(a <= one <= b for a, one, b in zip(low, colour, high, strict=True))  # type: ignore[arg-type]
    )
    return count / (image.width * image.height)


def sunlit(image: Image.Image) -> float:
    return share(image, (50, 125, 50), (72, 156, 72))


def shaded(image: Image.Image) -> float:
    """The photo in the shade: the same green, darker."""
    return share(image, (30, 85, 30), (49, 118, 49))


def project(image: Image.Image) -> float:
    """Its red roof and its orange walls."""
    return share(image, (120, 20, 0), (255, 190, 120)) - share(image, (120, 100, 80), (255, 190, 120))


def looked_from(page: Page) -> str:
    view: str = page.evaluate("JSON.stringify(document.querySelector('arp-scene-dialog').desk.state.view)")
    return view


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_photo_the_project_and_shadows_are_in_the_picture(
    drawing: Browser, signed_in: dict[str, object], demo: Demo, size: dict[str, int]
) -> None:
    with scene(drawing, signed_in, demo, size) as page:
        until(page, lambda: sunlit(picture(page)) > 0.05, "the photo is not on the ground")
        until(page, lambda: shaded(picture(page)) > 0.005, "nothing casts a shadow")
        assert project(picture(page)) > 0.002
        expect(page.get_by_text("Terrain plat, à 0 m")).to_be_visible()
        expect(page.get_by_text("ne sont pas connues")).to_be_visible()
        assert serious(page) == []


def test_the_shadow_follows_the_hour_and_is_gone_at_night(
    drawing: Browser, signed_in: dict[str, object], demo: Demo
) -> None:
    with scene(drawing, signed_in, demo, WINDOW) as page:
        until(page, lambda: sunlit(picture(page)) > 0.05, "the photo is not on the ground")
        page.get_by_label("Heure légale").last.fill("1320")
        expect(page.locator(".scene-sun")).to_have_text("Le soleil est couché.")
        until(page, lambda: sunlit(picture(page)) == 0, "it is day at night")


def test_the_relief_casts_a_shadow(drawing: Browser, signed_in: dict[str, object], demo: Demo) -> None:
    """At noon in March a ridge of 80 m to the south shades some 85 m of ground, the project among it."""
    with scene(drawing, signed_in, demo, WINDOW, ground=answer_ridge) as page:
        until(page, lambda: shaded(picture(page)) > 0.1, "the ridge casts no shadow")
        page.evaluate(WITHOUT_RELIEF)
        until(page, lambda: sunlit(picture(page)) > 0.1, "it is not the ridge that casts it")


def test_one_walks_with_keys_alone_and_comes_back(drawing: Browser, signed_in: dict[str, object], demo: Demo) -> None:
    with scene(drawing, signed_in, demo, WINDOW, ground=answer_slope) as page:
        canvas = page.get_by_role("application", name="Vue en 3D du projet")
        canvas.focus()
        before = looked_from(page)
        page.keyboard.press("ArrowLeft")
        assert looked_from(page) != before
        page.get_by_role("button", name="S’y placer").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".scene-said")).to_contain_text(re.compile(r"Piéton à \d+ m du projet"))
        first = picture(page)
        canvas.focus()
        for _step in range(3):
            page.keyboard.press("ArrowUp")
        expect(page.locator(".scene-said")).to_contain_text("Piéton à")
        assert picture(page).tobytes() != first.tobytes()
        page.keyboard.press("Home")
        assert '"orbit"' in looked_from(page)
        expect(page.get_by_text("Terrain : MNT d’essai.")).to_be_visible()


def test_one_stands_on_the_side_that_is_chosen(drawing: Browser, signed_in: dict[str, object], demo: Demo) -> None:
    with scene(drawing, signed_in, demo, WINDOW) as page:
        for side, look in (("le nord-ouest", "le sud-est"), ("le sud", "le nord")):
            page.get_by_label("De quel côté").select_option(label=side)
            page.get_by_role("button", name="S’y placer").click()
            expect(page.locator(".scene-said")).to_contain_text(f"regard vers {look}.")


def test_one_stands_where_the_ground_is_touched(drawing: Browser, signed_in: dict[str, object], demo: Demo) -> None:
    with scene(drawing, signed_in, demo, WINDOW, ground=answer_slope) as page:
        page.get_by_role("button", name="Toucher le sol").click()
        box = page.locator(".scene-picture canvas").bounding_box()
        assert box
        # Here and there, until it is the ground and no building.
        for across in range(1, 10):
            page.mouse.click(box["x"] + box["width"] * across / 10, box["y"] + box["height"] * 0.75)
            if '"walk"' in looked_from(page):
                break
        assert '"walk"' in looked_from(page)


def test_the_picture_is_saved_and_says_what_it_is(drawing: Browser, signed_in: dict[str, object], demo: Demo) -> None:
    with scene(drawing, signed_in, demo, WINDOW) as page:
        with page.expect_download() as download:
            page.get_by_role("button", name="Enregistrer l’image").click()
        assert re.fullmatch(r"vue-3d-\w+\.png", download.value.suggested_filename)
        with Image.open(download.value.path()) as picture_file:
            saved = picture_file.size
        canvas = page.evaluate(
            "[...document.querySelectorAll('.scene-picture canvas')].map((c) => [c.width, c.height])[0]"
        )
        assert saved[0] == canvas[0]
        assert saved[1] > canvas[1] + 50
        caption = page.evaluate("document.querySelector('arp-scene-dialog').desk.caption()")
        said = " ".join([caption["title"], *caption["lines"], caption["warning"]])
        for expected in ("Campagne 2024", "12 juin 2024", "21 mars 2026 à 13:00", "Vue indicative"):
            assert expected in said.replace("\u202f", " ").replace("\u00a0", " ")


def test_a_picture_is_kept_once_with_the_project_when_that_is_saved(
    drawing: Browser, signed_in: dict[str, object], demo: Demo
) -> None:
    with scene(drawing, signed_in, demo, WINDOW) as page:
        keep = page.get_by_role("button", name="Garder dans le projet")
        expect(keep).to_have_attribute("aria-disabled", "true")
        expect(page.locator("#scene-keep")).to_contain_text("enregistrez-le d’abord")
        page.keyboard.press("Escape")
        page.get_by_label("Nom du projet").fill("Garage vu")
        page.get_by_role("button", name="Enregistrer", exact=True).click()
        expect(page.locator(".simulate-keep > [role=status]")).to_contain_text("Enregistré : version")
        page.locator("#simulate-photo").select_option("")
        page.get_by_role("button", name="Voir en 3D").click()
        page.wait_for_selector(DRAWN, timeout=FIRST_VIEW_MS)
        sent: list[str] = []
        page.on("request", lambda one: sent.append(one.url) if one.url.endswith("/pictures") else None)
        expect(keep).to_have_attribute("aria-disabled", "false")
        keep.evaluate("one => { one.click(); one.click(); }")
        expect(page.locator(".scene-said")).to_contain_text("Vue 3D, variante A, soleil du 21/03/2026 13:00")
        assert len(sent) == 1
        assert serious(page) == []


def test_the_tables_say_the_same(drawing: Browser, signed_in: dict[str, object], demo: Demo) -> None:
    with scene(drawing, signed_in, demo, WINDOW) as page:
        page.get_by_text("La même chose en tableaux").click()
        volumes = page.get_by_role("table", name="Volumes du projet")
        expect(volumes.locator("tbody tr")).to_have_count(1)
        expect(volumes).to_contain_text("Deux pans")
        near = page.get_by_role("table", name="Bâtiments les plus proches").locator("tbody tr")
        expect(near.first).to_contain_text("supposée")
        expect(page.get_by_role("dialog").get_by_text("21 mars 2026, 13:00")).to_be_visible()


def test_closing_gives_the_focus_back(drawing: Browser, signed_in: dict[str, object], demo: Demo) -> None:
    with scene(drawing, signed_in, demo, WINDOW) as page:
        page.keyboard.press("Escape")
        expect(page.locator("arp-scene-dialog")).to_have_count(0)
        expect(page.get_by_role("button", name="Voir en 3D")).to_be_focused()


def test_without_webgl_it_is_said_and_the_tables_are_open(
    browser: Browser, signed_in: dict[str, object], demo: Demo
) -> None:
    for context in opened(browser, signed_in, DESK):
        context.add_init_script(WITHOUT_WEBGL)
        page = opened_desk(context, demo)
        add_rectangle(page, "9", "7")
        page.get_by_role("button", name="Voir en 3D").click()
        expect(page.get_by_text("Ce navigateur ne dessine pas en 3D")).to_be_visible()
        expect(page.get_by_role("table", name="Volumes du projet")).to_be_visible()
        expect(page.get_by_role("table", name="Bâtiments les plus proches")).to_be_visible()
        assert serious(page) == []


def test_the_map_asks_for_no_3d_before_and_little_for_it(
    drawing: Browser, signed_in: dict[str, object], demo: Demo
) -> None:
    for context in opened(drawing, signed_in, WINDOW):
        answers: list[Response] = []
        context.on("response", lambda one, kept=answers: kept.append(one))
        page = opened_desk(context, demo)
        add_rectangle(page, "9", "7")
        page.wait_for_load_state("networkidle")
        before = {one.url for one in scripts(answers)}
        assert not [url for url in before if "scene" in url]
        page.get_by_role("button", name="Voir en 3D").click()
        page.wait_for_selector(DRAWN, timeout=FIRST_VIEW_MS)
        later = [len(gzip.compress(one.body())) for one in scripts(answers) if one.url not in before]
        assert 0 < sum(later) < 400_000


def scripts(answers: list[Response]) -> list[Response]:
    return [one for one in answers if one.url.endswith(".js")]
