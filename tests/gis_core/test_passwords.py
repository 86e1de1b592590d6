"""What a password may not be, and what happens to API tokens when it changes."""

from io import StringIO

import pytest
from django.contrib.auth.management.commands import changepassword
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client

from gis_core.accounts.mail import password_link
from gis_core.accounts.passwords import without_runs
from gis_core.models import User
from gis_core.tokens.services import create_token, tokens_of
from tests import factories

HTML = {"accept": "text/html"}
FIRST, SECOND, THIRD = "un cheval mange des huîtres", "douze lampes sous la pluie", "la tortue range ses papiers"


def codes(password: str, user: User | None = None) -> set[str]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return {one.code or "" for one in error.error_list}
    return set()


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("123456789012", "no_letter"),
        ("987654321098", "no_letter"),
        ("14-07-1789-1848", "no_letter"),
        ("aaaaaaaaaaaab", "password_pattern"),
        ("abcabcabcabc", "password_pattern"),
        ("soleilsoleil", "password_pattern"),
        ("azertyuiopqs", "password_pattern"),
        ("Azertyuiop1234", "password_pattern"),
        ("abcdefghijkl", "password_pattern"),
        ("motdepasse2024!", "password_too_common"),
        ("M0tdep@sse!!!!", "password_too_common"),
        ("Marseille13013", "password_too_common"),
        ("Password1234!", "password_too_common"),
        ("2026Arpent!!!", "password_of_names"),
    ],
)
def test_what_anybody_tries_first_is_refused(password: str, code: str) -> None:
    assert code in codes(password)


@pytest.mark.parametrize("password", [FIRST, SECOND, "qT7!vbn-Zp4wLx", "Vent d'est 4 km", "x" + "ég!kT-0pZw" * 30])
def test_a_phrase_and_a_drawn_password_are_taken(password: str) -> None:
    assert codes(password) == set()


def test_a_run_is_taken_out_whole_and_a_long_password_is_read_quickly() -> None:
    assert without_runs("xabcdefy1234z") == "xyz"
    assert "password_pattern" not in codes("k" + "9bTz!w" * 200_000)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "password", ["Camille.Aubert1", "aubertcamille45", "Beauce-Val2026", "beaucevaldeloire", "Communaute2026"]
)
def test_neither_ones_own_names_nor_the_authoritys(password: str) -> None:
    member = factories.member(slug="beauce-val-de-loire")
    with factories.as_owner():
        type(member).objects.filter(pk=member.pk).update(name="Communauté de communes Beauce Val de Loire")
    person = factories.user(member, first_name="Camille", last_name="Aubert")
    assert codes(password, person) & {"password_of_names", "password_too_similar"}
    assert codes(SECOND, person) == set()


def with_password(person: User, password: str) -> User:
    person.set_password(password)
    person.save()
    return person


def change(client: Client, old: str, new: str, **more: str) -> bool:
    """Change it on the page; whether it was taken."""
    form = {"oldpassword": old, "password1": new, "password2": new, **more}
    return client.post("/compte/mot-de-passe/", form, headers=HTML).status_code == 302


@pytest.fixture
def person(client: Client) -> User:
    made = with_password(factories.user(factories.member()), FIRST)
    client.force_login(made)
    return made


@pytest.mark.django_db
def test_neither_the_password_of_today_nor_the_one_before(client: Client, person: User) -> None:
    assert not change(client, FIRST, FIRST)
    assert change(client, FIRST, SECOND)
    assert not change(client, SECOND, FIRST)
    assert not change(client, SECOND, SECOND)
    assert change(client, SECOND, THIRD)
    assert User.objects.get(pk=person.pk).check_password(THIRD)


@pytest.mark.django_db
def test_another_password_ends_the_tokens_unless_their_owner_says_otherwise(client: Client, person: User) -> None:
    create_token(user=person, name="QGIS")
    assert "keep_tokens" in client.get("/compte/mot-de-passe/", headers=HTML).content.decode()
    change(client, FIRST, SECOND, keep_tokens="on")
    assert tokens_of(person).count() == 1
    change(client, SECOND, THIRD)
    assert not tokens_of(person).exists()
    assert "keep_tokens" not in client.get("/compte/mot-de-passe/", headers=HTML).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("more", "left"), [({}, 0), ({"keep_tokens": "on"}, 1)])
def test_a_reset_ends_them_too(more: dict[str, str], left: int) -> None:
    person = with_password(factories.user(factories.member()), FIRST)
    create_token(user=person, name="QGIS")
    client = Client()
    page = client.get(password_link(person, ""), follow=True, headers=HTML)
    assert b"keep_tokens" in page.content
    form = page.redirect_chain[-1][0]
    assert client.post(form, {"password1": FIRST, "password2": FIRST, **more}, headers=HTML).status_code == 200
    assert client.post(form, {"password1": SECOND, "password2": SECOND, **more}, headers=HTML).status_code == 302
    assert tokens_of(person).count() == left


@pytest.mark.django_db
def test_a_wrong_new_password_ends_no_token(client: Client, person: User) -> None:
    create_token(user=person, name="QGIS")
    assert not change(client, FIRST, "123456789012")
    assert tokens_of(person).count() == 1


@pytest.mark.django_db
def test_the_command_ends_them_too(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    create_token(user=person, name="QGIS")
    monkeypatch.setattr(changepassword.getpass, "getpass", lambda **_given: SECOND)
    call_command("changepassword", person.username, stdout=StringIO())
    assert User.objects.get(pk=person.pk).check_password(SECOND)
    assert not tokens_of(person).exists()
