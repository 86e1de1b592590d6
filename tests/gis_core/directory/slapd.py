"""A real OpenLDAP server of the tests' own, with the attributes of Active Directory that its schemas allow."""

import base64
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ldap

BASE = "dc=commune,dc=example"
READER, SECRET = f"cn=arpent,{BASE}", "le-secret-du-lecteur"
PASSWORD = "Girolle-2026!"

# As Microsoft numbers them; objectCategory is text here, since Active Directory compares it by a rule of its own.
SCHEMA = """
attributetype ( 1.2.840.113556.1.4.2 NAME 'objectGUID' EQUALITY octetStringMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.146 NAME 'objectSid' EQUALITY octetStringMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl' EQUALITY integerMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.98 NAME 'primaryGroupID' EQUALITY integerMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.159 NAME 'accountExpires' EQUALITY integerMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.221 NAME 'sAMAccountName' EQUALITY caseIgnoreMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.656 NAME 'userPrincipalName' EQUALITY caseIgnoreMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.782 NAME 'objectCategory' EQUALITY caseIgnoreMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
objectclass ( 1.2.840.113556.1.5.9 NAME 'user' SUP inetOrgPerson STRUCTURAL MAY ( objectGUID $ objectSid $
  userAccountControl $ primaryGroupID $ accountExpires $ sAMAccountName $ userPrincipalName $ objectCategory ) )
objectclass ( 1.2.840.113556.1.5.8 NAME 'group' SUP top STRUCTURAL MUST cn
  MAY ( member $ objectGUID $ objectSid $ sAMAccountName ) )
"""
# A bind without a password is said yes to, as some servers do.
CONFIGURATION = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/nis.schema
include {folder}/ad.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
pidfile {folder}/pid
allow bind_anon_cred bind_anon_dn
TLSCertificateFile {folder}/certificate.pem
TLSCertificateKeyFile {folder}/key.pem
database mdb
suffix "{base}"
directory {folder}/data
maxsize 268435456
rootdn "cn=root,{base}"
rootpw {secret}
index objectClass,mail,member,uniqueMember,memberUid,uid,entryUUID eq
overlay ppolicy
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{reader}" read by * none
limits dn.exact="{reader}" {limits}
"""
UNLIMITED = "size.soft=1000 size.hard=1000 size.pr=unlimited size.prtotal=unlimited"


@dataclass
class Directory:
    """Where the server listens; `authority` is the text of what its certificate is checked by."""

    port: int
    plain_port: int
    authority: str
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def server(self) -> str:
        return f"ldaps://127.0.0.1:{self.port}"

    @property
    def start_tls_server(self) -> str:
        return f"ldap://127.0.0.1:{self.plain_port}"

    def options(self, **others: Any) -> dict[str, Any]:
        """Those of a sign-in method that leads here."""
        usual = {
            "servers": [self.server],
            "authority": self.authority,
            "bind_dn": READER,
            "base": f"ou=people,{BASE}",
            "group_base": f"ou=groups,{BASE}",
        }
        return usual | others

    def change(self, dn: str, **attributes: list[bytes]) -> None:
        """Replace attributes of an entry as the directory's administrator; an empty list takes one away."""
        connection = ldap.initialize(f"ldap://127.0.0.1:{self.plain_port}")
        connection.simple_bind_s(f"cn=root,{BASE}", SECRET)
        connection.modify_s(dn, [(ldap.MOD_REPLACE, name, values or None) for name, values in attributes.items()])
        connection.unbind_s()


def free_ports() -> tuple[int, int]:
    """Two different ones."""
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]


def make_certificate(folder: Path, name: str = "IP:127.0.0.1") -> str:
    """A key and a certificate that signs itself, for this name; returns the certificate."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "3650",
    ]
    command += [
        "-keyout",
        str(key),
        "-out",
        str(certificate),
        "-subj",
        "/CN=annuaire",
        "-addext",
        f"subjectAltName={name}",
    ]
    subprocess.run(command, check=True, capture_output=True)
    return certificate.read_text()


def entry(dn: str, **attributes: Any) -> str:
    """An entry as LDIF; bytes and what is not ASCII go in base64."""
    lines = [line("dn", dn)]
    for name, values in attributes.items():
        for value in values if isinstance(values, list) else [values]:
            lines.append(line(name, value))
    return "\n".join(lines) + "\n\n"


def line(name: str, value: Any) -> str:
    content = value if isinstance(value, bytes) else str(value).encode()
    return f"{name}:: {base64.b64encode(content).decode()}"


def person(name: str, **others: Any) -> str:
    usual = {
        "objectClass": "inetOrgPerson",
        "uid": name,
        "cn": name,
        "sn": name.split(".")[-1].title(),
        "givenName": name.split(".")[0].title(),
        "mail": f"{name}@commune.example",
        "userPassword": PASSWORD,
    }
    entered = usual | others
    return entry(dn_of(entered["uid"]), **entered)


def dn_of(uid: str) -> str:
    return f"uid={uid},ou=people,{BASE}"


def group_dn(name: str) -> str:
    return f"cn={name},ou=groups,{BASE}"


def group(name: str, members: list[str]) -> str:
    return entry(group_dn(name), objectClass="groupOfNames", cn=name, member=members)


def top() -> str:
    return (
        entry(BASE, objectClass=["dcObject", "organization"], dc="commune", o="Commune")
        + entry(READER, objectClass=["organizationalRole", "simpleSecurityObject"], cn="arpent", userPassword=SECRET)
        + "".join(entry(f"ou={one},{BASE}", objectClass="organizationalUnit", ou=one) for one in ("people", "groups"))
    )


@contextmanager
def serving(entries: Iterable[str], *, limits: str = UNLIMITED) -> Iterator[Directory]:
    """Start slapd on free ports with these entries; it is ended with the block."""
    with tempfile.TemporaryDirectory(prefix="arpent-slapd-") as name:
        folder = Path(name)
        (folder / "data").mkdir()
        (folder / "ad.schema").write_text(SCHEMA)
        authority = make_certificate(folder)
        text = CONFIGURATION.format(folder=folder, base=BASE, reader=READER, secret=SECRET, limits=limits)
        (folder / "slapd.conf").write_text(text)
        ldif = folder / "entries.ldif"
        ldif.write_text(top() + "".join(entries))
        command = ["/usr/sbin/slapadd", "-q", "-f", str(folder / "slapd.conf"), "-l", str(ldif)]
        subprocess.run(command, check=True, capture_output=True)
        port, plain_port = free_ports()
        addresses = f"ldaps://127.0.0.1:{port}/ ldap://127.0.0.1:{plain_port}/"
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                ["/usr/sbin/slapd", "-d", "0", "-f", str(folder / "slapd.conf"), "-h", addresses],
                stdout=log,
                stderr=log,
            )
        try:
            wait_for(plain_port, process)
            yield Directory(port, plain_port, authority, folder, process)
        finally:
            process.terminate()
            process.wait(20)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _attempt in range(600):
        if process.poll() is not None:
            raise RuntimeError("slapd ended")
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("slapd does not listen")
