"""`./arpent database-script`: what a superuser does once on a server that others keep, as SQL for psql to read first.

The passwords of the three roles are made here and kept in a file in PostgreSQL's own format; the script holds only what
the server keeps of them (SCRAM-SHA-256).
"""

import hashlib
import hmac
import os
import re
import secrets
from base64 import b64encode
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from gis_core.operations.cluster import BOOTSTRAP
from gis_core.operations.environment import DATABASE
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.installation import answers
from gis_core.operations.progress import say

ROLES = ("arpent_owner", "arpent_web", "arpent_worker")
ITERATIONS = 4096
USUAL_FILE = Path("arpent-passwords")


def run(dsn: str, passwords: Path | None) -> int:
    """Print the script; the passwords go to a file, or come from it where it is there."""
    reason = answers.database(dsn) if dsn else "--dsn postgresql://serveur:5432/base est attendu"
    if reason or dsn == answers.OWN:
        raise OperationFailedError(f"Adresse de la base : {reason or 'postgresql://serveur:5432/base est attendu'}.")
    path = (passwords or USUAL_FILE).absolute()
    if not path.exists():
        write_passwords(path, urlsplit(dsn))
    say(script(urlsplit(dsn), read_passwords(path, urlsplit(dsn)), path))
    return 0


def write_passwords(path: Path, dsn: SplitResult) -> None:
    lines = [f"{where(dsn)}:{role}:{secrets.token_urlsafe(32)}\n" for role in ROLES]
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.writelines(lines)
    except OSError as error:
        raise OperationFailedError(f"{path} ne peut pas être écrit ({error.strerror}) : voir --passwords.") from error


def read_passwords(path: Path, dsn: SplitResult) -> dict[str, str]:
    """The password of each role for this server. Raises OperationFailedError."""
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise OperationFailedError(f"Le fichier des mots de passe {path} ne peut pas être lu.") from error
    passwords = {
        role: line.removeprefix(f"{where(dsn)}:{role}:")
        for role in ROLES
        for line in lines
        if line.startswith(f"{where(dsn)}:{role}:")
    }
    if absent := [role for role in ROLES if not passwords.get(role)]:
        raise OperationFailedError(
            f"{path} n’a pas le mot de passe de {', '.join(absent)} pour {where(dsn)} : faites-le avec"
            " ./arpent database-script et la même adresse."
        )
    return passwords


def where(dsn: SplitResult) -> str:
    """Server, port and database as PostgreSQL's file of passwords names them."""
    return f"{dsn.hostname}:{dsn.port or 5432}:{database_name(dsn)}"


def database_name(dsn: SplitResult) -> str:
    return dsn.path.lstrip("/") or DATABASE


def script(dsn: SplitResult, passwords: dict[str, str], path: Path) -> str:
    """The same as what starts a PostgreSQL of our own, in one file, with the verifiers of the passwords."""
    name = database_name(dsn)
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", name):
        raise OperationFailedError(f"« {name} » n’est pas un nom de base : des minuscules, chiffres et « _ ».")
    text = BOOTSTRAP.read_text().partition("\\if :tests")[0]
    roles, database = text.split("select format('create database", 1)
    database = database.replace("\\ir database.sql", BOOTSTRAP.with_name("database.sql").read_text())
    verifiers = "".join(f"alter role {role} password '{verifier(passwords[role])}';\n" for role in ROLES)
    return f"""\
-- Arpent : ce qu'un superutilisateur fait une fois sur {dsn.hostname}. À lire, puis à lancer ainsi :
--     psql --dbname postgres --file CE-FICHIER
-- Il crée trois rôles sans droits d'administration, la base « {name} », cinq extensions, et marque LEAKPROOF quatre
-- fonctions de comparaison : sans ces marques PostgreSQL lirait les couches sans index. On peut le relancer.
-- Les mots de passe n'y sont que sous la forme que garde le serveur (SCRAM) ; Arpent les a dans {path.name}.
-- pg_hba.conf doit laisser entrer ces trois rôles dans « {name} » depuis la machine d'Arpent (scram-sha-256, TLS).
-- Ensuite aucun superutilisateur n'est plus demandé, sauf après « alter extension postgis update » : le relancer.
\\set database {name}
{_without_header(roles)}
{verifiers}
select format('create database{database}
revoke connect on database {name} from public;
grant connect, temporary on database {name} to arpent_owner, arpent_web, arpent_worker;
grant create, usage on schema public to arpent_owner;
"""  # noqa: S608 - a text to be read; the name of the base was checked


def _without_header(text: str) -> str:
    lines = text.splitlines()
    begin = next(number for number, line in enumerate(lines) if not line.startswith("--"))
    return "\n".join(lines[begin:]).rstrip()


def verifier(password: str, salt: bytes | None = None) -> str:
    """What PostgreSQL keeps of a password of ASCII characters (RFC 5803, SCRAM-SHA-256)."""
    salt = salt or secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    key = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    parts = [b64encode(part).decode() for part in (salt, key, server)]
    return f"SCRAM-SHA-256${ITERATIONS}:{parts[0]}${parts[1]}:{parts[2]}"
