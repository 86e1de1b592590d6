"""The bar on top of every page: its links, in order, by who looks."""

import re

import pytest
from django.test import Client

from gis_core.members.rights import Role
from tests import factories

pytestmark = pytest.mark.django_db
DESKS = ["/", "/permis/", "/reseaux/", "/voirie/", "/fiches/"]
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
        (Role.GIS_ADMINISTRATOR, [*DESKS, *SETTINGS]),
        (Role.AGENCY_ADMINISTRATOR, [*DESKS, *SETTINGS, "/administration/"]),
    ],
)
def test_the_bar_leads_each_where_they_may_go(client: Client, role: Role | None, pages: list[str]) -> None:
    if role:
        client.force_login(factories.user(factories.member(), role))
    assert re.findall(r'href="([^"]+)"', bar(client)) == pages


def test_the_page_that_is_open_is_marked(client: Client) -> None:
    assert re.findall(r'<a href="([^"]+)" aria-current="page">([^<]+)<', bar(client)) == [("/travaux/", "Travaux")]


def test_a_page_that_is_none_of_the_bar_marks_nothing(client: Client) -> None:
    assert "aria-current" not in bar(client, "/nulle/part/")


def test_every_page_has_the_search_box(client: Client) -> None:
    page = client.get("/travaux/", headers={"accept": "text/html"}).content.decode()
    assert 'role="search"' in page
    assert 'data-url="/api/v1/search/"' in page
