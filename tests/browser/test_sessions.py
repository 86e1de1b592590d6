"""A session that ends while somebody works: the page says so, one signs in again over it, and nothing is lost."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from tests.browser.conftest import DESK, FIRST_VIEW_MS, PHONE, Demo, arpent, open_map, sign_in, until
from tests.browser.test_editing import CRS, WORKS_LEFT, another, edit, field, kept, lay, thing
from tests.browser.test_permit_people import FILING
from tests.documents import pdf

pytestmark = pytest.mark.browser
LAYER = "green-areas"
# So many points of a drawing are in this browser, should the page go.
POINTS_KEPT = """new Promise((resolve) => {
    const asked = indexedDB.open('arpent-edit');
    asked.onsuccess = () => {
        const works = asked.result.transaction('work').objectStore('work').getAll();
        works.onsuccess = () => {
            asked.result.close();
            resolve(Math.max(0, ...works.result.map(({ drawing }) => drawing?.groups.length ?? 0)));
        };
    };
})"""


@contextmanager
def somebody(browser: Browser, demo: Demo, username: str, **options: Any) -> Iterator[BrowserContext]:
    """A browser of their own: its session is to be ended."""
    context = browser.new_context(locale="fr-FR", viewport=DESK, **options)
    sign_in(context.new_page(), demo, username)
    yield context
    context.close()


def end_session(context: BrowserContext, demo: Demo) -> None:
    """On the server, from a copy of the browser: this one still has its cookies and knows nothing of it."""
    assert context.browser
    copy = context.browser.new_context(storage_state=context.storage_state())
    token = copy.request.get(f"{demo.url}/compte/session/").json()["csrf"]
    form = {"csrfmiddlewaretoken": token}
    left = copy.request.post(f"{demo.url}/compte/deconnexion/", form=form, headers={"Referer": demo.url})
    assert left.ok, left.status
    copy.close()


def unlike_before(text: str) -> str:
    """Whatever an earlier run on the same demo wrote there."""
    return f"{text} {uuid4().hex[:6]}"


def window(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Se reconnecter")


def sign_in_again(page: Page, demo: Demo, username: str) -> None:
    """The name is there already, and the password has the focus."""
    expect(window(page)).to_be_visible()
    expect(window(page).get_by_label("Nom d’utilisateur")).to_have_value(username)
    expect(window(page).get_by_label("Mot de passe")).to_be_focused()
    page.keyboard.type(demo.passwords[username])
    page.keyboard.press("Enter")
    expect(window(page)).to_be_hidden()


def features(context: BrowserContext, demo: Demo) -> int:
    page = context.request.get(f"{demo.url}/ogc/collections/{LAYER}/items", params={"limit": 1, "crs": CRS})
    return int(page.json()["numberMatched"])


# -- the map ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_sheet_waits_for_its_reader_to_sign_in_again(browser: Browser, demo: Demo, size: dict[str, int]) -> None:
    """Never under a person's name what anybody sees."""
    with somebody(browser, demo, "sig.lys") as context:
        one = another(context, demo)
        page = open_map(context, demo, one.place.split("&s=")[0])
        page.set_viewport_size(size)  # type: ignore[arg-type]
        select = f"void document.querySelector('arpent-app').app.sheet.open({{ layer: '{LAYER}', id: {one.id} }})"
        end_session(context, demo)
        page.evaluate(select)
        expect(window(page)).to_be_visible()
        expect(page.locator("arp-sheet .sheet-title, arp-sheet h2").first).not_to_contain_text("Espaces verts")
        sign_in_again(page, demo, "sig.lys")
        expect(page.get_by_role("button", name="Modifier", exact=True)).to_be_visible()


def test_an_edit_is_saved_once_signed_in_again(browser: Browser, demo: Demo) -> None:
    with somebody(browser, demo, "sig.lys") as context:
        one = another(context, demo)
        page = edit(context, demo, one)
        name = unlike_before("Après la session")
        field(page, "name").fill(name)
        kept(page)
        end_session(context, demo)
        page.keyboard.press("Control+s")
        sign_in_again(page, demo, "sig.lys")
        expect(page.get_by_text("Objet enregistré.")).to_be_visible()
        now = thing(context, demo, LAYER, one.id)
        assert (now.properties["name"], now.version) == (name, one.version + 1)
        until(page, lambda: page.evaluate("localStorage.getItem('arpent.edit')") is None, "it is still flagged")


def test_back_on_line_with_an_ended_session_the_work_goes_on(browser: Browser, demo: Demo) -> None:
    with somebody(browser, demo, "sig.lys") as context:
        one = another(context, demo)
        page = edit(context, demo, one)
        context.set_offline(True)
        name = unlike_before("Trois heures du matin")
        field(page, "name").fill(name)
        page.keyboard.press("Control+s")
        expect(page.get_by_text("Le serveur ne répond pas").first).to_be_visible()
        kept(page)
        end_session(context, demo)
        # The page has just looked in vain.
        page.evaluate("dispatchEvent(new Event('focus'))")
        context.set_offline(False)
        sign_in_again(page, demo, "sig.lys")
        page.keyboard.press("Control+s")
        expect(page.get_by_text("Objet enregistré.")).to_be_visible()
        assert thing(context, demo, LAYER, one.id).properties["name"] == name


def test_not_now_keeps_the_screen_and_says_what_is_so(browser: Browser, demo: Demo) -> None:
    with somebody(browser, demo, "sig.lys") as context:
        one = another(context, demo)
        page = edit(context, demo, one)
        field(page, "name").fill(unlike_before("Plus tard"))
        end_session(context, demo)
        page.keyboard.press("Control+s")
        expect(window(page)).to_be_visible()
        page.keyboard.press("Escape")
        expect(window(page)).to_be_hidden()
        notice = page.locator(".notice", has_text="Votre session est terminée")
        expect(notice).to_be_visible()
        expect(field(page, "name")).to_have_value(re.compile("Plus tard"))
        notice.get_by_role("button", name="Se reconnecter").click()
        sign_in_again(page, demo, "sig.lys")
        expect(notice).to_be_hidden()
        page.keyboard.press("Control+s")
        expect(page.get_by_text("Objet enregistré.")).to_be_visible()


def test_a_wrong_password_is_told_in_the_window(browser: Browser, demo: Demo) -> None:
    with somebody(browser, demo, "sig.lys") as context:
        page = open_map(context, demo)
        end_session(context, demo)
        page.evaluate("void document.querySelector('arpent-app').app.layers.refresh()")
        expect(window(page)).to_be_visible()
        page.keyboard.type("pas celui-là")
        page.keyboard.press("Enter")
        expect(window(page).get_by_role("alert")).to_be_visible()
        expect(window(page).get_by_label("Mot de passe")).to_be_focused()
        page.keyboard.press("Tab")
        for _step in range(12):
            page.keyboard.press("Tab")
            assert page.evaluate(
                "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
            )
        window(page).get_by_label("Mot de passe").focus()
        sign_in_again(page, demo, "sig.lys")


def test_another_person_in_another_tab_is_told_and_writes_nothing_for_the_first(browser: Browser, demo: Demo) -> None:
    with somebody(browser, demo, "sig.lys") as context:
        one = another(context, demo)
        page = edit(context, demo, one)
        field(page, "name").fill(unlike_before("De la première"))
        kept(page)
        end_session(context, demo)
        other = context.new_page()
        sign_in(other, demo, "lecture.lys")
        page.bring_to_front()
        # The page found out by itself, or finds out now.
        page.keyboard.press("Control+s")
        told = page.get_by_role("dialog", name="Une autre personne est connectée")
        expect(told).to_be_visible()
        told.get_by_role("button", name="Rester sur cette page").click()
        page.keyboard.press("Control+s")
        page.evaluate("document.documentElement.dataset.former = ''")
        told.get_by_role("button", name="Recharger la page").click()
        reloaded = "html[data-arpent-ready=true]:not([data-former])"
        page.wait_for_selector(reloaded, state="attached", timeout=FIRST_VIEW_MS)
        expect(page.get_by_role("button", name="Reprendre")).to_have_count(0)
        assert thing(context, demo, LAYER, one.id).version == one.version
        assert page.evaluate("localStorage.getItem('arpent.edit')") is not None


# -- work kept for later ----------------------------------------------------------------------------------------------


def test_work_waits_for_the_same_person_while_others_come_and_go(browser: Browser, demo: Demo) -> None:
    with somebody(browser, demo, "sig.lys") as context:
        one = another(context, demo)
        page = edit(context, demo, one)
        name = unlike_before("Pour mon retour")
        field(page, "name").fill(name)
        kept(page)
        page.close()
        end_session(context, demo)
        nobody = open_map(context, demo)
        expect(nobody.get_by_role("button", name="Reprendre")).to_have_count(0)
        sign_in(nobody, demo, "lecture.lys")
        nobody.wait_for_selector("html[data-arpent-ready=true]", state="attached")
        expect(nobody.get_by_role("button", name="Reprendre")).to_have_count(0)
        context.clear_cookies()
        sign_in(nobody, demo, "sig.lys")
        nobody.get_by_role("button", name="Reprendre").click()
        expect(nobody.locator(".edit-pending")).to_have_text("1 à enregistrer")
        nobody.keyboard.press("Control+s")
        expect(nobody.get_by_text("Objet enregistré.")).to_be_visible()
        assert thing(context, demo, LAYER, one.id).properties["name"] == name
        nobody.reload()
        nobody.wait_for_selector("html[data-arpent-ready=true]", state="attached")
        expect(nobody.get_by_role("button", name="Reprendre")).to_have_count(0)


def test_a_drawing_that_is_not_finished_survives_a_reload(browser: Browser, demo: Demo) -> None:
    with somebody(browser, demo, "sig.lys") as context:
        before = features(context, demo)
        page = edit(context, demo, another(context, demo))
        page.keyboard.press("Escape")
        page.get_by_role("button", name=re.compile("^(Dessiner|Nouvel objet|Ajouter)")).first.click()
        lay(page, [(600, 300), (700, 300), (700, 400)])
        kept(page)
        until(page, lambda: page.evaluate(POINTS_KEPT) == 3, "the drawing is not kept")
        page.reload()
        page.wait_for_selector("html[data-arpent-ready=true]", state="attached")
        page.get_by_role("button", name="Reprendre").click()
        laid = "document.querySelector('arpent-app').app.editing.editor?.state.drawing?.groups.length"
        until(page, lambda: page.evaluate(laid) == 3, "the drawing is lost")
        page.locator(".map-canvas").press("f")
        expect(page.locator(".edit-pending")).to_have_text("1 à enregistrer")
        assert features(context, demo) == before


def test_signing_out_asks_what_becomes_of_the_work(browser: Browser, demo: Demo) -> None:
    with somebody(browser, demo, "sig.lys") as context:
        page = edit(context, demo, another(context, demo))
        page.on("dialog", lambda dialog: dialog.accept())
        field(page, "name").fill(unlike_before("Ordinateur partagé"))
        kept(page)
        page.goto(f"{demo.url}/compte/")
        page.get_by_role("button", name="Se déconnecter").click()
        asked = page.get_by_role("dialog", name="Travail non enregistré")
        expect(asked).to_contain_text("Espaces verts")
        asked.get_by_role("button", name="Rester connecté").click()
        expect(page.get_by_role("button", name="Se déconnecter")).to_be_focused()
        assert page.evaluate("localStorage.getItem('arpent.edit')") is not None
        page.get_by_role("button", name="Se déconnecter").click()
        asked.get_by_role("button", name="L’effacer").click()
        page.wait_for_url(f"{demo.url}/#*")
        assert page.evaluate("localStorage.getItem('arpent.edit')") is None
        assert page.evaluate(WORKS_LEFT) == 0


# -- forms ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def permit(demo: Demo) -> str:
    found = re.search(r"filed (\w+) (\w+)", arpent("manage", "--data", str(demo.data), "shell", "-c", FILING))
    assert found
    return found[1]


def add_piece(page: Page, demo: Demo, permit: str, name: str) -> None:
    page.goto(f"{demo.url}/permis/{permit}/pieces/")
    page.get_by_label("Nature des pièces").select_option(label="Plan ou dessin")
    page.get_by_label("Fichiers").set_input_files({"name": name, "mimeType": "application/pdf", "buffer": pdf()})


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_form_goes_on_with_its_files(browser: Browser, demo: Demo, permit: str, size: dict[str, int]) -> None:
    with somebody(browser, demo, "instruction.lys") as context:
        page = context.pages[0]
        page.set_viewport_size(size)  # type: ignore[arg-type]
        name = f"Plan {size['width']}.pdf"
        add_piece(page, demo, permit, name)
        end_session(context, demo)
        page.get_by_role("button", name="Ajouter", exact=True).click()
        sign_in_again(page, demo, "instruction.lys")
        expect(page.get_by_role("status").first).to_contain_text("1 pièce ajoutée")
        expect(page.locator("tbody tr", has_text=name.removesuffix(".pdf"))).to_have_count(1)


def test_a_form_whose_cookies_were_cleared_goes_on_too(browser: Browser, demo: Demo, permit: str) -> None:
    with somebody(browser, demo, "instruction.lys") as context:
        page = context.pages[0]
        add_piece(page, demo, permit, "Sans cookie.pdf")
        context.clear_cookies()
        page.get_by_role("button", name="Ajouter", exact=True).click()
        sign_in_again(page, demo, "instruction.lys")
        expect(page.locator("tbody tr", has_text="Sans cookie")).to_have_count(1)


def test_a_form_of_one_is_not_sent_by_another(browser: Browser, demo: Demo, permit: str) -> None:
    with somebody(browser, demo, "instruction.lys") as context:
        page = context.pages[0]
        add_piece(page, demo, permit, "Pas à moi.pdf")
        context.clear_cookies()
        other = context.new_page()
        sign_in(other, demo, "sig.lys")
        expect(page.locator(".session-bar")).to_be_visible()
        page.get_by_role("button", name="Ajouter", exact=True).click()
        told = page.get_by_role("dialog", name="Une autre personne est connectée")
        told.get_by_role("button", name="Rester sur cette page").click()
        expect(page.get_by_role("button", name="Ajouter", exact=True)).to_be_focused()
        other.goto(f"{demo.url}/permis/{permit}/pieces/")
        expect(other.locator("tbody tr", has_text="Pas à moi")).to_have_count(0)


def test_files_that_are_sent_with_a_bar_go_on_too(browser: Browser, demo: Demo, tmp_path: Path) -> None:
    path = tmp_path / "bancs.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"ref":"B1"},'
        '"geometry":{"type":"Point","coordinates":[1.9,47.5]}}]}'
    )
    with somebody(browser, demo, "sig.lys") as context:
        page = context.pages[0]
        page.goto(f"{demo.url}/imports/")
        page.locator("#layer-file").set_input_files(path)
        end_session(context, demo)
        page.get_by_role("button", name="Regarder le fichier").click()
        sign_in_again(page, demo, "sig.lys")
        page.wait_for_url("**/imports/fichiers/*/1/")


def test_a_server_that_does_not_answer_loses_no_form(browser: Browser, demo: Demo, permit: str) -> None:
    with somebody(browser, demo, "instruction.lys") as context:
        page = context.pages[0]
        add_piece(page, demo, permit, "Hors ligne.pdf")
        context.set_offline(True)
        page.get_by_role("button", name="Ajouter", exact=True).click()
        told = page.get_by_role("dialog", name="Le serveur ne répond pas")
        expect(told).to_be_visible()
        context.set_offline(False)
        told.get_by_role("button", name="Réessayer").click()
        expect(page.locator("tbody tr", has_text="Hors ligne")).to_have_count(1)


def test_without_scripts_the_fields_come_back_by_one_press(browser: Browser, demo: Demo) -> None:
    with somebody(browser, demo, "sig.lys", java_script_enabled=False) as context:
        page = context.pages[0]
        page.goto(f"{demo.url}/compte/")
        page.get_by_label("Nom du nouveau jeton").fill("QGIS <du bureau>")
        end_session(context, demo)
        page.get_by_role("button", name="Créer un jeton").click()
        expect(page.get_by_role("status").first).to_contain_text("Votre saisie est conservée dans cette page")
        page.get_by_label("Nom d’utilisateur").fill("sig.lys")
        page.get_by_label("Mot de passe").fill(demo.passwords["sig.lys"])
        page.locator("main").get_by_role("button", name="Se connecter").click()
        expect(page.locator("main code")).to_have_text("/compte/jetons/")
        page.get_by_role("button", name="Envoyer", exact=True).click()
        expect(page.get_by_role("rowheader", name=re.compile("QGIS <du bureau>"))).to_have_count(1)


def test_a_page_left_open_says_that_its_session_ended(browser: Browser, demo: Demo) -> None:
    with somebody(browser, demo, "instruction.lys") as context:
        page = context.pages[0]
        page.clock.install()
        page.goto(f"{demo.url}/permis/")
        end_session(context, demo)
        page.clock.fast_forward(3100)
        page.evaluate("dispatchEvent(new Event('focus'))")
        bar = page.locator(".session-bar")
        expect(bar).to_contain_text("Votre session est terminée")
        bar.get_by_role("button", name="Se reconnecter").click()
        sign_in_again(page, demo, "instruction.lys")
        expect(bar).to_be_hidden()


def answer_with_later_version(route: Route) -> None:
    """What the server answers, once it was upgraded."""
    answer = route.fetch()
    route.fulfill(response=answer, json=answer.json() | {"version": "99.0"})


def test_a_page_of_the_former_version_says_so_and_keeps_what_is_typed(browser: Browser, demo: Demo) -> None:
    with somebody(browser, demo, "sig.lys") as context:
        page = context.pages[0]
        page.clock.install()
        page.goto(f"{demo.url}/compte/")
        page.get_by_label("Nom du nouveau jeton").fill("Avant la mise à jour")
        context.route("**/compte/session/", answer_with_later_version)
        page.clock.fast_forward(3100)
        page.evaluate("dispatchEvent(new Event('focus'))")
        bar = page.locator(".session-bar")
        expect(bar).to_contain_text("Arpent a changé de version")
        expect(page.get_by_label("Nom du nouveau jeton")).to_have_value("Avant la mise à jour")
        page.clock.fast_forward(1000)
        bar.get_by_role("button", name="Recharger la page").click()
        page.get_by_role("button", name="Reprendre ma saisie").click()
        expect(page.get_by_label("Nom du nouveau jeton")).to_have_value("Avant la mise à jour")


def test_a_map_of_the_former_version_says_so(browser: Browser, demo: Demo) -> None:
    with somebody(browser, demo, "sig.lys") as context:
        page = open_map(context, demo)
        context.route("**/compte/session/", answer_with_later_version)
        page.evaluate("dispatchEvent(new Event('online'))")
        notice = page.locator("arp-notices .notice", has_text="Arpent a changé de version")
        expect(notice.get_by_role("button", name="Recharger la carte")).to_be_visible()


def test_what_is_typed_survives_a_reload_and_is_forgotten_once_sent(browser: Browser, demo: Demo) -> None:
    with somebody(browser, demo, "sig.lys") as context:
        page = context.pages[0]
        page.goto(f"{demo.url}/compte/")
        page.get_by_label("Nom du nouveau jeton").fill("Après le rechargement")
        page.reload()
        expect(page.get_by_label("Nom du nouveau jeton")).to_have_value("")
        page.get_by_role("button", name="Reprendre ma saisie").click()
        expect(page.get_by_label("Nom du nouveau jeton")).to_have_value("Après le rechargement")
        page.get_by_role("button", name="Créer un jeton").click()
        expect(page.get_by_role("rowheader", name=re.compile("Après le rechargement"))).to_have_count(1)
        page.goto(f"{demo.url}/compte/")
        expect(page.get_by_label("Nom du nouveau jeton")).to_be_visible()
        expect(page.get_by_role("button", name="Reprendre ma saisie")).to_have_count(0)
