"""A letter in a real browser: begun, written, made final, read; and its template."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from gis_core.operations.environment import Place, variables
from gis_core.operations.manage import command_line
from tests.browser.axe import serious, wider_by
from tests.browser.conftest import DESK, PHONE, Demo, cookies_of, opened, to_another_page

pytestmark = pytest.mark.browser
FILE = """
from datetime import timedelta
from django.db import transaction
from gis_core.models import User
from gis_core.members.rights import acting_as, rights_of
from permits.services.applicants import Person
from permits.services.filing import Filing, file_permit
from gis_core.database.clock import today
rights = rights_of(User.objects.get(username="instruction.lys"))
given = Filing(kind="PCMI", insee="45901", filed_date=today() - timedelta(days=10), description="Maison individuelle",
    applicant=Person("Jeanne Fictive", "1 rue des Essais"))
with acting_as(rights), transaction.atomic():
    print("number:", file_permit(given, rights).permit.number)
"""


@pytest.fixture
def number(demo: Demo) -> str:
    """A file of the Lys."""
    command = command_line("shell", "--no-imports", "-c", FILE)
    env = variables(Place(demo.data), "worker")
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=600, check=False)
    found = re.search(r"number: (\w+)", done.stdout)
    assert found, done.stderr
    return found[1]


def sound(page: Page) -> None:
    """No fault of accessibility, and nothing wider than the screen."""
    assert serious(page) == []
    assert wider_by(page) <= 0


def test_a_letter_is_written_and_locked(context: BrowserContext, demo: Demo, number: str) -> None:
    page = context.new_page()
    page.goto(f"{demo.url}/permis/{number}/courriers/")
    expect(page.locator("main")).to_contain_text("Aucun courrier encore")
    expect(page.get_by_label("Pièces manquantes")).to_be_hidden()
    page.get_by_label("Courrier", exact=True).select_option("permit-pieces")
    page.get_by_label("Pièces manquantes").fill("Plan de masse\nNotice")
    sound(page)
    page.get_by_role("button", name="Commencer").click()
    expect(page.get_by_label("Destinataire")).to_have_value(re.compile("Jeanne Fictive"))
    expect(page.locator(".sheet")).to_contain_text("Plan de masse")
    sound(page)
    page.get_by_label("Objet").fill("Votre dossier est incomplet")
    # The preview has the words as they are typed: what is looked at is the page that follows.
    with to_another_page(page):
        page.get_by_role("button", name="Enregistrer le projet").click()
    expect(page.locator(".sheet")).to_contain_text("Votre dossier est incomplet")
    page.get_by_text("Le rendre définitif, ou le jeter").click()
    page.get_by_role("button", name="Numéroter et verrouiller").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("ADS-")
    sound(page)
    address = page.get_by_role("link", name="PDF", exact=True).get_attribute("href")
    content = page.request.get(f"{demo.url}{address}").body()
    assert "Votre dossier est incomplet" in pypdfium2.PdfDocument(content)[0].get_textpage().get_text_bounded()
    page.get_by_role("link", name="Courriers", exact=True).last.click()
    expect(page.locator("tbody tr")).to_contain_text("ADS-")
    expect(page.get_by_role("link", name=re.compile("Consigner la notification"))).to_be_visible()
    sound(page)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_template_says_what_is_wrong_and_keeps_the_words(
    browser: Browser, signed_in: dict[str, Any], demo: Demo, size: dict[str, int]
) -> None:
    """In a context of its own: a browser complains of the refusal's status."""
    context = browser.new_context(viewport=size, locale="fr-FR", storage_state=signed_in)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{demo.url}/courriers/")
    sound(page)
    page.get_by_role("link", name="Récépissé de dépôt").click()
    page.get_by_label("Texte").fill("Bonjour {{ inconnu }}")
    page.get_by_role("button", name="Aperçu", exact=True).click()
    expect(page.locator(".errorlist")).to_contain_text("Ligne 1")
    expect(page.get_by_label("Texte")).to_have_value("Bonjour {{ inconnu }}")
    page.get_by_label("Texte").fill("Bonjour {{ demandeur_nom }}")
    page.get_by_role("button", name="Aperçu", exact=True).click()
    expect(page.locator(".sheet")).to_contain_text("Bonjour Jeanne Exemple")
    sound(page)
    context.close()


def test_the_administrator_writes_the_letterhead(browser: Browser, demo: Demo) -> None:
    state = cookies_of(browser, demo, "sig.lys")
    for context in opened(browser, state, DESK):
        page = context.new_page()
        page.goto(f"{demo.url}/courriers/")
        page.get_by_role("link", name=re.compile("En-tête")).first.click()
        page.get_by_label("Lieu des courriers").fill("Lorris")
        page.locator("input[type=file]").set_input_files(Path(__file__).parents[2] / "docs" / "images" / "map.png")
        sound(page)
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.locator("img.logo")).to_be_visible()
        sound(page)
