"""A permit's form in two windows, and the form of a new file sent again after the browser's Back."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.conftest import DESK, PHONE, Demo
from tests.browser.test_permits import check_page, filed

pytestmark = pytest.mark.browser


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def context(request: pytest.FixtureRequest, browser: Browser, signed_in: dict[str, object]) -> Iterator[BrowserContext]:
    """A signed-in screen; an answer 409, which the browser mentions, is what these tests are about."""
    complaints: list[str] = []
    opened = browser.new_context(locale="fr-FR", viewport=request.param, storage_state=signed_in)  # type: ignore[arg-type]
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("weberror", lambda error: complaints.append(str(error.error)))
    yield opened
    opened.close()
    assert [one for one in complaints if "409" not in one] == []


def test_two_windows_choose_what_to_keep_without_a_script(context: BrowserContext, demo: Demo) -> None:
    first = filed(context, demo)
    file, second = first.url, context.new_page()
    for page, place in ((first, "2 rue Basse"), (second, "3 place du Puits")):
        page.goto(f"{file}modifier/")
        page.get_by_label("Adresse du terrain").fill(place)
    first.get_by_role("button", name="Enregistrer").click()
    first.wait_for_url(file)
    second.get_by_role("button", name="Enregistrer").click()
    expect(second.get_by_role("heading", name="Modifié entre-temps")).to_be_visible()
    check_page(second)
    second.get_by_role("button", name="Enregistrer ce choix").click()
    expect(second.get_by_role("heading", name="Modifié entre-temps")).to_be_visible()
    second.get_by_role("radio", name=re.compile("3 place du Puits")).check()
    second.get_by_role("button", name="Enregistrer ce choix").click()
    second.wait_for_url(file)
    second.goto(f"{file}modifier/")
    expect(second.get_by_label("Adresse du terrain")).to_have_value("3 place du Puits")


def test_back_and_another_press_asks_before_a_second_file(context: BrowserContext, demo: Demo) -> None:
    page = filed(context, demo)
    file = page.url
    page.go_back()
    page.get_by_role("textbox", name="Travaux").fill("Autre chose")
    page.get_by_role("button", name="Déposer le dossier").click()
    expect(page.get_by_role("heading", name="Ce formulaire a déjà été enregistré")).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="Voir ce qui est enregistré").click()
    page.wait_for_url(file)
