"""Where the continuous archive lies, as `ARPENT_ARCHIVE` says: a folder, SFTP or S3; and what two programs need for it.

pgBackRest keeps the database's log and base backups below `database`, restic the files below `files`. Both encrypt with
one key, which stays with the database's user: neither the site nor whoever keeps the archive reads it.
"""

import os
import pwd
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from gis_core.operations.environment import Place, is_outside, make_backups, read_plain, write_private
from gis_core.operations.failure import OperationFailedError

SETTING = "ARPENT_ARCHIVE"
USUAL_DAYS = "35"
STANZA = "arpent"
KEY = "archive-key"
CONFIGURATION = "pgbackrest.conf"
# Work that is not in the archive yet: a segment of the log leaves after at most this long, and files are looked for
# as often. The promise is 300 s.
ARCHIVE_SECONDS = 120
SCHEMES = ("sftp", "s3")
# What may follow `?` in an address.
OPTIONS = {"sftp": ("key", "known-hosts"), "s3": ("key", "secret", "region", "ca")}
MOST_SECRET_BYTES = 10_000
EXPECTED = (
    "un dossier (/sauvegardes/arpent), sftp://compte@serveur/dossier?key=/chemin/de/la/cle ou"
    " s3://serveur/seau/dossier?key=IDENTIFIANT&secret=/chemin/du/secret est attendu"
)


@dataclass(frozen=True)
class Target:
    """Where the archive lies. `folder` begins with `/`; `options` are those of `OPTIONS`."""

    kind: Literal["folder", "sftp", "s3"]
    folder: str
    host: str = ""
    port: int | None = None
    user: str = ""
    bucket: str = ""
    options: dict[str, str] = field(default_factory=dict)


def parse(address: str) -> Target:
    """What an address says. Raises ValueError, in French."""
    if address.startswith("/"):
        return Target("folder", address.rstrip("/"))
    try:
        parts = urlsplit(address)
        port, options = (
            parts.port,
            dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))),
        )
    except ValueError as error:
        raise ValueError(EXPECTED) from error
    path = unquote(parts.path).rstrip("/")
    if parts.scheme not in SCHEMES or not parts.hostname or not path:
        raise ValueError(EXPECTED)
    if strange := sorted(options.keys() - set(OPTIONS[parts.scheme])):
        raise ValueError(f"« {strange[0]} » n’est pas connu après « ? » ({', '.join(OPTIONS[parts.scheme])})")
    if parts.password:
        raise ValueError("pas de mot de passe dans l’adresse : une clé ou un secret, dans un fichier")
    if parts.scheme == "sftp":
        if not parts.username or "key" not in options:
            raise ValueError(
                "sftp demande un compte et le fichier de sa clé : sftp://compte@serveur/dossier?key=/chemin"
            )
        return Target("sftp", path, parts.hostname, port, parts.username, options=options)
    bucket, _, folder = path.removeprefix("/").partition("/")
    if "key" not in options or "secret" not in options:
        raise ValueError("s3 demande ?key=IDENTIFIANT&secret=/chemin/du/fichier/qui/contient/le/secret")
    return Target("s3", f"/{folder}".rstrip("/"), parts.hostname, port, bucket=bucket, options=options)


def address_fault(value: str) -> str:
    """What is wrong with an address, in French; nothing where it is good or empty."""
    try:
        if value:
            parse(value)
    except ValueError as error:
        return str(error)
    return ""


def configured(place: Place) -> Target | None:
    """The archive of this installation; None without one, for a copy beside it, and for a server that others keep."""
    address = os.environ.get(SETTING, "").strip()
    if not address or place.is_trial or is_outside():
        return None
    try:
        return parse(address)
    except ValueError as error:
        raise OperationFailedError(f"{SETTING} : {error}.") from error


def days_kept() -> int:
    """The recovery window: for so many days every second can be returned to."""
    return int(os.environ.get(f"{SETTING}_DAYS", USUAL_DAYS))


def key_file(place: Place) -> Path:
    return place.backups / KEY


def read_key(place: Place) -> str:
    """The encryption key. Raises OperationFailedError where it is lost: then it is typed from the printed sheet."""
    try:
        key = read_plain(key_file(place), MOST_SECRET_BYTES).decode().strip()
    except (OSError, UnicodeDecodeError, OperationFailedError) as error:
        reason = getattr(error, "strerror", "") or "ce n'est pas un fichier ordinaire de texte"
        raise OperationFailedError(
            f"La clé de l'archive ({key_file(place)}) ne peut pas être lue ({reason}). Si la machine est neuve,"
            " tapez-la depuis la feuille imprimée : ./arpent escrow --enter."
        ) from error
    if not key:
        raise OperationFailedError(f"{key_file(place)} est vide : tapez la clé de la feuille, ./arpent escrow --enter.")
    return key


def prepare(place: Place, data: Path) -> dict[str, str]:
    """Write pgBackRest's configuration, with a key made once; PostgreSQL's settings. Nothing without an archive.

    `data` is PostgreSQL's folder. Everything is the database's user's. Raises OperationFailedError.
    """
    target = configured(place)
    if target is None:
        return {}
    make_backups(place)
    if not key_file(place).exists():
        write_private(key_file(place), secrets.token_hex(32))
        give(place, key_file(place))
    write_configuration(place, target, data)
    return postgresql_settings(place)


def write_configuration(place: Place, target: Target, data: Path) -> None:
    """That of pgBackRest, and the folders where it works. Raises OperationFailedError."""
    path = place.backups / CONFIGURATION
    write_private(path, pgbackrest_configuration(place, target, data))
    work = place.backups / "pgbackrest"
    work.mkdir(exist_ok=True, mode=0o750)
    give(place, path)
    give(place, work)


def give(place: Place, path: Path) -> None:
    """To the user of the database, what root has made."""
    if os.geteuid() == 0:
        owner = pwd.getpwuid(place.database_uid)
        os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)


def read_secret(path: str) -> str:
    """A secret that lies in a file of its own. Raises OperationFailedError."""
    try:
        return read_plain(Path(path).resolve(), MOST_SECRET_BYTES).decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise OperationFailedError(
            f"{SETTING} : {path} ne peut pas être lu : donnez-le à l'utilisateur de la base"
            " (chown arpent-db, chmod 600)."
        ) from error


def postgresql_settings(place: Place) -> dict[str, str]:
    """What PostgreSQL needs in order to archive its log; nothing without an archive."""
    if configured(place) is None:
        return {}
    command = f"/usr/bin/pgbackrest --config={place.backups / CONFIGURATION} --stanza={STANZA} archive-push %p"
    quoted = command.replace("'", "''")
    return {
        "wal_level": "replica",
        "archive_mode": "on",
        "archive_command": f"'{quoted}'",
        "archive_timeout": f"{ARCHIVE_SECONDS}s",
    }


def pgbackrest_configuration(place: Place, target: Target, data: Path) -> str:
    """The text of pgBackRest's configuration; `data` is PostgreSQL's folder."""
    work = place.backups / "pgbackrest"
    options = {
        "repo1-path": f"{target.folder}/database",
        "repo1-cipher-type": "aes-256-cbc",
        "repo1-cipher-pass": read_key(place),
        "repo1-retention-full-type": "time",
        "repo1-retention-full": str(days_kept()),
        "repo1-bundle": "y",
        "compress-type": "zst",
        "process-max": "2",
        "start-fast": "y",
        "lock-path": str(work / "lock"),
        "log-path": str(work / "log"),
        "spool-path": str(work / "spool"),
        "log-level-file": "off",
        "log-level-console": "warn",
        **_remote_options(target),
    }
    lines = [f"{name}={value}" for name, value in options.items()]
    of_database = {"pg1-path": str(data), "pg1-socket-path": str(place.socket_directory()), "pg1-user": "postgres"}
    return "\n".join(["[global]", *lines, "", f"[{STANZA}]", *(f"{k}={v}" for k, v in of_database.items()), ""])


def _remote_options(target: Target) -> dict[str, str]:
    if target.kind == "sftp":
        options = {
            "repo1-type": "sftp",
            "repo1-sftp-host": target.host,
            "repo1-sftp-host-user": target.user,
            "repo1-sftp-private-key-file": target.options["key"],
            "repo1-sftp-host-key-hash-type": "sha256",
        }
        if target.port:
            options["repo1-sftp-host-port"] = str(target.port)
        if known := target.options.get("known-hosts"):
            options["repo1-sftp-known-host"] = known
        return options
    if target.kind == "s3":
        options = {
            "repo1-type": "s3",
            "repo1-s3-bucket": target.bucket,
            "repo1-s3-endpoint": target.host,
            "repo1-s3-region": target.options.get("region", "us-east-1"),
            "repo1-s3-key": target.options["key"],
            "repo1-s3-key-secret": read_secret(target.options["secret"]),
            "repo1-s3-uri-style": "path",
        }
        if target.port:
            options["repo1-storage-port"] = str(target.port)
        if ca := target.options.get("ca"):
            options["repo1-storage-ca-file"] = ca
        return options
    return {}


def restic_arguments(target: Target) -> list[str]:
    """Where restic's repository is, as its options."""
    if target.kind == "folder":
        return ["--repo", f"{target.folder}/files"]
    if target.kind == "sftp":
        known = f" -o UserKnownHostsFile={target.options['known-hosts']}" if "known-hosts" in target.options else ""
        login = (
            f"ssh -p {target.port or 22} -i {target.options['key']} -o BatchMode=yes{known} {target.user}@{target.host}"
        )
        return [
            "--repo",
            f"sftp:{target.user}@{target.host}:{target.folder}/files",
            "-o",
            f"sftp.command={login} -s sftp",
        ]
    port = f":{target.port}" if target.port else ""
    where = f"s3:https://{target.host}{port}/{target.bucket}{target.folder}/files"
    arguments = ["--repo", where, "-o", "s3.bucket-lookup=path"]
    return arguments + (["--cacert", target.options["ca"]] if "ca" in target.options else [])


def restic_environment(place: Place, target: Target) -> dict[str, str]:
    """What restic reads from its environment: its password is the archive's key."""
    env = {"RESTIC_PASSWORD": read_key(place), "RESTIC_CACHE_DIR": str(place.backups / "restic-cache")}
    if target.kind == "s3":
        secret = read_secret(target.options["secret"])
        env |= {"AWS_ACCESS_KEY_ID": target.options["key"], "AWS_SECRET_ACCESS_KEY": secret}
        env["AWS_DEFAULT_REGION"] = target.options.get("region", "us-east-1")
    return env
