"""Layers of other servers: declared, shown to those who may see them, passed on safely."""

from typing import Any

import pytest
from django.test import Client

from gis_core.members.rights import SYSTEM, acting_as
from gis_core.outside import fetching
from layers.external.models import AllowedHost, ExternalLayer
from tests import factories
from tests.external.conftest import Server, allow, external, png
from tests.external.test_capabilities import WMS

pytestmark = pytest.mark.django_db
PAGE = {"accept": "text/html"}
TILE = "/externe/ortho-ailleurs/1/0/0"
MIDDLE = "/12/2070/1448.png"  # of France


def agency(client: Client) -> Client:
    client.force_login(factories.user(factories.member(), "agency_administrator"))
    return client


# -- images -----------------------------------------------------------------------------------------------------------


def test_an_image_is_passed_on_as_an_image_and_nothing_else(
    client: Client, server: Server, allowed: AllowedHost
) -> None:
    external(server)
    server.gives("/1/0/0.png", png(), Cache_Control="max-age=600", ETag='"a"', Set_Cookie="a=b", X_Secret="c")
    answer = client.get(TILE, headers={"Authorization": ""})
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, png(), "image/png")
    assert answer["Cache-Control"] == "public, max-age=600"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["ETag"] == '"a"'
    assert "X-Secret" not in answer
    assert not answer.cookies


def test_nothing_of_the_asker_reaches_the_other_server(client: Client, server: Server, allowed: AllowedHost) -> None:
    external(server)
    server.gives("/1/0/0.png", png())
    agency(client).get(f"{TILE}?v=1", headers={"If-None-Match": '"b"', "Referer": "http://a/", "X-A": "b"})
    ((path, headers),) = server.asked
    assert path == "/1/0/0.png"
    assert headers["if-none-match"] == '"b"'
    assert not {"cookie", "authorization", "referer", "x-a", "x-forwarded-for"} & set(headers)


def test_a_copy_that_is_still_good_is_not_sent_again(client: Client, server: Server, allowed: AllowedHost) -> None:
    external(server)
    server.gives("/1/0/0.png", status=304, ETag='"b"')
    answer = client.get(TILE, headers={"If-None-Match": '"b"'})
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", '"b"')


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", "public, max-age=3600"),
        ("max-age=99999999", "public, max-age=86400"),
        ("no-store", "private, no-store"),
        ("private, max-age=60", "private, no-store"),
        ("max-age=x", "public, max-age=3600"),
    ],
)
def test_images_are_kept_as_long_as_their_server_allows(
    client: Client, server: Server, allowed: AllowedHost, given: str, kept: str
) -> None:
    external(server)
    server.gives("/1/0/0.png", png(), Cache_Control=given)
    assert client.get(TILE)["Cache-Control"] == kept


def test_images_of_a_private_layer_stay_in_the_browser_of_those_who_see_it(
    client: Client, server: Server, allowed: AllowedHost
) -> None:
    owner = factories.member()
    external(server, owner)
    server.gives("/1/0/0.png", png(), Cache_Control="public, max-age=9999")
    assert client.get(TILE).status_code == 404
    assert server.asked == []
    client.force_login(factories.user(owner))
    answer = client.get(TILE)
    assert answer["Cache-Control"] == "private, max-age=300"
    assert answer["Vary"].startswith("Cookie, Authorization")


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b"<html><script>alert(1)</script></html>", "text/html", "« text/html » au lieu d’une image"),
        (b"<html></html>", "image/png", "« image/png » au lieu d’une image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", "image/svg+xml"),
        (
            b"<a><ServiceException>Layer not defined</ServiceException></a>",
            "application/vnd.ogc.se_xml",
            "Layer not defined",
        ),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "text/xml", "text/xml"),
        (png(), "text/html", "text/html"),
        (b"", "image/png", "image/png"),
    ],
)
def test_what_is_no_image_is_told_and_not_passed_on(
    client: Client, server: Server, allowed: AllowedHost, body: bytes, kind: str, words: str
) -> None:
    external(server)
    server.gives("/1/0/0.png", body, Content_Type=kind)
    answer = client.get(TILE)
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert words in answer.json()["detail"]


@pytest.mark.parametrize(
    ("status", "answered"), [(404, 404), (204, 404), (401, 503), (403, 503), (500, 503), (429, 503)]
)
def test_what_the_server_refuses_is_told(
    client: Client, server: Server, allowed: AllowedHost, status: int, answered: int
) -> None:
    external(server)
    server.gives("/1/0/0.png", status=status)
    assert client.get(TILE).status_code == answered


def test_a_server_that_was_taken_off_the_list_is_not_asked_any_more(client: Client, server: Server) -> None:
    external(server)
    server.gives("/1/0/0.png", png())
    answer = client.get(TILE)
    assert answer.status_code == 400
    assert "liste" in answer.json()["detail"]
    assert server.asked == []


@pytest.mark.parametrize(
    ("place", "status"), [("a/0/0", 400), ("1/9/0", 404), ("30/0/0", 404), ("20/0/0", 404), ("1/0/-1", 400)]
)
def test_a_place_that_is_none_is_refused_unasked(
    client: Client, server: Server, allowed: AllowedHost, place: str, status: int
) -> None:
    external(server)
    assert client.get(f"/externe/ortho-ailleurs/{place}").status_code == status
    assert server.asked == []


def test_outside_its_extent_a_layer_is_not_asked(client: Client, server: Server, allowed: AllowedHost) -> None:
    external(server, extent_4326=[1.0, 47.0, 2.0, 48.0])
    server.gives("/1/1/0.png", png())
    assert client.get("/externe/ortho-ailleurs/1/0/0").status_code == 404
    assert client.get("/externe/ortho-ailleurs/1/1/0").status_code == 200


def test_a_legend_is_passed_on_too(client: Client, server: Server, allowed: AllowedHost) -> None:
    external(server, legend_url=server.gives("/legend.png", png()))
    assert client.get("/externe/ortho-ailleurs/legende").content == png()


def test_when_too_many_are_under_way_the_asker_comes_again(
    client: Client, server: Server, allowed: AllowedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    external(server)
    monkeypatch.setattr(fetching, "WAIT_SECONDS", 0.01)
    taken = 0
    while fetching.IMAGES.free.acquire(blocking=False):
        taken += 1
    try:
        answer = client.get(TILE)
    finally:
        fetching.IMAGES.free.release(taken)
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")


# -- the catalogue ----------------------------------------------------------------------------------------------------


def test_the_catalogue_lists_what_the_asker_may_see(client: Client, server: Server) -> None:
    external(server, title="Pour tous")
    external(server, factories.member(), slug="autre", title="Pour eux")
    found = client.get("/api/v1/external-layers/").json()
    (layer,) = found["results"]
    assert (found["count"], layer["title"], layer["tiles"]) == (
        1,
        "Pour tous",
        "/externe/ortho-ailleurs/{z}/{x}/{y}?v=1",
    )


# -- the pages --------------------------------------------------------------------------------------------------------


def chosen(**changed: Any) -> dict[str, Any]:
    with acting_as(SYSTEM):
        theme = factories.layer().theme_id
    words = {"title": "Ortho IGN", "theme": theme, "order": "1", "attribution": "© IGN", "visibility": "public"}
    return words | {"min_zoom": "0", "max_zoom": "19"} | changed


def test_a_pyramid_is_declared_once_an_image_of_it_was_seen(
    client: Client, server: Server, allowed: AllowedHost
) -> None:
    server.gives(MIDDLE, png())
    asked = {"service": server.url("/{z}/{x}/{y}.png"), "kind": "xyz"}
    answer = agency(client).post("/couches-externes/ajouter/", chosen(**asked), headers=PAGE)
    assert answer.status_code == 302, answer.content.decode()
    with acting_as(SYSTEM):
        made = ExternalLayer.objects.get()
    assert (made.title, made.kind, made.owner, made.url) == ("Ortho IGN", "xyz", None, asked["service"])
    assert made.slug.startswith("ortho-ign-")
    assert len(server.asked) == 1


def test_a_layer_of_a_wms_is_chosen_from_what_the_service_says(
    client: Client, server: Server, allowed: AllowedHost
) -> None:
    capabilities = WMS.replace(b"https://wms.example", server.url("").encode())
    server.answers["/wms"] = (200, {"Content-Type": "text/xml"}, capabilities)
    server.answers["/r"] = (200, {"Content-Type": "image/png"}, png())
    asked = {"service": server.url("/wms"), "kind": "wms"}
    page = agency(client).get("/couches-externes/nouvelle/", asked, headers=PAGE).content.decode()
    assert "Occupation du sol" in page
    page = client.get("/couches-externes/nouvelle/", asked | {"name": "SOLS"}, headers=PAGE).content.decode()
    assert 'value="Occupation du sol"' in page
    assert client.post("/couches-externes/ajouter/", chosen(**asked, name="SOLS"), headers=PAGE).status_code == 302
    with acting_as(SYSTEM):
        made = ExternalLayer.objects.get()
    assert (made.name, made.service_version, made.extent_4326) == ("SOLS", "1.3.0", [-5, 42, 9, 51])
    assert server.asked[-1][0].startswith("/r?map=a.map&SERVICE=WMS")


def test_a_layer_whose_image_is_none_is_not_declared(client: Client, server: Server, allowed: AllowedHost) -> None:
    server.gives(MIDDLE, b"<html>", Content_Type="text/html")
    asked = {"service": server.url("/{z}/{x}/{y}.png"), "kind": "xyz"}
    answer = agency(client).post("/couches-externes/ajouter/", chosen(**asked), headers=PAGE)
    assert answer.status_code == 503
    assert "au lieu d’une image" in answer.content.decode()
    with acting_as(SYSTEM):
        assert not ExternalLayer.objects.exists()


@pytest.mark.parametrize(
    ("service", "kind", "words"),
    [
        ("https://ailleurs.example/wms", "wms", "n’est pas sur la liste"),
        ("https://ailleurs.example/a.png", "xyz", "Écrivez {z}, {x} et {y}"),
        ("https://ailleurs.example/{z}/{x}/{y}/{r}", "xyz", "Écrivez {z}, {x} et {y}"),
        ("notre serveur", "wms", "adresse du web"),
        ("file:///etc/passwd", "wms", "https://"),
    ],
)
def test_an_address_that_cannot_be_taken_is_told_at_its_field(
    client: Client, server: Server, service: str, kind: str, words: str
) -> None:
    answer = agency(client).get("/couches-externes/nouvelle/", {"service": service, "kind": kind}, headers=PAGE)
    assert answer.status_code == 400
    assert words in answer.content.decode()


def test_a_service_that_answers_by_a_page_is_told(client: Client, server: Server, allowed: AllowedHost) -> None:
    server.gives("/wms", b"<!doctype html><html><br></html>", Content_Type="text/html")
    answer = agency(client).get(
        "/couches-externes/nouvelle/", {"service": server.url("/wms"), "kind": "wms"}, headers=PAGE
    )
    assert answer.status_code == 400
    assert "abîmé" in answer.content.decode()


def test_an_administrator_declares_layers_for_their_own_member(
    client: Client, server: Server, allowed: AllowedHost
) -> None:
    server.gives(MIDDLE, png())
    owner = factories.member()
    client.force_login(factories.user(owner, "gis_administrator"))
    asked = {"service": server.url("/{z}/{x}/{y}.png"), "kind": "xyz", "visibility": "owner", "member": "autre"}
    assert client.post("/couches-externes/ajouter/", chosen(**asked), headers=PAGE).status_code == 302
    with acting_as(SYSTEM):
        assert ExternalLayer.objects.get().owner == owner


def test_a_layer_is_changed_and_two_people_are_told(client: Client, server: Server) -> None:
    made = external(server)
    changed = chosen(title="Autre titre", version=str(made.version))
    assert agency(client).post("/couches-externes/ortho-ailleurs/", changed, headers=PAGE).status_code == 302
    assert client.post("/couches-externes/ortho-ailleurs/", changed, headers=PAGE).status_code == 412
    with acting_as(SYSTEM):
        assert ExternalLayer.objects.get().title == "Autre titre"


def test_an_endless_version_is_another_version(client: Client, server: Server) -> None:
    external(server)
    changed = chosen(title="Autre titre", version="9" * 5_000)
    assert agency(client).post("/couches-externes/ortho-ailleurs/", changed, headers=PAGE).status_code == 412


def test_a_layer_is_taken_out(client: Client, server: Server) -> None:
    external(server)
    assert agency(client).post("/couches-externes/ortho-ailleurs/retirer/", headers=PAGE).status_code == 302
    with acting_as(SYSTEM):
        assert not ExternalLayer.objects.exists()


def test_the_agency_alone_keeps_the_list_of_servers(client: Client, server: Server) -> None:
    asked = {"host": "https://Data.GEOPF.fr/wms-r"}
    client.force_login(factories.user(factories.member(), "gis_administrator"))
    assert client.post("/couches-externes/serveurs/", asked, headers=PAGE).status_code == 403
    assert agency(client).post("/couches-externes/serveurs/", asked, headers=PAGE).status_code == 302
    assert AllowedHost.objects.get().host == "data.geopf.fr"
    assert client.post("/couches-externes/serveurs/", asked, headers=PAGE).status_code == 400


def test_a_server_that_layers_come_from_stays_on_the_list(client: Client, server: Server, allowed: AllowedHost) -> None:
    external(server)
    path = f"/couches-externes/serveurs/{allowed.pk}/retirer/"
    assert agency(client).post(path).status_code == 409
    unused = allow("ailleurs.example")
    assert client.post(f"/couches-externes/serveurs/{unused.pk}/retirer/", headers=PAGE).status_code == 302
