"""The pages of personal data in a real browser: a person's request with its worker, retention, register, my data."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import serious_in_both_schemes, too_wide
from tests.browser.conftest import DESK, PHONE, Demo, cookies_of, opened, to_another_page

pytestmark = pytest.mark.browser


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, demo: Demo) -> Iterator[Page]:
    for context in opened(browser, cookies_of(browser, demo, "agence", just_now=True), request.param):
        yield context.new_page()


def order(page: Page, button: str) -> None:
    """Press a button that starts a job, and wait for the page that the server gives of it when it is over."""
    with to_another_page(page):
        page.get_by_role("button", name=button).press("Enter")
    expect(page.locator(".job[role=status]")).to_be_visible()


def check(page: Page) -> None:
    """The page fits its window, and axe finds nothing serious on it."""
    assert serious_in_both_schemes(page) == []
    assert too_wide(page) == {}


def test_a_person_is_searched_and_the_difference_of_an_erasure_is_read(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/donnees-personnelles/")
    check(page)
    with to_another_page(page):
        page.get_by_role("link", name="Une personne demande").press("Enter")
    check(page)
    page.get_by_label("Adresse électronique").fill("instruction.lys@demo.invalid")
    page.get_by_label("Numéro de la demande dans votre registre").fill("2026-14")
    page.get_by_role("button", name="Chercher", exact=True).press("Enter")
    mark = page.get_by_role("checkbox").first
    expect(mark).to_be_visible()
    expect(page.get_by_role("heading", name="Ce qui n’a pas été lu")).to_be_visible()
    check(page)
    mark.press("Space")
    order(page, "Voir ce que ferait l’effacement")
    expect(page.get_by_role("heading", name="Ce qui changerait dans la base")).to_be_visible()
    check(page)


def test_what_would_go_this_night_is_counted(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/donnees-personnelles/conservation/")
    order(page, "Compter ce qui partirait cette nuit")
    expect(page.locator(".job")).to_contain_text("Terminée")
    check(page)
    page.get_by_role("link", name="Choisir pour : Jetons d’accès finis ou révoqués").press("Enter")
    page.get_by_label("Gardées combien de jours").fill("365")
    page.get_by_label("Par quel texte, ou pour quelle raison").fill("Délibération du 3 mars")
    order(page, "Voir ce qu’elle effacerait")
    expect(page.get_by_role("heading", name="Avec 365 jours, la prochaine nuit effacerait")).to_be_visible()
    check(page)


def test_free_texts_that_fit_lead_to_their_pages(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/donnees-personnelles/demandes/")
    page.locator("#id_name").fill("maison")
    page.get_by_label("Numéro de la demande dans votre registre").fill("2026-15")
    page.get_by_role("button", name="Chercher", exact=True).press("Enter")
    expect(page.get_by_role("heading", name="Textes libres à relire")).to_be_visible()
    check(page)
    page.get_by_role("table").last.get_by_role("link").first.press("Enter")
    expect(page).not_to_have_url(re.compile("demandes"))


def test_the_register_and_my_data_are_accessible(page: Page, demo: Demo) -> None:
    for address in ("donnees-personnelles/registre/", "compte/mes-donnees/"):
        page.goto(f"{demo.url}/{address}")
        check(page)
    page.goto(f"{demo.url}/donnees-personnelles/registre/")
    page.get_by_role("button", name="English").press("Enter")
    expect(page.get_by_text("task in the public interest").first).to_be_visible()
    check(page)
    page.get_by_role("button", name="Français").press("Enter")
    expect(page.get_by_text("mission d’intérêt public").first).to_be_visible()
