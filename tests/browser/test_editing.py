"""Editing in the map as technicians do it: with a mouse, with the keyboard alone, at the same time as somebody else."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations, count
from math import dist
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.axe import serious_in_both_schemes, wider_by
from tests.browser.conftest import DESK, FIRST_VIEW_MS, PHONE, Demo, at_rest, cookies_of, open_map, sign_in, until

pytestmark = pytest.mark.browser

CRS = "http://www.opengis.net/def/crs/EPSG/0/2154"
TITLE = "#edit-sheet-title"
_turn = count()


# -- people and their screens -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def technician(demo: Demo, browser: Browser) -> dict[str, object]:
    """The cookies of somebody who may edit."""
    return cookies_of(browser, demo, "reseaux.lys")


@contextmanager
def screen(
    browser: Browser, state: dict[str, object], size: dict[str, int] = DESK, **more: Any
) -> Iterator[BrowserContext]:
    """A context whose page errors fail the test; answers that refuse are part of what is tested."""
    context = browser.new_context(
        viewport=size,  # type: ignore[arg-type]
        locale="fr-FR",
        storage_state=state,  # type: ignore[arg-type]
        has_touch=size is PHONE,
        **more,
    )
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    # Leaving a page with work on it asks first: the tests say yes.
    context.on("dialog", lambda dialog: dialog.accept())
    yield context
    context.close()
    assert [one for one in complaints if "Failed to load resource" not in one] == []


@pytest.fixture
def desk(browser: Browser, technician: dict[str, object]) -> Iterator[BrowserContext]:
    with screen(browser, technician) as context:
        yield context


@pytest.fixture
def phone(browser: Browser, technician: dict[str, object]) -> Iterator[BrowserContext]:
    with screen(browser, technician, PHONE) as context:
        yield context


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def context(
    request: pytest.FixtureRequest, browser: Browser, technician: dict[str, object]
) -> Iterator[BrowserContext]:
    with screen(browser, technician, request.param) as opened:
        yield opened


# -- what is there ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Thing:
    """A feature of the demo: where it is in degrees and in the plane, and what it says."""

    layer: str
    id: int
    version: int
    properties: dict[str, Any]
    geometry: dict[str, Any]
    bbox: list[float]

    @property
    def place(self) -> str:
        west, south, east, north = self.bbox
        place = f"c={(west + east) / 2},{(south + north) / 2}&z=19.5"
        return f"#v=1&{place}&l={self.layer},parcels&s={self.layer}.{self.id}&p=none"


def thing(context: BrowserContext, demo: Demo, layer: str, pk: int) -> Thing:
    exact = context.request.get(f"{demo.url}/ogc/collections/{layer}/items/{pk}", params={"crs": CRS})
    assert exact.ok, exact.text()
    version = int(re.sub(r"\D", "", exact.headers["etag"]))
    shown = context.request.get(f"{demo.url}/api/v1/layers/{layer}/features/{pk}/").json()
    found = exact.json()
    return Thing(layer, pk, version, found["properties"], found["geometry"], shown["bbox_4326"])


def another(context: BrowserContext, demo: Demo, layer: str = "green-areas") -> Thing:
    """A feature that no other test uses."""
    items = context.request.get(f"{demo.url}/ogc/collections/{layer}/items", params={"limit": 200}).json()["features"]
    return thing(context, demo, layer, items[20 + next(_turn)]["id"])


def write(context: BrowserContext, demo: Demo, layer: str, edits: list[dict[str, Any]]) -> dict[str, Any]:
    """Edits of somebody else, or what a test needs first."""
    (token,) = [one["value"] for one in context.cookies() if one["name"] == "arpent_csrf"]
    answer = context.request.post(
        f"{demo.url}/api/v1/layers/{layer}/edits/",
        data={"crs": "EPSG:2154", "edits": edits},
        headers={"X-CSRFToken": token, "Referer": demo.url},
    )
    assert answer.ok, answer.text()
    written: dict[str, Any] = answer.json()
    return written


# -- gestures ---------------------------------------------------------------------------------------------------------


def edit(context: BrowserContext, demo: Demo, one: Thing) -> Page:
    """The map at the thing, its sheet open to be changed."""
    page = open_map(context, demo, one.place)
    page.get_by_role("button", name="Modifier", exact=True).click()
    expect(page.get_by_role("tab", name="Fiche")).to_be_visible()
    expect(page.locator(".edit-form .field").first).to_be_visible()
    return page


def forget_the_view(context: BrowserContext) -> None:
    """How this person leaves a map opened without a link is not how other tests open it (test_first_view.py)."""
    context.route("**/compte/carte/", lambda route: route.fulfill(status=204))


def field(page: Page, name: str) -> Any:
    return page.locator(f".edit-form #field-{name}")


def save(page: Page) -> None:
    page.keyboard.press("Control+s")
    expect(page.get_by_text(re.compile(r"^(Objet enregistré|\d+ objets enregistrés)\.$"))).to_be_visible()


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def editor_says(page: Page, condition: str) -> None:
    """Wait until something is true of the `editor`."""
    told = f"((editor) => {condition})(document.querySelector('arpent-app').app.editing.editor)"
    until(page, lambda: bool(page.evaluate(told)), f"not {condition}")


def lay(page: Page, places: list[tuple[float, float]]) -> None:
    """Positions of a drawing, by a click at each of these pixels."""
    for number, (x, y) in enumerate(places, 1):
        page.mouse.click(x, y)
        editor_says(page, f"editor.state.drawing.groups.length === {number}")


def kept(page: Page) -> None:
    """What was written is in this browser, should the page go."""
    until(page, lambda: page.evaluate("localStorage.getItem('arpent.edit')") is not None, "it is not kept")


def drag_the_map(page: Page, east: float, south: float) -> None:
    """With a finger, until it holds still: what is let go of on the move goes on."""
    page.mouse.move(195, 300)
    page.mouse.down()
    page.mouse.move(195 + east, 300 + south, steps=4)
    page.wait_for_timeout(150)
    page.mouse.up()
    at_rest(page)


def at_pixel(page: Page, place: tuple[float, float]) -> tuple[float, float]:
    """Where a place (degrees) is on the screen."""
    x, y = page.evaluate(
        """([lon, lat]) => {
            const { center, bbox } = document.querySelector('arpent-app').app.state.view;
            const mercator = (degrees) => Math.log(Math.tan(Math.PI / 4 + (degrees * Math.PI) / 360));
            const box = document.querySelector('.map-canvas').getBoundingClientRect();
            return [
                box.left + ((lon - bbox[0]) / (bbox[2] - bbox[0])) * box.width,
                box.top + ((mercator(bbox[3]) - mercator(lat)) / (mercator(bbox[3]) - mercator(bbox[1]))) * box.height,
            ];
        }""",
        list(place),
    )
    return x, y


# -- forms ------------------------------------------------------------------------------------------------------------


def test_a_value_is_changed_and_saved(desk: BrowserContext, demo: Demo) -> None:
    one = another(desk, demo)
    page = edit(desk, demo, one)
    field(page, "name").fill("Square du Tilleul")
    field(page, "mowings").fill("9")
    page.get_by_label("Oui").check(force=True)
    save(page)
    now = thing(desk, demo, one.layer, one.id)
    assert (now.properties["name"], now.properties["mowings"], now.properties["watered"]) == (
        "Square du Tilleul",
        9,
        True,
    )
    assert now.geometry == one.geometry
    assert now.version == one.version + 1


def test_what_cannot_be_is_told_beside_its_field_and_nothing_is_sent(desk: BrowserContext, demo: Demo) -> None:
    one = another(desk, demo)
    page = edit(desk, demo, one)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/edits/" in request.url else None)
    field(page, "mowings").fill("beaucoup")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Écrivez un nombre entier.")).to_be_visible()
    expect(field(page, "mowings")).to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Un objet a des champs à corriger")).to_be_visible()
    assert sent == []


def test_a_required_field_is_asked_for_when_saving(desk: BrowserContext, demo: Demo) -> None:
    one = another(desk, demo)
    page = edit(desk, demo, one)
    field(page, "kind").select_option("")
    expect(page.get_by_text("À remplir.")).to_be_hidden()
    page.keyboard.press("Control+s")
    expect(page.get_by_text("À remplir.")).to_be_visible()


def test_a_refusal_of_the_server_stands_beside_its_field(desk: BrowserContext, demo: Demo) -> None:
    one, other = another(desk, demo), another(desk, demo)
    page = edit(desk, demo, one)
    field(page, "reference").fill(other.properties["reference"])
    page.keyboard.press("Control+s")
    fault = page.locator("#field-reference-fault")
    expect(fault).to_be_visible()
    expect(page.locator(".edit-pending")).to_have_text("1 à enregistrer")
    assert thing(desk, demo, one.layer, one.id).version == one.version


def test_somebody_who_may_not_edit_sees_no_desk_for_it(browser: Browser, demo: Demo) -> None:
    context = browser.new_context(locale="fr-FR")
    page = open_map(context, demo)
    expect(page.get_by_role("button", name="Couches", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Dessin")).to_have_count(0)
    context.close()


# -- drawing ----------------------------------------------------------------------------------------------------------


def corners(context: BrowserContext, demo: Demo) -> tuple[dict[str, Any], list[list[float]]]:
    """A parcel of the demo with few corners that is no green area: itself in the plane, its ring in degrees."""
    address = f"{demo.url}/ogc/collections/parcels/items"
    box: dict[str, str | float | bool] = {"bbox": "617000,6717500,618500,6719000", "bbox-crs": CRS, "limit": "2000"}
    exact = context.request.get(address, params=box | {"crs": CRS}).json()["features"]
    degrees = {one["id"]: one for one in context.request.get(address, params=box).json()["features"]}
    green = context.request.get(f"{demo.url}/ogc/collections/green-areas/items", params=box | {"crs": CRS}).json()
    taken = [places_of(one["geometry"]) for one in green["features"]]
    for one in exact:
        places = places_of(one["geometry"])
        apart = all(dist(a, b) > 8 for a, b in combinations(places, 2))
        if 4 <= len(places) <= 7 and apart and places not in taken:
            return one, ring_of(degrees[one["id"]]["geometry"])
    raise AssertionError("no parcel there")


def ring_of(geometry: dict[str, Any]) -> list[list[float]]:
    rings = geometry["coordinates"]
    ring: list[list[float]] = rings[0][0] if geometry["type"] == "MultiPolygon" else rings[0]
    return ring


def places_of(geometry: dict[str, Any]) -> set[tuple[float, ...]]:
    return {tuple(place) for place in ring_of(geometry)}


def test_a_traced_limit_has_the_very_vertices_of_the_parcel(desk: BrowserContext, demo: Demo) -> None:
    parcel, ring = corners(desk, demo)
    lon, lat = (sum(place[axis] for place in ring[:-1]) / (len(ring) - 1) for axis in (0, 1))
    page = open_map(desk, demo, f"#v=1&c={lon},{lat}&z=19&l=green-areas,parcels&p=edit")
    page.get_by_role("button", name="Espaces verts").click()
    page.get_by_role("button", name="Dessiner").click()
    page.get_by_role("button", name="Suivre").click()
    # The sheet has taken room beside the map.
    page.evaluate("(center) => document.querySelector('arpent-app').app.view.goTo({ center })", [lon, lat])
    at_rest(page)
    # What one snaps to comes a moment after the map has come to rest.
    editor_says(page, "editor.board.snapper.suffices(editor.board.canvas.box(), editor.board.snapLayers())")
    # Two corners by hand, then the way round by one click at each of two others.
    around = (ring[0], ring[1], ring[len(ring) // 2], ring[-2])
    pixels = [at_pixel(page, (place[0], place[1])) for place in around]
    lay(page, [(x + 3, y + 2) for x, y in pixels])
    page.locator(".map-canvas").press("f")
    field(page, "kind").select_option("lawn")
    save(page)
    made = page.evaluate("document.querySelector('arpent-app').app.editing.editor.state.active")
    assert places_of(thing(desk, demo, "green-areas", int(made)).geometry) == places_of(parcel["geometry"])


def test_a_shape_that_crosses_itself_is_refused_in_words(desk: BrowserContext, demo: Demo) -> None:
    one = another(desk, demo)
    page = open_map(desk, demo, one.place.replace("p=none", "p=edit"))
    page.get_by_role("button", name="Espaces verts").last.click()
    page.get_by_role("button", name="Dessiner").click()
    page.keyboard.press("s")
    at_rest(page)
    lay(page, [(600, 300), (800, 500), (800, 300), (600, 500)])
    expect(page.get_by_text("Ce tracé se croise lui-même")).to_be_visible()
    page.get_by_role("button", name="Terminer").click()
    expect(page.locator(TITLE)).to_have_text("Nouvel objet")
    expect(page.locator(".edit-measures")).to_be_visible()


def test_a_point_is_drawn_by_its_coordinates_alone(desk: BrowserContext, demo: Demo) -> None:
    lamp = another(desk, demo, "street-lights")
    east, north = lamp.geometry["coordinates"]
    page = open_map(desk, demo, lamp.place.replace("p=none", "p=edit"))
    page.get_by_role("button", name="Éclairage public").last.click()
    page.get_by_role("button", name="Dessiner").press("Enter")
    page.get_by_label("Est (m)").fill(f"{east + 10:.3f}".replace(".", ","))
    page.get_by_label("Nord (m)").fill(f"{north:.3f}")
    page.get_by_role("button", name="Ajouter ce point").press("Enter")
    field(page, "kind").select_option("led")
    save(page)
    made = page.evaluate("document.querySelector('arpent-app').app.editing.editor.state.active")
    assert thing(desk, demo, "street-lights", int(made)).geometry["coordinates"] == [
        round(east + 10, 3),
        round(north, 3),
    ]


def some_reference(context: BrowserContext, demo: Demo) -> dict[str, Any]:
    """A place on a numbered road of the demo, as the server reads it."""
    marker = context.request.get(f"{demo.url}/ogc/collections/road-markers/items?limit=1").json()["features"][0]
    told = marker["properties"]
    answer = context.request.get(
        f"{demo.url}/api/v1/networks/roads/locate", params={"reference": f"{told['route']} PR {told['number']}+25"}
    )
    return dict(answer.json())


def test_a_point_is_drawn_by_the_reference_of_a_road(desk: BrowserContext, demo: Demo) -> None:
    lamp = another(desk, demo, "street-lights")
    place = some_reference(desk, demo)
    page = open_map(desk, demo, lamp.place.replace("p=none", "p=edit"))
    page.get_by_role("button", name="Éclairage public").last.click()
    page.get_by_role("button", name="Dessiner").press("Enter")
    page.get_by_label("Route et PR").fill(place["reference"])
    page.get_by_label("Route et PR").press("Enter")
    field(page, "kind").select_option("led")
    save(page)
    made = page.evaluate("document.querySelector('arpent-app').app.editing.editor.state.active")
    assert thing(desk, demo, "street-lights", int(made)).geometry["coordinates"] == [
        round(place["x"], 3),
        round(place["y"], 3),
    ]


def test_a_reference_that_lies_nowhere_says_why_and_is_kept(desk: BrowserContext, demo: Demo) -> None:
    lamp = another(desk, demo, "street-lights")
    page = edit(desk, demo, lamp)
    tab(page, "Tracé")
    box = page.get_by_label("Route et PR")
    box.fill("D 2020 PR 999+1")
    page.get_by_role("button", name="Déplacer à ce repère").click()
    expect(page.locator("#edit-reference-fault")).to_contain_text("PR")
    expect(box).to_have_value("D 2020 PR 999+1")
    expect(box).to_be_focused()
    assert serious_in_both_schemes(page) == []
    expect(page.locator(".edit-pending")).to_have_text("Rien à enregistrer")


def test_coordinates_and_lengths_are_changed_by_keyboard(desk: BrowserContext, demo: Demo) -> None:
    one = another(desk, demo, "cycle-paths")
    page = edit(desk, demo, one)
    tab(page, "Tracé")
    (east, north), after, *rest = one.geometry["coordinates"]
    first = page.get_by_label("Sommet 1, Est (m)")
    first.fill(f"{east + 1.25:.3f}".replace(".", ","))
    first.press("Tab")
    expect(page.locator(".edit-pending")).to_have_text("1 à enregistrer")
    save(page)
    assert thing(desk, demo, one.layer, one.id).geometry["coordinates"] == [
        [round(east + 1.25, 3), north],
        after,
        *rest,
    ]


def test_a_vertex_is_dragged_and_undone(desk: BrowserContext, demo: Demo) -> None:
    one = another(desk, demo)
    page = edit(desk, demo, one)
    at_rest(page)
    ring = desk.request.get(f"{demo.url}/ogc/collections/green-areas/items/{one.id}").json()["geometry"]["coordinates"]
    x, y = at_pixel(page, tuple(ring[0][0]))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 25, y + 15, steps=4)
    page.mouse.up()
    expect(page.locator(".edit-pending")).to_have_text("1 à enregistrer")
    page.locator(".map-canvas").press("Control+z")
    expect(page.locator(".edit-pending")).to_have_text("Rien à enregistrer")
    page.locator(".map-canvas").press("Control+Shift+z")
    expect(page.locator(".edit-pending")).to_have_text("1 à enregistrer")


# -- undone, kept, left -----------------------------------------------------------------------------------------------


def test_work_outlives_a_reload_with_its_undoing(desk: BrowserContext, demo: Demo) -> None:
    one = another(desk, demo)
    page = edit(desk, demo, one)
    field(page, "name").fill("Avant le rechargement")
    kept(page)
    page.reload()
    page.wait_for_selector("html[data-arpent-ready=true]", state="attached")
    page.get_by_role("button", name="Reprendre").click()
    expect(page.locator(".edit-pending")).to_have_text("1 à enregistrer")
    page.get_by_role("button", name="Annuler").click()
    expect(page.locator(".edit-pending")).to_have_text("Rien à enregistrer")
    page.get_by_role("button", name="Rétablir").first.click()
    save(page)
    assert thing(desk, demo, one.layer, one.id).properties["name"] == "Avant le rechargement"


def test_leaving_asks_what_becomes_of_the_work(desk: BrowserContext, demo: Demo) -> None:
    one = another(desk, demo)
    page = edit(desk, demo, one)
    field(page, "name").fill("Presque")
    page.get_by_role("button", name="Quitter").click()
    expect(page.get_by_role("dialog")).to_contain_text("Un objet a été modifié dans « Espaces verts »")
    page.get_by_role("button", name="Abandonner").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator(".edit-bar")).to_be_hidden()
    assert thing(desk, demo, one.layer, one.id).version == one.version


# How many people's works in layers are in this browser.
WORKS_LEFT = """new Promise((resolve) => {
    const asked = indexedDB.open('arpent-edit');
    asked.onsuccess = () => {
        const count = asked.result.transaction('work').objectStore('work').count();
        count.onsuccess = () => resolve(count.result);
    };
})"""


def test_signing_out_wipes_the_work_where_one_says_so(browser: Browser, demo: Demo) -> None:
    context = browser.new_context(locale="fr-FR", viewport=DESK)  # type: ignore[arg-type]
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    sign_in(page, demo, "sig.lys")
    one = another(context, demo)
    # The map is there already and follows the link; while it begins it would follow it twice.
    page.wait_for_selector("html[data-arpent-ready=true]", state="attached", timeout=FIRST_VIEW_MS)
    page.goto(f"{demo.url}/{one.place}")
    page.get_by_role("button", name="Modifier", exact=True).click()
    field(page, "name").fill("À moi")
    kept(page)
    page.get_by_role("button", name=re.compile("Sig")).click()
    page.get_by_role("button", name="Se déconnecter").click()
    page.get_by_role("dialog").get_by_role("button", name="L’effacer et se déconnecter").click()
    expect(page.get_by_role("link", name="Se connecter").first).to_be_visible()
    page.goto(f"{demo.url}/")
    page.wait_for_selector("html[data-arpent-ready=true]", state="attached")
    assert page.evaluate("localStorage.getItem('arpent.edit')") is None
    assert page.evaluate(WORKS_LEFT) == 0
    context.close()


def test_a_link_is_followed_while_the_map_writes_its_own_in_the_address_bar(
    browser: Browser, demo: Demo, technician: dict[str, object]
) -> None:
    with screen(browser, technician) as context:
        page = open_map(context, demo)
        page.evaluate(
            """(place) => {
                const shown = location.href;
                location.hash = place;
                history.replaceState(null, "", shown);
            }""",
            another(context, demo).place,
        )
        expect(page.get_by_role("button", name="Modifier", exact=True)).to_be_visible()


def test_another_account_finds_nothing_of_the_work(browser: Browser, demo: Demo, technician: dict[str, object]) -> None:
    with screen(browser, technician) as context:
        one = another(context, demo)
        page = edit(context, demo, one)
        field(page, "name").fill("À moi")
        kept(page)
        context.clear_cookies()
        sign_in(page, demo, "lecture.lys")
        page.wait_for_selector("html[data-arpent-ready=true]", state="attached")
        expect(page.get_by_role("button", name="Reprendre")).to_have_count(0)
        assert page.evaluate(WORKS_LEFT) == 1


# -- together ---------------------------------------------------------------------------------------------------------


def test_a_conflict_is_settled_field_by_field(desk: BrowserContext, demo: Demo) -> None:
    one = another(desk, demo)
    page = edit(desk, demo, one)
    field(page, "name").fill("Mon nom")
    field(page, "mowings").fill("3")
    page.keyboard.press("Tab")
    theirs = {"name": "Leur nom", "remark": "Vu hier"}
    write(desk, demo, one.layer, [{"action": "update", "id": one.id, "version": one.version, "properties": theirs}])
    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("a changé entre-temps")
    expect(dialog).to_contain_text("Leur nom")
    expect(dialog.get_by_role("button", name="Enregistrer ce choix")).to_be_disabled()
    assert serious_in_both_schemes(page) == []
    dialog.get_by_label("Mon nom").check()
    dialog.get_by_role("button", name="Enregistrer ce choix").click()
    expect(page.get_by_text("Objet enregistré.")).to_be_visible()
    now = thing(desk, demo, one.layer, one.id).properties
    assert (now["name"], now["mowings"], now["remark"]) == ("Mon nom", 3, "Vu hier")


def test_what_somebody_deleted_meanwhile_can_be_made_anew(desk: BrowserContext, demo: Demo) -> None:
    one = another(desk, demo)
    page = edit(desk, demo, one)
    field(page, "name").fill("Encore là")
    write(desk, demo, one.layer, [{"action": "delete", "id": one.id, "version": one.version}])
    page.keyboard.press("Control+s")
    expect(page.get_by_role("dialog")).to_contain_text("supprimé entre-temps")
    page.get_by_role("button", name="Recréer l’objet").click()
    expect(page.get_by_text("Objet enregistré.")).to_be_visible()
    made = page.evaluate("document.querySelector('arpent-app').app.editing.editor.state.active")
    assert thing(desk, demo, one.layer, int(made)).properties["name"] == "Encore là"


def deleted_here(desk: BrowserContext, demo: Demo) -> tuple[Page, Thing]:
    """What is to be deleted here, and was given another name there meanwhile: the dialog is open."""
    one = another(desk, demo)
    page = edit(desk, demo, one)
    page.get_by_role("button", name="Supprimer").click()
    change = {"action": "update", "id": one.id, "version": one.version, "properties": {"name": "Leur nom"}}
    write(desk, demo, one.layer, [change])
    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Vous l’avez supprimé ici")
    expect(dialog).to_contain_text("Leur nom")
    expect(dialog.get_by_role("button", name="Enregistrer ce choix")).to_have_count(0)
    assert serious_in_both_schemes(page) == []
    return page, one


def test_a_deletion_over_a_change_is_named_and_said_afterwards(desk: BrowserContext, demo: Demo) -> None:
    page, one = deleted_here(desk, demo)
    page.get_by_role("button", name="Le supprimer quand même").click()
    expect(page.get_by_text("Objet supprimé.")).to_be_visible()
    assert desk.request.get(f"{demo.url}/ogc/collections/{one.layer}/items/{one.id}").status == 404


def test_a_deletion_is_given_up_for_what_somebody_saved(desk: BrowserContext, demo: Demo) -> None:
    page, one = deleted_here(desk, demo)
    page.get_by_role("button", name="Le garder tel qu’il est enregistré").click()
    expect(page.get_by_text("Objet gardé tel qu’il est enregistré")).to_be_visible()
    assert thing(desk, demo, one.layer, one.id).properties["name"] == "Leur nom"


def test_what_both_deleted_asks_nothing(desk: BrowserContext, demo: Demo) -> None:
    one = another(desk, demo)
    page = edit(desk, demo, one)
    page.get_by_role("button", name="Supprimer").click()
    write(desk, demo, one.layer, [{"action": "delete", "id": one.id, "version": one.version}])
    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Vous l’avez supprimé aussi")
    dialog.get_by_role("button", name="Le laisser supprimé").click()
    expect(page.get_by_text("Objet laissé supprimé")).to_be_visible()


def test_a_save_whose_answer_was_lost_is_not_done_twice(desk: BrowserContext, demo: Demo) -> None:
    lamp = another(desk, demo, "street-lights")
    east, north = lamp.geometry["coordinates"]
    page = open_map(desk, demo, lamp.place.replace("p=none", "p=edit"))
    page.get_by_role("button", name="Éclairage public").last.click()
    page.get_by_role("button", name="Dessiner").click()
    page.get_by_label("Est (m)").fill(str(east - 7))
    page.get_by_label("Nord (m)").fill(str(north + 3))
    page.get_by_role("button", name="Ajouter ce point").click()
    field(page, "kind").select_option("led")
    field(page, "remark").fill("Une seule fois")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/edits/", lose)
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Le serveur ne répond pas")).to_be_visible()
    page.unroute("**/edits/")
    save(page)
    found = desk.request.get(
        f"{demo.url}/ogc/collections/street-lights/items", params={"filter": "remark = 'Une seule fois'"}
    ).json()
    assert found["numberMatched"] == 1


# -- history ----------------------------------------------------------------------------------------------------------


def test_a_former_version_is_read_and_restored(desk: BrowserContext, demo: Demo) -> None:
    one = another(desk, demo)
    for number, name in enumerate(("Premier nom", "Second nom")):
        change = {"action": "update", "id": one.id, "version": one.version + number, "properties": {"name": name}}
        write(desk, demo, one.layer, [change])
    page = edit(desk, demo, one)
    tab(page, "Historique")
    entries = page.locator(".versions-entry")
    expect(entries.first).to_contain_text("version actuelle")
    expect(entries.first).to_contain_text("Second nom")
    assert serious_in_both_schemes(page) == []
    entries.nth(1).get_by_role("button", name="Rétablir cette version").click()
    expect(page.get_by_text("Version rétablie.")).to_be_visible()
    assert thing(desk, demo, one.layer, one.id).properties["name"] == "Premier nom"


def test_a_deleted_feature_is_found_and_restored(desk: BrowserContext, demo: Demo) -> None:
    one = another(desk, demo)
    page = edit(desk, demo, one)
    page.get_by_role("button", name="Supprimer").click()
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Objet supprimé.")).to_be_visible()
    missing = desk.request.get(f"{demo.url}/ogc/collections/{one.layer}/items/{one.id}")
    assert missing.status == 404
    page.get_by_role("button", name="Dessin", exact=True).click()
    page.get_by_text("Objets supprimés").click()
    row = page.locator(".edit-deleted li", has_text=one.properties["reference"])
    row.get_by_role("button", name="Rétablir").click()
    expect(page.locator(TITLE)).to_have_text(one.properties["reference"])
    assert thing(desk, demo, one.layer, one.id).geometry == one.geometry


def test_a_reader_of_the_owner_reads_the_history_and_changes_nothing(browser: Browser, demo: Demo) -> None:
    context = browser.new_context(locale="fr-FR", viewport=DESK)  # type: ignore[arg-type]
    page = context.new_page()
    sign_in(page, demo, "lecture.lys")
    one = another(context, demo)
    page = open_map(context, demo, one.place)
    expect(page.get_by_role("button", name="Modifier", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Historique").click()
    expect(page.get_by_role("tab")).to_have_count(1)
    expect(page.locator(".versions-entry, .message").first).to_be_visible()
    expect(page.get_by_role("button", name="Rétablir cette version")).to_have_count(0)
    expect(page.get_by_role("button", name="Dessiner")).to_have_count(0)
    context.close()


def test_whoever_was_overwritten_is_told_until_they_have_read_it(desk: BrowserContext, demo: Demo) -> None:
    one = another(desk, demo)
    notice = {
        "id": 5,
        "layer": one.layer,
        "layer_title": "Espaces verts",
        "feature": one.id,
        "action": "update",
        "fields": [{"name": "name", "label": "Nom"}],
        "by": "Alix Sig",
        "at": "2026-11-24T10:00:00Z",
    }
    read: list[str] = []

    def notices(route: Route) -> None:
        if route.request.method == "DELETE":
            read.append(route.request.url)
            return route.fulfill(status=204)
        return route.fulfill(json={"count": 1, "next": None, "results": [notice]})

    desk.route("**/api/v1/notices/**", notices)
    forget_the_view(desk)
    page = open_map(desk, demo)
    expect(page.get_by_text("Alix Sig a remplacé vos valeurs dans « Espaces verts » : Nom.")).to_be_visible()
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        page.get_by_role("button", name="Voir", exact=True).click()
    expect(page.locator(TITLE)).to_have_text(one.properties["reference"])
    expect(page.get_by_role("tab", name="Historique")).to_have_attribute("aria-selected", "true")
    assert [address.rpartition("/notices/")[2] for address in read] == ["5/"]


# -- several, split, merged -------------------------------------------------------------------------------------------


def test_a_feature_is_split_and_merged_again(desk: BrowserContext, demo: Demo) -> None:
    one = another(desk, demo)
    west, south, east, north = one.bbox
    page = edit(desk, demo, one)
    page.get_by_role("button", name="Cadrer").click()
    tab(page, "Tracé")
    page.get_by_role("button", name="Découper").click()
    at_rest(page)
    page.keyboard.press("s")
    middle = (west + east) / 2
    latitudes = (south - (north - south) / 10, north + (north - south) / 10)
    lay(page, [at_pixel(page, (middle, latitude)) for latitude in latitudes])
    page.get_by_role("button", name="Terminer").click()
    expect(page.locator(TITLE)).to_have_text(re.compile(r"^\d objets choisis$"))
    page.get_by_role("button", name="Fusionner en un").click()
    expect(page.get_by_text("Objets fusionnés en un.")).to_be_visible()
    expect(page.locator(TITLE)).to_have_text(one.properties["reference"])


def test_several_features_are_changed_at_once(desk: BrowserContext, demo: Demo) -> None:
    one, other = another(desk, demo, "street-lights"), another(desk, demo, "street-lights")
    page = edit(desk, demo, one)
    page.evaluate(f"document.querySelector('arpent-app').app.editing.editor.pick([{one.id}, {other.id}], 'add')")
    expect(page.locator(TITLE)).to_have_text("2 objets choisis")
    assert serious_in_both_schemes(page) == []
    field(page, "power_w").fill("42")
    page.keyboard.press("Tab")
    save(page)
    for lamp in (one, other):
        now = thing(desk, demo, lamp.layer, lamp.id)
        assert now.properties["power_w"] == 42
        assert now.properties["reference"] == lamp.properties["reference"]


# -- table ------------------------------------------------------------------------------------------------------------


def open_table(page: Page, layer: str) -> None:
    page.get_by_role("button", name="Parcelles", exact=True).click()
    page.locator("arp-list-panel select").select_option(layer)
    page.get_by_role("button", name="Tableau complet").click()
    expect(page.locator(".data-table tbody tr[data-row]").first).to_be_visible()
    # It takes room from the map, which shows less then: so do its rows.
    at_rest(page)
    expect(page.locator(".data-table")).to_have_attribute("aria-busy", "false")


def test_the_table_sorts_and_filters_on_the_server(desk: BrowserContext, demo: Demo) -> None:
    forget_the_view(desk)
    page = open_map(desk, demo)
    open_table(page, "street-lights")
    page.get_by_label("Dans la vue").uncheck()
    header = page.locator(".data-table").get_by_role("columnheader", name="Puissance")
    header.get_by_role("button").click()
    header.get_by_role("button").click()
    expect(header).to_have_attribute("aria-sort", "descending")
    page.get_by_role("button", name="Filtrer").click()
    page.get_by_label("Champ", exact=True).select_option("power_w")
    page.get_by_label("Comparaison").select_option("less")
    page.get_by_label("Valeur de Puissance").fill("50")
    expect(page.locator(".data-tools [role=status]")).to_have_text(re.compile(r"^\d+ objets$"))
    expect(page.locator("tr[data-row] td[data-type=integer]").first).to_have_text(re.compile("^(35|42)$"))
    assert serious_in_both_schemes(page) == []


def test_map_and_table_select_together(desk: BrowserContext, demo: Demo) -> None:
    one = another(desk, demo)
    # From so far that others are in the view, too, of which the table takes a part.
    page = open_map(desk, demo, one.place.replace("z=19.5", "z=16.5"))
    open_table(page, "green-areas")
    row = page.locator("tr[data-row]", has_text=one.properties["reference"])
    expect(row).to_have_attribute("data-current", "")
    other = page.locator("tr[data-row]:not([data-current])").first
    reference = other.locator("th").inner_text().strip()
    other.locator("th button").click()
    expect(page.locator("#sheet-title")).to_have_text(reference)
    expect(row).not_to_have_attribute("data-current", "")


def test_what_is_not_saved_yet_is_seen_in_the_table(desk: BrowserContext, demo: Demo) -> None:
    one = another(desk, demo)
    page = edit(desk, demo, one)
    page.get_by_role("button", name="Tableau de la couche").click()
    field(page, "name").fill("Pas encore enregistré")
    row = page.locator("tr[data-row][data-current]")
    expect(row).to_contain_text("Pas encore enregistré")


# -- keyboard, phone, accessibility -----------------------------------------------------------------------------------


def test_a_point_is_drawn_with_the_keyboard_alone(desk: BrowserContext, demo: Demo) -> None:
    lamp = another(desk, demo, "street-lights")
    page = open_map(desk, demo, lamp.place.replace("p=none", "p=edit"))
    page.get_by_role("button", name="Éclairage public").last.press("Enter")
    expect(page.locator(".edit-bar")).to_be_visible()
    canvas = page.locator(".map-canvas")
    canvas.focus()
    page.keyboard.press("d")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(field(page, "kind")).to_be_visible()
    field(page, "kind").select_option("sodium")
    save(page)


def test_a_surface_is_drawn_with_the_crosshair_of_a_phone(phone: BrowserContext, demo: Demo) -> None:
    one = another(phone, demo)
    page = open_map(phone, demo, one.place.replace("p=none", "p=edit").replace(f"&s={one.layer}.{one.id}", ""))
    page.get_by_role("button", name="Espaces verts").tap()
    page.get_by_role("button", name="Dessiner").tap()
    point = page.get_by_role("button", name="Point", exact=True)
    expect(point).to_be_visible()
    point.tap()
    for dx, dy in ((-90, 0), (0, -90)):
        drag_the_map(page, dx, dy)
        point.tap()
    expect(page.locator(".edit-measures")).to_contain_text("3 points")
    for button in page.locator(".cross-buttons button, .edit-bar button:visible").all():
        box = button.bounding_box()
        assert box is None or (box["width"] >= 44 and box["height"] >= 44), button.inner_text()
    page.locator(".cross-buttons").get_by_role("button", name="Terminer").tap()
    expect(page.locator(TITLE)).to_have_text("Nouvel objet")
    expect(field(page, "kind")).to_be_visible()
    assert wider_by(page) <= 0


def test_a_vertex_is_taken_and_placed_with_the_crosshair_of_a_phone(phone: BrowserContext, demo: Demo) -> None:
    one = another(phone, demo)
    degrees = phone.request.get(f"{demo.url}/ogc/collections/{one.layer}/items/{one.id}").json()["geometry"]
    page = edit(phone, demo, one)
    tab(page, "Tracé")
    aim = "(center) => document.querySelector('arpent-app').app.view.goTo({ center })"
    page.evaluate(aim, ring_of(degrees)[0])
    at_rest(page)
    page.get_by_role("button", name="Prendre").tap()
    expect(page.get_by_role("button", name="Poser")).to_be_visible()
    # What is held is brought under the crosshair first.
    at_rest(page)
    drag_the_map(page, 40, 30)
    page.get_by_role("button", name="Poser").tap()
    undo = page.get_by_role("button", name="Annuler")
    expect(undo).to_be_enabled()
    moved = page.evaluate("document.querySelector('arpent-app').app.editing.editor.state.session.done.length")
    assert moved == 1
    undo.tap()
    expect(page.get_by_role("button", name="Enregistrer").first).to_be_disabled()


def test_what_breaks_a_rule_is_listed_and_opened(desk: BrowserContext, demo: Demo) -> None:
    lamp = another(desk, demo, "street-lights")
    east, north = lamp.geometry["coordinates"]
    near = {"action": "create", "properties": {"kind": "led", "reference": "Z-1"}}
    write(desk, demo, lamp.layer, [near | {"geometry": {"type": "Point", "coordinates": [east + 0.5, north]}}])
    page = edit(desk, demo, lamp)
    page.get_by_role("button", name="Dessin", exact=True).click()
    page.get_by_text("À vérifier").click()
    issue = page.locator(".edit-issue", has_text=re.compile(f"{lamp.properties['reference']}|Z-1")).first
    expect(issue).to_be_visible()
    issue.click()
    expect(page.locator(TITLE)).to_have_text(re.compile(f"{lamp.properties['reference']}|Z-1"))


def test_axe_finds_nothing_serious_while_editing(context: BrowserContext, demo: Demo) -> None:
    one = another(context, demo)
    page = open_map(context, demo, one.place)
    page.get_by_role("button", name="Modifier", exact=True).click()
    expect(page.locator(".edit-form .field").first).to_be_visible()
    found = serious_in_both_schemes(page)
    for name in ("Tracé", "Photos", "Historique"):
        tab(page, name)
        expect(page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")
        expect(page.locator(".edit-sheet .skeleton")).to_have_count(0)
        found += serious_in_both_schemes(page)
    page.get_by_role("button", name="Dessiner").click()
    expect(page.locator(".edit-numbers").first).to_be_attached()
    found += serious_in_both_schemes(page)
    assert found == []


# -- photos -----------------------------------------------------------------------------------------------------------


def test_a_photo_is_attached_seen_and_removed(desk: BrowserContext, demo: Demo, tmp_path: Path) -> None:
    one = another(desk, demo)
    file = tmp_path / "massif.jpg"
    Image.new("RGB", (640, 480), "#4a7a3a").save(file)
    page = edit(desk, demo, one)
    tab(page, "Photos")
    page.get_by_label("Ajouter une photo").set_input_files(file)
    expect(page.locator(".attachments img")).to_have_attribute("alt", "massif.jpg")
    page.get_by_role("button", name="Quitter").click()
    page.evaluate(f"document.querySelector('arpent-app').app.sheet.open({{ layer: '{one.layer}', id: {one.id} }})")
    expect(page.locator(".attachments-seen img")).to_be_visible()
    page.get_by_role("button", name="Modifier", exact=True).click()
    tab(page, "Photos")
    page.get_by_role("button", name="Retirer la photo 1").click()
    page.locator(".attachments").get_by_role("button", name="Supprimer").click()
    expect(page.get_by_text("Aucune photo")).to_be_visible()
