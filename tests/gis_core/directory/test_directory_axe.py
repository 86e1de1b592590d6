"""What axe finds on the pages of a directory, and whether they fit a phone; nothing but the pages' HTML is needed."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Page, Route, sync_playwright

from gis_core.members.rights import Role
from gis_core.models import AccessRule, SignInMethod
from tests import factories
from tests.browser.axe import serious_in_both_schemes, too_wide
from tests.browser.conftest import ARGUMENTS, CHROMIUM, PHONE
from tests.policy.directories import OPTIONS

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
SITE = "http://testserver"


def pages() -> dict[str, bytes]:
    """By their addresses: the sign-in, a new directory, one with a rule, and after a wrong form."""
    member = factories.member()
    method = SignInMethod(member=member, kind="directory", name="Annuaire", options=OPTIONS)
    method.secret = "secret"
    method.save()
    AccessRule.objects.create(method=method, group="ADS", member=member, role=Role.READER)
    headers = {"accept": "text/html", "accept-language": "fr"}
    visitor, administrator = Client(headers=headers), Client(headers=headers)
    administrator.force_login(factories.user(member, Role.GIS_ADMINISTRATOR))
    sign_in, new = f"/compte/connexion/annuaire/{method.pk}/", f"/membres/{member.slug}/connexion/annuaire/"
    return {
        sign_in: visitor.get(sign_in).content,
        new: administrator.get(new).content,
        f"{new}{method.pk}/": administrator.get(f"{new}{method.pk}/").content,
        f"{new}faux/": administrator.post(new, {"servers": "http://annuaire"}).content,
    }


def answer(route: Route, made: dict[str, bytes]) -> None:
    path = route.request.url.removeprefix(SITE)
    found = finders.find(path.removeprefix("/static/")) if path.startswith("/static/") else None
    if path in made:
        route.fulfill(body=made[path], content_type="text/html; charset=utf-8")
    elif found:
        route.fulfill(path=Path(str(found)))
    else:
        route.fulfill(status=204)


def check(page: Page, address: str) -> None:
    page.goto(SITE + address)
    assert page.locator("h1").count() == 1, address
    assert serious_in_both_schemes(page) == [], address
    assert too_wide(page) == {}, address


def test_axe_finds_nothing_serious_on_the_pages_of_directories() -> None:
    made = pages()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=ARGUMENTS)
        page = browser.new_context(viewport=PHONE, locale="fr-FR").new_page()  # type: ignore[arg-type]
        page.route("**/*", lambda route: answer(route, made))
        for address in made:
            check(page, address)
        browser.close()
