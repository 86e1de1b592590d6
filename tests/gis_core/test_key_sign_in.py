"""Signing in by a passkey alone: it opens what the account's password opens, and nothing more."""

import json
from typing import Any

import pytest
from allauth.mfa.webauthn.internal.auth import STATE_SESSION_KEY
from django.test import Client

from gis_core.members.rights import Role
from gis_core.models import Member, SignInMethod, User
from gis_core.operations import security_journal
from tests import factories
from tests.post import outbox
from tests.second_factors import HTML, with_password
from tests.soft_keys import HOST, SoftKey

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]
BY_KEY = "/compte/connexion/cle/"


@pytest.fixture
def member() -> Member:
    return factories.member()


@pytest.fixture
def person(member: Member) -> User:
    return with_password(factories.user(member, Role.GIS_ADMINISTRATOR))


@pytest.fixture
def client() -> Client:
    return Client(headers={**HTML, "origin": f"http://{HOST}"}, SERVER_NAME=HOST)


def options_for(client: Client) -> Any:
    return client.get(BY_KEY, headers={"x-requested-with": "XMLHttpRequest"}).json()["request_options"]


def sent(client: Client, answer: dict[str, Any], **fields: str) -> Any:
    return client.post(BY_KEY, {"credential": json.dumps(answer), **fields})


def is_in(client: Client) -> bool:
    return bool(client.get("/compte/session/").json()["user"])


def test_a_key_alone_counts_as_both_factors(client: Client, person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[tuple[str, Any]] = []

    def record(what: str, /, **fields: Any) -> None:
        kept.append((what, fields.get("method")))

    monkeypatch.setattr(security_journal, "record", record)
    key = SoftKey(person).keep()
    answer = key.answer(options_for(client))
    opened = sent(client, answer, next="/compte/")
    assert (opened.status_code, opened["Location"]) == (302, "/compte/")
    assert is_in(client)
    assert ("sign_in", ["mfa:webauthn"]) in kept
    fresh = client.post(f"/membres/{person.members.get().slug}/connexion/", {"passwords_open": "on", "emergency": ""})
    assert fresh["Location"].endswith("/connexion/"), "it is a fresh proof before a dangerous act"


def test_it_opens_once(client: Client, person: User) -> None:
    answer = SoftKey(person).keep().answer(options_for(client))
    sent(client, answer)
    client.logout()
    assert sent(client, answer)["Location"] == "/compte/connexion/"
    assert not is_in(client)


@pytest.mark.parametrize("fault", ["unverified", "of a second step", "another key", "another person", "misshapen"])
def test_a_key_that_proves_less_opens_nothing(client: Client, person: User, member: Member, fault: str) -> None:
    key, options = SoftKey(person).keep(), options_for(client)
    if fault == "of a second step":
        session = client.session
        session[STATE_SESSION_KEY] |= {"user_verification": "preferred"}
        session.save()
    if fault == "another key":
        key = SoftKey(person)
    if fault == "another person":
        key.user = factories.user(member)
    answer = key.answer(options, verified=fault != "unverified")
    if fault == "misshapen":
        answer["clientExtensionResults"] = 3
    refused = client.post(BY_KEY, {"credential": json.dumps(answer)}, follow=True)
    assert not is_in(client)
    assert "ne connaît pas cette clé" in refused.content.decode()


@pytest.mark.parametrize("why", ["passwords switched off", "no password of its own"])
def test_it_does_not_go_round_the_way_of_a_member(client: Client, person: User, member: Member, why: str) -> None:
    SignInMethod.objects.create(member=member, kind="directory", name="Annuaire des agents", domains=["example.org"])
    if why == "passwords switched off":
        Member.objects.filter(pk=member.pk).update(passwords_open=False)
    else:
        person.set_unusable_password()
        person.save()
    refused = sent(client, SoftKey(person).keep().answer(options_for(client)))
    assert (refused.status_code, is_in(client)) == (403, False)
    assert "Une clé seule n’ouvre pas ce compte" in refused.content.decode()


def test_it_does_not_open_a_closed_account(client: Client, person: User) -> None:
    key = SoftKey(person).keep()
    with factories.as_owner():
        User.objects.filter(pk=person.pk).update(is_active=False)
    assert sent(client, key.answer(options_for(client)))["Location"] == "/compte/ferme/"
    assert not is_in(client)


def test_the_agency_hears_of_an_emergency_account_that_came_by_its_key(
    client: Client, person: User, member: Member
) -> None:
    agent = factories.user(factories.member(), Role.AGENCY_ADMINISTRATOR, email="agence@example.org")
    Member.objects.filter(pk=member.pk).update(passwords_open=False, emergency_account=person)
    sent(client, SoftKey(person).keep().answer(options_for(client)))
    assert is_in(client)
    assert [one.to for one in outbox()] == [[agent.email]]


def test_as_many_answers_as_passwords_are_taken_of_one_address(client: Client) -> None:
    statuses = [client.post(BY_KEY, {"credential": "{}"}).status_code for _number in range(61)]
    assert statuses == [302] * 60 + [429]
