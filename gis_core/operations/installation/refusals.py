"""What would make an installation fail or harm something, looked at before anything is changed."""

import os
import shutil
import smtplib
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

from gis_core.operations import account, configuration, demo
from gis_core.operations.environment import Place
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.installation.answers import Answers, read_answers
from gis_core.operations.installation.certificate import check_certificate
from gis_core.operations.installation.database_script import read_passwords
from gis_core.operations.installation.layout import Layout
from gis_core.operations.processes import first_number
from gis_core.operations.progress import say

MIB = 2**20
CODE_MIB, DATA_MIB = 3000, 1000
MAIL_S, MIRROR_S = 10, 8
LONGEST_DRIFT = timedelta(minutes=2)
RELEASE = "trixie"
PORTS = {"smtps": 465, "smtp": 587}
IMPLICIT_TLS = 465


def check_machine(layout: Layout, answers: Answers) -> None:
    """Look at everything; nothing is changed. Raises OperationFailedError for the first thing that is in the way."""
    check_root()
    check_release(layout.root / "etc/os-release")
    check_only_one(layout, answers)
    if not layout.answers.is_file():
        check_data(answers.data)
    check_space(layout, answers)
    check_ports(layout, answers)
    check_certificate(answers)
    check_mail(answers.mail)
    check_clock(layout)
    if answers.dsn:
        read_passwords(Path(answers.values["DATABASE_PASSWORDS"]), answers.dsn)


def check_root() -> None:
    if os.geteuid() != 0:
        raise OperationFailedError("L’installation demande root : sudo ./arpent install. Rien n’a été changé.")


def check_release(path: Path) -> None:
    text = path.read_text() if path.is_file() else ""
    if f"VERSION_CODENAME={RELEASE}" not in text.splitlines():
        raise OperationFailedError("Arpent s’installe sur Debian 13 (trixie) : cette machine a un autre système.")


def check_only_one(layout: Layout, answers: Answers) -> None:
    """One installation on a machine: its units, its command and its link `current` have one name each."""
    if not layout.answers.is_file():
        return
    former = read_answers(layout.answers)
    if (former.data, former.host) != (answers.data, answers.host):
        raise OperationFailedError(
            f"Arpent est déjà installé ici (https://{former.site.netloc}, données dans {former.data}) : une machine"
            " n’en porte qu’un. Désinstallez-le d’abord (arpent uninstall), ou prenez une autre machine."
        )


def check_data(data: Path) -> None:
    """A folder that holds something else than Arpent's, or where an Arpent runs that we did not install, stays."""
    if data.is_symlink() or (data.exists() and not data.is_dir()):
        raise OperationFailedError(f"{data} n’est pas un dossier ordinaire : donnez le chemin d’un vrai dossier.")
    marks = {*account.MARKS, configuration.FILE}
    if data.is_dir() and (names := {path.name for path in data.iterdir()}) and not names & marks:
        raise OperationFailedError(f"{data} contient autre chose qu’Arpent : donnez un dossier vide ou nouveau.")
    if (data / "run").is_dir() and not demo.is_free(Place(data)):
        raise OperationFailedError(f"Arpent tourne déjà dans {data} : ./arpent stop, puis relancez.")


def check_space(layout: Layout, answers: Answers) -> None:
    wanted = [(answers.data, DATA_MIB if not (answers.data / "pg").exists() else 0)]
    wanted += [(layout.versions, 0 if (layout.code / ".venv").is_dir() else CODE_MIB)]
    for folder, needed in wanted:
        above = next(one for one in (folder, *folder.parents) if one.exists())
        free = shutil.disk_usage(above).free // MIB
        if free < needed:
            raise OperationFailedError(
                f"Il reste {free} Mio sur le disque de {folder}, il en faut {needed} : libérez de la place et relancez."
            )


def addresses(answers: Answers) -> list[str]:
    """What the proxy listens on, as nginx writes it: the address that was given, or all of both kinds there are."""
    given = answers.values["ARPENT_BIND"]
    if given:
        return [f"[{given}]" if ":" in given else given]
    with suppress(OSError), closing(socket.socket(socket.AF_INET6)) as probe:
        probe.bind(("::1", 0))
        return ["0.0.0.0", "[::]"]  # noqa: S104 - a public site is asked from everywhere
    return ["0.0.0.0"]  # noqa: S104


def check_ports(layout: Layout, answers: Answers) -> None:
    """Nobody listens there, but our own proxy."""
    pid = first_number(layout.proxy / "nginx.pid")
    with suppress(OSError):
        if pid and b"nginx" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return
    for port in filter(None, (answers.https_port, answers.http_port)):
        address = addresses(answers)[0].strip("[]")
        with closing(socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError as error:
                raise OperationFailedError(
                    f"Le port {port} est déjà pris ({error.strerror}) : arrêtez ce qui l’occupe (ss -ltnp), puis"
                    " relancez la même commande."
                ) from error


def check_mail(url: str) -> None:
    """The mail server greets within ten seconds."""
    if not url:
        return
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    client = smtplib.SMTP_SSL if parts.scheme == "smtps" and port == IMPLICIT_TLS else smtplib.SMTP
    try:
        with client(host, port, timeout=MAIL_S):
            pass
    except (OSError, smtplib.SMTPException) as error:
        late = isinstance(error, TimeoutError) or "timed out" in str(error)
        reason = f"ne répond pas en {MAIL_S} s" if late else f"ne répond pas comme un serveur de courriel ({error})"
        raise OperationFailedError(
            f"Le serveur de courriel {host}:{port} {reason} : corrigez ARPENT_EMAIL_URL, ou écrivez none pour installer"
            " sans courriel."
        ) from error


def check_clock(layout: Layout) -> None:
    """Against the Debian mirror's, whose packages are fetched anyway; said where no mirror answers."""
    for address in mirrors(layout.root / "etc/apt"):
        drift = drift_from(address)
        if drift is None:
            continue
        if abs(drift) > LONGEST_DRIFT:
            raise OperationFailedError(
                f"L’horloge de cette machine est à {abs(drift).total_seconds() / 60:.0f} minutes de celle de"
                f" {urlsplit(address).hostname} : mettez-la à l’heure (timedatectl, chrony), puis relancez."
            )
        return
    say("  Horloge : aucun miroir de Debian ne répond, elle n’a pas été comparée.")


def mirrors(folder: Path) -> Iterator[str]:
    """The http addresses of apt's sources."""
    files = [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*"))]
    for file in filter(Path.is_file, files):
        for line in file.read_text(errors="replace").splitlines():
            if line.startswith(("deb ", "URIs:")):
                yield from (word for word in line.split() if word.startswith(("http://", "https://")))


def drift_from(address: str) -> timedelta | None:
    """How far our clock is from that of a web server; None where it does not answer."""
    request = urllib.request.Request(address, method="HEAD")  # noqa: S310 - http alone (`mirrors`)
    try:
        with urllib.request.urlopen(request, timeout=MIRROR_S) as answer:  # noqa: S310
            headers = answer.headers
    except urllib.error.HTTPError as error:
        headers = error.headers
    except OSError:
        return None
    try:
        # What a cache answers was said so long ago.
        age = timedelta(seconds=int(headers.get("Age", "0")))
        return datetime.now(UTC) - parsedate_to_datetime(headers["Date"]) - age
    except (TypeError, ValueError):
        return None
