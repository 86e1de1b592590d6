"""The directory that most tests ask."""

from collections.abc import Iterator
from typing import Any

import pytest

from gis_core.accounts.directory import asking
from tests.gis_core.directory.slapd import Directory, dn_of, entry, group, group_dn, person, serving

LOOPBACK = frozenset(f"127.0.0.1:{port}" for port in range(1, 65_536))
GUID = bytes(range(16))
DOMAIN_SID = bytes.fromhex("010500000000000515000000a065cf7e784b9b5fe77c8770")


def sid(number: int) -> bytes:
    return DOMAIN_SID + number.to_bytes(4, "little")


def people() -> list[str]:
    """Two of one name, one without address, those of Active Directory, and groups that go round in circles."""
    return [
        person("marie.durand"),
        person("paul.martin"),
        person("jean.petit"),
        person("jean.petit2", cn="jean.petit", givenName="Jean", sn="Petit", mail="jean.petit@commune.example"),
        person("ferme.lassant", pwdAccountLockedTime="000001010000Z"),
        person("sans.groupe"),
        person("l'étoile*(x)", uid="etoile", mail="etoile@commune.example"),
        person(
            "windows",
            objectClass=["user"],
            objectCategory="person",
            objectGUID=GUID,
            objectSid=sid(1105),
            primaryGroupID=513,
            userAccountControl=512,
            accountExpires=9223372036854775807,
            sAMAccountName="WINDOWS",
            userPrincipalName="windows@commune.local",
        ),
        person("eteint", objectClass=["user"], objectCategory="person", objectGUID=GUID[::-1], userAccountControl=514),
        person(
            "expire",
            objectClass=["user"],
            objectGUID=b"x" * 16,
            userAccountControl=512,
            accountExpires=133000000000000000,
        ),
        group("ads", [dn_of("marie.durand"), group_dn("remplacants")]),
        group("remplacants", [dn_of("paul.martin"), group_dn("ads")]),
        group("services", [group_dn("ads")]),
        entry(group_dn("posix"), objectClass="posixGroup", cn="posix", gidNumber=7, memberUid=["marie.durand"]),
        entry(
            group_dn("Utilisateurs du domaine"), objectClass="group", cn="Utilisateurs du domaine", objectSid=sid(513)
        ),
        entry(group_dn("tous"), objectClass="group", cn="tous", member=[group_dn("Utilisateurs du domaine")]),
    ]


@pytest.fixture(autouse=True)
def _the_operator_lets_the_tests_servers_be_asked(settings: Any) -> None:
    settings.EXTERNAL_PRIVATE_HOSTS = LOOPBACK


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who signs in is answered, however busy the machine is: tests of the product's three seconds set them again."""
    monkeypatch.setattr(asking, "SIGN_IN_S", 30.0)


@pytest.fixture(scope="session")
def directory() -> Iterator[Directory]:
    with serving(people()) as one:
        yield one
