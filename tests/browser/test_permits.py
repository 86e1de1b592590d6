"""A planning application in a real browser: filed and instructed until its decision, with the keyboard alone."""

import re
from itertools import count

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.axe import serious, wider_by
from tests.browser.conftest import DESK, Demo, to_another_page, today

pytestmark = pytest.mark.browser
HOUSES = count(12)
"""Each filing is another one: the same form, or the same parcels, within days is the same file."""
FOCUSED = "(e => (e.labels?.[0]?.innerText || e.innerText || '').trim())(document.activeElement)"


def press_to(page: Page, name: str) -> None:
    """Go with the tab key to the control of this name."""
    for _step in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED).startswith(name):
            return
    raise AssertionError(f"the tab key does not reach “{name}”")


def type_into(page: Page, name: str, text: str) -> None:
    press_to(page, name)
    page.keyboard.type(text)


def check_page(page: Page) -> None:
    assert serious(page) == []
    assert wider_by(page) <= 0


def filed(context: BrowserContext, demo: Demo) -> Page:
    page = context.new_page()
    house = next(HOUSES)
    page.goto(f"{demo.url}/permis/deposer/?parcels=45901000AB0001,45901000AB{house:04d}")
    check_page(page)
    press_to(page, "Ce qui est demandé")
    kind = page.get_by_label("Ce qui est demandé")
    # What is typed into a list begins anew after a second without a key.
    for _option in range(12):
        if kind.input_value() == "PC":
            break
        page.keyboard.press("ArrowDown")
    expect(kind).to_have_value("PC")
    type_into(page, "Adresse du terrain", f"{house} rue des Tanneurs")
    type_into(page, "Nom", "Jeanne Fictive")
    press_to(page, "Déposer le dossier")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/permis/PC045901\d{2}"))
    return page


def test_a_file_goes_from_filing_to_decision_with_the_keyboard(context: BrowserContext, demo: Demo) -> None:
    page = filed(context, demo)
    expect(page.get_by_role("status").first).to_contain_text("est déposé")
    expect(page.locator(".next")).to_contain_text("Sans décision : permis tacite le")
    press_to(page, "Pourquoi cette date")
    page.keyboard.press("Enter")
    expect(page.locator(".timeline details[open]")).to_contain_text("La mairie a reçu la demande ce jour")
    check_page(page)
    page.reload()
    press_to(page, "Décision notifiée")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Décision notifiée")).to_be_visible()
    check_page(page)
    press_to(page, "Accordé")
    page.keyboard.press("Space")
    type_into(page, "Numéro de l’arrêté", "2026-12")
    press_to(page, "Enregistrer")
    page.keyboard.press("Enter")
    expect(page.locator(".next")).to_contain_text("Les travaux doivent commencer au plus tard le")
    expect(page.locator(".history[aria-labelledby=history-title]")).to_contain_text("référence 2026-12")
    check_page(page)


def test_a_mistake_is_struck_out_and_stays_to_be_seen(context: BrowserContext, demo: Demo) -> None:
    page = filed(context, demo)
    address = page.url
    page.goto(f"{address}evenements/pieces_asked/")
    expect(page.get_by_label("Première présentation le")).to_be_hidden()
    page.get_by_label("PC2 Plan").check()
    page.get_by_label("Lettre recommandée").check()
    for label in ("Envoyé le", "Première présentation le"):
        page.get_by_label(label).fill(today().isoformat())
    check_page(page)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".next")).to_contain_text("PC2 Plan de masse des constructions")
    page.get_by_role("link", name=re.compile("^Rayer")).first.click()
    page.get_by_label("Pourquoi le rayer").fill("Saisi sur le mauvais dossier")
    check_page(page)
    page.get_by_role("button", name="Rayer").click()
    expect(page.locator(".struck s")).to_have_text("Pièces manquantes demandées")
    expect(page.locator(".next")).not_to_contain_text("PC2")
    check_page(page)


def test_a_double_click_records_once(context: BrowserContext, demo: Demo) -> None:
    page = filed(context, demo)
    file = page.url
    page.goto(f"{file}evenements/note/")
    page.get_by_label("Note").fill("Appel du demandeur")
    page.get_by_role("button", name="Enregistrer").dblclick()
    page.wait_for_url(file)
    page.reload()
    expect(page.get_by_text("Appel du demandeur")).to_have_count(1)


def test_words_without_a_space_do_not_widen_the_page(blank_phone: Page, demo: Demo) -> None:
    blank_phone.goto(f"{demo.url}/permis/deposer/?parcels=45901000AB0001")
    blank_phone.get_by_label("Ce qui est demandé").select_option("DP")
    blank_phone.get_by_role("textbox", name="Travaux").fill("x" * 2000)
    blank_phone.get_by_role("button", name="Déposer le dossier").click()
    blank_phone.wait_for_url(re.compile(r"/permis/DP045901\d{2}"))
    check_page(blank_phone)
    blank_phone.goto(f"{demo.url}/permis/?q=xxxx")
    check_page(blank_phone)


def test_the_same_file_twice_is_told_and_confirmed(browser: Browser, signed_in: dict[str, object], demo: Demo) -> None:
    context = browser.new_context(viewport=DESK, locale="fr-FR", storage_state=signed_in)  # type: ignore[arg-type]
    page = context.new_page()
    for address in ("1 rue", "2 rue"):
        page.goto(f"{demo.url}/permis/deposer/?parcels=45901000AB0001,45901000AB0009")
        page.get_by_label("Ce qui est demandé").select_option("PD")
        page.get_by_label("Adresse du terrain").fill(address)
        with to_another_page(page):
            page.get_by_role("button", name="Déposer le dossier").click()
        expect(page.get_by_role("status").or_(page.get_by_role("alert")).first).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("Ce dossier semble déjà déposé")
    check_page(page)
    expect(page.get_by_label("Adresse du terrain")).to_have_value("2 rue")
    page.get_by_label("C’est un autre dossier").check()
    page.get_by_role("button", name="Déposer le dossier").click()
    page.wait_for_url(re.compile(r"/permis/PD045901\d{2}"))
    context.close()


def test_how_long_a_decision_is_put_off_is_asked_of_such_a_decision_alone(context: BrowserContext, demo: Demo) -> None:
    page = filed(context, demo)
    page.get_by_role("link", name="Décision notifiée").click()
    months = page.get_by_label(re.compile("Durée du sursis"))
    page.get_by_role("radio", name="Accordé").check()
    expect(months).to_be_hidden()
    page.get_by_role("radio", name="Sursis à statuer").check()
    expect(months).to_be_visible()


def test_what_is_said_of_a_file_that_is_filed_twice_has_the_focus(
    browser: Browser, signed_in: dict[str, object], demo: Demo
) -> None:
    # A refusal is an error to the browser's console, which other contexts do not allow.
    context = browser.new_context(viewport=DESK, locale="fr-FR", storage_state=signed_in)  # type: ignore[arg-type]
    page = context.new_page()
    for _time in range(2):
        page.goto(f"{demo.url}/permis/deposer/?parcels=45901000AB0002")
        page.get_by_label("Ce qui est demandé").select_option("PD")
        with to_another_page(page):
            page.get_by_role("button", name="Déposer le dossier").click()
    expect(page.get_by_role("alert").filter(has_text="semble déjà déposé")).to_be_focused()
    context.close()
