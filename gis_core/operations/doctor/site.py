"""What the doctor asks of the site: does it answer, its certificate, its proxy, its mail, its backups."""

import json
import os
import smtplib
import socket
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from gis_core.http.addresses import IMPLICIT_TLS_PORT, mail_options
from gis_core.operations import account, configuration, demo, manage
from gis_core.operations.backup_status import STALE, Status, read_status
from gis_core.operations.doctor.finding import Finding, failure, ok, unknown, warning
from gis_core.operations.environment import ROOT, Place, backup_hour, read_plain, switch, variables
from gis_core.operations.installation.layout import PROXY_USER, Layout
from gis_core.operations.installation.refresh import MachineFiles
from gis_core.operations.proxy import PROGRAM
from gis_core.version import VERSION

INSTALLED = Layout()
CERTIFICATE_DAYS = 21
ANSWER_S = 5
MAIL_S = 40
CONFIGURATION_BYTES = 100_000


def settings(place: Place) -> Iterator[Finding]:
    """Where the settings are, and names of the environment that are none but nearly."""
    path = place.data / configuration.FILE
    if strange := configuration.unknown_names(os.environ):
        yield warning(
            "settings", f"{', '.join(strange)} : aucun réglage ne s'appelle ainsi", "Voir docs/reference/reglages.md."
        )
    elif path.exists() and path.stat().st_mode & 0o004:
        yield failure(
            "settings", f"{path}, qui peut tenir des mots de passe, est lisible par tous", f"chmod 640 {path}"
        )
    else:
        yield ok("settings", str(path) if path.exists() else "dans l'environnement")


def answering(place: Place) -> Iterator[Finding]:
    """What was last started answers that it is ready."""
    run = demo.read_run(place)
    port = run.port if run else int(os.environ.get("ARPENT_PORT", "8045"))
    installed = INSTALLED.proxy_settings.exists() and not run
    url = f"{os.environ.get('ARPENT_SITE_URL', '')}/health/ready" if installed else demo.ready_url(port)
    try:
        with urllib.request.urlopen(url, timeout=ANSWER_S) as answer:  # noqa: S310 - this machine's own address
            yield ok("site", f"{url} répond : Arpent {json.load(answer)['version']}")
    except urllib.error.HTTPError as error:
        reasons = ", ".join(json.load(error).get("reasons", [])) or f"réponse {error.code}"
        yield failure(
            "site", f"{url} répond qu'il n'est pas prêt : {reasons}", "Voir les contrôles de la base ci-dessous."
        )
    except (OSError, ValueError, KeyError) as error:
        start = "systemctl start arpent.target" if installed else "./arpent serve (ou ./arpent demo)"
        yield failure("site", f"{url} ne répond pas ({error})", f"Démarrez le site : {start}.")


def certificate(_place: Place) -> Iterator[Finding]:
    """The public address's certificate is trusted here and does not end soon."""
    url = urlsplit(os.environ.get("ARPENT_SITE_URL", ""))
    if url.scheme != "https" or not url.hostname:
        secured = os.environ.get("ARPENT_HTTPS") == "1"
        said = "ARPENT_SITE_URL n'est pas réglée : le certificat n'est pas regardé" if secured else "site sans HTTPS"
        yield unknown("certificate", said, "Réglez ARPENT_SITE_URL=https://…" if secured else "")
        return
    address = (url.hostname, url.port or 443)
    try:
        with (
            socket.create_connection(address, ANSWER_S) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=url.hostname) as secure,
        ):
            yield _validity(str((secure.getpeercert() or {})["notAfter"]))
    except ssl.SSLCertVerificationError as error:
        yield failure(
            "certificate",
            f"{url.hostname} : {error.verify_message}",
            "Renouvelez le certificat et rechargez le mandataire.",
        )
    except (OSError, KeyError) as error:
        yield failure(
            "certificate", f"{url.hostname} ne répond pas en TLS ({error})", "Vérifiez le mandataire et le DNS."
        )


def _validity(end: str) -> Finding:
    ends_at = datetime.fromtimestamp(ssl.cert_time_to_seconds(end), UTC)
    days = (ends_at - datetime.now(UTC)).days
    said = f"valable jusqu'au {ends_at:%Y-%m-%d} ({days} jours)"
    if days < CERTIFICATE_DAYS:
        return warning(
            "certificate", said, "Renouvelez-le maintenant ; s'il devait se renouveler seul, cherchez pourquoi non."
        )
    return ok("certificate", said)


def proxy(place: Place) -> Iterator[Finding]:
    """nginx is there, takes its configuration, and keeps whole bodies before it asks the web server."""
    if not PROGRAM.exists():
        yield failure("proxy", "nginx manque", "Lancez ./arpent demo ou ./arpent serve, qui l'installe.")
        return
    configurations = sorted(place.run.glob("proxy-*/nginx.conf"))
    installed = INSTALLED.proxy_settings
    if installed.exists():
        yield _configuration(installed, switch(PROXY_USER, PROXY_USER) if os.geteuid() == 0 else ())
    elif not configurations:
        yield unknown("proxy", "le serveur frontal n'a pas encore été démarré ici")
    for path in configurations:
        yield _configuration(path, account.as_site())


def _configuration(path: Path, user: Sequence[str]) -> Finding:
    """The site can write where its own is: root neither runs what it names nor follows a link."""
    name = path.parent.name
    text = read_plain(path, CONFIGURATION_BYTES).decode(errors="replace")
    checked = subprocess.run(
        [*user, str(PROGRAM), "-t", "-q", "-p", str(path.parent), "-e", "stderr", "-c", str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=ANSWER_S,
    )
    if checked.returncode:
        return failure(
            "proxy",
            f"{name} : nginx refuse sa configuration ({checked.stderr.strip()[:300]})",
            "Redémarrez Arpent, qui la réécrit.",
        )
    if "proxy_request_buffering off" in text:
        return failure("proxy", f"{name} laisse passer des envois inachevés", "Redémarrez Arpent, qui la réécrit.")
    return ok("proxy", f"{name} : configuration acceptée, envois reçus entiers")


def services(layout: Layout = INSTALLED) -> Iterator[Finding]:
    """Units and the proxy's configuration are as this version writes them; nothing is said where it wrote none."""
    if not layout.answers.exists() or layout.current.resolve() != ROOT:
        return
    if not os.access(layout.answers, os.R_OK):
        yield unknown("services", f"{layout.answers} est à root", "Lancez arpent doctor avec root (sudo).")
    elif differing := MachineFiles.read(layout).differing():
        names = ", ".join(str(file.path) for file in differing)
        yield warning("services", f"autres que ceux d'Arpent {VERSION} : {names}", "Relancez : arpent install.")
    else:
        yield ok("services", "les unités et le serveur frontal sont ceux de cette version")


def mail(address: str) -> Iterator[Finding]:
    """The mail server answers and takes the password. With an address, a test message leaves for it."""
    url = os.environ.get("ARPENT_EMAIL_URL", "").strip()
    if not url:
        yield warning(
            "mail",
            "aucun serveur : les messages sont écrits dans un dossier et n'atteignent personne",
            "Réglez ARPENT_EMAIL_URL et ARPENT_EMAIL_FROM (docs/reference/reglages.md, Courriel).",
        )
        return
    options = mail_options(url)
    where = f"{options['host']}:{options['port']}"
    remedy = "Vérifiez ARPENT_EMAIL_URL, le pare-feu et le mot de passe."
    try:
        _sign_in(options)
    except (OSError, smtplib.SMTPException) as error:
        yield failure("mail", f"{where} ne prend pas de message ({error})", remedy)
        return
    if not address:
        yield ok("mail", f"{where} répond (./arpent doctor --mail ADRESSE envoie un message d'essai)")


def _sign_in(options: dict[str, object]) -> None:
    make = smtplib.SMTP_SSL if options["use_ssl"] else smtplib.SMTP
    port = int(str(options["port"] or IMPLICIT_TLS_PORT))
    with make(str(options["host"]), port, timeout=ANSWER_S) as server:
        if options["use_tls"]:
            server.starttls(context=ssl.create_default_context())
        if options["username"]:
            server.login(str(options["username"]), str(options["password"]))
        server.noop()


def send_test_message(place: Place, address: str) -> Iterator[Finding]:
    """Django's own command sends it, with the site's settings; it may need the cluster."""
    sent = subprocess.run(
        [*account.as_site(), *manage.command_line("sendtestemail", address)],
        env=variables(place, "worker") | {"HOME": str(place.run)},
        capture_output=True,
        text=True,
        check=False,
        timeout=MAIL_S,
    )
    if sent.returncode:
        last = sent.stderr.strip().splitlines()[-1:] or [""]
        yield failure(
            "mail",
            f"le message d'essai n'est pas parti ({last[0][:300]})",
            "Vérifiez ARPENT_EMAIL_URL et ARPENT_EMAIL_FROM.",
        )
    else:
        yield ok("mail", f"message d'essai remis pour {address} : regardez s'il arrive")


def backups(place: Place) -> Iterator[Finding]:
    """A verified backup of the night is there, not old, and lies on another disk than what it saves."""
    if backup_hour() is None:
        yield warning(
            "backups", "les sauvegardes de nuit sont éteintes (ARPENT_BACKUP_AT est vide)", "Donnez une heure : 01:30."
        )
        return
    status = read_status(place.data)
    if status is None or not status.succeeded_at:
        reason = status.failure if status else ""
        yield failure(
            "backups",
            f"aucune sauvegarde vérifiée{f' : {reason}' if reason else ''}",
            "Lancez ./arpent backup, qui en fait une et la vérifie.",
        )
        return
    yield from _age(status)
    if status.missing:
        yield warning(
            "backups",
            f"{status.missing} fichier(s) manquaient déjà quand elle fut faite",
            "Voir le contrôle « files ».",
        )
    if place.backups.is_dir() and place.backups.stat().st_dev == place.data.stat().st_dev:
        yield warning(
            "backups-place",
            f"{place.backups} est sur le même disque que les données",
            "Copiez les sauvegardes ailleurs (rsync, autre machine) : un disque perdu les perdrait toutes.",
        )


def _age(status: Status) -> Iterator[Finding]:
    age = datetime.now(UTC) - datetime.fromisoformat(status.succeeded_at)
    said = f"dernière vérifiée (rétablie pour essai) il y a {age // timedelta(hours=1)} h : {status.file}"
    if age > STALE:
        yield failure(
            "backups", f"{said}. {status.failure}".strip(), "Lancez ./arpent backup et lisez ce qu'il répond."
        )
    elif status.failure:
        yield warning(
            "backups", f"{said}, mais depuis : {status.failure}", "Lancez ./arpent backup et lisez ce qu'il répond."
        )
    else:
        yield ok("backups", said)
