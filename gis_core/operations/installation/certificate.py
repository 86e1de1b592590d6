"""The site's certificate: files of the administrator's, Debian's certbot (ACME), or an authority that is made here.

The local authority's certificate is good for the site's name alone, so that whoever took its key could imitate nothing
else to the browsers that trust it.
"""

import shutil
import ssl
import subprocess
import tempfile
from ipaddress import ip_address
from pathlib import Path

from gis_core.operations.failure import OperationFailedError
from gis_core.operations.installation.answers import ACME, LOCAL, Answers
from gis_core.operations.installation.items import Command, File, Folder, Item
from gis_core.operations.installation.layout import PROXY_USER, Layout

AUTHORITY_DAYS = 3650
# Apple's browsers take no longer from an authority that somebody added.
SITE_DAYS = 820
RENEWED_BEFORE_S = 60 * 86_400
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def check_certificate(answers: Answers) -> None:
    """Refuse files of the administrator's that would not serve the site. Raises OperationFailedError."""
    if answers.values["CERTIFICATE"] in {LOCAL, ACME}:
        if answers.values["CERTIFICATE"] == ACME and (is_address(answers.host) or answers.http_port != 80):
            raise OperationFailedError(
                "ACME ne donne de certificat qu’à un nom, par le port 80 : donnez-les (HTTP_PORT=80), ou « local »."
            )
        return
    path, key = Path(answers.values["CERTIFICATE"]), Path(answers.values["CERTIFICATE_KEY"])
    for file in (path, key):
        if not file.is_file():
            raise OperationFailedError(f"{file} n’existe pas : donnez les fichiers du certificat et de sa clé.")
    if not _openssl("x509", "-in", str(path), "-noout", "-checkend", "0"):
        end = _openssl("x509", "-in", str(path), "-noout", "-enddate", output=True)
        if not end:
            raise OperationFailedError(f"{path} n’est pas un certificat en PEM : demandez-le sous cette forme.")
        raise OperationFailedError(
            f"Le certificat {path} a pris fin ({end.strip().partition('=')[2]}) : renouvelez-le, puis relancez."
        )
    if not fits(path, key):
        raise OperationFailedError(f"La clé {key} n’est pas celle du certificat {path} (ou elle a un mot de passe).")
    option = "-checkip" if is_address(answers.host) else "-checkhost"
    if "does match" not in _openssl("x509", "-in", str(path), "-noout", option, answers.host, output=True):
        raise OperationFailedError(f"Le certificat {path} n’est pas au nom de {answers.host}.")


def fits(certificate: Path, key: Path) -> bool:
    """Whether the key is that of the certificate, and opens without a password."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=lambda: "")
    except (OSError, ssl.SSLError, ValueError):
        return False
    return True


def certificate_items(layout: Layout, answers: Answers) -> list[Item]:
    """What puts the certificate and its key where the proxy reads them."""
    choice = answers.values["CERTIFICATE"]
    folder = Folder(layout.certificate.parent)
    if choice not in {LOCAL, ACME}:
        chain, key = Path(choice), Path(answers.values["CERTIFICATE_KEY"])
        return [
            folder,
            File(layout.certificate, _text(chain)),
            File(layout.key, _text(key), 0o640, "root", PROXY_USER, masked=f"(la clé de {key})"),
        ]
    return [folder, *local_items(layout, answers), *(acme_hook(layout) if choice == ACME else ())]


def local_items(layout: Layout, answers: Answers) -> list[Item]:
    """An authority, made once, and the site's certificate, made anew two months before its end."""
    authority_key = layout.authority.with_name("authority-key.pem")
    name = f"IP:{answers.host}" if is_address(answers.host) else f"DNS:{answers.host}"
    allowed = f"{name}/255.255.255.255" if is_address(answers.host) else name
    failure = "Le certificat local n’a pas pu être fait par openssl."
    acme = answers.values["CERTIFICATE"] == ACME

    def has_authority() -> bool:
        return fits(layout.authority, authority_key)

    def has_certificate() -> bool:
        # With ACME what certbot put there stays.
        ours = acme or _openssl("verify", "-CAfile", str(layout.authority), str(layout.certificate))
        lasts = _openssl("x509", "-in", str(layout.certificate), "-noout", "-checkend", str(RENEWED_BEFORE_S))
        return bool(ours and lasts and fits(layout.certificate, layout.key))

    make_authority = ["openssl", "req", "-x509", *KEY, "-keyout", str(authority_key), "-out", str(layout.authority)]
    make_authority += ["-days", str(AUTHORITY_DAYS), "-subj", f"/CN=Arpent {answers.host}"]
    for extension in (
        "basicConstraints=critical,CA:TRUE,pathlen:0",
        "keyUsage=critical,keyCertSign,cRLSign",
        f"nameConstraints=critical,permitted;{allowed}",
    ):
        make_authority += ["-addext", extension]
    make = ["openssl", "req", "-x509", "-CA", str(layout.authority), "-CAkey", str(authority_key), *KEY]
    make += ["-keyout", str(layout.key), "-out", str(layout.certificate), "-days", str(SITE_DAYS)]
    make += ["-subj", f"/CN={answers.host}", "-addext", f"subjectAltName={name}"]
    make += ["-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=serverAuth"]
    trusted = str(layout.trusted_authority)
    return [
        Command(make_authority, failure, unless=has_authority, writes=layout.settings),
        Command(make, failure, unless=has_certificate, writes=layout.settings),
        Command(["chown", f"root:{PROXY_USER}", str(layout.key)], failure),
        Command(["chmod", "640", str(layout.key)], failure),
        Command(["install", "-D", "-m", "644", str(layout.authority), trusted], failure),
        Command(["update-ca-certificates"], failure, unless=lambda: not shutil.which("update-ca-certificates")),
    ]


def acme_hook(layout: Layout) -> list[Item]:
    """What certbot runs after each renewal: its own timer asks for them."""
    text = f"""#!/bin/sh
set -e
install -m 644 "$RENEWED_LINEAGE/fullchain.pem" {layout.certificate}
install -m 640 -g {PROXY_USER} "$RENEWED_LINEAGE/privkey.pem" {layout.key}
[ ! -d /run/systemd/system ] || systemctl reload arpent-proxy
"""
    return [File(layout.settings / "renewed", text, 0o755)]


def acme_request(layout: Layout, answers: Answers) -> Command:
    """Asked once the proxy answers under the site's name."""
    arguments = ["certbot", "certonly", "--non-interactive", "--agree-tos", "--keep-until-expiring", "--webroot"]
    arguments += ["--webroot-path", str(layout.proxy / "acme"), "--domain", answers.host]
    arguments += ["--email", answers.values["ADMINISTRATOR_EMAIL"], "--deploy-hook", str(layout.settings / "renewed")]
    return Command(
        arguments,
        f"L’autorité ACME n’a pas donné de certificat à {answers.host} : le site tourne avec un certificat local."
        " Vérifiez que le nom mène à cette machine et que le port 80 est ouvert, puis relancez la même commande.",
    )


def is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise OperationFailedError(f"{path} ne peut pas être lu : donnez un fichier PEM lisible par root.") from error


def _openssl(*arguments: str, output: bool = False) -> str:
    """Something where it succeeded, or what it said."""
    with tempfile.TemporaryFile("w+") as nothing:
        try:
            done = subprocess.run(
                ["openssl", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=nothing,
                text=True,
                check=False,
            )
        except FileNotFoundError as error:
            message = "openssl manque sur cette machine : apt-get install openssl, puis relancez."
            raise OperationFailedError(message) from error
    return done.stdout if output else "yes" * (done.returncode == 0)
