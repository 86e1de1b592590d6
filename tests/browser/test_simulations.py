"""The desk where a project is drawn: judged by the rules of its zone, broken parts on the map, shadows, keys alone."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response, expect

from tests.browser.axe import serious
from tests.browser.conftest import DESK, PHONE, Demo, at_rest, cookies_of, open_map, opened, to_another_page, until

pytestmark = pytest.mark.browser

ZONE = "/regles/cc-lys/999000011_PLUi_20230620/zones/UA/"
PLOT = "45901000AB0102"
"""15 m of front on a street, 30 m deep, in the zone UA."""
TYPED = """(field, texts) => {
    for (const text of texts) {
        field.value = text;
        field.dispatchEvent(new Event('input', { bubbles: true }));
    }
}"""
# What takes and draws on the map has code of its own, which comes a moment after.
HAND = "Boolean(document.querySelector('arp-simulate-panel')?.hand?.canvas)"
RULES = {"side_min": "3", "public_min": "5", "rear_min": "3", "ces": "0,5", "ridge": "9"}


@pytest.fixture(scope="module")
def rules(browser: Browser, signed_in: dict[str, object], demo: Demo) -> None:
    """What an instructor enters of the zone's regulation."""
    for context in opened(browser, signed_in, DESK):
        page = context.new_page()
        page.goto(f"{demo.url}{ZONE}")
        for name, value in RULES.items():
            page.locator(f"[name={name}]").fill(value)
        with to_another_page(page):
            page.get_by_role("button", name="Enregistrer les règles").click()
        assert page.request.get(f"{demo.url}/api/v1/parcels/{PLOT}/envelope/").json()["zones"]


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def page(
    request: pytest.FixtureRequest, browser: Browser, signed_in: dict[str, object], demo: Demo, rules: None
) -> Iterator[Page]:
    for context in opened(browser, signed_in, request.param):
        yield opened_desk(context, demo)


@pytest.fixture
def wide(browser: Browser, signed_in: dict[str, object], demo: Demo, rules: None) -> Iterator[Page]:
    for context in opened(browser, signed_in, DESK):
        yield opened_desk(context, demo)


@pytest.fixture
def editor(browser: Browser, demo: Demo) -> Iterator[Page]:
    """Of somebody who may edit layers too."""
    for context in opened(browser, cookies_of(browser, demo, "sig.lys"), DESK):
        yield opened_desk(context, demo)


def opened_desk(context: BrowserContext, demo: Demo) -> Page:
    """The desk on the plot, from its sheet: a link opens that without drawing the map of another place first."""
    (plot,) = context.request.get(f"{demo.url}/api/v1/search/", params={"q": "45901 AB 102"}).json()["results"]
    place = ",".join(map(str, plot["center_4326"]))
    return with_desk(open_map(context, demo, f"#v=1&c={place}&z=18.5&s={plot['layer']}.{plot['id']}"))


def with_desk(page: Page) -> Page:
    """From the sheet of the plot to the desk."""
    page.get_by_role("button", name="Simuler un projet").click()
    expect(page.get_by_role("heading", name=f"Projet sur la parcelle {PLOT}")).to_be_focused()
    expect(limits(page)).to_have_count(4)
    until(page, lambda: bool(page.evaluate(HAND)), "nothing can be taken on the map")
    return page


def limits(page: Page) -> Locator:
    return page.get_by_role("table", name="Distances aux limites").locator("tbody tr")


def verdicts(page: Page) -> Locator:
    return page.get_by_role("table", name="Le projet et les règles de la zone").locator("tbody tr")


def add_rectangle(page: Page, width: str, depth: str) -> None:
    page.get_by_role("button", name="Rectangle", exact=True).click()
    page.get_by_label("Côté 1 (m)").fill(width)
    page.get_by_label("Côté 2 (m)").fill(depth)


def place(page: Page, limit: str, metres: str) -> None:
    """At a typed distance from a limit of this kind."""
    choice = page.locator("#simulate-limit")
    value = choice.locator("option", has_text=limit).first.get_attribute("value")
    choice.select_option(value)
    page.get_by_label("Distance (m)").fill(metres)
    page.get_by_role("button", name="Placer").click()


def terrain_top(page: Page) -> float:
    """How far down the map, in pixels, the limits of the terrain begin."""
    script = """() => {
        const { limits } = document.querySelector('arp-simulate-panel').desk;
        const { hand } = document.querySelector('arp-simulate-panel');
        const corners = limits.flatMap(({ lines }) => lines.flat());
        const north = Math.max(...corners.map(([, y]) => y));
        const [, , , top] = hand.canvas.box();
        return (top - north) / hand.canvas.metresPerPixel();
    }"""
    return float(page.evaluate(script))


def tints(page: Page, kind: str) -> int:
    """How many shapes of a kind the map draws above its layers."""
    script = """(kind) => {
        const { hand } = document.querySelector('arp-simulate-panel');
        return (hand.canvas?.drawn?.tints ?? []).filter(({ tint }) => tint === kind).length;
    }"""
    return int(page.evaluate(script, kind))


def test_who_searches_a_parcel_simulates_on_it(
    browser: Browser, signed_in: dict[str, object], demo: Demo, rules: None
) -> None:
    for context in opened(browser, signed_in, DESK):
        page = open_map(context, demo)
        page.get_by_role("combobox").fill("45901 AB 102")
        page.get_by_role("option").first.click()
        add_rectangle(with_desk(page), "6", "4")
        expect(verdicts(page).first).to_be_visible()


def test_a_rectangle_that_is_typed_is_judged(page: Page) -> None:
    add_rectangle(page, "6", "4,5")
    expect(page.locator("arp-simulate-glance")).to_contain_text("27,0 m²")
    place(page, "Alignement", "8")
    expect(verdicts(page).filter(has_text="Emprise au sol")).to_contain_text("Respectée")
    expect(page.get_by_role("row", name=re.compile("· Alignement,"))).to_contain_text("8,00 m")
    assert serious(page) == []


def test_nothing_is_said_to_be_authorised(wide: Page) -> None:
    add_rectangle(wide, "6", "4")
    expect(verdicts(wide).first).to_be_visible()
    expect(wide.locator("arp-simulate-panel")).not_to_contain_text(re.compile("autoris", re.IGNORECASE))


def test_a_broken_setback_is_told_and_drawn(page: Page) -> None:
    add_rectangle(page, "6", "4")
    place(page, "Limite latérale", "1,5")
    broken = verdicts(page).filter(has_text="Non respectée")
    expect(broken.first).to_contain_text("Retrait")
    until(page, lambda: tints(page, "broken") > 0, "the broken part is not on the map")
    broken.first.get_by_role("button", name="Montrer").click()
    until(page, lambda: tints(page, "spotted") == 1, "it is not marked on the map")


def test_the_sides_of_the_terrain_are_drawn(wide: Page) -> None:
    sides = {"alignment": 1, "side": 2, "rear": 1}
    until(wide, lambda: {kind: tints(wide, kind) for kind in sides} == sides, "the sides are not on the map")


def test_what_lies_beyond_a_limit_is_said_once(wide: Page) -> None:
    beyond = limits(wide).filter(has_text="domaine public").locator("small").first
    expect(beyond).to_have_text(re.compile(r"^\s*Aucune parcelle au-delà : domaine public \([^:]+\)\s*$"))


def test_the_kind_of_a_limit_is_as_high_as_other_choices(page: Page) -> None:
    add_rectangle(page, "6", "4")
    heights = [height(page.locator(one).first) for one in ("select.simulate-side", "#simulate-limit")]
    assert heights[0] == heights[1]


def height(choice: Locator) -> float:
    return float(choice.evaluate("one => one.getBoundingClientRect().height"))


def test_a_rectangle_is_dragged_and_undone(wide: Page) -> None:
    add_rectangle(wide, "6", "4")
    at_rest(wide)
    before = limits(wide).all_inner_texts()
    wide.mouse.move(*middle(wide))
    wide.mouse.down()
    wide.mouse.move(*[one + 20 for one in middle(wide)], steps=5)
    wide.mouse.up()
    until(wide, lambda: limits(wide).all_inner_texts() != before, "it did not move")
    wide.get_by_role("button", name="Annuler").click()
    until(wide, lambda: limits(wide).all_inner_texts() == before, "it did not come back")


def middle(page: Page) -> tuple[float, float]:
    """Where the chosen volume is on the screen."""
    script = """() => {
        const { hand, desk } = document.querySelector('arp-simulate-panel');
        const { map, target } = hand.canvas.ground;
        const centre = desk.active.outline.centre;
        const view = map.getView(), size = map.getSize();
        const [x, y] = hand.canvas.centre(), step = hand.canvas.metresPerPixel();
        const box = target.getBoundingClientRect();
        return [box.left + size[0] / 2 + (centre[0] - x) / step, box.top + size[1] / 2 - (centre[1] - y) / step];
    }"""
    x, y = page.evaluate(script)
    return x, y


def test_the_sides_of_a_polygon_are_typed(wide: Page) -> None:
    wide.get_by_role("button", name="Polygone", exact=True).click()
    wide.get_by_label("Côté 1, longueur (m)").fill("6")
    wide.get_by_label("Côté 2, longueur (m)").fill("5")
    wide.get_by_label("Côté 3, longueur (m)").fill("6")
    expect(wide.locator("arp-simulate-glance")).to_contain_text("30,0 m²")
    wide.get_by_label("Puis tourner après le côté 1").fill("-90")
    expect(wide.get_by_label("Puis tourner après le côté 1")).to_have_value("-90")


def test_a_number_out_of_bounds_is_told_and_changes_nothing(wide: Page) -> None:
    add_rectangle(wide, "6", "4")
    wide.get_by_label("Côté 1 (m)").fill("x")
    expect(wide.get_by_label("Côté 1 (m)")).to_have_attribute("aria-invalid", "true")
    expect(wide.get_by_text("Un nombre de")).to_be_visible()
    expect(wide.locator("arp-simulate-glance")).to_contain_text("24,0 m²")


def test_the_shadow_is_shown_at_a_day_and_hour(page: Page) -> None:
    add_rectangle(page, "6", "4")
    page.get_by_role("checkbox", name="Montrer l’ombre").check()
    page.get_by_label("Jour", exact=True).fill("2026-12-21")
    page.get_by_label("Heure légale").fill("720")
    expect(page.locator(".simulate-shadow-said")).to_contain_text("Ombre")
    until(page, lambda: tints(page, "shadow") == 1, "the shadow is not on the map")
    said = page.locator(".simulate-shadow-said").inner_text()
    page.get_by_text("Trois jours, trois heures").click()
    nine = page.get_by_role("table", name="Surface de l’ombre").get_by_role("button")
    expect(nine).to_have_count(9)
    nine.nth(3).click()
    expect(nine.nth(3)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".simulate-shadow-said")).not_to_have_text(said)
    assert serious(page) == []


def test_hours_of_sun_lost_are_on_the_map_and_in_a_table(page: Page) -> None:
    add_rectangle(page, "12", "9")
    page.get_by_label("Faîtage (m)").fill("12")
    shown = page.get_by_role("checkbox", name="Montrer les heures de soleil perdues")
    shown.focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("table", name="Heures de soleil perdues par les voisins")).to_be_visible()
    until(page, lambda: sum(tints(page, f"sun{rank}") for rank in range(1, 5)) > 0, "no sun is lost on the map")
    legend = page.get_by_role("list", name="Heures de soleil perdues dans la journée")
    expect(legend.get_by_role("listitem")).to_have_count(4)
    page.locator("#simulate-sun-day").select_option("06-21")
    expect(page.locator(".simulate-sun")).to_contain_text("21 juin")
    assert serious(page) == []
    shown.uncheck()
    until(page, lambda: sum(tints(page, f"sun{rank}") for rank in range(1, 5)) == 0, "the sun stays on the map")


def test_what_fits_here_is_shown(wide: Page) -> None:
    wide.get_by_role("checkbox", name="Montrer ce qui tient ici").check()
    table = wide.get_by_role("table", name="Zone UA")
    expect(table).to_contain_text("9,00 m")
    until(wide, lambda: tints(wide, "envelope") > 0, "the envelope is not on the map")


def test_a_project_is_drawn_with_keys_alone(wide: Page) -> None:
    add = wide.get_by_role("button", name="Rectangle", exact=True)
    add.focus()
    wide.keyboard.press("Enter")
    wide.get_by_label("Côté 1 (m)").focus()
    wide.keyboard.press("Control+A")
    wide.keyboard.type("5")
    wide.keyboard.press("Tab")
    wide.keyboard.press("Control+A")
    wide.keyboard.type("4")
    expect(wide.locator("arp-simulate-glance")).to_contain_text("20,0 m²")
    wide.get_by_role("button", name="Vers le nord").focus()
    before = limits(wide).first.inner_text()
    wide.keyboard.press("Enter")
    until(wide, lambda: limits(wide).first.inner_text() != before, "it did not move")
    wide.keyboard.press("Control+z")
    until(wide, lambda: limits(wide).first.inner_text() == before, "it did not come back")
    expect(verdicts(wide).first).to_be_visible()


def focused(page: Page) -> bool:
    """Whether what has the focus is seen, and is not the whole page."""
    return bool(page.evaluate("document.activeElement !== document.body && document.activeElement.checkVisibility()"))


def test_leaving_the_desk_does_not_lose_the_focus(page: Page) -> None:
    page.get_by_role("button", name="Replier").press("Enter")
    expect(page.locator("arp-simulate-panel")).to_have_count(0)
    until(page, lambda: focused(page), "nothing has the focus")


def test_escape_leaves_the_desk_and_does_not_lose_the_focus(page: Page) -> None:
    for _step in ("the sheet, where it is open beside it", "the desk"):
        if page.locator("arp-simulate-panel").count():
            page.keyboard.press("Escape")
    expect(page.locator("arp-simulate-panel")).to_have_count(0)
    until(page, lambda: focused(page), "nothing has the focus")


@pytest.mark.parametrize("action", ["En faire un polygone", "Retirer", "Tout effacer"])
def test_a_button_that_goes_gives_its_focus_to_the_heading(wide: Page, action: str) -> None:
    add_rectangle(wide, "6", "4")
    wide.get_by_role("button", name=action, exact=True).press("Enter")
    expect(wide.get_by_role("heading", name=f"Projet sur la parcelle {PLOT}")).to_be_focused()


def test_the_hand_of_the_project_lets_go_while_a_layer_is_edited(editor: Page) -> None:
    hand = "document.querySelector('arp-simulate-panel').hand !== null"
    editing = "document.querySelector('arpent-app').app.editing"
    until(editor, lambda: bool(editor.evaluate(hand)), "there is no hand")
    editor.evaluate(f"{editing}.open('green-areas')")
    expect(editor.locator(".edit-bar")).to_be_visible()
    until(editor, lambda: not editor.evaluate(hand), "there are two hands on the map")
    editor.evaluate(f"{editing}.editor.leave()")
    until(editor, lambda: bool(editor.evaluate(hand)), "the hand does not come back")


def test_the_drawing_outlives_a_reload_and_is_downloaded(wide: Page) -> None:
    add_rectangle(wide, "6", "4")
    expect(verdicts(wide).first).to_be_visible()
    wide.reload()
    expect(wide.get_by_label("Côté 1 (m)")).to_have_value("6")
    with wide.expect_download() as download:
        wide.get_by_role("button", name="Télécharger (GeoJSON)").click()
    written: dict[str, Any] = json.loads(download.value.path().read_text())
    assert written["features"][0]["properties"]["eaves_m"] == 3
    assert written["parcels"] == [PLOT]


def test_requests_that_are_outrun_are_given_up(wide: Page) -> None:
    answers: list[Response] = []
    wide.on("response", lambda one: answers.append(one) if one.url.endswith("/simulations/check") else None)
    wide.get_by_role("button", name="Rectangle", exact=True).click()
    # Without a pause, in which one of them would be answered.
    wide.get_by_label("Côté 1 (m)").evaluate(TYPED, ["6", "7", "8", "9"])
    expect(verdicts(wide).first).to_be_visible()
    expect(wide.locator(".simulate-rules")).to_have_attribute("aria-busy", "false")
    assert len(answers) <= 2


def test_who_has_not_signed_in_is_not_offered_it(browser: Browser, demo: Demo) -> None:
    context = browser.new_context(locale="fr-FR", viewport=DESK)  # type: ignore[arg-type]
    page = open_map(context, demo)
    page.get_by_role("combobox").fill("45901 AB 102")
    page.get_by_role("option").first.click()
    expect(page.locator("#parcel-sections-title")).to_be_visible()
    expect(page.get_by_role("button", name="Simuler un projet")).to_have_count(0)
    context.close()


def test_a_rectangle_and_a_polygon_are_drawn_on_the_map(wide: Page) -> None:
    at_rest(wide)
    x, y = middle_of_the_map(wide)
    wide.get_by_role("radio", name="Rectangle").check()
    wide.mouse.move(x - 40, y - 120)
    wide.mouse.down()
    wide.mouse.move(x + 20, y - 60, steps=5)
    wide.mouse.up()
    expect(wide.get_by_role("button", name="Volume 1")).to_have_attribute("aria-pressed", "true")
    wide.get_by_role("radio", name="Polygone").check()
    for corner in ((x, y), (x + 40, y - 10), (x + 52, y + 40), (x + 15, y + 50)):
        wide.mouse.click(*corner)
    wide.get_by_role("button", name="Fermer le polygone").click()
    expect(wide.get_by_role("button", name="Volume 2")).to_have_attribute("aria-pressed", "true")
    expect(wide.get_by_label(re.compile(r"^Puis tourner après le côté \d"))).to_have_count(3)
    expect(wide.get_by_label("Puis tourner après le côté 1")).to_have_value("90")


def middle_of_the_map(page: Page) -> tuple[float, float]:
    """Of what is seen of it between the panels."""
    box = page.locator(".map-canvas").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_the_rules_are_one_press_away_from_what_one_types(page: Page) -> None:
    add_rectangle(page, "6", "4")
    page.locator("arp-simulate-glance").get_by_role("button", name="Règles").press("Enter")
    heading = page.get_by_role("heading", name="Règles de la zone")
    expect(heading).to_be_focused()
    expect(heading).to_be_in_viewport(ratio=1)


def test_the_terrain_is_framed_below_the_search_of_a_phone(
    browser: Browser, signed_in: dict[str, object], demo: Demo
) -> None:
    for context in opened(browser, signed_in, PHONE):
        page = opened_desk(context, demo)
        at_rest(page)
        bar = page.locator("arp-search form").bounding_box()
        canvas = page.locator(".map-canvas").bounding_box()
        assert bar
        assert canvas
        assert canvas["y"] + terrain_top(page) > bar["y"] + bar["height"]
