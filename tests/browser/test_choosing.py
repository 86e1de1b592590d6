"""Choosing several parcels in the map: by clicking, drawing and naming them; their sheet; the unité foncière."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from tests.browser.axe import serious, wider_by
from tests.browser.conftest import DESK, Demo, at_rest, linked, open_map, redrawn, until

pytestmark = pytest.mark.browser
# The one layer that these tests are about: each open map draws what it shows.
TOWN = "#v=1&c=1.8976,47.5546&z=18.2&l=parcels&p=choose"
FIRST, SECOND = "45901000AB0012", "45901000AB0013"


def choosing(context: BrowserContext, demo: Demo, fragment: str = TOWN) -> Page:
    page = open_map(context, demo, fragment)
    expect(page.get_by_role("radio", name="Clic")).to_be_visible()
    return page


def said(page: Page) -> Locator:
    return page.locator(".choose-said")


def lines(page: Page) -> Locator:
    return page.locator(".choose-table tbody tr")


def click_map(page: Page, east: float = 0, south: float = 0) -> None:
    at_rest(page)
    box = page.locator(".map-canvas").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2 + east, box["y"] + box["height"] / 2 + south)


def take(page: Page, way: str) -> None:
    """By its label, as one does: the round itself is not shown."""
    radio = page.get_by_role("radio", name=way, exact=True)
    page.locator("label").filter(has=radio).click()
    expect(radio).to_be_checked()


def name_parcels(page: Page, text: str) -> None:
    take(page, "Liste")
    # The commune in the middle of the map comes by itself, once the communes are known.
    expect(page.get_by_label("Commune des références")).not_to_have_value("")
    page.get_by_label("Références", exact=True).fill(text)
    page.get_by_role("button", name="Ajouter ces parcelles").click()


def lay(page: Page, *places: tuple[float, float]) -> None:
    """Points around the middle of the map, one after the other."""
    laid = "document.querySelector('arpent-app').app.state.measure.points.length"
    for number, (east, south) in enumerate(places, 1):
        click_map(page, east, south)
        until(page, lambda number=number: page.evaluate(laid) == number, "the point is not there")  # type: ignore[misc]


CORNERS = ((-50, -50), (50, -50), (0, 50))


def draw(page: Page) -> None:
    """Three corners around the middle of the map."""
    lay(page, *CORNERS)
    page.get_by_role("button", name="Terminer").locator("visible=true").first.click()


# -- choosing ---------------------------------------------------------------------------------------------------------


def test_a_click_adds_a_parcel_and_another_takes_it_out(context: BrowserContext, demo: Demo) -> None:
    page = choosing(context, demo)
    at_rest(page)
    before = page.locator(".map-canvas").screenshot()
    click_map(page)
    expect(said(page)).to_have_text(re.compile(r"AB \d+ ajoutée. 1 parcelle en tout."))
    expect(lines(page)).to_have_count(1)
    redrawn(page, page.locator(".map-canvas"), before)
    click_map(page)
    expect(said(page)).to_have_text(re.compile(r"AB \d+ retirée. Aucune parcelle en tout."))
    expect(page.get_by_text("Aucune parcelle choisie")).to_be_visible()


def test_parcels_are_chosen_with_the_keyboard_on_the_map(blank_desk: Page, demo: Demo) -> None:
    desk = open_map(blank_desk.context, demo, "#v=1&c=1.8976,47.5546&z=18.2&l=parcels&p=none")
    expect(desk.locator(".panel-body")).to_have_count(0)
    desk.locator(".map-canvas").focus()
    desk.keyboard.press("s")
    expect(desk.get_by_role("radio", name="Clic")).to_be_focused()
    desk.get_by_role("button", name="Choisir au clavier sur la carte").press("Enter")
    expect(desk.locator(".map-canvas")).to_be_focused()
    at_rest(desk)
    desk.keyboard.press("Enter")
    expect(lines(desk)).to_have_count(1)
    desk.keyboard.press("s")
    expect(desk.get_by_role("radio", name="Clic")).to_be_focused()


def test_an_area_chooses_what_it_meets_and_a_distance_what_lies_around(context: BrowserContext, demo: Demo) -> None:
    page = choosing(context, demo)
    take(page, "Dessin")
    draw(page)
    expect(said(page)).to_have_text(re.compile(r"\d+ parcelles? ajoutées?"))
    met = lines(page).count()
    page.get_by_label("Distance autour").fill("60")
    page.get_by_label("Distance autour").press("Enter")
    expect(lines(page).nth(met)).to_be_attached()
    page.get_by_label("Distance autour").fill("5")
    page.get_by_label("Distance autour").press("Enter")
    expect(said(page)).not_to_have_text("Recherche…")
    page.get_by_label("Distance autour").fill("0")
    page.get_by_label("Distance autour").press("Enter")
    expect(lines(page)).to_have_count(met)
    assert serious(page) == []


def test_a_line_of_one_point_is_refused_in_words(blank_desk: Page, demo: Demo) -> None:
    blank_desk.goto(f"{demo.url}/{TOWN}")
    take(blank_desk, "Dessin")
    take(blank_desk, "Ligne")
    click_map(blank_desk)
    blank_desk.get_by_role("button", name="Terminer").locator("visible=true").first.click()
    expect(said(blank_desk)).to_have_text("Il faut au moins deux points.")


def test_a_distance_out_of_bounds_is_told_at_its_field(blank_desk: Page, demo: Demo) -> None:
    blank_desk.goto(f"{demo.url}/{TOWN}")
    take(blank_desk, "Dessin")
    blank_desk.get_by_label("Distance autour").fill("1001")
    blank_desk.get_by_label("Distance autour").press("Enter")
    expect(blank_desk.get_by_text("Un nombre de 0 à 1 000.")).to_be_visible()
    expect(blank_desk.get_by_label("Distance autour")).to_have_attribute("aria-invalid", "true")


def test_references_are_chosen_and_those_unknown_stay_to_be_corrected(context: BrowserContext, demo: Demo) -> None:
    page = choosing(context, demo)
    take(page, "Liste")
    expect(page.get_by_label("Commune des références")).to_have_value("Saint-Aubin-du-Lys (45901)")
    name_parcels(page, f"AB 12\n{SECOND}; ZZ 999")
    expect(said(page)).to_have_text("2 parcelles ajoutées. 2 parcelles en tout.")
    expect(page.get_by_role("alert")).to_contain_text("ZZ 999")
    expect(page.get_by_label("Références", exact=True)).to_have_value("ZZ 999")
    expect(lines(page).first).to_contain_text("AB 12")
    expect(lines(page).first).to_contain_text("Saint-Aubin-du-Lys")
    expect(page.locator(".choose-table tfoot")).to_contain_text("m²")
    assert serious(page) == []
    assert wider_by(page) <= 0
    assert page.evaluate("document.querySelector('.panel-body').scrollWidth <= innerWidth")


def test_a_list_without_references_or_with_an_unknown_commune_is_told_at_its_field(
    blank_desk: Page, demo: Demo
) -> None:
    blank_desk.goto(f"{demo.url}/{TOWN}")
    name_parcels(blank_desk, " ")
    expect(blank_desk.get_by_label("Références", exact=True)).to_be_focused()
    expect(blank_desk.get_by_text("Écrivez au moins une référence.")).to_be_visible()
    blank_desk.get_by_label("Commune des références").fill("Nulle part")
    name_parcels(blank_desk, "AB 12")
    expect(blank_desk.get_by_label("Commune des références")).to_be_focused()
    expect(blank_desk.get_by_text("Commune inconnue")).to_be_visible()


def test_parcels_are_taken_out_one_by_one_and_the_focus_stays_in_the_table(blank_desk: Page, demo: Demo) -> None:
    blank_desk.goto(f"{demo.url}/{TOWN}&ps={FIRST},{SECOND}")
    expect(lines(blank_desk)).to_have_count(2)
    blank_desk.get_by_role("button", name="Retirer AB 12").press("Enter")
    expect(said(blank_desk)).to_have_text("AB 12 retirée. 1 parcelle en tout.")
    expect(blank_desk.get_by_role("button", name="Retirer AB 13")).to_be_focused()
    blank_desk.get_by_role("button", name="Tout effacer").press("Enter")
    expect(said(blank_desk)).to_have_text("Sélection effacée.")
    expect(blank_desk.get_by_role("heading", name="Parcelles choisies")).to_be_focused()


def test_more_than_a_selection_holds_is_told(blank_desk: Page, demo: Demo) -> None:
    def truncated(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"truncated": True})

    blank_desk.route("**/parcels/select/", truncated)
    blank_desk.goto(f"{demo.url}/{TOWN}")
    name_parcels(blank_desk, "AB 12")
    expect(blank_desk.get_by_role("alert")).to_contain_text("2 000 parcelles au plus")


def finish(page: Page) -> Locator:
    return page.get_by_role("button", name="Terminer").locator("visible=true").first


def slowly(page: Page, milliseconds: int) -> None:
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    slow = {"offline": False, "latency": milliseconds, "downloadThroughput": -1, "uploadThroughput": -1}
    network.send("Network.emulateNetworkConditions", slow)


def test_a_double_click_on_finish_only_ends_the_drawing(context: BrowserContext, demo: Demo) -> None:
    page = choosing(context, demo)
    take(page, "Dessin")
    lay(page, *CORNERS)
    finish(page).dblclick()
    expect(said(page)).to_have_text(re.compile(r"\d+ parcelles? ajoutées?"))
    expect(page.locator("#sheet-title")).to_have_count(0)
    expect(page.get_by_role("button", name="Fiche de la zone dessinée")).to_be_visible()


def test_a_tap_on_the_map_right_after_the_end_begins_no_drawing(blank_phone: Page, demo: Demo) -> None:
    blank_phone.goto(f"{demo.url}/{TOWN}")
    take(blank_phone, "Dessin")
    lay(blank_phone, *CORNERS)
    slowly(blank_phone, 300)
    blank_phone.locator(".measure-buttons").get_by_role("button", name="Terminer").dblclick()
    expect(said(blank_phone)).to_have_text(re.compile(r"\d+ parcelles? ajoutées?"))
    expect(blank_phone.get_by_role("button", name="Fiche de la zone dessinée")).to_be_visible()


def test_escape_gives_up_a_point_and_another_is_shown(blank_desk: Page, demo: Demo) -> None:
    blank_desk.goto(f"{demo.url}/{TOWN}")
    take(blank_desk, "Dessin")
    take(blank_desk, "Point")
    click_map(blank_desk)
    expect(lines(blank_desk)).to_have_count(1)
    blank_desk.locator(".map-canvas").focus()
    blank_desk.keyboard.press("Escape")
    # So soon after the end of a drawing a click is taken for the second one of a double click.
    blank_desk.wait_for_timeout(600)
    click_map(blank_desk, 0, 60)
    expect(lines(blank_desk)).to_have_count(2)


def test_on_a_slow_line_what_is_typed_meanwhile_stays_and_a_cleared_choice_stays_empty(
    blank_desk: Page, demo: Demo
) -> None:
    blank_desk.goto(f"{demo.url}/{TOWN}&ps={SECOND}")
    expect(lines(blank_desk)).to_have_count(1)
    take(blank_desk, "Liste")
    expect(blank_desk.get_by_label("Commune des références")).to_have_value("Saint-Aubin-du-Lys (45901)")
    slowly(blank_desk, 900)
    name_parcels(blank_desk, "AB 12")
    blank_desk.get_by_label("Références", exact=True).fill("AB 14")
    blank_desk.get_by_role("button", name="Tout effacer").click()
    expect(said(blank_desk)).to_have_text("Sélection effacée.")
    expect(blank_desk.get_by_text("Aucune parcelle choisie")).to_be_visible()
    expect(blank_desk.get_by_label("Références", exact=True)).to_have_value("AB 14")


def test_parcels_that_were_chosen_already_are_not_new(blank_desk: Page, demo: Demo) -> None:
    blank_desk.goto(f"{demo.url}/{TOWN}&ps={FIRST}")
    expect(lines(blank_desk)).to_have_count(1)
    name_parcels(blank_desk, FIRST)
    expect(said(blank_desk)).to_have_text("Aucune nouvelle parcelle. 1 parcelle en tout.")


def test_many_unknown_references_are_counted_and_the_first_named(blank_desk: Page, demo: Demo) -> None:
    blank_desk.goto(f"{demo.url}/{TOWN}")
    name_parcels(blank_desk, "\n".join(f"ZZ {number}" for number in range(1, 41)))
    expect(blank_desk.get_by_role("alert")).to_contain_text("40 références que le plan n’a pas : ZZ 1, ")
    expect(blank_desk.get_by_role("alert")).to_contain_text("ZZ 12…")
    expect(blank_desk.get_by_label("Références", exact=True)).to_have_value(re.compile("ZZ 40$"))


def test_a_shape_that_crosses_itself_is_told_and_has_no_sheet(
    browser: Browser, signed_in: dict[str, Any], demo: Demo
) -> None:
    context = browser.new_context(viewport=DESK, locale="fr-FR", storage_state=signed_in)  # type: ignore[arg-type]
    page = choosing(context, demo)
    take(page, "Dessin")
    lay(page, (-60, -60), (60, 60), (60, -60), (-60, 60))
    finish(page).click()
    expect(page.get_by_role("alert")).to_have_text("La forme se recoupe : dessinez-la de nouveau.")
    expect(page.get_by_role("button", name="Nouveau dessin")).to_be_visible()
    expect(page.get_by_role("button", name="Fiche de la zone dessinée")).to_have_count(0)
    expect(page.get_by_role("button", name="Réessayer")).to_have_count(0)
    context.close()


def test_a_link_to_another_desk_ends_the_drawing(blank_desk: Page, demo: Demo) -> None:
    blank_desk.goto(f"{demo.url}/{TOWN}")
    take(blank_desk, "Dessin")
    click_map(blank_desk, -50, -50)
    blank_desk.evaluate("location.hash = '#v=1&c=1.8976,47.5546&z=18.2&p=layers'")
    expect(blank_desk.get_by_role("radio", name="Clic")).to_have_count(0)
    click_map(blank_desk)
    expect(blank_desk.locator("#sheet-title")).to_be_visible()


def test_a_refusal_is_told_and_asked_again(browser: Browser, signed_in: dict[str, Any], demo: Demo) -> None:
    context = browser.new_context(viewport=DESK, locale="fr-FR", storage_state=signed_in)  # type: ignore[arg-type]
    page = choosing(context, demo)
    broken = [True]
    page.route(
        "**/parcels/select/",
        lambda route: (
            route.fulfill(
                status=503,
                content_type="application/problem+json",
                body='{"title": "Indisponible", "detail": "La base redémarre."}',
            )
            if broken[0]
            else route.continue_()
        ),
    )
    click_map(page)
    expect(page.get_by_text("La base redémarre.")).to_be_visible()
    broken[0] = False
    page.get_by_role("button", name="Réessayer").click()
    expect(lines(page)).to_have_count(1)
    context.close()


def test_the_table_is_downloaded(blank_desk: Page, demo: Demo) -> None:
    blank_desk.goto(f"{demo.url}/{TOWN}&ps={FIRST},{SECOND}")
    with blank_desk.expect_download() as coming:
        blank_desk.get_by_role("button", name="Télécharger le tableau CSV").click()
    text = coming.value.path().read_text("utf-8-sig")
    assert coming.value.suggested_filename == "parcelles.csv"
    assert [row.split(";")[0] for row in text.splitlines()] == ["Identifiant", FIRST, SECOND]


def test_the_link_keeps_a_few_chosen_parcels(blank_desk: Page, demo: Demo) -> None:
    blank_desk.goto(f"{demo.url}/{TOWN}&ps={SECOND},{FIRST}")
    expect(lines(blank_desk)).to_have_count(2)
    expect(blank_desk).to_have_url(re.compile(f"&ps={FIRST},{SECOND}&"))
    blank_desk.get_by_role("button", name="Retirer AB 12").click()
    expect(blank_desk).to_have_url(re.compile(f"&ps={SECOND}&"))


def test_the_address_names_the_parcels_of_a_link_before_they_have_come(blank_desk: Page, demo: Demo) -> None:
    held: list[Route] = []
    blank_desk.route("**/parcels/select/", lambda route: held.append(route))
    blank_desk.goto(f"{demo.url}/{TOWN}&ps={FIRST},{SECOND}")
    until(blank_desk, lambda: bool(held) and "&b=" in blank_desk.url, "the map has not written its address")
    assert f"&ps={FIRST},{SECOND}&" in blank_desk.url
    expect(lines(blank_desk)).to_have_count(0)
    held[0].continue_()
    expect(lines(blank_desk)).to_have_count(2)


def test_a_link_to_parcels_that_are_not_in_the_plan_says_so(blank_desk: Page, demo: Demo) -> None:
    blank_desk.goto(f"{demo.url}/{TOWN}&ps={FIRST},45901000ZZ0999")
    expect(
        blank_desk.get_by_text("Ce lien demande des parcelles que le plan n’a pas : 45901000ZZ0999.")
    ).to_be_visible()
    expect(lines(blank_desk)).to_have_count(1)


# -- sheets -----------------------------------------------------------------------------------------------------------


def test_the_sheet_of_several_parcels_is_read_printed_and_frozen(context: BrowserContext, demo: Demo) -> None:
    page = choosing(context, demo, f"{TOWN}&ps={FIRST},{SECOND}")
    page.get_by_role("button", name="Fiche de ces parcelles").click()
    expect(page.get_by_role("heading", name="2 parcelles")).to_be_focused()
    expect(page.get_by_role("heading", name="Ce qui concerne ces parcelles")).to_be_visible()
    expect(page.locator(".parcel-section").first).to_be_visible()
    expect(page.locator(".parcel-section[aria-busy=true]")).to_have_count(0)
    page.get_by_text("Les 2 parcelles, une à une").click()
    expect(page.locator(".parcel-section details button.parcel-row")).to_have_count(2)
    assert serious(page) == []
    with page.expect_download() as coming:
        page.get_by_role("button", name="Fiche PDF").click()
    assert coming.value.path().read_bytes()[:5] == b"%PDF-"
    page.get_by_role("button", name="Figer la fiche").click()
    expect(page.get_by_text(re.compile(r"Fiche FP-\d{4}-\d{6} figée"))).to_be_visible()
    pdf = page.get_by_role("link", name="Ouvrir le PDF").last.get_attribute("href")
    assert context.request.get(f"{demo.url}{pdf}").body()[:5] == b"%PDF-"
    page.get_by_role("button", name="Fermer la fiche").click()
    expect(page.get_by_role("button", name="Fiche de ces parcelles")).to_be_focused()


def test_the_sheet_of_a_drawn_zone_is_read(context: BrowserContext, demo: Demo) -> None:
    page = choosing(context, demo)
    take(page, "Dessin")
    draw(page)
    page.get_by_role("button", name="Fiche de la zone dessinée").click()
    expect(page.get_by_role("heading", name="Ce qui concerne cette zone")).to_be_visible()
    expect(page.locator(".parcel-section").first).to_be_visible()
    expect(page.locator(".parcel-section[aria-busy=true]")).to_have_count(0)
    assert serious(page) == []
    linked(page)
    assert "shape" not in page.evaluate("location.hash")


def test_more_parcels_than_a_sheet_takes_are_told(blank_desk: Page, demo: Demo) -> None:
    blank_desk.goto(f"{demo.url}/{TOWN}")
    name_parcels(blank_desk, "\n".join(f"AB {number}" for number in range(1, 200)))
    expect(said(blank_desk)).to_contain_text("en tout")
    expect(blank_desk.get_by_role("button", name="Fiche de ces parcelles")).to_be_disabled()
    expect(blank_desk.get_by_text("Une fiche porte sur 100 parcelles au plus.")).to_be_visible()
    expect(lines(blank_desk)).to_have_count(100)
    blank_desk.get_by_role("button", name="Afficher la suite").click()
    expect(lines(blank_desk).nth(100)).to_be_attached()


def test_whoever_is_not_signed_in_chooses_and_reads_but_does_not_freeze(browser: Browser, demo: Demo) -> None:
    context = browser.new_context(viewport=DESK, locale="en-GB")
    page = open_map(context, demo, f"{TOWN}&ps={FIRST},{SECOND}")
    page.get_by_role("button", name="Sheet of these parcels").click()
    expect(page.get_by_role("button", name="Sheet as PDF")).to_be_visible()
    expect(page.get_by_role("button", name="Freeze the sheet")).to_have_count(0)
    context.close()


# -- unité foncière ---------------------------------------------------------------------------------------------------


def with_sheet(context: BrowserContext, demo: Demo) -> Page:
    asked = {"f": "json", "filter": f"idu='{FIRST}'"}
    found = context.request.get(f"{demo.url}/ogc/collections/parcels/items", params=asked).json()["features"][0]
    west, south = found["geometry"]["coordinates"][0][0][0][:2]
    return open_map(context, demo, f"#v=1&c={west},{south}&z=19&l=parcels&s=parcels.{found['id']}&p=none")


def test_the_unit_of_a_parcel_is_chosen_for_a_purpose_and_kept_nowhere(context: BrowserContext, demo: Demo) -> None:
    page = with_sheet(context, demo)
    page.get_by_role("button", name="Unité foncière").click()
    expect(page.get_by_label("Motif")).to_be_focused()
    page.get_by_role("button", name="Trouver l’unité foncière").click()
    expect(page.get_by_text("Choisissez un motif.")).to_be_visible()
    assert serious(page) == []
    page.get_by_label("Motif").select_option("permit")
    page.get_by_label("Référence").fill("PC 045 901 26 00099")
    page.get_by_role("button", name="Trouver l’unité foncière").click()
    expect(said(page)).to_have_text(re.compile(r"Unité foncière\u00a0: \d+ parcelles?, "))
    expect(page.get_by_role("heading", name="Parcelles choisies")).to_be_focused()
    expect(lines(page).filter(has_text="AB 12").first).to_be_attached()
    linked(page)
    assert "ps=" not in page.evaluate("location.hash")
    assert "45901000AB" not in page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert page.evaluate("caches.keys()") == []
    click_map(page, 0, 60)
    expect(lines(page).nth(1)).to_be_attached()
    linked(page)
    assert "ps=" not in page.evaluate("location.hash")


def test_the_purposes_are_those_of_the_consultation(blank_desk: Page, demo: Demo) -> None:
    page = with_sheet(blank_desk.context, demo)
    page.get_by_role("button", name="Unité foncière").click()
    expect(page.get_by_label("Motif")).to_be_focused()
    asked = page.locator("#unit-purpose option").all_inner_texts()
    page.goto(f"{demo.url}/proprietaires/consulter/")
    assert page.get_by_label("Motif").locator("option").all_inner_texts() == asked
    page.close()


def test_a_refusal_of_the_unit_is_told(browser: Browser, signed_in: dict[str, Any], demo: Demo) -> None:
    context = browser.new_context(viewport=DESK, locale="fr-FR", storage_state=signed_in)  # type: ignore[arg-type]
    page = with_sheet(context, demo)
    refusal = '{"title": "Refusé", "detail": "Ces propriétaires ne vous sont pas ouverts."}'
    page.route(
        "**/owners/units/",
        lambda route: route.fulfill(status=403, content_type="application/problem+json", body=refusal),
    )
    page.get_by_role("button", name="Unité foncière").click()
    page.get_by_label("Motif").select_option("permit")
    page.get_by_role("button", name="Trouver l’unité foncière").click()
    expect(page.get_by_role("alert")).to_have_text("Ces propriétaires ne vous sont pas ouverts.")
    context.close()


def test_whoever_may_not_read_the_owners_gets_no_unit(browser: Browser, demo: Demo) -> None:
    context = browser.new_context(viewport=DESK, locale="fr-FR")
    page = with_sheet(context, demo)
    expect(page.locator(".parcel-section").first).to_be_visible()
    expect(page.locator(".parcel-section[aria-busy=true]")).to_have_count(0)
    expect(page.get_by_role("button", name="Unité foncière")).to_have_count(0)
    context.close()


def test_a_failed_unit_keeps_what_was_typed(browser: Browser, signed_in: dict[str, Any], demo: Demo) -> None:
    context = browser.new_context(viewport=DESK, locale="fr-FR", storage_state=signed_in)  # type: ignore[arg-type]
    page = with_sheet(context, demo)
    page.route("**/parcels/select/", lambda route: route.abort())
    page.get_by_role("button", name="Unité foncière").click()
    page.get_by_label("Motif").select_option("permit")
    page.get_by_label("Référence").fill("PC 045 901 26 00098")
    page.get_by_role("button", name="Trouver l’unité foncière").click()
    expect(page.get_by_role("alert")).to_have_text("Le serveur ne répond pas")
    expect(page.get_by_label("Motif")).to_have_value("permit")
    expect(page.get_by_label("Référence")).to_have_value("PC 045 901 26 00098")
    context.close()
