"""What crosses a parcel, on its sheet in the map."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.axe import serious
from tests.browser.conftest import Demo, at_rest, open_map, redrawn, sign_in

pytestmark = pytest.mark.browser


def built_parcel(context: BrowserContext, demo: Demo) -> dict[str, Any]:
    """A parcel of the demo with a building on it."""
    found = context.request.get(f"{demo.url}/ogc/collections/parcels/items", params={"limit": 300}).json()["features"]
    for one in found:
        answer = context.request.get(f"{demo.url}/api/v1/parcels/{one['properties']['idu']}/sheet/?sections=buildings")
        if answer.json()["sections"][0]["lines"]:
            return dict(one)
    raise AssertionError("no parcel of the demo has a building")


def opened(context: BrowserContext, demo: Demo) -> Page:
    """The map with the sheet of a built parcel, its sections there."""
    parcel = built_parcel(context, demo)
    west, south = parcel["geometry"]["coordinates"][0][0][0][:2]
    page = open_map(context, demo, f"#v=1&c={west},{south}&z=19&l=parcels&s=parcels.{parcel['id']}&p=none")
    expect(page.get_by_role("heading", name="Ce qui concerne cette parcelle")).to_be_visible()
    expect(page.locator(".parcel-section").first).to_be_visible()  # none of no sections is busy, either
    expect(page.locator(".parcel-section[aria-busy=true]")).to_have_count(0)
    return page


def test_the_sections_of_a_parcel_come_by_themselves(context: BrowserContext, demo: Demo) -> None:
    page = opened(context, demo)
    buildings = page.locator(".parcel-section", has=page.get_by_role("heading", name="Bâti", exact=True))
    expect(buildings.locator(".parcel-row").first).to_contain_text("m²")
    assert serious(page) == []


def test_the_attributes_of_a_parcel_come_after_what_concerns_it(context: BrowserContext, demo: Demo) -> None:
    page = opened(context, demo)
    headings = page.locator(".sheet-body h3").all_inner_texts()
    assert headings[:2] == ["Ce qui concerne cette parcelle", "Attributs"]
    expect(page.locator(".record .properties")).to_contain_text("Section")


def test_a_line_shows_its_thing_on_the_map(context: BrowserContext, demo: Demo) -> None:
    page = opened(context, demo)
    line, canvas = page.locator("button.parcel-row").first, page.locator(".map-canvas")
    at_rest(page)
    plain = canvas.screenshot()
    line.focus()
    redrawn(page, canvas, plain)
    at_rest(page)
    shown = canvas.screenshot()
    page.locator("#sheet-title").focus()
    redrawn(page, canvas, shown)
    line.click()
    expect(line).to_have_attribute("aria-pressed", "true")


def test_the_sheet_is_a_pdf_file_too(context: BrowserContext, demo: Demo) -> None:
    page = opened(context, demo)
    address = page.get_by_role("link", name="Fiche PDF").get_attribute("href")
    answer = context.request.get(f"{demo.url}{address}")
    assert answer.body()[:5] == b"%PDF-"


def test_a_frozen_sheet_is_told_with_its_number_and_found_again(context: BrowserContext, demo: Demo) -> None:
    page = opened(context, demo)
    page.get_by_role("button", name="Figer la fiche").click()
    told = page.get_by_text(re.compile(r"Fiche FP-\d{4}-\d{6} figée"))
    expect(told).to_be_visible()
    number = re.findall(r"FP-\d{4}-\d{6}", told.inner_text())[0]
    page.locator(".parcel-frozen").get_by_role("link", name="Fiches figées").click()
    expect(page.get_by_role("row").filter(has_text=number)).to_be_visible()
    assert serious(page) == []


def test_a_part_that_does_not_come_says_so_and_is_asked_again(
    browser: Browser, signed_in: dict[str, Any], demo: Demo
) -> None:
    context = browser.new_context(locale="fr-FR", storage_state=signed_in)  # type: ignore[arg-type]
    parcel = built_parcel(context, demo)
    broken = [True]

    def answer(route: Route) -> None:
        if broken[0]:
            body = '{"title": "Indisponible", "detail": "La base redémarre : réessayez."}'
            route.fulfill(status=503, content_type="application/problem+json", body=body)
        else:
            route.continue_()

    context.route("**/sheet/?sections=buildings", answer)
    page = open_map(context, demo, f"#v=1&c=2,48&z=12&l=parcels&s=parcels.{parcel['id']}&p=none")
    expect(page.get_by_text("La base redémarre : réessayez.")).to_be_visible()
    broken[0] = False
    page.get_by_role("button", name="Réessayer").click()
    expect(page.locator(".parcel-row").first).to_be_visible()
    context.close()


def test_a_sheet_whose_parts_are_not_known_says_so_and_is_asked_again(
    browser: Browser, signed_in: dict[str, Any], demo: Demo
) -> None:
    context = browser.new_context(locale="fr-FR", storage_state=signed_in)  # type: ignore[arg-type]
    parcel = built_parcel(context, demo)
    context.route("**/parcels/sections/", lambda route: route.abort(), times=1)
    page = open_map(context, demo, f"#v=1&c=2,48&z=12&l=parcels&s=parcels.{parcel['id']}&p=none")
    page.locator(".parcel-sections").get_by_role("button", name="Réessayer").click()
    expect(page.locator(".parcel-row").first).to_be_visible()
    context.close()


def test_what_is_to_be_checked_says_below_what(browser: Browser, signed_in: dict[str, Any], demo: Demo) -> None:
    context = browser.new_context(locale="fr-FR", storage_state=signed_in)  # type: ignore[arg-type]
    parcel = built_parcel(context, demo)
    small = {"key": "zone:1", "title": "UB", "detail": "", "area_m2": 4.4, "share": 0.007, "length_m": None}
    small |= {"layer": None, "feature": None, "facts": [], "links": []}
    below = [{"display": "moins de 5 m² et de 1 %"}, {"display": "moins de 1 m d’une ligne"}]
    told = {"section": "zoning", "title": "Zonage", "facts": [], "lines": [], "uncertain": [small], "tolerances": below}
    answer = {"sections": [told | {"notes": [], "vintages": [], "failed": None}]}
    context.route("**/sheet/?sections=zoning", lambda route: route.fulfill(json=answer))
    page = open_map(context, demo, f"#v=1&c=2,48&z=12&l=parcels&s=parcels.{parcel['id']}&p=none")
    heading = page.get_by_role("heading", name="Limite à vérifier")
    expect(heading).to_have_text("Limite à vérifier : moins de 5 m² et de 1 % · moins de 1 m d’une ligne")
    context.close()


@pytest.mark.parametrize("address", ["**/api/v1/parcels/sections/", "**/assets/parcel-sections*.js"])
def test_a_sheet_that_cannot_be_asked_says_so_and_is_asked_again(
    browser: Browser, signed_in: dict[str, Any], demo: Demo, address: str
) -> None:
    context = browser.new_context(locale="fr-FR", storage_state=signed_in)  # type: ignore[arg-type]
    parcel = built_parcel(context, demo)
    context.route(address, lambda route: route.abort())
    page = open_map(context, demo, f"#v=1&c=2,48&z=12&l=parcels&s=parcels.{parcel['id']}&p=none")
    expect(page.get_by_role("alert")).to_contain_text("Le serveur ne répond pas")
    context.unroute(address)
    page.get_by_role("button", name="Réessayer").click()
    expect(page.locator(".parcel-row").first).to_be_visible()
    context.close()


def test_a_ground_that_the_server_refuses_is_told_once(browser: Browser, signed_in: dict[str, Any], demo: Demo) -> None:
    context = browser.new_context(locale="fr-FR", storage_state=signed_in)  # type: ignore[arg-type]
    parcel = built_parcel(context, demo)
    body = '{"title": "Introuvable", "detail": "Le plan n’a pas cette parcelle."}'
    refused = {"status": 404, "content_type": "application/problem+json", "body": body}
    context.route("**/sheet/?sections=*", lambda route: route.fulfill(**refused))
    page = open_map(context, demo, f"#v=1&c=2,48&z=12&l=parcels&s=parcels.{parcel['id']}&p=none")
    expect(page.get_by_role("alert")).to_have_text("Le plan n’a pas cette parcelle.")
    expect(page.get_by_role("button", name="Figer la fiche")).to_be_hidden()
    context.close()


def test_a_day_to_come_is_told_and_the_sheet_stays(context: BrowserContext, demo: Demo) -> None:
    page = opened(context, demo)
    day = page.get_by_label("Règles du")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/sheet/" in request.url else None)
    day.fill("2999-01-01")
    day.dispatch_event("change")
    expect(page.get_by_text("Un jour de 1900 à aujourd’hui.")).to_be_visible()
    assert serious(page) == []
    assert asked == []
    day.fill("2020-02-29")
    day.dispatch_event("change")
    expect(page.get_by_text("Un jour de 1900 à aujourd’hui.")).to_be_hidden()
    expect(page.get_by_role("link", name="Fiche PDF")).to_have_attribute("href", re.compile("day=2020-02-29"))


def test_whoever_is_signed_in_no_longer_is_told_to_sign_in(
    browser: Browser, signed_in: dict[str, Any], demo: Demo
) -> None:
    context = browser.new_context(locale="fr-FR", storage_state=signed_in)  # type: ignore[arg-type]
    page = opened(context, demo)
    context.clear_cookies(name="arpent_session")
    # The map may have noticed before the press: then its window already covers the button.
    page.get_by_role("button", name="Figer la fiche").dispatch_event("click")
    expect(page.get_by_role("dialog", name="Se reconnecter")).to_be_visible()
    context.close()


def test_a_sheet_comes_in_the_language_of_the_map(browser: Browser, demo: Demo) -> None:
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    sign_in(page, demo, "lecture.lys")
    page = opened(context, demo)
    page.get_by_role("button", name=re.compile("Lecture")).click()
    page.get_by_role("radio", name="English").check(force=True)
    expect(page.get_by_role("heading", name="Buildings", exact=True)).to_be_visible()
    page.get_by_role("radio", name="Français").check(force=True)
    expect(page.get_by_role("heading", name="Bâti", exact=True)).to_be_visible()
    context.close()
