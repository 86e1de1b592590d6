"""What of Active Directory no OpenLDAP does: lists in parts, and its codes. Its answers are written out here."""

from typing import Any

import ldap
import pytest

from gis_core.accounts.directory import child


class InParts:
    """A connection whose server gives 1,500 members at once, as Active Directory does."""

    def __init__(self, members: list[str], missing: bool = False) -> None:
        self.members, self.missing = members, missing

    def part(self, begin: int) -> dict[str, list[bytes]]:
        some = self.members[begin : begin + 1_500]
        end = "*" if begin + 1_500 >= len(self.members) else str(begin + len(some) - 1)
        return {f"member;range={begin}-{end}": [one.encode() for one in some]}

    def search_ext_s(self, dn: str, _scope: int, attrlist: list[str]) -> list[Any]:
        begin = int(attrlist[0].removeprefix("member;range=").removesuffix("-*"))
        return [(dn, {} if self.missing else self.part(begin))]


MEMBERS = [f"cn=agent{number},dc=ville,dc=lan" for number in range(4_321)]


def test_a_list_that_comes_in_parts_is_read_whole() -> None:
    server = InParts(MEMBERS)
    assert child.members_of(server, "cn=tous", {"member": [], **server.part(0)}) == MEMBERS


def test_a_part_that_does_not_come_is_no_reading() -> None:
    with pytest.raises(child.Refused) as refused:
        child.members_of(InParts(MEMBERS, missing=True), "cn=tous", InParts(MEMBERS).part(0))
    assert refused.value.code == "incomplete"


@pytest.mark.parametrize(
    ("data", "expired"), [("52e", False), ("525", False), ("532", True), ("533", False), ("773", True), ("775", False)]
)
def test_an_expired_password_is_told_from_a_wrong_one(data: str, expired: bool) -> None:
    info = f"80090308: LdapErr: DSID-0C09050F, comment: AcceptSecurityContext error, data {data}, v4563"
    assert bool(child.EXPIRED.search(info)) is expired


@pytest.mark.parametrize(
    ("attributes", "disabled"),
    [
        ({"userAccountControl": b"512"}, False),
        ({"userAccountControl": b"514"}, True),
        ({"userAccountControl": b"66050"}, True),
        ({"userAccountControl": b"x"}, False),
        ({"accountExpires": b"0"}, False),
        ({"accountExpires": b"9223372036854775807"}, False),
        ({"accountExpires": b"134100000000000000"}, True),
        ({"pwdAccountLockedTime": b"000001010000Z"}, True),
        ({"pwdAccountLockedTime": b"20261201090000Z"}, False),
        ({"nsAccountLock": b"TRUE"}, True),
        ({"nsaccountlock": b"false"}, False),
        ({"loginDisabled": b"TRUE"}, True),
    ],
)
def test_who_is_disabled(attributes: dict[str, bytes], disabled: bool) -> None:
    entry = {name: [value] for name, value in attributes.items()}
    assert child.is_disabled(entry, now=1_796_000_000.0) is disabled


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ldap.UNWILLING_TO_PERFORM, "disabled"),
        (ldap.INSUFFICIENT_ACCESS, "disabled"),
        (ldap.CONSTRAINT_VIOLATION, "disabled"),
        (ldap.INAPPROPRIATE_AUTH, "wrong_password"),
        (ldap.INVALID_CREDENTIALS, "wrong_password"),
    ],
)
def test_a_person_who_may_not_bind_is_no_trouble_of_the_directory(error: type[Exception], code: str) -> None:
    class Unwilling:
        def simple_bind_s(self, _dn: str, _password: str) -> None:
            raise error({"desc": "no", "info": ""})

    with pytest.raises(child.Refused) as refused:
        child.prove_password(Unwilling(), "uid=marie", "secret")
    assert refused.value.code == code
