"""The example desk (tests/example_desk), installed by configuration alone, as its user meets it."""

import csv
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import shapely
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import serious
from tests.browser.conftest import (
    DESK,
    FIRST_VIEW_MS,
    Demo,
    at_rest,
    cookies_of,
    drawn,
    open_map,
    opened,
    to_another_page,
)

pytestmark = pytest.mark.browser
PATIENCE_MS = 120_000
HEADER = (
    "nom_operateur,nom_station,implantation_station,coordonneesXY,id_pdc_itinerance,puissance_nominale,paiement_acte,"
    "date_mise_en_service"
)


@pytest.fixture(scope="module")
def technician(demo: Demo, browser: Browser) -> dict[str, object]:
    return cookies_of(browser, demo, "reseaux.lys")


@pytest.fixture
def page(browser: Browser, technician: dict[str, object], loaded: Any) -> Iterator[Page]:
    for context in opened(browser, technician, DESK):
        yield context.new_page()


@pytest.fixture(scope="module")
def loaded(
    browser: Browser, demo: Demo, technician: dict[str, object], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """The parcel on which the first of three charging points stands, once they came in by the page of the files."""
    path = tmp_path_factory.mktemp("irve") / "irve.csv"
    for context in opened(browser, technician, DESK):
        page = context.new_page()
        parcel = context.request.get(f"{demo.url}/ogc/collections/parcels/items?limit=1").json()["features"][0]
        path.write_text(national_schema(place_on(parcel)))
        bring_in(page, demo, path)
    return dict(parcel)


def place_on(parcel: dict[str, Any]) -> tuple[float, float]:
    point = shapely.geometry.shape(parcel["geometry"]).representative_point()
    return round(point.x, 6), round(point.y, 6)


def national_schema(place: tuple[float, float]) -> str:
    lon, lat = place
    powers = {"FRLYSPDC001": 22, "FRLYSPDC002": 150, "FRLYSPDC003": 50}
    rows = [
        f'Modulo,Gare,Voirie,"[{lon + 0.0005 * rank:.6f}, {lat}]",{reference},{power},true,14/03/2024'
        for rank, (reference, power) in enumerate(powers.items())
    ]
    return "\n".join([HEADER, *rows, ""])


def bring_in(page: Page, demo: Demo, path: Path) -> None:
    """From the bar of the site to what the file brought."""
    page.goto(f"{demo.url}/compte/")
    page.get_by_role("link", name="Bornes", exact=True).first.click()
    expect(page.get_by_text("Aucune borne")).to_be_visible()
    page.get_by_role("link", name="Importer", exact=True).click()
    page.locator("#file").set_input_files(path)
    assert serious(page) == []
    page.get_by_role("button", name="Regarder le fichier").click()
    load = page.get_by_role("button", name="Charger", exact=True)
    load.wait_for(timeout=PATIENCE_MS)
    expect(page.locator("section.object-changes")).to_contain_text("FRLYSPDC002")
    assert serious(page) == []
    load.click()
    page.get_by_role("link", name="Voir les bornes").click(timeout=PATIENCE_MS)
    expect(page.locator("tbody tr")).to_have_count(3)


def references(page: Page) -> list[str]:
    return page.locator("tbody th").all_inner_texts()


def test_the_list_is_filtered_ordered_drawn_and_taken_away(page: Page, demo: Demo, tmp_path: Path) -> None:
    page.goto(f"{demo.url}/bornes/")
    page.get_by_label("Puissance minimale (kW)").focus()
    page.keyboard.type("40")
    with to_another_page(page):
        page.keyboard.press("Enter")
    assert references(page) == ["FRLYSPDC002", "FRLYSPDC003"]
    page.get_by_role("columnheader", name="Puissance").get_by_role("link").focus()
    with to_another_page(page):
        page.keyboard.press("Enter")
    assert references(page) == ["FRLYSPDC003", "FRLYSPDC002"]
    page.wait_for_selector("#list-map:not([aria-busy]) .map[data-rendered]")
    drawn(page, "#list-map .map")
    page.locator("tbody tr").first.locator("td").first.click()
    expect(page.locator(".map-told")).to_contain_text("FRLYSPDC003")
    assert serious(page) == []
    with taken_away(page, "CSV", tmp_path).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [(one["Identifiant"], one["Puissance"]) for one in rows] == [("FRLYSPDC003", "50"), ("FRLYSPDC002", "150")]
    with closing(sqlite3.connect(taken_away(page, "GeoPackage", tmp_path))) as file:
        (table,) = file.execute("select table_name from gpkg_contents").fetchone()
        assert file.execute(f'select count(*) from "{table}"').fetchone() == (2,)


def taken_away(page: Page, label: str, folder: Path) -> Path:
    with page.expect_download() as download:
        page.locator(".list-head").get_by_role("link", name=label, exact=True).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_the_layer_is_on_the_map_and_the_section_in_the_parcel_sheet(
    page: Page, demo: Demo, loaded: dict[str, Any]
) -> None:
    lon, lat = place_on(loaded)
    there = f"#v=1&c={lon},{lat}&z=19&b=plain&p=none"
    page.goto(f"{demo.url}/bornes/")
    page.locator("tbody th a", has_text="FRLYSPDC001").click()
    expect(page.locator("#sheet-title")).to_have_text("Gare", timeout=FIRST_VIEW_MS)
    shown = open_map(page.context, demo, f"{there}&l=charging-points")
    at_rest(shown)
    box = shown.locator(".map-canvas").bounding_box()
    assert box
    shown.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(shown.locator("#sheet-title")).to_have_text("Gare")
    expect(shown.get_by_text("FRLYSPDC001").first).to_be_visible()
    sheet = open_map(page.context, demo, f"{there}&s=parcels.{loaded['id']}")
    section = sheet.locator(".parcel-section", has=sheet.get_by_role("heading", name="Bornes de recharge"))
    expect(section.locator(".parcel-row").first).to_contain_text(re.compile(r"Gare\s*sur le terrain · 22\s+kW"))
    assert serious(sheet) == []
