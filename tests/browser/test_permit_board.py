"""The dashboard of planning applications in a real browser: filters, table and map together."""

import os
import re
import subprocess

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from gis_core.operations.environment import PYTHON, ROOT, Place, variables
from tests.browser.axe import serious, wider_by
from tests.browser.conftest import DESK, PHONE, Demo, cookies_of, drawn, opened

pytestmark = pytest.mark.browser
FILING = """
from datetime import timedelta
from django.db import transaction
from gis_core.models import User
from gis_core.members.rights import acting_as, rights_of
from layers.cadastre.models import Parcel
from permits.services.filing import Filing, file_permit
from gis_core.database.clock import today
rights = rights_of(User.objects.get(username="instruction.lys"))
parcels = Parcel.objects.filter(insee="45901").order_by("idu").values_list("idu", flat=True)
for days, rank, works in ((3, 3, "Serre pédagogique"), (27, 40, "Kiosque du parc"), (400, 9, "Préau")):
    with transaction.atomic(), acting_as(rights):
        filed, idus = today() - timedelta(days), [parcels[rank]]
        file_permit(Filing(kind="DP", insee="45901", filed_date=filed, parcels=idus, description=works), rights)
"""


@pytest.fixture(scope="module", autouse=True)
def filed(demo: Demo) -> None:
    """Two open files and one that silence granted."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ARPENT_", "DJANGO_"))}
    env |= {name: value for name, value in variables(Place(demo.data), "web").items() if name.startswith("ARPENT_")}
    command = [str(PYTHON), str(ROOT / "manage.py"), "shell", "-v", "0", "-c", FILING]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def board(context: BrowserContext, demo: Demo, query: str = "?q=serre") -> Page:
    page = context.new_page()
    page.goto(f"{demo.url}/permis/{query}")
    return page


def shown(page: Page) -> None:
    """Wait until the small map has drawn the files."""
    page.wait_for_selector("#permit-map:not([aria-busy]) .map[data-rendered]")
    drawn(page, "#permit-map .map")


def test_a_search_narrows_the_table(context: BrowserContext, demo: Demo) -> None:
    page = board(context, demo, "")
    if page.viewport_size == PHONE:
        page.locator("summary", has_text="Filtres").click()
    page.get_by_label("Chercher").fill("serre pedago")
    page.get_by_role("button", name="Filtrer").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("Serre pédagogique")
    assert wider_by(page) <= 0


def test_the_row_that_is_pressed_is_told_beside_the_map(
    demo: Demo, browser: Browser, signed_in: dict[str, object]
) -> None:
    for context in opened(browser, signed_in, DESK):
        page = board(context, demo)
        shown(page)
        page.locator("tbody td", has_text="Serre").click()
        expect(page.locator("tbody tr")).to_have_class(re.compile("chosen"))
        expect(page.locator(".map-told")).to_contain_text("DP 045 901")
        page.get_by_role("link", name="Ouvrir le dossier").click()
        expect(page.locator("h1")).to_contain_text("DP 045 901")


def test_the_shape_that_is_pressed_lights_its_row(demo: Demo, browser: Browser, signed_in: dict[str, object]) -> None:
    for context in opened(browser, signed_in, DESK):
        page = board(context, demo)
        shown(page)
        box = page.locator(".board-map .map").bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(page.locator("tbody tr")).to_have_class(re.compile("chosen"))
        expect(page.locator("tbody tr a")).to_be_focused()


def test_on_a_telephone_the_map_is_behind_a_button(demo: Demo, browser: Browser, signed_in: dict[str, object]) -> None:
    for context in opened(browser, signed_in, PHONE):
        page = board(context, demo)
        expect(page.locator(".board-map .map[role=application]")).to_have_count(0)
        page.locator("summary", has_text="Carte").click()
        shown(page)
        expect(page.get_by_role("link", name="Grande carte")).to_have_attribute("href", re.compile("permits"))
        assert serious(page) == []


def test_without_script_the_filters_and_the_table_work(
    demo: Demo, browser: Browser, signed_in: dict[str, object]
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="fr-FR", storage_state=signed_in, viewport=DESK)  # type: ignore[arg-type]
    page = board(context, demo, "")
    page.get_by_label("Chercher").fill("kiosque")
    page.get_by_role("button", name="Filtrer").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator(".board-map .map[role=application]")).to_have_count(0)
    context.close()


@pytest.mark.parametrize("path", ["", "?state=&q=zzzz", "statistiques/?year=", "registre/"])
def test_axe_finds_nothing_serious(context: BrowserContext, demo: Demo, path: str) -> None:
    page = context.new_page()
    page.goto(f"{demo.url}/permis/{path}")
    if page.viewport_size == DESK and page.locator("#permit-map").count():
        shown(page)
    assert serious(page) == []
    assert wider_by(page) <= 0


def test_everybody_reads_the_register(browser: Browser, demo: Demo) -> None:
    for context in opened(browser, {}, PHONE):
        page = context.new_page()
        page.goto(f"{demo.url}/permis/registre/?insee=45901&kind=DP")
        expect(page.locator("tbody")).to_contain_text("DP 045 901")
        expect(page.locator("main")).not_to_contain_text("Préau")
        assert serious(page) == []


def test_an_administrator_makes_a_team(browser: Browser, demo: Demo) -> None:
    own = browser.new_context(locale="fr-FR", storage_state=cookies_of(browser, demo, "sig.lys"))
    page = own.new_page()
    page.goto(f"{demo.url}/permis/reglages/")
    assert serious(page) == []
    page.get_by_label("Nom de l’équipe").fill("Instruction nord")
    page.get_by_role("button", name="Créer l’équipe").click()
    page.get_by_label("Camille Instruction").check()
    assert serious(page) == []
    page.get_by_role("button", name="Enregistrer l’équipe").click()
    expect(page.locator("table")).to_contain_text("Camille Instruction")
    own.close()
