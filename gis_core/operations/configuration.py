"""The settings of a site: `<data>/arpent.conf` and the environment, checked before anything starts.

The file has a line `NAME=value` for each setting, `#` before a remark; quotes around a value are taken away, nothing
else is interpreted. What the environment says wins. A secret may lie in a file of its own, which `NAME_FILE` names.
Nothing of Django is imported: its settings read what this module leaves in the environment.
"""

import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

from gis_core.operations import archive_target
from gis_core.operations.environment import open_plain, read_plain
from gis_core.operations.failure import OperationFailedError

FILE = "arpent.conf"
Check = Callable[[str], str]
LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")


def text(_value: str) -> str:
    return ""


def flag(value: str) -> str:
    return "" if value in ("0", "1") else "0 ou 1 est attendu"


def number(low: int, high: int) -> Check:
    """A whole number between both."""

    def check(value: str) -> str:
        inside = value.isascii() and value.isdigit() and low <= int(value) <= high
        return "" if inside else f"un nombre entier de {low} à {high} est attendu"

    return check


def seconds(value: str) -> str:
    try:
        return "" if 0 < float(value) <= 600 else "de 0 à 600 secondes"
    except ValueError:
        return "un nombre de secondes est attendu (10 ou 2.5)"


def hour(value: str) -> str:
    try:
        datetime.strptime(value or "01:30", "%H:%M")
    except ValueError:
        return "une heure est attendue (01:30), ou rien"
    return ""


def address(*schemes: str) -> Check:
    """An address with one of these schemes and a host, or nothing."""

    def check(value: str) -> str:
        try:
            parts = urlsplit(value)
            port_is_read = parts.port is None or parts.port > 0
        except ValueError:
            port_is_read = False
        good = not value or (port_is_read and parts.scheme in schemes and parts.hostname)
        return "" if good else f"une adresse {' ou '.join(f'{scheme}://hote' for scheme in schemes)} est attendue"

    return check


def days_by_kind(value: str) -> str:
    good = all(re.fullmatch(r"[a-z_]+=[1-9][0-9]{0,4}", one) for one in value.split())
    return "" if good else "des nombres de jours par sorte sont attendus (refusal=90 sign_in=180)"


def syslog(value: str) -> str:
    if value.startswith("file:///"):
        return ""
    return address("udp", "tcp", "tls")(value) and "udp://hote:514, tcp://hote:601, tls://hote:6514 ou file:///chemin"


def level(value: str) -> str:
    levels = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
    return "" if value in levels else f"{', '.join(levels)} : l’un d’eux est attendu"


def folder(value: str) -> str:
    return (
        ""
        if not value or Path(value).is_absolute()
        else "le chemin entier d’un dossier est attendu (il commence par /)"
    )


@dataclass(frozen=True)
class Setting:
    """What is checked of a value (French, empty where it is good), and whether it is a secret."""

    check: Check = text
    secret: bool = False


MEBIBYTES = number(0, 100_000_000)
SETTINGS = {
    "ARPENT_ALLOWED_HOSTS": Setting(),
    "ARPENT_SITE_URL": Setting(address("http", "https")),
    "ARPENT_HTTPS": Setting(flag),
    "ARPENT_TRUSTED_PROXIES": Setting(number(0, 10)),
    "ARPENT_EMAIL_URL": Setting(address("smtp", "smtps"), secret=True),
    "ARPENT_EMAIL_FROM": Setting(),
    "ARPENT_METRICS_TOKEN": Setting(secret=True),
    "ARPENT_SECURITY_LOG_DAYS": Setting(number(1, 36_500)),
    "ARPENT_SECURITY_LOG_BY_KIND": Setting(days_by_kind),
    "ARPENT_SYSLOG": Setting(syslog),
    "ARPENT_QUOTA_LAYERS": Setting(MEBIBYTES),
    "ARPENT_QUOTA_ROWS": Setting(number(0, 10**12)),
    "ARPENT_QUOTA_MB": Setting(MEBIBYTES),
    "ARPENT_UPLOAD_MAX_MB": Setting(number(1, 1_000_000)),
    "ARPENT_PIECE_MAX_MB": Setting(number(1, 100_000)),
    "ARPENT_ANTIVIRUS": Setting(),
    "ARPENT_ROAD_REQUEST_YEARS": Setting(number(0, 100)),
    "ARPENT_TILE_CACHE_MB": Setting(MEBIBYTES),
    "ARPENT_PHOTO_CACHE_MB": Setting(MEBIBYTES),
    "ARPENT_REFRESH_DIR": Setting(folder),
    "ARPENT_PRIVATE_HOSTS": Setting(),
    "ARPENT_SMS_URL": Setting(address("http", "https")),
    "ARPENT_SMS_TOKEN": Setting(secret=True),
    "ARPENT_SMS_SENDER": Setting(),
    "ARPENT_SMS_TIMEOUT_S": Setting(seconds),
    "ARPENT_SMS_KNOWS_KEYS": Setting(flag),
    "ARPENT_SMS_REPORT_SECRET": Setting(secret=True),
    "ARPENT_DATA": Setting(),
    "ARPENT_DELIVERIES": Setting(),
    "ARPENT_PORT": Setting(number(1, 65_535)),
    "ARPENT_BIND": Setting(),
    "ARPENT_TLS_CERTIFICATE": Setting(folder),
    "ARPENT_TLS_KEY": Setting(folder),
    "ARPENT_BACKUP_AT": Setting(hour),
    "ARPENT_BACKUP_KEEP": Setting(number(1, 10_000)),
    "ARPENT_BACKUP_WEEKS": Setting(number(0, 1_000)),
    "ARPENT_BACKUP_MONTHS": Setting(number(0, 1_000)),
    "ARPENT_ARCHIVE": Setting(archive_target.address_fault),
    "ARPENT_ARCHIVE_DAYS": Setting(number(1, 3_650)),
    "ARPENT_APPS": Setting(),
    "ARPENT_LOG_LEVEL": Setting(level),
    "ARPENT_SECRET_KEY": Setting(secret=True),
    "ARPENT_DEBUG": Setting(flag),
    "ARPENT_DEMO": Setting(flag),
    "ARPENT_DEMO_PHOTOS": Setting(flag),
    "ARPENT_SHARED_DATA": Setting(),
    "ARPENT_DB_OUTSIDE": Setting(flag),
    "ARPENT_DB_HOST": Setting(),
    "ARPENT_DB_PORT": Setting(number(1, 65_535)),
    "ARPENT_DB_NAME": Setting(),
    "ARPENT_DB_USER": Setting(),
    "ARPENT_DB_PASSWORD": Setting(secret=True),
}
# Where the folder is what the file lies in, and what a command or a process says for itself.
NOT_IN_FILE = {"ARPENT_DATA", "ARPENT_DB_USER"}
OF_FILE = "_FILE"
MOST_BYTES = 100_000


def load(data: Path, environ: MutableMapping[str, str] = os.environ, *, of_root: bool = False) -> None:
    """Read the file and the secrets' files into the environment. Raises OperationFailedError with every fault at once.

    The faults name the file and its line; no value of a secret is repeated. `of_root`: a file of root's alone is read,
    for who asks is the site itself, and others read the file after it.
    """
    # The folder itself may be a link: whoever starts us chose it.
    values, faults = read(data.resolve() / FILE, of_root=of_root)
    faults += [reason for name, (value, where) in values.items() if (reason := fault(name, value, where, SETTINGS))]
    faults += [
        f"{name} (environnement) : {reason}."
        for name, setting in SETTINGS.items()
        if name in environ and (reason := setting.check(environ[name]))
    ]
    # A secret's file that the environment names comes before what the settings' file says.
    faults += list(_read_secrets(environ))
    for name, (value, _where) in values.items():
        environ.setdefault(name, value)
    faults += list(_read_secrets(environ))
    if faults:
        raise OperationFailedError(
            "Réglages à corriger, rien n’a été démarré :\n" + "\n".join(f"  {one}" for one in dict.fromkeys(faults))
        )


def read(path: Path, *, of_root: bool = False) -> tuple[dict[str, tuple[str, str]], list[str]]:
    """Values of a settings file with where each stands, and in French what cannot be read. No file: neither."""
    values: dict[str, tuple[str, str]] = {}
    faults: list[str] = []
    for number_, line in enumerate(_lines(path, of_root=of_root), 1):
        where = f"{path}, ligne {number_}"
        if not line or line.startswith("#"):
            continue
        match = LINE.fullmatch(line)
        if not match:
            faults.append(f"{where} : NOM=valeur est attendu.")
        elif match[1] in values:
            faults.append(f"{where} : {match[1]} est déjà réglé plus haut ; gardez une seule ligne.")
        else:
            values[match[1]] = (_unquote(match[2]), where)
    return values, faults


def _lines(path: Path, *, of_root: bool) -> list[str]:
    try:
        text = read_own(path, {0} if of_root else {0, os.geteuid()}).decode("utf-8-sig")
    except FileNotFoundError:
        return []
    except UnicodeDecodeError as error:
        raise OperationFailedError(f"{path} n’est pas un texte en UTF-8 : enregistrez-le ainsi.") from error
    except OSError as error:
        raise OperationFailedError(
            f"{path} ne peut pas être lu ({error.strerror}) : donnez-le au groupe du site (chmod 640, chgrp arpent)."
        ) from error
    return [line.strip() for line in text.splitlines()]


def read_own(path: Path, owners: set[int]) -> bytes:
    """A file that nobody but its `owners` (uids) can have written: the site writes in this folder as well.

    Raises OSError, OperationFailedError.
    """
    with os.fdopen(open_plain(path, os.O_RDONLY), "rb") as file:
        state = os.fstat(file.fileno())
        if state.st_uid not in owners or state.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise OperationFailedError(
                f"{path} peut être écrit par d’autres que root : chown root:arpent {path}, chmod 640 {path}."
            )
        return file.read(MOST_BYTES)


def _unquote(value: str) -> str:
    value = value.strip()
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def fault(name: str, value: str, where: str, known: Mapping[str, Setting]) -> str:
    """What is wrong with a line of a file of these settings, with what to write instead; nothing where it is good."""
    base = name.removesuffix(OF_FILE)
    if base != name and base in known and known[base].secret:
        return ""
    if known is SETTINGS and name in NOT_IN_FILE:
        return f"{where} : {name} se dit dans l’environnement d’une commande, pas dans ce fichier."
    if name not in known:
        near = get_close_matches(name.upper(), known, 1)
        return f"{where} : {name} n’est pas un réglage{f' ; vouliez-vous {near[0]} ?' if near else '.'}"
    reason = known[name].check(value)
    return f"{where} : {name} : {reason}." if reason else ""


def _read_secrets(environ: MutableMapping[str, str]) -> Iterator[str]:
    """Take secrets from their files; what cannot be read, in French."""
    for name in secret_names():
        path = environ.get(name + OF_FILE)
        if not path or name in environ:
            continue
        try:
            secret = read_plain(Path(path).resolve(), MOST_BYTES).decode().strip()
        except (OSError, OperationFailedError, UnicodeDecodeError) as error:
            yield f"{name}{OF_FILE} : {path} ne peut pas être lu ({getattr(error, 'strerror', 'pas un texte')})."
            continue
        environ[name] = secret
        if reason := SETTINGS[name].check(secret):
            yield f"{path} ({name}) : {reason}."


def secret_names() -> list[str]:
    return [name for name, setting in SETTINGS.items() if setting.secret]


def unknown_names(environ: Mapping[str, str]) -> list[str]:
    """Names of the environment that look like settings and are near one, but are none: likely typing errors."""
    ours = {*SETTINGS, *(name + OF_FILE for name in secret_names())}
    strange = (name for name in environ if name.startswith("ARPENT_") and name not in ours)
    return [name for name in strange if get_close_matches(name, SETTINGS, 1, cutoff=0.88)]
