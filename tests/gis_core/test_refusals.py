"""A page that refuses with words says them to programs too, in the problem document."""

from typing import Any

import pytest
from django.test import Client

from gis_core.desk.alerts import read_alerts
from gis_core.members.rights import Role
from gis_core.models import Member
from tests import factories

pytestmark = pytest.mark.django_db
PROGRAM = {"accept": "*/*"}


@pytest.fixture
def member() -> Member:
    return factories.member()


def signed_in(client: Client, member: Member, role: str) -> Client:
    client.force_login(factories.user(member, role))
    return client


def refusal(answer: Any) -> dict[str, Any]:
    assert answer["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    return found


def test_the_alerts_of_a_page_are_read_in_their_order() -> None:
    page = """<main><p>Bonjour.</p><div class="notice" role="alert"><p>Rien n’a été
      enregistré.</p><ul><li>Un <b>motif</b>.</li><li>Deux&nbsp;!<br></li></ul>
      <a class="button" href="/">Carte</a></div><p role="alert" hidden></p>
      <ul class="errorlist" id="id_name_error"><li>Ce champ est obligatoire.</li></ul>
      <input id="id_name"><p>Fin</p></main>"""
    alerts = read_alerts(page)
    assert alerts.sentences == ["Rien n’a été enregistré.", "Un motif.", "Deux !", "Ce champ est obligatoire."]
    assert alerts.fields == {"name": ["Ce champ est obligatoire."]}


def test_a_refusal_above_the_form_is_told(client: Client, member: Member) -> None:
    signed_in(client, member, Role.GIS_ADMINISTRATOR)
    answer = client.post("/imports/", {"source": "nothing"}, headers=PROGRAM)
    assert (answer.status_code, "source" in refusal(answer)["detail"]) == (400, True)


def test_errors_at_fields_are_told_by_their_names(client: Client, member: Member) -> None:
    signed_in(client, member, Role.GIS_ADMINISTRATOR)
    answer = refusal(client.post("/compte/jetons/", {"name": ""}, headers=PROGRAM))
    assert answer["errors"] == {"name": ["Ce champ est obligatoire."]}
    assert answer["detail"] == "Ce champ est obligatoire."


def test_a_missing_right_is_told_in_its_own_words(client: Client, member: Member) -> None:
    signed_in(client, member, Role.READER)
    words = "Seul un administrateur de ce membre gère les personnes qui en font partie."
    answer = client.get(f"/membres/{member.slug}/", headers=PROGRAM)
    assert (answer.status_code, refusal(answer)["detail"]) == (403, words)
    in_browser = client.get(f"/membres/{member.slug}/", headers={"accept": "text/html"})
    assert (in_browser.status_code, words in in_browser.content.decode()) == (403, True)


def test_a_body_that_is_too_large_is_told(client: Client) -> None:
    answer = client.post("/compte/connexion/", {"login": "a" * 3_000_000}, headers=PROGRAM)
    assert answer.status_code == 413
    assert refusal(answer)["detail"] == "La requête est trop volumineuse."


def test_a_broken_form_is_still_an_invalid_request(client: Client) -> None:
    answer = client.post("/compte/connexion/", b"x", content_type="multipart/form-data", headers=PROGRAM)
    assert (answer.status_code, refusal(answer)["title"]) == (400, "Requête incorrecte")
