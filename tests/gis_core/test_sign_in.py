"""Guessing passwords: who guesses is slowed, the account's owner is told and comes in."""

import time
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from gis_core.accounts import adapter as accounts
from gis_core.accounts import devices
from gis_core.models import User
from tests import factories
from tests.post import outbox, waiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]
PAGE = "/compte/connexion/"
HTML = {"accept": "text/html", "accept-language": "fr"}
RIGHT = "un cheval mange des huîtres"
SLOWED = "Trop de tentatives"


@pytest.fixture
def owner() -> User:
    person = factories.user(factories.member())
    person.set_password(RIGHT)
    person.save()
    return person


def attempt(person: User | str, password: str, address: str = "192.0.2.1", client: Client | None = None) -> str:
    """Sign in from an address: "in", "wrong" or "slowed"."""
    login = person if isinstance(person, str) else person.username
    browser = client or Client(raise_request_exception=False)
    answer = browser.post(PAGE, {"login": login, "password": password}, headers=HTML, REMOTE_ADDR=address)
    if answer.status_code == 302:
        return "in"
    return "slowed" if SLOWED in answer.content.decode() else "wrong"


def device_of(owner: User, address: str = "198.51.100.7") -> Client:
    """A browser in which the owner signed in, and out."""
    client = Client(raise_request_exception=False)
    assert attempt(owner, RIGHT, address, client) == "in"
    client.post("/compte/deconnexion/", headers=HTML)
    return client


def test_who_guesses_is_slowed_where_they_are_and_nobody_else(owner: User) -> None:
    assert [attempt(owner, f"faux {number}") for number in range(6)] == ["wrong"] * 5 + ["slowed"]
    assert attempt(owner, RIGHT) == "slowed"
    assert attempt(owner, RIGHT, "192.0.2.2") == "in"
    assert attempt(factories.user(), "faux") == "wrong"


def test_the_same_name_written_otherwise_is_the_same(owner: User) -> None:
    names = (owner.username, owner.username.upper(), f" {owner.username} ", owner.username, owner.username)
    for name in names:
        attempt(name, "faux")
    assert attempt(owner.username.title(), "faux") == "slowed"


def test_many_addresses_together_do_not_shut_the_owner_out(owner: User) -> None:
    known = device_of(owner)
    guessed = [attempt(owner, "faux", f"203.0.113.{number}") for number in range(55)]
    assert guessed == ["wrong"] * 55
    # From then on one guess for each address in five minutes, whichever it is.
    assert [attempt(owner, "faux", "203.0.113.200") for _time in range(2)] == ["wrong", "slowed"]
    assert attempt(owner, RIGHT, "203.0.113.201") == "in"
    assert attempt(owner, RIGHT, "203.0.113.1", known) == "in"


def test_a_known_device_passes_where_its_address_is_slowed(owner: User) -> None:
    known = device_of(owner, "192.0.2.1")
    for _time in range(6):
        attempt(owner, "faux")
    assert attempt(owner, RIGHT) == "slowed"
    assert attempt(owner, RIGHT, client=known) == "in"


def test_a_stolen_device_guesses_no_faster(owner: User) -> None:
    known = device_of(owner)
    told = [attempt(owner, "faux", f"192.0.2.{number}", known) for number in range(7)]
    assert told == ["wrong"] * 5 + ["slowed"] * 2


def test_a_device_is_known_for_its_owner_alone_and_until_another_password(owner: User) -> None:
    known, other = device_of(owner), factories.user(factories.member())
    request = Client().get(PAGE, headers=HTML).wsgi_request
    request.COOKIES = {devices.COOKIE: known.cookies[devices.COOKIE].value}
    assert devices.device_of(request, owner)
    assert not devices.device_of(request, other)
    owner.set_password("douze lampes sous la pluie")
    assert not devices.device_of(request, owner)
    request.COOKIES = {devices.COOKIE: known.cookies[devices.COOKIE].value[:-2] + "xx"}
    assert devices.read(request) == ("", [])


def test_its_cookie_is_for_signing_in_alone(owner: User) -> None:
    cookie = device_of(owner).cookies[devices.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/compte/")
    assert int(cookie["max-age"]) == devices.KEPT_S


def test_the_owner_is_told_once_by_the_queue(owner: User) -> None:
    for _time in range(9):
        attempt(owner, "faux", "192.0.2.55")
    assert [arguments["kind"] for _number, arguments in waiting()] == ["slowed"]
    (mail,) = outbox()
    assert mail.to == [owner.email]
    assert "192.0.2.55" in str(mail.body)
    assert "mots de passe" in mail.subject.lower()


def test_a_name_that_nobody_has_is_slowed_alike(owner: User) -> None:
    assert [attempt("personne-inconnue", "faux") for _time in range(6)] == ["wrong"] * 5 + ["slowed"]
    assert not waiting()


def test_one_address_has_sixty_a_minute_in_all(monkeypatch: pytest.MonkeyPatch, owner: User) -> None:
    monkeypatch.setitem(accounts.LIMITS, "address", "8/m/ip")
    told = [attempt(f"personne-{number}", "faux") for number in range(9)]
    assert told == ["wrong"] * 8 + ["slowed"]


def asked_for(email: str) -> tuple[float, Any]:
    """The processor's time that it takes, which other processes do not make longer, and what is answered."""
    begun = time.thread_time()
    answer = Client().post("/compte/mot-de-passe/oublie/", {"email": email}, headers=HTML)
    return time.thread_time() - begun, answer


def test_a_reset_does_the_same_for_an_address_that_nobody_has(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from gis_core.accounts import mail as account_mail

    sent: list[Any] = []
    monkeypatch.setattr(account_mail, "send_mail", lambda *given: sent.append(given))
    times: dict[bool, list[float]] = {True: [], False: []}
    for number in range(4):
        for known, email in ((True, owner.email), (False, f"inconnue{number}@example.org")):
            spent, answer = asked_for(email)
            times[known].append(spent)
            assert answer["Location"] == "/compte/mot-de-passe/oublie/envoye/"
            cache.clear()
    assert abs(min(times[True]) - min(times[False])) < 0.1
    assert sent == [], "nobody waits for a mail server"
    assert [arguments["values"]["email"] == owner.email for _number, arguments in waiting()] == [True, False] * 4
    monkeypatch.undo()
    assert [mail.to for mail in outbox()] == [[owner.email]] * 4


def test_a_reset_leads_back_in(owner: User) -> None:
    asked_for(owner.email.upper())
    (mail,) = outbox()
    link = next(word for word in str(mail.body).split() if "/compte/mot-de-passe/nouveau/" in word)
    client = Client()
    form = client.get(link.split("testserver")[-1], follow=True, headers=HTML).redirect_chain[-1][0]
    new = "douze lampes sous la pluie"
    assert client.post(form, {"password1": new, "password2": new}, headers=HTML).status_code == 302
    assert client.get("/api/v1/me/", headers={"accept": "application/json"}).json()["username"] == owner.username
    assert devices.COOKIE in client.cookies
    notices = [one for one in outbox() if one is not mail]
    assert [one.to for one in notices] == [[owner.email]]


def test_a_wrong_password_is_called_so_in_plain_french(owner: User) -> None:
    for login in (owner.username, owner.email):
        page = Client().post(PAGE, {"login": login, "password": "faux"}, headers=HTML).content.decode()
        assert "Nom d’utilisateur, adresse ou mot de passe incorrect." in page
        assert "pseudo" not in page
