"""Signing in by a directory, on a real slapd and the database."""

import time
from typing import Any

import pytest
from allauth.core.context import request_context
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.http import HttpRequest
from django.test import RequestFactory

from gis_core.accounts.directory import asking
from gis_core.accounts.directory.options import ACTIVE_DIRECTORY
from gis_core.accounts.directory.signing_in import identity_of, prove, sign_in
from gis_core.accounts.directory.synchronising import CLOSED, GONE
from gis_core.accounts.joining import Refused, provider_of
from gis_core.errors import Busy, Invalid
from gis_core.members.rights import Role
from gis_core.models import AccessRule, Member, SignInMethod, User
from tests import factories
from tests.gis_core.directory import bad_servers
from tests.gis_core.directory.slapd import PASSWORD, SECRET, Directory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]
MARIE = "marie.durand@commune.example"
# The product's, before the fixture of all these tests.
SIGN_IN_S = asking.SIGN_IN_S


@pytest.fixture
def member() -> Member:
    return factories.member()


@pytest.fixture
def method(member: Member, directory: Directory) -> SignInMethod:
    return make_method(member, directory.options())


def make_method(member: Member, options: dict[str, Any]) -> SignInMethod:
    made = SignInMethod(member=member, kind="directory", name="Annuaire", options=options, domains=["commune.example"])
    made.secret = SECRET
    made.save()
    return made


def request_of(address: str = "192.0.2.1") -> HttpRequest:
    request = RequestFactory().post("/compte/connexion/", REMOTE_ADDR=address)
    request.user, request.session = AnonymousUser(), SessionStore()  # type: ignore[assignment]
    return request


def enter(method: SignInMethod, login: str = MARIE) -> HttpRequest:
    """Sign in as the page does; the request says who is in."""
    request = request_of()
    with request_context(request):
        assert sign_in(request, method=method, login=login, password=PASSWORD).status_code == 302
    return request


def join_first(method: SignInMethod, user: User, login: str = MARIE) -> None:
    subject = identity_of(method, login, PASSWORD).subject
    SocialAccount.objects.create(user=user, provider=provider_of(method), uid=subject)


def test_a_group_that_a_rule_knows_opens_an_account(method: SignInMethod, member: Member) -> None:
    AccessRule.objects.create(method=method, group="ADS", member=member, role=Role.PERMIT_INSTRUCTOR)
    request = enter(method)
    user = User.objects.get(pk=request.user.pk)
    assert (user.first_name, user.last_name, user.email) == ("Marie", "Durand", MARIE)
    assert user.memberships.get().role == Role.PERMIT_INSTRUCTOR
    assert not user.has_usable_password()


def test_two_rules_for_one_group_of_groups_give_the_higher_role(method: SignInMethod, member: Member) -> None:
    AccessRule.objects.create(method=method, group="ads", member=member, role=Role.READER)
    AccessRule.objects.create(method=method, group="services", member=member, role=Role.NETWORK_TECHNICIAN)
    request = enter(method)
    assert User.objects.get(pk=request.user.pk).memberships.get().role == Role.NETWORK_TECHNICIAN


def test_without_a_rule_nobody_gets_in_nor_an_account(method: SignInMethod) -> None:
    request = enter(method)
    assert not request.user.is_authenticated
    assert not User.objects.filter(email=MARIE).exists()


def test_an_account_of_the_same_address_is_not_joined(method: SignInMethod, member: Member) -> None:
    owner = factories.user(member, email=MARIE)
    AccessRule.objects.create(method=method, group="ads", member=member, role=Role.GIS_ADMINISTRATOR)
    request = enter(method)
    assert not request.user.is_authenticated
    assert owner.memberships.get().role == Role.READER


def test_a_closed_account_stays_closed(method: SignInMethod, member: Member) -> None:
    join_first(method, factories.user(member, is_active=False))
    with pytest.raises(Refused, match=r"agence|agency"):
        sign_in(request_of(), method=method, login=MARIE, password=PASSWORD)


def test_names_and_address_are_followed(method: SignInMethod, member: Member) -> None:
    user = factories.user(member, email="marie.dupont@commune.example", first_name="Marie", last_name="Dupont")
    join_first(method, user)
    enter(method)
    user.refresh_from_db()
    assert (user.last_name, user.email) == ("Durand", MARIE)


def test_who_guesses_is_slowed(method: SignInMethod) -> None:
    for number in range(5):
        with pytest.raises(Invalid, match=r"ne vont pas ensemble|do not go together"):
            prove(request_of(), method=method, login=MARIE, password=f"faux {number}")
    with pytest.raises(Invalid, match=r"Trop de tentatives|Too many"):
        prove(request_of(), method=method, login=MARIE, password=PASSWORD)
    assert prove(request_of("192.0.2.2"), method=method, login=MARIE, password=PASSWORD).email == MARIE


def test_the_right_password_counts_for_nothing(method: SignInMethod) -> None:
    for _time in range(7):
        assert prove(request_of(), method=method, login=MARIE, password=PASSWORD).email == MARIE


def test_no_directory_is_asked_about_an_empty_password(member: Member) -> None:
    nowhere = make_method(member, {"servers": ["ldaps://127.0.0.1:9"]})
    with pytest.raises(Invalid):
        prove(request_of(), method=nowhere, login=MARIE, password="")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The servers that are spoken to, in their order."""
    servers: list[str] = []
    speak = asking.converse

    def converse(request: dict[str, Any], *given: Any) -> Any:
        servers.append(request["server"])
        return speak(request, *given)

    monkeypatch.setattr(asking, "converse", converse)
    return servers


def test_a_server_that_hangs_costs_three_seconds_once(
    method: SignInMethod, directory: Directory, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # More of them, for a busy machine: the half is the server's that hangs.
    monkeypatch.setattr(asking, "SIGN_IN_S", 8.0)
    with bad_servers.serving("silent_in_tls", directory.folder) as hangs:
        method.options = directory.options(servers=[hangs, directory.server])
        begun = time.monotonic()
        assert identity_of(method, MARIE, PASSWORD).email == MARIE
        assert time.monotonic() - begun >= 3.9
        assert identity_of(method, MARIE, PASSWORD).email == MARIE
    assert asked == [hangs, directory.server, directory.server]


def test_servers_that_all_hang_share_the_three_seconds(
    method: SignInMethod, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert SIGN_IN_S == 3
    monkeypatch.setattr(asking, "SIGN_IN_S", SIGN_IN_S)
    with bad_servers.serving("silent", directory.folder) as one, bad_servers.serving("begun", directory.folder) as two:
        method.options = directory.options(servers=[one, two])
        begun = time.monotonic()
        with pytest.raises(asking.DirectoryTrouble):
            identity_of(method, MARIE, PASSWORD)
        assert time.monotonic() - begun < 3.5


def test_a_directory_in_trouble_takes_nobody_s_attempts(method: SignInMethod) -> None:
    method.options |= {"servers": ["ldaps://127.0.0.1:9"]}
    for _time in range(7):
        with pytest.raises(asking.DirectoryTrouble):
            prove(request_of(), method=method, login=MARIE, password=PASSWORD)


def test_a_few_sign_in_at_once_and_the_next_is_asked_to_wait(method: SignInMethod) -> None:
    with asking.PLACES.take(), asking.PLACES.take(), pytest.raises(Busy):
        identity_of(method, MARIE, PASSWORD)


def test_a_server_that_a_trial_finds_silent_is_not_down_for_others(method: SignInMethod) -> None:
    method.options |= {"servers": ["ldaps://127.0.0.1:9"]}
    with pytest.raises(asking.DirectoryTrouble):
        asking.ask(method, "count", within_s=2, remembers=False)
    assert not cache.get(asking.down_key("ldaps://127.0.0.1:9"))


def test_groups_that_no_rule_names_go_nowhere(method: SignInMethod, member: Member) -> None:
    AccessRule.objects.create(method=method, group="ADS", member=member, role=Role.READER)
    assert identity_of(method, MARIE, PASSWORD).groups == ("ads",)


def test_who_is_back_opens_the_account_that_the_directory_closed(method: SignInMethod, member: Member) -> None:
    user = factories.user(member, is_active=False)
    join_first(method, user)
    SocialAccount.objects.filter(user=user).update(extra_data={GONE: CLOSED})
    assert enter(method).user == user
    assert SocialAccount.objects.get(user=user).extra_data == {}


def test_where_no_server_answers_that_is_said_at_once_for_a_minute(method: SignInMethod, asked: list[str]) -> None:
    method.options |= {"servers": ["ldaps://127.0.0.1:9"]}
    with pytest.raises(asking.DirectoryTrouble):
        identity_of(method, MARIE, PASSWORD)
    with pytest.raises(asking.DirectoryTrouble) as trouble:
        identity_of(method, MARIE, PASSWORD)
    assert asked == ["ldaps://127.0.0.1:9"], "it is spoken to once"
    assert "127.0.0.1:9" in str(trouble.value.message)


def test_active_directory_signs_in_by_its_own_name(method: SignInMethod, directory: Directory) -> None:
    method.options = ACTIVE_DIRECTORY.as_json() | directory.options()
    assert identity_of(method, "windows@commune.local", PASSWORD).subject == "03020100-0504-0706-0809-0a0b0c0d0e0f"


def test_a_secret_is_kept_encrypted(method: SignInMethod) -> None:
    kept = SignInMethod.objects.filter(pk=method.pk).values().get()
    assert SECRET not in str(kept)
