"""The frame around every answer: headers, errors in one shape, input that is not."""

import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection
from django.test import Client

from gis_core import webmap_build
from gis_core.accounts import pages as account_pages
from gis_core.accounts.passwords import FrenchCommonPasswordValidator
from gis_core.models import User
from gis_core.operations.environment import ROOT
from layers.catalogue.models import Background
from tests import factories

pytestmark = pytest.mark.django_db
PAGES = ["/", "/compte/connexion/", "/compte/mot-de-passe/oublie/", "/compte/inscription/", "/introuvable/"]
HTML = {"accept": "text/html"}


@pytest.mark.parametrize("page", PAGES)
def test_the_policy_allows_nothing_inline_and_the_page_needs_nothing_inline(client: Client, page: str) -> None:
    answer = client.get(page, headers=HTML)
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
    text = answer.content.decode()
    scripts = re.findall(r"<script(?![^>]*(?:src=|application/json))", text)
    assert not scripts
    assert "<style" not in text
    assert not re.findall(r"\s(?:style|on\w+)=", text)


def test_a_declared_background_is_allowed_on_the_map_page_alone(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webmap_build, "read", lambda: webmap_build.Build("/static/webmap/a.js", (), ()))
    with factories.as_owner():
        Background.objects.create(
            slug="plan",
            title="Plan",
            kind="xyz",
            url="https://{a-c}.tuiles.example.org/{z}/{x}/{y}.png",
            attribution="Essai",
        )
    assert "https://*.tuiles.example.org" in client.get("/", headers=HTML)["Content-Security-Policy"]
    assert "tuiles.example.org" not in client.get("/compte/connexion/", headers=HTML)["Content-Security-Policy"]


def test_the_map_page_says_what_to_do_when_the_map_is_not_built(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webmap_build, "read", lambda: None)
    answer = client.get("/", headers=HTML)
    assert answer.status_code == 503
    assert b"./arpent demo" in answer.content


@pytest.mark.parametrize("address", ["/api/v1/rien/", "/api/rien", "/tiles/rien", "/health/rien", "/api/v1/jobs/abc/"])
def test_an_unknown_address_of_the_api_is_a_problem(client: Client, address: str) -> None:
    answer = client.get(address, headers=HTML)
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 404


@pytest.mark.django_db
def test_a_page_that_is_not_there_says_why_where_it_is_known(client: Client) -> None:
    """Whoever held a link that had ended read that there is nothing at this address."""
    answer = client.get("/permis/avis/1:abc/", headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert "Ce lien ne mène nulle part" in answer.content.decode()


def test_an_address_that_takes_a_form_alone_opens_as_a_page_that_says_so(client: Client) -> None:
    """The page was blank: of who came back to it after signing in, or by hand."""
    answer = client.get("/permis/ensemble/", headers={"accept": "text/html"})
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "elle ne s’ouvre pas seule" in answer.content.decode()
    assert client.get("/permis/ensemble/", headers={"accept": "application/json"})["Content-Type"].startswith(
        "application/problem+json"
    )


def test_an_unknown_page_is_a_french_page_for_people(client: Client) -> None:
    answer = client.get("/introuvable/", headers={**HTML, "accept-language": "fr"})
    assert answer.status_code == 404
    assert 'lang="fr"' in answer.content.decode()


BAD = [
    ("/api/v1/tokens/", b'{"name": "x', "application/json"),
    ("/api/v1/tokens/", b'["pas un objet"]', "application/json"),
    ("/api/v1/tokens/", b"null", "application/json"),
    ("/api/v1/tokens/", b"name=x", "text/plain"),
    ("/api/v1/tokens/", b"\xff\xfe", "application/json"),
    ("/api/v1/tokens/", b'{"name": "a\\u0000b"}', "application/json"),
    ("/api/v1/tokens/", b'{"name": "' + b"x" * 1_000_000 + b'"}', "application/json"),
    ("/api/v1/tokens/", b'{"name": "' + b"x" * 3_000_000 + b'"}', "application/json"),
    ("/api/v1/tokens/", b"[" * 100_000, "application/json"),
    ("/api/v1/tokens/", b'{"name": {"a": 1}}', "application/json"),
    ("/api/v1/tokens/", b'{"name": "\\ud800"}', "application/json"),
]


@pytest.mark.parametrize(("address", "content", "kind"), BAD)
def test_bad_input_is_a_problem_and_never_a_failure(client: Client, address: str, content: bytes, kind: str) -> None:
    client.force_login(factories.user(factories.member()))
    answer = client.post(address, content, content_type=kind)
    assert 400 <= answer.status_code < 500
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=-1", "limit=x", "limit=1001", "limit=" + "9" * 5000, "offset=²", "limit=%00", "limit=%2500"],
)
def test_a_bad_page_is_a_problem(client: Client, query: str) -> None:
    client.force_login(factories.user(factories.member()))
    answer = client.get(f"/api/v1/jobs/?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "address",
    ["/api/v1/jobs/99999999999999999999/", "/membres/a%00b/", "/compte/jetons/99999999999999999999/revoquer/"],
)
def test_an_absurd_address_is_refused(client: Client, address: str) -> None:
    client.force_login(factories.user(factories.member()))
    assert 400 <= client.post(address).status_code < 500
    assert 400 <= client.get(address).status_code < 500


def test_an_endless_address_is_refused(client: Client) -> None:
    answer = client.get("/api/v1/jobs/?limit=" + "1" * 1_000_000)
    assert answer.status_code == 414
    assert answer["Content-Type"] == "application/problem+json"


def test_nul_and_a_million_characters_in_a_form_are_refused(client: Client) -> None:
    client.force_login(factories.user(factories.member()))
    for name in ("a\0b", "x" * 1_000_000):
        assert client.post("/compte/jetons/", {"name": name}, headers=HTML).status_code == 400


def test_login_survives_absurd_credentials(client: Client) -> None:
    for login in ("a\0b", "x" * 1_000_000, "é" * 300):
        assert client.post("/compte/connexion/", {"login": login, "password": "x\0"}, headers=HTML).status_code in (
            200,
            400,
            429,
        )


def test_wrong_passwords_are_limited(client: Client) -> None:
    cache.clear()
    person = factories.user(factories.member())
    person.set_password("la bonne phrase")
    with factories.as_owner():
        User.objects.filter(pk=person.pk).update(password=person.password)
    for _attempt in range(5):
        client.post("/compte/connexion/", {"login": person.username, "password": "faux"}, headers=HTML)
    answer = client.post("/compte/connexion/", {"login": person.username, "password": "la bonne phrase"}, headers=HTML)
    assert answer.status_code in (200, 429)
    assert client.get("/api/v1/me/").status_code == 401
    cache.clear()


# A web process of its own: for each name read, one wrong password; it answers whether it was refused unread.
SIGNING_IN = """
import sys
import django
django.setup()
from django.test import Client
page = Client(REMOTE_ADDR="192.0.2.7", headers={"accept": "text/html", "accept-language": "fr", "host": "localhost"})
for login in sys.stdin:
    answer = page.post("/compte/connexion/", {"login": login.strip(), "password": "faux"})
    print("limited" if "Trop de tentatives" in answer.content.decode() else answer.status_code, flush=True)
"""


@contextmanager
def web_process() -> Iterator[Callable[[str], str]]:
    """Signs in from another process, on the database of this run and under the web role."""
    base = {"ARPENT_DB_NAME": str(connection.settings_dict["NAME"]), "PGOPTIONS": "-c role=arpent_web"}
    env = os.environ | base | {"DJANGO_SETTINGS_MODULE": "gis_core.settings"}
    command = [sys.executable, "-c", SIGNING_IN]
    with subprocess.Popen(
        command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin
        assert child.stdout
        stdin, stdout = child.stdin, child.stdout

        def sign_in(login: str) -> str:
            stdin.write(f"{login}\n")
            stdin.flush()
            return stdout.readline().strip()

        yield sign_in
        child.kill()


def test_the_limiter_counts_the_wrong_passwords_of_all_processes() -> None:
    login = f"personne-{uuid4()}"
    with web_process() as one, web_process() as other:
        assert [one(login), other(login), one(login), other(login), one(login)] == ["200"] * 5
        assert [other(login), one(login)] == ["limited"] * 2
        assert other(f"autre-{login}") == "200"


@pytest.mark.parametrize("password", ["motdepasse123", "Azertyuiop123", "jetaimemonamour", "olympiquedemarseille"])
def test_a_password_that_is_common_in_french_is_refused(password: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password)
    assert "password_too_common" in [error.code for error in refused.value.error_list]


@pytest.mark.parametrize("password", ["azerty", "soleil", "doudou", "loulou", "marseille", "bonjour", "chouchou"])
def test_the_french_list_holds_the_commonest(password: str) -> None:
    with pytest.raises(ValidationError):
        FrenchCommonPasswordValidator().validate(password)


def test_a_phrase_in_french_makes_a_password() -> None:
    assert validate_password("un cheval mange des huîtres") is None


def test_passwords_are_argon2() -> None:
    person = User()
    person.set_password("une phrase")
    assert person.password.startswith("argon2$argon2id$")


def test_an_unexpected_error_never_sends_its_text(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from gis_core.api import views

    def fail(*_args: object) -> None:
        raise RuntimeError("le secret du serveur")

    monkeypatch.setattr(views, "signed_in_user", fail)
    logging.getLogger("arpent").disabled = True
    client.force_login(factories.user(factories.member()))
    answer = client.get("/api/v1/me/")
    assert answer.status_code == 500
    assert "secret" not in answer.content.decode()


@pytest.mark.parametrize(
    ("error", "status", "heading"),
    [(RuntimeError("secret"), 500, "Erreur imprévue"), (OperationalError("secret"), 503, "Service indisponible")],
)
def test_a_failure_has_a_page_of_its_own(
    client: Client, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, heading: str
) -> None:
    def fail(*_args: object) -> None:
        raise error

    monkeypatch.setattr(account_pages.tokens, "tokens_of", fail)
    monkeypatch.setattr(logging.getLogger("arpent"), "disabled", True)
    client.force_login(factories.user(factories.member()))
    answer = client.get("/compte/", headers=HTML)
    assert answer.status_code == status
    assert f"<h1>{heading}</h1>" in answer.content.decode()
    assert "secret" not in answer.content.decode()


def test_the_language_is_kept_with_the_account(client: Client) -> None:
    person = factories.user(factories.member())
    client.force_login(person)
    client.post("/langue/", {"language": "en", "next": "/compte/"})
    page = client.get("/compte/", headers={**HTML, "accept-language": "fr"})
    assert 'lang="en"' in page.content.decode()


@pytest.mark.parametrize(
    ("address", "shared"),
    [("/", False), ("/api/v1/me/", False), ("/compte/connexion/", False), ("/ogc", True), ("/tiles/rien.json", True)],
)
def test_a_browser_is_told_what_it_may_do_and_for_whom(client: Client, address: str, shared: bool) -> None:
    answer = client.get(address, headers=HTML)
    assert answer["Cross-Origin-Resource-Policy"] == ("cross-origin" if shared else "same-origin")
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    powers = answer["Permissions-Policy"]
    assert "geolocation=(self)" in powers
    assert all(f"{name}=()" in powers for name in ("camera", "microphone", "payment", "usb"))


COOKIES = """
from django.conf import settings as s
print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_PATH)
"""


@pytest.mark.parametrize(
    ("https", "names"),
    [("1", "__Host-arpent_session __Host-arpent_csrf True /"), ("0", "arpent_session arpent_csrf False /")],
)
def test_under_https_no_other_host_sets_our_cookies(https: str, names: str) -> None:
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "gis_core.settings", "ARPENT_HTTPS": https}
    command = [sys.executable, "-c", COOKIES]
    told = subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True).stdout
    assert told.strip() == names


def test_metrics_ask_for_a_token_from_this_machine_too(client: Client, settings: Any) -> None:
    for meta in ({}, {"REMOTE_ADDR": "192.0.2.1"}, {"REMOTE_ADDR": ""}):
        assert client.get("/metrics", **meta).status_code == 401
    settings.METRICS_TOKEN = "un secret de la supervision"
    given = {"authorization": "Bearer un secret de la supervision"}
    assert b"arpent_oldest_job_seconds" in client.get("/metrics", headers=given).content
    assert client.get("/metrics", headers={"authorization": "Bearer autre"}).status_code == 401
    assert client.get("/api/v1/me/", headers=given).status_code == 401
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 401


def test_metrics_are_for_the_agency(client: Client) -> None:
    client.force_login(factories.user(factories.member(), "gis_administrator"))
    assert client.get("/metrics").status_code == 403
    client.force_login(factories.user(factories.member(), "agency_administrator"))
    assert client.get("/metrics").status_code == 200


def test_ready_when_the_wall_stands(client: Client) -> None:
    assert client.get("/health/ready").json()["status"] == "ready"


def test_not_ready_with_a_migration_missing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from gis_core.operations import health

    monkeypatch.setattr(health, "list_known_migrations", lambda: frozenset({("gis_core", "9999_future")}))
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["reasons"]


def test_a_refused_token_is_told_in_the_language_asked_for(client: Client) -> None:
    for language, word in (("en", "token"), ("fr", "jeton"), ("en", "token")):
        answer = client.get("/api/v1/me/", headers={"authorization": "Bearer x", "accept-language": language})
        assert word in answer.json()["detail"]
