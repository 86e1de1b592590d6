"""The guides inside the product: which there are, what they show, how they are found, which one a page opens."""

import re
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.utils.translation import override

from gis_core.help.guides import FOLDERS, contents, guide_address, guides, guides_of_panels, images
from gis_core.help.rendering import render, render_contents, render_guide
from gis_core.help.searching import search_guides, search_titles
from gis_core.points import BAR, GUIDES, TABS
from tests.policy.routes import ROUTES

HTML = {"accept": "text/html"}
ENGLISH = {
    "architecture",
    "campaigns",
    "editing",
    "migrations",
    "scopes",
    "tests",
    "wiring",
    "glossary",
    "composants",
    "mesures",
    "ajouter-un-metier",
}
"""Of `docs/`, what is for developers."""


def addresses(html: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'(?:href|src)="([^"]*)"', html)]


def test_every_page_of_docs_that_is_for_users_is_a_guide() -> None:
    written = {
        f"{folder}/{one.stem}"
        for folder in FOLDERS
        for one in (settings.BASE_DIR / "docs" / folder).glob("*.md")
        if one.stem not in ENGLISH
    }
    assert written == set(guides())
    assert "Développer" not in contents()


def test_the_image_of_docker_and_the_sources_of_a_site_have_the_guides() -> None:
    left_out = (settings.BASE_DIR / "docker" / "Dockerfile.dockerignore").read_text().split()
    assert not [
        one for one in left_out if one.startswith(("docs", "**/*.md", "**/*.png", "*")) and one != "**/__pycache__"
    ]
    assert "COPY . ." in (settings.BASE_DIR / "docker" / "Dockerfile").read_text()


@pytest.mark.django_db
@pytest.mark.parametrize("path", sorted(guides()))
def test_a_guide_is_shown_and_its_links_lead_somewhere(client: Client, path: str) -> None:
    page = client.get(f"/aide/{path}/", headers=HTML)
    assert page.status_code == 200
    body = str(render_guide(path))
    for address in addresses(body):
        if address.startswith(("https://", "http://")):
            continue
        name, _hash, anchor = unquote(address).partition("#")
        if name.startswith("/aide/images/"):
            assert name.removeprefix("/aide/images/") in images()
            continue
        there = body if not name else str(render_guide(name.removeprefix("/aide/").strip("/")))
        assert not anchor or f'id="{anchor}"' in there, f"{path}: {address}"


def test_the_list_leads_to_every_guide() -> None:
    listed = [one for one in addresses(str(render_contents())) if one]
    assert sorted(set(listed)) == sorted(one.url for one in guides().values())


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[a](rechercher.md)", '<a href="/aide/how-to/rechercher/">a</a>'),
        ("[a](rechercher.md#par-adresse)", '<a href="/aide/how-to/rechercher/#par-adresse">a</a>'),
        ("[a](../reference/formats.md)", '<a href="/aide/reference/formats/">a</a>'),
        ("[a](#plus-bas)", '<a href="#plus-bas">a</a>'),
        ("[a](../adr/README.md)", "<span>a</span>"),
        ("[a](../../UPGRADING.md)", "<span>a</span>"),
        ("[a](../../gis_core/settings.py)", "<span>a</span>"),
        ("[a](../../../../etc/passwd)", "<span>a</span>"),
        ("[a](/etc/passwd.md)", "<span>a</span>"),
        ("![a](../images/map.png)", '<img src="/aide/images/map.png" alt="a" loading="lazy" />'),
        ("![a](../images/../README.md)", '<img src="" alt="a" loading="lazy" />'),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("[a](javascript:alert(1))", "[a](javascript:alert(1))"),
    ],
)
def test_links_stay_inside_and_html_stays_text(source: str, expected: str) -> None:
    assert expected in str(render(source, "how-to"))
    assert "<script" not in str(render(source, "how-to"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/aide/how-to/absent/",
        "/aide/adr/README/",
        "/aide/reference/wiring/",
        "/aide/../README/",
        "/aide/how-to/..%2f..%2fREADME/",
        "/aide/images/absente.png",
        "/aide/images/..%2fREADME.md",
        "/aide/images/..%2f..%2fpyproject.toml",
        "/aide/images/%2fetc%2fpasswd",
    ],
)
def test_what_is_no_guide_is_not_found(client: Client, address: str) -> None:
    assert client.get(address, headers=HTML).status_code == 404


@pytest.mark.django_db
def test_pictures_say_what_they_are(client: Client) -> None:
    answer = client.get("/aide/images/map.png")
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert client.get("/aide/images/acte-permis-accorde.pdf")["Content-Type"] == "application/pdf"


def test_cells_say_the_heading_of_their_column() -> None:
    html = str(render("| Nom | Sens |\n| --- | --- |\n| a | **b** |\n", "how-to"))
    assert '<td data-label="Nom">a</td>' in html
    assert '<td data-label="Sens"><strong>b</strong></td>' in html


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("isoler une casse", "how-to/isoler-une-casse"),
        ("poteaux", "how-to/suivre-les-poteaux-incendie"),
        ("PROPRIETAIRES", "how-to/consulter-les-proprietaires"),
        ("propriétaire", "how-to/consulter-les-proprietaires"),
        ("délais des autorisations", "reference/delais-permis"),
        ("comment signer un acte", "how-to/signer-un-acte"),
    ],
)
def test_words_find_guides_without_accents_or_plurals(text: str, path: str) -> None:
    assert path in [one.guide.path for one in search_guides(text)][:3]


def test_all_words_must_be_there() -> None:
    assert search_guides("vanne zzzzz") == []
    assert search_guides("") == []
    assert search_guides("de la") == []


def test_a_short_word_is_no_beginning_of_others() -> None:
    assert all(re.search(r"\bPLU\b", one.guide.source) for one in search_guides("PLU"))


def test_the_noun_of_an_action_finds_its_verb() -> None:
    assert "how-to/simuler-un-projet" in [one.guide.path for one in search_guides("simulation")]


def test_no_guide_that_has_the_words_is_left_out() -> None:
    assert len(search_guides("e")) == len(guides())


def test_a_result_opens_the_part_that_has_the_words_and_shows_some_of_it() -> None:
    match = next(one for one in search_guides("croix doigt") if one.guide.path == "how-to/modifier-dans-la-carte")
    assert match.part.url == "/aide/how-to/modifier-dans-la-carte/#sur-un-téléphone"
    assert "doigt" in match.excerpt
    assert len(match.excerpt) < 220


def test_titles_are_found_by_the_search_box() -> None:
    assert search_titles("poteaux incendie", 3)[0].guide.path == "how-to/suivre-les-poteaux-incendie"
    assert search_titles("pot", 3) == []


@pytest.mark.django_db
def test_the_list_is_searched(client: Client) -> None:
    page = client.get("/aide/", {"q": "poteau"}, headers=HTML).content.decode()
    assert "/aide/how-to/suivre-les-poteaux-incendie/" in page
    none = client.get("/aide/", {"q": "<zzzz>"}, headers=HTML).content.decode()
    assert "Essayez avec moins de mots" in none
    assert "<zzzz>" not in none


@pytest.mark.django_db
def test_who_reads_english_is_told_that_guides_are_french(client: Client) -> None:
    french = client.get("/aide/how-to/rechercher/", headers=HTML).content.decode()
    english = client.get("/aide/how-to/rechercher/", headers=HTML | {"accept-language": "en"}).content.decode()
    assert "The guides are in French." in english
    assert "french-only" not in french
    assert '<article class="guide" lang="fr">' in english


# -- the guide of a page ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/reseaux/coupures/12/", "/aide/how-to/isoler-une-casse/"),
        ("/reseaux/hydrants/", "/aide/how-to/suivre-les-poteaux-incendie/"),
        ("/reseaux/", "/aide/how-to/l-eau-sur-la-carte/"),
        ("/permis/deposer/", "/aide/how-to/deposer-et-instruire-un-permis/"),
        ("/couches/parcels/style/", "/aide/how-to/regler-une-couche/"),
        ("/nulle/part/", "/aide/"),
    ],
)
def test_each_page_opens_its_guide(rf: RequestFactory, address: str, path: str) -> None:
    assert guide_address(rf.get(address)) == path


def test_what_apps_give_exists() -> None:
    given = GUIDES.all()
    assert [one.guide for one in given if one.guide not in guides()] == []
    unknown = [under for one in given for under in one.under if not any(route.startswith(under) for route in ROUTES)]
    assert unknown == []


def test_each_link_of_the_bar_and_each_tab_has_a_guide(rf: RequestFactory) -> None:
    from django.urls import reverse

    names = {link.url for link in BAR.all()} - {"map"} | {tab.name for tab in TABS.all()}
    ours = [name for name in sorted(names) if not name.startswith("charging")]
    assert [name for name in ours if guide_address(rf.get(reverse(name))) == "/aide/"] == []


@pytest.mark.django_db
def test_pages_and_the_map_lead_to_help(client: Client) -> None:
    page = client.get("/travaux/", headers=HTML).content.decode()
    assert '<a class="help-link" href="/aide/how-to/travaux-sur-la-voirie/"><span>Aide</span></a>' in page
    config: Any = re.search(r'"guides": (\{[^}]*\})', client.get("/").content.decode())
    assert config
    with override("fr"):
        assert guides_of_panels()["water"] == "/aide/how-to/l-eau-sur-la-carte/"
