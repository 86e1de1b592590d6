"""The pages of imports in a real browser, against a real server and a real worker."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import serious
from tests.browser.conftest import DESK, PHONE, Demo, cookies_of, to_another_page
from tests.geopackages import Row, geopackage

MIB = 1_048_576
# In the territory of the Lys.
EAST, NORTH = 616_000.0, 6_717_800.0
PATIENCE_MS = 120_000


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, demo: Demo) -> Iterator[Page]:
    """The GIS administrator's; errors of the page fail the test."""
    yield from opened(browser, demo, request.param)


@pytest.fixture
def desk(browser: Browser, demo: Demo) -> Iterator[Page]:
    yield from opened(browser, demo, DESK)


def opened(browser: Browser, demo: Demo, size: dict[str, int]) -> Iterator[Page]:
    state = cookies_of(browser, demo, "sig.lys")
    context = browser.new_context(locale="fr-FR", viewport=size, storage_state=state)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def too_large(tmp_path: Path) -> Path:
    """One megabyte more than may be sent; it takes no room on the disk."""
    path = tmp_path / "cadastre.json"
    with path.open("wb") as made:
        made.truncate(501 * MIB)
    return path


def lamp(number: int, **values: object) -> Row:
    shape = shapely.Point(EAST + 12 * number, NORTH + 7 * number)
    return shape, {"REF": f"L{number:03d}", "ÉTAT": "bon", "HAUTEUR": 4.5, **values}


def send(page: Page, demo: Demo, path: Path) -> None:
    """From the page of imports to what is in the file."""
    page.goto(f"{demo.url}/imports/")
    page.locator("#layer-file").set_input_files(path)
    page.get_by_role("button", name="Regarder le fichier").click()
    page.wait_for_url("**/imports/fichiers/*/1/", timeout=PATIENCE_MS)


def test_files_that_are_too_large_are_not_sent(desk: Page, demo: Demo, too_large: Path) -> None:
    sent: list[str] = []
    desk.goto(f"{demo.url}/imports/")
    desk.on("request", lambda request: sent.append(request.method))
    desk.get_by_text("Données de référence").click()
    desk.locator("#file").set_input_files(too_large)
    desk.get_by_role("button", name="Lancer l’import").click()
    expect(desk.locator("#too-large")).to_contain_text("500 Mo")
    desk.locator("#layer-file").set_input_files(too_large)
    desk.get_by_role("button", name="Regarder le fichier").click()
    expect(desk.locator("[data-refused]")).to_contain_text("500 Mo")
    assert "POST" not in sent


@pytest.mark.parametrize(("field", "button"), [("#file", "Lancer l’import"), ("#layer-file", "Regarder le fichier")])
def test_the_server_says_how_large_files_may_be(
    desk: Page, demo: Demo, browser: Browser, too_large: Path, field: str, button: str
) -> None:
    context = browser.new_context(locale="fr-FR", java_script_enabled=False, storage_state=desk.context.storage_state())
    plain = context.new_page()
    plain.goto(f"{demo.url}/imports/")
    plain.get_by_text("Données de référence").click()
    plain.locator(field).set_input_files(too_large)
    with plain.expect_response(lambda answer: answer.request.method == "POST", timeout=PATIENCE_MS) as answered:
        plain.get_by_role("button", name=button).click(timeout=PATIENCE_MS)
    assert answered.value.status == 413
    expect(plain.locator("p.notice[role=alert]").first).to_contain_text("500 Mo")
    context.close()


def test_a_file_becomes_a_layer_on_the_map_and_is_brought_up_to_date(page: Page, demo: Demo, tmp_path: Path) -> None:
    send(page, demo, geopackage(tmp_path / "lampes.gpkg", [lamp(number) for number in range(20)], name="lampes"))
    expect(page.get_by_text("20 points")).to_be_visible()
    assert serious(page) == []
    page.get_by_role("link", name="Publier comme nouvelle couche").click()
    expect(page.get_by_label("Titre")).to_be_visible()
    assert serious(page) == []
    title = f"Lampes {page.viewport_size['width']}"  # type: ignore[index]
    page.get_by_label("Titre").fill(title)
    page.get_by_label("Référence unique").select_option("REF")
    page.get_by_role("button", name="Vérifier le fichier").click()
    publish = page.get_by_role("button", name="Publier la couche")
    publish.wait_for(timeout=PATIENCE_MS)
    assert serious(page) == []
    publish.click()
    page.get_by_role("link", name="Voir sur la carte").wait_for(timeout=PATIENCE_MS)
    changed = [lamp(number, **({"ÉTAT": "usé"} if number == 3 else {})) for number in range(1, 21)]
    send(page, demo, geopackage(tmp_path / "lampes-2027.gpkg", changed, name="lampes"))
    page.get_by_role("link", name="Mettre une couche à jour").click()
    page.get_by_label("Couche", exact=True).select_option(label=title)
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("button", name="Vérifier le fichier")).to_be_visible()
    assert serious(page) == []
    page.get_by_role("button", name="Vérifier le fichier").click()
    apply = page.get_by_role("button", name="Appliquer la différence")
    apply.wait_for(timeout=PATIENCE_MS)
    expect(page.locator("del")).to_have_text("bon")
    expect(page.locator("ins")).to_have_text("usé")
    assert serious(page) == []
    apply.click()
    page.get_by_role("link", name="Reprendre l’import").click(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Reprendre l’import").click()
    expect(page.get_by_role("heading", name="Annulé")).to_be_visible(timeout=PATIENCE_MS)


def test_a_file_is_dropped(desk: Page, demo: Demo, tmp_path: Path) -> None:
    path = geopackage(tmp_path / "depose.gpkg", [lamp(1)], name="depose")
    desk.goto(f"{demo.url}/imports/")
    content = list(path.read_bytes())
    transfer = desk.evaluate_handle(
        "(bytes) => { const sent = new DataTransfer();"
        " sent.items.add(new File([new Uint8Array(bytes)], 'depose.gpkg')); return sent; }",
        content,
    )
    desk.locator("[data-zone]").dispatch_event("drop", {"dataTransfer": transfer})
    desk.wait_for_url("**/imports/fichiers/*/1/", timeout=PATIENCE_MS)
    expect(desk.get_by_role("heading", name="depose")).to_be_visible()


def test_a_layer_is_published_by_keyboard_alone(desk: Page, demo: Demo, tmp_path: Path) -> None:
    send(desk, demo, geopackage(tmp_path / "clavier.gpkg", [lamp(1)], name="clavier"))
    press_on(desk, "Publier comme nouvelle couche")
    press_on(desk, "Vérifier le fichier")
    desk.get_by_role("button", name="Publier la couche").wait_for(timeout=PATIENCE_MS)
    press_on(desk, "Publier la couche")
    expect(desk.get_by_role("link", name="Voir sur la carte")).to_be_visible(timeout=PATIENCE_MS)


def press_on(page: Page, name: str) -> None:
    """Tab to what is called so, then Enter."""
    page.wait_for_load_state()
    for _step in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == name:
            with to_another_page(page):
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"{name} is not reached by Tab")


def test_a_file_that_cannot_be_read_says_what_to_do(desk: Page, demo: Demo, tmp_path: Path) -> None:
    path = tmp_path / "photo.gpkg"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 100)
    desk.goto(f"{demo.url}/imports/")
    desk.locator("#layer-file").set_input_files(path)
    desk.get_by_role("button", name="Regarder le fichier").click()
    expect(desk.get_by_role("alert")).to_contain_text("photo.gpkg", timeout=PATIENCE_MS)
    expect(desk.get_by_role("link", name="Envoyer un autre fichier")).to_be_visible()


def test_axes_that_look_swapped_are_put_in_order_in_one_click(page: Page, demo: Demo, tmp_path: Path) -> None:
    rows = [(shapely.Point(shape.y, shape.x), values) for shape, values in map(lamp, range(5))]
    send(page, demo, geopackage(tmp_path / "inversees.gpkg", rows, name="inversees"))
    expect(page.get_by_role("alert")).to_contain_text("inversées")
    assert serious(page) == []
    page.get_by_role("button", name="Les remettre dans l’ordre").click()
    expect(page.get_by_label("Échanger x et y")).to_be_checked(timeout=PATIENCE_MS)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_table_without_places_is_offered_a_join_and_an_update_of_attributes(
    page: Page, demo: Demo, tmp_path: Path
) -> None:
    path = tmp_path / "notes.csv"
    path.write_text("id;parcelle;note\n1;45901000AB0012;à voir\n")
    send(page, demo, path)
    page.get_by_role("link", name="Publier comme nouvelle couche").click()
    page.get_by_label("Ou la couche qui a les lieux").select_option("parcels.idu")
    assert serious(page) == []
    page.go_back()
    page.get_by_role("link", name="Mettre une couche à jour").click()
    expect(page.get_by_role("radio", name="Mettre à jour les attributs")).to_be_checked()
    assert serious(page) == []
