"""What a window, a bookmark and a reader of screens call a page: its title, and the icon beside it."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from gis_core.members.rights import Role
from gis_core.points import TABS
from tests import factories

pytestmark = pytest.mark.django_db
HTML = {"accept": "text/html"}
TEMPLATES = [
    *settings.BASE_DIR.glob("*/templates/**/*.html"),
    *settings.BASE_DIR.glob("*/*/templates/**/*.html"),
]


def title_of(page: bytes) -> str:
    match = re.search(r"<title>(.*?)</title>", page.decode(), re.DOTALL)
    return " ".join(match[1].split()) if match else ""


def test_every_tab_of_a_desk_has_a_title_of_its_own(client: Client) -> None:
    client.force_login(factories.user(factories.member(), Role.NETWORK_TECHNICIAN))
    titles: dict[str, str] = {}
    for tab in TABS.all():
        answer = client.get(reverse(tab.name), headers=HTML)
        if answer.status_code == 200:
            titles[f"{tab.desk} / {tab.name}"] = title_of(answer.content)
    assert len(titles) > 10
    twice = {name: one for name, one in titles.items() if list(titles.values()).count(one) > 1}
    assert twice == {}


def test_every_page_that_people_open_has_an_icon() -> None:
    whole = [one for one in TEMPLATES if "<html" in one.read_text() and "<script" in one.read_text()]
    whole += [settings.BASE_DIR / "gis_core/templates/failure.html"]
    whole += [settings.BASE_DIR / "gis_core/operations/proxy/refusal.html"]
    assert [str(one.relative_to(settings.BASE_DIR)) for one in whole if 'rel="icon"' not in one.read_text()] == []
    assert Path(settings.BASE_DIR / "gis_core/static/gis_core/icon.svg").is_file()


def test_browsers_that_ask_for_an_icon_at_the_root_are_sent_to_it(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    assert re.fullmatch(r"/static/gis_core/icon.*\.svg", answer["Location"])
