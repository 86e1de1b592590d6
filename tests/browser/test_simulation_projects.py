"""Projects kept on the server: saved from the desk, variants side by side, two people at once, a project’s page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.axe import serious
from tests.browser.conftest import DESK, FIRST_VIEW_MS, PHONE, Demo, cookies_of, open_map, opened
from tests.browser.test_simulations import add_rectangle, limits

pytestmark = pytest.mark.browser

PLOT = "45901000AB0103"


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, signed_in: dict[str, object], demo: Demo) -> Iterator[Page]:
    for context in opened(browser, signed_in, request.param):
        yield drawn_page(open_map(context, demo, f"#v=1&p=simulate.{PLOT}"))


@pytest.fixture
def wide(browser: Browser, signed_in: dict[str, object], demo: Demo) -> Iterator[Page]:
    for context in opened(browser, signed_in, DESK):
        yield drawn_page(open_map(context, demo, f"#v=1&p=simulate.{PLOT}"))


@pytest.fixture
def refused(browser: Browser, signed_in: dict[str, object], demo: Demo) -> Iterator[Page]:
    """Where a request is refused: the browser itself complains of it in the console."""
    context = browser.new_context(viewport=DESK, locale="fr-FR", storage_state=signed_in)  # type: ignore[arg-type]
    yield drawn_page(open_map(context, demo, f"#v=1&p=simulate.{PLOT}"))
    context.close()


@pytest.fixture
def colleague(browser: Browser, demo: Demo) -> Iterator[Page]:
    for context in opened(browser, cookies_of(browser, demo, "sig.lys"), DESK):
        yield context.new_page()


def drawn_page(page: Page) -> Page:
    """A link of the desk leads there, and a volume is drawn."""
    expect(page.get_by_role("heading", name=f"Projet sur la parcelle {PLOT}")).to_be_visible()
    expect(limits(page).first).to_be_visible()
    add_rectangle(page, "6", "5")
    return page


def save(page: Page, name: str) -> Locator:
    page.get_by_label("Nom du projet").fill(name)
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    status = page.locator(".simulate-keep > [role=status]")
    expect(status).to_contain_text("Enregistré : version")
    return status


def test_a_project_is_saved_and_changes_are_told(page: Page) -> None:
    expect(page.locator(".simulate-keep")).to_contain_text("Pas encore enregistré")
    status = save(page, "Garage Martin")
    page.get_by_label("Côté 1 (m)").fill("7")
    expect(status).to_contain_text("Modifications non enregistrées")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(status).to_contain_text("version 2")
    assert serious(page) == []


def test_what_is_saved_is_not_said_to_be_in_the_tab_alone(wide: Page) -> None:
    save(wide, "Garage Petit")
    expect(wide.locator("arp-simulate-panel")).not_to_contain_text("dans cet onglet")


def test_who_saves_stays_at_the_button(wide: Page) -> None:
    save(wide, "Garage Grand")
    expect(wide.get_by_role("button", name="Enregistrer", exact=True)).to_be_focused()


def test_what_is_saved_outlives_a_reload_and_another_tab_opens_it(wide: Page, demo: Demo) -> None:
    save(wide, "Garage Durand")
    wide.reload()
    expect(wide.locator(".simulate-keep > [role=status]")).to_contain_text("Enregistré : version")
    other = wide.context.new_page()
    other.goto(f"{demo.url}{wide.get_by_role('link', name='Fiche du projet').get_attribute('href')}")
    other.get_by_role("link", name="Ouvrir sur la carte").click()
    expect(other.get_by_label("Nom du projet")).to_have_value("Garage Durand")
    expect(other.get_by_label("Côté 1 (m)")).to_have_value("6")


def test_variants_stand_side_by_side(wide: Page) -> None:
    wide.get_by_role("button", name="Ajouter une variante").click()
    wide.get_by_label("Côté 1 (m)").fill("9")
    table = wide.get_by_role("table", name="Les variantes côte à côte")
    expect(table.get_by_role("row", name="Emprise")).to_contain_text("30,0 m²")
    expect(table.get_by_role("row", name="Emprise")).to_contain_text("45,0 m²")
    wide.locator(".simulate-variants .segments label").first.click()
    expect(wide.get_by_label("Côté 1 (m)")).to_have_value("6")


def test_two_people_are_told_of_both_versions(refused: Page, colleague: Page, demo: Demo) -> None:
    save(refused, "À deux")
    address = refused.get_by_role("link", name="Fiche du projet").get_attribute("href") or ""
    number = address.rstrip("/").rsplit("/", 1)[1]
    colleague.goto(f"{demo.url}/#v=1&p=simulate.{number}")
    colleague.wait_for_selector("html[data-arpent-ready=true]", state="attached", timeout=FIRST_VIEW_MS)
    expect(colleague.get_by_label("Côté 1 (m)")).to_have_value("6")
    colleague.get_by_label("Côté 1 (m)").fill("8")
    colleague.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(colleague.locator(".simulate-keep > [role=status]")).to_contain_text("version 2")
    refused.get_by_label("Côté 1 (m)").fill("5")
    refused.get_by_role("button", name="Enregistrer", exact=True).click()
    conflict = refused.locator(".simulate-keep [role=alert]")
    expect(conflict).to_contain_text("a enregistré ce projet entre-temps")
    conflict.get_by_role("button", name="Garder les deux").click()
    expect(refused.locator(".simulate-variants input:checked + span")).to_have_text("B")
    expect(refused.get_by_label("Côté 1 (m)")).to_have_value("5")


def test_a_wall_along_a_limit_and_twelve_plots(wide: Page) -> None:
    wide.locator("summary", has_text="Voies, murs, haies").click()
    wide.get_by_label("Nature", exact=True).select_option("wall")
    wide.get_by_role("button", name="Ajouter le long de la limite").click()
    expect(wide.locator(".simulate-lines li")).to_contain_text("Mur 1")
    wide.locator("summary", has_text="Répéter en rangs").click()
    wide.get_by_role("button", name="Répéter", exact=True).click()
    expect(wide.locator(".simulate-volumes").first.locator("li")).to_have_count(12)


def test_the_page_of_a_project_and_its_list(page: Page, demo: Demo) -> None:
    save(page, "Fiche à lire")
    page.get_by_role("link", name="Fiche du projet").click()
    expect(page.get_by_role("heading", name="Fiche à lire", level=1)).to_be_visible()
    assert serious(page) == []
    page.goto(f"{demo.url}/simulations/?q=Fiche")
    expect(page.get_by_role("link", name="Fiche à lire").first).to_be_visible()
    assert serious(page) == []
