"""`python -m gis_core.operations.container ROLE`: what a container of the image does, on a PostgreSQL beside it.

Nothing here is started for others: a container has one role and one system user, and writes below `/data` (web, worker,
proxy), `/run/arpent` (the sockets by which the proxy asks the web server) and `/tmp` alone. SIGTERM lets what was begun
end. Settings and secrets are those of every other installation (`gis_core.operations.configuration`).
"""

import http.client
import os
import secrets
import signal
import socket
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import NoReturn

from gis_core.operations import configuration, manage, proxy, services
from gis_core.operations.environment import DEFAULT_PORT, Place, Role, secret_key, variables
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.processes import wait_until
from gis_core.operations.progress import say

SOCKETS = Path("/run/arpent")
# Which database: `variables` says that of the data folder, a container that of its settings.
DATABASE = ("ARPENT_DB_HOST", "ARPENT_DB_PORT", "ARPENT_DB_NAME")
# The files of the proxy's own certificate and of its key.
TLS = ("ARPENT_TLS_CERTIFICATE", "ARPENT_TLS_KEY")
DATABASE_SECONDS = 60
# For what was begun when we are told to end; compose.yml waits longer before it kills.
LAST_SECONDS = 45
HEALTH_SECONDS = 3
# A worker that said nothing for so long is dead or stuck.
SILENCE_SECONDS = 90

USAGE = """\
Rôles de l’image :
  web        le serveur web, sur des prises de /run/arpent
  proxy      nginx devant lui, sur le port 8045 (ARPENT_PORT)
  worker     les tâches de fond
  migrate    crée ou met à jour les tables, puis finit
  manage COMMANDE ...   une commande Django, p. ex. manage invite_administrator
  health ROLE           0 si le conteneur de ce rôle va bien
Réglages : docs/reference/reglages.md ; mise en service : docs/how-to/installer-en-conteneurs.md"""


def main(arguments: Sequence[str]) -> int:
    """Run a role; its exit code."""
    role, *more = arguments or ["help"]
    if role == "help":
        say(USAGE)
        return 0
    place = Place.current()
    # All roles are one user, which writes in the folder: what the web server wrote is no setting of the others.
    configuration.load(place.data, of_root=True)
    port = int(os.environ.get("ARPENT_PORT", DEFAULT_PORT))
    roles: dict[str, Callable[[], int]] = {
        "web": lambda: web(place, port),
        "proxy": lambda: front(place, port),
        "worker": lambda: run_django(place, "worker", "worker"),
        "migrate": lambda: migrate(place),
        "manage": lambda: run_django(place, manage.role_of(more[0] if more else "help"), *more),
        "health": lambda: health(place, port, more[0] if more else ""),
    }
    if role not in roles:
        raise OperationFailedError(f"« {role} » n’est pas un rôle de cette image.\n{USAGE}")
    return roles[role]()


def database_environment(place: Place, role: Role, port: int | None = None) -> dict[str, str]:
    """The environment of a process that connects as `arpent_<role>` to the server of the settings.

    Raises OperationFailedError where they name none.
    """
    if not os.environ.get("ARPENT_DB_HOST"):
        raise OperationFailedError(
            "ARPENT_DB_HOST manque : dites le serveur PostgreSQL de ce site (docker/compose.yml le fait). Pour essayer"
            " Arpent sans rien régler : docker compose -f docker/compose.demo.yml up"
        )
    return variables(place, role, port) | {name: os.environ[name] for name in DATABASE if name in os.environ}


def run_django(place: Place, role: Role, *arguments: str) -> NoReturn:
    """Go on as a Django command, in place of this process: signals are its own."""
    command = manage.command_line(*arguments)
    os.execve(command[0], command, database_environment(place, role))  # noqa: S606


def migrate(place: Place) -> NoReturn:
    """Make the tables, or bring them up to date, once the database answers."""
    env = database_environment(place, "owner")
    if "ARPENT_SECRET_KEY" not in os.environ:
        # Before web and worker begin, both of which read it.
        secret_key(place)
    address = env["ARPENT_DB_HOST"], int(env["ARPENT_DB_PORT"])
    if not wait_until(lambda: answers(*address), DATABASE_SECONDS):
        raise OperationFailedError(
            f"PostgreSQL ne répond pas à {address[0]}:{address[1]} après {DATABASE_SECONDS} s : voyez son journal"
            " (docker compose logs database). Rien n’a été changé."
        )
    run_django(place, "owner", "migrate", "--noinput")


def answers(host: str, port: int) -> bool:
    """Whether something takes connections there; a host that begins with `/` is the folder of a socket."""
    try:
        if host.startswith("/"):
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(f"{host}/.s.PGSQL.{port}")
        else:
            socket.create_connection((host, port), timeout=2).close()
    except OSError:
        return False
    return True


# -- the web server and the proxy --------------------------------------------------------------------------------------


def web(place: Place, port: int) -> int:
    """The web processes, started again when they die, until we are told to end."""
    database = database_environment(place, "web", port)
    group = services.Group(secrets.token_hex(8))
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, signal.default_int_handler)
    try:
        for path in sockets(port):
            service = services.web_process(place, port, path, None, patience=LAST_SECONDS)
            group.start(replace(service, env=service.env | database))
        group.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, signal.SIG_IGN)
        group.stop(LAST_SECONDS)
    raise AssertionError("unreachable")


def sockets(port: int) -> list[Path]:
    """Where the web processes listen, in a folder that nothing but the proxy shares."""
    return services.web_sockets(Place.current(), port, SOCKETS)


def front(place: Place, port: int) -> int:
    """nginx until we are told to end: then it takes nothing new, and what it has begun is answered."""
    service = proxy.proxy(place, port, sockets=SOCKETS, tls=own_certificate(port))
    nginx = subprocess.Popen(service.command, env=service.env)

    def end(_sign: int, _frame: FrameType | None) -> None:
        nginx.send_signal(signal.SIGQUIT)

    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, end)
    return nginx.wait()


def own_certificate(port: int) -> proxy.Tls | None:
    """Where the proxy has a certificate of its own it speaks HTTPS, and nothing else. Raises OperationFailedError."""
    given = [os.environ.get(name, "") for name in TLS]
    if not any(given):
        return None
    for name, path in zip(TLS, given, strict=True):
        if not path or not os.access(path, os.R_OK):
            raise OperationFailedError(
                f"{name} : {path or 'rien'} ne peut pas être lu : mettez le certificat et sa clé dans docker/secrets,"
                " lisibles (chmod 444), comme le dit docker/compose.tls.yml."
            )
    certificate, key = map(Path, given)
    address = f"[{services.bind_address()}]" if ":" in services.bind_address() else services.bind_address()
    return proxy.Tls(site_host(port).partition(":")[0], port, 0, [address], certificate, key)


# -- health ------------------------------------------------------------------------------------------------------------


def health(place: Place, port: int, role: str) -> int:
    """0 where the container of a role does its work, 1 otherwise, with the reason."""
    checks: dict[str, Callable[[], str]] = {
        "web": lambda: "" if all(is_ready(path, port) for path in sockets(port)) else "le site ne répond pas",
        "proxy": lambda: "" if proxy_answers(port) else "nginx ne répond pas",
        "worker": lambda: worker_silence(place),
    }
    if role not in checks:
        raise OperationFailedError("health web, health worker ou health proxy.")
    reason = checks[role]()
    say(reason or "va bien")
    return 1 if reason else 0


class LocalConnection(http.client.HTTPConnection):
    """HTTP over a socket of the file system."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=HEALTH_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def is_ready(path: Path, port: int) -> bool:
    """Whether a web process says that the platform is ready."""
    connection = LocalConnection(path)
    try:
        connection.request("GET", "/health/ready", headers={"Host": site_host(port), "X-Peer-Address": "127.0.0.1"})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def site_host(port: int) -> str:
    """A host that the site answers to."""
    first = os.environ.get("ARPENT_ALLOWED_HOSTS", "").split(",")[0].strip()
    return first.removeprefix(".") or f"localhost:{port}"


def proxy_answers(port: int) -> bool:
    """Whether nginx and a web process behind it answer."""
    scheme = "https" if os.environ.get(TLS[0]) else "http"
    url = f"{scheme}://127.0.0.1:{port}/health/live"
    request = urllib.request.Request(url, headers={"Host": site_host(port)})  # noqa: S310 - one of two schemes
    # It is ours, in this container: its certificate has another name than this address.
    secure = urllib.request.HTTPSHandler(context=ssl._create_unverified_context())  # noqa: S323
    with (
        suppress(OSError),
        urllib.request.build_opener(urllib.request.ProxyHandler({}), secure).open(
            request, timeout=HEALTH_SECONDS
        ) as answer,
    ):
        return bool(answer.status == http.client.OK)
    return False


def worker_silence(place: Place) -> str:
    """Why no worker seems to be at work; empty where one has said so lately."""
    import psycopg

    env = database_environment(place, "worker")
    try:
        with psycopg.connect(
            host=env["ARPENT_DB_HOST"],
            port=int(env.get("ARPENT_DB_PORT", "5432")),
            dbname=env["ARPENT_DB_NAME"],
            user=env["ARPENT_DB_USER"],
            password=env.get("ARPENT_DB_PASSWORD", ""),
            connect_timeout=HEALTH_SECONDS,
        ) as connection:
            row = connection.execute(
                "select extract(epoch from now() - max(last_heartbeat))::float from procrastinate_workers"
            ).fetchone()
    except psycopg.Error:
        return "la base ne répond pas"
    age = row[0] if row else None
    return "" if age is not None and age < SILENCE_SECONDS else "aucune tâche de fond ne donne signe de vie"


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except OperationFailedError as failure:
        print(f"{failure.detail}\n{failure.message}".strip(), file=sys.stderr)
        sys.exit(1)
