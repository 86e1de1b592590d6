"""Screens of the instructor’s office and of the town hall: what axe finds, what is too wide, where focus is lost."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.axe import serious_in_both_schemes, wider_by
from tests.browser.conftest import DESK, PHONE, Demo, arpent, cookies_of, opened

pytestmark = pytest.mark.browser

PROPOSED = """
from django.db import transaction
from gis_core.letters.kinds import kind_of
from gis_core.members.rights import acting_as, rights_of
from gis_core.models import User
from permits.letters import LetterRequest
from permits.models import Permit
from permits.services.letters import begin_letter
from permits.services.signing import propose_for_signature
person, town = User.objects.get(username="instruction.lys"), rights_of(User.objects.get(username="mairie.lys"))
rights = rights_of(person)
with acting_as(rights), transaction.atomic():
    files = Permit.objects.visible_to(rights).filter(insee__in=town.town_insee, owner_id__in=town.town_halls())
    files = files.exclude(kind__in=("CUa", "CUb"))
    permit = files.filter(state="granted", kind="PC").order_by("id").first() or files.filter(state="granted").first()
    letter = begin_letter(permit, kind_of("permit-transmitted"), LetterRequest(), rights)
    propose_for_signature(permit, letter, rights)
    print("proposed", permit.number, letter.pk)
"""
FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const box = one.getBoundingClientRect(), style = getComputedStyle(one);
  const ring = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  const shown = box.bottom > 0 && box.top < innerHeight;
  return { html: one.outerHTML.slice(0, 120), ring, shown, y: box.y + scrollY };
}"""
SMALL = """() => [
  ...document.querySelectorAll("main button, main summary, main a.button, main select, .choices label, .actions a")
]
  .filter((one) => one.getClientRects().length && one.getBoundingClientRect().height < 44)
  .map((one) => one.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def proposed(demo: Demo) -> tuple[str, str]:
    """The number of a file of the town hall's commune, and a draft of it that is proposed for signature."""
    found = re.search(r"proposed (\w+) (\d+)", arpent("manage", "--data", str(demo.data), "shell", "-c", PROPOSED))
    assert found
    return found[1], found[2]


def screens(number: str, letter: str) -> list[str]:
    file = f"/permis/{number}/"
    return [
        *("/permis/", "/permis/signatures/", file, f"{file}courriers/", f"{file}courriers/{letter}/"),
        *(
            f"{file}surfaces/",
            f"{file}consultations/",
            f"{file}evenements/posted_town_hall/",
            f"{file}evenements/filing_posted/",
        ),
    ]


@pytest.fixture(params=["mairie.lys", "instruction.lys"])
def desk_of(request: pytest.FixtureRequest, browser: Browser, demo: Demo) -> Iterator[BrowserContext]:
    yield from opened(browser, cookies_of(browser, demo, request.param), DESK)


@pytest.fixture(params=["mairie.lys", "instruction.lys"])
def phone_of(request: pytest.FixtureRequest, browser: Browser, demo: Demo) -> Iterator[BrowserContext]:
    yield from opened(browser, cookies_of(browser, demo, request.param), PHONE)


def faults(page: Page) -> list[str]:
    wide = [] if wider_by(page) <= 0 else ["wider than the screen"]
    return [*wide, *serious_in_both_schemes(page)]


def test_the_screens_of_the_office_on_a_desk(desk_of: BrowserContext, demo: Demo, proposed: tuple[str, str]) -> None:
    page, found = desk_of.new_page(), {}
    for path in screens(*proposed):
        page.goto(f"{demo.url}{path}")
        found[path] = [*faults(page), *lost_focus(page)]
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_the_screens_of_the_office_on_a_phone(phone_of: BrowserContext, demo: Demo, proposed: tuple[str, str]) -> None:
    page, found = phone_of.new_page(), {}
    for path in screens(*proposed):
        page.goto(f"{demo.url}{path}")
        found[path] = [*faults(page), *page.evaluate(SMALL)]
    assert {path: lines for path, lines in found.items() if lines} == {}


SETTINGS = ("", "autorites/", "autorites/nouvelle/", "mentions/taxes/", "mentions/remedies/")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_settings_of_acts_by_keyboard(browser: Browser, demo: Demo, size: dict[str, int]) -> None:
    """Pages of authorities, signatories and notes; a signatory is written without a mouse."""
    for context in opened(browser, cookies_of(browser, demo, "sig.lys"), size):
        page, found = context.new_page(), {}
        for rest in SETTINGS:
            page.goto(f"{demo.url}/permis/reglages/cc-lys/{rest}")
            found[rest] = [*faults(page), *(lost_focus(page) if size is DESK else page.evaluate(SMALL))]
        assert {rest: lines for rest, lines in found.items() if lines} == {}
        page.goto(f"{demo.url}/permis/reglages/cc-lys/autorites/")
        page.get_by_role("link", name="Commune de Vaudreilles").focus()
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Écrire un signataire").focus()
        page.keyboard.press("Enter")
        page.get_by_label("Prénom").focus()
        for text in ("Ines", "Karadec", "La première adjointe", "l’arrêté du 4 mai 2026 portant délégation"):
            page.keyboard.type(text)
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").first).to_contain_text("Le signataire est enregistré.")
        expect(page.get_by_role("main")).to_contain_text("Ines Karadec")


def lost_focus(page: Page, most: int = 60) -> list[str]:
    """Where Tab leads without a ring, out of the screen, or nowhere else."""
    found, before = [], None
    for _step in range(most):
        page.keyboard.press("Tab")
        now = page.evaluate(FOCUS)
        if now is None:
            break
        if 'type="date"' in now["html"]:  # day, month, year and calendar: four stops of one field
            continue
        if not now["ring"] or not now["shown"]:
            found.append(f"no focus to be seen: {now['html']}")
        if before and (before["html"], before["y"]) == (now["html"], now["y"]):
            found.append(f"Tab stays: {now['html']}")
        before = now
    return found


def test_a_town_hall_sends_a_draft_back_by_keyboard(browser: Browser, demo: Demo, proposed: tuple[str, str]) -> None:
    number, letter = proposed
    for context in opened(browser, cookies_of(browser, demo, "mairie.lys"), DESK):
        page = context.new_page()
        page.goto(f"{demo.url}/permis/{number}/courriers/{letter}/")
        page.get_by_text("Le renvoyer").first.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.type("Le maire attend l’avis du SDIS.")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").first).to_contain_text("Le projet est renvoyé à l’instruction")
        page.goto(f"{demo.url}/permis/signatures/")
        expect(page.get_by_role("main")).to_contain_text("Le maire attend l’avis du SDIS.")
