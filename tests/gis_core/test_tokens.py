"""API tokens: kept as a digest, accepted as Bearer and Basic, dead once revoked."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gis_core.errors import Conflict, Invalid, NotFound
from gis_core.models import ApiToken, User
from gis_core.tokens import services as tokens
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return factories.user(factories.member())


def ask(client: Client, authorization: str) -> Any:
    return client.get("/api/v1/me/", headers={"authorization": authorization})


def basic(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


def test_only_the_digest_is_kept(person: User) -> None:
    token, secret = tokens.create_token(user=person, name="QGIS")
    row = str(ApiToken.objects.filter(pk=token.pk).values().get())
    assert secret not in row
    assert bytes(token.digest).hex() not in secret


def test_bearer_opens(client: Client, person: User) -> None:
    _token, secret = tokens.create_token(user=person, name="QGIS")
    assert ask(client, f"Bearer {secret}").json()["username"] == person.username


def test_basic_opens_with_the_token_as_password(client: Client, person: User) -> None:
    _token, secret = tokens.create_token(user=person, name="QGIS")
    assert ask(client, basic(person.username, secret)).status_code == 200


@pytest.mark.parametrize("name", ["arpenteur@example.org", ""])
def test_basic_opens_under_the_mail_address_or_no_name_too(client: Client, person: User, name: str) -> None:
    _token, secret = tokens.create_token(user=person, name="QGIS")
    User.objects.filter(pk=person.pk).update(email="arpenteur@example.org")
    assert ask(client, basic(name, secret)).status_code == 200


def test_basic_with_another_users_name_is_refused(client: Client, person: User) -> None:
    _token, secret = tokens.create_token(user=person, name="QGIS")
    assert ask(client, basic(factories.user().username, secret)).status_code == 401


def test_basic_with_the_account_password_is_refused(client: Client, person: User) -> None:
    assert ask(client, basic(person.username, "mot de passe")).status_code == 401


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer arpent_x", "Basic é", "Basic !!", "Digest x", "\x01", "Basic " + "A" * 9000]
)
def test_nonsense_is_a_401_with_problem_details(client: Client, header: str) -> None:
    answer = ask(client, header)
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"


def test_a_revoked_token_opens_nothing(client: Client, person: User) -> None:
    token, secret = tokens.create_token(user=person, name="QGIS")
    tokens.revoke_token(user=person, token_id=token.pk)
    assert ask(client, f"Bearer {secret}").status_code == 401


def test_a_closed_accounts_token_opens_nothing(client: Client, person: User) -> None:
    _token, secret = tokens.create_token(user=person, name="QGIS")
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert ask(client, f"Bearer {secret}").status_code == 401


def test_a_token_opens_until_the_end_of_its_last_day(client: Client, person: User) -> None:
    token, secret = tokens.create_token(user=person, name="QGIS", last_date=timezone.localdate())
    end = timezone.localtime(token.expires_at)
    assert (end.hour, end.minute, token.last_date) == (0, 0, timezone.localdate())
    assert ask(client, f"Bearer {secret}").status_code == 200
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert ask(client, f"Bearer {secret}").status_code == 401
    assert ask(client, basic(person.username, secret)).status_code == 401


def test_a_token_ends_in_a_year_unless_told_otherwise_and_in_two_at_most(person: User) -> None:
    today = timezone.localdate()
    assert tokens.create_token(user=person, name="QGIS")[0].last_date == today + timedelta(days=365)
    for days in (-1, 732, 100_000):
        with pytest.raises(Invalid):
            tokens.create_token(user=person, name="QGIS", last_date=today + timedelta(days=days))


def test_the_page_and_the_api_show_the_end_and_the_last_use(client: Client, person: User) -> None:
    client.force_login(person)
    given = {"name": "QGIS", "last_date": (timezone.localdate() + timedelta(days=30)).isoformat()}
    made = client.post("/api/v1/tokens/", given, "application/json")
    assert made.status_code == 201
    token = ApiToken.objects.get()
    ask(Client(), f"Bearer {made.json()['secret']}")
    page = client.get("/compte/", headers={"accept": "text/html"}).content.decode()
    assert f'datetime="{given["last_date"]}"' in page
    assert "jamais" not in page
    (shown,) = client.get("/api/v1/tokens/").json()["results"]
    assert shown["expires_at"]
    assert shown["last_used_at"]
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now() - timedelta(days=1))
    assert "terminé" in client.get("/compte/", headers={"accept": "text/html"}).content.decode()


def test_a_wrong_end_date_stands_at_its_field(client: Client, person: User) -> None:
    client.force_login(person)
    for last_date in ("2020-01-01", "9999-12-31", "demain"):
        given = {"name": "QGIS", "last_date": last_date}
        answer = client.post("/compte/jetons/", given, headers={"accept": "text/html"})
        assert answer.status_code == 400
        assert answer.context["form"].errors.keys() == {"last_date"}
    assert not ApiToken.objects.exists()


def test_last_use_is_written_once_a_minute(client: Client, person: User) -> None:
    _token, secret = tokens.create_token(user=person, name="QGIS")
    ask(client, f"Bearer {secret}")
    with CaptureQueriesContext(connection) as queries:
        ask(client, f"Bearer {secret}")
    assert not [one for one in queries.captured_queries if one["sql"].startswith("UPDATE")]


def test_last_use_is_kept_to_the_minute(client: Client, person: User) -> None:
    token, secret = tokens.create_token(user=person, name="QGIS")
    ask(client, f"Bearer {secret}")
    token.refresh_from_db()
    assert token.last_used_at is not None
    assert timezone.now() - token.last_used_at < timedelta(minutes=1)


def test_a_token_does_not_make_tokens(client: Client, person: User) -> None:
    _token, secret = tokens.create_token(user=person, name="QGIS")
    answer = client.post(
        "/api/v1/tokens/", {"name": "autre"}, "application/json", headers={"authorization": f"Bearer {secret}"}
    )
    assert answer.status_code == 403


def test_a_token_does_not_make_tokens_on_the_page_either(client: Client, person: User) -> None:
    _token, secret = tokens.create_token(user=person, name="QGIS")
    answer = client.post("/compte/jetons/", {"name": "autre"}, headers={"authorization": f"Bearer {secret}"})
    assert answer.status_code == 403
    assert ApiToken.objects.count() == 1


def test_a_token_has_a_name(person: User) -> None:
    for name in ("", "  ", "x" * 81):
        with pytest.raises(Invalid):
            tokens.create_token(user=person, name=name)


def test_another_persons_token_cannot_be_revoked(person: User) -> None:
    token, _secret = tokens.create_token(user=factories.user(), name="QGIS")
    with pytest.raises(NotFound):
        tokens.revoke_token(user=person, token_id=token.pk)


def test_tokens_are_limited_in_number(person: User) -> None:
    for number in range(tokens.MOST_TOKENS):
        tokens.create_token(user=person, name=str(number))
    with pytest.raises(Conflict):
        tokens.create_token(user=person, name="un de trop")


def test_the_page_shows_the_secret_once(client: Client, person: User) -> None:
    client.force_login(person)
    made = client.post("/compte/jetons/", {"name": "QGIS"}, headers={"accept": "text/html"})
    assert b"arpent_" in made.content
    assert made["Cache-Control"].startswith("max-age=0")
    secret = made.context["secret"]
    assert secret.encode() not in client.get("/compte/", headers={"accept": "text/html"}).content
