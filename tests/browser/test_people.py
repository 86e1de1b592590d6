"""The pages of a member's people in a real browser: forty people reviewed by keys, a departure, one's sessions."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from gis_core.operations.environment import ROOT, Place, variables
from gis_core.operations.manage import command_line
from tests.browser.axe import serious_in_both_schemes, wider_by
from tests.browser.conftest import DESK, PHONE, Demo, cookies_of

pytestmark = pytest.mark.browser
PEOPLE = "/membres/cc-lys/"
FORTY = """
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member, Membership, User

with acting_as(SYSTEM):
    member = Member.objects.get(slug="cc-lys")
    for number in range(40):
        one, made = User.objects.get_or_create(username=f"agent{number}", defaults={
            "email": f"agent{number}@example.org", "first_name": "Agent", "last_name": f"Numéro {number:02}"})
        if made:
            Membership.objects.create(user=one, member=member, role="reader")
"""


@pytest.fixture(scope="module")
def state(demo: Demo, browser: Browser) -> Any:
    """The cookies of the GIS administrator of the Lys, whose member has forty more people."""
    place = Place(demo.data)
    subprocess.run(
        command_line("shell", "--no-imports", "-c", FORTY), cwd=ROOT, env=variables(place, "worker"), check=True
    )
    return cookies_of(browser, demo, "sig.lys", just_now=True)


def opened(browser: Browser, state: Any, size: Any, locale: str = "fr-FR") -> Iterator[Page]:
    context = browser.new_context(locale=locale, viewport=size, storage_state=state, has_touch=size is PHONE)
    yield context.new_page()
    context.close()


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def anywhere(request: pytest.FixtureRequest, browser: Browser, state: Any) -> Iterator[Page]:
    yield from opened(browser, state, request.param)


@pytest.fixture
def desk(demo: Demo, browser: Browser, state: Any) -> Iterator[Page]:
    """Signed in just now: the tests before may have taken the five minutes after which one is asked again."""
    yield from opened(browser, cookies_of(browser, demo, "sig.lys", just_now=True), DESK)


def check(page: Page) -> None:
    assert serious_in_both_schemes(page) == []
    assert wider_by(page) <= 0


def test_the_people_of_a_member_and_one_of_them(anywhere: Page, demo: Demo) -> None:
    anywhere.goto(demo.url + PEOPLE)
    check(anywhere)
    anywhere.get_by_role("link", name="Changer le rôle de Agent Numéro 00").click()
    expect(anywhere.get_by_role("heading", name="En charge de")).to_be_visible()
    check(anywhere)
    anywhere.get_by_role("link", name="Absence, départ, passation").click()
    anywhere.get_by_role("button", name="Voir ce qui changerait").click()
    expect(anywhere.get_by_role("button", name="Faire ce changement")).to_be_visible()
    check(anywhere)


def test_where_one_is_signed_in(anywhere: Page, demo: Demo) -> None:
    anywhere.goto(f"{demo.url}/compte/sessions/")
    expect(anywhere.get_by_text("celle-ci", exact=True)).to_be_visible()
    check(anywhere)


def test_forty_people_are_reviewed_by_keys(desk: Page, demo: Demo) -> None:
    desk.goto(f"{demo.url}{PEOPLE}revue/")
    check(desk)
    desk.get_by_role("button", name="Commencer et prévenir").click()
    rows = desk.locator("table.review tbody tr")
    expect(rows.first).to_be_visible()
    check(desk)
    count = rows.count()
    assert count >= 40
    begun = time.monotonic()
    rows.first.locator("input").first.focus()
    for number in range(count):
        desk.keyboard.press("d" if number == 1 else "g")
    print(f"{count} people answered in {time.monotonic() - begun:.1f} s, one key each")
    desk.get_by_role("button", name="Enregistrer et clore").press("Enter")
    expect(desk.get_by_role("heading", name="L’accès s’arrête maintenant")).to_be_visible()
    check(desk)
    desk.set_viewport_size(PHONE)
    check(desk)
    desk.get_by_role("link", name="Revenir aux réponses").click()
    expect(rows.first).to_be_visible()
    expect(rows.locator("input:checked")).to_have_count(count)
    check(desk)
    desk.go_back()
    desk.get_by_role("button", name="Clore et faire le procès-verbal").click()
    with desk.expect_download() as download:
        desk.get_by_role("link", name="Procès-verbal (PDF)").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
    check(desk)
