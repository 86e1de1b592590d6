"""The bar on top of every page: its links, in order, by who looks."""

import json
import re

import pytest
from django.test import Client

from gis_core.members.rights import Role
from tests import factories

pytestmark = pytest.mark.django_db
DESKS = ["/", "/permis/", "/simulations/", "/reseaux/", "/voirie/", "/fiches/"]
SETTINGS = ["/membres/", "/couches/", "/imports/", "/campagnes/"]


def bar(client: Client, page: str = "/travaux/") -> str:
    return (
        client.get(page, headers={"accept": "text/html"}).content.decode().partition("<nav")[2].partition("</nav>")[0]
    )


@pytest.mark.parametrize(
    ("role", "pages"),
    [
        (None, ["/", "/permis/registre/", "/travaux/"]),
        (Role.READER, DESKS),
        (Role.NETWORK_TECHNICIAN, DESKS),
        (Role.PERMIT_INSTRUCTOR, DESKS),
        (Role.GIS_ADMINISTRATOR, [*DESKS, *SETTINGS]),
        (Role.AGENCY_ADMINISTRATOR, [*DESKS, *SETTINGS, "/administration/"]),
    ],
)
def test_the_bar_leads_each_where_they_may_go(client: Client, role: Role | None, pages: list[str]) -> None:
    if role:
        client.force_login(factories.user(factories.member(), role))
    assert re.findall(r'href="([^"]+)"', bar(client)) == pages


@pytest.mark.parametrize("role", [None, Role.READER, Role.NETWORK_TECHNICIAN, Role.AGENCY_ADMINISTRATOR])
def test_the_menu_of_the_map_has_the_links_of_the_bar(client: Client, role: Role | None) -> None:
    if role:
        client.force_login(factories.user(factories.member(), role))
    page = client.get("/").content.decode()
    config = json.loads(page.partition('<script id="arpent-config" type="application/json">')[2].partition("</")[0])
    assert ["/", *(one["url"] for one in config["bar"])] == re.findall(r'href="([^"]+)"', bar(client))
    assert {tuple(one["labels"]) for one in config["bar"]} == {("fr", "en")}
    labels = re.findall(r">([^<]+)</a>", bar(client))
    assert [one["labels"]["fr"] for one in config["bar"]] == labels[1:]


def test_the_page_that_is_open_is_marked(client: Client) -> None:
    assert re.findall(r'<a href="([^"]+)" aria-current="page">([^<]+)<', bar(client)) == [("/travaux/", "Travaux")]


def test_a_page_that_is_none_of_the_bar_marks_nothing(client: Client) -> None:
    assert "aria-current" not in bar(client, "/nulle/part/")


def test_every_page_has_the_search_box(client: Client) -> None:
    page = client.get("/travaux/", headers={"accept": "text/html"}).content.decode()
    assert 'role="search"' in page
    assert 'data-url="/api/v1/search/"' in page
