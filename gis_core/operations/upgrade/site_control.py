"""Who starts and stops Arpent on this machine, for an upgrade: systemd, the demo's own supervisor, or nobody."""

import os
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Protocol

from gis_core.operations import maintenance, proxy, services
from gis_core.operations.demo import is_free, read_run, ready_url
from gis_core.operations.environment import DEFAULT_PORT, Place
from gis_core.operations.failure import FULL, SAID_WHEN_FULL, OperationFailedError
from gis_core.operations.installation.items import File
from gis_core.operations.installation.layout import SITE_PORT, Layout
from gis_core.operations.processes import wait_until

SYSTEMD, DEMO, NOBODY = "systemd", "demo", "nobody"
SYSTEMCTL = "/usr/bin/systemctl"
ALL_UNITS, WEB, PROXY = "arpent.target", "arpent-web.service", "arpent-proxy.service"
# What starts again once the web server is known to be sound, and what stops before the database. The proxy stays.
LASTING = ("arpent-worker.service", "arpent-archive.service", "arpent-backup.timer", "arpent-drill.timer")
USES_DATABASE = (WEB, *LASTING, "arpent-backup.service", "arpent-drill.service")
DATABASE = "arpent-database.service"
READY_SECONDS = 90


class SiteControl(Protocol):
    """Starts and stops Arpent. Each may be asked again for what is done already; raises OperationFailedError."""

    def stop(self) -> None:
        """Nothing of Arpent uses the database any more."""

    def start(self) -> None:
        """The web server of the version in use answers that it is ready."""

    def finish(self) -> None:
        """Everything else runs too: jobs, backups."""


class Nobody:
    """Arpent did not run: it does not afterwards."""

    def stop(self) -> None:
        pass

    def start(self) -> None:
        pass

    def finish(self) -> None:
        pass


class Demo:
    """The processes of `./arpent demo --detach`, which start and end together."""

    def __init__(self, current: Path, place: Place, port: int) -> None:
        self._command, self._place, self._port = str(current / "arpent"), place, port

    def stop(self) -> None:
        if not is_free(self._place):
            self._run("stop")

    def start(self) -> None:
        self._run("demo", "--detach", "--prepared", "--port", str(self._port))
        wait_ready(self._port)

    def finish(self) -> None:
        pass

    def _run(self, *arguments: str) -> None:
        # What the version in use takes from its own settings is not what this one has read already.
        env = {name: value for name, value in os.environ.items() if name not in ("ARPENT_RUN", "ARPENT_LEASE")}
        run(f"arpent {arguments[0]}", [self._command, *arguments, "--data", str(self._place.data)], env)


class Systemd:
    """The units that `./arpent install` wrote. Their proxy goes on, and says meanwhile why nothing answers."""

    def __init__(self, place: Place, layout: Layout | None = None) -> None:
        self._place, self._layout = place, layout or Layout()
        self._socket = services.web_sockets(place, SITE_PORT, self._layout.sockets)[0]

    def stop(self) -> None:
        self._say({503: self._maintenance()})
        self._systemctl("stop", *self._present(*USES_DATABASE, DATABASE))

    def start(self) -> None:
        """Behind its proxy it is asked under the site's name alone: here, whether a web process answers at all."""
        write_services(self._layout.current)
        self._systemctl("start", WEB)
        if not wait_until(lambda: answers_at(self._socket), READY_SECONDS):
            raise OperationFailedError(f"Le site ne répond pas après {READY_SECONDS} s : journalctl -u {WEB}")
        self._say({})
        # It reads a program of the version in use.
        self._systemctl("reload-or-restart", PROXY)

    def finish(self) -> None:
        self._systemctl("start", ALL_UNITS, *self._present(*LASTING))

    def _present(self, *names: str) -> list[str]:
        return [name for name in names if (self._layout.units / name).exists()]

    def _systemctl(self, action: str, *names: str) -> None:
        run(f"systemctl {action}", [SYSTEMCTL, action, *names])

    def _say(self, instead: dict[int, tuple[str, str]]) -> None:
        """What the proxy answers for a web server that is away."""
        for name, text in proxy.refusal_texts(instead).items():
            if name.startswith("503"):
                File(self._layout.proxy / "refusals" / name, text).apply()

    def _maintenance(self) -> tuple[str, str]:
        present = maintenance.Reader().read(self._place.run) or maintenance.Maintenance()
        ends_at = present.ends_at
        until = f"Retour prévu vers {ends_at.astimezone(maintenance.ZONE):%H:%M}." if ends_at else ""
        return "Maintenance", f"{present.message} {until}".strip() or proxy.REFUSALS[503][1]


def write_services(version: Path, *, dry_run: bool = False) -> None:
    """The units and the proxy's configuration as that version's own code writes them; dry, whether it could."""
    command = [str(version / ".venv/bin/python"), "-P", "-m", "gis_core.operations", "install", "--services"]
    env = {name: value for name, value in os.environ.items() if not name.startswith("ARPENT_")}
    command += ["--dry-run"] if dry_run else []
    run("arpent install --services", command, env | {"PYTHONPATH": str(version)})


def control(name: str, current: Path, place: Place, port: int) -> SiteControl:
    """By its name, as it was found when the upgrade began."""
    if name == SYSTEMD:
        return Systemd(place)
    return Demo(current, place, port) if name == DEMO else Nobody()


def find_services(place: Place) -> tuple[str, int]:
    """Who runs Arpent in this data folder, and the port where it answers."""
    port = int(os.environ.get("ARPENT_PORT", DEFAULT_PORT))
    if Path("/run/systemd/system").is_dir() and (Layout().units / WEB).exists():
        return SYSTEMD, port
    if place.run.is_dir() and not is_free(place):
        running = read_run(place)
        return DEMO, running.port if running else port
    return NOBODY, port


def answers_at(path: Path) -> bool:
    """Whether a web process answers at its socket, be it that it knows no such host."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            connection.connect(str(path))
            connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            status = connection.recv(100).split(b" ")[1:2]
    except OSError:
        return False
    return bool(status) and status[0] < b"500"


def wait_ready(port: int) -> None:
    if not wait_until(lambda: services.answers(ready_url(port)), READY_SECONDS):
        raise OperationFailedError(f"Le site n'est pas prêt après {READY_SECONDS} s ({ready_url(port)}).")


def run(title: str, command: list[str], env: dict[str, str] | None = None) -> None:
    """Run a command; what it says is worth reading where it fails. A server that it leaves has no pipe of ours."""
    with tempfile.TemporaryFile("w+") as said:
        code = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False, env=env, cwd="/"
        ).returncode
        said.seek(0)
        if code != 0:
            detail = said.read()[-1500:].strip()
            message = FULL if SAID_WHEN_FULL in detail else f"{title} a échoué (code {code})."
            raise OperationFailedError(message, detail)
