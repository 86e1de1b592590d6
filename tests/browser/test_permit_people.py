"""Pieces, applicants and deadlines of planning applications in a real browser: by an instructor, on desk and phone."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.axe import serious, wider_by
from tests.browser.conftest import DESK, Demo, arpent, cookies_of, open_map, opened
from tests.documents import image, pdf

pytestmark = pytest.mark.browser

FILING = """
from datetime import timedelta
from django.db import transaction
from gis_core.models import User
from gis_core.members.rights import acting_as, rights_of
from layers.cadastre.models import Parcel
from permits.services.applicants import Person
from permits.services.filing import Filing, file_permit
from gis_core.database.clock import today
person = User.objects.get(username="instruction.lys")
with acting_as(rights_of(person)), transaction.atomic():
    idu = Parcel.objects.filter(insee="45901").order_by("idu").first().idu
    filing = Filing(kind="PC", insee="45901", filed_date=today() - timedelta(days=3), parcels=[idu],
                    instructor=person.pk, applicant=Person("Jeanne Fictive", "1 rue des Lilas"))
    print("filed", file_permit(filing, rights_of(person)).permit.number, idu)
"""


@pytest.fixture(scope="module")
def permit(demo: Demo) -> tuple[str, str]:
    """The number of a file that the instructor filed, and its parcel."""
    found = re.search(r"filed (\w+) (\w+)", arpent("manage", "--data", str(demo.data), "shell", "-c", FILING))
    assert found
    return found[1], found[2]


def fits(page: Page) -> bool:
    return wider_by(page) <= 0


def test_pieces_are_added_and_removed(context: BrowserContext, demo: Demo, permit: tuple[str, str]) -> None:
    page = context.new_page()
    page.goto(f"{demo.url}/permis/{permit[0]}/pieces/")
    page.get_by_label("Nature des pièces").select_option(label="Plan ou dessin")
    good = {"name": "Plan de masse.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    page.get_by_label("Fichiers").set_input_files([good, {**good, "name": "Façade.jpg", "buffer": image()}])
    page.get_by_role("button", name="Ajouter", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("2 pièces ajoutées")
    assert serious(page) == []
    assert fits(page)
    row = page.locator("table.pieces tbody tr", has_text="Façade")
    row.get_by_text("Retirer").first.click()
    row.get_by_label("Motif du retrait").fill("Mauvais plan")
    row.locator("button.danger").click()
    expect(page.get_by_role("status")).to_contain_text("Façade")
    expect(page.locator("table.pieces tbody tr", has_text="Façade")).to_have_count(0)
    expect(page.locator(".removed li", has_text="Façade").first).to_contain_text("Mauvais plan")
    assert serious(page) == []


def test_a_piece_too_large_is_refused_before_it_is_sent(blank_desk: Page, demo: Demo, permit: tuple[str, str]) -> None:
    blank_desk.goto(f"{demo.url}/permis/{permit[0]}/pieces/")
    blank_desk.get_by_label("Nature des pièces").select_option(label="Photo")
    # Its size alone is looked at: 60 MB would have to pass through the driver.
    blank_desk.locator("form[data-most]").evaluate("form => { form.dataset.most = '100'; }")
    blank_desk.get_by_label("Fichiers").set_input_files(
        [{"name": "a.pdf", "mimeType": "application/pdf", "buffer": pdf()}]
    )
    blank_desk.get_by_role("button", name="Ajouter", exact=True).click()
    expect(blank_desk.get_by_role("alert")).to_contain_text("une pièce a au plus 50")
    expect(blank_desk.get_by_label("Fichiers")).to_be_focused()
    assert serious(blank_desk) == []


def test_the_applicant_is_read_corrected_and_found(
    context: BrowserContext, demo: Demo, permit: tuple[str, str]
) -> None:
    page = context.new_page()
    page.goto(f"{demo.url}/permis/{permit[0]}/demandeur/")
    expect(page.get_by_label("Nom")).to_have_value(re.compile("Jeanne Fictive"))
    page.get_by_label("Téléphone").fill("02 38 00 00 00")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status")).to_contain_text("enregistré")
    assert serious(page) == []
    page.goto(f"{demo.url}/permis/demandeurs/")
    page.get_by_label("Nom du demandeur").fill("fictive")
    page.keyboard.press("Enter")
    expect(page.locator("tbody")).to_contain_text("Jeanne Fictive")
    assert serious(page) == []
    assert fits(page)


def test_an_administrator_sees_who_read_it_and_not_what(browser: Browser, demo: Demo, permit: tuple[str, str]) -> None:
    state = cookies_of(browser, demo, "sig.lys")
    for context in opened(browser, state, DESK):
        page = context.new_page()
        page.goto(f"{demo.url}/permis/{permit[0]}/demandeur/")
        expect(page.locator("main")).not_to_contain_text("Fictive")
        expect(page.locator("tbody tr").first).to_be_visible()
        assert serious(page) == []
        page.get_by_role("link", name="Journal des demandeurs").click()
        expect(page.locator("tbody")).to_contain_text(permit[0])
        assert serious(page) == []


def test_a_deadline_leads_to_its_file_on_the_map_and_to_its_page(
    context: BrowserContext, demo: Demo, permit: tuple[str, str]
) -> None:
    page = open_map(context, demo)
    page.locator("[data-desk=permits]").click()
    row = page.locator(".permits-list button").first
    expect(row).to_contain_text(re.compile("dans|demain|aujourd’hui"))
    number = re.search(r"(?:PC|DP|PA|PD|CU) [\d ]{3,}[A-Z]?\d+(?: [MT]\d\d)?", row.inner_text())
    assert number
    assert serious(page) == []
    row.focus()
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name="Ouvrir le dossier", exact=True)
    expect(link).to_have_attribute("href", f"/permis/{number[0].replace(' ', '')}/")
    assert serious(page) == []
    assert fits(page)


def test_the_sheet_of_the_parcel_tells_of_the_file_and_leads_to_filing(
    context: BrowserContext, demo: Demo, permit: tuple[str, str]
) -> None:
    page = open_map(context, demo)
    page.get_by_role("combobox").first.fill(permit[1])
    page.get_by_role("option").first.click()
    section = page.locator(".parcel-section", has=page.get_by_role("heading", name="Autorisations d’urbanisme"))
    expect(section.locator(f'a[href="/permis/{permit[0]}/"]')).to_have_text(
        re.compile("Ouvrir le dossier"), timeout=20_000
    )
    filing = page.locator(".sheet-actions").get_by_role("link", name="Déposer un dossier")
    expect(filing).to_have_attribute("href", f"/permis/deposer/?parcels={permit[1]}")
    expect(page.locator(".sheet-actions .button-primary")).to_have_count(1)
