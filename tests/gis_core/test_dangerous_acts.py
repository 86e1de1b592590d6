"""Dangerous acts ask again who acts, and lose no form; their one list is compared with the addresses there are."""

import re
import time
from typing import Any

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client
from django.urls import get_resolver

from gis_core.accounts.factor.dangerous import DANGEROUS, FOR_PROGRAMS
from gis_core.accounts.factor.middleware import OPEN
from gis_core.accounts.joining import SESSION_KEY
from gis_core.members.rights import Role
from gis_core.models import Member, Membership, User
from gis_core.tokens import services as tokens
from tests import factories
from tests.policy.routes import TABLE
from tests.second_factors import (
    FACTOR,
    HTML,
    PASSWORD,
    add_application,
    browser_of,
    code_of,
    first_step,
    second_step,
    with_password,
)

CONFIRM = "/compte/confirmer/"
# What writes about people, accounts and exports of them, and asks nobody again: why.
HARMLESS = {
    "account_login": "it is the sign-in",
    "account_logout": "it ends the session",
    "account_signup": "closed",
    "account_inactive": "a page",
    "account_change_password": "it asks for the password itself",
    "account_reset_password": "a mail",
    "account_reset_password_done": "a page",
    "account_reset_password_from_key": "by the link of a mail",
    "account_reset_password_from_key_done": "a page",
    "account_reauthenticate": "it is what asks",
    "mfa_authenticate": "it is the sign-in",
    "key_sign_in": "it is the sign-in",
    "mfa_index": "a page",
    "mfa_list_webauthn": "a page",
    "map_view": "a view of the map",
    "saved_filters": "one's own filters",
    "alert_mails": "one's own mails",
    "invitation_accept": "one's own roles, as invited",
    "token_revoke": "it takes away",
    "directory_sign_in": "it is the sign-in",
    "directory_try": "it changes nothing",
    "directory_read": "as every five minutes",
    "sign_in_try": "it changes nothing",
    "identity_join_link": "a mail",
    "my_data": "its file is what asks",
    "person_back": "a colleague gives back what was lent",
    "person_sessions": "it takes away",
    "sessions_end": "it takes away",
    "review": "answers, which its closing applies",
    "review_date": "a date of reminders",
    "program_token_revoke": "it takes away",
    "program_close": "it takes away",
    "journal_officer_close": "it takes away",
    "factor_recovery_stop": "it keeps what is",
    "factor_recovery_link": "it keeps what is",
}


def all_names() -> dict[str, str]:
    """Each route of ours by the name of its address."""

    def walk(patterns: Any, before: str, space: str) -> Any:
        for one in patterns:
            if hasattr(one, "url_patterns"):
                inner = f"{space}{one.namespace}:" if one.namespace else space
                yield from walk(one.url_patterns, before + str(one.pattern), inner)
            elif one.name:
                yield space + one.name, before + str(one.pattern)

    return dict(walk(get_resolver().url_patterns, "", ""))


def test_every_name_of_the_lists_is_one_of_an_address() -> None:
    names = all_names()
    assert sorted((set(DANGEROUS) | OPEN) - set(names)) == []
    assert set(DANGEROUS) >= FOR_PROGRAMS
    assert not set(HARMLESS) & set(DANGEROUS)


def test_what_writes_about_people_and_accounts_is_of_one_list_or_the_other() -> None:
    written = {line.route for line in TABLE if "POST" in line.methods}
    about = {
        name
        for name, route in all_names().items()
        if route.startswith(("compte/", "membres/", "depart/")) and route in written
    }
    assert sorted(about - set(DANGEROUS) - set(HARMLESS)) == []


# -- by hand -----------------------------------------------------------------------------------------------------------

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]


@pytest.fixture
def member() -> Member:
    return factories.member()


@pytest.fixture
def person(member: Member) -> User:
    return with_password(factories.user(member, Role.AGENCY_ADMINISTRATOR))


def later(client: Client, seconds: float = 301) -> Client:
    """The browser so many seconds after signing in."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {**one, "at": one["at"] - seconds} for one in session[AUTHENTICATION_METHODS_SESSION_KEY]
    ]
    session.save()
    return client


def sent_on(page: Any) -> Any:
    """What the page offers to send."""
    return page.context["posted"]


def test_a_form_waits_while_one_confirms_and_is_sent_by_one_press(member: Member, person: User) -> None:
    client = later(browser_of(person))
    address = f"/membres/{member.slug}/"
    fields = {"email": "nouvelle@example.org", "role": "reader", "first_name": "Zoé"}
    page = client.post(address, fields)
    assert (page.status_code, "max_age" in page["WWW-Authenticate"]) == (401, True)
    assert not Membership.objects.filter(invited_email="nouvelle@example.org").exists()
    wrong = client.post(CONFIRM, {"password": "pas le bon", "posted": page.context["packed"]})
    assert wrong.status_code == 400
    page = client.post(CONFIRM, {"password": PASSWORD, "posted": wrong.context["packed"]})
    posted = sent_on(page)
    assert client.post(posted.address, dict(posted.fields)).status_code == 302
    assert Membership.objects.filter(invited_email="nouvelle@example.org").exists()


def test_a_page_is_read_once_one_confirmed_with_a_code(person: User) -> None:
    secret = add_application(person)
    client = later(browser_of(person))
    answer = client.get(f"{FACTOR}codes/")
    assert answer["Location"] == f"{CONFIRM}?next={FACTOR.replace('/', '%2F')}codes%2F"
    done = client.post(CONFIRM, {"code": code_of(secret), "next": f"{FACTOR}codes/"})
    assert done["Location"] == f"{FACTOR}codes/"
    assert client.get(f"{FACTOR}codes/").status_code == 200


def test_the_password_alone_does_not_do_for_who_has_a_second_factor(member: Member, person: User) -> None:
    secret = add_application(person)
    client = Client(headers=HTML)
    first_step(client, person)
    second_step(client, code_of(secret))
    page = f"/membres/{member.slug}/second-facteur/"
    assert client.post(page, {"wanted": "1"}).status_code == 302
    later(client)
    asked = client.get(CONFIRM)
    assert ('name="code"' in asked.text, 'name="password"' in asked.text) == (True, False)
    client.post(CONFIRM, {"password": PASSWORD})
    assert client.post(page, {"wanted": "0"}).status_code == 401


@pytest.mark.parametrize(("amr", "status"), [(["pwd", "mfa"], 302), (["pwd"], 401)])
def test_the_second_factor_that_a_provider_saw_does(member: Member, person: User, amr: list[str], status: int) -> None:
    add_application(person)
    client = browser_of(person)
    session = client.session
    given = [{"method": "socialaccount", "at": time.time()}]
    session.update({AUTHENTICATION_METHODS_SESSION_KEY: given, SESSION_KEY: {"amr": amr}})
    session.save()
    assert client.post(f"/membres/{member.slug}/second-facteur/", {"wanted": "1"}).status_code == status


def test_one_is_led_nowhere_else_after_confirming(person: User) -> None:
    client = later(browser_of(person))
    assert client.post(CONFIRM, {"password": PASSWORD, "next": "https://ailleurs.example/"})["Location"] == "/compte/"


def test_five_minutes_less_a_second_ask_nothing(member: Member, person: User) -> None:
    client = later(browser_of(person), 299)
    assert client.post(f"/membres/{member.slug}/second-facteur/", {"wanted": "1"}).status_code == 302
    assert Member.objects.get(pk=member.pk).needs_second_factor


@pytest.mark.parametrize("name", sorted(set(DANGEROUS) - FOR_PROGRAMS))
def test_each_is_refused_to_a_session_of_before_and_to_a_token(member: Member, person: User, name: str) -> None:
    route = all_names()[name]
    address = "/" + address_of(route, member)
    method = "GET" if "GET" in DANGEROUS[name] else "POST"
    client = later(browser_of(person))
    answer = client.generic(method, address, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["reason"]) == (401, "confirm"), address
    _token, secret = tokens.create_token(user=person, name="Programme", may_write=True)
    asked = {"accept": "application/json", "authorization": f"Bearer {secret}"}
    answer = Client().generic(method, address, headers=asked)
    assert (answer.status_code, answer.json()["reason"]) == (403, "token"), address
    assert "navigateur" in answer.json()["detail"]


def address_of(route: str, member: Member) -> str:
    kinds = {"int": "1", "path": "1", "slug": "directory", "str": "1"}
    route = route.replace("<slug:slug>", member.slug)
    return re.sub(r"<(\w+):\w+>", lambda place: kinds[place[1]], route)


def test_who_has_neither_password_nor_factor_is_led_to_sign_in_again(member: Member) -> None:
    client = later(browser_of(factories.user(member, Role.GIS_ADMINISTRATOR)))
    page = client.post(f"/membres/{member.slug}/", {"email": "nouvelle@example.org", "role": "reader"})
    assert 'name="out"' in page.text
    page = client.post(CONFIRM, {"out": "1", "posted": page.context["packed"]})
    assert 'name="login"' in page.text
    assert ["email", "nouvelle@example.org"] in page.context["posted"].fields
    assert client.get("/compte/session/").json()["user"] == ""


def test_who_guesses_has_to_wait(person: User) -> None:
    client = later(browser_of(person))
    answers = [client.post(CONFIRM, {"password": "pas le bon"}) for _attempt in range(11)]
    assert (answers[0].status_code, answers[-1].status_code) == (400, 429)
