"""Owners in a real browser: a permit instructor consults them, the GIS administrator reads the journal."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.axe import serious, wider_by
from tests.browser.conftest import DESK, Demo, cookies_of, opened

pytestmark = pytest.mark.browser


def parcel_of(page: Page, demo: Demo) -> str:
    """A parcel of the Lys, the instructor's territory."""
    told = page.request.get(f"{demo.url}/ogc/collections/parcels/items?f=json&limit=1&filter=insee=%2745901%27").text()
    found = re.search(r"45901\d{3}[0-9A-Z]{2}\d{4}", told)
    assert found, told
    return found[0]


def consulted(context: BrowserContext, demo: Demo) -> Page:
    page = context.new_page()
    page.goto(f"{demo.url}/proprietaires/consulter/?parcels={parcel_of(page, demo)}")
    page.get_by_label("Motif").select_option("permit")
    page.get_by_label("Référence").fill("PC 045 901 26 00012")
    page.get_by_role("button", name="Consulter", exact=True).click()
    expect(page.locator("caption").first).to_contain_text("450901")
    return page


def test_an_instructor_sees_names_and_no_birth(context: BrowserContext, demo: Demo) -> None:
    page = consulted(context, demo)
    expect(page.locator("main")).not_to_contain_text("né(e) le")
    assert serious(page) == []
    assert wider_by(page) <= 0


def test_the_administrator_reads_who_asked(context: BrowserContext, browser: Browser, demo: Demo) -> None:
    consulted(context, demo)
    state = cookies_of(browser, demo, "sig.lys")
    for journal in opened(browser, state, context.pages[0].viewport_size or DESK):
        page = journal.new_page()
        page.goto(f"{demo.url}/proprietaires/")
        expect(page.locator("main")).to_contain_text("Noms et adresses")
        assert serious(page) == []
        page.get_by_role("link", name="Journal des consultations").click()
        expect(page.locator("tbody tr").first).to_contain_text("PC 045 901 26 00012")
        assert serious(page) == []
        assert wider_by(page) <= 0


def test_the_counter_gives_a_file(context: BrowserContext, demo: Demo) -> None:
    page = context.new_page()
    page.goto(f"{demo.url}/proprietaires/tiers/?parcels={parcel_of(page, demo)}")
    page.get_by_label("Demandeur").fill("Jeanne Fictive")
    assert serious(page) == []
    with page.expect_download() as download:
        page.get_by_role("button", name="Faire l’extrait").click()
    assert download.value.suggested_filename.endswith(".pdf")
