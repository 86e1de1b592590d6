"""Signing in by a provider in a real browser, there and back: the certified one of npm, and ProConnect's stand-in."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from gis_core.operations.environment import ROOT, Place, secret_key, variables
from gis_core.operations.manage import command_line
from tests.browser.axe import serious_in_both_schemes, too_wide
from tests.browser.conftest import DESK, PHONE, Demo, cookies_of, to_another_page
from tests.gis_core.certified import certified
from tests.gis_core.stand_in import CLIENT, SECRET, Forgery, StandIn, serving

pytestmark = pytest.mark.browser
WHO = "instruction.lys"
MAKE = """
import json
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import AccessRule, Member, SignInMethod

with acting_as(SYSTEM):
    member, made = Member.objects.get(slug="cc-lys"), []
    for owner, name, issuer, domains in (
        (member, "Compte de l’agglo", "http://127.0.0.1:%(first)s", ["agglo.example"]),
        (None, "ProConnect", "http://127.0.0.1:%(second)s/api/v2", []),
    ):
        method = SignInMethod(member=owner, kind="proconnect", name=name, domains=domains)
        method.options = {"issuer": issuer, "client_id": "%(client)s", "signature": "RS256"}
        method.secret = "%(secret)s"
        method.save()
        made.append(method.pk)
    AccessRule.objects.create(method_id=made[0], group="siren:243400017", member=member, role="permit_instructor")
print(json.dumps(made))
"""
SWITCH_OFF = """
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import SignInMethod

with acting_as(SYSTEM):
    SignInMethod.objects.update(active=False)
"""
PERSON = {
    "sub": "4f0c8a6e",
    "email": "camille.roux@commune.example",
    "given_name": "Camille",
    "usual_name": "Roux",
    "uid": "croux",
    "siret": "21340172201787",
    "idp_id": "71144ab3-ee1a-4401-b7b3-79b44f7daeeb",
}


def shell(demo: Demo, script: str) -> str:
    command = command_line("shell", "--no-imports", "-c", script)
    place = Place(demo.data)
    # Secrets are kept under the demo's key, not under that of the tests.
    env = variables(place, "worker") | {"ARPENT_SECRET_KEY": secret_key(place)}
    return subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout


@pytest.fixture(scope="module")
def administrator(demo: Demo, browser: Browser) -> dict[str, object]:
    """The cookies of the GIS administrator of the Lys, who signed in before there was any other way."""
    return cookies_of(browser, demo, "sig.lys", just_now=True)


@pytest.fixture(scope="module")
def methods(demo: Demo, administrator: Any) -> Iterator[list[int]]:
    """The numbers of a member's provider, whose rule makes instructors, and of the platform's ProConnect."""
    first, second = demo.provider_ports
    values = {"first": first, "second": second, "client": CLIENT, "secret": SECRET}
    numbers: list[int] = json.loads(shell(demo, MAKE % values))
    signed_out = f"{demo.url}/compte/deconnexion/retour/"
    callback = f"{demo.url}/compte/connexion/{numbers[0]}/retour/"
    with certified(first, "RS256", callback, signed_out):
        yield numbers
    shell(demo, SWITCH_OFF)


@pytest.fixture
def proconnect(demo: Demo, methods: list[int]) -> Iterator[StandIn]:
    """The platform's, strict as its documentation has it."""
    callback = f"{demo.url}/compte/connexion/{methods[1]}/retour/"
    signed_out = f"{demo.url}/compte/deconnexion/retour/"
    port = demo.provider_ports[1]
    with serving(strict=True, person=dict(PERSON), port=port, callback=callback, signed_out=signed_out) as one:
        yield one


@contextmanager
def page_of(browser: Browser, size: dict[str, int], **options: Any) -> Iterator[Page]:
    context = browser.new_context(locale="fr-FR", viewport=size, **options)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def clean(page: Page) -> None:
    assert serious_in_both_schemes(page) == [], page.url
    assert too_wide(page) == {}, page.url


def press(page: Page, target: Locator) -> None:
    """By the keyboard alone: go on until it has the focus, then press Enter."""
    expect(target).to_be_visible()
    for _time in range(60):
        if target.evaluate("one => one === document.activeElement"):
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached by the keyboard")


def typed(page: Page, target: Locator, text: str) -> None:
    """By the keyboard alone, into a field."""
    for _time in range(60):
        if target.evaluate("one => one === document.activeElement"):
            page.keyboard.type(text)
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached by the keyboard")


def stops(query: dict[str, str]) -> None:
    """What ProConnect sends back where somebody stops there."""
    del query["code"]
    query["error"] = "access_denied"


def at_the_provider(page: Page, demo: Demo) -> None:
    """Sign in there and agree, on its own pages."""
    page.wait_for_url(f"http://127.0.0.1:{demo.provider_ports[0]}/**")
    typed(page, page.locator("input[name=login]"), "a1b2")
    typed(page, page.locator("input[name=password]"), "x")
    page.keyboard.press("Enter")
    press(page, page.get_by_role("button", name="Continue"))


def test_an_address_leads_to_the_provider_of_its_domain_and_back(
    browser: Browser, demo: Demo, methods: list[int], administrator: Any
) -> None:
    with page_of(browser, DESK) as page:
        page.goto(f"{demo.url}/permis/")
        clean(page)
        typed(page, page.get_by_label("Adresse électronique"), "lea.martin@agglo.example")
        page.keyboard.press("Enter")
        at_the_provider(page, demo)
        page.wait_for_url(f"{demo.url}/permis/")

        page.goto(f"{demo.url}/compte/")
        expect(page.get_by_role("heading", name="Léa Martin")).to_be_visible()
        expect(page.get_by_role("row", name="Compte de l’agglo")).to_be_visible()
        clean(page)
        press(page, page.get_by_role("button", name="Se déconnecter"))
        press(page, page.get_by_role("button", name="Yes, sign me out"))
        page.wait_for_url(f"{demo.url}/")

        with page_of(browser, DESK, storage_state=administrator) as other:
            other.goto(f"{demo.url}/membres/cc-lys/connexion/{methods[0]}/")
            expect(other.get_by_text("donné à 1 personne")).to_be_visible()
            clean(other)
            press(other, other.get_by_role("button", name="Retirer la règle de siren:243400017"))
            expect(other.get_by_text("1 personne a perdu le rôle")).to_be_visible()

        page.goto(f"{demo.url}/permis/")
        typed(page, page.get_by_label("Adresse électronique"), "lea.martin@agglo.example")
        page.keyboard.press("Enter")
        at_the_provider(page, demo)
        expect(page.get_by_role("alert")).to_contain_text("Vous n’avez plus aucun rôle ici")
        clean(page)


def test_proconnect_is_joined_to_an_account_by_its_proof(browser: Browser, demo: Demo, proconnect: StandIn) -> None:
    with page_of(browser, PHONE) as page:
        page.goto(f"{demo.url}/permis/")
        clean(page)
        button = page.get_by_role("link", name="S’identifier avec ProConnect")
        proconnect.forgery.back = stops
        press(page, button)
        expect(page.get_by_role("alert")).to_contain_text("Vous avez arrêté la connexion")
        clean(page)
        proconnect.forgery = Forgery()

        page.goto(f"{demo.url}/permis/")
        press(page, button)
        expect(page.get_by_text("ProConnect vous connaît, et Arpent pas encore")).to_be_visible()
        expect(page.get_by_text("Demandez à l’administrateur de votre membre de vous inviter")).to_be_visible()
        clean(page)
        with to_another_page(page):
            press(page, page.get_by_role("link", name="Se connecter comme avant"))
        typed(page, page.locator("input[name=login]"), WHO)
        typed(page, page.locator("input[type=password]"), demo.passwords[WHO])
        page.keyboard.press("Enter")
        expect(page.get_by_text("Ne confirmez que si les deux sont à vous", exact=False)).to_be_visible()
        clean(page)
        press(page, page.get_by_role("button", name="Rattacher et se connecter"))
        page.wait_for_url(f"{demo.url}/permis/")

        page.goto(f"{demo.url}/compte/")
        press(page, page.get_by_role("button", name="Se déconnecter"))
        page.wait_for_url(f"{demo.url}/")
        assert any("/session/end" in one for one in proconnect.calls)

        page.goto(f"{demo.url}/permis/")
        press(page, button)
        page.wait_for_url(f"{demo.url}/permis/")
        page.goto(f"{demo.url}/compte/#identities")
        press(page, page.get_by_role("button", name="Retirer l’identité de ProConnect"))
        expect(page.get_by_text("Votre identité de ProConnect n’ouvre plus ce compte", exact=False)).to_be_visible()
