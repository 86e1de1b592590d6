"""One conversation with a directory: a real slapd, and servers that answer badly. No database is needed."""

import time
from pathlib import Path
from typing import Any

import ldap
import pytest

from gis_core.accounts.directory.asking import Trouble, converse, refusal_of_address
from gis_core.accounts.directory.options import ACTIVE_DIRECTORY, Options
from tests.gis_core.directory import bad_servers
from tests.gis_core.directory.slapd import BASE, PASSWORD, SECRET, Directory, entry, make_certificate, person, serving

MARIE = "marie.durand@commune.example"


def ask(directory: Directory, act: str, heard: list[Any] | None = None, **more: Any) -> dict[str, Any] | Trouble:
    """The answer of the tests' directory; `options`, `server`, `secret` may be others."""
    options = Options.from_json(directory.options(**more.pop("options", {}))).as_json()
    request = (
        options | {"act": act, "server": directory.server, "secret": SECRET, "network_s": 10, "now": time.time()} | more
    )
    return converse(request, 60, lambda kind, value: heard.append((kind, value)) if heard is not None else None)


def sign_in(directory: Directory, login: str, password: str = PASSWORD, **more: Any) -> dict[str, Any]:
    answer = ask(directory, "sign_in", login=login, password=password, **more)
    assert isinstance(answer, dict), answer
    return answer


def refusal(directory: Directory, act: str = "sign_in", **more: Any) -> str:
    """The code of what went wrong."""
    answer = ask(directory, act, **({"login": MARIE, "password": PASSWORD} | more))
    assert isinstance(answer, Trouble), answer
    return answer.code


def test_the_right_password_gives_who_it_is(directory: Directory) -> None:
    someone = sign_in(directory, MARIE)["person"]
    assert (someone["first_name"], someone["last_name"], someone["email"]) == ("Marie", "Durand", MARIE)
    assert len(someone["id"]) == 36


def test_groups_of_groups_count_and_may_go_round_in_circles(directory: Directory) -> None:
    assert {"ads", "remplacants", "services", "posix"} <= set(sign_in(directory, MARIE)["groups"])
    flat = sign_in(directory, MARIE, options={"nested": False})["groups"]
    assert {"ads", "posix"} <= set(flat)
    assert "services" not in flat


def test_start_tls_is_asked_for_where_the_address_is_plain(directory: Directory) -> None:
    assert sign_in(directory, MARIE, server=directory.start_tls_server)["person"]["id"]


@pytest.mark.parametrize("password", ["faux", "", "\0" + PASSWORD, PASSWORD + "\0"])
def test_a_wrong_or_empty_password_opens_nothing(directory: Directory, password: str) -> None:
    assert refusal(directory, password=password) == "wrong_password"


def test_this_server_says_yes_to_an_empty_password(directory: Directory) -> None:
    """Without which the test above would prove nothing."""
    connection = ldap.initialize(f"ldap://127.0.0.1:{directory.plain_port}")
    assert connection.simple_bind_s(f"uid=marie.durand,ou=people,{BASE}", "")


@pytest.mark.parametrize(
    "login", ["*", "mar*", "x)(mail=*", "x)(|(mail=*))", "*)(objectClass=*", f"{MARIE})(uid=*", "\\2a", "x\0", ""]
)
def test_a_login_is_never_part_of_the_question(directory: Directory, login: str) -> None:
    assert refusal(directory, login=login) in ("unknown", "wrong_password")


def test_letters_that_filters_use_are_found(directory: Directory) -> None:
    someone = sign_in(directory, "l'étoile*(x)", options={"login_attributes": ["cn"]})["person"]
    assert someone["uid"] == "etoile"


def test_two_people_of_one_address_are_nobody(directory: Directory) -> None:
    assert refusal(directory, login="jean.petit@commune.example") == "ambiguous"


def test_a_locked_account_is_refused(directory: Directory) -> None:
    assert refusal(directory, login="ferme.lassant@commune.example") in ("disabled", "wrong_password")


class TestActiveDirectory:
    """What of it OpenLDAP's schemas allow: identifiers, disabled accounts, ends, the primary group."""

    options = {
        name: ACTIVE_DIRECTORY.as_json()[name] for name in ("filter", "login_attributes", "attributes", "group_filter")
    }

    def test_the_identifier_is_written_as_windows_does(self, directory: Directory) -> None:
        someone = sign_in(directory, "windows@commune.local", options=self.options)
        assert someone["person"]["id"] == "03020100-0504-0706-0809-0a0b0c0d0e0f"

    def test_the_primary_group_counts_with_the_groups_that_it_is_in(self, directory: Directory) -> None:
        groups = sign_in(directory, "windows@commune.local", options=self.options)["groups"]
        assert {"utilisateurs du domaine", "tous"} <= set(groups)

    @pytest.mark.parametrize("login", ["eteint@commune.example", "expire@commune.example"])
    def test_an_account_that_is_disabled_or_over_is_refused(self, directory: Directory, login: str) -> None:
        options = self.options | {"filter": "(objectClass=user)"}
        assert refusal(directory, login=login, options=options) == "disabled"


def test_all_people_and_groups_are_read(directory: Directory) -> None:
    heard: list[Any] = []
    assert ask(directory, "read", heard) == {"people": 10, "groups": 4}
    assert {value["uid"]: value["disabled"] for kind, value in heard if kind == "person"}["ferme.lassant"] is True


def test_a_reading_in_pages_is_whole() -> None:
    people = (person(f"agent{number}") for number in range(1_203))
    heard: list[Any] = []
    with serving(people) as many:
        assert ask(many, "read", heard) == {"people": 1_203, "groups": 0}
    assert len({value["id"] for _kind, value in heard}) == 1_203


def test_a_reading_that_the_server_cuts_is_no_reading() -> None:
    people = (person(f"agent{number}") for number in range(1_203))
    with serving(people, limits="size.soft=1000 size.hard=1000 size.pr=1000 size.prtotal=1000") as many:
        assert refusal(many, "read") == "incomplete"


class TestSettings:
    """What is wrong with them is told apart."""

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"server": "ldaps://annuaire.invalid"}, "name_unknown"),
            ({"server": "ldaps://127.0.0.1:9"}, "no_answer"),
            ({"secret": "faux"}, "bind_refused"),
            ({"secret": ""}, "bind_refused"),
            ({"options": {"bind_dn": f"cn=personne,{BASE}"}}, "bind_refused"),
            ({"options": {"base": f"ou=ailleurs,{BASE}"}}, "no_base"),
            ({"options": {"base": "pas un nom"}}, "no_base"),
            ({"options": {"filter": "(objectClass=)(("}}, "filter"),
            ({"options": {"authority": ""}}, "certificate"),
            ({"options": {"authority": "-----BEGIN CERTIFICATE-----\nrien\n"}}, "certificate"),
        ],
    )
    def test_each_has_its_code(self, directory: Directory, changed: dict[str, Any], code: str) -> None:
        assert refusal(directory, "count", **changed) == code

    def test_a_certificate_of_another_name_is_refused(self, directory: Directory, tmp_path: Path) -> None:
        authority = make_certificate(tmp_path, "DNS:autre.example")
        with bad_servers.serving("silent_in_tls", tmp_path) as server:
            assert refusal(directory, "count", server=server, options={"authority": authority}) == "certificate"

    def test_an_answer_without_tls_is_refused(self, directory: Directory) -> None:
        server = f"ldaps://127.0.0.1:{directory.plain_port}"
        assert refusal(directory, "count", server=server) in ("no_tls", "no_answer")


@pytest.mark.parametrize("kind", bad_servers.KINDS)
def test_a_server_that_answers_badly_costs_no_more_than_its_time(directory: Directory, kind: str) -> None:
    options = Options.from_json(directory.options()).as_json()
    request = options | {
        "act": "sign_in",
        "secret": SECRET,
        "network_s": 1,
        "now": 0,
        "login": MARIE,
        "password": PASSWORD,
    }
    with bad_servers.serving(kind, directory.folder) as server:
        begun = time.monotonic()
        answer = converse(request | {"server": server}, 1, lambda _kind, _value: None)
        elapsed = time.monotonic() - begun
    assert isinstance(answer, Trouble)
    assert answer.code in ("late", "no_answer", "no_tls", "strange")
    assert elapsed < 1.6


def test_nothing_goes_to_where_a_referral_leads() -> None:
    """The server says that everybody is elsewhere: nobody is asked there."""
    elsewhere = entry(
        f"ou=ailleurs,ou=people,{BASE}",
        objectClass=["referral", "extensibleObject"],
        ou="ailleurs",
        ref="ldap://127.0.0.1:9/ou=people,dc=ailleurs",
    )
    with serving([person("marie.durand"), elsewhere]) as one:
        assert sign_in(one, MARIE)["person"]["uid"] == "marie.durand"
        assert ask(one, "read") == {"people": 1, "groups": 0}


@pytest.mark.parametrize(
    ("server", "code"),
    [
        ("ldaps://127.0.0.1", "private"),
        ("ldap://10.1.2.3:389", "private"),
        ("ldaps://[::1]", "private"),
        ("ldaps://[::ffff:127.0.0.1]", "private"),
        ("ldaps://localhost", "private"),
        ("ldaps://169.254.169.254", "private"),
        ("ldaps://annuaire.invalid", "name_unknown"),
        ("ldaps://8.8.8.8", ""),
        ("ldaps://dc1.ville.lan", ""),
        ("ldap://DC1.ville.lan:389", ""),
        ("ldaps://dc1.ville.lan:5432", "name_unknown"),
        ("ldaps://dc2.ville.lan:6360", ""),
    ],
)
def test_a_private_server_is_asked_where_the_operator_says_so(settings: Any, server: str, code: str) -> None:
    settings.EXTERNAL_PRIVATE_HOSTS = frozenset({"dc1.ville.lan", "dc2.ville.lan:6360"})
    assert refusal_of_address(server, 1) == code
