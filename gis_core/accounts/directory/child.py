"""Asks one server of a directory (LDAP), in a process of its own that is killed when it is late (`asking`).

Run as a file (`python -I child.py`), with the standard library and Debian's python-ldap alone. It reads one request
(JSON) and writes answers, one JSON object a line: `person` and `group`, then `done`, or `error` with a code of ours.
libldap waits for ever for a server that falls silent after TLS 1.3's handshake, whatever its timeouts: nothing here
counts on them. Nothing is written into the directory, no referral is followed, nothing is said without TLS.
"""

import json
import os
import re
import resource
import socket
import sys
import uuid
from collections.abc import Callable, Iterator
from itertools import batched
from typing import Any
from urllib.parse import urlsplit

import ldap
import ldap.dn
from ldap.controls.libldap import SimplePagedResultsControl
from ldap.filter import escape_filter_chars

SYSTEM_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
MEMORY_BYTES = 512 * 1024 * 1024
TLS_1_2 = 0x303
PAGE = 500
MOST_PEOPLE, MOST_GROUPS, MOST_MEMBERS = 200_000, 20_000, 400_000
# Of one person; and how far groups of groups are followed, which may well go round in circles.
MOST_GROUPS_OF_ONE, MOST_LEVELS = 2_000, 10
AT_ONCE = 50
LONGEST = 400
LONGEST_NAME = 2_000
LOCKED_FOR_EVER = "000001010000Z"
ACCOUNT_DISABLED = 2
# Windows counts tenths of microseconds since 1601; this is the value for never.
NEVER = 0x7FFF_FFFF_FFFF_FFFF
FILETIME_OF_1970 = 116_444_736_000_000_000
# What others than Active Directory write where an administrator closes an account: FreeIPA and 389-DS, eDirectory.
CLOSED = ("nsAccountLock", "loginDisabled")
STATE = ["userAccountControl", "accountExpires", "pwdAccountLockedTime", *CLOSED, "objectSid", "primaryGroupID"]
GROUP_NAMES = ["cn", "sAMAccountName"]
MEMBERS = ["member", "uniqueMember", "memberUid"]
# What Active Directory says beside "wrong password" where the password was right and is no longer good.
EXPIRED = re.compile(r"data (532|773)\b")

Entry = dict[str, list[bytes]]
Result = tuple[str, Entry]


class Refused(Exception):  # noqa: N818
    """The request ends with this code; `detail` is what the server or the library said."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    request = json.load(sys.stdin)
    acts: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {"sign_in": sign_in, "read": read, "count": count}
    try:
        say("done", acts[request["act"]](request))
    except Refused as refusal:
        say("error", {"code": refusal.code, "detail": refusal.detail[:LONGEST]})
    except (ldap.LDAPError, OSError, MemoryError) as error:
        say("error", {"code": code_of(error), "detail": str(info_of(error))[:LONGEST]})


def say(kind: str, value: Any) -> None:
    sys.stdout.write(json.dumps({kind: value}, separators=(",", ":")) + "\n")


# -- what can go wrong -------------------------------------------------------------------------------------------------


def info_of(error: BaseException) -> str:
    said = error.args[0] if error.args else ""
    return f"{said.get('desc', '')} {said.get('info', '')}".strip() if isinstance(said, dict) else str(said)


def code_of(error: BaseException) -> str:
    """One of our codes for what libldap raised."""
    info = info_of(error).lower()
    if isinstance(error, ldap.SERVER_DOWN | ldap.CONNECT_ERROR):
        if "certificate" in info or "hostname does not match" in info:
            return "certificate"
        return "no_tls" if "tls" in info or "ssl" in info or "wrong version" in info else "no_answer"
    codes: dict[str, tuple[type[BaseException], ...]] = {
        "no_answer": (ldap.TIMEOUT, ldap.BUSY, ldap.UNAVAILABLE, ldap.UNWILLING_TO_PERFORM),
        "no_tls": (ldap.CONFIDENTIALITY_REQUIRED, ldap.STRONG_AUTH_REQUIRED, ldap.INAPPROPRIATE_AUTH),
        "filter": (ldap.FILTER_ERROR,),
        "no_base": (ldap.NO_SUCH_OBJECT, ldap.INVALID_DN_SYNTAX, ldap.REFERRAL),
        "not_allowed": (ldap.INSUFFICIENT_ACCESS,),
        "incomplete": (ldap.SIZELIMIT_EXCEEDED, ldap.TIMELIMIT_EXCEEDED, ldap.ADMINLIMIT_EXCEEDED),
    }
    return next((code for code, kinds in codes.items() if isinstance(error, kinds)), "strange")


# -- the connection ----------------------------------------------------------------------------------------------------


def connect(request: dict[str, Any]) -> Any:
    """A connection under TLS, bound as the account that reads the directory."""
    address = urlsplit(request["server"])
    try:
        socket.getaddrinfo(address.hostname, address.port or 636)
    except (OSError, UnicodeError) as error:
        raise Refused("name_unknown", str(error)) from error
    connection = ldap.initialize(request["server"])
    connection.set_option(ldap.OPT_REFERRALS, 0)
    connection.set_option(ldap.OPT_PROTOCOL_VERSION, 3)
    connection.set_option(ldap.OPT_NETWORK_TIMEOUT, request["network_s"])
    connection.set_option(ldap.OPT_X_TLS_CACERTFILE, authorities(request["authority"]))
    connection.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_DEMAND)
    connection.set_option(ldap.OPT_X_TLS_PROTOCOL_MIN, TLS_1_2)
    try:
        connection.set_option(ldap.OPT_X_TLS_NEWCTX, 0)
    except (ldap.LDAPError, ValueError) as error:
        raise Refused("certificate", "PEM") from error
    if address.scheme == "ldap":
        try:
            connection.start_tls_s()
        except (ldap.PROTOCOL_ERROR, ldap.UNAVAILABLE, ldap.UNWILLING_TO_PERFORM) as error:
            raise Refused("no_tls", info_of(error)) from error
    elif address.scheme != "ldaps":
        raise Refused("no_tls", address.scheme)
    bind_reader(connection, request)
    return connection


def authorities(pem: str) -> str:
    """The file of the authorities that certificates are checked by: the one given (as its text), or the system's."""
    if not pem:
        return SYSTEM_AUTHORITIES
    descriptor = os.memfd_create("authority")
    os.write(descriptor, pem.encode())
    return f"/proc/self/fd/{descriptor}"


def bind_reader(connection: Any, request: dict[str, Any]) -> None:
    if not request["bind_dn"] or not request["secret"]:
        raise Refused("bind_refused", "no account")
    try:
        connection.simple_bind_s(request["bind_dn"], request["secret"])
    except (ldap.INVALID_CREDENTIALS, ldap.INVALID_DN_SYNTAX, ldap.NO_SUCH_OBJECT) as error:
        raise Refused("bind_refused", info_of(error)) from error


def search(connection: Any, base: str, query: str, names: list[str], most: int) -> list[Result]:
    """The entries found, more than `most` being an error of the server's (`incomplete`); referrals are left alone."""
    entries = connection.search_ext_s(base, ldap.SCOPE_SUBTREE, query, names, sizelimit=most)
    return [(dn, entry) for dn, entry in entries if dn]


def pages(connection: Any, base: str, query: str, names: list[str]) -> Iterator[Result]:
    """All entries found, a page at a time. Raises Refused where the server says that there is more and gives none."""
    control = SimplePagedResultsControl(True, size=PAGE, cookie="")
    while True:
        message = connection.search_ext(base, ldap.SCOPE_SUBTREE, query, names, serverctrls=[control])
        _kind, results, _id, controls = connection.result3(message)
        entries = [(dn, entry) for dn, entry in results if dn]
        yield from entries
        said = [one for one in controls if one.controlType == SimplePagedResultsControl.controlType]
        if not said:
            raise Refused("incomplete", "no paged results")
        if not said[0].cookie:
            return
        if not entries:
            raise Refused("incomplete", "an empty page")
        control.cookie = said[0].cookie


# -- people ------------------------------------------------------------------------------------------------------------


def texts(entry: Entry, name: str) -> list[str]:
    """The values of an attribute, whose name the server may write in other capitals."""
    for key, values in entry.items():
        if key.lower() == name.lower():
            return [value.decode("utf-8", "replace")[:LONGEST_NAME].replace("\0", "") for value in values]
    return []


def raw(entry: Entry, name: str) -> bytes:
    return next((values[0] for key, values in entry.items() if key.lower() == name.lower() and values), b"")


def text(entry: Entry, name: str) -> str:
    return (texts(entry, name) or [""])[0].strip()[:LONGEST]


def immutable_id(entry: Entry, name: str) -> str:
    """What the entry keeps for life; Active Directory's is 16 bytes in Windows' order."""
    value = raw(entry, name)
    if len(value) == 16 and name.lower() == "objectguid":
        return str(uuid.UUID(bytes_le=value))
    return value.decode("utf-8", "replace").strip().lower()[:100]


def whole(value: str) -> int:
    return int(value) if re.fullmatch(r"-?\d{1,19}", value) else 0


def is_disabled(entry: Entry, now: float) -> bool:
    """Whether an administrator closed the account, or it has ended.

    A lock that passes by itself after wrong passwords is the server's matter when it is asked to bind: whoever guesses
    at passwords must not have somebody closed here.
    """
    expires = whole(text(entry, "accountExpires"))
    return (
        bool(whole(text(entry, "userAccountControl")) & ACCOUNT_DISABLED)
        or (0 < expires < NEVER and expires <= FILETIME_OF_1970 + now * 10_000_000)
        or text(entry, "pwdAccountLockedTime") == LOCKED_FOR_EVER
        or any(text(entry, name).lower() == "true" for name in CLOSED)
    )


def primary_sid(entry: Entry) -> str:
    """The security identifier of Active Directory's primary group, which does not list its members: in hexadecimal."""
    sid, number = raw(entry, "objectSid"), whole(text(entry, "primaryGroupID"))
    return (sid[:-4] + number.to_bytes(4, "little")).hex() if len(sid) >= 12 and 0 < number < 2**32 else ""


def person_of(dn: str, entry: Entry, request: dict[str, Any]) -> dict[str, Any]:
    """A person as `people.Person` reads them."""
    names = request["attributes"]
    return {
        "dn": folded(dn),
        "uid": text(entry, "uid").lower(),
        "id": immutable_id(entry, names["id"]),
        "email": text(entry, names["email"]).lower(),
        "first_name": text(entry, names["first_name"])[:150],
        "last_name": text(entry, names["last_name"])[:150],
        "disabled": is_disabled(entry, request["now"]),
        "primary": primary_sid(entry),
    }


def folded(dn: str) -> str:
    """A distinguished name as it is compared: without its spaces and capitals."""
    try:
        return str(ldap.dn.dn2str(ldap.dn.str2dn(dn))).casefold()
    except ldap.LDAPError:
        return dn.casefold()


def wanted(request: dict[str, Any]) -> list[str]:
    return [*request["attributes"].values(), "uid", *STATE]


def sign_in(request: dict[str, Any]) -> dict[str, Any]:
    """Find who has this login, prove the password, and give the person with their groups."""
    login, password = request["login"], request["password"]
    # A server takes a bind without a password for an anonymous one, and says yes.
    if not password or "\0" in password or not login or "\0" in login:
        raise Refused("wrong_password")
    connection = connect(request)
    either = "".join(f"({name}={escape_filter_chars(login)})" for name in request["login_attributes"])
    try:
        matches = search(connection, request["base"], f"(&{request['filter']}(|{either}))", wanted(request), 2)
    except ldap.SIZELIMIT_EXCEEDED as error:
        raise Refused("ambiguous") from error
    if len(matches) != 1:
        raise Refused("ambiguous" if matches else "unknown")
    dn, entry = matches[0]
    prove_password(connection, dn, password)
    person = person_of(dn, entry, request)
    if person["disabled"]:
        raise Refused("disabled")
    if not person["id"]:
        raise Refused("no_id", request["attributes"]["id"])
    bind_reader(connection, request)
    return {"person": person, "groups": groups_of(connection, request, dn, person)}


def prove_password(connection: Any, dn: str, password: str) -> None:
    """Bind as the person. Raises Refused with what the server says of them: none of it is trouble of the server's own.

    389-DS, FreeIPA and eDirectory are unwilling to bind a closed account; an entry may have no password to prove.
    """
    try:
        connection.simple_bind_s(dn, password)
    except (ldap.UNWILLING_TO_PERFORM, ldap.INSUFFICIENT_ACCESS, ldap.CONSTRAINT_VIOLATION) as error:
        raise Refused("disabled") from error
    except ldap.INAPPROPRIATE_AUTH as error:
        raise Refused("wrong_password") from error
    except ldap.INVALID_CREDENTIALS as error:
        raise Refused("expired" if EXPIRED.search(info_of(error)) else "wrong_password") from error


# -- groups ------------------------------------------------------------------------------------------------------------


def group_names(dn: str, entry: Entry) -> list[str]:
    """What a rule may call the group: its distinguished name and its names."""
    names = [one.casefold() for name in GROUP_NAMES for one in texts(entry, name)]
    return list(dict.fromkeys([folded(dn), dn.casefold(), *names]))


def groups_of(connection: Any, request: dict[str, Any], dn: str, person: dict[str, Any]) -> list[str]:
    """The names of all groups that a person is in, groups of groups too where they count."""
    if not request["group_base"]:
        return []
    first = [f"(member={escape_filter_chars(dn)})(uniqueMember={escape_filter_chars(dn)})"]
    if person["uid"]:
        first.append(f"(memberUid={escape_filter_chars(person['uid'])})")
    if person["primary"]:
        first.append("(objectSid=" + "".join(f"\\{byte:02x}" for byte in bytes.fromhex(person["primary"])) + ")")
    seen: dict[str, list[str]] = {}
    conditions = ["".join(first)]
    for _level in range(MOST_LEVELS if request["nested"] else 1):
        fresh: list[str] = []
        for some in conditions:
            query = f"(&{request['group_filter']}(|{some}))"
            for group, entry in search(connection, request["group_base"], query, GROUP_NAMES, MOST_GROUPS_OF_ONE):
                if folded(group) not in seen:
                    seen[folded(group)] = group_names(group, entry)
                    fresh.append(escape_filter_chars(group))
        if len(seen) > MOST_GROUPS_OF_ONE:
            raise Refused("incomplete", f"more than {MOST_GROUPS_OF_ONE} groups")
        if not fresh:
            break
        some_at_once = batched(fresh, AT_ONCE, strict=False)
        conditions = ["".join(f"(member={one})(uniqueMember={one})" for one in few) for few in some_at_once]
    return sorted({name for names in seen.values() for name in names})


def members_of(connection: Any, dn: str, entry: Entry) -> list[str]:
    """The members of a group as they are compared; Active Directory gives long lists in parts (`member;range=`)."""
    values: list[str] = []
    for name in MEMBERS:
        got = texts(entry, name)
        values += [one.lower() for one in got] if name == "memberUid" else [folded(one) for one in got]
    part = next((key for key in entry if key.lower().startswith("member;range=")), "")
    while part:
        values += [folded(one) for one in texts(entry, part)]
        end = part.rpartition("-")[2]
        if end == "*":
            break
        rest = f"member;range={int(end) + 1}-*"
        entry = dict(connection.search_ext_s(dn, ldap.SCOPE_BASE, attrlist=[rest]))[dn]
        part = next((key for key in entry if key.lower().startswith("member;range=")), "")
        if not part:
            raise Refused("incomplete", f"{dn}: {rest}")
    return values


def read(request: dict[str, Any]) -> dict[str, Any]:
    """Say all people, then all groups with their members; how many there were."""
    connection = connect(request)
    people = groups = members = 0
    for dn, entry in pages(connection, request["base"], request["filter"], wanted(request)):
        say("person", person_of(dn, entry, request))
        people += 1
        if people > MOST_PEOPLE:
            raise Refused("incomplete", f"more than {MOST_PEOPLE} people")
    if request["group_base"]:
        names = [*GROUP_NAMES, *MEMBERS, "objectSid"]
        for dn, entry in pages(connection, request["group_base"], request["group_filter"], names):
            of_group = members_of(connection, dn, entry)
            sid = raw(entry, "objectSid").hex()
            say("group", {"dn": folded(dn), "names": group_names(dn, entry), "sid": sid, "members": of_group})
            groups, members = groups + 1, members + len(of_group)
            if groups > MOST_GROUPS or members > MOST_MEMBERS:
                raise Refused("incomplete", f"more than {MOST_GROUPS} groups or {MOST_MEMBERS} members")
    return {"people": people, "groups": groups}


def count(request: dict[str, Any]) -> dict[str, Any]:
    """How many people and groups there are, and how many of the people have no identifier or no address."""
    connection = connect(request)
    people = no_id = no_email = 0
    for _dn, entry in pages(connection, request["base"], request["filter"], wanted(request)):
        people += 1
        no_id += not immutable_id(entry, request["attributes"]["id"])
        no_email += not text(entry, request["attributes"]["email"])
    groups = 0
    if request["group_base"]:
        groups = sum(1 for _one in pages(connection, request["group_base"], request["group_filter"], ["cn"]))
    return {"people": people, "groups": groups, "no_id": no_id, "no_email": no_email}


if __name__ == "__main__":
    main()
