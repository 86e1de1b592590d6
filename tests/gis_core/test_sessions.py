"""A session that ends, or another's, hides nothing and loses nothing that was typed."""

import re
from html import unescape
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory

from gis_core.accounts.session import HEADER, person_id
from gis_core.accounts.sessions import end_sessions
from gis_core.desk.resending import MOST_CHARACTERS, Posted, unpack
from gis_core.members.rights import Role
from gis_core.models import ApiToken, Member, Membership, User
from tests import factories
from tests.test_repository import texts

pytestmark = pytest.mark.django_db
HERE = {"accept": "text/html", "origin": "http://testserver", "accept-language": "fr"}
ELSEWHERE = {**HERE, "origin": "https://ailleurs.example"}
PASSWORD = "une bonne phrase de passe"
TOKENS = "/compte/jetons/"


@pytest.fixture
def member() -> Member:
    return factories.member()


@pytest.fixture
def person(member: Member) -> User:
    return with_password(factories.user(member, Role.GIS_ADMINISTRATOR))


def with_password(user: User) -> User:
    cache.clear()
    user.set_password(PASSWORD)
    with factories.as_owner():
        User.objects.filter(pk=user.pk).update(password=user.password)
    return user


@pytest.fixture
def browser() -> Client:
    """As a browser is: without a token nothing is written."""
    return Client(enforce_csrf_checks=True)


def token(browser: Client) -> str:
    return str(browser.get("/compte/session/").json()["csrf"])


def post(browser: Client, address: str, fields: dict[str, Any], **headers: str) -> Any:
    body = {"csrfmiddlewaretoken": token(browser), **fields}
    return browser.post(address, body, headers={**HERE, **headers})


def hidden(answer: Any) -> dict[str, str]:
    """The hidden fields of the form in the page's main part."""
    text = answer.content.decode()
    main = text[text.index("<main") : text.index("</main")]
    return {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', main)
    }


def end_session(browser: Client) -> None:
    """As when it expired: the cookie stays, the row is gone."""
    browser.session.delete()


# -- whose session it is ----------------------------------------------------------------------------------------------


def test_every_private_answer_says_who_asked(client: Client, person: User) -> None:
    assert client.get("/api/v1/layers/")[HEADER] == "."
    client.force_login(person)
    answer = client.get("/api/v1/layers/")
    assert answer[HEADER].split(".")[0] == person_id(person)
    assert client.get("/api/v1/layers/")[HEADER] == answer[HEADER]
    assert str(person.pk) != person_id(person)
    assert person.username not in answer[HEADER]


def test_the_name_of_what_one_may_see_changes_with_it(client: Client, person: User) -> None:
    client.force_login(person)
    before = client.get("/api/v1/layers/")[HEADER]
    with factories.as_owner():
        Membership.objects.create(user=person, member=factories.member(), role=Role.READER)
    after = client.get("/api/v1/layers/")[HEADER]
    assert before.split(".")[0] == after.split(".")[0]
    assert before != after


def test_what_caches_keep_does_not_say_who_asked(client: Client) -> None:
    answer = client.get("/health/live")
    assert HEADER not in answer or "no-" in answer["Cache-Control"]


def test_a_page_of_somebody_is_not_answered_as_anybody_else(browser: Client, person: User, member: Member) -> None:
    """Neither read with fewer rights under the former name, nor written in another one's."""
    mine = {HEADER: person_id(person)}
    assert browser.get("/api/v1/layers/", headers=mine).status_code == 401
    other = factories.user(member)
    browser.force_login(other)
    refused = browser.get("/api/v1/layers/", headers=mine)
    assert (refused.status_code, refused.json()["reason"]) == (401, "session")
    assert refused[HEADER].split(".")[0] == person_id(other)
    headers = {**mine, "x-csrftoken": token(browser)}
    assert browser.post("/api/v1/tokens/", {"name": "x"}, "application/json", headers=headers).status_code == 401
    assert not ApiToken.objects.exists()
    browser.force_login(person)
    assert browser.get("/api/v1/layers/", headers=mine).status_code == 200


def test_an_expired_token_is_told_apart_from_a_missing_right(browser: Client, person: User) -> None:
    browser.force_login(person)
    answer = browser.post("/api/v1/tokens/", {"name": "x"}, "application/json")
    assert (answer.status_code, answer.json()["reason"]) == (403, "csrf")


def test_the_session_says_whose_it_is(client: Client, person: User) -> None:
    nobody = client.get("/compte/session/")
    assert (nobody.json()["user"], nobody["Cache-Control"].count("no-store")) == ("", 1)
    client.force_login(person)
    assert client.get("/compte/session/").json()["user"] == person_id(person)
    assert client.get("/compte/session/").json()["name"] == str(person)


# -- signing in over the page -----------------------------------------------------------------------------------------


def over(browser: Client, **fields: str) -> Any:
    headers = {"x-requested-with": "XMLHttpRequest", "accept": "application/json", "accept-language": "fr"}
    if not fields:
        return browser.get("/compte/connexion/", headers=headers)
    return browser.post("/compte/connexion/", {"csrfmiddlewaretoken": token(browser), **fields}, headers=headers)


def test_one_signs_in_over_the_page_by_the_same_form(browser: Client, person: User) -> None:
    shown = over(browser).json()["html"]
    assert "<html" not in shown
    assert 'name="password"' in shown
    assert "csrfmiddlewaretoken" in shown
    assert over(browser, login=person.username, password=PASSWORD).json()["location"]
    assert browser.get("/compte/session/").json()["user"] == person_id(person)
    assert over(browser).json()["location"]


def test_a_wrong_password_over_the_page_is_told_there_and_limited_as_ever(browser: Client, person: User) -> None:
    refused = over(browser, login=person.username, password="faux")
    assert refused.status_code == 400
    assert 'role="alert"' in refused.json()["html"]
    for _attempt in range(5):
        over(browser, login=person.username, password="faux")
    assert over(browser, login=person.username, password=PASSWORD).status_code in (400, 429)
    assert browser.get("/compte/session/").json()["user"] == ""
    cache.clear()


# -- what was posted too late -----------------------------------------------------------------------------------------


def test_what_was_typed_outlives_the_session_without_any_script(browser: Client, person: User) -> None:
    browser.force_login(person)
    fields = {"name": "Îlot <b>« 3 »</b>\r\nseconde ligne", "key": "une-seule-fois", "both": ["a", "b"]}
    end_session(browser)
    late = post(browser, TOKENS, fields)
    assert late.status_code == 401
    assert "votre session est terminée" in late.content.decode().lower()
    assert "<b>« 3" not in late.content.decode()
    kept = hidden(late)
    wrong = post(
        browser, "/compte/connexion/", {"login": person.username, "password": "faux", "posted": kept["posted"]}
    )
    assert hidden(wrong)["posted"]
    again = {"login": person.username, "password": PASSWORD, "posted": hidden(wrong)["posted"]}
    offered = post(browser, "/compte/connexion/", again)
    assert not ApiToken.objects.exists()
    text = offered.content.decode()
    assert f'action="{TOKENS}"' in text
    assert str(person) in text
    assert text.count('name="both"') == 2
    sent = hidden(offered)
    assert sent["key"] == "une-seule-fois"
    answer = browser.post(TOKENS, sent, headers=HERE)
    assert answer.status_code == 200
    assert ApiToken.objects.get().name.startswith("Îlot <b>")


def test_an_old_token_offers_to_send_again_as_whoever_is_signed_in(browser: Client, person: User) -> None:
    browser.force_login(person)
    for fields in ({"name": "QGIS", "csrfmiddlewaretoken": "x" * 64}, {"name": "QGIS"}):
        token(browser)
        if "csrfmiddlewaretoken" not in fields:
            del browser.cookies[settings.CSRF_COOKIE_NAME]
        late = browser.post(TOKENS, fields, headers=HERE)
        assert late.status_code == 403
        assert str(person) in late.content.decode()
        assert f'action="{TOKENS}"' in late.content.decode()
        assert not ApiToken.objects.exists()
    assert browser.post(TOKENS, hidden(late), headers=HERE).status_code == 200
    assert ApiToken.objects.get().name == "QGIS"


def test_signed_in_meanwhile_in_another_tab_nothing_is_lost_either(browser: Client, person: User) -> None:
    late = post(browser, TOKENS, {"name": "QGIS"})
    kept = hidden(late)
    browser.force_login(person)
    offered = browser.post("/compte/connexion/", {**kept, "login": "", "password": ""}, headers=HERE)
    assert hidden(offered)["name"] == "QGIS"
    assert browser.post(TOKENS, hidden(offered), headers=HERE).status_code == 200


@pytest.mark.parametrize("headers", [ELSEWHERE, {"accept": "text/html"}, {**HERE, "origin": "null"}])
def test_what_another_site_posts_is_never_offered_again(browser: Client, person: User, headers: dict[str, str]) -> None:
    nobody = browser.post(TOKENS, {"name": "piège", "csrfmiddlewaretoken": token(browser)}, headers=headers)
    assert "piège" not in nobody.content.decode()
    browser.force_login(person)
    somebody = browser.post(TOKENS, {"name": "piège"}, headers=headers)
    assert somebody.status_code == 403
    assert "piège" not in somebody.content.decode()


def test_the_page_that_sent_it_may_say_so_by_its_referer(browser: Client) -> None:
    headers = {"accept": "text/html", "referer": "http://testserver/compte/"}
    assert hidden(browser.post(TOKENS, {"name": "x", "csrfmiddlewaretoken": token(browser)}, headers=headers))["posted"]


def test_nobody_makes_up_what_is_to_be_sent(browser: Client, person: User) -> None:
    forged = {"login": person.username, "password": PASSWORD, "posted": Posted("/x/", [["a", "b"]], []).pack() + "x"}
    assert post(browser, "/compte/connexion/", forged).status_code == 302


def kept_of(answer: Any) -> Posted:
    posted = unpack(hidden(answer)["posted"])
    assert posted is not None
    return posted


def test_passwords_and_secrets_are_not_kept(browser: Client) -> None:
    fields = {"oldpassword": "a", "password1": "b", "client_secret": "c", "name": "d"}
    assert kept_of(post(browser, "/compte/jetons/", fields)).fields == [["name", "d"]]


def test_files_are_named_and_chosen_again(browser: Client, person: User) -> None:
    for address in ("/imports/", "/imports/fichiers/"):
        file = SimpleUploadedFile("parcelles 2026.geojson", b"{}" * 50_000)
        late = post(browser, address, {"source": "communes", "file": file})
        assert late.status_code == 401
        assert kept_of(late).files == [["file", "parcelles 2026.geojson"]]
    again = {"login": person.username, "password": PASSWORD, "posted": hidden(late)["posted"]}
    offered = post(browser, "/compte/connexion/", again).content.decode()
    assert "parcelles 2026.geojson" in offered
    assert 'type="file"' in offered
    assert 'enctype="multipart/form-data"' in offered


def test_files_of_a_form_without_a_token_pass_by(browser: Client) -> None:
    file = SimpleUploadedFile("a.geojson", b"{}" * 50_000)
    late = browser.post("/imports/", {"source": "communes", "file": file}, headers=HERE)
    assert late.status_code == 403
    assert hidden(late)["source"] == "communes"
    assert "a.geojson" in late.content.decode()


def test_what_is_too_long_is_said_not_kept(browser: Client, person: User) -> None:
    late = post(browser, TOKENS, {"name": "a" * (MOST_CHARACTERS + 1)})
    assert late.status_code == 401
    assert not kept_of(late).complete
    assert len(late.content) < 50_000
    assert "trop long" in late.content.decode()


class Unread:
    """A body that must not be read."""

    def read(self, *_size: int) -> bytes:
        pytest.fail("the body of a refused request was read")

    readline = read


def post_too_much(browser: Client, address: str, **headers: str) -> Any:
    multipart = {
        "content-type": "multipart/form-data; boundary=x",
        "content-length": str(settings.UPLOAD_MAX_BYTES + 1),
    }
    return browser.generic("POST", address, headers={**HERE, **multipart, **headers}, **{"wsgi.input": Unread()})


UPLOADS = ["/imports/", "/imports/fichiers/", "/permis/importer/", "/reseaux/importer/", "/voirie/importer/"]


@pytest.mark.parametrize("address", UPLOADS)
def test_files_that_are_too_large_are_not_read_to_be_kept(browser: Client, address: str) -> None:
    without_token = post_too_much(browser, address)
    assert (without_token.status_code, "trop long" in without_token.content.decode()) == (403, True)
    token(browser)
    late = post_too_much(browser, address)
    assert (late.status_code, kept_of(late).complete) == (401, False)


@pytest.mark.parametrize("address", UPLOADS)
def test_what_another_site_sends_is_not_read(browser: Client, person: User, address: str) -> None:
    for somebody in (False, True):
        if somebody:
            browser.force_login(person)
        token(browser)
        assert post_too_much(browser, address, origin=ELSEWHERE["origin"]).status_code == 403


def test_a_form_with_nothing_but_its_button_is_kept(browser: Client) -> None:
    assert kept_of(post(browser, TOKENS, {})).complete


def test_scripts_are_told_and_what_is_read_comes_back_after_signing_in(browser: Client) -> None:
    answer = browser.post(TOKENS, {"csrfmiddlewaretoken": token(browser)}, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["status"]) == (401, 401)
    assert browser.get("/compte/", headers=HERE)["Location"] == "/compte/connexion/?next=/compte/"


def test_the_administration_keeps_it_too(browser: Client) -> None:
    late = post(browser, "/administration/gis_core/member/add/", {"name": "Commune nouvelle"})
    assert kept_of(late).fields == [["name", "Commune nouvelle"]]


def test_every_page_asks_to_sign_in_by_the_one_way() -> None:
    djangos = "login_" + "required"
    theirs = [name for name, text in texts() if name.endswith(".py") and djangos in text]
    assert theirs == []


def test_a_page_says_whom_it_was_made_for(client: Client, person: User) -> None:
    client.force_login(person)
    for address in ("/compte/", "/permis/", "/imports/"):
        assert person_id(person) in client.get(address, headers=HERE).content.decode()


def test_the_token_of_the_page_is_one_that_is_taken() -> None:
    assert len(get_token(RequestFactory().get("/"))) == 64


def test_ending_somebody_s_sessions_reads_those_alone_that_nobody_is_known_to_own(
    person: User, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = factories.user(member)
    keys = []
    for user in (person, person, other):
        store = SessionStore()
        store[SESSION_KEY] = str(user.pk)
        store.create()
        keys.append(store.session_key)
    UserSession.objects.create(user=person, session_key=keys[0], ip="192.0.2.1", user_agent="")
    UserSession.objects.create(user=other, session_key=keys[2], ip="192.0.2.1", user_agent="")
    read: list[dict[str, Any]] = []
    decode = SessionStore.decode

    def note(self: SessionStore, text: str) -> dict[str, Any]:
        read.append(decode(self, text))
        return read[-1]

    monkeypatch.setattr(SessionStore, "decode", note)
    assert end_sessions(person) == 2
    assert [one[SESSION_KEY] for one in read] == [str(person.pk)]
    assert list(Session.objects.filter(session_key__in=keys).values_list("session_key", flat=True)) == [keys[2]]
