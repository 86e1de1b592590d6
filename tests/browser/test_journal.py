"""Pages of tokens, service accounts and the security journal: with axe, in both languages, on a desk and a phone."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import serious_in_both_schemes, wider_by
from tests.browser.conftest import DESK, PHONE, Demo, cookies_of, to_another_page

AGENCY = "agence"
PAGES = {
    "journal": ("/journal/", "Journal de sécurité", "Security journal"),
    "acces": ("/journal/acces/?layer=parcelles&day=2026-12-01&hour=23:59", "Qui avait accès", "Who had access"),
    "lecteurs": ("/journal/lecteurs/", "Responsables de la sécurité", "Security officers"),
    "programmes": ("/membres/cc-lys/programmes/", "Comptes de service", "Service accounts"),
}


def shoot(page: Page, name: str) -> None:
    """For whoever looks at the pages: a picture in the folder ARPENT_PICTURES."""
    if folder := os.environ.get("ARPENT_PICTURES"):
        page.screenshot(path=Path(folder, f"{name}.png"), full_page=True)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("name", list(PAGES))
def test_axe_finds_nothing_in_both_languages(browser: Browser, demo: Demo, name: str, size: dict[str, int]) -> None:
    path, french, english = PAGES[name]
    context = browser.new_context(viewport=size, locale="fr-FR", storage_state=cookies_of(browser, demo, AGENCY))
    page = context.new_page()
    page.goto(demo.url + path)
    expect(page.get_by_role("heading", level=1)).to_contain_text(french)
    assert serious_in_both_schemes(page) == []
    assert wider_by(page) <= 0
    shoot(page, f"{name}-{size['width']}")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(english)
    page.get_by_role("button", name="Français").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(french)
    context.close()


def test_a_program_gets_its_account_and_its_token_by_keyboard(browser: Browser, demo: Demo) -> None:
    state = cookies_of(browser, demo, AGENCY, just_now=True)
    context = browser.new_context(viewport=DESK, locale="fr-FR", storage_state=state)
    page = context.new_page()
    page.goto(f"{demo.url}/membres/cc-lys/programmes/")
    page.get_by_label("Nom du programme").focus()
    page.keyboard.type("QGIS Server")
    with to_another_page(page):
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("QGIS Server")
    page.get_by_label("Nom du nouveau jeton").focus()
    page.keyboard.type("production")
    page.keyboard.press("Enter")
    expect(page.locator(".secret code")).to_have_text(re.compile("^arpent_"))
    secret = page.locator(".secret code").inner_text()
    for dark in ("light", "dark"):
        page.emulate_media(color_scheme=dark)
        shoot(page, f"programme-{dark}")
    assert serious_in_both_schemes(page) == []
    answer = context.request.get(f"{demo.url}/api/v1/me/", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status == 200
    page.goto(f"{demo.url}/journal/?about=apitoken")
    expect(page.locator("tbody tr").first).to_contain_text("gis_core_apitoken")
    page.emulate_media(color_scheme="dark")
    shoot(page, "journal-found-dark")
    context.close()
