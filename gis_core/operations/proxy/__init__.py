"""nginx in front of the web server, started and ended with it: the same in a demonstration and in production.

It takes whole requests before a thread of the web server is asked, and keeps answers for slow readers.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template

from gis_core.operations.environment import Place
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.services import Service, bind_address, web, web_sockets

PROGRAM = Path("/usr/sbin/nginx")
HERE = Path(__file__).parent
MIB = 2**20
# Beside the files themselves: the fields of the form and what separates its parts.
FORM_BYTES = 4 * MIB
# What may be sent, in MB, as the settings say it.
LIMITS = {"ARPENT_UPLOAD_MAX_MB": "500", "ARPENT_PIECE_MAX_MB": "50"}
RETRY_SECONDS = 5
# Headers are whole within so many seconds; a body comes at this rate (bytes a second) once its first seconds are over.
HEADER_SECONDS = 10
BODY_SECONDS = 20
BODY_RATE = 1024

# A pattern of X-Forwarded-For that nothing fits: the visitor is who is connected.
NOBODY = r"~^(?<visitor>[^\s\S])"

# What nginx refuses by itself, and how it is said; everything else is answered by the web server.
REFUSALS = {
    400: ("Demande incorrecte", "Cette demande n’a pas pu être comprise."),
    408: ("Envoi trop lent", "L’envoi s’est interrompu ou n’avançait plus : rien n’a été gardé. Recommencez."),
    411: ("Longueur requise", "La longueur de l’envoi doit être annoncée (Content-Length)."),
    413: ("Trop volumineux", "L’envoi dépasse la taille permise, ou demande de se connecter d’abord."),
    414: ("Adresse trop longue", "Cette adresse est trop longue."),
    429: (
        "Trop d’envois à la fois",
        "D’autres gros envois viennent de votre adresse : attendez leur fin.",
    ),
    503: ("Indisponible", "Le site ne peut pas répondre en ce moment. Réessayez dans quelques secondes."),
}


@dataclass(frozen=True)
class Tls:
    """What the proxy of an installation adds: a certificate, its ports, and the port that leads to https."""

    host: str
    port: int
    http_port: int
    addresses: Sequence[str]
    certificate: Path
    key: Path

    @property
    def listen(self) -> str:
        """nginx's own directives."""
        lines = [f"listen {address}:{self.port} ssl backlog=1024;" for address in self.addresses]
        lines += [
            f"server_name {self.host};",
            f'ssl_certificate "{self.certificate}";',
            f'ssl_certificate_key "{self.key}";',
            "ssl_protocols TLSv1.2 TLSv1.3;",
            "ssl_session_cache shared:tls:10m;",
            "ssl_session_timeout 1d;",
            "ssl_session_tickets off;",
        ]
        return "\n        ".join(lines)

    def plain(self, folder: Path) -> str:
        """The server that leads to https, and answers an authority that asks whether the name is ours."""
        if not self.http_port:
            return ""
        port = "" if self.port == 443 else f":{self.port}"
        listen = " ".join(f"listen {address}:{self.http_port};" for address in self.addresses)
        return (
            f"server {{\n        {listen}\n        location ^~ /.well-known/acme-challenge/ "
            f'{{ root "{folder}/acme"; default_type text/plain; }}\n'
            f"        location / {{ return 301 https://{self.host}{port}$request_uri; }}\n    }}"
        )


# A visitor reaches us directly: what it says of whom it comes for is not believed.
FIRST_HOP = """proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Proto https;"""


def site(place: Place, port: int, *, logs: bool = False) -> Sequence[Service]:
    """What answers on a port: the web processes, then the proxy. Without logs they write to the terminal."""
    return (
        *web(place, port, logs=logs),
        proxy(place, port, place.logs / "proxy.log" if logs else None),
    )


def proxy(
    place: Place, port: int, log: Path | None = None, sockets: Path | None = None, tls: Tls | None = None
) -> Service:
    """nginx on the public port, its configuration written anew; the web processes listen in a folder of their own."""
    if not PROGRAM.exists():
        raise OperationFailedError("nginx manque : lancez ./arpent demo, qui l'installe (paquets nginx et Lua).")
    folder = place.run / f"proxy-{port}"
    (folder / "refusals").mkdir(parents=True, exist_ok=True)
    write_refusals(folder / "refusals")
    configuration = folder / "nginx.conf"
    configuration.write_text(configuration_text(place, port, folder, tls, sockets))
    command = [str(PROGRAM), "-p", str(folder), "-e", "stderr", "-c", str(configuration)]
    return Service("Le serveur frontal (nginx)", command, {"PATH": "/usr/sbin:/usr/bin:/bin"}, log)


def configuration_text(
    place: Place,
    port: int,
    folder: Path,
    tls: Tls | None = None,
    sockets: Path | None = None,
    lua: Path | None = None,
    limits: Mapping[str, str] | None = None,
) -> str:
    """The text of nginx's configuration; with a certificate, that of an installation's own unit.

    `limits`: the settings of `LIMITS`, where they are not those of the environment.
    """
    given = LIMITS | {name: os.environ[name] for name in LIMITS if name in os.environ} | dict(limits or {})
    uploads = int(given["ARPENT_UPLOAD_MAX_MB"]) * MIB
    documents = 4 * int(given["ARPENT_PIECE_MAX_MB"]) * MIB
    listen = f"[{bind_address()}]:{port}" if ":" in bind_address() else f"{bind_address()}:{port}"
    return Template((HERE / "nginx.conf").read_text()).substitute(
        user="user root;" if os.geteuid() == 0 and tls is None else "",
        folder=folder,
        listen=tls.listen if tls else f"listen {listen} backlog=1024;",
        plain=tls.plain(folder) if tls else "",
        forwarded=FIRST_HOP if tls else "",
        servers=" ".join(f'server "unix:{path}" max_fails=0;' for path in web_sockets(place, port, sockets)),
        lua=lua or HERE / "whole_body.lua",
        largest=max(uploads, documents) + FORM_BYTES,
        # One for two processors: a single one passes 20,000 kept tiles a second, and two would wake each other.
        workers=max(1, (os.cpu_count() or 1) // 2),
        retry=RETRY_SECONDS,
        header_seconds=HEADER_SECONDS,
        body_seconds=BODY_SECONDS,
        body_rate=BODY_RATE,
        visitor=NOBODY if tls else visitor(int(os.environ.get("ARPENT_TRUSTED_PROXIES", "0"))),
    )


def visitor(trusted_proxies: int) -> str:
    """A pattern whose `visitor` is the visitor's address in X-Forwarded-For, as the outermost trusted proxy told it."""
    return rf"~(?<visitor>[^, ]+)(?: *, *[^, ]+){{{trusted_proxies - 1}}} *$" if trusted_proxies else "~^(?<visitor>$)"


def write_refusals(folder: Path) -> None:
    """One page for people and one problem document for programs by status."""
    for name, text in refusal_texts().items():
        (folder / name).write_text(text)


def refusal_texts(instead: Mapping[int, tuple[str, str]] | None = None) -> dict[str, str]:
    """By the name of their files; `instead` is what is said at present, title and sentence by status."""
    page = Template((HERE / "refusal.html").read_text())
    texts = {"busy.json": json.dumps({"status": "live", "busy": True})}
    for status, (title, detail) in (REFUSALS | dict(instead or {})).items():
        texts[f"{status}.html"] = page.substitute(title=escape(title), detail=escape(detail))
        body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        texts[f"{status}.json"] = json.dumps(body, ensure_ascii=False)
    return texts
