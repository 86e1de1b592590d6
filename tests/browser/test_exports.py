"""Exporting from the map: choose, count, download; a file that a job makes; with keys alone; in the table."""

import csv
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.axe import serious
from tests.browser.conftest import Demo, at_rest, open_map

pytestmark = pytest.mark.browser

PLACE = "#v=1&c=1.9002,47.5563&z=18&p=layers"
DETAILS = "Opacité, légende et source : Parcelles"


def dialog_of(page: Page) -> Locator:
    """The dialog for the parcels, once it has counted."""
    at_rest(page)
    page.get_by_role("button", name=DETAILS).click()
    page.get_by_role("button", name="Exporter").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".export-count")).to_contain_text("objets")
    return dialog


def counted(dialog: Locator) -> int:
    text = dialog.locator(".export-count").inner_text()
    return int("".join(filter(str.isdecimal, text)))


def test_what_is_in_the_view_is_downloaded_as_csv(context: BrowserContext, demo: Demo, tmp_path: Path) -> None:
    page = open_map(context, demo, PLACE)
    dialog = dialog_of(page)
    expected = counted(dialog)
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Exporter").click()
    download.value.save_as(tmp_path / "parcelles.csv")
    with (tmp_path / "parcelles.csv").open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened, delimiter=";"))
    assert len(rows) == expected > 0
    assert rows[0]["WKT"].startswith("MULTIPOLYGON")
    expect(dialog.get_by_text("est dans vos téléchargements")).to_be_visible()
    assert serious(page) == []


def test_a_geopackage_of_two_layers_comes_when_it_is_ready(blank_desk: Page, demo: Demo, tmp_path: Path) -> None:
    desk = open_map(blank_desk.context, demo, PLACE)
    dialog = dialog_of(desk)
    dialog.get_by_role("radio", name="GeoPackage").check()
    dialog.get_by_text("Dans le même fichier").click()
    dialog.get_by_role("checkbox", name="Bâtiments").check()
    with desk.expect_download(timeout=120_000) as download:
        dialog.get_by_role("button", name="Exporter").click()
    download.value.save_as(tmp_path / "export.gpkg")
    with closing(sqlite3.connect(tmp_path / "export.gpkg")) as opened:
        tables = {name for (name,) in opened.execute("select table_name from gpkg_contents")}
        parcels = opened.execute("select count(*) from parcels").fetchone()[0]
    assert {"parcels", "buildings", "layer_styles"} <= tables
    assert parcels == counted(dialog)
    expect(dialog.get_by_role("link", name="Télécharger").first).to_be_visible()


def test_the_dialog_is_used_and_left_with_keys_alone(blank_desk: Page, demo: Demo) -> None:
    desk = open_map(blank_desk.context, demo, PLACE)
    desk.get_by_role("button", name=DETAILS).click()
    desk.get_by_role("button", name="Exporter").focus()
    desk.keyboard.press("Enter")
    dialog = desk.get_by_role("dialog")
    expect(dialog.locator(".export-count")).to_contain_text("objets")
    dialog.get_by_role("radio", name="Ce qui est dans la vue").focus()
    desk.keyboard.press("ArrowUp")
    expect(dialog.get_by_role("radio", name="Toute la couche")).to_be_checked()
    desk.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(desk.get_by_role("button", name="Exporter")).to_be_focused()


def test_the_table_exports_what_it_shows(blank_desk: Page, demo: Demo) -> None:
    desk = open_map(blank_desk.context, demo, "#v=1&c=1.9002,47.5563&z=18&p=list")
    desk.get_by_role("button", name="Tableau").click()
    desk.locator(".data-table").get_by_role("button", name="Exporter").click()
    dialog = desk.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name="Ce que le tableau montre")).to_be_checked()
    expect(dialog.locator(".export-count")).to_contain_text("objets")


def test_whoever_is_not_signed_in_is_sent_to_sign_in_for_a_geopackage(demo: Demo, blank_desk: Page) -> None:
    browser = blank_desk.context.browser
    assert browser
    context = browser.new_context(locale="fr-FR")
    dialog = dialog_of(open_map(context, demo, PLACE))
    dialog.get_by_role("radio", name="GeoPackage").check()
    expect(dialog.get_by_role("link", name="Se connecter")).to_be_visible()
    expect(dialog.get_by_role("button", name="Exporter")).to_have_count(0)
    context.close()


def test_an_export_that_the_server_cannot_finish_is_not_saved(blank_desk: Page, demo: Demo) -> None:
    desk = open_map(blank_desk.context, demo, PLACE)
    cut = "id;nom\r\n1;a\r\nERREUR : l’export s’est interrompu ici, ce fichier est incomplet.\r\n"
    desk.route("**/export.csv?*", lambda route: route.fulfill(status=200, content_type="text/csv", body=cut))
    dialog = dialog_of(desk)
    dialog.get_by_role("button", name="Exporter").click()
    expect(dialog.get_by_role("alert")).to_contain_text("n’a pas été enregistré")
