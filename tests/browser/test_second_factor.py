"""A second factor in a real browser: a key (Chromium's virtual one), an application, the window over a page."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.axe import serious_in_both_schemes, wider_by
from tests.browser.conftest import DESK, PHONE, Demo, to_another_page
from tests.browser.test_sessions import end_session
from tests.second_factors import code_of, secret_on

pytestmark = pytest.mark.browser
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
FACTOR = "/compte/second-facteur/"


@contextmanager
def page_of(browser: Browser, size: dict[str, int]) -> Iterator[Page]:
    """A page with a key in hand; its errors fail the test."""
    context = browser.new_context(locale="fr-FR", viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    hand = context.new_cdp_session(page)
    hand.send("WebAuthn.enable")
    hand.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    yield page
    context.close()
    assert complaints == []


def at_localhost(demo: Demo) -> Demo:
    """Keys belong to a name: under 127.0.0.1 there are none."""
    return replace(demo, url=demo.url.replace("127.0.0.1", "localhost"))


def first_step(page: Page, demo: Demo, username: str) -> None:
    page.goto(f"{demo.url}/compte/connexion/")
    page.locator("input[name=login]").fill(username)
    page.locator("input[type=password]").fill(demo.passwords[username])
    page.keyboard.press("Enter")


def sign_out(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/compte/")
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url(f"{demo.url}/")


def clean(page: Page) -> None:
    assert serious_in_both_schemes(page) == [], page.url
    assert wider_by(page) <= 0, page.url


def window(page: Page) -> Locator:
    return page.get_by_role("dialog")


def send_token_form(page: Page, demo: Demo, context: BrowserContext) -> None:
    """A form typed before the session ended, sent after."""
    page.goto(f"{demo.url}/compte/")
    page.get_by_label("Nom du nouveau jeton").fill("QGIS du bureau")
    end_session(context, demo)
    page.get_by_role("button", name="Créer un jeton").click()
    expect(window(page)).to_be_visible()
    page.keyboard.type(demo.passwords[WHO])
    page.keyboard.press("Enter")


WHO = "sig.rimarde"


def test_a_key_is_made_opens_and_answers_over_a_page(browser: Browser, demo: Demo) -> None:
    demo = at_localhost(demo)
    with page_of(browser, DESK) as page:
        first_step(page, demo, WHO)
        page.wait_for_url(f"{demo.url}/*")
        page.goto(demo.url + FACTOR)
        clean(page)
        page.get_by_role("link", name="Ajouter une clé").click()
        page.get_by_label("Nom de la clé").fill("Ordinateur du bureau")
        clean(page)
        page.get_by_role("button", name="Ajouter la clé").click()
        expect(page.get_by_role("heading", name="Codes de secours")).to_be_visible()
        clean(page)
        sign_out(page, demo)

        first_step(page, demo, WHO)
        expect(page.get_by_role("heading", name="Connexion : seconde étape")).to_be_visible()
        clean(page)
        page.get_by_role("button", name="Utiliser ma clé").click()
        page.wait_for_url(f"{demo.url}/")
        sign_out(page, demo)

        page.goto(f"{demo.url}/compte/connexion/?next=/compte/")
        clean(page)
        page.get_by_role("button", name="Se connecter avec une clé").press("Enter")
        page.wait_for_url(f"{demo.url}/compte/")

        send_token_form(page, demo, page.context)
        expect(window(page).get_by_role("heading", name="Connexion : seconde étape")).to_be_visible()
        clean(page)
        window(page).get_by_role("button", name="Utiliser ma clé").click()
        expect(page.get_by_text("copiez ce jeton maintenant", exact=False)).to_be_visible()

        page.goto(f"{demo.url}/compte/confirmer/")
        clean(page)
        page.get_by_role("button", name="Utiliser ma clé").click()
        page.wait_for_url(f"{demo.url}/compte/")
        page.goto(demo.url + FACTOR)
        expect(page.get_by_role("row", name="Ordinateur du bureau")).to_be_visible()
        page.get_by_role("link", name="Retirer Ordinateur du bureau").click()
        clean(page)
        page.get_by_role("button", name="Retirer la clé").click()
        expect(page.get_by_role("link", name="Ajouter une clé")).to_be_visible()
        page.goto(f"{demo.url}/membres/cc-val-de-rimarde/second-facteur/")
        clean(page)


def test_an_application_is_added_by_its_picture_on_a_phone(browser: Browser, demo: Demo) -> None:
    with page_of(browser, PHONE) as page:
        first_step(page, demo, WHO)
        page.wait_for_url(f"{demo.url}/*")
        page.goto(demo.url + FACTOR)
        expect(page.get_by_text("pas à cette adresse")).to_be_visible()
        with to_another_page(page):
            page.get_by_role("link", name="Ajouter une application").click()
        secret = secret_on(page.content())
        assert page.locator("img.qr").evaluate("image => image.naturalWidth") > 0
        clean(page)
        page.get_by_label("Code").fill(code_of(secret))
        page.get_by_role("button", name="Ajouter l’application").click()
        expect(page.locator(".recovery-codes li")).to_have_count(10)
        spare = page.locator(".recovery-codes code").all_inner_texts()
        clean(page)

        send_token_form(page, demo, page.context)
        expect(window(page).get_by_label("Code")).to_be_focused()
        page.keyboard.type("000")
        page.keyboard.press("Enter")
        expect(window(page).locator(".errorlist")).to_contain_text("horloge")
        window(page).get_by_label("Code").fill(spare[0])
        page.keyboard.press("Enter")
        expect(page.get_by_text("copiez ce jeton maintenant", exact=False)).to_be_visible()

        page.goto(f"{demo.url}{FACTOR}application/retirer/")
        page.get_by_role("button", name="Retirer l’application").click()
        expect(page.get_by_role("link", name="Ajouter une application")).to_be_visible()
